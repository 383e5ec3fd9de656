"""The index of words: a virtual table of FTS5 in SQLite, a table with a GIN index in PostgreSQL.

It begins empty; `manage.py index_search` fills it, and so does whatever changes an article.
"""

from django.db import migrations

from archive.search.stores import store


def create(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        store(schema_editor.connection.vendor).create(cursor)


def drop(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        store(schema_editor.connection.vendor).drop(cursor)


class Migration(migrations.Migration):
    dependencies = [("archive", "0002_listings_and_selections")]

    operations = [migrations.RunPython(create, drop)]
