"""The pictures that stand in a text of HTML, with their words; and HTML as plain text."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from .base import ImportedImage

_START = re.compile(r"<(?P<end>/?)(?P<name>figure|figcaption|img)(?=[\s/>])", re.IGNORECASE)
# Quoted values may hold brackets.
_REST = re.compile(r"(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+")
_REST_UNQUOTED = re.compile(r"[^<>]*+")
_ATTRIBUTE = re.compile(r"([a-z][a-z0-9-]{0,40})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
# In the order in which they are believed: a picture that is loaded late has a stand-in as its src.
_ADDRESSES = ("data-original", "data-lazy-src", "data-src", "src")
_ANY_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"</?(?:br|p|div|li|h[1-6]|t[dhr]|d[dt]|blockquote|section|figcaption)\b[^<>]*>", re.IGNORECASE)
_SMILEY = re.compile(r"\b(?:emoji|wp-smiley|smiley|emoticon)\b", re.IGNORECASE)
_PIXEL = re.compile(
    r"//(?:[\w.-]*\.)?(?:doubleclick\.net|google-analytics\.com|scorecardresearch\.com|quantserve\.com|chartbeat\.\w+|"
    r"pixel\.wp\.com|stats\.wordpress\.com|b\.wordpress\.com|feeds\.feedburner\.com/~|feedsportal\.com|"
    r"pixel\.quantserve\.com|facebook\.com/tr\b|1x1|pixel\.gif|blank\.gif|spacer\.gif|clear\.gif)"
    r"|/(?:1x1|pixel|blank|spacer|clear|transparent|trans)\.(?:gif|png)\b",
    re.IGNORECASE,
)
# A sign beside a link, and a stand-in that its player hides.
_SIGN = re.compile(r"\b(?:kg-bookmark-icon|kg-audio-hide)\b")
_POINT = re.compile(r"\s*[0-2](?:px)?\s*")
_UNSEEN_STYLE = re.compile(r"(?:^|;)(?:width|height):[0-2](?:px)?(?:;|$)|display:none")
# More pictures than any gallery has.
MOST = 500


def plain(text: str) -> str:
    """HTML as one line of plain text."""
    return " ".join(html.unescape(_ANY_TAG.sub("", _BREAK.sub(" ", text))).split())


def is_smiley(attributes: Mapping[str, str | None]) -> bool:
    """Whether a picture stands for a sign that could be written."""
    return bool(_SMILEY.search(attributes.get("class") or "")) and len((attributes.get("alt") or "").strip()) <= 20


def is_unseen(attributes: Mapping[str, str | None], address: str) -> bool:
    """Whether a picture is none of the article's: it counted readers, or held a place."""
    return bool(_SIGN.search(attributes.get("class") or "") or _PIXEL.search(address)) or is_hidden(attributes)


def is_hidden(attributes: Mapping[str, str | None]) -> bool:
    """Whether it is of a size that nobody sees: it counted readers."""
    sizes = (attributes.get("width"), attributes.get("height"))
    if any(size is not None and _POINT.fullmatch(size) for size in sizes):
        return attributes.get("srcset") is None and "data-src" not in attributes
    style = "".join((attributes.get("style") or "").split()).lower()
    return bool(_UNSEEN_STYLE.search(style))


def pictures_in(text: str) -> tuple[ImportedImage, ...]:
    """Each picture once, with its address as it stands there, its text alternative, and the caption of its figure."""
    found: list[ImportedImage] = []
    in_figure: list[int] = []
    depth = caption_start = 0
    for start, rest, name, ends in _tags(text):
        if name == "figure":
            depth = max(depth + (-1 if ends else 1), 0)
            in_figure = []
        elif name == "figcaption":
            if not ends:
                caption_start = start + len(name) + len(rest) + 2
            elif caption_start:
                caption = plain(text[caption_start:start])
                for place in in_figure:
                    found[place] = replace(found[place], caption=found[place].caption or caption)
                caption_start = 0
        elif not ends and len(found) < MOST and (picture := _picture(rest[:20_000])):
            if any(each.original_address == picture.original_address for each in found):
                continue
            found.append(picture)
            if depth:
                in_figure.append(len(found) - 1)
    return tuple(found)


def _tags(text: str) -> Iterator[tuple[int, str, str, bool]]:
    """The tags that matter: where each begins, what stands in it after its name, its name, and whether it ends one."""
    place = 0
    while start := _START.search(text, place):
        rest = _REST.match(text, start.end())
        place = rest.end() if rest else start.end()
        if text[place : place + 1] != ">":
            # A quotation mark stands alone. What was looked at is not looked at again, so that no text takes long.
            rest = _REST_UNQUOTED.match(text, start.end())
        if rest and text[rest.end() : rest.end() + 1] == ">":
            yield start.start(), rest[0], start["name"].lower(), bool(start["end"])


def _picture(rest: str) -> ImportedImage | None:
    values = {
        match[1].lower(): html.unescape(match[2] or match[3] or match[4] or "") for match in _ATTRIBUTE.finditer(rest)
    }
    address = next((values[name].strip() for name in _ADDRESSES if values.get(name, "").strip()), "")
    # A picture written into the text has no address.
    if not address or address.startswith("data:") or is_smiley(values) or is_unseen(values, address):
        return None
    return ImportedImage(original_address=address, alt=" ".join(values.get("alt", "").split()))
