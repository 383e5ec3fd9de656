import sqlite3
import sys
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection
from django.db.backends.sqlite3.base import Database

from newsroom.checks import sqlite_is_fixed
from newsroom.sqlite import has_wal_reset_bug, use_fixed_sqlite


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 4), False),
        ((4, 0, 0), False),
    ],
)
def test_affected_versions(version, affected):
    assert has_wal_reset_bug(version) is affected


@pytest.fixture
def platform(monkeypatch):
    """A Python linked to one SQLite, with a pysqlite3 that carries another, or with none."""

    def link(version, carried):
        here = SimpleNamespace(sqlite_version_info=version)
        wheel = carried and SimpleNamespace(sqlite_version_info=carried, dbapi2=object())
        monkeypatch.setattr("newsroom.sqlite.sqlite3", here)
        monkeypatch.setitem(sys.modules, "sqlite3", here)
        monkeypatch.setitem(sys.modules, "sqlite3.dbapi2", here)
        monkeypatch.setitem(sys.modules, "pysqlite3", wheel)
        return here, wheel

    return link


def test_fixed_wheel_takes_the_place_of_an_affected_sqlite(platform):
    _, wheel = platform((3, 40, 1), carried=(3, 53, 4))

    use_fixed_sqlite()

    assert sys.modules["sqlite3"] is wheel
    assert sys.modules["sqlite3.dbapi2"] is wheel.dbapi2


@pytest.mark.parametrize(
    ("version", "carried"),
    [((3, 53, 0), (3, 53, 4)), ((3, 40, 1), (3, 46, 0)), ((3, 40, 1), None)],
    ids=["platform is fixed", "wheel is affected too", "no wheel"],
)
def test_platform_keeps_its_sqlite(platform, version, carried):
    here, _ = platform(version, carried)

    use_fixed_sqlite()

    assert sys.modules["sqlite3"] is here


def test_django_uses_the_sqlite_that_was_chosen():
    assert Database is sys.modules["sqlite3.dbapi2"]


def test_check_warns_of_an_affected_sqlite_and_tells_the_remedy(monkeypatch, settings):
    monkeypatch.setitem(settings.DATABASES, "default", {"ENGINE": "django.db.backends.sqlite3"})
    monkeypatch.setattr(
        "newsroom.checks.sqlite3", SimpleNamespace(sqlite_version_info=(3, 40, 1), sqlite_version="3.40.1")
    )

    [warning] = sqlite_is_fixed(None)

    assert (warning.id, warning.msg) == ("archive.W001", "SQLite 3.40.1 can corrupt a database in WAL mode.")
    assert "pysqlite3" in warning.hint


def test_check_is_silent_on_postgresql(monkeypatch, settings):
    monkeypatch.setitem(settings.DATABASES, "default", {"ENGINE": "django.db.backends.postgresql"})
    monkeypatch.setattr("newsroom.checks.sqlite3", SimpleNamespace(sqlite_version_info=(3, 40, 1)))

    assert sqlite_is_fixed(None) == []


def test_check_is_silent_on_a_fixed_sqlite(monkeypatch, settings):
    monkeypatch.setitem(settings.DATABASES, "default", {"ENGINE": "django.db.backends.sqlite3"})
    monkeypatch.setattr("newsroom.checks.sqlite3", SimpleNamespace(sqlite_version_info=(3, 53, 4)))

    assert sqlite_is_fixed(None) == []


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("trusted_schema", 0),
        ("journal_size_limit", 67108864),
        ("mmap_size", 134217728),
        ("cache_size", -32768),
        ("busy_timeout", 20000),
    ],
)
def test_connection_is_set_for_production(db, pragma, value):
    with connection.cursor() as cursor:
        assert cursor.execute(f"PRAGMA {pragma}").fetchone() == (value,)


@pytest.mark.sqlite
def test_transaction_takes_the_write_lock_at_once(transactional_db):
    from django.db import transaction

    other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0, isolation_level=None)
    with transaction.atomic(), pytest.raises(sqlite3.OperationalError, match="locked"):
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        other.execute("BEGIN IMMEDIATE")
    other.close()


@pytest.mark.sqlite
def test_full_text_table_works(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE VIRTUAL TABLE words USING fts5(body, tokenize = 'unicode61 remove_diacritics 2')")
        try:
            cursor.execute("INSERT INTO words (body) VALUES ('Les Jeux olympiques de Sotchi'), ('Une élection')")
            found = cursor.execute("SELECT body FROM words WHERE words MATCH 'election'").fetchall()
        finally:
            cursor.execute("DROP TABLE words")
    assert found == [("Une élection",)]


@pytest.mark.sqlite
def test_database_refuses_a_row_that_points_nowhere(transactional_db):
    from django.contrib.admin.models import LogEntry

    with pytest.raises(DatabaseError):
        LogEntry.objects.create(user_id=404, action_flag=1)
