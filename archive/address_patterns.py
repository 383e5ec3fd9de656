"""Patterns of old addresses: where in them the publisher's id, the slug or the date stands.

A pattern is an address with placeholders, as an archivist types it: `/{year}/{month}/{day}/{slug}_n_{id}.html`. One
that begins with a slash holds under every old host of its outlet. It stands for the whole address; without a question
mark of its own it does not look at what follows one.

It can't be slow: a placeholder never crosses a slash, no two touch, and a part between slashes has three at most.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from .addresses import AddressError, normalise, slug_in

LONGEST_TEMPLATE = 300
MOST_IN_A_SEGMENT = 3
MOST_IN_ALL = 8

PLACEHOLDERS = {
    # An id has a digit in it, or it would be a word.
    "id": r"(?=[A-Za-z]*[0-9])[0-9A-Za-z]{1,64}",
    "number": r"[0-9]{5,20}",
    "slug": r"[^/?&]{1,400}",
    "year": r"[12][0-9]{3}",
    "month": r"[0-9]{1,2}",
    "day": r"[0-9]{1,2}",
    "section": r"[^/?&]{1,200}",
    "author": r"[^/?&]{1,200}",
    "tag": r"[^/?&]{1,200}",
    # What is written for the kind of a piece, or its edition: n, b, ca, qc.
    "kind": r"[A-Za-z]{1,3}",
    "any": r"[^/?&]{1,200}",
}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_OF_EXPRESSIONS = frozenset("\\^$*|()[]")
_DATE = re.compile(r"/(?P<year>[12][0-9]{3})/(?P<month>[0-9]{1,2})(?:/(?P<day>[0-9]{1,2}))?(?=/)")
# The last part of the address of a feed.
_FEED = re.compile(
    r"(?:^|/)(?:feeds?|rss2?|atom|(?:index|atom|rss2?|feeds?)\.(?:xml|rdf|rss|atom|json))(?:/(?:rss2?|atom|rdf|\{any\}))?$"
    r"|^/?\?feed=[^&]*$",
    re.IGNORECASE,
)
# Any host: it is taken off again.
_SOME_HOST = "host.example"
# An article may have been dated by another clock, or put on line in the days after.
SLACK = timedelta(days=3)


class TemplateError(ValueError):
    """A text that is no pattern; the message says why, for staff."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What an address tells of the page that stood there."""

    id: str = ""
    slug: str = ""
    year: int | None = None
    month: int | None = None
    day: int | None = None
    section: str = ""
    author: str = ""
    tag: str = ""
    # A feed of it.
    is_feed: bool = False

    @property
    def is_of_an_article(self) -> bool:
        return bool(self.id or self.slug)

    @property
    def on(self) -> date | None:
        """The day, where the address tells one."""
        return date(self.year, self.month, self.day) if self.year and self.month and self.day else None

    def agrees_with(self, published: date | None, precision: str) -> bool:
        """Whether an article of that date may have stood at an address that tells this one."""
        if not self.year or published is None:
            return True
        first, last = _period(self.year, self.month, self.day)
        month = published.month if precision != "year" else None
        day = published.day if precision in ("minute", "day") else None
        other_first, other_last = _period(published.year, month, day)
        return first - SLACK <= other_last and other_first <= last + SLACK


