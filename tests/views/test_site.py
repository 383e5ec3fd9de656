from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection

from archive import care
from tests.factories import make_article, make_notice, make_old_address, make_outlet

pytestmark = pytest.mark.django_db

OLD = "http://quebec.huffingtonpost.ca/2014/01/22/sotchi_n_4646130.html"


@pytest.fixture
def outlet():
    return make_outlet(slug="quebec", name="HuffPost Québec")


@pytest.fixture
def article(outlet):
    article = make_article(outlet=outlet)
    make_old_address(article, OLD)
    return article


def test_front_page_lists_the_outlets_as_a_tree(client, outlet):
    make_outlet(name="Une édition", parent=outlet)
    page = client.get("/").content.decode()
    assert page.index("HuffPost Québec") < page.index("Une édition")


def test_front_page_of_an_empty_archive_says_so(client):
    assert "No outlet is kept here yet." in client.get("/").content.decode()


def test_front_page_speaks_the_readers_language(client, outlet):
    assert "Les médias gardés ici" in client.get("/", headers={"Accept-Language": "fr-CA"}).content.decode()


@pytest.mark.parametrize("address", ["/", "/quebec/", "/find/", "/quebec/2014/", "/nowhere/", "/healthz"])
def test_no_cookie_is_set(client, outlet, address):
    assert not client.get(address).cookies


def test_health_is_told(client):
    assert client.get("/healthz").content == b"ok\n"


def test_health_without_a_database_is_503(client):
    with patch.object(connection, "cursor", side_effect=DatabaseError):
        assert client.get("/healthz").status_code == 503


def test_page_not_found_speaks_its_outlets_language(client, outlet):
    assert "Page introuvable" in client.get("/quebec/rien/").content.decode()


def test_page_not_found_carries_the_notices(client, outlet):
    make_notice(outlet, message="{outlet} a fermé.")
    assert "a fermé." in client.get("/quebec/rien/").content.decode()


def test_server_error_needs_no_database(client, outlet, django_assert_num_queries):
    from django.test import RequestFactory

    from archive.views import server_error

    with django_assert_num_queries(0):
        assert server_error(RequestFactory().get("/")).status_code == 500


# Old addresses


def test_old_address_redirects_to_the_article(client, settings, article):
    response = client.get("/2014/01/22/sotchi_n_4646130.html", headers={"Host": "quebec.huffingtonpost.ca"})
    assert (response.status_code, response["Location"]) == (301, f"{settings.ARCHIVE_URL}{article.get_absolute_url()}")


@pytest.fixture(autouse=True)
def old_hosts(settings):
    settings.ALLOWED_HOSTS = ["testserver", "quebec.huffingtonpost.ca"]


@pytest.mark.parametrize(
    "url",
    [
        OLD,
        OLD.replace("http:", "https:"),
        OLD.removeprefix("http://"),
        f"{OLD}?utm_source=x#top",
        f" {OLD} ",
        f"https://web.archive.org/web/20140123000000/{OLD}",
    ],
)
def test_old_address_is_found_in_any_of_its_forms(client, article, url):
    assert client.get("/find/", {"url": url})["Location"] == article.get_absolute_url()


def test_old_address_of_a_withdrawn_article_leads_to_its_tombstone(client, article):
    care.withdraw(article, reason="privacy", show_headline=False)
    assert client.get("/find/", {"url": OLD})["Location"] == f"/quebec/articles/{article.key}/"


def test_old_address_of_a_draft_is_not_told_of(client, article):
    article.held_back = True
    article.save()
    assert client.get("/find/", {"url": OLD}).status_code == 404


def test_unknown_address_is_told_as_not_known(client):
    assert "No article is known" in client.get("/find/", {"url": "example.org/x"}).content.decode()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//", "http://[", "\x00", "x" * 5000, "<script>", "http://a b"])
def test_hostile_address_is_answered_as_not_known(client, url):
    assert client.get("/find/", {"url": url}).status_code == 404


def test_address_that_is_not_known_is_escaped(client):
    assert "<script>alert" not in client.get("/find/", {"url": "<script>alert(1)</script>"}).content.decode()


def test_archives_own_address_wins_over_an_old_one(client, article):
    make_old_address(article, "http://quebec.huffingtonpost.ca/quebec/")
    assert client.get("/quebec/", headers={"Host": "quebec.huffingtonpost.ca"}).status_code == 200


def test_icon_is_found_where_browsers_ask_for_it(client):
    assert client.get("/favicon.ico")["Location"].endswith("/icon.svg")
