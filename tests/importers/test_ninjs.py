import json
import time
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers import ninjs, recognise
from archive.importers.base import ImportedArticle, ImportedByline, ImportedImage, ImportedSource, Problem, ReadOptions
from archive.importers.items import ImportedWithdrawal, LeftOut

from .conftest import SAMPLES

WIRE = SAMPLES / "ninjs" / "wire-1.6.json"
LATER = SAMPLES / "ninjs" / "wire-2.1.json"
ITEMS = SAMPLES / "ninjs" / "items-3.json"


def read(content):
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    return list(ninjs.read(BytesIO(content), ReadOptions()))


def one(**fields):
    (item,) = read({"uri": "urn:x", "type": "text", "headline": "Titre"} | fields)
    return item


@pytest.fixture(scope="module")
def wire():
    (item,) = read(WIRE.read_bytes())
    return item


@pytest.fixture(scope="module")
def items():
    return read(ITEMS.read_bytes())


@pytest.fixture(scope="module")
def later():
    """A wire of ninjs 2, whose properties are lists."""
    (item,) = read(LATER.read_bytes())
    return item


@pytest.mark.parametrize("path", [WIRE, LATER, ITEMS], ids=["1.6", "2.1", "3"])
def test_every_edition_is_told_from_its_content(path):
    assert recognise(path.read_bytes()[:8192]) == "ninjs"


@pytest.mark.parametrize(
    "head", [b'{"type":"story","headlines":{"basic":"a"}}', b'{"uri":"x"}', b'"uri":"x","pubStatus":"u"']
)
def test_other_json_is_not_recognised(head):
    assert not ninjs.recognises(head)


def test_wire_is_taken_whole(wire):
    assert (wire.original_id, wire.headline, wire.kicker, wire.language) == (
        "urn:newsml:agence.example:20140122:crue",
        "Crue : deux ponts fermés",
        "Inondations",
        "fr-CA",
    )
    assert (wire.published.isoformat(), wire.published_precision) == ("2014-01-22T17:40:00-05:00", "minute")
    assert wire.modified.isoformat() == "2014-01-22T18:05:00-05:00"
    assert not wire.held_back


def test_wire_of_ninjs_2_is_taken_whole(later):
    assert (later.headline, later.summary, later.dateline) == (
        "Le traversier repart après dix jours de glace",
        "Dix jours sans bateau.",
        "SAINT-AMABLE (PC) —",
    )
    assert later.body == "<p>Le traversier a quitté le quai <b>lundi</b> matin.</p><p>Il était plein.</p>"
    assert later.bylines == (ImportedByline("Louise Mercier", "Louise Mercier, La Presse canadienne"),)
    assert (later.source, later.provider) == (ImportedSource("La Presse canadienne", "agency"), "PC")
    assert [tag.name for tag in later.tags] == ["Transport maritime"]
    assert later.images == (
        ImportedImage("https://img.example/7.jpg", "", "Le traversier au quai, lundi.", "Anne Roy/PC"),
    )


def test_wire_in_cp1252_is_mended_and_told():
    told = {"uri": "urn:x", "type": "text", "headline": "L’été", "body_text": "Œuvre à l’aube."}
    (item,) = read(json.dumps(told, ensure_ascii=False).encode("cp1252"))
    assert (item.headline, item.body) == ("L’été", "<p>Œuvre à l’aube.</p>")
    assert [each.problem for each in item.problems] == ["It is in cp1252, and not in UTF-8."]


def test_moment_that_a_machine_writes_for_none_is_no_date():
    item = one(versioncreated="1970-01-01T00:00:00Z")
    assert (item.published, item.published_precision) == (None, "unknown")
    assert "can't be read" in item.problems[0].problem


def test_urgency_is_kept(wire, later):
    assert (wire.urgency, later.urgency) == (3, 4)


@pytest.mark.parametrize("told", [0, 10, -1, 2.5, True, "x", "", None, [3]])
def test_what_is_no_urgency_is_none(told):
    assert one(urgency=told).urgency == 0


