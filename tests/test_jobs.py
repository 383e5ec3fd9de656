import errno
import json
import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import OperationalError, connections
from django.utils import timezone

from archive import jobs, uploads
from archive.models import Article, ImportJob, ImportRun
from tests.factories import make_outlet

pytestmark = pytest.mark.django_db(transaction=True)

State = ImportJob.State
SAMPLES = Path(__file__).parent / "samples"
PAGES = SAMPLES / "page-text"
NOBODY = "elsewhere:1:0000"


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def outlet():
    return make_outlet(slug="courrier-des-rives", name="Le Courrier des Rives")


@pytest.fixture
def upload(outlet):
    """Puts a file where an upload leaves it, and queues its job."""

    def upload(content=None, **fields):
        content = (PAGES / "wire-story.txt").read_bytes() if content is None else content
        file = uploads.new_file()
        file.write(content)
        defaults = {"outlet": outlet, "file_name": "page.txt", "stored_as": uploads.keep(file), "size": len(content)}
        return jobs.add(**(defaults | fields))

    return upload


@pytest.fixture
def work():
    """Lets a worker do all that there is to do."""
    return lambda: jobs.Worker().run(once=True)


@pytest.fixture
def tried(upload, work):
    def tried(*arguments, **fields):
        job = upload(*arguments, **fields)
        work()
        job.refresh_from_db()
        return job

    return tried


@pytest.fixture
def done(tried, work):
    def done(*arguments, **fields):
        job = tried(*arguments, **fields)
        assert jobs.confirm(job)
        work()
        job.refresh_from_db()
        return job

    return done


def state_of(job):
    return ImportJob.objects.get(pk=job.pk).state


# The trial


def test_upload_waits_for_its_trial(upload):
    assert upload().state == State.TRIAL_WAITING


def test_trial_counts_and_waits_for_confirmation(tried):
    job = tried()
    assert (job.state, job.created, job.trial["formats"]) == (State.TRIED, 1, ["page-text"])


def test_trial_changes_nothing(tried):
    tried()
    assert (Article.objects.count(), ImportRun.objects.count()) == (0, 0)


def test_trial_keeps_the_first_items_as_they_would_look(tried):
    [item] = tried().trial["items"]
    assert (item["outcome"], item["precision"], item["problems"]) == ("created", "unknown", [])
    assert item["headline"] and item["text"]


@pytest.mark.parametrize(
    "sample",
    [
        *("wxr/courrier.xml", "movable-type/herald.txt", "blogger/carnet.xml", "ghost/courrier.json"),
        *("ans/courrier.json", "ninjs/items-3.json", "newsml-g2/message.xml", "newsml-1/items.xml", "nitf/later.xml"),
        *("iptc7901/feed.txt", "feed/rss20.xml", "html/news-story.html", "warc/courrier-des-rives.warc.gz"),
        *("wacz/courrier-des-rives.wacz", "csv/courrier.csv", "xlsx/courrier.xlsx", "jsonl/courrier.jsonl"),
    ],
)
def test_file_of_any_format_is_tried_and_imported(tried, work, sample):
    job = tried((SAMPLES / sample).read_bytes(), file_name=sample.rpartition("/")[2])
    assert (job.state, job.trial["formats"]) == (State.TRIED, [sample.partition("/")[0]])
    assert job.trial["items"]
    would_make = job.created

    assert jobs.confirm(job)
    work()
    job.refresh_from_db()
    assert (job.state, job.created) == (State.DONE, would_make)


def test_trial_of_many_items_keeps_fifty_and_counts_all(tried):
    job = tried(("titre;texte\n" + "".join(f"Titre {number};Texte.\n" for number in range(60))).encode())
    assert (len(job.trial["items"]), job.created) == (50, 60)


def test_text_of_an_item_is_told_without_its_tags():
    from archive.trials import first_lines

    assert first_lines("<p>One &amp; <b>two</b>.</p><p>Three</p>") == "One & two. Three"


def test_trial_tells_how_the_columns_of_a_table_are_taken(tried):
    job = tried("Titre;Corps du texte;Signé\nCrue;Un texte.;\n".encode(), columns={"body": "Corps du texte"})
    assert job.trial["columns"] == [
        ["Titre", "headline", ["Crue"]],
        ["Corps du texte", "body", ["Un texte."]],
        ["Signé", "", [""]],
    ]


