"""The table of formats in docs/importing.md, tried as it is written."""

import json
import re
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command

from archive import markup, pictures
from archive.importers import (
    FORMATS,
    base,
    csv,
    feed,
    iptc7901,
    json_stream,
    media,
    movable_type,
    page_text,
    warc_records,
    web_page,
    wxr,
    xlsx,
    xml,
    zipfiles,
)
from archive.importers.saving import prepare
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


LIMITS = TEXT.partition("### What is too much\n")[2].partition("\n### ")[0]
MB = 1_000_000


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("| {} MB, 100,000 tags, 500 deep", markup.LARGEST // MB),
        ("{} tags, 500 deep", markup.MOST_TAGS),
        ("100,000 tags, {} deep", markup.DEEPEST),
        ("{} attributes in a tag", markup.MOST_ATTRIBUTES),
        ("in a tag and {} in all", markup.MOST_ATTRIBUTES_IN_ALL),
        ("in all, {} pictures, frames or tables", markup.MOST_OF_A_KIND),
        ("a headline | {} characters", wxr.LONGEST_HEADLINE),
        ("an item of XML | {} MB", xml.LARGEST // MB),
        ("{} tags and attributes", xml.MOST_MARKUP),
        ("{} comments", xml.MOST_ASIDES),
        ("of a feed {} MB", feed.LARGEST_ITEM // MB),
        ("5 MB, {} elements", feed.MOST_ELEMENTS),
        ("elements, {} categories", feed.MOST_CATEGORIES),
        ("categories, {} attributes", feed.MOST_ATTRIBUTES),
        ("attributes and {} in a tag", feed.MOST_ATTRIBUTES_OF_A_TAG),
        ("a tag, {} tags and lines", feed.MOST_SIGNS),
        ("its items {} deep", xml.DEEPEST),
        ("{} tags one after another", xml.MOST_BETWEEN),
        ("a comment {} MB", xml.LONGEST_ASIDE // MB),
        ("MB, text {} MB", xml.LONGEST_TEXT_ASIDE // MB),
        ("old addresses of an article | {} of each", prepare.MOST_OF_A_KIND),
        ("a value of JSON | {} MB", json_stream.LARGEST // MB),
        ("{} parts", json_stream.MOST_CONTAINERS),
        ("a JSON file | {} deep", json_stream.DEEPEST),
        ("{} short values one after another", json_stream.MOST_IN_VAIN),
        ("an entry of Movable Type | {} MB", movable_type.LARGEST // MB),
        ("MB, {} lines; 1,000,000", movable_type.MOST_LINES),
        ("{} lines without its end", movable_type.MOST_PASSED_OVER),
        ("a message of IPTC 7901 | {} MB", iptc7901.LARGEST_MESSAGE // MB),
        ("1 MB, {} lines", iptc7901._MOST_LINES),
        ("a web page | {} MB", web_page.LARGEST // MB),
        ("{} elements", web_page.MOST_ELEMENTS),
        ("{} characters of text", web_page.LARGEST_TEXT),
        ("{} pictures and frames", web_page.MOST_KEPT_WHOLE),
        ("as plain text {} MB", page_text.LARGEST // MB),
        ("a row of a table | {} MB", csv.LARGEST_ROW // MB),
        ("a row of a table | {} MB", xlsx.LARGEST_ROW // MB),
        ("in text {} lines", csv._MOST_LINES),
        ("lines and {} cells", csv._MOST_CELLS),
        ("a table as text | {} empty rows", csv.MOST_EMPTY_ROWS),
        ("a workbook | {} empty rows", xlsx.MOST_EMPTY_ROWS),
        ("{} above the names", xlsx.MOST_EMPTY_ABOVE),
        ("repeated to {} times", xlsx.MOST_REPEATED),
        ("a gzipped crawl | a record of {} MB", warc_records._LARGE // 2**20),
        ("grew to {} times its size", warc_records._HIGHEST_RATIO),
        ("all of them to {} times", warc_records._HIGHEST_RATIO_OF_ALL),
        ("{} columns", xlsx._MOST_COLUMNS),
        ("{} sheets", xlsx._MOST_SHEETS),
        ("{} members", zipfiles.MOST_MEMBERS),
        ("a member {} GB", zipfiles.LARGEST_MEMBER // 2**30),
        ("all {} GB", zipfiles.LARGEST_TOTAL // 2**30),
        ("{} times its packed size", zipfiles.HIGHEST_RATIO),
        ("{} members under 1 kB", zipfiles.MOST_IN_VAIN),
        ("a picture | {} MB", pictures.LARGEST // MB),
        ("{} million points", pictures.MOST_PIXELS // MB),
        ("a JPEG {} million", pictures.MOST_PIXELS_OF_JPEG // MB),
        ("a WebP or AVIF {}", pictures.MOST_PIXELS_OF_WEBP / MB),
        ("{} MB of memory while it is unpacked", pictures.MOST_MEMORY // MB),
        ("{} points long", pictures.LONGEST_SIDE),
        ("a JPEG {} passes", pictures.MOST_SCANS),
        ("of {} million points together", pictures.MOST_SCANNED // MB),
        ("{} pieces of its file", pictures.MOST_PIECES),
        ("{} files", media.MOST_FILES),
        ("its first {} items", base.MOST_IN_VAIN),
        ("and {} more for each that was taken before", base.IN_VAIN_FOR_EACH),
        ("at most {} |", base.MOST_IN_VAIN_LATER),
    ],
)
def test_limit_is_told_as_it_is(words, number):
    assert words.format(f"{number:,}") in LIMITS
