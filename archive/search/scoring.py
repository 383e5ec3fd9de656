"""How well an article answers a question, by its stems: the same on both databases. Pure."""

from collections.abc import Iterable, Sequence
from contextlib import suppress

from .analysis import Analysed
from .matching import Way

_HEADLINE, _SUMMARY, _BODY = 8.0, 4.0, 1.0
_ALL_IN_HEADLINE = 8.0
_TOGETHER = 4.0
_USUAL_LENGTH = 400


def score(analysed: Analysed, wanted: Sequence[Sequence[Way]]) -> float:
    """The better, the higher. `wanted` are the ways of each word or phrase that was asked for."""
    headline, summary, body = (text.split() for text in (analysed.headline, analysed.summary, analysed.body))
    total = 0.0
    in_headline = [occurrences(headline, ways) for ways in wanted]
    for found, weight in ((in_headline, _HEADLINE), ([occurrences(summary, ways) for ways in wanted], _SUMMARY)):
        total += weight * sum(len(places) / (len(places) + 0.5) for places in found)
    in_body = [occurrences(body, ways) for ways in wanted]
    usual = 0.5 + len(body) / _USUAL_LENGTH
    total += 2 * _BODY * sum(len(places) / (len(places) + usual) for places in in_body)
    if all(in_headline):
        total += _ALL_IN_HEADLINE * (1 + 1 / (1 + len(headline)))
    if len(wanted) > 1:
        total += max(_together(in_headline), _together(in_body))
    return round(total, 6)


def occurrences(tokens: Sequence[str], ways: Iterable[Way]) -> list[int]:
    """Where one of the ways begins."""
    found: set[int] = set()
    for way in set(ways):
        first, length, place = way[0], len(way), -1
        # By its own search, which goes through many words in the time that a loop takes for one.
        with suppress(ValueError):
            while True:
                place = tokens.index(first, place + 1)
                if length == 1 or tuple(tokens[place : place + length]) == way:
                    found.add(place)
    return sorted(found)


def _together(found: Sequence[Sequence[int]]) -> float:
    """More, the nearer all of them stand to one another."""
    if not all(found):
        return 0.0
    places = sorted((place, which) for which, each in enumerate(found) for place in each)
    last: dict[int, int] = {}
    shortest = None
    for place, which in places:
        last[which] = place
        if len(last) == len(found):
            reach = place - min(last.values())
            shortest = reach if shortest is None else min(shortest, reach)
    if shortest is None:
        return 0.0
    return _TOGETHER * len(found) / (len(found) + max(0, shortest - len(found) + 1) / 4)
