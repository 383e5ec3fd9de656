from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from archive import care, sitemaps
from archive.models import Article, Correction
from archive.search import index
from tests.factories import make_article, make_info_page, make_outlet, make_section
from tests.schemas import faults

pytestmark = pytest.mark.django_db

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def outlet():
    return make_outlet(slug="quebec", name="HuffPost Québec")


@pytest.fixture
def read(client):
    """What a sitemap lists: {path: lastmod, or None}."""

    def read_sitemap(address):
        document = b"".join(client.get(address).streaming_content)
        assert faults("siteindex.xsd" if address == "/sitemap.xml" else "sitemap.xsd", document) == []
        return {
            urlsplit(each.findtext(f"{SITEMAP}loc")).path: each.findtext(f"{SITEMAP}lastmod")
            for each in etree.fromstring(document)
        }

    return read_sitemap


def make(outlet, **fields):
    article = make_article(outlet=outlet, **fields)
    index([article.pk])
    return article


def on(day, precision="day"):
    return {"published_on": day, "published_precision": precision}


def test_index_names_a_file_for_each_outlet_and_month(outlet, read):
    make(outlet, **on(date(2014, 1, 22)))
    make(outlet, **on(date(2014, 1, 23)))
    make(outlet, **on(date(2015, 3, 1), "month"))
    make(outlet, **on(date(2015, 1, 1), "year"))
    make(outlet, published_precision="unknown")

    assert list(read("/sitemap.xml")) == [
        "/sitemaps/pages.xml",
        "/sitemaps/quebec/pages.xml",
        "/sitemaps/quebec/undated.xml",
        "/sitemaps/quebec/2014-01.xml",
        "/sitemaps/quebec/2015.xml",
        "/sitemaps/quebec/2015-03.xml",
    ]


def test_files_of_the_index_list_every_public_article_once(demo, read):
    files = list(read("/sitemap.xml"))
    listed = [path for address in files for path in read(address) if "/articles/" in path]
    articles = Article.objects.public().filter(indexable=True).select_related("outlet")
    assert sorted(listed) == sorted(article.get_absolute_url() for article in articles)


def test_every_page_that_a_sitemap_lists_is_there(demo, read, client):
    pages = {path for address in read("/sitemap.xml") for path in read(address)}
    answers = {path: client.get(path) for path in pages}
    assert len(pages) > 100
    assert {path: response.status_code for path, response in answers.items() if response.status_code != 200} == {}
    assert [path for path, response in answers.items() if "noindex" in response.headers.get("X-Robots-Tag", "")] == []


def test_month_begins_with_its_lists(outlet, read):
    article = make(outlet, **on(date(2014, 1, 22)))
    assert list(read("/sitemaps/quebec/2014-01.xml")) == [
        "/quebec/2014/01/",
        "/quebec/2014/01/22/",
        article.get_absolute_url(),
    ]


def test_article_of_which_the_year_alone_is_known_is_in_a_file_of_the_year(outlet, read):
    article = make(outlet, **on(date(2014, 1, 1), "year"))
    make(outlet, **on(date(2014, 1, 1)))
    assert list(read("/sitemaps/quebec/2014.xml")) == ["/quebec/2014/", article.get_absolute_url()]


def test_undated_article_is_in_a_file_of_its_own(outlet, read):
    article = make(outlet, published_precision="unknown")
    assert list(read("/sitemaps/quebec/undated.xml")) == ["/quebec/undated/", article.get_absolute_url()]


def test_outlet_lists_its_sections_years_and_pages(outlet, read):
    make_section(outlet, slug="monde")
    make(outlet, **on(date(2014, 1, 22)))
    make_info_page(outlet, slug="faq", updated_on=date(2021, 3, 9))
    make_info_page(outlet, slug="brouillon", held_back=True)
    assert read("/sitemaps/quebec/pages.xml") == {
        "/quebec/": None,
        "/quebec/sections/monde/": None,
        "/quebec/2014/": None,
        "/quebec/pages/faq/": "2021-03-09",
    }