def test_trial_tells_each_problem_with_place_and_remedy(tried):
    [[place, problem, remedy]] = tried(b"Close\n").trial["problems"]
    assert (place, bool(problem), bool(remedy)) == ("page.txt", True, True)


def test_places_name_the_file_as_staff_know_it(tried):
    assert str(django_settings.DATA_DIR) not in str(tried(b"Close\n").trial)


def test_file_of_no_known_format_fails_its_trial(tried):
    job = tried(b"\x89PNG\r\n\x1a\n" * 20)
    assert (job.state, job.problem) == (State.FAILED, "Nothing could be read.")


def test_format_whose_reader_is_missing_is_told_with_the_remedy(tried):
    job = tried(format="papyrus")
    assert (job.state, "papyrus" in job.problem, bool(job.remedy)) == (State.FAILED, True, True)


def test_zip_bomb_is_refused(tried, tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("zeros.txt", bytes(50_000_000))
    job = tried((tmp_path / "bomb.zip").read_bytes(), file_name="bomb.zip")
    assert (job.state, "zip bomb" in job.trial["problems"][0][1]) == (State.FAILED, True)


def test_file_that_is_gone_fails_its_trial_with_the_remedy(upload, work):
    job = upload()
    uploads.remove(job.stored_as)
    work()
    job.refresh_from_db()
    assert (job.state, job.remedy) == (State.FAILED, "Upload it again.")


def test_trial_may_be_had_again_in_another_way(tried, work):
    job = tried(format="papyrus")
    assert jobs.go_on(job, format="page-text")
    work()
    assert state_of(job) == State.TRIED


def test_long_trial_lets_others_write_between(upload, work, monkeypatch):
    monkeypatch.setattr("archive.importers.saving.trial.LONGEST", 0)
    job = upload()
    work()
    job.refresh_from_db()
    assert (job.state, job.created, ImportRun.objects.count()) == (State.TRIED, 1, 0)


# The import


def test_confirmed_job_is_imported(done):
    job = done()
    assert (job.state, job.created, Article.objects.count()) == (State.DONE, 1, 1)


def test_run_is_tied_to_its_job_under_the_name_that_staff_know(done):
    assert done().runs.get().file_name == "page.txt"


def test_file_is_not_kept_when_all_is_done(done):
    job = done()
    assert (job.stored_as, list(uploads.folder().iterdir())) == ("", [])


def rejected_of(job):
    return [json.loads(line) for line in uploads.rejects_of(job).read_text().splitlines()]


LINE = '{{"format": "newsroom-archive-1", "type": "article", "original_id": "{}", "headline": "{}"}}\n'
BROKEN = LINE.format(1, "Ferry stays") + LINE.format(2, "") + LINE.format(3, "Library opens")


def test_what_was_refused_is_kept_when_all_is_done(done):
    (told,) = rejected_of(done(BROKEN.encode(), file_name="own.jsonl"))
    assert (told["place"], "headline" in told["problem"], told["raw"]) == (
        *("own.jsonl: line 2", True, LINE.format(2, "").strip()),
    )


def test_what_was_refused_is_taken_when_it_is_mended_and_uploaded(done):
    mended = uploads.rejects_of(done(BROKEN.encode(), file_name="own.jsonl")).read_text()
    done(mended.replace('\\"headline\\": \\"\\"', '\\"headline\\": \\"Bakery closes\\"').encode())
    assert set(Article.objects.values_list("headline", flat=True)) == {"Ferry stays", "Bakery closes", "Library opens"}


def test_trial_keeps_what_it_would_refuse(tried):
    assert len(rejected_of(tried(BROKEN.encode()))) == 1


def test_import_keeps_each_of_what_it_refused_once(tried, work):
    job = tried(BROKEN.encode())
    jobs.confirm(job)
    work()
    assert len(rejected_of(job)) == 1


def test_discarding_takes_what_was_refused_away(tried):
    assert jobs.discard(tried(BROKEN.encode()))
    assert list(uploads.folder().iterdir()) == []


def test_confirming_twice_imports_once(tried, work):
    job = tried()
    assert [jobs.confirm(job), jobs.confirm(job)] == [True, False]
    work()
    assert ImportRun.objects.count() == 1


def test_confirming_what_is_gone_is_refused(tried):
    job = tried()
    uploads.remove(job.stored_as)
    with pytest.raises(FileNotFoundError):
        jobs.confirm(job)
    assert state_of(job) == State.TRIED


def test_disk_that_is_full_fails_the_job_with_the_reason(tried, work, monkeypatch):
    job = tried()
    jobs.confirm(job)

    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(jobs, "import_paths", full)
    work()
    job.refresh_from_db()
    assert (job.state, "No space left" in job.problem) == (State.FAILED, True)


def test_failed_import_goes_on_from_its_file(tried, work, monkeypatch):
    job = tried()
    jobs.confirm(job)
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "import_paths", lambda *a, **o: (_ for _ in ()).throw(OperationalError("full")))
        work()
    job.refresh_from_db()
    assert jobs.go_on(job)
    work()
    assert (state_of(job), Article.objects.count()) == (State.DONE, 1)


