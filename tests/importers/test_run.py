import errno
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from archive.importers import UnknownFormat
from archive.importers.base import ImportedArticle, ImportedTerm, Problem, ReadOptions
from archive.importers.saving import StopImport, import_paths, run
from archive.importers.saving.reading import Batch, Opened, Recognised, gathered
from archive.models import Article, ClosureNotice, ImportItem, ImportRun, Tag

pytestmark = pytest.mark.django_db

PAGE = "{0}\n\n{0}\n\nTexte de {0}.\n\nab/cd\n"


@pytest.fixture
def folder(page_file, tmp_path):
    """Writes page texts of these names, each an article of its own."""

    def folder(*names):
        for name in names:
            page_file(PAGE.format(name), f"pages/{name}.txt")
        return tmp_path / "pages"

    return folder


def counts(report):
    return (report.created, report.updated, report.unchanged, report.refused)


def test_file_is_one_run(outlet, sample):
    report = import_paths([sample("wire-story")], outlet)

    row = ImportRun.objects.get()
    assert (counts(report), report.runs) == ((1, 0, 0, 0), [row.key])
    assert (row.state, row.format, row.outlet, row.created) == ("done", "page-text", outlet, 1)
    assert row.finished_at >= row.started_at


def test_file_of_a_run_is_named_by_its_digest(outlet, sample):
    import_paths([sample("wire-story")], outlet)
    assert ImportRun.objects.get().file_digest == sha256(sample("wire-story").read_bytes()).hexdigest()


def test_again_is_unchanged(outlet, sample):
    import_paths([sample("wire-story")], outlet)
    assert counts(import_paths([sample("wire-story")], outlet)) == (0, 0, 1, 0)
    assert Article.objects.count() == 1


def test_same_page_under_another_name_is_unchanged(outlet, sample, page_file):
    import_paths([sample("wire-story")], outlet)
    assert counts(import_paths([page_file(sample("wire-story").read_bytes(), "other.txt")], outlet)) == (0, 0, 1, 0)


def test_folder_is_one_run_with_an_item_for_each_file(outlet, folder):
    import_paths([folder("b", "a")], outlet)

    items = ImportRun.objects.get().items.values_list("number", "place", "outcome", "article__headline")
    assert [(number, place[-5:], *rest) for number, place, *rest in items] == [
        (1, "a.txt", "created", "a"),
        (2, "b.txt", "created", "b"),
    ]


def test_each_path_is_a_run(outlet, sample):
    report = import_paths([sample("wire-story"), sample("dateline")], outlet)
    assert len(report.runs) == ImportRun.objects.count() == 2


def test_bad_file_does_not_stop_the_others(outlet, folder, page_file):
    path = folder("a", "c")
    page_file(b"\x89PNG\r\n\x1a\n", "pages/b.png")

    report = import_paths([path], outlet)

    assert (counts(report), report.exit_status) == ((2, 0, 0, 1), 1)
    assert [item.outcome for item in ImportItem.objects.order_by("number")] == ["created", "refused", "created"]


def test_refused_item_is_recorded_with_problem_and_remedy(outlet, page_file):
    import_paths([page_file("Close\n")], outlet)

    item = ImportItem.objects.get()
    assert item.problem.startswith("The page is furniture only")
    assert item.remedy.startswith("Fetch the page again")


def test_remark_on_an_article_that_was_taken_is_recorded_with_it(outlet, sample):
    report = import_paths([sample("plain")], outlet)

    assert ImportItem.objects.get().problem == report.problems[0].problem
    assert report.problems[0].place.endswith("plain.txt: line 1")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n", "It is of no known format: it is a PNG picture."),
        (b"\x00\x01\x02", "It is of no known format: it is binary data."),
    ],
)
def test_file_of_no_format_is_refused_and_the_run_failed(outlet, page_file, content, told):
    report = import_paths([page_file(content)], outlet)

    assert (report.exit_status, report.problems[0].problem) == (2, told)
    assert ImportRun.objects.get().state == "failed"


