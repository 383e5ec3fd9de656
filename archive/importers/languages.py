"""The language of a text that does not tell it, where it is certain (py3langid, which compares short runs of letters).

https://github.com/adbar/py3langid
"""

import re
from functools import cache
from html import unescape
from typing import Any

# Names and numbers have no language, and a headline little.
SHORTEST = 200
LONGEST = 3000
LEAST_CERTAIN = 0.95

_TAG = re.compile(r"<[^>]*>")


def detect(body: str) -> str:
    """The language of a text of HTML as two letters, or an empty text where that is not certain."""
    text = " ".join(unescape(_TAG.sub(" ", body[: 3 * LONGEST])).split())[:LONGEST]
    if len(text) < SHORTEST:
        return ""
    language, certainty = _identifier().classify(text)
    return str(language) if certainty >= LEAST_CERTAIN else ""


@cache
def _identifier() -> Any:
    # Its model takes a second and a hundred megabytes to load: only where it is needed.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
