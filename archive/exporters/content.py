"""An article as citations need it: its words for the digest, its authors, its date."""

import re

from archive.citing.digest import content_digest, whole_text
from archive.citing.names import read_name
from archive.citing.styles import Cited
from archive.models import Byline, Source

from .article_dict import instant, published

# Who wrote it: those who took the photographs or drew did not, and a translator is named apart.
AUTHORS = (Byline.Role.TEXT, Byline.Role.INTERVIEW)

# Control characters that are no space either, and halves of surrogate pairs.
_NO_LETTERS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")


def content(article):
    """The words and dates of an article as readers see them: what its digest is made of."""
    return {
        "headline": article.headline,
        "kicker": article.kicker,
        "summary": article.summary,
        "text": whole_text(article.body, article.dateline, article.sign_off),
        "bylines": [(byline.role, str(byline)) for byline in article.bylines.all()],
        "language": article.language,
        "published": published(article),
        "modified": instant(article.modified_at),
    }


def digest_of(article):
    """The content digest: see archive/citing/digest.py."""
    return content_digest(content(article))


def authors_of(article, roles=AUTHORS):
    """The names of those who wrote it, in their order; the agency's or the partner's where nobody signs."""
    known = [article.outlet.name, article.source.name if article.source else ""]
    organisations = frozenset(name.casefold() for name in known)
    names = [read_name(each.author.name, organisations) for each in article.bylines.all() if each.role in roles]
    source = article.source
    if not names and roles == AUTHORS and source and source.kind in (Source.Kind.AGENCY, Source.Kind.PARTNER):
        names = [read_name(source.name, organisations)]
    return tuple(dict.fromkeys(names))


def date_parts(article):
    """(year, month, day) as far as they are known: (2014,), (2014, 1), or () for an unknown date."""
    day = article.published_on
    if day is None:
        return ()
    return (day.year, day.month, day.day)[: {"year": 1, "month": 2}.get(article.published_precision, 3)]


def cited(article, accessed=None):
    return Cited(
        title=line(article.headline),
        outlet=line(article.outlet.name),
        address=article.short_address,
        authors=authors_of(article),
        published=date_parts(article),
        accessed=accessed,
    )


def line(text):
    """A text in one line, without what no line can hold."""
    return " ".join(_NO_LETTERS.sub("", text).split())
