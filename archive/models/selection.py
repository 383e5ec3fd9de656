from django.db import models
from django.utils.translation import gettext_lazy as _

from .article import Article
from .care import today
from .keys import NaturalKeyManager, NaturalKeyModel
from .outlet import Outlet


class SelectionQuerySet(models.QuerySet):
    def shown(self, on):
        """Those that stand on their outlets' fronts on the day `on`."""
        return self.filter(models.Q(shown_until=None) | models.Q(shown_until__gt=on), shown_from__lte=on)


class Selection(NaturalKeyModel):
    """Pieces that staff chose for an outlet's front, with a few words on why, between two days."""

    NATURAL_KEY = ("outlet__slug", "slug")

    outlet = models.ForeignKey(Outlet, models.CASCADE, related_name="selections", verbose_name=_("outlet"))
    slug = models.SlugField(_("address name"), max_length=100)
    title = models.CharField(_("title"), max_length=200)
    introduction = models.TextField(
        _("introduction"), blank=True, help_text=_("Plain text; an empty line begins a paragraph.")
    )
    shown_from = models.DateField(_("shown from"), default=today)
    shown_until = models.DateField(
        _("shown until"), null=True, blank=True, help_text=_("The first day on which it is not shown any more.")
    )
    articles = models.ManyToManyField(Article, through="SelectedArticle", related_name="+")

    objects = NaturalKeyManager.from_queryset(SelectionQuerySet)()

    class Meta:
        verbose_name = _("selection")
        verbose_name_plural = _("selections")
        ordering = ("-shown_from", "title")
        constraints = [
            models.UniqueConstraint(fields=("outlet", "slug"), name="selection_unique_slug_per_outlet"),
            models.CheckConstraint(
                condition=models.Q(shown_until=None) | models.Q(shown_until__gt=models.F("shown_from")),
                name="selection_ends_after_it_begins",
                violation_error_message=_("It ends on a later day than it begins."),
            ),
        ]

    def __str__(self):
        return self.title


class SelectedArticle(NaturalKeyModel):
    """An article's place in a selection."""

    NATURAL_KEY = ("selection__outlet__slug", "selection__slug", "article__key")

    selection = models.ForeignKey(
        Selection, models.CASCADE, related_name="selected_articles", verbose_name=_("selection")
    )
    article = models.ForeignKey(Article, models.CASCADE, related_name="+", verbose_name=_("article"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    note = models.CharField(_("why it was chosen"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("selected article")
        verbose_name_plural = _("selected articles")
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=("selection", "article"), name="selectedarticle_once")]

    def __str__(self):
        return str(self.article)
