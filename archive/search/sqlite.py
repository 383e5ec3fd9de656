"""Search in SQLite, by FTS5 (https://www.sqlite.org/fts5.html). A row's id is its card's number."""

import time
from contextlib import contextmanager

from django.db import connection
from django.db.utils import OperationalError

from .matching import LAST, PUBLIC, AnyOf
from .parts import ARTICLES, part_of

TABLE = "archive_search"
# https://www.sqlite.org/fts5.html#contentless_delete_tables
FIRST_WITHOUT_TEXTS = (3, 43)
# Matches are met in the order of their numbers: whoever asks for the newest reads no further than that.
STOPS_WHEN_FOUND = True
# What every card has one of.
EVERY_CARD = AnyOf(terms=("lfr", "len"))
_COLUMNS = "headline, summary, body, terms"
# Instructions of SQLite's virtual machine between two looks at the clock.
_LOOK_AFTER = 2000
_LONGEST_PHRASE = 60
# How the index is written (https://www.sqlite.org/fts5.html#configuration_options): bytes gathered before they are; of
# how many pieces of one size a larger one is made by and by, 0 for never; and of how many at once. With more, each word
# is written less often and looked for in more places. An import leaves some dozens, of which those who edit must not
# have to make one while they wait: so they may have twice as many. Of so many, a piece of the third size holds four
# million articles: to make it takes minutes, in which nobody else can write.
_USUAL = {"hashsize": 8 << 20, "automerge": 8, "crisismerge": 128}
_MUCH = {"hashsize": 8 << 20, "automerge": 0, "crisismerge": 64}
_ANEW = {"hashsize": 128 << 20, "automerge": 0, "crisismerge": 64}
# Pages of a new piece that are written in one transaction: others wait no longer than that.
_JOINED_AT_ONCE = 1000
_WEIGHTS = "8.0, 4.0, 1.0, 0.0"


def create(cursor):
    """Make the index, empty. FTS5 keeps a copy of the texts only where it can't delete without one."""
    version = cursor.execute("SELECT sqlite_version()").fetchone()[0]
    keeps_none = tuple(map(int, version.split("."))) >= FIRST_WITHOUT_TEXTS
    content = "content='', contentless_delete=1, " if keeps_none else ""
    cursor.execute(f"CREATE VIRTUAL TABLE {TABLE} USING fts5({_COLUMNS}, {content}tokenize='ascii')")
    _tune(cursor, _USUAL)


def gather(cursor, is_much):
    """Have what is new kept in smaller pieces for longer, which costs an import less; or in larger ones again."""
    _tune(cursor, _MUCH if is_much else _USUAL)


def _tune(cursor, options):
    # It remembers them.
    for name, value in options.items():
        cursor.execute(f"INSERT INTO {TABLE} ({TABLE}, rank) VALUES ('{name}', {value})")  # noqa: S608


def drop(cursor):
    cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")


def begin(cursor):
    """Begin to make the index anew: what to add cards `into`. Within a transaction."""
    drop(cursor)
    create(cursor)
    _tune(cursor, _ANEW)
    return TABLE


def end(cursor, into):
    """The index is made."""
    _tune(cursor, _USUAL)


def join(many):
    """Make one piece of all, where there are so `many` or more, in short transactions. Yields after each.

    Left where it is, it is gone on with by the next call, and by those who edit.
    """
    with connection.cursor() as cursor:
        pieces = cursor.execute(f"SELECT count(DISTINCT segid) FROM {TABLE}_idx").fetchone()[0]  # noqa: S608
        # https://www.sqlite.org/fts5.html#the_merge_command: a number below 0 takes all of them, of whatever size.
        pages = -_JOINED_AT_ONCE
        while pieces >= many:
            before = _changes(cursor)
            cursor.execute(f"INSERT INTO {TABLE} ({TABLE}, rank) VALUES ('merge', {pages:d})")  # noqa: S608
            if _changes(cursor) - before < 2:
                return
            yield
            pages = _JOINED_AT_ONCE


def _changes(cursor):
    return cursor.execute("SELECT total_changes()").fetchone()[0]


def add(cards, into=TABLE):
    """Put cards into the index that are not in it."""
    rows = sorted(
        (card.number, card.headline, card.summary, card.body, f"{card.terms} {part_of(card.number)}") for card in cards
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT OR REPLACE INTO {into} (rowid, {_COLUMNS}) VALUES (%s, %s, %s, %s, %s)",  # noqa: S608
            rows,
        )


def remove(numbers):
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {TABLE} WHERE rowid = %s", [(number,) for number in sorted(numbers)])  # noqa: S608