def test_format_that_was_named_decides(outlet, page_file):
    report = import_paths([page_file(b"\x89PNG\r\n\x1a\n")], outlet, format_name="page-text")
    assert (report.exit_status, report.problems[0].problem) == (1, "The file is a PNG picture, not plain text.")


def test_unknown_format_reads_nothing(outlet, sample):
    with pytest.raises(UnknownFormat):
        import_paths([sample("wire-story")], outlet, format_name="klingon")
    assert ImportRun.objects.count() == 0


def test_missing_path_has_no_run(outlet, tmp_path):
    report = import_paths([tmp_path / "none"], outlet)
    assert (counts(report), report.runs, ImportRun.objects.count()) == ((0, 0, 0, 1), [], 0)


def test_missing_path_does_not_stop_the_others(outlet, sample, tmp_path):
    report = import_paths([tmp_path / "none", sample("wire-story")], outlet)
    assert (counts(report), report.exit_status) == ((1, 0, 0, 1), 1)


def test_encoding_is_handed_to_the_reader(outlet, page_file):
    path = page_file("Café\nCafé\nUne époque.\n".encode("cp1252"))
    assert counts(import_paths([path], outlet, options=ReadOptions(encoding="cp1252"))) == (1, 0, 0, 0)
    assert Article.objects.get().headline == "Café"


def test_items_of_a_file_are_told_by_their_places(outlet, reader, page_file):
    reader(Problem("item 14", "no date", "pass --default-date"))
    assert import_paths([page_file("x")], outlet).problems[0].place.endswith("page.txt: item 14")


def test_item_that_can_not_be_saved_leaves_nothing_behind(outlet, reader, page_file):
    good = ImportedArticle(original_id="1", headline="Good")
    bad = ImportedArticle(original_id="2", headline="x" * 501, tags=(ImportedTerm("Tag"),), place="item 2")
    reader(good, bad, ImportedArticle(original_id="3", headline="Good too"))

    report = import_paths([page_file("x")], outlet)

    assert (counts(report), Tag.objects.count()) == ((2, 0, 0, 1), 0)
    assert report.problems[0].place.endswith("page.txt: item 2")


def test_item_that_the_database_does_not_take_is_refused(outlet, reader, page_file):
    reader(*(ImportedArticle(original_id=name, headline="The same") for name in "12"))
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX one_of_a_headline ON archive_article (headline)")

    report = import_paths([page_file("x")], outlet)

    assert counts(report) == (1, 0, 0, 1)
    assert report.problems[0].problem.startswith("The database does not take it: ")


def test_failure_of_the_program_on_one_item_does_not_stop_the_run(outlet, reader, page_file, monkeypatch, caplog):
    def fail_on_b(batch, saving):
        if any(prepared.imported.headline == "b" for prepared in batch):
            raise ZeroDivisionError("by chance")
        return save_batch(batch, saving)

    save_batch = run.save_batch
    monkeypatch.setattr(run, "save_batch", fail_on_b)
    reader(*(ImportedArticle(original_id=name, headline=name) for name in "abcde"))

    report = import_paths([page_file("x")], outlet)

    assert counts(report) == (4, 0, 0, 1)
    assert report.problems[0].problem == "The program failed on it: ZeroDivisionError: by chance"
    assert "Traceback" in caplog.text


def test_failure_of_a_reader_is_told_and_what_it_gave_before_is_kept(outlet, reader, page_file, caplog):
    reader(ImportedArticle(original_id="1", headline="Good"), ZeroDivisionError("by chance"))
    report = import_paths([page_file("x")], outlet)
    assert (counts(report), "Traceback" in caplog.text) == ((1, 0, 0, 1), True)


def test_file_that_breaks_off_is_told(outlet, reader, page_file):
    reader(OSError(errno.EIO, "Input/output error"))
    assert import_paths([page_file("x")], outlet).problems[0].problem == "It can't be read: Input/output error."


def test_run_that_is_stopped_keeps_what_was_taken_and_says_so(outlet, reader, page_file):
    reader(ImportedArticle(original_id="1", headline="Good"), KeyboardInterrupt())

    with pytest.raises(KeyboardInterrupt):
        import_paths([page_file("x")], outlet)

    row = ImportRun.objects.get()
    assert (row.state, row.created, row.items.count(), Article.objects.count()) == ("stopped", 1, 1, 1)


