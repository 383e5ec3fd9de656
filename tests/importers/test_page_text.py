import unicodedata
from io import BytesIO

import pytest

from archive.importers import page_text
from archive.importers.base import Problem, ReadOptions
from archive.importers.page_text import LARGEST, recognises

TEXT = "Le marché couvert rouvre samedi\nLe marché couvert rouvre samedi\nLes étals sont prêts.\nLa foule aussi.\n"


def read(content, encoding=""):
    """The one item in a page text."""
    stream = BytesIO(content if isinstance(content, bytes) else content.encode())
    (item,) = page_text.read(stream, ReadOptions(encoding=encoding))
    return item


def refusal(content):
    item = read(content)
    assert isinstance(item, Problem)
    assert item.remedy
    return item.problem


@pytest.fixture
def wire_story(sample):
    return read(sample("wire-story").read_bytes())


def test_headline_that_stands_twice_is_taken_once(wire_story):
    assert wire_story.headline == "Crue: Saint-Amable ferme deux ponts par précaution"
    assert "Crue" not in wire_story.body


def test_every_paragraph_is_taken(wire_story):
    assert wire_story.body.count("<p>") == 3
    assert wire_story.body.startswith("<p>La ville a fermé mardi soir")
    assert wire_story.body.endswith("d'ici vendredi.</p>")


def test_sign_off_is_taken_out_of_the_text(wire_story):
    assert wire_story.sign_off == "lmo/pt/jbe"
    assert "lmo" not in wire_story.body


def test_notices_are_found_with_their_places(wire_story):
    assert [(notice.placement, notice.outlet, notice.year) for notice in wire_story.notices] == [
        ("banner", "Courrier des Rives", 2019),
        ("footer", "Fleuve Médias", 2019),
    ]


def test_furniture_is_not_text(wire_story):
    assert "archives" not in wire_story.body
    assert "Close" not in wire_story.body


def test_nothing_is_invented(wire_story):
    assert (wire_story.published, wire_story.published_precision) == (None, "unknown")
    assert (wire_story.bylines, wire_story.source, wire_story.tags, wire_story.language) == ((), None, (), "")


def test_nothing_is_to_be_said_of_a_whole_page(wire_story):
    assert wire_story.problems == ()


def test_lines_need_no_blank_lines_between(sample):
    article = read(sample("council-report").read_bytes())

    assert article.headline == "Council votes to keep the ferry running through winter"
    assert article.body.count("<p>") == 3
    assert [notice.outlet for notice in article.notices] == ["The Harbour Herald", "Tidewater Papers"]


def test_text_is_text_and_never_markup():
    assert "<p>a &lt;b&gt; &amp; c</p>" in read("Titre\nTitre\na <b> & c\n").body


def test_dateline_is_kept_apart(sample):
    article = read(sample("dateline").read_bytes())

    assert article.dateline == "GENÈVE (AFP) –"
    assert article.body.startswith("<p>La comète attendue")


@pytest.mark.parametrize(
    "opening",
    [
        "Genève (AFP) – La suite.",
        "Selon Genève (AFP) – la suite.",
        "GENÈVE – La suite.",
        "OTAN (NATO) – La suite.",
        "GENÈVE (AFP)",
    ],
)
def test_what_is_no_dateline_stays_text(opening):
    article = read(f"Titre\nTitre\n{opening}\nEncore.\n")
    assert (article.dateline, article.body.startswith(f"<p>{opening}</p>")) == ("", True)


@pytest.mark.parametrize("sign_off", ["ab/cd", "ddl/gde/are", "AFP/jt", "éd/ma/pl/or"])
def test_desk_initials_are_a_sign_off(sign_off):
    assert read(f"Titre\nTitre\nTexte.\n{sign_off}\n").sign_off == sign_off


@pytest.mark.parametrize("line", ["ab", "abcde/fg", "a/b", "ab/cd/ef/gh/ij", "ab / cd", "24/7", "Voir ab/cd"])
def test_what_is_no_sign_off_stays_text(line):
    article = read(f"Titre\nTitre\nTexte.\n{line}\n")
    assert (article.sign_off, article.body.endswith(f"<p>{line}</p>")) == ("", True)


def test_sign_off_within_the_text_stays_text():
    assert "<p>ab/cd</p>" in read("Titre\nTitre\nTexte.\nab/cd\nSuite.\n").body


@pytest.mark.parametrize("word", ["Close", "CLOSE", "Fermer", "×"])
def test_word_on_a_button_is_furniture(word):
    assert read(f"{TEXT}{word}\n").body.endswith("<p>La foule aussi.</p>")


def test_word_on_a_button_within_the_text_stays_text():
    lines = "\n".join(["Titre", "Titre", "Un.", "Close", "Deux.", "Trois.", "Quatre.", "Cinq."])
    assert "<p>Close</p>" in read(lines).body


def test_headline_may_stand_more_than_twice():
    article = read(f"Le marché couvert rouvre samedi\n{TEXT}")
    assert (article.body.count("<p>"), article.problems) == (2, ())


