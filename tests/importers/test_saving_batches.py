"""Many articles saved at once, as they would be one by one; and what is told of them."""

import os
import pickle
import re
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from archive.beside import MOST_BYTES_AHEAD, Ahead, BrokenOff, run_beside
from archive.care import snapshot
from archive.importers.base import (
    ImportedArticle,
    ImportedByline,
    ImportedCorrection,
    ImportedImage,
    ImportedSource,
    ImportedTerm,
    Problem,
    ReadOptions,
)
from archive.importers.items import ImportedPage, ImportedWithdrawal
from archive.importers.saving import import_paths, reading, save_article, trial, updating
from archive.importers.saving.article import ground_of
from archive.importers.saving.locks import end_broken_off, held
from archive.importers.saving.prepare import prepare
from archive.models import Article, Author, Byline, Image, ImportItem, ImportRun, OldAddress, Revision, Tag
from tests import giving
from tests.factories import make_article, make_author, make_old_address

pytestmark = pytest.mark.django_db

TEXT = "<p>The council has voted to keep the ferry running through the winter, for good this time.</p>" * 4


def story(number, **changes):
    return replace(
        ImportedArticle(
            original_id=str(number),
            headline=f"Story {number}",
            body=f"<p onclick=x>Text {number}.</p>",
            published=datetime(2014, 1, number % 28 + 1, 12, 30),
            published_precision="minute",
            bylines=(ImportedByline(f"Author {number % 3}"), ImportedByline("Omar Haddad", role="photo")),
            source=ImportedSource("The Canadian Press", "agency"),
            section=(ImportedTerm("News"), ImportedTerm(f"Part {number % 2}")),
            tags=(ImportedTerm("Ferries"), ImportedTerm(f"Tag {number}")),
            images=(ImportedImage(f"https://img.example/{number}.jpg", "Alt", "Caption"),),
            corrections=(ImportedCorrection("update", "It came.", datetime(2014, 2, 1).date()),),
            original_url=f"https://herald.example/{number}",
            place=f"item {number}",
        ),
        **changes,
    )


@pytest.fixture
def take(outlet, reader, page_file):
    def take(*items, **options):
        reader(*items)
        return import_paths([page_file("x")], outlet, **options)

    return take


def counts(report):
    return (report.created, report.updated, report.unchanged, report.refused)


def told(report):
    return [each.problem for each in report.problems]


