import zlib

from django.db import models
from django.utils.translation import gettext_lazy as _

from .article import Article, ArticlePart
from .run import ImportRun

# Of texts as short as these, higher levels make records smaller by 4 %, and take a third longer.
LEVEL = 1


class Record(ArticlePart):
    """An article as it was received: a file of its format that holds it alone. The one with the last number counts."""

    article = models.ForeignKey(
        Article, models.CASCADE, db_index=False, related_name="records", verbose_name=_("article")
    )
    run = models.ForeignKey(
        ImportRun, models.PROTECT, related_name="records", db_index=False, verbose_name=_("import run")
    )
    format = models.CharField(_("format"), max_length=30)
    place = models.CharField(_("place"), max_length=500, help_text=_("Where it stood in the file."))
    digest = models.CharField(_("SHA-256 of the content"), max_length=64)
    # Compressed with zlib (RFC 1950).
    packed = models.BinaryField()
    captured_from = models.CharField(_("captured from"), max_length=2000, blank=True)
    captured_at = models.DateTimeField(_("captured at"), null=True, blank=True)

    class Meta(ArticlePart.Meta):
        verbose_name = _("record as received")
        verbose_name_plural = _("records as received")
        ordering = ("article", "number")
        constraints = [models.UniqueConstraint(fields=("article", "number"), name="record_unique_number")]

    def __str__(self):
        return self.place

    @property
    def content(self):
        return unpack(self.packed)


def pack(content):
    return zlib.compress(content, LEVEL)


def unpack(packed):
    return zlib.decompress(packed)
