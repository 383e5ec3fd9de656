from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("archive", "0004_article_by_change")]

    operations = [
        migrations.AddIndex("correction", models.Index(fields=["made_on", "id"], name="correction_by_date")),
    ]
