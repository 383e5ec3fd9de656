import threading
import time
from contextlib import contextmanager

from django.db import OperationalError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .keys import NaturalKeyManager, NaturalKeyModel
from .outlet import Outlet

# Longer ones are made by machines.
LONGEST_COUNTED = 500
# Past this the rarest are forgotten.
MOST_KEPT = 10_000
_TRIMMED_EVERY = 100
_SECONDS_BETWEEN = 60
# A process writes at most this many at once, and one a second after that.
_MOST_AT_ONCE = 60


class AddressMissManager(NaturalKeyManager):
    def count_one(self, address, outlet_id):
        """Count that an address was asked for in vain. Cheap, however often: it writes seldom, and never waits.

        An address that is asked for again within the minute is counted once.
        """
        if len(address) > LONGEST_COUNTED:
            return
        asked = self.filter(address=address)
        if _pace.was_written(address) and asked.exists():
            return
        if not _pace.may_write():
            return
        today = timezone.now().date()
        try:
            with _without_waiting():
                if not asked.update(count=models.F("count") + 1, last_day=today):
                    missed = self.model(address=address, outlet_id=outlet_id, first_day=today, last_day=today)
                    self.bulk_create([missed], ignore_conflicts=True)
                    if _pace.is_time_to_trim():
                        self.forget_rarest()
        except OperationalError:
            # Another writes just now: one miss less is counted.
            return
        _pace.wrote(address)

    def forget_rarest(self, keep=MOST_KEPT):
        kept = self.order_by("-count", "-last_day", "-pk").values("pk")
        self.filter(pk__in=[row["pk"] for row in kept[keep : keep + 10 * _TRIMMED_EVERY]]).delete()


class AddressMiss(NaturalKeyModel):
    """An address of an outlet under which nothing is known, and how often it was asked for."""

    NATURAL_KEY = ("address",)

    address = models.CharField(_("address"), max_length=LONGEST_COUNTED, unique=True)
    outlet = models.ForeignKey(
        Outlet, models.CASCADE, null=True, blank=True, related_name="address_misses", verbose_name=_("outlet")
    )
    count = models.PositiveIntegerField(_("asked for"), default=1)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))

    objects = AddressMissManager()

    class Meta:
        verbose_name = _("address not found")
        verbose_name_plural = _("addresses not found")
        ordering = ("-count", "-last_day", "-pk")
        indexes = [models.Index(fields=("-count", "-last_day", "-id"), name="addressmiss_by_count")]

    def __str__(self):
        return self.address


class _Pace:
    """What this process has written lately."""

    def __init__(self):
        self._lock = threading.Lock()
        self._written = {}
        self._allowed, self._since = float(_MOST_AT_ONCE), time.monotonic()
        self._made = 0

    def was_written(self, address):
        return time.monotonic() - self._written.get(address, -_SECONDS_BETWEEN) < _SECONDS_BETWEEN

    def may_write(self):
        with self._lock:
            now = time.monotonic()
            self._allowed, self._since = min(_MOST_AT_ONCE, self._allowed + now - self._since), now
            if self._allowed < 1:
                return False
            self._allowed -= 1
            return True

    def wrote(self, address):
        with self._lock:
            if len(self._written) >= 10 * _MOST_AT_ONCE:
                self._written.clear()
            self._written[address] = time.monotonic()

    def is_time_to_trim(self):
        with self._lock:
            self._made += 1
            return self._made % _TRIMMED_EVERY == 1


_pace = _Pace()


@contextmanager
def _without_waiting():
    """A transaction that gives up at once where another writes."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            before = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
            cursor.execute("PRAGMA busy_timeout = 50")
        try:
            with transaction.atomic():
                yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA busy_timeout = {int(before)}")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
            yield
