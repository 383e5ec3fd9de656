"""What stands beside articles in an own export: outlets, old hosts, patterns, pages, notices, selections."""

import gzip
import json
import sys
from dataclasses import replace
from datetime import date
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from archive import importers
from archive.importers.items import ImportedPage
from archive.importers.saving import import_paths, reading, undo_run
from archive.models import (
    AddressPattern,
    Article,
    Author,
    ClosureNotice,
    ImportItem,
    ImportRun,
    ImportTrace,
    InfoPage,
    OldAddress,
    OldHost,
    Outlet,
    PageAddress,
    Section,
    SelectedArticle,
    Selection,
    Source,
    SourceRule,
    Tag,
)

pytestmark = pytest.mark.django_db

KINDS = ["host", "pattern", "page", "notice", "selection"]
MODELS = [OldHost, AddressPattern, InfoPage, PageAddress, ClosureNotice, Selection, SelectedArticle]


@pytest.fixture
def network(media_root):
    from tests import factories as make

    network = make.make_outlet(slug="fleuve", name="Fleuve Médias", language="en", website="https://fleuve.example")
    make.make_notice(network, language="fr", names="page", message="{outlet} a fermé en {year}. {faq}")
    return network


@pytest.fixture
def outlet(network):
    """An outlet with one of each, or more."""
    from tests import factories as make

    outlet = make.make_outlet(
        slug="courrier", parent=network, accent="teal", rights_line="© Courrier", about="Un journal.\n\nDeux pages."
    )
    first = make.make_article(outlet=outlet, original_id="1", key="1" * 12)
    make.make_article(outlet=outlet, original_id="2", key="2" * 12)
    OldHost.objects.create(outlet=outlet, address="vieux.courrier.example")
    AddressPattern.objects.create(
        outlet=outlet, template="/{year}/{slug}_n_{id}.html", order=7, example="http://vieux.example/2014/crue_n_5.html"
    )
    AddressPattern.objects.create(outlet=None, template="/archives/{id}", order=113)
    page = make.make_info_page(outlet, slug="faq", kind="faq", order=2, updated_on=date(2021, 6, 1), title="FAQ")
    PageAddress.objects.create(page=page, url="http://www.courrier.example/faq.html?b=2&a=1")
    make.make_info_page(outlet, slug="brouillon", held_back=True)
    make.make_notice(outlet, message="{outlet} a fermé en {year}.", last_day=date(2030, 1, 1))
    make.make_notice(outlet, placement="footer", message="Voir la {faq}.")
    chosen = Selection.objects.create(
        outlet=outlet, slug="choix", title="Choix", introduction="Deux.", shown_from=date(2022, 1, 1)
    )
    SelectedArticle.objects.create(selection=chosen, article=Article.objects.get(key="2" * 12), order=1, note="D'abord")
    SelectedArticle.objects.create(selection=chosen, article=first, order=1)
    return outlet


def exported(**options):
    out = StringIO()
    call_command("export_articles", stdout=out, **options)
    return out.getvalue()


def empty(*, outlets=False):
    Article.objects.all().delete()
    ImportRun.objects.all().delete()
    for model in (*MODELS, Author, Source, Tag):
        model.objects.all().delete()
    while Section.objects.exists():
        Section.objects.filter(subsections=None).delete()
    if outlets:
        Outlet.objects.exclude(parent=None).delete()
        Outlet.objects.all().delete()


@pytest.fixture
def file(tmp_path):
    def file(text):
        path = tmp_path / "export.jsonl"
        path.write_text(text, encoding="utf-8", newline="\n")
        return path

    return file


@pytest.fixture
def take(outlet, file):
    return lambda text, **options: import_paths([file(text)], outlet, **options)


def counts(report):
    return (report.created, report.updated, report.unchanged, report.refused)


def last_run():
    return ImportRun.objects.latest("pk")


def line(kind, /, **fields):
    return json.dumps({"format": "newsroom-archive-1", "type": kind, **fields}) + "\n"


def only(text, *kinds):
    return "".join(each + "\n" for each in text.splitlines() if json.loads(each)["type"] in kinds)


def own(text):
    """Without the lines of the network, which are not taken into the outlet."""
    return "".join(each + "\n" for each in text.splitlines() if '"outlet":"fleuve"' not in each)


