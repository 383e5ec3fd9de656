"""What the head of a page tells machines."""

import json
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from pyld import jsonld

from archive import care
from archive.models import Article, Tag
from archive.templatetags.metadata import data_block
from tests.factories import (
    make_article,
    make_author,
    make_byline,
    make_image,
    make_outlet,
    make_section,
    make_source,
)

SITE = "http://127.0.0.1:8000"
SCHEMA = "https://schema.org/"
# Of https://schema.org/, so much as articles are told by: each type's own properties and those it has from above.
THING = {"name", "url", "identifier", "description", "sameAs", "mainEntityOfPage", "image"}
WORK = THING | {
    *("archivedAt", "headline", "inLanguage", "datePublished", "dateModified", "author", "contributor", "publisher"),
    *("isPartOf", "keywords", "correction", "sourceOrganization", "creditText", "copyrightHolder", "copyrightNotice"),
    *("isAccessibleForFree", "text", "workTranslation", "translationOfWork"),
}
ORGANIZATION = THING | {"foundingDate", "dissolutionDate", "parentOrganization"}
PROPERTIES = {
    "NewsArticle": WORK | {"articleSection", "dateline"},
    "Periodical": WORK,
    "CorrectionComment": WORK,
    "ImageObject": WORK | {"width", "height", "caption"},
    "Person": THING,
    "Organization": ORGANIZATION,
    "NewsMediaOrganization": ORGANIZATION,
}


@pytest.fixture
def network(db):
    return make_outlet(slug="canada", name="HuffPost Canada", language="en")


@pytest.fixture
def outlet(network):
    return make_outlet(slug="quebec", name="HuffPost Québec", parent=network, rights_line="© HuffPost")


@pytest.fixture
def head(client):
    """The head of the page of an article, or at an address."""

    def head_of(page):
        response = client.get(page if isinstance(page, str) else page.get_absolute_url())
        return html.fromstring(response.content).find("head")

    return head_of


def contents(head, name):
    return head.xpath(f'meta[@name="{name}" or @property="{name}"]/@content')


def no_twice(pairs):
    assert len({name for name, _value in pairs}) == len(pairs)
    return dict(pairs)


def data_of(head):
    """The JSON-LD of a page, read strictly: one block, no name twice, no constant that JSON lacks."""
    (block,) = head.xpath('script[@type="application/ld+json"]/text()')
    return json.loads(block, object_pairs_hook=no_twice, parse_constant=pytest.fail)


def load_context(url, _options):
    """What stands at schema.org, without asking there: every name is of its vocabulary."""
    assert url == "https://schema.org"
    context = {"@context": {"@vocab": SCHEMA, **{name: {"@type": "@id"} for name in ("url", "sameAs", "archivedAt")}}}
    return {"contextUrl": None, "documentUrl": url, "contentType": "application/ld+json", "document": context}


def misnamed(data):
    """Types and properties that schema.org does not have, or not for what bears them."""
    (expanded,) = jsonld.expand(data, {"documentLoader": load_context})
    wrong, rest = [], [expanded]
    while rest:
        node = rest.pop()
        if "@value" in node:
            continue
        (kind,) = [each.removeprefix(SCHEMA) for each in node.get("@type", ["reference"])]
        for name, values in node.items():
            if not name.startswith("@"):
                if name.removeprefix(SCHEMA) not in PROPERTIES.get(kind, ()):
                    wrong.append(f"{kind}: {name}")
                rest += values
    return wrong


def articles_of(count_of_pages=None):
    return Article.objects.public().select_related("outlet").order_by("pk")[:count_of_pages]


def test_every_article_of_the_demonstration_archive_is_told_in_words_of_schema_org(demo, head):
    wrong = {article.key: misnamed(data_of(head(article))) for article in articles_of()}
    assert len(wrong) > 30
    assert {key: names for key, names in wrong.items() if names} == {}


