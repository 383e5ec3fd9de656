"""Two who change articles at the same moment: neither waits for ever, and what is counted stays true."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections, transaction

from archive import search
from archive.models import Article, Author, Tally
from archive.search.checking import check
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 25


def at_once(*works):
    """Have each done in a thread of its own, all of them begun together, many times."""
    ready = Barrier(len(works))

    def do(work):
        try:
            for number in range(ROUNDS):
                ready.wait(timeout=60)
                work(number)
        finally:
            ready.abort()
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        for each in [pool.submit(do, work) for work in works]:
            each.result(timeout=120)


@pytest.fixture
def sections():
    # No test empties the index of words of what another left.
    search.rebuild()
    outlet = factories.make_outlet()
    return [factories.make_section(outlet, slug=f"section-{number}") for number in range(6)]


def test_two_transactions_that_change_many_articles_in_turn_both_end(sections):
    own = [[factories.make_article(outlet=sections[0].outlet).pk for _each in range(6)] for _two in range(2)]

    def move(articles, sections):
        def work(number):
            with transaction.atomic():
                for place, pk in enumerate(articles):
                    Article.objects.filter(pk=pk).update(section=sections[(place + number) % len(sections)])
                    search.index([pk])

        return work

    at_once(move(own[0], sections), move(own[1], sections[::-1]))
    assert list(check()) == []


def test_article_that_two_make_cards_of_is_counted_once(sections):
    """As when an author is renamed while an article of theirs is edited."""
    article = factories.make_article(outlet=sections[0].outlet)
    author = factories.make_author()
    factories.make_byline(article, author)
    others = [factories.make_article(outlet=sections[0].outlet) for _each in range(4)]
    for each in others:
        factories.make_byline(each, author)
    search.index([article.pk, *(each.pk for each in others)])

    def rename(number):
        author.name = f"Anne {number}"
        Author(pk=author.pk, slug=author.slug, name=f"Anne {number}").save()

    def edit(number):
        with transaction.atomic():
            for each in (*others[::-1], article):
                Article.objects.filter(pk=each.pk).update(section=sections[number % len(sections)])
                search.index([each.pk])

    at_once(rename, edit)
    assert list(check()) == []
    assert not Tally.objects.filter(count__lte=0).exists()
