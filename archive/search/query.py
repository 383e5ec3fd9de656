"""What a reader typed, as what is searched: any text is a question. Pure. The language is told in docs/searching.md."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .analysis import ways, words
from .matching import AnyOf, Match, Range

MOST_TERMS = 12
LONGEST = 1000
_LONGEST_PHRASE = 40
FIELDS = {
    **dict.fromkeys(("author", "auteur", "auteure", "autrice", "by", "par"), "author"),
    **dict.fromkeys(("section", "rubrique"), "section"),
    "source": "source",
    **dict.fromkeys(("tag", "étiquette", "etiquette"), "tag"),
    **dict.fromkeys(("outlet", "journal"), "outlet"),
    **dict.fromkeys(("before", "avant"), "before"),
    **dict.fromkeys(("after", "après", "apres"), "after"),
}
LETTERS = {"author": "a", "section": "s", "source": "x", "tag": "t", "outlet": "o"}
_DATES = ("before", "after")
_OR = ("OR", "OU", "|")

_QUOTED = r"\"[^\"]*\"|«[^«»]*»|[“„][^“”„]*[”“]"
_ITEM = re.compile(
    rf"(?P<minus>[-−](?=[^\s-]))?"
    rf"(?:(?P<name>{'|'.join(sorted(FIELDS, key=len, reverse=True))})\s?:\s*(?P<value>{_QUOTED}|[^\s\"«»“”„]+)"
    rf"|(?P<quoted>{_QUOTED})"
    rf"|(?P<word>[^\s\"«»“”„]+|[\"«»“”„]))",
    re.IGNORECASE,
)
_DATE = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of a question: a word, a phrase, or what a field is to be. `text` is what was typed of it."""

    text: str
    said: str
    field: str = ""
    is_phrase: bool = False
    is_unwanted: bool = False
    # Whether one of this and the one before it will do.
    is_other: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A question.

    `words` are as they were typed; `ignored` those that were not searched, being too common or too many; `notes` those
    that were searched as plain words, since they could not be understood otherwise.
    """

    text: str
    words: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    match: Match = field(default_factory=Match)
    items: tuple[Item, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing: nothing was typed, or nothing that is searched."""
        return not self.words


def items_of(text: str) -> list[Item]:
    """The pieces of a question, in their order."""
    found: list[Item] = []
    is_other = False
    pieces = list(_ITEM.finditer(text[:LONGEST]))
    for match in pieces:
        typed = match[0]
        if typed in _OR and len(pieces) > 1:
            # With nothing on its one side, as while one types, it says nothing.
            is_other = bool(found)
            continue
        said, is_phrase = typed.strip(), False
        name = FIELDS[match["name"].lower()] if match["name"] else ""
        if name:
            said = match["value"].strip('"«»“”„').strip()
        elif match["quoted"]:
            said, is_phrase = match["quoted"][1:-1].strip(), True
        elif match["minus"]:
            said = match["word"]
        if said:
            found.append(Item(typed.strip(), said, name, is_phrase, bool(match["minus"]), is_other))
        is_other = False
    return found


def ask(text: str, find: Callable[[str, str], Iterable[int]], number_of: Callable[[int], int]) -> Query:
    """Understand a question.

    `find` gives the ids of a field's rows by what was said of them ("author", "Jean Tremblay"); `number_of` the first
    number that a card can have from a place in the order of dates, YYYYMMDDhhmm.
    """
    asked = _Asked(find, number_of)
    items = items_of(text)
    for item in items:
        asked.take(item)
    return Query(
        text=text,
        words=tuple(asked.words),
        ignored=tuple(asked.ignored),
        notes=tuple(asked.notes),
        match=Match(tuple(map(_any, asked.every)), tuple(map(_any, asked.none)), asked.numbers),
        items=tuple(items),
    )


class _Asked:
    def __init__(self, find: Callable[[str, str], Iterable[int]], number_of: Callable[[int], int]) -> None:
        self.find = find
        self.number_of = number_of
        self.words: list[str] = []
        self.ignored: list[str] = []
        self.notes: list[str] = []
        self.every: list[list[AnyOf]] = []
        self.none: list[list[AnyOf]] = []
        self.numbers = Range()
        self.may_be_other = False

    def take(self, item: Item) -> None:
        if len(self.words) >= MOST_TERMS:
            self.ignored.append(item.text)
            return
        if item.field in _DATES:
            if self.narrow(item):
                self.words.append(item.text)
                self.may_be_other = False
                return
            self.notes.append(item.text)
        elif item.field:
            terms = tuple(f"{LETTERS[item.field]}{pk}" for pk in self.find(item.field, item.said))
            if terms:
                self.put(item, AnyOf(terms=terms))
                return
            self.notes.append(item.text)
        said = words(item.said)
        found = ways(" ".join(said[:_LONGEST_PHRASE]))
        if found:
            self.put(item, AnyOf(ways=found))
        elif said:
            self.ignored.append(item.text)

    def put(self, item: Item, any_of: AnyOf) -> None:
        self.words.append(item.text)
        if item.is_unwanted:
            self.none.append([any_of])
            self.may_be_other = False
        elif item.is_other and self.may_be_other:
            self.every[-1].append(any_of)
        else:
            self.every.append([any_of])
            self.may_be_other = True

    def narrow(self, item: Item) -> bool:
        """Take in a bound of dates; whether it is one.

        What is known of an article's date only by its month or year matches where some day of that could be meant.
        """
        match = _DATE.fullmatch(item.said)
        if match is None or item.is_unwanted or item.is_other:
            return False
        year, month, day = int(match[1]), int(match[2] or 0), int(match[3] or 0)
        if year < 1 or (match[2] and not 1 <= month <= 12):
            return False
        if match[3] and not 1 <= day <= monthrange(year, month)[1]:
            return False
        # The first day of a period begins it.
        day = 0 if day == 1 else day
        month = 0 if month == 1 and not day else month
        place = self.place(year, month, day)
        if item.field == "before":
            # Undated articles, whose place is 0, are neither before nor after.
            self.numbers = self.numbers.narrowed(self.place(1, 0, 0), place)
            return True
        gaps = []
        if month:
            gaps.append((self.place(year, 0, 0) + self.width, self.place(year, month, 0)))
        if day:
            gaps.append((self.place(year, month, 0) + self.width, place))
        self.numbers = self.numbers.narrowed(self.place(year, 0, 0)).without(*gaps)
        return True

    def place(self, year: int, month: int, day: int) -> int:
        return self.number_of(((year * 100 + month) * 100 + day) * 10_000)

    @property
    def width(self) -> int:
        """How many numbers the cards of one minute have."""
        return self.number_of(1) - self.number_of(0)


def _any(alternatives: list[AnyOf]) -> AnyOf:
    found = list(dict.fromkeys(way for each in alternatives for way in each.ways))
    return AnyOf(tuple(found), tuple(term for each in alternatives for term in each.terms))
