from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0003_search"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="article",
            index=models.Index(fields=["updated_at", "id"], name="article_by_change"),
        ),
        migrations.AddIndex(
            model_name="withdrawal",
            index=models.Index(fields=["withdrawn_on", "article"], name="withdrawal_by_first_day"),
        ),
        migrations.AddIndex(
            model_name="withdrawal",
            index=models.Index(
                condition=models.Q(("reinstated_on__isnull", False)),
                fields=["reinstated_on", "article"],
                name="withdrawal_by_last_day",
            ),
        ),
    ]
