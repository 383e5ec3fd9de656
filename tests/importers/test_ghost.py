import json
import time
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers import ghost, recognise
from archive.importers.base import (
    MOST_IN_VAIN,
    ImportedArticle,
    ImportedByline,
    ImportedImage,
    ImportedTerm,
    Problem,
    ReadOptions,
)
from archive.importers.items import ImportedPage, LeftOut

from .conftest import SAMPLES

SITE = ReadOptions(website="https://courrier.example/")
EXPORT = SAMPLES / "ghost" / "courrier.json"
EARLY = SAMPLES / "ghost" / "ghost-1.json"
LATE = SAMPLES / "ghost" / "ghost-6.json"


def read(content, options=SITE):
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    return list(ghost.read(BytesIO(content), options))


def export(*posts, **tables):
    return {"db": [{"meta": {"version": "5.2.0"}, "data": {"posts": list(posts), **tables}}]}


def article(post, **tables):
    items = read(export({"id": "1", "title": "Titre", "html": "<p>Texte.</p>", "status": "published"} | post, **tables))
    return next(item for item in items if isinstance(item, ImportedArticle))


@pytest.fixture(scope="module")
def items():
    return read(EXPORT.read_bytes())


@pytest.fixture(scope="module")
def by_headline(items):
    return {item.headline: item for item in items if isinstance(item, ImportedArticle)}


@pytest.mark.parametrize("path", [EARLY, EXPORT, LATE], ids=["1", "4", "6"])
def test_export_is_told_from_its_content(path):
    assert recognise(path.read_bytes()[:8192]) == "ghost"


@pytest.mark.parametrize(
    "head",
    [
        b'{"meta":{"exported_on":1388805572000,"version":"000"},"data":{}}',
        b'{"data":{"posts":[{"id":1}]}}',
        b'\xef\xbb\xbf{"db": [ {"data": {"actions": []',
        b'{"posts":[{"slug":"a","id":"5","uuid":"b"',
    ],
)
def test_every_form_of_export_is_recognised(head):
    assert ghost.recognises(head)


@pytest.mark.parametrize("head", [b'{"type":"story","_id":"1"}', b'{"uri":"x","type":"text"}', b'{"posts":[{"a":1}]}'])
def test_other_json_is_not_recognised(head):
    assert not ghost.recognises(head)


def test_every_post_is_taken_and_every_page(items):
    assert sum(isinstance(item, ImportedArticle) for item in items) == 9
    assert [item.title for item in items if isinstance(item, ImportedPage)] == ["À propos"]


def test_published_post_is_taken_whole(by_headline):
    post = by_headline["Le pont de Saint-Amable rouvre"]

    assert post.original_id == "0b1f6a52-0000-4000-8000-000000000001"
    assert (post.slug, post.summary, post.language) == ("le-pont-rouvre", "Après trois mois de travaux.", "fr-CA")
    assert (post.published.isoformat(), post.published_precision) == ("2018-03-02T14:00:00+00:00", "minute")
    assert post.modified.isoformat() == "2018-03-02T15:30:00+00:00"
    assert not post.held_back
    assert post.problems == ()


def test_export_of_ghost_1_is_taken_whole():
    post, page, scheduled, *counted = read(EARLY.read_bytes())

    assert (post.headline, post.published.isoformat()) == ("La crue de 1974", "2018-03-02T14:00:00+00:00")
    assert "<strong>le clocher</strong>" in post.body
    assert post.bylines == (ImportedByline("Louise Mercier", slug="louise"),)
    assert post.tags == (ImportedTerm("Mémoire", "memoire"),)
    assert post.images == (ImportedImage("https://courrier.example/content/images/2018/03/clocher.jpg"),)
    assert post.original_url == "https://courrier.example/2018/03/02/la-crue-de-1974/"
    # Of a page it tells by a number.
    assert (type(page), page.slug) == (ImportedPage, "nous-joindre")
    assert scheduled.held_back
    assert counted == [LeftOut("clients", 1), LeftOut("settings", 1)]


def test_export_of_ghost_6_is_taken_whole():
    post, for_tiers, by_mail, *counted = read(LATE.read_bytes())

    assert post.body.startswith("<p>On éteint les lampes.</p>")
    assert '<a href="https://ville.example/avis">' in post.body
    assert [each.name for each in post.bylines] == ["Anne Roy", "Paul Ortega"]
    assert [each.original_address.rpartition("/")[2] for each in post.images] == ["lampes.jpg", "un.jpg", "deux.jpg"]
    assert post.images[0].caption == "Photo : A. Roy"
    assert [item.held_back for item in (post, for_tiers, by_mail)] == [False, True, True]
    assert counted == [LeftOut("newsletters", 1), LeftOut("products", 1), LeftOut("settings", 1)]