class TestThereAndBack:
    def test_same_archive_comes_back(self, outlet, take):
        before = exported()
        empty()
        # The network's notice came with the outlet's export, and is left out here.
        report = take(only(before, *KINDS, "article"))
        assert (counts(report), report.problems) == ((10, 0, 0, 0), [])
        assert report.left_out == {"notices of fleuve": 1}
        assert own(exported()) == own(before)

    def test_demonstration_archive_comes_back_where_there_was_nothing(self, demo, file):
        before = exported()
        empty(outlets=True)
        path = file(before)
        for slug in ("huffpost-quebec", "huffpost-canada"):
            call_command("import_articles", str(path), outlet=slug, make_outlet=True, stdout=StringIO())
        assert exported() == before

    def test_again_is_unchanged_and_writes_nothing(self, outlet, take):
        text = exported()
        empty()
        first = take(text)
        rows = [list(model.objects.order_by("pk").values()) for model in (*MODELS, Outlet)]
        made = (ImportItem.objects.count(), ImportTrace.objects.count())
        assert counts(take(text)) == (0, 0, first.created + first.unchanged, 0)
        assert [list(model.objects.order_by("pk").values()) for model in (*MODELS, Outlet)] == rows
        assert (ImportItem.objects.count(), ImportTrace.objects.count()) == made

    def test_archive_that_it_came_from_is_left_as_it_is(self, outlet, take):
        InfoPage.objects.filter(slug="faq").update(body="<p onclick=x>Écrit ici.</p>")
        text = exported()
        report = take(text)
        assert (report.created, report.updated, report.refused, report.problems) == (0, 0, 0, [])
        assert exported() == text

    def test_trial_counts_as_the_import_does(self, outlet, take):
        text = exported()
        empty()
        for _time in range(2):
            trial = take(text, dry_run=True)
            report = take(text)
            assert (counts(trial), trial.problems, trial.left_out) == (
                counts(report),
                report.problems,
                report.left_out,
            )

    def test_trial_writes_nothing(self, outlet, take):
        text = exported()
        empty()
        take(text, dry_run=True)
        assert [model.objects.count() for model in MODELS] == [0] * len(MODELS)

    def test_long_trial_counts_as_the_import_does(self, outlet, take, monkeypatch):
        monkeypatch.setattr("archive.importers.saving.trial.LONGEST", -1)
        monkeypatch.setattr("archive.importers.saving.trial.PAUSE", 0)
        monkeypatch.setattr("archive.importers.saving.reading.MOST_ITEMS", 1)
        text = exported()
        text += only(text, *KINDS)
        empty()
        trial = take(text, dry_run=True)
        report = take(text)
        assert (counts(trial), trial.problems) == (counts(report), report.problems)

    def test_export_of_an_outlet_tells_of_those_above_it_without_their_articles(self, outlet, network):
        from tests.factories import make_article

        make_article(outlet=network, headline="Ailleurs")
        make_article(headline="Loin")
        text = exported(outlet="courrier")
        assert [each["slug"] for each in map(json.loads, only(text, "outlet").splitlines())] == ["fleuve", "courrier"]
        assert '"outlet":"fleuve"' in only(text, "notice")
        assert ("Ailleurs" in text, "Loin" in text) == (False, False)

    def test_outlet_of_another_name_takes_nothing_and_counts_it(self, outlet, network, file):
        report = import_paths([file(exported(outlet="courrier"))], network)
        assert counts(report) == (0, 0, 3, 0)
        assert report.left_out == {
            "articles of courrier": 2,
            "descriptions of courrier": 1,
            "old hosts of courrier": 1,
            "notices of courrier": 2,
            "pages of courrier": 2,
            "address patterns of courrier": 1,
            "selections of courrier": 1,
        }

    def test_nothing_of_it_is_in_the_open_data(self, outlet, tmp_path):
        call_command("export_articles", open_data=str(tmp_path / "open"), verbosity=0)
        [path] = (tmp_path / "open").rglob("*.jsonl.gz")
        rows = [json.loads(each) for each in gzip.decompress(path.read_bytes()).decode().splitlines()]
        assert [("headline" in row, "type" in row) for row in rows] == [(True, False)] * 2


