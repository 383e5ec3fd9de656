import json
import zipfile
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from PIL import Image as Drawing

from archive.importers import FORMATS
from archive.importers.base import ImportReport
from archive.management.commands.import_articles import Progress, in_words
from archive.models import Article, ImportRun

pytestmark = pytest.mark.django_db

SAMPLE = "wire-story"


def run(*arguments, **options):
    """What the command prints, and its exit status."""
    out = StringIO()
    try:
        call_command("import_articles", *map(str, arguments), stdout=out, **options)
    except SystemExit as stop:
        return out.getvalue(), stop.code
    return out.getvalue(), 0


def run_json(*arguments, **options):
    printed, status = run(*arguments, json=True, **options)
    return json.loads(printed), status


def test_all_taken_is_exit_status_0(outlet, sample):
    assert run(sample(SAMPLE), outlet=outlet.slug)[1] == 0
    assert Article.objects.get().outlet == outlet


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_full_disk_is_told_with_the_remedy(outlet, tmp_path):
    file = tmp_path / "much.csv"
    file.write_text("id,headline,body\n" + "".join(f"{each},A,{str(each) * 5000}\n" for each in range(100, 200)))
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        most = cursor.execute("PRAGMA max_page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages + 10}")
    try:
        with pytest.raises(CommandError, match=r"disk is full.*has room") as error:
            run(file, outlet=outlet.slug)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA max_page_count = {most}")
    assert error.value.returncode == 3


def test_full_disk_for_what_is_refused_is_told_with_the_remedy(outlet, tmp_path):
    file = tmp_path / "mixed.jsonl"
    file.write_text('{"id": "1", "headline": "A", "body": "<p>B</p>"}\n{"id": "2"}\n')
    with pytest.raises(CommandError, match=r"The disk refuses it: No space left on device.*has room"):
        run(file, outlet=outlet.slug, rejects="/dev/full")


def test_json_has_every_count(outlet, sample):
    report, _status = run_json(sample(SAMPLE), outlet=outlet.slug)

    notices = report.pop("notices")
    assert report == {
        "format": "page-text",
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "refused": 0,
        "duplicates": 0,
        "changed": {},
        "pictures": 0,
        "awaited": 0,
        "left_out": {},
        "broken_off": [],
        "run": ImportRun.objects.get().key,
        "problems": [],
    }
    assert [notice["state"] for notice in notices] == ["offered", "offered"]


def test_json_of_the_second_time(outlet, sample):
    run(sample(SAMPLE), outlet=outlet.slug)
    assert run_json(sample(SAMPLE), outlet=outlet.slug)[0]["unchanged"] == 1


def test_some_refused_is_exit_status_1(outlet, sample, page_file):
    report, status = run_json(sample(SAMPLE), page_file("Close\n"), outlet=outlet.slug)

    assert (status, report["created"], report["refused"]) == (1, 1, 1)
    assert set(report["problems"][0]) == {"place", "problem", "remedy"}


@pytest.mark.parametrize(
    ("content", "reason", "status"),
    [
        (b"", "The file is empty.", 2),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "It is of no known format: it is a PNG picture.", 2),
        (b"\x00\x01\x02\x03", "It is of no known format: it is binary data.", 2),
        ("Café\nCafé\nÉté.\n".encode("cp1252"), "The file is not in UTF-8: byte 0xe9 can't stand here. ", 1),
        (b"Close\n", "The page is furniture only: no headline and no text stand in it.", 1),
        (b"Titre\n", "The page has one line, “Titre”, and no text under it.", 1),
        (b"Titre\n" + b"x" * 2_000_000, "The file is over 2 MB, too large for the text of one page.", 1),
    ],
    ids=["empty", "picture", "binary", "wrong encoding", "furniture only", "one line", "gigantic"],
)
def test_bad_file_is_refused_with_the_reason(outlet, page_file, content, reason, status):
    report, got = run_json(page_file(content), outlet=outlet.slug)

    (problem,) = report["problems"]
    assert (got, report["refused"], Article.objects.count()) == (status, 1, 0)
    assert problem["problem"].startswith(reason)
    assert problem["place"]
    assert problem["remedy"]


