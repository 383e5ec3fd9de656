import json
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import feedparser
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive import care
from archive.feeds import FEED_LENGTH, Category, Entry, Feed, Person, atom, json_feed, with_full_addresses
from archive.models import Article, Author, Correction, Outlet, Section, Source, Tag
from tests.factories import (
    make_article,
    make_author,
    make_byline,
    make_image,
    make_notice,
    make_outlet,
    make_section,
    make_source,
)
from tests.schemas import faults

ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FORMS = ["atom.xml", "feed.json"]
SCHEMAS = {"atom.xml": "atom.rng", "feed.json": "json-feed.json"}
# Any text that a database keeps: PostgreSQL refuses NUL, and neither keeps half a character.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
WORDS = TEXTS.filter(bool)


@pytest.fixture
def outlet(db):
    return make_outlet(slug="quebec", name="HuffPost Québec", rights_line="© HuffPost")


@pytest.fixture
def read(client):
    """The feed at an address, as feedparser understands it."""

    def read_feed(address):
        response = client.get(address)
        assert response.status_code == 200
        feed = feedparser.parse(response.content)
        assert not feed.bozo
        return feed

    return read_feed


def titles(feed):
    return [entry.title for entry in feed.entries]


def test_feed_has_the_newest_pieces_of_its_outlet_first(outlet, read):
    make_article(headline="Ailleurs")
    make_article(outlet=outlet, headline="Ancien", published_on=date(2012, 3, 1), published_precision="day")
    make_article(outlet=outlet, headline="Récent", published_on=date(2020, 3, 1), published_precision="day")

    assert titles(read("/quebec/feeds/atom.xml")) == ["Récent", "Ancien"]


def belonging(outlet):
    """An article and, for each feed in which it stands, the feed's address without its file."""
    section, author, tag = (
        make_section(outlet, slug="monde", name="Monde"),
        make_author(slug="ana-roy", name="Ana Roy"),
        Tag.objects.create(slug="hiver", name="Hiver"),
    )
    source = make_source(slug="afp", name="AFP")
    article = make_article(outlet=outlet, headline="Un seul titre", section=section, source=source)
    article.tags.add(tag)
    make_byline(article, author)
    make_byline(article, author, role="photo")
    return article, {
        "/feeds/": "Newsroom Archive",
        "/quebec/feeds/": "HuffPost Québec",
        "/quebec/sections/monde/feeds/": "Monde – HuffPost Québec",
        "/quebec/authors/ana-roy/feeds/": "Ana Roy – HuffPost Québec",
        "/quebec/tags/hiver/feeds/": "Hiver – HuffPost Québec",
        "/quebec/sources/afp/feeds/": "AFP – HuffPost Québec",
    }


def test_article_stands_once_in_every_feed_that_it_belongs_to(outlet, read):
    _article, feeds = belonging(outlet)
    found = {address: read(f"{address}atom.xml") for address in feeds}
    assert {address: feed.feed.title for address, feed in found.items()} == feeds
    assert {tuple(titles(feed)) for feed in found.values()} == {("Un seul titre",)}


@pytest.mark.parametrize("file", FORMS)
def test_withdrawn_article_is_out_of_every_feed_at_once(client, outlet, file):
    article, feeds = belonging(outlet)
    care.withdraw(article, reason="privacy")
    assert [address for address in feeds if b"Un seul titre" in client.get(f"{address}{file}").content] == []


@pytest.mark.parametrize(
    "address", ["/quebec/authors/ana-roy/feeds/", "/quebec/tags/hiver/feeds/", "/quebec/sources/afp/feeds/"]
)
def test_author_tag_or_source_of_nothing_public_has_no_feed(client, outlet, address):
    article, _feeds = belonging(outlet)
    care.withdraw(article, reason="privacy")
    assert client.get(f"{address}atom.xml").status_code == 404


@pytest.mark.parametrize(
    "address", ["/nowhere/feeds/atom.xml", "/quebec/sections/rien/feeds/atom.xml", "/quebec/feeds/rss.xml"]
)
def test_feed_of_nothing_is_not_found(client, outlet, address):
    assert client.get(address).status_code == 404


def test_article_that_search_engines_may_not_index_is_in_the_feed(outlet, read):
    make_article(outlet=outlet, headline="Discret", indexable=False)
    assert titles(read("/quebec/feeds/atom.xml")) == ["Discret"]


def test_feed_itself_is_not_indexed(client, outlet):
    assert client.get("/quebec/feeds/atom.xml").headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("file", FORMS)
def test_feeds_of_the_demonstration_archive_are_valid(client, demo, file):
    wrong, seen = {}, 0
    for address in every_feed(file):
        while address:
            response = client.get(address)
            wrong[address] = faults(SCHEMAS[file], response.content)
            seen += 1
            address = older(file, response.content)
    assert seen > 20
    assert {address: found for address, found in wrong.items() if found} == {}


