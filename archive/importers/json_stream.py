"""JSON files of any size, taken apart value by value: https://www.rfc-editor.org/rfc/rfc8259

A value is held in memory only while it is looked at, and only up to a size. What the standard library reads whole is
one value that was cut out before; its nesting was counted first.
"""

import codecs
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import islice
from typing import Any, BinaryIO, Literal, Protocol

from .base import Problem, Refusal
from .text import byte_order, mend

# An article with its pictures written into it as base 64 stays below; what is larger is no article.
LARGEST = 10_000_000
DEEPEST = 64
# Each takes many times its two signs in memory.
MOST_CONTAINERS = 100_000
# Values one after another of which none is wanted, and brackets within brackets in one that is passed over.
MOST_IN_VAIN = 100_000
# Where they are longer than this, they are the rows of a table that is passed over, of which there may be millions.
LONGEST_IN_VAIN = 40
MOST_PASSED_OVER = 1_000_000
_CHUNK = 1 << 16

Path = tuple[str, ...]
Decision = Literal["take", "enter", "skip"]
Wanted = Callable[[Path], Decision]

# A mark of UTF-8 stands between joined files, a record separator before each text: https://www.rfc-editor.org/rfc/rfc7464
_BLANKS = re.compile(rb"(?:[ \t\r\n\x1e]++|\xef\xbb\xbf)*+")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_STRING_SO_FAR = re.compile(rb"(?:[^\"\\]++|\\.)*+", re.DOTALL)
_SCALAR = re.compile(rb"[^ \t\r\n\x1e\[\]{}:,\"]++")
# Up to the next bracket, or to a string that has not ended.
_PLAIN = rb'[^"\[\]{}]++|(?:"")++|"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_RUN = re.compile(rb"(?:" + _PLAIN + rb")*+", re.DOTALL)
# The same, over what has brackets and no others within: where nothing is kept, nothing need be counted.
_RUN_OVER = re.compile(rb"(?:" + _PLAIN + rb"|[\[{](?:" + _PLAIN + rb")*+[\]}])*+", re.DOTALL)
_TRUNCATED = "The file ends in the middle: it is cut off."


