"""The content digest: a number by which anyone can check that an article is still what it was when it was cited.

It is the SHA-256 of the article's words in one canonical JSON. docs/citing.md tells a stranger how to compute it.
"""

import json
import re
from hashlib import sha256
from html import escape
from typing import TypedDict

# The letters before the number name the recipe: another recipe, should there ever be one, has another name.
RECIPE = "na1-sha256"
_OPENING = re.compile(r"<p\b[^<>]*>")


class Content(TypedDict):
    """The words and dates of an article, as readers see them; what is not there is an empty text."""

    headline: str
    kicker: str
    summary: str
    # HTML with the dateline at its head and the sign-off at its end: see `whole_text`.
    text: str
    # (role, words) in the order of the page.
    bylines: list[tuple[str, str]]
    language: str
    # At its precision: 2014, 2014-01, 2014-01-22 or 2014-01-22T22:47:00+00:00.
    published: str
    modified: str


def content_digest(content: Content) -> str:
    """The digest of what readers see, as `na1-sha256:` and 64 digits in base 16.

    The JSON is UTF-8 with the names in order of the alphabet, without spaces between, and no letter written otherwise
    than as itself where JSON allows it (what `json.dumps` and ECMAScript's `JSON.stringify` write).
    """
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # Half of a surrogate pair is no letter, and can't be written in UTF-8.
    return f"{RECIPE}:{sha256(canonical.encode('utf-8', 'replace')).hexdigest()}"


def whole_text(body: str, dateline: str, sign_off: str) -> str:
    """A text of HTML with its dateline, which opens the first paragraph, and its sign-off, a paragraph at the end."""
    if dateline:
        opening = _OPENING.match(body)
        head = f"{escape(dateline, quote=False)} "
        body = f"{opening[0]}{head}{body[opening.end() :]}" if opening else f"<p>{head.strip()}</p>{body}"
    return f"{body}<p>{escape(sign_off, quote=False)}</p>" if sign_off else body
