"""A file's whole way into the archive, as staff see it, with the worker as a process beside the server."""

import re

import pytest
from django.urls import reverse

from archive import jobs, uploads
from archive.models import Article, ImportJob, Outlet
from tests import worker
from tests.test_jobs import PAGES

from .test_admin import admin_page

__all__ = ["admin_page"]


@pytest.fixture
def at_work(admin_page):
    with worker.started():
        yield


def choose(page, path=PAGES / "wire-story.txt"):
    page.goto(reverse("admin:archive_importjob_add"))
    page.set_input_files("#id_file", path)
    page.select_option("#id_outlet", label="HuffPost Québec")


def test_file_is_uploaded_tried_confirmed_imported_and_undone(admin_page, at_work):
    before = Article.objects.count()
    page = admin_page()
    page.set_default_timeout(30_000)
    choose(page)
    page.get_by_role("button", name="Upload and try").click()
    page.get_by_text("The first item, as it would look").wait_for()
    page.get_by_role("heading", name="Crue: Saint-Amable ferme deux ponts par précaution").wait_for()
    assert Article.objects.count() == before
    page.get_by_role("button", name="Confirm import").click()
    page.get_by_role("link", name="every item and its outcome").wait_for()
    page.locator("#job-progress .state-public").wait_for()
    assert Article.objects.count() == before + 1
    page.get_by_role("link", name="Undo…").click()
    page.get_by_role("button", name="Undo the import").click()
    # Not "waiting to be undone".
    page.locator("#job-progress .state", has_text=re.compile(r"^\s*undone\s*$")).wait_for()
    assert Article.objects.count() == before


def test_file_is_imported_without_script(admin_page, at_work):
    page = admin_page(java_script_enabled=False)
    choose(page)
    page.get_by_role("button", name="Upload and try").click()
    for _ in range(30):
        if page.get_by_role("button", name="Confirm import").count():
            break
        page.wait_for_timeout(500)
        page.get_by_role("link", name="Refresh").click()
    page.get_by_role("button", name="Confirm import").click()
    for _ in range(30):
        if page.locator("#job-progress .state-public").count():
            break
        page.wait_for_timeout(500)
        page.get_by_role("link", name="Refresh").click()
    assert ImportJob.objects.get().state == "done"


def test_file_is_sent_once_however_often_the_button_is_pressed(admin_page):
    page = admin_page()
    choose(page)
    before = ImportJob.objects.count()
    page.get_by_role("button", name="Upload and try").dblclick()
    page.locator("#job-progress").wait_for()
    assert ImportJob.objects.count() == before + 1


def test_button_says_that_the_file_is_on_its_way(admin_page):
    page = admin_page()
    choose(page)
    # An answer of which a browser shows nothing.
    page.route("**/importjob/add/", lambda route: route.fulfill(status=204))
    page.get_by_role("button", name="Upload and try").click()
    page.get_by_role("button", name="Uploading…").wait_for()


def test_columns_are_asked_for_only_where_a_table_is_read(admin_page):
    page = admin_page()
    choose(page)
    page.select_option("#id_format", "page-text")
    assert page.locator(".field-columns").is_hidden()
    page.select_option("#id_format", "")
    assert page.locator(".field-columns").is_visible()


def tried_job():
    file = uploads.new_file()
    file.write((PAGES / "wire-story.txt").read_bytes())
    stored_as = uploads.keep(file)
    job = jobs.add(outlet=Outlet.objects.first(), file_name=f"{'VeryLongName' * 20}.txt", stored_as=stored_as, size=9)
    jobs.Worker().run(once=True)
    return job


def every_address():
    job = tried_job()
    jobs.confirm(job)
    jobs.Worker().run(once=True)
    job.refresh_from_db()
    yield reverse("admin:archive_importjob_changelist")
    yield reverse("admin:archive_importjob_add")
    yield reverse("admin:archive_importjob_change", args=[job.pk])
    yield reverse("admin:archive_importjob_change", args=[tried_job().pk])
    yield reverse("admin:archive_importjob_undo", args=[job.pk])
    yield reverse("admin:archive_importrun_change", args=[job.runs.get().pk])


def test_no_page_of_an_import_scrolls_sideways_on_a_phone(admin_page):
    page = admin_page(viewport={"width": 390, "height": 844})
    wide = {}
    for address in every_address():
        assert page.goto(address).status == 200
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 390:
            wide[address] = width
    assert wide == {}


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_the_pages_of_an_import(admin_page, axe_violations, color_scheme):
    page = admin_page(color_scheme=color_scheme, bypass_csp=True)
    violations = {}
    for address in every_address():
        page.goto(address)
        if found := axe_violations(page, "#content"):
            violations[address] = found
    assert violations == {}, violations
