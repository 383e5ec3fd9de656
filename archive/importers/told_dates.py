"""Dates as machines tell them (ISO 8601, https://www.w3.org/TR/NOTE-datetime), no more precise than they are told."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from .base import Precision

# The first newspapers, and a clock that was set wrong.
EARLIEST, LATEST = 1500, 2200
Told = tuple[date | None, Precision]
UNKNOWN: Told = (None, "unknown")
UNSET = datetime(1970, 1, 1, tzinfo=UTC)

_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")
_BLANK_BEFORE_OFFSET = re.compile(r"(?<=\d) (?=(?:[+-]\d\d:?\d\d|Z|UTC)$)")


def read_date(text: str, zone: tzinfo | None = None, *, as_told: bool = False) -> Told | None:
    """A date with its precision; None for what is no date, or out of all range. A clock without a zone is `zone`'s.

    The first second of 1970 is no date but what machines write for none, except where all is to be taken `as_told`.
    """
    text = text.strip()
    try:
        if _YEAR.fullmatch(text):
            return _kept(date(int(text), 1, 1), "year")
        if match := _MONTH.fullmatch(text):
            return _kept(date(int(match[1]), int(match[2]), 1), "month")
        if match := _DAY.fullmatch(text):
            return _kept(date(*map(int, match.groups())), "day")
        moment = datetime.fromisoformat(_BLANK_BEFORE_OFFSET.sub("", text).replace("UTC", "Z"))
    except ValueError:
        return None
    if moment.tzinfo is None and zone is not None:
        moment = moment.replace(tzinfo=zone)
    return None if moment == UNSET and not as_told else _kept(moment, "minute")


def read_moment(text: str, zone: tzinfo | None = None) -> datetime | None:
    """A date to the minute, or None."""
    told = read_date(text, zone)
    return told[0] if told and isinstance(told[0], datetime) else None


def moment_of(milliseconds: float) -> datetime | None:
    """A number of milliseconds since 1970, as JavaScript counts."""
    try:
        moment = UNSET + timedelta(milliseconds=milliseconds)
    except (OverflowError, ValueError):
        return None
    return moment if EARLIEST <= moment.year <= LATEST and moment != UNSET else None


def _kept(told: date, precision: Precision) -> Told | None:
    return (told, precision) if EARLIEST <= told.year <= LATEST else None
