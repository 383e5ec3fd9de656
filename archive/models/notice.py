import re
from hashlib import blake2b

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from .keys import NaturalKeyManager, NaturalKeyModel
from .outlet import InfoPage, Language, Outlet

PLACEHOLDERS = ("outlet", "year", "faq", "contact")
_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


class ClosureNoticeQuerySet(models.QuerySet):
    def for_page(self, outlet, language, on):
        """The notices that a page of `outlet` carries on the day `on`: the nearest outlet's first.

        `outlet` and those above it are looked at; the page's language alone counts. Each notice that comes back
        knows the page's outlet, which its message may name. Two queries, however many notices.
        """
        lineage = outlet.lineage()
        nearness = {each.pk: place for place, each in enumerate(lineage)}
        found = list(
            self.filter(outlet__in=nearness, language=language, first_day__lte=on)
            .filter(models.Q(last_day=None) | models.Q(last_day__gte=on))
            .order_by("first_day", "pk")
        )
        found.sort(key=lambda notice: nearness[notice.outlet_id])
        faqs = list(InfoPage.objects.public().filter(outlet__in=nearness, kind=InfoPage.Kind.FAQ)) if found else []
        for notice in found:
            # The row at hand, which knows the outlets above it, spares a query.
            notice.outlet = lineage[nearness[notice.outlet_id]]
            notice.show_on(outlet, faqs)
        return found


