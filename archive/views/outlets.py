from django.db.models import Exists, F, Value
from django.views.generic import DetailView, TemplateView

from archive.models import Article, InfoPage, Outlet, Section

from .page import OutletMixin, OutletPageView, PageMixin

LATEST = 12
MOST_PAGES = 100


class HomeView(PageMixin, TemplateView):
    template_name = "archive/home.html"

    def get_context_data(self, **kwargs):
        outlets = list(Outlet.objects.order_by(F("parent").asc(nulls_first=True), "name"))
        below = {}
        for outlet in outlets:
            below.setdefault(outlet.parent_id, []).append(outlet)
        for outlet in outlets:
            outlet.kept_editions = below.get(outlet.pk, [])
        return super().get_context_data(networks=below.get(None, []), **kwargs)


class OutletView(OutletPageView):
    template_name = "archive/outlet.html"

    def get_context_data(self, **kwargs):
        public = Article.objects.public().filter(outlet=self.outlet)
        return super().get_context_data(
            is_front=True,
            latest=public.for_lists().newest_first()[:LATEST],
            years=years_with_articles(public),
            undated=public.filter(published_order=0).exists(),
            sections=Section.objects.filter(outlet=self.outlet, parent=None)
            .select_related("outlet")
            .prefetch_related("subsections"),
            editions=self.outlet.editions.all(),
            other_pages=InfoPage.objects.public()
            .filter(outlet=self.outlet, kind=InfoPage.Kind.OTHER)
            .select_related("outlet")
            .defer("body")[:MOST_PAGES],
            **kwargs,
        )


def years_with_articles(articles):
    """The years in which any of these was published, first to last.

    A probe of the index for each year between the first and the last, in one query: it costs no more as articles grow.
    """
    dated = articles.filter(published_order__gt=0)
    ends = [
        each.values_list("published_order", flat=True).first() for each in (dated.oldest_first(), dated.newest_first())
    ]
    if None in ends:
        return []
    first, last = (order // 100_000_000 for order in ends)
    return periods_with_articles(articles, {year: (year,) for year in range(first, last + 1)})


def periods_with_articles(articles, periods):
    """Which of `periods`, a dict of names to arguments of `published_in`, hold any of these articles: one query."""
    probes = {f"p{name}": Exists(articles.published_in(*period)) for name, period in periods.items()}
    row = Outlet.objects.annotate(one=Value(1)).values(**probes).first() if probes else None
    return [name for name in periods if row and row[f"p{name}"]]


class InfoPageView(OutletMixin, DetailView):
    template_name = "archive/info_page.html"
    context_object_name = "page"

    def get_queryset(self):
        return InfoPage.objects.public().filter(outlet=self.outlet)
