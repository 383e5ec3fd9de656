"""The addresses under /api/v1/ and what each answers."""

from datetime import date
from functools import cache
from html import unescape
from typing import Annotated

from django.conf import settings
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.http import http_date
from django.utils.translation import gettext_noop as _
from ninja import NinjaAPI, Path, Query
from ninja.errors import ValidationError
from pydantic import StringConstraints

from archive.exporters import open_data
from archive.exporters.open_form import open_articles, with_all
from archive.keys import read_key
from archive.models import Article, ClosureNotice, OldAddress, Outlet, Section
from archive.models.resolving import withdrawn_among
from archive.search import counts

from . import schemas
from .answers import PROBLEM_TYPE, Refused, Renderer, problem, wrong_values
from .articles import page_of

OUTLETS, ARTICLES, ADDRESSES = _("Outlets"), _("Articles"), _("Old addresses")
NO_OUTLET = "There is no outlet “{}”."
ITS_REMEDY = "/api/v1/outlets tells those that are kept here."

OutletSlug = Annotated[str, StringConstraints(pattern=schemas.SLUG)]


class Api(NinjaAPI):
    def get_openapi_schema(self, *, path_prefix=None, path_params=None):
        """The document, with what all answers have in common: their headers, and problems in their own type."""
        return self.document(path_prefix or self.get_root_path(path_params or {}))

    @cache  # noqa: B019  there is one API, and it is for ever
    def document(self, path_prefix):
        document = super().get_openapi_schema(path_prefix=path_prefix)
        for operations in document["paths"].values():
            for operation in operations.values():
                complete(operation)
        # It is told of as the parameters that it is made of.
        document["components"]["schemas"].pop(schemas.ArticleQuery.__name__)
        return document


def complete(operation):
    for parameter in operation["parameters"]:
        schema = parameter["schema"]
        parameter.pop("examples", None)
        if {"type": "null"} in schema.get("anyOf", ()):
            # No address can say null.
            [kind] = [each for each in schema.pop("anyOf") if each != {"type": "null"}]
            schema.update(kind)
        example = schema.pop("example", None) or next(iter(schema.pop("examples", [])), None)
        if example is not None:
            parameter["example"] = example
        if schema.get("default") in ("", None):
            # Leaving it out is the only way of asking for nothing.
            schema.pop("default", None)
    answers = operation["responses"]
    for status, answer in answers.items():
        of_json = answer["content"].pop("application/json")
        if status != 200:
            answer["content"][PROBLEM_TYPE] = of_json
        elif form := FILES.get(operation["operationId"]):
            answer["content"][form.media_type] = {"schema": {"type": "string"}}
        else:
            answer["content"]["application/json"] = of_json
            answer["headers"] = {
                "ETag": {"description": _("Names this very answer."), "schema": {"type": "string"}, "required": True}
            }
            answers = answers | {304: {"description": _("Nothing has changed since; the answer is empty.")}}
    operation["responses"] = dict(sorted(answers.items()))


# Operations whose answer is no JSON.
FILES = {"year_as_json_lines": open_data.JSON_LINES, "year_as_csv": open_data.CSV}

api = Api(
    title=_("Newsroom Archive"),
    version="1",
    description=_("What closed newsrooms published, for whoever studies it or keeps a copy. It can only be read."),
    docs_url=None,
    urls_namespace="archive_api",
    renderer=Renderer(),
    openapi_extra={"tags": [{"name": OUTLETS}, {"name": ARTICLES}, {"name": ADDRESSES}]},
)


@api.exception_handler(Refused)
def refused(request, refusal):
    return problem(refusal.status, refusal.detail, refusal.remedy, **refusal.more)


@api.exception_handler(ValidationError)
def wrong(request, error):
    return wrong_values(error.errors)


@api.exception_handler(Http404)
def nothing(request, _error):
    return problem(404, "There is nothing at this address.", "See the addresses that there are at /api/.")


def in_json(answer, *, changed=None):
    """An answer that is in its form already."""
    response = HttpResponse(Renderer().render(None, answer, response_status=200), "application/json")
    if changed is not None:
        response.headers["Last-Modified"] = http_date(changed.timestamp())
    return response


def told_day(day):
    return day and day.isoformat()


# Outlets


@api.get(
    "/outlets",
    response={200: schemas.OutletList, 422: schemas.WrongValues},
    operation_id="outlets",
    summary=_("The outlets"),
    description=_("Every outlet that is kept here."),
    tags=[OUTLETS],
)
def outlets(request):
    rows = Outlet.objects.select_related("parent").order_by("name", "slug")
    return {"outlets": [outlet_card(each) for each in rows]}


