import json
import time
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers import ans, recognise
from archive.importers.ans_text import _WRITERS
from archive.importers.base import (
    ImportedArticle,
    ImportedByline,
    ImportedCorrection,
    ImportedImage,
    ImportedSource,
    ImportedTerm,
    Problem,
    ReadOptions,
)
from archive.importers.items import LeftOut

from .conftest import SAMPLES

SITE = ReadOptions(website="https://courrier.example/")
ANSWER = SAMPLES / "ans" / "courrier.json"


def read(content, options=SITE):
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    return list(ans.read(BytesIO(content), options))


def story(**fields):
    return {"_id": "S1", "type": "story", "version": "0.10.9", "headlines": {"basic": "Titre"}} | fields


def one(**fields):
    (item,) = read(story(**fields))
    return item


@pytest.fixture(scope="module")
def items():
    return read(ANSWER.read_bytes())


@pytest.fixture(scope="module")
def flood(items):
    return items[0]


@pytest.fixture(scope="module")
def by_id(items):
    return {item.original_id: item for item in items if isinstance(item, ImportedArticle)}


def test_answer_of_the_api_is_told_from_its_content():
    assert recognise(ANSWER.read_bytes()[:8192]) == "ans"


@pytest.mark.parametrize(
    "head",
    [
        b'{"uri":"x","type":"text","headlines":[{"value":"a"}]}',
        b'{"db":[{"meta":{},"data":{}}]}',
        b'{"format":"newsroom-archive-1","type":"story"}',
        b'{"type":"story"}',
        b'"type":"story","content_elements":[',
    ],
)
def test_other_json_is_not_recognised(head):
    assert not ans.recognises(head)


def test_stories_and_galleries_are_taken(by_id):
    assert list(by_id) == ["RIVES7ABCDEFGHIJKLMNOPQRST", "B", "C", "D", "E", "H"]


def test_story_is_taken_whole(flood):
    assert (flood.headline, flood.summary, flood.kicker, flood.language) == (
        "Crue : deux ponts fermés",
        "Sous-titre\nLa ville ferme deux ponts.",
        "Inondations",
        "fr",
    )
    assert (flood.published.isoformat(), flood.published_precision) == ("2019-05-02T14:03:00+00:00", "minute")
    assert flood.modified.isoformat() == "2019-05-03T09:00:00.520000+00:00"
    assert flood.source == ImportedSource("Agence France-Presse", "agency")
    assert not flood.indexable
    assert not flood.held_back


def test_bylines_keep_their_printed_form_and_role(flood):
    assert flood.bylines == (
        ImportedByline("Louise Mercier", "LOUISE MERCIER, au Courrier", slug="louise-mercier"),
        ImportedByline("Paul Ortega"),
        ImportedByline("Anne Roy", role="photo"),
    )


def test_credit_that_is_no_byline_is_told(flood):
    assert any("Jean Dû is named as “edited_by”" in each.problem for each in flood.problems)


def test_author_named_by_a_number_is_told(flood):
    assert any("named by a number" in each.problem for each in flood.problems)


def test_section_stands_under_those_above_it(flood):
    assert flood.section == (ImportedTerm("Actualités", "actualites"), ImportedTerm("Région", "region"))


def test_tags_are_those_of_people_not_of_machines(flood):
    assert flood.tags == (ImportedTerm("Crue", "crue"), ImportedTerm("Ponts"))


