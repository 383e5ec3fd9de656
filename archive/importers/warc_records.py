"""The records of a web crawl, one after the other, in bounded memory; a damaged one costs itself and no other.

WARC 1.0 and 1.1, https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/, plain or gzipped,
each record by itself or all at once. A response's HTTP is read as https://www.rfc-editor.org/rfc/rfc9112 has it, and
leniently: many crawlers unpack what they store and leave its headers as they were.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO

import brotli  # type: ignore[import-untyped]

from .base import Problem, Refusal

GZIP = b"\x1f\x8b\x08"
START = b"WARC/"
_CHUNK = 1 << 16
# What is unpacked at once, however small it was packed.
_PIECE = 1 << 20
LONGEST_HEADERS = 1 << 16
# A gzipped record that grows to more than this, by more than that, is no crawl's.
_LARGE = 100 * _PIECE
_HIGHEST_RATIO = 500
# The same of all records together, and of those that are no larger than a page: pages pack to a twentieth at most, and
# a few files of nothing may stand among them.
_HIGHEST_RATIO_OF_ALL = 200
_LARGE_ALTOGETHER = ((10 * _PIECE, 100 * _PIECE), (_LARGE, 1000 * _PIECE))
_MOST_EMPTY = 2000
# Behind a damaged record; by chance the sign of one stands in every 16 MB.
_MOST_TRIED = 20_000
_FETCH_AGAIN = "Fetch the file again; what follows in it was read."
_VERSION = re.compile(rb"WARC/\d\.\d{1,2}\s*$")
_NEXT = re.compile(rb"\nWARC/\d\.\d")
_BLANKS = re.compile(rb"[\r\n\t \x00]*+")
_CHUNK_HEAD = re.compile(rb"\s*([0-9a-fA-F]{1,8})[^\r\n]{0,200}\r?\n")
_STATUS = re.compile(rb"HTTP/[\d.]{1,4}\s+(\d{3})")


class Damaged(Refusal):
    """A record that can't be read on from here."""


@dataclass(slots=True)
class Record:
    number: int
    place: str
    kind: str
    headers: dict[str, str]
    # Its head as it stands in the file.
    head: bytes
    length: int
    _source: "_Source" = field(repr=False)
    _left: int = 0

    @property
    def address(self) -> str:
        return self.headers.get("warc-target-uri", "").strip("<>")

    @property
    def captured_at(self) -> datetime | None:
        """https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/#warc-date-mandatory"""
        written = self.headers.get("warc-date", "")
        try:
            moment = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", written))
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def read(self, most: int) -> bytes:
        """So many bytes of its block, or what is left of it."""
        content = self._source.read(min(most, self._left))
        self._left -= len(content)
        return content

    def skip(self) -> None:
        while self._left:
            self._left -= len(self._source.read(min(_PIECE, self._left)))


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered."""

    status: int
    headers: dict[str, str]
    # As it came: packed, and in chunks.
    raw: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        match = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", self.headers.get("content-type", ""), re.IGNORECASE)
        return match[1] if match else ""

    def content(self, most: int) -> bytes:
        """The content, unpacked. Raises Refusal where it is more than `most` bytes, or damaged."""
        content = self.raw
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            content = _joined(content)
        for coding in reversed(self.headers.get("content-encoding", "").lower().split(",")):
            content = _unpacked(content, coding.strip(), most)
        if len(content) > most:
            raise Refusal(f"Its content is over {most // 1_000_000} MB.", "Leave it out.")
        return content


def records(stream: BinaryIO) -> Iterator[Record | Problem]:
    """Every record; where one is damaged, a Problem, and reading goes on with the next that can be found."""
    source = _Source(stream)
    number = 0
    while True:
        number += 1
        place = f"record {number}"
        try:
            if not source.skip_blanks():
                return
            place = f"record {number}, byte {source.offset}"
            record = _head(source, number, place)
            yield record
            if not source.is_damaged:
                record.skip()
        except Damaged as damage:
            yield Problem(place, damage.problem.problem, damage.problem.remedy)
            source.is_damaged = True
        if source.is_damaged and not source.find_next():
            return


def split_response(block: bytes) -> Response | None:
    """What the server answered, from the beginning of a record's block at least; None where that is no HTTP."""
    match = _STATUS.match(block)
    if match is None:
        return None
    end = re.search(rb"\r?\n\r?\n", block[: LONGEST_HEADERS + 4])
    if end is None:
        return None
    return Response(int(match[1]), _headers(block[: end.start()].splitlines()[1:]), block[end.end() :])


