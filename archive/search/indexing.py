"""Cards, the index of words, the tallies and the dates of bylines, kept true by whoever changes an article, at once."""

import heapq
from collections import Counter
from contextlib import ExitStack, suppress
from operator import itemgetter

from django.db import OperationalError, connection, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.signals import post_save, pre_delete, pre_save
from django.dispatch import receiver
from django.utils import timezone

from archive.models import Article, Author, Byline, Listing, RenamedAuthor, Tally

from .analysis import plain
from .cards import read_cards, tally_keys
from .stores import store
from .words import WordCounter

_AT_ONCE = 500
_REBUILT_AT_ONCE = 4000
# To find the stems of texts takes longer than to write them: as many processes read, in turns, while one writes.
_READERS = 2
# A batch of each, while the other's is written.
_BYTES_AHEAD = 64 << 20
# An author who is renamed has this many of their articles taken in again at once, and the rest by and by.
MOST_RENAMED = 2000
_LISTING = ("number", "article_id", "terms", "since", "until")
_MANY_PIECES = 32
# In an archive of more articles than this, words are counted in the texts of some.
_LARGE = 50_000
_OF_SO_MANY = 16


# Nobody else's: "archive" in base 36.
_LOCK = 22_823_389_242


def lock():
    """Be the only one who changes the index, until the transaction ends.

    Whoever locks articles' rows, to change them, does this before: then no two wait for each other. SQLite has one
    writer anyway, and nearly all on PostgreSQL change the same sums.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def index(article_ids):
    """Make the cards of these articles anew, with their rows in the index of words and the tallies.

    A card goes where its article is held back, withdrawn for good, or not there. Within the caller's transaction.
    """
    ids = sorted({getattr(each, "pk", each) for each in article_ids})
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        with transaction.atomic():
            lock()
            _date_bylines(some)
            _replace(some, read_cards(Article.objects.filter(pk__in=some)))


def add(cards):
    """Take in the cards of articles that have none: those of an import. Within the caller's transaction."""
    if not cards:
        return
    with transaction.atomic():
        lock()
        store().add(cards)
        _insert_listings(cards)
        changes = Counter()
        for card in cards:
            changes.update(tally_keys(card.number, card.terms))
        _change_tallies(changes)


def forget(article_ids):
    """Take the cards of these articles away; before they are deleted. Within the caller's transaction."""
    ids = sorted(article_ids)
    for start in range(0, len(ids), _AT_ONCE):
        with transaction.atomic():
            lock()
            _replace(ids[start : start + _AT_ONCE], {})


def _date_bylines(articles):
    """Have the bylines of these articles dated as they are."""
    bylines = Byline.objects.filter(article__in=articles).exclude(published_order=F("article__published_order"))
    dates = Article.objects.filter(pk=OuterRef("article")).values("published_order")
    bylines.update(published_order=Subquery(dates))


def _replace(ids, cards):
    changes = Counter()
    gone = []
    for number, terms in Listing.objects.filter(article__in=ids).values_list("number", "terms"):
        changes.subtract(tally_keys(number, terms))
        gone.append(number)
    for card in cards.values():
        changes.update(tally_keys(card.number, card.terms))
    if gone:
        store().remove(gone)
        _execute_many("DELETE FROM archive_listing WHERE number = %s", [(number,) for number in gone])
    if cards:
        store().add(cards.values())
        _insert_listings(cards.values())
    _change_tallies(changes)


def _insert_listings(cards):
    # A number is an article's own: no two rows begin alike, and days are never compared.
    rows = sorted((card.number, card.article_id, card.terms, _day(card.since), _day(card.until)) for card in cards)
    columns = ", ".join(_LISTING)
    if connection.vendor == "postgresql":
        # Django wraps what its own cursor raises, and COPY is not of it.
        copying = f"COPY archive_listing ({columns}) FROM STDIN"
        with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(copying) as copy:
            for row in rows:
                copy.write_row(row)
    else:
        _execute_many(f"INSERT INTO archive_listing ({columns}) VALUES (%s, %s, %s, %s, %s)", rows)  # noqa: S608


