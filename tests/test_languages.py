"""The French catalogue is complete, and compiled from what it says."""

import ast
import re
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.template.loader import get_template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

CATALOGUE = Path(settings.BASE_DIR) / "archive" / "locale" / "fr" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
# How many texts each of the functions has that mark a message; with a "p" the first is its context.
NUMBER_OF_TEXTS = {"_": 1, "gettext": 1, "ngettext": 2, "pgettext": 2, "npgettext": 3}


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
    known = {(entry.msgctxt, entry.msgid) for entry in catalogue}
    known |= {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in catalogue if entry.msgid_plural}
    root = Path(settings.BASE_DIR)
    marked = {each for path in (root / "archive").rglob("*.py") for each in marked_in_python(path)}
    for folder in (root / "templates", root / "archive" / "templates"):
        for path in (path for path in folder.rglob("*") if path.is_file()):
            marked |= marked_in_template(str(path.relative_to(folder)))
    assert sorted(marked - known, key=str) == []


def marked_in_python(path):
    """What a file marks for translation: (context, message), with the plural where there is one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        name = node.func.id.removesuffix("_lazy").removesuffix("_noop")
        if name in NUMBER_OF_TEXTS:
            texts = [each.value for each in node.args[: NUMBER_OF_TEXTS[name]] if isinstance(each, ast.Constant)]
            # A message in a variable is marked where it was written.
            if len(texts) == NUMBER_OF_TEXTS[name]:
                yield tuple(texts) if "pgettext" in name else (None, *texts)


def marked_in_template(name):
    nodes = get_template(name).template.nodelist
    found = set()
    for node in nodes.get_nodes_by_type(TranslateNode):
        if isinstance(node.filter_expression.var, str):
            found.add((context_of(node), str(node.filter_expression.var)))
        elif node.filter_expression.var.literal is not None:
            found.add((context_of(node), str(node.filter_expression.var.literal)))
    for node in nodes.get_nodes_by_type(BlockTranslateNode):
        texts = [node.render_token_list(tokens)[0] for tokens in (node.singular, node.plural) if tokens]
        found.add((context_of(node), *texts))
    return found


def context_of(node):
    return node.message_context.resolve({}) if node.message_context else None


def test_compiled_catalogue_is_that_of_its_source(catalogue):
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))

    def texts(entries):
        return {(entry.msgctxt, entry.msgid): entry.msgstr_plural or entry.msgstr for entry in entries}

    assert texts(compiled) == texts(catalogue)
