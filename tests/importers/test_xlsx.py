import time
import tracemalloc
import zipfile
from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers import recognise, xlsx, zipfiles
from archive.importers.base import ImportedArticle, Problem, ReadOptions, Refusal, until_hopeless
from archive.importers.items import LeftOut

from .conftest import SAMPLES

WORKBOOK = SAMPLES / "xlsx" / "courrier.xlsx"


def read(content, *columns):
    return list(xlsx.read(BytesIO(content), ReadOptions(columns=columns)))


def workbook(*rows, date1904=False):
    book = openpyxl.Workbook()
    if date1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in rows:
        book.active.append(row)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def parts_of(content):
    folder = zipfiles.ZipFolder(BytesIO(content))
    return {name: folder.open(name).read() for name in folder.names}


def record():
    return next(item.record for item in read(WORKBOOK.read_bytes()) if isinstance(item, ImportedArticle))


HEADER = b'<worksheet><sheetData><row><c t="str"><v>title</v></c><c t="str"><v>text</v></c></row>'


def stored(parts):
    """A workbook that is not packed, so that no bound on packing is met before what is tested."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return written.getvalue()


@pytest.fixture(scope="module")
def items():
    return read(WORKBOOK.read_bytes())


@pytest.fixture(scope="module")
def by_id(items):
    return {item.original_id: item for item in items if isinstance(item, ImportedArticle)}


def test_workbook_is_told_from_its_content():
    assert recognise(WORKBOOK.read_bytes()[:8192]) == "xlsx"


def test_zip_file_of_something_else_is_not_recognised():
    assert not xlsx.recognises(zipfiles.packed({"word/document.xml": b"<a/>", "page.html": b"xl/workbook.xml"}))


def test_row_is_taken_whole(by_id):
    article = by_id["1001"]
    assert article.headline == "Crue : deux ponts fermés"
    assert article.body.startswith("<p>La ville a fermé deux ponts.</p>\n<p>Ils rouvriront")
    assert (article.published, article.published_precision) == (datetime(2014, 1, 22, 17, 47), "minute")
    assert [term.name for term in article.section] == ["Actualités", "Région"]
    assert article.place == "sheet “Articles”, row 2"


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("1003", (date(1998, 1, 1), "year")),
        ("1004", (date(2001, 3, 1), "month")),
        ("1005", (date(2015, 5, 6), "day")),
    ],
)
def test_date_is_as_precise_as_it_is_shown(by_id, key, told):
    assert (by_id[key].published, by_id[key].published_precision) == told


def test_text_that_could_be_two_dates_is_refused(items):
    assert any("may be in two months" in item.problem for item in items if isinstance(item, Problem))


def test_other_sheets_are_counted(items):
    assert [item for item in items if isinstance(item, LeftOut)] == [LeftOut("sheets without a headline", 1)]


def test_days_are_counted_from_1904_where_the_workbook_says_so():
    (item,) = read(workbook(["title", "date"], ["A", date(2014, 1, 22)], date1904=True))
    assert item.published == date(2014, 1, 22)


def test_whole_number_is_an_id_without_a_point():
    (item,) = read(workbook(["id", "title"], [12, "A"]))
    assert item.original_id == "12"


def test_workbook_without_a_headline_is_refused_with_its_columns():
    (problem,) = read(workbook(["a", "b"], [1, 2]))
    assert "the table has: “a”, “b”" in problem.problem


def test_column_that_is_named_is_taken():
    (item,) = read(workbook(["x", "y"], ["A", "B"]), ("headline", "y"))
    assert item.headline == "B"


def test_preview_tells_what_each_column_fills():
    preview = xlsx.preview(BytesIO(WORKBOOK.read_bytes()), ReadOptions())
    assert [each for _name, each, _samples in preview.columns][:4] == ["original_id", "headline", "body", "published"]
    assert preview.items[0].headline == "Crue : deux ponts fermés"


def test_record_gives_the_same_article_again(by_id):
    for item in by_id.values():
        assert xlsx.recognises(item.record[:8192])
        (again,) = read(item.record)
        assert again.canonical() == item.canonical()


def test_record_is_a_workbook_that_others_can_open():
    sheet = openpyxl.load_workbook(BytesIO(record())).active
    assert sheet["B2"].value == "Crue : deux ponts fermés"


@pytest.mark.parametrize(
    "sheet",
    [
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c><v>&b;</v></c></row>'
        b"</sheetData></worksheet>",
        b'<!DOCTYPE a [<!ENTITY b "bb">]><worksheet><sheetData/></worksheet>',
        b"<worksheet><sheetData><row>" + b"<c>" * 100_000,
        b"<worksheet><sheetData><row><c><v>" + b"1" * 20_000_000,
        b"\x00" * 100_000,
        HEADER + b"<row/>" * 1_000_000,
        HEADER + b"<b/>" * 1_000_000,
        HEADER + b"<!---->" * 1_000_000,
        HEADER + b"<" * 5_000_000,
        HEADER + b"<row>" * 1_000_000,
        HEADER + b"<row>" + (b'<c t="str"><v>' + b"a" * 400_000 + b"</v></c>") * 20 + b"</row>",
        b"<worksheet><sheetData>" + b"<row><c></row>" * 500_000,
        b"<worksheet><sheetData>" + b"<row>" * 1_000_000,
        HEADER + (b"<row><c/>" + b"<c><v>1</v></c>" * 16_000 + b"</row>") * 40,
        HEADER + b'<row><c r="XFD1"><v>1</v></c></row>' * 100_000,
    ],
    ids=[
        *("outer entity", "entity", "deep", "long", "NUL", "empty rows", "other tags", "comments"),
        *("signs", "rows that do not end", "texts", "broken rows", "rows alone", "cells beside", "cells far beside"),
    ],
)
def test_hostile_sheet_is_refused_within_two_seconds(sheet):
    content = stored(parts_of(record()) | {"xl/worksheets/sheet1.xml": sheet})
    begun = time.process_time()
    try:
        items = list(until_hopeless(xlsx.read(BytesIO(content), ReadOptions())))
    except Refusal as refusal:
        items = [refusal.problem]
    assert items
    assert all(isinstance(item, Problem) and item.remedy for item in items)
    assert time.process_time() - begun < 3


def test_text_that_stands_in_many_cells_is_refused_in_little_memory():
    text = "".join(f"{number} " for number in range(200_000))
    parts = parts_of(record()) | {
        "xl/sharedStrings.xml": f"<sst><si><t>{text}</t></si></sst>".encode(),
        "xl/worksheets/sheet1.xml": HEADER
        + b"<row>"
        + b'<c t="s"><v>0</v></c>' * 1000
        + b"</row></sheetData></worksheet>",
    }
    tracemalloc.start()
    try:
        (problem,) = read(zipfiles.packed(parts))
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()
    assert (problem.place, problem.problem) == ("sheet “Articles”, row 2", "The row is over 5 MB long.")


def test_one_sheet_named_a_thousand_times_is_refused():
    relations = b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    sheets = b'<sheet name="a" r:id="rId1"/>' * 1001
    parts = parts_of(record()) | {
        "xl/workbook.xml": b"<workbook %s><sheets>%s</sheets></workbook>" % (relations, sheets)
    }
    (problem,) = read(zipfiles.packed(parts))
    assert problem.problem == "The workbook has 1001 sheets; at most 1000 are read."


def shared(texts, cells):
    """A workbook of texts that cells share, and of rows with one under “text”."""
    head = b'<worksheet><sheetData><row><c t="str"><v>title</v></c><c t="str"><v>text</v></c></row>'
    rows = b"".join(b'<row><c t="str"><v>A</v></c><c t="s"><v>%d</v></c></row>' % cell for cell in cells)
    parts = {
        "xl/sharedStrings.xml": b"<sst>" + texts + b"</sst>",
        "xl/worksheets/sheet1.xml": head + rows + b"</sheetData></worksheet>",
    }
    return stored(parts_of(record()) | parts)


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        (b"<si/>" * 1_000_000, "Over 100000 of the texts of its cells, one after another, are empty."),
        (b"<si><t></si>" * 500_000, "Over 10000 of the texts of its cells can't be read."),
    ],
    ids=["empty", "broken"],
)
def test_texts_of_nothing_end_the_workbook_and_what_stood_before_is_taken(texts, problem):
    taken, refused = read(shared(b"<si><t>First.</t></si>" + texts, [0, 900_000]))
    assert taken.body == "<p>First.</p>"
    assert (refused.place[:20], refused.problem) == ("xl/sharedStrings.xml", problem)


def test_texts_are_read_no_farther_than_cells_ask_for_them():
    (taken,) = read(shared(b"<si><t>First.</t></si>" + b"<" * 1_000_000, [0]))
    assert taken.body == "<p>First.</p>"


def test_long_text_in_row_after_row_is_refused(monkeypatch):
    monkeypatch.setattr(xlsx, "_ROOM_TO_REPEAT", 0)
    *taken, refused = read(shared(b"<si><t>%s</t></si>" % (b"a " * 1000), [0] * 50))
    assert len(taken) == xlsx.MOST_REPEATED
    assert refused.problem.startswith("Its cells repeat long texts, over 20 times")


def test_row_whose_text_can_not_be_read_is_refused_and_the_next_is_taken():
    refused, taken = read(shared(b"<si><t>" + b"a" * 11_000_000 + b"</t></si><si><t>Text</t></si>", [0, 1]))
    assert refused.problem == "A text of its cells can't be read."
    assert taken.body == "<p>Text</p>"


def test_comment_between_texts_moves_none_of_them():
    texts = b"<si><t>First</t></si><!-- " + b"a" * 2_000_000 + b" --><si><t>Second</t></si>"
    (taken,) = read(shared(texts, [1]))
    assert taken.body == "<p>Second</p>"


def test_short_text_may_stand_in_every_row(monkeypatch):
    monkeypatch.setattr(xlsx, "_ROOM_TO_REPEAT", 0)
    assert len(read(shared(b"<si><t>Text</t></si>", [0] * 500))) == 500


def test_notice_far_beside_the_columns_loses_nothing():
    cells = b'<row><c t="str"><v>A</v></c><c t="str"><v>B</v></c><c r="XFD2" t="str"><v>note</v></c></row>'
    sheet = HEADER + cells + b"</sheetData></worksheet>"
    (taken,) = read(stored(parts_of(record()) | {"xl/worksheets/sheet1.xml": sheet}))
    assert (taken.headline, read(taken.record)[0].canonical()) == ("A", taken.canonical())


def test_cell_that_does_not_tell_its_column_stands_behind_an_empty_one():
    sheet = HEADER + b'<row><c/><c t="str"><v>B</v></c></row></sheetData></worksheet>'
    (refused,) = read(stored(parts_of(record()) | {"xl/worksheets/sheet1.xml": sheet}))
    assert refused.problem == "It has no headline."


def test_sheet_that_is_listed_twice_is_read_once():
    relations = b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    sheets = b'<sheet name="a" r:id="rId1"/>' * 500
    parts = {"xl/workbook.xml": b"<workbook %s><sheets>%s</sheets></workbook>" % (relations, sheets)}
    assert len(read(zipfiles.packed(parts_of(record()) | parts))) == 1


def test_workbook_without_its_parts_is_refused():
    (problem,) = read(zipfiles.packed({"xl/styles.xml": b"<a/>"}))
    assert (problem.place, problem.problem) == ("xl/workbook.xml", "It is no workbook: a part of it is missing.")


def test_workbook_that_is_cut_off_is_refused():
    (problem,) = read(WORKBOOK.read_bytes()[:3000])
    assert problem.remedy


def test_column_far_out_takes_no_memory():
    sheet = b'<worksheet><sheetData><row r="1"><c r="ZZZ1"><v>1</v></c></row></sheetData></worksheet>'
    assert read(zipfiles.packed(parts_of(record()) | {"xl/worksheets/sheet1.xml": sheet}))


@given(st.binary())
def test_whatever_the_bytes_nothing_is_raised(content):
    read(content)
    read(zipfiles.packed(parts_of(RECORD) | {"xl/worksheets/sheet1.xml": content}))


RECORD = record()


@pytest.mark.django_db
def test_row_becomes_an_article(outlet):
    from archive.importers.saving import import_paths

    report = import_paths([WORKBOOK], outlet)

    assert report.formats == ["xlsx"]
    assert outlet.articles.get(original_id="1004").published_precision == "month"
