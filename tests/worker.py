"""The worker as the operator runs it: a process of its own, on this test's database and folder."""

import os
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection


def environment():
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        address = f"sqlite:///{name}"
    else:
        parts = urlsplit(os.environ["DATABASE_URL"])
        address = urlunsplit(parts._replace(path=f"/{name}"))
    return os.environ | {"DATABASE_URL": address, "NEWSROOM_DATA": str(settings.DATA_DIR), "NEWSROOM_ENV": "local"}


@contextmanager
def started(*arguments, **options):
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_jobs", "--poll", "0.2", *arguments]
    process = subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True, **options)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