class TestMany:
    def test_articles_are_the_same_as_when_they_come_one_by_one(self, outlet, make_outlet, take):
        take(*(story(number) for number in range(20)))
        many = [(article.derive(), snapshot(article))[1] for article in Article.objects.order_by("original_id")]
        Article.objects.all().delete()

        for number in range(20):
            save_article(story(number), outlet)

        assert [snapshot(article) for article in Article.objects.order_by("original_id")] == many

    def test_columns_are_what_saving_an_article_would_make_of_them(self, outlet, take):
        take(story(1))
        article = Article.objects.get()
        stored = Article.objects.values().get()
        article.save()
        assert Article.objects.values().get() == stored

    def test_takes_as_many_queries_for_many_as_for_few(self, outlet, take):
        # The terms are there already.
        take(*(story(number) for number in range(60)))
        Article.objects.all().delete()

        def queries(number):
            with CaptureQueriesContext(
                connection,
            ) as caught:
                take(*(story(number) for number in range(number)))
            Article.objects.all().delete()
            return len(caught)

        assert queries(10) == queries(60)

    def test_again_writes_no_row_but_the_run(self, take):
        take(story(1), story(2))

        with CaptureQueriesContext(connection) as caught:
            report = take(story(1), story(2))

        written = {query["sql"].split('"')[1] for query in caught if query["sql"].startswith(("INSERT", "UPDATE"))}
        assert (counts(report), written) == ((0, 0, 2, 0), {"archive_importrun"})

    def test_unchanged_item_is_counted_and_has_no_row(self, take):
        take(story(1))
        report = take(story(1), story(2))
        items = ImportRun.objects.get(key=report.runs[0]).items.values_list("number", "outcome")
        assert list(items) == [(2, "created")]

    def test_same_id_twice_in_a_file_is_an_update(self, take):
        assert counts(take(story(1), story(2), story(1, headline="Newer"))) == (2, 1, 0, 0)
        assert Article.objects.get(original_id="1").headline == "Newer"

    def test_bad_item_among_many_is_refused_alone(self, outlet, take):
        # Another article has the key that this one would get.
        from archive.keys import derived_key

        make_article(key=derived_key(outlet.slug, "7"))
        report = take(*(story(number) for number in range(20)))
        assert counts(report) == (19, 0, 0, 1)
        assert (Article.objects.filter(outlet=outlet).count(), ImportItem.objects.count()) == (19, 20)

    def test_terms_of_a_bad_item_are_not_left_behind(self, outlet, take):
        from archive.keys import derived_key

        make_article(key=derived_key(outlet.slug, "7"))
        take(*(story(number) for number in range(20)))
        assert not Tag.objects.filter(name="Tag 7").exists()

    def test_items_stand_in_the_order_of_the_file(self, take):
        take(story(1), Problem("item 2", "No date.", "Give it one."), story(3))
        places = [place.rpartition(": ")[2] for place in ImportItem.objects.values_list("place", flat=True)]
        assert places == ["item 1", "item 2", "item 3"]

    def test_old_address_of_two_goes_to_the_first_and_is_told(self, take):
        report = take(story(1), story(2, original_url="http://www.herald.example/1/"))
        assert OldAddress.objects.get().article.original_id == "1"
        assert "belongs to article" in told(report)[0]

    def test_known_author_is_found_by_a_name_written_otherwise(self, take):
        known = make_author(slug="author-0", name="AUTHOR 0")
        take(story(0), story(3))
        assert known.bylines.count() == 2
        assert {byline.printed for byline in known.bylines.all()} == {"Author 0"}

    def test_names_that_differ_by_a_sign_are_two_tags(self, take):
        take(story(1, tags=(ImportedTerm("C"),)), story(2, tags=(ImportedTerm("C++"), ImportedTerm("C"))))
        assert set(Tag.objects.values_list("name", flat=True)) == {"C", "C++"}

    def test_new_tag_is_in_the_language_of_the_first_article_that_brings_it(self, take):
        known = Tag.objects.create(slug="ferries", name="Ferries")
        take(story(1, language="fr"), story(2, language="en", tags=(ImportedTerm("Tag 1"), ImportedTerm("Harbour"))))
        known.refresh_from_db()
        assert known.language == ""
        assert dict(Tag.objects.exclude(pk=known.pk).values_list("name", "language")) == {
            "Tag 1": "fr",
            "Harbour": "en",
        }

    def test_terms_are_forgotten_and_found_again_where_there_are_very_many(self, take, monkeypatch):
        monkeypatch.setattr("archive.importers.saving.terms._MOST_REMEMBERED", 5)
        monkeypatch.setattr(reading, "MOST_ITEMS", 3)
        take(*(story(number) for number in range(20)))
        assert (Author.objects.count(), Tag.objects.count()) == (4, 21)


class TestDuplicates:
    def test_same_text_under_another_id_is_taken_and_told(self, outlet, take):
        report = take(story(1, body=TEXT), story(2, body=TEXT.upper()))
        first = Article.objects.get(original_id="1")
        assert (counts(report), report.duplicates) == ((2, 0, 0, 0), 1)
        assert told(report) == [f"Article {first.key} of Le Courrier des Rives has the same text."]

    def test_same_text_in_another_outlet_is_told(self, outlet, take):
        other = make_article(body=TEXT)
        report = take(story(1, body=TEXT))
        assert told(report) == [f"Article {other.key} of {other.outlet} has the same text."]

    def test_is_recorded_with_the_item(self, take):
        take(story(1, body=TEXT), story(2, body=TEXT))
        assert "has the same text" in ImportItem.objects.last().problem

    def test_short_texts_are_no_duplicates(self, take):
        assert take(story(1, body="<p>More to come.</p>"), story(2, body="<p>More to come.</p>")).duplicates == 0


