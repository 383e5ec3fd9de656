"""What agency wires have in common, whatever format carries them.

Datelines, sign-offs, lines broken at a width, embargoes and kills in words, dates in the agencies' forms.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from html import escape

from archive.sanitize import paragraphs

from .base import ImportedByline, Precision, Problem

# The names by which agencies stand in a dateline.
AGENCIES = (
    *("AFP", "Agence France-Presse", "AFP Relaxnews", "Relaxnews", "AP", "Associated Press", "The Associated Press"),
    *("Reuters", "PC", "La Presse canadienne", "Presse canadienne", "CP", "The Canadian Press", "Canadian Press"),
    *("ATS", "Belga", "DPA", "EFE", "ANSA", "UPI", "Bloomberg", "AAP", "APA", "ANP", "TT", "NTB", "Ritzau", "STT"),
    *("Xinhua", "Kyodo", "PA", "Press Association", "PTI", "Lusa", "MAP", "APS", "TAP", "Interfax", "TASS"),
)
# In a wire a name may stand in any case (dpa); the longest comes first, for some begin with another.
_FOLDED_AGENCIES = frozenset(name.casefold() for name in AGENCIES)
_AGENCY = "|".join(re.escape(name) for name in sorted(AGENCIES, key=len, reverse=True))
# An underscore is the dash of a teleprinter.
_DASH = r"\.? ?(?:--|[-–—_])"
_BY_AGENCY = rf"\((?:[^()\n]{{0,30}}[/ ])?(?:{_AGENCY})(?:[/ -][^()\n]{{0,30}})?\)"
_DATELINES = (
    # PARIS (AFP) – ; STOCKHOLM, Aug 29, 2014 (AFP) - ; Washington (dpa) - ; Jan 30 (Reuters) -
    re.compile(rf"[^\W\d_][^()\n]{{1,90}}? ?{_BY_AGENCY}(?:{_DASH}|:) ?(?=\S)", re.IGNORECASE),
    # (ANSA) - Rome, October 11 -
    re.compile(rf"{_BY_AGENCY} ?{_DASH} ?[^\W\d_][^()\n.]{{1,60}}? [-–—] (?=\S)", re.IGNORECASE),
    # MONTRÉAL — , in capitals throughout, and a sentence after it
    re.compile(r"(?=[^\W\d_]{2})[^\n()a-zß-öø-ÿœ]{3,60}? (?:--|[-–—]) (?=[«“\"]?[^\Wa-zß-öø-ÿœ_])"),
)
# A page's dateline is told from its text by capitals, an agency and a dash together.
_PAGE_DATELINE = re.compile(rf"(?P<place>[^\W\d_][^()\d]{{1,78}}) \((?:{_AGENCY})\) ?[-–—] ?(?=\S)")

# A page has other last lines too, so its sign-off is told by the plainest form only.
_PAGE_SIGN_OFF = re.compile(r"[^\W\d_]{2,4}(?:/[^\W\d_]{2,4}){1,3}")
_INITIALS = r"[^\W\d_]{2,4}(?:-[^\W\d_]{2,4}){0,3}"
_SIGN_OFF = re.compile(rf"{_INITIALS}(?:/{_INITIALS}){{1,5}}")
# dpa grj rmo; AAP RTV ar
_AGENCY_SIGN_OFF = re.compile(rf"(?:{_AGENCY})(?: [^\W_]{{2,4}}){{1,6}}", re.IGNORECASE)
# What ends a transmission, and is no word of the story.
_END_MARKS = frozenset({"ends", "end", "(end)", "fin", "=", "-30-", "- 30 -", "###", "-0-", "nnnn", "+++"})
LONGEST_SIGN_OFF = 60


def take_page_dateline(text: str) -> tuple[str, str]:
    """The dateline that opens the text of a page, and the text after it."""
    if (opening := _PAGE_DATELINE.match(text)) and opening["place"].isupper():
        return opening[0].strip(), text[opening.end() :]
    return "", text


def take_dateline(text: str, *, needs_agency: bool = False) -> tuple[str, str]:
    """The dateline that opens the text of a wire, as printed, and the text after it."""
    for pattern in _DATELINES[:2] if needs_agency else _DATELINES:
        if opening := pattern.match(text):
            return opening[0].strip(), text[opening.end() :]
    return "", text


def is_page_sign_off(line: str) -> bool:
    return bool(_PAGE_SIGN_OFF.fullmatch(line))


def is_sign_off(line: str) -> bool:
    """Whether the last line of a wire is the initials of the desks that it went through."""
    return len(line) <= LONGEST_SIGN_OFF and bool(_SIGN_OFF.fullmatch(line) or _AGENCY_SIGN_OFF.fullmatch(line))


def is_end_mark(line: str) -> bool:
    return line.strip().casefold() in _END_MARKS


# --- Lines broken at a width

# A longest line beyond this was not broken: each line is a paragraph.
_WIDEST = 100
_BULLET = re.compile(r"\s*(?:[-*•–—]|\d{1,2}[.)]) \S")
_SENTENCE_ENDS = (".", "!", "?", ":", "»", "”", '"', "…", "=")
_HYPHENATED = re.compile(r"[^\W\d_]-\Z")
_COLUMNS = re.compile(r"\S(?: {3,}|\t+ *)\S")


@dataclass(slots=True)
class Part:
    """A paragraph, or the lines of a table."""

    text: str
    is_table: bool = False


def rejoined(lines: list[str]) -> list[Part]:
    """Lines as they came over a wire: paragraphs joined again, tables left as they stand."""
    width = max((len(line.rstrip()) for line in lines), default=0)
    parts: list[Part] = []
    for block in _blocks(lines):
        if len(block) > 1 and sum(bool(_COLUMNS.search(line.strip())) for line in block) * 2 > len(block):
            parts.append(Part("\n".join(line.rstrip() for line in block), is_table=True))
        elif width > _WIDEST:
            parts += [Part(_tidy(line)) for line in block]
        else:
            parts += [Part(text) for text in _paragraphs(block, width)]
    return parts


def as_html(parts: list[Part]) -> str:
    return "\n".join(
        f"<pre>{escape(part.text, quote=False)}</pre>" if part.is_table else paragraphs([part.text])
        for part in parts
        if part.text
    )


def _blocks(lines: list[str]) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _paragraphs(block: list[str], width: int) -> list[str]:
    found: list[list[str]] = []
    before = ""
    in_list = False
    for line in block:
        opens = not before or _is_ended(before, line, width, in_list)
        # A dash within a sentence may begin a line too.
        is_bullet = bool(_BULLET.match(line)) and (in_list or opens or before.endswith(_SENTENCE_ENDS))
        if opens or is_bullet:
            found.append([])
            in_list = is_bullet
        found[-1].append(line)
        before = line.rstrip()
    return [_joined(part) for part in found]


def _is_ended(line: str, following: str, width: int, in_list: bool) -> bool:
    """Whether a paragraph ends with a line, though no empty line comes after it."""
    # What is set in further opens a paragraph, except under a bullet.
    if not in_list and len(following) - len(following.lstrip()) >= len(line) - len(line.lstrip()) + 2:
        return True
    # A line that was broken at the width had no room for the next word.
    has_room = len(line) + 1 + len(following.split(maxsplit=1)[0]) <= width
    is_short = len(line) * 2 < width and not following.lstrip()[0].islower()
    return has_room and (line.endswith(_SENTENCE_ENDS) or is_short)


def _joined(lines: list[str]) -> str:
    pieces: list[str] = []
    for line in lines:
        tidy = _tidy(line)
        # five-/year is five-year; whether a hyphen was there before the line was broken can't be told.
        is_hyphenated = bool(pieces) and tidy[:1].islower() and bool(_HYPHENATED.search(pieces[-1]))
        pieces += [tidy] if is_hyphenated or not pieces else [" ", tidy]
    return "".join(pieces)


def _tidy(line: str) -> str:
    return " ".join(line.replace("\u00ad", "").split())


# --- Versions and dates


def is_later_version(number: str) -> bool:
    """Whether the number of a version is above the first's."""
    return number.isascii() and number.isdigit() and number.lstrip("0") not in ("", "1")