def test_missing_path_is_exit_status_2(outlet, tmp_path):
    report, status = run_json(tmp_path / "none", outlet=outlet.slug)
    assert (status, report["format"], report["run"]) == (2, None, None)


@pytest.mark.parametrize(
    ("options", "place", "problem", "remedy"),
    [
        (
            {"outlet": "nowhere"},
            "--outlet",
            "There is no outlet “nowhere”.",
            "Pass --outlet with one of: courrier-des-rives, fleuve-medias.",
        ),
        ({}, "--outlet", "No outlet is named.", "Pass --outlet with one of: courrier-des-rives, fleuve-medias."),
        (
            {"outlet": "courrier-des-rives", "format": "klingon"},
            "--format",
            "There is no format “klingon”.",
            f"Pass --format with one of: {', '.join(sorted(FORMATS))}.",
        ),
        (
            {"outlet": "courrier-des-rives", "encoding": "klingon"},
            "--encoding",
            "There is no encoding “klingon”.",
            "Name one such as cp1252 or utf-16.",
        ),
    ],
    ids=["unknown outlet", "no outlet", "unknown format", "unknown encoding"],
)
class TestWrongOption:
    def test_is_told_with_the_remedy(self, outlet, sample, options, place, problem, remedy):
        with pytest.raises(CommandError) as caught:
            run(sample(SAMPLE), **options)
        assert (str(caught.value), caught.value.returncode) == (f"{problem} {remedy}", 2)

    def test_is_told_in_json(self, outlet, sample, options, place, problem, remedy):
        report, status = run_json(sample(SAMPLE), **options)
        assert status == 2
        assert report["problems"] == [{"place": place, "problem": problem, "remedy": remedy}]


def test_no_path_is_told(outlet):
    with pytest.raises(CommandError, match="No file is named"):
        run(outlet=outlet.slug)


def test_outlet_where_there_is_none_is_told(db, sample):
    with pytest.raises(CommandError, match="Add the outlet in the admin first"):
        run(sample(SAMPLE), outlet="nowhere")


def test_trial_says_that_nothing_was_saved(outlet, sample):
    printed, status = run(sample(SAMPLE), outlet=outlet.slug, dry_run=True)

    assert printed.startswith(
        "page-text: 1 created, 0 updated, 0 unchanged, 0 refused.\nThis was a trial: nothing was saved.\n"
    )
    assert (status, Article.objects.count()) == (0, 0)


def test_trial_in_json_has_no_run(outlet, sample):
    assert run_json(sample(SAMPLE), outlet=outlet.slug, dry_run=True)[0]["run"] is None


def test_summary_tells_the_run_and_the_notices(outlet, sample):
    printed, _status = run(sample(SAMPLE), outlet=outlet.slug)

    assert f"Import run: {ImportRun.objects.get().key}\n" in printed
    assert "Closure notice, offered (banner, fr, on 1 page):\n  Ce texte fait partie" in printed
    assert "  Pass --learn-notices to add it to Le Courrier des Rives, or write one in the admin.\n" in printed


def test_summary_tells_what_was_refused(outlet, page_file):
    path = page_file("Close\n")
    printed, _status = run(path, outlet=outlet.slug)
    assert f"{path}: The page is furniture only: no headline and no text stand in it. Fetch" in printed


def test_long_list_of_problems_is_cut_short(outlet, page_file):
    for number in range(22):
        path = page_file("Close\n", f"pages/{number:02}.txt")
    printed, _status = run(path.parent, outlet=outlet.slug)
    assert printed.endswith("… and 2 more: --json lists them, and so does the run in the admin.\n")


