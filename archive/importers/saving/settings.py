"""How a database is told to work while much is written to it at once."""

from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection, transaction

from archive.search.stores import store

# The file is read into SQLite's own cache, which has a bound, and not into the process's memory besides. What was
# written goes into the database's file 512 MB at a time, for most of it is pages of indexes, written over and over
# meanwhile. A commit no longer waits for the disk: after a power failure the last ones may be missing, each whole, and
# the same command goes on from there.
_PRAGMAS = {"mmap_size": 0, "cache_size": -24576, "wal_autocheckpoint": 128_000, "synchronous": 1}


@contextmanager
def for_much():
    """Have the connection write much at once, and as before when that is done."""
    if connection.in_atomic_block:
        yield
        return
    with _pragmas():
        _gather(True)
        try:
            yield
        finally:
            _gather(False)


@contextmanager
def _pragmas():
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in _PRAGMAS}
        _set(cursor, _PRAGMAS)
    try:
        yield
    finally:
        # A connection that is lost takes them with it.
        with suppress(DatabaseError), connection.cursor() as cursor:
            _set(cursor, before)


def _gather(is_much):
    # It is for speed alone: an import that may not do so does without.
    with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        store().gather(cursor, is_much)


def _set(cursor, pragmas):
    for name, value in pragmas.items():
        cursor.execute(f"PRAGMA {name} = {value}").fetchall()
