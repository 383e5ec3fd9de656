"""xlsx: a table of articles in a workbook of Excel: ISO/IEC 29500 (ECMA-376), and
https://learn.microsoft.com/en-us/openspecs/office_standards/ms-xlsx/

Every sheet whose first row names a column for the headline is read, as a table (see csv, whose columns, ids and dates
it shares). A cell's value is taken as it is kept: of a formula its last result, of a date its day or minute.

It can't carry: what a cell shows beside its value (colours, notes, bold letters, pictures), hidden or not. Workbooks
with a password and the binary forms (xls, xlsb) are not read.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from html import escape
from itertools import chain, islice
from typing import BinaryIO, Literal

from . import xml
from .base import MOST_IN_VAIN, ImportedArticle, Item, Problem, ReadOptions, Refusal
from .items import LeftOut
from .table import (
    Preview,
    Row,
    articles,
    asks_order,
    columns_of,
    decide_order,
    known_columns,
    self_explaining,
)
from .table import preview as preview_of_table
from .table_dates import DateOrder
from .zipfiles import ZipFolder, packed

_HEAD = re.compile(
    rb"PK\x03\x04.{26}xl/(?:workbook|worksheets|_rels|theme|styles|sharedStrings|printerSettings)", re.DOTALL
)
# More columns than Excel has are nobody's table.
_MOST_COLUMNS = 16_384
# Each is read for its first row; of rows that are empty one after another a sheet may have all that it has room for.
_MOST_SHEETS = 1000
MOST_EMPTY_ROWS = 50_000
# Above the names of the columns, in all sheets together.
MOST_EMPTY_ABOVE = 100_000
# A text may be told once, and stand in every cell.
LARGEST_ROW = 5_000_000
# The sums of long texts, each as often as it stands in a cell, and of all texts: not even a notice of the longest that
# a cell holds, under each article, comes near.
LONG_TEXT = 1000
MOST_REPEATED = 20
_ROOM_TO_REPEAT = 20_000_000
# Texts that cells share are each told once; a program that repeats the empty one does not so time after time.
MOST_EMPTY_TEXTS = 100_000
# Columns without a name beside those that have one, in a row; and in the rows of a sheet that have more.
FARTHEST_BESIDE = 1000
MOST_BESIDE = 200_000
_LETTERS = re.compile(r"([A-Z]{1,3})(\d+)")
# Formats of numbers that show a date or a time, by their numbers: ECMA-376, part 1, 18.8.30.
_DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_DATE_SIGNS = re.compile(r"[dmyh]", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|\\.|\[[^\]]*\]|_.")
_TIME_SIGNS = re.compile(r"h|:s", re.IGNORECASE)
_YEARS_ALONE = re.compile(r"[y\s;@]+", re.IGNORECASE)
_MONTHS_ALONE = re.compile(r"[my\s;@/.,-]+", re.IGNORECASE)
_PLAIN = ReadOptions()
_ORDER_COLUMN = "date-order"


def recognises(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04") and bool(_HEAD.search(head))


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Item]:
    try:
        with closing(_Texts()) as texts:
            yield from _Workbook(stream, options, texts).items()
    except Refusal as refusal:
        yield refusal.problem


def preview(stream: BinaryIO, options: ReadOptions) -> Preview:
    """How the first sheet with a headline would be read. Raises Refusal where none could be."""
    with closing(_Texts()) as texts:
        workbook = _Workbook(stream, options, texts)
        tables = list(workbook.tables())
        if not tables:
            raise workbook.no_table()
        sheet, header = tables[0]
        return preview_of_table(header, workbook.rows_under(sheet), options)


class _Unreadable(Refusal):
    """The texts that cells share can't be read on, and so no row that has any."""