def test_authors_stand_in_their_order(by_headline):
    assert by_headline["Le pont de Saint-Amable rouvre"].bylines == (
        ImportedByline("Paul Ortega", slug="paul"),
        ImportedByline("Louise Mercier", slug="louise"),
    )


def test_internal_tags_are_left_out_and_the_others_stand_in_their_order(by_headline):
    assert by_headline["Le pont de Saint-Amable rouvre"].tags == (
        ImportedTerm("Région", "region"),
        ImportedTerm("Ponts", "ponts"),
    )


def test_address_follows_the_form_and_the_clock_of_the_site(by_headline):
    assert by_headline["Le pont de Saint-Amable rouvre"].original_url == (
        "https://courrier.example/2018/03/02/le-pont-rouvre/"
    )
    # 03:19 in Greenwich was the day before in Toronto.
    assert by_headline["Ancien"].original_url == "https://courrier.example/2014/01/03/billet-10/"


def test_canonical_address_is_an_old_address(by_headline):
    assert by_headline["Le pont de Saint-Amable rouvre"].old_addresses == ("https://blogue.example.net/pont",)


def test_placeholder_of_the_site_becomes_the_outlets_website(by_headline):
    body = by_headline["Le pont de Saint-Amable rouvre"].body
    assert '<a href="https://courrier.example/crue-2017/">' in body
    assert "__GHOST_URL__" not in body


def test_placeholder_without_a_website_leaves_no_trace_and_is_told():
    post = next(iter(read(EXPORT.read_bytes(), ReadOptions())))
    assert '<a href="/crue-2017/">' in post.body
    assert (post.original_url, post.old_addresses) == ("", ("https://blogue.example.net/pont",))
    assert "does not tell the site's address" in post.problems[0].problem


def test_pictures_keep_their_words(by_headline):
    assert by_headline["Le pont de Saint-Amable rouvre"].images == (
        ImportedImage("https://courrier.example/content/images/2018/03/une.jpg", "La une", "Photo : P. Ortega"),
        ImportedImage(
            "https://courrier.example/content/images/2018/03/pont.jpg", "Le pont, vu de la rive", "Le pont mardi."
        ),
    )


@pytest.mark.parametrize(
    ("headline", "reason"),
    [
        ("Brouillon", "its status is “draft”"),
        ("À venir", "its status is “scheduled”"),
        ("Pour les membres", "it was for “members” alone"),
        ("Pour les abonnés", "it was for “paid” alone"),
        ("Infolettre", "it was sent by e-mail alone"),
    ],
)
def test_what_was_not_for_everyone_is_held_back(by_headline, headline, reason):
    assert by_headline[headline].held_back
    assert reason in by_headline[headline].problems[0].problem


def test_draft_has_no_date_and_no_address(by_headline):
    draft = by_headline["Brouillon"]
    assert (draft.published, draft.original_url) == (None, "")


def test_lexical_becomes_html(by_headline):
    post = by_headline["Lexical seul"]
    assert post.body.startswith("<h2>Inter &amp; titre</h2>\n<p>Un mot <strong>gras</strong><br>")
    assert '<a href="https://example.org/?a=1&amp;b=2"><em>lien</em></a></p>\n<ol><li>un</li></ol>' in post.body
    assert post.images == (ImportedImage("https://courrier.example/content/images/a.jpg", "Une vue", "La vue"),)
    assert "Abonnez-vous" not in post.body


def test_part_that_is_not_known_keeps_its_text_and_is_told(by_headline):
    assert by_headline["Lexical seul"].body.endswith("reste")
    assert "“mystery”" in by_headline["Lexical seul"].problems[0].problem


def test_mobiledoc_becomes_html(by_headline):
    post = by_headline["Mobiledoc seul"]
    assert post.body.startswith(
        '<h2>Titre</h2>\n<p>Mot <strong>gras</strong><br><a href="https://example.org/">lien</a></p>\n<figure>'
    )
    assert "<ul><li>un</li><li>deux</li></ul>" in post.body
    assert "“poll”" in post.problems[0].problem


def test_markdown_alone_is_kept_as_written_and_told(by_headline):
    assert by_headline["Ancien"].body == "<p>Premier *paragraphe*.</p>\n<p>Second.</p>"
    assert "Markdown" in by_headline["Ancien"].problems[0].problem


def test_tag_that_joined_files_tell_again_stands_once():
    links = [{"post_id": "1", "tag_id": "t", "sort_order": number} for number in range(3)]
    assert article({}, tags=[{"id": "t", "name": "Pont"}], posts_tags=links).tags == (ImportedTerm("Pont"),)


