from django.db import migrations, models


def free_the_name(apps, schema_editor):
    """No article may have the slug at which its history stands."""
    Article = apps.get_model("archive", "Article")
    Article.objects.filter(slug="history").update(slug="history-1", slug_letters="history1")


class Migration(migrations.Migration):
    dependencies = [("archive", "0005_care_by_date")]

    operations = [
        migrations.AddField(
            model_name="revision",
            name="is_public",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="Otherwise the article’s history says only that something was changed.",
                verbose_name="readers may see what changed",
            ),
        ),
        migrations.RunPython(free_the_name, migrations.RunPython.noop),
    ]
