"""What imports tell comes in French, all of it, with the values that stand in it."""

import re
import string
import time
from itertools import pairwise

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import wording
from archive.care import REVISED_FIELDS
from archive.importers import blogger, jsonl, newsml_g2, warc, wxr
from archive.importers.saving.updating import REPLACED
from archive.wording import Template, parsed

from . import told

CATALOGUE = wording.LOCALE / "fr" / "LC_MESSAGES" / "problems.po"
ENTRIES = [entry for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete]
KNOWN = {told.skeleton(entry.msgid) for entry in ENTRIES}
# Words in the sources that nobody is told.
NOT_TOLD = {
    *("application/xml; charset=utf-8", "xl/workbook.xml", ' rel="noopener noreferrer"'),
    *("article h1", "main h1", "p + p + p, h2", "td table"),
    *("author {}", "guest {}", "page {}", "section {}", "term {}"),
    *("Its date", ", line ", "too large", " --run {}", "{} “{}”"),
    "SELECT other FROM links WHERE kind = ? AND post = ? ORDER BY position, rowid",
    r"this \w+ (?:is|was|exists as|forms) (?:a )?part of ",
    " ?,? which (?:has |have )?(?:permanently )?(?:closed|ceased|shut|stopped)[^.!?]{0,80}?",
}
KINDS_LEFT_OUT = {
    *(*wxr._OTHER_KINDS.values(), *newsml_g2._KINDS.values(), *blogger._OTHERS.values(), *jsonl._OF_OTHERS.values()),
    *(warc.NO_ARTICLES, warc.AGAIN, warc.REVISITS, "reader comments", "pingbacks", "pings"),
}
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


def french(text):
    return wording.plain(wording.told(text, "fr"))


def place(text):
    return wording.plain(wording.place(text, "fr"))


# The catalogue


def test_every_told_text_of_the_sources_has_its_french():
    missing = {text: where for text, where in told.told_in_sources().items() if not has_french(text)}
    assert missing == {}, "Add them to problems.po, or to NOT_TOLD."


def has_french(text):
    if text in KNOWN or text in NOT_TOLD:
        return True
    catalogue = wording.catalogue_in("fr")
    return "{}" not in text and bool(catalogue.told(text) or catalogue.part(text) or catalogue.place(text))


def test_no_text_of_the_catalogue_is_gone_from_the_sources():
    found = told.told_in_sources()
    words = " ".join(path.read_text(encoding="utf-8") for path in told.SOURCES + told.MODELS).replace("_", " ")
    gone = [
        entry.msgid
        for entry in ENTRIES
        if entry.msgctxt != "elsewhere"
        and told.skeleton(entry.msgid) not in found
        # Names of kinds and fields.
        and not (entry.msgctxt == "part" and re.search(rf"\b{re.escape(entry.msgid)}\b", words))
    ]
    assert gone == []


@pytest.mark.parametrize("text", sorted(NOT_TOLD))
def test_what_is_not_told_stands_in_the_sources(text):
    assert text in told.told_in_sources()


@pytest.mark.parametrize("kind", sorted(KINDS_LEFT_OUT))
def test_every_kind_that_is_left_out_has_its_french(kind):
    assert wording.catalogue_in("fr").part(kind)


@pytest.mark.parametrize("name", sorted({*REVISED_FIELDS, *REPLACED} - {"provider", "urgency", "indexable"}))
def test_every_field_that_is_kept_has_its_french(name):
    assert wording.catalogue_in("fr").part(name)


def test_every_text_of_the_catalogue_has_its_french():
    assert [entry.msgid for entry in ENTRIES if entry.fuzzy or not entry.msgstr] == []


def test_french_keeps_every_hole():
    assert [entry.msgid for entry in ENTRIES if sorted(holes(entry.msgid)) != sorted(holes(entry.msgstr))] == []


def test_no_two_holes_have_one_name_or_touch():
    assert [
        entry.msgid
        for entry in ENTRIES
        if len(set(holes(entry.msgid))) < len(holes(entry.msgid)) or "" in parsed(entry.msgid)[0][1:-1]
    ] == []


def holes(text):
    return parsed(text)[1]


def test_compiled_catalogue_is_that_of_its_source():
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    assert {(entry.msgctxt, entry.msgid, entry.msgstr) for entry in compiled} == {
        (entry.msgctxt, entry.msgid, entry.msgstr) for entry in ENTRIES
    }


