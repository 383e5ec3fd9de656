"""Two texts and what changed between them, word by word. Pure.

After https://github.com/google/diff-match-patch, given words in the place of letters.
"""

import re
from typing import Literal

from diff_match_patch import diff_match_patch

Kind = Literal["same", "added", "removed"]
Pieces = list[tuple[Kind, str]]

# An unchanged stretch longer than this is shown by its ends.
LONGEST_STRETCH = 160
_WORD = re.compile(r"\w+(?:['’]\w*)?|\s+|[^\w\s]")
_KINDS: dict[int, Kind] = {-1: "removed", 0: "same", 1: "added"}
# Where Unicode has no letters of its own, but halves of pairs.
_FIRST_SURROGATE, _AFTER_SURROGATES = 0xD800, 0xE000


def word_difference(before: str, after: str, seconds: float = 0.3) -> Pieces:
    """`after` in pieces, with the words that are new and those that are gone.

    After so many seconds the rest is told as one change, without looking for what stayed the same within it.
    """
    numbers: dict[str, str] = {}
    words: list[str] = []

    def encoded(text: str) -> str:
        letters = []
        for word in _WORD.findall(text):
            if word not in numbers:
                number = len(words)
                numbers[word] = chr(number if number < _FIRST_SURROGATE else number + 0x800)
                words.append(word)
            letters.append(numbers[word])
        return "".join(letters)

    def decoded(letters: str) -> str:
        codes = (ord(letter) for letter in letters)
        return "".join(words[code if code < _FIRST_SURROGATE else code - 0x800] for code in codes)

    matcher = diff_match_patch()
    # Nought would mean without end.
    matcher.Diff_Timeout = max(seconds, 0.01)
    found = matcher.diff_main(encoded(before), encoded(after), False)
    matcher.diff_cleanupSemantic(found)
    return [(_KINDS[kind], decoded(letters)) for kind, letters in found]


def shortened(pieces: Pieces) -> Pieces:
    """The same, with of each long unchanged stretch only what stands beside a change."""
    last = len(pieces) - 1
    return [
        (kind, _ends(text, first=place == 0, last=place == last) if kind == "same" else text)
        for place, (kind, text) in enumerate(pieces)
    ]


def _ends(text: str, *, first: bool, last: bool) -> str:
    if len(text) <= LONGEST_STRETCH:
        return text
    half = LONGEST_STRETCH // 2
    start = "" if first else text[:half].rsplit(None, 1)[0] + " "
    end = "" if last else " " + text[-half:].split(None, 1)[-1]
    return f"{start}…{end}"
