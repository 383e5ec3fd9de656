"""The index of words, set for an import and for searches."""

import pytest
from django.core.management import call_command
from django.db import connection

from archive.importers.saving.settings import for_much
from archive.search import find, index, sqlite
from archive.search.indexing import join_pieces, tidy
from archive.upkeep import catch_up
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


def leave_pieces(number):
    make_one_piece()
    with for_much():
        for _each in range(number):
            index([make_article(headline="Traversier")])


@pytest.mark.sqlite
def test_pieces_are_made_one():
    leave_pieces(5)
    join_pieces(many=2)
    assert pieces() == 1


def test_what_stands_in_pieces_is_found_when_they_are_one():
    leave_pieces(5) if connection.vendor == "sqlite" else index([make_article(headline="Traversier") for _ in range(5)])
    join_pieces(many=2)
    assert find("traversier").count == 5


@pytest.mark.sqlite
def test_few_pieces_are_left_as_they_are():
    leave_pieces(5)
    left = pieces()
    join_pieces()
    assert pieces() == left > 1


@pytest.mark.sqlite
def test_pieces_that_were_left_half_joined_are_joined_by_the_next_call(monkeypatch):
    monkeypatch.setattr(sqlite, "_JOINED_AT_ONCE", 1)
    with connection.cursor() as cursor:
        # The least that a page can hold, of which a few articles need many.
        cursor.execute("INSERT INTO archive_search (archive_search, rank) VALUES ('pgsz', 32)")
    leave_pieces(5)

    def stop():
        raise InterruptedError

    with pytest.raises(InterruptedError):
        join_pieces(stop, many=2)
    half = pieces()
    join_pieces(many=2)
    assert half > pieces() == 1


@pytest.mark.sqlite
def test_pieces_that_an_import_leaves_are_made_one_by_the_nights_work():
    leave_pieces(33)
    catch_up(lambda: None)
    assert pieces() == 1


@pytest.mark.sqlite
def test_index_that_is_made_anew_is_one_piece(monkeypatch):
    monkeypatch.setitem(sqlite._ANEW, "hashsize", 64)
    leave_pieces(5)
    call_command("index_search")
    assert pieces() == 1
