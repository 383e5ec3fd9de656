"""What the two commands that read tables of addresses have in common."""

import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.core.management.base import CommandError

from archive.models import Outlet

# As much as can be read on a screen; --json has it all.
MOST_SHOWN = 20
SECONDS_BETWEEN_SIGNS = 0.5


def outlet_named(slug):
    outlet = Outlet.objects.filter(slug=slug).first()
    if outlet is None:
        slugs = ", ".join(Outlet.objects.order_by("slug").values_list("slug", flat=True))
        remedy = f"Pass --outlet with one of: {slugs}." if slugs else "Add the outlet in the admin first."
        raise CommandError(f"There is no outlet “{slug}”. {remedy}", returncode=2)
    return outlet


@contextmanager
def opened(name, mode, *, cannot, encoding=None):
    """A file, or the reason why it can't be opened; what goes wrong with it later is none of ours."""
    with ExitStack() as stack:
        try:
            file = stack.enter_context(Path(name).open(mode, encoding=encoding))
        except OSError as error:
            raise CommandError(f"{name} can't be {cannot}: {error.strerror}.", returncode=2) from error
        yield file


class Progress:
    """A line on a terminal that counts along; nothing elsewhere."""

    def __init__(self, word="read"):
        self.word = word

    def __enter__(self):
        self.shows = sys.stderr.isatty()
        self.began = self.told_at = time.monotonic()
        return self

    def __call__(self, done):
        now = time.monotonic()
        if self.shows and now - self.told_at > SECONDS_BETWEEN_SIGNS:
            self.told_at = now
            sys.stderr.write(f"\r{done:,} {self.word}, {done / (now - self.began):,.0f} a second")
            sys.stderr.flush()

    def __exit__(self, *_error):
        if self.shows:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


def problem_lines(problems, left_out=0):
    for problem in problems[:MOST_SHOWN]:
        yield f"{problem.place}: {problem.problem} {problem.remedy}".removeprefix(": ")
    more = len(problems) - MOST_SHOWN + left_out
    if more > 0:
        yield f"… and {more:,} more: --json lists them."
