from django.db import models
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from .article import ArticlePart
from .keys import NaturalKeyModel
from .outlet import Language


class Author(NaturalKeyModel):
    """A person, or a desk that signs as one."""

    NATURAL_KEY = ("slug",)

    slug = models.SlugField(_("address name"), max_length=120, unique=True)
    name = models.CharField(_("name"), max_length=200)
    about = models.TextField(_("about"), blank=True, help_text=_("Plain text; an empty line begins a paragraph."))
    # An author may write for outlets of two languages.
    about_language = models.CharField(
        _("language of what is told"),
        max_length=2,
        choices=Language,
        blank=True,
        help_text=_("Empty: that of the page on which it stands."),
    )

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ("name", "slug")
        indexes = [models.Index(fields=("name",), name="author_by_name")]

    def __str__(self):
        return self.name


class Byline(ArticlePart):
    """An author's place on an article, in the form that was printed."""

    class Role(models.TextChoices):
        TEXT = "text", _("text")
        PHOTOGRAPH = "photo", _("photographs")
        TRANSLATION = "translation", _("translation")
        INTERVIEW = "interview", _("interview")
        DRAWING = "drawing", _("drawing")

    article = models.ForeignKey(
        "archive.Article", models.CASCADE, db_index=False, related_name="bylines", verbose_name=_("article")
    )
    author = models.ForeignKey(Author, models.PROTECT, db_index=False, related_name="bylines", verbose_name=_("author"))
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.TEXT)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    printed = models.CharField(
        _("printed form"),
        max_length=300,
        blank=True,
        help_text=_("As it stood on the page, where that is not the name."),
    )
    # That of the article, which an author's list is in the order of: `archive.search.index` keeps it so.
    published_order = models.BigIntegerField(default=0, editable=False)

    class Meta(ArticlePart.Meta):
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")
        ordering = ("order", "number")
        constraints = [
            models.UniqueConstraint(fields=("article", "number"), name="byline_unique_number"),
            models.UniqueConstraint(
                fields=("article", "author", "role"),
                name="byline_once_per_role",
                violation_error_message=_("This author already stands on the article in this role."),
            ),
        ]
        indexes = [models.Index(fields=("author", "published_order", "article"), name="byline_by_author_date")]

    def __str__(self):
        return self.printed or self.author.name


@receiver(pre_save, sender=Byline)
def date_before_saving(instance, **_kwargs):
    # A signal, since fixtures are saved without Byline.save().
    instance.published_order = instance.article.published_order
