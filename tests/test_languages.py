"""The French catalogue is complete, and compiled from what it says."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

CATALOGUE = Path(settings.BASE_DIR) / "archive" / "locale" / "fr" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
# What the code marks for translation, in Python and in templates.
MARKED = re.compile(r"""(?:\b(?:_|gettext|gettext_lazy)\(\s*|{%\s*translate\s+)"((?:[^"\\]|\\.)*)"(?=\s*(?:\)|%}))""")


@pytest.fixture(scope="module")
def catalogue():
    return polib.pofile(str(CATALOGUE))


def test_every_message_has_its_french(catalogue):
    assert [entry.msgid for entry in catalogue if not entry.translated()] == []


def test_no_message_is_a_guess(catalogue):
    assert [entry.msgid for entry in catalogue if entry.fuzzy or entry.obsolete] == []


def test_french_keeps_every_placeholder(catalogue):
    assert [
        entry.msgid
        for entry in catalogue
        if not entry.msgid_plural
        and sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(PLACEHOLDER.findall(entry.msgstr))
    ] == []


def test_every_message_in_the_code_is_in_the_catalogue(catalogue):
    known = {entry.msgid for entry in catalogue}
    root = Path(settings.BASE_DIR)
    marked = {
        message.replace('\\"', '"')
        for folder in ("archive", "templates")
        for path in [*(root / folder).rglob("*.py"), *(root / folder).rglob("*.html")]
        for message in MARKED.findall(path.read_text(encoding="utf-8"))
    }
    assert sorted(marked - known) == []


def test_compiled_catalogue_is_that_of_its_source(catalogue):
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))

    def texts(entries):
        return {(entry.msgctxt, entry.msgid): entry.msgstr_plural or entry.msgstr for entry in entries}

    assert texts(compiled) == texts(catalogue)
