"""PostgreSQL's index of words, set for an import and for searches."""

import pytest
from django.db import connection

from archive.importers.saving.settings import for_much
from archive.search import find, index
from archive.search.indexing import tidy
from tests.factories import make_article

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def on_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's index has no such setting.")


def settings_of_index():
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'archive_search_vector'")
        return cursor.fetchone()[0]


def test_what_an_import_gathers_is_found_at_once():
    with for_much():
        index([make_article(headline="Traversier")])
        assert find("traversier").count == 1


def test_index_is_set_for_searches_again_when_an_import_is_done(on_postgresql):
    with for_much():
        assert "fastupdate=on" in settings_of_index()
    assert "fastupdate=off" in settings_of_index()


def test_index_that_a_dead_import_left_is_set_for_searches_by_the_nights_work(on_postgresql):
    import_that_dies = for_much()
    import_that_dies.__enter__()
    tidy()
    assert "fastupdate=off" in settings_of_index()
    import_that_dies.__exit__(None, None, None)