def test_judge_sees_a_word_that_schema_org_lacks():
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "kicker": "x",
        "author": {"@type": "Person", "pen": "y"},
    }
    assert sorted(misnamed(data)) == ["NewsArticle: https://schema.org/kicker", "Person: https://schema.org/pen"]


DATES = [
    (
        {"published_at": datetime(2014, 1, 22, 22, 47, tzinfo=UTC), "published_precision": "minute"},
        "2014-01-22T17:47-05:00",
        "2014/01/22",
    ),
    ({"published_on": date(2014, 1, 22), "published_precision": "day"}, "2014-01-22", "2014/01/22"),
    ({"published_on": date(2014, 1, 1), "published_precision": "month"}, "2014-01", "2014/01"),
    ({"published_on": date(2014, 1, 1), "published_precision": "year"}, "2014", "2014"),
    ({"published_precision": "unknown"}, None, None),
]
PRECISIONS = ["minute", "day", "month", "year", "unknown"]


@pytest.mark.parametrize(("fields", "published", "highwire"), DATES, ids=PRECISIONS)
def test_date_is_never_more_precise_than_known(outlet, head, fields, published, highwire):
    found = head(make_article(outlet=outlet, **fields))
    assert data_of(found).get("datePublished") == published
    assert contents(found, "DC.date") == ([published] if published else [])
    assert contents(found, "citation_publication_date") == ([highwire] if highwire else [])
    a_day_at_least = published is not None and len(published) >= 10
    assert contents(found, "article:published_time") == ([published] if a_day_at_least else [])


def test_article_is_told_whole(outlet, head, media_root):
    section, source = (
        make_section(outlet, name="Monde"),
        make_source(name="AFP", credit="© AFP", website="https://afp.example/"),
    )
    article = make_article(
        outlet=outlet,
        section=section,
        source=source,
        headline="Onze batteries",
        summary="De plus.",
        dateline="WASHINGTON (AFP) –",
        original_url="http://quebec.huffingtonpost.ca/2014/01/22/onze_n_1.html",
    )
    article.tags.add(Tag.objects.create(slug="hiver", name="Hiver"))
    make_byline(article, make_author(slug="ana-roy", name="Ana Roy"), printed="Par Ana Roy")
    make_byline(article, make_author(slug="luc", name="Luc Côté"), role="photo")
    make_image(article)
    publisher = {
        "@type": "NewsMediaOrganization",
        "name": "HuffPost Québec",
        "url": f"{SITE}/quebec/",
        "foundingDate": "2012-02-08",
        "dissolutionDate": "2021-03-09",
        "parentOrganization": {
            "@type": "NewsMediaOrganization",
            "name": "HuffPost Canada",
            "url": f"{SITE}/canada/",
        },
    }
    agency = {"@type": "Organization", "name": "AFP", "url": "https://afp.example/"}
    data = data_of(head(article))
    assert data.pop("isPartOf")["publisher"]["name"] == "HuffPost Canada"
    assert data == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": article.short_address,
        "identifier": article.key,
        "url": SITE + article.get_absolute_url(),
        "mainEntityOfPage": SITE + article.get_absolute_url(),
        "archivedAt": article.permanent_address,
        "sameAs": "http://quebec.huffingtonpost.ca/2014/01/22/onze_n_1.html",
        "headline": "Onze batteries",
        "description": "De plus.",
        "inLanguage": "fr",
        "datePublished": "2014-01-22T17:47-05:00",
        "dateline": "WASHINGTON (AFP) –",
        "author": [{"@type": "Person", "name": "Ana Roy", "url": f"{SITE}/quebec/authors/ana-roy/"}],
        "contributor": [{"@type": "Person", "name": "Luc Côté", "url": f"{SITE}/quebec/authors/luc/"}],
        "publisher": publisher,
        "articleSection": "Monde",
        "keywords": ["Hiver"],
        "sourceOrganization": agency,
        "creditText": "© AFP",
        "copyrightHolder": agency,
        "copyrightNotice": "© AFP",
        "isAccessibleForFree": True,
    }