class TestEmbargo:
    LATER = datetime.now(UTC) + timedelta(days=30)

    def test_article_under_embargo_is_held_back_and_told(self, take):
        report = take(story(1, embargoed_until=self.LATER))
        assert Article.objects.get().held_back
        assert told(report)[0].startswith("It is under embargo until ")

    def test_embargo_that_is_over_holds_nothing_back(self, take):
        report = take(story(1, embargoed_until=datetime(2014, 1, 1, tzinfo=UTC)))
        assert (Article.objects.get().held_back, told(report)) == (False, [])

    def test_article_is_published_by_the_import_after_its_embargo(self, take, monkeypatch):
        item = story(1, embargoed_until=self.LATER)
        take(item)
        monkeypatch.setattr("archive.importers.saving.article.timezone.now", lambda: self.LATER + timedelta(hours=1))
        assert counts(take(item)) == (0, 1, 0, 0)
        assert not Article.objects.get().held_back


class TestLetters:
    def test_text_that_was_read_wrongly_is_repaired_and_told(self, take):
        report = take(story(1, headline="CafÃ©", tags=(ImportedTerm("Ã‰tÃ©"),)))
        assert (Article.objects.get().headline, Tag.objects.get().name) == ("Café", "Été")
        assert told(report) == ["UTF-8 had been read in another encoding (headline, tags); that was undone."]

    def test_what_is_not_certain_is_left_and_told(self, take):
        report = take(story(1, headline="CafÃ© d’été"))
        assert Article.objects.get().headline == "CafÃ© d’été"
        assert "it was left as it is" in told(report)[0]

    def test_text_as_received_is_kept_as_it_came(self, take):
        take(story(1, body="<p>CafÃ©</p>"))
        article = Article.objects.get()
        assert (article.body_received, article.body) == ("<p>CafÃ©</p>", "<p>Café</p>")


class TestLanguage:
    ENGLISH = "<p>The council voted to keep the ferry, and the mayor said that it was for the good of all.</p>" * 3

    def test_language_that_is_told_counts(self, take):
        take(story(1, body=self.ENGLISH, language="fr"))
        assert Article.objects.get().language == "fr"

    def test_language_that_is_not_told_is_detected(self, take):
        report = take(story(1, body=self.ENGLISH))
        assert (Article.objects.get().language, told(report)) == ("en", [])

    def test_language_that_the_archive_has_not_is_told(self, take):
        spanish = "<p>El consejo municipal votó anoche para mantener el transbordador durante el invierno.</p>" * 3
        report = take(story(1, body=spanish))
        assert Article.objects.get().language == "fr"
        assert told(report)[0].startswith("No language is told; by its words it is “es”, none of the archive's.")

    def test_language_that_the_operator_names_counts_where_none_is_told(self, take):
        take(story(1, body=self.ENGLISH), story(2, language="en"), options=ReadOptions(language="fr"))
        assert [article.language for article in Article.objects.order_by("original_id")] == ["fr", "en"]

    def test_text_that_is_not_certain_is_in_the_outlets(self, take):
        report = take(story(1))
        assert (Article.objects.get().language, told(report)) == ("fr", [])