# Of each kind: how the file is another than what is here, and how staff change what is here.
CHANGES = {
    "pattern": ('"order":7', '"order":8', AddressPattern.objects.filter(order__lt=100), {"order": 9}),
    "page": ('"title":"FAQ"', '"title":"Questions"', InfoPage.objects.filter(slug="faq"), {"title": "À nous"}),
    "notice": (
        '{outlet} a fermé en {year}."',
        '{outlet} est fermé."',
        ClosureNotice.objects.filter(placement="banner", outlet__slug="courrier"),
        {"message": "Fini."},
    ),
    "selection": ('"note":"D\'abord"', '"note":"Avant"', Selection.objects.filter(slug="choix"), {"title": "À nous"}),
}


@pytest.mark.parametrize("kind", CHANGES)
class TestWhatIsOther:
    @pytest.fixture
    def change(self, kind, outlet, take):
        """An export that was imported, a newer one, the row in which they differ, and what staff do to it."""
        text = exported(outlet="courrier")
        empty()
        take(text)
        old, new, rows, by_staff = CHANGES[kind]
        assert old in text
        return SimpleNamespace(text=text, newer=text.replace(old, new, 1), rows=rows, by_staff=by_staff)

    def test_newer_file_brings_up_to_date_what_nobody_changed(self, change, take):
        report = take(change.newer)
        assert (report.updated, report.refused, report.problems) == (1, 0, [])
        assert own(exported()) == own(change.newer)
        assert counts(take(change.newer))[:2] == (0, 0)

    def test_newest_file_brings_it_up_to_date_again(self, change, take):
        take(change.newer)
        assert (take(change.text).updated, own(exported())) == (1, own(change.text))
        assert counts(take(change.text))[:2] == (0, 0)

    def test_what_staff_changed_stays_and_is_told(self, change, take):
        change.rows.update(**change.by_staff)
        report = take(change.newer)
        assert (report.updated, report.refused) == (0, 0)
        [problem] = report.problems
        assert "was written or changed here, and was left as it is." in problem.problem
        assert change.rows.values(*change.by_staff).get() == change.by_staff

    def test_what_no_import_made_stays_and_is_told(self, change, take):
        ImportTrace.objects.all().delete()
        report = take(change.newer)
        assert (report.updated, len(report.problems)) == (0, 1)

    def test_update_is_taken_back(self, change, take):
        before = exported()
        take(change.newer)
        undone = undo_run(last_run())
        assert (exported(), undone.restored, undone.kept) == (before, 1, [])

    def test_update_that_staff_changed_since_stays_and_is_listed(self, change, take):
        take(change.newer)
        change.rows.update(**change.by_staff)
        [kept] = undo_run(last_run()).kept
        assert "changed it since" in kept.problem
        assert change.rows.values(*change.by_staff).get() == change.by_staff

    def test_row_that_a_later_run_changed_stays_until_that_is_undone(self, change, take):
        first = last_run()
        take(change.newer)
        second = last_run()
        [kept] = undo_run(first, dry_run=True).kept
        assert kept.problem.startswith(f"Run {second.key} changed it later")
        undo_run(second)
        assert (undo_run(first).kept, change.rows.count()) == ([], 0)

    def test_trial_of_a_newer_file_counts_as_the_import_does(self, change, take):
        trial = take(change.newer, dry_run=True)
        assert counts(trial) == counts(take(change.newer))


class TestPagesOfOtherFormats:
    PAGE = ImportedPage("about", "About", "<p>Us.</p>", "en", old_addresses=("https://courrier.example/about",))

    @pytest.fixture
    def take_page(self, outlet, tmp_path, monkeypatch):
        made_up = SimpleNamespace(recognises=lambda head: True)
        monkeypatch.setitem(sys.modules, "made_up", made_up)
        formats = {**importers.FORMATS, "made-up": "made_up"}
        for module in (importers, reading):
            monkeypatch.setattr(module, "FORMATS", formats)
        (tmp_path / "page").write_text("x")

        def take_page(page):
            made_up.read = lambda stream, options: iter([page])
            return import_paths([tmp_path / "page"], outlet, format_name="made-up")

        return take_page

    def test_page_of_another_format_is_brought_up_to_date(self, outlet, take, take_page):
        take_page(self.PAGE)
        newer = only(exported(), "page").replace("Us.", "All of us.")
        assert take(newer).updated == 1
        assert InfoPage.objects.get(slug="about").body == "<p>All of us.</p>"

    def test_other_format_brings_a_page_of_an_export_up_to_date(self, outlet, take, take_page):
        take_page(self.PAGE)
        text = only(exported(), "page")
        empty()
        take(text)
        made = last_run()
        assert counts(take_page(self.PAGE)) == (0, 0, 1, 0)
        assert counts(take_page(replace(self.PAGE, title="About us"))) == (0, 1, 0, 0)
        assert len(undo_run(made, dry_run=True).kept) == 1
        undo_run(last_run())
        assert only(exported(), "page") == text
        assert (undo_run(made).kept, InfoPage.objects.count()) == ([], 0)