_COMPACT = re.compile(
    r"(?P<year>\d{4})(?:-?(?P<month>\d\d)(?:-?(?P<day>\d\d))?)?"
    r"(?:[T ]?(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d{1,9})?)?)?"
    r" ?(?P<zone>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)


def read_moment(text: str) -> tuple[date | None, Precision]:
    """A date in ISO 8601's forms (20140122T174700Z, 2014-01-22T17:47:00+01:00, 20140122), as far as it is known.

    What is no date is None. A moment without a zone has none here either.
    """
    match = _COMPACT.fullmatch(text.strip())
    if match is None:
        return None, "unknown"
    try:
        day = date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1))
        if match["day"] is None or match["hour"] is None:
            return day, "day" if match["day"] else "month" if match["month"] else "year"
        # A leap second is the second before it.
        clock = int(match["hour"]), int(match["minute"]), min(int(match["second"] or 0), 59)
        moment = datetime(day.year, day.month, day.day, *clock, tzinfo=_zone(match["zone"]))
        if moment.tzinfo is not None:
            moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None, "unknown"
    return moment, "minute"


def read_instant(text: str) -> datetime | None:
    """The same, where only a moment will do."""
    moment, _precision = read_moment(text)
    return moment if isinstance(moment, datetime) else None


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text.upper() in ("Z", "UTC", "GMT"):
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-offset if text[0] == "-" else offset)


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("jan janv", "feb fev fév févr", "mar mars mrz mär", "apr avr", "may mai", "jun juin jui", "jul juil"),
            *("aug aou aoû août aout", "sep sept", "oct okt", "nov", "dec dez déc"),
        ),
        1,
    )
    for name in names.split()
}
_ZONES = {
    **dict.fromkeys(("GMT", "UTC", "Z", "WET"), 0),
    **dict.fromkeys(("BST", "CET", "MEZ", "HEC"), 1),
    **dict.fromkeys(("CEST", "MESZ", "HAEC"), 2),
    **dict.fromkeys(("EST", "HNE"), -5),
    **dict.fromkeys(("EDT", "HAE"), -4),
}
_MONTH_NAME = r"(?P<month>[^\W\d_]{3,9})\.?"
_ZONE_NAME = rf"(?P<zone>{'|'.join(sorted(_ZONES, key=len, reverse=True))})"
# 212101 GMT Nov 18: the day, the hour and the minute.
_TIME_GROUP = re.compile(
    rf"(?:\b[A-Za-z]{{2,5}} )?\b(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d)(?: ?{_ZONE_NAME})?"
    rf" {_MONTH_NAME},? ?'?(?P<year>\d{{4}}|\d\d)\b"
)