def _change_tallies(changes):
    # In one order everywhere, so that no two transactions wait for each other.
    rows = sorted((*key, number) for key, number in changes.items() if number)
    if not rows:
        return
    _execute_many(
        "INSERT INTO archive_tally (outlet_id, kind, of, period, count) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (outlet_id, kind, of, period) DO UPDATE SET count = archive_tally.count + excluded.count",
        rows,
    )
    if less := [row[:4] for row in rows if row[4] < 0]:
        _execute_many(
            "DELETE FROM archive_tally WHERE outlet_id = %s AND kind = %s AND of = %s AND period = %s AND count = 0",
            less,
        )


def _execute_many(sql, rows):
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _day(day):
    if day is None or connection.vendor == "postgresql":
        return day
    return str(day)


@receiver(pre_delete, sender=Listing)
def forget_deleted(instance, **_kwargs):
    # Articles are withdrawn, never deleted; an import that is undone is the exception, and whatever else there may be.
    lock()
    _replace([instance.article_id], {})


@receiver(pre_save, sender=Author)
def see_whether_renamed(instance, raw=False, **_kwargs):
    instance.is_renamed = False
    if instance.pk is not None and not raw:
        names = Author.objects.filter(pk=instance.pk).values_list("name", flat=True)
        instance.is_renamed = any(name != instance.name for name in names)


@receiver(post_save, sender=Author)
def index_renamed(instance, **_kwargs):
    """Articles are found by the names that stand on them; of very many, the rest is noted."""
    if not instance.is_renamed:
        return
    with transaction.atomic():
        lock()
        articles = _articles_by_name(instance.pk, 0, MOST_RENAMED + 1)
        if len(articles) > MOST_RENAMED:
            RenamedAuthor.objects.update_or_create(author=instance, defaults={"last": articles[MOST_RENAMED - 1]})
        else:
            RenamedAuthor.objects.filter(author=instance).delete()
        index(articles[:MOST_RENAMED])


def index_rest_of_renamed():
    """Make some cards anew of authors who were renamed and have very many. Returns how many; 0 where none are left."""
    with transaction.atomic():
        # A name given meanwhile is told after this, and all of its articles are left to be done.
        lock()
        row = RenamedAuthor.objects.order_by("pk").first()
        if row is None:
            return 0
        articles = _articles_by_name(row.author_id, row.last, _AT_ONCE)
        index(articles)
        if len(articles) < _AT_ONCE:
            row.delete()
        else:
            RenamedAuthor.objects.filter(pk=row.pk).update(last=articles[-1])
    # The last may have none, and is done all the same.
    return len(articles) or 1


def _articles_by_name(author, after, number):
    """Some articles on which the author stands by name, in their order."""
    bylines = Byline.objects.filter(author=author, printed="", article__gt=after).order_by("article")
    return list(bylines.values_list("article", flat=True).distinct()[:number])


def rebuild(progress=None, beside=None):
    """Make all cards, the index of words, the tallies and the words anew, as a stream. Returns how many cards are made.

    It is one transaction: one that breaks off leaves everything as it was, and until it is done readers search as
    before. Whoever changes an article waits until then. `progress`, where given, is called with the number of articles
    so far; `beside`, which is `archive.beside.run_beside`, has the texts read by other processes.
    """
    on = timezone.now().date()
    made = 0
    tallies, words = Counter(), WordCounter()
    # Every card is of an article that was just read: SQLite would look each of them up again.
    with connection.constraint_checks_disabled(), transaction.atomic():
        lock()
        with connection.cursor() as cursor:
            build = store().begin(cursor)
            for model in (Listing, Tally):
                cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608
        for seen, cards, misdated, counts in _read_all(on, beside):
            store().add(cards, into=build)
            _insert_listings(cards)
            if misdated:
                _date_bylines(misdated)
            for card in cards:
                tallies.update(tally_keys(card.number, card.terms))
            made += len(cards)
            words.counts.update(counts)
            if progress:
                progress(seen)
        words.save(anew=True)
        with connection.cursor() as cursor:
            store().end(cursor, build)
        _change_tallies(tallies)
    return made


