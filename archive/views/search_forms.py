"""What a search finds, for machines: a feed as Atom or JSON Feed, a page of results as JSON, a table as CSV."""

from dataclasses import replace

from django.conf import settings
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from archive import feeds
from archive.exporters.article_dict import published
from archive.exporters.csv import harmless, line_of
from archive.search import find

from . import narrowing

JSON_LENGTH = 50
# A table has at most so many rows, read in steps of so many: who wants all of an archive has its export.
CSV_MOST = 10_000
CSV_STEP = 500
ENDED = gettext_lazy("The search took too long.")
CSV_COLUMNS = (
    "key",
    "address",
    "headline",
    "outlet",
    "section",
    "published",
    "published_precision",
    "language",
    "authors",
    "source",
    "summary",
)


def search(asked, length, **changes):
    """A page of what is asked for; `changes` are arguments of `find` that differ from the address's."""
    arguments = {
        "on": timezone.now().date(),
        "narrowed": asked.narrowed,
        "order": asked.order,
        "after": asked.after or None,
        "before": asked.before or None,
        "length": length,
    }
    return find(asked.text, **(arguments | changes))


def full(address):
    return address and settings.ARCHIVE_URL + address


# Feeds


def feed_answer(form, write, content_type, other):
    def answer(request, asked):
        # A feed is followed for what is new, whatever order the page is in.
        asked = replace(asked, order="newest")
        results = search(asked, feeds.FEED_LENGTH, bare=True)
        if results.is_partial and not results.hits:
            # An empty feed would say that there is nothing.
            return HttpResponse(f"{ENDED}\n", "text/plain; charset=utf-8", 503, headers={"Retry-After": "60"})

        def page(name, **place):
            return full(asked.address(format=name, order=None, **place))

        place = {"before": asked.before} if asked.before else {"after": asked.after}
        feed = feeds.Feed(
            title=_("Search: %(words)s") % {"words": asked.title},
            address=full(asked.address()),
            feed_address=page(form),
            language=get_language(),
            entries=feeds.entries([hit.article for hit in results.hits]),
            author=_("Newsroom Archive"),
            this=page(form, **place),
            newer=results.newer and page(form, before=results.newer),
            older=results.older and page(form, after=results.older),
            other_form=page(other, **place),
        )
        return HttpResponse(write(feed), content_type)

    return answer


# JSON


def as_json(request, asked):
    results = search(asked, JSON_LENGTH)
    document = {
        "address": full(asked.full_address),
        "query": {
            "text": asked.text,
            "words": [str(word) for word in results.query.words],
            "ignored": [str(word) for word in results.query.ignored],
            "notes": [str(note) for note in results.query.notes],
            "narrowed": {choice.name: choice.value for choice in asked.choices},
            "unknown": dict(asked.unknown),
            "order": asked.order,
        },
        "count": results.count,
        "is_counted": results.is_counted,
        "is_partial": results.is_partial,
        "suggestion": results.suggestion,
        "facets": {
            "counted": results.counted,
            **{name: list(facet_values(name, values)) for name, values in results.facets.items()},
            "year": [{"value": year or narrowing.UNDATED, "count": count} for year, count in results.years],
        },
        "results": [hit_dict(hit) for hit in results.hits],
        "newer": full(results.newer and asked.address(format="json", before=results.newer)),
        "older": full(results.older and asked.address(format="json", after=results.older)),
    }
    return JsonResponse(document, json_dumps_params={"ensure_ascii": False})


def facet_values(name, values):
    """The values as an address narrows to them, most first."""
    known = narrowing.choices(name, [value.value for value in values])
    for value in values:
        if choice := known.get(value.value):
            yield {"value": choice.value, "label": choice.label, "count": value.count}


def hit_dict(hit):
    article = hit.article
    return {
        "key": article.key,
        "address": full(article.get_absolute_url()),
        "short_address": article.short_address,
        "headline": article.headline,
        "language": article.language,
        "outlet": {"slug": article.outlet.slug, "name": article.outlet.name},
        "section": article.section and {"slug": article.section.slug, "name": article.section.name},
        "published": published(article),
        "published_precision": article.published_precision,
        "authors": [str(byline) for byline in article.text_bylines],
        "source": article.source and {"slug": article.source.slug, "name": article.source.name},
        "passage": "".join(text for text, _is_marked in hit.passage),
        "marked": [text for text, is_marked in hit.passage if is_marked],
    }


# CSV


def as_csv(request, asked):
    response = StreamingHttpResponse(csv_lines(replace(asked, order="newest")), "text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="search.csv"'
    return response


def csv_lines(asked):
    """The lines of the table, newest first, from the place that is asked for on."""
    # By the mark that opens it a spreadsheet knows that it is UTF-8.
    yield "\ufeff" + line_of(CSV_COLUMNS)
    left, after = CSV_MOST, asked.after or None
    while left > 0:
        results = search(asked, min(CSV_STEP, left), after=after, before=None, bare=True)
        for hit in results.hits:
            yield line_of(map(harmless, csv_row(hit.article)))
        left -= len(results.hits)
        after = results.older
        if results.is_partial and not results.hits:
            yield line_of(["incomplete", "", str(ENDED)])
        if not after:
            return


def csv_row(article):
    return [
        article.key,
        full(article.get_absolute_url()),
        article.headline,
        article.outlet.name,
        article.section.name if article.section else "",
        published(article),
        article.published_precision,
        article.language,
        "; ".join(str(byline) for byline in article.text_bylines),
        article.source.name if article.source else "",
        article.summary,
    ]


FORMS = {
    "atom": feed_answer("atom", feeds.atom, f"{feeds.ATOM}; charset=utf-8", "jsonfeed"),
    "jsonfeed": feed_answer("jsonfeed", feeds.json_feed, feeds.JSON_FEED, "atom"),
    "json": as_json,
    "csv": as_csv,
}
