"""What is still to be done: noted where it can't be done at once, and crossed out when it is done."""

from django.db import models

from .article import Article
from .people import Author
from .run import ImportRun


class AwaitedVersion(models.Model):
    """An article that an import told to be a version of another, which was not there yet; `key` is the other's."""

    article = models.OneToOneField(Article, models.CASCADE, related_name="+")
    key = models.CharField(max_length=12)
    # The run that told it.
    run = models.ForeignKey(ImportRun, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "awaited version"

    def __str__(self):
        return self.key


class RenamedAuthor(models.Model):
    """An author by whose new name not all of their articles are found yet; those up to `last` are."""

    author = models.OneToOneField(Author, models.CASCADE, related_name="+")
    last = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "renamed author"

    def __str__(self):
        return str(self.author)


class DailyWork(models.Model):
    """Something that is done once a day, by whoever comes first: when it was begun last, and when it was done last."""

    name = models.CharField(max_length=40, primary_key=True)
    begun_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "daily work"

    def __str__(self):
        return self.name
