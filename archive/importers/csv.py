"""csv: a table of articles as text, a row for each: https://www.rfc-editor.org/rfc/rfc4180

The delimiter (comma, semicolon, tab or bar), the way in which quotation marks are written within quoted text, and the
encoding are told from the content. The first row holds the names of the columns; those in English and French that are
usual are known (table.FIELDS), others are told with --map field=column. An article's id is that of its row, else its
address, else a digest of headline, date and text.

It can't carry: bylines in other roles, sections that have the same name, corrections, more than one picture's words.
A date that may be in two months is refused, unless another date of the column shows which of its numbers is the day.
"""

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Literal

from .base import ImportedArticle, Item, Problem, ReadOptions, Refusal
from .json_stream import Readable, utf8
from .table import (
    Columns,
    Preview,
    Row,
    articles,
    asks_order,
    columns_of,
    decide_order,
    is_header,
    known_columns,
    self_explaining,
)
from .table import preview as preview_of_table
from .table_dates import DateOrder
from .text import byte_order, kind_of, mend

# A row is an article; what is larger is a quotation mark that was not closed.
LARGEST_ROW = 5_000_000
_MOST_LINES = 20_000
# Many columns more than a spreadsheet has; the longest text has fewer commas.
_MOST_CELLS = 100_000
# One after another; a spreadsheet may be saved with all rows that it has room for.
MOST_EMPTY_ROWS = 1_100_000
_DELIMITERS = (",", ";", "\t", "|")
# Spreadsheets may begin a file with a line that tells the delimiter: sep=;
_TOLD_DELIMITER = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_QUOTED = re.compile(r'[",\r\n]')
_NUMBER = re.compile(r"\d+(?= )")
_CHUNK = 1 << 16
# Stands for a line over LARGEST_ROW, of which nothing is kept; it is known by being this very text.
_TOO_LONG = "too long a line"
# How much is looked at to tell how the table is written.
_SAMPLE = 200_000
_ORDER_COLUMN = "date-order"

# The library's own bound is below the length of a long article.
csv.field_size_limit(max(csv.field_size_limit(), LARGEST_ROW * 2))


def recognises(head: bytes) -> bool:
    if byte_order(head):
        head = head.decode(byte_order(head), "ignore").encode()
    elif kind_of(head):
        return False
    text = head.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace").lstrip("\ufeff")
    first = next((line for line in text.splitlines() if line.strip() and not _TOLD_DELIMITER.fullmatch(line)), "")
    return any(is_header(_cells(first, delimiter)) for delimiter in _DELIMITERS if delimiter in first)


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Item]:
    try:
        yield from _articles(stream, options)
    except Refusal as refusal:
        yield refusal.problem


def preview(stream: BinaryIO, options: ReadOptions) -> Preview:
    """How the table would be read. Raises Refusal where no row could be."""
    table = _Table(stream, options)
    header, rows = table.open()
    return preview_of_table(header, rows, options)


def _articles(stream: BinaryIO, options: ReadOptions) -> Iterator[ImportedArticle | Problem]:
    table = _Table(stream, options)
    header, rows = table.open()
    columns = columns_of(header, options)
    order: DateOrder | Literal["", "open"] = "open"
    for row in rows:
        asks = isinstance(row, Row) and asks_order(row, columns)
        if asks and order == "open":
            # The whole table is read for what its other dates show.
            place = stream.tell()
            order = decide_order(table.open()[1], columns, options)
            stream.seek(place)
        decided = order if asks and order != "open" else ""
        record = _record(header, row, columns, decided, options) if isinstance(row, Row) else b""
        for item in articles(columns, [row], decided, record):
            if isinstance(item, Problem) and isinstance(row, Row):
                # It is mended and read again by itself, perhaps without being told what was told of this table.
                names = self_explaining(header, options)
                item = replace(item, raw=_record(names, row, columns, decided, options))
            yield item


def _record(header: list[str], row: Row, columns: Columns, order: DateOrder | str, options: ReadOptions) -> bytes:
    """A table of this row alone, with what the others showed of its dates."""
    names, cells = list(header), list(row.cells)
    if order and "date_order" not in columns:
        names.append(_ORDER_COLUMN)
        cells += [""] * (len(header) - len(cells)) + [order]
    encoding = options.encoding or "utf-8"
    written = _line(names) + _line(cells)
    return written.encode(encoding, "xmlcharrefreplace" if options.encoding else "surrogatepass")


