import re
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from archive import jobs, uploads
from archive.admin import receiving
from archive.admin.job import trial_of
from archive.importers.saving import import_paths
from archive.models import Article, ImportItem, ImportJob, ImportRun
from tests.factories import make_article, make_outlet
from tests.test_jobs import PAGES

from .forms import filled_in
from .people import browser_of, make_archivist

pytestmark = pytest.mark.django_db

ADD = "/admin/archive/importjob/add/"
State = ImportJob.State


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def outlet(db):
    return make_outlet(slug="courrier-des-rives", name="Le Courrier des Rives")


@pytest.fixture
def send(staff, outlet):
    """Uploads a file as a browser does; the answer."""

    def send(content=b"Some text", name="page.txt", client=staff, **fields):
        file = SimpleUploadedFile("page.txt", content)
        file._name = name
        return client.post(ADD, {"file": file, "outlet": outlet.pk, **fields}, follow=True)

    return send


@pytest.fixture
def job(outlet):
    """Makes a job with its file, in a state."""

    def job(**fields):
        file = uploads.new_file()
        file.write((PAGES / "wire-story.txt").read_bytes())
        defaults = {"outlet": outlet, "file_name": "page.txt", "stored_as": uploads.keep(file), "size": 900}
        return jobs.add(**(defaults | fields))

    return job


@pytest.fixture
def tried(job):
    look = {
        "outcome": "created",
        "headline": "<b>Crue</b>",
        "language": "fr",
        "published_on": "2014-01-22",
        "precision": "minute",
        "moment": "2014-01-22T17:47:00-05:00",
        "zone": "America/Toronto",
        "bylines": ["Odile Ferland"],
        "source": "AFP",
        "section": "Monde",
        "text": "La ville a fermé.",
        "held_back": True,
        "problems": [["The date is odd.", "Look at it."]],
    }

    def tried(**fields):
        trial = {"formats": ["page-text"], "items": [look], "problems": [], "problems_left_out": 0}
        return job(**({"state": State.TRIED, "created": 1, "trial": trial} | fields))

    return tried


def page_of(job):
    return reverse("admin:archive_importjob_change", args=[job.pk])


def press(client, job, verb, **data):
    data = {"trial": trial_of(job)} | data
    return client.post(reverse(f"admin:archive_importjob_{verb}", args=[job.pk]), data, follow=True)


def told(response):
    return " ".join(str(message) for message in response.context["messages"])


def text_of(response):
    return response.content.decode()


# Uploading


def test_uploaded_file_waits_for_its_trial(send, outlet):
    response = send(b"Some text")
    job = ImportJob.objects.get()
    assert response.redirect_chain == [(page_of(job), 302)]
    assert (job.state, job.outlet, job.file_name, job.size) == (State.TRIAL_WAITING, outlet, "page.txt", 9)


def test_uploaded_file_is_kept_under_a_name_of_ours(send):
    send(b"Some text")
    [path] = uploads.folder().iterdir()
    assert re.fullmatch("[0-9a-f]{32}", path.name)
    assert path.read_bytes() == b"Some text"


def test_who_uploaded_it_is_kept(send, staff):
    send()
    assert ImportJob.objects.get().created_by == staff.user


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\export.xml", "export.xml"),
        ("été.xml", "été.xml"),
        ("a" * 400 + ".xml", None),
    ],
)
def test_name_of_a_file_leads_nowhere(send, name, shown):
    send(name=name)
    kept = ImportJob.objects.get().file_name
    assert "/" not in kept and "\\" not in kept and len(kept) <= 300
    assert shown is None or kept == shown


def test_empty_file_is_refused(send):
    assert "The file is empty" in text_of(send(b""))
    assert not ImportJob.objects.exists()


def test_no_file_is_refused(staff, outlet):
    staff.post(ADD, {"outlet": outlet.pk})
    assert not ImportJob.objects.exists()


def test_file_over_the_limit_is_refused_and_not_kept(send, settings):
    settings.UPLOAD_LIMIT = 1000
    assert "larger than 1000" in text_of(send(b"x" * 1001)).replace("\xa0", " ")
    assert list(uploads.folder().iterdir()) == []