class _Texts:
    """The texts that cells share, kept outside memory and read as far as cells ask for them."""

    def __init__(self) -> None:
        self.database = sqlite3.connect("")
        self.database.execute("CREATE TABLE texts (number INTEGER PRIMARY KEY, text)")
        self.coming: Iterator[str | None] = iter(())
        # How many were read, and of how many characters; how many of long ones were given.
        self.number = self.read = self.given = 0

    def close(self) -> None:
        self.database.close()

    def __getitem__(self, number: int) -> str:
        if number >= self.number:
            # As many again, so that a row seldom has to wait for the next.
            most = max(number + 1, 2 * self.number) - self.number
            self.database.executemany("INSERT INTO texts VALUES (?, ?)", self.numbered(islice(self.coming, most)))
        row = self.database.execute("SELECT text FROM texts WHERE number = ?", (number,)).fetchone()
        if row and row[0] is None:
            raise Refusal(
                "A text of its cells can't be read.", "Look at its cells, and save it again as .xlsx or .csv."
            )
        text = str(row[0]) if row else ""
        if len(text) >= LONG_TEXT:
            self.given += len(text)
            if self.given > MOST_REPEATED * self.read + _ROOM_TO_REPEAT:
                raise _Unreadable(
                    f"Its cells repeat long texts, over {MOST_REPEATED} times what those have in letters.",
                    "Leave it out, or save it as .csv if it is sound.",
                )
        return text

    def numbered(self, texts: Iterable[str | None]) -> Iterator[tuple[int, str | None]]:
        for text in texts:
            yield self.number, text
            self.number += 1
            self.read += len(text or "")


@dataclass(slots=True)
class _Sheet:
    name: str
    member: str