@pytest.mark.parametrize("told", ["1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "hier"])
def test_date_that_is_none_is_unknown_and_told(told):
    item = one(display_date=told)
    assert (item.published, item.published_precision) == (None, "unknown")
    assert any("date" in each.problem for each in item.problems)


def test_every_address_is_kept(flood):
    assert flood.original_url == "https://courrier.example/actualites/2019/05/02/crue-deux-ponts-fermes/"
    assert flood.old_addresses == (
        "https://crr.example/1Crp6",
        "https://courrier.example/news/flood/",
        "https://courrier.example/crue-saint-amable",
    )


def test_address_without_a_host_is_told_where_the_website_is_not_known():
    (item,) = read(story(canonical_url="/a/b"), ReadOptions())
    assert item.original_url == ""
    assert "does not tell its host" in item.problems[0].problem


def test_pictures_keep_their_words(flood):
    assert flood.images == (
        ImportedImage("https://img.example/une.jpg", "Le pont", "Le pont fermé.", "Anne Roy/Le Courrier"),
        ImportedImage("https://img.example/rive.jpg", "", "La rive"),
        ImportedImage("https://img.example/g1.jpg", "", "G1"),
    )


@pytest.mark.parametrize(
    "written",
    [
        "<p>SAINT-AMABLE — La ville a <b>fermé</b> deux ponts.</p>",
        "<h3>Les faits</h3>",
        '<figure><img src="https://img.example/rive.jpg" alt=""><figcaption>La rive</figcaption></figure>',
        "<ol><li>un</li><li><ul><li>deux</li></ul></li></ol>",
        "<blockquote><p>L'eau monte.</p><p><cite>La mairesse</cite></p></blockquote>",
        "<blockquote>Citation.</blockquote>",
        '<p><a href="https://courrier.example/autre">À lire</a></p>',
        '<p>Voir</p><ul><li><a href="https://a.example/">A</a></li></ul>',
        '<blockquote class="twitter-tweet">Mot</blockquote>',
        "<table><thead><tr><th>Jour</th></tr></thead><tbody><tr><td>Lundi</td></tr></tbody></table>",
        "<pre><code>a &lt; b</code></pre>",
        "<hr>",
        "<h3>Groupe</h3>\n<p>Dans le groupe</p>",
        '<p><a href="https://courrier.example/v">La vidéo</a></p>',
        "<p>4.5 / 5 étoiles</p>",
        "<p>Recommandé</p>",
        "<p>Texte d'hologramme</p>",
    ],
)
def test_every_element_becomes_html(flood, written):
    assert written in flood.body


@pytest.mark.parametrize(
    ("element", "html"),
    [
        ({"type": "pullquote", "content": "L'eau monte."}, "<blockquote>L'eau monte.</blockquote>"),
        ({"type": "content_zone", "content_elements": [{"type": "text", "content": "Dedans"}]}, "<p>Dedans</p>"),
        ({"type": "list_element", "content": "Un point"}, "<p>Un point</p>"),
        (
            {"type": "audio", "headlines": {"basic": "L'entrevue"}, "canonical_url": "https://courrier.example/a"},
            '<p><a href="https://courrier.example/a">L\'entrevue</a></p>',
        ),
        (
            {"type": "graphic", "headlines": {"basic": "La carte"}, "canonical_url": "https://courrier.example/g"},
            '<p><a href="https://courrier.example/g">La carte</a></p>',
        ),
        (
            {"type": "story", "headlines": {"basic": "À lire"}, "canonical_url": "https://courrier.example/s"},
            '<p><a href="https://courrier.example/s">À lire</a></p>',
        ),
        ({"type": "oembed", "raw_oembed": {"html": "<iframe src='x'></iframe>"}}, "<iframe src='x'></iframe>"),
        ({"type": "header", "content": "Sans niveau"}, "<h2>Sans niveau</h2>"),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else "",
)
def test_element_of_a_rarer_kind_becomes_html(element, html):
    item = one(content_elements=[element])
    assert item.body == html
    assert item.problems == ()


@pytest.mark.parametrize("kind", ["hologram", "an embed of its own kind, carte", "a reference to image ABCDEF"])
def test_element_that_can_not_be_kept_is_told(flood, kind):
    assert any(kind in each.problem for each in flood.problems)


def test_corrections_are_kept_with_the_day_of_the_last_update_and_a_remark(flood):
    assert flood.corrections == (
        ImportedCorrection("correction", "Deux ponts, et non trois.", date(2019, 5, 3)),
        ImportedCorrection("clarification", "Le pont est celui du nord.", date(2019, 5, 3)),
    )
    assert "celui du nord" not in flood.body
    assert any("day of its corrections is not told" in each.problem for each in flood.problems)


def test_correction_without_any_date_is_left_out_and_told():
    item = one(corrections=[{"type": "correction", "text": "Faux."}])
    assert item.corrections == ()
    assert "Faux." in item.problems[0].problem


@pytest.mark.parametrize(("key", "reason"), [("B", "“working”"), ("C", "“premium”"), ("E", "it is not published")])
def test_what_was_not_public_is_held_back(by_id, key, reason):
    assert by_id[key].held_back
    assert reason in by_id[key].problems[0].problem


def test_embargo_is_kept_with_its_end(by_id):
    assert by_id["D"].embargoed_until.isoformat() == "2030-01-01T00:00:00+00:00"
    assert not by_id["D"].held_back


def test_embargo_without_an_end_holds_back():
    assert one(content_restrictions={"embargo": {"active": True}}).held_back


def test_embargo_that_is_not_active_is_none():
    item = one(content_restrictions={"embargo": {"active": False, "end_time": "2030-01-01T00:00:00Z"}})
    assert (item.embargoed_until, item.held_back) == (None, False)


def test_story_for_some_places_only_is_held_back():
    assert one(content_restrictions={"geo": {"restrictions": [{"restriction_id": "qc"}]}}).held_back


def test_story_without_a_headline_is_refused_with_its_place(items):
    (problem,) = [item for item in items if isinstance(item, Problem)]
    assert problem.place.startswith("item 6, line ")
    assert problem.problem == "It has no headline."


def test_what_is_no_story_is_counted(items):
    assert [item for item in items if isinstance(item, LeftOut)] == [LeftOut("image", 1)]


def test_story_without_an_id_is_known_by_its_address_whatever_the_website():
    told = {"_id": None, "canonical_url": "/a/b"}
    ids = {read(story(**told), options)[0].original_id for options in (SITE, ReadOptions())}
    assert ids == {"/a/b"}


def test_story_without_id_and_address_is_known_by_its_text():
    assert one(_id="").original_id == one(_id="").original_id != one(_id="", headlines={"basic": "B"}).original_id


@pytest.mark.parametrize("form", ["array", "lines", "joined", "one"])
def test_stories_stand_in_any_form_of_file(form):
    first, second = json.dumps(story()), json.dumps(story(_id="S2"))
    content = {
        "array": f"[{first},{second}]",
        "lines": f"{first}\n{second}\n",
        "joined": json.dumps(story(), indent=1) + json.dumps(story(_id="S2"), indent=1),
        "one": first,
    }[form]
    ids = [item.original_id for item in read(content.encode())]
    assert ids == (["S1"] if form == "one" else ["S1", "S2"])


def test_broken_line_spoils_no_other():
    content = f'{json.dumps(story())}\n{{"type":"story","_id":}}\n{json.dumps(story(_id="S3"))}\n'
    first, broken, third = read(content.encode())
    assert (first.original_id, third.original_id) == ("S1", "S3")
    assert (broken.place, broken.problem[:15]) == ("item 2: line 2", "It is not JSON:")


@pytest.mark.parametrize("form", ["array", "lines", "one"])
def test_story_in_cp1252_is_mended_and_told(form):
    told = json.dumps(story(headlines={"basic": "L’été à Québec"}), ensure_ascii=False)
    content = {"array": f"[{told}]", "lines": f"{told}\n{json.dumps(story())}\n", "one": told}[form]
    item = read(content.encode("cp1252"))[0]
    assert item.headline == "L’été à Québec"
    assert [each.problem for each in item.problems] == ["It is in cp1252, and not in UTF-8."]
    assert read(item.record)[0].canonical() == item.canonical()


def test_list_larger_than_any_article_is_read():
    many = [
        story(_id=str(number), content_elements=[{"type": "text", "content": "a" * 20_000}]) for number in range(600)
    ]
    assert len(read({"type": "results", "content_elements": many})) == 600


def test_record_gives_the_same_article_again(by_id):
    for item in by_id.values():
        (again,) = read(item.record)
        assert again.canonical() == item.canonical()


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 1_000_000,
        b'{"type":"story","content_elements":' + b'[{"type":"quote","content_elements":' * 100_000,
        b'[{"type":"story","_id":"' + b"a" * 20_000_000,
        b'{"type":"story","headlines":{"basic":"a"},"_id":"1","content_elements":[' + b"{}," * 1_000_000 + b"{}]}",
        b'{"type":"story"',
    ],
    ids=["deep", "deep text", "long", "many", "cut off"],
)
def test_hostile_file_is_refused_or_contained_within_two_seconds(content):
    begun = time.process_time()
    items = read(content)
    assert items
    assert all(isinstance(item, Problem) and item.remedy for item in items)
    assert time.process_time() - begun < 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "content", "basic", "by", "name", "_id", "items"]), inside, max_size=4
        )
    ),
    max_leaves=20,
)
FIELDS = (
    *("content_elements", "credits", "vanity_credits", "taxonomy", "websites", "promo_items", "corrections", "label"),
    *("display_date", "content_restrictions", "publishing", "distributor", "content_aliases", "description", "_id"),
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON)))
def test_whatever_a_story_is_nothing_is_raised(fields):
    one(**fields)


