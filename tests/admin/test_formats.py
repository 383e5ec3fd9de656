"""Each format gives back exactly the texts that it was given."""

import csv
import io

import pytest
import tablib
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from archive.admin import cells
from archive.admin.formats import FORMATS, Csv, FormatError, Json, Xlsx, Yaml

TEXTS = [
    *("=1+1", "'=1", "''=1", "'", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", "＝1", "a\x00b", "'a\x00"),
    *(" spaces ", "two\nlines", "dos\r\nlines", "\n begins", " \n x\n y", "tab\there", '"quoted"', "« l’été »", "😀"),
    *("2014", "2014-01", "2014-01-22", "yes", "no", "null", "~", "1e3", "#N/A", "TRUE", "00123", "{}", "[]", "a,b;c"),
    *("\x0b", "\x85", "\u2028", "\ufeff", "\ufffe", "␛", "␛000d", "_x000D_", "_x005F_", "&amp;<b>"),
]


def there_and_back(file_format, texts):
    table = tablib.Dataset(headers=["key", "text"])
    for number, text in enumerate(texts):
        table.append([str(number), text])
    return [row[1] for row in file_format().create_dataset(file_format().export_data(table))]


@pytest.mark.parametrize("file_format", FORMATS)
def test_every_text_comes_back_as_it_was(file_format):
    assert there_and_back(file_format, TEXTS) == TEXTS


@pytest.mark.parametrize("file_format", FORMATS)
@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5))
def test_any_text_comes_back_as_it_was(file_format, texts):
    assert there_and_back(file_format, texts) == texts


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "a\x00b"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert cells.quote(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "'", "'hello", "l’été", "a=1", "1-2", " =1"])
def test_other_texts_are_left_alone(text):
    assert cells.quote(text) == text


@pytest.mark.parametrize("text", ["=1", "'=1", "''=1", "'", "'hello", "'a\x00", "a\x00"])
def test_exactly_the_apostrophe_that_was_given_is_taken_away(text):
    assert cells.unquote(cells.quote(text)) == text


@pytest.mark.parametrize("file_format", [Json, Yaml])
def test_records_are_not_quoted(file_format):
    data = file_format().export_data(tablib.Dataset(["=1"], headers=["text"]))
    assert b"'=1" not in data.replace(b"text: '=1'", b"")


def test_csv_begins_with_the_mark_by_which_excel_knows_utf8():
    assert Csv().export_data(tablib.Dataset(["é"], headers=["text"])).startswith(b"\xef\xbb\xbf")


def test_csv_with_semicolons_is_read():
    assert Csv().create_dataset(b"key;text\n1;a,b\n").dict == [{"key": "1", "text": "a,b"}]


def test_cells_of_a_workbook_are_texts():
    data = Xlsx().export_data(tablib.Dataset(["=1+1", "2014"], headers=["formula", "number"]))
    row = load_workbook(io.BytesIO(data)).active[2]
    assert [(cell.value, cell.data_type) for cell in row] == [("'=1+1", "s"), ("2014", "s")]


def test_text_too_long_for_a_cell_is_refused_and_never_cut():
    table = tablib.Dataset(["x" * 32_768], headers=["body"])
    with pytest.raises(FormatError, match="Row 2, column “body”"):
        Xlsx().export_data(table)


@pytest.mark.parametrize("file_format", [Csv, Json, Yaml])
def test_long_text_comes_back_whole(file_format):
    long = "é" * 200_000
    assert there_and_back(file_format, [long]) == [long]


def test_values_that_a_spreadsheet_took_for_numbers_are_read_as_texts():
    workbook = Json().create_dataset(b'[{"a": 2014, "b": 1.0, "c": true, "d": null}]')
    assert workbook.dict == [{"a": "2014", "b": "1", "c": "yes", "d": ""}]


def test_dates_of_yaml_are_read_as_texts():
    assert Yaml().create_dataset(b"- {a: 2014-01-22, b: 2014-01-22 17:47:00}").dict == [
        {"a": "2014-01-22", "b": "2014-01-22T17:47"}
    ]


@pytest.mark.parametrize(
    ("file_format", "data"),
    [
        (Csv, b""),
        (Csv, b"\xff\xfea\x00"),
        (Csv, "é".encode("latin-1")),
        (Csv, b'a,b\n"unclosed'),
        (Csv, b"a,b\n1,2,3\n"),
        (Xlsx, b""),
        (Xlsx, b"not a workbook"),
        (Xlsx, b"PK\x03\x04broken"),
        (Json, b"{"),
        (Json, b'{"a": 1}'),
        (Json, b'[{"a": [1]}]'),
        (Json, b"[1]"),
        (Yaml, b"a: [b"),
        (Yaml, b"just text"),
        (Yaml, b"- a: {b: c}"),
        (Yaml, b"- !!python/object/apply:os.system [ls]"),
    ],
)
def test_file_that_is_no_table_is_refused(file_format, data):
    with pytest.raises(FormatError):
        file_format().create_dataset(data)


def test_small_table_does_not_lower_the_bound_that_other_tables_are_read_by():
    before = csv.field_size_limit()
    Csv().rows(b"slug,name\na,b\n")
    assert csv.field_size_limit() >= before