@dataclass(slots=True)
class _Workbook:
    stream: BinaryIO
    options: ReadOptions
    texts: _Texts
    folder: ZipFolder = field(init=False)
    sheets: list[_Sheet] = field(init=False)
    # How a number is shown, by its style: as a date to the year, month, day or minute.
    shown: list[str] = field(default_factory=list)
    epoch: datetime = datetime(1899, 12, 30)
    left_out: int = 0
    headers: list[str] = field(default_factory=list)
    # Rows that were empty, or could not be read, before the names of the columns.
    above: int = 0
    broken: int = 0

    def __post_init__(self) -> None:
        self.folder = ZipFolder(self.stream)
        book = self.document("xl/workbook.xml")
        if xml.attribute(xml.child(book, "workbookPr"), "date1904") in ("1", "true"):
            self.epoch = datetime(1904, 1, 1)
        targets = {
            xml.attribute(each, "Id"): xml.attribute(each, "Target").removeprefix("/xl/").removeprefix("xl/")
            for each in xml.children(self.document("xl/_rels/workbook.xml.rels"), "Relationship")
        }
        listed = list(xml.children(xml.child(book, "sheets"), "sheet"))
        # A part is a sheet once, whatever the list says.
        names = {f"xl/{targets.get(_relation(each), '')}": xml.attribute(each, "name")[:100] for each in listed}
        self.sheets = [_Sheet(names[each], each) for each in names if each in self.folder]
        if len(listed) > _MOST_SHEETS:
            raise Refusal(
                f"The workbook has {len(listed)} sheets; at most {_MOST_SHEETS} are read.",
                "Save its sheets in several workbooks.",
                "xl/workbook.xml",
            )
        if "xl/styles.xml" in self.folder:
            self.read_styles()
        if "xl/sharedStrings.xml" in self.folder:
            self.texts.coming = self.read_texts()

    def document(self, member: str) -> xml.Element:
        if member not in self.folder:
            raise Refusal("It is no workbook: a part of it is missing.", "Save it again as .xlsx, or as .csv.", member)
        with self.folder.open(member) as stream:
            return xml.document(stream, _PLAIN).element

    def read_styles(self) -> None:
        styles = self.document("xl/styles.xml")
        codes = {
            xml.attribute(each, "numFmtId"): xml.attribute(each, "formatCode")
            for each in xml.children(xml.child(styles, "numFmts"), "numFmt")
        }
        for each in xml.children(xml.child(styles, "cellXfs"), "xf"):
            number = xml.attribute(each, "numFmtId")
            self.shown.append(_shown_as(number, codes.get(number, "")))

    def read_texts(self) -> Iterator[str | None]:
        """Each text in its place, for cells name it by that; None for one that can't be read."""
        member = "xl/sharedStrings.xml"
        broken = empty = 0
        try:
            with self.folder.open(member) as stream:
                for part in xml.parts(stream, frozenset({"si"}), _PLAIN):
                    if isinstance(part, Problem) and not part.place.startswith("si "):
                        # It is of what stands between them.
                        continue
                    text = None if isinstance(part, Problem) else _text(part.element)
                    broken += text is None
                    empty = 0 if text else empty + 1
                    if broken > MOST_IN_VAIN or empty > MOST_EMPTY_TEXTS:
                        raise Refusal(
                            f"Over {MOST_IN_VAIN} of the texts of its cells can't be read."
                            if broken > MOST_IN_VAIN
                            else f"Over {MOST_EMPTY_TEXTS} of the texts of its cells, one after another, are empty.",
                            "Save it again as .xlsx, or as .csv.",
                        )
                    yield text
        except Refusal as refusal:
            told = refusal.problem.within(member)
            raise _Unreadable(told.problem, told.remedy, told.place) from None

    def items(self) -> Iterator[Item]:
        any_table = False
        for sheet, header in self.tables():
            any_table = True
            yield from self.articles(sheet, header)
        if not any_table:
            raise self.no_table()
        if self.left_out:
            yield LeftOut("sheets without a headline", self.left_out)

    def no_table(self) -> Refusal:
        if self.headers:
            # Raises, and says what the first sheet has.
            columns_of(self.headers, self.options)
        return Refusal("The workbook is empty.", "Leave it out, or save it again.")

    def tables(self) -> Iterator[tuple[_Sheet, list[str]]]:
        for sheet in self.sheets:
            header = self.header(sheet)
            if header is not None and "headline" in known_columns(header, self.options):
                # What the operator named is looked for where a headline is.
                columns_of(header, self.options)
                yield sheet, header
            elif header is not None:
                self.headers = self.headers or header
                self.left_out += 1

    def header(self, sheet: _Sheet) -> list[str] | None:
        """The first row that holds anything."""
        for row in self.rows(sheet):
            if isinstance(row, Row) and any(row.cells):
                return row.cells
            self.above += 1
            self.broken += isinstance(row, Problem)
            if self.above > MOST_EMPTY_ABOVE or self.broken > MOST_IN_VAIN:
                raise Refusal(
                    "So many rows that are empty, or can't be read, stand above its tables that none was looked for.",
                    "Take them out, or save it again as .xlsx, or as .csv.",
                    row.place,
                )
        return None

    def articles(self, sheet: _Sheet, header: list[str]) -> Iterator[ImportedArticle | Problem]:
        columns = columns_of(header, self.options)
        order: DateOrder | Literal["", "open"] = "open"
        far = 0
        for row in self.rows_under(sheet):
            if isinstance(row, Row) and (beside := len(row.cells) - len(header)) > FARTHEST_BESIDE:
                far += beside
                if far > MOST_BESIDE:
                    yield Problem(
                        row.place,
                        f"Cells are filled far beside its {len(header)} columns, row after row; it was not read on.",
                        "See that its first row holds the names of its columns.",
                    )
                    return
            asks = isinstance(row, Row) and asks_order(row, columns)
            if asks and order == "open":
                order = decide_order(self.rows_under(sheet), columns, self.options)
            decided = order if asks and order != "open" else ""
            record = _record(sheet.name, header, row.cells, decided) if isinstance(row, Row) else b""
            for item in articles(columns, [row], decided, record):
                if isinstance(item, Problem) and isinstance(row, Row):
                    names = self_explaining(header, self.options)
                    item = replace(item, raw=_record(sheet.name, names, row.cells, decided))
                yield item

    def rows_under(self, sheet: _Sheet) -> Iterator[Row | Problem]:
        """The rows under the header that aren't blank."""
        rows = (row for row in self.rows(sheet) if isinstance(row, Problem) or any(cell.strip() for cell in row.cells))
        next(rows, None)
        return rows

    def rows(self, sheet: _Sheet) -> Iterator[Row | Problem]:
        number, empty = 0, 0
        within = f"sheet “{sheet.name}”"
        with self.folder.open(sheet.member) as stream:
            for part in xml.parts(stream, frozenset({"row"}), _PLAIN):
                if isinstance(part, Problem):
                    yield part.within(within)
                    continue
                told = xml.attribute(part.element, "r")
                number = int(told) if told.isdecimal() and len(told) < 9 else number + 1
                place = f"{within}, row {number}"
                try:
                    cells = self.cells(part.element)
                except _Unreadable:
                    raise
                except Refusal as refusal:
                    yield refusal.problem.within(place)
                    continue
                empty = 0 if any(map(str.strip, cells)) else empty + 1
                if empty > MOST_EMPTY_ROWS:
                    yield Problem(
                        place,
                        f"Over {MOST_EMPTY_ROWS} empty rows stand in the sheet one after another; it was not read on.",
                        "Take them out if something stands below them.",
                    )
                    return
                yield Row(place, cells)

    def cells(self, row: xml.Element) -> list[str]:
        cells: list[str] = []
        place, size = -1, 0
        for cell in xml.children(row, "c"):
            place = _column(xml.attribute(cell, "r"), place + 1)
            if place >= _MOST_COLUMNS:
                break
            if not (value := self.value(cell)):
                continue
            cells += [""] * (place + 1 - len(cells))
            cells[place] = value
            size += len(value)
            if size > LARGEST_ROW:
                raise Refusal(
                    f"The row is over {LARGEST_ROW // 1_000_000} MB long.", "Leave it out, or look at what wrote it."
                )
        return cells

    def value(self, cell: xml.Element) -> str:
        kind, value = xml.attribute(cell, "t"), xml.text(cell, "v")
        if kind == "s":
            return self.texts[_number(value)]
        if kind == "inlineStr":
            return _text(xml.child(cell, "is"))
        if kind == "e":
            return ""
        if kind in ("str", "d"):
            return value
        if kind == "b":
            return {"1": "1", "0": "0"}.get(value, "")
        style = _number(xml.attribute(cell, "s") or "0")
        shown = self.shown[style] if 0 <= style < len(self.shown) else ""
        return _number_as(value, shown, self.epoch)