def test_french_is_set_as_french_is():
    texts = ["".join(parsed(entry.msgstr)[0]) for entry in ENTRIES]
    assert [text for text in texts if re.search("[“”'\"]| [:;?!»]|« ", text)] == []


# What is found


def test_text_without_holes():
    assert french("It has no headline.") == "Il n’a pas de titre."


def test_value_of_a_file_is_kept_as_it_is():
    assert french("Its date, “an article”, is none.") == "Sa date, «\u00a0an article\u00a0», n’en est pas une."


def test_number_is_set_as_french_sets_it():
    assert french("It has over 100,000 tags and attributes.") == "Il a plus de 100\u00a0000 balises et attributs."


def test_decimals_are_set_as_french_sets_them():
    catalogue = wording.Catalogue("fr", {"Over {most} million.": "Plus de {most} millions."})
    assert wording.plain(catalogue.told("Over 16.75 million.")) == "Plus de 16,75 millions."


def test_reasons_are_put_into_french_in_turn():
    assert french("It is held back: its status is “draft”; it is not published.") == (
        "Il est retenu\u00a0: son état est «\u00a0draft\u00a0»\u202f; il n’est pas publié."
    )


def test_names_of_fields_are_put_into_french_in_turn():
    assert french("Staff have changed it since (sign_off, tags); that stays as they have it.") == (
        "Le personnel l’a modifié depuis (signature de desk, mots-clés)\u202f; cela reste comme il l’a fait."
    )


def test_what_a_validator_says_is_put_into_french():
    assert french("It can't be saved as it is. headline: This field cannot be blank.") == (
        "Il ne peut être enregistré tel quel. titre\u00a0: Ce champ ne peut être vide."
    )


def test_remark_that_many_items_have_in_common():
    assert french("Its usage terms say: “no (web)”. (12,345 items say the like; this is the first.)") == (
        "Ses conditions d’utilisation disent\u00a0: «\u00a0no (web)\u00a0»."
        " (12\u00a0345 éléments disent la même chose\u202f; voici le premier.)"
    )


def test_several_texts_in_a_row():
    assert french("Added to The Post, from 2021-03-04 on. The Post has no FAQ page to link to.") == (
        "Ajouté à The Post, à compter du 2021-03-04. The Post n’a pas de page de FAQ vers laquelle faire un lien."
    )


def test_text_on_each_line_is_found():
    assert french("It has no date.\nIt has no text.") == "Il n’a pas de date.\nIl n’a pas de texte."


def test_the_same_remark_on_two_lines_is_two():
    assert french("Its date, “a”, is none.\nIts date, “b”, is none.") == (
        "Sa date, «\u00a0a\u00a0», n’en est pas une.\nSa date, «\u00a0b\u00a0», n’en est pas une."
    )


def test_value_with_lines_of_its_own_is_one():
    assert french("Its date, “a\nb”, is none.") == "Sa date, «\u00a0a\nb\u00a0», n’en est pas une."


def test_what_begins_a_sentence_has_a_capital():
    assert french("The tag “abc…” is over 200 characters long and was left out.").startswith("Mot-clé, «\u00a0abc…")


def test_the_more_telling_text_is_found():
    assert french("The file is not in UTF-8: byte 0xe9 can't stand here. Read as cp1252 the line is “été”.") == (
        "Le fichier n’est pas en UTF-8\u00a0: l’octet 0xe9 ne peut se trouver ici. "
        "Lue comme du cp1252, la ligne est «\u00a0été\u00a0»."
    )


def test_unknown_text_stays_and_says_that_it_is_english():
    assert wording.told("Nobody has told this.", "fr") == [("Nobody has told this.", True)]


def test_unknown_words_within_a_known_text_say_that_they_are_english():
    assert ("the flux is out", True) in wording.told("The zip file is damaged: the flux is out.", "fr")


def test_unknown_place_and_kind_are_names():
    assert wording.place("export.xml", "fr") == [("export.xml", False)]
    assert wording.part("sidecars", "fr") == [("sidecars", False)]


def test_names_of_an_archive_and_of_its_file_are_set_as_french_is():
    assert place("export.zip: notes.txt") == "export.zip\u00a0: notes.txt"


