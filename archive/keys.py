"""Permanent identifiers: 12 characters of Crockford's base 32 in lower case (https://www.crockford.com/base32.html)."""

import secrets
from hashlib import blake2b

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 12

# Crockford reads these letters as the digits that they are mistaken for.
_LOOKALIKES = str.maketrans({"o": "0", "i": "1", "l": "1"})
# As Python writes base 32.
_DIGITS = str.maketrans(ALPHABET, "0123456789abcdefghijklmnopqrstuv")


def derived_key(outlet: str, original_id: str) -> str:
    """The key of an imported article: the same wherever and whenever it is imported.

    `outlet` is the outlet's slug, `original_id` the id in the system that the article came from.
    """
    # The separator can stand in no slug, so no two pairs of names give the same bytes.
    digest = blake2b(f"{outlet}\x1f{original_id}".encode(), digest_size=8).digest()
    return key_of(int.from_bytes(digest, "big") >> 4)


def random_key() -> str:
    """The key of an article written by hand: 60 random bits."""
    return key_of(secrets.randbits(5 * LENGTH))


def read_key(text: str) -> str:
    """The key that someone typed or copied: case ignored, `o` read as 0, `i` and `l` as 1."""
    return text.lower().translate(_LOOKALIKES)


def number_of(key: str) -> int:
    """A key as the number that it is, in a tenth of the memory."""
    return int(key.translate(_DIGITS), 32)


def key_of(number: int) -> str:
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(5 * (LENGTH - 1), -1, -5))