def test_file_that_tells_its_size_beforehand_is_not_written_at_all(send, settings, monkeypatch):
    settings.UPLOAD_LIMIT = 1000
    monkeypatch.setattr(receiving.uploads, "new_file", lambda: pytest.fail("it was written"))
    assert "larger than" in text_of(send(b"x" * 200_000))


def test_file_for_which_there_is_no_room_is_refused(send, monkeypatch):
    monkeypatch.setattr(receiving.uploads, "has_room_for", lambda size: False)
    assert "There is no room for it" in text_of(send())


def test_disk_that_runs_full_is_told(send, monkeypatch):
    class Full:
        name = "/nowhere"

        def write(self, data):
            raise OSError(28, "No space left on device")

        def close(self):
            pass

    monkeypatch.setattr(receiving.uploads, "new_file", Full)
    assert "There is no room for it" in text_of(send())
    assert not ImportJob.objects.exists()


def test_upload_that_is_refused_leaves_no_file(send):
    send(encoding="klingon")
    assert list(uploads.folder().iterdir()) == []


def test_options_are_kept(send):
    send(encoding="cp1252", columns="headline = Titre\n\nbody=Texte", learn_notices="on", format="page-text")
    job = ImportJob.objects.get()
    assert (job.encoding, job.columns, job.learn_notices, job.format) == (
        "cp1252",
        {"headline": "Titre", "body": "Texte"},
        True,
        "page-text",
    )


def test_encoding_that_does_not_exist_is_refused(send):
    assert "There is no encoding “klingon”" in text_of(send(encoding="klingon"))


def test_mapping_that_names_no_column_is_refused(send):
    assert "“headline” names no column" in text_of(send(columns="headline"))


def test_outlet_that_does_not_exist_is_refused(send):
    send(outlet="404")
    assert not ImportJob.objects.exists()


def test_who_may_only_look_can_not_upload(send, outlet):
    reader = browser_of(make_archivist("reader", "view_importjob"))
    assert reader.get(ADD).status_code == 403
    assert send(client=reader).status_code == 403
    assert not uploads.folder().exists() or list(uploads.folder().iterdir()) == []


def test_upload_without_the_forms_token_is_refused(staff, outlet):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(staff.user)
    response = strict.post(ADD, {"file": SimpleUploadedFile("a.txt", b"x"), "outlet": outlet.pk})
    assert response.status_code == 403
    assert not ImportJob.objects.exists()


# What would happen


def test_first_items_are_shown_as_they_would_look(staff, tried):
    page = text_of(staff.get(page_of(tried()))).replace("\xa0", " ")
    for words in ("January 22, 2014, 5:47 p.m. EST", "Odile Ferland", "AFP", "Monde", "La ville a fermé.", "held back"):
        assert words in page


def test_markup_in_an_item_is_shown_not_followed(staff, tried):
    assert "&lt;b&gt;Crue&lt;/b&gt;" in text_of(staff.get(page_of(tried())))


def test_page_speaks_french(tried):
    page = browser_of(make_archivist("odile"), "fr").get(page_of(tried()))
    assert "22 janvier 2014 à 17 h 47 HNE" in text_of(page).replace("\xa0", " ")


def test_columns_of_a_table_are_shown_with_what_they_fill(staff, tried):
    columns = [["Titre", "headline", ["<b>Crue"]], ["Corps", "", []]]
    page = text_of(staff.get(page_of(tried(trial={"items": [], "problems": [], "columns": columns}))))
    assert "<code>headline</code></td><td>&lt;b&gt;Crue</td>" in page
    assert '<th scope="row">Corps</th><td><strong>not taken</strong>' in page


def test_problems_are_shown_by_pages(staff, tried):
    problems = [[f"item {number}", "No date.", "Give one."] for number in range(150)]
    job = tried(trial={"items": [], "problems": problems, "problems_left_out": 7})
    first, second = text_of(staff.get(page_of(job))), text_of(staff.get(page_of(job) + "?p=2"))
    assert ("157 problems" in first, "item 99<" in first, "item 100<" in first) == (True, True, False)
    assert "item 149<" in second


