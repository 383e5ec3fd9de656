"""What imports tell, in the language of who looks: problems, remedies, and the places where something stands.

They are told and kept in English, one language for machines and for whoever receives the archive. To show one, the
text from which it was made is found again in a catalogue (locale/<language>/LC_MESSAGES/problems.po, which says what
the names of holes mean), and its translation is filled with what stands in its holes. What is not found stays as it is.

A text may hold whatever stood in a foreign file. So it is looked through from one end to the other and not tried in
many ways, and one that is longer than anybody would tell is not looked through at all.
"""

import gettext
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from string import Formatter
from typing import NamedTuple

LOCALE = Path(__file__).parent / "locale"
# In which it is told, and kept.
LANGUAGE = "en"
# Beyond that a text is shown as it is.
LONGEST = 20_000
MOST_LINES = 200
# A text within a text within a text; and so many beside one another.
DEEPEST = 4
MOST_BESIDE = 40

WHOLE, PART, PLACE, ELSEWHERE = "", "part", "place", "elsewhere"

# A text, and whether it is in English where another language was asked for.
Piece = tuple[str, bool]

_IS_TOLD = re.compile(r"told")
_IS_COUNT = re.compile(r"count|most|least")
_IS_NUMBER = re.compile(r"(?:number|line|column|byte)\Z")
_NUMBER = re.compile(r"(\d{1,20}|\d{1,3}(?:,\d{3}){1,6})(?:\.(\d{1,9}))?", re.ASCII)
_WORD = re.compile(r"[^\s:]+")
# Words that are no value: one that has no translation is English.
_WORDED = frozenset(["told", "told_error"])
_AFTER_SENTENCE = re.compile(r"(?<=[.!?]) ")
_COMMA = re.compile(", ")
_PREFIX = 4


class Setting(NamedTuple):
    """How a language sets what is made here."""

    between_digits: str = ","
    decimal_sign: str = "."
    colon: str = ": "
    comma: str = ", "
    semicolon: str = "; "


_SETTINGS = {"fr": Setting("\u00a0", ",", "\u00a0: ", ", ", "\u202f; ")}


def told(text: str, language: str) -> list[Piece]:
    """A problem or a remedy, or several, each on a line of its own."""
    return _each_line(text, language, Catalogue.told, is_english=True)


def part(text: str, language: str) -> list[Piece]:
    """Words that stand in such a text, or a name that nobody translates."""
    return _each_line(text, language, Catalogue.part, is_english=False)


def place(text: str, language: str) -> list[Piece]:
    """Where something stands: “row 3”, or the same behind the name of a file."""
    return _each_line(text, language, Catalogue.place, is_english=False)


def plain(pieces: Iterable[Piece]) -> str:
    return "".join(text for text, _is_english in pieces)


class Template:
    """A text with holes."""

    def __init__(self, source: str) -> None:
        self.literals, self.holes = parsed(source)
        self.weight = sum(map(len, self.literals))
        # What is told first may hold what comes behind it, so that is sought from the end.
        from_end = bool(self.holes) and not self.literals[0] and bool(_IS_TOLD.match(self.holes[0]))
        self.ways = (self._from_end, self._from_start) if from_end else (self._from_start, self._from_end)

    def match(self, text: str) -> dict[str, str] | None:
        """What stands in the holes, if a text is made of this one."""
        first, last = self.literals[0], self.literals[-1]
        if len(text) < self.weight or not (text.startswith(first) and text.endswith(last)):
            return None
        for way in self.ways:
            values = way(text, len(first), len(text) - len(last))
            if values is not None and all(map(_fits, self.holes, values)):
                return dict(zip(self.holes, values, strict=True))
        return None

    def _from_start(self, text: str, start: int, end: int) -> list[str] | None:
        values = []
        for literal in self.literals[1:-1]:
            found = text.find(literal, start, end)
            if found < 0:
                return None
            values.append(text[start:found])
            start = found + len(literal)
        return [*values, text[start:end]]

    def _from_end(self, text: str, start: int, end: int) -> list[str] | None:
        values = []
        for literal in self.literals[-2:0:-1]:
            found = text.rfind(literal, start, end)
            if found < 0:
                return None
            values.append(text[found + len(literal) : end])
            end = found
        return [text[start:end], *reversed(values)]


