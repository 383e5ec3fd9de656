"""Dates as people write them in tables, read only where they can mean but one thing."""

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from archive.dates import MONTHS

from .base import Precision, Refusal
from .told_dates import EARLIEST, LATEST, read_date

DateOrder = Literal["day-first", "month-first"]
Vote = DateOrder | Literal["either", ""]
Told = tuple[date | None, Precision]

_CLOCK = (
    r"(?:(?:,? |T| à | at )(?P<hour>\d{1,2}) ?[:hH.] ?(?P<minute>\d\d)?(?::(?P<second>\d\d)(?:\.\d{1,6})?)?"
    r" ?(?P<half>[ap]\.?m\.?)?)?"
)
_NUMBERS = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<sign>[/.-])(?P<second_number>\d{{1,2}})(?P=sign)(?P<year>\d{{4}}){_CLOCK}", re.I
)
_YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})[/.](?P<month>\d{{1,2}})[/.](?P<day>\d{{1,2}}){_CLOCK}", re.I)
_LOOSE_ISO = re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}}){_CLOCK}", re.I)
_SHORT_YEAR = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}\b")
_MONTH_AND_YEAR = re.compile(r"(?P<month>\d{1,2})[/.-](?P<year>\d{4})")
_WEEKDAY = re.compile(
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)\.?,? ",
    re.IGNORECASE,
)
_NAME = r"(?P<name>[^\W\d_]{3,9})\.?"
_WORDS = (
    re.compile(
        rf"(?:le )?(?P<day>\d{{1,2}})(?:er|st|nd|rd|th|\.)?[ -](?:of )?{_NAME},?[ -](?P<year>\d{{4}}){_CLOCK}", re.I
    ),
    re.compile(rf"{_NAME} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}}){_CLOCK}", re.I),
    re.compile(rf"{_NAME},? (?P<year>\d{{4}})", re.I),
)
_ABBREVIATED = {
    "janv": 1,
    "fev": 2,
    "fevr": 2,
    "févr": 2,
    "fév": 2,
    "avr": 4,
    "juil": 7,
    "sept": 9,
    "dec": 12,
    "déc": 12,
}
_NAMES = {name.casefold(): number for names in MONTHS.values() for number, name in enumerate(names, start=1)}
_NAMES |= {name[:3].casefold(): number for number, name in enumerate(MONTHS["en"], start=1)} | _ABBREVIATED
_NAMES |= {"fevrier": 2, "aout": 8, "decembre": 12}


def month_named(name: str) -> int | None:
    """The number of a month by its name or its abbreviation, in French or English."""
    return _NAMES.get(name.rstrip(".").casefold())


def order_of(text: str) -> Vote:
    """What a date shows of the order of its day and month: nothing, one order, or that it could be either."""
    match = _NUMBERS.fullmatch(text.strip())
    if match is None or match["sign"] == ".":
        return ""
    first, second = int(match["first"]), int(match["second_number"])
    if first == second:
        return ""
    if first > 12 >= second:
        return "day-first"
    return "month-first" if second > 12 >= first else "either"


def read_table_date(text: str, order: DateOrder | Literal[""] = "") -> Told:
    """A date with its precision. Raises Refusal where it is none, or could be two."""
    text = " ".join(text.split())
    if told := read_date(text):
        return told
    if match := _NUMBERS.fullmatch(text):
        return _of_numbers(match, text, order)
    if match := _YEAR_FIRST.fullmatch(text) or _LOOSE_ISO.fullmatch(text):
        return _made(match, int(match["month"]), int(match["day"]), text)
    if match := _MONTH_AND_YEAR.fullmatch(text):
        return _made(match, int(match["month"]), None, text)
    if _SHORT_YEAR.match(text):
        raise Refusal(
            f"The year of “{text}” has two digits alone.", "Write it with all four in the table, best as 2014-01-22."
        )
    words = _WEEKDAY.sub("", text, count=1)
    for pattern in _WORDS:
        if (match := pattern.fullmatch(words)) and (month := _NAMES.get(match["name"].casefold())):
            return _made(match, month, int(match["day"]) if "day" in match.groupdict() else None, text)
    return _of_mail(text)


def _of_numbers(match: re.Match[str], text: str, order: DateOrder | Literal[""]) -> Told:
    first, second = int(match["first"]), int(match["second_number"])
    # Points are set between numbers where the day comes first.
    decided = "day-first" if match["sign"] == "." or first == second else order_of(text)
    if decided == "either":
        decided = order
    if not decided:
        raise Refusal(
            f"The date “{text}” may be in two months, and no other date of the table shows which.",
            "Write it as 2014-01-22 in the table, or pass --map date_order=day-first (or month-first).",
        )
    day, month = (first, second) if decided == "day-first" else (second, first)
    return _made(match, month, day, text)


def _made(match: re.Match[str], month: int, day: int | None, text: str) -> Told:
    year = int(match["year"])
    try:
        known = date(year, month, day or 1)
        if not EARLIEST <= year <= LATEST:
            raise ValueError
        groups = match.groupdict()
        if not groups.get("hour"):
            return known, "month" if day is None else "day"
        hour = int(groups["hour"])
        if groups.get("half"):
            hour = hour % 12 + (12 if groups["half"].lower().startswith("p") else 0)
        return datetime(year, month, day or 1, hour, int(groups["minute"] or 0), int(groups["second"] or 0)), "minute"
    except ValueError:
        raise _no_date(text) from None


def _of_mail(text: str) -> Told:
    """Wed, 22 Jan 2014 17:47:00 -0500: https://www.rfc-editor.org/rfc/rfc5322#section-3.3"""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        raise _no_date(text) from None
    if not EARLIEST <= moment.year <= LATEST:
        raise _no_date(text)
    return moment, "minute"


def _no_date(text: str) -> Refusal:
    return Refusal(
        f"“{text[:60]}” can't be read as a date.",
        "Write it as 2014-01-22, 2014-01 or 2014 in the table, or leave it empty.",
    )