@dataclass(frozen=True, slots=True)
class Found:
    """A value of a file, and where it stood."""

    path: Path
    value: Any
    line: int
    # What was mended of its letters.
    mended: tuple[Problem, ...] = ()

    def remarks(self, place: str) -> list[Problem]:
        return [replace(each, place=place) for each in self.mended]


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Recoded:
    """A stream in another encoding, read as UTF-8."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self.stream, self.encoding = stream, encoding
        self.decoder = codecs.getincrementaldecoder(encoding)()

    def read(self, size: int, /) -> bytes:
        while data := self.stream.read(size):
            if text := self._decode(data):
                return text.encode()
        return self._decode(b"", final=True).encode()

    def _decode(self, data: bytes, *, final: bool = False) -> str:
        try:
            return self.decoder.decode(data, final)
        except UnicodeError as error:
            raise Refusal(
                f"The file is not in {self.encoding}: {getattr(error, 'reason', error)}.",
                "Name the encoding that it is in with --encoding, or leave that out if it is UTF-8.",
            ) from None


def utf8(stream: BinaryIO, encoding: str = "") -> Readable:
    """The stream in UTF-8, from the encoding that is named, or that its byte-order mark tells."""
    start = stream.tell()
    head = stream.read(4)
    stream.seek(start)
    told = encoding or byte_order(head)
    if not told or codecs.lookup(told).name in ("utf-8", "ascii"):
        return stream
    return _Recoded(stream, told)


def walk(stream: BinaryIO, encoding: str, wanted: Wanted) -> Iterator[Found | Problem]:
    """The values that are wanted, in the file's order; one that can't be read is a Problem.

    `wanted` is asked of each path, made of keys and of "*" for any place in an array; () is a value of the file
    itself, of which there may be several. Raises Refusal where the rest can't be told apart.
    """
    scanner = _Scanner(utf8(stream, encoding))
    while opening := scanner.peek():
        if opening not in (b"[", b"{") and wanted(()) != "take":
            raise scanner.lost()
        for found in _within(scanner, (), wanted):
            scanner.in_vain, scanner.since = 0, scanner.behind + scanner.place
            yield found


def _within(scanner: "_Scanner", path: Path, wanted: Wanted) -> Iterator[Found | Problem]:
    decision = wanted(path)
    scanner.go_on()
    opening = scanner.peek()
    if decision == "take":
        yield scanner.take(path)
    elif decision == "skip" or opening not in (b"[", b"{"):
        scanner.skip()
    else:
        scanner.step()
        closing = b"]" if opening == b"[" else b"}"
        if scanner.peek() == closing:
            scanner.step()
            return
        while True:
            below = (*path, "*" if opening == b"[" else scanner.key())
            yield from _within(scanner, below, wanted)
            after = scanner.peek()
            if after not in (closing, b","):
                raise scanner.lost()
            scanner.step()
            if after == closing:
                return


class _Scanner:
    """A place in a file of JSON."""

    def __init__(self, stream: Readable) -> None:
        self.stream = stream
        self.buffer = b""
        self.place = 0
        # The number of line ends before a place in the buffer.
        self.lines, self.counted_to = 0, 0
        # Values since the last that was wanted, and where it stood; how much was let go of before the buffer.
        self.in_vain = self.since = self.behind = 0

    @property
    def line(self) -> int:
        self._count_lines(self.place)
        return self.lines + 1

    def _count_lines(self, place: int) -> None:
        if place > self.counted_to:
            self.lines += self.buffer.count(b"\n", self.counted_to, place)
            self.counted_to = place

    def lost(self) -> Refusal:
        if not self.peek():
            return Refusal(_TRUNCATED, "Fetch it again; what stood before was taken.", f"line {self.line}")
        return Refusal(
            "From here on it is not JSON.",
            "Mend the file here, or fetch it again; what stood before was taken.",
            f"line {self.line}",
        )

    def go_on(self) -> None:
        """Begin another value. Raises Refusal where too many were none of the wanted."""
        self.in_vain += 1
        length = self.behind + self.place - self.since
        if self.in_vain > MOST_IN_VAIN and length < self.in_vain * LONGEST_IN_VAIN:
            raise Refusal(
                f"Over {MOST_IN_VAIN} values stand in it one after another, and nothing to be read in any of them.",
                "Leave it out, or look at what wrote it; what stood before was taken.",
                f"line {self.line}",
            )

    def fill(self, keep: int) -> bool:
        """Read on; the buffer before `keep` is let go. False at the end of the file."""
        more = self.stream.read(max(_CHUNK, len(self.buffer) - keep))
        if not more:
            return False
        self._count_lines(keep)
        self.buffer = self.buffer[keep:] + more
        self.place -= keep
        self.behind += keep
        self.counted_to -= keep
        return True

    def peek(self) -> bytes:
        """The next sign that is not blank, or nothing at the end of the file."""
        while True:
            match = _BLANKS.match(self.buffer, self.place)
            self.place = match.end() if match else self.place
            # The mark of UTF-8 may be cut in two by the buffer's end.
            if len(self.buffer) - self.place >= 3:
                break
            if not self.fill(self.place):
                break
        return self.buffer[self.place : self.place + 1]

    def step(self) -> None:
        self.place += 1

    def key(self) -> str:
        if self.peek() != b'"':
            raise self.lost()
        data = self.cut()
        if data is None or self.peek() != b":":
            raise self.lost()
        self.step()
        try:
            return str(json.loads(data, strict=False))
        except ValueError:
            raise self.lost() from None

    def take(self, path: Path) -> Found | Problem:
        line = self.line
        data = self.cut()
        if data is None:
            return _too_large(line)
        try:
            return Found(path, loads(data), line)
        except Refusal as refusal:
            if found := _in_another_encoding(data, path, line):
                return found
            return Problem(f"line {line}", refusal.problem.problem, refusal.problem.remedy)

    def skip(self) -> None:
        self.cut(keeping=False)

    def cut(self, *, keeping: bool = True) -> bytes | None:
        """The bytes of the value that begins here; None where it is too large, or not to be kept."""
        opening = self.peek()
        if not opening or opening in b"]},:":
            raise self.lost()
        start = self.place
        if opening not in b"[{":
            length = self._scalar(keeping)
            return self.buffer[self.place - length : self.place] if keeping and length else None
        depth, containers = 0, 0
        while True:
            match = (_RUN_OVER if depth and not keeping else _RUN).match(self.buffer, self.place)
            self.place = match.end() if match else self.place
            sign = self.buffer[self.place : self.place + 1]
            if keeping and self.place - start > LARGEST:
                keeping = False
            if sign in (b"[", b"{"):
                depth, containers = depth + 1, containers + 1
                keeping &= containers <= MOST_CONTAINERS
                if containers > MOST_PASSED_OVER:
                    raise Refusal(
                        f"Over {MOST_PASSED_OVER} brackets stand within one another in one value.",
                        "Leave it out, or look at what wrote it; what stood before was taken.",
                        f"line {self.line}",
                    )
                if depth > DEEPEST:
                    raise Refusal(
                        f"It is nested over {DEEPEST} deep, as no article is.",
                        "Leave it out, or look at what wrote it.",
                        f"line {self.line}",
                    )
                self.place += 1
            elif sign in (b"]", b"}"):
                depth -= 1
                self.place += 1
                if not depth:
                    return self.buffer[start : self.place] if keeping else None
            elif sign == b'"' and (not keeping or len(self.buffer) - start > LARGEST):
                keeping = False
                self._scalar(keeping)
            else:
                kept = start if keeping else self.place
                if not self.fill(kept):
                    self.place = len(self.buffer)
                    raise self.lost()
                start = 0

    def _scalar(self, keeping: bool) -> int:
        """Pass over a string, number or word; its length, or 0 where it was too large to keep."""
        form = _STRING if self.buffer[self.place : self.place + 1] == b'"' else _SCALAR
        while True:
            match = form.match(self.buffer, self.place)
            # A word that ends where the buffer ends may go on.
            if match and (form is _STRING or match.end() < len(self.buffer)):
                self.place = match.end()
                return match.end() - match.start()
            if len(self.buffer) - self.place > (LARGEST if keeping else _CHUNK):
                return self._long_scalar(form)
            if not self.fill(self.place):
                if match:
                    self.place = match.end()
                    return match.end() - match.start()
                self.place = len(self.buffer)
                raise self.lost()

    def _long_scalar(self, form: re.Pattern[bytes]) -> int:
        inside = _STRING_SO_FAR if form is _STRING else _SCALAR
        self.place += form is _STRING
        while True:
            match = inside.match(self.buffer, self.place)
            self.place = match.end() if match else self.place
            # A backslash may stand alone at the buffer's end.
            if self.buffer[self.place : self.place + 1] not in (b"", b"\\"):
                self.place += form is _STRING
                return 0
            if not self.fill(self.place):
                raise self.lost()


def _in_another_encoding(data: bytes, path: Path, line: int) -> Found | None:
    """A value that is not in UTF-8, as JSON must be, where it is certain in what it is."""
    try:
        data.decode()
    except UnicodeDecodeError:
        pass
    else:
        return None
    try:
        text, remarks = mend(data)
        return Found(path, loads(text), line, tuple(remarks)) if "\ufffd" not in text else None
    except Refusal:
        return None


def loads(data: bytes | str) -> Any:
    """A value that was cut out. Raises Refusal where it is none."""
    try:
        return json.loads(data, strict=False)
    except UnicodeDecodeError as error:
        raise Refusal(
            f"It is not in UTF-8: byte 0x{error.object[error.start]:02x} can't stand in it.",
            "If the file is in another encoding, pass --encoding cp1252 or the like; else mend it here.",
        ) from None
    except RecursionError:
        raise Refusal("It is nested too deep.", "Leave it out.") from None
    except json.JSONDecodeError as error:
        raise Refusal(f"It is not JSON: {error}.", "Mend it in the file, or fetch the file again.") from None
    except ValueError:
        # Reading digits costs time that grows by squares, so Python reads no more of them.
        most = sys.get_int_max_str_digits()
        raise Refusal(f"A number in it has over {most} digits.", "Mend the number in the file.") from None


def inner(text: str) -> Any:
    """A value that another holds as text (a document within a record), or None."""
    found = _only(text.encode("utf-8", "replace"))
    return found.value if isinstance(found, Found) else None


def records(
    stream: BinaryIO, encoding: str, lists: frozenset[str], is_record: Callable[[Any], bool]
) -> Iterator[Found | Problem]:
    """The records of a file that holds one, or several, or an array of them, or one in each line, or an object around
    a list of them.

    `lists` are the names that such a list may have; `is_record` tells a record from the object around them.
    """
    start = stream.tell()
    by_lines = _is_by_lines(utf8(stream, encoding))
    stream.seek(start)
    if by_lines:
        for number, data in lines(utf8(stream, encoding)):
            if isinstance(data, Problem):
                yield data
            elif data.strip():
                yield _only(data, number)
        return
    scanner = _Scanner(utf8(stream, encoding))
    opening = scanner.peek()
    first = scanner.take(()) if opening == b"{" else None
    stream.seek(start)
    if opening == b"[":
        yield from walk(stream, encoding, lambda path: "take" if path else "enter")
    elif isinstance(first, Found) and is_record(first.value):
        yield from walk(stream, encoding, lambda _path: "take")
    else:
        yield from _listed(stream, encoding, lists, is_record)


def _listed(
    stream: BinaryIO, encoding: str, lists: frozenset[str], is_record: Callable[[Any], bool]
) -> Iterator[Found | Problem]:
    any_list = False

    def wanted(path: Path) -> Decision:
        nonlocal any_list
        if len(path) == 1 and path[0] in lists:
            any_list = True
            return "enter"
        if path == ("type",):
            return "take"
        return "enter" if not path else "take" if len(path) == 2 and path[1] == "*" else "skip"

    for found in walk(stream, encoding, wanted):
        if isinstance(found, Problem) or found.path != ("type",):
            yield found
        elif is_record({"type": found.value}):
            # It is a record after all, and was too large to be taken whole.
            yield _too_large(1)
            return
    if not any_list:
        yield Problem(
            "line 1",
            "Neither an article nor a list of articles stands in it.",
            "Look at what wrote the file, or name another format with --format.",
        )


def lines(stream: Readable) -> Iterator[tuple[int, bytes | Problem]]:
    """Each line of a file that is not empty, with its number; one that is too long is a Problem."""
    number, parts, size = 1, list[bytes](), 0
    while data := stream.read(_CHUNK):
        if not size and not data.strip(b"\n"):
            # Of empty lines a file may have millions.
            number += len(data)
            continue
        *ends, rest = data.split(b"\n")
        for end in ends:
            if not end and not size:
                number += 1
                continue
            yield number, _line(number, [*parts, end], size + len(end))
            number, parts, size = number + 1, [], 0
        size += len(rest)
        parts = [*parts, rest] if size <= LARGEST else []
    if size:
        yield number, _line(number, parts, size)


def _line(number: int, parts: list[bytes], size: int) -> bytes | Problem:
    if size > LARGEST:
        return _too_large(number)
    data = b"".join(parts).removeprefix(codecs.BOM_UTF8 if number == 1 else b"")
    return _too_large(number) if _is_in_too_many_parts(data) else data


def _is_in_too_many_parts(data: bytes) -> bool:
    if data.count(b"{") + data.count(b"[") <= MOST_CONTAINERS:
        return False
    try:
        # Most may stand in a text.
        return _Scanner(BytesIO(data)).cut() is None
    except Refusal:
        # Whoever reads it will tell what is wrong with it.
        return False


def _too_large(line: int) -> Problem:
    return Problem(
        f"line {line}",
        f"It is over {LARGEST // 1_000_000} MB long or in over {MOST_CONTAINERS} parts, too large for an article.",
        "Take out of the file what is no text.",
    )


def _only(data: bytes, line: int = 1) -> Found | Problem:
    """The one value that these bytes are."""
    try:
        found = list(islice(walk(BytesIO(data), "utf-8", lambda _path: "take"), 2))
    except Refusal as refusal:
        return replace(refusal.problem, place=f"line {line}")
    if len(found) != 1:
        return Problem(f"line {line}", "More than one thing stands in the line.", "Put each on a line of its own.")
    return replace(found[0], line=line) if isinstance(found[0], Found) else replace(found[0], place=f"line {line}")


def _is_by_lines(stream: Readable) -> bool:
    """Whether the first line that is not blank is a whole object, and another line stands under it."""
    head = b""
    while b"\n" not in head.removeprefix(codecs.BOM_UTF8).lstrip() and len(head) <= LARGEST:
        if not (more := stream.read(_CHUNK)):
            return False
        head += more
    first, _end, rest = head.removeprefix(codecs.BOM_UTF8).lstrip().partition(b"\n")
    # One bad line among others is still a line.
    return (
        first.startswith(b"{") and first.rstrip().endswith(b"}") and (rest or stream.read(64)).lstrip().startswith(b"{")
    )


def text(value: Any) -> str:
    """A text or a number as text; anything else has none."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def line_of_text(value: Any) -> str:
    """A text on one line, without blanks about it."""
    return " ".join(text(value).split())


def at(value: Any, *keys: str) -> Any:
    """What stands at a path of keys, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of an array, without what else stands in it."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
