from datetime import UTC, date, datetime, timedelta

import pytest

from archive import care
from archive.models import Tag
from archive.views.page import PAGE_LENGTH
from tests.factories import (
    make_article,
    make_author,
    make_byline,
    make_info_page,
    make_notice,
    make_outlet,
    make_section,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def outlet():
    return make_outlet(slug="quebec", name="HuffPost Québec")


def article_on(outlet, day, **fields):
    return make_article(outlet=outlet, published_on=day, published_precision="day", **fields)


def text(response):
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def lists(outlet):
    """An article, and every list in which it stands."""
    section, author = make_section(outlet, slug="monde"), make_author(slug="ana-roy")
    tag = Tag.objects.create(slug="hiver", name="Hiver")
    article = article_on(outlet, date(2014, 1, 22), headline="Un seul titre", section=section)
    article.tags.add(tag)
    make_byline(article, author)
    article_on(outlet, date(2014, 1, 22), headline="Son voisin", section=section)
    return article, [
        "/quebec/",
        "/quebec/sections/monde/",
        "/quebec/authors/ana-roy/",
        "/quebec/tags/hiver/",
        "/quebec/2014/",
        "/quebec/2014/01/",
        "/quebec/2014/01/22/",
    ]


def test_article_stands_in_every_list_that_it_belongs_to(client, outlet):
    _article, addresses = lists(outlet)
    assert [address for address in addresses if "Un seul titre" not in text(client.get(address))] == []


def test_withdrawn_article_is_out_of_every_list_at_once(client, outlet):
    article, addresses = lists(outlet)
    care.withdraw(article, reason="privacy")
    assert [address for address in addresses if "Un seul titre" in text(client.get(address))] == []


def test_held_back_article_is_out_of_every_list(client, outlet):
    article, addresses = lists(outlet)
    article.held_back = True
    article.save()
    assert [address for address in addresses if "Un seul titre" in text(client.get(address))] == []


def test_author_of_nothing_public_has_no_page(client, outlet):
    article, _addresses = lists(outlet)
    care.withdraw(article, reason="privacy")
    assert client.get("/quebec/authors/ana-roy/").status_code == 404


def test_author_has_no_page_in_an_outlet_where_nothing_is_theirs(client, outlet):
    lists(outlet)
    other = make_outlet()
    assert client.get(f"/{other.slug}/authors/ana-roy/").status_code == 404


def test_author_twice_on_an_article_has_it_once_in_the_list(client, outlet):
    article, _addresses = lists(outlet)
    make_byline(article, article.bylines.get().author, role="photo")
    assert text(client.get("/quebec/authors/ana-roy/")).count("Un seul titre") == 1


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere/",
        "/quebec/sections/x/",
        "/quebec/tags/x/",
        "/quebec/2014/13/",
        "/quebec/2014/02/30/",
        "/quebec/pages/x/",
    ],
)
def test_what_is_not_there_is_not_found(client, outlet, address):
    assert client.get(address).status_code == 404


def test_day_without_articles_says_so(client, outlet):
    assert "Aucun article ici." in text(client.get("/quebec/2014/01/22/"))


def test_day_leads_to_the_neighbouring_days_that_hold_articles(client, outlet):
    for day in (3, 9, 20):
        article_on(outlet, date(2014, 1, day))
    page = text(client.get("/quebec/2014/01/09/"))
    assert "/quebec/2014/01/03/" in page and "/quebec/2014/01/20/" in page


def test_month_links_only_the_days_that_hold_articles(client, outlet):
    article_on(outlet, date(2014, 1, 22))
    page = text(client.get("/quebec/2014/01/"))
    assert '<a href="/quebec/2014/01/22/">22</a>' in page and "<span>21</span>" in page


def test_month_leads_over_empty_months(client, outlet):
    article_on(outlet, date(2013, 5, 1))
    article_on(outlet, date(2014, 1, 22))
    assert '/quebec/2013/05/"' in text(client.get("/quebec/2014/01/"))


def test_french_week_begins_on_monday(client, outlet):
    page = text(client.get("/quebec/2014/01/"))
    assert page.index("lundi") < page.index("dimanche")


def test_english_week_begins_on_sunday(client):
    make_outlet(slug="canada", language="en")
    page = text(client.get("/canada/2014/01/"))
    assert page.index("Sunday") < page.index("Monday")


def test_year_links_only_the_months_that_hold_articles(client, outlet):
    article_on(outlet, date(2014, 1, 22))
    page = text(client.get("/quebec/2014/"))
    assert "/quebec/2014/01/" in page and "/quebec/2014/02/" not in page


