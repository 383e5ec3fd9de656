from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from archive.care import correct, record, snapshot
from archive.importers.base import ImportedArticle, ImportedByline, ImportedImage, ImportedSource, ImportedTerm
from archive.importers.items import ImportedPage, ImportedWithdrawal
from archive.importers.saving import import_paths, undo_run
from archive.models import (
    Article,
    Author,
    ClosureNotice,
    ImportRun,
    ImportTrace,
    InfoPage,
    OldAddress,
    PageAddress,
    Record,
    Revision,
    Section,
    Source,
    Tag,
    Withdrawal,
)

pytestmark = pytest.mark.django_db

WHOLE = ImportedArticle(
    original_id="1",
    headline="Council votes to keep the ferry",
    body="<p>The ferry stays.</p>",
    bylines=(ImportedByline("Ruth Amery"),),
    source=ImportedSource("The Canadian Press", "agency"),
    section=(ImportedTerm("News"), ImportedTerm("Harbour")),
    tags=(ImportedTerm("Ferries"),),
    images=(ImportedImage("https://img.example.com/1.jpg", "A ferry", "The ferry at dawn."),),
    original_url="https://www.herald.example/ferry.html",
    provider="CP",
    record=b"first",
)
NEWER = replace(
    WHOLE,
    headline="Ferry stays",
    body="<p>It stays for good.</p>",
    bylines=(ImportedByline("Omar Haddad"),),
    tags=(ImportedTerm("Harbours"),),
    images=(ImportedImage("https://img.example.com/2.jpg", "Another ferry"),),
    old_addresses=("https://www.herald.example/ferry-2.html",),
    provider="AFP",
    record=b"second",
)
OTHER = ImportedArticle(original_id="2", headline="Another story", tags=(ImportedTerm("Ferries"),))


@pytest.fixture
def take(outlet, reader, page_file):
    """Imports what is given as one file. Returns the run."""

    def take(*items, **options):
        reader(*items)
        report = import_paths([page_file("x")], outlet, **options)
        return ImportRun.objects.get(key=report.runs[0])

    return take


def everything():
    """All that an import can make, as plain values."""
    return {
        "articles": [(article.pk, snapshot(article)) for article in Article.objects.all()],
        "untold": list(
            Article.objects.values_list("imported_digest", "body_received", "provider", "urgency", "text_fingerprint")
        ),
        "images": list(Article.objects.values_list("images__original_address", "images__number")),
        "terms": [list(model.objects.values_list("slug")) for model in (Author, Tag, Section, Source)],
        "pages": list(InfoPage.objects.values_list("slug", "title", "body")),
        "page addresses": list(PageAddress.objects.values_list("page__slug", "normalised")),
        "addresses": list(OldAddress.objects.values_list("normalised")),
        "records": list(Record.objects.values_list("article", "number", "digest")),
        "withdrawals": Withdrawal.objects.count(),
        "notices": ClosureNotice.objects.count(),
    }


def edit(article, **fields):
    before = snapshot(article)
    Article.objects.filter(pk=article.pk).update(**fields)
    record(article, "edited", before=before)


def test_all_that_a_run_made_is_removed(take):
    before = everything()
    undo_run(take(WHOLE, OTHER, ImportedPage("about", "About", "<p>Us.</p>")))
    assert everything() == before


def test_run_is_told_as_undone(take):
    run = take(WHOLE)
    undone = undo_run(run)
    assert (run.state, undone.removed, undone.kept) == ("undone", 1, [])


def test_terms_that_others_use_stay_and_go_with_them(take):
    first, second = take(WHOLE), take(OTHER)

    undo_run(first)
    assert [tag.slug for tag in Tag.objects.all()] == ["ferries"]

    undo_run(second)
    assert (Tag.objects.count(), ImportTrace.objects.count()) == (0, 0)


def test_what_a_run_updated_is_as_it_was_before(take):
    take(WHOLE)
    before = everything()
    undo_run(take(NEWER))
    assert everything() == before


def test_article_updated_twice_by_a_run_is_as_it_was_before(take):
    take(WHOLE)
    before = everything()
    undo_run(take(NEWER, replace(NEWER, headline="Ferry stays for good", kicker="Harbour")))
    assert everything() == before


