import time
import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers import iptc7901, recognise
from archive.importers.base import ImportedArticle, Problem, ReadOptions, Refusal, until_hopeless
from archive.importers.items import ImportedWithdrawal

SAMPLES = Path(__file__).parents[1] / "samples" / "iptc7901"


def read(content, **options):
    return list(iptc7901.read(BytesIO(content), ReadOptions(**options)))


def message(
    text="Ice closes the ferry =\n\nHalifax (dpa) - It froze.",
    header="nrd0041 4 i 96  dpa 0212",
    keywords="Harbour/",
    tail="061432 GMT Jan 14",
    encoding="utf-8",
):
    content = f"\x01{header}\n{keywords}\n\x02{text}\n\x03{tail}\n\x04"
    return content.encode(encoding).replace(b"\n", b"\r\n")


def one(**parts):
    (item,) = read(message(**parts))
    return item


@pytest.fixture
def feed():
    return read((SAMPLES / "feed.txt").read_bytes())


@pytest.fixture
def story(feed):
    return feed[0]


class TestStory:
    def test_headline_is_the_lines_up_to_its_sign_without_the_marks(self, story):
        assert story.headline == "Ferry crossing closes for a week as ice builds up in the harbour"

    def test_byline_of_the_headline_is_an_author(self, story):
        assert [(byline.name, byline.printed) for byline in story.bylines] == [("Ruth Amery", "By Ruth Amery")]

    def test_lines_are_rejoined_into_paragraphs(self, story):
        first = story.body.split("\n")[0]
        assert first == (
            "<p>The ferry between the two shores of the harbour will not run for a week, its captain said on Monday, "
            "since the ice has grown too thick for a five-year-old hull.</p>"
        )

    def test_items_of_a_list_are_paragraphs(self, story):
        assert "<p>- every ten minutes in the morning</p>" in story.body
        assert "<p>- every half hour after eight in the evening, and more seldom on Sundays</p>" in story.body

    def test_line_set_in_opens_a_paragraph(self, story):
        assert "<p>The ice was last this thick in 1993.</p>\n<p>Nobody was hurt.</p>" in story.body

    def test_table_keeps_its_columns(self, story):
        assert "<pre>Crossing      Last      Next\nNorth         Jan 6     Jan 14\n" in story.body

    def test_dateline_and_sign_off_are_taken_out_of_the_text(self, story):
        assert (story.dateline, story.sign_off) == ("Halifax (dpa) -", "dpa ram tre")
        assert "dpa" not in story.body

    def test_notes_to_editors_are_not_text(self, story):
        assert "harbour.example.org" not in story.body
        assert "desk@example.org" not in story.body

    def test_day_hour_and_minute_are_those_of_its_end(self, story):
        assert story.published == datetime(2014, 1, 6, 14, 32, tzinfo=UTC)

    def test_urgency_and_provider_are_those_of_its_first_line(self, story):
        assert (story.urgency, story.provider) == (4, "dpa")

    def test_id_is_service_number_and_day(self, story):
        assert story.original_id == "nrd0041-20140106"

    def test_place_can_be_found(self, feed):
        assert [item.place for item in feed] == [
            "message 1, line 1",
            "message 2, line 40",
            "message 3, line 55",
            "message 4, line 71",
        ]


class TestCare:
    def test_correction_bears_the_id_of_what_it_corrects(self, feed):
        correction = feed[2]
        assert correction.original_id == "nrd0041-20140106"
        assert correction.modified == datetime(2014, 1, 6, 15, 2, tzinfo=UTC)

    def test_correction_that_names_nothing_is_told(self):
        item = one(text="CORRECTION\nIce closes the ferry =\n\nIt froze.")
        assert item.original_id == "nrd0041-20140106"
        assert "does not tell which" in item.problems[0].problem

    def test_kill_withdraws_what_it_names(self, feed):
        kill = feed[3]
        assert isinstance(kill, ImportedWithdrawal)
        assert (kill.original_id, kill.reason) == ("nrd0042-20140106", "other")
        assert "The game was not played." in kill.note

    def test_number_above_its_own_was_the_day_before(self):
        kill = one(text="KILL\nIce closes the ferry =\n\nKill nrd0999.")
        assert kill.original_id == "nrd0999-20140105"

    def test_kill_that_names_nothing_is_refused(self):
        kill = one(text="KILL\nIce closes the ferry =\n\nDo not use.")
        assert isinstance(kill, Problem)
        assert "does not tell which" in kill.problem

    def test_headline_about_a_kill_is_no_kill(self):
        assert isinstance(one(text="Kill or cure for the ferry =\n\nIt froze."), ImportedArticle)

    def test_embargo_is_read(self, feed):
        assert feed[1].embargoed_until == datetime(2014, 1, 6, 18, 0, tzinfo=UTC)
        assert "mbargo" not in feed[1].body
        assert not feed[1].held_back

    @pytest.mark.parametrize("line", ["EMBARGO", "EMBARGOED UNTIL 6 pm January 6, 2014", "SPERRFRIST: 14.00 Uhr"])
    def test_embargo_that_can_not_be_read_holds_back(self, line):
        item = one(text=f"Ice closes the ferry =\n\n{line}\n\nIt froze.")
        assert item.held_back
        assert item.embargoed_until is None
        assert line in item.problems[0].problem

    def test_headline_about_an_embargo_is_no_embargo(self):
        item = one(text="Embargo sur les armes =\n\nOTTAWA (PC) - Le Canada.")
        assert not item.held_back
        assert item.headline == "Embargo sur les armes"