class ClosureNotice(NaturalKeyModel):
    """The words that tell a reader that an outlet has closed."""

    NATURAL_KEY = ("outlet__slug", "language", "placement", "first_day")

    class Placement(models.TextChoices):
        BANNER = "banner", _("above the page")
        FOOTER = "footer", _("at the foot of the window, to be closed by the reader")

    class Names(models.TextChoices):
        OWN = "own", _("this outlet")
        PAGE = "page", _("the outlet of the page that is shown")

    outlet = models.ForeignKey(Outlet, models.CASCADE, related_name="notices", verbose_name=_("outlet"))
    language = models.CharField(_("language"), max_length=2, choices=Language)
    placement = models.CharField(_("placement"), max_length=6, choices=Placement)
    names = models.CharField(
        _("speaks of"), max_length=4, choices=Names, default=Names.OWN, help_text=_("Which outlet the message names.")
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), null=True, blank=True, help_text=_("Empty: for good."))
    message = models.TextField(
        _("message"),
        help_text=_(
            "Plain text. {outlet} becomes the outlet's name, {year} the year it closed, {faq} a link to its FAQ, "
            "{contact} its support address."
        ),
    )

    objects = NaturalKeyManager.from_queryset(ClosureNoticeQuerySet)()

    class Meta:
        verbose_name = _("closure notice")
        verbose_name_plural = _("closure notices")
        ordering = ("outlet", "placement", "language", "first_day")
        constraints = [
            models.UniqueConstraint(
                fields=("outlet", "language", "placement", "first_day"), name="closurenotice_unique_place"
            ),
            models.CheckConstraint(
                condition=models.Q(last_day=None) | models.Q(last_day__gte=models.F("first_day")),
                name="closurenotice_days_in_order",
                violation_error_message=_("The last day comes before the first."),
            ),
        ]

    def __str__(self):
        return f"{self.outlet}: {self.get_placement_display()} ({self.language})"

    def clean(self):
        if not self.outlet_id:
            return
        asked, stray = self.asked_placeholders()
        usable = sorted(self.usable_placeholders(), key=PLACEHOLDERS.index)
        wrong = [name for name in asked if name not in usable]
        if not wrong and not stray:
            return
        listed = ", ".join(f"{{{name}}}" for name in usable)
        if stray:
            raise ValidationError(
                {"message": _("A brace stands alone. These placeholders can be used: %(usable)s.") % {"usable": listed}}
            )
        named = ", ".join(f"{{{name}}}" for name in wrong)
        raise ValidationError(
            {
                "message": _(
                    "%(wrong)s is unknown, or the outlet has nothing to put there. These can be used: %(usable)s."
                )
                % {"wrong": named, "usable": listed}
            }
        )

    def asked_placeholders(self):
        """Those that stand in the message, each once, and whether a brace stands alone."""
        asked, stray = [], False
        for match in _BRACES.finditer(self.message):
            if match[1] is None:
                stray = True
            elif match[1] not in asked:
                asked.append(match[1])
        return asked, stray

    def usable_placeholders(self):
        """Those that can be filled on every page where this notice may stand."""
        usable = None
        for page_outlet in self._possible_pages():
            self.show_on(page_outlet)
            filled = {name for name, value in self.values.items() if value}
            usable = filled if usable is None else usable & filled
        return usable or {"outlet"}

    def _possible_pages(self):
        pages, layer = [self.outlet], [self.outlet]
        if self.names == self.Names.PAGE:
            while layer := list(Outlet.objects.filter(parent__in=layer).exclude(pk__in=[each.pk for each in pages])):
                pages += layer
        return pages

    def show_on(self, page_outlet, faqs=None):
        """Tell the notice which outlet's page it stands on; `faqs` are the FAQ pages known, if already fetched."""
        self.page_outlet = page_outlet
        self.known_faqs = faqs
        self.__dict__.pop("values", None)

    @property
    def named_outlet(self):
        """The outlet of which the message speaks."""
        page_outlet = getattr(self, "page_outlet", None)
        return page_outlet if self.names == self.Names.PAGE and page_outlet else self.outlet

    @cached_property
    def values(self):
        """What each placeholder becomes, as safe HTML; empty where the outlet has nothing to put there."""
        named = self.named_outlet
        page = getattr(self, "page_outlet", None) or self.outlet
        # The network answers for its edition where the edition has no address or page of its own.
        line = list(dict.fromkeys([*named.lineage(), *page.lineage()]))
        address = next((each.support_address for each in line if each.support_address), "")
        faq = self._faq(line)
        return {
            "outlet": format_html("<strong>{}</strong>", named.name),
            "year": str(named.closed_on.year) if named.closed_on else "",
            "faq": self._link(faq) if faq else "",
            "contact": format_html('<a href="mailto:{0}">{0}</a>', address) if address else "",
        }

    def _link(self, faq):
        if faq.language == self.language:
            return format_html('<a href="{}">{}</a>', faq.get_absolute_url(), faq.title)
        return format_html('<a href="{}" lang="{}">{}</a>', faq.get_absolute_url(), faq.language, faq.title)

    def _faq(self, line):
        """The FAQ to link to: in the notice's language if there is one, the nearest outlet's first."""
        faqs = getattr(self, "known_faqs", None)
        if faqs is None:
            faqs = list(InfoPage.objects.public().filter(outlet__in=line, kind=InfoPage.Kind.FAQ))
        place = {each.pk: number for number, each in enumerate(line)}
        faqs = [faq for faq in faqs if faq.outlet_id in place]
        faqs.sort(key=lambda faq: (faq.language != self.language, place[faq.outlet_id], faq.order, faq.slug))
        if not faqs:
            return None
        # The row at hand spares a query for its outlet.
        faqs[0].outlet = line[place[faqs[0].outlet_id]]
        return faqs[0]

    @property
    def html(self):
        """The message as the reader sees it, as safe HTML. A placeholder that can no longer be filled leaves no gap."""
        parts, end = [], 0
        for match in _BRACES.finditer(self.message):
            parts.append(format_html("{}", self.message[end : match.start()]))
            parts.append(format_html("{}", self.values.get(match[1]) or ("FAQ" if match[1] == "faq" else "…")))
            end = match.end()
        parts.append(format_html("{}", self.message[end:]))
        return mark_safe("".join(parts))  # noqa: S308  every part was escaped above

    @property
    def digest(self):
        """Names this text, so that a reader's browser can remember having closed it, and show a changed one again."""
        return blake2b(self.html.encode(), digest_size=8).hexdigest()
