"""What pages have in common: their outlet, its language and notices; and lists that page by keyset."""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404
from django.utils import timezone, translation
from django.views.generic import TemplateView

from archive.models import ClosureNotice, InfoPage, Outlet, Section

PAGE_LENGTH = 30


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
        "sections": Section.objects.filter(outlet=outlet, parent=None).select_related("outlet"),
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


@dataclass(frozen=True)
class ArticlePage:
    """One page of a list of articles, newest first, with the places where its neighbours begin."""

    articles: list
    newer: str = ""
    older: str = ""


def article_page(articles, query, length=PAGE_LENGTH):
    """The page of a queryset of articles that `query` (a QueryDict) asks for with `after` or `before`.

    A place is `<published_order>-<pk>`; what is none gives the first page. Costs the same wherever it is.
    """
    after, before = _place(query.get("after")), _place(query.get("before"))
    if before:
        found = list(articles.newer_than(before).oldest_first()[: length + 1])
        shown = found[:length][::-1]
        if not shown:
            return article_page(articles, {}, length)
        return ArticlePage(shown, _name(shown[0]) if len(found) > length else "", _name(shown[-1]))
    if after:
        articles = articles.older_than(after)
    found = list(articles.newest_first()[: length + 1])
    shown = found[:length]
    return ArticlePage(
        shown, _name(shown[0]) if after and shown else "", _name(shown[-1]) if len(found) > length else ""
    )


def _place(text):
    order, _dash, pk = (text or "").partition("-")
    if (order + pk).isascii() and order.isdecimal() and pk.isdecimal() and len(order) <= 14 and len(pk) <= 18:
        return int(order), int(pk)
    return None


def _name(article):
    return f"{article.published_order}-{article.pk}"
