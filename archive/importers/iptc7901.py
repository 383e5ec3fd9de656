"""iptc7901: agency wires as IPTC Recommendation 7901 sends them, one message or a day's feed in a file.

https://iptc.org/standards/iptc-7901/ ; the forms of agencies that go beyond it are those of dpa and AFP.

    SOH  eca0124 3 i 93  dpa 1888                       service and number, urgency, category, words, what else
         Yemen/conflict/                                keywords
    STX  EXTRA                                          what kind of message it is
         Peace talks to take place next month =         headline and byline
         Washington (dpa) - The warring parties         text, broken at a width
         dpa grj rmo                                    sign-off
    ETX  212101 GMT Nov 18                              day, hour and minute

A message's id is its service, number and day (eca0124-20181121), for the numbers begin again each day. A correction
or kill that names the number of the message that it is about bears that one's id.

It carries no language, section, picture or address. Keywords, category and the notes to editors at the end stay in
the record only. No encoding is told: it is UTF-8, or cp1252, unless the operator says otherwise.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import BinaryIO

from .base import ImportedArticle, Problem, ReadOptions, Refusal
from .items import ImportedWithdrawal
from .text import mend
from .wires import (
    Embargo,
    Part,
    as_html,
    bylines_of,
    find_embargo,
    find_time_group,
    is_agency,
    is_byline,
    is_end_mark,
    is_mark,
    is_sign_off,
    read_time_group,
    rejoined,
    says_correction,
    says_kill,
    take_dateline,
)

# A page of print is a hundredth of it.
LARGEST_MESSAGE = 1_000_000
_MOST_LINES = 20_000
_CHUNK = 65_536
_SOH, _STX, _ETX, _EOT = b"\x01", b"\x02", b"\x03", b"\x04"

# What stands before the first message: idle signs, or the call of a teleprinter.
_START = re.compile(
    rb"(?:[\x00\x16\x7f\s]|ZCZC[^\r\n\x01]{0,60}[\r\n])*\x01[A-Za-z]{1,5}\d{1,6} +\d\b[^\r\n\x02]{0,200}[\r\n]"
)
_HEADER = re.compile(
    r"(?P<service>[A-Za-z]{1,5})(?P<number>\d{1,6})(?: +(?P<urgency>\d))?\b(?: +(?P<category>[A-Za-z]{1,4})\b)?"
    r"(?: +(?P<words>\d{1,6})\b)?(?P<rest>.*)"
)
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])
_LINE_ENDS = re.compile(r"\r+\n|\r")
# From here on desks speak to desks.
_NOTES = re.compile(
    r"#+ ?(?:notebook|notizblock)\b.*|.{0,40}\bfollowing information is not (?:intended )?for publication.*"
    r"|.{0,40}\bfolgenden informationen sind nicht zur veröffentlichung.*",
    re.IGNORECASE,
)
_RULE = re.compile(r"(?:\* ?){3,}|(?:- ?){5,}|_{3,}")
# What a desk says of a version (“adds details”) may stand above the first paragraph.
_FARTHEST_DATELINE = 5
_MOST_HEAD_LINES = 12
_LONGEST_HEADLINE = 500


@dataclass(slots=True)
class _Message:
    """A message taken apart."""

    service: str
    number: int
    urgency: int
    provider: str
    keywords: list[str]
    marks: list[str] = field(default_factory=list)
    headline: str = ""
    byline: str = ""
    dateline: str = ""
    text: list[Part] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sign_off: str = ""
    sent: datetime | None = None
    embargo: Embargo | None = None
    problems: list[Problem] = field(default_factory=list)


def recognises(head: bytes) -> bool:
    return bool(_START.match(head))


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[ImportedArticle | ImportedWithdrawal | Problem]:
    number = 0
    for number, (line, raw) in enumerate(_messages(stream), 1):
        place = f"message {number}, line {line}"
        try:
            if len(raw) > LARGEST_MESSAGE:
                raise Refusal(
                    f"The message is over {LARGEST_MESSAGE // 1_000_000} MB.",
                    "Look whether the file is damaged there; a message ends before the next begins.",
                )
            if raw.count(b"\n") + raw.count(b"\r") > 2 * _MOST_LINES:
                raise Refusal(
                    f"The message has over {_MOST_LINES} lines, as no agency sends.",
                    "Look whether the file is damaged there.",
                )
            yield _item(raw, options, place)
        except Refusal as refusal:
            yield replace(refusal.problem, place=place)
    if not number:
        yield Problem("", "The file holds no message of IPTC 7901.", "Name its format with --format, or leave it out.")


def _messages(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Each message from its first sign on, with its line; one that is too long is cut off where that is certain."""
    line, begun, line_begun = 1, False, 1
    held = bytearray()
    while chunk := stream.read(_CHUNK):
        before, *parts = chunk.split(_SOH)
        _hold(held, before, begun)
        line += before.count(b"\n")
        for part in parts:
            if begun:
                yield line_begun, bytes(held)
            held = bytearray(_SOH)
            begun, line_begun = True, line
            _hold(held, part, begun)
            line += part.count(b"\n")
    if begun:
        yield line_begun, bytes(held)


