"""The page that documents the API."""

import re

import pytest
from django.utils import translation
from django.utils.translation import gettext

from archive import search
from archive.api.endpoints import api
from tests.factories import make_article, make_outlet

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    return client.get("/api/").content.decode()


def document():
    return api.get_openapi_schema(path_prefix="/api/v1/")


def meanings(value):
    """Every description and summary within a part of the document."""
    if isinstance(value, dict):
        for name, each in value.items():
            if name in ("description", "summary") and isinstance(each, str):
                yield each
            else:
                yield from meanings(each)
    elif isinstance(value, list):
        for each in value:
            yield from meanings(each)


def test_every_address_and_parameter_is_told(page):
    for path, operations in document()["paths"].items():
        assert f"<code>GET {path}</code>" in page
        for parameter in operations["get"]["parameters"]:
            assert f"<code>{parameter['name']}</code>" in page


def test_every_value_is_told_with_its_meaning(page):
    for name, model in document()["components"]["schemas"].items():
        assert f'id="model-{name}"' in page
        assert all(value["description"] for value in model["properties"].values()), name


def test_every_link_within_the_page_leads_somewhere(page):
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r'id="([^"]+)"', page))


def test_every_meaning_has_its_french():
    parts = document()["components"], *(each["get"]["parameters"] for each in document()["paths"].values())
    told = {*meanings(list(parts)), document()["info"]["description"]}
    told |= {each["get"][name] for each in document()["paths"].values() for name in ("summary", "description")}
    # What a model says of itself is for programmers, and not on the page.
    told -= {model.get("description") for model in document()["components"]["schemas"].values()}
    with translation.override("fr"):
        assert [meaning for meaning in sorted(told) if gettext(meaning) == meaning] == []


def test_page_speaks_the_readers_language(client):
    assert "Les archives pour les programmes" in client.get("/api/", headers={"Accept-Language": "fr"}).content.decode()


def test_whole_years_are_listed_with_their_numbers(client):
    outlet = make_outlet(slug="courrier", name="Le Courrier")
    for _number in range(2):
        search.index([make_article(outlet=outlet).pk])

    page = client.get("/api/").content.decode()

    assert "2 articles" in page
    assert 'href="/api/v1/outlets/courrier/articles/2014.csv"' in page


def test_page_needs_no_script_and_nothing_from_elsewhere(page):
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="(?!/|#)', page.replace("http://127.0.0.1:8000/", "/"))


def test_page_of_an_empty_archive_stands(client):
    assert client.get("/api/").status_code == 200


def test_documents_own_page_is_not_there(client):
    assert client.get("/api/v1/docs").status_code == 404