def test_article_made_and_updated_by_a_run_is_removed(take):
    undo_run(take(WHOLE, NEWER))
    assert Article.objects.count() == 0


def test_what_was_undone_can_be_imported_again(take):
    take(WHOLE)
    undo_run(take(NEWER))
    assert take(NEWER).updated == 1
    assert Article.objects.get().headline == "Ferry stays"


def test_undoing_stands_in_the_history(take):
    take(WHOLE)
    undo_run(take(NEWER))
    assert [revision.verb for revision in Revision.objects.order_by("number")] == [
        "taken-in",
        "imported-again",
        "import-undone",
    ]


def test_what_was_undone_is_no_change_by_staff(take):
    take(WHOLE)
    undo_run(take(NEWER))
    take(replace(NEWER, headline="Third"))
    assert Article.objects.get().headline == "Third"


def test_article_that_staff_touched_stays_and_is_listed(take):
    run = take(WHOLE, OTHER)
    correct(Article.objects.get(original_id="1"), kind="update", text="The second boat came.")

    undone = undo_run(run)

    assert [article.original_id for article in Article.objects.all()] == ["1"]
    assert "Staff have touched it since (Corrected" in undone.kept[0].problem
    assert Author.objects.count() == 1


def test_field_that_staff_changed_stays_and_the_rest_is_as_it_was(take):
    take(WHOLE)
    run = take(NEWER)
    edit(Article.objects.get(), headline="By staff")

    undone = undo_run(run)

    article = Article.objects.get()
    assert (article.headline, article.body) == ("By staff", "<p>The ferry stays.</p>")
    assert undone.kept[0].problem == "Staff have changed it since (headline); that stays as they have it."


def test_article_that_a_later_run_changed_stays_until_that_is_undone(take):
    first, second = take(WHOLE), take(NEWER)

    assert "Undo that run first." in undo_run(first).kept[0].remedy
    assert Article.objects.get().headline == "Ferry stays"

    undo_run(second)
    undo_run(first)
    assert Article.objects.count() == 0


def test_withdrawal_is_taken_back(take):
    take(WHOLE)
    before = everything()
    undone = undo_run(take(ImportedWithdrawal("1", "other", "Killed.")))
    assert (everything(), undone.given_back) == (before, 1)


def test_page_that_staff_changed_stays_and_is_listed(take):
    run = take(ImportedPage("about", "About", "<p>Us.</p>"))
    InfoPage.objects.update(title="About us")
    assert undo_run(run).kept[0].place == "information page about"
    assert InfoPage.objects.count() == 1


def test_page_that_was_updated_is_as_it_was(take):
    take(ImportedPage("about", "About", "<p>Us.</p>"))
    before = everything()
    undo_run(take(ImportedPage("about", "About", "<p>Them.</p>")))
    assert everything() == before


OLD = ImportedPage("about", "About", "<p>Us.</p>", old_addresses=("https://www.herald.example/about",))
NEW = ImportedPage("about", "About", "<p>Them.</p>", old_addresses=(*OLD.old_addresses, "https://herald.example/us"))


def test_addresses_that_an_updated_page_was_given_are_taken_back(take):
    take(OLD)
    undo_run(take(NEW))
    assert [address.url for address in PageAddress.objects.all()] == ["https://www.herald.example/about"]


def test_address_that_staff_gave_an_updated_page_stays(take):
    take(OLD)
    run = take(NEW)
    PageAddress.objects.create(page=InfoPage.objects.get(), url="https://herald.example/staff")
    undo_run(run)
    assert sorted(PageAddress.objects.values_list("normalised", flat=True)) == [
        "herald.example/about",
        "herald.example/staff",
    ]


def test_page_updated_twice_by_a_run_is_as_it_was_before(take):
    take(OLD)
    before = everything()
    undone = undo_run(take(NEW, replace(NEW, title="All about us", old_addresses=("https://herald.example/all",))))
    assert (everything(), undone.restored, undone.kept) == (before, 2, [])


