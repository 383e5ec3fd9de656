"""SQLite before 3.43 can't delete from an index that keeps no texts: there the index keeps them, and finds the same."""

from datetime import date

import pytest
from django.db import connection

from archive import care
from archive.models import Revision
from archive.search import find, index, rebuild, sqlite
from archive.search.checking import check
from tests import factories

from . import corpus
from .oracle import Oracle

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

ON = date(2026, 1, 1)


@pytest.fixture
def old(db, monkeypatch):
    """An index as it is made where SQLite is an old one."""
    monkeypatch.setattr(sqlite, "FIRST_WITHOUT_TEXTS", (99, 0))
    rebuild()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [sqlite.TABLE])
        assert "content" not in cursor.fetchone()[0]


def keys(text):
    return [hit.article.key for hit in find(text, on=ON, order="date", length=500).hits]


def test_old_sqlite_finds_the_same(old):
    corpus.make()
    oracle = Oracle(ON)
    for text in ("élections", "oeuvre", '"climate change"', "budget -deficit", "section:politique", "hockey OR vélo"):
        assert keys(text) == oracle.by_date(text) != [], text


def test_old_sqlite_forgets_what_was_changed_or_withdrawn(old):
    article, other = (factories.make_article(headline="Le phoque") for _each in range(2))
    index([article, other])
    before = care.snapshot(article)
    article.headline = "Le morse"
    article.save()
    care.record(article, Revision.Verb.EDITED, before=before)
    care.withdraw(other, reason="privacy")
    assert (keys("phoque"), keys("morse")) == ([], [article.key])


def test_old_sqlite_has_an_index_that_the_check_finds_true(old):
    corpus.make()
    assert list(check(ON)) == []
