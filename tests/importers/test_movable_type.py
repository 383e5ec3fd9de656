import time
from datetime import datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers import movable_type, recognise
from archive.importers.base import ImportedArticle, ImportedImage, Problem, ReadOptions, Refusal
from archive.importers.items import LeftOut

from .conftest import SAMPLES

EXPORT = SAMPLES / "movable-type" / "herald.txt"


def read(content):
    return list(movable_type.read(BytesIO(content if isinstance(content, bytes) else content.encode()), ReadOptions()))


def entry(body="Text.", **told):
    told = {"AUTHOR": "A", "TITLE": "Title", "STATUS": "Publish", "DATE": "01/31/2002 03:31:05 PM"} | told
    lines = "".join(f"{key.replace('_', ' ')}: {value}\n" for key, value in told.items() if value is not None)
    return f"{lines}-----\nBODY:\n{body}\n-----\n--------\n"


def article(body="Text.", **told):
    return next(item for item in read(entry(body, **told)) if isinstance(item, ImportedArticle))


@pytest.fixture(scope="module")
def items():
    return read(EXPORT.read_bytes())


@pytest.fixture(scope="module")
def ferry(items):
    return items[0]


def test_export_is_told_from_its_content():
    assert recognise(EXPORT.read_bytes()[:8192]) == "movable-type"


@pytest.mark.parametrize(
    "head", [b"Title: a\n-----\n", b"AUTHOR: a\nHello\n-----\n", b"AUTHOR: A\n\nTITLE", b"-----\nBODY:\n", b""]
)
def test_other_text_is_not_recognised(head):
    assert not movable_type.recognises(head)


def test_every_entry_is_taken_and_what_readers_wrote_is_counted(items):
    assert [item.place for item in items[:3]] == ["entry 1, line 1", "entry 2, line 47", "entry 3, line 71"]
    assert items[3:] == [LeftOut("pings", 1), LeftOut("reader comments", 1)]


def test_two_entries_of_one_basename_and_date_are_two(items):
    assert [item.slug for item in items[:2]] == ["ferry-to-keep-running", "ferry-to-keep-running"]
    assert items[0].original_id != items[1].original_id


def test_id_is_the_same_when_the_text_has_changed():
    assert article("One.", BASENAME="a").original_id == article("Two.", BASENAME="a").original_id


def test_extended_body_follows_the_body(ferry):
    assert ferry.body.startswith("<p>The harbour ferry will cross twice a day.<br>\nThe vote was nine to two.</p>")
    assert ferry.body.endswith('<p>"It is what we asked for," she said.</p>')


def test_dashes_that_the_author_drew_are_text(items):
    assert "<p>-----</p>\n<p>Those are dashes that the author drew.</p>" in items[0].body
    assert "<p>--------</p>\n<p>A line of eight dashes is no end either.</p>" in items[2].body


def test_text_that_is_html_is_left_as_it_is(items):
    assert items[1].body == "<p>Another story of that name.</p>"


def test_other_mark_up_is_left_and_told(items):
    assert items[2].body.startswith("<p>It is *not* done.</p>")
    assert "the mark-up “markdown”" in items[2].problems[0].problem


def test_fields_are_plain_text(ferry):
    assert ferry.headline == "Ferry to keep running & the council agrees"
    assert ferry.summary == "Nine to two."
    assert [each.name for each in ferry.bylines] == ["Ruth Pell"]


def test_first_category_is_the_section(ferry):
    assert [term.name for term in ferry.section] == ["City Hall"]


def test_tags_keywords_and_other_categories_are_tags_once(ferry):
    assert [term.name for term in ferry.tags] == ["ferry", "winter, harbour", "council", "Transport"]


def test_pictures_of_the_text_are_the_articles(ferry):
    assert ferry.images == (ImportedImage("http://herald.example/ferry.jpg", "The ferry"),)


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("01/31/2002 03:31:05 PM", datetime(2002, 1, 31, 15, 31, 5)),
        ("01/31/2002 15:31:05", datetime(2002, 1, 31, 15, 31, 5)),
        ("01/31/2002 12:00:00 AM", datetime(2002, 1, 31, 0, 0)),
        ("01/31/2002 12:00:00 PM", datetime(2002, 1, 31, 12, 0)),
        ("1/31/2002 03:31", datetime(2002, 1, 31, 3, 31)),
    ],
)
def test_date_of_either_form_is_read(told, moment):
    assert (article(DATE=told).published, article(DATE=told).published_precision) == (moment, "minute")