class TestHostile:
    @pytest.mark.parametrize(
        "body",
        ["<ul><li>" * 20_000, "<div>" * 100_000, f"<p {' '.join(f'a{n}=1' for n in range(100_000))}>x</p>"],
        ids=["lists", "boxes", "attributes"],
    )
    def test_text_without_bounds_is_refused_and_the_others_are_taken(self, take, body):
        report = take(story(1), story(2, body=body), story(3))
        assert (counts(report), report.problems[0].place.rpartition(": ")[2]) == ((2, 0, 0, 1), "item 2")

    def test_script_in_every_field_is_no_markup(self, take):
        script = "<script>alert(1)</script>"
        take(
            story(
                1,
                headline=script,
                summary=script,
                body=script + "<p>Text</p>",
                tags=(ImportedTerm(script),),
                bylines=(ImportedByline(script),),
                section=(ImportedTerm(script),),
                images=(ImportedImage("javascript:alert(1)", script, script, script),),
                original_url="javascript:alert(1)",
            )
        )
        article = Article.objects.get()
        assert (article.body, article.original_url) == ("<p>Text</p>", "")


class TestZipFiles:
    def test_each_member_is_read_and_told_with_its_place(self, outlet, tmp_path):
        path = tmp_path / "pages.zip"
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("a/one.txt", "Titre\n\nTitre\n\nUn texte.\n")
            packed.writestr("b/two.txt", "Close\n")
            packed.writestr("../three.txt", "Titre\n\nTitre\n\nUn autre texte.\n")
        report = import_paths([path], outlet)
        assert counts(report) == (1, 0, 0, 2)
        assert {each.place for each in report.problems} == {f"{path}: b/two.txt", f"{path}: ../three.txt"}
        assert not (tmp_path / "three.txt").exists()

    def test_progress_tells_how_much_of_the_zip_file_is_read(self, outlet, tmp_path):
        path, told = tmp_path / "tables.zip", []
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for name in "ab":
                rows = (f"{name}{number},Crue {number},{'Un texte. ' * 200}\n" for number in range(20))
                packed.writestr(f"{name}.csv", f"id,titre,texte\n{''.join(rows)}")
        import_paths([path], outlet, progress=lambda report: told.append((report.position, report.size)))
        (first, second), size = [position for position, _size in told], path.stat().st_size
        assert 0 < first < second <= size == told[0][1]

    def test_zip_file_within_a_zip_file_is_refused(self, outlet, tmp_path):
        inner, path = tmp_path / "inner.zip", tmp_path / "outer.zip"
        with zipfile.ZipFile(inner, "w") as packed:
            packed.writestr("a.txt", "x")
        with zipfile.ZipFile(path, "w") as packed:
            packed.write(inner, "inner.zip")
        report = import_paths([path], outlet)
        assert told(report) == ["A zip file within a zip file is not opened."]


class TestBrokenOff:
    @pytest.fixture
    def run(self, outlet):
        return ImportRun.objects.create(outlet=outlet, format="csv", file_name="a.csv")

    def test_run_whose_process_died_is_told_by_the_next(self, outlet, run, take):
        report = take(story(1))
        run.refresh_from_db()
        assert (report.broken_off, run.state) == ([run.key], "broken-off")
        assert run.finished_at is not None

    def test_run_that_is_alive_is_not(self, run):
        with held(run.key):
            assert end_broken_off() == []
        assert end_broken_off() == [run.key]

    @pytest.mark.sqlite
    def test_lock_goes_with_the_process_that_held_it(self, run, settings):
        script = (
            "import fcntl, sys, time\nfile = open(sys.argv[1], 'wb')\nfcntl.flock(file, fcntl.LOCK_EX)\n"
            "print('held', flush=True)\ntime.sleep(60)"
        )
        path = settings.DATA_DIR / "runs" / f"{run.key}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        with subprocess.Popen([sys.executable, "-c", script, path], stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            assert end_broken_off() == []
            process.kill()
            process.wait()
        assert end_broken_off() == [run.key]