@pytest.mark.parametrize(
    ("fields", "headline"),
    [
        ({"headline": "Plain", "headline_short": "Short", "headline_main": "Main"}, "Main"),
        ({"headline": "", "headline_short": "Short", "headline_web": "Web"}, "Web"),
        (
            {"headline": "", "headlines": [{"role": "short", "value": "Short"}, {"value": "Without a role"}]},
            "Without a role",
        ),
        ({"headline": "", "headlines": [{"role": "odd", "value": "Odd"}]}, "Odd"),
        ({"headline": "", "title": "Title"}, "Title"),
    ],
)
def test_headline_is_the_fullest_of_its_variants(fields, headline):
    assert one(**fields).headline == headline


def test_html_comes_before_plain_text_and_its_dateline_is_kept_apart(wire):
    assert wire.body == "<p>La ville a <b>fermé</b> deux ponts.</p><p>Fin.</p>"
    assert wire.dateline == "SAINT-AMABLE (PC) —"


def test_byline_is_taken_apart_and_kept_as_printed(wire):
    printed = "Par Louise Mercier et Paul Ortega"
    assert wire.bylines == (ImportedByline("Louise Mercier", printed), ImportedByline("Paul Ortega", printed))


def test_agency_is_the_source(wire):
    assert (wire.source, wire.provider) == (ImportedSource("La Presse canadienne", "agency"), "PC")


def test_subjects_are_tags_and_places_are_not(wire):
    assert [tag.name for tag in wire.tags] == ["Inondations", "Ponts"]


def test_largest_rendition_is_the_picture(wire):
    assert wire.images == (ImportedImage("https://img.example/p.jpg", "", "Le pont & la rive", "Anne Roy/PC"),)


def test_note_of_the_desk_is_for_staff(wire):
    assert "Remplace la version" in wire.problems[0].problem
    assert "Remplace" not in wire.canonical()


def test_beginning_of_the_text_is_no_summary():
    assert one(description_text="Un deux trois quatre", body_text="Un deux trois quatre cinq.").summary == ""


def test_main_headline_is_chosen_among_the_variants(items):
    assert items[0].headline == "Le titre entier"


def test_plain_text_becomes_paragraphs_without_headline_and_dateline(items):
    assert items[0].dateline == "MONTRÉAL (AFP) -"
    assert items[0].body == "<p>Un premier paragraphe.</p>\n<p>Un deuxième &amp; dernier.</p>"


def test_byline_of_an_agency_is_its_source(items):
    assert (items[0].bylines, items[0].source) == ((), ImportedSource("AFP", "agency"))


def test_embargo_is_kept(items):
    assert items[0].embargoed_until.isoformat() == "2021-05-26T15:00:00+00:00"


def test_picture_of_a_later_edition_keeps_its_words(items):
    assert items[0].images == (ImportedImage("https://img.example/a.jpg", "La rive", "Légende"),)


def test_item_withheld_is_held_back(items):
    assert items[1].held_back
    assert "“withheld”" in items[1].problems[0].problem


@pytest.mark.parametrize("status", ["canceled", "cancelled", "stat:canceled"])
def test_item_cancelled_withdraws(status):
    item = one(pubstatus=status, ednote="Nouvelle fausse")
    assert (item.original_id, item.reason, item.note) == ("urn:x", "other", "Nouvelle fausse")


def test_items_of_a_list_are_taken_or_told(items):
    assert [type(item) for item in items] == [
        ImportedArticle,
        ImportedArticle,
        ImportedWithdrawal,
        Problem,
        Problem,
        ImportedArticle,
        LeftOut,
        LeftOut,
    ]
    assert [item.problem for item in items if isinstance(item, Problem)] == [
        "Item urn:a:5 has no headline.",
        "It has no uri.",
    ]
    assert [item for item in items if isinstance(item, LeftOut)] == [LeftOut("composite"), LeftOut("picture")]


def test_day_stays_a_day(items):
    assert (items[5].published, items[5].published_precision) == (date(2021, 5, 26), "day")


def test_text_in_xml_is_told_and_not_taken(items):
    assert items[5].body == ""
    assert "application/xml" in items[5].problems[0].problem


def test_text_in_nitf_alone_is_taken():
    nitf = "<nitf><body><body.content><p>PARIS (AFP) - Le pont.</p><p>Fin.</p></body.content></body></nitf>"
    assert one(body_nitf=nitf).body == "<p>Le pont.</p>\n<p>Fin.</p>"