def test_run_whose_watcher_asks_to_stop_ends_there(outlet, folder):
    def stop(report):
        raise StopImport

    report = import_paths([folder("a", "b"), folder("c")], outlet, progress=stop)

    assert (counts(report), ImportRun.objects.get().state) == ((1, 0, 0, 0), "stopped")


def test_database_that_fails_stops_the_run(outlet, folder, monkeypatch):
    def fail(*_arguments):
        raise OperationalError("disk full")

    monkeypatch.setattr(run, "save_batch", fail)

    with pytest.raises(OperationalError):
        import_paths([folder("a", "b")], outlet)

    assert (ImportRun.objects.get().state, ImportItem.objects.count()) == ("failed", 0)


def test_batch_that_is_stopped_half_way_leaves_nothing(outlet, reader, page_file, monkeypatch):
    reader(ImportedArticle(original_id="1", headline="Good", tags=(ImportedTerm("Tag"),)))

    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(run._Run, "record", stop)

    with pytest.raises(KeyboardInterrupt):
        import_paths([page_file("x")], outlet)

    assert (Article.objects.count(), Tag.objects.count()) == (0, 0)


def test_same_command_goes_on_after_a_stop(outlet, reader, page_file):
    first, second = (ImportedArticle(original_id=number, headline="Good") for number in "12")
    reader(first, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        import_paths([page_file("x")], outlet)

    reader(first, second)

    assert counts(import_paths([page_file("x")], outlet)) == (1, 0, 1, 0)


def test_trial_reports_the_same_and_keeps_nothing(outlet, folder, page_file):
    path = folder("a", "b")
    page_file(b"", "pages/c.txt")

    report = import_paths([path, path], outlet, dry_run=True)

    assert (counts(report), report.runs) == ((2, 0, 2, 2), [])
    assert (Article.objects.count(), ImportRun.objects.count()) == (0, 0)


def test_trial_learns_no_notice(outlet, network, sample):
    report = import_paths([sample("wire-story")], outlet, learn_notices=True, dry_run=True)

    assert [outcome.state for outcome in report.notices] == ["learned", "learned"]
    assert ClosureNotice.objects.count() == 0


def test_notices_of_all_pages_are_told_once(outlet, folder, sample):
    path = folder("a")
    (path / "b.txt").write_bytes(sample("wire-story").read_bytes())

    report = import_paths([path, sample("wire-story")], outlet)

    assert [(outcome.notice.placement, outcome.pages) for outcome in report.notices] == [("banner", 2), ("footer", 2)]


def test_notices_of_a_page_that_is_unchanged_are_learned_too(outlet, sample):
    import_paths([sample("wire-story")], outlet)
    import_paths([sample("wire-story")], outlet, learn_notices=True)
    assert ClosureNotice.objects.count() == 2


def test_progress_is_told_as_items_are_saved(outlet, folder):
    told = []
    import_paths([folder("a", "b")], outlet, progress=lambda report: told.append(report.taken))
    assert told == [1, 2]


def test_page_shows_the_notices_that_were_learned(outlet, sample):
    import_paths([sample("wire-story")], outlet, learn_notices=True)

    shown = ClosureNotice.objects.for_page(outlet, "fr", outlet.closed_on)

    assert [(notice.placement, notice.outlet.slug) for notice in shown] == [
        ("banner", "courrier-des-rives"),
        ("footer", "fleuve-medias"),
    ]


def test_what_is_refused_in_one_member_of_a_zip_file_is_saved_with_what_comes_next():
    refused = [Batch([Problem(f"{name}.csv", "It has no headline.", "Write one.")], 0) for name in "abc"]
    recognised = Recognised("csv", False, Path("all.zip"))
    events = [Opened("all.zip", 1), *(event for batch in refused for event in (recognised, batch))]
    together = [event.items for event in gathered(events) if isinstance(event, Batch) and event.items]
    assert together == [[batch.items[0] for batch in refused]]
