"""The front of the archive, and what is new in its care."""

from dataclasses import dataclass
from datetime import date

from django.db.models import BigIntegerField, BooleanField, DateField, Exists, F, Func, OuterRef, Value
from django.views.generic import TemplateView

from archive import charts
from archive.models import Article, Correction, Outlet, Withdrawal
from archive.models.care import today
from archive.search import counts

from .page import PAGE_LENGTH, PageMixin

LATEST = 5


def public_corrections():
    """The corrections of public articles, the latest first."""
    return (
        Correction.objects.filter(Exists(Article.objects.public().filter(pk=OuterRef("article"))))
        .select_related("article__outlet")
        .defer("article__body", "article__body_received")
        .order_by("-made_on", "-pk")
    )


def public_withdrawals():
    """The withdrawals in force, the latest first; what was held back besides was never public."""
    return (
        Withdrawal.objects.in_force(today())
        .filter(article__held_back=False)
        .select_related("article__outlet")
        .defer("article__body", "article__body_received")
        .order_by("-withdrawn_on", "-article")
    )


class HomeView(PageMixin, TemplateView):
    template_name = "archive/home.html"

    def get_context_data(self, **kwargs):
        outlets = list(Outlet.objects.order_by(F("parent").asc(nulls_first=True), "name"))
        years_of = counts.years_of_outlets(outlets)
        below = {}
        for outlet in outlets:
            below.setdefault(outlet.parent_id, []).append(outlet)
        for outlet in outlets:
            outlet.kept_editions = below.get(outlet.pk, [])
            years = years_of.get(outlet.pk, {})
            dated = charts.every_year(years)
            outlet.total = sum(years.values())
            outlet.first_year, outlet.last_year = (dated[0][0], dated[-1][0]) if dated else (None, None)
        return super().get_context_data(
            networks=below.get(None, []),
            corrections=public_corrections()[:LATEST],
            withdrawals=public_withdrawals()[:LATEST],
            **kwargs,
        )


@dataclass(frozen=True)
class CarePage:
    """One page of a list of care, with the places where its neighbours begin."""

    rows: list
    newer: str = ""
    older: str = ""


class CareView(PageMixin, TemplateView):
    """All corrections, or all withdrawals in force, the latest first; paged by keyset."""

    template_name = "archive/care.html"
    # What is listed, and by which fields it is put in order.
    what = ""
    LISTS = {
        "corrections": (public_corrections, ("made_on", "pk")),
        "withdrawals": (public_withdrawals, ("withdrawn_on", "article_id")),
    }

    def get_context_data(self, **kwargs):
        return super().get_context_data(what=self.what, page=self.page(self.request.GET), **kwargs)

    def page(self, query):
        rows, fields = self.LISTS[self.what]
        rows, after, before = rows(), _place(query.get("after")), _place(query.get("before"))

        def name(row):
            return f"{getattr(row, fields[0]).isoformat()}-{getattr(row, fields[1])}"

        if query.get("last") or before:
            if before:
                rows = rows.filter(_beside(fields, ">", before))
            found = list(rows.reverse()[: PAGE_LENGTH + 1])
            shown = found[:PAGE_LENGTH][::-1]
            if shown:
                is_last = not before
                return CarePage(
                    shown, name(shown[0]) if len(found) > PAGE_LENGTH else "", "" if is_last else name(shown[-1])
                )
            rows, after = self.LISTS[self.what][0](), None
        if after:
            rows = rows.filter(_beside(fields, "<", after))
        found = list(rows[: PAGE_LENGTH + 1])
        shown = found[:PAGE_LENGTH]
        return CarePage(
            shown, name(shown[0]) if after and shown else "", name(shown[-1]) if len(found) > PAGE_LENGTH else ""
        )


def _place(text):
    day, _dash, number = (text or "").rpartition("-")
    if not (number.isascii() and number.isdecimal() and len(number) <= 18):
        return None
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        return None


def _beside(fields, comparison, place):
    # A row comparison: the same written with OR is read past the index.
    row = Func(*(F(field) for field in fields), function="")
    values = Func(Value(place[0], DateField()), Value(place[1], BigIntegerField()), function="")
    return Func(
        row,
        values,
        arg_joiner=f" {comparison} ",
        template="(%(expressions)s)",
        output_field=BooleanField(),
    )
