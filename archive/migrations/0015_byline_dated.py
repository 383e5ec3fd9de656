from django.db import migrations, models
from django.db.models import Max, OuterRef, Subquery

# So many bylines at once.
BATCH = 20_000


def date_bylines(apps, schema_editor):
    bylines = apps.get_model("archive", "Byline").objects
    dates = apps.get_model("archive", "Article").objects.filter(pk=OuterRef("article")).values("published_order")
    last = bylines.order_by().aggregate(last=Max("pk"))["last"] or 0
    for first in range(0, last + 1, BATCH):
        bylines.filter(pk__gte=first, pk__lt=first + BATCH).update(published_order=Subquery(dates))


class Migration(migrations.Migration):
    dependencies = [("archive", "0014_revision_carried_over")]

    operations = [
        migrations.AddField(
            model_name="byline",
            name="published_order",
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.RunPython(date_bylines, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="byline",
            name="author",
            field=models.ForeignKey(
                db_index=False,
                on_delete=models.deletion.PROTECT,
                related_name="bylines",
                to="archive.author",
                verbose_name="author",
            ),
        ),
        migrations.AddIndex(
            model_name="byline",
            index=models.Index(fields=["author", "published_order", "article"], name="byline_by_author_date"),
        ),
    ]
