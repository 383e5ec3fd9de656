"""Uploaded files on their way into the archive: what staff ask of a job, and the worker that carries jobs out.

Each change of a job's state is one conditional UPDATE, so that of two who ask, or two workers, one succeeds. A job
whose worker died is taken up by the next: an import may be run again, and goes on where it stopped.
"""

import logging
import os
import secrets
import socket
import threading
import time
from contextlib import suppress
from datetime import timedelta

from django.db import DatabaseError, close_old_connections, connection, connections, transaction
from django.db.models import F, Q
from django.utils import timezone

from archive import trials, upkeep, uploads
from archive.importers import UnknownFormat
from archive.importers.base import ReadOptions
from archive.importers.columns import columns_in
from archive.importers.rejects import RejectsFile
from archive.importers.saving import StillRunning, StopImport, import_paths, undo_run
from archive.models import ImportJob, ImportRun

logger = logging.getLogger(__name__)

State = ImportJob.State

SIGN_OF_LIFE_SECONDS = 1
# A worker that is silent for so long is dead, or as good as that; its job is given to another.
DEAD_AFTER = timedelta(seconds=60)
# A job of which so many workers died is not tried again unasked.
MOST_DEATHS = 5
# SQLite has one writer: after so long a stretch of work, others get their turn.
STRETCH_SECONDS = 2
TURN_SECONDS = 0.1
# After an error in what nobody asked for, jobs are carried out without it for so long.
REST_AFTER_ERROR = 3600

NEXT = {
    State.TRIAL_WAITING: State.TRIAL_RUNNING,
    State.WAITING: State.RUNNING,
    State.UNDO_WAITING: State.UNDO_RUNNING,
}
PREVIOUS = {at_work: queued for queued, at_work in NEXT.items()}
# Where something can be done anew, or given up.
RESTING = (State.TRIED, State.FAILED, State.STOPPED)


# What staff ask


def add(*, outlet, file_name, stored_as, size, by=None, **options):
    """Queue an uploaded file for its trial."""
    return ImportJob.objects.create(
        outlet=outlet, file_name=file_name, stored_as=stored_as, size=size, created_by=by, **options
    )


def confirm(job, by=None):
    """Whether it was this call that put the tried job into the queue. Raises FileNotFoundError for a lost file."""
    if job.state == State.TRIED:
        uploads.path_of(job.stored_as)
    now = timezone.now()
    return _change(
        job, (State.TRIED,), state=State.WAITING, confirmed_by=by, confirmed_at=now, queued_at=now, deaths=0, **_FRESH
    )


def go_on(job, **options):
    """Do again what failed or was stopped. Raises FileNotFoundError for a lost file."""
    if job.state in RESTING:
        uploads.path_of(job.stored_as)
    again = State.WAITING if job.confirmed_at else State.TRIAL_WAITING
    return _change(job, RESTING, state=again, queued_at=timezone.now(), deaths=0, **_FRESH, **options)


def stop(job):
    """Take a job from the queue, or ask its worker to stop between two items."""
    return _change(job, ImportJob.QUEUED, state=State.STOPPED, finished_at=timezone.now()) or _change(
        job, ImportJob.AT_WORK, stop_requested=True
    )


def discard(job):
    """Forget a job and its file; what it imported stays, with its runs."""
    with transaction.atomic():
        gone = ImportJob.objects.select_for_update().filter(pk=job.pk, state__in=(*RESTING, State.UNDONE)).first()
        if gone is None:
            return False
        gone.delete()
    uploads.remove(job.stored_as)
    uploads.remove_rejects(job)
    return True


def undo(job, by=None):
    """Queue the undoing of all that a job did."""
    return _change(
        job,
        # What stayed for the sake of a later import may go when that one is undone.
        (State.DONE, State.STOPPED, State.FAILED, State.UNDONE),
        state=State.UNDO_WAITING,
        confirmed_by=by,
        queued_at=timezone.now(),
        deaths=0,
        **_FRESH,
    )


def undo_a_run(run, by=None):
    """The job that undoes a run: its own, or one made for it. None where that has something else to do."""
    job = run.jobs.first()
    if job is None:
        job = ImportJob.objects.create(
            outlet=run.outlet,
            file_name=run.file_name[-300:],
            format=run.format[:30],
            state=State.UNDO_WAITING,
            created_by=by,
            confirmed_at=timezone.now(),
            confirmed_by=by,
        )
        job.runs.add(run)
        return job
    return job if undo(job, by) else None


_FRESH = {
    "stop_requested": False,
    "worker": "",
    "heartbeat_at": None,
    "finished_at": None,
    "problem": "",
    "remedy": "",
    "created": 0,
    "updated": 0,
    "unchanged": 0,
    "refused": 0,
    "left_out": 0,
    "bytes_read": 0,
}


def _change(job, states, **values):
    """Whether the job was in one of the states, and is now as it should be."""
    if not ImportJob.objects.filter(pk=job.pk, state__in=states).update(**values):
        return False
    job.refresh_from_db()
    return True