def _hold(held: bytearray, more: bytes, begun: bool) -> None:
    if begun:
        held += more[: max(LARGEST_MESSAGE + 1 - len(held), 0)]


def _item(raw: bytes, options: ReadOptions, place: str) -> ImportedArticle | ImportedWithdrawal:
    record = raw.rstrip(b"\x00\x16\x7f\r\n ")
    # What calls the next message is none of this one.
    last_line = max(record.rfind(b"\r"), record.rfind(b"\n"), len(record) - 65) + 1
    call = record.find(b"ZCZC", last_line)
    record = record[:call].rstrip() if call >= 0 else record
    message = _taken_apart(record, options, place)
    original_id = _id(message)
    if says_kill([*message.keywords, *message.marks], message.headline):
        return _withdrawal(message, place, record)
    corrected = ""
    if says_correction([*message.keywords, *message.marks]):
        corrected = _named(message)
        if not corrected:
            message.problems.append(
                Problem(
                    place,
                    "It corrects an earlier message and does not tell which; both are taken.",
                    "Look for the earlier one by its headline, and withdraw it.",
                )
            )
    return _article(message, corrected or original_id, bool(corrected), place, record)


def _article(message: _Message, original_id: str, is_correction: bool, place: str, record: bytes) -> ImportedArticle:
    headline = message.headline
    if not headline:
        headline = " ".join(word for line in message.keywords for word in line.split("/") if word).strip()
        if not headline:
            raise Refusal("The message has neither a headline nor keywords.", "Write a headline under its first line.")
        message.problems.append(
            Problem(place, "It has no headline; its keywords stand in its place.", "Write one in the admin.")
        )
    if not message.text:
        raise Refusal(f"The message “{headline[:80]}” has no text.", "Leave it out, or fetch it again.")
    if len(headline) > _LONGEST_HEADLINE:
        raise Refusal(
            f"Its headline has {len(headline)} characters, too many (at most {_LONGEST_HEADLINE}).",
            "End the headline with an empty line.",
        )
    embargo = message.embargo
    if embargo and embargo.until is None:
        message.problems.append(
            Problem(
                place,
                f"It is under an embargo whose end can't be read, so it is held back: “{embargo.words[:200]}”.",
                "Show it in the admin once the embargo is over.",
            )
        )
    return ImportedArticle(
        original_id=original_id,
        headline=headline,
        body=as_html(message.text),
        published=message.sent,
        published_precision="minute" if message.sent else "unknown",
        modified=message.sent if is_correction else None,
        dateline=message.dateline,
        sign_off=message.sign_off,
        bylines=bylines_of(message.byline) if message.byline else (),
        provider=message.provider,
        urgency=message.urgency,
        embargoed_until=embargo.until if embargo else None,
        held_back=bool(embargo and embargo.until is None),
        place=place,
        record=record,
        problems=tuple(message.problems),
        dated_by_version=is_correction,
    )


def _withdrawal(message: _Message, place: str, record: bytes) -> ImportedWithdrawal:
    killed = _named(message)
    if not killed:
        raise Refusal(
            f"It kills an earlier message and does not tell which: “{message.headline[:200]}”.",
            "Look for the article by its headline, and withdraw it in the admin.",
        )
    words = " ".join(" ".join([*message.marks, message.headline, *(part.text for part in message.text)]).split())
    return ImportedWithdrawal(killed, "other", note=words[:1000], place=place, record=record)


def _named(message: _Message) -> str:
    """The id of the message of the same service that this one speaks of, or an empty text."""
    if message.sent is None:
        return ""
    texts = [part.text for part in message.text]
    words = "\n".join([*message.keywords, *message.marks, message.headline, *texts, *message.notes])
    for match in re.finditer(rf"\b{message.service} ?(\d{{3,6}})\b", words, re.IGNORECASE):
        number = int(match[1])
        if number != message.number:
            # A higher number was the day before's.
            day = message.sent - timedelta(days=number > message.number)
            return _numbered(message.service, number, day)
    return ""


def _numbered(service: str, number: int, day: datetime) -> str:
    return f"{service.lower()}{number:04}-{day:%Y%m%d}"


def _id(message: _Message) -> str:
    if message.sent:
        return _numbered(message.service, message.number, message.sent)
    told = "\n".join([message.headline, *(part.text for part in message.text)])
    return f"{message.service.lower()}{message.number:04}-{sha256(told.encode()).hexdigest()[:16]}"


