"""Many new rows at once, as they would be saved one by one; their signals are not sent."""

import json
from datetime import UTC

from django.db import connection, models


def reserve(model, number):
    """So many ids that no other row will have. Within a transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, number]
            )
            return [row[0] for row in cursor.fetchall()]
        # The transaction holds the write lock, and an id that is written moves the sequence on.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
    last = row[0] if row else 0
    return list(range(last + 1, last + 1 + number))


def insert(model, names, rows):
    """Insert rows, each a tuple of the values of the fields (or foreign keys' columns) that are named.

    What is not named has its default. Values are of the types that their columns hold.
    """
    if not rows:
        return
    # bulk_create takes four times as long, and most of that to look at every value from all sides.
    fields = {field.attname: field for field in model._meta.concrete_fields}
    for name, field in fields.items():
        if name not in names and not field.primary_key:
            default = field.get_default()
            names = (*names, name)
            rows = [(*row, default) for row in rows]
    written = _writers([fields[name] for name in names])
    if written:
        rows = [_as_written(row, written) for row in rows]
    quote = connection.ops.quote_name
    table, columns = quote(model._meta.db_table), ", ".join(quote(fields[name].column) for name in names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Django wraps what its own cursor raises, and COPY is not of it.
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)  # noqa: S608


def _writers(fields):
    """By place in a row: what makes of a value that which the database holds, where that is another."""
    found = {}
    for place, field in enumerate(fields):
        if isinstance(field, models.JSONField):
            found[place] = _json
        elif isinstance(field, models.FileField):
            found[place] = str
        elif connection.vendor == "sqlite" and isinstance(field, models.DateTimeField):
            found[place] = _instant
        elif connection.vendor == "sqlite" and isinstance(field, models.DateField):
            found[place] = _day
    return list(found.items())


def _as_written(row, writers):
    row = list(row)
    for place, write in writers:
        if row[place] is not None:
            row[place] = write(row[place])
    return row


def _json(value):
    return json.dumps(value)


def _instant(moment):
    return str(moment.astimezone(UTC).replace(tzinfo=None))


def _day(day):
    return str(day)
