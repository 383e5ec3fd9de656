"""An article's history: what readers may know of its changes, and what they may not."""

import re
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth import get_user_model

from archive import care
from archive.models import Article, Correction, Revision, Tag, Withdrawal
from tests.factories import make_article, make_author, make_byline, make_image, make_outlet

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    outlet = make_outlet(slug="quebec", name="HuffPost Québec")
    return make_article(outlet=outlet, headline="Une offre d’aide", body="<p>Le contrat de Jean Roy est signé.</p>")


@pytest.fixture
def staff():
    return get_user_model().objects.create_user("archiviste", email="lise@archive.example")


def change(article, *, is_public=True, by=None, verb="edited", reason="", on=None, **fields):
    before = care.snapshot(article)
    stored = Article.objects.get(pk=article.pk)
    for name, value in fields.items():
        setattr(stored, name, value)
    stored.save()
    revision = care.record(stored, verb, before=before, by=by, reason=reason, is_public=is_public)
    if on:
        Revision.objects.filter(pk=revision.pk).update(made_at=datetime(*on, 12, tzinfo=UTC))
    return revision


def history(client, article, query=""):
    response = client.get(f"/quebec/articles/{article.key}/history/{query}")
    assert response.status_code == 200
    words = re.sub(r"<[^>]*>", "", response.content.decode().partition("<main")[2].partition("</main>")[0])
    return " ".join(words.replace("\N{NO-BREAK SPACE}", " ").split())


def test_article_that_was_never_changed_tells_when_it_was_taken_in(client, article):
    Article.objects.filter(pk=article.pk).update(created_at=datetime(2021, 6, 1, 12, tzinfo=UTC))
    assert "1er juin 2021" in history(client, article)


@pytest.mark.parametrize(("language", "before_colon"), [("fr", "\N{NO-BREAK SPACE}"), ("en", "")])
def test_title_of_the_page_is_set_as_its_language_sets_it(client, language, before_colon):
    article = make_article(outlet=make_outlet(slug="quebec", language=language), headline="Une offre")
    page = client.get(f"/quebec/articles/{article.key}/history/").content.decode()
    assert re.search(r"<title>[\w ]+(\W*: Une offre)", page)[1] == f"{before_colon}: Une offre"


def test_tags_are_told_by_their_names(client, article):
    before = care.snapshot(article)
    article.tags.add(Tag.objects.create(slug="aide", name="Aide humanitaire"))
    care.record(article, "edited", before=before)
    assert "Aide humanitaire" in history(client, article)
    Tag.objects.all().delete()
    assert "aide" in history(client, article)


def test_words_that_changed_are_marked(client, article):
    change(article, headline="Une offre de secours", on=(2022, 3, 4))
    page = client.get(f"/quebec/articles/{article.key}/history/").content.decode()
    assert re.search(r"<del>.*d’aide</del>", page)
    assert re.search(r"<ins>.*de secours</ins>", page)
    assert "4 mars 2022" in history(client, article)


def test_change_of_markup_alone_shows_no_words(client, article):
    change(article, body="<p>Le <b>contrat</b> de Jean Roy est signé.</p>")
    page = client.get(f"/quebec/articles/{article.key}/history/").content.decode()
    assert "<ins>" not in page
    assert "<dt>" in page


def test_neither_names_nor_reasons_of_staff_are_told(client, article, staff):
    change(article, headline="Une autre", by=staff, reason="Plainte de M. Tremblay")
    words = history(client, article)
    assert "Tremblay" not in words
    assert "archiviste" not in words
    assert "lise@" not in words


def test_what_is_for_staff_alone_is_no_change(client, article):
    change(article, indexable=False, original_id="123")
    assert 'class="differences"' not in client.get(f"/quebec/articles/{article.key}/history/").content.decode()


def test_change_kept_from_readers_tells_its_day_and_nothing_else(client, article):
    change(article, body="<p>Le contrat est signé.</p>", is_public=False, on=(2022, 3, 4))
    words = history(client, article)
    assert "4 mars 2022" in words
    assert "Jean Roy" not in words


def test_what_was_taken_away_in_secret_shows_in_no_earlier_change(client, article):
    change(article, body="<p>Le contrat de Jean Roy, avocat, est signé.</p>")
    assert "avocat" in history(client, article)
    change(article, body="<p>Le contrat est signé.</p>", is_public=False)
    words = history(client, article)
    assert "Jean Roy" not in words
    assert "avocat" not in words


def test_change_after_one_kept_from_readers_is_told(client, article):
    change(article, body="<p>Le contrat est signé.</p>", is_public=False)
    change(article, body="<p>Le contrat est rompu.</p>")
    words = history(client, article)
    assert "rompu" in words
    assert "Jean Roy" not in words


def test_change_made_while_withdrawn_is_not_told(client, article):
    care.withdraw(article, reason="privacy")
    change(article, body="<p>Le contrat est signé.</p>")
    care.reinstate(article)
    assert "Jean Roy" not in history(client, article)


