"""One list of questions, with what each finds, that both databases are held to."""

import json
from datetime import date
from pathlib import Path

from django.core.management import call_command
from django.test import TestCase

from archive.models import Article
from archive.search import find, rebuild

from .contract import QUERIES, hostile

ON = date(2026, 1, 1)
# {question: [the keys of what it finds, the newest first]} and {question: the key of the first by relevance}
EXPECTED = json.loads(Path(__file__).with_name("contract.json").read_text(encoding="utf-8"))


class ContractTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        from . import corpus
        from .oracle import Oracle

        call_command("loaddata", "demo", verbosity=0)
        rebuild()
        corpus.make()
        cls.oracle = Oracle(ON)

    def test_list_is_long_enough(self):
        assert len(QUERIES) >= 60
        assert len(hostile()) == 500
        assert set(EXPECTED["by_date"]) == set(EXPECTED["best"]) == set(QUERIES)

    def test_each_question_finds_the_same_in_order_of_date(self):
        assert {text: by_date(text) for text in QUERIES} == EXPECTED["by_date"]

    def test_each_question_has_the_same_best_answer(self):
        assert {text: best(text) for text in QUERIES} == EXPECTED["best"]

    def test_what_is_expected_is_what_reading_every_article_finds(self):
        assert {text: self.oracle.by_date(text) for text in QUERIES} == EXPECTED["by_date"]
        assert {text: self.oracle.best(text) for text in QUERIES} == EXPECTED["best"]

    def test_hostile_texts_find_what_reading_every_article_finds(self):
        for text in hostile():
            results, expected = find(text, on=ON, order="date", length=3), self.oracle.by_date(text)
            assert [hit.article.key for hit in results.hits] == expected[:3], text
            assert (results.count, results.is_partial) == (len(expected), False), text

    def test_relevance_holds_what_the_order_of_dates_does(self):
        for text in ("élections", "budget OR climate", "-hockey ministre", "author:tremblay"):
            found = [hit.article.key for hit in find(text, on=ON, length=500).hits]
            assert sorted(found) == sorted(EXPECTED["by_date"].get(text) or self.oracle.by_date(text)), text

    def test_count_facets_and_years_are_of_all_that_is_found(self):
        languages = dict(Article.objects.values_list("key", "language"))
        for text in QUERIES:
            results, keys = find(text, on=ON, length=1), EXPECTED["by_date"][text]
            assert (results.count, results.counted) == (len(keys), len(keys)), text
            assert (results.is_counted, results.is_partial) == (True, False), text
            assert sum(number for _year, number in results.years) == len(keys)
            assert sum(each.count for each in results.facets["outlet"]) == len(keys)
            for each in results.facets["language"]:
                assert each.count == sum(languages[key] == each.value for key in keys)

    def test_pages_hold_each_article_once_forth_and_back(self):
        for order in ("date", "relevance"):
            whole = [hit.article.key for hit in find("ministre budget", on=ON, order=order, length=500).hits]
            assert len(whole) > 7
            pages, place = [], None
            while True:
                results = find("ministre budget", on=ON, order=order, after=place, length=3)
                pages.append([hit.article.key for hit in results.hits])
                place = results.older
                if not place:
                    break
            assert [key for page in pages for key in page] == whole
            back = [pages[-1]]
            while results.newer:
                results = find("ministre budget", on=ON, order=order, before=results.newer, length=3)
                back.insert(0, [hit.article.key for hit in results.hits])
            assert back == pages


def by_date(text):
    return [hit.article.key for hit in find(text, on=ON, order="date", length=500).hits]


def best(text):
    hits = find(text, on=ON, length=1).hits
    return hits[0].article.key if hits else None
