from datetime import date

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from archive.models import AddressMiss, miss
from tests.factories import make_outlet

pytestmark = pytest.mark.django_db

ADDRESS = "example.org/2014/01/22/a-story"


@pytest.fixture(autouse=True)
def pace(monkeypatch):
    """A process that has written nothing yet."""
    monkeypatch.setattr(miss, "_pace", miss._Pace())
    return miss._pace


@pytest.fixture
def minute_later(monkeypatch):
    def wait():
        now = miss.time.monotonic()
        monkeypatch.setattr(miss.time, "monotonic", lambda: now + 61)

    return wait


def count(address=ADDRESS):
    AddressMiss.objects.count_one(address, None)


def test_address_asked_for_in_vain_is_counted_with_its_days():
    outlet = make_outlet()
    AddressMiss.objects.count_one(ADDRESS, outlet.pk)
    today = timezone.now().date()
    assert AddressMiss.objects.values_list("address", "outlet", "count", "first_day", "last_day").get() == (
        ADDRESS,
        outlet.pk,
        1,
        today,
        today,
    )


def test_same_address_within_the_minute_is_counted_once():
    count()
    count()
    assert AddressMiss.objects.get().count == 1


def test_same_address_a_minute_later_is_counted_again(minute_later):
    count()
    minute_later()
    count()
    assert AddressMiss.objects.get().count == 2


def test_first_day_stays(minute_later):
    AddressMiss.objects.create(address=ADDRESS, first_day=date(2020, 1, 1), last_day=date(2020, 1, 1))
    count()
    assert AddressMiss.objects.get().first_day == date(2020, 1, 1)


def test_same_address_within_the_minute_writes_nothing(django_assert_num_queries):
    count()
    with django_assert_num_queries(1):
        count()


def test_flood_of_addresses_is_written_in_part():
    for number in range(200):
        count(f"{ADDRESS}-{number}")
    assert 60 <= AddressMiss.objects.count() <= 65


def test_gigantic_address_is_not_counted():
    count("example.org/" + "a" * 500)
    assert not AddressMiss.objects.exists()


def test_rarest_and_oldest_are_forgotten_first():
    for number, (times, day) in enumerate([(1, 2), (1, 1), (5, 1)]):
        day = date(2020, 1, day)
        AddressMiss.objects.create(address=f"example.org/{number}", count=times, first_day=day, last_day=day)
    AddressMiss.objects.forget_rarest(keep=2)
    assert set(AddressMiss.objects.values_list("address", flat=True)) == {"example.org/0", "example.org/2"}


def test_while_another_writes_it_is_not_counted_and_nothing_fails(monkeypatch):
    def locked(_manager, *_arguments, **_options):
        raise OperationalError("database is locked")

    monkeypatch.setattr(miss.AddressMissManager, "bulk_create", locked)
    count()
    assert not AddressMiss.objects.exists()


@pytest.mark.sqlite
def test_patience_of_the_connection_is_as_before():
    count()
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (20_000,)
