"""What the search of the article list costs, by its plan: no article is read but those that are found."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from archive import care
from archive.models import Article, Byline
from archive.search import index
from tests.factories import make_author
from tests.huffpost import load_huffpost
from tests.models.test_address_plans import make_many, sqlite_full_reads

# What a question makes itself, the index of words, and the small indexes that are looked through for a part of a word.
LOOKED_THROUGH = (
    *("SCAN every", "SCAN counted", "SCAN subquery", "SCAN archive_search VIRTUAL TABLE INDEX"),
    "SCAN archive_article USING COVERING INDEX article_held_back_by_headline",
    # Authors.
    "SCAN U0",
    "SCAN archive_withdrawal",
)


@pytest.fixture
def many(db):
    canada, quebec = load_huffpost()
    make_many((quebec, canada))
    articles = list(Article.objects.order_by("pk"))
    index(articles)
    authors = [make_author(name=f"Mireille {number}") for number in range(300)]
    Byline.objects.bulk_create(
        Byline(article=article, author=authors[article.pk % 300], number=1) for article in articles
    )
    care.withdraw(articles[1], reason="legal")


@pytest.mark.parametrize("is_analysed", [False, True])
def test_search_reads_no_article_that_it_does_not_show(staff, many, is_analysed):
    if connection.vendor != "sqlite":
        pytest.skip("The plans are SQLite's.")
    if is_analysed:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    for words in ("cinema-neige-neige-5", "Mireille 7", "brouillon", "vmf1v1htekf8", "x"):
        with CaptureQueriesContext(connection) as asked:
            staff.get(reverse("admin:archive_article_changelist"), {"q": words})
        questions = [query["sql"] for query in asked.captured_queries if '"archive_byline"' in query["sql"]]
        assert len(questions) >= 3
        steps = {step for sql in questions for step in sqlite_full_reads(sql)}
        assert {step for step in steps if not step.startswith(LOOKED_THROUGH)} == set(), words
