"""What is for every day, and what was put off, done between two jobs: once, by one, and never in their way."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from archive import care, jobs, search, upkeep
from archive.models import Author, DailyWork, ImportJob, Listing, RenamedAuthor, Withdrawal
from archive.search import indexing
from archive.search.checking import check
from tests import worker
from tests.factories import make_article, make_author, make_byline

from .test_jobs import data_dir, outlet, upload  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = NOON

    monkeypatch.setattr(upkeep.timezone, "now", lambda: Clock.now)
    return Clock


@pytest.fixture
def overdue():
    """An article that was withdrawn beforehand, on a day that has come."""
    article = make_article()
    search.index([article.pk])
    today = timezone.now().date()
    care.withdraw(article, reason="legal", withdrawn_on=today + timedelta(days=3))
    Withdrawal.objects.update(withdrawn_on=today)
    Listing.objects.update(until=today)
    return article


def catch_up():
    return upkeep.catch_up(lambda: None)


def test_cards_are_renewed_once_a_day_from_midnight_on(clock, monkeypatch):
    renewed = []
    monkeypatch.setattr(upkeep, "renew_due", lambda progress: renewed.append(clock.now) or 0)
    for hours in range(36):
        clock.now = NOON + timedelta(hours=hours, minutes=1)
        catch_up()
    assert [each.isoformat() for each in renewed] == [
        "2026-03-04T12:01:00+00:00",
        "2026-03-05T00:01:00+00:00",
    ]


def test_another_worker_or_the_same_one_started_again_does_not_do_it_twice(clock):
    assert catch_up()
    assert not catch_up()
    clock.now += timedelta(days=1)
    assert upkeep.begin(upkeep.CARDS)
    assert not upkeep.begin(upkeep.CARDS)


def test_what_broke_off_is_begun_anew(clock):
    assert upkeep.begin(upkeep.CARDS)
    clock.now += timedelta(minutes=59)
    assert not upkeep.begin(upkeep.CARDS)
    clock.now += timedelta(minutes=2)
    assert upkeep.begin(upkeep.CARDS)


def test_what_was_put_down_is_done_by_whoever_comes_next(overdue):
    class Told(Exception):
        pass

    def pause():
        raise Told

    with pytest.raises(Told):
        upkeep.catch_up(pause)
    assert catch_up()
    assert not catch_up()


def test_worker_renews_cards_and_logs_a_line(overdue):
    with worker.started("--once") as process:
        _out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "1 articles came or went" in err
    assert not Listing.objects.exists()
    assert DailyWork.objects.get().done_at is not None


def test_error_in_it_stops_no_job(upload, monkeypatch, caplog):  # noqa: F811
    def fail(**_options):
        raise ArithmeticError

    monkeypatch.setattr(upkeep, "renew_due", fail)
    one = jobs.Worker()
    with caplog.at_level(logging.ERROR, "archive"):
        one.run(once=True)
        job = upload()
        one.run(once=True)
    job.refresh_from_db()
    assert job.state == ImportJob.State.TRIED
    # It rests then, and does not fill the log.
    assert [record.message for record in caplog.records] == [
        "What is for every day, or was put off, could not be done; again in an hour"
    ]


@pytest.fixture
def renamed(monkeypatch):
    """An author who is renamed, of more articles than are taken in again at once."""
    monkeypatch.setattr(indexing, "MOST_RENAMED", 3)
    monkeypatch.setattr(indexing, "_AT_ONCE", 2)
    author = make_author(name="Anne Côté")
    for _each in range(8):
        make_byline(make_article(), author)
    make_byline(make_article(), author, printed="A. C.")
    search.rebuild()
    author.name = "Anne Tremblay"
    author.save()
    return author


def found(text):
    return len(search.find(text, on=timezone.now().date()).hits)


def test_author_of_many_articles_is_found_by_the_new_name_on_all_of_them_by_and_by(renamed):
    assert (found("tremblay"), found("côté")) == (3, 5)
    jobs.Worker().run(once=True)
    assert (found("tremblay"), found("côté")) == (8, 0)
    assert not RenamedAuthor.objects.exists()
    assert list(check()) == []


def test_command_does_the_same_for_who_runs_no_jobs(renamed, capsys):
    call_command("index_search", "--due")
    assert capsys.readouterr().out == (
        "0 articles came or went.\n5 articles of renamed authors are found by the new names.\n"
    )
    assert (found("tremblay"), found("côté")) == (8, 0)


def test_author_who_is_renamed_again_meanwhile_has_the_last_name_everywhere(renamed):
    assert indexing.index_rest_of_renamed() == 2
    author = Author.objects.get()
    author.name = "Anne Gagnon"
    author.save()
    while indexing.index_rest_of_renamed():
        pass
    assert (found("gagnon"), found("tremblay"), found("côté")) == (8, 0, 0)