def numbers():
    """The numbers that the index holds, in order."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT rowid FROM {TABLE} ORDER BY rowid")  # noqa: S608
        while rows := cursor.fetchmany(10_000):
            yield from (row[0] for row in rows)


def unlike(cards):
    """The numbers of those cards whose rows hold other words than they: in number, or in their order.

    The index keeps no text to compare; but it knows how many words each part has, and finds them by their order.
    """
    with connection.cursor() as cursor:
        for card in cards:
            parts = (card.headline, card.summary, card.body, f"{card.terms} {part_of(card.number)}")
            cursor.execute(f"SELECT sz FROM {TABLE}_docsize WHERE id = %s", [card.number])  # noqa: S608
            row = cursor.fetchone()
            if row is None:
                continue
            if _sizes(row[0]) != [len(part.split()) for part in parts]:
                yield card.number
                continue
            for wanted in _phrases(parts):
                cursor.execute(
                    f"SELECT 1 FROM {TABLE} WHERE {TABLE} MATCH %s AND rowid = %s",  # noqa: S608
                    [wanted, card.number],
                )
                if cursor.fetchone() is None:
                    yield card.number
                    break


def _phrases(parts):
    for column, part in zip(("headline", "summary", "body", "terms"), parts, strict=True):
        tokens = part.split()
        for start in range(0, len(tokens), _LONGEST_PHRASE):
            yield f"{column} : {_quoted(' '.join(tokens[start : start + _LONGEST_PHRASE]))}"


def _sizes(packed):
    """Numbers as SQLite packs them: seven bits in a byte, the highest first."""
    sizes, size = [], 0
    for byte in packed:
        size = size << 7 | byte & 127
        if byte < 128:
            sizes.append(size)
            size = 0
    return sizes


@contextmanager
def deadline(at):
    """What is asked within ends when `time.monotonic()` is past `at`; see `is_overdue`."""
    connection.ensure_connection()
    raw = connection.connection
    raw.set_progress_handler(lambda: time.monotonic() > at, _LOOK_AFTER)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)


def is_overdue(error):
    return isinstance(error, OperationalError) and "interrupt" in str(error)


def newest(match, on, *, limit, below=None, above=None, in_headline=False):
    """The numbers of the newest matches, the newest first; with `above` the oldest of those above it, oldest first."""
    direction = "ASC" if above is not None else "DESC"
    sql, values = _matching(match, on, below=below, above=above, in_headline=in_headline)
    query = f"SELECT l.number {sql} ORDER BY {_number(match)} {direction} LIMIT {limit:d}"
    return [row[0] for row in _rows(query, values)]


def ranked(match, on, *, limit):
    """The numbers of the `limit` newest matches, the best first."""
    sql, values = _matching(match, on)
    inner = f"SELECT s.rowid AS number, bm25({TABLE}, {_WEIGHTS}) AS place {sql} ORDER BY s.rowid DESC LIMIT {limit:d}"
    query = f"SELECT number FROM ({inner}) ORDER BY place, number DESC"  # noqa: S608
    return [row[0] for row in _rows(query, values)]


def terms(match, on, *, limit):
    """(number, terms) of the newest matches."""
    sql, values = _matching(match, on)
    return _rows(f"SELECT l.number, l.terms {sql} ORDER BY {_number(match)} DESC LIMIT {limit:d}", values)


def _rows(sql, values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _number(match):
    return "l.number" if match.is_by_number_alone else "s.rowid"


def _matching(match, on, *, below=None, above=None, in_headline=False):
    number = _number(match)
    conditions, values = [], []
    if match.is_by_number_alone:
        tables = "archive_listing l"
    else:
        # CROSS JOIN has the index of words asked first, whatever the planner would guess.
        tables = f"{TABLE} s CROSS JOIN archive_listing l ON l.number = s.rowid"
        conditions.append(f"s.{TABLE} MATCH %s")
        values.append(expression(match, in_headline=in_headline))
    bounds = match.numbers
    first = max(bounds.first, above + 1) if above is not None else bounds.first
    after = min(bounds.after, below) if below is not None else bounds.after
    if first > 0:
        conditions.append(f"{number} >= %s")
        values.append(first)
    if after < LAST:
        conditions.append(f"{number} < %s")
        values.append(after)
    for start, end in bounds.gaps:
        conditions.append("NOT (l.number >= %s AND l.number < %s)")
        values.extend((start, end))
    conditions.append(PUBLIC)
    values.extend([str(on)] * 4)
    return f"FROM {tables} WHERE {' AND '.join(conditions)}", values


def expression(match, *, in_headline=False):
    """A match as FTS5 reads it. Every stem and term is of letters and digits alone, and quoted all the same."""
    column = "headline" if in_headline else "{headline summary body}"
    wanted = [_any(any_of, column) for any_of in match.every] or [_any(EVERY_CARD, column)]
    unwanted = [_any(any_of, "{headline summary body}") for any_of in match.none]
    positive = " AND ".join(wanted)
    return f"({positive}) NOT ({' OR '.join(unwanted)})" if unwanted else positive


def _any(any_of, column):
    parts = []
    if any_of.ways:
        parts.append(f"{column} : ({' OR '.join(_quoted(' '.join(way)) for way in any_of.ways)})")
    if any_of.terms:
        parts.append(f"terms : ({' OR '.join(map(_quoted, any_of.terms))})")
    return f"({' OR '.join(parts)})"


def _quoted(text):
    return f'"{text}"'


def headed(ways, beginnings):
    """(SQL, values) of the ids of the articles in whose headlines one of the ways stands, or begins where one ends."""
    wanted = [_quoted(" ".join(way)) for way in ways] + [f"{_quoted(' '.join(way))} *" for way in beginnings]
    query = f"SELECT rowid & {ARTICLES} FROM {TABLE} WHERE {TABLE} MATCH %s"  # noqa: S608
    return query, [f"headline : ({' OR '.join(wanted)})"]