class TestBeside:
    """With a second process that reads ahead."""

    def test_does_the_same(self, outlet, page_file):
        lines = "".join(
            f'{{"format":"newsroom-archive-1","type":"article","original_id":"{n}","headline":"Story {n}"}}\n'
            for n in range(1200)
        )
        report = import_paths([page_file(lines + "{}\n")], outlet, format_name="jsonl", beside=True)
        assert (counts(report), Article.objects.count()) == ((1200, 0, 0, 1), 1200)

    def test_what_went_before_its_death_is_kept_and_the_death_told(self, outlet, page_file, monkeypatch):
        def break_off(generator, *arguments):
            yield from list(generator(*arguments))[:-1]
            raise BrokenOff("exit status -9")

        monkeypatch.setattr("archive.importers.saving.run.run_beside", break_off)
        line = '{"format":"newsroom-archive-1","type":"article","original_id":"1","headline":"Story"}\n'
        report = import_paths([page_file(line)], outlet, format_name="jsonl", beside=True)
        assert report.refused == 1
        assert "The process that read it ended before its work did" in told(report)[-1]

    def test_process_that_dies_is_noticed(self):
        with pytest.raises(BrokenOff):
            list(run_beside(os._exit, 3))

    def test_process_ends_with_whoever_needs_it_no_more(self):
        numbers = run_beside(range, 10**9)
        assert next(numbers) == 0
        numbers.close()

    def test_is_made_ready_over_there_while_this_process_has_more_to_do(self):
        found = []
        for each in run_beside(giving.large, 8):
            time.sleep(0.2)
            found.append(each.is_ready)
        assert found[-1]

    def test_is_not_made_ready_over_there_while_this_process_waits(self):
        assert not any(each.is_ready for each in run_beside(giving.slowly, 5))

    @pytest.mark.parametrize("is_ready", [True, False])
    def test_article_is_the_same_whoever_made_it_ready(self, outlet, is_ready):
        (given, expected) = (prepare(story(1, body=TEXT, record=b"record " * 9), ground_of(outlet)) for _turn in "ab")
        if is_ready:
            given.make_ready()
        passed = pickle.loads(pickle.dumps(given))  # noqa: S301  our own
        assert (bool(passed.found_analysed), bool(passed.record.found_packed)) == (is_ready, is_ready)
        assert (passed.raw, passed.record.packed, passed.fingerprint, passed.analysed) == (
            *(expected.raw, expected.record.packed, expected.fingerprint, expected.analysed),
        )


class TestWhatWaitsToBeTaken:
    def test_so_many_bytes_wait_and_no_more(self):
        ahead = Ahead()
        ahead.put(b"a" * (MOST_BYTES_AHEAD - 1))
        assert ahead.has_room()
        ahead.put(b"b")
        assert not ahead.has_room()

    def test_they_are_taken_in_their_order(self):
        ahead = Ahead()
        for each in (b"1", b"2", b"3"):
            ahead.put(each)
        assert [ahead.take() for _each in range(3)] == [b"1", b"2", b"3"]

    def test_whoever_brings_more_waits_until_some_is_taken(self):
        ahead = Ahead()
        ahead.put(b"a" * MOST_BYTES_AHEAD)
        waiting = Thread(target=ahead.wait_for_room)
        waiting.start()
        waiting.join(0.05)
        assert waiting.is_alive()
        ahead.take()
        waiting.join(5)
        assert not waiting.is_alive()

    def test_nobody_waits_when_nothing_is_taken_any_more(self):
        ahead = Ahead()
        ahead.put(b"a" * MOST_BYTES_AHEAD)
        waiting = Thread(target=ahead.wait_for_room)
        waiting.start()
        ahead.close()
        waiting.join(5)
        assert not waiting.is_alive()


def test_headline_of_a_whole_book_is_refused_and_the_next_is_taken(take):
    report = take(story(1, headline="word " * 1_000_000), story(2))
    assert counts(report) == (1, 0, 0, 1)
    assert report.problems[0].problem == (
        "It can't be saved as it is. headline: Ensure this value has at most 500 characters (it has 5000000)."
    )


