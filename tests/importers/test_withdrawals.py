"""A sender's kill that comes before its story: awaited, and carried out as the story is taken in."""

import gzip
import json
import threading
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from archive.care import reinstate, withdraw
from archive.importers import load_reader
from archive.importers.base import ImportedArticle, ReadOptions
from archive.importers.items import ImportedWithdrawal
from archive.importers.saving import import_paths, rebuild_articles, save_article, undo_run
from archive.importers.saving.saved import Saving
from archive.importers.saving.withdrawals import save_withdrawal
from archive.models import Article, AwaitedWithdrawal, ImportItem, ImportRun, Revision, Withdrawal
from archive.search.checking import check
from tests.factories import make_outlet

from .conftest import SAMPLES

pytestmark = pytest.mark.django_db

KILL = ImportedWithdrawal("1", "legal", "Kill it.", place="item 7", record=b"kill")
STORY = ImportedArticle(
    original_id="1",
    headline="Chess girl draws with the champion",
    body="<p>She asked for another game.</p>",
    original_url="https://herald.example/chess",
    place="item 1",
    record=b"story",
)
NEWER = replace(STORY, headline="Chess girl wins", record=b"newer")
OTHER = replace(STORY, original_id="2", headline="Another", original_url="", body="<p>Other words.</p>")


@pytest.fixture
def take(outlet, reader, page_file):
    """Imports what is given as one file. Returns the report."""

    def take(*items, into=outlet, **options):
        reader(*items)
        return import_paths([page_file("x")], into, **options)

    return take


@pytest.fixture
def take_own(outlet, page_file):
    """Imports lines of an own export. Returns the report."""
    return lambda text: import_paths([page_file(text)], outlet)


def run_of(report):
    return ImportRun.objects.get(key=report.runs[0])


def counts(report):
    return (report.created, report.updated, report.unchanged, report.refused)


def awaited():
    return list(AwaitedWithdrawal.objects.awaiting().values_list("original_id", flat=True))


def everything():
    """All that is there of the articles, of what was awaited and of the search."""
    return {
        "articles": list(Article.objects.values_list("key", "version", "headline")),
        "withdrawals": list(Withdrawal.objects.values_list("article__key", "reason", "reinstated_on")),
        "awaited": list(AwaitedWithdrawal.objects.values_list("original_id", "note", "article", "withdrawal")),
        "revisions": list(Revision.objects.values_list("article__key", "number", "verb")),
        "items": ImportItem.objects.count(),
        "search": list(check()),
    }


class TestKillWithoutItsStory:
    def test_it_is_awaited(self, outlet, take):
        report = take(KILL)
        assert (counts(report), report.exit_status, report.awaited) == ((1, 0, 0, 0), 0, 1)
        row = AwaitedWithdrawal.objects.get()
        assert (row.outlet, row.original_id, row.reason, row.note) == (outlet, "1", "legal", "Kill it.")
        assert (row.run, row.place[-6:], row.article) == (run_of(report), "item 7", None)

    def test_report_and_item_tell_what_is_meant(self, take):
        [problem] = take(KILL).problems
        assert problem.problem == "It withdraws “1”, which the archive does not hold yet: the withdrawal is awaited."
        assert "it is withdrawn at once, and no reader sees it" in problem.remedy
        item = ImportItem.objects.get()
        assert (item.outcome, item.problem, item.remedy) == ("created", problem.problem, problem.remedy)

    def test_again_is_unchanged_and_writes_nothing(self, take):
        take(KILL)
        before = everything()
        report = take(KILL)
        assert (counts(report), report.awaited, everything()) == ((0, 0, 1, 0), 0, before)

    def test_twice_in_a_file_is_awaited_once(self, take):
        assert counts(take(KILL, KILL)) == (1, 0, 1, 0)
        assert awaited() == ["1"]

    @pytest.mark.parametrize("original_id", ["", "x" * 201, "a\x00", "a\ud800"])
    def test_id_that_no_article_has_is_refused(self, take, original_id):
        report = take(replace(KILL, original_id=original_id))
        assert (counts(report), awaited()) == ((0, 0, 0, 1), [])

    def test_trial_counts_as_the_import_does_and_keeps_nothing(self, take):
        trial = take(KILL, STORY, OTHER, KILL, dry_run=True)
        assert (awaited(), Article.objects.count()) == ([], 0)
        report = take(KILL, STORY, OTHER, KILL)
        assert (counts(trial), trial.problems) == (counts(report), report.problems)

    def test_long_trial_counts_as_the_import_does(self, take, monkeypatch):
        monkeypatch.setattr("archive.importers.saving.trial.LONGEST", -1)
        monkeypatch.setattr("archive.importers.saving.trial.PAUSE", 0)
        monkeypatch.setattr("archive.importers.saving.reading.MOST_ITEMS", 1)
        items = (KILL, STORY, replace(KILL, original_id="9"), KILL, OTHER, replace(KILL, original_id="9"))
        trial = take(*items, dry_run=True)
        report = take(*items)
        assert (counts(trial), trial.awaited) == (counts(report), report.awaited)

    def test_long_trial_of_several_files_tells_all_that_is_awaited(self, outlet, reader, page_file, monkeypatch):
        monkeypatch.setattr("archive.importers.saving.trial.LONGEST", -1)
        monkeypatch.setattr("archive.importers.saving.trial.PAUSE", 0)
        monkeypatch.setattr("archive.importers.saving.reading.MOST_ITEMS", 1)
        reader(KILL, replace(KILL, original_id="9"), OTHER)
        files = [page_file("x"), page_file("x")]
        assert import_paths(files, outlet, dry_run=True).awaited == 2

    def test_summary_and_json_tell_of_it(self, outlet, tmp_path):
        path = tmp_path / "kill.xml"
        path.write_bytes(killed_in("newsml-g2", "message.xml").record)
        out = StringIO()
        call_command("import_articles", str(path), outlet=outlet.slug, stdout=out)
        assert "1 withdrawal is awaited: its article is not here yet, and is withdrawn at once when it comes." in (
            out.getvalue()
        )
        AwaitedWithdrawal.objects.all().delete()
        out = StringIO()
        call_command("import_articles", str(path), outlet=outlet.slug, json=True, stdout=out)
        assert (json.loads(out.getvalue())["awaited"], json.loads(out.getvalue())["refused"]) == (1, 0)