class TestUndoing:
    def test_all_that_a_run_made_is_removed(self, outlet, take):
        text = exported()
        empty()
        before = exported()
        take(text)
        undone = undo_run(last_run())
        assert (exported(), undone.kept, undone.removed) == (before, [], 2)
        assert ImportTrace.objects.count() == 0

    def test_trial_of_it_tells_the_same(self, outlet, take):
        text = exported()
        empty()
        take(text)
        before = exported()
        trial = undo_run(last_run(), dry_run=True)
        assert exported() == before
        undone = undo_run(last_run())
        # Authors and the like are told only when it is done; there are none.
        assert (trial.removed, trial.others_removed, trial.kept) == (undone.removed, undone.others_removed, [])

    def test_selection_that_staff_changed_stays(self, outlet, take):
        text = exported()
        empty()
        take(text)
        Selection.objects.update(title="À nous")
        [kept] = undo_run(last_run()).kept
        assert (kept.place, Selection.objects.count()) == ("The selection “À nous”", 1)


class TestRulesOfSources:
    TEXT = line("source", slug="afp", name="AFP", kind="agency", rules=[["provider", "AFP", 5], ["byline", "AFP", 9]])

    def test_they_come_with_their_source_and_go_with_it(self, take):
        before = exported()
        take(self.TEXT + line("article", original_id="9", headline="A", source={"slug": "afp", "kind": "agency"}))
        assert SourceRule.objects.count() == 2
        undo_run(last_run())
        assert (exported(), Source.objects.count()) == (before, 0)

    def test_source_that_staff_gave_a_rule_stays(self, take):
        take(self.TEXT)
        SourceRule.objects.create(source=Source.objects.get(), evidence="credit", pattern="AFP")
        undo_run(last_run())
        assert SourceRule.objects.count() == 3

    def test_source_that_an_article_of_another_run_uses_keeps_its_rules(self, outlet, take):
        take(self.TEXT)
        made = last_run()
        Article.objects.filter(key="1" * 12).update(source=Source.objects.get())
        undo_run(made)
        assert SourceRule.objects.count() == 2

    def test_rules_that_a_source_lacks_here_are_told(self, take):
        source = Source.objects.create(slug="afp", name="AFP", kind="agency")
        SourceRule.objects.create(source=source, evidence="byline", pattern="AFP")
        [problem] = take(self.TEXT).problems
        assert problem.problem == "The source “AFP” is here without these rules: provider “AFP”. It was left as it is."
        assert SourceRule.objects.count() == 1


class TestOutlets:
    BARE = {"parent": None, "opened_on": None, "closed_on": None, "rights_line": "", "about": ""}

    def test_what_is_not_known_is_filled_in(self, outlet, take):
        text = exported()
        Outlet.objects.filter(slug="courrier").update(**self.BARE)
        report = take(text)
        assert (report.updated, report.problems, exported()) == (1, [], text)

    def test_it_is_taken_out_again_by_undoing(self, outlet, take):
        text = exported()
        Outlet.objects.filter(slug="courrier").update(**self.BARE)
        before = exported()
        take(text)
        undone = undo_run(last_run())
        assert (exported(), undone.restored, undone.kept) == (before, 1, [])
        assert not undo_run(last_run()).is_something

    def test_what_staff_changed_since_stays_when_it_is_undone(self, outlet, take):
        text = exported()
        Outlet.objects.filter(slug="courrier").update(**self.BARE)
        take(text)
        Outlet.objects.filter(slug="courrier").update(about="À nous.")
        [kept] = undo_run(last_run()).kept
        outlet.refresh_from_db()
        assert ("(about)" in kept.problem, outlet.about, outlet.closed_on) == (True, "À nous.", None)

    def test_what_is_known_otherwise_stays_and_is_told(self, outlet, take):
        text = exported()
        Outlet.objects.filter(slug="courrier").update(name="Le Courrier", time_zone="Europe/Paris")
        report = take(text)
        assert report.updated == 0
        [problem] = report.problems
        assert "something else is known here (name, time zone)" in problem.problem

    def test_network_that_is_not_here_is_told(self, outlet, take):
        text = exported().replace('"parent":"fleuve"', '"parent":"ailleurs"')
        Outlet.objects.filter(slug="courrier").update(parent=None)
        assert [each.problem for each in take(text).problems] == ["Its network, “ailleurs”, is not here."]

    def test_outlet_that_would_stand_below_itself_is_refused(self, outlet, network, file):
        text = line("outlet", slug="fleuve", name="Fleuve Médias", parent="courrier", language="en")
        report = import_paths([file(text)], network)
        assert (report.refused, "stands below the outlet itself" in report.problems[0].problem) == (1, True)


