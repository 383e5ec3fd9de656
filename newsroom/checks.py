import sqlite3

from django.conf import settings
from django.core.checks import Tags, Warning, register

from .sqlite import has_wal_reset_bug


@register(Tags.compatibility)
def sqlite_is_fixed(app_configs, **kwargs):
    in_use = settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
    if not in_use or not has_wal_reset_bug(sqlite3.sqlite_version_info):
        return []
    return [
        Warning(
            f"SQLite {sqlite3.sqlite_version} can corrupt a database in WAL mode.",
            hint=(
                "Install pysqlite3, which carries a fixed SQLite (pip install -r requirements.txt), "
                "or a Python linked to SQLite 3.51.3 or newer, or set DATABASE_URL to PostgreSQL."
            ),
            id="archive.W001",
        )
    ]