class TestStoryThatComesLater:
    def test_it_is_withdrawn_as_it_is_taken_in(self, take):
        take(KILL)
        report = take(STORY, OTHER)
        assert counts(report) == (2, 0, 0, 0)
        assert Article.objects.public().values_list("original_id", flat=True).get() == "2"
        withdrawal = Article.objects.get(original_id="1").withdrawals.get()
        assert (withdrawal.reason, withdrawal.status_code, withdrawal.public_note) == ("legal", 410, "")

    def test_it_is_as_if_the_kill_had_come_after_it(self, take):
        def told(article):
            return (
                [(each.verb, each.reason, each.changes) for each in article.revisions.all()],
                article.withdrawals.values(
                    "withdrawn_on", "reason", "status_code", "show_headline", "public_note"
                ).get(),
                article.version,
            )

        take(KILL)
        take(STORY)
        take(OTHER)
        take(replace(KILL, original_id="2"))
        assert told(Article.objects.get(original_id="1")) == told(Article.objects.get(original_id="2"))
        assert list(check()) == []

    def test_item_says_so(self, take):
        take(KILL)
        [problem] = take(STORY).problems
        assert problem.problem.startswith("It is withdrawn: its sender withdrew it before it came here (")
        article = Article.objects.get()
        assert problem.remedy == f"If it is to be shown, reinstate article {article.key} in the admin."
        assert ImportItem.objects.get(article=article).problem == problem.problem

    def test_both_again_are_unchanged(self, take):
        take(KILL)
        take(STORY)
        before = everything()
        assert [counts(take(KILL)), counts(take(STORY))] == [(0, 0, 1, 0)] * 2
        assert everything() == before

    def test_later_version_stays_withdrawn(self, take):
        take(KILL)
        take(STORY)
        assert counts(take(NEWER)) == (0, 1, 0, 0)
        assert (Article.objects.get().headline, Article.objects.public().count()) == ("Chess girl wins", 0)

    def test_story_and_its_later_version_in_one_file_stay_withdrawn(self, take):
        take(KILL)
        take(STORY, NEWER)
        assert (Withdrawal.objects.count(), Article.objects.public().count()) == (1, 0)

    def test_same_file_after_the_kill(self, take):
        report = take(KILL, STORY)
        assert (counts(report), report.awaited) == ((2, 0, 0, 0), 0)
        assert Article.objects.public().count() == 0

    def test_other_outlet_may_have_an_article_of_that_id(self, network, take):
        take(KILL)
        take(STORY, into=network)
        assert (Article.objects.public().count(), awaited()) == (1, ["1"])

    def test_it_is_not_taken_in_where_it_can_not_be_withdrawn(self, take, monkeypatch):
        from archive import care

        seen = []
        monkeypatch.setattr(care, "withdraw", lambda *args, **kwargs: seen.append("withdrawn") or 1 / 0)
        take(KILL)
        report = take(STORY)
        assert (seen != [], report.refused, Article.objects.count(), awaited()) == (True, 1, 0, ["1"])

    def test_readers_find_a_tombstone_and_nothing_else(self, outlet, take, client):
        take(KILL)
        take(STORY, OTHER)
        killed, other = (Article.objects.get(original_id=each) for each in "12")
        assert client.get(killed.get_absolute_url()).status_code == 410
        assert client.get(f"/{outlet.slug}/articles/{killed.key}/history/").status_code == 410
        assert client.get("/find/", {"url": STORY.original_url}, follow=True).status_code == 410
        for path in (f"/{outlet.slug}/", f"/{outlet.slug}/feeds/atom.xml", "/search/?q=chess", "/api/v1/articles"):
            response = client.get(path)
            assert (response.status_code, killed.headline in response.content.decode()) == (200, False), path
        assert other.headline in client.get(f"/{outlet.slug}/feeds/atom.xml").content.decode()