class TestMaking:
    def test_outlet_that_is_told_of_is_offered(self, outlet, file):
        path = file(exported())
        empty(outlets=True)
        with pytest.raises(CommandError, match=r"There is no outlet “courrier”\. Pass --make-outlet"):
            call_command("import_articles", str(path), outlet="courrier")

    def test_outlet_is_made_with_its_network(self, outlet, file):
        text = exported()
        path = file(text)
        empty(outlets=True)
        out = StringIO()
        call_command("import_articles", str(path), outlet="courrier", make_outlet=True, stdout=out)
        assert "Outlet made: Fleuve Médias (fleuve)." in out.getvalue()
        call_command("import_articles", str(path), outlet="fleuve", stdout=StringIO())
        assert exported() == text

    def test_json_is_all_that_is_printed(self, outlet, file):
        path = file(exported())
        empty(outlets=True)
        out = StringIO()
        call_command("import_articles", str(path), outlet="courrier", make_outlet=True, json=True, stdout=out)
        assert json.loads(out.getvalue())["refused"] == 0

    def test_trial_makes_none(self, outlet, file):
        path = file(exported())
        empty(outlets=True)
        with pytest.raises(CommandError, match="A trial needs it first"):
            call_command("import_articles", str(path), outlet="courrier", make_outlet=True, dry_run=True)
        assert not Outlet.objects.exists()

    def test_outlet_of_which_nothing_is_told_is_not_made(self, outlet, file):
        with pytest.raises(CommandError, match=r"There is no outlet “x”\. Pass --outlet with one of: courrier, fleuve"):
            call_command("import_articles", str(file(exported())), outlet="x", make_outlet=True)

    @pytest.mark.parametrize(
        ("fields", "why"),
        [
            ({"parent": "nobody"}, "No file tells of the outlet “nobody”."),
            ({"parent": "new"}, "No file tells of the outlet “new”."),
            ({"time_zone": "Mars/Olympus"}, "is not a time zone"),
            ({"language": "xx"}, "can't be made as it is told"),
            ({"name": "A\x00"}, "NUL"),
            ({"parent": "\x00"}, "NUL"),
        ],
    )
    def test_outlet_that_can_not_be_is_told(self, file, fields, why):
        path = file(line("outlet", **({"slug": "new", "name": "New", "language": "en"} | fields)))
        out = StringIO()
        with pytest.raises(SystemExit):
            call_command("import_articles", str(path), outlet="new", make_outlet=True, stdout=out)
        assert why in out.getvalue()
        assert not Outlet.objects.exists()


class TestWhatIsAnothers:
    def test_old_host_of_another_outlet_stays_there(self, outlet, network, take):
        text = exported()
        empty()
        OldHost.objects.create(outlet=network, address="vieux.courrier.example")
        [problem] = take(text).problems
        assert problem.problem == "vieux.courrier.example is an old host of Fleuve Médias already, and stays there."
        assert OldHost.objects.get().outlet == network

    def test_address_of_an_article_is_no_pages(self, outlet, take):
        text = only(exported(), "page")
        empty()
        from tests.factories import make_article, make_old_address

        make_old_address(make_article(outlet=outlet), "http://courrier.example/faq.html?a=1&b=2")
        [problem] = take(text).problems
        assert "is an old address of an article already, and stays there." in problem.problem
        assert (PageAddress.objects.count(), OldAddress.objects.count()) == (0, 1)
        assert counts(take(text)) == (0, 0, 2, 0)

    def test_selection_is_taken_without_articles_that_are_not_here_and_completed_later(self, outlet, take):
        text = exported()
        empty()
        [problem] = take(only(text, "selection")).problems
        assert "names articles that are not here: 111111111111, 222222222222." in problem.problem
        report = take(text)
        assert (report.updated, report.problems) == (1, [])
        assert only(exported(), "selection") == only(text, "selection")

    def test_missing_article_is_told_again_and_nothing_is_written(self, outlet, take):
        text = exported()
        empty()
        take(only(text, "selection"))
        report = take(only(text, "selection"))
        assert (counts(report), len(report.problems)) == ((0, 0, 1, 0), 1)