def test_correction_is_told_with_its_day(outlet, head):
    article = make_article(outlet=outlet)
    care.correct(article, kind="correction", text="Onze, et non douze.", made_on=date(2022, 5, 1))
    data = data_of(head(article))
    assert data["correction"] == [
        {
            "@type": "CorrectionComment",
            "@id": f"{SITE}{article.get_absolute_url()}#correction-1",
            "name": "Rectification",
            "datePublished": "2022-05-01",
            "text": "Onze, et non douze.",
            "inLanguage": "fr",
        }
    ]
    assert data["dateModified"] == "2022-05-01"


@pytest.mark.parametrize(
    ("corrected_on", "changed"),
    [(None, "2014-01-23T09:00-05:00"), (date(2013, 1, 1), "2014-01-23T09:00-05:00"), (date(2022, 5, 1), "2022-05-01")],
)
def test_last_change_is_the_newsrooms_or_a_later_correction(outlet, head, corrected_on, changed):
    article = make_article(outlet=outlet, modified_at=datetime(2014, 1, 23, 14, 0, tzinfo=UTC))
    if corrected_on:
        care.correct(article, kind="correction", text="x", made_on=corrected_on)
    found = head(article)
    assert data_of(found)["dateModified"] == changed
    assert contents(found, "article:modified_time") == [changed]


def test_taking_in_is_no_change_of_the_article(outlet, head):
    assert "dateModified" not in data_of(head(make_article(outlet=outlet)))


@pytest.mark.parametrize(
    ("kind", "holder"), [("staff", "HuffPost Québec"), ("agency", "X"), ("partner", "X"), ("contributor", None)]
)
def test_rights_are_said_to_be_somebodys_only_where_that_is_known(outlet, head, kind, holder):
    data = data_of(head(make_article(outlet=outlet, source=make_source(name="X", kind=kind))))
    assert data.get("copyrightHolder", {}).get("name") == holder


def test_picture_that_may_not_be_shown_is_not_told_of(outlet, head):
    article = make_article(outlet=outlet)
    make_image(article, caption="Un visage", withheld="privacy")
    found = head(article)
    assert "image" not in data_of(found)
    assert contents(found, "og:image") == []
    assert b"Un visage" not in html.tostring(found)


def test_picture_that_is_shown_is_told_of(demo, head):
    article = Article.objects.public().filter(images__withheld="", images__number=1).first()
    found, image = head(article), article.images.filter(withheld="").first()
    assert data_of(found)["image"][0]["url"] == contents(found, "og:image")[0] == SITE + image.file.url


def test_open_graph_tells_social_pages_what_to_show(outlet, head):
    article = make_article(outlet=outlet, headline="Onze batteries", summary="De plus.")
    found = head(article)
    assert {name: contents(found, f"og:{name}") for name in ("type", "title", "description", "url", "site_name")} == {
        "type": ["article"],
        "title": ["Onze batteries"],
        "description": ["De plus."],
        "url": [SITE + article.get_absolute_url()],
        "site_name": ["HuffPost Québec"],
    }


def test_zotero_and_scholar_find_what_they_cite_by(outlet, head):
    article = make_article(outlet=outlet, headline="Onze batteries")
    make_byline(article, make_author(name="Ana Roy"), printed="Par Ana Roy")
    make_byline(article, make_author(name="Luc Côté"))
    found = head(article)
    assert contents(found, "citation_title") == contents(found, "DC.title") == ["Onze batteries"]
    assert contents(found, "citation_author") == contents(found, "DC.creator") == ["Ana Roy", "Luc Côté"]
    assert contents(found, "citation_public_url") == contents(found, "DC.identifier") == [article.permanent_address]
    assert contents(found, "citation_publisher") == contents(found, "DC.publisher") == ["HuffPost Canada"]
    assert contents(found, "prism.publicationName") == ["HuffPost Québec"]
    # By which Zotero knows a newspaper's article; by this one it would take it for a journal's.
    assert contents(found, "DC.type") == ["NewsItem"]
    assert contents(found, "citation_journal_title") == []