def find_time_group(line: str) -> re.Match[str] | None:
    """The day-time group that closes a wire, where a line is one."""
    match = _TIME_GROUP.fullmatch(line.strip())
    return match if match and _month(match["month"]) else None


def read_time_group(match: re.Match[str]) -> datetime | None:
    return _moment(match["year"], match["month"], match["day"], match["hour"], match["minute"], match["zone"])


def _month(name: str) -> int | None:
    folded = name.casefold()
    return _MONTHS.get(folded) or _MONTHS.get(folded[:4]) or _MONTHS.get(folded[:3])


def _moment(year: str, month: str, day: str, hour: str, minute: str, zone: str | None) -> datetime | None:
    number = int(year)
    if len(year) == 2:
        # No agency sent in this form before 1970.
        number += 1900 if number >= 70 else 2000
    told = None if zone is None else timezone(timedelta(hours=_ZONES[zone.upper()]))
    try:
        moment = datetime(number, _month(month) or 0, int(day), int(hour), int(minute), tzinfo=told)
    except ValueError:
        return None
    return moment.astimezone(UTC) if told else moment


# --- Bylines

_BYLINE = re.compile(r"(?:By|Par|Von|De|Por|by|par|von) (?P<names>[^\W\d_][^\n]{2,280})")
_NAME = r"[^\Wa-zß-öø-ÿœ\d_][\w.’'-]*"
_BYLINE_ALONE = re.compile(
    rf"(?:By|Par|Von|De|Por) (?:{_NAME}(?: (?:(?:and|et|und|y|de|du|la|le|von|van|del) ){{0,2}}{_NAME}){{1,8}}"
    rf"|(?i:{_AGENCY}) [a-z]{{4,20}})(?:,[^\n]*)?"
)
_LONGEST_BYLINE = 150
_BETWEEN_NAMES = re.compile(r" (?:and|et|und|&|y) ")


def is_byline(line: str) -> bool:
    """Whether a line of its own is a byline: each word of it a name's, so that it is no sentence."""
    return len(line) < _LONGEST_BYLINE and bool(_BYLINE_ALONE.fullmatch(line))


def bylines_of(printed: str, name: str = "") -> tuple[ImportedByline, ...]:
    """The authors of a byline, as “By Ada Blunt and Tom Reed, Example News”; an agency's own name is none.

    `name` is the part of it that holds the names, where that is told.
    """
    names = name or printed
    match = _BYLINE.fullmatch(names)
    names = re.split(r",| / ", match["names"] if match else names, maxsplit=1)[0]
    found = [each.strip() for each in _BETWEEN_NAMES.split(names)]
    return tuple(
        ImportedByline(each, printed="" if each == printed else printed)
        for each in found
        if any(letter.isalpha() for letter in each) and not is_agency(each)
    )


def is_agency(name: str) -> bool:
    return name.strip().casefold() in _FOLDED_AGENCIES


# --- What a sender lets be done

_LOOK = "See whether it may be shown; note it in the rights of its source, or withdraw it in the admin."
LONGEST_TERMS = 300


def usage_remarks(place: str, terms: Iterable[str], until: str = "") -> list[Problem]:
    """Remarks on what a sender's terms of usage say in words, and on the day that they end it, for staff to look at."""
    told = "; ".join(dict.fromkeys(words for each in terms if (words := " ".join(each.split()))))
    found = []
    if told:
        shown = told if len(told) <= LONGEST_TERMS else f"{told[:LONGEST_TERMS]}…"
        found.append(Problem(place, f"Its usage terms say: “{shown}”.", _LOOK, group=f"usage: {shown}"))
    if day := " ".join(until.split()):
        found.append(Problem(place, f"By its usage terms its use ends on {day[:40]}.", _LOOK, group="usage ends"))
    return found


