"""What a second process gives, and whether it was made ready there."""

import time
from dataclasses import dataclass

# As much as two of them can't be ahead.
LARGE = 5 << 20


@dataclass
class Given:
    content: bytes
    is_ready: bool = False

    def make_ready(self):
        self.is_ready = True


def large(number):
    for _turn in range(number):
        yield Given(bytes(LARGE))


def slowly(number):
    for _turn in range(number):
        time.sleep(0.05)
        yield Given(b"")