def test_lastmod_is_the_last_change_of_the_article(outlet, read):
    article = make(outlet, updated_at=datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC))
    assert read("/sitemaps/quebec/2014-01.xml")[article.get_absolute_url()] == "2026-01-02T03:04:05+00:00"


def test_correction_is_a_change(outlet, read):
    article = make(outlet, updated_at=datetime(2020, 1, 1, tzinfo=UTC))
    care.correct(article, kind=Correction.Kind.CORRECTION, text="Onze batteries.")
    article.refresh_from_db()
    lastmod = read("/sitemaps/quebec/2014-01.xml")[article.get_absolute_url()]
    assert lastmod == article.updated_at.isoformat(timespec="seconds")


def test_withdrawn_article_is_in_no_sitemap_at_once(outlet, client):
    article = make(outlet)
    care.withdraw(article, reason="privacy")
    assert client.get("/sitemaps/quebec/2014-01.xml").status_code == 404
    assert b"2014-01" not in b"".join(client.get("/sitemap.xml").streaming_content)


def test_article_that_search_engines_may_not_index_is_in_no_sitemap(outlet, read):
    make(outlet, indexable=False)
    assert list(read("/sitemaps/quebec/2014-01.xml")) == ["/quebec/2014/01/", "/quebec/2014/01/22/"]


@pytest.mark.parametrize(
    "address",
    [
        "/sitemaps/nowhere/pages.xml",
        "/sitemaps/quebec/2013-12.xml",
        "/sitemaps/quebec/2014-13.xml",
        "/sitemaps/quebec/2014-00.xml",
        "/sitemaps/quebec/0000.xml",
        "/sitemaps/quebec/x.xml",
        "/sitemaps/quebec/2014-01/9.xml",
        "/sitemaps/quebec/2014-01/99999999999999999999.xml",
        "/sitemaps/quebec/undated.xml",
    ],
)
def test_sitemap_of_nothing_is_not_found(outlet, client, address):
    make(outlet)
    assert client.get(address).status_code == 404


def test_month_of_too_many_is_split(outlet, read, monkeypatch):
    monkeypatch.setattr(sitemaps, "MOST_ARTICLES", 3)
    made = [make(outlet) for _number in range(7)]
    few = make(outlet, **on(date(2014, 2, 1)))
    files = [path for path in read("/sitemap.xml") if "2014" in path]
    assert len(files) >= 4
    assert files[-1] == "/sitemaps/quebec/2014-02.xml"
    listed = [[path for path in read(address) if "/articles/" in path] for address in files]
    assert max(len(each) for each in listed) == 3
    assert sorted(path for each in listed for path in each) == sorted(each.get_absolute_url() for each in [*made, few])


def test_articles_are_read_some_at_a_time(outlet, client, monkeypatch):
    monkeypatch.setattr(sitemaps, "_AT_ONCE", 2)
    made = [make(outlet) for _number in range(5)]
    pieces = list(client.get("/sitemaps/quebec/2014-01.xml").streaming_content)
    assert len(pieces) > 4
    assert all(b"".join(pieces).count(each.key.encode()) == 1 for each in made)


def test_index_asks_as_much_of_an_outlet_with_many_months(outlet, client):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            b"".join(client.get("/sitemap.xml").streaming_content)
        return len(queries)

    make(outlet)
    few = asked()
    for month in range(2, 12):
        make(outlet, **on(date(2014, month, 1)))
    assert asked() == few


def test_empty_archive_has_a_valid_sitemap(read):
    assert list(read("/sitemap.xml")) == ["/sitemaps/pages.xml"]
    assert "/" in read("/sitemaps/pages.xml")


@pytest.mark.parametrize(
    ("schema", "document"),
    [
        ("sitemap.xsd", b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>'),
        (
            "sitemap.xsd",
            b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://a.example/</loc>'
            b"<lastmod>2014-01</lastmod></url></urlset>",
        ),
        ("siteindex.xsd", b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>'),
    ],
)
def test_schema_sees_what_is_wrong(schema, document):
    assert faults(schema, document)