@pytest.mark.parametrize("link", [{"sort_order": 10**400}, {"post_id": "\ud800"}, {"tag_id": "\ud800"}])
def test_link_that_no_table_can_hold_spoils_no_other(link):
    links = [{"post_id": "1", "tag_id": "u"} | link, {"post_id": "1", "tag_id": "t"}]
    assert ImportedTerm("Pont") in article({}, tags=[{"id": "t", "name": "Pont"}], posts_tags=links).tags


def test_date_in_milliseconds_is_read(by_headline):
    assert by_headline["Ancien"].published.isoformat() == "2014-01-04T03:19:32+00:00"


def test_post_without_a_title_is_refused_with_its_place(items):
    (problem,) = [item for item in items if isinstance(item, Problem)]
    assert problem.place.startswith("item 11, line ")
    assert problem.problem == "Post 0b1f6a52-0000-4000-8000-000000000011 has no title."


def test_what_is_not_taken_is_counted(items):
    assert {item.kind: item.number for item in items if isinstance(item, LeftOut)} == {
        "api keys": 1,
        "members": 2,
        "settings": 2,
    }


@pytest.mark.parametrize("path", [EARLY, EXPORT, LATE], ids=["1", "4", "6"])
def test_no_address_password_or_key_is_kept(path):
    content = path.read_text()
    assert "@courrier.example" in content
    assert "SECRET" in content
    kept = "".join(repr(item) for item in read(path.read_bytes()))
    for secret in ("@courrier.example", "@example.net", "$2a$", "SECRET"):
        assert secret not in kept


def test_record_gives_the_same_article_again(by_headline):
    for post in by_headline.values():
        (again,) = [item for item in read(post.record) if isinstance(item, ImportedArticle)]
        assert again.canonical() == post.canonical()


def test_answer_of_the_api_is_read():
    post = {
        "id": "5",
        "uuid": "u",
        "title": "Titre",
        "html": "<p>a</p>",
        "authors": [{"name": "Anne", "slug": "anne", "email": "anne@example.net"}],
        "tags": [{"name": "Ville", "slug": "ville"}, {"name": "#une", "slug": "hash-une"}],
    }
    (item,) = read({"posts": [post], "meta": {"pagination": {}}})
    assert (item.bylines[0].name, [tag.name for tag in item.tags]) == ("Anne", ["Ville"])
    assert b"example.net" not in item.record
    assert read(item.record)[0].canonical() == item.canonical()


@pytest.mark.parametrize("told", ["0000-00-00 00:00:00", "1970-01-01T00:00:00.000Z", "-0001-11-30T00:00:00Z"])
def test_date_that_is_absurd_is_told_and_not_kept(told):
    post = article({"published_at": told})
    assert post.published is None
    assert "can't be read" in post.problems[0].problem


@pytest.mark.parametrize("row", [b"[]", b"1", b"{}", b'{"name": "a"}', b'{"id": "1"}'])
@pytest.mark.parametrize("table", [b"tags", b"users", b"posts_tags", b"posts_authors"])
def test_table_of_nothing_is_soon_given_up_and_told(table, row):
    post = b'[{"id": "1", "uuid": "u", "title": "Titre"}]'
    rows = row + (b"," + row) * (MOST_IN_VAIN + 1)
    items = read(b'{"db": [{"meta": {}, "data": {"posts": %s, "%s": [%s]}}]}' % (post, table, rows))
    assert items[0].headline == "Titre"
    assert items[-1].problem == f"Over {MOST_IN_VAIN} rows of its tables, one after another, tell of nothing new."


def test_author_who_stands_nowhere_is_told():
    assert "stands nowhere" in article({"author_id": "99"}).problems[0].problem


def test_export_that_is_cut_off_gives_what_stood_before():
    content = EXPORT.read_bytes()
    items = read(content[: content.index(b"Pour les membres")])
    assert items[0].headline == "Le pont de Saint-Amable rouvre"
    assert "cut off" in items[-1].problem


def test_post_in_cp1252_is_mended_and_told():
    content = json.dumps(export({"id": "1", "title": "L’été", "html": "<p>Œuvre</p>"}), ensure_ascii=False)
    (found,) = read(content.encode("cp1252"))
    assert (found.headline, found.body) == ("L’été", "<p>Œuvre</p>")
    assert found.problems[0].problem == "It is in cp1252, and not in UTF-8."
    assert found.problems[0].place == found.place


def test_bytes_of_no_certain_encoding_spoil_their_post_only():
    content = json.dumps(export({"id": "1", "title": "@"}, {"id": "2", "title": "Deux"}), ensure_ascii=False)
    broken, whole = read(content.encode().replace(b"@", b"\x81\x8d\xff"))
    assert "not in UTF-8" in broken.problem
    assert whole.headline == "Deux"


def test_export_in_utf_16_is_read():
    content = json.dumps(export({"id": "1", "title": "Été"}), ensure_ascii=False)
    assert read(content.encode("utf-16"))[0].headline == "Été"


