"""The index of words, set for an import and for searches."""

import pytest
from django.db import connection

from archive.importers.saving.settings import for_much
from archive.search import find, index
from archive.search.indexing import tidy
from tests.factories import make_article

pytestmark = [pytest.mark.django_db(transaction=True)]


def is_set_for_an_import():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'archive_search_vector'")
            return "fastupdate=on" in cursor.fetchone()[0]
        cursor.execute("SELECT v FROM archive_search_config WHERE k = 'automerge'")
        return cursor.fetchone()[0] == 0


def test_what_an_import_gathers_is_found_at_once():
    with for_much():
        index([make_article(headline="Traversier")])
        assert find("traversier").count == 1


def test_index_is_set_for_an_import_while_it_lasts():
    with for_much():
        assert is_set_for_an_import()


def test_index_is_set_for_searches_again_when_an_import_is_done():
    with for_much():
        pass
    assert not is_set_for_an_import()


def test_index_that_a_dead_import_left_is_set_for_searches_by_the_nights_work():
    import_that_dies = for_much()
    import_that_dies.__enter__()
    tidy()
    assert not is_set_for_an_import()
    import_that_dies.__exit__(None, None, None)


def pieces():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT segid) FROM archive_search_idx")
        return cursor.fetchone()[0]


def make_one_piece():
    """Of what other tests left."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO archive_search (archive_search) VALUES ('optimize')")


@pytest.mark.sqlite
def test_who_edits_after_an_import_does_not_have_to_wait_until_its_pieces_are_one():
    article = make_article(headline="Traversier")
    make_one_piece()
    with for_much():
        for _each in range(25):
            index([article])
    left = pieces()
    index([article])
    assert pieces() >= left > 16
