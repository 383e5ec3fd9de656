"""The search page: what is asked is in its address, and what is found can be narrowed, followed and taken away."""

import csv
import io
import json
import re
from datetime import date
from urllib.parse import parse_qs, urlsplit

import feedparser
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from archive import care, search
from archive.models import Tag
from archive.views import search_forms
from archive.views.search import RESULTS
from tests.factories import make_article, make_author, make_byline, make_outlet, make_section, make_source

pytestmark = pytest.mark.django_db

HOSTILE = [
    '"',
    "(((",
    "NOT",
    "a AND",
    "* OR *",
    "\x00",
    "élection\x00s",
    "'; DROP TABLE archive_article; --",
    "%s %(x)s {} {{ x }}",
    "<script>alert(1)</script>",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 \u202e \ufffe",
    "x" * 10_000,
    "mot " * 3_000,
    "author:",
    "before:99999999999999999999",
    "-",
    "- - -",
    "\\",
]


@pytest.fixture
def outlet():
    return make_outlet(slug="quebec", name="HuffPost Québec", language="fr")


def article_on(outlet, day, **fields):
    return make_article(outlet=outlet, published_on=day, published_precision="day", **fields)


@pytest.fixture
def articles(outlet):
    """Three in French on ice, two of them of a section, one by an author; one in English on snow."""
    sports = make_section(outlet, slug="sports", name="Sports")
    agency = make_source(slug="afp", name="AFP")
    found = [
        article_on(outlet, date(2013, 2, 1), headline="La glace fond", section=sports),
        article_on(outlet, date(2014, 1, 22), headline="Patiner sur la glace", section=sports, source=agency),
        article_on(outlet, date(2016, 5, 3), headline="La glace de la rivière"),
    ]
    make_byline(found[2], make_author(slug="ana-roy", name="Ana Roy"))
    other = make_outlet(slug="canada", name="HuffPost Canada", language="en")
    found.append(article_on(other, date(2015, 3, 3), headline="Snow on the river"))
    search.index([each.pk for each in found])
    return found


def get(client, address="/search/", **query):
    response = client.get(address, query)
    assert response.status_code == 200
    return response


def text(response):
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def headlines(response):
    found = re.findall(r'<h3 class="piece-headline"[^>]*><a [^>]*>(.*?)</a></h3>', text(response))
    return [re.sub("</?mark>", "", each) for each in found]


def links(response, words):
    """The addresses of the links whose words contain these."""
    found = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', text(response), re.DOTALL)
    return [href.replace("&amp;", "&") for href, inner in found if words in re.sub("<[^>]+>", "", inner)]


# What is found


def test_page_without_a_question_asks_for_one(client, articles):
    response = get(client)
    assert (headlines(response), 'type="search"' in text(response)) == ([], True)


def test_article_is_found_by_its_words(client, articles):
    assert headlines(get(client, q="patiner")) == ["Patiner sur la glace"]


def test_words_are_marked(client, articles):
    assert "<mark>Patiner</mark> sur la glace" in text(get(client, q="patiner"))


def test_text_of_an_article_is_escaped(client, outlet):
    article = article_on(outlet, date(2014, 1, 1), headline="Le <b>nickel</b> & co")
    search.index([article.pk])
    assert "Le &lt;b&gt;<mark>nickel</mark>&lt;/b&gt; &amp; co" in text(get(client, q="nickel"))


def test_number_found_is_told(client, articles):
    assert "3 articles" in text(get(client, q="glace"))


def test_more_than_can_be_counted_is_told_plainly(client, articles, monkeypatch):
    found = search.find("glace")
    found.count, found.is_counted, found.counted = 10_000, False, 4_321
    monkeypatch.setattr(search_forms, "find", lambda *args, **kwargs: found)
    told = text(get(client, q="glace"))
    assert ("More than 10,000 articles" in told, "sample of 4,321 articles" in told) == (True, True)


def test_newest_is_first_where_that_is_asked(client, articles):
    assert headlines(get(client, q="glace", order="newest")) == [
        "La glace de la rivière",
        "Patiner sur la glace",
        "La glace fond",
    ]


def test_withdrawn_article_is_found_no_more(client, articles):
    care.withdraw(articles[1], reason="privacy")
    told = text(get(client, q="glace"))
    assert ("Patiner" in told, "2 articles" in told, "AFP" in told) == (False, True, False)


