import contextlib
import json
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from django.core.management import CommandError, call_command

from archive import importers
from archive.care import record, snapshot
from archive.importers.base import ImportedArticle, Problem, ReadOptions
from archive.importers.saving import import_paths, undo_run
from archive.models import Article, ImportRun, Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(monkeypatch):
    """A format whose file is lines of an id, a headline and a text; a record is such a line."""
    import sys
    from types import SimpleNamespace

    behaviour = SimpleNamespace(recognises=lambda head: True, mark="", fields={}, fails=False, changed_id="")

    def read(stream, options):
        for number, line in enumerate(stream, start=1):
            if behaviour.fails:
                yield Problem(f"line {number}", "It is broken.", "Mend it.")
                continue
            identifier, headline, text = line.decode(options.encoding or "utf-8").strip().split("|")
            yield ImportedArticle(
                original_id=identifier + behaviour.changed_id,
                headline=headline,
                body=f"<p>{text}{behaviour.mark}</p>",
                record=line.strip(),
                place=f"line {number}",
                **behaviour.fields,
            )

    behaviour.read = read
    monkeypatch.setitem(sys.modules, "lined", behaviour)
    monkeypatch.setattr(importers, "FORMATS", {"lined": "lined"})
    return behaviour


@pytest.fixture
def take(outlet, reader, page_file):
    def take(text, **options):
        report = import_paths([page_file(text)], outlet, **options)
        return ImportRun.objects.get(key=report.runs[0])

    return take


def rebuild(capsys, **options):
    with contextlib.suppress(SystemExit):
        call_command("rebuild_articles", json=True, **options)
    return json.loads(capsys.readouterr().out)


class TestRecords:
    def test_is_kept_with_run_place_format_and_digest(self, take):
        run = take("1|Ferry|It stays.\n")
        kept = Record.objects.get()
        assert (kept.content, kept.run, kept.format) == (b"1|Ferry|It stays.", run, "lined")
        assert kept.digest == sha256(b"1|Ferry|It stays.").hexdigest()
        assert kept.place.endswith("page.txt: line 1")

    def test_same_content_again_adds_none(self, take):
        take("1|Ferry|It stays.\n")
        take("1|Ferry|It stays.\n")
        assert Record.objects.count() == 1

    def test_newer_content_is_kept_beside_it(self, take):
        take("1|Ferry|It stays.\n")
        take("1|Ferry|It goes.\n")
        assert [(each.number, each.content) for each in Record.objects.all()] == [
            (1, b"1|Ferry|It stays."),
            (2, b"1|Ferry|It goes."),
        ]

    def test_where_and_when_it_was_captured_is_kept(self, take, reader):
        moment = datetime(2021, 3, 9, tzinfo=UTC)
        reader.fields = {"captured_from": "https://herald.example/ferry", "captured_at": moment}
        take("1|Ferry|It stays.\n")
        kept = Record.objects.get()
        assert (kept.captured_from, kept.captured_at) == ("https://herald.example/ferry", moment)


class TestRebuilding:
    def test_article_is_made_anew_by_todays_reader(self, take, reader, capsys):
        take("1|Ferry|It stays.\n2|Other|Text.\n")
        reader.mark = "!"
        [told] = [each for each in rebuild(capsys) if each["run"]]
        assert (told["updated"], told["fields"]) == (2, {"body": 2})
        assert Article.objects.get(original_id="1").body == "<p>It stays.!</p>"

    def test_same_reader_changes_nothing(self, take, capsys):
        take("1|Ferry|It stays.\n")
        rebuild(capsys)
        assert (Article.objects.get().version, Article.objects.get().revisions.count()) == (2, 1)

    def test_trial_tells_what_would_change_and_does_nothing(self, take, reader, capsys):
        take("1|Ferry|It stays.\n")
        reader.mark = "!"
        [told] = [each for each in rebuild(capsys, dry_run=True) if each["updated"]]
        key = Article.objects.get().key
        assert told["changes"] == [{"key": key, "headline": "Ferry", "fields": ["body"]}]
        assert (Article.objects.get().body, ImportRun.objects.count()) == ("<p>It stays.</p>", 1)

    def test_what_staff_changed_stays_and_is_told(self, take, reader, capsys):
        take("1|Ferry|It stays.\n")
        article = Article.objects.get()
        before = snapshot(article)
        Article.objects.update(body="<p>By staff.</p>")
        record(article, "edited", before=before)
        reader.mark = "!"

        [told] = [each for each in rebuild(capsys) if each["problems"]]

        assert Article.objects.get().body == "<p>By staff.</p>"
        assert told["problems"][0]["problem"].startswith("Staff changed it since it was taken in (body)")

    def test_record_is_read_with_the_options_of_its_run(self, take, capsys):
        take("1|Café|Été.\n".encode("cp1252"), options=ReadOptions(encoding="cp1252"))
        rebuild(capsys)
        assert Article.objects.get().headline == "Café"

    def test_record_that_can_not_be_read_any_more_is_told_and_the_article_stays(self, take, reader, capsys):
        take("1|Ferry|It stays.\n")
        reader.fails = True
        [told] = [each for each in rebuild(capsys) if each["refused"]]
        assert told["problems"][0]["problem"] == "It is broken."
        assert Article.objects.count() == 1

    def test_id_that_is_read_otherwise_makes_no_second_article(self, take, reader, capsys):
        take("1|Ferry|It stays.\n")
        reader.changed_id = "b"
        [told] = [each for each in rebuild(capsys) if each["refused"]]
        assert "Its id is read as “1b” now" in told["problems"][0]["problem"]
        assert Article.objects.count() == 1

    def test_article_whose_id_staff_changed_is_made_anew_and_keeps_that_id(self, take, reader, capsys):
        take("1|Ferry|It stays.\n")
        Article.objects.update(original_id="new")
        reader.mark = "!"
        [told] = [each for each in rebuild(capsys) if each["run"]]
        assert (told["updated"], told["problems"]) == (1, [])
        assert Article.objects.values_list("original_id", "body").get() == ("new", "<p>It stays.!</p>")

    def test_only_the_run_that_is_named(self, take, reader, page_file, capsys):
        first = take("1|Ferry|It stays.\n")
        take("2|Other|Text.\n")
        reader.mark = "!"
        assert [each["updated"] for each in rebuild(capsys, run=first.key)] == [1]

    def test_can_be_undone(self, take, reader, capsys):
        take("1|Ferry|It stays.\n")
        reader.mark = "!"
        [told] = [each for each in rebuild(capsys) if each["run"]]
        undo_run(ImportRun.objects.get(key=told["run"]))
        assert Article.objects.get().body == "<p>It stays.</p>"

    def test_more_problems_than_have_room_are_counted(self, take, reader, capsys, monkeypatch):
        take("1|Ferry|It stays.\n2|Other|Text.\n3|Third|Text.\n")
        reader.fails = True
        monkeypatch.setattr("archive.importers.saving.rebuild.MOST_PROBLEMS", 1)
        [told] = [each for each in rebuild(capsys) if each["refused"]]
        assert (told["refused"], len(told["problems"]), told["problems_left_out"]) == (3, 1, 2)

    def test_unknown_run_is_told(self, db):
        with pytest.raises(CommandError, match="There is no import run “nothing”"):
            call_command("rebuild_articles", run="nothing")

    def test_summary_names_the_articles_that_changed(self, take, reader, capsys):
        take("1|Ferry|It stays.\n")
        reader.mark = "!"
        call_command("rebuild_articles", outlet="courrier-des-rives")
        assert f"{Article.objects.get().key} “Ferry”: body" in capsys.readouterr().out