def test_item_without_text_is_told():
    assert [each.problem for each in one(body_charcount="12").problems] == ["It has no text."]


def test_texts_that_a_list_of_items_carries_are_taken():
    within = {"uri": "urn:y", "type": "text", "headline": "Dedans", "body_text": "Texte."}
    found = read({"uri": "urn:x", "type": "composite", "headline": "Liste", "associations": {"a": within}})
    assert [each.original_id for each in found if isinstance(each, ImportedArticle)] == ["urn:y"]


def test_texts_within_an_item_of_text_are_counted():
    within = {"uri": "urn:y", "type": "text", "headline": "Dedans", "body_text": "Texte."}
    item = {"uri": "urn:x", "type": "text", "headline": "Titre", "body_text": "Texte.", "associations": {"a": within}}
    assert read(item)[1:] == [LeftOut("texts within an item")]


def test_picture_in_the_text_has_the_address_under_which_it_is_kept():
    picture = {"type": "picture", "renditions": {"main": {"href": "http://a/m"}, "thumbnail": {"href": "http://a/t"}}}
    item = one(body_html='<p>Texte.</p><img src="http://a/t">', associations={"a": picture})
    assert 'src="http://a/m"' in item.body


def test_page_around_the_text_is_taken_off():
    item = one(body_html="<html><head><title>T</title></head><body><h1>Titre</h1><p>Texte.</p></body></html>")
    assert item.body == "<p>Texte.</p>"


def test_record_gives_the_same_item_again(items, wire, later):
    for item in (*items, wire, later):
        if isinstance(item, ImportedArticle):
            (again,) = read(item.record)
            assert again.canonical() == item.canonical()


@pytest.mark.parametrize(
    "content",
    [
        b'{"uri":"x","items":' + b"[" * 1_000_000,
        b'{"uri":"' + b"a" * 20_000_000,
        b'{"items":[' + b"{}," * 300_000 + b"{}]}",
        b'{"uri":"x","type":"text","headline":"a","body_html":"' + b"<body>" * 100_000 + b"<h1" * 100_000,
    ],
    ids=["deep", "long", "many", "cut off"],
)
def test_hostile_file_is_refused_or_contained_within_two_seconds(content):
    begun = time.process_time()
    items = read(content)
    assert items
    assert all(isinstance(item, Problem) and item.remedy for item in items)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("tag", ["<body>", "<h1>", "</body ", "<h1", "<p>", "<body ", "<p "])
def test_page_of_one_tag_repeated_takes_no_time(tag):
    begun = time.process_time()
    one(body_html=tag * 300_000)
    assert time.process_time() - begun < 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "value", "role", "name", "renditions", "href", "width"]), inside, max_size=4
        )
    ),
    max_leaves=20,
)
FIELDS = (
    *("headlines", "bodies", "descriptions", "associations", "subject", "infosource", "authors", "byline", "embargoed"),
    *("versioncreated", "firstcreated", "pubstatus", "body_html", "body_text", "headline", "renditions"),
)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_whatever_an_item_is_nothing_is_raised(fields):
    one(**fields)


@given(st.binary())
def test_whatever_the_bytes_nothing_is_raised(content):
    read(content)
    read(b'[{"uri":"x",' + content)


@pytest.mark.django_db
def test_wire_becomes_an_article(outlet):
    from archive.importers.saving import import_paths

    report = import_paths([WIRE], outlet)

    saved = outlet.articles.get(original_id="urn:newsml:agence.example:20140122:crue")
    assert report.formats == ["ninjs"]
    assert (saved.source.name, saved.dateline) == ("La Presse canadienne", "SAINT-AMABLE (PC) —")
    assert saved.images.get().credit == "Anne Roy/PC"


@pytest.mark.parametrize("name", ["usageterms", "usageTerms"])
def test_usage_terms_are_remarked(name):
    assert [each.problem for each in one(**{name: "NO ARCHIVAL USE"}, body_text="Texte.").problems] == [
        "Its usage terms say: “NO ARCHIVAL USE”."
    ]


def test_long_usage_terms_are_cut():
    (remark,) = one(usageTerms="Not for use. " * 100, body_text="Texte.").problems
    assert len(remark.problem) < 400
