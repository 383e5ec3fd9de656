"""The forms of an article at its own address, and what it says of itself to those who cite it."""

import json
from datetime import date

import pytest
from django.utils import timezone

from archive import care
from archive.exporters.forms import FORMS
from archive.models import Withdrawal
from tests.factories import make_article, make_author, make_byline, make_notice, make_outlet

pytestmark = pytest.mark.django_db
SUFFIXES = list(FORMS)


@pytest.fixture
def outlet():
    return make_outlet(slug="quebec", name="HuffPost Québec")


@pytest.fixture
def article(outlet):
    article = make_article(outlet=outlet, original_id="4646130", headline="Une offre d’aide")
    make_byline(article, make_author(name="Mireille Jobin"))
    return article


def address(article, suffix, slug="une-offre-d-aide"):
    return f"/quebec/articles/{article.key}/{slug}.{suffix}"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_form_stands_at_the_article_s_address_with_its_suffix(client, article, suffix):
    response = client.get(address(article, suffix))
    assert response.status_code == 200
    assert response["Content-Type"] == FORMS[suffix].content_type
    assert response["Content-Disposition"] == f'inline; filename="une-offre-d-aide-{article.key}.{suffix}"'
    assert "Une offre d’aide" in response.content.decode()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_wrong_slug_leads_to_the_form_in_one_step(client, article, suffix):
    response = client.get(address(article, suffix, "autre"))
    assert (response.status_code, response["Location"]) == (301, address(article, suffix))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_key_alone_leads_to_the_form(client, article, suffix):
    response = client.get(f"/quebec/articles/{article.key.upper()}.{suffix}")
    assert (response.status_code, response["Location"]) == (301, address(article, suffix))


def test_form_under_another_outlet_leads_to_the_article_s_own(client, article):
    make_outlet(slug="canada")
    response = client.get(f"/canada/articles/{article.key}/une-offre-d-aide.json")
    assert (response.status_code, response["Location"]) == (301, address(article, "json"))


def test_form_of_another_kind_is_not_found(client, article):
    assert client.get(address(article, "docx")).status_code == 404


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_form_names_the_page_as_the_one_to_index(client, article, suffix):
    response = client.get(address(article, suffix))
    assert response["Link"] == f'<http://127.0.0.1:8000{article.get_absolute_url()}>; rel="canonical"'
    assert "X-Robots-Tag" not in response