def every_feed(file):
    yield f"/feeds/{file}"
    for outlet in Outlet.objects.all():
        yield f"{outlet.get_absolute_url()}feeds/{file}"
        public = Article.objects.public().filter(outlet=outlet)
        for kind, found in [
            ("authors", Author.objects.filter(bylines__article__in=public).distinct()),
            ("tags", Tag.objects.filter(articles__in=public).distinct()),
            ("sources", Source.objects.filter(articles__in=public).distinct()),
        ]:
            yield from (f"{outlet.get_absolute_url()}{kind}/{each.slug}/feeds/{file}" for each in found)
    for section in Section.objects.select_related("outlet"):
        yield f"{section.get_absolute_url()}feeds/{file}"


def older(file, document):
    if file == "feed.json":
        address = json.loads(document).get("next_url", "")
    else:
        address = next(
            (link.get("href") for link in etree.fromstring(document).iter(f"{ATOM}link") if link.get("rel") == "next"),
            "",
        )
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if address else ""


def test_pages_of_a_feed_have_every_article_once(client, outlet):
    made = {make_article(outlet=outlet).short_address for _number in range(2 * FEED_LENGTH + 1)}
    address, pages = "/quebec/feeds/feed.json", []
    while address:
        document = client.get(address).content
        pages.append([item["id"] for item in json.loads(document)["items"]])
        address = older("feed.json", document)
    assert [len(page) for page in pages] == [FEED_LENGTH, FEED_LENGTH, 1]
    assert {key for page in pages for key in page} == made


def test_page_of_a_feed_leads_to_its_neighbours_and_keeps_the_id_of_the_feed(outlet, client):
    for _number in range(2 * FEED_LENGTH + 1):
        make_article(outlet=outlet)
    first = feedparser.parse(client.get("/quebec/feeds/atom.xml").content).feed
    second = feedparser.parse(client.get(next_of(first)).content).feed
    assert {link.rel for link in first.links} == {"alternate", "self", "first", "next"}
    assert {link.rel for link in second.links} == {"alternate", "self", "first", "next", "previous"}
    assert first.id == second.id == "http://127.0.0.1:8000/quebec/feeds/atom.xml"


def next_of(feed):
    parts = urlsplit(next(link.href for link in feed.links if link.rel == "next"))
    return f"{parts.path}?{parts.query}"


@pytest.mark.parametrize(
    "query", ["?after=x", "?after=%00", "?before=9999999999999999999999-1", "?after[]=1", "?after=-"]
)
def test_place_that_is_none_gives_the_first_page(client, outlet, query):
    make_article(outlet=outlet)
    assert client.get("/quebec/feeds/atom.xml" + query).content == client.get("/quebec/feeds/atom.xml").content


@pytest.mark.parametrize("file", FORMS)
def test_feed_of_many_costs_the_queries_of_a_feed_of_few(client, outlet, file):
    section, source = make_section(outlet), make_source()

    def make():
        article = make_article(outlet=outlet, section=section, source=source)
        make_byline(article)
        make_image(article)
        article.corrections.create(text="Une erreur.")

    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/quebec/feeds/{file}")
        return len(queries)

    make_notice(outlet)
    make()
    few = asked()
    for _number in range(12):
        make()
    assert asked() == few