def _line(cells: list[str]) -> str:
    # RFC 4180. The standard library looks at each character, which takes six times as long where a text is long.
    quoted = ['"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell for cell in cells]
    # A line of nothing is none.
    return (",".join(quoted) or '""') + "\r\n"


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


@dataclass(slots=True)
class _Table:
    stream: BinaryIO
    options: ReadOptions
    delimiter: str = ""
    escape: str | None = None
    start: int = field(init=False)

    def __post_init__(self) -> None:
        self.start = self.stream.tell()
        sample = self.text().read(_SAMPLE)
        text = sample.decode("utf-8", "replace").removeprefix("\ufeff")
        lines = [line for line in text.splitlines() if line.strip()]
        if not lines:
            raise Refusal("The table is empty.", "Leave it out, or fetch it again.")
        told = _TOLD_DELIMITER.fullmatch(lines[0])
        first = lines[1] if told and len(lines) > 1 else lines[0]
        self.delimiter = told[1] if told else max(_DELIMITERS, key=lambda sign: self._fits(first, sign))
        # Some databases write a backslash before a quotation mark, in the place of a second one.
        self.escape = "\\" if text.count('\\"') > text.count('""') else None

    def _fits(self, line: str, delimiter: str) -> tuple[int, int]:
        cells = _cells(line, delimiter)
        return len(known_columns(cells, self.options)), len(cells)

    def text(self) -> Readable:
        self.stream.seek(self.start)
        return utf8(self.stream, self.options.encoding)

    def open(self) -> tuple[list[str], Iterator[Row | Problem]]:
        """The names of the columns, and the rows under them."""
        rows = _rows(_Lines(self.text()), self.delimiter, self.escape)
        for row in rows:
            if isinstance(row, Problem):
                raise Refusal(row.problem, row.remedy, row.place)
            is_told = _TOLD_DELIMITER.fullmatch(self.delimiter.join(row.cells))
            if any(cell.strip() for cell in row.cells) and not is_told:
                header = [cell.strip().removeprefix("\ufeff") for cell in row.cells]
                return header, _fitting(header, rows)
        raise Refusal("The table is empty.", "Leave it out, or fetch it again.")


def _fitting(header: list[str], rows: Iterator[Row | Problem]) -> Iterator[Row | Problem]:
    """The rows that aren't blank, and have no more cells than the header."""
    for row in rows:
        if isinstance(row, Problem):
            yield row
        elif any(cell.strip() for cell in row.cells[len(header) :]):
            yield Problem(
                row.place,
                f"It has {len(row.cells)} cells, and the table has {len(header)} columns.",
                "A delimiter may stand in a text without quotation marks about it; mend the row.",
            )
        elif any(cell.strip() for cell in row.cells):
            yield row


class _Lines:
    """The lines of a file with their numbers and what was mended in them; some can be given back."""

    def __init__(self, stream: Readable) -> None:
        self.given_back: deque[tuple[int, str, tuple[Problem, ...]]] = deque()
        self.source = self._read(stream)

    def __iter__(self) -> Iterator[tuple[int, str, tuple[Problem, ...]]]:
        while True:
            if self.given_back:
                yield self.given_back.popleft()
            elif (line := next(self.source, None)) is not None:
                yield line
            else:
                return

    def _read(self, stream: Readable) -> Iterator[tuple[int, str, tuple[Problem, ...]]]:
        number, buffer, is_cut = 1, b"", False
        while data := stream.read(_CHUNK):
            lines = (buffer + data).splitlines(keepends=True)
            # A carriage return may be half of a line's end.
            buffer = b"" if lines[-1].endswith(b"\n") else lines.pop()
            for line in lines:
                yield (number, *((_TOO_LONG, ()) if is_cut else _decoded(line, number)))
                number, is_cut = number + 1, False
            if len(buffer) > LARGEST_ROW or is_cut:
                # No more of it is kept than shows where it ends.
                buffer, is_cut = buffer[-1:], True
        if buffer:
            yield (number, *((_TOO_LONG, ()) if is_cut else _decoded(buffer, number)))


def _decoded(line: bytes, number: int) -> tuple[str, tuple[Problem, ...]]:
    try:
        return line.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    ends = line[len(line.rstrip(b"\r\n")) :].decode("ascii")
    try:
        text, problems = mend(line.rstrip(b"\r\n"), "", f"line {number}")
    except Refusal:
        # With its NUL characters, for which its row is refused as a whole.
        return line.decode("utf-8", "replace"), ()
    return text + ends, tuple(problems)


def _once(remarks: list[Problem]) -> tuple[Problem, ...]:
    """Remarks on the lines of one row, each once: what they count is counted together."""
    found: dict[str, tuple[int, Problem]] = {}
    for remark in remarks:
        number = _NUMBER.match(remark.problem)
        words = remark.problem[number.end() :] if number else remark.problem
        counted = int(number[0]) if number else 0
        found[words] = (found[words][0] + counted if words in found else counted, remark)
    return tuple(
        replace(remark, problem=f"{number}{words}") if number else remark for words, (number, remark) in found.items()
    )


def _empty_row(delimiter: str) -> re.Pattern[str]:
    cell = r'(?:""|[ \t]*+)'
    return re.compile(rf"{cell}(?:{re.escape(delimiter)}{cell})*+[\r\n]*+")


def _too_empty(number: int, line: int) -> Refusal:
    return Refusal(
        "So many empty rows stand in it one after another that the rest was not read.",
        "Take them out; what stood before was taken.",
        f"row {number}, line {line}",
    )


def _rows(lines: _Lines, delimiter: str, escape: str | None) -> Iterator[Row | Problem]:
    """Rows as they are read; a quotation mark that isn't closed spoils its own line alone."""
    number, empty = 0, 0
    used: list[tuple[int, str, tuple[Problem, ...]]] = []
    runs_on = False
    is_empty = _empty_row(delimiter).fullmatch

    def feed() -> Iterator[str]:
        nonlocal runs_on, number, empty
        size = 0
        for line in lines:
            if not used and is_empty(line[1]) and not line[2]:
                # They may be a million, and need not be taken apart.
                number, empty = number + 1, empty + 1
                if empty > MOST_EMPTY_ROWS:
                    raise _too_empty(number, line[0])
                continue
            if len(line[1]) > _MOST_CELLS and '"' not in line[1] and line[1].count(delimiter) > _MOST_CELLS:
                raise Refusal(
                    f"It has over {_MOST_CELLS} cells in one line, as no table of articles has.",
                    "Look whether the file is a table at all; what stood before was taken.",
                    f"row {number + 1}, line {line[0]}",
                )
            size = size + len(line[1]) if used else len(line[1])
            used.append(line)
            if line[1] is _TOO_LONG:
                runs_on = len(used) > 1
                return
            if size > LARGEST_ROW or len(used) > _MOST_LINES:
                runs_on = True
                return
            yield line[1]
        runs_on = bool(used)

    while True:
        reader = csv.reader(feed(), delimiter=delimiter, escapechar=escape, strict=True)
        wrong = "A quotation mark opens in it that is not closed."
        try:
            for cells in reader:
                if runs_on:
                    break
                number += 1
                place = f"row {number}, line {used[0][0]}"
                problems = _once([replace(each, place=place) for line in used for each in line[2]])
                # What is empty within quotation marks takes ten times as long.
                empty = 0 if any(map(str.strip, cells)) else empty + 10
                if empty > MOST_EMPTY_ROWS:
                    raise _too_empty(number, used[0][0])
                used.clear()
                yield Row(place, cells, problems)
        except csv.Error:
            if not runs_on:
                wrong = "A quotation mark stands within its quoted text, or one opens that is not closed."
        if not used:
            return
        number += 1
        place = f"row {number}, line {used[0][0]}"
        if used[0][1] is _TOO_LONG or len(used[0][1]) > LARGEST_ROW:
            wrong = f"The line is over {LARGEST_ROW // 1_000_000} MB long."
            yield Problem(place, wrong, "Cut it, or leave it out; look whether the file is a table at all.")
        else:
            yield Problem(place, wrong, "Close it, or write it twice if it belongs to the text.")
        lines.given_back.extendleft(reversed(used[1:]))
        used.clear()
        runs_on = False
