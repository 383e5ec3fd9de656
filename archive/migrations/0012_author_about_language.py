import re

from django.db import migrations, models

# By the commonest words of each: what is told of authors is short.
WORDS = {
    "fr": {
        "le",
        "la",
        "les",
        "l",
        "d",
        "de",
        "des",
        "du",
        "et",
        "une",
        "est",
        "au",
        "aux",
        "dans",
        "sur",
        "pour",
        "qui",
    },
    "en": {"the", "of", "and", "to", "in", "was", "is", "for", "from", "about", "by", "with", "at", "who", "has"},
}


def tell_languages(apps, schema_editor):
    for author in apps.get_model("archive", "Author").objects.exclude(about="").iterator():
        words = re.findall(r"[^\W\d_]+", author.about.lower())
        counts = {language: sum(map(common.__contains__, words)) for language, common in WORDS.items()}
        if counts["fr"] != counts["en"]:
            author.about_language = max(counts, key=counts.get)
            author.save(update_fields=["about_language"])


class Migration(migrations.Migration):
    dependencies = [("archive", "0011_more_traces")]

    operations = [
        migrations.AddField(
            model_name="author",
            name="about_language",
            field=models.CharField(
                blank=True,
                choices=[("fr", "French"), ("en", "English")],
                default="",
                help_text="Empty: that of the page on which it stands.",
                max_length=2,
                verbose_name="language of what is told",
            ),
            preserve_default=False,
        ),
        migrations.RunPython(tell_languages, migrations.RunPython.noop),
    ]
