"""What imports told, and is kept in English, comes in the language of who looks."""

import pytest
from django.urls import reverse

from archive.models import ImportItem, ImportJob, ImportRun
from tests.factories import make_outlet

from .people import browser_of, make_archivist

pytestmark = pytest.mark.django_db

State = ImportJob.State


@pytest.fixture
def in_french():
    return browser_of(make_archivist("odile"), "fr-CA")


@pytest.fixture
def in_english():
    return browser_of(make_archivist("mary"), "en")


@pytest.fixture
def item():
    run = ImportRun.objects.create(outlet=make_outlet(), format="csv", file_name="table.csv", state="done", refused=1)

    def item(problem, remedy="Give it a date.", place="row 3"):
        return ImportItem.objects.create(
            run=run, number=run.items.count() + 1, outcome="refused", place=place, problem=problem, remedy=remedy
        )

    return item


@pytest.fixture
def job():
    def job(**fields):
        return ImportJob.objects.create(outlet=make_outlet(), file_name="table.csv", size=9, **fields)

    return job


def page_of(instance, browser):
    response = browser.get(reverse(f"admin:archive_{instance._meta.model_name}_change", args=[instance.pk]))
    assert response.status_code == 200
    return response.content.decode().replace("\u202f", " ").replace("\xa0", " ")


def test_run_of_before_tells_its_problems_in_french(item, in_french):
    page = page_of(item("Its date, “hier”, is none.").run, in_french)
    assert "Sa date, « hier », n’en est pas une. Donnez-lui une date." in page
    assert "<td>ligne 3</td>" in page


def test_run_tells_its_problems_in_english_to_who_asks_for_that(item, in_english):
    page = page_of(item("Its date, “hier”, is none.").run, in_english)
    assert "Its date, “hier”, is none. Give it a date." in page
    assert "<td>row 3</td>" in page
    assert 'lang="en">Its' not in page


def test_what_is_kept_stays_english(item, in_french):
    stored = item("It has no date.")
    page_of(stored.run, in_french)
    stored.refresh_from_db()
    assert (stored.place, stored.problem, stored.remedy) == ("row 3", "It has no date.", "Give it a date.")


def test_several_remarks_on_one_item_stand_below_one_another(item, in_french):
    page = page_of(item("It has no date.\nIt has no text.").run, in_french)
    assert "Il n’a pas de date.<br>Il n’a pas de texte." in page


def test_each_remark_on_an_item_has_its_remedy_behind_it(item, in_french):
    page = page_of(item("It has no date.\nIt has no text.", "Give it a date.\nLeave it out.").run, in_french)
    assert "Il n’a pas de date. Donnez-lui une date.<br>Il n’a pas de texte. Laissez cela de côté.</td>" in page


def test_text_that_is_not_known_is_marked_as_english(item, in_french):
    page = page_of(item("The flux is <b>out</b>.").run, in_french)
    assert '<span lang="en">The flux is &lt;b&gt;out&lt;/b&gt;.</span>' in page


def test_script_in_a_value_is_text(item, in_french):
    page = page_of(item("Its date, “<script>alert(1)</script>”, is none.").run, in_french)
    assert "Sa date, « &lt;script&gt;alert(1)&lt;/script&gt; », n’en est pas une." in page
    assert "<script>alert(1)" not in page


def test_list_of_items_is_in_french(item, in_french):
    item("It has no date.")
    page = in_french.get(reverse("admin:archive_importitem_changelist")).content.decode()
    assert "Il n’a pas de date." in page and "Donnez-lui une date." in page and ">ligne 3</a>" in page


def test_item_is_in_french(item, in_french):
    page = page_of(item("It has no date.\nIt has no text."), in_french)
    assert "Il n’a pas de date.<br>Il n’a pas de texte." in page
    assert "ligne 3: refusé" in page


def test_failed_job_tells_why_in_french(job, in_french):
    told = {"problem": "Nothing could be read.", "remedy": "See what is wrong below, mend it, and try again."}
    page = page_of(job(state=State.FAILED, **told), in_french)
    assert "Rien n’a pu être lu. Voyez plus bas ce qui ne va pas, corrigez-le, et réessayez." in page


def test_progress_tells_why_in_french(job, in_french):
    failed = job(state=State.FAILED, problem="The file is no longer here.", remedy="Upload it again.")
    answer = in_french.get(reverse("admin:archive_importjob_progress", args=[failed.pk])).json()
    assert "Le fichier n’est plus ici. Téléversez-le de nouveau." in answer["html"]


def test_trial_is_told_in_french(job, in_french):
    notice = {
        "outlet": "Le Fleuve",
        "year": 2019,
        "text": "…",
        "note": "Le Fleuve has no FAQ page to link to.",
        "remedy": "",
    }
    trial = {
        "problems": [["export.xml: item 2, line 9", "It has no text.", "Leave it out."]],
        "notices": [notice],
        "left_out": {"reader comments": 7, "items of the type shop": 2, "sidecars": 1},
    }
    page = page_of(job(state=State.TRIED, trial=trial), in_french)
    assert "<td>export.xml : élément 2, ligne 9</td><td>Il n’a pas de texte.</td><td>Laissez cela de côté.</td>" in page
    assert "Le Fleuve n’a pas de page de FAQ vers laquelle faire un lien." in page
    assert "<li>commentaires de lecteurs : <strong>7</strong></li>" in page
    assert "<li>éléments du type shop : <strong>2</strong></li>" in page
    assert "<li>sidecars : <strong>1</strong></li>" in page


def test_remarks_on_an_item_of_a_trial_are_in_french(job, in_french):
    look = {
        "outcome": "created",
        "headline": "Crue",
        "language": "fr",
        "published_on": "",
        "precision": "unknown",
        "moment": "",
        "zone": "UTC",
        "problems": [["It has no date.", "Give it a date."]],
    }
    assert "Il n’a pas de date. Donnez-lui une date." in page_of(
        job(state=State.TRIED, trial={"items": [look]}), in_french
    )


def test_what_an_undoing_left_is_told_in_french(job, in_french):
    kept = [["article 0123456789AB", "Staff have changed it since (tags); that stays as they have it.", "Look at it."]]
    page = page_of(job(state=State.UNDONE, trial={"kept": kept}), in_french)
    assert "Le personnel l’a modifié depuis (mots-clés) ; cela reste comme il l’a fait." in page
