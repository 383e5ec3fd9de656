"""UTF-8 that was read as Latin-1 or cp1252 (“Ã©” for é): undone where that is certain, else left, and told.

It is certain where all of a text turns back: what was not read wrongly has letters that are no UTF-8, so a single one
of them shows that the rest may be meant as it stands. https://en.wikipedia.org/wiki/Mojibake
"""

import re
from typing import Literal

Verdict = Literal["", "repaired", "doubtful"]

# What the first byte of a character of Europe's languages becomes, with what a second byte may become.
_SECOND = (
    "\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014\u2018-\u201a\u201c-\u201e"
)
_SECOND += "\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122"
_SEEN = re.compile(f"[\u00c2\u00c3\u00c5][{_SECOND}]|\u00e2[\u0080\u20ac][{_SECOND}]")
_TO_BYTES = {bytes([number]).decode("cp1252", "ignore") or chr(number): number for number in range(0x80, 0x100)}
_TO_BYTES |= {chr(number): number for number in range(0x80, 0xA0)}
# Read wrongly twice or three times: not more, or a text made for it would be turned for ever.
_MOST_TURNS = 3


def repair(text: str) -> tuple[str, Verdict]:
    """A text as it was before, and what can be said of it."""
    verdict: Verdict = ""
    for _turn in range(_MOST_TURNS):
        if text.isascii() or not _SEEN.search(text):
            break
        turned = _turned(text)
        if turned is None:
            # What is left after a first turn is as the writer had it.
            return text, verdict or "doubtful"
        text, verdict = turned, "repaired"
    return text, verdict


def _turned(text: str) -> str | None:
    try:
        return text.translate(_LATIN).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return None


_LATIN = {ord(character): number for character, number in _TO_BYTES.items()}
