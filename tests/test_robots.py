import pytest
from protego import Protego

from archive.robots import AI_CRAWLERS
from tests.factories import make_article

SITE = "http://127.0.0.1:8000"


@pytest.fixture
def robots(client):
    response = client.get("/robots.txt")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    return Protego.parse(response.content.decode())


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("/", True),
        ("/huffpost-quebec/2014/01/22/", True),
        ("/feeds/atom.xml", True),
        ("/search/", True),
        ("/search/?q=hiver", False),
        ("/find/", True),
        ("/find/?url=http://example.org/", False),
        ("/admin/", False),
        ("/admin/archive/article/", False),
    ],
)
def test_crawler_may_read_what_has_an_end(robots, path, may):
    assert robots.can_fetch(SITE + path, "Googlebot") is may


def test_sitemap_is_named(robots):
    assert list(robots.sitemaps) == [f"{SITE}/sitemap.xml"]


def test_ai_crawlers_may_read_unless_the_operator_forbids_it(robots):
    assert all(robots.can_fetch(f"{SITE}/huffpost-quebec/", name) for name in AI_CRAWLERS)


def test_operator_may_forbid_ai_crawlers(settings, client):
    settings.AI_CRAWLERS = "forbid"
    parser = Protego.parse(client.get("/robots.txt").content.decode())
    assert [name for name in AI_CRAWLERS if parser.can_fetch(f"{SITE}/huffpost-quebec/", name)] == []
    assert parser.can_fetch(f"{SITE}/huffpost-quebec/", "Googlebot")


@pytest.mark.django_db
def test_article_that_search_engines_may_not_index_is_not_named(client):
    article = make_article(indexable=False)
    text = client.get("/robots.txt").content.decode()
    assert article.key not in text
    assert article.slug not in text


def test_robots_txt_asks_nothing_of_the_database(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/robots.txt")
