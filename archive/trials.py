"""What a trial found, as it is kept with its job: counts, the first items as they would look, every problem."""

import re
from html import unescape

from django.utils.html import strip_tags
from django.utils.text import Truncator

from archive.importers.base import MOST_PROBLEMS

MOST_ITEMS = 50
# Of a text, its first lines; what they are made from is cut before.
SHOWN_TEXT = 320
LOOKED_AT = 20_000
_BLOCK = re.compile(r"<(?=/?(?:p|br|div|h[1-6]|li|blockquote|figure|figcaption|td|th|tr|pre|hr)\b)")


class FirstItems:
    """Collects what the first articles would look like; to be called with each, while it can be looked at."""

    def __init__(self):
        self.items = []

    def __call__(self, outcome, problems, article):
        if article is not None and len(self.items) < MOST_ITEMS:
            self.items.append(look_of(outcome, problems, article))


def look_of(outcome, problems, article):
    moment = article.published_locally
    return {
        "outcome": str(outcome),
        "headline": article.headline,
        "language": article.language,
        "published_on": article.published_on.isoformat() if article.published_on else "",
        "precision": article.published_precision,
        "moment": moment.isoformat() if moment else "",
        "zone": article.outlet.time_zone,
        "bylines": [
            each.printed or each.author.name for each in article.bylines.select_related("author").order_by("order")
        ],
        "source": article.source.name if article.source else "",
        "section": article.section.name if article.section else "",
        "text": first_lines(article.body),
        "held_back": article.held_back,
        "problems": [[each.problem, each.remedy] for each in problems],
    }


def first_lines(html):
    # Paragraphs would run together without their tags.
    text = strip_tags(_BLOCK.sub(" <", html[:LOOKED_AT]))
    return Truncator(" ".join(unescape(text).split())).chars(SHOWN_TEXT)


_COUNTED = ("created", "updated", "unchanged", "refused", "duplicates", "awaited")


def told(report, items, columns=()):
    """A trial's report as JSON that every database takes; `columns` are those of a table."""
    return _plain(
        {
            **{name: getattr(report, name) for name in _COUNTED},
            "left_out": dict(report.left_out),
            "formats": list(report.formats),
            "items": items,
            "columns": columns,
            "problems": [[each.place, each.problem, each.remedy] for each in report.told()],
            "problems_left_out": report.problems_left_out,
            "notices": [each.as_dict() for each in report.notices],
        }
    )


def told_of_undoing(kept):
    """What an undoing left as it was, and why."""
    return _plain(
        {
            "kept": [[each.place, each.problem, each.remedy] for each in kept[:MOST_PROBLEMS]],
            "problems_left_out": len(kept[MOST_PROBLEMS:]),
        }
    )


def _plain(value):
    """PostgreSQL's JSON has no NUL, and no half of a character."""
    match value:
        case str():
            return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
        case dict():
            return {_plain(name): _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
    return value
