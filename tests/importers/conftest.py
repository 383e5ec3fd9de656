import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from archive import importers

SAMPLES = Path(__file__).parents[1] / "samples"


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
