"""The last article of a day, of many days at once."""

from django.db import connection
from django.utils import timezone

from archive.models.article import date_order_range
from archive.models.listing import listing_number, place_of_listing

from .matching import PUBLIC


def last_of_days(outlet, days, *, on=None):
    """The ids of the outlet's last public article of each of some days that has one; in one query.

    Days are (year, month, day) of the newsroom's calendar; one that there never was has none.
    `outlet` is a row or its id. What is known to the month or the year alone is of no day.
    """
    if not days:
        return []
    on = on or timezone.now().date()
    day_of_store = on if connection.vendor == "postgresql" else str(on)
    begins = f"o{getattr(outlet, 'pk', outlet):d} %"
    last = (
        "SELECT number FROM (SELECT l.number FROM archive_listing l"  # noqa: S608
        f" WHERE l.number >= %s AND l.number < %s AND l.terms LIKE %s AND {PUBLIC}"
        " ORDER BY l.number DESC LIMIT 1) found"
    )
    values = []
    for day in days:
        first, after = date_order_range(*day)
        values += [listing_number(first, 0), listing_number(after, 0), begins, *[day_of_store] * 4]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([last] * len(days)), values)
        return [place_of_listing(number)[1] for (number,) in cursor.fetchall()]
