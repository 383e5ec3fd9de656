import os
import signal
import threading
import time

from archive.jobs import Worker
from archive.management.archive_command import ArchiveCommand


class Command(ArchiveCommand):
    help = (
        "Carry out what staff upload in the admin: trials, imports and their undoing. One job at a time, for ever; and "
        "between two of them, what the search index needs each day."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="end when nothing is left to do")
        parser.add_argument(
            "--poll", type=float, default=2.0, metavar="SECONDS", help="how often to look for new work (2)"
        )
        parser.add_argument(
            "--beside", type=int, metavar="PID", help="end when this process, which started it, has ended"
        )

    def handle(self, *, once, poll, beside, **options):
        worker = Worker()
        if beside is not None:
            threading.Thread(target=end_with, args=(beside, worker), daemon=True).start()
        before = {each: signal.signal(each, lambda *_: worker.end()) for each in (signal.SIGTERM, signal.SIGINT)}
        try:
            worker.run(poll=max(poll, 0.1), once=once)
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def end_with(parent, worker):
    """However the parent dies, the system gives its children to another."""
    while os.getppid() == parent:
        time.sleep(1)
    worker.end()