@pytest.mark.parametrize("name", ["tags", "section"])
def test_article_with_too_many_things_of_a_kind_is_refused_and_the_next_is_taken(take, name):
    report = take(story(1, **{name: (ImportedTerm("A"),) * 10_001}), story(2))
    assert counts(report) == (1, 0, 0, 1)
    assert report.problems[0].problem == "It has over 10000 authors, tags, pictures or other things of one kind."


def test_revision_names_its_run(take):
    report = take(story(1))
    assert Revision.objects.get().run.key == report.runs[0]


def test_nothing_is_written_in_a_trial(take):
    with transaction.atomic():
        take(story(1), dry_run=True)
    assert (Article.objects.count(), Tag.objects.count(), ImportRun.objects.count()) == (0, 0, 0)


class TestAgainInBatches:
    def newer(self, number):
        return story(
            number,
            headline=f"Story {number}, mended",
            body=f"<p>Text {number}, mended.</p>",
            bylines=(ImportedByline("Omar Haddad", role="photo"), ImportedByline("Author 0")),
            tags=(ImportedTerm("Ferries"), ImportedTerm("Harbours")),
            images=(ImportedImage(f"https://img.example/{number}b.jpg", "Alt"),),
            old_addresses=(f"https://herald.example/old/{number}",),
        )

    def test_updates_of_many_are_those_of_one_after_another(self, outlet, take):
        def stored():
            revisions = Revision.objects.order_by("article__original_id", "number")
            articles = Article.objects.order_by("original_id")
            return (
                [snapshot(article) for article in articles],
                list(articles.values_list("version", "imported_digest", "body_received", "text_fingerprint")),
                list(revisions.values_list("article__original_id", "number", "verb", "changes")),
                list(Byline.objects.order_by("article__original_id", "number").values_list("number", "author__slug")),
                list(Image.objects.order_by("article__original_id", "number").values_list("number", "alt")),
            )

        def begin():
            Article.objects.all().delete()
            take(*(story(number) for number in range(8)))

        begin()
        assert counts(take(*(self.newer(number) for number in range(8)))) == (0, 8, 0, 0)
        together = stored()

        begin()
        for number in range(8):
            save_article(self.newer(number), outlet)
        assert stored() == together

    def test_takes_hardly_more_queries_for_many_than_for_few(self, take):
        take(*(story(number) for number in range(40)))
        take(*(self.newer(number) for number in range(40)))

        def queries(number, mark):
            with CaptureQueriesContext(connection) as caught:
                take(*(replace(self.newer(each), headline=f"{mark} {each}") for each in range(number)))
            return len(caught)

        # One statement for the fields of each, and some for what differs in number.
        assert queries(40, "c") - queries(10, "b") <= 40

    def test_address_that_two_updates_claim_is_the_firsts(self, take):
        take(story(1), story(2))
        address = "https://herald.example/shared"
        report = take(*(replace(self.newer(number), old_addresses=(address,)) for number in (1, 2)))
        assert OldAddress.objects.get(url=address).article.original_id == "1"
        assert [each.problem.split(" belongs")[0] for each in report.problems] == [f"The old address {address}"]

    def test_one_that_fails_leaves_the_others_updated(self, take, monkeypatch):
        take(*(story(number) for number in range(6)))
        add = updating._Change.add_corrections

        def fail(change):
            if change.prepared.imported.original_id == "3":
                raise ZeroDivisionError
            add(change)

        monkeypatch.setattr(updating._Change, "add_corrections", fail)
        report = take(*(self.newer(number) for number in range(6)))
        assert counts(report) == (0, 5, 0, 1)
        assert Article.objects.get(original_id="3").headline == "Story 3"


