"""Without the indexes that no question needs: an import writes a page of each in random order for nearly every article.

Django would have SQLite copy a table to drop the index of a field, which takes an hour of a large archive. So the
indexes are dropped by their names here, and the fields altered in what Django knows of them alone.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Those whose own index is dropped. Of the key it is the one that PostgreSQL has for beginnings of texts; the unique one
# stays.
FIELDS = (
    *(("Article", name) for name in ("outlet", "section", "source", "source_rule", "slug", "key")),
    # The table between articles and tags has a unique index that begins with the article.
    ("Article_tags", "article"),
    *((name, "article") for name in ("Byline", "Correction", "Image", "Record", "Revision", "Withdrawal")),
    ("Revision", "made_by"),
)


def fields(apps):
    for model_name, name in FIELDS:
        model = apps.get_model("archive", model_name)
        yield model, model._meta.get_field(name)


def drop(apps, schema_editor):
    connection = schema_editor.connection
    for model, field in fields(apps):
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, model._meta.db_table)
        for name, index in found.items():
            if index["columns"] == [field.column] and index["index"] and not index["unique"]:
                schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


def create(apps, schema_editor):
    for model, field in fields(apps):
        for statement in schema_editor._field_indexes_sql(model, field):
            schema_editor.execute(statement)


def foreign_key(to, on_delete=django.db.models.deletion.CASCADE, **others):
    return models.ForeignKey(db_index=False, on_delete=on_delete, to=to, **others)


def to_article(related_name):
    return foreign_key("archive.article", related_name=related_name, verbose_name="article")


class Migration(migrations.Migration):
    dependencies = [("archive", "0008_article_version_of"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.RemoveIndex("article", "article_by_day"),
        migrations.RemoveIndex("article", "article_by_headline"),
        migrations.RemoveIndex("article", "article_by_original_id"),
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(drop, create)],
            [
                migrations.AlterField(
                    "article",
                    "outlet",
                    foreign_key(
                        "archive.outlet",
                        django.db.models.deletion.PROTECT,
                        related_name="articles",
                        verbose_name="outlet",
                    ),
                ),
                migrations.AlterField(
                    "article",
                    "section",
                    foreign_key(
                        "archive.section",
                        django.db.models.deletion.SET_NULL,
                        blank=True,
                        null=True,
                        related_name="articles",
                        verbose_name="section",
                    ),
                ),
                migrations.AlterField(
                    "article",
                    "source",
                    foreign_key(
                        "archive.source",
                        django.db.models.deletion.PROTECT,
                        blank=True,
                        null=True,
                        related_name="articles",
                        verbose_name="source",
                    ),
                ),
                migrations.AlterField(
                    "article",
                    "source_rule",
                    foreign_key(
                        "archive.sourcerule",
                        django.db.models.deletion.SET_NULL,
                        blank=True,
                        editable=False,
                        null=True,
                        related_name="articles",
                        verbose_name="recognised by",
                    ),
                ),
                migrations.AlterField(
                    "article",
                    "slug",
                    models.SlugField(blank=True, db_index=False, max_length=120, verbose_name="address name"),
                ),
                migrations.AlterField("byline", "article", to_article("bylines")),
                migrations.AlterField("correction", "article", to_article("corrections")),
                migrations.AlterField("image", "article", to_article("images")),
                migrations.AlterField("record", "article", to_article("records")),
                migrations.AlterField("revision", "article", to_article("revisions")),
                migrations.AlterField("withdrawal", "article", to_article("withdrawals")),
                migrations.AlterField(
                    "revision",
                    "made_by",
                    foreign_key(
                        settings.AUTH_USER_MODEL,
                        django.db.models.deletion.SET_NULL,
                        blank=True,
                        null=True,
                        related_name="+",
                        verbose_name="made by",
                    ),
                ),
            ],
        ),
        # Of the few that have one, so that it costs nothing to write the others.
        migrations.AddIndex(
            "article",
            models.Index(
                condition=models.Q(("source_rule__isnull", False)), fields=["source_rule"], name="article_by_rule"
            ),
        ),
        migrations.AddIndex(
            "article",
            models.Index(
                condition=models.Q(("held_back", True)),
                fields=["headline", "held_back"],
                name="article_held_back_by_headline",
            ),
        ),
        migrations.AddIndex(
            "revision",
            models.Index(condition=models.Q(("made_by__isnull", False)), fields=["made_by"], name="revision_by_user"),
        ),
    ]
