"""Zip files as they are written, read by zipfile."""

import tracemalloc
import zipfile
from datetime import date
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from archive.exporters import zip_stream
from archive.exporters.zip_stream import Member, zipped


def read(members):
    file = zipfile.ZipFile(BytesIO(b"".join(zipped(members))))
    assert file.testzip() is None
    return file


@given(st.dictionaries(st.from_regex(r"[a-zé]{1,20}\.txt", fullmatch=True), st.binary(max_size=300), max_size=5))
def test_any_content_is_read_again(contents):
    for is_packed in (False, True):
        file = read(Member(name, content, is_packed=is_packed) for name, content in contents.items())
        assert {name: file.read(name) for name in file.namelist()} == contents


def test_content_in_pieces_is_one_file():
    file = read([Member("a.txt", iter([b"one ", b"", b"two"]))])
    assert file.read("a.txt") == b"one two"


def test_day_is_told_and_one_before_zip_files_is_their_first():
    file = read([Member("a", b"", date(2014, 1, 22)), Member("b", b"", date(1912, 4, 15)), Member("c", b"")])
    assert [info.date_time[:3] for info in file.infolist()] == [(2014, 1, 22), (1980, 1, 1), (1980, 1, 1)]


def test_more_members_than_a_small_zip_file_may_have_are_all_there():
    file = read(Member(f"{number}", b"", is_packed=True) for number in range(70_000))
    assert len(file.namelist()) == 70_000


def test_members_beyond_four_gigabytes_have_their_place(monkeypatch):
    # As if four gigabytes were a thousand bytes.
    monkeypatch.setattr(zip_stream, "_MOST_32", 1000)
    whole = b"".join(zipped(Member(name, name.encode() * 1500, is_packed=True) for name in "ab"))
    # A reader looks into the other field only where the first is full.
    file = zipfile.ZipFile(BytesIO(whole.replace((1000).to_bytes(4, "little"), b"\xff" * 4)))
    assert file.getinfo("b").header_offset == 1547
    assert file.read("b") == b"b" * 1500


def test_memory_does_not_grow_with_members():
    def peak(count):
        tracemalloc.start()
        for _piece in zipped(Member(f"a-rather-long-name-of-a-piece-{number}.txt", b"text") for number in range(count)):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(10)
    # By the list of members, which may take a megabyte of memory.
    assert peak(20_000) < peak(200) + 2_500_000
