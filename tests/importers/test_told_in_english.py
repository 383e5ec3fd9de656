"""What is told of an import is kept in English, whatever language the archive speaks when it is told."""

from dataclasses import replace

import pytest
from django.utils import translation

from archive.care import correct
from archive.importers.base import ImportedArticle, ImportedPage
from archive.importers.saving import import_paths, undo_run
from archive.models import Article, ImportItem, ImportRun

pytestmark = pytest.mark.django_db

STORY = ImportedArticle(original_id="1", headline="Crue", body="<p>La ville a fermé.</p>")


@pytest.fixture(autouse=True)
def archive_speaks_french():
    with translation.override("fr"):
        yield


@pytest.fixture
def take(reader, outlet, page_file):
    def take(*items):
        reader(*items)
        import_paths([page_file("any")], outlet)
        return ImportRun.objects.latest("pk")

    return take


def test_what_a_field_says_of_an_article(take):
    take(replace(STORY, headline=""))
    assert ImportItem.objects.get().problem == "It can't be saved as it is. headline: This field cannot be blank."


def test_what_a_field_says_of_a_page(take):
    take(ImportedPage(title="x" * 201, body="", slug="faq"))
    assert ImportItem.objects.get().problem.startswith("The page can't be saved as it is. title: Ensure this value has")


@pytest.mark.parametrize("beside", [False, True])
def test_what_a_field_says_in_a_process_beside(beside, outlet, page_file, monkeypatch):
    monkeypatch.setenv("NEWSROOM_LANGUAGE", "fr")
    table = page_file(f"id,headline,body\n{'1' * 300},Crue,<p>La ville a fermé.</p>\n", "table.csv")
    [problem] = import_paths([table], outlet, format_name="csv", beside=beside).problems
    assert "original_id: Ensure this value has at most" in problem.problem


def test_what_staff_did_to_an_article_that_stays(take):
    run = take(STORY)
    correct(Article.objects.get(), kind="update", text="La ville a rouvert.")
    [kept] = undo_run(run).kept
    assert kept.problem.startswith("Staff have touched it since (Corrected, ")