def test_notices_are_learned_when_asked(outlet, network, sample):
    run(sample(SAMPLE), outlet=outlet.slug, learn_notices=True)
    assert (outlet.notices.get().placement, network.notices.get().placement) == ("banner", "footer")


def test_encoding_can_be_named(outlet, page_file):
    path = page_file("Café\nCafé\nÉté.\n".encode("cp1252"))
    assert run(path, outlet=outlet.slug, encoding="cp1252")[1] == 0


def test_progress_counts_along_on_one_line():
    stream, report = StringIO(), ImportReport(created=1200, refused=3)
    progress = Progress(stream)

    progress(report)
    progress(report)
    progress.clear()

    assert stream.getvalue() == "\r1,200 taken, 3 refused\033[K\r\033[K"


def test_progress_tells_rate_and_time_left():
    report = ImportReport(created=1200, refused=300, position=250, size=1000)
    progress = Progress(StringIO())
    progress.file = (1000, progress.began_at)

    told = list(progress.told(report, progress.began_at + 60))

    assert told == ["1,200 taken, 300 refused", "25 a second", "25 % of the file, 3 min left"]


@pytest.mark.parametrize(("seconds", "words"), [(12.3, "12 s"), (600, "10 min"), (7200, "2.0 h")])
def test_time_in_words(seconds, words):
    assert in_words(seconds) == words


def test_time_left_is_told_from_when_the_file_was_begun():
    progress = Progress(StringIO())
    progress.began_at = progress.called_at = progress.began_at - 30
    progress(ImportReport(created=100, position=250, size=1000))
    assert "25 % of the file, 2 min left" in progress.stream.getvalue()


@pytest.mark.parametrize(
    ("is_trial", "told"), [(False, "What was taken in stays: the same command goes on"), (True, "nothing was saved")]
)
def test_who_stops_it_is_told_what_there_is(outlet, reader, page_file, is_trial, told):
    reader(KeyboardInterrupt())
    with pytest.raises(CommandError, match=f"Stopped. .*{told}") as stop:
        run(page_file("x"), outlet=outlet.slug, dry_run=is_trial)
    assert stop.value.returncode == 130


def test_newer_export_tells_what_it_changed(outlet, page_file):
    table = "id,titre,texte\n1,{0},Un.\n2,{0},{0}.\n"
    run(page_file(table.format("Deux"), "table.csv"), outlet=outlet.slug)
    newer = page_file(table.format("Second"), "table.csv")
    assert run_json(newer, outlet=outlet.slug, dry_run=True)[0]["changed"] == {"body": 1, "headline": 2}
    assert "Changed by the updates: body (1), headline (2)." in run(newer, outlet=outlet.slug)[0]


def test_columns_that_fill_no_field_are_told(outlet, page_file):
    table = page_file("Titre,Corps du texte,Jour\nCrue,Texte.,2014\n", "table.csv")
    printed = run(table, outlet=outlet.slug)[0]
    assert f"These columns of {table} were not taken: “Corps du texte”, “Jour”." in printed


def test_columns_are_mapped(outlet, page_file):
    table = page_file("Manchette du jour,Corps du texte,No\nCrue,Texte.,7\n", "table.csv")
    options = {"map": ["headline=Manchette du jour", "body=Corps du texte", "original_id=No"]}
    assert run(table, outlet=outlet.slug, format="csv", **options)[1] == 0
    assert (Article.objects.get().headline, Article.objects.get().original_id) == ("Crue", "7")


def test_trial_shows_how_columns_are_taken(outlet, page_file):
    table = page_file("Manchette du jour,Texte,Humeur\nCrue,Texte.,gaie\n", "table.csv")
    options = {"map": ["headline=Manchette du jour"], "format": "csv", "dry_run": True}
    printed, _status = run(table, outlet=outlet.slug, **options)
    assert printed.endswith(
        f"The columns of {table}:\n  Manchette du jour → headline (“Crue”)\n  Texte → body (“Texte.”)\n"
        "  Humeur → not taken (“gaie”)\n"
    )


