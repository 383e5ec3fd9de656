"""A text's fingerprint, by which the same story is found under two ids or in two outlets. Pure."""

import re
import unicodedata
from hashlib import blake2b
from html import unescape

# A shorter text may well be the same as another by chance: “More to come.”
SHORTEST = 200

_TAG = re.compile(r"<[^>]*>")
# Beyond ASCII only the signs that one house writes otherwise than another.
_SIGNS = "\u00a0\u202f\u2009«»‹›“”„‘’‚–—…•"
_NO_LETTERS = bytes(number for number in range(128) if not chr(number).isalnum())


def fingerprint(body: str) -> int | None:
    """64 bits of the letters and digits of a text of HTML, whatever stands between them; None for a short one."""
    text = _TAG.sub(" ", body)
    if "&" in text:
        text = unescape(text)
    for sign in _SIGNS:
        text = text.replace(sign, "")
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    # As bytes, which are gone through many times faster.
    letters = text.casefold().encode("utf-8", "replace").translate(None, _NO_LETTERS)
    if len(letters) < SHORTEST:
        return None
    return int.from_bytes(blake2b(letters, digest_size=8).digest(), "big", signed=True)
