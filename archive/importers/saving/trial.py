"""A trial: all that an import does, taken back again, and nobody else who writes is kept waiting for long."""

import time

from django.db import transaction

# Others wait up to twenty seconds for the database (newsroom/settings.py), and ask for it every tenth of a second.
LONGEST = 1
PAUSE = 0.15


class Trial:
    """A transaction that is taken back, and begun anew where it has lasted too long.

    In a file that takes longer, what stands in it twice and far apart is therefore counted as two.
    """

    def __init__(self):
        self.transaction = None
        self.began = 0.0

    def __enter__(self):
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.began = time.monotonic()
        return self

    def __exit__(self, kind, error, traceback):
        if kind is None:
            transaction.set_rollback(True)
        self.transaction.__exit__(kind, error, traceback)

    @property
    def is_long(self):
        return time.monotonic() - self.began > LONGEST

    def begin_anew(self):
        self.__exit__(None, None, None)
        time.sleep(PAUSE)
        self.__enter__()
