"""The one door for zip files: what stands in them, member by member, and nothing that could do harm.

Nothing is written anywhere: a member is a stream. Only what an ordinary zip file holds is opened (stored or deflated
members); the bounds keep what a hostile one costs small, and are looked at before anything is unpacked:
https://www.usenix.org/conference/woot19/presentation/fifield tells what a zip bomb can do.
Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

import stat
import struct
import zipfile
import zlib
from array import array
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BufferedReader, BytesIO, RawIOBase
from typing import IO, BinaryIO, cast

from .base import Problem, Refusal

# What a saved site of this size has in files; each costs memory.
MOST_MEMBERS = 200_000
LARGEST_DIRECTORY = 64 * 2**20
# A crawl is kept in files of a gigabyte each, of which there may be hundreds.
LARGEST_MEMBER = 100 * 2**30
LARGEST_TOTAL = 1000 * 2**30
# Text packs to a tenth, a table of blanks to a hundredth; below this size a member may be anything.
HIGHEST_RATIO = 200
SMALL = 2**20
# Members shorter than this, so many one after another, of which nothing can be taken: to open them takes long, and who
# packed a site has not so many. What is longer takes its time for its size, as the pictures of a site do.
SHORTEST_IN_VAIN = 1000
MOST_IN_VAIN = 10_000
LONGEST_NAME = 1000

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_END = b"PK\x05\x06"
_END_SIZE = 22
_LONGEST_COMMENT = 65_535
_END_64_LOCATOR = b"PK\x06\x07"
_END_64 = b"PK\x06\x06"
_ENTRY = b"PK\x01\x02"
_LOCAL_HEADER_SIZE = 30
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF_8 = 0x800
_FETCH_AGAIN = "Fetch the file again; if it is whole, unpack it and name the folder."


def is_zip(head: bytes) -> bool:
    return head.startswith(MAGIC)


def packed(files: dict[str, bytes]) -> bytes:
    """A zip file of these files: the same bytes each time."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            # No time of day, which would make each one another.
            file.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def members(stream: BinaryIO) -> Iterator[tuple[str, BinaryIO, int] | Problem]:
    """Each file within a zip file, as its name, a stream and its length; what can't be opened is a Problem.

    Raises Refusal where the whole file can't be trusted. A stream is to be read before the next is asked for.
    """
    packed = ZipFolder(stream)
    for name in packed.names:
        try:
            member = packed.open(name)
        except Refusal as refusal:
            yield refusal.problem
            continue
        with member:
            yield name, member, packed.size(name)
    yield from packed.problems


class InVain:
    """Counts small members of which nothing was taken. Raises Refusal where too many stand one after another."""

    def __init__(self) -> None:
        self._number = 0

    def see(self, name: str, length: int, *, is_good: bool) -> None:
        if is_good:
            self._number = 0
        elif length < SHORTEST_IN_VAIN:
            self._number += 1
            if self._number == MOST_IN_VAIN:
                raise Refusal(
                    f"{MOST_IN_VAIN} small members of the zip file, one after another, hold nothing that can be taken; "
                    "the rest was not read.",
                    "Leave them out and pack it again, or unpack it and name the folder.",
                    shown(name),
                )


class ZipFolder:
    """A zip file as a folder of files: `names` in the file's order, `problems` with what was left out of them."""

    def __init__(self, stream: BinaryIO) -> None:
        _look_at_directory(stream)
        try:
            self._file = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError, OverflowError, OSError) as error:
            raise Refusal(f"The zip file is damaged: {error}.", _FETCH_AGAIN) from None
        self._members: dict[str, zipfile.ZipInfo] = {}
        self.problems: list[Problem] = []
        entries = self._file.infolist()
        _look_for_bomb(entries)
        for info in entries:
            name = _name(info)
            # Not `is_dir`, which fails on a name that is empty or begins with a NUL.
            if name.endswith("/") or _is_hidden(name):
                continue
            if wrong := _wrong(info, name, known=name in self._members):
                self.problems.append(Problem(shown(name), *wrong))
            else:
                self._members[name] = info

    @property
    def names(self) -> list[str]:
        return list(self._members)

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def size(self, name: str) -> int:
        return self._members[name].file_size

    def open(self, name: str) -> BinaryIO:
        """A member as a stream that can be sought in. Raises Refusal where it is damaged, here or while it is read."""
        try:
            member = self._file.open(self._members[name])
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError, struct.error, OSError) as error:
            raise Refusal(f"The member is damaged: {error}.", _FETCH_AGAIN, shown(name)) from None
        return cast(BinaryIO, BufferedReader(_Member(member, name)))


class _Member(RawIOBase):
    """A member's bytes; what is wrong with them is told as a Refusal."""

    def __init__(self, member: IO[bytes], name: str) -> None:
        self._member = member
        self._name = name

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._member.seekable()

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._guarded(lambda: self._member.seek(offset, whence))

    def tell(self) -> int:
        return self._member.tell()

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # typeshed names a wider protocol
        def fill() -> int:
            data = self._member.read(len(buffer))
            buffer[: len(data)] = data
            return len(data)

        return self._guarded(fill)

    def close(self) -> None:
        self._member.close()
        super().close()

    def _guarded(self, action: Callable[[], int]) -> int:
        try:
            return action()
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise Refusal(f"The member is damaged: {error}.", _FETCH_AGAIN, shown(self._name)) from None


