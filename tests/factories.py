"""Rows for tests, written by hand: each makes what it needs, and takes any field by name."""

from datetime import UTC, date, datetime
from itertools import count

from archive.models import Article, Author, Byline, ClosureNotice, Image, InfoPage, OldAddress, Outlet, Section, Source

_numbers = count(1)


def make_outlet(**fields):
    number = next(_numbers)
    defaults = {
        "slug": f"outlet-{number}",
        "name": f"Outlet {number}",
        "language": "fr",
        "time_zone": "America/Toronto",
        "opened_on": date(2012, 2, 8),
        "closed_on": date(2021, 3, 9),
    }
    return Outlet.objects.create(**(defaults | fields))


def make_article(**fields):
    """An article dated to the minute, January 22, 2014 at 17:47 in Toronto, unless told otherwise."""
    number = next(_numbers)
    outlet = fields.pop("outlet", None) or make_outlet()
    defaults = {"headline": f"Headline {number}", "body": f"<p>Text {number}.</p>", "language": outlet.language}
    if not fields.keys() & {"published_on", "published_at", "published_precision"}:
        defaults |= {"published_at": datetime(2014, 1, 22, 22, 47, tzinfo=UTC), "published_precision": "minute"}
    return Article.objects.create(outlet=outlet, **(defaults | fields))


def make_author(**fields):
    number = next(_numbers)
    return Author.objects.create(**({"slug": f"author-{number}", "name": f"Author {number}"} | fields))


def make_byline(article, author=None, **fields):
    return Byline.objects.create(article=article, author=author or make_author(), **fields)


def make_section(outlet, **fields):
    number = next(_numbers)
    return Section.objects.create(
        outlet=outlet, **({"slug": f"section-{number}", "name": f"Section {number}"} | fields)
    )


def make_source(**fields):
    number = next(_numbers)
    return Source.objects.create(
        **({"slug": f"source-{number}", "name": f"Source {number}", "kind": "agency"} | fields)
    )


def make_image(article, **fields):
    """A picture whose file was not rescued, unless a file is given."""
    defaults = {} if "file" in fields else {"withheld": "not-rescued"}
    return Image.objects.create(article=article, **(defaults | fields))


def make_old_address(article, url):
    return OldAddress.objects.create(article=article, url=url)


def make_info_page(outlet, **fields):
    number = next(_numbers)
    defaults = {"slug": f"page-{number}", "title": f"Page {number}", "language": outlet.language, "body": "<p>…</p>"}
    return InfoPage.objects.create(outlet=outlet, **(defaults | fields))


def make_notice(outlet, **fields):
    defaults = {
        "language": outlet.language,
        "placement": "banner",
        "first_day": date(2021, 3, 9),
        "message": "{outlet} closed in {year}.",
    }
    return ClosureNotice.objects.create(outlet=outlet, **(defaults | fields))
