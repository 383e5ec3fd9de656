"""An import that is killed leaves nothing half there, and the same command goes on where it stopped."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

ROOT = Path(__file__).parent.parent
KILLING = Path(__file__).with_name("killing.py")


def kill(tmp_path, url, kills, *, beside=False):
    seed = random.randrange(10_000)  # noqa: S311
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "NEWSROOM_DATA": str(tmp_path / "data"),
        "PYTHONPATH": str(ROOT),
    }
    if not url:
        del environment["DATABASE_URL"]
    subprocess.run([sys.executable, ROOT / "manage.py", "migrate", "-v0"], env=environment, check=True, cwd=ROOT)
    done = subprocess.run(
        [sys.executable, KILLING, tmp_path, str(kills), str(seed), "beside" if beside else "alone"],
        env=environment,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, f"with the seed {seed}:\n{done.stderr[-3000:]}"
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.sqlite
def test_import_killed_a_hundred_times_loses_doubles_and_halves_nothing(tmp_path):
    told = kill(tmp_path, "", 100, beside=True)
    assert (told["killed"] >= 100, told["killed_own"] >= 25) == (True, True)


@pytest.mark.postgresql
def test_the_same_on_postgresql(transactional_db, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS killing")
        cursor.execute("CREATE DATABASE killing")
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path="/killing").geturl()
    assert kill(tmp_path, url, 10)["killed"] >= 10
