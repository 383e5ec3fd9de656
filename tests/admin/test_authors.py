"""An author who is renamed in the admin."""

import pytest

from archive.models import RenamedAuthor
from archive.search import indexing
from tests.factories import make_article, make_author, make_byline

from .forms import edit

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(monkeypatch):
    monkeypatch.setattr(indexing, "MOST_RENAMED", 2)
    author = make_author(name="Anne Côté")
    for _each in range(3):
        make_byline(make_article(), author)
    return author


def test_who_renames_an_author_of_many_articles_is_told_that_the_rest_follows(staff, author):
    page = edit(staff, author, name="Anne Tremblay")
    assert any("the rest follow" in str(message) for message in page.context["messages"])
    assert RenamedAuthor.objects.get().author == author


def test_who_changes_anything_else_of_them_is_not(staff, author):
    page = edit(staff, author, about="Depuis 1998.")
    assert not any("the rest follow" in str(message) for message in page.context["messages"])
    assert not RenamedAuthor.objects.exists()