class TestStaff:
    def test_article_that_staff_reinstated_stays(self, take):
        take(KILL)
        take(STORY)
        reinstate(Article.objects.get())
        report = take(KILL)
        assert (counts(report), Article.objects.public().count()) == ((0, 0, 1, 0), 1)
        assert "Staff reinstated the article" in report.problems[0].problem
        take(NEWER)
        assert Article.objects.public().count() == 1

    def test_another_kill_withdraws_it_again(self, take):
        take(KILL)
        take(STORY)
        reinstate(Article.objects.get())
        take(replace(KILL, note="Kill it for good."))
        assert Article.objects.public().count() == 0


class TestIdThatStaffChanged:
    @pytest.fixture
    def article(self, take):
        take(STORY)
        Article.objects.update(original_id="new")
        return Article.objects.get()

    @pytest.fixture
    def moved(self, take):
        take(STORY)
        other = make_outlet()
        Article.objects.update(outlet=other, section=None)
        return Article.objects.get()

    def test_kill_by_the_first_id_withdraws_the_article(self, article, take):
        assert counts(take(KILL)) == (0, 1, 0, 0)
        assert (Article.objects.public().count(), awaited()) == (0, [])

    def test_kill_withdraws_an_article_that_was_moved_to_another_outlet(self, moved, take):
        take(KILL)
        assert (Article.objects.public().count(), awaited()) == (0, [])

    def test_same_story_under_its_first_id_is_unchanged_and_told(self, article, take):
        report = take(STORY)
        assert counts(report) == (0, 0, 1, 0)
        assert [each.problem for each in report.problems] == [
            f"It is article {article.key}, whose id was changed here to “new”."
        ]

    def test_newer_story_under_its_first_id_updates_the_article_and_leaves_the_new_id(self, article, take):
        assert counts(take(NEWER)) == (0, 1, 0, 0)
        assert list(Article.objects.values_list("headline", "original_id")) == [(NEWER.headline, "new")]

    def test_both_ids_in_one_file_are_one_article(self, article, take):
        report = take(replace(NEWER, original_id="new"), OTHER, NEWER)
        assert (report.refused, Article.objects.count()) == (0, 2)
        assert list(check()) == []

    def test_same_story_of_an_article_that_was_moved_is_unchanged(self, moved, take):
        assert counts(take(STORY)) == (0, 0, 1, 0)

    def test_newer_story_of_an_article_that_was_moved_is_refused_and_says_which_it_is(self, moved, take):
        report = take(NEWER, OTHER)
        assert counts(report) == (1, 0, 0, 1)
        assert f"It is article {moved.key}, which staff moved to another outlet" in report.problems[0].problem

    def test_undoing_such_an_update_gives_back_what_was_there(self, article, take):
        undo_run(run_of(take(NEWER)))
        assert list(Article.objects.values_list("headline", "original_id")) == [(STORY.headline, "new")]


