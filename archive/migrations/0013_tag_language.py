from django.db import migrations, models
from django.db.models import OuterRef, Subquery

# So many tags at once, each by four of its articles, however many it has.
BATCH = 500


def tell_languages(apps, schema_editor):
    """Of a tag of which some articles that come first to hand are all in one language, it is that."""
    tags = apps.get_model("archive", "Tag").objects
    tagged = apps.get_model("archive", "Article").tags.through.objects.filter(tag=OuterRef("pk"))
    looked_at = [
        # In no order: to find the first, PostgreSQL would read all tags of all articles.
        Subquery(tagged.order_by().values("article__language")[place : place + 1])
        for place in range(4)
    ]
    last = 0
    while found := list(tags.filter(pk__gt=last).order_by("pk").values_list("pk", *looked_at)[:BATCH]):
        last = found[-1][0]
        alike = {}
        for pk, *languages in found:
            if len(agreed := set(languages) - {None}) == 1:
                alike.setdefault(agreed.pop(), []).append(pk)
        for language, pks in alike.items():
            tags.filter(pk__in=pks).update(language=language)


class Migration(migrations.Migration):
    dependencies = [("archive", "0012_author_about_language")]

    operations = [
        migrations.AddField(
            model_name="tag",
            name="language",
            field=models.CharField(
                blank=True,
                choices=[("fr", "French"), ("en", "English")],
                default="",
                help_text="Empty: that of the page on which it stands.",
                max_length=2,
                verbose_name="language",
            ),
            preserve_default=False,
        ),
        migrations.RunPython(tell_languages, migrations.RunPython.noop),
    ]
