"""How fast an import is, beside the plainest way in which a database takes the same rows. README.md tells the method.

.venv/bin/python benchmarks/import.py --size 10000
.venv/bin/python benchmarks/import.py --size 1000000 --formats jsonl --twice --alone
"""

import argparse
import json
import os
import platform
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
# Of archives up to this size it is also measured how long it takes to import the same again, and a newer export.
MOST_CHANGED = 20_000
SECONDS_BETWEEN_LINES = 10
FTS5_COLUMNS = "headline, summary, body, terms"
HEAD = (
    "database | format | articles | import, s | a second | plain rows, s | plain search rows, s | ratio | memory, MB",
    "database | format | articles | unchanged, ms | updated, ms | rebuilt unchanged, ms | undone, ms",
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=10_000, help="how many articles")
    parser.add_argument("--formats", default="jsonl,csv,wxr")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--twice", action="store_true", help="then as many other articles, into the same archive")
    parser.add_argument(
        "--alone", action="store_true", help="without the yardstick: how long it takes, and how much memory"
    )
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
        changed = []
        print_row(HEAD[0].split(" | "))
        print_row(["---"] * len(HEAD[0].split(" | ")))
        for database in told.databases.split(","):
            for name in told.formats.split(","):
                changed += measure(folder, database, name, told.size, told.twice, told.alone)
        if changed:
            print()
            print_row(HEAD[1].split(" | "))
            print_row(["---"] * len(HEAD[1].split(" | ")))
            for row in changed:
                print_row(row)
        print(f"Load {os.getloadavg()[0]:.1f} at the end.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def print_row(values):
    print(f"| {' | '.join(map(str, values))} |", flush=True)


def tell(words):
    print(words, file=sys.stderr, flush=True)


def measure(folder, database, name, size, twice, alone):
    """Import a made-up archive, then write the same rows plainly into an empty database; a line for each time.

    Returns the rows that tell of imports into the archive that is there.
    """
    with databases(database, folder) as (own, plain):
        in_process("migrate", own)
        for turn in range(2 if twice else 1):
            first = turn * size
            file = folder / f"archive-{first}.{name}"
            tell(f"{database}, {name}: writing {size:,} articles into {file} …")
            in_process("write", own, name, first, size, "", file)
            tell(f"{database}, {name}: importing {file.stat().st_size >> 20:,} MB …")
            took = in_process("take", own, file, name, size)
            file.unlink()
            if took["created"] != size:
                raise SystemExit(f"Not all articles were taken: {took}")
            shown = [database, name, f"{size:,}", f"{took['seconds']:.1f}", f"{size / took['seconds']:.0f}"]
            if turn or alone:
                shown[2] = f"{size:,} more" if turn else shown[2]
                print_row([*shown, "", "", "", took["megabytes"]])
                continue
            in_process("migrate", plain)
            tell(f"{database}, {name}: writing the same rows plainly …")
            rows, search = in_process("plain", own, plain["NAME"]).values()
            ratio = (rows + search) / took["seconds"]
            if database == "sqlite":
                # Room for what comes next.
                Path(plain["NAME"]).unlink()
            print_row([*shown, f"{rows:.1f}", f"{search:.1f}", f"{ratio:.2f}", took["megabytes"]])
        return [[database, name, f"{size:,}", *change(folder, own, name, size)]] if size <= MOST_CHANGED else []


def change(folder, own, name, size):
    """Milliseconds for each article: imported again unchanged, updated by a newer export, rebuilt, and that undone."""
    same, newer = (folder / f"{kind}.{name}" for kind in ("same", "newer"))
    in_process("write", own, name, 0, size, "", same)
    in_process("write", own, name, 0, size, "newer", newer)
    again = in_process("take", own, same, name, size)
    rebuilt = in_process("rebuild", own)
    updated = in_process("take", own, newer, name, size)
    undone = in_process("undo", own)
    if (again["unchanged"], updated["updated"], rebuilt["unchanged"], undone["restored"]) != (size,) * 4:
        raise SystemExit(f"Not all articles were taken: {again}, {updated}, {rebuilt}, {undone}")
    return [f"{each['seconds'] * 1000 / size:.2f}" for each in (again, updated, rebuilt, undone)]


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
        names = ["", "plain" if self.server else str(self.folder / "plain.sqlite3")]
        data = str(self.folder / "data")
        return [
            {"DATABASE_URL": url, "NEWSROOM_DATA": data, "NAME": name} for url, name in zip(urls, names, strict=True)
        ]

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


def write(name, first, size, kind, path):
    sys.path.insert(0, str(Path(__file__).parent))
    from made_up import WRITERS, MadeUp, newer

    articles = MadeUp().articles(int(first), int(size))
    WRITERS[name](map(newer, articles) if kind == "newer" else articles, Path(path))


class Progress:
    """A line now and then, of how far an import is and how fast it was since the last."""

    def __init__(self, size):
        self.size = size
        self.began = self.last = time.perf_counter()
        self.taken = 0

    def __call__(self, report):
        now = time.perf_counter()
        if now - self.last < SECONDS_BETWEEN_LINES:
            return
        rate = (report.taken - self.taken) / (now - self.last)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        tell(
            f"{report.taken:,} of {self.size:,} in {now - self.began:.0f} s, {rate:.0f} a second now, "
            f"{peak} MB in the process that saves"
        )
        self.last, self.taken = now, report.taken


def take(path, name, size):
    set_up()
    from archive.beside import settle_down
    from archive.importers.saving import import_paths
    from archive.models import Outlet

    outlet = Outlet.objects.get(slug="example")
    # As the command does.
    settle_down()
    began = time.perf_counter()
    report = import_paths([path], outlet, format_name=name, beside=True, progress=Progress(int(size)))
    seconds = time.perf_counter() - began
    # Of both processes, the highest that each had.
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "seconds": seconds,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "problems": [each.problem for each in report.problems[:3]],
        "megabytes": peak // 1024,
    }


