"""html: an article's page as it was saved, one page in a file.

The specification is https://html.spec.whatwg.org; what a page tells of itself is read from JSON-LD and microdata
(https://schema.org/Article), Open Graph (https://ogp.me) and other meta elements, before anything is told from its
text. How is written in web_page.py.

It can't carry: a second article on the same page, reader comments, and what a script fetched after the page. A date
that is written for people only is not read. A page that was saved without its address has no old address, unless the
page tells it.

The id of a page is a digest of the normal form of its canonical address, else of the address that the browser wrote
into it when it was saved; of a page that has neither, of its headline and text.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from .base import Item, ReadOptions, Refusal
from .text import byte_order
from .web_page import LARGEST, read_page

_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+html\b|<html[\s>]|<head[\s>]|<body[\s>])",
    re.IGNORECASE | re.DOTALL,
)


def recognises(head: bytes) -> bool:
    """A whole page; a piece of HTML may be a part of anything."""
    mark = byte_order(head)
    text = head.decode(mark or "latin-1", "replace").removeprefix("\ufeff").removeprefix("ï»¿")
    return bool(_HTML.match(text))


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Item]:
    try:
        yield read_page(stream.read(LARGEST + 1), options)
    except Refusal as refusal:
        yield refusal.problem
