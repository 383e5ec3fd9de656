import time
from datetime import date
from itertools import product

import pytest
from django.db import OperationalError, connection

from archive import care
from archive.models import Article, Listing, Outlet, Section, Word
from archive.models.listing import listing_number
from archive.search import Narrowed, counting, find, finding, index
from archive.search.names import ids_of
from archive.search.query import ask
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


def test_what_surely_is_many_is_not_asked_whether_it_is_few(demo, monkeypatch):
    # More than that are in any part of them, whatever numbers the articles have.
    monkeypatch.setattr(finding, "FEW", -1)
    asked = []
    newest = store().newest
    monkeypatch.setattr(store(), "newest", lambda *what, **how: asked.append(how) or newest(*what, **how))
    assert find("ville OR jour OR an OR les OR car OR plus", on=ON).count > 0
    assert [how.get("in_headline") for how in asked] == [True]


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


@pytest.fixture
def world(db):
    """Four articles on seals in sections one below the other, Monde, Europe and Malte, and in another, Sports."""
    outlet = factories.make_outlet(slug="quebec")
    above, sections = None, []
    for slug in ("monde", "europe", "malte"):
        above = factories.make_section(outlet, slug=slug, name=slug.capitalize(), parent=above)
        sections.append(above)
    sections.append(factories.make_section(outlet, slug="sports", name="Sports"))
    made = [
        factories.make_article(
            outlet=outlet,
            headline="Le phoque",
            section=section,
            published_on=date(2012 + number, 5, 1),
            published_precision="day",
        )
        for number, section in enumerate(sections)
    ]
    index(made)
    return made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("section:monde", "monde europe malte"),
        ("phoque rubrique:Europe", "europe malte"),
        ("section:malte", "malte"),
        ("phoque -section:europe", "monde sports"),
        ("section:sports OR section:europe", "europe malte sports"),
    ],
)
def test_section_holds_what_stands_in_those_below_it(world, text, expected):
    found = [hit.article.section.slug for hit in find(text, on=ON, order="date").hits]
    assert found[::-1] == expected.split()


@pytest.mark.parametrize(("slug", "expected"), [("monde", 3), ("europe", 2), ("malte", 1), ("sports", 1)])
def test_search_narrowed_to_a_section_reaches_those_below_it(world, slug, expected):
    section = Section.objects.get(slug=slug)
    assert find("phoque", on=ON, narrowed=Narrowed(section=section.pk)).count == expected


def test_facet_tells_of_a_section_as_many_as_narrowing_to_it_finds(world):
    facet = find("phoque", on=ON).facets["section"]
    assert [(each.label, each.count) for each in facet] == [("Monde", 3), ("Europe", 2), ("Malte", 1), ("Sports", 1)]
    for each in facet:
        assert find("phoque", on=ON, narrowed=Narrowed(section=each.value)).count == each.count


def test_facet_of_a_narrowed_search_names_no_section_above(world):
    facet = find("phoque", on=ON, narrowed=Narrowed(section=Section.objects.get(slug="europe").pk)).facets["section"]
    assert [(each.label, each.count) for each in facet] == [("Europe", 2), ("Malte", 1)]


def test_sections_that_stand_below_each_other_are_searched_all_the_same(world):
    Section.objects.filter(slug="monde").update(parent=Section.objects.get(slug="malte"))
    assert find("section:europe", on=ON).count == 3
    assert {each.count for each in find("phoque", on=ON).facets["section"]} == {3, 1}


def test_hundreds_of_sections_are_searched_at_once(world):
    top = Section.objects.get(slug="monde")
    Section.objects.bulk_create(
        Section(outlet=top.outlet, slug=f"part-{number}", name=f"Part {number}", parent=top) for number in range(600)
    )
    assert find("section:monde phoque", on=ON).count == 3


DAYS = (None, date(2026, 1, 1), date(2026, 6, 1), date(2026, 12, 1))


@pytest.mark.parametrize("on", [date(2025, 1, 1), *DAYS[1:], date(2027, 1, 1)])
def test_words_find_the_cards_that_come_and_go_on_the_days_on_which_they_are_public(db, on):
    for since, until in product(DAYS, DAYS):
        article = factories.make_article(headline="Traversier")
        index([article])
        Listing.objects.filter(article=article).update(since=since, until=until)
    match = ask("traversier", ids_of, lambda place: listing_number(place, 0)).match
    public = Listing.objects.public(on).order_by("-number").values_list("number", flat=True)
    assert store().newest(match, on, limit=50) == list(public)