@pytest.mark.parametrize(
    ("body", "description"),
    [
        ("<p>Un début.</p><p>Une suite &amp; fin.</p>", "Un début. Une suite & fin."),
        ("<p>" + "mot " * 100 + "</p>", "mot " * 29 + "mot…"),
    ],
)
def test_article_without_a_summary_is_described_by_its_first_words(outlet, head, body, description):
    found = head(make_article(outlet=outlet, body=body))
    assert contents(found, "description") == contents(found, "og:description") == [description]


def test_canonical_is_the_address_of_the_article(outlet, head):
    article = make_article(outlet=outlet)
    assert head(article.get_absolute_url() + "?utm_source=x").xpath('link[@rel="canonical"]/@href') == [
        SITE + article.get_absolute_url()
    ]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_ends_the_block_of_data(text):
    block = data_block({"headline": text})
    data = block.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert "<" not in data
    assert json.loads(data) == {"headline": text}


# Versions of an article


@pytest.fixture
def versions(outlet, network):
    """A French article and its English version."""
    first = make_article(outlet=outlet, headline="Onze batteries", language="fr")
    return first, make_article(outlet=network, headline="Eleven batteries", language="en", version_of=first)


def hreflangs(head):
    return [(link.get("hreflang"), link.get("href")) for link in head.xpath('link[@rel="alternate"][@hreflang]')]


def test_versions_of_an_article_name_each_other_and_themselves(versions, head):
    first, second = versions
    both = [("en", SITE + second.get_absolute_url()), ("fr", SITE + first.get_absolute_url())]
    assert hreflangs(head(first)) == hreflangs(head(second)) == both


def test_translation_is_told_in_words_of_schema_org(versions, head):
    first, second = versions
    of_first, of_second = data_of(head(first)), data_of(head(second))
    assert [each["@id"] for each in of_first["workTranslation"]] == [second.short_address]
    assert of_second["translationOfWork"]["@id"] == first.short_address
    assert misnamed(of_first) == misnamed(of_second) == []


def test_reader_is_led_to_the_other_version(versions, client):
    first, second = versions
    page = html.fromstring(client.get(second.get_absolute_url()).content)
    links = page.xpath('//main//a[@hreflang="fr"]')
    assert [(link.get("href"), link.text) for link in links] == [(first.get_absolute_url(), "Read this in French")]


@pytest.mark.parametrize("gone", ["withdrawn", "held back"])
def test_version_that_is_not_public_is_not_named(versions, head, client, gone):
    first, second = versions
    if gone == "withdrawn":
        care.withdraw(second, reason="legal")
    else:
        Article.objects.filter(pk=second.pk).update(held_back=True)
    assert hreflangs(head(first)) == []
    assert second.key.encode() not in client.get(first.get_absolute_url()).content


def test_version_that_may_not_be_indexed_is_for_readers_alone(versions, head, client):
    first, second = versions
    Article.objects.filter(pk=second.pk).update(indexable=False)
    assert hreflangs(head(first)) == []
    assert second.key.encode() in client.get(first.get_absolute_url()).content


def test_article_without_versions_has_no_hreflang(outlet, head):
    assert hreflangs(head(make_article(outlet=outlet))) == []


@pytest.mark.parametrize("case", ["itself", "a version", "has versions"])
def test_versions_stand_in_one_group(versions, outlet, case):
    first, second = versions
    if case == "itself":
        first.version_of = wrong = first
    elif case == "a version":
        wrong = make_article(outlet=outlet)
        wrong.version_of = second
    else:
        wrong = first
        wrong.version_of = make_article(outlet=outlet)
    with pytest.raises(ValidationError, match="version"):
        wrong.clean()


def test_link_between_versions_is_recorded(versions):
    first, second = versions
    before = care.snapshot(second)
    Article.objects.filter(pk=second.pk).update(version_of=None)
    assert care.record(second, "edited", before=before).changes == {"version_of": [first.key, None]}


