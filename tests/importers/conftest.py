import dataclasses
import re
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from archive import importers, wording
from archive.importers import base

SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.fixture(autouse=True)
def what_is_told_has_its_french(monkeypatch):
    """Whatever the archive tells in a test, of whatever hostile file, can be shown in French, with its values."""
    told, made_up = set(), set()
    make = base.Problem.__init__

    def make_and_note(self, *values, **named):
        make(self, *values, **named)
        frame = sys._getframe(1)
        # A Refusal makes its own, and replace() another.
        while frame.f_code.co_filename in (base.__file__, dataclasses.__file__):
            frame = frame.f_back
        # A terminal is told in English alone.
        is_ours = {"tests", "management"}.isdisjoint(Path(frame.f_code.co_filename).parts)
        (told if is_ours else made_up).update([self.problem, self.remedy])

    monkeypatch.setattr(base.Problem, "__init__", make_and_note)
    yield
    french = wording.catalogue_in("fr")
    told = {text for text in told - made_up if text and len(text) <= wording.LONGEST}
    assert {text for text in told if not french.told(text)} == set(), "Add them to problems.po."
    for text in told:
        shown = wording.plain(wording.told(text, "fr"))
        assert all(value in shown for value in re.findall("“([^“”]+)”", text)), shown


@pytest.fixture
def sample():
    """The path of one of our page texts."""
    return lambda name: SAMPLES / "page-text" / f"{name}.txt"


@pytest.fixture
def make_outlet(db):
    # This file is read before Django is set up, when only this folder's tests are run.
    from tests import factories

    return factories.make_outlet


@pytest.fixture
def network(make_outlet):
    return make_outlet(slug="fleuve-medias", name="Fleuve Médias", language="fr", closed_on=date(2019, 6, 28))


@pytest.fixture
def outlet(make_outlet, network):
    return make_outlet(
        slug="courrier-des-rives",
        name="Le Courrier des Rives",
        parent=network,
        language="fr",
        closed_on=date(2019, 6, 28),
    )


@pytest.fixture
def page_file(tmp_path):
    """Writes a page text, as text or as bytes, and gives its path."""

    def page_file(content, name="page.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return page_file


@pytest.fixture
def reader(monkeypatch):
    """A format, called “made-up”, whose one file holds what is given here."""

    def reader(*items):
        def read(stream, options):
            for item in items:
                if isinstance(item, BaseException):
                    raise item
                yield item

        monkeypatch.setitem(sys.modules, "made_up", SimpleNamespace(recognises=lambda head: True, read=read))
        monkeypatch.setattr(importers, "FORMATS", {"made-up": "made_up"})

    return reader
