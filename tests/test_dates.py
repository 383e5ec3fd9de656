from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from archive.dates import machine_date, written_date, written_day, written_month, written_time

SNOW = datetime(2019, 3, 1, 0, 5, tzinfo=ZoneInfo("America/Toronto"))
NBSP = "\N{NO-BREAK SPACE}"


def plain(words):
    return words.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("precision", "language", "words"),
    [
        ("minute", "fr", "1er mars 2019 à 0 h 05 HNE"),
        ("minute", "en", "March 1, 2019, 12:05 a.m. EST"),
        ("day", "fr", "1er mars 2019"),
        ("day", "en", "March 1, 2019"),
        ("month", "fr", "mars 2019"),
        ("month", "en", "March 2019"),
        ("year", "fr", "2019"),
        ("year", "en", "2019"),
        ("unknown", "fr", "Date inconnue"),
        ("unknown", "en", "Date unknown"),
    ],
)
def test_date_is_written_as_its_language_writes_it_and_no_closer_than_known(precision, language, words):
    assert plain(written_date(SNOW.date(), precision, SNOW, language)) == words


@pytest.mark.parametrize(
    ("precision", "text"),
    [
        ("minute", "2019-03-01T00:05-05:00"),
        ("day", "2019-03-01"),
        ("month", "2019-03"),
        ("year", "2019"),
        ("unknown", ""),
    ],
)
def test_machine_date_is_no_closer_than_known(precision, text):
    assert machine_date(SNOW.date(), precision, SNOW) == text


def test_clock_can_be_left_out():
    assert plain(written_date(SNOW.date(), "minute", SNOW, "fr", clock=False)) == "1er mars 2019"


def test_only_the_first_of_the_month_is_an_ordinal():
    assert plain(written_day(date(2019, 3, 2), "fr")) == "2 mars 2019"


def test_weekday_in_french():
    assert plain(written_day(date(2019, 3, 1), "fr", weekday=True)) == "vendredi 1er mars 2019"


def test_weekday_in_english():
    assert plain(written_day(date(2019, 3, 1), "en", weekday=True)) == "Friday, March 1, 2019"


def test_noon_is_twelve():
    assert plain(written_time(datetime(2019, 3, 1, 12, 0, tzinfo=UTC), "en")) == "12:00 p.m. UTC"


def test_zone_without_a_name_is_told_by_its_distance_from_utc():
    assert (
        plain(written_time(datetime(2019, 3, 1, 9, 30, tzinfo=ZoneInfo("America/Sao_Paulo")), "fr")) == "9 h 30 UTC-03"
    )


def test_day_of_the_month_does_not_leave_its_month():
    assert NBSP in written_day(date(2019, 3, 2), "fr")


def test_month_alone():
    assert written_month(2014, 8, "fr") == "août 2014"