def test_front_links_the_years_that_hold_articles(client, outlet):
    article_on(outlet, date(2012, 3, 1))
    article_on(outlet, date(2014, 1, 22))
    page = text(client.get("/quebec/"))
    assert "/quebec/2012/" in page and "/quebec/2013/" not in page


def test_article_without_a_date_has_its_place(client, outlet):
    make_article(outlet=outlet, published_precision="unknown", headline="Sans jour")
    assert "Sans jour" in text(client.get("/quebec/undated/"))


def test_article_of_an_unknown_month_stands_in_its_year(client, outlet):
    make_article(outlet=outlet, published_on=date(2014, 1, 1), published_precision="year", headline="Cette année-là")
    assert "Cette année-là" in text(client.get("/quebec/2014/"))


def test_article_of_an_unknown_month_stands_in_no_month(client, outlet):
    make_article(outlet=outlet, published_on=date(2014, 1, 1), published_precision="year", headline="Cette année-là")
    assert "Cette année-là" not in text(client.get("/quebec/2014/01/"))


def test_info_page_is_shown(client, outlet):
    make_info_page(outlet, slug="faq", title="Foire aux questions", body="<p>Bonjour<script>x</script></p>")
    assert "<p>Bonjour</p>" in text(client.get("/quebec/pages/faq/"))


def test_page_held_back_is_not_shown(client, outlet):
    make_info_page(outlet, slug="brouillon", held_back=True)
    assert client.get("/quebec/pages/brouillon/").status_code == 404


def test_front_lists_the_other_pages(client, outlet):
    make_info_page(outlet, slug="equipe", title="L’équipe")
    assert "L’équipe" in text(client.get("/quebec/"))


def test_front_lists_no_page_held_back(client, outlet):
    make_info_page(outlet, title="Brouillon", held_back=True)
    assert "Brouillon" not in text(client.get("/quebec/"))


# Paging


@pytest.fixture
def long_list(outlet):
    start = datetime(2014, 1, 2, tzinfo=UTC)
    return [
        make_article(
            outlet=outlet,
            headline=f"N{number:03}.",
            published_at=start + timedelta(hours=number),
            published_precision="minute",
        )
        for number in range(2 * PAGE_LENGTH + 5)
    ]


def headlines(response):
    return [article.headline for article in response.context["page"].articles]


def test_pages_of_a_list_hold_every_article_once(client, long_list):
    seen, address = [], "/quebec/2014/?"
    while address:
        response = client.get(address)
        seen += headlines(response)
        older = response.context["page"].older
        address = older and f"/quebec/2014/?after={older}"
    assert seen == [article.headline for article in reversed(long_list)]


def test_newer_page_leads_back_to_where_one_came_from(client, long_list):
    first = client.get("/quebec/2014/")
    second = client.get(f"/quebec/2014/?after={first.context['page'].older}")
    back = client.get(f"/quebec/2014/?before={second.context['page'].newer}")
    assert headlines(back) == headlines(first)


def test_first_page_has_no_newer(client, long_list):
    first = client.get("/quebec/2014/")
    second = client.get(f"/quebec/2014/?after={first.context['page'].older}")
    assert client.get(f"/quebec/2014/?before={second.context['page'].newer}").context["page"].newer == ""


@pytest.mark.parametrize("place", ["x", "1", "-", "1-", "9" * 40 + "-1", "1-1;drop", "١-١"])
def test_place_that_is_none_gives_the_first_page(client, long_list, place):
    assert headlines(client.get("/quebec/2014/", {"after": place}))[0] == long_list[-1].headline


def test_articles_of_one_minute_are_paged_without_loss(client, outlet):
    for number in range(PAGE_LENGTH + 3):
        make_article(outlet=outlet, headline=f"N{number}.")
    older = client.get("/quebec/2014/").context["page"].older
    assert len(headlines(client.get(f"/quebec/2014/?after={older}"))) == 3


@pytest.mark.parametrize(
    "address", ["/quebec/", "/quebec/2014/", "/quebec/2014/01/", "/quebec/2014/01/22/", "/quebec/sections/monde/"]
)
def test_list_costs_no_query_per_article(client, outlet, address, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    section = make_section(outlet, slug="monde")

    def fill(number):
        for _ in range(number):
            make_byline(article_on(outlet, date(2014, 1, 22), section=section))

    fill(2)
    make_notice(outlet)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    fill(10)
    with django_assert_num_queries(len(few)):
        client.get(address)