def _head(source: "_Source", number: int, place: str) -> Record:
    source.begin_record()
    first = source.readline()
    if not _VERSION.match(first):
        raise Damaged("No record begins here, where the one before it says that it ends.", _FETCH_AGAIN)
    lines = [first]
    length = len(first)
    while (line := source.readline()).strip():
        length += len(line)
        if length > LONGEST_HEADERS:
            raise Damaged("The record's head has no end.", _FETCH_AGAIN)
        lines.append(line)
    headers = _headers(lines[1:])
    told = headers.get("content-length", "")
    if not re.fullmatch(r"\d{1,15}", told):
        raise Damaged("The record does not say how long it is.", _FETCH_AGAIN)
    kind = headers.get("warc-type", "").lower()
    return Record(number, place, kind, headers, b"".join([*lines, line]), int(told), source, int(told))


def _headers(lines: list[bytes]) -> dict[str, str]:
    headers: dict[str, str] = {}
    name = ""
    for line in lines:
        text = line.decode("utf-8", "replace")
        if text[:1] in (" ", "\t") and name:
            headers[name] += f" {text.strip()}"
        elif ":" in text:
            name, _colon, value = text.partition(":")
            name = name.strip().lower()
            headers.setdefault(name, value.strip())
    return headers


class _Source:
    """The bytes of a crawl, unpacked as they are asked for."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._buffer = b""
        self._at = 0
        self._packed = b""
        self._inflater: zlib._Decompress | None = None
        self._is_gzip = stream.read(3) == GZIP
        stream.seek(0)
        # Where the packed piece began that is being unpacked, and what the record has taken and given so far.
        self._member = 0
        self._taken = 0
        self._given = 0
        # The same of all records before, by their size.
        self._before = [(0, 0) for _size in _LARGE_ALTOGETHER]
        self.is_damaged = False

    @property
    def offset(self) -> int:
        """About where in the file it stands."""
        if self._is_gzip:
            return self._member if self._at == 0 else self._stream.tell() - len(self._packed)
        return self._stream.tell() - len(self._buffer) + self._at

    def begin_record(self) -> None:
        for place, (largest, most) in enumerate(_LARGE_ALTOGETHER):
            if self._given > largest:
                continue
            taken, given = self._before[place]
            taken, given = self._before[place] = taken + self._taken, given + self._given
            if given > most and given > taken * _HIGHEST_RATIO_OF_ALL:
                raise Refusal(
                    f"What is packed in it grows to over {_HIGHEST_RATIO_OF_ALL} times its size: it is a bomb.",
                    "Leave it out. If it is sound, unpack it yourself and name the file.",
                    f"byte {self.offset}",
                )
        self._taken = self._given = 0

    def read(self, most: int) -> bytes:
        pieces = []
        while most > 0:
            if self._at >= len(self._buffer) and not self._fill():
                raise self._damage("The file is cut off within a record.")
            piece = self._buffer[self._at : self._at + most]
            self._at += len(piece)
            most -= len(piece)
            pieces.append(piece)
        return b"".join(pieces)

    def readline(self) -> bytes:
        while (end := self._buffer.find(b"\n", self._at)) < 0:
            if len(self._buffer) - self._at > LONGEST_HEADERS:
                raise self._damage("A line of the record's head has no end.")
            rest, self._at = self._buffer[self._at :], 0
            self._buffer = b""
            if not self._fill():
                raise self._damage("The file is cut off within a record.")
            self._buffer = rest + self._buffer
        line = self._buffer[self._at : end + 1]
        self._at = end + 1
        return line

    def skip_blanks(self) -> bool:
        """Go to what is no blank; whether there is any."""
        while True:
            match = _BLANKS.match(self._buffer, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._buffer):
                return True
            if not self._fill():
                return False

    def find_next(self) -> bool:
        """Go to where the next record begins; whether there is one."""
        self.is_damaged = False
        if self._is_gzip:
            return self._find_member()
        while True:
            match = _NEXT.search(self._buffer, self._at)
            if match is not None:
                self._at = match.start() + 1
                return True
            self._buffer, self._at = self._buffer[-10:], 0
            rest = self._buffer
            self._buffer = b""
            if not self._fill():
                return False
            self._buffer = rest + self._buffer

    def _find_member(self) -> bool:
        """Another record in what is unpacked already, else the next that is packed by itself."""
        if match := _NEXT.search(self._buffer, self._at):
            self._at = match.start() + 1
            return True
        if self._inflater is not None:
            self._packed = self._inflater.unused_data or self._packed
        self._inflater = None
        self._buffer, self._at = b"", 0
        at = tried = 0
        while True:
            place = self._packed.find(GZIP, at)
            if place < 0:
                more = self._stream.read(_CHUNK)
                if not more:
                    return False
                self._packed, at = self._packed[-2:] + more, 0
                continue
            if len(self._packed) - place < _CHUNK:
                self._packed, place = self._packed[place:] + self._stream.read(_CHUNK), 0
            try:
                start = zlib.decompressobj(31).decompress(self._packed[place : place + 4096], 16)
            except zlib.error:
                start = b""
            if start.startswith(START):
                self._packed = self._packed[place:]
                return True
            at = place + 1
            tried += 1
            if tried > _MOST_TRIED:
                raise Refusal(
                    f"Over {_MOST_TRIED} packed pieces stand in it one after another, and no record in any of them.",
                    "Fetch the file again; what stood before was taken.",
                    f"byte {self.offset}",
                )

    def _fill(self) -> bool:
        """Unpack some more; whether there was any."""
        self._at = 0
        if not self._is_gzip:
            self._buffer = self._stream.read(_CHUNK)
            return bool(self._buffer)
        self._buffer = b""
        empty = 0
        while not self._buffer:
            empty += 1
            if empty > _MOST_EMPTY:
                raise self._damage(
                    f"Over {_MOST_EMPTY} packed pieces stand in it one after another with nothing in them."
                )
            if self._inflater is None or self._inflater.eof:
                if self._inflater is not None:
                    self._packed = self._inflater.unused_data
                self._packed = (self._packed or self._stream.read(_CHUNK)).lstrip(b"\x00")
                if not self._packed:
                    if self._stream.read(1) == b"":
                        self._inflater = None
                        return False
                    self._stream.seek(-1, 1)
                    continue
                self._member = self._stream.tell() - len(self._packed)
                self._inflater = zlib.decompressobj(31)
            elif not self._packed:
                self._packed = self._stream.read(_CHUNK)
                if not self._packed:
                    raise self._damage("The file is cut off within a record.")
            before = len(self._packed)
            try:
                self._buffer = self._inflater.decompress(self._packed, _PIECE)
            except zlib.error as error:
                self._packed = self._packed[1:]
                self._inflater = None
                raise self._damage(f"What is packed is damaged: {error}.") from None
            self._packed = self._inflater.unconsumed_tail
            self._taken += before - len(self._packed) - len(self._inflater.unused_data)
            self._given += len(self._buffer)
            if self._given > _LARGE and self._given > self._taken * _HIGHEST_RATIO:
                self._inflater, self._packed = None, self._packed[1:]
                # Counted with those that are not too large.
                self._given = _LARGE
                raise self._damage("What is packed grows without measure: it is a bomb.")
        return True

    def _damage(self, what: str) -> Damaged:
        self.is_damaged = True
        return Damaged(what, _FETCH_AGAIN)


def _joined(content: bytes) -> bytes:
    """The chunks of a content joined; what is in no chunks is left as it is."""
    pieces: list[bytes] = []
    place = 0
    while match := _CHUNK_HEAD.match(content, place):
        size = int(match[1], 16)
        if size == 0:
            return b"".join(pieces)
        pieces.append(content[match.end() : match.end() + size])
        place = match.end() + size
    return b"".join(pieces) if pieces else content


def _unpacked(content: bytes, coding: str, most: int) -> bytes:
    if coding in ("", "identity", "none") or not content:
        return content
    if coding in ("gzip", "x-gzip"):
        return _inflated(content, (31,), most) if content.startswith(b"\x1f\x8b") else content
    if coding == "deflate":
        return _inflated(content, (15, -15), most)
    if coding == "br":
        return _unbrotlied(content, most)
    raise Refusal(f"Its content is packed in a way that is not read ({coding[:20]}).", "Leave it out.")


def _inflated(content: bytes, windows: tuple[int, ...], most: int) -> bytes:
    for window in windows:
        try:
            return zlib.decompressobj(window).decompress(content, most + 1)
        except zlib.error:
            continue
    if content.startswith(b"\x1f\x8b"):
        raise Refusal("Its packed content is damaged.", "Fetch the page again.")
    # It was unpacked when it was stored.
    return content


def _unbrotlied(content: bytes, most: int) -> bytes:
    if content.lstrip()[:1] == b"<":
        return content
    unpacker = brotli.Decompressor()
    pieces: list[bytes] = []
    length = 0
    try:
        piece = unpacker.process(content, output_buffer_limit=_PIECE)
        while piece and length <= most:
            pieces.append(piece)
            length += len(piece)
            piece = b"" if unpacker.is_finished() else unpacker.process(b"", output_buffer_limit=_PIECE)
    except brotli.error:
        raise Refusal("Its packed content is damaged.", "Fetch the page again.") from None
    return b"".join(pieces)
