"""What an archive did to an article goes with it into another archive, and no further than it went before."""

import json
import re
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from archive import care
from archive.exporters.open_form import FIELDS
from archive.importers.base import ImportedArticle
from archive.importers.saving import import_paths, save_article, undo_run
from archive.models import Article, AwaitedVersion, ImportRun, Record, Revision

pytestmark = pytest.mark.django_db

BODY = "<p>Le contrat de Jean Roy est signé.</p>"


@pytest.fixture
def outlet(media_root):
    from tests.factories import make_outlet

    return make_outlet(slug="courrier")


@pytest.fixture
def article(outlet):
    """Imported once, and since then edited, corrected, withdrawn and given back."""
    save_article(ImportedArticle(original_id="1", headline="Une crue", body=BODY), outlet)
    article = Article.objects.get()
    staff = get_user_model().objects.create_user("archiviste", email="lise@archive.example")
    edit(article, by=staff, reason="Plainte", headline="Une grande crue")
    care.correct(article, kind="correction", text="Deux ponts, non trois.", made_on=date(2022, 1, 2), by=staff)
    care.withdraw(article, reason="error", withdrawn_on=date(2022, 2, 1), why="Erreur", by=staff)
    care.reinstate(article, why="Vu", by=staff)
    Article.objects.update(created_at=datetime(2021, 6, 1, 12, 30, 1, 5, tzinfo=UTC))
    for revision in Revision.objects.all():
        made_at = datetime(2022, 1, 1, 12, 0, revision.number, revision.number, tzinfo=UTC)
        Revision.objects.filter(pk=revision.pk).update(made_at=made_at)
    article.withdrawals.update(reinstated_on=date(2022, 2, 2))
    return article


def edit(article, *, by=None, reason="", is_public=True, **fields):
    before = care.snapshot(article)
    Article.objects.filter(pk=article.pk).update(**fields)
    care.record(article, "edited", before=before, by=by, reason=reason, is_public=is_public)


def exported(**options):
    out = StringIO()
    call_command("export_articles", stdout=out, **options)
    return out.getvalue()


def told(text, key="revisions"):
    return next(row for row in map(json.loads, text.splitlines()) if row["type"] == "article")[key]


def empty():
    Article.objects.all().delete()
    ImportRun.objects.all().delete()


@pytest.fixture
def take(outlet, tmp_path):
    def take(text, **options):
        path = tmp_path / "export.jsonl"
        path.write_text(text, encoding="utf-8", newline="\n")
        return import_paths([path], outlet, **options)

    return take


def history_page(client):
    article = Article.objects.get()
    page = client.get(f"/courrier/articles/{article.key}/history/").content.decode()
    return re.sub(r"\s+", " ", page.partition("<main")[2].partition("</main>")[0])


def test_history_comes_back_as_it_was(article, take):
    before = exported()
    assert [each["verb"] for each in told(before)] == ["taken-in", "edited", "corrected", "withdrawn", "reinstated"]
    empty()
    report = take(before)
    assert (report.created, report.refused, report.problems) == (1, 0, [])
    assert exported() == before


def test_history_of_a_copy_of_a_copy_is_that_of_the_original(article, take):
    before = exported()
    for _copy in range(3):
        empty()
        take(before)
        assert exported() == before


def test_same_history_again_changes_nothing(article, take):
    before = exported()
    empty()
    take(before)
    rows = list(Revision.objects.values_list("pk", flat=True)), Record.objects.count()
    assert (take(before).unchanged, take(before).updated) == (2, 0)
    assert (list(Revision.objects.values_list("pk", flat=True)), Record.objects.count()) == rows


def test_history_where_it_was_made_stays_as_it_is(article, take):
    before = exported()
    assert (take(before).unchanged, exported()) == (2, before)
    assert not Revision.objects.filter(verb="carried-over").exists()


def test_readers_are_told_the_same_history_of_a_copy(article, take, client):
    before, page = exported(), history_page(client)
    empty()
    take(before)
    assert "grande" in page
    assert history_page(client) == page


def test_readers_are_told_once_of_what_a_newer_export_brought(article, take, client):
    before = exported()
    edit(article, headline="Une très grande crue")
    after, page = exported(), history_page(client)
    empty()
    take(before)
    take(after)
    assert history_page(client) == page


def test_change_of_which_no_revision_tells_is_told_as_carried_over(article, take, client):
    before = exported()
    empty()
    take(before)
    take(before.replace('"summary":""', '"summary":"Deux ponts."'))
    assert Revision.objects.last().changes == {"summary": ["", "Deux ponts."]}
    assert "Deux ponts." in history_page(client)


