import json
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers.base import ImportedArticle, Problem, Refusal
from archive.importers.rejects import Rejected, RejectsFile, recognises, rejected
from archive.importers.saving import import_paths
from archive.models import Article, Record

TOO_LONG = ImportedArticle(original_id="1", headline="x" * 501, record=b"record of 1", place="item 1")


def written(tmp_path, *problems):
    with RejectsFile(tmp_path / "rejects") as write:
        for problem in problems:
            write(problem, "wxr")
    return (tmp_path / "rejects").read_bytes()


@pytest.mark.parametrize("raw", [b"<item>\xc3\xa9</item>", b"\xff\xfe binary", b"{}\n"])
def test_what_was_refused_comes_back_byte_for_byte(tmp_path, raw):
    data = written(tmp_path, Problem("a.xml: item 1", "No date.", "Give it one.", raw))
    assert list(rejected(BytesIO(data))) == [Rejected("line 1", "wxr", raw)]


def test_text_is_text_and_can_be_mended(tmp_path):
    data = written(tmp_path, Problem("a.xml: item 1", "No date.", "Give it one.", "é".encode()))
    assert json.loads(data) == {
        "place": "a.xml: item 1",
        "problem": "No date.",
        "remedy": "Give it one.",
        "format": "wxr",
        "raw": "é",
    }


def test_own_file_is_recognised(tmp_path):
    assert recognises(written(tmp_path, Problem("a", "b", "c")))
    assert not recognises(b'{"place": "Halifax", "headline": "Ferry"}')


def test_what_has_nothing_to_be_read_is_told_again(tmp_path):
    data = written(tmp_path, Problem("a.xml", "It is cut off.", "Fetch it again."))
    assert list(rejected(BytesIO(data))) == [Problem("line 1", "It is cut off.", "Fetch it again.")]


@given(st.binary(max_size=300))
def test_any_bytes_are_problems_at_worst(data):
    assert all(isinstance(each, Problem | Rejected) for each in rejected(BytesIO(b'{"place": ' + data)))


def test_file_of_other_lines_is_soon_given_up():
    told = rejected(BytesIO(b"{}\n" * 3_000_000))
    assert all(next(told).remedy for _line in range(10_001))
    with pytest.raises(Refusal, match="Over 10000 lines, one after another, are none"):
        next(told)


@pytest.mark.django_db
class TestImporting:
    @pytest.fixture
    def mended(self, outlet, reader, page_file, tmp_path):
        """A file of rejects, of which the reader now reads what was refused."""
        reader(TOO_LONG, ImportedArticle(original_id="2", headline="Good"))
        with RejectsFile(tmp_path / "rejects") as rejects:
            report = import_paths([page_file("x")], outlet, rejects=rejects)
        assert (report.created, report.refused) == (1, 1)
        reader(replace(TOO_LONG, headline="Mended"))
        return tmp_path / "rejects"

    def test_refused_item_is_written_with_its_record(self, mended):
        assert json.loads(mended.read_text())["raw"] == "record of 1"

    def test_mended_item_is_imported(self, outlet, mended):
        report = import_paths([mended], outlet)
        assert (report.created, report.refused, report.formats) == (1, 0, ["made-up"])
        assert Article.objects.get(original_id="1").headline == "Mended"

    def test_its_record_is_of_its_own_format(self, outlet, mended):
        import_paths([mended], outlet)
        assert (Record.objects.get().format, Record.objects.get().content) == ("made-up", b"record of 1")

    def test_format_that_has_no_reader_is_told(self, outlet, mended):
        mended.write_text(mended.read_text().replace("made-up", "klingon"))
        assert "There is no format “klingon”." in import_paths([mended], outlet).problems[0].problem

    def test_file_in_which_nothing_was_mended_is_soon_given_up(self, outlet, mended, monkeypatch):
        monkeypatch.setattr("archive.importers.saving.reading.MOST_IN_VAIN", 3)
        mended.write_text(mended.read_text().replace("made-up", "klingon") * 9)
        report = import_paths([mended], outlet)
        assert report.problems[-1].problem == "Of 3 items, one after another, none could be read; the rest was not."
