"""CSL-JSON, which Zotero, Pandoc and other citation processors read.

https://docs.citationstyles.org/en/stable/specification.html and https://github.com/citation-style-language/schema
"""

import json

from archive.models import Byline

from .content import authors_of, date_parts, digest_of, line


def csl(article):
    """A list of the one item, as text."""
    return json.dumps([csl_item(article)], ensure_ascii=False, indent=2) + "\n"


def csl_item(article):
    names = {
        "author": authors_of(article),
        "translator": authors_of(article, (Byline.Role.TRANSLATION,)),
    }
    parts = date_parts(article)
    item = {
        "id": article.key,
        "type": "article-newspaper",
        "title": line(article.headline),
        "container-title": line(article.outlet.name),
        **{role: [_name(each) for each in found] for role, found in names.items() if found},
        "issued": {"date-parts": [list(parts)]} if parts else None,
        "abstract": line(article.summary),
        "section": line(article.section.name) if article.section else "",
        "language": article.language,
        "source": line(article.source.name) if article.source else "",
        "archive_location": article.key,
        "URL": article.short_address,
        "custom": {"digest": digest_of(article), "original-address": original_address(article)},
    }
    return {name: value for name, value in item.items() if value}


def original_address(article):
    """Where it stood when it was published; an empty text where that is not known."""
    return article.original_url or next((each.url for each in article.old_addresses.all()), "")


def _name(name):
    return {"literal": name.literal} if name.literal else {"family": name.family, "given": name.given}
