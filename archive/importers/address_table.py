"""Tables of addresses: a list, one address a line, or a CSV file (RFC 4180) in whatever encoding and delimiter.

The head of a table names its columns: the old address, and the article's key, its id at the publisher, or its new
address. Without a head the first column is the old address and the second tells the article. Nothing else is carried.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from .base import Problem, Refusal
from .text import byte_order, kind_of

LONGEST_LINE = 100_000
_HEAD_SIZE = 8192
_DELIMITERS = "\t;,|"
# What columns are called, without capitals, accents aside; French for tables that were made here.
_COLUMNS = {
    "old": {"old address", "old url", "old_url", "address", "url", "from", "source", "ancienne adresse", "adresse"},
    "key": {"key", "article", "clé", "cle"},
    "id": {"id", "original id", "original_id", "source id", "identifiant"},
    "new": {"new address", "new url", "new_url", "to", "target", "destination", "nouvelle adresse"},
}


@dataclass(frozen=True, slots=True)
class AddressRow:
    """One line of a table: an old address, and what tells the article that stood there."""

    place: str
    old: str
    key: str = ""
    id: str = ""
    new: str = ""
    # What stands in the second column where no head says what it is.
    target: str = ""


def read_addresses(stream: BinaryIO) -> Iterator[AddressRow | Problem]:
    """The rows of a table, one after the other. Raises Refusal for what is no table at all."""
    head = stream.read(_HEAD_SIZE)
    stream.seek(0)
    if not head.strip():
        raise Refusal("The file is empty.", "Name a table of addresses.")
    encoding = byte_order(head)
    if not encoding and kind_of(head):
        raise Refusal(f"The file is {kind_of(head)}, not a table.", "Save the table as CSV.")
    lines = _lines(stream, encoding)
    first = next(lines)
    delimiter = _delimiter(first)
    try:
        columns = _columns(next(csv.reader([first], delimiter=delimiter), []))
    except csv.Error:
        columns = {}
    rows = csv.reader(_again(first, lines), delimiter=delimiter)
    number = 0
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Problem(f"line {rows.line_num}", f"It can't be read: {error}.", "Mend the line, or leave it out.")
            continue
        number += 1
        if (number == 1 and columns) or not any(cell.strip() for cell in row):
            continue
        place = f"row {number}"
        cells = [cell.strip().replace("\x00", "") for cell in row]
        if columns:
            found = {name: cells[index] for name, index in columns.items() if index < len(cells)}
            yield AddressRow(place, **found) if found.get("old") else _no_address(place)
        else:
            target = cells[1] if len(cells) > 1 else ""
            yield AddressRow(place, cells[0], target=target) if cells[0] else _no_address(place)


def _no_address(place: str) -> Problem:
    return Problem(place, "It has no old address.", "Write one in its column, or leave the row out.")


def _columns(head: list[str]) -> dict[str, int]:
    """The place of each column that the head names; empty where the first line is no head."""
    names = [cell.strip().casefold() for cell in head]
    found: dict[str, int] = {}
    for kind, known in _COLUMNS.items():
        for index, name in enumerate(names):
            if name in known and kind not in found and index not in found.values():
                found[kind] = index
    return found if "old" in found else {}


def _delimiter(line: str) -> str:
    """The character that parts the columns of a table, told from its first line."""
    # A list of addresses alone has none, and a comma in one of them parts nothing.
    return next((each for each in _DELIMITERS if each in line), "\t")


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _lines(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """The lines as text: UTF-8, and cp1252 where a line is not; or what the byte-order mark says."""
    if encoding:
        stream = codecs.getreader(encoding)(stream)  # type: ignore[assignment]
        for line in stream:
            yield from _split(str(line))
        return
    is_first = True
    while line := stream.readline(LONGEST_LINE):
        text = line.removeprefix(codecs.BOM_UTF8) if is_first else line
        is_first = False
        try:
            yield from _split(text.decode("utf-8"))
        except UnicodeDecodeError:
            yield from _split(text.decode("cp1252", "replace"))


def _split(text: str) -> Iterator[str]:
    # A return alone ends a line too, as on old Macs; csv would stumble over it.
    for line in text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n"):
        yield line[:LONGEST_LINE] + "\n"
