"""The passage of an article that answers a question, with whole words marked. Pure."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, islice

from .analysis import printed_places, printed_words
from .matching import Way
from .scoring import occurrences

# Characters of a passage, and of what stands in it before the first word that was found.
LENGTH = 220
_BEFORE = 60
# So much of a text is looked through.
_MOST_LOOKED_THROUGH = 60_000
_CUT = "…"
_SPACES = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"[.!?…»”\"]\s+")

Pieces = list[tuple[str, bool]]


def marked(text: str, language: str, wanted: Sequence[Sequence[Way]]) -> Pieces:
    """The whole of a short text, in pieces, each with whether it was asked for."""
    text = _SPACES.sub(" ", text).strip()
    return _pieces(text, 0, len(text), _found(text, language, wanted))


def passage(texts: Sequence[str], language: str, wanted: Sequence[Sequence[Way]]) -> Pieces:
    """The part that has most of what was asked for, about LENGTH characters.

    It is of the first of these plain texts that has any of it; if none has, it is the beginning of the first.
    """
    best = ""
    found: list[tuple[int, int, int]] = []
    for each in texts:
        text = _SPACES.sub(" ", each[:_MOST_LOOKED_THROUGH]).strip()
        found = _found(text, language, wanted)
        if found:
            best = text
            break
        best = best or text
    start = _start_before(best, _best_start(found))
    end = _end_after(best, start + LENGTH)
    pieces = _pieces(best, start, end, found)
    if start > 0:
        pieces.insert(0, (_CUT + " ", False))
    if end < len(best):
        # Apart from a full stop, which would look like a fourth dot.
        pieces.append((f" {_CUT}" if best[end - 1] in ".!?…" else _CUT, False))
    return pieces


def _found(text: str, language: str, wanted: Sequence[Sequence[Way]]) -> list[tuple[int, int, int]]:
    """The words that were asked for, in their order: start, end, and which of those wanted."""
    if not wanted:
        return []
    words = printed_words(text, language)
    tokens = [stem for _elided, stems in words for stem in stems]
    asked: dict[int, int] = {}
    for which, ways in enumerate(wanted):
        for first in occurrences(tokens, ways):
            length = max(len(way) for way in ways if tuple(tokens[first : first + len(way)]) == way)
            for token in range(first, first + length):
                asked.setdefault(token, which)
    if not asked:
        return []
    # Where words stand is told of those alone that were asked for.
    behind = list(accumulate(len(stems) for _elided, stems in words))
    found: dict[int, int] = {}
    for token, which in asked.items():
        word = bisect_right(behind, token)
        found[word] = min(which, found.get(word, which))
    places = islice(printed_places(text), max(found) + 1)
    return [
        (start + words[number][0], end, found[number]) for number, (start, end) in enumerate(places) if number in found
    ]


def _best_start(found: Sequence[tuple[int, int, int]]) -> int:
    best, best_start = (0, 0), 0
    for place, (start, _end, _which) in enumerate(found):
        within = [which for _s, end, which in found[place : place + 40] if end <= start + LENGTH - _BEFORE]
        value = (len(set(within)), len(within))
        if value > best:
            best, best_start = value, start
    return best_start


def _start_before(text: str, start: int) -> int:
    """Where a passage begins: at the sentence, if it begins near, else at a word."""
    if start <= _BEFORE:
        return 0
    before = text[start - _BEFORE : start]
    ends = [match.end() for match in _SENTENCE_END.finditer(before)]
    if ends:
        return start - _BEFORE + ends[-1]
    space = before.find(" ")
    return start - _BEFORE + space + 1 if space >= 0 else start


def _end_after(text: str, end: int) -> int:
    if end >= len(text):
        return len(text)
    space = text.rfind(" ", end - 40, end + 1)
    return space if space > 0 else end


def _pieces(text: str, start: int, end: int, found: Sequence[tuple[int, int, int]]) -> Pieces:
    pieces: Pieces = []
    place = start
    for first, last, _which in found:
        if first < place or last > end:
            continue
        if first > place:
            pieces.append((text[place:first], False))
        pieces.append((text[first:last], True))
        place = last
    if place < end:
        pieces.append((text[place:end], False))
    return pieces
