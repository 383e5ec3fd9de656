"""How fast an import is, beside the plainest way in which a database takes the same rows. README.md tells the method.

.venv/bin/python benchmarks/import.py --size 10000
.venv/bin/python benchmarks/import.py --size 1000000 --formats jsonl --twice
"""

import argparse
import json
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

# So many rows in a transaction and in one call of executemany.
PLAIN_ROWS = 10_000
FTS = "unicode61 remove_diacritics 2"
TAG = re.compile(r"<[^>]*>")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=10_000, help="how many articles")
    parser.add_argument("--formats", default="jsonl,csv,wxr")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--twice", action="store_true", help="then as many other articles, into the same archive")
    parser.add_argument("--folder", type=Path, help="where files and databases are kept meanwhile")
    parser.add_argument("work", nargs="*", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.work:
        print(json.dumps(WORK[told.work[0]](*told.work[1:])))
        return
    folder = Path(tempfile.mkdtemp(prefix="newsroom-benchmark-", dir=told.folder))
    try:
        print(
            f"{date.today()}, {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start"
        )
        print("| database | format | articles | import, s | a second | plain, s | search, s | ratio | memory, MB |")
        print("|---|---|---|---|---|---|---|---|---|")
        for database in told.databases.split(","):
            for name in told.formats.split(","):
                measure(folder, database, name, told.size, told.twice)
        print(f"Load {os.getloadavg()[0]:.1f} at the end.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(folder, database, name, size, twice):
    """Import a made-up archive, then write the same rows plainly into an empty database; a line for each time."""
    with databases(database, folder) as (own, plain):
        in_process("migrate", own)
        first = 0
        for turn in ("", " more") if twice else ("",):
            file = folder / f"archive-{first}.{name}"
            in_process("write", own, name, first, size, file)
            took = in_process("take", own, file, name)
            file.unlink()
            if took["created"] != size:
                raise SystemExit(f"Not all articles were taken: {took}")
            shown = [database, name, f"{size:,}{turn}", f"{took['seconds']:.1f}", f"{size / took['seconds']:.0f}"]
            if first:
                print(f"| {' | '.join(shown)} | | | | {took['megabytes']} |", flush=True)
                continue
            in_process("migrate", plain)
            rows, search = in_process("plain", plain, own["DATABASE_URL"]).values()
            # An import does not write the rows of the search yet; it can't take less for them than this.
            ratio = (rows + search) / (took["seconds"] + search)
            shown += [f"{rows:.1f}", f"{search:.1f}", f"{ratio:.2f}", f"{took['megabytes']}"]
            print(f"| {' | '.join(shown)} |", flush=True)
            first += size


class databases:
    """The environments of two empty databases."""

    def __init__(self, kind, folder):
        self.kind = kind
        self.folder = Path(tempfile.mkdtemp(dir=folder))
        self.server = None

    def __enter__(self):
        if self.kind == "sqlite":
            urls = [f"sqlite:///{self.folder / name}.sqlite3" for name in ("own", "plain")]
        else:
            from tests.postgresql import postgresql

            self.server = postgresql()
            urls = [self.server.__enter__(), ""]
            urls[1] = new_database(urls[0])
        return [{"DATABASE_URL": url, "NEWSROOM_DATA": str(self.folder / "data")} for url in urls]

    def __exit__(self, *error):
        if self.server:
            self.server.__exit__(*error)
        shutil.rmtree(self.folder, ignore_errors=True)


def new_database(url):
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE plain")
    return url.replace("/postgres?", "/plain?")


def in_process(work, environment, *arguments):
    """Do a part of the work in a process of its own, whose memory is nobody else's."""
    command = [sys.executable, __file__, work, *map(str, arguments)]
    environment = {**os.environ, "NEWSROOM_ENV": "local", "DJANGO_SETTINGS_MODULE": "newsroom.settings", **environment}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return json.loads(done.stdout.splitlines()[-1])


# What is done in those


def migrate():
    set_up()
    from django.core.management import call_command

    from archive.models import Outlet

    call_command("migrate", verbosity=0)
    Outlet.objects.create(slug="example", name="Example", language="fr", time_zone="America/Toronto")


def write(name, first, size, path):
    sys.path.insert(0, str(Path(__file__).parent))
    from made_up import WRITERS, MadeUp

    WRITERS[name](MadeUp().articles(int(first), int(size)), Path(path))


def take(path, name):
    set_up()
    from archive.beside import calm_collector
    from archive.importers.saving import import_paths
    from archive.models import Outlet

    outlet = Outlet.objects.get(slug="example")
    # As the command does.
    calm_collector()
    began = time.perf_counter()
    report = import_paths([path], outlet, format_name=name, beside=True)
    seconds = time.perf_counter() - began
    # Of both processes, the highest that each had.
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "seconds": seconds,
        "created": report.created,
        "problems": [each.problem for each in report.problems[:3]],
        "megabytes": peak // 1024,
    }


def plain(source):
    """Write the rows of a database into another as plainly as can be. Reading them is not counted."""
    set_up()
    from django.apps import apps
    from django.db import connection

    is_sqlite = connection.vendor == "sqlite"
    if is_sqlite:
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE VIRTUAL TABLE plain_search USING fts5(headline, body, content='', tokenize='{FTS}')"
            )
    write_rows = copy if connection.vendor == "postgresql" else executemany
    # A table before those that point to it.
    models = sorted(apps.get_app_config("archive").get_models(include_auto_created=True), key=depth)
    seconds = search = 0.0
    for model in models:
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
        for columns, rows in rows_of(source, table):
            began = time.perf_counter()
            write_rows(connection, table, columns, rows)
            seconds += time.perf_counter() - began
            if is_sqlite and table == "archive_article":
                texts = searched(columns, rows)
                began = time.perf_counter()
                executemany(connection, "plain_search", ("rowid", "headline", "body"), texts)
                search += time.perf_counter() - began
    return {"rows": seconds, "search": search}


def searched(columns, rows):
    """What a search looks into: the words alone."""
    pk, headline, body = map(columns.index, ("id", "headline", "body"))
    return [(row[pk], row[headline], TAG.sub(" ", row[body])) for row in rows]


def depth(model, seen=()):
    above = [field.related_model for field in model._meta.concrete_fields if field.is_relation]
    return 1 + max((depth(each, (*seen, model)) for each in above if each not in (*seen, model)), default=0)


def rows_of(source, table):
    if source.startswith("sqlite"):
        import sqlite3

        cursor = sqlite3.connect(source.removeprefix("sqlite:///")).execute(f"SELECT * FROM {table}")  # noqa: S608
    else:
        import psycopg

        cursor = psycopg.connect(source).cursor("rows")
        cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
    while rows := cursor.fetchmany(PLAIN_ROWS):
        yield [column[0] for column in cursor.description], rows


def executemany(connection, table, columns, rows):
    from django.db import transaction

    names, places = ", ".join(f'"{name}"' for name in columns), ", ".join("?" for _name in columns)
    with transaction.atomic(), connection.cursor() as cursor:
        # Below Django, which would look at each statement.
        cursor.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608


def copy(connection, table, columns, rows):
    from django.db import transaction

    # JSON comes as it was read.
    rows = [[json.dumps(value) if isinstance(value, dict | list) else value for value in row] for row in rows]
    names = ", ".join(f'"{name}"' for name in columns)
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copying,
    ):
        for row in rows:
            copying.write_row(row)


def set_up():
    import django

    django.setup()


WORK = {"migrate": migrate, "write": write, "take": take, "plain": plain}

if __name__ == "__main__":
    main()
