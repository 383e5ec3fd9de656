"""A trial: all that an import does, taken back again, and nobody else who writes is kept waiting for long."""

import time

from django.db import transaction

# Others wait up to twenty seconds for the database (newsroom/settings.py), and ask for it every tenth of a second.
LONGEST = 1
PAUSE = 0.15
MOST_REMEMBERED = 200_000


class Trial:
    """A transaction that is taken back, and begun anew where it has lasted too long.

    What was taken back with an earlier transaction is remembered, as far as that has room: what stands in a file twice
    is counted once, and what is withdrawn in it was there.
    """

    def __init__(self):
        self.transaction = None
        self.began = 0.0
        # By the hash of its id, that of the digest of what was taken in.
        self.taken_in = {}

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

    def remember(self, identity, digest):
        if len(self.taken_in) < MOST_REMEMBERED:
            self.taken_in[hash(identity)] = hash(digest)

    def knows(self, identity, digest=None):
        """Whether something of this id was taken in; of the same digest, where one is told."""
        known = self.taken_in.get(hash(identity))
        return known is not None and (digest is None or known == hash(digest))

    def begin_anew(self):
        self.__exit__(None, None, None)
        time.sleep(PAUSE)
        self.__enter__()
