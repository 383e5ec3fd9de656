"""How long an old address takes to look up, in an archive of any size.

    python benchmarks/addresses.py --articles 1000000 --folder /somewhere/with/space

Makes an archive with three addresses to an article (in SQLite, the same each time), looks some up each way, prints the
plan of each question, and checks a list of a million. An archive that is there already is used as it is.
"""

import argparse
import os
import resource
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
BATCH = 10_000
LOOKED_UP = 2_000
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
    first = 1_000_000
    text = "<p>" + "Le texte reste. " * (body // 16) + "</p>"

    def article(number):
        slug = slug_of(number)
        name = "huffpost-quebec" if number % 5 < 2 else "huffpost-canada"
        day = f"{2012 + number % 9}-{1 + number % 12:02}-{1 + number % 28:02}"
        original_id = str(number + 100_000_000)
        return Article(
            pk=first + number,
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
        return OldAddress(article_id=first + number, url=url, normalised=normal, slug_letters=letters(slug_in(normal)))

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
    from django.db import connection, reset_queries

    from archive.models import OldAddress
    from archive.models.resolving import Resolver

    print(
        f"{'looked up by':<22}{'questions':>10}{'in the database':>18}{'in all':>10}   (milliseconds, median and 99 %)"
    )
    for name, urls in kinds(articles).items():
        asked, ways, inside, whole = [], set(), [], []
        for url in urls:
            clock = Clock()
            with connection.execute_wrapper(clock):
                began = time.perf_counter()
                ways.add(str(OldAddress.objects.resolve(url).way))
                whole.append((time.perf_counter() - began) * 1000)
            asked.append(clock.questions)
            inside.append(clock.seconds * 1000)
        print(
            f"{name:<22}{max(asked):>10}{statistics.median(inside):>10.2f}{percentile(inside):>8.2f}"
            f"{statistics.median(whole):>7.2f}{percentile(whole):>7.2f}   {', '.join(sorted(ways))}"
        )
    print("\nIn SQLite alone, microseconds for a row that is asked for once:")
    resolver = Resolver()
    connection.force_debug_cursor = True
    for name, urls in kinds(articles).items():
        reset_queries()
        resolver.resolve_many(urls[-1:])
        for query in list(connection.queries):
            sql = query["sql"]
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
                plan = "; ".join(row[3] for row in cursor.fetchall())
                began = time.perf_counter()
                for _time in range(50):
                    cursor.execute(sql)
                    cursor.fetchall()
                took = (time.perf_counter() - began) / 50 * 1e6
            print(f"  {name}: {took:.0f} µs: {plan}")
    connection.force_debug_cursor = False


class Clock:
    """Counts the questions to the database, and the time that they take."""

    def __init__(self):
        self.questions, self.seconds = 0, 0.0

    def __call__(self, execute, *arguments):
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.questions += 1
            self.seconds += time.perf_counter() - began


def percentile(values):
    return sorted(values)[int(len(values) * 0.99)]


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


def unknown_list(number):
    """Addresses that are looked up in every way, in vain."""
    for each in range(number):
        yield f"http://quebec.huffingtonpost.ca/2014/01/22/{slug_of(each)[:30]}-jamais-ici-{each}_n_{each}.html"


def check(name, addresses):
    from archive.importers.saving.addresses import check_addresses

    path = Path(os.environ["NEWSROOM_DATA"]) / "list.txt"
    path.write_text("".join(f"{address}\n" for address in addresses), encoding="utf-8")
    began = time.perf_counter()
    with path.open("rb") as stream:
        report = check_addresses(stream)
    took = time.perf_counter() - began
    print(f"\n{name}: {report.asked:,} checked in {took:.0f} s: {report.as_dict()['ways']}, {report.misses:,} misses")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--body", type=int, default=1_600, help="bytes of each article's text, which is kept twice")
    parser.add_argument("--check", type=int, default=1_000_000, help="so many addresses in one list")
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        NEWSROOM_DATA=str(options.folder), NEWSROOM_ENV="local", DJANGO_SETTINGS_MODULE="newsroom.settings"
    )
    sys.path.insert(0, str(ROOT))
    import django

    is_new = not (options.folder / "archive.sqlite3").exists()
    django.setup()
    if is_new:
        began = time.perf_counter()
        make(options.articles, options.body)
        print(f"made in {time.perf_counter() - began:.0f} s")
    measure(options.articles)
    check("known addresses", known_list(options.articles, options.check))
    check("unknown addresses", unknown_list(options.check // 5))


if __name__ == "__main__":
    main()