class TestWhatCanNotBe:
    @pytest.mark.parametrize(
        ("kind", "fields", "why"),
        [
            ("outlet", {"slug": "courrier", "website": "no address", "opened_on": "2012-02-08"}, ""),
            ("outlet", {"slug": "courrier", "closed_on": "yesterday"}, "closed_on"),
            ("host", {"address": "/no host"}, ""),
            ("pattern", {"template": "no template {"}, ""),
            ("pattern", {"template": "/{year}/{slug}", "example": "https://www.example.org/about"}, "does not fit"),
            ("page", {"slug": "a", "title": "", "language": "fr"}, "title"),
            ("page", {"slug": "a b", "title": "A", "language": "fr"}, "slug"),
            ("page", {"slug": "a", "title": "A", "language": "xx"}, "language"),
            ("page", {"slug": "a", "title": "A\x00", "language": "fr"}, "NUL"),
            ("page", {"slug": "a", "title": "A\ud800", "language": "fr"}, "surrogate"),
            ("page", {"slug": "a", "title": "A", "language": "fr", "old_addresses": ["no host"]}, ""),
            ("notice", {"language": "fr", "placement": "banner", "message": "A."}, "first day"),
            (
                "notice",
                {"first_day": "2021-01-01", "language": "fr", "placement": "roof", "message": "A."},
                "placement",
            ),
            (
                "notice",
                {"first_day": "2021-01-01", "language": "fr", "placement": "banner", "message": "{x}"},
                "placeholder",
            ),
            (
                "notice",
                {
                    "first_day": "2021-01-01",
                    "last_day": "2020-01-01",
                    "language": "fr",
                    "placement": "banner",
                    "message": "A",
                },
                "comes before the first",
            ),
            ("selection", {"slug": "a", "title": ""}, "title"),
            ("selection", {"slug": "a", "title": "A", "articles": [{"key": "short"}]}, "articles"),
            ("selection", {"slug": "a", "title": "A", "articles": [{"key": "1" * 12, "note": "x" * 301}]}, "note"),
            (
                "page",
                {
                    "slug": "a",
                    "title": "A",
                    "language": "fr",
                    "old_addresses": [f"https://a.example/?utm_source={'x' * 2000}"],
                },
                "url",
            ),
            ("host", {"address": f"{'x' * 400}.example"}, ""),
            ("pattern", {"template": f"/{'x' * 4000}"}, ""),
            (
                "selection",
                {"slug": "a", "title": "A", "shown_from": "2020-01-01", "shown_until": "2019-01-01"},
                "ends on a later day",
            ),
        ],
    )
    def test_it_is_refused_with_where_why_and_remedy(self, outlet, take, kind, fields, why):
        if kind == "outlet":
            Outlet.objects.filter(slug="courrier").update(opened_on=None, closed_on=None)
        report = take(line(kind, **fields))
        [problem] = report.problems
        assert (counts(report), problem.place[-6:]) == ((0, 0, 0, 1), "line 1")
        assert why in problem.problem
        assert problem.remedy

    def test_least_of_lines_has_the_rest_by_default(self, outlet, take):
        take(line("page", slug="a", title="A", language="en"))
        page = InfoPage.objects.get(slug="a")
        assert (page.kind, page.order, page.held_back, page.outlet) == ("other", 0, False, outlet)

    def test_script_in_a_page_is_shown_to_nobody(self, outlet, take, client):
        take(line("page", slug="a", title="A", language="en", body="<script>x()</script><p onclick=x>Text.</p>"))
        shown = client.get("/courrier/pages/a/").content.decode()
        assert ("<p>Text.</p>" in shown, "x()" in shown, "onclick" in shown) == (True, False, False)
