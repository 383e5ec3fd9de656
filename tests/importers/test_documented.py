"""The table of formats in docs/importing.md, tried as it is written."""

import json
import re
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command

from archive.importers import FORMATS
from tests.factories import make_outlet

TEXT = (settings.BASE_DIR / "docs" / "importing.md").read_text(encoding="utf-8")
TABLE = TEXT.partition("## Formats\n")[2].partition("\n### ")[0]
ROWS = {match[1]: match[0] for match in re.finditer(r"^\| `([\w-]+)` \|.*$", TABLE, re.MULTILINE)}
EXAMPLES = [
    (name, *match.groups())
    for name, row in ROWS.items()
    if (match := re.search(r"`manage.py import_articles (tests/\S+) --outlet ([\w-]+)`", row))
]


def test_every_format_is_in_the_table_once():
    assert sorted(ROWS) == sorted(FORMATS)


def test_every_format_tells_what_it_cannot_carry():
    assert [name for name, row in ROWS.items() if len(row.split(" | ")) != 4] == []


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "path", "outlet"), EXAMPLES, ids=[name for name, _path, _outlet in EXAMPLES])
def test_example_takes_something_in(name, path, outlet):
    make_outlet(slug=outlet)
    out = StringIO()
    try:
        call_command(
            "import_articles", str(settings.BASE_DIR / path), outlet=outlet, dry_run=True, json=True, stdout=out
        )
    except SystemExit as exit:
        assert exit.code == 1
    told = json.loads(out.getvalue())
    assert name in told["format"].split(", ")
    assert told["created"] > 0


def test_every_example_but_the_archives_own_is_tried():
    assert set(FORMATS) - {name for name, _path, _outlet in EXAMPLES} == {"jsonl"}