def test_what_is_all_refused_is_not_offered_for_confirmation(staff, tried):
    page = text_of(staff.get(page_of(tried(created=0, refused=3))))
    assert ("No article would change" in page, "Confirm import" in page) == (True, False)


def test_who_may_only_look_is_offered_no_button(tried):
    reader = browser_of(make_archivist("reader", "view_importjob"))
    page = text_of(reader.get(page_of(tried())))
    assert "Confirm import" not in page and "Discard" not in page


@pytest.mark.parametrize("verb", ["confirm", "stop", "discard", "go-on", "try-again"])
def test_who_may_only_look_can_not_press_one(tried, verb):
    reader = browser_of(make_archivist("reader", "view_importjob"))
    job = tried()
    assert press(reader, job, verb).status_code == 403
    assert ImportJob.objects.get().state == State.TRIED


def test_button_is_no_link_and_leads_back_to_the_job(staff, tried):
    job = tried()
    response = staff.get(reverse("admin:archive_importjob_confirm", args=[job.pk]))
    assert (response["Location"], ImportJob.objects.get().state) == (page_of(job), State.TRIED)


# Buttons


def test_confirming_puts_it_into_the_queue(staff, tried):
    job = tried()
    press(staff, job, "confirm")
    job.refresh_from_db()
    assert (job.state, job.confirmed_by) == (State.WAITING, staff.user)


def test_confirming_again_does_nothing_more(staff, tried):
    job = tried()
    press(staff, job, "confirm")
    ImportJob.objects.update(state=State.DONE)
    response = press(staff, job, "confirm")
    assert (ImportJob.objects.get().state, told(response)) == (State.DONE, "")


def test_confirming_what_is_done_does_not_ask_for_the_file_again(staff, tried):
    job = tried()
    uploads.remove(job.stored_as)
    ImportJob.objects.update(state=State.DONE, confirmed_at="2026-01-01T00:00Z", stored_as="")
    assert told(press(staff, job, "confirm")) == ""


def test_trial_that_nobody_has_seen_is_not_confirmed(staff, tried):
    seen = tried(finished_at=datetime(2026, 1, 1, tzinfo=UTC))
    ImportJob.objects.update(finished_at=datetime(2026, 1, 2, tzinfo=UTC))
    assert "moved on since" in told(press(staff, seen, "confirm"))
    assert ImportJob.objects.get().state == State.TRIED