def rebuild():
    set_up()
    from archive.importers.saving import rebuild_articles
    from archive.models import Outlet

    began = time.perf_counter()
    [(_outlet, rebuilt)] = rebuild_articles(Outlet.objects.all())
    return {"seconds": time.perf_counter() - began, "unchanged": rebuilt.unchanged}


def undo():
    """Undo the last run."""
    set_up()
    from archive.importers.saving import undo_run
    from archive.models import ImportRun

    began = time.perf_counter()
    undone = undo_run(ImportRun.objects.latest("pk"))
    return {"seconds": time.perf_counter() - began, "restored": undone.restored}


def plain(name):
    """Write the rows of the archive, and of its search, into another database as plainly as can be.

    That is what is timed, and neither reading them nor finding their stems.
    """
    set_up()
    from django.apps import apps
    from django.db import connections

    # As the archive's own is set, in all but its name.
    connections.settings["plain"] = {**connections.settings["default"], "NAME": name}
    target = connections["plain"]
    write_rows = copy if target.vendor == "postgresql" else executemany
    # A table before those that point to it.
    models = sorted(apps.get_app_config("archive").get_models(include_auto_created=True), key=depth)
    seconds = search = 0.0
    for model in models:
        table = model._meta.db_table
        with target.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
        for columns, rows in rows_of(table):
            began = time.perf_counter()
            write_rows(target, table, columns, rows)
            seconds += time.perf_counter() - began
    table = "archive_search"
    if target.vendor == "sqlite":
        # As SQLite has it, with nothing set: what the archive's own gains by its settings is the import's.
        table = "plain_search"
        with target.cursor() as cursor:
            cursor.execute(f"CREATE VIRTUAL TABLE {table} USING fts5({FTS5_COLUMNS}, content='', tokenize='ascii')")
    for columns, rows in search_rows(target.vendor):
        began = time.perf_counter()
        write_rows(target, table, columns, rows)
        search += time.perf_counter() - began
    return {"rows": seconds, "search": search}


def search_rows(vendor):
    """The rows of the search with the same stems, as many at once as of any table."""
    from archive.models import Article
    from archive.search import postgresql
    from archive.search.cards import read_cards
    from archive.search.parts import part_of

    last = 0
    while pks := list(Article.objects.order_by("pk").filter(pk__gt=last).values_list("pk", flat=True)[:PLAIN_ROWS]):
        last = pks[-1]
        cards = [
            card
            for start in range(0, len(pks), 1000)
            for card in read_cards(Article.objects.filter(pk__in=pks[start : start + 1000])).values()
        ]
        cards.sort(key=lambda card: card.number)
        if vendor == "postgresql":
            yield ["number", "vector"], [(card.number, postgresql.vector(card)) for card in cards]
        else:
            columns = ["rowid", "headline", "summary", "body", "terms"]
            yield (
                columns,
                [
                    (card.number, card.headline, card.summary, card.body, f"{card.terms} {part_of(card.number)}")
                    for card in cards
                ],
            )


def depth(model, seen=()):
    above = [field.related_model for field in model._meta.concrete_fields if field.is_relation]
    return 1 + max((depth(each, (*seen, model)) for each in above if each not in (*seen, model)), default=0)


def rows_of(table):
    from django.db import connection, transaction

    connection.ensure_connection()
    own = connection.connection
    if connection.vendor == "sqlite":
        yield from fetched(own.execute(f"SELECT * FROM {table}"))  # noqa: S608
    else:
        with transaction.atomic(), own.cursor("rows") as cursor:
            yield from fetched(cursor.execute(f"SELECT * FROM {table}"))  # noqa: S608


def fetched(cursor):
    while rows := cursor.fetchmany(PLAIN_ROWS):
        yield [column[0] for column in cursor.description], rows


def executemany(connection, table, columns, rows):
    from django.db import transaction

    names, places = ", ".join(f'"{name}"' for name in columns), ", ".join("?" for _name in columns)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        # Below Django, which would look at each statement.
        cursor.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608


def copy(connection, table, columns, rows):
    from django.db import transaction

    # JSON comes as it was read.
    rows = [[json.dumps(value) if isinstance(value, dict | list) else value for value in row] for row in rows]
    names = ", ".join(f'"{name}"' for name in columns)
    with (
        transaction.atomic(using=connection.alias),
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copying,
    ):
        for row in rows:
            copying.write_row(row)


def set_up():
    import django

    django.setup()


WORK = {"migrate": migrate, "write": write, "take": take, "plain": plain, "rebuild": rebuild, "undo": undo}

if __name__ == "__main__":
    main()
