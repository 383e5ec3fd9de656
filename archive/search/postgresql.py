"""Search in PostgreSQL, by a tsvector made here and a GIN index. A row's key is its card's number."""

import time
from contextlib import contextmanager
from dataclasses import replace

from django.db import connection, transaction
from django.db.utils import OperationalError

from .matching import LAST, PUBLIC, AnyOf
from .parts import ARTICLES, month_of, months_between, part_of

TABLE = "archive_search"
_NEW = "archive_search_new"
# https://www.postgresql.org/docs/current/textsearch-limitations.html
_LAST_POSITION = 16_383
_MOST_POSITIONS = 255
# So that no phrase reaches from one part of an article into the next.
_BETWEEN_PARTS = 50
# A term, and a stem in the headline, begin as no stem does: both are asked for without a look at the row.
_TERM, _HEADLINE = "=", "+"
_WEIGHTS = "'{0.1, 0.1, 0.5, 1.0}'"
_INTERRUPTED = "57014"
# What an import gathers before it is sorted in, in kB, and how long it waits for leave to do so.
_GATHERED, _LONGEST_WAIT = 16_384, "2s"
# The cards that readers may not see on a day, given four times: all others of matching.PUBLIC.
_HIDDEN = (
    "SELECT 1 FROM archive_listing l WHERE l.number = s.number AND (l.since > %s OR l.until <= %s)"
    " AND (l.since IS NULL OR l.until IS NULL OR l.since <= l.until OR l.since > %s AND l.until <= %s)"
)
# What is asked for goes by indexes alone: the planner holds a word's match for cheap, and a row's words are long.
_ASK_FAST = (
    "SELECT set_config('statement_timeout', %s, true), set_config('enable_seqscan', 'off', true),"
    " set_config('random_page_cost', '1.1', true), set_config('max_parallel_workers_per_gather', '0', true),"
    " set_config('jit', 'off', true)"
)
# All that matches is read before it is put in order.
STOPS_WHEN_FOUND = False
# What every card has one of.
EVERY_CARD = AnyOf(terms=("lfr", "len"))


def create(cursor):
    """Make the index, empty."""
    _create_table(cursor, TABLE)
    _create_index(cursor, TABLE)


def _create_table(cursor, name):
    cursor.execute(
        f"CREATE TABLE {name} (number bigint CONSTRAINT {name}_number PRIMARY KEY, vector tsvector NOT NULL)"
    )


def _create_index(cursor, name):
    # Without a list of what is still to be sorted in, which every search would read through.
    cursor.execute(f"CREATE INDEX {name}_vector ON {name} USING gin (vector) WITH (fastupdate = off)")


def begin(cursor):
    """Begin to make the index anew: what to add cards `into`. Within a transaction. Others search the old one."""
    # Who changes an article waits from here on.
    cursor.execute("LOCK TABLE archive_listing, archive_tally IN SHARE ROW EXCLUSIVE MODE")
    _create_table(cursor, _NEW)
    return _NEW


def end(cursor, into):
    """The index is made; put it in the place of the old one."""
    # In memory it is many times faster.
    cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
    _create_index(cursor, into)
    drop(cursor)
    cursor.execute(f"ALTER TABLE {into} RENAME TO {TABLE}")
    cursor.execute(f"ALTER TABLE {TABLE} RENAME CONSTRAINT {into}_number TO {TABLE}_number")
    cursor.execute(f"ALTER INDEX {into}_vector RENAME TO {TABLE}_vector")
    cursor.execute(f"ANALYZE {TABLE}")


def drop(cursor):
    cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")


