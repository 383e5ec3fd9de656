from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from archive import care
from archive.models import Article, Tag, Tally
from archive.search import index
from archive.views import browse, days, together
from archive.views.page import PAGE_LENGTH
from tests.factories import (
    make_article,
    make_author,
    make_byline,
    make_info_page,
    make_notice,
    make_outlet,
    make_section,
    make_source,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def outlet():
    return make_outlet(slug="quebec", name="HuffPost Québec")


def article_on(outlet, day, **fields):
    return listed(make_article(outlet=outlet, published_on=day, published_precision="day", **fields))


def listed(article):
    """An article with its card and counts, as whoever saves one leaves it."""
    index([article.pk])
    return article


def text(response):
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def lists(outlet):
    """An article, and every list in which it stands."""
    section, author = make_section(outlet, slug="monde"), make_author(slug="ana-roy")
    tag = Tag.objects.create(slug="hiver", name="Hiver")
    article = article_on(
        outlet, date(2014, 1, 22), headline="Un seul titre", section=section, source=make_source(slug="afp")
    )
    article.tags.add(tag)
    make_byline(article, author)
    listed(article)
    article_on(outlet, date(2014, 1, 22), headline="Son voisin", section=section)
    return article, [
        "/quebec/",
        "/quebec/sections/monde/",
        "/quebec/authors/ana-roy/",
        "/quebec/tags/hiver/",
        "/quebec/sources/afp/",
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
    listed(article)
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
    listed(article)
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
    assert '<a href="/quebec/2014/01/22/">22' in page and "<span>21</span>" in page


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
    listed(make_article(outlet=outlet, published_precision="unknown", headline="Sans jour"))
    assert "Sans jour" in text(client.get("/quebec/undated/"))


def test_article_of_an_unknown_month_stands_in_its_year(client, outlet):
    listed(
        make_article(
            outlet=outlet, published_on=date(2014, 1, 1), published_precision="year", headline="Cette année-là"
        )
    )
    assert "Cette année-là" in text(client.get("/quebec/2014/"))


def test_article_of_an_unknown_month_stands_in_no_month(client, outlet):
    listed(
        make_article(
            outlet=outlet, published_on=date(2014, 1, 1), published_precision="year", headline="Cette année-là"
        )
    )
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


def test_first_page_leads_to_the_last_and_back(client, long_list):
    last = client.get("/quebec/2014/?last=1")
    assert headlines(last)[-1] == long_list[0].headline
    assert last.context["page"].older == ""
    assert headlines(client.get(f"/quebec/2014/?before={last.context['page'].newer}")) == [
        article.headline for article in long_list[PAGE_LENGTH : 2 * PAGE_LENGTH][::-1]
    ]


# Lists that are entered by month


@pytest.fixture
def author(outlet):
    """Of 80 articles over three years, one without a month and one without a date; among as many of another's."""
    author, other, tag = make_author(slug="ana-roy"), make_author(), Tag.objects.create(slug="hiver", name="Hiver")
    source = make_source(slug="afp")
    dates = [(date(2012 + number // 30, 1 + number * 7 % 12, 1 + number % 28), "day") for number in range(78)]
    for number, (day, precision) in enumerate([*dates, (date(2013, 1, 1), "year"), (None, "unknown")]):
        for signer in (author, other):
            article = make_article(
                outlet=outlet,
                headline=f"{signer.slug} {number}.",
                published_on=day,
                published_precision=precision,
                source=source if signer == author else None,
            )
            make_byline(article, signer)
            if signer == author:
                article.tags.add(tag)
    index(Article.objects.values_list("pk", flat=True))
    return author


def in_order(author):
    return [
        article.headline
        for article in Article.objects.filter(bylines__author=author).order_by("-published_order", "-pk")
    ]


BY_MONTH = ["/quebec/authors/ana-roy/", "/quebec/tags/hiver/", "/quebec/sources/afp/"]


@pytest.mark.parametrize("most_sorted", [0, 2000])
@pytest.mark.parametrize("address", BY_MONTH)
def test_pages_of_a_list_by_month_hold_every_article_once(client, author, address, most_sorted, monkeypatch):
    monkeypatch.setattr(browse, "MOST_SORTED", most_sorted)
    seen, query = [], ""
    while True:
        response = client.get(address + query)
        seen += headlines(response)
        if not response.context["page"].older:
            break
        query = f"?after={response.context['page'].older}"
    assert seen == in_order(author)


@pytest.mark.parametrize("most_sorted", [0, 2000])
@pytest.mark.parametrize("address", BY_MONTH)
def test_pages_of_a_list_by_month_are_the_same_from_the_end(client, author, address, most_sorted, monkeypatch):
    monkeypatch.setattr(browse, "MOST_SORTED", most_sorted)
    seen, query = [], "?last=1"
    while True:
        response = client.get(address + query)
        seen = headlines(response) + seen
        if not response.context["page"].newer:
            break
        query = f"?before={response.context['page'].newer}"
    assert seen == in_order(author)


@pytest.mark.parametrize(
    ("month", "first"), [("2013", 201400000000), ("2013-03", 201304000000), ("2013-00", 201301000000), ("0000", 1)]
)
def test_list_is_read_from_a_month_on(client, author, month, first):
    page = client.get(f"/quebec/authors/ana-roy/?month={month}").context["page"]
    assert page.articles[0] == (
        Article.objects.filter(bylines__author=author, published_order__lt=first)
        .order_by("-published_order", "-pk")
        .first()
    )


@pytest.mark.parametrize("month", ["x", "2013-", "13", "2013-3", "99999", "٢٠١٣", "2013-03\0", "-"])
def test_month_that_is_none_gives_the_first_page(client, author, month):
    assert headlines(client.get("/quebec/authors/ana-roy/", {"month": month})) == in_order(author)[:PAGE_LENGTH]


def test_counts_that_promise_too_much_lose_no_article(client, author):
    Tally.objects.filter(kind="a", of=author.pk, period__gte=201400).update(count=100)
    assert headlines(client.get("/quebec/authors/ana-roy/")) == in_order(author)[:PAGE_LENGTH]


def test_author_tells_the_years_active(client, author):
    page = text(client.get("/quebec/authors/ana-roy/"))
    assert "80 articles, de 2012 à 2014" in page or "80 articles, from 2012 to 2014" in page


def test_author_tells_who_signs_with_them(client, author):
    article = Article.objects.filter(bylines__author=author).first()
    make_byline(article, make_author(name="Luc Côté"))
    assert "Luc Côté" in text(client.get("/quebec/authors/ana-roy/"))


def test_who_signed_with_an_author_what_is_withdrawn_is_not_named(client, author):
    article = Article.objects.filter(bylines__author=author).first()
    make_byline(article, make_author(name="Luc Côté"))
    care.withdraw(article, reason="privacy")
    assert "Luc Côté" not in text(client.get("/quebec/authors/ana-roy/"))


def test_source_of_nothing_public_has_no_page(client, outlet):
    make_source(slug="afp")
    assert client.get("/quebec/sources/afp/").status_code == 404


# Days


def test_day_stands_by_section_in_their_order(client, outlet):
    world, sports = make_section(outlet, name="Monde", order=1), make_section(outlet, name="Sports", order=2)
    below = make_section(outlet, name="Hockey", parent=sports)
    for section in (None, below, sports, world):
        article_on(outlet, date(2014, 1, 22), section=section)
    groups = client.get("/quebec/2014/01/22/").context["by_section"]
    assert [section for section, _articles in groups] == [world, sports, below, None]


def test_day_has_what_is_certain_first(client, outlet):
    uncertain = article_on(outlet, date(2014, 1, 22))
    certain = listed(make_article(outlet=outlet))
    ((_section, articles),) = client.get("/quebec/2014/01/22/").context["by_section"]
    assert articles == [certain, uncertain]


def test_long_day_is_paged_without_loss(client, outlet, monkeypatch):
    monkeypatch.setattr(days.DayView, "page_length", 4)
    section = make_section(outlet)
    articles = {article_on(outlet, date(2014, 1, 22), section=section if number % 2 else None) for number in range(10)}
    seen, query = [], ""
    while True:
        response = client.get("/quebec/2014/01/22/" + query)
        seen += [article for _section, group in response.context["by_section"] for article in group]
        if not response.context["page"].older:
            break
        query = f"?after={response.context['page'].older}"
    assert len(seen) == 10 and set(seen) == articles


def test_day_withdrawn_wholly_says_so(client, outlet):
    care.withdraw(article_on(outlet, date(2014, 1, 22)), reason="privacy")
    assert "Aucun article ici." in text(client.get("/quebec/2014/01/22/"))


def test_month_counts_its_days(client, outlet):
    for _ in range(3):
        article_on(outlet, date(2014, 1, 22))
    assert (22, 3) in client.get("/quebec/2014/01/").context["weeks"][3]


def test_month_counts_and_leads_to_what_is_known_by_the_month_alone(client, outlet):
    article_on(outlet, date(2014, 1, 22))
    vague = listed(make_article(outlet=outlet, published_on=date(2014, 1, 1), published_precision="month"))
    response = client.get("/quebec/2014/01/")
    assert response.context["by_month_alone"] == 1
    place = response.context["place_of_month_alone"]
    assert client.get(f"/quebec/2014/01/?after={place}-0").context["page"].articles == [vague]


def test_year_counts_its_months(client, outlet):
    for day in (3, 9):
        article_on(outlet, date(2014, 1, day))
    months = client.get("/quebec/2014/").context["months"]
    assert [count for _month, _name, count, _address in months] == [2] + [0] * 11


def test_year_counts_and_leads_to_what_is_known_by_the_year_alone(client, outlet):
    article_on(outlet, date(2014, 1, 22))
    vague = listed(make_article(outlet=outlet, published_on=date(2014, 1, 1), published_precision="year"))
    response = client.get("/quebec/2014/")
    assert response.context["by_year_alone"] == 1
    place = response.context["place_of_year_alone"]
    assert client.get(f"/quebec/2014/?after={place}-0").context["page"].articles == [vague]


# Indexes


@pytest.fixture
def authors(outlet):
    """Of one article each, by first names that begin with e and with f."""
    article = make_article(outlet=outlet)
    authors = [
        make_author(slug=f"{name}-{n}", name=f"{name.title()} {n}") for name in ("emile", "fatou") for n in "123"
    ]
    for author in authors:
        make_byline(article, author)
    return listed(article), authors


def names(response):
    return [each.slug for each, _count in response.context["names"]]


def test_index_lists_who_has_something_public(client, authors):
    make_author(slug="unknown")
    assert names(client.get("/quebec/authors/")) == [author.slug for author in authors[1]]


def test_index_lists_nobody_of_another_outlet(client, authors):
    make_outlet(slug="canada")
    assert names(client.get("/canada/authors/")) == []


def test_index_lists_nobody_of_what_is_withdrawn(client, authors):
    care.withdraw(authors[0], reason="privacy")
    assert names(client.get("/quebec/authors/")) == []


def test_index_begins_with_a_letter(client, authors):
    assert names(client.get("/quebec/authors/?letter=f"))[0] == "fatou-1"


def test_index_links_only_the_letters_that_begin_a_name(client, authors):
    letters = client.get("/quebec/authors/").context["letters"]
    assert [letter for letter, is_held in letters if is_held] == ["e", "f"]


def test_index_knows_names_that_begin_with_no_letter_and_with_the_last(client, outlet):
    article = make_article(outlet=outlet)
    for slug in ("7-jours", "zoe"):
        make_byline(article, make_author(slug=slug))
    listed(article)
    letters = client.get("/quebec/authors/").context["letters"]
    assert [letter for letter, is_held in letters if is_held] == ["0", "z"]


def test_index_pages_without_loss_in_both_directions(client, authors, monkeypatch):
    monkeypatch.setattr(browse, "INDEX_LENGTH", 2)
    every = [author.slug for author in authors[1]]
    for query, step in (("", "later"), ("?last=1", "earlier")):
        seen = []
        while True:
            response = client.get("/quebec/authors/" + query)
            seen.append(names(response))
            if not response.context[step]:
                break
            query = f"?{'after' if step == 'later' else 'before'}={response.context[step]}"
        assert [name for page in (seen if step == "later" else seen[::-1]) for name in page] == every


@pytest.mark.parametrize(
    "query", ["letter=é", "letter=", "letter=ef", "after=%00", "before=%00", "after=" + "z" * 4000]
)
def test_index_answers_whatever_is_asked(client, authors, query):
    assert client.get(f"/quebec/authors/?{query}").status_code == 200


def test_index_of_tags_lists_those_of_public_articles(client, outlet):
    article, _addresses = lists(outlet)
    assert names(client.get("/quebec/tags/")) == ["hiver"]
    care.withdraw(article, reason="privacy")
    assert names(client.get("/quebec/tags/")) == []


# Cost


def test_no_page_costs_more_queries_with_more_articles(client, outlet):
    section, author, source = make_section(outlet, slug="monde"), make_author(slug="ana-roy"), make_source(slug="afp")
    tag = Tag.objects.create(slug="hiver", name="Hiver")
    make_notice(outlet)

    def fill(number):
        articles = [
            make_article(
                outlet=outlet, published_on=date(2014, 1, 22), published_precision="day", section=section, source=source
            )
            for _ in range(number)
        ]
        for article in articles:
            make_byline(article, author)
            make_byline(article)
            article.tags.add(tag)
        index(article.pk for article in articles)

    def cost():
        first = Article.objects.order_by("pk")[1]
        addresses = [
            "/",
            "/quebec/",
            "/quebec/2014/",
            "/quebec/2014/01/",
            "/quebec/2014/01/22/",
            "/quebec/undated/",
            "/quebec/sections/monde/",
            "/quebec/sections/monde/?last=1",
            "/quebec/authors/",
            "/quebec/authors/ana-roy/",
            "/quebec/authors/ana-roy/?last=1",
            "/quebec/authors/ana-roy/?month=2014-01",
            "/quebec/sources/afp/",
            "/quebec/tags/",
            "/quebec/tags/hiver/",
            first.get_absolute_url(),
        ]
        found = {}
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found[address] = len(queries)
        return found

    fill(3)
    few = cost()
    fill(297)
    assert cost() == few


# A section and those below it


@pytest.fixture
def world(outlet):
    """Three sections one below the other, with forty articles in each, in turn, a day apart."""
    above, sections = None, []
    for slug in ("monde", "europe", "malte"):
        above = make_section(outlet, slug=slug, name=slug.capitalize(), parent=above)
        sections.append(above)
    day = date(2014, 1, 1)
    articles = [
        make_article(
            outlet=outlet,
            section=sections[number % 3],
            published_on=day + timedelta(number),
            published_precision="day",
        )
        for number in range(120)
    ]
    index(article.pk for article in articles)
    return articles


def newest_first(articles):
    return [article.headline for article in reversed(articles)]


def test_section_shows_what_stands_in_those_below_it(client, world):
    assert headlines(client.get("/quebec/sections/monde/")) == newest_first(world)[:PAGE_LENGTH]
    of_europe = [article for article in world if article.section.slug != "monde"]
    assert headlines(client.get("/quebec/sections/europe/")) == newest_first(of_europe)[:PAGE_LENGTH]


@pytest.mark.parametrize("most", [2, 50])
@pytest.mark.parametrize(("start", "step", "name"), [("", "older", "after"), ("?last=1", "newer", "before")])
def test_pages_of_a_section_and_those_below_hold_every_article_once(
    client, world, start, step, name, most, monkeypatch
):
    monkeypatch.setattr(together, "MOST_TOGETHER", most)
    pages, query = [], start
    while True:
        response = client.get(f"/quebec/sections/monde/{query}")
        pages.append(headlines(response))
        place = getattr(response.context["page"], step)
        if not place:
            break
        query = f"?{name}={place}"
    assert [headline for page in (pages if step == "older" else pages[::-1]) for headline in page] == newest_first(
        world
    )


def test_section_is_read_from_a_month_on_with_those_below(client, world):
    page = client.get("/quebec/sections/monde/?month=2014-02")
    assert headlines(page)[0] == world[date(2014, 2, 28).timetuple().tm_yday - 1].headline


def test_section_tells_how_many_stand_in_it_and_below(client, world):
    assert "120 articles" in text(client.get("/quebec/sections/monde/"))
    assert "40 articles" in text(client.get("/quebec/sections/malte/"))


def test_what_is_withdrawn_is_out_of_the_section_above(client, world):
    care.withdraw(world[-1], reason="privacy")
    assert headlines(client.get("/quebec/sections/monde/"))[0] == world[-2].headline


def test_feed_of_a_section_has_what_stands_below_it(client, world):
    feed = client.get("/quebec/sections/monde/feeds/feed.json").json()
    assert [item["title"] for item in feed["items"]] == newest_first(world)[: len(feed["items"])]


def test_section_with_many_below_costs_no_more_queries(client, world):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get("/quebec/sections/monde/")
        return len(queries)

    few = cost()
    for number in range(20):
        section = make_section(world[0].outlet, parent=world[0].section)
        article_on(world[0].outlet, date(2015, 1, 1 + number), section=section)
    assert cost() == few


def test_each_section_below_is_read_by_its_index(client, world):
    with CaptureQueriesContext(connection) as queries:
        client.get("/quebec/sections/monde/")
    (union,) = [each["sql"] for each in queries if " UNION ALL " in each["sql"]]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {union}")
            plan = "\n".join(row[3] for row in cursor.fetchall())
        assert plan.count("article_by_section_date") == 3
        assert "SCAN" not in plan.replace("LIST SUBQUERY", "")
        assert "TEMP B-TREE" not in plan


# What is told of an author


def test_note_on_an_author_in_another_language_says_so(client, outlet):
    author = make_author(slug="ana-roy", about="She lives in Malta.", about_language="en")
    make_byline(article_on(outlet, date(2014, 1, 22)), author)
    page = text(client.get("/quebec/authors/ana-roy/"))
    assert '<div class="about" lang="en"><p>She lives in Malta.</p></div>' in page
    assert 'name="description" content="She' not in page


@pytest.mark.parametrize("language", ["fr", ""])
def test_note_on_an_author_in_the_pages_language_needs_no_word_of_it(client, outlet, language):
    author = make_author(slug="ana-roy", about="Elle vit à Malte.", about_language=language)
    make_byline(article_on(outlet, date(2014, 1, 22)), author)
    page = text(client.get("/quebec/authors/ana-roy/"))
    assert '<div class="about"><p>Elle vit à Malte.</p></div>' in page
    assert 'name="description" content="Elle vit à Malte."' in page


def test_section_over_an_article_in_another_language_keeps_its_own(client, outlet):
    article_on(outlet, date(2014, 1, 22), language="en", section=make_section(outlet, name="Monde"))
    assert '<span lang="fr">Monde</span>' in text(client.get("/quebec/"))


# The language of a tag


def tagged(outlet, **fields):
    article = article_on(outlet, date(2014, 1, 22))
    article.tags.add(Tag.objects.create(slug="hiver", **fields))
    return listed(article).get_absolute_url()


@pytest.mark.parametrize(("language", "attribute"), [("fr", ' lang="fr"'), ("en", ""), ("", "")])
def test_tag_in_another_language_than_the_page_says_so(client, language, attribute):
    article = tagged(make_outlet(slug="canada", language="en"), name="Hiver", language=language)
    address = "/canada/tags/hiver/"
    assert f'<a href="{address}"{attribute}>Hiver</a>' in text(client.get(article))
    assert f'<a href="{address}"{attribute}>Hiver</a>' in text(client.get("/canada/tags/"))
    assert f"<h1{attribute}>Hiver</h1>" in text(client.get(address))


def test_search_within_a_tag_tells_its_language(client):
    tagged(make_outlet(slug="canada", language="en"), name="Hiver", language="fr")
    page = text(client.get("/search/?tag=hiver", headers={"Accept-Language": "en"}))
    assert '<span lang="fr">Hiver</span>' in page


# Sections with very many below them


def many_below(outlet, section, number, *, deep):
    """So many sections below one, side by side or each below the one before, and an article in each tenth."""
    for place in range(number):
        below = make_section(outlet, parent=section, slug=f"{section.slug[:20]}-{place}")
        if place % 10 == 0:
            article_on(outlet, date(2015, 1, 1) + timedelta(place), section=below)
        if deep:
            section = below


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize(
    "address",
    [
        "/quebec/sections/monde/",
        "/quebec/",
        "/search/?section=quebec/monde",
        "/api/v1/articles?section=quebec/monde",
        "/quebec/sections/monde/feeds/atom.xml",
    ],
)
def test_section_with_two_hundred_below_asks_as_many_queries_as_with_three(client, outlet, address, deep):
    section = make_section(outlet, slug="monde")
    many_below(outlet, section, 3, deep=deep)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    few = cost()
    many_below(outlet, section.subsections.first(), 200, deep=deep)
    assert cost() <= few


@pytest.mark.parametrize(
    ("number", "shown", "has_more"), [(3, 3, False), (16, 16, False), (17, 16, True), (40, 16, True)]
)
def test_outlet_of_very_many_sections_has_some_at_the_head_of_its_pages(client, outlet, number, shown, has_more):
    for place in range(number):
        make_section(outlet, order=place, name=f"Rubrique {place}")
    head = html.fromstring(client.get("/quebec/undated/").content)
    links = head.xpath('//header//nav[@class="sections"]//a')
    assert [link.text for link in links][:shown] == [f"Rubrique {place}" for place in range(shown)]
    assert [link.get("href") for link in links][shown:] == (["/quebec/#sections"] if has_more else [])


def test_link_to_all_sections_leads_to_where_they_stand(client, outlet):
    for _place in range(17):
        section = make_section(outlet)
    article_on(outlet, date(2014, 1, 22), section=section)
    front = html.fromstring(client.get("/quebec/").content)
    assert len(front.xpath('//nav[@aria-labelledby="sections"]//a')) == 17
    assert front.get_element_by_id("sections") is not None


@pytest.mark.parametrize(("number", "is_folded"), [(16, False), (17, True)])
def test_very_many_subsections_are_folded(client, outlet, number, is_folded):
    section = make_section(outlet, slug="monde")
    for _place in range(number):
        make_section(outlet, parent=section)
    article_on(outlet, date(2014, 1, 22), section=section)
    for address, others in (("/quebec/sections/monde/", 0), ("/quebec/", 1)):
        page = html.fromstring(client.get(address).content)
        assert len(page.xpath('//main//nav//li/a[contains(@href, "/sections/")]')) == number + others
        assert bool(page.xpath('//main//details[@class="many"]//a')) is is_folded


def test_tag_and_section_of_one_name_have_pages_of_different_titles(client, outlet):
    make_section(outlet, slug="hiver", name="Hiver")
    tagged(outlet, name="Hiver")
    titles = [
        html.fromstring(client.get(f"/quebec/{kind}/hiver/").content).findtext(".//title")
        for kind in ("tags", "sections")
    ]
    assert titles[0] != titles[1]


def test_front_stands_however_deep_its_sections_are(client, outlet):
    section = make_section(outlet)
    for _place in range(1200):
        section = make_section(outlet, parent=section)
    article_on(outlet, date(2015, 1, 1), section=section)
    assert client.get("/quebec/").status_code == 200
