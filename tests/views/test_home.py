from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from archive import care
from archive.models import Correction, Withdrawal
from archive.search import index
from archive.views import home
from tests.factories import make_article, make_outlet

pytestmark = pytest.mark.django_db


@pytest.fixture
def outlet():
    return make_outlet(slug="quebec", name="HuffPost Québec")


def article_on(outlet, day=None, **fields):
    if day:
        fields |= {"published_on": day, "published_precision": "day"}
    article = make_article(outlet=outlet, **fields)
    index([article.pk])
    return article


def text(response):
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_front_counts_the_articles_of_each_outlet_and_their_years(client, outlet):
    article_on(outlet, date(2012, 3, 1))
    article_on(outlet, date(2014, 3, 1))
    article_on(outlet, published_precision="unknown")
    ((shown,)) = client.get("/").context["networks"]
    assert (shown.total, shown.first_year, shown.last_year) == (3, 2012, 2014)


def test_front_counts_no_withdrawn_article(client, outlet):
    care.withdraw(article_on(outlet), reason="privacy")
    ((shown,)) = client.get("/").context["networks"]
    assert shown.total == 0


def test_front_has_the_search(client, outlet):
    assert 'role="search"' in text(client.get("/"))


def test_front_costs_no_query_per_outlet(client, outlet):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        return len(queries)

    article_on(outlet)
    few = cost()
    for _ in range(5):
        article_on(make_outlet(parent=outlet))
    assert cost() == few


def test_front_shows_the_latest_corrections_first(client, outlet):
    first, second = article_on(outlet), article_on(outlet)
    Correction.objects.create(article=second, made_on=date(2021, 3, 1), text="…")
    Correction.objects.create(article=first, made_on=date(2022, 3, 1), text="…")
    assert [row.article for row in client.get("/").context["corrections"]] == [first, second]


@pytest.mark.parametrize("address", ["/", "/care/corrections/"])
def test_correction_of_what_is_withdrawn_is_not_shown(client, outlet, address):
    article = article_on(outlet, headline="Un seul titre")
    Correction.objects.create(article=article, text="…")
    care.withdraw(article, reason="privacy", show_headline=False)
    assert "Un seul titre" not in text(client.get(address))


@pytest.mark.parametrize("address", ["/", "/care/withdrawals/"])
def test_withdrawal_leads_to_the_tombstone(client, outlet, address):
    article = article_on(outlet, headline="Un seul titre")
    care.withdraw(article, reason="privacy")
    page = text(client.get(address))
    assert f'/quebec/articles/{article.key}/"' in page and "Un seul titre" in page


@pytest.mark.parametrize("address", ["/", "/care/withdrawals/"])
def test_withdrawal_gives_away_no_headline_that_may_not_be_shown(client, outlet, address):
    article = article_on(outlet, headline="Un seul titre")
    care.withdraw(article, reason="privacy", show_headline=False)
    page = text(client.get(address))
    assert article.key in page and "Un seul titre" not in page and "un-seul-titre" not in page


@pytest.mark.parametrize("address", ["/", "/care/withdrawals/"])
@pytest.mark.parametrize("fields", [{"withdrawn_on": 1}, {"withdrawn_on": -2, "reinstated_on": 0}])
def test_withdrawal_not_in_force_is_not_told(client, outlet, address, fields):
    article, today = article_on(outlet), timezone.now().date()
    days = {name: today + timedelta(days=days) for name, days in fields.items()}
    Withdrawal.objects.create(article=article, reason="privacy", **days)
    assert article.key not in text(client.get(address))


@pytest.mark.parametrize("address", ["/", "/care/withdrawals/"])
def test_withdrawal_of_what_was_never_public_is_not_told(client, outlet, address):
    article = article_on(outlet, held_back=True)
    Withdrawal.objects.create(article=article, reason="privacy")
    assert article.key not in text(client.get(address))


@pytest.fixture
def long_care(outlet, monkeypatch):
    monkeypatch.setattr(home, "PAGE_LENGTH", 2)
    for number in range(7):
        article, day = article_on(outlet), date(2021, 3, 1 + number // 3)
        Correction.objects.create(article=article, made_on=day, text="…")
        Withdrawal.objects.create(article=article_on(outlet), withdrawn_on=day, reason="privacy")


@pytest.mark.parametrize("what", ["corrections", "withdrawals"])
def test_pages_of_care_hold_every_one_once_in_both_directions(client, long_care, what):
    rows, _fields = home.CareView.LISTS[what]
    for query, step, name in (("", "older", "after"), ("?last=1", "newer", "before")):
        pages = []
        while True:
            page = client.get(f"/care/{what}/{query}").context["page"]
            pages.append(page.rows)
            if not getattr(page, step):
                break
            query = f"?{name}={getattr(page, step)}"
        pages = pages if step == "older" else pages[::-1]
        assert [row for page in pages for row in page] == list(rows())


@pytest.mark.parametrize("place", ["x", "2021-02-30-1", "2021-03-01", "-1", "2021-03-01-" + "9" * 40, "\0-1", "²-²"])
@pytest.mark.parametrize("name", ["after", "before"])
def test_place_in_care_that_is_none_gives_the_first_page(client, long_care, name, place):
    page = client.get("/care/corrections/", {name: place}).context["page"]
    assert page.rows == list(home.public_corrections()[:2])


def test_care_of_nothing_says_so(client):
    assert client.get("/care/corrections/").status_code == client.get("/care/withdrawals/").status_code == 200