def gather(cursor, is_much):
    """Have what is new gathered first and then sorted in, much at a time; or at once again. Within a transaction.

    It is several times faster, and each search reads through what is gathered meanwhile. Raises OperationalError where
    somebody has the index in use for so long that all searches would have to wait.
    """
    cursor.execute(f"SET LOCAL lock_timeout = '{_LONGEST_WAIT}'")
    if is_much:
        cursor.execute(f"ALTER INDEX {TABLE}_vector SET (fastupdate = on, gin_pending_list_limit = {_GATHERED})")
    else:
        cursor.execute(f"ALTER INDEX {TABLE}_vector SET (fastupdate = off)")
        cursor.execute(f"SELECT gin_clean_pending_list('{TABLE}_vector')")


def join(many):
    """The index is one here."""
    return ()


def add(cards, into=TABLE):
    """Put cards into the index that are not in it."""
    rows = sorted((card.number, vector(card)) for card in cards)
    with connection.cursor() as cursor:
        if into == TABLE:
            cursor.execute(f"DELETE FROM {into} WHERE number = ANY(%s)", [[row[0] for row in rows]])  # noqa: S608
        with connection.wrap_database_errors, cursor.copy(f"COPY {into} (number, vector) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def remove(numbers):
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE number = ANY(%s)", [list(numbers)])  # noqa: S608


def numbers():
    """The numbers that the index holds, in order."""
    last = -1
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                f"SELECT number FROM {TABLE} WHERE number > %s ORDER BY number LIMIT 10000",  # noqa: S608
                [last],
            )
            rows = cursor.fetchall()
            if not rows:
                return
            yield from (row[0] for row in rows)
            last = rows[-1][0]


def unlike(cards):
    """The numbers of those cards whose rows hold other words than they."""
    with connection.cursor() as cursor:
        for card in cards:
            cursor.execute(
                f"SELECT 1 FROM {TABLE} WHERE number = %s AND vector <> %s::tsvector",  # noqa: S608
                [card.number, vector(card)],
            )
            if cursor.fetchone():
                yield card.number


def vector(card):
    """A card as a tsvector is written. Stems hold letters and digits alone, so that quotes are all they need."""
    places = {}
    place = 0
    for text, weight in ((card.headline, "A"), (card.summary, "B"), (card.body, "")):
        for token in text.split():
            place += 1
            if place > _LAST_POSITION:
                # The word itself must be found all the same.
                places.setdefault(token, [])
                continue
            found = places.get(token)
            if found is None:
                places[token] = [f"{place}{weight}"]
            elif len(found) < _MOST_POSITIONS:
                found.append(f"{place}{weight}")
        place += _BETWEEN_PARTS
    words = [f"'{token}':{','.join(found)}" if found else f"'{token}'" for token, found in places.items()]
    words += [f"'{_HEADLINE}{token}'" for token in dict.fromkeys(card.headline.split())]
    words += [f"'{_TERM}{term}'" for term in (*card.terms.split(), part_of(card.number), month_of(card.number))]
    return " ".join(words)


@contextmanager
def deadline(at):
    """What is asked within ends when `time.monotonic()` is past `at`; see `is_overdue`."""
    left = max(1, round((at - time.monotonic()) * 1000))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ASK_FAST, [str(left)])
        yield
        cursor.execute("SELECT set_config('statement_timeout', '0', true)")


def is_overdue(error):
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") == _INTERRUPTED


def newest(match, on, *, limit, below=None, above=None, in_headline=False):
    """The numbers of the newest matches, the newest first; with `above` the oldest of those above it, oldest first."""
    direction = "ASC" if above is not None else "DESC"
    sql, values = _matching(match, on, below=below, above=above, in_headline=in_headline)
    query = f"SELECT number {sql} ORDER BY {_number(match)} {direction} LIMIT {limit:d}"
    return [row[0] for row in _rows(query, values)]


def ranked(match, on, *, limit):
    """The numbers of the `limit` newest matches, the best first."""
    sql, values = _matching(match, on)
    inner = f"SELECT number, vector {sql} ORDER BY {_number(match)} DESC LIMIT {limit:d}"
    rank = f"ts_rank({_WEIGHTS}, vector, %s::tsquery)"
    query = f"SELECT number FROM ({inner}) newest ORDER BY {rank} DESC, number DESC"  # noqa: S608
    return [row[0] for row in _rows(query, [*values, expression(match, words_only=True)])]


