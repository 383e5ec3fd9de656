"""Work done in a second process, while this one does its own: what a generator gives comes over here."""

import ctypes
import gc
import logging
import multiprocessing
import os
import pickle
import signal
from contextlib import suppress
from queue import Empty, Queue
from threading import Thread

from django.utils import translation

from . import wording

logger = logging.getLogger(__name__)

SECONDS_TO_END = 5
# So much is there to be saved while the next is read, and the other way round, however uneven either goes.
MOST_AHEAD = 16
# mallopt(3); what is larger is given back as soon as it is done with.
_MMAP_THRESHOLD, _LARGE = -3, 256 << 10
NEEDED_APPS = ("archive", "django.contrib.auth", "django.contrib.contenttypes")


class BrokenOff(Exception):
    """The other process ended before its work did."""


def run_beside(generator, *arguments):
    """Yield what a generator function yields in another process, which works ahead by a few things and no more.

    Where this process dies, the other finds nobody to give its work to, and ends.
    """
    spawning = multiprocessing.get_context("spawn")
    receiver, sender = spawning.Pipe(duplex=False)
    # As bytes: they are of modules that can be imported only when Django is set up.
    work = pickle.dumps((generator, arguments))
    process = spawning.Process(target=_work, args=(sender, receiver, work), daemon=True)
    process.start()
    # Else the other's end would never be seen.
    sender.close()
    # Neither waits for the other where one thing takes longer than the next.
    ahead = Queue(MOST_AHEAD)
    receiving = Thread(target=_receive, args=(receiver, ahead), daemon=True)
    receiving.start()
    try:
        while (received := ahead.get()) is not None:
            kind, value = pickle.loads(received)  # noqa: S301  our own
            if kind == "end":
                return
            yield value
            # Not held while the next is waited for.
            del received, value
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
        # It finds nobody at the other end, once there is room for what it holds.
        while receiving.is_alive():
            with suppress(Empty):
                ahead.get_nowait()
            receiving.join(0.01)
        receiver.close()


def _receive(receiver, ahead):
    with suppress(EOFError, OSError):
        while True:
            ahead.put(receiver.recv_bytes())
    ahead.put(None)


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


def _work(sender, receiver, work):
    # Held open, it would keep this process waiting for a reader that is itself.
    receiver.close()
    # Whoever stops the import on a terminal stops the other process, and that ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _set_up()
    translation.activate(wording.LANGUAGE)
    settle_down()
    generator, arguments = pickle.loads(work)  # noqa: S301  our own
    with suppress(BrokenPipeError, ConnectionError):
        for value in generator(*arguments):
            sender.send(("value", value))
        sender.send(("end", None))
        sender.close()
    # Nothing is left to be done, and nothing to be waited for.
    logging.shutdown()
    os._exit(0)
