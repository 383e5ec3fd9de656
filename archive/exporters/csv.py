"""Articles as a table in CSV (RFC 4180): UTF-8, one line of names, then a line for each article.

It is for spreadsheets and for counting: texts are without their markup, and what may be several stands in one cell.
The JSON Lines beside it lose nothing.
"""

import csv
import io

from django.utils.translation import gettext_noop as _

from .open_form import FIELDS, Field

# What a spreadsheet would take for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

COLUMNS = {
    **{name: FIELDS[name] for name in ("key", "address", "outlet", "headline", "kicker", "summary")},
    "text": Field("string", _("Text without its markup, a paragraph a line.")),
    **{
        name: FIELDS[name]
        for name in ("language", "version_of", "published", "published_precision", "modified", "dateline", "sign_off")
    },
    "year": Field("integer", _("Year in which it was published; empty where the date is unknown.")),
    "authors": Field("string", _("Those who wrote it, as printed, parted by semicolons.")),
    "author_slugs": Field("string", _("Address names of the same, parted by semicolons.")),
    "source": Field("string", _("Address name of who supplied the text; empty if unknown.")),
    "source_name": Field("string", _("Name of who supplied the text; empty if unknown.")),
    **{name: FIELDS[name] for name in ("credit", "rights")},
    "section": Field("string", _("Names of its section and of those above it, the topmost first, parted by slashes.")),
    "tags": Field("string", _("Names of its tags, parted by semicolons.")),
    "images": Field("integer", _("How many pictures it had.")),
    "corrections": Field("string", _("Dated public notes on it, each with its day and kind, parted by empty lines.")),
    **{name: FIELDS[name] for name in ("original_url", "indexable", "digest", "version", "changed")},
}


def head():
    return line_of(COLUMNS)


def line(told, text):
    """The line of an article that `open_article` told of; `text` is its text without markup."""
    writers = [byline for byline in told["bylines"] if byline["role"] == "text"]
    cells = {
        **told,
        "text": text,
        "year": told["published"][:4],
        "authors": "; ".join(byline["printed"] or byline["name"] for byline in writers),
        "author_slugs": "; ".join(byline["slug"] for byline in writers),
        "source": told["source"]["slug"] if told["source"] else "",
        "source_name": told["source"]["name"] if told["source"] else "",
        "section": " / ".join(section["name"] for section in told["section"]),
        "tags": "; ".join(tag["name"] for tag in told["tags"]),
        "images": len(told["images"]),
        "corrections": "\n\n".join(f"{each['made_on']} {each['kind']}: {each['text']}" for each in told["corrections"]),
        "indexable": "true" if told["indexable"] else "false",
    }
    return line_of(harmless(cells[name]) for name in COLUMNS)


def harmless(cell):
    """A cell that no spreadsheet takes for a formula: one that it would begins with an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def line_of(cells):
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