def worker_seems_absent(job):
    """Whether a job waits though nobody is at work, or who was at it gives no sign of life."""
    now = timezone.now()
    if job.is_at_work:
        return job.heartbeat_at < now - DEAD_AFTER
    at_work = ImportJob.objects.filter(state__in=ImportJob.AT_WORK, heartbeat_at__gt=now - DEAD_AFTER)
    return job.is_queued and job.queued_at < now - timedelta(seconds=20) and not at_work.exists()


# The worker


class Worker:
    """Carries out jobs, one at a time."""

    def __init__(self):
        self.name = f"{socket.gethostname()[:150]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.ending = threading.Event()
        # Not before then, by the clock that is never set, is anything done that nobody asked for.
        self.rests_until = 0.0

    def end(self):
        """Put down what is at work, and take up nothing more."""
        self.ending.set()

    def run(self, *, poll=2.0, once=False):
        """Until it is told to end, or with `once` until nothing is left to do."""
        while not self.ending.is_set():
            try:
                worked = self.work() or self.catch_up()
            except DatabaseError:
                # It may be away for a moment, or out of room: the job is still ours or goes to the next.
                logger.exception("The database does not answer")
                worked = False
                if once:
                    raise
            if worked:
                continue
            if once:
                return
            close_old_connections()
            self.ending.wait(poll)

    def work(self):
        """Carry out the next job; False where there is none."""
        job = claim(self.name)
        if job is None:
            return False
        _Work(job, self).carry_out()
        return True

    def catch_up(self):
        """Do a piece of what nobody asked for; False where there is nothing, or where it fails."""
        if time.monotonic() < self.rests_until:
            return False
        try:
            is_done = upkeep.catch_up(self.pause)
        except StopImport:
            return False
        except Exception:
            logger.exception("What is for every day, or was put off, could not be done; again in an hour")
            connection.close_if_unusable_or_obsolete()
            self.rests_until = time.monotonic() + REST_AFTER_ERROR
            return False
        if is_done:
            self.give_turn()
        return is_done

    def pause(self):
        if self.ending.is_set():
            raise StopImport
        self.give_turn()

    def give_turn(self):
        if connection.vendor == "sqlite":
            time.sleep(TURN_SECONDS)


def claim(worker):
    """The next job, which now belongs to this worker, or None."""
    for job in _claimable(worker):
        is_taken_over = job.state in PREVIOUS
        died = F("deaths") + 1 if is_taken_over else F("deaths")
        if is_taken_over and job.deaths + 1 >= MOST_DEATHS:
            values = {
                "state": State.FAILED,
                "worker": "",
                "finished_at": timezone.now(),
                "problem": f"The program died of it {MOST_DEATHS} times.",
                "remedy": "See that there is memory enough, look at the log of run_jobs, then go on.",
            }
        else:
            now = timezone.now()
            values = {
                "state": NEXT.get(job.state, job.state),
                "worker": worker,
                "heartbeat_at": now,
                "started_at": job.started_at if is_taken_over else now,
            }
        mine = ImportJob.objects.filter(pk=job.pk, state=job.state, worker=job.worker, heartbeat_at=job.heartbeat_at)
        if mine.update(deaths=died, **values) and values["state"] != State.FAILED:
            job.refresh_from_db()
            return job
    return None


def _claimable(worker):
    waiting = Q(state__in=ImportJob.QUEUED) | Q(state__in=ImportJob.AT_WORK)
    for job in ImportJob.objects.filter(waiting).defer("trial").order_by("queued_at", "pk"):
        if job.is_queued or _is_dead(job, worker):
            yield job


def _is_dead(job, asking):
    if job.heartbeat_at < timezone.now() - DEAD_AFTER:
        return True
    host, process, _token = job.worker.rsplit(":", 2)
    own_host, own_process, _own_token = asking.rsplit(":", 2)
    if host != own_host or job.worker == asking:
        return False
    if process == own_process:
        # A container begins again under the same number.
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError):
        return False
    return False


