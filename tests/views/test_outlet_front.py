from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from archive import care
from archive.models import SelectedArticle, Selection
from archive.search import index
from archive.views.outlets import MOST_SELECTED, MOST_YEARS_BACK
from tests.factories import (
    make_article,
    make_author,
    make_byline,
    make_outlet,
    make_section,
    make_source,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def outlet():
    return make_outlet(slug="quebec", name="HuffPost Québec")


def listed(article):
    index([article.pk])
    return article


def article_on(outlet, day, **fields):
    return listed(make_article(outlet=outlet, published_on=day, published_precision="day", **fields))


def front(client):
    return client.get("/quebec/")


def text(response):
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def select(outlet, *articles, **fields):
    defaults = {"slug": "hivers", "title": "Hivers d’ici", "shown_from": date(2021, 6, 1)}
    selection = Selection.objects.create(outlet=outlet, **(defaults | fields))
    for number, article in enumerate(articles):
        SelectedArticle.objects.create(selection=selection, article=article, order=number, note=f"Raison {number}.")
    return selection


def test_front_tells_when_the_outlet_opened_and_closed(client, outlet):
    page = text(front(client))
    assert "Ouvert le" in page and "8 février 2012" in page and "9 mars 2021" in page


def test_front_counts_the_public_articles(client, outlet):
    for day in (1, 2, 3):
        article = article_on(outlet, date(2014, 1, day))
    care.withdraw(article, reason="privacy")
    assert front(client).context["total"] == 2


def test_withdrawal_to_come_changes_the_count_on_its_day(client, outlet):
    article = article_on(outlet, date(2014, 1, 1))
    today = timezone.now().date()
    care.withdraw(article, reason="privacy", withdrawn_on=today + timedelta(days=1))
    assert front(client).context["total"] == 1


def test_each_year_is_a_bar_that_leads_to_it(client, outlet):
    article_on(outlet, date(2012, 3, 1))
    article_on(outlet, date(2014, 3, 1))
    bars = front(client).context["bars"]
    assert [(bar.name, bar.count, bar.address) for bar in bars] == [
        ("2012", 1, "/quebec/2012/"),
        ("2013", 0, "/quebec/2013/"),
        ("2014", 1, "/quebec/2014/"),
    ]


def test_bars_have_their_table(client, outlet):
    article_on(outlet, date(2012, 3, 1))
    assert '<th scope="row"><a href="/quebec/2012/">2012</a></th><td>1</td>' in front(client).content.decode()


def test_front_tells_from_whom_the_articles_came(client, outlet):
    source = make_source(slug="afp", name="AFP")
    for _ in range(2):
        article_on(outlet, date(2014, 1, 22), source=source)
    article_on(outlet, date(2014, 1, 22))
    rows = front(client).context["sources"]
    assert [(row.count, row.address) for row in rows] == [(2, "/quebec/sources/afp/"), (1, "")]


def test_front_counts_by_section_and_below(client, outlet):
    sports = make_section(outlet, name="Sports")
    hockey = make_section(outlet, name="Hockey", parent=sports)
    for section in (sports, hockey, hockey):
        article_on(outlet, date(2014, 1, 22), section=section)
    assert front(client).context["section_tree"] == [(sports, 3, [(hockey, 2)])]


def test_front_names_who_signed_most(client, outlet):
    often, once = make_author(name="Ana"), make_author(name="Luc")
    for number in range(2):
        article = make_article(outlet=outlet)
        make_byline(article, often)
        if number:
            make_byline(article, once)
        listed(article)
    assert front(client).context["authors"] == [(often, 2), (once, 1)]


def test_author_of_what_is_withdrawn_is_not_named(client, outlet):
    article = make_article(outlet=outlet)
    make_byline(article, make_author(name="Ana Roy"))
    care.withdraw(listed(article), reason="privacy")
    assert "Ana Roy" not in text(front(client))


# Selections


def test_selection_shows_its_articles_in_order_with_why_they_were_chosen(client, outlet):
    articles = [article_on(outlet, date(2014, 1, day)) for day in (1, 2)]
    select(outlet, *articles)
    ((first, why), (second, _why)) = front(client).context["selections"][0].shown
    assert (first, why, second) == (articles[0], "Raison 0.", articles[1])


@pytest.mark.parametrize(
    ("begins", "ends", "is_shown"), [(0, None, True), (1, None, False), (-2, 0, False), (-2, 1, True)]
)
def test_selection_is_shown_between_its_days(client, outlet, begins, ends, is_shown):
    today = timezone.now().date()
    select(
        outlet,
        article_on(outlet, date(2014, 1, 1)),
        shown_from=today + timedelta(days=begins),
        shown_until=None if ends is None else today + timedelta(days=ends),
    )
    assert ("Hivers d’ici" in text(front(client))) == is_shown


def test_withdrawn_article_is_out_of_its_selection(client, outlet):
    kept = article_on(outlet, date(2014, 1, 1))
    gone = article_on(outlet, date(2014, 1, 2), headline="Retiré depuis")
    select(outlet, gone, kept)
    care.withdraw(gone, reason="privacy")
    page = front(client)
    assert "Retiré depuis" not in text(page)
    assert page.context["selections"][0].shown == [(kept, "Raison 1.")]


def test_selection_of_nothing_public_is_not_shown(client, outlet):
    gone = article_on(outlet, date(2014, 1, 2))
    select(outlet, gone)
    care.withdraw(gone, reason="privacy")
    assert "Hivers d’ici" not in text(front(client))


def test_selection_of_an_editions_article_names_the_edition(client, outlet):
    edition = make_outlet(name="Édition de l’Est", parent=outlet)
    select(outlet, article_on(edition, date(2014, 1, 1)))
    assert "Édition de l’Est" in text(front(client)).partition("Hivers d’ici")[2]


def test_long_selection_is_cut(client, outlet):
    select(outlet, *(article_on(outlet, date(2014, 1, 1)) for _ in range(MOST_SELECTED + 2)))
    assert len(front(client).context["selections"][0].shown) == MOST_SELECTED


def test_same_article_stands_in_two_selections_for_two_reasons(client, outlet):
    article = article_on(outlet, date(2014, 1, 1))
    select(outlet, article)
    other = select(outlet, slug="autre", title="Autre")
    SelectedArticle.objects.create(selection=other, article=article, note="Encore.")
    assert {selection.shown[0][1] for selection in front(client).context["selections"]} == {"Raison 0.", "Encore."}


# This day in other years


def at(monkeypatch, moment):
    monkeypatch.setattr("archive.views.outlets.timezone.now", lambda: moment)


def test_this_day_shows_an_article_of_each_earlier_year(client, outlet, monkeypatch):
    at(monkeypatch, datetime(2026, 1, 22, 15, tzinfo=UTC))
    earlier, later = article_on(outlet, date(2013, 1, 22)), article_on(outlet, date(2014, 1, 22))
    article_on(outlet, date(2014, 1, 23))
    assert front(client).context["this_day"]["articles"] == [later, earlier]


def test_this_day_is_that_of_the_outlets_own_clock(client, outlet, monkeypatch):
    at(monkeypatch, datetime(2026, 1, 23, 2, tzinfo=UTC))
    article = article_on(outlet, date(2014, 1, 22))
    assert front(client).context["this_day"]["articles"] == [article]


def test_twenty_ninth_of_february_finds_the_other_leap_years(client, outlet, monkeypatch):
    at(monkeypatch, datetime(2028, 2, 29, 15, tzinfo=UTC))
    article = article_on(outlet, date(2016, 2, 29))
    article_on(outlet, date(2015, 2, 28))
    article_on(outlet, date(2015, 3, 1))
    assert front(client).context["this_day"]["articles"] == [article]


def test_this_day_skips_what_is_withdrawn(client, outlet, monkeypatch):
    at(monkeypatch, datetime(2026, 1, 22, 15, tzinfo=UTC))
    kept, gone = article_on(outlet, date(2014, 1, 22)), article_on(outlet, date(2014, 1, 22))
    care.withdraw(gone, reason="privacy")
    assert front(client).context["this_day"]["articles"] == [kept]


def test_this_day_of_a_very_old_outlet_is_bounded(client, outlet, monkeypatch):
    at(monkeypatch, datetime(2026, 1, 22, 15, tzinfo=UTC))
    for year in range(1900, 1960):
        article_on(outlet, date(year, 1, 22))
    assert len(front(client).context["this_day"]["articles"]) == MOST_YEARS_BACK


def test_empty_outlet_has_a_front(client, outlet):
    assert front(client).status_code == 200


def test_outlet_of_undated_articles_alone_has_a_front(client, outlet):
    listed(make_article(outlet=outlet, published_precision="unknown"))
    assert front(client).context["undated"] == 1
