"""The table in docs/importing.md of what an own export carries, held against the models."""

import json
import re

import pytest
from django.apps import apps
from django.conf import settings

from archive.exporters.jsonl import export
from archive.exporters.row_dict import FIELDS
from archive.models import Article, Author, Outlet, Section, Source, Tag

TEXT = (settings.BASE_DIR / "docs" / "importing.md").read_text(encoding="utf-8")
TABLE = TEXT.partition("| table | in an own export |\n|---|---|\n")[2].partition("\n\n")[0]
ROWS = [row.split("|")[1:3] for row in TABLE.splitlines()]
# Made from other fields whenever an article is saved, or told under another name.
MADE = {
    *("id", "published_on", "published_at", "published_order", "slug_letters", "text_fingerprint"),
    *("modified_at", "created_at"),
}
# The row of the table tells why.
LEFT = {"version", "updated_at"}


def test_every_model_is_in_the_table_once():
    named = [name for names, _what in ROWS for name in re.findall(r"`(\w+)`", names)]
    assert sorted(named) == sorted(model.__name__ for model in apps.get_app_config("archive").get_models())


def test_every_kind_of_line_is_in_the_table(demo):
    kinds = {re.search(r'"type":"(\w+)"', line)[1] for line in export()}
    told = {kind for _names, what in ROWS for kind in re.findall(r"`(\w+)`", what)}
    assert kinds - told == set()


@pytest.mark.parametrize("model", [Author, Section, Source, Tag])
def test_every_field_of_what_articles_share_is_told(demo, model):
    line = next(line for line in export() if f'"type":"{model._meta.model_name}"' in line)
    fields = {field.name for field in model._meta.concrete_fields} - {"id"}
    assert fields - set(json.loads(line)) == set()


def test_every_field_of_an_article_is_told(demo):
    article = next(line for line in export() if '"type":"article"' in line)
    fields = {field.name for field in Article._meta.concrete_fields}
    assert {name for name in fields - MADE - LEFT if f'"{name}":' not in article} == set()


def test_every_field_of_what_stands_beside_articles_is_told():
    for model, told in FIELDS.items():
        fields = {field.name for field in model._meta.concrete_fields} - {"id", "outlet"}
        assert fields - set(told) == ({"parent"} if model is Outlet else set())