class TestTwoSites:
    def of_other_site(self, **changes):
        told = {
            "headline": "Quite another story",
            "published": datetime(2011, 5, 5, 8, 0),
            "original_url": "https://other.example/2011/another-story",
        }
        return story(1, **(told | changes))

    def test_post_of_another_site_does_not_take_the_place_of_the_first(self, take):
        take(story(1))
        report = take(self.of_other_site())
        assert counts(report) == (0, 0, 0, 1)
        assert "stood at https://herald.example/1, and is another, of another site" in report.problems[0].problem
        assert Article.objects.get().headline == "Story 1"

    @pytest.mark.parametrize(
        "same",
        [
            {"headline": "Story 1"},
            {"published": datetime(2014, 1, 2, 12, 30)},
            {"original_url": "https://www.herald.example/moved"},
            {"old_addresses": ("https://herald.example/1",)},
            {"original_url": ""},
        ],
        ids=lambda same: next(iter(same)),
    )
    def test_article_that_has_anything_of_the_first_is_the_first(self, take, same):
        take(story(1))
        assert counts(take(self.of_other_site(**same))) == (0, 1, 0, 0)


class TestTrialInPieces:
    @pytest.fixture(autouse=True)
    def many_pieces(self, monkeypatch):
        monkeypatch.setattr(trial, "LONGEST", -1)
        monkeypatch.setattr(trial, "PAUSE", 0)
        monkeypatch.setattr(reading, "MOST_ITEMS", 1)

    def test_what_stands_twice_is_counted_as_the_import_counts_it(self, take):
        items = (story(1), story(2), story(1), story(2, headline="Mended"), story(2, headline="Mended"))
        tried = counts(take(*items, dry_run=True))
        assert tried == counts(take(*items)) == (2, 1, 2, 0)

    def test_texts_that_stand_twice_are_told_as_the_import_tells_them(self, take):
        other = make_article(body=f"<p>{'Already there. ' * 30}</p>")
        texts = (TEXT, other.body, TEXT, TEXT, f"<p>{'Alone. ' * 60}</p>", other.body)
        items = [story(number, body=body) for number, body in enumerate(texts)]
        items += [items[2], replace(items[3], headline="Mended")]

        tried = take(*items, dry_run=True)
        done = take(*items)

        assert (tried.duplicates, done.duplicates) == (4, 4)
        assert told(tried) == told(done)
        assert counts(tried) == counts(done)

    def test_addresses_of_others_are_told_as_the_import_tells_them(self, take):
        make_old_address(make_article(headline="There before"), "https://herald.example/there")
        first, second, there = (f"https://herald.example/{name}" for name in ("first", "second", "there"))
        items = [
            story(1, old_addresses=(first,)),
            story(2, old_addresses=("http://www.herald.example/first/?utm_source=x", second)),
            story(3, old_addresses=(second, there)),
            story(4, old_addresses=(there, first)),
        ]
        items += [items[1], replace(items[2], headline="Mended"), story(5)]

        tried = take(*items, dry_run=True)
        done = take(*items)

        assert sum("The old address" in each.problem for each in done.problems) == 7
        # Of an article that was taken back its headline is not known any more.
        bare = [sorted(re.sub(", “[^”]+”,", "", each) for each in told(report)) for report in (tried, done)]
        assert bare[0] == bare[1]
        assert counts(tried) == counts(done)

    def test_page_that_stands_twice_is_counted_as_the_import_counts_it(self, take):
        page = ImportedPage("about", "About", "<p>Us.</p>")
        items = (page, story(1), page, replace(page, body="<p>Them.</p>"))
        tried = counts(take(*items, dry_run=True))
        assert tried == counts(take(*items)) == (2, 1, 1, 0)

    def test_withdrawal_of_what_came_before_is_no_refusal(self, take):
        items = (story(1), story(2), ImportedWithdrawal("1", "other", "Killed."))
        tried = counts(take(*items, dry_run=True))
        assert tried == counts(take(*items)) == (2, 1, 0, 0)


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_database_works_as_before_when_an_import_is_done(take):
    def settings():
        with connection.cursor() as cursor:
            names = ("mmap_size", "cache_size", "wal_autocheckpoint", "synchronous")
            return [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    during = []
    before = settings()
    take(story(1), progress=lambda report: during.append(settings()))
    assert settings() == before
    assert during[0][0] == 0