def test_change_made_while_withdrawn_is_not_told_on_other_days_either(client, article):
    Withdrawal.objects.create(
        article=article, reason="privacy", withdrawn_on=date(2022, 1, 1), reinstated_on=date(2022, 2, 1)
    )
    change(article, body="<p>Le contrat est signé.</p>", on=(2022, 1, 15))
    assert "Jean Roy" not in history(client, article)


def test_change_made_while_held_back_is_not_told(client, article):
    change(article, held_back=True)
    change(article, body="<p>Le contrat est signé.</p>")
    change(article, held_back=False)
    assert "Jean Roy" not in history(client, article)


def test_withdrawal_and_return_are_told_with_their_reason_for_readers(client, article, staff):
    care.withdraw(article, reason="error", public_note="Parue deux fois.", why="Erreur de Luc", by=staff)
    care.reinstate(article, why="Luc s’excuse", by=staff)
    words = history(client, article)
    assert "Parue deux fois." in words
    assert "Luc" not in words


@pytest.mark.parametrize("status", [410, 451])
def test_history_of_a_withdrawn_article_is_gone(client, article, status):
    change(article, headline="Une autre")
    care.withdraw(article, reason="legal", status_code=status, show_headline=False)
    response = client.get(f"/quebec/articles/{article.key}/history/")
    assert response.status_code == status
    assert "Une offre" not in response.content.decode()


def test_history_of_an_article_held_back_is_not_found(client, article):
    Article.objects.filter(pk=article.pk).update(held_back=True)
    assert client.get(f"/quebec/articles/{article.key}/history/").status_code == 404


def test_history_is_not_indexed(client, article):
    response = client.get(f"/quebec/articles/{article.key}/history/")
    assert response["X-Robots-Tag"] == "noindex"


def test_corrections_stand_above_the_changes(client, article):
    Correction.objects.create(article=article, made_on=date(2015, 2, 1), text="C’était mardi.")
    assert "C’était mardi." in history(client, article)


def test_date_is_told_as_far_as_it_was_known(client, article):
    change(article, published_at=None, published_on=date(2014, 1, 1), published_precision="year")
    words = history(client, article)
    assert "22 janvier 2014" in words
    assert "1er janvier 2014" not in words


def test_people_and_pictures_are_told_in_words(client, article):
    before = care.snapshot(article)
    make_byline(article, make_author(slug="mireille-jobin", name="Mireille Jobin"))
    make_image(article, caption="Les anneaux.", original_address="http://quebec.example/secret.jpg")
    care.record(article, "edited", before=before)
    words = history(client, article)
    assert "Mireille Jobin" in words
    assert "Les anneaux." in words
    assert "secret.jpg" not in words


@pytest.mark.parametrize("query", ["?page=2", "?page=0", "?page=999", "?page=-1", "?page=x", "?page=%00", "?page=²"])
def test_any_page_asked_for_answers(client, article, query):
    for number in range(25):
        change(article, headline=f"Titre {number}")
    history(client, article, query)


def test_second_page_goes_on_where_the_first_ends(client, article):
    for number in range(25):
        change(article, headline=f"Titre {number}")
    assert "ajouté : 4 " not in history(client, article)
    assert "ajouté : 4 " in history(client, article, "?page=2")


def test_history_costs_a_constant_number_of_queries(client, article, django_assert_max_num_queries):
    for number in range(6):
        before = care.snapshot(article)
        make_byline(article, make_author(), order=number)
        care.record(article, "edited", before=before)
    with django_assert_max_num_queries(16):
        history(client, article)


def test_article_counts_the_changes_that_its_history_tells(client, article):
    change(article, headline="Une autre")
    change(article, indexable=False)
    page = client.get(article.get_absolute_url().replace("une-offre-d-aide", "x"), follow=True).content.decode()
    assert f'href="/quebec/articles/{article.key}/history/">1 ' in page


def test_no_article_stands_where_its_history_does(client):
    outlet = make_outlet(slug="quebec")
    article = make_article(outlet=outlet, headline="History")
    assert article.get_absolute_url() == f"/quebec/articles/{article.key}/history-1/"
    assert client.get(article.get_absolute_url()).status_code == 200


def test_picture_and_correction_are_told_in_the_articles_language(client, article):
    Article.objects.filter(pk=article.pk).update(language="en")
    article.refresh_from_db()
    before = care.snapshot(article)
    make_image(article, caption="The rings.", withheld="rights")
    Correction.objects.create(article=article, made_on=date(2015, 2, 1), text="It was on Tuesday.")
    care.record(article, "edited", before=before)
    page = client.get(f"/quebec/articles/{article.key}/history/").content.decode()
    told = " ".join(re.sub(r"<[^>]*>", "", "".join(re.findall(r'<dd lang="en">.*?</dd>', page, re.DOTALL))).split())
    assert "Correction, February 1, 2015 – It was on Tuesday." in told
    assert "The rings. – [its licence does not cover the archive]" in told