def test_english_stays_as_it_is():
    assert wording.told("It has no headline.", "en") == [("It has no headline.", False)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("row 3", "ligne 3"),
        ("row 3, line 12", "rangée 3, ligne 12"),
        ("a.zip: b.xml: newsItem 3, line 4", "a.zip\u00a0: b.xml\u00a0: newsItem 3, ligne 4"),
        ("record 3, byte 44, https://a.example/b", "enregistrement 3, octet 44, https://a.example/b"),
        ("table.xlsx: sheet “A, b”, row 3", "table.xlsx\u00a0: feuille «\u00a0A, b\u00a0», ligne 3"),
        ("article 0123456789AB", "article 0123456789AB"),
    ],
)
def test_place(text, expected):
    assert place(text) == expected


# Whatever comes


@given(st.data())
def test_french_carries_every_value(data):
    entry = data.draw(st.sampled_from([entry for entry in ENTRIES if not entry.msgctxt]))
    literals, names = parsed(entry.msgid)
    values = [data.draw(value_of(name)) for name in names]
    text = "".join(part for pair in zip(literals, [*values, ""], strict=True) for part in pair)
    found = french(text)
    assert wording.catalogue_in("fr").told(text)
    for name, value in zip(names, values, strict=True):
        assert (value.replace(",", "\u00a0") if re.match("count|most|least", name) else value) in found


def value_of(name):
    numbers = st.integers(0, 10**9)
    if re.match("count|most|least", name):
        return numbers.map("{:,}".format)
    if re.fullmatch("number|line|column|byte", name):
        return numbers.map(str)
    # Letters that no text of the catalogue has in a row.
    letters = "ßžđ" + string.digits + ('"<>&%é:' if name != "tag" else "")
    return st.text(letters, min_size=1, max_size=30).map(lambda value: f"ž{value}ž")


@given(ANYTHING)
def test_what_nobody_told_is_shown_as_it_is(text):
    known = [each for each in (text, *text.split("\n")) if wording.catalogue_in("fr").told(each)]
    assert known or french(text) == text
    assert wording.plain(wording.part(text, "fr")) == text or wording.catalogue_in("fr").part(text)
    assert place(text) or not text


@given(st.lists(st.sampled_from(sorted({part for entry in ENTRIES for part in parsed(entry.msgid)[0]})), max_size=40))
def test_pieces_of_told_texts_in_any_order_are_shown(pieces):
    text = "".join(pieces)
    for show in (wording.told, wording.part, wording.place):
        assert wording.plain(show(text, "fr")) or not text


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        "\n",
        "; ",
        ", ",
        ": ",
        "It has no date.\n",
        ". ",
        "“",
        "It is held back: ",
        "The file is not in ",
        "a; It can't be saved as it is. ",
    ],
)
def test_long_and_repeated_text_takes_no_time(piece):
    texts = [(piece * wording.LONGEST)[: wording.LONGEST], piece * wording.LONGEST]
    wording.catalogue_in("fr")
    before = time.process_time()
    for text in texts:
        for show in (wording.told, wording.part, wording.place):
            show(text, "fr")
    assert time.process_time() - before < 1


@given(st.lists(st.text("ab “”", max_size=6), min_size=2, max_size=5), st.lists(st.text("ab ", max_size=5), min_size=4))
def test_a_text_is_made_of_the_one_that_it_was_made_from(literals, values):
    literals = [literals[0], *(literal or "|" for literal in literals[1:-1]), literals[-1]]
    source = "".join(f"{literal}{{value_{number}}}" for number, literal in enumerate(literals[:-1])) + literals[-1]
    text = "".join(a + b for a, b in zip(literals, [*values[: len(literals) - 1], ""], strict=False))
    if len(values) < len(literals) - 1:
        return
    found = Template(source).match(text)
    assert found is not None
    # Where a value holds what comes behind it, it ends there; nothing is lost.
    assert "".join(a + b for a, b in zip(literals, [*found.values(), ""], strict=True)) == text


def test_the_most_telling_of_two_texts_comes_first():
    for begun in wording.catalogue_in("fr").begun.values():
        for found in begun.values():
            assert all(first[0].weight >= second[0].weight for first, second in pairwise(found))


def test_part_of_a_list_is_not_taken_for_a_value_of_the_one_before():
    text = "a reference to image ABC; an embed of its own kind, map"
    assert "un contenu intégré d’un genre à lui, map" in wording.plain(wording.part(text, "fr"))
