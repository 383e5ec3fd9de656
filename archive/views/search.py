from collections import Counter
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView

from archive import charts

from . import narrowing, search_forms
from .page import PageMixin

RESULTS = 20
HEADINGS = {
    "outlet": gettext_lazy("Outlet"),
    "section": gettext_lazy("Section"),
    "source": gettext_lazy("Source"),
    "author": gettext_lazy("Author"),
    "tag": gettext_lazy("Tag"),
    "language": gettext_lazy("Language"),
    "year": gettext_lazy("Year"),
    "order": pgettext_lazy("of results", "Order"),
}
# What an address without one of the names searches.
WIDER = {
    "outlet": gettext_lazy("In every outlet"),
    "section": gettext_lazy("In every section"),
    "source": gettext_lazy("From every source"),
    "author": gettext_lazy("By every author"),
    "tag": gettext_lazy("With any tag or none"),
    "language": gettext_lazy("In every language"),
    "year": gettext_lazy("In every year"),
}
FACETS = ("outlet", "section", "source", "author", "language")


@dataclass(frozen=True)
class FacetLink:
    """One value of a facet, with how many it leaves: its address narrows the search, or takes the narrowing off."""

    label: str
    count: int
    address: str
    is_chosen: bool
    language: str = ""
    outlet: str = ""


@dataclass(frozen=True)
class Facet:
    name: str
    heading: str
    links: list


class SearchView(PageMixin, TemplateView):
    """Search in all that is public. Everything asked for is in the address, so that it can be cited and followed."""

    template_name = "archive/search.html"

    def get(self, request, *args, **kwargs):
        self.asked = narrowing.read(request.GET)
        form = request.GET.get("format", "")
        if form:
            response = self.in_form(form)
            response.headers["X-Robots-Tag"] = "noindex"
            patch_vary_headers(response, ["Accept-Language"])
            return response
        results = self.results()
        response = self.render_to_response(self.get_context_data(results=results))
        if results is not None or self.asked.unknown:
            response.headers["X-Robots-Tag"] = "noindex, follow"
        return response

    def results(self):
        """What is found; None where nothing is asked for."""
        return None if self.asked.is_empty else search_forms.search(self.asked, RESULTS)

    def in_form(self, name):
        write = search_forms.FORMS.get(name)
        if write is None:
            problem = _("A search is not to be had in the form “%(name)s”; there are atom, jsonfeed, json and csv.")
            return self.refusal(problem % {"name": name[:40]})
        if self.asked.is_empty:
            return self.refusal(_("Give words to search for, or narrow the search."))
        return write(self.request, self.asked)

    def refusal(self, problem):
        return HttpResponse(f"{problem}\n", "text/plain; charset=utf-8", 400)

    def get_context_data(self, results, **kwargs):
        asked = self.asked
        context = super().get_context_data(
            asked=asked,
            results=results,
            unknown=[(HEADINGS[name], value) for name, value in asked.unknown],
            **kwargs,
        )
        context["canonical"] = settings.ARCHIVE_URL + asked.full_address
        if results is None:
            return context
        context["chosen"] = [
            (HEADINGS[choice.name], choice, asked.address(**{choice.name: None})) for choice in asked.choices
        ]
        context["forms"] = {name: asked.address(format=name) for name in search_forms.FORMS}
        context["orders"] = [
            (_("By relevance"), asked.address(order=None), asked.order == "relevance"),
            (_("By date"), asked.address(order="newest"), asked.order == "newest"),
        ]
        if results.hits:
            context |= {
                "counted_in_part": not results.is_counted or results.counted < results.count,
                "facets": facets(asked, results),
                "bars": bars(asked, results),
                "undated": undated(asked, results),
                "older": results.older and asked.address(after=results.older),
                "newer": results.newer and asked.address(before=results.newer),
            }
        else:
            context["first"] = asked.address()
            context["wider"] = [(WIDER[choice.name], asked.address(**{choice.name: None})) for choice in asked.choices]
            context["widest"] = asked.address(**{choice.name: None for choice in asked.choices})
        if results.suggestion:
            context["suggestion_address"] = asked.address(q=results.suggestion)
        return context


def facets(asked, results):
    """The facets that narrow anything, with their links; what the search is narrowed to already stands in them."""
    found = []
    for name in FACETS:
        values, chosen = results.facets.get(name, ()), asked.choice(name)
        if not chosen and all(value.count == results.counted for value in values):
            continue
        known = narrowing.choices(name, [value.value for value in values])
        names = Counter(choice.label for choice in known.values())
        links = [
            facet_link(asked, known[value.value], value.count, chosen, names)
            for value in values
            if value.value in known
        ]
        if links:
            found.append(Facet(name, HEADINGS[name], links))
    return found


def facet_link(asked, choice, count, chosen, names):
    is_chosen = chosen is not None and chosen.value == choice.value
    # Outlets name their sections alike.
    outlet = choice.outlet if names[choice.label] > 1 else ""
    address = asked.address(**{choice.name: None if is_chosen else choice.value})
    return FacetLink(capfirst(choice.label), count, address, is_chosen, choice.language, outlet)


def bars(asked, results):
    """The matches over the years, drawn where there is more than one of them."""
    years = charts.every_year(dict(results.years))
    if len(years) < 2:
        return []
    return charts.upright_bars((str(year), count, asked.address(year=year)) for year, count in years)


def undated(asked, results):
    """(count, address) of the matches that have no date; None where there is none, or nothing else."""
    count = dict(results.years).get(0)
    return (count, asked.address(year=narrowing.UNDATED)) if count and len(results.years) > 1 else None
