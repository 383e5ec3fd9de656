import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0015_byline_dated"),
    ]

    operations = [
        migrations.CreateModel(
            name="AwaitedWithdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "original_id",
                    models.CharField(
                        help_text="Its id in the system that it came from.", max_length=200, verbose_name="source id"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("rights-expired", "Rights expired"),
                            ("legal", "Legal reasons"),
                            ("privacy", "Privacy"),
                            ("error", "Published in error"),
                            ("duplicate", "Duplicate"),
                            ("other", "Other"),
                        ],
                        max_length=14,
                        verbose_name="reason",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note of the sender")),
                ("told_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="told at")),
                (
                    "place",
                    models.CharField(
                        blank=True, help_text="Where it stood in the file.", max_length=500, verbose_name="place"
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="awaited_withdrawals",
                        to="archive.article",
                        verbose_name="article",
                    ),
                ),
                (
                    "outlet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="awaited_withdrawals",
                        to="archive.outlet",
                        verbose_name="outlet",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="archive.importrun",
                        verbose_name="import run",
                    ),
                ),
                (
                    "withdrawal",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="archive.withdrawal",
                        verbose_name="withdrawal",
                    ),
                ),
            ],
            options={
                "verbose_name": "awaited withdrawal",
                "verbose_name_plural": "awaited withdrawals",
                "ordering": ("-told_at", "-pk"),
                "indexes": [models.Index(fields=["-told_at", "-id"], name="awaited_newest_first")],
                "constraints": [
                    models.UniqueConstraint(fields=("original_id", "outlet"), name="awaitedwithdrawal_unique")
                ],
            },
        ),
    ]
