"""movable-type: the import and export format of Movable Type and TypePad.

https://movabletype.org/documentation/appendices/import-export-format.html

An entry is lines of `KEY: value`, a line of five dashes, then fields of many lines, each ended by five dashes; eight
dashes end the entry. It carries no language, picture, address (but TypePad's UNIQUE URL) and no time zone: its clock is
the newsroom's. Reader comments and pings are counted, not taken. Only what has the status Publish is public.

It carries no id either, and two entries may have one BASENAME. So an entry's id is made of its basename, date and
title; one of which any of them was changed is another article. TypePad's address, where it is told, is the id.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import BinaryIO

from archive.markup import see_bounds

from .base import ImportedArticle, ImportedByline, ImportedTerm, Problem, ReadOptions, Refusal
from .items import LeftOut
from .pictures import pictures_in, plain
from .text import mend
from .wordpress_text import paragraphs

LARGEST = 8_000_000
MOST_LINES = 100_000
# What goes on for longer without an end is no entry, and nothing behind it is sought.
MOST_PASSED_OVER = 1_000_000
LONGEST_HEADLINE = 500

_CHUNK = 1 << 20
_END_OF_FIELD, _END_OF_ENTRY = "-----", "--------"
_FIELDS = ("BODY", "EXTENDED BODY", "EXCERPT", "KEYWORDS", "COMMENT", "PING", "SUMMARY")
_KEYS = (
    *("AUTHOR", "TITLE", "BASENAME", "STATUS", "ALLOW COMMENTS", "CONVERT BREAKS", "ALLOW PINGS", "PRIMARY CATEGORY"),
    *("CATEGORY", "DATE", "TAGS", "NO ENTRY", "UNIQUE URL", "IMAGE", "AUTHOR EMAIL", "AUTHOR URL"),
)
_KEY = re.compile(rf"({'|'.join(_KEYS)}):[ \t]*(.*)")
_HEAD_LINE = re.compile(r"[A-Z][A-Z ]{2,20}:")
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AP]M)?", re.IGNORECASE)
_TAG = re.compile(r"\"([^\"]*)\"|'([^']*)'|([^,]+)")
_HAS_PARAGRAPHS = re.compile(r"<(?:p|br|div|table|ul|ol|blockquote)[\s/>]", re.IGNORECASE)
# How a text was to be made HTML: as it is, with a paragraph for each blank line, or by a mark-up that is not ours.
_AS_IT_IS = frozenset(["0", "richtext", "none", "wysiwyg"])
_WITH_BREAKS = frozenset(["1", "__default__", "convert_breaks"])


def recognises(head: bytes) -> bool:
    """Lines of KEY: value, those that every entry has among them, then a line of five dashes."""
    keys: set[str] = set()
    for line in head.removeprefix(b"\xef\xbb\xbf").decode("latin-1").strip().splitlines():
        line = line.rstrip()
        if line == _END_OF_FIELD:
            return bool(keys & {"AUTHOR", "TITLE"}) and bool(keys & {"DATE", "STATUS", "BASENAME"})
        if not _HEAD_LINE.match(line):
            return False
        keys.add(line.partition(":")[0])
    return False


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[ImportedArticle | LeftOut | Problem]:
    left_out: Counter[str] = Counter()
    number = 0
    for number, (line, data) in enumerate(_entries(stream), 1):
        place = f"entry {number}, line {line}"
        try:
            if len(data) > LARGEST:
                raise Refusal(f"It is over {LARGEST // 1_000_000} MB.", "Split it, or leave it out.")
            # A line may end with a carriage return, or with both.
            if max(data.count(b"\n"), data.count(b"\r")) > MOST_LINES:
                raise Refusal(f"It has over {MOST_LINES} lines.", "Split it, or leave it out.")
            article = _Entry(data, place, options).article(left_out)
        except Refusal as refusal:
            yield Problem(place, refusal.problem.problem, refusal.problem.remedy)
        else:
            yield article
    if not number:
        raise Refusal("No entry stands in it.", "Leave it out, or name its format with --format.")
    for kind, many in sorted(left_out.items()):
        yield LeftOut(kind, many)


def _entries(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Each entry with the line where it begins. Of one that is too large no more is kept than shows that it is."""
    lines: list[bytes] = []
    size = 0
    start = number = 1
    # The last line of text, and eight dashes that may be a line of the text: what follows decides.
    last = b""
    waiting: list[bytes] = []
    for line, is_whole in _lines(stream):
        if number - start > MOST_PASSED_OVER:
            raise Refusal(
                f"Over {MOST_PASSED_OVER} lines stand in it without the end of an entry.",
                "Mend it there, or fetch the file again; what stood before was taken.",
                f"line {start}",
            )
        words = line.strip()
        if waiting and words:
            if _KEY.match(words.decode("latin-1")):
                yield start, b"".join(lines)
                lines, size, start, last = [], 0, number, b""
            else:
                lines += waiting
            waiting = []
        if words == _END_OF_ENTRY.encode():
            if last == _END_OF_FIELD.encode():
                yield start, b"".join(lines)
                lines, size, start, last = [], 0, number + 1, b""
            else:
                waiting = [line]
        elif waiting:
            waiting.append(line)
        elif lines or words:
            if not lines:
                start = number
            if size <= LARGEST and len(lines) <= MOST_LINES:
                lines.append(line)
            size += len(line)
        last = words or last
        number += is_whole
    if b"".join(lines).strip():
        yield start, b"".join(lines)


