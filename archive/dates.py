"""Dates as each language writes them, and never more precise than they are known. Pure."""

import re
from datetime import UTC, date, datetime, tzinfo

MONTHS = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
# As they are cut short where there is little room.
SHORT_MONTHS = {
    "fr": ["janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
    "en": ["Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."],
}
WEEKDAYS = {
    "fr": ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}
UNKNOWN = {"fr": "Date inconnue", "en": "Date unknown"}
# What Canada's time zones are called in French.
_FRENCH_ZONES = {
    "NST": "HNT",
    "NDT": "HAT",
    "AST": "HNA",
    "ADT": "HAA",
    "EST": "HNE",
    "EDT": "HAE",
    "CST": "HNC",
    "CDT": "HAC",
    "MST": "HNR",
    "MDT": "HAR",
    "PST": "HNP",
    "PDT": "HAP",
}
_NBSP = "\N{NO-BREAK SPACE}"
_MACHINE_DATE = re.compile(
    r"([12][0-9]{3})(?:-([0-9]{1,2})(?:-([0-9]{1,2})"
    r"(?:(?:T| +)([0-9]{1,2}) ?[:h] ?([0-9]{2})(?::([0-9]{2}))? ?(Z|[+-][0-9]{2}:?[0-9]{2})?)?)?)?"
)


def written_month(year: int, month: int, language: str) -> str:
    """« janvier 2014 », “January 2014”."""
    return f"{MONTHS[language][month - 1]} {year}"


def written_day(day: date, language: str, *, weekday: bool = False) -> str:
    """« 1er mars 2019 », “March 1, 2019”; with the weekday « vendredi 1er mars 2019 », “Friday, March 1, 2019”."""
    if language == "fr":
        number = "1er" if day.day == 1 else str(day.day)
        words = f"{number}{_NBSP}{MONTHS['fr'][day.month - 1]} {day.year}"
        return f"{WEEKDAYS['fr'][day.weekday()]} {words}" if weekday else words
    words = f"{MONTHS['en'][day.month - 1]}{_NBSP}{day.day}, {day.year}"
    return f"{WEEKDAYS['en'][day.weekday()]}, {words}" if weekday else words


def written_time(moment: datetime, language: str) -> str:
    """« 17 h 47 HNE », “5:47 p.m. EST”: the clock of the moment's own time zone, named where it has a name."""
    zone = moment.strftime("%Z")
    if not zone.isalpha():
        zone = f"UTC{moment.strftime('%z')[:3]}" if moment.utcoffset() is not None else ""
    if language == "fr":
        clock = f"{moment.hour}{_NBSP}h{_NBSP}{moment.minute:02}"
        zone = _FRENCH_ZONES.get(zone, zone)
    else:
        clock = f"{moment.hour % 12 or 12}:{moment.minute:02}{_NBSP}{'a.m.' if moment.hour < 12 else 'p.m.'}"
    return f"{clock}{_NBSP}{zone}".strip(_NBSP)


def written_date(
    day: date | None, precision: str, moment: datetime | None, language: str, *, clock: bool = True
) -> str:
    """A date in words.

    `precision` is "minute", "day", "month", "year" or "unknown"; `moment` is the local time, needed for a minute.
    With `clock` false the time of day is left out.
    """
    if day is None or precision == "unknown":
        return UNKNOWN[language]
    if precision == "year":
        return str(day.year)
    if precision == "month":
        return written_month(day.year, day.month, language)
    words = written_day(day, language)
    if precision == "minute" and moment is not None and clock:
        return f"{words}{' à ' if language == 'fr' else ', '}{written_time(moment, language)}"
    return words


def machine_date(day: date | None, precision: str, moment: datetime | None) -> str:
    """The same for a machine: ISO 8601 at its precision (2014, 2014-01, 2014-01-22, 2014-01-22T17:47-05:00), or ""."""
    if day is None or precision == "unknown":
        return ""
    if precision == "minute" and moment is not None:
        return moment.isoformat(timespec="minutes")
    return day.isoformat()[: {"year": 4, "month": 7}.get(precision, 10)]


class SkippedHourError(ValueError):
    """A time that the clocks of its zone never showed, since they were put forward."""


def read_machine_date(text: str, zone: tzinfo) -> tuple[date | None, str, datetime | None]:
    """What `machine_date` wrote, or a person typed, as (day, precision, moment).

    A time of day is that of `zone` unless it has an offset of its own. Raises ValueError for what is no date.
    """
    text = text.strip()
    if not text:
        return None, "unknown", None
    match = _MACHINE_DATE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day, hour, minute, second, offset = match.groups()
    known = date(int(year), int(month or 1), int(day or 1))
    if hour is None:
        return known, "day" if day else "month" if month else "year", None
    if offset is not None:
        moment = datetime.fromisoformat(f"{known}T{int(hour):02}:{minute}:{second or '00'}{offset}").astimezone(zone)
        return moment.date(), "minute", moment
    moment = datetime(known.year, known.month, known.day, int(hour), int(minute), int(second or 0), tzinfo=zone)
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise SkippedHourError(text)
    return known, "minute", moment
