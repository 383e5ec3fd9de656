import calendar
from datetime import date

from django.http import Http404
from django.shortcuts import get_object_or_404

from archive.dates import WEEKDAYS, written_day, written_month
from archive.models import Article, Author, Section, Tag
from archive.models.article import date_order_range

from .outlets import periods_with_articles, years_with_articles
from .page import OutletPageView, article_page


class ArticleListView(OutletPageView):
    """A list of an outlet's articles, newest first."""

    @property
    def public(self):
        return Article.objects.public().filter(outlet=self.outlet)

    def get_articles(self):
        raise NotImplementedError

    def get_context_data(self, **kwargs):
        return super().get_context_data(page=article_page(self.get_articles().for_lists(), self.request.GET), **kwargs)


class SectionView(ArticleListView):
    template_name = "archive/section.html"

    def get_articles(self):
        return Article.objects.public().filter(section=self.section)

    def get_context_data(self, **kwargs):
        self.section = get_object_or_404(
            Section.objects.select_related("parent"), outlet=self.outlet, slug=self.kwargs["slug"]
        )
        return super().get_context_data(
            section=self.section, subsections=self.section.subsections.select_related("outlet"), **kwargs
        )


class AuthorView(ArticleListView):
    template_name = "archive/author.html"

    def get_articles(self):
        # Not a join: an author may stand twice on an article, as writer and photographer.
        return self.public.filter(pk__in=self.author.bylines.values("article"))

    def get_context_data(self, **kwargs):
        self.author = get_object_or_404(Author, slug=self.kwargs["slug"])
        context = super().get_context_data(author=self.author, **kwargs)
        return found_or_404(context)


class TagView(ArticleListView):
    template_name = "archive/tag.html"

    def get_articles(self):
        return self.public.filter(tags=self.tag)

    def get_context_data(self, **kwargs):
        self.tag = get_object_or_404(Tag, slug=self.kwargs["slug"])
        return found_or_404(super().get_context_data(tag=self.tag, **kwargs))


class UndatedView(ArticleListView):
    template_name = "archive/undated.html"

    def get_articles(self):
        return self.public.filter(published_order=0)


def found_or_404(context):
    """No page for an author or a tag of nothing public in the outlet: the name alone would tell of what is gone."""
    if not context["page"].articles:
        raise Http404("Nothing public here.")
    return context


class YearView(ArticleListView):
    template_name = "archive/year.html"

    def get_articles(self):
        return self.public.published_in(self.kwargs["year"])

    def get_context_data(self, **kwargs):
        year = self.kwargs["year"]
        months = periods_with_articles(self.public, {month: (year, month) for month in range(1, 13)})
        names = [(month, written_month(year, month, self.outlet.language).split()[0]) for month in range(1, 13)]
        return super().get_context_data(
            year=year,
            months=[(month, name, month in months) for month, name in names],
            years=years_with_articles(self.public),
            **kwargs,
        )


class MonthView(ArticleListView):
    template_name = "archive/month.html"

    def get_articles(self):
        return self.public.published_in(self.kwargs["year"], self.kwargs["month"])

    def get_context_data(self, **kwargs):
        year, month = self.kwargs["year"], self.kwargs["month"]
        first = day_or_404(year, month, 1)
        last_day = calendar.monthrange(year, month)[1]
        held = set(periods_with_articles(self.public, {day: (year, month, day) for day in range(1, last_day + 1)}))
        # Weeks begin as each language's calendars do.
        first_weekday = 0 if self.outlet.language == "fr" else 6
        weeks = calendar.Calendar(first_weekday).monthdayscalendar(year, month)
        names = WEEKDAYS[self.outlet.language]
        return super().get_context_data(
            first=first,
            title=written_month(year, month, self.outlet.language),
            weekdays=[(names[each % 7], names[each % 7][:3]) for each in range(first_weekday, first_weekday + 7)],
            weeks=[[(day, day in held) for day in week] for week in weeks],
            earlier=self._neighbour(
                self.public.filter(published_order__lt=date_order_range(year, month)[0]), newest=True
            ),
            later=self._neighbour(
                self.public.filter(published_order__gte=date_order_range(year, month)[1]), newest=False
            ),
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

    def get_articles(self):
        return self.public.published_in(self.kwargs["year"], self.kwargs["month"], self.kwargs["day"])

    def get_context_data(self, **kwargs):
        day = day_or_404(self.kwargs["year"], self.kwargs["month"], self.kwargs["day"])
        first, after = date_order_range(day.year, day.month, day.day)
        days = self.public.filter(published_precision__in=("minute", "day"))
        return super().get_context_data(
            day=day,
            title=written_day(day, self.outlet.language, weekday=True),
            month_title=written_month(day.year, day.month, self.outlet.language),
            earlier=days.filter(published_order__lt=first)
            .newest_first()
            .values_list("published_on", flat=True)
            .first(),
            later=days.filter(published_order__gte=after).oldest_first().values_list("published_on", flat=True).first(),
            **kwargs,
        )


def day_or_404(year, month, day):
    try:
        return date(year, month, day)
    except ValueError:
        raise Http404("No such day.") from None
