import time
from datetime import date

import pytest
from django.db import OperationalError, connection

from archive import care
from archive.models import Article, Outlet, Word
from archive.search import Narrowed, counting, find, finding, index
from archive.search.stores import store
from tests import factories

ON = date(2026, 1, 1)


def keys(results):
    return [hit.article.key for hit in results.hits]


@pytest.fixture
def seals(db):
    """Three articles on seals, the newest last."""
    outlet = factories.make_outlet()
    made = [
        factories.make_article(outlet=outlet, published_on=date(year, 5, 1), published_precision="day", **texts)
        for year, texts in (
            (2012, {"headline": "Le phoque", "body": "<p>Un phoque.</p>"}),
            (2013, {"headline": "La mer", "summary": "Un phoque y nage.", "body": "<p>Rien d’autre.</p>"}),
            (2014, {"headline": "La plage", "body": "<p>Un phoque y dort, et un phoque y mange, et un phoque.</p>"}),
        )
    ]
    index(made)
    return made


def test_headline_weighs_more_than_summary_and_summary_more_than_text(seals):
    assert keys(find("phoque", on=ON)) == [article.key for article in seals]


def test_newest_is_first_by_date(seals):
    assert keys(find("phoque", on=ON, order="date")) == [article.key for article in reversed(seals)]


def test_bare_answer_has_the_same_articles(seals):
    bare, whole = (find("phoque", on=ON, order="date", length=2, bare=bare) for bare in (True, False))
    assert (keys(bare), bare.older) == (keys(whole), whole.older)


def test_bare_answer_has_no_passage_and_no_facet(seals):
    results = find("phoque", on=ON, order="date", bare=True)
    assert (results.hits[0].passage, results.facets["outlet"]) == ([], [])


def test_nothing_asked_finds_nothing(seals):
    results = find("", on=ON)
    assert (results.hits, results.count, results.query.is_empty) == ([], 0, True)


def test_narrowing_alone_finds_all_that_is_in_it(seals):
    results = find("", on=ON, narrowed=Narrowed(outlet=seals[0].outlet_id))
    assert keys(results) == [article.key for article in reversed(seals)]
    assert keys(find("", on=ON, narrowed=Narrowed(year=2013))) == [seals[1].key]
    assert keys(find("", on=ON, narrowed=Narrowed(outlet=0))) == []


@pytest.mark.parametrize(
    "narrowed",
    [
        Narrowed(language="'; --"),
        Narrowed(language="é"),
        Narrowed(outlet=-5),
        Narrowed(author=10**30),
        Narrowed(year=10**30),
        Narrowed(year=-1),
    ],
)
def test_senseless_narrowing_finds_nothing(seals, narrowed):
    assert find("phoque", on=ON, narrowed=narrowed).count == 0


@pytest.mark.parametrize("place", ["", "x", "n", "n-1", "r" + "9" * 40, "n99999999999999999999", "\x00", "r0'"])
@pytest.mark.parametrize("order", ["date", "relevance"])
def test_senseless_place_is_no_error(seals, place, order):
    find("phoque", on=ON, order=order, after=place)
    find("phoque", on=ON, order=order, before=place)


def test_public_door_decides_whatever_the_index_says(seals):
    Article.objects.filter(pk=seals[0].pk).update(held_back=True)
    assert seals[0].key not in keys(find("phoque", on=ON))


def test_withdrawn_article_is_in_no_count(seals):
    care.withdraw(seals[0], reason="legal")
    results = find("phoque", on=ON)
    assert results.count == 2
    assert [each.count for each in results.facets["outlet"]] == [2]
    assert results.years == [(2013, 1), (2014, 1)]


def test_misspelt_word_is_mended_where_that_finds_something(demo):
    assert find("hokcey", on=ON).suggestion == "hockey"
    assert find("eelction -libéraux", on=ON).suggestion == "election -libéraux"
    assert find("xyzzyxyzzy", on=ON).suggestion == ""


def test_word_of_a_withdrawn_article_is_not_suggested(seals):
    Word.objects.create(word="phoque", printed="phoque", start="pho", skeleton="phq", count=3)
    assert find("phoqe", on=ON).suggestion == "phoque"
    for article in seals:
        care.withdraw(article, reason="legal")
    assert find("phoqe", on=ON).suggestion == ""


def test_suggestion_has_its_accents(demo):
    assert find("bibliothecue", on=ON).suggestion == "bibliothèque"


def test_number_of_questions_is_fixed(demo, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        find("ville", on=ON)


def test_common_word_is_counted_no_further_than_ten_thousand(demo, monkeypatch):
    monkeypatch.setattr(counting, "MOST_COUNTED", 5)
    monkeypatch.setattr(counting, "_SURELY_MORE", 0)
    results = find("", on=ON, narrowed=Narrowed(language="fr"))
    assert not results.is_counted
    assert results.count == 5
    assert results.counted > 5
    assert sum(number for _year, number in results.years) == results.counted


def test_what_is_ranked_is_bounded(demo, monkeypatch):
    monkeypatch.setattr(finding, "FEW", 2)
    monkeypatch.setattr(finding, "MOST_READ", 2)
    whole = keys(find("ville OR jour OR an", on=ON, length=500))
    assert len(whole) == len(set(whole)) == find("ville OR jour OR an", on=ON).count


class Over:
    """A deadline that everything is past."""

    def __init__(self, at):
        pass

    def __enter__(self):
        pass

    def __exit__(self, *error):
        raise OperationalError("interrupted")


def test_time_that_is_over_gives_what_is_known(seals, monkeypatch):
    monkeypatch.setattr(store(), "deadline", Over)
    monkeypatch.setattr(store(), "is_overdue", lambda error: True)
    results = find("phoque", on=ON)
    assert results.is_partial


COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {}) SELECT sum(i) FROM n"


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


@pytest.mark.sqlite
def test_deadline_ends_what_runs_too_long_on_sqlite(db):
    start = time.monotonic()
    with pytest.raises(OperationalError) as error, store().deadline(time.monotonic() + 0.1):
        execute(COUNT.format(10**9))
    assert store().is_overdue(error.value)
    assert time.monotonic() - start < 5
    # Nothing of it stays.
    assert execute(COUNT.format(10**5))


@pytest.mark.postgresql
def test_deadline_ends_what_runs_too_long_on_postgresql(db):
    with pytest.raises(OperationalError) as error, store().deadline(time.monotonic() + 0.1):
        execute("SELECT pg_sleep(5)")
    assert store().is_overdue(error.value)
    assert execute("SHOW statement_timeout") == ("0",)


def test_facets_name_what_they_count(demo):
    outlet = Outlet.objects.get(slug="huffpost-quebec")
    results = find("", on=ON, narrowed=Narrowed(outlet=outlet.pk))
    public = Article.objects.public(ON).filter(outlet=outlet)
    assert results.count == public.count()
    assert [(each.value, each.label, each.count) for each in results.facets["outlet"]] == [
        (outlet.pk, outlet.name, public.count())
    ]
    for each in results.facets["author"]:
        assert public.filter(bylines__author=each.value).distinct().count() == each.count
