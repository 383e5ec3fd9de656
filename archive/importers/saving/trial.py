"""A trial: all that an import does, taken back again, and nobody else who writes is kept waiting for long."""

import time
from array import array

from django.db import transaction

from archive.keys import key_of, number_of

# Others wait up to twenty seconds for the database (newsroom/settings.py), and ask for it every tenth of a second.
LONGEST = 1
PAUSE = 0.15
# More than a large archive has articles, in 32 MB.
MOST_REMEMBERED = 1 << 20


class Trial:
    """A transaction that is taken back, and begun anew where it has lasted too long.

    What was taken back with an earlier transaction is remembered, as far as that has room: what stands in a file twice
    is counted once, what has the text or the old address of another is told, and what is withdrawn in it was there.
    """

    def __init__(self):
        self.transaction = None
        self.began = 0.0
        # By the hash of its id, that of the digest of what was taken in.
        self.taken_in = Numbers(MOST_REMEMBERED)
        # By a text's fingerprint, the key of the article that had it first.
        self.texts = Numbers(MOST_REMEMBERED)
        # By the hash of an old address, the key of the article that was given it.
        self.addresses = Numbers(MOST_REMEMBERED)
        # How many withdrawals wait for their articles.
        self.awaited = 0

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
        self.taken_in.put(hash(identity), hash(digest))

    def knows(self, identity, digest=None):
        """Whether something of this id was taken in; of the same digest, where one is told."""
        known = self.taken_in.get(hash(identity))
        return known is not None and (digest is None or known == hash(digest))

    def await_withdrawal(self, original_id):
        self.remember(("withdrawal", original_id), "")
        self.awaited += 1

    def awaits(self, original_id):
        return self.knows(("withdrawal", original_id))

    def remember_text(self, fingerprint, key):
        if fingerprint is not None and self.texts.get(fingerprint) is None:
            self.texts.put(fingerprint, number_of(key))

    def first_with(self, fingerprint):
        """The key of the article that had a text first, or an empty text."""
        number = None if fingerprint is None else self.texts.get(fingerprint)
        return "" if number is None else key_of(number)

    def remember_addresses(self, addresses, key):
        for address in addresses:
            if self.addresses.get(hash(address)) is None:
                self.addresses.put(hash(address), number_of(key))

    def first_at(self, address):
        """The key of the article that was given an old address, or an empty text."""
        number = self.addresses.get(hash(address))
        return "" if number is None else key_of(number)

    def begin_anew(self):
        self.__exit__(None, None, None)
        time.sleep(PAUSE)
        self.__enter__()


class Numbers:
    """So many numbers at most by other numbers, all of 64 bits with a sign: a dict would take six times the memory."""

    def __init__(self, most):
        self.most = most
        self.number = 0
        self.make_room(1 << 10)

    def make_room(self, size):
        self.names = array("q", bytes(8 * size))
        self.values = array("q", bytes(8 * size))

    def __len__(self):
        return self.number

    def put(self, name, value):
        """Keep a value in the place of the one before; where there is no more room, what is new is left out."""
        name = name or 1
        place = self.place_of(name)
        if not self.names[place]:
            if self.number >= self.most:
                return
            self.number += 1
            self.names[place] = name
        self.values[place] = value
        if self.number * 4 > len(self.names) * 3:
            self.grow()

    def get(self, name):
        place = self.place_of(name or 1)
        return self.values[place] if self.names[place] else None

    def place_of(self, name):
        """Where a name stands, or would: 0 is no name."""
        names, last = self.names, len(self.names) - 1
        place = name & last
        while names[place] and names[place] != name:
            place = (place + 1) & last
        return place

    def grow(self):
        names, values = self.names, self.values
        self.make_room(2 * len(names))
        for name, value in zip(names, values, strict=True):
            if name:
                place = self.place_of(name)
                self.names[place], self.values[place] = name, value