@pytest.mark.parametrize("kind", sorted(_WRITERS))
@given(
    fields=st.dictionaries(st.sampled_from(["content", "items", "rows", "header", "embed", "referent", "level"]), JSON)
)
def test_whatever_an_element_is_nothing_is_raised(kind, fields):
    one(content_elements=[{"type": kind} | fields])


@given(st.binary())
def test_whatever_the_bytes_nothing_is_raised(content):
    read(content)
    read(b'[{"type":"story",' + content)


@pytest.mark.django_db
def test_story_becomes_an_article(outlet):
    from archive.importers.saving import import_paths

    report = import_paths([ANSWER], outlet, options=SITE)

    saved = outlet.articles.get(original_id="RIVES7ABCDEFGHIJKLMNOPQRST")
    assert report.formats == ["ans"]
    assert saved.source.name == "Agence France-Presse"
    assert saved.section.parent.name == "Actualités"
    assert "script" not in saved.body
    assert saved.corrections.count() == 2
    assert saved.old_addresses.count() == 4


def test_author_told_in_parts_is_named():
    people = [{"type": "author", "name": "", "first_name": "Anne", "last_name": "Roy"}]
    assert [each.name for each in one(credits={"by": people}).bylines] == ["Anne Roy"]


def test_other_sections_are_tags():
    local = {"_id": "/local", "name": "Local"}
    taxonomy = {"primary_section": local, "sections": [local, {"_id": "/avis", "name": "Avis"}]}
    assert one(taxonomy=taxonomy).tags == (ImportedTerm("Avis", "avis"),)


def test_player_keeps_the_title_and_author_that_were_told_beside_it():
    told = {"title": "Le pont", "author_name": "Anne Roy", "html": '<iframe src="https://vimeo.example/1"></iframe>'}
    body = one(content_elements=[{"type": "oembed_response", "raw_oembed": told}]).body
    assert body == '<iframe title="Le pont, Anne Roy" src="https://vimeo.example/1"></iframe>'


@pytest.mark.parametrize("kind", ["video", "gallery"])
def test_title_and_words_of_what_stands_in_a_story_are_kept(kind):
    told = {"type": kind, "headlines": {"basic": "Le pont"}, "description": {"basic": "Vu du quai."}}
    body = one(content_elements=[told]).body
    assert "Le pont" in body
    assert "<p>Vu du quai.</p>" in body
