import json
import random
import time
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers import json_stream
from archive.importers.base import Problem, Refusal
from archive.importers.json_stream import DEEPEST, Found, inner, lines, walk

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=4), inside, max_size=4),
    max_leaves=15,
)


class InPieces(BytesIO):
    """A stream that gives a few bytes at a time, so that everything is cut in two somewhere."""

    def read(self, size=-1):
        return super().read(random.Random(self.tell()).randint(1, 5))  # noqa: S311  not for secrets


def in_array(path):
    return "take" if path else "enter"


def values(content, wanted=in_array):
    return [found.value for found in walk(InPieces(content), "", wanted)]


@given(st.lists(VALUES, max_size=4), st.booleans(), st.sampled_from([None, 1]))
def test_values_are_those_of_the_standard_library_wherever_the_file_is_cut(told, ascii_only, indent):
    assert values(json.dumps(told, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "replace")) == json.loads(
        json.dumps(told, ensure_ascii=ascii_only).encode("utf-8", "replace")
    )


@given(st.lists(VALUES, min_size=1, max_size=3))
def test_values_that_are_passed_over_are_passed_over_whole(told):
    content = json.dumps({"skipped": told, "kept": [1]}).encode()

    def wanted(path):
        return {(): "enter", ("kept",): "take"}.get(path, "skip")

    assert values(content, wanted) == [[1]]


def test_joined_files_are_read_one_after_another():
    assert values(b'{"a":1}\xef\xbb\xbf{"b":2}\x1e[3]', lambda path: "take") == [{"a": 1}, {"b": 2}, [3]]


def test_place_is_the_line():
    found = list(walk(InPieces(b"[\n1,\n\n2]"), "", in_array))
    assert [each.line for each in found if isinstance(each, Found)] == [2, 4]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[1, 2", "The file ends in the middle: it is cut off."),
        (b'[1, "abc', "The file ends in the middle: it is cut off."),
        (b"[1 2]", "From here on it is not JSON."),
        (b'{"a" 1}', "From here on it is not JSON."),
        (b"[" * (DEEPEST + 2), f"It is nested over {DEEPEST} deep, as no article is."),
    ],
)
def test_file_that_breaks_off_is_refused_with_its_line(content, problem):
    with pytest.raises(Refusal) as caught:
        values(content)
    assert (caught.value.problem.problem, caught.value.problem.place) == (problem, "line 1")


def test_value_that_is_no_json_spoils_no_other():
    broken, whole = walk(BytesIO(b"[{1}, 2]"), "", in_array)
    assert isinstance(broken, Problem)
    assert whole.value == 2


def test_document_within_a_text_is_read_or_is_none():
    assert (inner('{"a": [1]}'), inner("{"), inner("[" * 1000), inner("")) == ({"a": [1]}, None, None, None)


def test_lines_have_their_numbers_however_they_are_cut():
    assert list(lines(InPieces(b"\xef\xbb\xbfa\n\nb"))) == [(1, b"a"), (3, b"b")]


@pytest.mark.parametrize(
    "content",
    [
        b'{"a":[' + b"[]," * 3_000_000 + b"[]]}",
        b'{"a":[' + b"[[]]," * 3_000_000 + b"[]]}",
        b'{"a":1}\n' + b'"' * 10_000_000,
        b"{}\n" * 3_000_000,
        b"{" + b'"a":1,' * 3_000_000 + b'"a":1}',
    ],
    ids=["brackets", "brackets within brackets", "quotation marks", "objects", "keys"],
)
def test_what_holds_nothing_that_is_wanted_is_soon_over(content):
    began = time.process_time()
    with suppress(Refusal):
        assert list(walk(BytesIO(content), "", lambda path: "skip" if path else "enter")) == []
    assert time.process_time() - began < 2


def test_long_table_that_is_passed_over_hides_nothing_behind_it(monkeypatch):
    monkeypatch.setattr(json_stream, "MOST_IN_VAIN", 100)
    row = {"id": "5c1f9a0e8d7b6a5f4e3d2c1b", "name": "Anne", "note": ""}
    content = json.dumps({"members": [row] * 1000, "tags": ["a"]}).encode()
    enter = {(), ("members",), ("tags",)}
    wanted = {("tags", "*"): "take"}
    found = walk(BytesIO(content), "", lambda path: "enter" if path in enter else wanted.get(path, "skip"))
    assert [each.value for each in found] == ["a"]


def test_empty_lines_are_soon_passed_over():
    began = time.process_time()
    assert list(lines(BytesIO(b"a" + b"\n" * 20_000_000 + b"b"))) == [(1, b"a"), (20_000_001, b"b")]
    assert time.process_time() - began < 2


def test_what_is_passed_over_ends_where_it_ends():
    nested = b'{"x": [[{"y": "]}"}], {}], "a": {"b": 1}, "z": {"a": {}}, "c": [[1], 2]}'
    found = walk(BytesIO(nested), "", lambda path: "enter" if not path else "take" if path == ("c",) else "skip")
    assert [each.value for each in found] == [[[1], 2]]