def test_line_under_a_button_is_left_out_and_told():
    article = read(f"{TEXT}Close\nUne fenêtre sans notice.\n")

    assert article.body.endswith("<p>La foule aussi.</p>")
    assert [problem.problem for problem in article.problems] == [
        "A line was left out as page furniture: “Une fenêtre sans notice.”."
    ]


def test_line_above_a_headline_that_stands_twice_is_left_out_and_told():
    article = read(f"Accueil\n{TEXT}")

    assert article.headline == "Le marché couvert rouvre samedi"
    assert [problem.problem for problem in article.problems] == ["A line was left out as page furniture: “Accueil”."]


def test_notice_quoted_within_the_text_stays_text():
    quoted = "Ce texte fait partie des archives du Courrier, qui a fermé en 2019."
    article = read(f"Titre\nTitre\nUn.\n{quoted}\nDeux.\n")
    assert (article.notices, quoted in article.body) == ((), True)


def test_first_line_is_the_headline_where_nothing_stands_twice(sample):
    article = read(sample("plain").read_bytes())

    assert article.headline == "Le marché couvert rouvre samedi"
    assert article.body.count("<p>") == 2


def test_text_that_may_be_no_page_is_taken_and_told(sample):
    (problem,) = read(sample("plain").read_bytes()).problems
    assert "nothing shows that this is the text of a page" in problem.problem


@pytest.mark.parametrize(
    "content",
    [
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("\n", "\r"),
        "\ufeff" + TEXT,
        TEXT.replace("\n", "   \n"),
        TEXT.replace("\n", "\u00a0\n\u200b\n"),
        TEXT.replace("\n", "\n\f\n", 2),
        TEXT.replace("Les étals", "Les \t étals"),
    ],
    ids=["CRLF", "CR", "BOM", "trailing blanks", "unbreakable blanks", "form feeds", "tabs"],
)
def test_page_is_the_same_however_its_lines_are_written(content):
    assert read(content).canonical() == read(TEXT).canonical()


def test_unbreakable_blank_within_a_line_is_kept():
    assert "prêts\u00a0!" in read(TEXT.replace("prêts.", "prêts\u00a0!")).body


def test_headline_stands_twice_whatever_blanks_are_in_it():
    assert read("Titre\u00a0: un\nTitre : un\nTexte.\n").body == "<p>Texte.</p>"


def test_id_is_the_same_for_the_same_page_in_another_encoding():
    assert read(TEXT.encode("cp1252"), "cp1252").original_id == read(TEXT).original_id


def test_id_is_the_same_however_accents_are_composed():
    assert read(unicodedata.normalize("NFD", TEXT)).original_id == read(TEXT).original_id


def test_id_is_the_same_under_other_furniture():
    assert read(f"{TEXT}Close\n").original_id == read(TEXT).original_id


@pytest.mark.parametrize(("old", "new"), [("samedi", "dimanche"), ("étals", "bancs"), ("aussi.\n", "aussi.\nab/cd\n")])
def test_id_is_another_for_another_text(old, new):
    assert read(TEXT.replace(old, new)).original_id != read(TEXT).original_id


def test_id_of_a_page_never_changes():
    assert read(TEXT).original_id == "text-7ebaa3de772242e28fda12c296862262"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "The file is empty."),
        (b"\n \n", "The file holds nothing but blanks."),
        (b"\x89PNG\r\n\x1a\n\x00", "The file is a PNG picture, not plain text."),
        (b"Titre\x00\nTexte", "The file is binary data, not plain text."),
        (b"<html><p>x</p></html>", "The file is HTML, not plain text."),
        (b"Titre seul\n", "The page has one line, “Titre seul”, and no text under it."),
        (b"Titre\nTitre\n", "The page has one line, “Titre”, and no text under it."),
        (b"Titre\nTitre\nab/cd\n", "The page has one line, “Titre”, and no text under it."),
        (b"Close\n", "The page is furniture only: no headline and no text stand in it."),
        (b"x" * 501 + b"\nTexte\n", "The first line has 501 characters, too many for a headline (at most 500)."),
        (b"Titre\n" + b"x" * LARGEST, "The file is over 2 MB, too large for the text of one page."),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
def test_bad_file_is_refused_with_the_reason(content, problem):
    assert refusal(content) == problem


def test_furniture_only_is_refused(sample):
    assert refusal(sample("furniture-only").read_bytes()).startswith("The page is furniture only")


def test_wrong_encoding_is_refused_with_the_remedy():
    assert "--encoding cp1252" in read(TEXT.encode("cp1252")).remedy


@pytest.mark.parametrize(
    ("head", "is_page_text"),
    [
        (TEXT.encode(), True),
        (TEXT.encode("cp1252"), True),
        (TEXT.encode("utf-16"), True),
        (b"", False),
        (b"  \n", False),
        (b"\x89PNG\r\n\x1a\n", False),
        (b"<!doctype html>", False),
        (b'{"a": 1}', False),
    ],
)
def test_plain_text_is_recognised_in_any_encoding(head, is_page_text):
    assert recognises(head) is is_page_text