class TestPlannedWithdrawal:
    """Staff had planned one for a later day, as where a contract ends."""

    @pytest.fixture
    def planned(self, take):
        take(STORY)
        return withdraw(Article.objects.get(), reason="rights-expired", withdrawn_on=date(2099, 12, 31))

    def test_kill_brings_it_forward(self, take, planned):
        report = take(KILL)
        assert (counts(report), Article.objects.public().count()) == ((0, 1, 0, 0), 0)
        assert "planned for 2099-12-31" in report.problems[0].problem

    def test_again_is_unchanged(self, take, planned):
        take(KILL)
        assert counts(take(KILL)) == (0, 0, 1, 0)

    def test_undone_it_is_planned_again(self, take, planned):
        undone = undo_run(run_of(take(KILL)))
        planned.refresh_from_db()
        assert (undone.given_back, undone.kept, planned.withdrawn_on) == (1, [], date(2099, 12, 31))
        assert Article.objects.public().count() == 1
        assert list(check()) == []

    def test_run_that_changed_and_killed_the_story_is_undone_whole(self, take, planned):
        before = Article.objects.get().headline
        undone = undo_run(run_of(take(NEWER, KILL)))
        planned.refresh_from_db()
        assert (undone.kept, planned.withdrawn_on) == ([], date(2099, 12, 31))
        assert Article.objects.public().get().headline == before


class TestUndoing:
    def test_undone_story_is_awaited_again(self, take):
        take(KILL)
        before = everything()
        undone = undo_run(run_of(take(STORY)))
        assert (undone.removed, undone.kept) == (1, [])
        assert everything() | {"items": 0} == before | {"items": 0}
        take(STORY)
        assert Article.objects.public().count() == 0

    def test_undone_kill_is_awaited_no_more(self, take):
        before = everything()
        undone = undo_run(run_of(take(KILL)))
        assert (undone.others_removed, undone.kept) == (1, [])
        assert everything() | {"items": 0} == before | {"items": 0}

    def test_undone_kill_gives_its_article_back(self, take):
        kill = run_of(take(KILL))
        take(STORY)
        assert undo_run(kill, dry_run=True).given_back == 1
        assert Article.objects.public().count() == 0
        undone = undo_run(kill)
        assert (undone.given_back, undone.kept) == (1, [])
        assert (Article.objects.public().count(), Withdrawal.objects.count()) == (1, 0)
        assert (AwaitedWithdrawal.objects.count(), list(check())) == (0, [])

    def test_kill_and_then_story_undone_leave_nothing(self, take):
        kill, story = run_of(take(KILL)), run_of(take(STORY))
        assert undo_run(kill).kept == undo_run(story).kept == []
        assert (Article.objects.count(), AwaitedWithdrawal.objects.count()) == (0, 0)

    def test_story_and_then_kill_undone_leave_nothing(self, take):
        kill, story = run_of(take(KILL)), run_of(take(STORY))
        assert undo_run(story).kept == undo_run(kill).kept == []
        assert (Article.objects.count(), AwaitedWithdrawal.objects.count()) == (0, 0)

    def test_run_with_both_undone_leaves_nothing(self, take):
        undone = undo_run(run_of(take(KILL, STORY)))
        assert (undone.kept, Article.objects.count(), AwaitedWithdrawal.objects.count()) == ([], 0, 0)

    def test_kill_that_came_again_after_it_was_undone_withdraws(self, take):
        kill = run_of(take(KILL))
        take(STORY)
        undo_run(kill)
        assert counts(take(KILL)) == (0, 1, 0, 0)
        assert Article.objects.public().count() == 0

    def test_later_version_is_to_be_undone_first(self, take):
        kill = run_of(take(KILL))
        take(STORY)
        newer = run_of(take(NEWER))
        [kept] = undo_run(kill).kept
        assert (kept.remedy, Article.objects.public().count()) == ("Undo that run first.", 0)
        undo_run(newer)
        assert (undo_run(kill).kept, Article.objects.public().count()) == ([], 1)

    def test_reinstated_article_stays_and_is_listed(self, take):
        kill, story = run_of(take(KILL)), run_of(take(STORY))
        reinstate(Article.objects.get())
        for run in (kill, story):
            assert "Staff have touched it since (Reinstated" in undo_run(run).kept[0].problem
        assert Article.objects.public().count() == 1


