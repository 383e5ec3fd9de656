import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("archive", "0007_old_addresses_of_pages")]

    operations = [
        migrations.AddField(
            model_name="article",
            name="version_of",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="The article of which this is a translation or another edition’s version.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="versions",
                to="archive.article",
                verbose_name="version of",
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                condition=models.Q(("version_of__isnull", False)), fields=["version_of"], name="article_by_version"
            ),
        ),
    ]
