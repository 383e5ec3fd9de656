from datetime import date

import pytest

from archive.models import Article
from archive.search import counts, index
from tests import factories


@pytest.fixture
def outlet(db):
    outlet = factories.make_outlet()
    author = factories.make_author()
    made = []
    for day, precision, number in (
        (date(2014, 1, 22), "day", 3),
        (date(2014, 1, 1), "month", 2),
        (date(2014, 1, 1), "year", 1),
        (date(2015, 2, 3), "day", 1),
        (None, "unknown", 2),
    ):
        for _each in range(number):
            article = factories.make_article(outlet=outlet, published_on=day, published_precision=precision)
            factories.make_byline(article, author)
            made.append(article.pk)
    factories.make_byline(Article.objects.get(pk=made[0]))
    index(made)
    outlet.author = author
    return outlet


def test_days_months_and_years_are_counted_with_what_is_not_known_of_them_as_0(outlet):
    assert counts.by_year(outlet) == {0: 2, 2014: 6, 2015: 1}
    assert counts.by_month(outlet, 2014) == {0: 1, 1: 5}
    assert counts.by_day(outlet, 2014, 1) == {0: 2, 22: 3}
    assert counts.total(outlet) == 9
    assert counts.total(outlet.pk) == 9


def test_months_of_a_thing_are_counted(outlet):
    assert counts.months_of(outlet, "a", outlet.author.pk) == {0: 2, 201400: 1, 201401: 5, 201502: 1}


def test_things_with_most_come_first(outlet):
    (first, second) = counts.most(outlet, "a", 2)
    assert first == (outlet.author.pk, 9)
    assert second[1] == 1
    assert counts.most(outlet, "a", 1, (201501, 201512)) == [(outlet.author.pk, 1)]


def test_counts_ask_a_fixed_number_of_questions(outlet, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        counts.by_year(outlet)
    with django_assert_max_num_queries(2):
        counts.most(outlet, "a", 5)
