"""SQLite 3.7.0 to 3.51.2 can corrupt a WAL database on reset: https://www.sqlite.org/wal.html#walresetbug"""

import importlib
import sqlite3
import sys

FIRST_AFFECTED = (3, 7, 0)
LAST_AFFECTED = (3, 51, 2)
FIXED_BETWEEN = {(3, 44, 6), (3, 50, 7)}


def has_wal_reset_bug(version: tuple[int, ...]) -> bool:
    return FIRST_AFFECTED <= version <= LAST_AFFECTED and version not in FIXED_BETWEEN


def use_fixed_sqlite() -> None:
    """Put pysqlite3 in sqlite3's place where the platform's SQLite is affected and pysqlite3's is not."""
    if not has_wal_reset_bug(sqlite3.sqlite_version_info):
        return
    try:
        fixed = importlib.import_module("pysqlite3")
    except ImportError:
        return
    if not has_wal_reset_bug(fixed.sqlite_version_info):
        sys.modules["sqlite3"] = fixed
        sys.modules["sqlite3.dbapi2"] = fixed.dbapi2