def shown(name: str) -> str:
    """A member's name as it may be printed and stored."""
    name = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in name)
    return name if len(name) <= 300 else f"…{name[-299:]}"


def _look_at_directory(stream: BinaryIO) -> None:
    """See that the list of members, which is read as a whole, is there and of a bearable size."""
    size = stream.seek(0, 2)
    start = max(size - _END_SIZE - _LONGEST_COMMENT, 0)
    stream.seek(start)
    tail = stream.read(_END_SIZE + _LONGEST_COMMENT)
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_SIZE:
        raise Refusal("The zip file is cut off: the list of its members, at its end, is missing.", _FETCH_AGAIN)
    length, offset = struct.unpack("<2L", tail[place + 12 : place + 20])
    if length == 0xFFFFFFFF or offset == 0xFFFFFFFF or tail[place + 10 : place + 12] == b"\xff\xff":
        length = _length_64(stream, start + place) or length
    if length > min(LARGEST_DIRECTORY, size):
        raise Refusal(
            f"The list of the zip file's members is {length} bytes long, more than can be.",
            "Pack it into several zip files, or unpack it and name the folder.",
        )
    end = start + place
    stream.seek(max(end - length - 76, 0))
    if (found := stream.read(min(length + 76, end)).count(_ENTRY)) > MOST_MEMBERS:
        raise Refusal(
            f"The zip file holds {found} members; at most {MOST_MEMBERS} are read.",
            "Pack it into several zip files, or unpack it and name the folder.",
        )
    stream.seek(0)


def _length_64(stream: BinaryIO, end: int) -> int:
    """The length of the list of members of a large file, told in a second record before the last."""
    stream.seek(max(end - 20, 0))
    locator = stream.read(20)
    if len(locator) < 20 or not locator.startswith(_END_64_LOCATOR):
        return 0
    # The record stands right before its locator, whatever stands before the zip file.
    stream.seek(max(end - 20 - 56, 0))
    record = stream.read(56)
    if len(record) < 56 or not record.startswith(_END_64):
        raise Refusal("The zip file is damaged: the end of its list of members can't be read.", _FETCH_AGAIN)
    return int(struct.unpack("<Q", record[40:48])[0])


def _look_for_bomb(entries: list[zipfile.ZipInfo]) -> None:
    packed = sum(info.compress_size for info in entries)
    unpacked = sum(info.file_size for info in entries)
    if unpacked > LARGEST_TOTAL or (unpacked > SMALL and unpacked > packed * HIGHEST_RATIO):
        raise Refusal(
            f"The zip file would unpack from {packed} to {unpacked} bytes: it is a zip bomb, or damaged.",
            "Leave it out. If it is sound, unpack it yourself and name the folder.",
        )
    # Members that lie over one another are packed once and unpacked many times.
    spans = sorted((info.header_offset, info.compress_size, len(info.orig_filename)) for info in entries)
    ends = array("q", (start + _LOCAL_HEADER_SIZE + name + size for start, size, name in spans))
    if any(end > spans[number][0] for number, end in enumerate(ends[:-1], start=1)):
        raise Refusal(
            "Members of the zip file lie over one another: it is a zip bomb, or damaged.",
            "Leave it out. If it is sound, unpack it yourself and name the folder.",
        )


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name, with the slashes of this world."""
    name = info.orig_filename
    if not info.flag_bits & _UTF_8:
        # Without the flag the name is in IBM's old letters; many programs write UTF-8 and forget the flag.
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _is_hidden(name: str) -> bool:
    # As within a folder. What macOS adds of its own is no file of anyone's.
    return any(part == "__MACOSX" or (part.startswith(".") and part not in (".", "..")) for part in name.split("/"))


def _wrong(info: zipfile.ZipInfo, name: str, known: bool) -> tuple[str, str] | None:
    """What is wrong with a member, and what helps; None where it can be read."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if not name or "\x00" in name or len(name) > LONGEST_NAME:
        return "The member's name is no file name.", "Leave it out, or give it a name and pack it again."
    if name.startswith("/") or name[1:2] == ":" or ".." in name.split("/"):
        return "The member's name leads out of the zip file.", "Leave it out, or pack it again from its folder."
    if stat.S_ISLNK(kind):
        return "The member is a symbolic link, which is not followed.", "Pack the file that it leads to."
    if kind not in (0, stat.S_IFREG):
        return "The member is no file.", "Leave it out."
    if known:
        return "A member of this name stands in the zip file before.", "See which is right, and pack it alone."
    if info.flag_bits & _ENCRYPTED:
        return "The member is encrypted.", "Unpack it with its password, and name the folder."
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"The member is packed in a rare way (method {info.compress_type}).", "Unpack it and name the folder."
    if info.file_size > LARGEST_MEMBER or (
        info.file_size > SMALL and info.file_size > info.compress_size * HIGHEST_RATIO
    ):
        return (
            f"The member would unpack from {info.compress_size} to {info.file_size} bytes: a zip bomb, or damaged.",
            "Leave it out. If it is sound, unpack it yourself and name the file.",
        )
    return None
