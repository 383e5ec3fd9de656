"""warc: a web crawl, of which the pages of articles are taken.

WARC 1.0 and 1.1 (https://iipc.github.io/warc-specifications/), plain or gzipped; how its records are read is written in
warc_records.py, and how an article is read from its page in web_page.py. Only responses (and resources) that a server
gave with status 200 as HTML are looked at, and of those only the pages that say that they are an article, or clearly
show one. Each carries the address and the time of its capture. A page that was captured twice is taken once, the
first time; revisits, which repeat a capture, are passed over. Redirects and pictures are attachments, for they stand
anywhere in the file.

It can't carry: what a script fetched, a page in several segments, older ARC files. The id of an article is that of its
page (html.py).
"""

import zlib
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

from archive.addresses import AddressError, normalise

from .base import Item, Problem, ReadOptions, Refusal
from .items import ImportedPicture, ImportedRedirect, LeftOut
from .warc_records import GZIP, LONGEST_HEADERS, START, Record, Response, records, split_response
from .web_page import LARGEST, NoArticle, read_page

PAGES = frozenset({"text/html", "application/xhtml+xml"})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
LARGEST_PICTURE = 50_000_000

NO_ARTICLES = "pages that are no article"
AGAIN = "captures of a page that was taken already"
REVISITS = "revisits"


def recognises(head: bytes) -> bool:
    if head.startswith(GZIP):
        try:
            head = zlib.decompressobj(31).decompress(head, 16)
        except zlib.error:
            return False
    return head.startswith(START)


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Item]:
    reading = Reading(options)
    yield from reading.articles(stream)
    yield from reading.left_out()


class Reading:
    """The reading of one crawl, in however many files; what was taken once is not taken again."""

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        # Digests of addresses and ids, for a crawl may hold a million pages.
        self._met: set[int] = set()
        self._counts: Counter[str] = Counter()

    def articles(self, stream: BinaryIO) -> Iterator[Item]:
        for record in records(stream):
            if isinstance(record, Problem):
                yield record
            elif not record.kind or (record.kind == "response" and not record.address):
                yield Problem(
                    record.place, "The record does not say what it is, or of what address.", "Fetch the file again."
                )
            elif record.kind == "revisit":
                self._counts[REVISITS] += 1
            elif record.kind in ("response", "resource") and record.address.startswith(("http://", "https://")):
                try:
                    if (item := self._article(record)) is not None:
                        yield item
                except NoArticle:
                    self._counts[NO_ARTICLES] += 1
                except Refusal as refusal:
                    yield Problem(
                        f"{record.place}, {record.address[:300]}", refusal.problem.problem, refusal.problem.remedy
                    )

    def left_out(self) -> Iterator[Item]:
        for kind, number in self._counts.items():
            yield LeftOut(kind, number)

    def _article(self, record: Record) -> Item | None:
        block, response = _page(record)
        if response is None:
            return None
        page = _digest(f"page {_bare(record.address)}")
        if page in self._met:
            self._counts[AGAIN] += 1
            return None
        article = read_page(
            response.content(LARGEST),
            self._options,
            address=record.address,
            captured_at=record.captured_at,
            declared=response.charset,
            must_say=True,
            record=record.head + block + b"\r\n\r\n",
            place=f"{record.place}, {record.address[:300]}",
        )
        # A page that failed may have been captured again when it did not.
        self._met.add(page)
        own = _digest(f"article {article.original_id}")
        if own in self._met:
            self._counts[AGAIN] += 1
            return None
        self._met.add(own)
        return article


def read_attachments(stream: BinaryIO, wanted_pictures: frozenset[str]) -> Iterator[ImportedPicture | ImportedRedirect]:
    """The redirects that the crawl met, and the pictures that are wanted, by their addresses in whatever variant."""
    wanted = {_bare(address): address for address in wanted_pictures}
    given: set[str] = set()
    for record in records(stream):
        if isinstance(record, Problem) or record.kind not in ("response", "resource"):
            continue
        address = record.address
        try:
            if (name := wanted.get(_bare(address))) is not None and name not in given:
                response = _response(record, LARGEST_PICTURE)
                if response and response.status == 200 and not response.media_type.startswith("text/"):
                    given.add(name)
                    yield ImportedPicture(name, response.content(LARGEST_PICTURE), record.place)
                    continue
            elif record.kind == "response" and record.length < LARGEST:
                response = split_response(record.read(1 << 16))
            else:
                continue
            if response and response.status in REDIRECTS and (target := _target(address, response)):
                yield ImportedRedirect(address, target, record.place)
        except Refusal:
            # The first reading told what is damaged.
            continue


def _page(record: Record) -> tuple[bytes, Response | None]:
    """The block of a record and the response in it, if that is a page."""
    if record.kind == "resource":
        media_type = record.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in PAGES:
            return b"", None
        block = _block(record, LARGEST)
        return block, Response(200, {"content-type": record.headers.get("content-type", "")}, block)
    start = record.read(1 << 16)
    response = split_response(start)
    if response is None and len(start) >= LONGEST_HEADERS and start.startswith(b"HTTP/"):
        raise Refusal("The head of the server's answer has no end.", "Leave it out.")
    if response is None or response.status != 200 or not _is_page(response):
        return b"", None
    block = start + _block(record, LARGEST)
    return block, split_response(block)


def _is_page(response: Response) -> bool:
    return response.media_type in PAGES or (not response.media_type and b"<html" in response.raw[:2000].lower())


def _response(record: Record, most: int) -> Response | None:
    block = _block(record, most)
    if record.kind == "resource":
        return Response(200, {"content-type": record.headers.get("content-type", "")}, block)
    return split_response(block)


def _block(record: Record, most: int) -> bytes:
    if record.length > most:
        raise Refusal(f"The record is {record.length} bytes long, over {most // 1_000_000} MB.", "Leave it out.")
    return record.read(record.length)


def _target(address: str, response: Response) -> str:
    try:
        target = urljoin(address, response.headers.get("location", "").strip())
        is_web = urlsplit(target).scheme in ("http", "https")
    except ValueError:
        return ""
    return target if is_web and _bare(target) != _bare(address) else ""


def _digest(name: str) -> int:
    return int.from_bytes(blake2b(name.encode("utf-8", "replace"), digest_size=8).digest())


def _bare(address: str) -> str:
    try:
        return normalise(address)
    except AddressError:
        return address