class TestOtherWaysIn:
    def test_article_made_anew_from_its_record_stays_withdrawn(self, outlet, take, tmp_path):
        path = tmp_path / "kill.xml"
        path.write_bytes(killed_in("newsml-g2", "message.xml").record)
        import_paths([path], outlet)
        path.write_bytes(story_in("newsml-g2"))
        import_paths([path], outlet)
        [(_outlet, rebuilt)] = rebuild_articles([outlet])
        assert (rebuilt.refused, Article.objects.public().count()) == (0, 0)

    def test_rejects_that_were_mended(self, take_own, outlet, tmp_path):
        take_own(line("withdrawal", original_id="5"))
        raw = line("article", original_id="5", headline="Mended")
        rejected = {
            "place": "line 1",
            "problem": "No headline.",
            "remedy": "Give it one.",
            "format": "jsonl",
            "raw": raw,
        }
        report = take_own(json.dumps(rejected))
        assert (report.created, Article.objects.public().count()) == (1, 0)

    def test_own_export_with_the_story(self, take_own):
        take_own(line("article", original_id="5", headline="Chess"))
        text = exported()
        Article.objects.all().delete()
        take_own(line("withdrawal", original_id="5"))
        assert take_own(text).created == 1
        assert (Article.objects.count(), Article.objects.public().count()) == (1, 0)

    def test_own_export_with_the_story_whose_withdrawal_is_planned(self, take_own):
        take_own(line("article", original_id="5", headline="Chess"))
        withdraw(Article.objects.get(), reason="privacy", withdrawn_on=date(2099, 12, 31))
        text = exported()
        Article.objects.all().delete()
        take_own(line("withdrawal", original_id="5"))
        take_own(text)
        assert (Article.objects.count(), Article.objects.public().count()) == (1, 0)

    def test_own_export_with_the_story_withdrawn_already(self, take_own):
        """Undone, the kill takes nothing from the withdrawal that came with the article."""
        take_own(line("article", original_id="5", headline="Chess"))
        withdraw(Article.objects.get(), reason="privacy")
        text = exported()
        Article.objects.all().delete()
        kill = run_of(take_own(line("withdrawal", original_id="5")))
        take_own(text)
        assert (awaited(), Withdrawal.objects.get().reason) == ([], "privacy")
        assert (undo_run(kill).kept, AwaitedWithdrawal.objects.count()) == ([], 0)
        assert (Withdrawal.objects.count(), Article.objects.public().count()) == (1, 0)


class TestTravelling:
    def test_same_bytes_come_back(self, outlet, take_own):
        make = {"outlet": outlet, "told_at": datetime(2020, 1, 2, 3, 4, 5, 678, tzinfo=UTC)}
        AwaitedWithdrawal.objects.create(original_id="1", reason="legal", note="Kill it.", **make)
        AwaitedWithdrawal.objects.create(original_id="é“9", reason="other", **make)
        text = exported()
        assert text.count('"type":"withdrawal"') == 2
        AwaitedWithdrawal.objects.all().delete()
        take_own(text)
        assert (exported(), len(awaited())) == (text, 2)
        assert counts(take_own(text))[:2] == (0, 0)

    def test_one_whose_article_has_come_is_told_within_it(self, take):
        take(KILL)
        take(STORY)
        assert '"type":"withdrawal"' not in exported()

    def test_it_withdraws_an_article_that_is_there(self, outlet, take_own):
        take_own(line("article", original_id="5", headline="Chess"))
        kill = line("withdrawal", outlet=outlet.slug, original_id="5", reason="legal", note="Kill it.")
        assert counts(take_own(kill)) == (0, 1, 0, 0)
        assert Article.objects.public().count() == 0

    def test_that_of_another_outlet_is_left_out_and_counted(self, take_own):
        kill = line("withdrawal", outlet="other", original_id="1")
        assert take_own(kill).left_out == {"withdrawals of other": 1}

    def test_nothing_of_it_is_in_the_open_data(self, take, tmp_path):
        take(KILL, OTHER)
        call_command("export_articles", open_data=str(tmp_path / "open"), verbosity=0)
        files = [path.read_bytes() for path in (tmp_path / "open").rglob("*.gz")]
        assert files != []
        assert all(b"Kill it." not in gzip.decompress(each) for each in files)

    @pytest.mark.parametrize("fields", [{"reason": "why not"}, {"told_at": "2020"}, {"note": 3}, {"original_id": ""}])
    def test_it_is_refused_with_where_why_and_remedy(self, take_own, fields):
        report = take_own(line("withdrawal", **({"original_id": "1"} | fields)))
        [problem] = report.problems
        assert (counts(report), problem.place[-6:], bool(problem.remedy)) == ((0, 0, 0, 1), "line 1", True)