# Stopping


def test_job_in_the_queue_is_stopped_at_once(upload, work):
    job = upload()
    assert jobs.stop(job)
    work()
    assert state_of(job) == State.STOPPED


def many_pages(number):
    """A zip file with so many stories."""
    import io
    import zipfile

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for each in range(number):
            packed.writestr(f"{each}.txt", f"Titre {each}\n\nTitre {each}\n\nTexte de {each}.\n\nab/cd\n")
    return content.getvalue()


@pytest.fixture
def at_progress(monkeypatch):
    """Does something once, when the import has saved its first items."""

    def at_progress(action):
        original = jobs._Work.progress

        def progress(self, report):
            if not hasattr(self, "was_here"):
                self.was_here = True
                action(self)
                self.signs.give_one()
            original(self, report)

        monkeypatch.setattr(jobs._Work, "progress", progress)

    return at_progress


def test_job_at_work_is_stopped_between_two_items(tried, work, at_progress):
    job = tried(many_pages(5))
    jobs.confirm(job)
    at_progress(lambda work: jobs.stop(ImportJob.objects.get(pk=work.job.pk)))
    work()
    assert state_of(job) == State.STOPPED
    assert 0 < Article.objects.count() < 5


def test_stopped_job_goes_on_to_its_end(tried, work, at_progress):
    job = tried(many_pages(5))
    jobs.confirm(job)
    stopped = []
    at_progress(lambda work: stopped or stopped.append(jobs.stop(ImportJob.objects.get(pk=work.job.pk))))
    work()
    job.refresh_from_db()
    assert jobs.go_on(job)
    work()
    assert (state_of(job), Article.objects.count(), job.runs.count()) == (State.DONE, 5, 2)


def test_job_that_is_deleted_while_it_runs_ends_its_work(tried, work, at_progress):
    job = tried(many_pages(5))
    jobs.confirm(job)
    at_progress(lambda work: ImportJob.objects.filter(pk=work.job.pk).delete())
    work()
    assert not ImportJob.objects.exists()
    assert Article.objects.count() < 5


def test_worker_that_is_told_to_end_puts_its_job_back(tried, at_progress):
    job = tried(many_pages(5))
    jobs.confirm(job)
    at_progress(lambda work: work.worker.end())
    jobs.Worker().run()
    job.refresh_from_db()
    assert (job.state, job.worker) == (State.WAITING, "")


# Who does it


def make_dead(job, state=State.RUNNING, worker=NOBODY, silent=120):
    ImportJob.objects.filter(pk=job.pk).update(
        state=state, worker=worker, heartbeat_at=timezone.now() - timedelta(seconds=silent)
    )


def test_job_of_a_worker_that_is_silent_is_taken_up(tried, work):
    job = tried()
    jobs.confirm(job)
    make_dead(job)
    work()
    assert (state_of(job), Article.objects.count()) == (State.DONE, 1)


def test_job_of_a_worker_that_lives_is_left_to_it(tried, work):
    job = tried()
    make_dead(job, silent=5)
    work()
    assert state_of(job) == State.RUNNING


def test_job_of_a_process_that_is_gone_is_taken_up_at_once(tried, work):
    job = tried()
    jobs.confirm(job)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    host = jobs.Worker().name.rsplit(":", 2)[0]
    make_dead(job, worker=f"{host}:{ended.pid}:0000", silent=1)
    work()
    assert state_of(job) == State.DONE


def test_job_that_kills_its_workers_is_given_up_with_the_remedy(tried, work):
    job = tried()
    ImportJob.objects.filter(pk=job.pk).update(deaths=jobs.MOST_DEATHS - 1)
    make_dead(job)
    work()
    job.refresh_from_db()
    assert (job.state, "died of it" in job.problem, bool(job.remedy)) == (State.FAILED, True, True)