def terms(match, on, *, limit):
    """(number, terms) of the newest matches."""
    sql, values = _matching(match, on)
    inner = f"SELECT number {sql} ORDER BY {_number(match)} DESC LIMIT {limit:d}"
    # One by one: the planner might read all cards, to join them to so many.
    each = "SELECT l.terms FROM archive_listing l WHERE l.number = newest.number OFFSET 0"
    query = f"SELECT number, terms FROM ({inner}) newest CROSS JOIN LATERAL ({each}) card ORDER BY number DESC"  # noqa: S608
    return _rows(query, values)


def _number(match):
    # A sum is no column: else the planner may go through all articles in their order and look at each one's words, or
    # read the words of all articles in a range.
    return "number" if match.is_by_number_alone else "number + 0"


def _rows(sql, values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _matching(match, on, *, below=None, above=None, in_headline=False):
    conditions, values = [], []
    bounds, bounded = match.numbers, _number(match)
    first = max(bounds.first, above + 1) if above is not None else bounds.first
    after = min(bounds.after, below) if below is not None else bounds.after
    if match.is_by_number_alone:
        table = "archive_listing l"
    else:
        table = f"{TABLE} s"
        conditions.append("vector @@ %s::tsquery")
        # The index of words knows months: it need not give what is too old or too new.
        months = months_between(first, after if after < LAST else _last_number() + 1) if first > 0 else ()
        every = (*match.every, AnyOf(terms=months)) if months else match.every
        values.append(expression(replace(match, every=every), in_headline=in_headline))
    if first > 0:
        conditions.append(f"{bounded} >= %s")
        values.append(first)
    if after < LAST:
        conditions.append(f"{bounded} < %s")
        values.append(after)
    for start, end in bounds.gaps:
        conditions.append(f"NOT ({bounded} >= %s AND {bounded} < %s)")
        values.extend((start, end))
    # Hardly any card is hidden, and those have an index; to look at each match's card takes longer than to find it.
    conditions.append(PUBLIC if match.is_by_number_alone else f"NOT EXISTS ({_HIDDEN})")
    values.extend([on] * 4)
    return f"FROM {table} WHERE {' AND '.join(conditions)}", values


def _last_number():
    return _rows("SELECT coalesce(max(number), 0) FROM archive_listing", [])[0][0]


def expression(match, *, in_headline=False, words_only=False):
    """A match as a tsquery is written. Every stem and term is of letters and digits alone, and quoted all the same."""
    lead = _HEADLINE if in_headline else ""
    if words_only:
        return " & ".join(_any(AnyOf(ways)) for ways in match.of_words)
    parts = [_any(any_of, lead) for any_of in match.every] or [_any(EVERY_CARD)]
    return " & ".join(parts + [f"!{_any(any_of)}" for any_of in match.none])


def _any(any_of, lead=""):
    # In the headline, words alone are looked for: where they stand is not known there.
    between = " & " if lead else " <-> "
    ways = [f"({between.join(_quoted(lead + stem) for stem in way)})" for way in any_of.ways]
    return f"({' | '.join(ways + [_quoted(_TERM + term) for term in any_of.terms])})"


def _quoted(text):
    return f"'{text}'"


def headed(ways, beginnings):
    """(SQL, values) of the ids of the articles in whose headlines one of the ways stands, or begins where one ends."""
    begun = [" & ".join(_quoted(_HEADLINE + stem) for stem in way) + ":*" for way in beginnings]
    wanted = " | ".join([_any(AnyOf(ways), _HEADLINE), *begun])
    return f"SELECT number & {ARTICLES} FROM {TABLE} WHERE vector @@ %s::tsquery", [wanted]  # noqa: S608