def _taken_apart(record: bytes, options: ReadOptions, place: str) -> _Message:
    head, _sign, rest = record[1:].partition(_STX)
    first, _end, keywords = _text(head, options, place)[0].partition("\n")
    header = _HEADER.match(first.strip())
    if header is None:
        raise Refusal(
            f"Its first line is not that of a message: “{first.strip()[:80]}”.",
            "Mend the line: service and number, urgency, category, number of words.",
        )
    if not _sign:
        raise Refusal("The message has no start of text (STX).", "It is cut off, or damaged; fetch it again.")
    content, end, tail = rest.partition(_ETX)
    if not end:
        content, end, tail = rest.partition(_EOT)
    text, problems = _text(content, options, place)
    message = _Message(
        service=header["service"],
        number=int(header["number"]),
        urgency=int(header["urgency"] or 0),
        provider=_provider(header["rest"]),
        keywords=[part for line in keywords.split("\n") for part in line.strip().split("/") if part.strip()],
        problems=problems,
    )
    lines = text.split("\n")
    _take_time(message, lines, _text(tail, options, place)[0].split("\n"))
    if not end and message.sent is None:
        raise Refusal("The message is cut off: it has no end of text (ETX).", "Fetch it again.")
    _take_notes(message, lines)
    _take_head(message, lines)
    _take_sign_off(message, lines)
    _take_opening(message, lines)
    message.text = rejoined(lines)
    for number, part in enumerate(message.text[:_FARTHEST_DATELINE]):
        if not part.is_table and not message.dateline:
            message.dateline, part.text = take_dateline(part.text, needs_agency=number > 0)
    return message


def _text(data: bytes, options: ReadOptions, place: str) -> tuple[str, list[Problem]]:
    # What tells a printer to set bold, or fills a pause, stands within the text.
    text, problems = mend(data.translate(None, _CONTROLS), options.encoding, place)
    return _LINE_ENDS.sub("\n", text), problems


def _provider(rest: str) -> str:
    """The agency's name among what else stands in the first line: dpa 1888; FRA /AFP-BB12."""
    tokens: list[str] = re.findall(r"[^\W\d_][\w-]*", rest)
    for token in tokens:
        name = token.partition("-")[0]
        if is_agency(name):
            return name
    return tokens[-1] if tokens and re.search(r"\d\s*$", rest) else ""


def _take_time(message: _Message, lines: list[str], tail: list[str]) -> None:
    for line in tail:
        if match := find_time_group(line):
            message.sent = read_time_group(match)
            break
    # Some stand before the end of the text.
    for place in range(len(lines) - 1, max(len(lines) - 6, -1), -1):
        if match := find_time_group(lines[place]):
            message.sent = message.sent or read_time_group(match)
            del lines[place]
            break
    if message.sent and message.sent.tzinfo:
        message.sent = message.sent.astimezone(UTC)


def _take_notes(message: _Message, lines: list[str]) -> None:
    begin = next((place for place, line in enumerate(lines) if _NOTES.fullmatch(line.strip())), len(lines))
    while begin and (not lines[begin - 1].strip() or _RULE.fullmatch(lines[begin - 1].strip())):
        begin -= 1
    notes = lines[begin:]
    while notes and not notes[-1].strip():
        del notes[-1]
    # The sign-off stands under the notes.
    if notes and is_sign_off(notes[-1].strip()):
        message.sign_off = notes.pop().strip()
    message.notes, lines[begin:] = notes, []


def _take_head(message: _Message, lines: list[str]) -> None:
    """Take what stands above the text: marks, an embargo, the headline and the byline."""
    while lines and not lines[0].strip():
        del lines[0]
    for place in range(min(len(lines), _MOST_HEAD_LINES)):
        if lines[place].rstrip().endswith("="):
            head, lines[: place + 1] = lines[: place + 1], []
            break
    else:
        head = _first_block(lines)
    kept: list[str] = []
    for line in (each.strip().rstrip("=").strip() for each in head):
        if embargo := find_embargo(line):
            message.embargo = embargo
        elif line and is_mark(line):
            message.marks.append(line)
        elif kept and not message.byline and is_byline(line):
            message.byline = line
        elif line:
            kept.append(line)
    message.headline = " ".join(" ".join(kept).split())


def _first_block(lines: list[str]) -> list[str]:
    """Without a sign that ends the headline, it is the lines above the first empty or indented one, where few."""
    head: list[str] = []
    while lines and (not lines[0].strip() or is_mark(lines[0].strip()) or find_embargo(lines[0].strip())):
        head.append(lines.pop(0))
    end = 0
    while end < len(lines) and lines[end].strip() and not (end and lines[end].startswith(("  ", "\t"))):
        end += 1
    if not lines or take_dateline(lines[0].strip())[0]:
        return head
    # Many lines are a text without a headline of its own; its first is the likeliest.
    end = end if end <= 4 else 1
    taken, lines[:end] = lines[:end], []
    return head + taken


def _take_sign_off(message: _Message, lines: list[str]) -> None:
    while lines and (not lines[-1].strip() or is_end_mark(lines[-1])):
        del lines[-1]
    if lines and is_sign_off(lines[-1].strip()):
        message.sign_off = lines.pop().strip()


def _take_opening(message: _Message, lines: list[str]) -> None:
    """Take what stands above the first paragraph: an embargo, the byline."""
    for place, line in enumerate(lines):
        text = line.strip()
        if not text:
            continue
        if embargo := find_embargo(text):
            message.embargo = message.embargo or embargo
        elif not message.byline and is_byline(text):
            message.byline = text
        else:
            return
        lines[place] = ""
