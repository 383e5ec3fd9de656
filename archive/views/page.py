"""What pages have in common: their outlet, its language and notices; and lists that page by keyset."""

import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate

from django.conf import settings
from django.http import Http404
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from archive.dates import MONTHS
from archive.models import ClosureNotice, InfoPage, Outlet, Section

PAGE_LENGTH = 30
# Of an outlet with more sections, as many of a blog's categories make, so many stand at the head of every page.
MOST_SECTIONS = 16


def find_outlet(slug):
    """An outlet with those above it, in one query; None where there is none."""
    return Outlet.objects.select_related("parent__parent__parent").filter(slug=slug).first()


def outlet_context(outlet):
    """What `base_outlet.html` shows around every page of an outlet."""
    return {
        "outlet": outlet,
        "notices": ClosureNotice.objects.for_page(outlet, outlet.language, timezone.now().date()),
        # An imported page is of no kind, and there may be many: the outlet's front lists them.
        "info_pages": InfoPage.objects.public()
        .filter(outlet=outlet)
        .exclude(kind=InfoPage.Kind.OTHER)
        .select_related("outlet")
        .defer("body"),
        # One more tells that there are more.
        "sections": Section.objects.filter(outlet=outlet, parent=None).select_related("outlet")[: MOST_SECTIONS + 1],
        "most_sections": MOST_SECTIONS,
    }


class PageMixin:
    """A public page: it knows its full address, and needs neither cookie nor session."""

    def get_context_data(self, **kwargs):
        return super().get_context_data(canonical=settings.ARCHIVE_URL + self.request.path, **kwargs)


class OutletMixin(PageMixin):
    """A page of one outlet: it speaks the outlet's language and carries its notices."""

    def dispatch(self, request, *args, **kwargs):
        self.outlet = find_outlet(kwargs["outlet"])
        if self.outlet is None:
            raise Http404("No such outlet.")
        with translation.override(self.outlet.language):
            response = super().dispatch(request, *args, **kwargs)
            # Here, since a template response is rendered later, when the language is another.
            if hasattr(response, "render"):
                response.render()
        response.headers.setdefault("Content-Language", self.outlet.language)
        return response

    def get_context_data(self, **kwargs):
        return super().get_context_data(**{**outlet_context(self.outlet), **kwargs})


class OutletPageView(OutletMixin, TemplateView):
    def get(self, request, *args, **kwargs):
        # Without the arguments of the address, which a TemplateView would mix into the context.
        return self.render_to_response(self.get_context_data())


# Where a list is asked for from a month on: "2014-05", "2014" for all the year, "2014-00" where no month is known.
_MONTH = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?", re.ASCII)
# The number by which a month is shifted into `published_order`.
_OF_A_MONTH = 1_000_000


@dataclass(frozen=True)
class ArticlePage:
    """One page of a list of articles, newest first, with the places where its neighbours begin."""

    articles: list
    newer: str = ""
    older: str = ""


def article_page(articles, query, length=PAGE_LENGTH, months=None):
    """The page of a queryset of articles that `query` (a QueryDict) asks for.

    It asks with `after` or `before`, a place `<published_order>-<pk>`; with `month`, from which on the list is read;
    or with `last`. What is none of these gives the first page. Costs the same wherever it is: for a list that no index
    has in order, `months` ({YYYYMM: number of articles}) tells between which dates the page lies.
    """
    after, before = _place(query.get("after")) or _end_of_month(query.get("month")), _place(query.get("before"))
    is_last = bool(query.get("last"))
    if is_last or before:
        before = (0, 0) if is_last else before
        found = _first(articles.newer_than(before).oldest_first(), _upward(months, before, length), length)
        shown = found[:length][::-1]
        if not shown:
            return article_page(articles, {}, length, months)
        return ArticlePage(
            shown, _name(shown[0]) if len(found) > length else "", "" if before == (0, 0) else _name(shown[-1])
        )
    if after:
        articles = articles.older_than(after)
    found = _first(articles.newest_first(), _downward(months, after, length), length)
    shown = found[:length]
    return ArticlePage(
        shown, _name(shown[0]) if after and shown else "", _name(shown[-1]) if len(found) > length else ""
    )


def _first(articles, bounds, length):
    """The first articles, one more than `length`, looked for between two dates where these are known."""
    if bounds is None:
        return list(articles[: length + 1])
    low, high, is_all = bounds
    found = list(articles.dated_between(low, high)[: length + 1])
    # The counts promised more: never believe them over the articles.
    return found if is_all or len(found) > length else list(articles[: length + 1])


def _downward(months, after, length):
    """The dates between which the page below a place lies, and whether nothing lies below them."""
    if months is None:
        return None
    top = after[0] if after else math.inf
    below = [period for period in sorted(months, reverse=True) if period * _OF_A_MONTH <= top]
    # How much of the month that holds the place lies below it is not known.
    certain = [0 if (period + 1) * _OF_A_MONTH > top else months[period] for period in below]
    chosen, is_all = _enough(below, certain, length)
    return (chosen[-1] * _OF_A_MONTH, (chosen[0] + 1) * _OF_A_MONTH, is_all) if chosen else None


def _upward(months, before, length):
    if months is None:
        return None
    above = [period for period in sorted(months) if (period + 1) * _OF_A_MONTH > before[0]]
    certain = [0 if period * _OF_A_MONTH < before[0] else months[period] for period in above]
    chosen, is_all = _enough(above, certain, length)
    return (chosen[0] * _OF_A_MONTH, (chosen[-1] + 1) * _OF_A_MONTH, is_all) if chosen else None


def _enough(periods, counts, length):
    """The first of the periods that hold more than `length` between them, and whether there is no other."""
    number = next((number for number, seen in enumerate(accumulate(counts), 1) if seen > length), len(periods))
    return periods[:number], number == len(periods)


def _place(text):
    order, _dash, pk = (text or "").partition("-")
    if (order + pk).isascii() and order.isdecimal() and pk.isdecimal() and len(order) <= 14 and len(pk) <= 18:
        return int(order), int(pk)
    return None


def _end_of_month(text):
    """The place after which a list is read from a month on."""
    match = _MONTH.fullmatch(text or "")
    if match is None:
        return None
    year, month = int(match[1]), match[2]
    if not year:
        return 1, 0
    return ((year * 100 + int(month) + 1) if month else (year + 1) * 100) * _OF_A_MONTH, 0


def _name(article):
    return f"{article.published_order}-{article.pk}"


@dataclass(frozen=True)
class Period:
    """A year or a month of a list: its name, how many articles, and where the list is read from it on."""

    name: str
    count: int
    address: str
    is_current: bool = False


def periods_of(months, page, language):
    """The years of a list, and the months of the year with which a page of it begins, oldest first; the undated last.

    `months` is {YYYYMM: number of articles}. Two lists of `Period`.
    """
    years = Counter()
    for period, count in months.items():
        years[period // 100] += count
    current = page.articles[0].published_order // 100_000_000 if page.articles else None
    in_order = sorted(filter(None, years)) + [0] * (0 in years)
    of_year = sorted(period for period in months if period and period // 100 == current)
    return (
        [
            Period(str(year) if year else _("Undated"), years[year], f"?month={year:04}", year == current)
            for year in in_order
        ],
        [
            Period(month_name(period % 100, language), months[period], f"?month={period // 100:04}-{period % 100:02}")
            for period in sorted(of_year, key=lambda period: period % 100 or 13)
        ],
    )


def month_name(month, language):
    """« janvier », “January”; of month 0, that it is not known."""
    return MONTHS[language][month - 1] if month else _("month unknown")
