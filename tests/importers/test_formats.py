import inspect
import sys
from types import SimpleNamespace

import pytest

from archive import importers
from archive.importers import FORMATS, UnknownFormat, load_reader, recognise
from archive.importers.base import ReadOptions


@pytest.mark.parametrize("name", FORMATS)
def test_every_reader_keeps_the_contract(name):
    reader = load_reader(name)
    assert list(inspect.signature(reader.recognises).parameters) == ["head"]
    assert list(inspect.signature(reader.read).parameters) == ["stream", "options"]


@pytest.mark.parametrize("name", FORMATS)
def test_every_reader_names_its_form_in_its_header(name):
    assert load_reader(name).__doc__.startswith(f"{name}: ")


def test_who_names_columns_has_a_table():
    head = b"Nom;Corps\nUn titre;Un texte\n"
    told = ReadOptions(columns=(("headline", "Nom"),))
    assert (recognise(head), recognise(head, told)) == ("page-text", "csv")


def test_format_is_told_from_the_content(sample):
    assert recognise(sample("wire-story").read_bytes()) == "page-text"


def test_content_of_no_format_has_none():
    assert recognise(b"\x89PNG\r\n\x1a\n") == ""


def test_unknown_format_is_told_with_those_that_there_are():
    with pytest.raises(UnknownFormat) as caught:
        load_reader("klingon")
    problem, remedy = caught.value.args
    assert problem == "There is no format “klingon”."
    assert remedy == f"Pass --format with one of: {', '.join(sorted(FORMATS))}."


def test_reader_whose_library_is_missing_fails_only_when_it_is_used(monkeypatch, sample):
    monkeypatch.setattr(importers, "FORMATS", {"broken": "archive.importers.no_such_reader", **FORMATS})

    assert recognise(sample("wire-story").read_bytes()) == "page-text"
    with pytest.raises(UnknownFormat, match="The reader of “broken” can't be loaded"):
        load_reader("broken")


def test_most_particular_format_comes_first(monkeypatch, sample):
    monkeypatch.setitem(sys.modules, "particular", SimpleNamespace(recognises=lambda head: head.startswith(b"Ce")))
    monkeypatch.setattr(importers, "FORMATS", {"particular": "particular", **FORMATS})
    assert recognise(sample("wire-story").read_bytes()) == "particular"
