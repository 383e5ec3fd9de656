from collections import Counter, defaultdict
from zoneinfo import ZoneInfo

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from archive import charts
from archive.models import Article, Author, InfoPage, Section, SelectedArticle, Selection, Source
from archive.models.care import today
from archive.search import counts
from archive.search.latest import last_of_days

from .page import OutletMixin, OutletPageView

LATEST = 12
MOST_PAGES = 100
MOST_SOURCES = 8
MOST_AUTHORS = 12
MOST_SELECTIONS = 3
MOST_SELECTED = 12
MOST_YEARS_BACK = 20


class OutletView(OutletPageView):
    """An outlet's front, which tells its story. What it counts comes from the tallies, whatever the outlet's size."""

    template_name = "archive/outlet.html"

    @property
    def public(self):
        return Article.objects.public().filter(outlet=self.outlet)

    def get_context_data(self, **kwargs):
        years = counts.by_year(self.outlet)
        total = sum(years.values())
        dated = charts.every_year(years)
        return super().get_context_data(
            is_front=True,
            total=total,
            first_year=dated[0][0] if dated else None,
            last_year=dated[-1][0] if dated else None,
            bars=charts.upright_bars((str(year), count, self.address("year", year)) for year, count in dated),
            undated=years.get(0, 0),
            sources=self.sources(total),
            authors=self.authors(),
            selections=self.selections(),
            this_day=self.this_day([year for year, count in dated if count]),
            latest=self.public.for_lists().newest_first()[:LATEST],
            section_tree=self.section_tree(),
            editions=self.outlet.editions.all(),
            other_pages=InfoPage.objects.public()
            .filter(outlet=self.outlet, kind=InfoPage.Kind.OTHER)
            .select_related("outlet")
            .defer("body")[:MOST_PAGES],
            **kwargs,
        )

    def address(self, name, *parts):
        return reverse(f"archive:{name}", args=[self.outlet.slug, *parts])

    def sources(self, total):
        """From whom the articles came, as the rows of a chart."""
        most = counts.most(self.outlet, "x", MOST_SOURCES)
        sources = Source.objects.in_bulk([pk for pk, _count in most])
        figures = [
            (sources[pk].name, count, self.address("source", sources[pk].slug)) for pk, count in most if pk in sources
        ]
        rest = total - sum(count for _name, count, _address in figures)
        if figures and rest > 0:
            figures.append((_("Others, or not known"), rest, ""))
        return charts.rows(figures)

    def authors(self):
        """(author, number of articles) of those who have most."""
        most = counts.most(self.outlet, "a", MOST_AUTHORS)
        authors = Author.objects.in_bulk([pk for pk, _count in most])
        return [(authors[pk], count) for pk, count in most if pk in authors]

    def section_tree(self):
        """(section, its number of articles, [(section below it, number)]), in their order.

        What stands in a part of a section is counted for the section too.
        """
        below = defaultdict(list)
        for section in Section.objects.filter(outlet=self.outlet):
            below[section.parent_id].append(section)
        numbers = counts.totals(self.outlet, "s", [each.pk for group in below.values() for each in group])

        # Each behind the one above it, and summed from the end: they may be deeper than Python calls itself.
        placed = list(below[None])
        for section in placed:
            placed.extend(below[section.pk])
        totals = Counter(numbers)
        for section in reversed(placed):
            totals[section.parent_id] += totals[section.pk]
        return [
            (section, totals[section.pk], [(each, totals[each.pk]) for each in below[section.pk]])
            for section in below[None]
        ]

    def selections(self):
        """The selections shown today, each with the public ones among its articles in `shown`."""
        chosen = Prefetch(
            "selected_articles",
            SelectedArticle.objects.order_by("order", "pk")[:MOST_SELECTED],
            to_attr="chosen",
        )
        selections = list(
            Selection.objects.shown(today()).filter(outlet=self.outlet).prefetch_related(chosen)[:MOST_SELECTIONS]
        )
        pks = [each.article_id for selection in selections for each in selection.chosen]
        articles = {article.pk: article for article in Article.objects.public().for_lists().filter(pk__in=pks)}
        for selection in selections:
            selection.shown = []
            for each in selection.chosen:
                if article := articles.get(each.article_id):
                    # The same article may stand in two selections, for two reasons.
                    selection.shown.append((article, each.note))
        return [selection for selection in selections if selection.shown]

    def this_day(self, years):
        """Of today's date in earlier years: [(the last article of that day)], the latest year first; in one query."""
        day = timezone.now().astimezone(ZoneInfo(self.outlet.time_zone)).date()
        years = [year for year in years if year != day.year][::-1]
        # Where there are many years, some from all its life.
        years = years[:: -(-len(years) // MOST_YEARS_BACK) or 1]
        last = last_of_days(self.outlet, [(year, day.month, day.day) for year in years])
        articles = Article.objects.public().filter(pk__in=last).select_related("outlet").defer("body", "body_received")
        return {"day": day, "articles": list(articles.newest_first())}


class InfoPageView(OutletMixin, DetailView):
    template_name = "archive/info_page.html"
    context_object_name = "page"

    def get_queryset(self):
        return InfoPage.objects.public().filter(outlet=self.outlet)
