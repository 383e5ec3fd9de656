"""Sitemaps (https://www.sitemaps.org/protocol.html): an index, and a file for each outlet and month.

What is listed is public and may be indexed. The index comes from the counts by month and has no `lastmod`, which could
be true only if every article of a month were looked at; that of an article is the time of its last change.
Files are written as they are read, some articles at a time.
"""

import re
from html import escape

from django.conf import settings
from django.db.models import Max, Min
from django.urls import reverse

from archive.models import Article, InfoPage, Outlet, Section
from archive.search import counts

CONTENT_TYPE = "application/xml; charset=utf-8"
# A file may hold 50,000 addresses, and has some of lists beside its articles'.
MOST_ARTICLES = 49_000
# So many are read at once, each time by a query of its own: no reader, however slow, holds a transaction open.
_AT_ONCE = 1000

_UNDATED = "undated"
_ANY_KEY = "000000000000"
_PERIOD = re.compile(r"(?P<year>[12][0-9]{3})(?:-(?P<month>[01][0-9]))?")
_OPEN = '<?xml version="1.0" encoding="UTF-8"?>\n<{} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'


def index():
    """The index of all sitemaps, as an iterator of pieces of its text."""
    yield _OPEN.format("sitemapindex")
    yield _sitemap("archive:sitemap_of_archive")
    for outlet in Outlet.objects.order_by("slug"):
        yield _sitemap("archive:sitemap_of_outlet", outlet.slug)
        for period, count in counts.months_of(outlet, "o", outlet.pk).items():
            name = _name(period)
            if count <= MOST_ARTICLES:
                yield _sitemap("archive:sitemap", outlet.slug, name)
            else:
                for part in _parts(outlet, period):
                    yield _sitemap("archive:sitemap_part", outlet.slug, name, part)
    yield "</sitemapindex>\n"


def _sitemap(name, *args):
    return f"<sitemap><loc>{escape(settings.ARCHIVE_URL + reverse(name, args=args))}</loc></sitemap>\n"


def of_archive():
    """The pages that belong to no outlet, and the front of each."""
    addresses = [reverse(f"archive:{name}") for name in ("home", "search", "find", "api")]
    addresses += [outlet.get_absolute_url() for outlet in Outlet.objects.order_by("slug")]
    yield from _urlset(map(_url, addresses))


def of_outlet(outlet):
    """An outlet's own pages: its sections, its years and what staff wrote about it."""
    yield from _urlset(_pages_of(outlet))


def _pages_of(outlet):
    yield _url(outlet.get_absolute_url())
    for section in Section.objects.filter(outlet=outlet).order_by("slug").iterator(_AT_ONCE):
        yield _url(reverse("archive:section", args=[outlet.slug, section.slug]))
    for year in counts.by_year(outlet):
        yield _url(_list_of(outlet, year * 100))
    pages = InfoPage.objects.public().filter(outlet=outlet).order_by("slug").values_list("slug", "updated_on")
    for slug, updated_on in pages.iterator(_AT_ONCE):
        yield _url(reverse("archive:info_page", args=[outlet.slug, slug]), updated_on)


def of_period(outlet, period, part=None):
    """The lists and the articles of a month, of the part `part` of it where there are too many for one file.

    None where there are none. `period` is a number, YYYYMM, with 0 for what is not known.
    """
    articles = _of_period(Article.objects.public(), outlet, period)
    if part is not None:
        articles = articles.filter(pk__gte=part * MOST_ARTICLES, pk__lt=(part + 1) * MOST_ARTICLES)
    if not articles.exists():
        return None
    return _urlset(_lists_and_articles(outlet, period, articles.filter(indexable=True)))


def _of_period(articles, outlet, period):
    first = period * 1_000_000
    return articles.filter(outlet=outlet, published_order__gte=first, published_order__lt=first + 1_000_000)


def _lists_and_articles(outlet, period, articles):
    # A file without an address would be no sitemap, and a month may have articles of which none may be indexed.
    yield _url(_list_of(outlet, period))
    year, month = divmod(period, 100)
    for day in counts.by_day(outlet, year, month) if month else ():
        if day:
            yield _url(reverse("archive:day", args=[outlet.slug, year, month, day]))
    # After one address, since Django takes twice as long to look each up as to read its article.
    start, end = reverse("archive:article", args=[outlet.slug, _ANY_KEY, "slug"]).split(f"{_ANY_KEY}/slug")
    rows = articles.oldest_first().values_list("published_order", "pk", "key", "slug", "updated_at")
    found = list(rows[:_AT_ONCE])
    while found:
        for _order, _pk, key, slug, updated_at in found:
            yield _url(f"{start}{key}/{slug}{end}", updated_at)
        found = list(rows.newer_than(found[-1][:2])[:_AT_ONCE])


def _parts(outlet, period):
    """The numbers of the parts of a period that has too many articles for one file: each of a range of ids.

    A range that has nothing public yields a file of lists alone, which harms nobody.
    """
    ends = _of_period(Article.objects, outlet, period).aggregate(first=Min("pk"), last=Max("pk"))
    return range(ends["first"] // MOST_ARTICLES, ends["last"] // MOST_ARTICLES + 1)


def _list_of(outlet, period):
    year, month = divmod(period, 100)
    if month:
        return reverse("archive:month", args=[outlet.slug, year, month])
    return reverse("archive:year", args=[outlet.slug, year]) if year else reverse("archive:undated", args=[outlet.slug])


def _name(period):
    year, month = divmod(period, 100)
    return f"{year:04}-{month:02}" if month else f"{year:04}" if year else _UNDATED


def read_period(name):
    """What a file's name tells: YYYYMM as a number, with 0 for what is not known; None where it is no such name."""
    if name == _UNDATED:
        return 0
    match = _PERIOD.fullmatch(name)
    return int(match["year"]) * 100 + int(match["month"] or 0) if match and match["month"] != "00" else None


def _urlset(urls):
    yield _OPEN.format("urlset")
    pieces = []
    for url in urls:
        pieces.append(url)
        if len(pieces) == _AT_ONCE:
            yield "".join(pieces)
            pieces = []
    yield "".join(pieces)
    yield "</urlset>\n"


def _url(path, changed=None):
    """One address; `changed` is the day or the instant of its last change."""
    location = f"<loc>{escape(settings.ARCHIVE_URL + path)}</loc>"
    if changed is None:
        return f"<url>{location}</url>\n"
    written = changed.isoformat(timespec="seconds") if hasattr(changed, "hour") else changed.isoformat()
    return f"<url>{location}<lastmod>{written}</lastmod></url>\n"
