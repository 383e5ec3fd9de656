"""An import writes into each index of each table: none of them may repeat what another does."""

from collections import defaultdict
from typing import NamedTuple

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext

from archive.models import Article, Revision
from tests.factories import make_article

pytestmark = pytest.mark.django_db

# Django makes an index for each foreign key; in these tables, which staff write by hand, one more costs nothing.
SMALL = {
    *("archive_addresspattern", "archive_closurenotice", "archive_infopage", "archive_section", "archive_selection"),
    *("archive_selectedarticle", "archive_sourcerule", "archive_importjob_runs"),
}


# By migration 0009; of those of the rule and of the user there is one of the few that have it.
DROPPED = {
    *(("archive_article", f"{name}_id") for name in ("outlet", "section", "source")),
    *(("archive_article", name) for name in ("slug", "published_on", "headline")),
    ("archive_article", "outlet_id", "original_id"),
    ("archive_article_tags", "article_id"),
    *((f"archive_{name}", "article_id") for name in ("byline", "correction", "image", "record", "revision")),
    ("archive_withdrawal", "article_id"),
}


class Index(NamedTuple):
    name: str
    columns: tuple[str, ...]
    is_unique: bool
    is_partial: bool
    # PostgreSQL's for beginnings of texts, in an order of its own.
    is_of_patterns: bool


def indexes():
    """Table to the indexes that the database has of it, the primary key's left out."""
    rows = sqlite_indexes() if connection.vendor == "sqlite" else postgresql_indexes()
    found = defaultdict(list)
    for table, *index in sorted(rows):
        if table.startswith("archive_") and not table.startswith("archive_search"):
            found[table].append(Index(*index))
    return found


def sqlite_indexes():
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT t.name, i.name, i."unique", i.partial, c.name FROM sqlite_master t, pragma_index_list(t.name) i,'
            " pragma_index_info(i.name) c WHERE t.type = 'table' AND i.origin <> 'pk' ORDER BY t.name, i.name, c.seqno"
        )
        gathered = defaultdict(list)
        for table, name, is_unique, is_partial, column in cursor.fetchall():
            gathered[table, name, is_unique, is_partial].append(column)
    for (table, name, is_unique, is_partial), columns in gathered.items():
        yield table, name, tuple(columns), bool(is_unique), bool(is_partial), False


def postgresql_indexes():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.relname, i.relname, array(SELECT pg_get_indexdef(x.indexrelid, n, true)"
            " FROM generate_series(1, x.indnkeyatts) n), x.indisunique, x.indpred IS NOT NULL,"
            " EXISTS (SELECT FROM pg_opclass o WHERE o.oid = ANY (x.indclass) AND o.opcname LIKE '%pattern_ops')"
            " FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid"
            " WHERE NOT x.indisprimary"
        )
        for table, name, columns, *rest in cursor.fetchall():
            yield table, name, tuple(columns), *rest


def repeated(of_table):
    """The indexes that begin another, and so answer nothing that the other doesn't."""
    whole = [each for each in of_table if not each.is_partial and not each.is_of_patterns]
    return [
        each.name
        for each in whole
        if not each.is_unique
        and any(other.columns[: len(each.columns)] == each.columns and other.name != each.name for other in whole)
    ]


def test_no_index_repeats_another():
    found = {table: repeated(of_table) for table, of_table in indexes().items() if table not in SMALL}
    assert found["archive_article"] == []
    assert {table: names for table, names in found.items() if names} == {}


def test_every_index_that_repeats_another_would_be_seen():
    found = indexes()
    assert {table for table in found if repeated(found[table])} == SMALL


def test_every_foreign_key_has_an_index_that_begins_with_it_or_is_never_asked_for():
    """Of a row that is deleted, what points to it is looked for."""
    found = indexes()
    without = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("archive").get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.is_relation
        and not field.primary_key
        and not any(index.columns[0] == field.column for index in found[model._meta.db_table])
    }
    # Runs are undone, and never deleted.
    assert without == {"Record.run", "Revision.run"}


@pytest.mark.parametrize(
    ("index", "question"),
    [
        ("article_unique_original_id", lambda: Article.objects.filter(outlet=1).from_ids(["a", "b"])),
        ("article_by_rule", lambda: Article.objects.filter(source_rule=1)),
        ("revision_by_user", lambda: Revision.objects.filter(made_by=1)),
    ],
)
def test_index_of_some_rows_answers_who_asks_for_them(index, question):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # There are no rows, of which reading all is quickest.
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert index in question().order_by().explain()


@pytest.mark.parametrize("table", ["archive_sourcerule", "auth_user", "archive_outlet", "archive_section"])
def test_no_row_is_deleted_by_reading_all_that_could_point_to_it(table):
    if connection.vendor != "sqlite":
        pytest.skip("What SQLite plans for its foreign keys it tells; PostgreSQL does not.")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN DELETE FROM {table} WHERE id = 1")  # noqa: S608
        steps = [row[3] for row in cursor.fetchall()]
    assert len(steps) > 1
    assert [step for step in steps if step.startswith("SCAN")] == []


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "part",
    [
        lambda articles: articles.newest_first(),
        lambda articles: articles.older_than((2014_01_22_00_00, 5)).newest_first(),
        lambda articles: articles.newer_than((2014_01_22_00_00, 5)).oldest_first(),
    ],
)
def test_part_of_what_an_author_signs_is_read_in_its_order(part):
    plan = part(Article.objects.public().filter(outlet=1).signed_by(1))[:31].explain()
    assert "byline_by_author_date" in plan
    assert "TEMP B-TREE" not in plan


def test_choice_that_is_unique_is_checked_by_its_index():
    article = make_article(original_id="1")
    with CaptureQueriesContext(connection) as asked:
        article.validate_constraints()
    if connection.vendor == "sqlite":
        [sql] = [query["sql"] for query in asked.captured_queries if "EXISTS" in query["sql"]]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            assert "article_unique_original_id" in str(cursor.fetchall())


def test_articles_have_no_index_of_beginnings():
    assert [index.name for index in indexes()["archive_article"] if index.is_of_patterns] == []


@pytest.mark.django_db(transaction=True)
def test_migration_without_them_can_be_undone_and_done_again():
    key = make_article().key
    now = indexes()
    try:
        migrate("0009_fewer_indexes")
        after = indexes()
        migrate("0008_article_version_of")
        before = indexes()
    finally:
        migrate(None)
    of_old = {
        (table, *index.columns) for table, of_table in before.items() for index in of_table if not index.is_unique
    }
    of_new = {(table, *index.columns) for table, of_table in after.items() for index in of_table if not index.is_unique}
    # PostgreSQL had one of beginnings of keys.
    assert of_old - of_new - {("archive_article", "key")} == DROPPED
    assert indexes() == now
    assert Article.objects.get().key == key


def migrate(name):
    executor = MigrationExecutor(connection)
    targets = [("archive", name)] if name else executor.loader.graph.leaf_nodes("archive")
    executor.migrate(targets)