def test_reader_that_has_the_feed_already_is_told_so(client, outlet):
    make_article(outlet=outlet)
    tag = client.get("/quebec/feeds/atom.xml").headers["ETag"]
    again = client.get("/quebec/feeds/atom.xml", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_reader_is_told_of_a_withdrawal(client, outlet):
    article = make_article(outlet=outlet)
    tag = client.get("/quebec/feeds/atom.xml").headers["ETag"]
    care.withdraw(article, reason="legal")
    assert client.get("/quebec/feeds/atom.xml", headers={"If-None-Match": tag}).status_code == 200


def test_feed_sets_no_cookie(client, outlet):
    assert not client.get("/quebec/feeds/atom.xml").cookies


def test_feed_of_an_outlet_tells_that_it_has_closed(outlet, read):
    make_notice(outlet, message="{outlet} a fermé en {year} & ne publie plus.")
    assert read("/quebec/feeds/atom.xml").feed.subtitle == "HuffPost Québec a fermé en 2021 & ne publie plus."


# One article


def entry_of(read, address="/quebec/feeds/atom.xml"):
    return read(address).entries[0]


def item_of(client):
    return json.loads(client.get("/quebec/feeds/feed.json").content)["items"][0]


@pytest.mark.parametrize(
    ("fields", "issued", "instant"),
    [
        (
            {"published_at": datetime(2014, 1, 22, 22, 47, tzinfo=UTC), "published_precision": "minute"},
            "2014-01-22T17:47-05:00",
            "2014-01-22T17:47:00-05:00",
        ),
        ({"published_on": date(2014, 1, 22), "published_precision": "day"}, "2014-01-22", None),
        ({"published_on": date(2014, 1, 1), "published_precision": "month"}, "2014-01", None),
        ({"published_on": date(2014, 1, 1), "published_precision": "year"}, "2014", None),
        ({"published_precision": "unknown"}, None, None),
    ],
    ids=["minute", "day", "month", "year", "unknown"],
)
def test_date_is_never_more_precise_than_known(client, outlet, fields, issued, instant):
    make_article(outlet=outlet, **fields)
    entry = etree.fromstring(client.get("/quebec/feeds/atom.xml").content).find(f"{ATOM}entry")
    assert entry.findtext("{http://purl.org/dc/terms/}issued") == issued
    assert entry.findtext(f"{ATOM}published") == instant
    item = item_of(client)
    assert item["_archive"].get("issued") == issued
    assert item.get("date_published") == instant


def test_updated_is_the_last_change_of_the_article(client, outlet, read):
    article = make_article(outlet=outlet, updated_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert entry_of(read).updated == "2026-01-02T03:04:05+00:00"
    care.correct(article, kind="correction", text="Onze batteries, et non douze.")
    article.refresh_from_db()
    assert entry_of(read).updated == article.updated_at.isoformat()
    assert item_of(client)["date_modified"] == article.updated_at.isoformat()


def test_correction_travels_with_its_text(outlet, read):
    article = make_article(outlet=outlet)
    care.correct(article, kind="correction", text="Onze batteries, et non <douze>.")
    assert "Onze batteries, et non &lt;douze&gt;." in entry_of(read).content[0].value


def test_id_is_the_short_address_and_stays_when_the_headline_changes(outlet, read):
    article = make_article(outlet=outlet)
    before = entry_of(read).id
    Article.objects.filter(pk=article.pk).update(headline="Autre", slug="autre")
    assert before == entry_of(read).id == article.short_address


def test_bylines_are_the_authors(outlet, read):
    article = make_article(outlet=outlet)
    make_byline(article, make_author(slug="ana-roy", name="Ana Roy"), printed="Par Ana Roy")
    make_byline(article, make_author(name="Luc Côté"))
    make_byline(article, make_author(name="Photographe"), role="photo")
    authors = entry_of(read).authors
    assert [author.name for author in authors] == ["Ana Roy", "Luc Côté"]
    assert authors[0].href == "http://127.0.0.1:8000/quebec/authors/ana-roy/"


@pytest.mark.parametrize("of_agency", [True, False])
def test_article_without_bylines_is_by_its_source_or_its_outlet(outlet, read, of_agency):
    make_article(outlet=outlet, source=make_source(name="AFP") if of_agency else None)
    assert entry_of(read).author == ("AFP" if of_agency else "HuffPost Québec")


def test_section_and_tags_are_categories(outlet, read):
    belonging(outlet)
    assert [(tag.term, tag.label, tag.scheme) for tag in entry_of(read).tags] == [
        ("monde", "Monde", "http://127.0.0.1:8000/quebec/sections/"),
        ("hiver", "Hiver", "http://127.0.0.1:8000/quebec/tags/"),
    ]


@pytest.mark.parametrize(("language", "attribute"), [("en", "en"), ("fr", None), ("", None)])
def test_tag_in_another_language_than_its_article_says_so(client, outlet, language, attribute):
    make_article(outlet=outlet).tags.add(Tag.objects.create(slug="hiver", name="Winter", language=language))
    feed = etree.fromstring(client.get("/quebec/feeds/atom.xml").content)
    assert [each.get(XML_LANG) for each in feed.iter(f"{ATOM}category")] == [attribute]


@pytest.mark.parametrize(("language", "attribute"), [("en", ' lang="fr"'), ("fr", "")])
def test_what_stands_over_a_note_is_in_the_language_of_the_page(client, outlet, read, language, attribute):
    article = make_article(outlet=outlet, language=language)
    Correction.objects.create(article=article, kind="update", text="Two.", made_on=date(2014, 2, 1))
    content = entry_of(read).content[0].value.replace(" ", " ")
    assert f"<h2{attribute}>Rectifications et notes</h2>" in content
    assert f"<p><strong{attribute}>Mise à jour · 1er février 2014</strong><br />Two.</p>" in content


def test_credit_of_the_source_is_the_rights_of_its_article(client, outlet, read):
    make_article(outlet=outlet, source=make_source(credit="© Agence France-Presse"))
    assert entry_of(read).rights == "© Agence France-Presse"
    assert "© Agence France-Presse" in entry_of(read).content[0].value
    assert item_of(client)["_archive"]["rights"] == "© Agence France-Presse"


def test_rights_line_of_the_outlet_is_that_of_its_own_pieces(outlet, read):
    make_article(outlet=outlet)
    assert entry_of(read).rights == "© HuffPost"


def test_article_in_another_language_says_so(client, outlet):
    make_article(outlet=outlet, language="en")
    document = etree.fromstring(client.get("/quebec/feeds/atom.xml").content)
    language = "{http://www.w3.org/XML/1998/namespace}lang"
    assert (document.get(language), document.find(f"{ATOM}entry").get(language)) == ("fr", "en")
    assert item_of(client)["language"] == "en"


def test_text_is_redacted_as_on_the_page(outlet, read):
    make_article(outlet=outlet, body="<p>Public</p>", body_received="<p>Secret</p>")
    assert "Secret" not in str(entry_of(read))


def test_picture_that_may_not_be_shown_is_not_named(client, outlet):
    make_image(make_article(outlet=outlet))
    assert "image" not in item_of(client)


def test_links_in_the_text_are_whole(outlet, read):
    make_article(outlet=outlet, body='<p><a href="/autre?a=1&amp;b=2">Autre</a></p>')
    assert 'href="http://127.0.0.1:8000/autre?a=1&amp;b=2"' in entry_of(read).content[0].value


# Whatever the texts


@pytest.mark.parametrize(
    ("html", "full"),
    [
        ('<a href="b">x</a>', '<a href="https://a.example/1/b">x</a>'),
        ('<a href="https://b.example/">x</a>', '<a href="https://b.example/">x</a>'),
        ('<a href="mailto:a@b.example">x</a>', '<a href="mailto:a@b.example">x</a>'),
        ('<a title="a > b" href="/b">x</a>', '<a title="a > b" href="https://a.example/b">x</a>'),
        ('<blockquote cite="/b">x</blockquote>', '<blockquote cite="https://a.example/b">x</blockquote>'),
        ('<p>an href="/b" in words</p>', '<p>an href="/b" in words</p>'),
        ('<a href="http://[">x</a>', '<a href="http://[">x</a>'),
    ],
)
def test_relative_link_becomes_a_full_address(html, full):
    assert with_full_addresses(html, "https://a.example/1/") == full


ENTRIES = st.builds(
    Entry,
    id=st.just("https://archive.example/a/0123456789ab"),
    address=st.just("https://archive.example/é/"),
    title=WORDS,
    language=st.sampled_from(["fr", "en"]),
    updated=st.datetimes(datetime(2000, 1, 1), timezones=st.just(UTC)),
    published=st.sampled_from(["", "2014", "2014-01", "2014-01-22", "2014-01-22T17:47-05:00"]),
    authors=st.lists(st.builds(Person, name=WORDS, address=st.just("https://archive.example/b/")), max_size=2).map(
        tuple
    ),
    categories=st.lists(
        st.builds(Category, name=WORDS, slug=st.just("hiver"), scheme=st.just("https://archive.example/tags/")),
        max_size=2,
    ).map(tuple),
    summary=TEXTS,
    content=TEXTS,
    rights=TEXTS,
    image=st.sampled_from(["", "https://archive.example/media/é.jpg"]),
)
FEEDS = st.builds(
    Feed,
    title=WORDS,
    address=st.just("https://archive.example/"),
    feed_address=st.just("https://archive.example/feeds/x"),
    language=st.sampled_from(["fr", "en"]),
    entries=st.lists(ENTRIES, max_size=3),
    subtitle=TEXTS,
    author=WORDS,
    rights=TEXTS,
    older=st.sampled_from(["", "https://archive.example/feeds/x?after=1-2"]),
)


@given(FEEDS)
def test_any_feed_is_valid_atom(feed):
    assert faults("atom.rng", atom(feed)) == []


@given(FEEDS)
def test_any_feed_is_a_valid_json_feed(feed):
    assert faults("json-feed.json", json_feed(feed)) == []


def test_feed_of_nothing_says_the_same_each_time():
    feed = Feed("Rien", "https://archive.example/", "https://archive.example/feeds/atom.xml", "fr", [])
    assert b"<updated>1970-01-01T00:00:00+00:00</updated>" in atom(feed)


# The judges see what they are for


@pytest.mark.parametrize(
    ("schema", "document"),
    [
        ("atom.rng", b"<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title><id>y</id></feed>"),
        ("json-feed.json", b'{"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": [{"id": "1"}]}'),
        ("json-feed.json", b'{"version": "https://jsonfeed.org/version/1", "title": "x", "items": []}'),
    ],
)
def test_schema_sees_what_is_missing(schema, document):
    assert faults(schema, document)