class TestFrench:
    @pytest.fixture
    def story(self):
        (item,) = read((SAMPLES / "afp-cp1252.txt").read_bytes())
        return item

    def test_wrong_encoding_is_mended_and_told(self, story):
        assert story.headline == "Crue: deux ponts fermés à Saint-Amable"
        assert "« L’eau monte d’un pied à l’heure »" in story.body
        assert story.problems

    def test_headline_without_a_sign_is_what_stands_above_the_text(self, story):
        assert story.body.startswith("<p>La ville a fermé mardi deux ponts, par précaution, a dit le maire.</p>")

    def test_dateline_sign_off_and_hour_are_told_from_the_text(self, story):
        assert story.dateline == "SAINT-AMABLE, 6 jan 2014 (AFP) -"
        assert story.sign_off == "lmo/pt/jbe"
        assert story.published == datetime(2014, 1, 6, 16, 30, tzinfo=UTC)
        assert story.body.count("<p>") == 2

    def test_provider_is_the_agencys_name(self, story):
        assert story.provider == "AFP"


def test_named_encoding_is_used():
    (item,) = read(message("Žluťoučký =\n\nPraha: kůň.", encoding="iso-8859-2"), encoding="iso-8859-2")
    assert item.headline == "Žluťoučký"


def test_utf8_under_another_name_is_mended():
    (item,) = read(message("Gelée =\n\nIl gèle."), encoding="iso-8859-1")
    assert item.headline == "Gelée"
    assert item.problems


def test_message_without_a_date_invents_none():
    item = one(tail="")
    assert (item.published, item.published_precision) == (None, "unknown")


def test_hour_without_a_zone_has_none():
    assert one(tail="061432 Jan 14").published == datetime(2014, 1, 6, 14, 32)


def test_impossible_date_is_none():
    assert one(tail="321432 GMT Jan 14").published is None


def test_keywords_stand_in_for_a_headline():
    item = one(text="HALIFAX (CP) - It froze.", keywords="Harbour/ice/")
    assert item.headline == "Harbour ice"
    assert item.problems


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (message()[:-30].split(b"\x03")[0], "cut off"),
        (b"\x01nrd0041 4 i 96  dpa\r\nHarbour\r\n", "no start of text"),
        (b"\x01?? \r\n\x02Text\x03", "not that of a message"),
        (message(text="Ice =\n\n"), "has no text"),
        (message(text="x" * 1_100_000), "over 1 MB"),
        (b"nothing here", "no message"),
    ],
)
def test_what_can_not_be_taken_is_told_with_its_remedy(content, words):
    (problem,) = read(content)
    assert isinstance(problem, Problem)
    assert words in problem.problem
    assert problem.remedy


def test_bad_message_does_not_stop_the_next():
    items = read(b"\x01?? \r\n\x02Text\x03" + message())
    assert [type(item) for item in items] == [Problem, ImportedArticle]


@pytest.mark.parametrize("sample", ["feed.txt", "afp-cp1252.txt"])
def test_record_read_again_is_the_same_item(sample):
    for item in read((SAMPLES / sample).read_bytes()):
        (again,) = read(item.record)
        if isinstance(item, ImportedArticle):
            assert again.canonical() == item.canonical()
        else:
            assert again.original_id == item.original_id


@pytest.mark.parametrize("sample", ["feed.txt", "afp-cp1252.txt"])
def test_format_is_told_from_the_content(sample):
    assert recognise((SAMPLES / sample).read_bytes()[:8192]) == "iptc7901"


@pytest.mark.parametrize("head", [b"", b"\x01\x02\x03", b"Text with \x01 in it", b"%PDF-1.4", b"\x01abc", b"ZCZC\n"])
def test_other_content_is_none(head):
    assert not iptc7901.recognises(head)


def test_markup_in_text_is_text():
    item = one(text="<script>x</script> =\n\n<script>alert(1)</script> & co.")
    assert item.body == "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; co.</p>"


@pytest.mark.parametrize(
    "content",
    [
        b"\x01" * 200_000,
        message(text="Ice =\n\n" + "a " * 400_000),
        message(text="Ice =\n\n" + "a\n" * 300_000),
        message(text="Ice =\n\n" + "(" * 900_000),
        message(text="Ice =\n\nx" + " " * 900_000 + "x"),
        message(text="Ice =\n\n" + "- x\n" * 200_000),
        message(text="A" * 900_000 + " - B"),
        message(text="KILL\n" + "nrd " * 200_000 + "=\n"),
        message() + b"\x01" * 5_000_000,
        message() + b"\x01nrd0041 4 i 96  dpa 0212\n" * 300_000,
        message() + b"a" * 20_000_000,
        message(text="Ice =\n\n" + "a\n" * 450_000) * 5,
    ],
)
def test_hostile_file_is_soon_over(content):
    begun = time.process_time()
    with suppress(Refusal):
        for _item in until_hopeless(iptc7901.read(BytesIO(content), ReadOptions())):
            pass
    assert time.process_time() - begun < 3


def test_message_of_too_many_lines_is_refused():
    item = one(text="Ice =\n\n" + "a\n" * 30_000)
    assert item.problem == "The message has over 20000 lines, as no agency sends."


def test_memory_does_not_grow_with_the_file():
    class Endless:
        left = 20

        def read(self, _size):
            self.left -= 1
            return message() * 200 if self.left > 0 else b""

    tracemalloc.start()
    number = sum(1 for _item in iptc7901.read(Endless(), ReadOptions()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert number == 3_800
    assert peak < 5_000_000


@given(st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([b"\x01nrd1 4 i 9 dpa 1\n\x02", b"\x03", b"\n"]))))
def test_whatever_it_is_given_it_yields_or_refuses(pieces):
    try:
        for item in iptc7901.read(BytesIO(b"".join(pieces)), ReadOptions()):
            assert isinstance(item, ImportedArticle | ImportedWithdrawal | Problem)
    except Refusal:
        pass
