"""Formatted citations of a newspaper article on line, in three styles and two languages.

APA, 7th edition: https://apastyle.apa.org/style-grammar-guidelines/references/examples/newspaper-article-references
Chicago, 17th edition, the bibliography of the notes system: https://www.chicagomanualofstyle.org
ISO 690:2021, as French and English libraries set it: https://www.iso.org/standard/72642.html

Tests hold them against citeproc-py with the published CSL styles. Its own setting is not used: of a newspaper article
it leaves titles unescaped, dates APA in French as English does, and gives Chicago half of a given name.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from archive.dates import MONTHS

from .names import Name

_NBSP = "\N{NO-BREAK SPACE}"
_THIN = "\N{NARROW NO-BREAK SPACE}"
_ENDS = (".", "!", "?", "…")
_CLOSING = f'”’"»{_NBSP}{_THIN}'
# What stands in quotes within a title that stands in quotes itself.
_FRENCH_QUOTE = re.compile(r"«\s*([^«»]*?)\s*»")
_INNER_QUOTES = str.maketrans("“”", "‘’")
_MOST_APA, _MOST_CHICAGO, _FIRST_CHICAGO = 20, 10, 7


class Piece(NamedTuple):
    """A piece of a citation. A title and an outlet's name have a language of their own; the latter is in italics."""

    text: str
    of: Literal["title", "outlet"] | None = None


@dataclass(frozen=True)
class Cited:
    """What is cited. `published` is (year, month, day) as far as they are known: (2014,), (2014, 1), or ()."""

    title: str
    outlet: str
    address: str
    authors: tuple[Name, ...] = ()
    published: tuple[int, ...] = ()
    # The day on which it was read, where the style asks for it.
    accessed: date | None = None


def apa(cited: Cited, language: str) -> list[Piece]:
    year, rest = cited.published[:1], _day_and_month(cited.published, language)
    unknown = f"s.{_NBSP}d." if language == "fr" else "n.d."
    when = f"({year[0]}, {rest})" if year and rest else f"({year[0] if year else unknown})"
    names = [each.literal or f"{each.family}, {each.initials}" for each in cited.authors]
    if len(names) > _MOST_APA:
        authors = f"{', '.join(names[: _MOST_APA - 1])}, … {names[-1]}"
    elif language == "fr":
        authors = _joined(names, ", ", " et ")
    else:
        authors = _joined(names, ", ", ", & ")
    title = Piece(_ended(cited.title), "title")
    opening = [Piece(f"{_ended(authors)} {when}. "), title] if authors else [title, Piece(f" {when}.")]
    return [*opening, Piece(" "), Piece(cited.outlet, "outlet"), Piece(f". {cited.address}")]


def chicago(cited: Cited, language: str) -> list[Piece]:
    names = [each.inverted if place == 0 else each.whole for place, each in enumerate(cited.authors)]
    if len(names) > _MOST_CHICAGO:
        authors = f"{', '.join(names[:_FIRST_CHICAGO])}, et{_NBSP}al."
    else:
        authors = _joined(names, ", ", ", et " if language == "fr" else ", and ")
    opening = f"{_ended(authors)} " if authors else ""
    if language == "fr":
        before, title, after = f"«{_NBSP}", _FRENCH_QUOTE.sub(r"“\1”", cited.title), f"{_NBSP}»."
    else:
        before, title, after = "“", _ended(cited.title.translate(_INNER_QUOTES)), "”"
    when = _when(cited.published, language, month_first=True) or (f"s.{_NBSP}d." if language == "fr" else "n.d.")
    return [
        Piece(f"{opening}{before}"),
        Piece(title, "title"),
        Piece(f"{after} "),
        Piece(cited.outlet, "outlet"),
        Piece(f", {_ended(when)} {cited.address}."),
    ]


def iso_690(cited: Cited, language: str) -> list[Piece]:
    names = [each.literal.upper() or f"{each.family.upper()}, {each.given}" for each in cited.authors]
    authors = _joined(names, ", ", " et " if language == "fr" else " and ")
    opening = f"{_ended(authors)} " if authors else ""
    when = _when(cited.published, language, month_first=False)
    read = _when((cited.accessed.year, cited.accessed.month, cited.accessed.day), language) if cited.accessed else ""
    if language == "fr":
        medium = f" [en{_NBSP}ligne]. "
        when = when or f"[s.{_NBSP}d.]"
        read = f" [Consulté le {read}]." if read else ""
        where = f" Disponible à l’adresse{_THIN}: "
    else:
        medium = ". Online. "
        when = when or "[n.d.]"
        read = f" [Accessed {read}]." if read else ""
        where = " Available from: "
    return [
        Piece(opening),
        Piece(_ended(cited.title), "title"),
        Piece(" "),
        Piece(cited.outlet, "outlet"),
        Piece(f"{medium}{when}.{read}{where}{cited.address}"),
    ]


# In the order of the page; each with its name, which is the same in both languages.
STYLES: dict[str, Callable[[Cited, str], list[Piece]]] = {"APA": apa, "Chicago": chicago, "ISO 690": iso_690}


def plain(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _joined(names: list[str], between: str, last: str) -> str:
    return last.join(part for part in (between.join(names[:-1]), *names[-1:]) if part)


def _ended(text: str) -> str:
    """With a full stop, unless it has an end of its own."""
    text = text.rstrip()
    return text if not text or text.rstrip(_CLOSING).endswith(_ENDS) else f"{text}."


def _when(published: tuple[int, ...], language: str, *, month_first: bool = False) -> str:
    """« 22 janvier 2014 », “January 22, 2014” or, with the day first, “22 January 2014”; as much as is known."""
    if len(published) < 2:
        return str(published[0]) if published else ""
    year, rest = published[0], _day_and_month(published, language, month_first=month_first)
    comma = "," if language == "en" and month_first and len(published) > 2 else ""
    return f"{rest}{comma} {year}"


def _day_and_month(published: tuple[int, ...], language: str, *, month_first: bool = True) -> str:
    if len(published) < 2:
        return ""
    month = MONTHS[language][published[1] - 1]
    if len(published) < 3:
        return month
    day = published[2]
    if language == "fr":
        return f"{'1er' if day == 1 else day} {month}"
    return f"{month} {day}" if month_first else f"{day} {month}"
