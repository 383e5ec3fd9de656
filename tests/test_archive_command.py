import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_database_that_was_not_migrated_is_told_with_the_remedy(tmp_path):
    environment = {
        **os.environ,
        "NEWSROOM_ENV": "local",
        "NEWSROOM_DATA": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'archive.sqlite3'}",
    }
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", "import_articles", "README.md", "--outlet", "herald"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, "Traceback" in done.stderr, "manage.py migrate" in done.stderr) == (2, False, True)
