import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers.address_table import AddressRow, read_addresses
from archive.importers.base import Problem, Refusal

OLD = "http://www.example.org/a"


def read(content):
    return list(read_addresses(io.BytesIO(content if isinstance(content, bytes) else content.encode())))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_told_from_the_head(delimiter):
    assert read(f"old address{delimiter}key\n{OLD}{delimiter}czjeyz5rf2av\n") == [
        AddressRow("row 2", OLD, key="czjeyz5rf2av")
    ]


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("URL,Key", AddressRow("row 2", OLD, key="x")),
        ("url,id", AddressRow("row 2", OLD, id="x")),
        ("Ancienne adresse,Nouvelle adresse", AddressRow("row 2", OLD, new="x")),
        ("from,to", AddressRow("row 2", OLD, new="x")),
    ],
)
def test_columns_are_known_by_their_names(head, row):
    assert read(f"{head}\n{OLD},x\n") == [row]


def test_order_of_the_columns_is_free():
    assert read(f"note,key,old address\nhm,x,{OLD}\n") == [AddressRow("row 2", OLD, key="x")]


def test_table_without_a_head_has_the_address_first():
    assert read(f"{OLD},4136\n") == [AddressRow("row 1", OLD, target="4136")]


def test_list_is_one_address_a_line():
    assert [row.old for row in read(f"{OLD}\n\n{OLD},b\n")] == [OLD, f"{OLD},b"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encoding_is_told_from_the_content(encoding):
    assert read("old address;key\nhttp://example.org/é;x\n".encode(encoding)) == [
        AddressRow("row 2", "http://example.org/é", key="x")
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_read(end):
    assert read(f"url,key{end}{OLD},x{end}") == [AddressRow("row 2", OLD, key="x")]


def test_row_without_an_address_is_told_with_its_place():
    [problem] = read("url,key\n,x\n")
    assert (problem.place, problem.problem) == ("row 2", "It has no old address.")


@pytest.mark.parametrize("content", [b"", b" \n", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04"])
def test_what_is_no_table_is_refused(content):
    with pytest.raises(Refusal):
        read(content)


def test_gigantic_line_takes_no_memory():
    content = io.BytesIO(b"url,key\n" + b"a" * 30_000_000)
    tracemalloc.start()
    for _row in read_addresses(content):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


@given(st.binary(max_size=200))
def test_any_bytes_are_rows_problems_or_refused(content):
    try:
        found = read(content)
    except Refusal:
        return
    assert all(isinstance(each, AddressRow | Problem) for each in found)
