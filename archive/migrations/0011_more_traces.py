from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("archive", "0010_work_that_is_due")]

    operations = [
        migrations.AlterField(
            model_name="importtrace",
            name="kind",
            field=models.CharField(
                choices=[
                    ("author", "author"),
                    ("tag", "tag"),
                    ("section", "section"),
                    ("source", "source"),
                    ("infopage", "information page"),
                    ("closurenotice", "closure notice"),
                    ("oldaddress", "old address"),
                    ("image", "picture"),
                    ("oldhost", "old host"),
                    ("addresspattern", "address pattern"),
                    ("selection", "selection"),
                ],
                max_length=14,
                verbose_name="kind",
            ),
        ),
    ]