@api.get(
    "/outlets/{slug}",
    response={200: schemas.Outlet, 404: schemas.Problem, 422: schemas.WrongValues},
    operation_id="outlet",
    summary=_("One outlet"),
    description=_("An outlet with its sections, and its articles by year."),
    tags=[OUTLETS],
)
def outlet(request, slug: Annotated[OutletSlug, Path(description=_("Address name."), example="huffpost-quebec")]):
    row = found_outlet(slug)
    sections = Section.objects.filter(outlet=row).select_related("parent")
    years = counts.by_year(row)
    return outlet_card(row) | {
        "editions": [{"slug": each.slug, "name": each.name} for each in row.editions.order_by("name", "slug")],
        "sections": [
            {"slug": each.slug, "name": each.name, "parent": each.parent.slug if each.parent else ""}
            for each in sections
        ],
        "articles": sum(years.values()),
        "years": [
            {
                "year": year,
                "articles": number,
                "jsonl": year_address(row, year, "jsonl"),
                "csv": year_address(row, year, "csv"),
            }
            for year, number in sorted(years.items())
            if number
        ],
    }


@api.get(
    "/outlets/{slug}/notices",
    response={200: schemas.NoticeList, 404: schemas.Problem, 422: schemas.WrongValues},
    operation_id="notices",
    summary=_("The closure notices of an outlet"),
    description=_("The notices that stand on its pages on a day, in each language: its own, and of the outlets above."),
    tags=[OUTLETS],
)
def notices(
    request,
    slug: Annotated[OutletSlug, Path(description=_("Address name."), example="huffpost-quebec")],
    on: Annotated[schemas.Day | None, Query(description=_("The day; today in UTC unless given."))] = None,
):
    row = found_outlet(slug)
    day = on or timezone.now().date()
    return {"outlet": row.slug, "on": told_day(day), "notices": list(notices_of(row, day))}


def notices_of(row, day: date):
    for language in ("fr", "en"):
        for notice in ClosureNotice.objects.for_page(row, language, day):
            yield {
                "outlet": notice.outlet.slug,
                "language": notice.language,
                "placement": notice.placement,
                "first_day": told_day(notice.first_day),
                "last_day": told_day(notice.last_day),
                "text": unescape(strip_tags(notice.html)),
                "html": notice.html.replace('href="/', f'href="{settings.ARCHIVE_URL}/'),
            }


def found_outlet(slug):
    row = Outlet.objects.select_related("parent__parent__parent").filter(slug=slug).first()
    if row is None:
        raise Refused(404, NO_OUTLET.format(slug), ITS_REMEDY)
    return row


def outlet_card(row):
    return {
        "slug": row.slug,
        "name": row.name,
        "address": settings.ARCHIVE_URL + row.get_absolute_url(),
        "network": row.parent.slug if row.parent else "",
        "language": row.language,
        "time_zone": row.time_zone,
        "opened_on": told_day(row.opened_on),
        "closed_on": told_day(row.closed_on),
        "website": row.website,
        "support_address": row.support_address,
        "rights_line": row.rights_line,
        "about": row.about,
    }


def year_address(row, year, form):
    return settings.ARCHIVE_URL + reverse(f"archive_api:{form}", args=[row.slug, open_data.year_name(year)])


# Articles


@api.get(
    "/articles",
    response={200: schemas.ArticleList, 404: schemas.Problem, 422: schemas.WrongValues},
    operation_id="articles",
    summary=_("Articles, and what has changed"),
    description=_(
        "Public articles with their text: all of them, those that match a search, or those that changed. Each page "
        "tells the address of the next, and costs the same wherever it is."
    ),
    tags=[ARTICLES],
)
def articles(request, query: Query[schemas.ArticleQuery]):
    unknown = sorted(request.GET.keys() - schemas.ArticleQuery.model_fields.keys())
    if unknown:
        raise Refused(
            422,
            f"There is no parameter {unknown[0][:60]!r}.",
            "See those that there are at /api/.",
            errors=[{"name": name[:60], "detail": "There is no such parameter."} for name in unknown],
        )
    page = page_of(query)
    following = None
    if page.next:
        asked = request.GET.copy()
        asked["cursor"] = page.next
        following = f"{settings.ARCHIVE_URL}{request.path}?{asked.urlencode()}"
    response = in_json(
        {
            "articles": page.articles,
            "withdrawn": page.withdrawn,
            "count": page.count,
            "is_count_exact": page.is_count_exact,
            "is_partial": page.is_partial,
            "next": following,
        }
    )
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


