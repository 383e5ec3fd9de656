"""A zip file as it is written: its list of members waits in a file of its own, so that it may be of any length.

zipfile keeps an object for each member until the end. Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT;
a member's length stands after it (4.3.9), since it is not known before.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from datetime import date
from tempfile import SpooledTemporaryFile

# What a zip file can tell of dates.
_FIRST, _LAST = date(1980, 1, 1), date(2107, 12, 31)
CHUNK = 64 * 1024
# The list of members is in memory up to this length.
_LIST_IN_MEMORY = 2**20
# A member whose length follows it (bit 3), and a name in UTF-8 (bit 11).
_FLAGS = 1 << 3 | 1 << 11
_STORED, _DEFLATED = 0, 8
# Version 4.5 knows the numbers of 64 bits; 3 is a system like Unix, for which the mode stands in the upper half.
_VERSION, _MADE_BY, _MODE = 45, 3 << 8 | 45, (0o100644) << 16
_MOST_16, _MOST_32 = 0xFFFF, 0xFFFFFFFF


class Member:
    """A file within: its name, its day, and its content as bytes or as pieces of bytes (less than 4 GB)."""

    __slots__ = ("content", "day", "is_packed", "name")

    def __init__(self, name: str, content: bytes | str | Iterable[bytes], day: date | None = None, *, is_packed=False):
        self.name = name
        self.content = content
        self.day = day
        # Whether it is packed already, as a photograph is.
        self.is_packed = is_packed


def zipped(members: Iterable[Member]) -> Iterator[bytes]:
    """The bytes of a zip file, in pieces: the same each time for the same members."""
    waiting, length, offset, count = [], 0, 0, 0
    with SpooledTemporaryFile(_LIST_IN_MEMORY) as listed:
        for member in members:
            record = _Record(member, offset)
            for piece in record.pieces():
                waiting.append(piece)
                offset += len(piece)
                length += len(piece)
                if length >= CHUNK:
                    yield b"".join(waiting)
                    waiting, length = [], 0
            listed.write(record.in_list())
            count += 1
        size = listed.tell()
        yield b"".join(waiting)
        listed.seek(0)
        while piece := listed.read(CHUNK):
            yield piece
        yield _end(count, size, offset)


class _Record:
    """A member as it is written: its header, its content, its length; and its line in the list."""

    def __init__(self, member, offset):
        day = min(max(member.day or _FIRST, _FIRST), _LAST)
        self.content = member.content
        self.name = member.name.encode()
        self.method = _STORED if member.is_packed else _DEFLATED
        self.time = 0, (day.year - 1980) << 9 | day.month << 5 | day.day
        self.offset = offset
        self.crc = self.packed = self.unpacked = 0

    def pieces(self):
        head = (_VERSION, _FLAGS, self.method, *self.time, 0, 0, 0, len(self.name), 0)
        yield b"PK\x03\x04" + struct.pack("<5H3L2H", *head) + self.name
        packer = zlib.compressobj(6, zlib.DEFLATED, -15) if self.method == _DEFLATED else None
        for piece in _pieces(self.content):
            self.crc = zlib.crc32(piece, self.crc)
            self.unpacked += len(piece)
            yield from self.counted(packer.compress(piece) if packer else piece)
        if packer:
            yield from self.counted(packer.flush())
        yield b"PK\x07\x08" + struct.pack("<3L", self.crc, self.packed, self.unpacked)

    def counted(self, piece):
        self.packed += len(piece)
        if piece:
            yield piece

    def in_list(self):
        # From 4 GB on its place stands in a field of its own (4.5.3).
        is_far = self.offset >= _MOST_32
        extra = struct.pack("<2HQ", 1, 8, self.offset) if is_far else b""
        offset = _MOST_32 if is_far else self.offset
        sizes = self.crc, self.packed, self.unpacked, len(self.name), len(extra)
        head = (_MADE_BY, _VERSION, _FLAGS, self.method, *self.time, *sizes, 0, 0, 0, _MODE, offset)
        return b"PK\x01\x02" + struct.pack("<6H3L5H2L", *head) + self.name + extra


def _end(count, size, offset):
    """What ends a zip file (4.3.14 to 4.3.16)."""
    large = b""
    if count >= _MOST_16 or size >= _MOST_32 or offset >= _MOST_32:
        head = (44, _MADE_BY, _VERSION, 0, 0, count, count, size, offset)
        large = b"PK\x06\x06" + struct.pack("<Q2H2L4Q", *head)
        large += b"PK\x06\x07" + struct.pack("<LQL", 0, offset + size, 1)
    count = min(count, _MOST_16)
    head = (0, 0, count, count, min(size, _MOST_32), min(offset, _MOST_32), 0)
    return large + b"PK\x05\x06" + struct.pack("<4H2LH", *head)


def _pieces(content):
    if isinstance(content, str):
        content = content.encode()
    return [content] if isinstance(content, bytes) else content
