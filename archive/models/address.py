from django.core.exceptions import ValidationError
from django.db import connections, models
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from archive.address_patterns import (
    LONGEST_TEMPLATE,
    Template,
    TemplateError,
    normal_template,
    prefixes,
)
from archive.addresses import LONGEST_LETTERS, AddressError, letters, normalise, slug_in

from .article import Article
from .keys import NaturalKeyManager, NaturalKeyModel
from .outlet import InfoPage, Outlet

NO_ADDRESS = _("This is not the address of a web page; write it as in %(example)s.")


def normalised_or_empty(url):
    try:
        return normalise(url)
    except AddressError:
        return ""


class OldAddressQuerySet(models.QuerySet):
    def at(self, url):
        """Those at an address, in whatever of its forms it was written."""
        try:
            return self.filter(normalised=normalise(url))
        except AddressError:
            return self.none()

    def beginning(self, text):
        """Those whose normal form begins with a text; an index finds them on either database."""
        if connections[self.db].vendor == "sqlite":
            # Its LIKE takes capitals for small letters, and so no index.
            return self.filter(normalised__gte=text, normalised__lt=f"{text}\U0010ffff")
        return self.filter(normalised__startswith=text)

    def article_at(self, url):
        """The article of which this very address is known, or None; one that is held back is not told of."""
        found = self.at(url).filter(article__held_back=False).select_related("article__outlet").first()
        return found and found.article

    def resolve(self, url):
        """What stood at an address, and how that is known: see `Resolution`."""
        from .resolving import Resolver

        return Resolver().resolve(url)

    def resolve_many(self, urls):
        from .resolving import Resolver

        return Resolver().resolve_many(urls)

    def bulk_create(self, objs, *args, **kwargs):
        # No signal is sent for these.
        objs = list(objs)
        for address in objs:
            address.derive()
        return super().bulk_create(objs, *args, **kwargs)


class OldAddress(NaturalKeyModel):
    """A URL at which an article was once published."""

    NATURAL_KEY = ("normalised",)

    article = models.ForeignKey(Article, models.CASCADE, related_name="old_addresses", verbose_name=_("article"))
    url = models.CharField(_("old address"), max_length=2000, help_text=_("As it was known."))
    normalised = models.CharField(_("normalised"), max_length=2000, unique=True, editable=False)
    # The slug in it, by which the same article is found at an address whose id is another.
    slug_letters = models.CharField(max_length=LONGEST_LETTERS, blank=True, editable=False)

    objects = NaturalKeyManager.from_queryset(OldAddressQuerySet)()

    class Meta:
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")
        ordering = ("normalised",)
        indexes = [models.Index(fields=("slug_letters",), name="oldaddress_by_slug")]

    def __str__(self):
        return self.url

    def natural_key(self):
        # From the address itself: a row of a fixture has no normal form yet.
        return (normalise(self.url),)

    def clean(self):
        try:
            self.derive()
        except AddressError as error:
            example = "https://www.example.org/2014/01/22/story.html"
            raise ValidationError({"url": NO_ADDRESS % {"example": example}}) from error

    def derive(self):
        self.normalised = normalise(self.url)
        self.slug_letters = letters(slug_in(self.normalised))


@receiver(pre_save, sender=OldAddress)
def normalise_before_saving(instance, **_kwargs):
    # A signal, since fixtures are saved without OldAddress.save().
    instance.derive()


class PageAddress(NaturalKeyModel):
    """A URL at which an information page stood on the old site. An article's old address comes before it."""

    NATURAL_KEY = ("normalised",)

    page = models.ForeignKey(InfoPage, models.CASCADE, related_name="old_addresses", verbose_name=_("information page"))
    url = models.CharField(_("old address"), max_length=2000, help_text=_("As it was known."))
    normalised = models.CharField(_("normalised"), max_length=2000, unique=True, editable=False)

    objects = NaturalKeyManager()

    class Meta:
        verbose_name = _("old address of a page")
        verbose_name_plural = _("old addresses of pages")
        ordering = ("normalised",)

    def __str__(self):
        return self.url

    def natural_key(self):
        return (normalise(self.url),)

    def clean(self):
        try:
            self.derive()
        except AddressError as error:
            raise ValidationError({"url": NO_ADDRESS % {"example": "https://www.example.org/about/"}}) from error
        others = PageAddress.objects.filter(normalised=self.normalised).exclude(pk=self.pk)
        if OldAddress.objects.filter(normalised=self.normalised).exists() or others.exists():
            raise ValidationError({"url": _("This is an old address of something else already.")})

    def derive(self):
        self.normalised = normalise(self.url)