# Who may index what


def test_article_that_search_engines_may_not_index_says_so_in_page_and_headers(outlet, client):
    article = make_article(outlet=outlet, indexable=False)
    response = client.get(article.get_absolute_url())
    assert contents(html.fromstring(response.content).find("head"), "robots") == ["noindex"]
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_article_that_may_be_indexed_says_nothing(outlet, client):
    response = client.get(make_article(outlet=outlet).get_absolute_url())
    assert contents(html.fromstring(response.content).find("head"), "robots") == []
    assert "X-Robots-Tag" not in response.headers


def test_tombstone_is_not_indexed_and_tells_machines_nothing(outlet, client):
    article = make_article(outlet=outlet, headline="Le titre", summary="Le résumé")
    care.withdraw(article, reason="privacy", show_headline=False)
    response = client.get(article.get_absolute_url())
    assert response.status_code == 410
    assert response.headers["X-Robots-Tag"] == "noindex"
    found = html.fromstring(response.content).find("head")
    assert contents(found, "robots") == ["noindex"]
    assert found.xpath("script[@type] | meta[@property]") == []
    assert b"Le titre" not in response.content


# Other pages

HISTORY = "/huffpost-canada/articles/qkdj6esc6qdr/history/"


@pytest.mark.parametrize(
    ("path", "title", "description"),
    [
        ("/", "Newsroom Archive", "The journalism of newsrooms that have closed, kept on line for good."),
        ("/huffpost-canada/", "HuffPost Canada", "The on-line archive of HuffPost Canada."),
        ("/huffpost-quebec/sections/monde/", "Monde", None),
        ("/huffpost-quebec/2014/", "2014", None),
        (
            "/huffpost-quebec/undated/",
            "Sans date",
            "Ces articles ont été sauvés sans date, et aucune n’a été inventée.",
        ),
        ("/huffpost-canada/authors/", "Authors", None),
        ("/huffpost-canada/tags/", "Tags", "The tags of the articles of HuffPost Canada that are kept here, by name."),
        ("/care/corrections/", "Corrections and notes", None),
        ("/care/withdrawals/", "Articles withdrawn", None),
        ("/find/", "Find an old address", None),
    ],
)
def test_page_tells_what_it_is_and_where_it_stands(demo, head, path, title, description):
    found = head(path)
    assert contents(found, "og:title") == [title]
    assert contents(found, "og:url") == found.xpath('link[@rel="canonical"]/@href') == [SITE + path]
    assert contents(found, "description") == contents(found, "og:description")
    assert description is None or contents(found, "description") == [description]


@pytest.mark.parametrize("path", ["/search/", "/search/?q=hiver", "/search/?q=elektions", HISTORY])
def test_page_that_is_kept_from_search_engines_is_described_all_the_same(demo, head, path):
    (description,) = contents(head(path), "description")
    assert len(description) > 20


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/huffpost-quebec/",
        "/huffpost-quebec/sections/monde/",
        "/huffpost-quebec/authors/{author}/",
        "/huffpost-quebec/tags/{tag}/",
        "/huffpost-quebec/sources/{source}/",
    ],
)
def test_page_names_its_feeds_and_they_are_there(demo, head, client, path):
    article = Article.objects.public().filter(outlet__slug="huffpost-quebec").exclude(bylines=None).exclude(tags=None)
    article = article.exclude(source=None).first()
    path = path.format(
        author=article.bylines.first().author.slug, tag=article.tags.first().slug, source=article.source.slug
    )
    links = head(path).xpath('link[@rel="alternate"]')
    assert [link.get("type") for link in links] == ["application/atom+xml", "application/feed+json"]
    for link in links:
        response = client.get(link.get("href").removeprefix(SITE))
        assert (response.status_code, response.headers["Content-Type"].partition(";")[0]) == (200, link.get("type"))
