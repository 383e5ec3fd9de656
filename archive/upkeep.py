"""Work that nobody asks for: what is for every day, and what was put off. `run_jobs` does it between two jobs."""

import logging
from datetime import UTC, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from archive.models import DailyWork
from archive.search.indexing import index_rest_of_renamed, join_pieces, renew_due, tidy

logger = logging.getLogger(__name__)

CARDS = "cards"
# What was begun and is not done after so long broke off, and is begun anew.
BROKEN_OFF_AFTER = timedelta(hours=1)


def catch_up(pause):
    """Do a piece of what there is to be done; False where there is nothing.

    `pause` is called between two transactions, and may raise an error: what was not done is done the next time.
    """
    if number := index_rest_of_renamed():
        logger.info("%s articles of renamed authors are found by the new names", number)
        return True
    if not begin(CARDS):
        return False
    done = False
    try:
        number = renew_due(progress=lambda _number: pause())
        logger.info("%s articles came or went since they were taken into the search index", number)
        tidy()
        join_pieces(pause)
        done = True
    finally:
        end(CARDS, done=done)
    return True


def begin(name):
    """Whether this day's work is to be done, and this call is the one that does it."""
    now = timezone.now()
    midnight = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    due = Q(begun_at__lt=midnight, done_at__isnull=False) | Q(begun_at__lt=now - BROKEN_OFF_AFTER, done_at=None)
    # Most times it is done, and a look costs no lock.
    row = DailyWork.objects.filter(name=name).first()
    if row is None:
        try:
            with transaction.atomic():
                DailyWork.objects.create(name=name, begun_at=now)
        except IntegrityError:
            return False
        return True
    mine = DailyWork.objects.filter(due, name=name, begun_at=row.begun_at)
    return bool(mine.update(begun_at=now, done_at=None))


def end(name, *, done):
    if done:
        DailyWork.objects.filter(name=name).update(done_at=timezone.now())
    else:
        # It was put down: whoever comes next begins it.
        DailyWork.objects.filter(name=name).delete()