def test_page_that_a_later_run_changed_stays_until_that_is_undone(take):
    first, second = take(OLD), take(NEW)

    assert undo_run(first).kept[0].problem == f"Run {second.key} changed it later: “About” stays."
    assert InfoPage.objects.get().body == "<p>Them.</p>"

    undo_run(second)
    undo_run(first)
    assert (InfoPage.objects.count(), PageAddress.objects.count()) == (0, 0)


def test_update_of_a_page_that_a_later_run_changed_again_stays(take):
    take(OLD)
    second, third = take(NEW), take(replace(NEW, title="All about us"))

    assert [each.remedy for each in undo_run(second).kept] == ["Undo that run first."]
    assert (InfoPage.objects.get().title, third.state) == ("All about us", "done")


def test_page_that_staff_gave_an_address_stays_and_is_listed(take):
    run = take(OLD)
    PageAddress.objects.create(page=InfoPage.objects.get(), url="https://herald.example/staff")
    assert undo_run(run).kept[0].problem == "Staff have changed it since: “About” stays."
    assert InfoPage.objects.count() == 1


def test_stopped_undoing_of_a_page_goes_on(take, monkeypatch):
    monkeypatch.setattr("archive.importers.saving.undo.BATCH", 1)
    take(OLD)
    before = everything()
    run = take(NEW, replace(NEW, title="All about us"))

    def stop(undone):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        undo_run(run, progress=stop)
    assert (undo_run(run).kept, everything()) == ([], before)


def test_learnt_notice_is_removed(outlet, network, sample):
    report = import_paths([sample("wire-story")], outlet, learn_notices=True)
    undo_run(ImportRun.objects.get(key=report.runs[0]))
    assert ClosureNotice.objects.count() == 0


def test_trial_changes_nothing_and_tells_the_same(take):
    take(WHOLE)
    run = take(NEWER, OTHER)
    before = everything()

    trial = undo_run(run, dry_run=True)

    assert (everything(), run.state) == (before, "done")
    assert (trial.removed, trial.restored) == (1, 1)


def test_stopped_undoing_goes_on(take, monkeypatch):
    monkeypatch.setattr("archive.importers.saving.undo.BATCH", 1)
    run = take(WHOLE, OTHER)

    def stop(undone):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        undo_run(run, progress=stop)
    assert Article.objects.count() == 1
    undo_run(run)
    assert Article.objects.count() == 0


class TestCommand:
    def test_tells_what_was_done(self, take, capsys):
        run = take(WHOLE)
        call_command("undo_import", run.key)
        assert f"Run {run.key} (" in capsys.readouterr().out

    def test_what_stayed_for_a_later_run_goes_when_that_is_undone(self, take):
        first, second = take(WHOLE), take(NEWER)
        for run, is_kept in ((first, True), (second, False), (first, False)):
            try:
                call_command("undo_import", run.key)
            except SystemExit as stop:
                assert (stop.code, is_kept) == (1, True)
        assert Article.objects.count() == 0

    def test_what_is_undone_is_told_as_undone_already(self, take):
        run = take(WHOLE)
        call_command("undo_import", run.key)
        with pytest.raises(CommandError, match="is undone already"):
            call_command("undo_import", run.key)

    def test_lists_what_stays_with_exit_status_1(self, take, capsys):
        run = take(WHOLE)
        edit(Article.objects.get(), headline="By staff")
        with pytest.raises(SystemExit) as stop:
            call_command("undo_import", run.key)
        assert stop.value.code == 1
        assert "Staff have touched it since (Edited" in capsys.readouterr().out

    def test_who_stops_it_is_told_what_there_is(self, take, monkeypatch):
        def stop(*_arguments, **_options):
            raise KeyboardInterrupt

        monkeypatch.setattr("archive.management.commands.undo_import.undo_run", stop)
        with pytest.raises(CommandError, match="What was undone stays so") as stopped:
            call_command("undo_import", take(WHOLE).key)
        assert stopped.value.returncode == 130

    def test_unknown_run_is_told_with_the_remedy(self, db):
        with pytest.raises(CommandError, match="There is no import run “nothing”"):
            call_command("undo_import", "nothing")