def test_of_two_workers_one_gets_the_job(upload):
    upload()
    got = []
    ready = threading.Barrier(2)

    def claim(name):
        try:
            ready.wait(timeout=30)
            got.append(jobs.claim(name))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=claim, args=(f"here:{number}:0",)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(job is None for job in got) == [False, True]


def test_first_in_the_queue_is_first_done(upload):
    first, second = upload(), upload()
    ImportJob.objects.filter(pk=first.pk).update(queued_at=timezone.now() + timedelta(seconds=1))
    assert jobs.claim("here:1:0") == second


def test_run_of_a_worker_that_died_is_found_by_who_goes_on(tried, work):
    job = tried()
    jobs.confirm(job)
    lost = ImportRun.objects.create(outlet=job.outlet, format="page-text", file_name="page.txt", state="broken-off")
    make_dead(job)
    work()
    assert lost in job.runs.all()


def test_job_that_nobody_takes_up_is_told(upload):
    job = upload(queued_at=timezone.now() - timedelta(minutes=2))
    assert jobs.worker_seems_absent(job)


# Undoing


def test_import_is_undone(done, work):
    job = done()
    assert jobs.undo(job)
    work()
    assert (state_of(job), Article.objects.count()) == (State.UNDONE, 0)
    assert job.runs.get().state == ImportRun.State.UNDONE


def test_what_stayed_for_a_later_import_goes_when_that_is_undone(done, work):
    table = "id;titre;texte\n1;Crue;{}\n"
    first, second = done(table.format("Un.").encode()), done(table.format("Deux.").encode())
    kept = []
    for job in (first, second, first):
        job.refresh_from_db()
        assert jobs.undo(job)
        work()
        job.refresh_from_db()
        kept.append(len(job.trial["kept"]))
    assert (kept, Article.objects.count()) == ([1, 0, 0], 0)


def test_run_of_the_command_is_undone_by_a_job_of_its_own(outlet, work):
    from archive.importers.saving import import_paths

    import_paths([PAGES / "wire-story.txt"], outlet)
    job = jobs.undo_a_run(ImportRun.objects.get())
    work()
    assert (state_of(job), Article.objects.count()) == (State.UNDONE, 0)


def test_what_was_not_done_is_not_undone(tried):
    assert not jobs.undo(tried())


def test_discarding_takes_the_file_away(tried):
    assert jobs.discard(tried())
    assert list(uploads.folder().iterdir()) == []


def test_job_at_work_is_not_discarded(upload):
    job = upload()
    jobs.claim("here:1:0")
    assert not jobs.discard(job)


# The folder


def test_folder_of_uploads_is_for_this_user_alone():
    assert uploads.folder().stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["", "../secret-key", "/etc/passwd", "0" * 31, "0" * 32 + "/x"])
def test_name_that_is_not_ours_finds_no_file(name):
    with pytest.raises(FileNotFoundError):
        uploads.path_of(name)


def test_upload_that_broke_off_long_ago_is_swept_away():
    old = uploads.new_file()
    old.close()
    os.utime(old.name, (0, 0))
    uploads.discard(uploads.new_file())
    assert list(uploads.folder().iterdir()) == []


# The command


def test_command_does_what_there_is_and_ends(upload):
    job = upload()
    call_command("run_jobs", "--once")
    assert state_of(job) == State.TRIED


def test_job_whose_worker_gives_no_sign_of_life_is_told(tried):
    job = tried()
    make_dead(job)
    job.refresh_from_db()
    assert jobs.worker_seems_absent(job)


def test_stop_that_was_asked_for_before_a_worker_died_is_heard_by_the_next(tried, work):
    job = tried(many_pages(5))
    jobs.confirm(job)
    make_dead(job)
    assert jobs.stop(job)
    work()
    assert (state_of(job), Article.objects.count() < 5) == (State.STOPPED, True)


def test_empty_zip_file_tells_what_is_wrong_with_it(tried):
    assert tried(b"PK\x05\x06" + bytes(18)).trial["problems"][0][1] == "The zip file holds no file."


def test_problem_of_a_crawl_names_the_file_as_staff_know_it(tried):
    job = tried(b"headline\nCrue\n", format="wacz", file_name="crawl.wacz")
    assert {place.partition(":")[0] for place, *_rest in job.trial["problems"]} == {"crawl.wacz"}