# --- What a desk says to desks

_EMBARGO = re.compile(
    r"\W{0,5}(?:(?:strictly|strict|note(?: to editors)?:?|attention:?|sous) ){0,2}"
    r"(?:embargo(?:ed|e|é|ée)?|sperrfrist|hold for release|not for release before)\b[^\w\n]{0,3}(?P<until>.*)",
    re.IGNORECASE,
)
# Such a line tells a time; the embargo of a headline is about arms or oil.
_UNTIL = re.compile(r"(?:until|till|jusqu|bis\b|to\b|au\b|for\b|before\b|avant\b|\d|$)", re.IGNORECASE)
_EMBARGO_CLOCK = re.compile(
    rf"(?P<hour>\d\d?)(?:[:hH.] ?)?(?P<minute>\d\d)(?: ?Uhr)?(?: ?{_ZONE_NAME}\b)?", re.IGNORECASE
)
# Half of a day's hours in this form are not what they seem.
_HALF_DAYS = re.compile(r"\d ?[ap]\.?m\b|noon|midnight|midi|minuit|mittag", re.IGNORECASE)
_EMBARGO_DAY = re.compile(
    rf"\b(?P<day>\d\d?)(?:st|nd|rd|th|er|\.)? {_MONTH_NAME},? (?P<year>\d{{4}})"
    rf"|\b(?P<month2>[^\W\d_]{{3,9}})\.? (?P<day2>\d\d?)(?:st|nd|rd|th)?,? (?P<year2>\d{{4}})",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Embargo:
    """An embargo told in words; without a moment, where the words can't be read as one."""

    words: str
    until: datetime | None = None


def find_embargo(line: str) -> Embargo | None:
    match = _EMBARGO.match(line)
    if match is None or not _UNTIL.match(match["until"]):
        return None
    words = match["until"]
    day = _EMBARGO_DAY.search(words)
    if day is None:
        return Embargo(_tidy(line))
    clock = _EMBARGO_CLOCK.search(words[: day.start()] + " | " + words[day.end() :])
    year, month, number = (day[name] or day[f"{name}2"] for name in ("year", "month", "day"))
    if clock is None or not _month(month) or _HALF_DAYS.search(words):
        return Embargo(_tidy(line))
    return Embargo(_tidy(line), _moment(year, month, number, clock["hour"], clock["minute"], clock["zone"]))


_CORRECTS = r"correction|corrected|correctif|corr|rectificatif|rectification|korrektur|berichtigung|corrigé"
_KILLS = (
    r"(?:mandatory |bulletin )?kill|(?:avis d['’])?annulation|annulé|annule|cancell?ed|cancel|cancellation|"
    r"withdrawal|withdrawn|retrait|ne pas utiliser|do not use|story withdrawn|zurückgezogen|storno|"
    r"bitte nicht verwenden|elimination"
)
_OTHER_MARKS = (
    r"extra|refile|repetition|répétition|repeat|rpt|resending|urgent|flash|bulletin|alert|alerte|snap|eil|lead|"
    r"wrap-?up|update|updated|papier général|synthèse|achtung|attention|zusammenfassung|wiederholung|neu|"
    r"(?:\d{1,2}(?:st|nd|rd|th|er|e|ème)?\.? )?(?:lead|ld|add|update|wrap)(?: \d{1,2})?|\d{1,2}\. ?(?:lead|ld)"
)
_CORRECTS_LINE, _KILLS_LINE, _OTHER_LINE = (
    re.compile(rf"[(*\s]*(?:{words})[)*\s:!=-]*", re.IGNORECASE) for words in (_CORRECTS, _KILLS, _OTHER_MARKS)
)
_KILLS_HEADLINE = re.compile(r"(?:(?:MANDATORY |BULLETIN )?KILL|ANNULATION|AVIS D['’]ANNULATION|STORNO)\b(?=[ :/-]|$)")


def is_mark(line: str) -> bool:
    """Whether a line above a headline tells desks what kind of message it is."""
    return any(pattern.fullmatch(line) for pattern in (_CORRECTS_LINE, _KILLS_LINE, _OTHER_LINE))


def says_correction(lines: list[str]) -> bool:
    return any(_CORRECTS_LINE.fullmatch(line) for line in lines)


def says_kill(lines: list[str], headline: str) -> bool:
    return any(_KILLS_LINE.fullmatch(line) for line in lines) or bool(_KILLS_HEADLINE.match(headline))