def _period(year: int, month: int | None, day: int | None) -> tuple[date, date]:
    if month and day:
        return date(year, month, day), date(year, month, day)
    if month:
        after = date(year + month // 12, month % 12 + 1, 1)
        return date(year, month, 1), after - timedelta(days=1)
    return date(year, 1, 1), date(year, 12, 31)


def normal_template(template: str) -> str:
    """A pattern in the normal form of the addresses that it is compared with. Raises TemplateError."""
    template = template.strip()
    names = _PLACEHOLDER.findall(template)
    _check(template, names)
    tokens = [f"qj{number}jq" for number in range(len(names))]
    numbered = iter(tokens)
    written = _PLACEHOLDER.sub(lambda _match: next(numbered), template)
    is_path = written.startswith("/")
    try:
        normal = normalise(_SOME_HOST + written if is_path else written)
    except AddressError:
        raise TemplateError(_("It is neither a path that begins with a slash nor an address with its host.")) from None
    if is_path:
        normal = normal.removeprefix(_SOME_HOST)
    if any(token in normal.partition("/")[0].partition("?")[0] for token in tokens):
        raise TemplateError(_("The host name can hold no placeholder; write one pattern for each."))
    for token, name in zip(tokens, names, strict=True):
        if token not in normal:
            raise TemplateError(_("{%(name)s} stands where addresses are not compared.") % {"name": name})
        normal = normal.replace(token, f"{{{name}}}")
    return f"/{normal}" if is_path and not normal.startswith("/") else normal


def _check(template: str, names: list[str]) -> None:
    rest = _PLACEHOLDER.sub("", template)
    if len(template) > LONGEST_TEMPLATE:
        raise TemplateError(_("It is over %(most)s characters long.") % {"most": LONGEST_TEMPLATE})
    if found := sorted(set(rest) & _OF_EXPRESSIONS):
        raise TemplateError(
            _("“%(character)s” can't stand in it: it is no regular expression, but an address with placeholders.")
            % {"character": found[0]}
        )
    if "{" in rest or "}" in rest:
        raise TemplateError(_("A brace stands alone."))
    for name in names:
        if name not in PLACEHOLDERS:
            raise TemplateError(
                _("There is no placeholder {%(name)s}; there are: %(names)s.")
                % {"name": name, "names": ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)}
            )
    if twice := next((name for name in names if name != "any" and names.count(name) > 1), ""):
        raise TemplateError(_("{%(name)s} stands in it twice.") % {"name": twice})
    if {"id", "number"} <= set(names):
        raise TemplateError(_("{id} and {number} are both the publisher’s id; one can stand in it."))
    if ("month" in names and "year" not in names) or ("day" in names and "month" not in names):
        raise TemplateError(_("A day needs its month, and a month its year."))
    if "}{" in template:
        raise TemplateError(_("Two placeholders touch; something must stand between them."))
    if len(names) > MOST_IN_ALL or any(part.count("{") > MOST_IN_A_SEGMENT for part in re.split(r"[/?&]", template)):
        raise TemplateError(
            _("It has too many placeholders: %(part)s at most between two slashes, and %(all)s in all.")
            % {"part": MOST_IN_A_SEGMENT, "all": MOST_IN_ALL}
        )


class Template:
    """A pattern, ready to be compared."""

    def __init__(self, normal: str) -> None:
        self.is_path = normal.startswith("/")
        self.has_query = "?" in normal
        self.is_feed = bool(_FEED.search(normal))
        if normal == "/" or normal.startswith("/?"):
            # Addresses have no slash there.
            normal = normal[1:]
        names: list[str] = _PLACEHOLDER.findall(normal)
        pieces = _PLACEHOLDER.split(normal)
        self._expression = re.compile(
            "".join(_group(piece) if number % 2 else re.escape(piece) for number, piece in enumerate(pieces)),
            re.IGNORECASE,
        )
        self.names = frozenset(names)

    def read(self, text: str) -> Parts | None:
        """What the pattern tells of an address, or of its path where it is a path; None where it is not of its form."""
        match = self._expression.fullmatch(text if self.has_query else text.partition("?")[0])
        parts = _parts_of(match.groupdict()) if match else None
        return replace(parts, is_feed=True) if parts and self.is_feed else parts


def _group(name: str) -> str:
    expression = PLACEHOLDERS[name]
    return f"(?:{expression})" if name == "any" else f"(?P<{name}>{expression})"


def _parts_of(found: dict[str, str]) -> Parts | None:
    year, month, day = (int(found[name]) if name in found else None for name in ("year", "month", "day"))
    try:
        date(year or 2000, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None
    return Parts(
        found.get("id") or found.get("number", ""),
        found.get("slug", ""),
        year,
        month,
        day,
        found.get("section", ""),
        found.get("author", ""),
        found.get("tag", ""),
    )


def parts_by_shape(address: str) -> Parts:
    """What an address tells where no pattern fits it: the words in it, and the date between slashes."""
    match = _DATE.search(address.partition("?")[0])
    dated = _parts_of({name: part for name, part in match.groupdict().items() if part}) if match else None
    return replace(dated or Parts(), slug=slug_in(address))


def prefixes(address: str) -> Iterator[str]:
    """The address without its query, and ever shorter, down to its host."""
    rest = address.partition("?")[0]
    while rest:
        yield rest
        rest = rest.rpartition("/")[0]
