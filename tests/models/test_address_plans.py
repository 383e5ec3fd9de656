"""What each question of a look-up costs, by its plan: an index answers it, however many articles there are."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from archive.addresses import letters, normalise, slug_in
from archive.keys import derived_key
from archive.models import Article, OldAddress
from archive.models.resolving import MOST_NAMESAKES, Way
from tests.huffpost import load_huffpost

ARTICLES = 3_000
# Outlets, hosts, patterns and information pages are few: they may be read whole.
SMALL = ("archive_outlet", "archive_oldhost", "archive_addresspattern", "archive_pageaddress")
WORDS = ["neige", "pont", "fleuve", "hiver", "projet", "train", "hockey", "cinema", "livre", "enfant", "vote", "lait"]


def slug_of(number):
    chosen = [WORDS[number // 12**place % 12] for place in range(3)]
    return f"{'-'.join(chosen)}-{number}-au-bord-du-grand-fleuve-en-plein-hiver"


def host_of(number):
    return ("quebec.huffingtonpost.ca", "www.huffingtonpost.ca")[number % 2]


def make_many(outlets):
    Article.objects.bulk_create(
        Article(
            outlet=outlets[number % 2],
            key=derived_key("plans", str(number)),
            original_id=str(100_000 + number),
            headline=slug_of(number),
            slug=slug_of(number),
            slug_letters=letters(slug_of(number)),
            body="<p>Le texte reste.</p>" * 20,
            language="fr",
            held_back=number % 50 == 0,
        )
        for number in range(ARTICLES)
    )
    pks = list(Article.objects.order_by("pk").values_list("pk", flat=True))
    urls = [
        (pks[number], f"http://{host_of(number)}/{2012 + number % 9}/01/02/{slug_of(number)}_n_{form}{number}.html")
        for number in range(ARTICLES)
        for form in (1, 2, 3)
    ]
    OldAddress.objects.bulk_create(OldAddress(article_id=pk, url=url) for pk, url in urls)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.fixture
def many(db):
    canada, quebec = load_huffpost()
    make_many((quebec, canada))


ADDRESSES = {
    "the address itself": (f"http://{host_of(7)}/2019/01/02/{slug_of(7)}_n_17.html", Way.ADDRESS),
    "the id": ("https://www.huffingtonpost.ca/entry/a-slug-of-another-time_n_100007", Way.ID),
    "the slug": (f"https://www.huffpost.com/archive/ca/entry/{slug_of(7)}_ca_5ccc6223e4b03b38d6933d24", Way.SLUG),
    "the slug, cut off": (
        f"https://www.huffpost.com/archive/ca/entry/{slug_of(7)[:35]}_ca_5ccc6223e4b03b38d6933d24",
        Way.SLUG,
    ),
    "the slug, longer": (
        f"https://www.huffpost.com/archive/ca/entry/{slug_of(7)}-suite_ca_5ccc6223e4b03b38d6933d24",
        Way.SLUG,
    ),
    "nothing": ("http://quebec.huffingtonpost.ca/2014/01/22/rien-de-tout-cela-n-a-paru-ici-ce-jour_n_1.html", ""),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ADDRESSES)
def test_every_question_is_answered_by_an_index(many, name):
    url, way = ADDRESSES[name]
    with CaptureQueriesContext(connection) as asked:
        found = OldAddress.objects.resolve(url)
    assert found.way == way
    questions = [
        query["sql"]
        for query in asked.captured_queries
        if not any(f'FROM "{table}"' in query["sql"] for table in SMALL)
    ]
    assert 1 <= len(questions) <= 4
    for sql in questions:
        assert full_reads(sql) == []


@pytest.mark.django_db
def test_addresses_that_begin_alike_are_found_by_an_index(many):
    url, _way = ADDRESSES["the address itself"]
    alike = OldAddress.objects.beginning(normalise(url)[:-12])
    with CaptureQueriesContext(connection) as asked:
        found = len(alike)
    assert found and full_reads(asked.captured_queries[0]["sql"]) == []


@pytest.mark.django_db
def test_question_that_no_index_answers_is_seen(many):
    assert full_reads("SELECT id FROM archive_article WHERE summary = 'x'") != []


def full_reads(sql):
    """The steps of a question's plan that read a table without an index, or read more than a few rows of it."""
    return sqlite_full_reads(sql) if connection.vendor == "sqlite" else postgresql_full_reads(sql)


def sqlite_full_reads(sql):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        steps = [row[3] for row in cursor.fetchall()]
    # `found` is a question's own answer.
    return [step for step in steps if step.startswith("SCAN") and step != "SCAN found"]


def postgresql_full_reads(sql):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        answer = cursor.fetchone()[0]
    plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    return [
        (step["Node Type"], step.get("Relation Name"), step.get("Filter"))
        for step in steps_of(plan)
        if step["Node Type"] == "Seq Scan"
        or ("Index" in step["Node Type"] and "Index Cond" not in step)
        or step.get("Rows Removed by Filter", 0) > MOST_NAMESAKES
    ]


def steps_of(plan):
    yield plan
    for below in plan.get("Plans", ()):
        yield from steps_of(below)


def test_made_up_slugs_are_those_of_their_addresses():
    url = f"http://{host_of(7)}/2019/01/02/{slug_of(7)}_n_17.html"
    assert letters(slug_in(normalise(url))) == letters(slug_of(7))
