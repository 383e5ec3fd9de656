"""An outlet's articles by date: a year, a month, a day as its newsroom had it, and those of no known date."""

import calendar
from datetime import date

from django.http import Http404
from django.urls import reverse

from archive import charts
from archive.dates import SHORT_MONTHS, WEEKDAYS, written_day, written_month
from archive.models.article import date_order_range
from archive.search import counts

from .browse import ArticleListView
from .page import month_name

# A whole day of a large newsroom, so that its sections stand together.
DAY_LENGTH = 150


class UndatedView(ArticleListView):
    template_name = "archive/undated.html"

    def get_articles(self):
        return self.public.filter(published_order=0)


class YearView(ArticleListView):
    template_name = "archive/year.html"

    def get_articles(self):
        return self.public.published_in(self.kwargs["year"])

    def get_context_data(self, **kwargs):
        year, language = self.kwargs["year"], self.outlet.language
        held, years = counts.by_month(self.outlet, year), counts.by_year(self.outlet)
        months = [
            (month, month_name(month, language), held.get(month, 0), self.address("month", year, month))
            for month in range(1, 13)
        ]
        return super().get_context_data(
            year=year,
            total=sum(held.values()),
            months=months,
            # Those known by the year alone come last in the list.
            by_year_alone=held.get(0, 0),
            place_of_year_alone=date_order_range(year)[0] + 1,
            bars=charts.upright_bars([each[1:] for each in months], SHORT_MONTHS[language]),
            years=[(each, count) for each, count in sorted(years.items()) if each],
            **kwargs,
        )

    def address(self, name, *parts):
        return reverse(f"archive:{name}", args=[self.outlet.slug, *parts])


class MonthView(ArticleListView):
    template_name = "archive/month.html"

    def get_articles(self):
        return self.public.published_in(self.kwargs["year"], self.kwargs["month"])

    def get_context_data(self, **kwargs):
        year, month = self.kwargs["year"], self.kwargs["month"]
        first, language = day_or_404(year, month, 1), self.outlet.language
        held = counts.by_day(self.outlet, year, month)
        # Weeks begin as each language's calendars do.
        first_weekday = 0 if language == "fr" else 6
        weeks = calendar.Calendar(first_weekday).monthdayscalendar(year, month)
        names = WEEKDAYS[language]
        start, after = date_order_range(year, month)
        return super().get_context_data(
            first=first,
            title=written_month(year, month, language),
            total=sum(held.values()),
            # Those known by the month alone come last in the list.
            by_month_alone=held.get(0, 0),
            place_of_month_alone=start + 1,
            weekdays=[(names[each % 7], names[each % 7][:3]) for each in range(first_weekday, first_weekday + 7)],
            weeks=[[(day, held.get(day, 0) if day else 0) for day in week] for week in weeks],
            earlier=self._neighbour(self.public.filter(published_order__lt=start), newest=True),
            later=self._neighbour(self.public.filter(published_order__gte=after), newest=False),
            **kwargs,
        )

    def _neighbour(self, articles, newest):
        """The nearest other month that holds anything, as (year, month, words)."""
        # Those known by their year alone belong to no month: by the day that every closer date has a month of.
        articles = articles.filter(published_precision__in=("minute", "day", "month"))
        day = (
            (articles.newest_first() if newest else articles.oldest_first())
            .values_list("published_on", flat=True)
            .first()
        )
        return day and (day.year, day.month, written_month(day.year, day.month, self.outlet.language))


class DayView(ArticleListView):
    template_name = "archive/day.html"
    page_length = DAY_LENGTH

    def get_articles(self):
        day = self.kwargs["year"], self.kwargs["month"], self.kwargs["day"]
        return self.public.published_in(*day).select_related("section__parent")

    def get_context_data(self, **kwargs):
        day = day_or_404(self.kwargs["year"], self.kwargs["month"], self.kwargs["day"])
        first, after = date_order_range(day.year, day.month, day.day)
        days = self.public.filter(published_precision__in=("minute", "day"))
        context = super().get_context_data(
            day=day,
            title=written_day(day, self.outlet.language, weekday=True),
            month_title=written_month(day.year, day.month, self.outlet.language),
            total=counts.by_day(self.outlet, day.year, day.month).get(day.day, 0),
            earlier=days.filter(published_order__lt=first)
            .newest_first()
            .values_list("published_on", flat=True)
            .first(),
            later=days.filter(published_order__gte=after).oldest_first().values_list("published_on", flat=True).first(),
            **kwargs,
        )
        return context | {"by_section": by_section(context["page"].articles)}


def by_section(articles):
    """Articles as (section or None, its articles), the sections in their order and what has none last."""
    groups = {}
    for article in articles:
        groups.setdefault(article.section, []).append(article)
    return sorted(groups.items(), key=lambda group: _place_of_section(group[0]))


def _place_of_section(section):
    if section is None:
        return (True,)
    above = section.parent or section
    # A section's own articles come before those of the sections below it.
    return False, above.order, above.name, section.parent is not None, section.order, section.name, section.pk


def day_or_404(year, month, day):
    try:
        return date(year, month, day)
    except ValueError:
        raise Http404("No such day.") from None
