from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("archive", "0013_tag_language")]

    operations = [
        migrations.AlterField(
            model_name="revision",
            name="verb",
            field=models.CharField(
                choices=[
                    ("taken-in", "Taken in"),
                    ("imported-again", "Imported again"),
                    ("import-undone", "Import undone"),
                    ("edited", "Edited"),
                    ("corrected", "Corrected"),
                    ("withdrawn", "Withdrawn"),
                    ("reinstated", "Reinstated"),
                    ("carried-over", "Carried over from another archive"),
                ],
                max_length=14,
                verbose_name="change",
            ),
        ),
    ]