class _Work:
    """One job, carried out by one worker."""

    def __init__(self, job, worker):
        self.job = job
        self.worker = worker
        self.report = None
        self.since = time.monotonic()
        self.is_cut_short = False
        self.signs = _SignsOfLife(self)

    def carry_out(self):
        job = self.job
        logger.info("%s: %s", job, job.get_state_display())
        adopt_runs(job)
        carry_out = {
            State.TRIAL_RUNNING: self.try_out,
            State.RUNNING: self.import_file,
            State.UNDO_RUNNING: self.undo,
        }[job.state]
        try:
            with self.signs:
                values = carry_out()
        except FileNotFoundError:
            values = _failed("The file is no longer here.", "Upload it again.")
        except UnknownFormat as error:
            values = _failed(*error.args)
        except Exception as error:
            logger.exception("The job %s failed", job)
            connection.close_if_unusable_or_obsolete()
            told = f"The program failed on it: {type(error).__name__}: {error}"
            values = _failed(told, "See the log of run_jobs, mend it, then go on.")
        self.finish(values)

    def try_out(self):
        first = trials.FirstItems()
        report = self.import_paths(dry_run=True, watch=first)
        if values := self.cut_short():
            return values
        columns = columns_in(uploads.path_of(self.job.stored_as), self.job.format, self.options)
        values = {"state": State.TRIED, "trial": trials.told(report, first.items, columns)}
        if not report.formats:
            values |= _failed("Nothing could be read.", "See what is wrong below, mend it, and try again.")
        return values

    def import_file(self):
        report = self.import_paths(started_by=self.job.confirmed_by)
        if values := self.cut_short():
            return values
        if not report.formats:
            return _failed("Nothing could be read.", "See what is wrong at its run, mend it, and try again.")
        return {"state": State.DONE}

    def import_paths(self, **options):
        job = self.job
        path = uploads.path_of(job.stored_as)
        with uploads.place_for_rejects(job) as place, RejectsFile(place) as rejects:
            return import_paths(
                [path],
                job.outlet,
                name=job.file_name,
                format_name=job.format,
                options=self.options,
                learn_notices=job.learn_notices,
                progress=self.progress,
                rejects=rejects,
                **options,
            )

    @property
    def options(self):
        return ReadOptions(encoding=self.job.encoding, columns=tuple(sorted(self.job.columns.items())))

    def undo(self):
        """Take back the last run first. What it did not take back stays, and is told."""
        kept = []
        for run in self.job.runs.order_by("-pk"):
            try:
                kept += undo_run(run, by=self.job.confirmed_by, progress=self.pause).kept
            except StopImport:
                return self.cut_short()
            except StillRunning as error:
                return _failed(str(error), "Stop it, then undo it.")
        return {"state": State.UNDONE, "trial": trials.told_of_undoing(kept)}

    def progress(self, report):
        self.report = report
        self.pause()

    def pause(self, _done=None):
        if self.must_stop():
            raise StopImport
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            now = time.monotonic()
            if now - self.since > STRETCH_SECONDS:
                time.sleep(TURN_SECONDS)
                self.since = time.monotonic()

    def must_stop(self):
        self.is_cut_short = self.signs.is_lost or self.signs.is_stopped or self.worker.ending.is_set()
        return self.is_cut_short

    def cut_short(self):
        """The state of a job that was stopped, taken away or put down; None of one that was carried out."""
        if not self.is_cut_short:
            return None
        if self.worker.ending.is_set() and not self.signs.is_stopped:
            return {"state": PREVIOUS[self.job.state], "heartbeat_at": None}
        return {"state": State.STOPPED}

    def finish(self, values):
        values = {"finished_at": timezone.now(), "stop_requested": False, **self.numbers(), **values, "worker": ""}
        with transaction.atomic():
            if not ImportJob.objects.filter(pk=self.job.pk, worker=self.worker.name).update(**values):
                logger.warning("%s was taken away", self.job)
                return
            self.tie_runs()
        if values["state"] == State.DONE:
            # What was received stands with its articles, and what was refused in a file of its own.
            uploads.remove(self.job.stored_as)
            ImportJob.objects.filter(pk=self.job.pk).update(stored_as="")
        logger.info("%s: %s", self.job, values["state"].label)

    def numbers(self):
        report = self.report
        if report is None:
            return {}
        counts = {name: getattr(report, name) for name in ("created", "updated", "unchanged", "refused")}
        return counts | {"left_out": sum(report.left_out.values()), "bytes_read": report.position}

    def tie_runs(self):
        # A trial's run is taken back.
        if self.report and self.report.runs and self.job.state == State.RUNNING:
            self.job.runs.add(*ImportRun.objects.filter(key__in=self.report.runs))


def adopt_runs(job):
    """Tie to a job the runs that it began and of which a worker died before it could tell."""
    if job.state == State.RUNNING and job.confirmed_at:
        job.runs.add(
            *ImportRun.objects.filter(
                outlet=job.outlet,
                file_name=job.file_name,
                started_by=job.confirmed_by,
                started_at__gte=job.confirmed_at,
                jobs=None,
            )
        )


def _failed(problem, remedy):
    return {"state": State.FAILED, "problem": problem, "remedy": remedy}


class _SignsOfLife:
    """Tells, beside the work, how far it is, and hears whether it is to stop."""

    def __init__(self, work):
        self.work = work
        self.is_lost = False
        # Somebody may have asked for it after the worker before died.
        self.is_stopped = work.job.stop_requested
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.give, name="signs-of-life", daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.ended.set()
        self.thread.join()

    def give(self):
        try:
            while not self.ended.wait(SIGN_OF_LIFE_SECONDS):
                # The database may be busy; it is told the next time.
                with suppress(DatabaseError):
                    self.give_one()
                    if self.is_lost:
                        return
        finally:
            connections.close_all()

    def give_one(self):
        work = self.work
        mine = ImportJob.objects.filter(pk=work.job.pk, worker=work.worker.name)
        if not mine.update(heartbeat_at=timezone.now(), **work.numbers()):
            self.is_lost = True
            return
        self.is_stopped = bool(mine.filter(stop_requested=True).exists())
        work.tie_runs()