@pytest.mark.parametrize("order", ["relevance", "newest"])
def test_pages_hold_every_result_once(client, outlet, order):
    made = [article_on(outlet, date(2014, 1, 1 + number), headline=f"Le nickel {number}") for number in range(25)]
    search.index([each.pk for each in made])
    first = get(client, q="nickel", order=order)
    second = get(client, links(first, "More results")[0])
    assert (len(headlines(first)), len(headlines(second))) == (RESULTS, 5)
    assert len({*headlines(first), *headlines(second)}) == 25
    assert headlines(get(client, links(second, "Previous results")[0])) == headlines(first)


def test_more_results_ask_no_more_of_the_database(client, outlet):
    section, source = make_section(outlet), make_source()
    query = {"q": "nickel", "outlet": "quebec", "section": f"quebec/{section.slug}", "source": source.slug}

    def ask_with(number):
        for _ in range(number):
            article = make_article(outlet=outlet, headline="Le nickel", section=section, source=source)
            make_byline(article)
            search.index([article.pk])
        with CaptureQueriesContext(connection) as asked:
            get(client, **query)
        return len(asked)

    assert ask_with(2) == ask_with(15)


# Narrowed


@pytest.mark.parametrize(
    ("narrowing", "found"),
    [
        ({"outlet": "quebec"}, 3),
        ({"section": "quebec/sports"}, 2),
        ({"source": "afp"}, 1),
        ({"author": "ana-roy"}, 1),
        ({"language": "fr"}, 3),
        ({"language": "en"}, 0),
        ({"year": "2014"}, 1),
        ({"year": "undated"}, 0),
        ({"section": "quebec/sports", "year": "2013"}, 1),
    ],
)
def test_search_is_narrowed_by_what_the_address_names(client, articles, narrowing, found):
    assert len(headlines(get(client, q="glace", **narrowing))) == found


def test_narrowing_needs_no_words(client, articles):
    assert headlines(get(client, outlet="canada")) == ["Snow on the river"]


def test_tag_narrows(client, articles):
    tag = Tag.objects.create(slug="hiver", name="Hiver")
    articles[0].tags.add(tag)
    search.index([articles[0].pk])
    assert headlines(get(client, q="glace", tag="hiver")) == ["La glace fond"]


def test_facet_narrows_and_its_own_link_takes_it_off(client, articles):
    (narrower,) = links(get(client, q="glace"), "Sports")
    narrowed = get(client, narrower)
    wider = links(narrowed, "Sports")
    assert parse_qs(urlsplit(narrower).query) == {"q": ["glace"], "section": ["quebec/sports"]}
    assert {parse_qs(urlsplit(address).query).get("section") for address in wider} == {None}


def test_facets_tell_how_many(client, articles):
    assert re.search(r"Sports</span> <span class=\"facet-count\">2<", text(get(client, q="glace")))


def test_chosen_value_is_told_to_who_cannot_see_it(client, articles):
    assert 'aria-current="true"><span class="facet-name"' in text(get(client, q="glace", section="quebec/sports"))


def test_other_words_are_searched_within_the_same_bounds(client, articles):
    assert '<input type="hidden" name="section" value="quebec/sports">' in text(
        get(client, q="glace", section="quebec/sports")
    )


def test_bar_of_each_year_leads_to_its_articles(client, articles):
    bar = next(address for address in links(get(client, q="glace"), "2014") if "year=2014" in address)
    assert headlines(get(client, bar)) == ["Patiner sur la glace"]


def test_years_are_told_in_a_table_too(client, articles):
    assert re.search(r'<th scope="row"><a href="[^"]*year=2013">2013</a></th><td>1</td>', text(get(client, q="glace")))


@pytest.mark.parametrize(
    "unknown",
    [
        {"outlet": "nowhere"},
        {"outlet": "nowhere\x00"},
        {"section": "quebec"},
        {"section": "/"},
        {"section": "quebec/rien"},
        {"author": "nobody"},
        {"author": "x" * 5000},
        {"source": "<script>"},
        {"tag": "none"},
        {"language": "xx"},
        {"year": "20145"},
        {"year": "٢٠١٤"},
        {"order": "best"},
    ],
)
def test_what_is_not_known_is_left_out_and_told(client, articles, unknown):
    response = get(client, q="glace", **unknown)
    assert (len(headlines(response)), "left out" in text(response)) == (3, True)


def test_address_of_what_is_not_known_alone_is_told_and_asks_for_words(client, articles):
    told = text(get(client, outlet="nowhere"))
    assert ("left out" in told, "Nothing was found" in told) == (True, False)


def test_author_of_nothing_public_is_not_named(client, articles):
    care.withdraw(articles[2], reason="privacy")
    assert "Ana Roy" not in text(get(client, q="glace", author="ana-roy"))


