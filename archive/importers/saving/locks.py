"""Whether the process of a run is alive: it holds a lock that the system takes back when it dies, however it dies."""

from contextlib import contextmanager, suppress
from hashlib import blake2b

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from archive.models import ImportRun

try:
    import fcntl
except ImportError:  # Windows has other locks; there a run that broke off is told by nobody.
    fcntl = None


@contextmanager
def held(key):
    """Hold the lock of a run while it lasts."""
    if connection.vendor == "postgresql":
        with _held_in_database(key):
            yield
    elif fcntl is None:
        yield
    else:
        with _held_on_disk(key):
            yield


def end_broken_off():
    """Tell the runs whose process died as broken off. Returns their keys."""
    ended = []
    for run in ImportRun.objects.filter(state=ImportRun.State.RUNNING).order_by("pk"):
        if not is_held(run.key):
            # Another that begins at the same time may have told it.
            now = timezone.now()
            rows = ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.RUNNING)
            if rows.update(state=ImportRun.State.BROKEN_OFF, finished_at=now):
                ended.append(run.key)
    return ended


def _path(key):
    return settings.DATA_DIR / "runs" / f"{key}.lock"


@contextmanager
def _held_on_disk(key):
    path = _path(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def _held_in_database(key):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_number(key)])
    try:
        yield
    finally:
        # A connection that is lost has let it go.
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_number(key)])


def is_held(key):
    """Whether the process of a run is alive."""
    if connection.vendor == "postgresql":
        return _is_held_in_database(key)
    if fcntl is None:
        return True
    path = _path(key)
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    path.unlink(missing_ok=True)
    return False


def _is_held_in_database(key):
    # Not by trying: the session that holds a lock gets it again.
    number = _number(key) & 0xFFFFFFFFFFFFFFFF
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT EXISTS (
                SELECT FROM pg_locks
                WHERE locktype = 'advisory' AND objsubid = 1 AND classid = %s AND objid = %s
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            )
            """,
            [number >> 32, number & 0xFFFFFFFF],
        )
        return cursor.fetchone()[0]


def _number(key):
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