def test_day_on_which_it_was_taken_in_goes_with_it(article, take):
    before = exported()
    empty()
    take(before)
    assert Article.objects.get().created_at == datetime(2021, 6, 1, 12, 30, 1, 5, tzinfo=UTC)


def test_neither_account_nor_name_of_staff_goes_with_it(article, take):
    before = exported()
    assert "archiviste" not in before
    assert "lise@" not in before
    empty()
    take(before)
    assert not Revision.objects.exclude(made_by=None).exists()


def test_newer_export_brings_what_was_done_since(article, take):
    before = exported()
    edit(article, headline="Une très grande crue")
    after = exported()
    empty()
    take(before)
    report = take(after)
    assert (report.updated, report.changed) == (1, {"headline": 1, "history": 1})
    assert exported() == after


def test_undoing_takes_back_the_history_that_a_run_brought(article, take):
    before = exported()
    edit(article, headline="Une très grande crue")
    after = exported()
    empty()
    take(before)
    take(after)
    undo_run(ImportRun.objects.latest("pk"))
    assert exported() == before
    assert take(after).updated == 1
    assert exported() == after


def test_change_and_its_reverse_are_history_all_the_same(article, take):
    before = exported()
    edit(article, headline="Autre")
    edit(article, headline="Une grande crue")
    after = exported()
    empty()
    take(before)
    assert (take(after).changed, exported()) == ({"history": 1}, after)
    undo_run(ImportRun.objects.latest("pk"))
    assert exported() == before


def test_trial_tells_of_history_and_writes_none(article, take):
    before = exported()
    edit(article, headline="Une très grande crue")
    after = exported()
    empty()
    take(before)
    assert take(after, dry_run=True).changed == {"headline": 1, "history": 1}
    assert exported() == before


def test_what_was_taken_away_in_secret_shows_in_no_history_of_a_copy(article, take, client):
    before = exported()
    edit(article, is_public=False, body="<p>Le contrat est signé.</p>")
    after = exported()
    empty()
    take(before)
    assert "Jean Roy" not in history_page(client)
    take(after)
    page = history_page(client)
    assert "Jean Roy" not in page
    assert 'class="differences"' not in page


def test_what_was_taken_away_in_secret_shows_in_no_history_that_went_its_own_way(article, take, client):
    before = exported()
    edit(article, is_public=False, body="<p>Le contrat est signé.</p>")
    after = exported()
    empty()
    take(before)
    edit(Article.objects.get(), summary="Ici.")
    problems = [each.problem for each in take(after).problems]
    assert any(each.startswith("Another history is told of it") for each in problems)
    assert Article.objects.get().body == "<p>Le contrat est signé.</p>"
    assert "Jean Roy" not in history_page(client)


def test_staff_of_the_original_are_heeded_where_its_source_is_imported_again(article, take, outlet):
    before = exported()
    empty()
    take(before)
    newer = ImportedArticle(original_id="1", headline="Une petite crue", body=BODY, summary="Neuf.")
    save_article(newer, outlet)
    stored = Article.objects.get()
    assert (stored.headline, stored.summary) == ("Une grande crue", "Neuf.")


def test_what_staff_of_the_copy_changed_stays(article, take):
    before = exported()
    edit(article, headline="Une très grande crue")
    after = exported()
    empty()
    take(before)
    edit(Article.objects.get(), headline="Ici")
    assert any("Staff changed it" in each.problem for each in take(after).problems)
    assert Article.objects.get().headline == "Ici"


def test_export_of_earlier_days_tells_no_history_and_is_taken(article, take):
    rows = [json.loads(line) for line in exported().splitlines()]
    earlier = "".join(
        json.dumps({name: value for name, value in row.items() if name not in ("revisions", "taken_in")}) + "\n"
        for row in rows
    )
    empty()
    assert take(earlier).created == 1
    assert [each.verb for each in Revision.objects.all()] == ["taken-in"]


def test_history_that_comes_later_than_its_article_is_told_and_left_out(article, take):
    before = exported()
    rows = [json.loads(line) for line in before.splitlines()]
    for row in rows:
        row.pop("revisions", None)
    empty()
    take("".join(json.dumps(row) + "\n" for row in rows))
    [problem] = take(before).problems
    assert problem.problem.startswith("Another history is told of it")
    assert [each.verb for each in Revision.objects.all()] == ["taken-in"]


