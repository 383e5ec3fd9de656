import os
import stat
import struct
import warnings
import zipfile
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers import zipfiles
from archive.importers.base import Problem, Refusal
from archive.importers.zipfiles import ZipFolder, is_zip, members


def packed(*files, method=zipfile.ZIP_DEFLATED):
    """A zip file of (name or ZipInfo, content)."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive, warnings.catch_warnings():
        # It warns of names that stand twice.
        warnings.simplefilter("ignore")
        for name, content in files:
            archive.writestr(name, content)
    stream.seek(0)
    return stream


def link(name, target):
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target


def contents(stream):
    return [(item[0], item[1].read()) for item in members(stream) if not isinstance(item, Problem)]


def problems(stream):
    return [item for item in members(stream) if isinstance(item, Problem)]


def test_members_come_with_their_content_in_the_files_order():
    assert contents(packed(("b.txt", "two"), ("a/c.txt", "one"))) == [("b.txt", b"two"), ("a/c.txt", b"one")]


def test_name_that_begins_with_a_nul_character_is_told():
    stream = BytesIO(packed(("a.txt", "one"), ("b.txt", "two")).getvalue().replace(b"a.txt", b"\0.txt"))
    assert [each.problem for each in problems(stream)] == ["The member's name is no file name."]
    assert contents(stream) == [("b.txt", b"two")]


def test_member_can_be_sought_in():
    stream = ZipFolder(packed(("a.txt", "0123456789"))).open("a.txt")
    assert (stream.read(4), stream.seek(2), stream.read()) == (b"0123", 2, b"23456789")


def test_large_file_with_long_numbers_is_read():
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive, archive.open("a.txt", "w", force_zip64=True) as member:
        member.write(b"x")
    assert contents(stream) == [("a.txt", b"x")]


def test_zip_file_with_something_before_it_is_read():
    assert contents(BytesIO(b"#!/bin/sh\nexit\n" + packed(("a.txt", "x")).read())) == [("a.txt", b"x")]


def test_folders_and_hidden_files_are_passed_over():
    stream = packed(("a/", ""), ("a/.DS_Store", "x"), ("__MACOSX/a/._b.txt", "x"), (".git/x", "x"), ("a/b.txt", "y"))
    assert [item[0] for item in members(stream)] == ["a/b.txt"]


def test_name_in_utf8_without_its_flag_is_read():
    stream = packed(("Nouvelles/Été.txt", "x"))
    data = stream.getvalue()
    # The flag is bit 11 of both headers.
    local, central = data.index(b"PK\x03\x04") + 6, data.index(b"PK\x01\x02") + 8
    for place in (local, central):
        data = data[:place] + b"\x00\x00" + data[place + 2 :]
    assert [name for name, _content in contents(BytesIO(data))] == ["Nouvelles/Été.txt"]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a/../../b", "/etc/passwd", "..\\b", "C:\\b", "c:b", "..", "a/.."], ids=str
)
def test_name_that_leads_out_is_refused_and_the_rest_read(name):
    stream = packed((name, "x"), ("a.txt", "y"))

    assert contents(stream) == [("a.txt", b"y")]
    assert [each.problem for each in problems(stream)] == ["The member's name leads out of the zip file."]


def test_symbolic_link_is_refused():
    (problem,) = problems(packed(link("a.txt", "/etc/passwd")))
    assert (problem.place, problem.problem) == ("a.txt", "The member is a symbolic link, which is not followed.")


def test_device_is_refused():
    info, content = link("a.txt", "x")
    info.external_attr = (stat.S_IFCHR | 0o777) << 16
    assert [each.problem for each in problems(packed((info, content)))] == ["The member is no file."]


def test_second_member_of_a_name_is_refused():
    stream = packed(("a.txt", "one"), ("a.txt", "two"))

    assert contents(stream) == [("a.txt", b"one")]
    assert "of this name stands" in problems(stream)[0].problem


def test_encrypted_member_is_refused():
    data = bytearray(packed(("a.txt", "x")).getvalue())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert [each.problem for each in problems(BytesIO(data))] == ["The member is encrypted."]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_member_packed_in_a_way_that_has_no_bound_is_refused(method):
    (problem,) = problems(packed(("a.txt", "x"), method=method))
    assert problem.problem == f"The member is packed in a rare way (method {method})."


def test_bomb_is_refused_before_anything_is_unpacked():
    stream = packed(("a.txt", bytes(20_000_000)))
    with pytest.raises(Refusal, match="it is a zip bomb"):
        ZipFolder(stream)


def test_bomb_beside_much_else_is_refused_alone():
    stream = packed(("a.txt", bytes(4_000_000)), ("b.txt", os.urandom(200_000)))

    assert [name for name, _content in contents(stream)] == ["b.txt"]
    assert "would unpack from" in problems(stream)[0].problem


def test_repetitive_text_is_no_bomb():
    text = b"".join(b"<tr><td>%d</td><td></td></tr>\n" % number for number in range(100_000))
    assert contents(packed(("a.html", text))) == [("a.html", text)]


def test_members_that_lie_over_one_another_are_refused():
    data = packed(("a.txt", os.urandom(2000)), ("b.txt", "x")).getvalue()
    second = data.rindex(b"PK\x01\x02")
    data = data[: second + 42] + struct.pack("<L", 0) + data[second + 46 :]
    with pytest.raises(Refusal, match="lie over one another"):
        ZipFolder(BytesIO(data))


def test_member_that_is_longer_than_it_says_is_refused_while_it_is_read():
    data = bytearray(packed(("a.txt", b"x" * 1000), method=zipfile.ZIP_STORED).getvalue())
    place = data.index(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<L", 10)
    stream = ZipFolder(BytesIO(data)).open("a.txt")
    with pytest.raises(Refusal, match="The member is damaged"):
        stream.read()


def test_too_many_members_are_refused(monkeypatch):
    monkeypatch.setattr(zipfiles, "MOST_MEMBERS", 2)
    with pytest.raises(Refusal, match="holds 3 members; at most 2 are read"):
        ZipFolder(packed(("a", "x"), ("b", "x"), ("c", "x")))


def test_too_long_a_list_of_members_is_refused_unread(monkeypatch):
    monkeypatch.setattr(zipfiles, "LARGEST_DIRECTORY", 40)
    with pytest.raises(Refusal, match="more than can be"):
        ZipFolder(packed(("a", "x")))


@pytest.mark.parametrize("kept", [0.3, 0.9, 0.99])
def test_file_that_is_cut_off_is_refused(kept):
    data = packed(("a.txt", os.urandom(5000))).getvalue()
    with pytest.raises(Refusal) as caught:
        ZipFolder(BytesIO(data[: int(len(data) * kept)]))
    assert caught.value.problem.remedy


def test_small_members_of_which_nothing_is_taken_are_bounded(monkeypatch):
    monkeypatch.setattr(zipfiles, "MOST_IN_VAIN", 3)
    in_vain = zipfiles.InVain()
    for is_good in (False, False, True, False, False):
        in_vain.see("a.zip", 10, is_good=is_good)
    in_vain.see("picture.jpg", zipfiles.SHORTEST_IN_VAIN, is_good=False)
    with pytest.raises(Refusal, match="3 small members of the zip file, one after another, hold nothing") as caught:
        in_vain.see("b.zip", 10, is_good=False)
    assert caught.value.problem.place == "b.zip"


@given(st.binary(max_size=300))
def test_whatever_the_bytes_they_are_refused_or_read(data):
    with suppress(Refusal):
        contents(BytesIO(data))


@given(st.data())
def test_whatever_is_changed_in_a_zip_file_it_is_refused_or_read(data):
    content = bytearray(packed(("a.txt", "some text"), ("b.txt", "more")).getvalue())
    for _change in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Refusal):
        contents(BytesIO(content))


def test_zip_file_is_told_by_how_it_begins():
    assert is_zip(packed(("a", "x")).read())
    assert is_zip(packed().read())
    assert not is_zip(b"PK is a name")