@pytest.mark.parametrize("told", ["31/01/2002 10:00:00", "00/00/0000 00:00:00", "yesterday", "01/31/2002 99:00:00", ""])
def test_what_is_no_date_is_unknown_and_told(told):
    assert article(DATE=told).published is None
    assert article(DATE=told).problems


@pytest.mark.parametrize("status", ["Draft", "Future", "Review", "draft", None])
def test_only_what_was_published_is_public(status):
    assert article(STATUS=status).held_back
    assert not article().held_back


def test_address_of_typepad_is_id_and_address(items):
    assert items[2].original_id == items[2].original_url == "http://herald.example/blog/2010/12/bridge.html"


def test_entry_without_title_has_its_first_words():
    assert article("One two.", TITLE="").headline == "One two."


def test_entry_of_nothing_is_refused():
    assert read("AUTHOR: A\nDATE: x\n-----\n--------\n") == [
        Problem("entry 1, line 1", "It has neither a title nor a text.", "Leave it out.")
    ]


def test_record_read_again_gives_the_same_without_what_readers_wrote(items):
    for item in items[:3]:
        (again,) = read(item.record)
        assert again.canonical() == item.canonical()
        assert b"reader@" not in item.record


def test_file_that_is_cut_off_gives_what_there_is():
    content = entry("One.") + entry("Two, and then")[: -len(" then\n-----\n--------\n")]
    assert [item.body for item in read(content)] == ["<p>One.</p>", "<p>Two, and</p>"]


def test_line_ends_of_windows_are_line_ends():
    assert read(entry("One.\n\nTwo.").replace("\n", "\r\n"))[0].body == "<p>One.</p>\n<p>Two.</p>"


def test_wrong_encoding_is_mended_and_told():
    found = read(entry("L’été").encode("cp1252"))[0]
    assert found.body == "<p>L’été</p>"
    assert found.problems[0].problem == "It is in cp1252, and not in UTF-8."


def test_nul_is_refused_with_its_entry():
    assert [type(item) for item in read(entry("a\0b") + entry("c", TITLE="c"))] == [Problem, ImportedArticle]


def test_entry_of_nothing_but_carriage_returns_is_refused():
    found = read(b"AUTHOR: A\nTITLE: B\nDATE: 01/02/2010 10:00:00 AM\n-----\nBODY:\n" + b"\r" * 5_000_000)
    assert [each.problem for each in found] == ["It has over 100000 lines."]


def test_gigantic_line_is_refused_alone_in_no_time():
    started = time.process_time()
    problem, after = read(entry("x" * 20_000_000) + entry())

    assert (problem.problem, after.headline) == ("It is over 8 MB.", "Title")
    assert time.process_time() - started < 2


def test_many_dashes_are_read_in_no_time():
    started = time.process_time()
    read(entry("-----\n" * 99_000))
    assert read(entry("-----\n" * 300_000))[0].problem == "It has over 100000 lines."
    assert time.process_time() - started < 3


@given(st.binary(max_size=200) | st.text(alphabet="-BODY:\nTITLEAUHR xDS", max_size=200).map(str.encode))
def test_no_content_makes_it_fail(content):
    for whole in (content, entry("\0").encode().replace(b"\0", content)):
        try:
            for item in read(whole):
                assert item
        except Refusal as refused:
            assert refused.problem.remedy


@pytest.mark.django_db
def test_import_makes_articles(outlet):
    from archive.importers.saving import import_paths
    from archive.models import Article

    report = import_paths([EXPORT], outlet)

    assert (report.refused, Article.objects.count(), Article.objects.filter(held_back=True).count()) == (0, 3, 1)
    assert Article.objects.get(original_id__startswith="ferry_", tags__name="ferry").section.name == "City Hall"


@pytest.mark.parametrize("line", [b"\n", b"-----\n", b"--------\n", b"A: b\n"])
def test_entry_without_end_is_soon_given_up(line):
    head = b"TITLE: Ferry\nDATE: 01/31/2002 03:31:05 PM\n-----\nBODY:\n"
    began = time.process_time()
    with pytest.raises(Refusal, match="without the end of an entry"):
        read(head + line * 3_000_000)
    assert time.process_time() - began < 3
