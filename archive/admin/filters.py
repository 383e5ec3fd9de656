"""Filters of the article list. Each shows a bounded choice, and costs no more as articles grow."""

import calendar

from django.contrib.admin import RelatedFieldListFilter, SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.widgets import AutocompleteSelect
from django.forms import Media, ModelChoiceField
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from archive.dates import MONTHS
from archive.models import Article, Withdrawal
from archive.templatetags.page import page_language


class StateFilter(SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("public", _("public")), ("held-back", _("held back")), ("withdrawn", _("withdrawn"))]

    def queryset(self, request, queryset):
        match self.value():
            case "public":
                return queryset & Article.objects.public()
            case "held-back":
                return queryset.filter(held_back=True)
            case "withdrawn":
                in_force = Withdrawal.objects.in_force(timezone.now().date())
                return queryset.filter(pk__in=in_force.values("article"))
        return queryset


class PublishedFilter(SimpleListFilter):
    """By year, then month, then day, as far as each article's date is known."""

    title = _("date of publication")
    parameter_name = "published"
    template = "admin/archive/published_filter.html"

    def lookups(self, request, model_admin):
        known = self.period()
        if len(known) == 3:
            known = known[:2]
        if not known:
            return [("unknown", _("unknown")), *((str(year), str(year)) for year in self.years())]
        year, *month = known
        months = MONTHS[page_language()]
        choices = [(str(year), str(year))]
        if not month:
            return choices + [(f"{year}-{number:02}", name) for number, name in enumerate(months, 1)]
        (month,) = month
        choices.append((f"{year}-{month:02}", f"{months[month - 1]} {year}"))
        days = calendar.monthrange(year, month)[1]
        return choices + [(f"{year}-{month:02}-{day:02}", str(day)) for day in range(1, days + 1)]

    def queryset(self, request, queryset):
        if self.value() == "unknown":
            return queryset.filter(published_order=0)
        period = self.period()
        return queryset.published_in(*period) if period else queryset

    def period(self):
        """(), (year), (year, month) or (year, month, day)."""
        value = self.value()
        if value in (None, "unknown"):
            return ()
        try:
            period = tuple(int(part) for part in value.split("-"))
            year, month, _day = (*period, 1, 1)[:3]
            calendar.monthrange(year, month)
        except ValueError as error:
            raise IncorrectLookupParameters(value) from error
        if len(period) > 3 or not 1 <= year <= 9999:
            raise IncorrectLookupParameters(value)
        return period

    def years(self):
        # Two looks at the ends of the index; what lies between is not read.
        dated = Article.objects.filter(published_order__gt=0).values_list("published_order", flat=True)
        last = dated.order_by("-published_order", "-pk").first()
        if last is None:
            return []
        first = dated.order_by("published_order", "pk").first()
        return range(last // 100_000_000, first // 100_000_000 - 1, -1)


class NameTyped(AutocompleteSelect):
    @property
    def media(self):
        # The first is named so that the second comes after it.
        return super().media + Media(js=["admin/js/autocomplete.js", "archive/admin/filters.js"])

    def build_attrs(self, base_attrs, extra_attrs=None):
        # Select2 makes of it what a screen reader says.
        return super().build_attrs(base_attrs, extra_attrs) | {"data-placeholder": gettext("Type a name")}


class AutocompleteFilter(RelatedFieldListFilter):
    """By something of which there may be too many to list: its name is typed."""

    template = "admin/archive/autocomplete_filter.html"

    def __init__(self, field, request, params, model, model_admin, field_path):
        self.model_admin = model_admin
        super().__init__(field, request, params, model, model_admin, field_path)
        self.empty_value_display = _("none")

    def field_choices(self, field, request, model_admin):
        return []

    def has_output(self):
        return True

    def choices(self, changelist):
        self.others = [
            (name, value)
            for name, values in changelist.filter_params.items()
            if name not in self.expected_parameters()
            for value in values
        ]
        yield from super().choices(changelist)

    def widget(self):
        admin = self.model_admin.admin_site.get_model_admin(self.field.remote_field.model)
        found = admin.for_labels(self.field.remote_field.model.objects.all())
        field = ModelChoiceField(found, required=False)
        field.label_from_instance = admin.label
        widget = NameTyped(self.field, self.model_admin.admin_site, choices=field.choices)
        chosen = self.lookup_val[-1] if self.lookup_val else None
        return widget.render(
            self.lookup_kwarg,
            chosen if str(chosen).isdecimal() else None,
            {"id": f"filter-{self.field_path}", "aria-label": self.title},
        )