@api.get(
    "/articles/{key}",
    response={
        200: schemas.Article,
        (404,): schemas.Problem,
        (410, 451): schemas.WithdrawnProblem,
        422: schemas.WrongValues,
    },
    operation_id="article",
    summary=_("One article"),
    description=_("A public article with its text, by its key. One that was withdrawn is a problem that says so."),
    tags=[ARTICLES],
)
def article(
    request,
    key: Annotated[
        Annotated[str, StringConstraints(pattern=schemas.KEY)], Path(description=_("Key."), example="41k7bfh0v4d1")
    ],
):
    key = read_key(key)
    row = with_all(Article.objects.public()).filter(key=key).first()
    if row is None:
        raise without_article(key)
    return in_json(open_articles([row])[0], changed=row.updated_at)


def without_article(key):
    row = Article.objects.select_related("outlet").defer("body", "body_received").filter(key=key, held_back=False)
    row = row.first()
    withdrawal = row and row.withdrawal
    if not withdrawal:
        return Refused(404, "There is no article with this key.", "Look its old address up at /api/v1/resolve.")
    return Refused(
        withdrawal.status_code,
        "It is no longer shown. A copy of it should be given up as well.",
        "Ask whoever keeps the archive, whose address its page gives.",
        key=key,
        address=row.permanent_address,
        withdrawn_on=told_day(withdrawal.withdrawn_on),
        reason=withdrawal.reason,
        note=withdrawal.public_note,
    )


# Whole years


@api.get(
    "/outlets/{slug}/articles/{year}.jsonl",
    response={200: str, 404: schemas.Problem, 422: schemas.WrongValues},
    operation_id="year_as_json_lines",
    summary=_("A year as JSON Lines"),
    description=_("All public articles of an outlet and a year, the earliest first, one in each line, as at its key."),
    tags=[ARTICLES],
    url_name="jsonl",
)
def year_as_json_lines(
    request,
    slug: Annotated[OutletSlug, Path(description=_("Address name of the outlet."), example="huffpost-quebec")],
    year: Annotated[
        Annotated[str, StringConstraints(pattern=schemas.YEAR)],
        Path(description=_("The year; undated for articles of which no date is known."), example="2014"),
    ],
):
    return whole_year(slug, year, open_data.JSON_LINES)


@api.get(
    "/outlets/{slug}/articles/{year}.csv",
    response={200: str, 404: schemas.Problem, 422: schemas.WrongValues},
    operation_id="year_as_csv",
    summary=_("A year as CSV"),
    description=_("The same as a table for spreadsheets, with the text without its markup."),
    tags=[ARTICLES],
    url_name="csv",
)
def year_as_csv(
    request,
    slug: Annotated[OutletSlug, Path(description=_("Address name of the outlet."), example="huffpost-quebec")],
    year: Annotated[
        Annotated[str, StringConstraints(pattern=schemas.YEAR)],
        Path(description=_("The year; undated for articles of which no date is known."), example="2014"),
    ],
):
    return whole_year(slug, year, open_data.CSV)


def whole_year(slug, year, form):
    row = found_outlet(slug)
    lines = open_data.lines(row, 0 if year == "undated" else int(year), form)
    if lines is None:
        raise Refused(
            404, f"No public article of {slug} is of the year {year}.", f"/api/v1/outlets/{slug} tells its years."
        )
    name = open_data.file_name(row, year, form)
    return StreamingHttpResponse(
        (line.encode() for line in lines),
        content_type=f"{form.media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# Old addresses


@api.get(
    "/resolve",
    response={200: schemas.ResolvedAddress, 422: schemas.WrongValues},
    operation_id="resolve",
    summary=_("What stood at an old address"),
    description=_("Where what was published at an address stands now, in whatever of its forms it is written."),
    tags=[ADDRESSES],
)
def resolve(
    request,
    url: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=schemas.LONGEST_ADDRESS)],
        Query(
            description=_("The old address, whole."),
            example="http://quebec.huffingtonpost.ca/2014/01/22/sotchi_n_4646130.html",
        ),
    ],
):
    resolution = OldAddress.objects.resolve(url)
    of = Outlet.objects.filter(pk=resolution.outlet_id).first() if resolution.outlet_id else None
    path, status, key = resolution.path(), "missed", None
    if path is not None:
        status = "found"
    if resolution.article_id is not None:
        row = Article.objects.values_list("key", "outlet__slug").get(pk=resolution.article_id)
        key, outlet_slug = row
        of = of or Outlet(slug=outlet_slug)
        if withdrawn_among([resolution.article_id]):
            status = "withdrawn"
    return {
        "url": url,
        "normalised": resolution.address,
        "status": status,
        "way": str(resolution.way),
        "key": key,
        "address": settings.ARCHIVE_URL + path if path else None,
        "outlet": of.slug if of else None,
    }