def _lines(stream: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Lines, and whether each is whole: a gigantic one comes in pieces."""
    is_first = True
    while line := stream.readline(_CHUNK):
        if is_first:
            line = line.removeprefix(b"\xef\xbb\xbf")
            is_first = False
        # Old Macintoshes ended lines with a carriage return only.
        if b"\r" in line and not line.endswith((b"\r\n", b"\r")) and line.count(b"\r") > 3:
            for piece in line.split(b"\r"):
                yield piece + b"\n", True
        else:
            yield line, line.endswith(b"\n")


@dataclass
class _Entry:
    data: bytes
    place: str
    options: ReadOptions
    told: dict[str, list[str]] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def article(self, left_out: Counter[str]) -> ImportedArticle:
        text, remarks = mend(self.data, self.options.encoding, self.place)
        self.problems += remarks
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        left_out.update(self.take_apart(text.split("\n")))
        body = "\n".join(part for name in ("BODY", "EXTENDED BODY") if (part := self.html(name)))
        title = plain(self.first("TITLE"))
        if not (title or body or self.first("BASENAME")):
            raise Refusal("It has neither a title nor a text.", "Leave it out.")
        headline = self.headline(title, body)
        published = self.published()
        main, others = self.categories()
        status = self.first("STATUS").lower()
        if not status:
            self.remark("Nothing tells whether it was published; it is held back.", "Publish it, if it was.")
        basename, address = self.first("BASENAME"), self.first("UNIQUE URL")
        return ImportedArticle(
            original_id=address or self.id_of(basename, title or body),
            headline=headline,
            body=body,
            slug=basename.replace("_", "-"),
            summary=plain(self.fields.get("EXCERPT", "")),
            published=published,
            published_precision="minute" if published else "unknown",
            bylines=tuple(ImportedByline(name) for name in (self.first("AUTHOR"),) if name),
            section=main,
            tags=(*self.tags(), *others),
            images=pictures_in(body),
            original_url=address,
            held_back=status != "publish",
            place=self.place,
            record=self.record(text),
            problems=tuple(self.problems),
        )

    def take_apart(self, lines: list[str]) -> Counter[str]:
        """Read the lines; what is counted and not taken comes back."""
        counted: Counter[str] = Counter()
        number = 0
        while number < len(lines) and lines[number].rstrip() != _END_OF_FIELD:
            if known := _KEY.match(lines[number]):
                self.told.setdefault(known[1], []).append(known[2].strip())
            number += 1
        name = ""
        kept: list[str] = []
        # A line of five dashes ends a field only where another begins or nothing follows; else it was drawn.
        ends = _ends_of_fields(lines, number)
        for place in range(number, len(lines)):
            line = lines[place]
            if place in ends:
                self.keep(name, kept)
                name, kept = "", []
            elif not name and line.rstrip().removesuffix(":") in _FIELDS and line.rstrip().endswith(":"):
                name = line.rstrip()[:-1]
                if name in ("COMMENT", "PING"):
                    counted["reader comments" if name == "COMMENT" else "pings"] += 1
            else:
                kept.append(line)
        self.keep(name, kept)
        return counted

    def keep(self, name: str, lines: list[str]) -> None:
        if name and name not in self.fields and name not in ("COMMENT", "PING"):
            self.fields[name] = "\n".join(lines).strip()

    def first(self, key: str) -> str:
        return next((value for value in self.told.get(key, ()) if value), "")

    def remark(self, problem: str, remedy: str) -> None:
        self.problems.append(Problem(self.place, problem, remedy))

    def headline(self, title: str, body: str) -> str:
        if not title:
            words = plain(body) or self.first("BASENAME")
            title = words if len(words) <= 80 else f"{words[:80].rpartition(' ')[0] or words[:80]} …"
            self.remark("It has no title; its first words stand for one.", "Give it a headline.")
        if len(title) > LONGEST_HEADLINE:
            title = f"{title[:LONGEST_HEADLINE].rpartition(' ')[0] or title[: LONGEST_HEADLINE - 1]}…"
            self.remark("Its title was too long and was cut.", "Mend the headline.")
        return title

    def html(self, name: str) -> str:
        text = self.fields.get(name, "")
        if not text:
            return ""
        how = self.first("CONVERT BREAKS").lower()
        if how in _AS_IT_IS or (not how and _HAS_PARAGRAPHS.search(text)):
            return text
        if how and how not in _WITH_BREAKS and name == "BODY":
            self.remark(f"It is written in the mark-up “{how[:40]}”, whose signs were left.", "Look at its text.")
        see_bounds(text)
        return paragraphs(text)

    def published(self) -> datetime | None:
        told = self.first("DATE")
        moment = _moment(told)
        if moment is None:
            self.remark(f"Its date, “{told[:40]}”, is none." if told else "It has no date.", "Give it a date.")
        return moment

    def categories(self) -> tuple[tuple[ImportedTerm, ...], tuple[ImportedTerm, ...]]:
        names = [name for key in ("PRIMARY CATEGORY", "CATEGORY") for name in self.told.get(key, ()) if name]
        terms = [ImportedTerm(plain(name)) for name in dict.fromkeys(names)]
        return tuple(terms[:1]), tuple(terms[1:])

    def tags(self) -> tuple[ImportedTerm, ...]:
        found = [match for told in self.told.get("TAGS", ()) for match in _TAG.finditer(told)]
        names = [match[1] or match[2] or match[3] or "" for match in found]
        names += re.split(r"[,;\n]", self.fields.get("KEYWORDS", ""))
        return tuple(ImportedTerm(name) for name in dict.fromkeys(plain(each) for each in names) if name)

    def id_of(self, basename: str, words: str) -> str:
        digest = sha256("\n".join([basename, self.first("DATE"), words]).encode()).hexdigest()[:16]
        return f"{basename}-{digest}" if basename and len(basename) <= 100 else f"entry-{digest}"

    def record(self, text: str) -> bytes:
        """The entry without what readers wrote."""
        lines = text.split("\n")
        number = lines.index(_END_OF_FIELD) if _END_OF_FIELD in lines else len(lines)
        ends = sorted(_ends_of_fields(lines, number))
        kept = lines[:number]
        for start, end in zip(ends, [*ends[1:], len(lines)], strict=True):
            piece = lines[start:end]
            name = next((line.strip() for line in piece[1:] if line.strip()), "")
            if name not in ("COMMENT:", "PING:"):
                kept += piece
        while kept and kept[-1].strip() in ("", _END_OF_FIELD):
            kept.pop()
        return "\n".join([*kept, _END_OF_FIELD, _END_OF_ENTRY, ""]).encode("utf-8", "replace")


def _ends_of_fields(lines: list[str], start: int) -> set[int]:
    found = set()
    following = ""
    for place in range(len(lines) - 1, start - 1, -1):
        line = lines[place].rstrip()
        if line == _END_OF_FIELD:
            if not following or following == _END_OF_FIELD or following in _FIELD_LINES or place == start:
                found.add(place)
            following = line
        elif line:
            following = line
    return found


_FIELD_LINES = frozenset(f"{name}:" for name in _FIELDS)


def _moment(told: str) -> datetime | None:
    """MM/DD/YYYY hh:mm:ss, with AM or PM, or by a clock of 24 hours."""
    match = _DATE.fullmatch(told.strip())
    if match is None:
        return None
    month, day, year, hour, minute = (int(each) for each in match.groups()[:5])
    if match[7] and hour <= 12:
        hour = hour % 12 + (12 if match[7].upper() == "PM" else 0)
    try:
        moment = datetime(year, month, day, hour, minute, int(match[6] or 0))
    except ValueError:
        return None
    return moment if 1500 <= year <= 2200 and moment != datetime(1970, 1, 1) else None
