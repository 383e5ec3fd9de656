"""The API as a mirror or a researcher meets it: lists, changes, tombstones, conditional requests, refusals."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from archive import care, search
from archive.models import Article, Tag, Withdrawal
from tests.factories import (
    make_article,
    make_byline,
    make_image,
    make_old_address,
    make_outlet,
    make_section,
    make_source,
)

pytestmark = pytest.mark.django_db

ARTICLES = "/api/v1/articles"


@pytest.fixture
def outlet():
    return make_outlet(slug="courrier", name="Le Courrier", rights_line="© Le Courrier")


def dated(outlet, day, **fields):
    article = make_article(outlet=outlet, published_on=day, published_precision="day", **fields)
    search.index([article.pk])
    return article


def changed_at(article, moment):
    Article.objects.filter(pk=article.pk).update(updated_at=moment)


def keys(answer):
    return [article["key"] for article in answer["articles"]]


def whole(client, address):
    """The keys of articles and tombstones on every page from an address on, and how many pages there were."""
    found, gone, pages = [], [], 0
    while address and pages < 50:
        answer = client.get(address).json()
        found += keys(answer)
        gone += [each["key"] for each in answer["withdrawn"]]
        address, pages = answer["next"] and answer["next"].partition("127.0.0.1:8000")[2], pages + 1
    return found, gone, pages


# Lists


def test_articles_come_newest_first_and_each_once(client, outlet):
    made = [dated(outlet, date(2014, 1, day)).key for day in range(1, 8)]

    found, _gone, pages = whole(client, f"{ARTICLES}?limit=3")

    assert (found, pages) == (made[::-1], 3)


def test_next_is_a_link_as_well(client, outlet):
    for day in (1, 2):
        dated(outlet, date(2014, 1, day))
    response = client.get(f"{ARTICLES}?limit=1")
    assert response.headers["Link"] == f'<{response.json()["next"]}>; rel="next"'


def test_article_tells_all_that_readers_may_know(client, outlet):
    section = make_section(outlet, slug="ponts", name="Ponts", parent=make_section(outlet, slug="ville", name="Ville"))
    article = dated(outlet, date(2014, 1, 22), section=section, source=make_source(slug="afp", credit="© AFP"))
    make_byline(article, printed="PAR UNE PASSANTE")
    make_image(article, caption="Le pont")
    article.tags.add(Tag.objects.create(slug="ponts", name="Ponts"))
    care.correct(article, kind="correction", text="Deux ponts.")

    told = client.get(f"{ARTICLES}/{article.key}").json()

    assert told["section"] == [{"slug": "ville", "name": "Ville"}, {"slug": "ponts", "name": "Ponts"}]
    assert (told["published"], told["published_precision"]) == ("2014-01-22", "day")
    assert (told["credit"], told["rights"]) == ("© AFP", "© Le Courrier")
    assert told["bylines"][0]["printed"] == "PAR UNE PASSANTE"
    assert told["corrections"][0]["text"] == "Deux ponts."
    assert told["images"][0]["withheld"] == "not-rescued"
    assert told["digest"].startswith("na1-sha256:")


def test_file_of_a_picture_that_may_not_be_shown_is_not_named(client, outlet):
    article = dated(outlet, date(2014, 1, 22))
    make_image(article, withheld="", file="pictures/x/shown.jpg", width=1, height=1)
    make_image(article, withheld="privacy", file="pictures/x/private.jpg", width=1, height=1)

    images = client.get(f"{ARTICLES}/{article.key}").json()["images"]

    assert [image["address"].rpartition("/")[2] for image in images] == ["shown.jpg", ""]


@pytest.mark.parametrize("way", ["", "&outlet=courrier", "&changed_since=2000-01-01"], ids=["all", "search", "changes"])
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("published_after=2014", "2014, January 2014, 1st, 15th, February 2014, 2015"),
        ("published_after=2014-01-01", "2014, January 2014, 1st, 15th, February 2014, 2015"),
        ("published_after=2014-01-10", "2014, January 2014, 15th, February 2014, 2015"),
        ("published_after=2014-02", "2014, February 2014, 2015"),
        ("published_after=2015-06", "2015"),
        ("published_before=2014-01-01", "2013"),
        ("published_before=2014", "2013"),
        ("published_before=2014-01-10", "2013, 2014, January 2014, 1st"),
        ("published_before=2014-02", "2013, 2014, January 2014, 1st, 15th"),
        ("published_before=2014-02-01", "2013, 2014, January 2014, 1st, 15th"),
        ("published_after=2014-01-10&published_before=2014-01-20", "2014, January 2014, 15th"),
    ],
)
def test_article_that_may_have_been_published_then_counts(client, outlet, asked, expected, way):
    made = [
        *(("2013", date(2013, 12, 31), "day"), ("2014", date(2014, 1, 1), "year"), ("1st", date(2014, 1, 1), "day")),
        *(("January 2014", date(2014, 1, 1), "month"), ("15th", date(2014, 1, 15), "day")),
        *(("February 2014", date(2014, 2, 1), "month"), ("2015", date(2015, 1, 1), "year"), ("never", None, "unknown")),
    ]
    for headline, day, precision in made:
        make_article(outlet=outlet, headline=headline, published_on=day, published_precision=precision)
    search.rebuild()

    found = client.get(f"{ARTICLES}?{asked}{way}").json()["articles"]

    assert sorted(article["headline"] for article in found) == sorted(expected.split(", "))


@pytest.mark.parametrize(
    "narrow", ["outlet=courrier", "section=courrier/ville", "source=afp", "author=anne", "tag=ponts", "language=en"]
)
@pytest.mark.parametrize("way", ["", "&changed_since=2000-01-01"], ids=["by date", "by change"])
def test_list_is_narrowed_as_a_search_is(client, outlet, narrow, way):
    from tests.factories import make_author

    wanted = make_article(
        outlet=outlet,
        section=make_section(outlet, slug="ville"),
        source=make_source(slug="afp"),
        language="en",
    )
    make_byline(wanted, make_author(slug="anne"))
    wanted.tags.add(Tag.objects.create(slug="ponts", name="Ponts"))
    other = make_article()
    search.index([wanted.pk, other.pk])

    assert keys(client.get(f"{ARTICLES}?{narrow}{way}").json()) == [wanted.key]


def test_words_are_searched_as_on_the_search_page(client, outlet):
    wanted = dated(outlet, date(2014, 1, 1), headline="Les élections municipales")
    dated(outlet, date(2014, 1, 2), headline="La crue")

    answer = client.get(f"{ARTICLES}?q=election").json()

    assert (keys(answer), answer["count"], answer["is_count_exact"]) == ([wanted.key], 1, True)


def test_search_pages_to_its_end(client, outlet):
    made = [dated(outlet, date(2014, 1, day), headline="La crue").key for day in range(1, 8)]
    assert whole(client, f"{ARTICLES}?q=crue&limit=3")[0] == made[::-1]


@pytest.mark.parametrize("name", ["outlet=rien", "author=personne", "tag=rien", "section=courrier/rien", "source=rien"])
def test_name_of_nothing_public_is_not_found(client, outlet, name):
    assert client.get(f"{ARTICLES}?{name}").status_code == 404


def test_author_of_withdrawn_articles_alone_is_as_unknown_as_one_who_never_was(client, outlet):
    article = dated(outlet, date(2014, 1, 1))
    author = make_byline(article).author
    care.withdraw(article, reason="privacy")

    known, unknown = (client.get(f"{ARTICLES}?author={slug}") for slug in (author.slug, "personne"))

    assert known.status_code == unknown.status_code == 404
    assert known.content.decode().replace(author.slug, "") == unknown.content.decode().replace("personne", "")


# Changes


def test_changes_come_in_their_order_with_tombstones(client, outlet):
    first, second, third = (dated(outlet, date(2014, 1, day)) for day in (1, 2, 3))
    care.withdraw(second, reason="legal", status_code=451, withdrawn_on=date(2020, 1, 1))
    for number, article in enumerate((third, second, first)):
        changed_at(article, datetime(2026, 1, 1 + number, tzinfo=UTC))

    answer = client.get(f"{ARTICLES}?changed_since=2026-01-01T00:00:00Z").json()

    assert keys(answer) == [third.key, first.key]
    assert answer["withdrawn"] == [
        {
            "key": second.key,
            "address": second.permanent_address,
            "status": 451,
            "changed": "2026-01-02T00:00:00+00:00",
        }
    ]


def test_what_changed_before_is_left_out(client, outlet):
    old, new = (dated(outlet, date(2014, 1, day)) for day in (1, 2))
    changed_at(old, datetime(2026, 1, 1, 11, 59, 59, 999_999, tzinfo=UTC))
    changed_at(new, datetime(2026, 1, 1, 12, tzinfo=UTC))
    assert keys(client.get(f"{ARTICLES}?changed_since=2026-01-01T12:00:00Z").json()) == [new.key]


@pytest.mark.parametrize("narrow", ["", "&outlet=courrier", "&published_after=2013"])
def test_every_change_is_told_once_however_short_the_pages(client, outlet, narrow):
    made = [dated(outlet, date(2014, 1, 1 + day)) for day in range(9)]
    for article in made:
        changed_at(article, datetime(2026, 1, 1, tzinfo=UTC))
    for article in made[::3]:
        Withdrawal.objects.create(article=article, withdrawn_on=date(2019, 1, 1), reason="error")

    found, gone, _pages = whole(client, f"{ARTICLES}?changed_since=2026-01-01&limit=2{narrow}")

    assert sorted(found) == sorted(article.key for article in made if article not in made[::3])
    assert sorted(gone) == sorted(article.key for article in made[::3])


def test_withdrawal_that_was_told_beforehand_is_a_change_of_its_day(client, outlet):
    article = dated(outlet, date(2014, 1, 1))
    today = timezone.now().date()
    Withdrawal.objects.create(article=article, withdrawn_on=today, reason="rights-expired")
    changed_at(article, timezone.now() - timedelta(days=90))

    answer = client.get(f"{ARTICLES}?changed_since={today}").json()

    assert [each["key"] for each in answer["withdrawn"]] == [article.key]


def test_withdrawal_to_come_is_not_told(client, outlet):
    article = dated(outlet, date(2014, 1, 1))
    care.withdraw(article, reason="rights-expired", withdrawn_on=timezone.now().date() + timedelta(days=2))

    answer = client.get(f"{ARTICLES}?changed_since=2000-01-01").json()

    assert (keys(answer), answer["withdrawn"]) == ([article.key], [])


def test_tombstone_tells_of_no_author_section_or_tag(client, outlet):
    article, other = (dated(outlet, date(2014, 1, day)) for day in (1, 2))
    author = make_byline(article).author
    make_byline(other, author)
    stranger = dated(outlet, date(2014, 1, 3))
    search.index([article.pk, other.pk])
    for each in (article, stranger):
        care.withdraw(each, reason="privacy")

    answer = client.get(f"{ARTICLES}?changed_since=2000-01-01&author={author.slug}").json()

    assert keys(answer) == [other.key]
    assert {each["key"] for each in answer["withdrawn"]} == {article.key, stranger.key}


def test_held_back_article_is_neither_listed_nor_told_of(client, outlet):
    article = dated(outlet, date(2014, 1, 1), held_back=True)

    assert whole(client, f"{ARTICLES}?changed_since=2000-01-01")[:2] == ([], [])
    assert whole(client, ARTICLES)[:2] == ([], [])
    assert client.get(f"{ARTICLES}/{article.key}").status_code == 404


# One article


@pytest.mark.parametrize("status", [410, 451])
def test_withdrawn_article_is_a_problem_with_its_key_and_note(client, outlet, status):
    article = dated(outlet, date(2014, 1, 1), headline="Secret", body="<p>Secret.</p>")
    care.withdraw(article, reason="legal", status_code=status, public_note="Par jugement.")

    response = client.get(f"{ARTICLES}/{article.key}")

    assert response.status_code == response.json()["status"] == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.json()["key"], response.json()["note"]) == (article.key, "Par jugement.")
    assert "ecret" not in response.content.decode()


def test_key_is_read_as_on_the_pages(client, outlet):
    article = dated(outlet, date(2014, 1, 1))
    Article.objects.filter(pk=article.pk).update(key="0123456789a1")
    assert client.get(f"{ARTICLES}/O123456789AL").json()["key"] == "0123456789a1"


def test_unchanged_article_is_not_sent_again(client, outlet):
    address = f"{ARTICLES}/{dated(outlet, date(2014, 1, 1)).key}"
    first = client.get(address)

    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    by_date = client.get(address, headers={"If-Modified-Since": first.headers["Last-Modified"]})

    assert (again.status_code, again.content, by_date.status_code) == (304, b"", 304)
    assert again.headers["ETag"] == first.headers["ETag"]


def test_changed_article_is_sent_again(client, outlet):
    article = dated(outlet, date(2014, 1, 1))
    first = client.get(f"{ARTICLES}/{article.key}")
    care.correct(article, kind="update", text="Depuis.")
    assert client.get(f"{ARTICLES}/{article.key}", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_etag_is_strong(client, outlet):
    assert client.get("/api/v1/outlets").headers["ETag"].startswith('"')


# Everything else that is asked


def test_outlet_tells_its_years(client, outlet):
    dated(outlet, date(2014, 1, 1))
    told = client.get("/api/v1/outlets/courrier").json()
    assert [(year["year"], year["articles"]) for year in told["years"]] == [(2014, 1)]
    assert told["years"][0]["csv"].endswith("/api/v1/outlets/courrier/articles/2014.csv")


def test_notices_are_those_of_the_day(client, outlet):
    from tests.factories import make_notice

    make_notice(outlet, message="{outlet} a fermé & reste.", first_day=date(2021, 3, 9))

    before, after = (
        client.get(f"/api/v1/outlets/courrier/notices?on={day}").json()["notices"]
        for day in ("2021-03-08", "2021-03-09")
    )

    assert before == []
    assert (after[0]["text"], after[0]["html"]) == (
        "Le Courrier a fermé & reste.",
        "<strong>Le Courrier</strong> a fermé &amp; reste.",
    )


@pytest.mark.parametrize("status", ["found", "withdrawn", "missed"])
def test_old_address_is_resolved(client, outlet, status):
    article = dated(outlet, date(2014, 1, 1))
    make_old_address(article, "https://www.courrier.example/1.html")
    if status == "withdrawn":
        care.withdraw(article, reason="error")
    if status == "missed":
        Article.objects.filter(pk=article.pk).update(held_back=True)

    told = client.get("/api/v1/resolve", {"url": "http://courrier.example/1.html?utm_source=x"}).json()

    assert told["status"] == status
    assert told["key"] == (None if status == "missed" else article.key)
    assert (told["address"] or "").endswith("" if status == "missed" else f"/articles/{article.key}/") is (
        status != "found"
    )


# Whoever asks


@pytest.mark.parametrize("address", ["/api/v1/outlets", ARTICLES, "/api/v1/openapi.json", "/api/v1/nothing"])
def test_every_site_may_ask_and_no_search_engine_lists_it(client, outlet, address):
    response = client.get(address, headers={"Origin": "https://elsewhere.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert not response.cookies


@pytest.mark.parametrize("address", ["/", "/api/", "/courrier/"])
def test_other_pages_are_for_no_other_site(client, outlet, address):
    response = client.get(address)
    assert "Access-Control-Allow-Origin" not in response.headers
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "X-Robots-Tag" not in response.headers


def test_conditional_question_of_another_site_is_allowed_beforehand(client, outlet):
    response = client.options(ARTICLES, headers={"Access-Control-Request-Headers": "if-none-match"})
    assert response.status_code == 204
    assert "If-None-Match" in response.headers["Access-Control-Allow-Headers"]


def test_head_tells_what_get_would(client, outlet):
    asked, told = client.get("/api/v1/outlets"), client.head("/api/v1/outlets")
    assert (told.status_code, told.headers["ETag"], told.content) == (200, asked.headers["ETag"], b"")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(client, outlet, method):
    response = getattr(client, method)(ARTICLES)
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert response.json()["remedy"]


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=101", "limit=99999999999999999999", "limit=x", "limit=1.5"),
        *("cursor=x", "cursor=n1", "cursor=n999999999999999-1", "cursor=c1-9999999999999999999", "cursor=%00"),
        *("q=%00", "outlet=a%00b", "outlet=..%2f", "section=courrier", "year=3000", "year=99999999999"),
        *("changed_since=yesterday", "changed_since=20260101", "changed_since=5", "changed_since=2026-02-30"),
        *("published_after=2014-13", "published_before=0000", "order=length", "language=de", "unknown=1"),
        f"q={'x' * 501}",
    ],
)
def test_what_can_not_be_asked_is_refused_with_a_remedy(client, outlet, query):
    response = client.get(f"{ARTICLES}?{query}")
    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["remedy"]


@pytest.mark.parametrize("cursor", ["c1-1", "splace"])
def test_place_of_another_list_is_not_found(client, outlet, cursor):
    assert client.get(f"{ARTICLES}?cursor={cursor}").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        *("cursor=n99999999999999-999999999999999999", "cursor=n0-0", "changed_since=0001-01-01T00:00:00%2B23:59"),
        *("changed_since=9999-12-31T23:59:59-23:59", "changed_since=2000-01-01&cursor=c99999999999999999-1"),
        *("changed_since=2016-12-31T23:59:60Z", "published_after=2014-02-31", "q=crue&published_after=2014-02-31"),
        *(
            "q=%22",
            "q=-",
            "q=OR",
            "q=author:",
            "q=%EF%BF%BF",
            "q=%F0%9F%98%80",
            "q=%ff",
            "q=' OR 1=1 --",
            "year=undated",
        ),
        *("q=crue&cursor=s.,:_~-", "q=crue&cursor=s1"),
    ],
)
def test_odd_question_is_answered(client, outlet, query):
    assert client.get(f"{ARTICLES}?{query}").status_code in (200, 404)


@pytest.mark.parametrize("address", ["/api/v1/", "/api/v1/nothing", "/api/v1/outlets/", "/api/v1/articles/short"])
def test_what_is_not_there_is_a_problem_in_json(client, outlet, address):
    assert client.get(address).headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("query", ["", "?q=crue", "?outlet=courrier", "?changed_since=2000-01-01", "?author=anne"])
def test_list_asks_as_much_for_many_as_for_few(client, outlet, query):
    from tests.factories import make_author

    anne = make_author(slug="anne")

    def fill(days):
        for day in days:
            section = make_section(outlet, parent=make_section(outlet))
            article = dated(outlet, date(2014, 1, day), headline="La crue", section=section, source=make_source())
            make_byline(article, anne)
            make_image(article)
            search.index([article.pk])
            if day % 5 == 0:
                care.withdraw(article, reason="error")

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(f"{ARTICLES}{query}").status_code == 200
        return len(queries)

    fill(range(4, 7))
    few = asked()
    fill(range(7, 20))

    assert asked() == few


def test_version_tells_the_key_of_its_first_while_that_is_public(client, outlet):
    first = make_article(outlet=outlet)
    version = make_article(outlet=outlet, version_of=first)

    def told():
        return client.get(f"{ARTICLES}/{version.key}").json()["version_of"]

    assert told() == first.key
    assert client.get(f"{ARTICLES}/{first.key}").json()["version_of"] == ""
    care.withdraw(first, reason="error")
    assert told() == ""
    assert {each["key"]: each["version_of"] for each in client.get(ARTICLES).json()["articles"]} == {version.key: ""}