def test_batch_without_any_that_is_awaited_asks_once(take):
    """However many articles it has: asked for is whether there is one at all."""
    from django.test.utils import CaptureQueriesContext

    stories = [replace(OTHER, original_id=f"s{number}", body=f"<p>{number}</p>") for number in range(20)]
    with CaptureQueriesContext(connection) as asked:
        take(*stories)
    assert sum('FROM "archive_awaitedwithdrawal"' in each["sql"] for each in asked.captured_queries) == 2


def line(kind, **fields):
    return json.dumps({"format": "newsroom-archive-1", "type": kind, **fields}) + "\n"


def exported():
    out = StringIO()
    call_command("export_articles", stdout=out)
    return out.getvalue()


# Of each format that can kill: the sample, the id of a story in it, and the id of that which is killed in it.
WIRES = {
    "newsml-g2": ("message.xml", "20140106:ferry", "20140106:chess"),
    "newsml-1": ("items.xml", "TX-PAR-ABC12", "TX-PAR-DEF34"),
    "nitf": ("later.xml", "pc-crue-0107", "pc-echecs-0099"),
    "iptc7901": ("feed.txt", "nrd0042", "nrd0042"),
    "ninjs": ("items-3.json", "urn:a:1", "urn:a:3"),
}


def items_of(wire, name):
    content = (SAMPLES / wire / name).read_bytes()
    return list(load_reader(wire).read(BytesIO(content), ReadOptions(time_zone="America/Halifax")))


def killed_in(wire, name):
    return next(item for item in items_of(wire, name) if isinstance(item, ImportedWithdrawal))


def story_in(wire):
    """The record of a story, with the id of that which the sample kills."""
    name, told, killed = WIRES[wire]
    articles = [item for item in items_of(wire, name) if isinstance(item, ImportedArticle)]
    record = next(item.record for item in articles if told.encode() in item.record)
    return record.replace(told.encode(), killed.encode())


@pytest.mark.parametrize("wire", WIRES)
class TestWires:
    @pytest.fixture
    def files(self, wire, outlet, tmp_path):
        """Imports the kill, and the story, each from a file of its own."""
        kill, story = tmp_path / "kill", tmp_path / "story"
        kill.write_bytes(killed_in(wire, WIRES[wire][0]).record)
        story.write_bytes(story_in(wire))
        return SimpleNamespace(kill=lambda: import_paths([kill], outlet), story=lambda: import_paths([story], outlet))

    def test_story_of_a_later_run_is_never_public(self, wire, files, client):
        kill, story = files.kill(), files.story()
        assert (counts(kill), counts(story)) == ((1, 0, 0, 0), (1, 0, 0, 0)), (kill.problems, story.problems)
        article = Article.objects.get()
        assert (Article.objects.public().count(), awaited()) == (0, [])
        assert client.get(article.get_absolute_url()).status_code == 410

    def test_imported_again_both_are_unchanged(self, wire, files):
        files.kill()
        files.story()
        before = everything()
        assert [counts(files.kill()), counts(files.story())] == [(0, 0, 1, 0)] * 2
        assert everything() == before

    def test_both_orders_give_the_same(self, wire, files):
        files.kill()
        files.story()
        first = Withdrawal.objects.values("article__key", "reason", "status_code").get()
        Article.objects.all().delete()
        AwaitedWithdrawal.objects.all().delete()
        files.story()
        files.kill()
        assert Withdrawal.objects.values("article__key", "reason", "status_code").get() == first

    def test_undone_in_either_order_nothing_stays(self, wire, files):
        for is_kill_first in (True, False):
            runs = [run_of(files.kill()), run_of(files.story())]
            for run in runs if is_kill_first else reversed(runs):
                assert undo_run(run).kept == []
            assert (Article.objects.count(), AwaitedWithdrawal.objects.count()) == (0, 0)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_kill_first", [True, False], ids=["kill first", "story first"])
def test_kill_and_story_of_two_runs_at_once_find_each_other(outlet, is_kill_first):
    """The second waits for the first to commit, and sees what it did."""

    def kill():
        save_withdrawal(KILL, Saving(outlet))

    def story():
        save_article(STORY, outlet)

    first, second = (kill, story) if is_kill_first else (story, kill)
    is_under_way = threading.Event()

    def begin():
        with transaction.atomic():
            first()
            is_under_way.set()
            time.sleep(0.5)
        connection.close()

    beginning = threading.Thread(target=begin)
    beginning.start()
    assert is_under_way.wait(10)
    with transaction.atomic():
        second()
    beginning.join()
    assert (Article.objects.count(), Article.objects.public().count(), awaited()) == (1, 0, [])
