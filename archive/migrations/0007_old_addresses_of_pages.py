import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("archive", "0006_revision_is_public")]

    operations = [
        migrations.CreateModel(
            name="PageAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.CharField(help_text="As it was known.", max_length=2000, verbose_name="old address")),
                (
                    "normalised",
                    models.CharField(editable=False, max_length=2000, unique=True, verbose_name="normalised"),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="old_addresses",
                        to="archive.infopage",
                        verbose_name="information page",
                    ),
                ),
            ],
            options={
                "verbose_name": "old address of a page",
                "verbose_name_plural": "old addresses of pages",
                "ordering": ("normalised",),
            },
        ),
    ]