def test_page_of_a_trial_lets_what_it_shows_be_confirmed(staff, tried):
    job = tried(finished_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert f'name="trial" value="{trial_of(job)}"' in text_of(staff.get(page_of(job)))


def test_one_is_counted_in_the_singular(tried):
    page = text_of(browser_of(make_archivist("odile"), "fr").get(page_of(tried(refused=1))))
    assert "<strong>1</strong> refusé</li>" in page


def test_confirming_when_the_file_is_gone_says_so(staff, tried):
    job = tried()
    uploads.remove(job.stored_as)
    assert "The file is no longer here" in told(press(staff, job, "confirm"))
    assert ImportJob.objects.get().state == State.TRIED


def test_discarding_takes_it_away(staff, tried):
    press(staff, tried(), "discard")
    assert not ImportJob.objects.exists()
    assert list(uploads.folder().iterdir()) == []


def test_button_of_a_job_that_has_moved_on_says_so(staff, tried):
    job = tried()
    jobs.confirm(job)
    assert "it has moved on" in told(press(staff, job, "discard")).replace("the import has", "it has")


def test_button_of_a_job_that_is_gone_is_not_found(staff, tried):
    job = tried()
    jobs.discard(job)
    assert press(staff, job, "confirm").status_code == 404


@pytest.fixture
def refusing(tried):
    """A tried job with something that it refused."""
    job = tried(file_name="données 2014.xml")
    uploads.rejects_of(job).write_text("{}\n")
    return job


def rejects_page(job):
    return reverse("admin:archive_importjob_rejects", args=[job.pk])


def test_what_was_refused_can_be_had_as_a_file(staff, refusing):
    response = staff.get(rejects_page(refusing))
    assert b"".join(response.streaming_content) == b"{}\n"
    name = f"donn%C3%A9es%202014-{refusing.key}-rejects.jsonl"
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"


def test_page_of_a_job_leads_to_what_it_refused(staff, refusing):
    assert rejects_page(refusing) in text_of(staff.get(page_of(refusing)))


def test_page_of_a_job_that_refused_nothing_leads_to_no_file(staff, tried):
    job = tried()
    assert rejects_page(job) not in text_of(staff.get(page_of(job)))
    assert staff.get(rejects_page(job)).status_code == 404


def test_who_may_only_look_has_not_what_was_refused(refusing):
    client = browser_of(make_archivist("looking", "view_importjob"))
    assert client.get(rejects_page(refusing)).status_code == 403
    assert rejects_page(refusing) not in text_of(client.get(page_of(refusing)))


def test_run_leads_to_what_its_job_refused(staff, run, refusing):
    refusing.runs.add(run)
    assert rejects_page(refusing) in text_of(staff.get(reverse("admin:archive_importrun_change", args=[run.pk])))


def test_run_leads_to_no_article_that_its_reader_may_not_see(run):
    client = browser_of(make_archivist("importing", "add_importjob"))
    page = text_of(client.get(reverse("admin:archive_importrun_change", args=[run.pk])))
    assert "/admin/archive/article/" not in page
    assert Article.objects.get().headline in page


def test_trying_again_takes_other_options(staff, tried):
    job = tried()
    page = staff.get(page_of(job))
    data = filled_in(page.content, encoding="cp1252") | {"format": "page-text"}
    press(staff, job, "try-again", **{name: value for name, value in data.items() if name != "csrfmiddlewaretoken"})
    job.refresh_from_db()
    assert (job.state, job.encoding, job.format) == (State.TRIAL_WAITING, "cp1252", "page-text")


def test_confirmed_job_is_not_tried_again(staff, tried):
    job = tried()
    jobs.confirm(job)
    press(staff, job, "try-again", encoding="cp1252")
    assert ImportJob.objects.get().state == State.WAITING


def test_progress_is_told_to_the_script(staff, job):
    made = job(state=State.RUNNING, worker="x:1:y", heartbeat_at="2026-01-01T00:00Z", bytes_read=450)
    answer = staff.get(reverse("admin:archive_importjob_progress", args=[made.pk])).json()
    assert (answer["state"], answer["moving"], 'value="450"' in answer["html"]) == ("running", True, True)


def test_progress_of_a_job_that_is_gone_is_not_found(staff):
    assert staff.get("/admin/archive/importjob/404/progress/").status_code == 404


def test_page_costs_the_same_with_many_items(staff, tried, django_assert_max_num_queries):
    job = tried(trial={"items": tried().trial["items"] * 50, "problems": [["a", "b", "c"]] * 5000})
    with django_assert_max_num_queries(15):
        staff.get(page_of(job))


def test_list_tells_the_state_in_words(staff, tried):
    tried()
    assert "waiting for confirmation" in text_of(staff.get(reverse("admin:archive_importjob_changelist")))


# Runs


@pytest.fixture
def run(outlet):
    import_paths([PAGES / "wire-story.txt"], outlet)
    return ImportRun.objects.get()


def run_page(run, query=""):
    return reverse("admin:archive_importrun_change", args=[run.pk]) + query


def test_run_lists_its_items_with_their_outcome(staff, run):
    assert Article.objects.get().headline in text_of(staff.get(run_page(run)))


def test_items_of_a_run_are_shown_by_pages(staff, outlet):
    run = ImportRun.objects.create(outlet=outlet, format="page-text", file_name="x", state="done", created=150)
    ImportItem.objects.bulk_create(
        ImportItem(run=run, number=number, place=f"line {number};", outcome="created") for number in range(1, 151)
    )
    first = staff.get(run_page(run))
    second = staff.get(run_page(run, f"?after={first.context['next_after']}"))
    assert [len(page.context["items"]) for page in (first, second)] == [100, 50]
    assert second.context["items"][0].number == 101


def test_outcome_of_an_item_is_in_the_singular(run):
    assert "<td>créé</td>" in text_of(browser_of(make_archivist("odile"), "fr").get(run_page(run)))


def test_who_imports_files_reads_their_runs(run):
    assert browser_of(make_archivist("odile", "add_importjob")).get(run_page(run)).status_code == 200


def test_who_may_not_read_runs_is_led_to_none(run, job):
    made = job(state=State.DONE)
    made.runs.add(run)
    reader = browser_of(make_archivist("reader", "view_importjob"))
    assert run_page(run) not in text_of(reader.get(page_of(made)))


def test_items_of_a_run_are_filtered_by_outcome(staff, run):
    ImportItem.objects.create(run=run, number=99, place="item 99", outcome="refused", problem="No date.")
    items = staff.get(run_page(run, "?outcome=refused")).context["items"]
    assert [item.number for item in items] == [99]


def test_undoing_a_run_asks_first(staff, run):
    page = text_of(staff.get(reverse("admin:archive_importrun_undo", args=[run.pk])))
    assert "This takes back exactly what was done" in page
    assert not ImportJob.objects.exists()


def test_run_is_undone_by_a_job(staff, run):
    staff.post(reverse("admin:archive_importrun_undo", args=[run.pk]))
    job = ImportJob.objects.get()
    assert (job.state, list(job.runs.all()), job.confirmed_by) == (State.UNDO_WAITING, [run], staff.user)


def test_undoing_a_run_twice_makes_one_job(staff, run):
    for _ in range(2):
        staff.post(reverse("admin:archive_importrun_undo", args=[run.pk]))
    assert ImportJob.objects.count() == 1


def test_undoing_from_the_jobs_own_page_asks_first_and_keeps_who_asked(staff, run, job):
    made = job(state=State.DONE)
    made.runs.add(run)
    address = reverse("admin:archive_importjob_undo", args=[made.pk])
    assert "1 created" in text_of(staff.get(address))
    staff.post(address)
    made.refresh_from_db()
    assert (made.state, made.confirmed_by) == (State.UNDO_WAITING, staff.user)


@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_is_asked_where_nothing_can_be_undone(staff, tried, method):
    made = tried()
    response = getattr(staff, method)(reverse("admin:archive_importjob_undo", args=[made.pk]))
    assert response["Location"] == page_of(made)


def test_undoing_one_run_of_a_job_asks_for_all_that_it_undoes(staff, run, outlet, job):
    made = job(state=State.DONE)
    made.runs.add(run, ImportRun.objects.create(outlet=outlet, format="x", file_name="x", state="stopped"))
    page = staff.get(reverse("admin:archive_importrun_undo", args=[run.pk]))
    assert len(page.context["runs"]) == 2


def test_run_whose_job_is_at_work_is_not_said_to_be_undone(staff, run, job):
    job(state=State.RUNNING, worker="x:1:y", heartbeat_at="2026-01-01T00:00Z").runs.add(run)
    response = staff.post(reverse("admin:archive_importrun_undo", args=[run.pk]), follow=True)
    assert "moved on since" in told(response)


def test_who_may_only_look_can_not_undo(run):
    reader = browser_of(make_archivist("reader", "view_importrun", "view_importjob"))
    assert "Undo…" not in text_of(reader.get(run_page(run)))
    assert reader.post(reverse("admin:archive_importrun_undo", args=[run.pk])).status_code == 403


def test_what_was_undone_is_not_offered_again(staff, run):
    ImportRun.objects.update(state="undone")
    assert "Undo…" not in text_of(staff.get(run_page(run)))


def test_outlet_with_a_job_is_not_deleted(staff, tried):
    outlet = tried().outlet
    staff.post(reverse("admin:archive_outlet_delete", args=[outlet.pk]), {"post": "yes"})
    assert type(outlet).objects.filter(pk=outlet.pk).exists()


def test_uploads_are_not_served(client, tried):
    job = tried()
    make_article()
    for address in (
        f"/uploads/{job.stored_as}",
        f"/media/uploads/{job.stored_as}",
        f"/media/../uploads/{job.stored_as}",
    ):
        assert client.get(address).status_code in (301, 404)