def test_article_that_waits_for_its_first_is_told_to_be_its_version(article, take):
    before = exported()
    waiting = before.replace('"version_of":""', f'"version_of":"{"z" * 12}"')
    empty()
    take(waiting)
    assert AwaitedVersion.objects.count() == 1
    assert exported() == waiting


@pytest.mark.parametrize(
    "revision",
    [
        {"verb": "carried-over"},
        {"verb": "cooked"},
        {"made_at": "2022-01-01"},
        {"made_at": "2022-01-01T12:00"},
        {"made_at": "0001-01-01T00:00:00+00:00"},
        {"changes": {"modified_at": [None, "9999-12-31T23:59:00+00:00"]}},
        {"is_public": 1},
        {"reason": 5},
        {"changes": []},
        {"changes": {"headline": "x"}},
        {"changes": {"headline": ["x", None]}},
        {"changes": {"soup": ["x", "y"]}},
        {"changes": {"bylines": [[], [["a"]]]}},
        {"changes": {"images": [[], [["a"]]]}},
        {"changes": {"corrections": [[], [["update", "x", "y"]]]}},
        {"changes": {"published_on": [None, "x"]}},
        {"changes": {"modified_at": [None, "2022-01-01T12:00"]}},
        {"changes": {"source": [None, []]}},
    ],
)
def test_history_that_can_not_be_is_refused_with_its_line(article, take, revision):
    row = next(row for row in map(json.loads, exported().splitlines()) if row["type"] == "article")
    row["revisions"] = [{"verb": "edited", "made_at": "2022-01-01T12:00:00+00:00"} | revision]
    empty()
    report = take(json.dumps(row))
    assert (report.created, report.refused, report.problems[0].place.endswith("export.jsonl: line 1")) == (0, 1, True)
    assert report.problems[0].problem in (
        "What is told of its revisions can't be.",
        *(f"What is told of its {name} can't be." for name in revision),
    )


def test_history_is_no_open_data():
    assert not {"revisions", "history"} & set(FIELDS)


def test_undoing_the_run_that_made_a_copy_leaves_nothing_of_its_history(article, take):
    before = exported()
    empty()
    take(before)
    undo_run(ImportRun.objects.latest("pk"))
    assert (Article.objects.count(), Revision.objects.count()) == (0, 0)
    take(before)
    assert exported() == before


def test_article_told_twice_in_a_file_goes_back_step_by_step(article, take):
    before = exported()
    edit(article, headline="Deux")
    second = exported()
    edit(article, headline="Trois")
    third = exported()
    empty()
    take(before)
    take(second + third)
    assert exported() == third
    undo_run(ImportRun.objects.latest("pk"))
    assert exported() == before


def test_what_staff_of_the_copy_changed_keeps_its_history_when_the_run_is_undone(article, take):
    before = exported()
    edit(article, headline="Deux", summary="Neuf.")
    after = exported()
    empty()
    take(before)
    take(after)
    edit(Article.objects.get(), headline="Ici")
    undone = undo_run(ImportRun.objects.latest("pk"))
    stored = Article.objects.get()
    assert (stored.headline, stored.summary, len(undone.kept)) == ("Ici", "", 1)


def test_history_of_a_foreign_hand_is_shown_without_failing(article, take, client):
    """Of whatever form the reader lets through, both pages of the history are made."""
    row = next(row for row in map(json.loads, exported().splitlines()) if row["type"] == "article")
    changes = {
        "body": ["<div>" * 2000, "<script>x</script>"],
        "bylines": [[["nobody", "cook", ""]], []],
        "corrections": [[["soup", "2014-W01-1", "x"]], []],
        "images": [[["", "", "", "", "moon"]], []],
        "language": ["xx", ""],
        "modified_at": ["2022-01-01T12:00:00+14:00", None],
        "published_on": [None, "0001-01-01"],
        "published_precision": ["minute", "month"],
        "section": [["x", "y"], None],
        "source": [["x", "y", "z"], None],
        "tags": [["x"], []],
        "version_of": ["x", None],
    }
    row["revisions"] = [{"verb": "edited", "made_at": "2022-01-01T12:00:00+00:00", "changes": changes}]
    row["withdrawals"] = []
    empty()
    assert take(json.dumps(row)).created == 1
    assert "cook" in history_page(client)
    staff = get_user_model().objects.create_superuser("chef")
    client.force_login(staff)
    pk = Article.objects.get().pk
    assert client.get(f"/admin/archive/article/{pk}/change/").status_code == 200
    assert client.get(f"/admin/archive/article/{pk}/history/").status_code == 200
