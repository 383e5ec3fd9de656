"""Each value that a sample has, spoiled in turn: whatever stands there, the file is read or refused in words."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from io import BytesIO

import pytest
from lxml import etree, html

from archive.importers import load_reader
from archive.importers.base import Problem, ReadOptions, Refusal, until_hopeless
from archive.importers.saving.prepare import Ground, prepare

from .conftest import SAMPLES

OPTIONS = ReadOptions(website="https://courrier.example/", language="fr", time_zone="America/Toronto", outlet="x")
GROUND = Ground("x", "fr", "America/Toronto", datetime(2026, 1, 1, tzinfo=UTC))
TEXTS = ["", "http://[a", "<p>]]>", "\u00a0&", "9999999999999-99-99T99:99:99Z", "a\u2028" * 300]
VALUES = [*TEXTS, None, True, -1, 1e300, 10**400, "\ud800", [], {}, [None], {"a": None}, [[[]]]]
XML = ["blogger/feed.atom", "feed/atom.xml", "feed/rss20.xml", "newsml-1/items.xml", "newsml-g2/message.xml"]
XML += ["nitf/story.xml", "wxr/courrier.xml", "blogger/carnet.xml"]
JSON = ["ans/courrier.json", "feed/feed.json", "ghost/ghost-1.json", "ghost/ghost-6.json", "ninjs/wire-1.6.json"]
JSON += ["ninjs/wire-2.1.json", "jsonl/beside.jsonl", "jsonl/history.jsonl"]
HTML = ["html/blog-post.html", "html/magazine-story.html", "html/news-story.html", "html/players.html"]
LINES = ["csv/courrier.csv", "iptc7901/afp-cp1252.txt", "movable-type/herald.txt", "warc/harbour-herald.warc"]


def read(name, content):
    """Read and prepare all; what the program did not foresee is raised."""
    try:
        for item in until_hopeless(load_reader(name.partition("/")[0]).read(BytesIO(content), OPTIONS)):
            if hasattr(item, "headline"):
                try_to_prepare(item)
            elif isinstance(item, Problem):
                assert item.remedy
    except Refusal as refused:
        assert refused.problem.remedy


def try_to_prepare(item):
    try:
        prepare(item, GROUND).make_ready()
    except Refusal as refused:
        assert refused.problem.remedy


def elements(root):
    """One element of each kind, by its path."""
    found = {}
    for each in root.iter("{*}*"):
        found.setdefault((*(above.tag for above in each.iterancestors()), each.tag), each)
    return found


def places(value, *path):
    yield path, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, *path, key)


def put(root, path, value):
    if not path:
        return value
    changed = deepcopy(root)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return changed


@pytest.mark.parametrize("name", XML + HTML)
def test_whatever_stands_in_an_element_or_attribute_nothing_is_raised(name):
    # One of them declares no prefix, as its system wrote it.
    parser = etree.XMLParser(recover=True) if name in XML else html.HTMLParser(encoding="utf-8")
    root = etree.fromstring((SAMPLES / name).read_bytes(), parser)
    for path, element in elements(root).items():
        for key in (None, *element.keys()):
            for text in TEXTS:
                changed = deepcopy(root)
                found = elements(changed)[path]
                if key is None:
                    found.text = text
                else:
                    found.set(key, text)
                read(name, etree.tostring(changed, method="xml" if name in XML else "html"))


@pytest.mark.parametrize("name", JSON)
def test_whatever_a_value_is_nothing_is_raised(name):
    content = (SAMPLES / name).read_bytes()
    seen = set()
    for document in content.splitlines() if name.endswith("jsonl") else [content]:
        root = json.loads(document)
        for path, _value in places(root):
            kind = tuple("*" if isinstance(key, int) else key for key in path)
            if kind not in seen:
                seen.add(kind)
                for value in VALUES:
                    read(name, json.dumps(put(root, path, value)).encode())


@pytest.mark.parametrize("name", LINES)
def test_whatever_a_line_is_nothing_is_raised(name):
    lines = (SAMPLES / name).read_bytes().split(b"\n")
    for number, line in enumerate(lines):
        for text in (*(text.encode() for text in TEXTS), b"\xff\x00\x01"):
            for spoiled in (text, line + text, text + line):
                read(name, b"\n".join([*lines[:number], spoiled, *lines[number + 1 :]]))
