"""The language of a text that does not tell it, where it is certain.

French and English are told by their commonest words, which make up a third of any text; what is plainly neither is
asked of py3langid, which compares short runs of letters: https://github.com/adbar/py3langid
"""

import re
from functools import cache
from html import unescape
from typing import Any

# Names and numbers have no language, and a headline little.
SHORTEST = 200
LONGEST = 800
LEAST_CERTAIN = 0.95
# Of the words of a text: at least so many of a language's own, and at most so many of the other's.
PLAIN = 0.15
STRAY = 0.04
_COMMON = {
    "fr": frozenset(
        [
            "le",
            "les",
            "des",
            "et",
            "une",
            "dans",
            "est",
            "du",
            "pour",
            "avec",
            "qui",
            "sont",
            "sur",
            "au",
            "aux",
            "cette",
            "par",
            "plus",
            "pas",
            "ses",
            "été",
        ]
    ),
    "en": frozenset(
        [
            "the",
            "of",
            "and",
            "to",
            "in",
            "was",
            "that",
            "for",
            "with",
            "is",
            "are",
            "by",
            "from",
            "has",
            "have",
            "this",
            "it",
            "its",
            "were",
        ]
    ),
}

_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"[^\W\d_]+")


def detect(body: str) -> str:
    """The language of a text of HTML as two letters, or an empty text where that is not certain."""
    text = " ".join(unescape(_TAG.sub(" ", body[: 3 * LONGEST])).split())[:LONGEST]
    if len(text) < SHORTEST:
        return ""
    words = _WORD.findall(text.lower())
    shares = {
        language: sum(map(common.__contains__, words)) / (len(words) or 1) for language, common in _COMMON.items()
    }
    plain = [language for language, share in shares.items() if share >= PLAIN]
    if len(plain) == 1 and sum(shares.values()) - shares[plain[0]] <= STRAY:
        return plain[0]
    language, certainty = _identifier().classify(text)
    return str(language) if certainty >= LEAST_CERTAIN else ""


@cache
def _identifier() -> Any:
    # Its model takes a second and a hundred megabytes to load: only where it is needed.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
