import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def import_into(database, data):
    environment = {**os.environ, "NEWSROOM_ENV": "local", "NEWSROOM_DATA": str(data), "DATABASE_URL": database}
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", "import_articles", "README.md", "--outlet", "herald"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_database_that_can_not_be_reached_is_told_with_the_remedy(tmp_path):
    done = import_into("postgresql://nobody@127.0.0.1:1/nothing", tmp_path)
    assert (done.returncode, "Traceback" in done.stderr, "See that it can be reached" in done.stderr) == (
        3,
        False,
        True,
    )


def test_database_that_was_not_migrated_is_told_with_the_remedy(tmp_path):
    done = import_into(f"sqlite:///{tmp_path / 'archive.sqlite3'}", tmp_path)
    assert (done.returncode, "Traceback" in done.stderr, "manage.py migrate" in done.stderr) == (2, False, True)
