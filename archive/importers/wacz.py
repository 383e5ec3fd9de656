"""wacz: a web crawl in a zip file, with its list of pages and its index beside it.

WACZ 1.1.1, https://specs.webrecorder.net/wacz/1.1.1/: of the members only the WARC files under `archive/` are read,
each as warc.py reads it; a page that stands in several is taken once. An article's record is a WARC of it alone.

It can't carry what a WARC can't. The index and the list of pages repeat what is in the WARC files, and the signature
of a signed file is not checked: whoever was sent it by somebody else checks it with `py-wacz`.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from . import warc
from .base import ImportedArticle, Item, Problem, ReadOptions, Refusal, place_within
from .items import ImportedPicture, ImportedRedirect
from .zipfiles import ZipFolder, shown

_FIRST_MEMBERS = (b"archive/", b"datapackage", b"indexes/", b"pages/", b"fuzzy.json", b"logs/")


def recognises(head: bytes) -> bool:
    """A zip file whose first member is one that every WACZ has."""
    return head.startswith(b"PK\x03\x04") and head[30:].startswith(_FIRST_MEMBERS) and _is_crawl(head)


def _is_crawl(head: bytes) -> bool:
    # The name's length stands before it; a folder named archive may lead any zip file.
    name = head[30 : 30 + int.from_bytes(head[26:28], "little")].lower()
    if name.startswith(b"archive/"):
        return name == b"archive/" or b".warc" in name
    return not name.startswith(b"pages/") or name in (b"pages/", b"pages/pages.jsonl", b"pages/extrapages.jsonl")


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Item]:
    # A record is a WARC of one article.
    if warc.recognises(stream.read(8192)):
        stream.seek(0)
        yield from warc.read(stream, options)
        return
    stream.seek(0)
    packed = ZipFolder(stream)
    yield from packed.problems
    names = _crawls(packed)
    if not names:
        raise Refusal("The file holds no WARC under archive/.", "Fetch it again, or name its format with --format.")
    reading = warc.Reading(options)
    for name in names:
        try:
            with packed.open(name) as member:
                for item in reading.articles(member):
                    yield _within(name, item)
        except Refusal as refusal:
            yield refusal.problem
    yield from reading.left_out()


def read_attachments(stream: BinaryIO, wanted_pictures: frozenset[str]) -> Iterator[ImportedPicture | ImportedRedirect]:
    packed = ZipFolder(stream)
    for name in _crawls(packed):
        try:
            with packed.open(name) as member:
                for item in warc.read_attachments(member, wanted_pictures):
                    yield replace(item, place=place_within(shown(name), item.place))
        except Refusal:
            # The first reading told what is damaged.
            continue


def _crawls(packed: ZipFolder) -> list[str]:
    return [
        name for name in packed.names if name.startswith("archive/") and name.lower().endswith((".warc", ".warc.gz"))
    ]


def _within(name: str, item: Item) -> Item:
    if isinstance(item, ImportedArticle):
        problems = tuple(each.within(shown(name)) for each in item.problems)
        return replace(item, place=place_within(shown(name), item.place), problems=problems)
    return item.within(shown(name)) if isinstance(item, Problem) else item