def test_form_of_an_article_that_may_not_be_indexed_says_so(client, outlet):
    article = make_article(outlet=outlet, headline="Une offre d’aide", indexable=False)
    assert client.get(address(article, "txt"))["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("status", [410, 451])
def test_withdrawn_article_has_a_few_plain_words_in_their_place(client, article, suffix, status):
    care.withdraw(article, reason="legal", status_code=status, public_note="Décision du tribunal.", show_headline=False)
    response = client.get(address(article, suffix))
    assert response.status_code == status
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["X-Robots-Tag"] == "noindex"
    assert "Décision du tribunal." in response.content.decode()
    assert "Une offre" not in response.content.decode()


def test_withdrawn_article_may_keep_its_headline(client, article):
    care.withdraw(article, reason="rights-expired")
    assert "Une offre d’aide" in client.get(f"/quebec/articles/{article.key}.txt").content.decode()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_article_held_back_is_not_found(client, outlet, suffix):
    article = make_article(outlet=outlet, headline="Une offre d’aide", held_back=True)
    assert client.get(address(article, suffix)).status_code == 404


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_form_is_not_sent_again_to_whoever_has_it(client, article, suffix):
    tag = client.get(address(article, suffix))["ETag"]
    assert client.get(address(article, suffix), headers={"If-None-Match": tag}).status_code == 304


def test_form_without_notices_is_dated_by_the_article_s_last_change(client, article):
    modified = client.get(address(article, "bib"))["Last-Modified"]
    assert client.get(address(article, "bib"), headers={"If-Modified-Since": modified}).status_code == 304
    assert "Last-Modified" not in client.get(address(article, "txt"))


def test_text_carries_the_closure_notices(client, article):
    make_notice(article.outlet, message="{outlet} a fermé en {year}.")
    for suffix in ("txt", "md"):
        assert "a fermé en 2021." in client.get(address(article, suffix)).content.decode()


def test_forms_cost_a_constant_number_of_queries(client, article, django_assert_max_num_queries):
    for number in range(5):
        make_byline(article, make_author(), order=number)
    with django_assert_max_num_queries(12):
        client.get(address(article, "md"))


def test_head_of_the_page_names_each_form(client, article):
    page = client.get(article.get_absolute_url()).content.decode()
    for suffix, form in FORMS.items():
        media_type = form.content_type.partition(";")[0]
        assert f'<link rel="alternate" type="{media_type}" href="{address(article, suffix)}"' in page


def test_page_cites_the_article_in_each_style(client, article):
    page = client.get(article.get_absolute_url()).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "Jobin, M. (2014, 22 janvier). Une offre d’aide. <i>HuffPost Québec</i>" in page
    assert "Jobin, Mireille. « Une offre d’aide ». <i>HuffPost Québec</i>, 22 janvier 2014." in page
    assert "JOBIN, Mireille. Une offre d’aide. <i>HuffPost Québec</i> [en ligne]. 22 janvier 2014." in page


@pytest.mark.parametrize(
    ("of_outlet", "of_article", "cited"),
    [
        (
            "en",
            "fr",
            [
                'Jobin, M. (2014, January 22). <span lang="fr">Que faire ?</span> <i>Herald</i>.',
                'Jobin, Mireille. “<span lang="fr">Que faire ?</span>” <i>Herald</i>, January 22',
                'JOBIN, Mireille. <span lang="fr">Que faire ?</span> <i>Herald</i>. Online.',
            ],
        ),
        (
            "fr",
            "en",
            [
                'Jobin, M. (2014, 22 janvier). <span lang="en">Que faire ?</span> <i>Herald</i>.',
                'Jobin, Mireille. « <span lang="en">Que faire ?</span> ». <i>Herald</i>, 22 janvier',
                'JOBIN, Mireille. <span lang="en">Que faire ?</span> <i>Herald</i> [en ligne].',
            ],
        ),
        (
            "en",
            "en",
            [
                "Jobin, M. (2014, January 22). Que faire ? <i>Herald</i>.",
                "Jobin, Mireille. “Que faire ?” <i>Herald</i>, January 22",
                "JOBIN, Mireille. Que faire ? <i>Herald</i>. Online.",
            ],
        ),
    ],
)
def test_title_within_a_citation_keeps_its_language(client, of_outlet, of_article, cited):
    outlet = make_outlet(name="Herald", language=of_outlet)
    article = make_article(outlet=outlet, headline="Que faire ?", language=of_article)
    make_byline(article, make_author(name="Mireille Jobin"))
    page = client.get(article.get_absolute_url()).content.decode().replace(" ", " ")
    assert [each for each in cited if f"<dd>{each}" not in page] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_files_to_cite_by_tell_the_language_of_the_article(client, outlet, language):
    article = make_article(outlet=outlet, headline="Une offre", language=language)
    ris, bibtex, csl = (
        client.get(article.get_absolute_url()[:-1] + suffix).content.decode()
        for suffix in (".ris", ".bib", ".csl.json")
    )
    assert f"LA  - {language}\r\n" in ris
    assert f"langid = {{{ {'fr': 'french', 'en': 'english'}[language] }}}," in bibtex
    assert json.loads(csl)[0]["language"] == language


@pytest.mark.parametrize("language", ["fr", "en"])
def test_citation_is_escaped(client, outlet, language):
    article = make_article(outlet=outlet, headline='"><script>alert(1)</script> & <i>co</i>', language=language)
    page = client.get(article.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "<i>co</i>" not in page


def test_page_tells_digest_and_day_of_taking_in(client, article):
    page = client.get(article.get_absolute_url()).content.decode()
    item = json.loads(client.get(address(article, "json")).content)
    (digest,) = (each["value"] for each in item["altIds"] if each["role"] == "content-digest")
    assert f"<code>{digest}</code>" in page
    assert f'<time datetime="{timezone.now():%Y-%m-%d}">' in page


def test_withdrawal_to_come_leaves_the_forms_until_its_day(client, article):
    Withdrawal.objects.create(article=article, reason="other", withdrawn_on=date(2999, 1, 1))
    assert client.get(address(article, "json")).status_code == 200