def parsed(source: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The literal parts of a text, and between each two of them the name of a hole."""
    literals, holes = [""], []
    for literal, name, _format, _conversion in Formatter().parse(source):
        literals[-1] += literal
        if name is not None:
            holes.append(name)
            literals.append("")
    return tuple(literals), tuple(holes)


def _fits(hole: str, value: str) -> bool:
    if _IS_COUNT.match(hole):
        return bool(_NUMBER.fullmatch(value))
    if _IS_NUMBER.match(hole):
        return value.isdecimal()
    return hole != "tag" or bool(_WORD.fullmatch(value))


class Catalogue:
    """The told texts in one language."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.setting = _SETTINGS.get(language, Setting())
        # By their context: whole texts, and those with holes by how they begin, the most telling first.
        self.exact: dict[str, dict[str, str]] = {}
        self.begun: dict[str, dict[str, list[tuple[Template, Template]]]] = {}
        for name, translation in texts.items():
            context, _sign, source = name.rpartition("\x04")
            template = Template(source)
            if not template.holes:
                self.exact.setdefault(context, {})[template.literals[0]] = "".join(parsed(translation)[0])
            else:
                begun = self.begun.setdefault(context, {})
                begun.setdefault(_beginning(template.literals[0]), []).append((template, Template(translation)))
        for begun in self.begun.values():
            without = begun.setdefault("", [])
            for beginning, found in begun.items():
                both = found + without if beginning else found
                begun[beginning] = sorted(both, key=lambda pair: -pair[0].weight)

    def told(self, text: str) -> list[Piece] | None:
        return self._sentences(text, 0)

    def part(self, text: str) -> list[Piece] | None:
        return self._in_turn(text, 0)

    def place(self, text: str, depth: int = 0) -> list[Piece] | None:
        found = self._known(text, (PLACE,), depth)
        if found is not None or depth >= DEEPEST:
            return found
        # Behind the name of a file, or of an archive and of a file in it.
        before, _colon, after = text.partition(": ")
        if after and (found := self.place(after, depth + 1)) is not None:
            return [(before + self.setting.colon, False), *found]
        # Before an address.
        for end in _places_of(_COMMA, text)[::-1]:
            if (found := self._known(text[:end], (PLACE,), depth)) is not None:
                return [*found, (text[end:], False)]
        return None if depth else [(text.replace(": ", self.setting.colon), False)]

    def _known(self, text: str, contexts: tuple[str, ...], depth: int) -> list[Piece] | None:
        for context in contexts:
            translation = self.exact.get(context, {}).get(text)
            if translation is not None:
                return [(translation, False)]
        made = self._made(text, contexts)
        return made and self._filled(made[1], made[2], text, depth)

    def _made(self, text: str, contexts: tuple[str, ...]) -> tuple[Template, Template, dict[str, str]] | None:
        """The text with holes of which a text is made, its translation, and what stands in the holes."""
        for context in contexts:
            begun = self.begun.get(context, {"": []})
            for template, translation in begun.get(text[:_PREFIX], begun[""]):
                values = template.match(text)
                if values is not None:
                    return template, translation, values
        return None

    def _filled(self, template: Template, values: dict[str, str], text: str, depth: int) -> list[Piece]:
        pieces: list[Piece] = [(template.literals[0], False)]
        for hole, literal in zip(template.holes, template.literals[1:], strict=True):
            pieces += self._hole(hole, values[hole], depth)
            pieces.append((literal, False))
        pieces = [piece for piece in pieces if piece[0]]
        # “The {told} is too long” may begin with what is told.
        if pieces and text[0].isupper() and not template.literals[0]:
            first, is_english = pieces[0]
            if values[template.holes[0]] != first:
                pieces[0] = (first[0].upper() + first[1:], is_english)
        return pieces

    def _hole(self, name: str, value: str, depth: int) -> list[Piece]:
        if _IS_COUNT.match(name):
            return [(self._number(value), False)]
        if not _IS_TOLD.match(name):
            return [(value, False)]
        return self._in_turn(value, depth + 1) or [(value, name in _WORDED)]

    def _number(self, value: str) -> str:
        whole, decimal, rest = value.replace(",", "").partition(".")
        grouped = f"{int(whole):,}".replace(",", self.setting.between_digits)
        return grouped + (self.setting.decimal_sign + rest if decimal else "")

    def _in_turn(self, text: str, depth: int) -> list[Piece] | None:
        """What stands in a text that is told, and is told itself: words, a list of them, a whole text."""
        if depth > DEEPEST or not text:
            return None
        found = self._known_together(text, depth) or self._known(text, (PART, PLACE, WHOLE, ELSEWHERE), depth)
        # Names of fields, as the program has them.
        found = found or self._known(text.replace("_", " "), (PART,), DEEPEST)
        return found or self._list(text, depth) or self._named(text, depth) or self._sentences(text, depth)

    def _known_together(self, text: str, depth: int) -> list[Piece] | None:
        """A list of parts of which several are known, so that none of them is taken for a value of the first."""
        each = text.split("; ")
        if not 1 < len(each) <= MOST_BESIDE or sum(bool(self._known(one, (PART,), depth)) for one in each) < 2:
            return None
        return self._list(text, depth)

    def _list(self, text: str, depth: int) -> list[Piece] | None:
        for separator, translated in (("; ", self.setting.semicolon), (", ", self.setting.comma)):
            each = text.split(separator)
            if not 1 < len(each) <= MOST_BESIDE:
                continue
            found = [self._in_turn(one, depth + 1) for one in each]
            if any(found):
                pieces: list[Piece] = []
                for one, pieces_of_one in zip(each, found, strict=True):
                    pieces += [(translated, False), *(pieces_of_one or [(one, False)])]
                return pieces[1:]
        return None

    def _named(self, text: str, depth: int) -> list[Piece] | None:
        """“headline: This field cannot be blank.”"""
        before, colon, after = text.partition(": ")
        found = self._in_turn(after, depth + 1) if colon else None
        if found is None:
            return None
        return [*(self._in_turn(before, DEEPEST) or [(before, False)]), (self.setting.colon, False), *found]

    def _sentences(self, text: str, depth: int) -> list[Piece] | None:
        """A text, or several that follow one another, all of them known."""
        whole = (WHOLE, ELSEWHERE)
        found = self._known(text, whole, depth)
        if depth >= DEEPEST or (found and not self._begins_with_value(text)):
            return found
        for end in _places_of(_AFTER_SENTENCE, text):
            first = self._known(text[:end], whole, depth)
            rest = first and self._sentences(text[end + 1 :], depth + 1)
            if first and rest:
                return [*first, (" ", False), *rest]
        return found

    def _begins_with_value(self, text: str) -> bool:
        """Whether a text that is known may be one of several, since what stands before it was taken for a value."""
        made = self._made(text, (WHOLE, ELSEWHERE))
        return made is not None and not made[0].literals[0] and not _IS_TOLD.match(made[0].holes[0])


def _beginning(literal: str) -> str:
    return literal[:_PREFIX] if len(literal) >= _PREFIX else ""


def _places_of(sign: re.Pattern[str], text: str) -> list[int]:
    """The first few."""
    return [match.start() for match in islice(sign.finditer(text), DEEPEST)]


def _each_line(
    text: str, language: str, find: Callable[[Catalogue, str], list[Piece] | None], *, is_english: bool
) -> list[Piece]:
    catalogue = catalogue_in(language)
    if catalogue is None:
        return [(text, False)]
    if len(text) > LONGEST:
        return [(text, is_english)]
    lines = text.split("\n")[: MOST_LINES + 1]
    each = [find(catalogue, line) if line else [] for line in lines] if len(lines) <= MOST_LINES else [None]
    # A value may have lines of its own. Else one that stands in two lines would be taken for what is between them.
    whole = None if None not in each or len(lines) == 1 else find(catalogue, text)
    if whole is not None or len(lines) > MOST_LINES:
        return whole or [(text, is_english)]
    pieces: list[Piece] = []
    for line, found in zip(lines, each, strict=True):
        pieces += [("\n", False), *([(line, is_english)] if found is None else found)]
    return pieces[1:]


@cache
def catalogue_in(language: str) -> Catalogue | None:
    """None for English, in which they are told, and for a language that nobody has put them into."""
    try:
        found = gettext.translation("problems", LOCALE, [language])
    except OSError:
        return None
    return Catalogue(language, {name: text for name, text in vars(found)["_catalog"].items() if name})
