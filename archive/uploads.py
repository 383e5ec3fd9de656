"""Where uploaded files wait until they are imported: under random names, in a folder that is never served.

What was refused of a file stands there too, after the file itself is gone, until its job is forgotten.
"""

import os
import re
import secrets
import shutil
import time
from contextlib import contextmanager, suppress
from tempfile import NamedTemporaryFile

from django.conf import settings

# A name that is being written to; its writer may have died.
BEING_WRITTEN = ".receiving-"
LEFT_AFTER_SECONDS = 24 * 60 * 60
# What the database and everything else on the disk must still have room for.
KEPT_FREE = 256 * 2**20
_NAME = re.compile("[0-9a-f]{32}")


def folder():
    made = settings.DATA_DIR / "uploads"
    # It may hold what is not public: only this user reads it.
    made.mkdir(mode=0o700, parents=True, exist_ok=True)
    return made


def has_room_for(size):
    return shutil.disk_usage(folder()).free > size + KEPT_FREE


def new_file():
    """A file to write to; `keep` gives it its name, and `discard` takes it away."""
    _sweep()
    return NamedTemporaryFile(dir=folder(), prefix=BEING_WRITTEN, delete=False)


def keep(file):
    """Keep what was written, safe from a power cut, and tell under which name."""
    file.flush()
    os.fsync(file.fileno())
    file.close()
    name = secrets.token_hex(16)
    os.replace(file.name, folder() / name)
    return name


def discard(file):
    file.close()
    with suppress(FileNotFoundError):
        os.unlink(file.name)


def path_of(name):
    """Raises FileNotFoundError where the file is not kept any more."""
    path = folder() / name
    if not _NAME.fullmatch(name) or not path.is_file():
        raise FileNotFoundError(name)
    return path


@contextmanager
def place_for_rejects(job):
    """Where to write what is refused of a job's file, in the place of what was before; kept if it is not empty."""
    path = rejects_of(job)
    # Whoever was at the job before writes to a file that nobody finds any more.
    path.unlink(missing_ok=True)
    try:
        yield path
    finally:
        if not has_rejects(job):
            remove_rejects(job)


def rejects_of(job):
    return folder() / f"{job.key}.rejects"


def has_rejects(job):
    with suppress(FileNotFoundError):
        return rejects_of(job).stat().st_size > 0
    return False


def remove_rejects(job):
    rejects_of(job).unlink(missing_ok=True)


def remove(name):
    if _NAME.fullmatch(name):
        (folder() / name).unlink(missing_ok=True)


def _sweep():
    for path in folder().glob(f"{BEING_WRITTEN}*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - LEFT_AFTER_SECONDS:
                path.unlink()