# Nothing found


def test_words_as_understood_are_told_where_nothing_is_found(client, articles):
    assert "<em>nickel</em>" in text(get(client, q="nickel le"))


def test_nearest_spelling_is_a_link_to_what_it_finds(client, articles):
    search.rebuild()
    response = get(client, q="patinner")
    (address,) = [each for each in links(response, "patiner") if "q=" in each]
    assert headlines(get(client, address)) == ["Patiner sur la glace"]


def test_narrowing_is_taken_off_one_by_one(client, articles):
    response = get(client, q="glace", section="quebec/sports", year="2016")
    assert headlines(response) == []
    assert len(headlines(get(client, links(response, "In every year")[0]))) == 2
    assert len(headlines(get(client, links(response, "In every section")[0]))) == 1
    assert len(headlines(get(client, links(response, "In the whole archive")[0]))) == 3


def test_question_of_common_words_alone_is_told(client, articles):
    assert "no word in it" in text(get(client, q="le la les"))


def test_search_that_was_ended_says_so(client, articles, monkeypatch):
    found = search.find("glace")
    found.is_partial = True
    monkeypatch.setattr(search_forms, "find", lambda *args, **kwargs: found)
    assert "not all of its results" in text(get(client, q="glace"))


def test_search_that_was_ended_with_nothing_does_not_say_that_there_is_nothing(client, ended):
    told = text(get(client, q="glace"))
    assert ("took too long" in told, "Nothing was found" in told) == (True, False)


# Any text, any address


@pytest.mark.parametrize("form", ["", "json", "atom", "jsonfeed", "csv"])
@pytest.mark.parametrize("words", HOSTILE)
def test_any_text_is_answered(client, articles, words, form):
    response = client.get("/search/", {"q": words, **({"format": form} if form else {})})
    b"".join(response)
    assert response.status_code == (200 if words.strip("\x00") or not form else 400)


@pytest.mark.parametrize(
    "place", ["x", "-1", "9" * 99, "\x00", "' OR 1=1", "1.2.3", "é", ":", "9" * 30 + ":" + "9" * 30]
)
@pytest.mark.parametrize("name", ["after", "before"])
@pytest.mark.parametrize("order", ["relevance", "newest"])
def test_any_place_is_answered(client, articles, name, place, order):
    get(client, q="glace", order=order, **{name: place})


def test_text_asked_for_is_escaped(client, articles):
    assert "<script>alert" not in text(get(client, q="<script>alert(1)</script>"))


# For who keeps the page


def test_page_speaks_the_readers_language(client, articles):
    response = client.get("/search/", {"q": "glace"}, headers={"Accept-Language": "fr"})
    assert (response["Content-Language"], "Accept-Language" in response["Vary"]) == ("fr", True)


def test_title_tells_the_search(client, articles):
    assert "<title>glace · HuffPost Québec · 2014 – " in text(get(client, q="glace", outlet="quebec", year="2014"))


def test_parts_in_another_language_say_so(client, articles):
    assert '<h3 class="piece-headline" lang="fr">' in text(get(client, q="glace"))


def test_results_are_not_indexed_but_followed(client, articles):
    response = get(client, q="glace")
    assert response["X-Robots-Tag"] == "noindex, follow"
    assert '<meta name="robots" content="noindex, follow">' in text(response)


def test_page_without_a_question_is_indexed(client, articles):
    response = get(client)
    assert ("X-Robots-Tag" in response, "noindex" in text(response)) == (False, False)


def test_canonical_address_is_the_search(client, settings, articles):
    response = get(client, q=" glace ", year="2014", nonsense="1", outlet="nowhere")
    assert f'<link rel="canonical" href="{settings.ARCHIVE_URL}/search/?q=glace&amp;year=2014">' in text(response)


def test_no_cookie_is_set(client, articles):
    assert not get(client, q="glace").cookies


def test_same_results_need_not_be_sent_twice(client, articles):
    etag = get(client, q="glace")["ETag"]
    assert client.get("/search/", {"q": "glace"}, headers={"If-None-Match": etag}).status_code == 304


# The box on other pages


@pytest.mark.parametrize("address", ["/", "/quebec/", "/quebec/2014/", "/find/", "/nowhere/"])
def test_every_page_has_one_search_box(client, articles, address):
    assert client.get(address).content.decode().count('role="search"') == 1


def test_box_of_an_outlet_searches_it_and_has_a_way_to_the_whole_archive(client, articles):
    buttons = re.findall(r'<button type="submit"([^>]*)>', text(client.get("/quebec/2014/")))
    assert buttons == [' name="outlet" value="quebec"', ' class="wider"']


