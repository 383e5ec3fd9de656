"""How long an old address takes to look up, in an archive of any size.

    python benchmarks/addresses.py --articles 1000000 --folder /somewhere/with/space [--json]
    DATABASE_URL=postgresql://… python benchmarks/addresses.py --articles 1000000 --folder /somewhere/with/space

Makes an archive with three addresses to an article (the same each time), looks some up each way, tells the time and the
plan of each question, and checks lists of addresses, short and long, each in a process of its own, whose memory it
tells. An archive that is there already, with so many articles, is used as it is.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent
BATCH = 10_000
LOOKED_UP = 2_000
# The demonstration archive, whose outlets these are, has its articles below.
FIRST = 1_000_000
WORDS = """
ville montreal quebec sante ecole hiver neige pont fleuve ministre projet loi train metro hockey finale match
cinema livre chanson famille enfant travail emploi budget impot vote election chef parti depute region village
ferme lait sirop cabane route moto velo avion port navire tempete pluie soleil chaleur record eau riviere foret
"""


def slug_of(number):
    known, words, rest = WORDS.split(), [], number * 2_654_435_761 % (1 << 40)
    for _word in range(7):
        rest, place = divmod(rest, len(known))
        words.append(known[place])
    return "-".join(words) + f"-{number % 97}"


def forms(number, slug):
    year, month, day = 2012 + number % 9, 1 + number % 12, 1 + number % 28
    outlet = "qc" if number % 5 < 2 else "ca"
    host = "quebec.huffingtonpost.ca" if outlet == "qc" else "www.huffingtonpost.ca"
    return (
        f"http://{host}/{year}/{month:02}/{day:02}/{slug[:60]}_n_{number + 100_000_000}.html",
        f"http://m.huffpost.com/{outlet}/entry/{number + 100_000_000}",
        f"https://www.huffpost.com/archive/{outlet}/entry/{slug[:60]}_n_{number + 100_000_000}",
    )


def make(articles, body):
    from django.core.management import call_command
    from django.db import connection, transaction

    from archive.addresses import letters, normalise, slug_in
    from archive.keys import derived_key
    from archive.models import Article, OldAddress, Outlet

    call_command("migrate", verbosity=0)
    call_command("loaddata", "demo", verbosity=0)
    ids = {slug: Outlet.objects.get(slug=slug).pk for slug in ("huffpost-quebec", "huffpost-canada")}
    text = "<p>" + "Le texte reste. " * (body // 16) + "</p>"

    def article(number):
        slug = slug_of(number)
        name = "huffpost-quebec" if number % 5 < 2 else "huffpost-canada"
        day = f"{2012 + number % 9}-{1 + number % 12:02}-{1 + number % 28:02}"
        original_id = str(number + 100_000_000)
        return Article(
            pk=FIRST + number,
            outlet_id=ids[name],
            key=derived_key(name, original_id),
            original_id=original_id,
            headline=slug.replace("-", " "),
            slug=slug,
            slug_letters=letters(slug),
            body=text,
            body_received=text,
            language="fr",
            published_on=day,
            published_precision="day",
            published_order=int(day.replace("-", "")) * 10_000,
        )

    def address(number, url):
        normal = normalise(url)
        return OldAddress(article_id=FIRST + number, url=url, normalised=normal, slug_letters=letters(slug_in(normal)))

    def insert(model, rows):
        fields = model._meta.local_concrete_fields if model is Article else model._meta.local_concrete_fields[1:]
        names = ", ".join(f'"{field.column}"' for field in fields)
        marks = ", ".join(["%s"] * len(fields))
        values = [[field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields] for row in rows]
        with connection.cursor() as cursor:
            cursor.executemany(f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})', values)  # noqa: S608

    for start in range(0, articles, BATCH):
        numbers = range(start, min(start + BATCH, articles))
        with transaction.atomic():
            insert(Article, [article(number) for number in numbers])
            insert(OldAddress, [address(number, url) for number in numbers for url in forms(number, slug_of(number))])
        print(f"\r{start + len(numbers):,} articles", end="", file=sys.stderr)
    print(file=sys.stderr)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def kinds(articles):
    """The ways to look up, and addresses that go each way."""
    step = max(1, articles // LOOKED_UP)
    numbers = range(7, articles, step)
    made = [(number, slug_of(number)) for number in numbers]
    return {
        "the address itself": [forms(number, slug)[0] for number, slug in made],
        "the id": [
            f"https://www.huffingtonpost.ca/entry/another-slug_n_{number + 100_000_000}" for number, _slug in made
        ],
        "the slug": [f"https://www.huffpost.com/archive/qc/entry/{slug}_qc_5ccc6223e4b0{n:08x}" for n, slug in made],
        "the slug, cut off": [
            f"https://www.huffpost.com/archive/ca/entry/{slug[:37]}_qc_5ccc6223e4b0{n:08x}" for n, slug in made
        ],
        "nothing": [
            f"http://quebec.huffingtonpost.ca/2014/01/22/never-{n}-here-at-all_n_{n}.html" for n, _slug in made
        ],
    }


def measure(articles):
    """{way: {what is measured: figures}}, times in milliseconds."""
    from django.db import connection

    from archive.models import OldAddress

    connection.ensure_connection()
    # What only the first look-up of a process pays for.
    OldAddress.objects.resolve("http://quebec.huffingtonpost.ca/2014/01/22/first.html")
    found = {}
    for name, urls in kinds(articles).items():
        clocks, ways, whole = [], set(), []
        for url in urls:
            clocks.append(Clock())
            with connection.execute_wrapper(clocks[-1]):
                began = time.perf_counter()
                ways.add(str(OldAddress.objects.resolve(url).way))
                whole.append((time.perf_counter() - began) * 1000)
        by_question = defaultdict(list)
        for clock in clocks:
            for question, took in clock.questions:
                by_question[question].append(took)
        found[name] = {
            "ways": sorted(ways),
            "questions": max(len(clock.questions) for clock in clocks),
            "in_the_database": figures([sum(took for _question, took in clock.questions) for clock in clocks]),
            # Of that, this process at work: of SQLite all that it costs, whatever else the machine does.
            "of_it_processor": figures([clock.processor for clock in clocks]),
            "in_all": figures(whole),
            "by_question": {question: figures(times) for question, times in by_question.items()},
            "plans": plans(urls[-1]),
        }
    return found


def figures(times):
    times = sorted(times)
    return {
        "times": len(times),
        "median": round(statistics.median(times), 3),
        "p99": round(times[int(len(times) * 0.99)], 3),
        "most": round(times[-1], 3),
    }


class Clock:
    """The questions to the database, each by what it asks, with the milliseconds that it took."""

    def __init__(self):
        self.questions, self.processor = [], 0.0

    def __call__(self, execute, sql, *arguments):
        began, at_work = time.perf_counter(), time.thread_time()
        try:
            return execute(sql, *arguments)
        finally:
            self.processor += (time.thread_time() - at_work) * 1000
            self.questions.append((question_of(sql), (time.perf_counter() - began) * 1000))


def question_of(sql):
    if "UNION ALL" in sql:
        return "by the slug"
    for table, question in (
        ("oldaddress", "by the address"),
        ("oldhost", "hosts"),
        ("addresspattern", "patterns"),
        ("outlet", "outlets"),
        ("article", "by the id"),
    ):
        if f'FROM "archive_{table}"' in sql:
            return question
    return sql[:60]


def plans(url):
    """The steps of each question's plan, as the database tells them."""
    from django.db import connection, reset_queries

    from archive.models.resolving import Resolver

    connection.force_debug_cursor = True
    reset_queries()
    Resolver().resolve_many([url])
    asked = [query["sql"] for query in connection.queries]
    connection.force_debug_cursor = False
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN (ANALYZE, BUFFERS)"
    told = {}
    with connection.cursor() as cursor:
        for sql in asked:
            cursor.execute(f"{explain} {sql}")
            told[question_of(sql)] = [str(row[-1] if len(row) > 1 else row[0]) for row in cursor.fetchall()]
    return told


