"""Work done in a second process, while this one does its own: what a generator gives comes over here."""

import ctypes
import fcntl
import gc
import logging
import multiprocessing
import os
import pickle
import signal
from collections import deque
from contextlib import suppress
from threading import Condition, Thread
from time import perf_counter

from django.utils import translation

from . import wording

logger = logging.getLogger(__name__)

SECONDS_TO_END = 5
# So much is there to be saved while the next is read, and the other way round, however uneven either goes.
MOST_AHEAD = 16
# And no more where there are so many bytes of it.
MOST_BYTES_AHEAD = 8 << 20
# pipe(7): the most that anybody may ask for, in bytes.
_PIPE = 1 << 20
# mallopt(3); what is larger is given back as soon as it is done with.
_MMAP_THRESHOLD, _LARGE = -3, 256 << 10
# By how many seconds one process waited longer than the other: from the least on it does more of what either may do,
# and beyond the most it is forgotten, for either may take long once.
LEAST_SPARE, MOST_SPARE = 0.01, 0.25
NEEDED_APPS = ("archive", "django.contrib.auth", "django.contrib.contenttypes")


class BrokenOff(Exception):
    """The other process ended before its work did."""


class Ahead:
    """What came over and is still to be taken."""

    def __init__(self, most_bytes=MOST_BYTES_AHEAD):
        self.most_bytes = most_bytes
        self.held = deque()
        self.size = 0
        self.changed = Condition()
        self.is_closed = self.is_begun = False
        # Seconds for which there was nothing to take.
        self.waited = 0.0

    def wait_for_room(self):
        """What is fetched before there is room for it would be held besides."""
        with self.changed:
            self.changed.wait_for(lambda: self.is_closed or self.has_room())

    def has_room(self):
        return len(self.held) < MOST_AHEAD and self.size < self.most_bytes

    def put(self, thing):
        with self.changed:
            if not self.is_closed:
                self.held.append(thing)
                self.size += len(thing)
                self.changed.notify_all()

    def take(self):
        """The first of them, waited for; empty where nothing comes any more."""
        with self.changed:
            began = perf_counter()
            self.changed.wait_for(lambda: self.held)
            # For the first the other process has to start.
            self.waited += perf_counter() - began if self.is_begun else 0
            self.is_begun = True
            thing = self.held.popleft()
            self.size -= len(thing)
            self.changed.notify_all()
            return thing

    def close(self):
        """Nobody takes anything any more, and nobody waits for it."""
        with self.changed:
            self.is_closed = True
            self.held.clear()
            self.size = 0
            self.changed.notify_all()


def run_beside(generator, *arguments, bytes_ahead=MOST_BYTES_AHEAD):
    """Yield what a generator function yields in another process, which works ahead by a few things and no more.

    Where this process dies, the other finds nobody to give its work to, and ends. What is yielded may have a method
    `make_ready`, for work that either may do: it is called over there while this process has more to do.
    """
    spawning = multiprocessing.get_context("spawn")
    receiver, sender = spawning.Pipe(duplex=False)
    # With the 64 KB that a pipe holds, what is sent would wait for this process many times, and for its other thread.
    with suppress(OSError, AttributeError):
        fcntl.fcntl(sender.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)
    # As bytes: they are of modules that can be imported only when Django is set up.
    work = pickle.dumps((generator, arguments))
    # Seconds for which this process had to wait.
    waited = spawning.RawValue("d", 0.0)
    process = spawning.Process(target=_work, args=(sender, receiver, waited, work), daemon=True)
    process.start()
    # Else the other's end would never be seen.
    sender.close()
    # Neither waits for the other where one thing takes longer than the next.
    ahead = Ahead(bytes_ahead)
    receiving = Thread(target=_receive, args=(receiver, ahead), daemon=True)
    receiving.start()
    try:
        while received := ahead.take():
            waited.value = ahead.waited
            kind, value = pickle.loads(received)  # noqa: S301  our own
            # Neither is held longer than it is of use.
            del received
            if kind == "end":
                return
            yield value
            del value
        process.join(SECONDS_TO_END)
        raise BrokenOff(f"exit status {process.exitcode}")
    finally:
        process.join(0.1)
        if process.is_alive():
            process.terminate()
            process.join(SECONDS_TO_END)
        if process.is_alive():
            process.kill()
            process.join()
        process.close()
        # It finds nobody at the other end.
        ahead.close()
        receiving.join()
        receiver.close()


def _receive(receiver, ahead):
    with suppress(EOFError, OSError):
        while True:
            ahead.wait_for_room()
            ahead.put(receiver.recv_bytes())
    ahead.put(b"")


def settle_down():
    """For a process that has one long piece of work: what is there for good is looked at no more, and memory stays low.

    What comes over from another process is large and soon gone. The GNU C library would keep it between small things
    that stay, and grow with every thousand articles.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE)


def _set_up():
    """Do what django.setup() does for the apps whose models are of use here: the admin needs as much memory again."""
    from django.apps import apps
    from django.conf import settings
    from django.utils.log import configure_logging

    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    apps.populate(name for name in settings.INSTALLED_APPS if name in NEEDED_APPS)


def _work(sender, receiver, waited, work):
    # Held open, it would keep this process waiting for a reader that is itself.
    receiver.close()
    # Whoever stops the import on a terminal stops the other process, and that ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _set_up()
    translation.activate(wording.LANGUAGE)
    settle_down()
    generator, arguments = pickle.loads(work)  # noqa: S301  our own
    with suppress(BrokenPipeError, ConnectionError):
        spare = told = 0.0
        for value in generator(*arguments):
            if spare > LEAST_SPARE and hasattr(value, "make_ready"):
                value.make_ready()
            given = pickle.dumps(("value", value))
            began = perf_counter()
            sender.send_bytes(given)
            # How much longer this process had to wait of late than the other.
            blocked, before, told = perf_counter() - began, told, waited.value
            spare = max(-MOST_SPARE, min(spare + blocked - (told - before), MOST_SPARE))
            del value, given
        sender.send(("end", None))
        sender.close()
    # Nothing is left to be done, and nothing to be waited for.
    logging.shutdown()
    os._exit(0)
