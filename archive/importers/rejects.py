"""What an import refused, as a file that can be mended and imported again: https://jsonlines.org

A line for each: its place, the problem, the remedy, the format in which it stood, and `raw`, which is by itself a file
of that format. Where that is no text, it stands as `raw_base64`; where nothing could be cut out of the file, as with a
file that is broken off, there is none of both.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from .base import MOST_IN_VAIN, Problem, Refusal
from .json_stream import lines, loads, utf8

_HEAD = b'{"place": '


@dataclass(frozen=True, slots=True)
class Rejected:
    place: str
    format: str
    raw: bytes


class RejectsFile:
    """Written as items are refused; a file of no lines if none is."""

    def __init__(self, path: Path) -> None:
        self.file: TextIO = path.open("w", encoding="utf-8", newline="\n")

    def __call__(self, problem: Problem, format_name: str) -> None:
        told = {
            "place": problem.place,
            "problem": problem.problem,
            "remedy": problem.remedy,
            "format": format_name,
            **_told(problem.raw),
        }
        self.file.write(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n")
        # What was refused is told though the import be killed.
        self.file.flush()

    def __enter__(self) -> "RejectsFile":
        return self

    def __exit__(self, *_raised: object) -> None:
        self.file.close()


def recognises(head: bytes) -> bool:
    return head.startswith(_HEAD) and b'"problem": ' in head and b'"remedy": ' in head


def rejected(stream: BinaryIO) -> Iterator[Rejected | Problem]:
    """What stands in such a file, line by line; what has nothing to be read is the problem that it was.

    Raises Refusal where so many lines as no file of rejects has stand in it one after another.
    """
    strangers = 0
    for number, line in lines(utf8(stream)):
        place = f"line {number}"
        if isinstance(line, Problem):
            yield line
            continue
        if not line.strip():
            continue
        try:
            found = _rejected(loads(line), place)
        except Refusal as refusal:
            yield Problem(place, refusal.problem.problem, refusal.problem.remedy)
            strangers += 1
            if strangers > MOST_IN_VAIN:
                raise Refusal(
                    f"Over {MOST_IN_VAIN} lines, one after another, are none of a file of rejects.",
                    "Look at what wrote the file; what stood before was taken.",
                    place,
                ) from None
        else:
            strangers = 0
            yield found


def _told(raw: bytes) -> dict[str, str]:
    if not raw:
        return {}
    try:
        return {"raw": raw.decode()}
    except UnicodeDecodeError:
        return {"raw_base64": base64.b64encode(raw).decode()}


def _rejected(row: object, place: str) -> Rejected | Problem:
    texts = row if isinstance(row, dict) and all(isinstance(value, str) for value in row.values()) else None
    if texts is None or not texts.get("problem"):
        raise Refusal("It is no line of a file of rejects.", "Leave it out.")
    try:
        raw = texts.get("raw", "").encode() or base64.b64decode(texts.get("raw_base64", ""), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise Refusal("What it holds can't be read: it is no text, or no base 64.", "Mend it.") from None
    if not raw:
        return Problem(place, texts["problem"], texts.get("remedy") or "Mend it in the file that it stood in.")
    return Rejected(place, texts.get("format", ""), raw)