@pytest.mark.parametrize(
    "content",
    [
        b'{"db":[{"meta":{},"data":{"posts":' + b"[" * 1_000_000,
        b'{"db":[{"meta":{},"data":{"posts":["' + b"a" * 20_000_000,
        b'{"db":[{"meta":{},"data":{"posts":[{"id":' + b"9" * 100_000 + b',"title":"a"}]}}]}',
        b'{"db":[{"meta":{},"data":{"posts":[{"id":"1","title":"a","lexical":"' + b"[" * 500_000 + b'"}]}}]}',
        b'{"db":[{"meta":{},"data":{}}]}',
    ],
    ids=["deep", "long", "number", "deep within", "empty"],
)
def test_hostile_export_is_refused_or_contained_within_two_seconds(content):
    begun = time.process_time()
    items = read(content)
    assert all(item.remedy for item in items if isinstance(item, Problem))
    assert time.process_time() - begun < 2


def test_fields_of_the_wrong_kind_are_passed_over():
    strange = [[], {}, 5, True, None, "x", [[]], [{}], {"a": []}]
    for value in strange:
        names = (
            "html",
            "lexical",
            "mobiledoc",
            "slug",
            "authors",
            "tags",
            "published_at",
            "visibility",
            "feature_image",
        )
        (item,) = read(export({"id": "1", "title": "Titre"} | dict.fromkeys(names, value)))
        assert item.headline == "Titre"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside, max_size=4),
    max_leaves=20,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(["id", "title", "html", "lexical", "authors", "tags"], JSON)))
def test_whatever_a_post_is_nothing_is_raised(post):
    read(export(post, posts_tags=[post], users=[post], settings=[post]))


@given(st.binary())
def test_whatever_the_bytes_nothing_is_raised(content):
    read(b'{"db":[{"data":{"posts":[' + content)
    read(content)


@pytest.mark.django_db
def test_post_becomes_an_article(outlet):
    from archive.importers.saving import import_paths

    report = import_paths([EXPORT], outlet, options=SITE)

    saved = outlet.articles.get(original_id="0b1f6a52-0000-4000-8000-000000000001")
    assert report.formats == ["ghost"]
    assert saved.headline == "Le pont de Saint-Amable rouvre"
    assert [byline.author.name for byline in saved.bylines.all()] == ["Paul Ortega", "Louise Mercier"]
    assert saved.old_addresses.filter(url="https://courrier.example/2018/03/02/le-pont-rouvre/").exists()
    assert outlet.articles.filter(held_back=True).count() == 5


@pytest.mark.django_db
def test_no_address_password_or_key_comes_into_the_database(outlet):
    from django.apps import apps

    from archive.importers.saving import import_paths
    from archive.models import Record

    import_paths([EARLY, EXPORT, LATE], outlet, options=SITE)

    rows = [row for model in apps.get_models() for row in model._default_manager.values()]
    kept = repr(rows) + repr([each.content for each in Record.objects.all()])
    assert "Le dernier numéro" in kept
    assert [
        secret for secret in ("@courrier.example", "@example.net", "$2a$", "$2b$", "SECRET") if secret in kept
    ] == []


def lexical(*nodes):
    return {"html": "", "lexical": json.dumps({"root": {"type": "root", "children": nodes}})}


def test_bookmark_keeps_all_that_its_card_showed():
    told = {"title": "Le registre", "description": "Tous les ponts.", "author": "Anne Roy", "publisher": "Le Greffe"}
    body = article(lexical({"type": "bookmark", "url": "https://greffe.example/", "metadata": told})).body
    assert '<a href="https://greffe.example/">Le registre</a>' in body
    assert "<p>Tous les ponts.</p>\n<p>Anne Roy · Le Greffe</p>" in body


def test_player_keeps_the_title_and_author_that_were_told_beside_it():
    told = {"title": "Le “pont”", "author_name": "Anne Roy"}
    html = '<iframe src="https://vimeo.example/1" title="player"></iframe>'
    body = article(lexical({"type": "embed", "url": "https://vimeo.example/1", "html": html, "metadata": told})).body
    assert body.startswith('<figure><iframe title="Le “pont”, Anne Roy" src=')


def test_part_that_is_not_known_keeps_its_words():
    assert article(lexical({"type": "mystery", "text": "Des mots."})).body == "<p>Des mots.</p>"


def test_text_that_cannot_be_read_gives_way_to_the_plain_one():
    assert article({"html": None, "lexical": "{broken", "plaintext": "Le texte nu."}).body == "<p>Le texte nu.</p>"


def test_published_post_without_a_text_is_told():
    assert "It has no text." in [each.problem for each in article({"html": ""}).problems]
