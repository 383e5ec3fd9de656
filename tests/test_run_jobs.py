"""The worker as a process: killed, told to end, left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from archive import jobs, uploads
from archive.models import Article, ImportJob
from tests import worker
from tests.factories import make_outlet

from .test_jobs import many_pages

pytestmark = pytest.mark.django_db(transaction=True)

State = ImportJob.State
ARTICLES = 300


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def job():
    """A confirmed import of many pages, each saved by itself."""
    file = uploads.new_file()
    file.write(many_pages(ARTICLES))
    made = jobs.add(outlet=make_outlet(), file_name="pages.zip", stored_as=uploads.keep(file), size=1)
    ImportJob.objects.update(state=State.TRIED)
    jobs.confirm(made)
    return made


def wait_until(condition, seconds=30):
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.02)


def test_job_survives_a_worker_that_is_killed(job):
    with worker.started() as process:
        wait_until(Article.objects.exists)
        process.kill()
        process.wait()
    assert Article.objects.count() < ARTICLES
    with worker.started("--once") as process:
        assert process.wait(timeout=60) == 0
    job.refresh_from_db()
    assert (job.state, Article.objects.count()) == (State.DONE, ARTICLES)
    # What the first began and the second ended: undoing takes back both.
    assert job.runs.count() == 2


def test_worker_that_is_told_to_end_puts_its_job_back_and_ends_well(job):
    with worker.started() as process:
        wait_until(Article.objects.exists)
        process.terminate()
        assert process.wait(timeout=30) == 0
    job.refresh_from_db()
    assert (job.state, job.worker) == (State.WAITING, "")


def test_idle_worker_ends_at_once_when_it_is_told_to():
    with worker.started("--poll", "60") as process:
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0


def test_worker_ends_with_the_process_that_started_it(tmp_path):
    """However that dies: here it is killed, as it can't clean up then."""
    starter = (
        "import os, subprocess, sys, time\n"
        "command = [*sys.argv[1:], 'run_jobs', '--beside', str(os.getpid())]\n"
        "print(subprocess.Popen(command, start_new_session=True).pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    with subprocess.Popen(
        [sys.executable, "-c", starter, *manage], env=worker.environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        started = int(process.stdout.readline())
        time.sleep(2)
        assert is_alive(started)
        process.kill()
    wait_until(lambda: not is_alive(started))


def is_alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # One that has ended and that nobody has asked about is there still.
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