class OldHostManager(NaturalKeyManager):
    def outlet_at(self, host):
        """The key of the outlet that was published under a host name as a whole, or None."""
        try:
            address = normalise(host)
        except AddressError:
            return None
        named = self.filter(address=address).values_list("outlet", flat=True).first()
        if named is not None:
            return named
        websites = Outlet.objects.exclude(website="").values_list("pk", "website")
        return next((pk for pk, website in websites if normalised_or_empty(website) == address), None)


class OldHost(NaturalKeyModel):
    """Where an outlet was published: a host name, with the beginning of the path where several outlets shared one."""

    NATURAL_KEY = ("address",)

    outlet = models.ForeignKey(Outlet, models.CASCADE, related_name="old_hosts", verbose_name=_("outlet"))
    address = models.CharField(
        _("host"),
        max_length=300,
        unique=True,
        help_text=_(
            "A host name, as in quebec.huffingtonpost.ca; with the beginning of the path where outlets shared one, as "
            "in www.huffpost.com/archive/qc. That of the outlet’s former website is known without being named here."
        ),
    )

    objects = OldHostManager()

    class Meta:
        verbose_name = _("old host")
        verbose_name_plural = _("old hosts")
        ordering = ("address",)

    def __str__(self):
        return self.address

    def natural_key(self):
        return (normalise(self.address),)

    def clean(self):
        try:
            self.derive()
        except AddressError as error:
            raise ValidationError({"address": NO_ADDRESS % {"example": "quebec.huffingtonpost.ca"}}) from error
        if "?" in self.address:
            raise ValidationError({"address": _("Leave out the question mark and what follows it.")})

    def derive(self):
        self.address = normalise(self.address)


class AddressPatternManager(NaturalKeyManager):
    def get_by_natural_key(self, outlet, template):
        return self.get(outlet=Outlet.objects.get(slug=outlet) if outlet else None, template=template)


class AddressPattern(NaturalKeyModel):
    """A form of an outlet's old addresses: where in it the publisher's id, the slug or the date stands."""

    outlet = models.ForeignKey(
        Outlet,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="address_patterns",
        verbose_name=_("outlet"),
        help_text=_("It holds for this outlet and all below it; for every outlet, if none is chosen."),
    )
    template = models.CharField(
        _("pattern"),
        max_length=LONGEST_TEMPLATE,
        help_text=_(
            "An address with placeholders, as in /{year}/{month}/{day}/{slug}_n_{id}.html; one that begins with a "
            "slash holds under every old host of the outlet. With {id}, {number} or {slug} it leads to an article; "
            "with {section}, {author} or {tag}, or the date alone, to that page; with none, to the outlet’s front."
        ),
    )
    order = models.PositiveSmallIntegerField(
        _("order"), default=100, help_text=_("Of several that fit, the lowest is tried first.")
    )
    example = models.CharField(_("example"), max_length=2000, blank=True, help_text=_("An address that it is for."))

    objects = AddressPatternManager()

    class Meta:
        verbose_name = _("address pattern")
        verbose_name_plural = _("address patterns")
        ordering = ("order", "template")
        constraints = [
            models.UniqueConstraint(
                fields=("outlet", "template"),
                name="addresspattern_unique",
                violation_error_message=_("The outlet has this pattern already."),
            ),
            models.UniqueConstraint(
                fields=("template",),
                condition=models.Q(outlet=None),
                name="addresspattern_unique_for_all",
                violation_error_message=_("There is this pattern for every outlet already."),
            ),
        ]

    def __str__(self):
        return self.template

    def natural_key(self):
        return (self.outlet.slug if self.outlet else "", normal_template(self.template))

    natural_key.dependencies = ["archive.outlet"]

    def clean(self):
        try:
            self.derive()
        except TemplateError as error:
            raise ValidationError({"template": str(error)}) from error
        if self.example and not self.fits(self.example):
            raise ValidationError({"example": _("The pattern does not fit this address.")})

    def derive(self):
        self.template = normal_template(self.template)

    def fits(self, url):
        """Whether an address is of this form, under whatever host where the pattern names none."""
        template = Template(self.template)
        try:
            address = normalise(url)
        except AddressError:
            return False
        if not template.is_path:
            return template.read(address) is not None
        return any(template.read(address.removeprefix(prefix)) is not None for prefix in prefixes(address))


@receiver(pre_save, sender=PageAddress)
@receiver(pre_save, sender=OldHost)
@receiver(pre_save, sender=AddressPattern)
def derive_before_saving(instance, **_kwargs):
    instance.derive()