def _read_all(on, beside):
    """(number of articles read, cards, the misdated, words' counts), in the articles' order, by whoever reads them."""
    readers = (
        [beside(read_some, on, turn, _READERS, bytes_ahead=_BYTES_AHEAD) for turn in range(_READERS)]
        if beside
        else [read_some(on)]
    )
    with ExitStack() as opened:
        for reader in readers:
            opened.callback(reader.close)
        for batch, place, *read in heapq.merge(*readers, key=itemgetter(0)):
            yield batch * _REBUILT_AT_ONCE + place, *read


def read_some(on, turn=0, readers=1):
    """Yield (batch, place, some cards, the misdated, words' counts) of each batch whose turn it is among so many.

    The misdated are the articles of the batch whose bylines have another date, and come with the last of it. All words'
    counts come with the last of all, for which `batch` is the number of batches.
    """
    counter = WordCounter()
    count = _count_into(counter)
    batch = -1
    for batch, articles in enumerate(batches()):
        if batch % readers != turn:
            continue
        misdated = set()
        cards = list(read_cards(articles, on, count, misdated).values())
        for start in range(0, len(cards), _AT_ONCE):
            yield batch, start, cards[start : start + _AT_ONCE], [], {}
        if misdated:
            yield batch, len(cards), [], sorted(misdated), {}
    yield batch + 1, 0, [], [], dict(counter.counts)


def rebuild_words():
    """Count the words anew; after a large import, whose words nobody counted."""
    with transaction.atomic():
        counter = WordCounter()
        count = _count_into(counter)
        for articles in batches():
            for pk, headline, summary, body in articles.filter(listing__isnull=False).values_list(
                "pk", "headline", "summary", "body"
            ):
                count(pk, headline, summary, body)
        return counter.save(anew=True)


def renew_due(on=None, progress=None):
    """Make the cards anew that a day passed by: their articles came, or went. Returns how many there were.

    They are right without it; but what is hidden is passed over, and many that are take time. `progress`, where given,
    is called with the number so far, after each transaction, and may raise an error to end it there.
    """
    on = on or timezone.now().date()
    number = 0
    due = Q(since__lte=on) | Q(until__lte=on)
    last = -1
    while ids := list(
        Listing.objects.filter(due, article__gt=last)
        .order_by("article")
        .values_list("article_id", flat=True)[:_AT_ONCE]
    ):
        index(ids)
        number += len(ids)
        last = ids[-1]
        if progress:
            progress(number)
    return number


def tidy():
    """Have the index as it is searched fastest, where an import that died left it as it is written fastest."""
    # Who has it in use for long is left alone, until the next time.
    with suppress(OperationalError), transaction.atomic(), connection.cursor() as cursor:
        store().gather(cursor, False)


def join_pieces(pause=None, many=_MANY_PIECES):
    """Have one piece made of those in which an import left the index, in short transactions, where they are `many`.

    Searches look in one place then, and no import has to make one of them while everybody waits. `pause`, where given,
    is called after each transaction, and may raise an error to end it there.
    """
    for _step in store().join(many):
        if pause:
            pause()


def batches():
    """All articles from the oldest to the newest, as querysets of a few thousand."""
    place = None
    while True:
        articles = Article.objects.oldest_first()
        if place is not None:
            articles = articles.newer_than(place)
        last = articles.values_list("published_order", "pk")[_REBUILT_AT_ONCE - 1 : _REBUILT_AT_ONCE].first()
        if last is None:
            yield articles
            return
        place, after = last, place
        batch = Article.objects.older_than((last[0], last[1] + 1))
        yield batch.newer_than(after) if after is not None else batch


def _count_into(counter):
    """What counts an article's words: all of them, or where there are very many articles, those of some texts."""
    is_large = is_large_archive()

    def count(pk, headline, summary, body):
        counter.add(f"{headline}\n{summary}")
        if not is_large or pk % _OF_SO_MANY == 0:
            counter.add(plain(body))

    return count


def is_large_archive():
    return Article.objects.order_by("pk")[_LARGE : _LARGE + 1].exists()
