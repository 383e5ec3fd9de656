from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from archive.sanitize import sanitize

from .keys import NaturalKeyManager, NaturalKeyModel

# The first parts of the archive's own addresses, which no outlet may take.
RESERVED_SLUGS = frozenset(
    [
        "a",
        "admin",
        "api",
        "articles",
        "care",
        "favicon",
        "feeds",
        "find",
        "fr",
        "en",
        "healthz",
        "media",
        "outlets",
        "pages",
        "robots",
        "search",
        "sitemap",
        "sitemaps",
        "static",
    ]
)
# Walking up the tree is bounded, so that no page costs more than this many look-ups.
DEEPEST_TREE = 4


class Language(models.TextChoices):
    FRENCH = "fr", _("French")
    ENGLISH = "en", _("English")


class Accent(models.TextChoices):
    """Colours that were checked for contrast on both the light and the dark page (WCAG 2.2, 1.4.3)."""

    GREEN = "green", _("green")
    TEAL = "teal", _("teal")
    BLUE = "blue", _("blue")
    INDIGO = "indigo", _("indigo")
    PURPLE = "purple", _("purple")
    PLUM = "plum", _("plum")
    RED = "red", _("red")
    RUST = "rust", _("rust")
    OCHRE = "ochre", _("ochre")
    SLATE = "slate", _("slate")


def validate_not_reserved(slug):
    if slug in RESERVED_SLUGS:
        raise ValidationError(
            _("“%(slug)s” is one of the archive's own addresses; choose another."), params={"slug": slug}
        )


def validate_time_zone(name):
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone; write it as in “America/Toronto”."), params={"name": name}
        )


class Outlet(NaturalKeyModel):
    """A publication. Outlets form a tree: an edition's parent is its network."""

    NATURAL_KEY = ("slug",)

    slug = models.SlugField(
        _("address name"),
        unique=True,
        validators=[validate_not_reserved],
        help_text=_("Stands first in every address."),
    )
    name = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="editions", verbose_name=_("network")
    )
    language = models.CharField(_("language"), max_length=2, choices=Language)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    website = models.URLField(_("former website"), blank=True)
    support_address = models.EmailField(_("support address"), blank=True)
    rights_line = models.CharField(_("rights line"), max_length=300, blank=True)
    accent = models.CharField(_("accent colour"), max_length=10, choices=Accent, default=Accent.SLATE)
    about = models.TextField(_("about"), blank=True, help_text=_("Plain text; an empty line begins a paragraph."))

    class Meta:
        verbose_name = _("outlet")
        verbose_name_plural = _("outlets")
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_on__gte=models.F("opened_on"))
                | models.Q(closed_on=None)
                | models.Q(opened_on=None),
                name="outlet_closed_after_opened",
                violation_error_message=_("An outlet closes on the day it opened or later."),
            ),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")),
                name="outlet_not_its_own_parent",
                violation_error_message=_("An outlet can't be its own network."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("archive:outlet", args=[self.slug])

    def clean(self):
        above = self.parent
        for _level in range(DEEPEST_TREE - 1):
            if above is None:
                return
            if above.pk is not None and above.pk == self.pk:
                raise ValidationError({"parent": _("This network stands below the outlet itself.")})
            above = above.parent
        if above is not None:
            raise ValidationError(
                {"parent": _("Outlets may stand at most %(levels)s deep.") % {"levels": DEEPEST_TREE}}
            )

    def lineage(self):
        """This outlet and every outlet above it, nearest first."""
        line, above = [], self
        while above is not None and len(line) < DEEPEST_TREE:
            line.append(above)
            above = above.parent
        return line


class InfoPageQuerySet(models.QuerySet):
    def public(self):
        """Those that a reader may see."""
        return self.filter(held_back=False)


class InfoPage(NaturalKeyModel):
    """A page of the archive's own about an outlet: its FAQ, what it was, its policies."""

    NATURAL_KEY = ("outlet__slug", "slug")

    class Kind(models.TextChoices):
        FAQ = "faq", _("FAQ")
        ABOUT = "about", _("about")
        POLICY = "policy", _("policy")
        OTHER = "other", _("other")

    outlet = models.ForeignKey(Outlet, models.CASCADE, related_name="info_pages", verbose_name=_("outlet"))
    slug = models.SlugField(_("address name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.OTHER)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), blank=True, help_text=_("HTML; what is not safe is taken out."))
    held_back = models.BooleanField(
        _("held back"), default=False, help_text=_("Not shown to the public: a draft, or not yet cleared.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    updated_on = models.DateField(_("updated on"), null=True, blank=True)
    # Of what an import last made of it: it tells whether staff have changed it since.
    imported_digest = models.CharField(max_length=64, blank=True, editable=False)

    objects = NaturalKeyManager.from_queryset(InfoPageQuerySet)()

    class Meta:
        verbose_name = _("information page")
        verbose_name_plural = _("information pages")
        ordering = ("outlet", "order", "title")
        constraints = [models.UniqueConstraint(fields=("outlet", "slug"), name="infopage_unique_slug_per_outlet")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("archive:info_page", args=[self.outlet.slug, self.slug])

    @property
    def safe_body(self):
        return sanitize(self.body)
