"""What holds of every sample file, whatever its format."""

import socket
from io import BytesIO

import pytest

from archive.importers import FORMATS, load_reader, recognise
from archive.importers.base import ImportedArticle, Problem, ReadOptions

from .conftest import SAMPLES

FILES = sorted(path for path in SAMPLES.glob("*/*") if path.is_file())
OPTIONS = ReadOptions(website="https://courrier.example/", outlet="courrier-des-rives")

of_each = pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.name}" for path in FILES])


def read(path, content=None):
    reader = load_reader(path.parent.name)
    return list(reader.read(BytesIO(path.read_bytes() if content is None else content), OPTIONS))


def test_every_format_has_a_sample():
    assert {path.parent.name for path in FILES} == set(FORMATS)


@of_each
def test_format_is_told_from_the_content(path):
    assert recognise(path.read_bytes()[:8192]) == path.parent.name


@of_each
def test_reading_opens_no_connection(path, monkeypatch):
    def fail(*_arguments, **_options):
        raise AssertionError("a connection was opened")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, fail)
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, fail)
    assert read(path)


@of_each
def test_record_read_again_gives_the_same_article(path):
    for item in read(path):
        if isinstance(item, ImportedArticle):
            # The text of a page is a file of its own, and so its record.
            record = item.record or path.read_bytes()
            again = [each for each in read(path, record) if isinstance(each, ImportedArticle)]
            assert [each.canonical() for each in again] == [item.canonical()]


@of_each
def test_what_is_refused_is_refused_for_the_same_reason_when_it_is_read_again(path):
    for item in read(path):
        if isinstance(item, Problem):
            assert item.remedy
            if item.raw:
                assert [each.problem for each in read(path, item.raw) if isinstance(each, Problem)] == [item.problem]