# For machines


def test_json_tells_what_was_found(client, settings, articles):
    document = json.loads(get(client, q="patiner", format="json").content)
    assert document["count"] == 1
    assert document["query"]["words"] == ["patiner"]
    assert document["facets"]["section"] == [{"value": "quebec/sports", "label": "Sports", "count": 1}]
    assert document["facets"]["year"] == [{"value": 2014, "count": 1}]
    (found,) = document["results"]
    address = settings.ARCHIVE_URL + articles[1].get_absolute_url()
    assert (found["key"], found["address"], found["published"]) == (articles[1].key, address, "2014-01-22")
    assert (found["outlet"]["slug"], found["source"]["slug"]) == ("quebec", "afp")


def test_json_pages_on(client, outlet):
    made = [article_on(outlet, date(2014, 1, 1), headline=f"Le nickel {number}") for number in range(60)]
    search.index([each.pk for each in made])
    first = json.loads(get(client, q="nickel", format="json", order="newest").content)
    second = json.loads(get(client, first["older"]).content)
    assert len({each["key"] for each in first["results"] + second["results"]}) == 60
    assert second["older"] == ""


def test_search_is_followed_as_a_feed_newest_first(client, settings, articles):
    feed = feedparser.parse(get(client, q="glace", format="atom").content)
    assert (feed.bozo, feed.feed.id) == (False, f"{settings.ARCHIVE_URL}/search/?q=glace&format=atom")
    assert [each.title for each in feed.entries] == ["La glace de la rivière", "Patiner sur la glace", "La glace fond"]


def test_page_links_to_its_feed(client, articles):
    assert re.search(
        r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="/search/\?q=glace&amp;format=atom">',
        text(get(client, q="glace")),
    )


def test_json_feed_has_the_same_articles(client, articles):
    feed = json.loads(get(client, q="glace", format="jsonfeed").content)
    assert [each["title"] for each in feed["items"]] == [
        "La glace de la rivière",
        "Patiner sur la glace",
        "La glace fond",
    ]


def rows(response):
    return list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig"))))


def test_table_has_every_match_in_order_of_date(client, articles, monkeypatch):
    monkeypatch.setattr(search_forms, "CSV_STEP", 2)
    assert [row["headline"] for row in rows(get(client, q="glace", format="csv"))] == [
        "La glace de la rivière",
        "Patiner sur la glace",
        "La glace fond",
    ]


def test_table_ends_at_its_bound(client, articles, monkeypatch):
    monkeypatch.setattr(search_forms, "CSV_MOST", 2)
    assert len(rows(get(client, q="glace", format="csv"))) == 2


@pytest.fixture
def ended(client, articles, monkeypatch):
    """A search that takes too long to find anything."""
    found = search.Results(search.find("glace").query, is_partial=True, is_counted=False)
    monkeypatch.setattr(search_forms, "find", lambda *args, **kwargs: found)


@pytest.mark.parametrize("form", ["atom", "jsonfeed"])
def test_feed_of_a_search_that_was_ended_is_not_empty_but_unavailable(client, ended, form):
    response = client.get("/search/", {"q": "glace", "format": form})
    assert (response.status_code, response["Retry-After"]) == (503, "60")


def test_table_of_a_search_that_was_ended_says_so(client, ended):
    assert [row["key"] for row in rows(get(client, q="glace", format="csv"))] == ["incomplete"]


def test_json_of_a_search_that_was_ended_says_so(client, ended):
    assert json.loads(get(client, q="glace", format="json").content)["is_partial"] is True


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t"])
def test_no_cell_is_a_formula(client, outlet, sign):
    article = article_on(outlet, date(2014, 1, 1), headline="Le nickel", summary=f"{sign}1+1")
    search.index([article.pk])
    (row,) = rows(get(client, q="nickel", format="csv"))
    assert row["summary"] == f"'{sign}1+1"


def test_table_opens_as_utf_8_in_a_spreadsheet(client, articles):
    assert b"".join(get(client, q="glace", format="csv")).startswith(b"\xef\xbb\xbfkey,")


@pytest.mark.parametrize("form", ["atom", "jsonfeed", "json", "csv"])
def test_forms_are_not_indexed(client, articles, form):
    assert get(client, q="glace", format=form)["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize(
    "query", [{"format": "csv"}, {"format": "pdf", "q": "glace"}, {"format": "\x00", "q": "glace"}]
)
def test_form_that_is_not_to_be_had_is_refused_in_plain_words(client, articles, query):
    response = client.get("/search/", query)
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