def known_list(articles, number):
    """Addresses as an archive's owner has them: a tenth known by the id alone, some by the slug, some not at all."""
    for each in range(number):
        which = (each * 7_919) % articles
        slug = slug_of(which)
        if each % 10 == 0:
            yield f"https://www.huffingtonpost.ca/entry/another-slug_n_{which + 100_000_000}?utm_source=x"
        elif each % 100 == 1:
            yield f"https://www.huffpost.com/archive/qc/entry/{slug}_qc_5ccc6223e4b0{which:08x}"
        elif each % 100 == 2:
            yield f"http://quebec.huffingtonpost.ca/2014/01/22/never-{which}-here_n_{which}.html"
        else:
            yield forms(which, slug)[each % 3]


def unknown_list(_articles, number):
    """Addresses that are looked up in every way, in vain."""
    for each in range(number):
        yield f"http://quebec.huffingtonpost.ca/2014/01/22/{slug_of(each)[:30]}-jamais-ici-{each}_n_{each}.html"


LISTS = {"known": known_list, "unknown": unknown_list}


def check(name, articles, number):
    """What check_addresses answers of a list, in how long, and the most memory that this process ever had."""
    from archive.importers.saving.addresses import check_addresses

    path = Path(os.environ["NEWSROOM_DATA"]) / f"{name}.txt"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{address}\n" for address in LISTS[name](articles, number))
    began = time.perf_counter()
    with path.open("rb") as stream:
        report = check_addresses(stream)
    return {
        "list": name,
        "asked": report.asked,
        "ways": report.as_dict()["ways"],
        "misses": report.misses,
        "seconds": round(time.perf_counter() - began, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def checked_elsewhere(name, options, number):
    """The same, in a process of its own."""
    words = ["--folder", str(options.folder), "--articles", str(options.articles), "--only-check", name, str(number)]
    done = subprocess.run([sys.executable, __file__, *words], stdout=subprocess.PIPE, check=True)  # noqa: S603
    return json.loads(done.stdout)


def told(result):
    """The result in words, line by line."""
    yield f"{result['articles']:,} articles, {result['addresses']:,} old addresses, on {result['database']}"
    yield ""
    yield f"{'milliseconds':<38}{'times':>7}{'median':>9}{'99 %':>9}{'most':>9}"
    for name, measured in result["looked_up"].items():
        yield f"{name} ({measured['questions']} questions; found by {', '.join(measured['ways']) or 'nothing'})"
        rows = {
            "in all": measured["in_all"],
            "in the database": measured["in_the_database"],
            "of it, processor time here": measured["of_it_processor"],
        } | measured["by_question"]
        for what, row in rows.items():
            yield f"    {what:<34}{row['times']:>7}{row['median']:>9.3f}{row['p99']:>9.3f}{row['most']:>9.3f}"
    yield ""
    for name, measured in result["looked_up"].items():
        for question, steps in measured["plans"].items():
            yield f"{name}, {question}:"
            yield from (f"    {step}" for step in steps)
    yield ""
    for each in result["checked"]:
        yield (
            f"{each['list']} addresses: {each['asked']:,} checked in {each['seconds']} s, {each['misses']:,} misses, "
            f"peak memory {each['peak_mb']} MB"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--body", type=int, default=1_600, help="bytes of each article's text, which is kept twice")
    parser.add_argument("--check", type=int, default=1_000_000, help="so many addresses in the longest list")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--only-check", nargs=2, metavar=("LIST", "NUMBER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        NEWSROOM_DATA=str(options.folder), NEWSROOM_ENV="local", DJANGO_SETTINGS_MODULE="newsroom.settings"
    )
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    if options.only_check:
        name, number = options.only_check
        print(json.dumps(check(name, options.articles, int(number))))
        return
    result = {"database": database(), "articles": options.articles}
    if not is_made(options.articles):
        began = time.perf_counter()
        make(options.articles, options.body)
        result["made_in"] = round(time.perf_counter() - began)
    result |= {
        "addresses": 3 * options.articles,
        "load_before": round(os.getloadavg()[0], 1),
        "looked_up": measure(options.articles),
        "checked": [
            checked_elsewhere(name, options, number)
            for name, number in (
                ("known", options.check // 20),
                ("known", options.check),
                ("unknown", options.check // 20),
                ("unknown", options.check // 5),
            )
        ],
    }
    print(json.dumps(result, indent=2) if options.json else "\n".join(told(result)))


def database():
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT 'SQLite ' || sqlite_version()")
        else:
            cursor.execute("SELECT 'PostgreSQL ' || current_setting('server_version')")
        return cursor.fetchone()[0]


def is_made(articles):
    """Whether so many articles are there. Raises SystemExit for an archive of another size."""
    from django.db import DatabaseError

    from archive.models import Article

    try:
        found = Article.objects.filter(pk__gte=FIRST).count()
    except DatabaseError:
        return False
    if found and found != articles:
        raise SystemExit(f"There are {found:,} articles already: pass --articles {found}, or another folder.")
    return bool(found)


if __name__ == "__main__":
    main()