def _relation(sheet: xml.Element) -> str:
    """The id of a sheet's relation: an attribute called id, in the namespace of relations."""
    return next((str(value) for key, value in sheet.items() if key.endswith("}id")), "")


def _text(element: xml.Element | None) -> str:
    """The text of a cell, in however many pieces of letters; not how it is pronounced."""
    if element is None:
        return ""
    pieces = chain(xml.children(element, "t"), *(xml.children(run, "t") for run in xml.children(element, "r")))
    written = "".join(each.text or "" for each in pieces)
    # A character that XML can't hold is written by its number.
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), written)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _column(reference: str, following: int) -> int:
    match = _LETTERS.fullmatch(reference)
    if match is None:
        return following
    place = 0
    for letter in match[1]:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _shown_as(number: str, code: str) -> str:
    """To what a number of this format is shown as a date: minute, day, month, year; or nothing."""
    if not code:
        if not number.isdecimal() or int(number[:6]) not in _DATE_FORMATS:
            return ""
        return {"17": "month", "22": "minute"}.get(number, "day")
    signs = _QUOTED.sub("", code)
    if not _DATE_SIGNS.search(signs) or "general" in signs.lower():
        return ""
    if _TIME_SIGNS.search(signs):
        return "minute"
    return "year" if _YEARS_ALONE.fullmatch(signs) else "month" if _MONTHS_ALONE.fullmatch(signs) else "day"


def _number_as(value: str, shown: str, epoch: datetime) -> str:
    try:
        number = float(value)
        if shown:
            moment = epoch + timedelta(seconds=round(number * 86_400))
            return _date_as(moment, shown)
        # A whole number is kept as one: an id, a year.
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else value
    except (ValueError, OverflowError):
        return value


def _date_as(moment: datetime, shown: str) -> str:
    if shown == "minute" or moment.time() != datetime.min.time():
        return moment.isoformat()
    return {"year": f"{moment:%Y}", "month": f"{moment:%Y-%m}"}.get(shown, date.isoformat(moment.date()))


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _record(name: str, header: list[str], cells: list[str], order: str) -> bytes:
    """A workbook of this row alone, with what the others showed of its dates."""
    names, values = list(header), list(cells)
    if order and _ORDER_COLUMN not in names:
        values += [""] * (len(names) - len(values)) + [order]
        names.append(_ORDER_COLUMN)
    rows = "".join(
        f'<row r="{number}">{"".join(_inline(each) for each in row)}</row>'
        for number, row in enumerate((names, values), 1)
    )
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
        f'<sheet name="{escape(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/></Types>',
    }
    return packed({each: content.encode("utf-8", "replace") for each, content in parts.items()})


def _inline(text: str) -> str:
    return f'<c t="inlineStr"><is><t xml:space="preserve">{_in_xml(text)}</t></is></c>'


def _in_xml(text: str) -> str:
    """A text as XML holds it: what it can't hold, by its number, and what would be read as such a number, too."""
    text = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)
    text = re.sub(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", lambda match: f"_x{ord(match[0]):04X}_", text)
    return escape(text, quote=False)