def test_field_that_is_none_is_told(outlet, sample):
    with pytest.raises(CommandError, match="“titre=Titre” fills no field"):
        run(sample(SAMPLE), outlet=outlet.slug, map=["titre=Titre"])


def test_language_that_is_none_is_told(outlet, sample):
    with pytest.raises(CommandError, match="“de” is none of the archive's languages"):
        run(sample(SAMPLE), outlet=outlet.slug, language="de")


def test_media_that_is_not_there_is_told_before_anything_is_read(outlet, sample, tmp_path):
    with pytest.raises(CommandError, match="There is no such file or folder"):
        run(sample(SAMPLE), outlet=outlet.slug, media=str(tmp_path / "none"))
    assert Article.objects.count() == 0


class TestRejects:
    def test_what_is_refused_is_written_with_what_helps(self, outlet, page_file, tmp_path):
        path = page_file('{"format":"newsroom-archive-1","type":"article","original_id":"1"}\n', "a.jsonl")
        run(path, outlet=outlet.slug, rejects=str(tmp_path / "rejects"))

        [line] = (tmp_path / "rejects").read_text().splitlines()
        rejected = json.loads(line)
        assert (rejected["format"], rejected["problem"]) == ("jsonl", "It has no headline.")
        assert rejected["place"].endswith("a.jsonl: line 1")

    def test_nothing_refused_is_a_file_of_no_lines(self, outlet, sample, tmp_path):
        run(sample(SAMPLE), outlet=outlet.slug, rejects=str(tmp_path / "rejects"))
        assert (tmp_path / "rejects").read_text() == ""

    def test_file_that_can_not_be_written_is_told_before_anything_is_read(self, outlet, sample, tmp_path):
        with pytest.raises(CommandError, match="can't be written: No such file or directory"):
            run(sample(SAMPLE), outlet=outlet.slug, rejects=str(tmp_path / "none" / "rejects"))
        assert Article.objects.count() == 0


class TestMedia:
    PAGE = (
        '<!DOCTYPE html><html lang="fr"><head><title>Crue</title><meta property="og:type" content="article">'
        "</head><body><article><h1>Crue</h1><p>La ville a fermé ses deux ponts par précaution, mardi soir.</p>"
        '<figure><img src="http://rives.example/files/2014/pont.png" alt="Un pont">'
        "<figcaption>Le pont fermé.</figcaption></figure></article></body></html>"
    )

    @pytest.fixture
    def picture(self):
        content = BytesIO()
        Drawing.new("RGB", (40, 30), "navy").save(content, "PNG")
        return content.getvalue()

    @pytest.fixture(params=["folder", "zip"])
    def media(self, request, tmp_path, picture):
        path = tmp_path / "rescued"
        if request.param == "zip":
            with zipfile.ZipFile(path, "w") as packed:
                packed.writestr("files/2014/pont.png", picture)
        else:
            (path / "files" / "2014").mkdir(parents=True)
            (path / "files" / "2014" / "pont.png").write_bytes(picture)
        return path

    def test_pictures_are_found_there_by_their_addresses(self, outlet, page_file, media, media_root):
        report, status = run_json(page_file(self.PAGE, "crue.html"), outlet=outlet.slug, media=str(media))
        image = Article.objects.get().images.get()
        assert (status, report["pictures"]) == (0, 1)
        assert (image.is_shown, image.width, image.height) == (True, 40, 30)
        assert (image.alt, image.caption) == ("Un pont", "Le pont fermé.")
        assert len(list(media_root.rglob("*.png"))) == 1


def test_nothing_of_its_progress_is_told_in_a_pipe(outlet, sample, capfd):
    run(sample(SAMPLE), outlet=outlet.slug)
    assert capfd.readouterr().err == ""
