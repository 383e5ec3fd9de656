"""The page that documents the API, made from its own OpenAPI document: it can tell nothing else than is so."""

import re

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from archive.exporters import open_data
from archive.models import Outlet
from archive.search import counts
from archive.views.page import PageMixin

from .endpoints import api

_REF = "#/components/schemas/"


class ApiPageView(PageMixin, TemplateView):
    template_name = "archive/api.html"

    def get_context_data(self, **kwargs):
        document = api.get_openapi_schema()
        groups = {tag["name"]: [] for tag in document["tags"]}
        for path, operations in document["paths"].items():
            for operation in operations.values():
                groups[operation["tags"][0]].append(told_operation(path, operation))
        return super().get_context_data(
            description=_(document["info"]["description"]),
            groups=[(_(name), operations) for name, operations in groups.items()],
            models=[told_model(name, model) for name, model in sorted(document["components"]["schemas"].items())],
            files=list(whole_years()),
            document=reverse("archive_api:openapi-json"),
            example=settings.ARCHIVE_URL + reverse("archive_api:articles") + "?q=elections&limit=5",
            **kwargs,
        )


def told_operation(path, operation):
    return {
        "id": operation["operationId"],
        "path": path,
        "summary": _(operation["summary"]),
        "description": _(operation["description"]),
        "parameters": [
            {
                "name": each["name"],
                "required": each["required"],
                "type": told_type(each["schema"]),
                "meaning": with_code(_(each["description"])),
                "example": first_example(each),
                "default": each["schema"].get("default") or "",
            }
            for each in operation["parameters"]
        ],
        "answers": [
            {
                "status": status,
                "media_type": next(iter(answer.get("content", {})), ""),
                "type": told_type(next(iter(answer.get("content", {"": {}}).values())).get("schema", {})),
                "meaning": MEANINGS[int(status)](),
            }
            for status, answer in operation["responses"].items()
        ],
    }


MEANINGS = {
    200: lambda: _("what was asked for"),
    304: lambda: _("nothing has changed since"),
    404: lambda: _("nothing is here"),
    410: lambda: _("withdrawn"),
    422: lambda: _("a value is not of its form"),
    451: lambda: _("withdrawn for legal reasons"),
}


def told_model(name, model):
    required = model.get("required", ())
    return {
        "name": name,
        "values": [
            {
                "name": each,
                "type": told_type(value),
                "required": each in required,
                "meaning": with_code(_(value["description"])) if value.get("description") else "",
                "example": first_example(value),
            }
            for each, value in model.get("properties", {}).items()
        ],
    }


def told_type(schema):
    """A type in a few words, as a list of (text, name of a model or "")."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_REF)
        return [(name, name)]
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return [(" | ".join(str(value) if value != "" else "“”" for value in values), "")]
    if schema.get("type") == "array":
        return [(_("list of") + " ", ""), *told_type(schema["items"])]
    if "anyOf" in schema and "type" not in schema:
        parts = []
        for each in schema["anyOf"]:
            parts += [(" | ", "")] if parts else []
            parts += told_type(each)
        return parts
    if "maximum" in schema:
        return [(f"{schema['type']}, {schema['minimum']}–{schema['maximum']}", "")]
    formats = [schema["format"]] if "format" in schema else [each["format"] for each in schema.get("anyOf", ())]
    return [(" | ".join(formats) or schema.get("type", ""), "")]


def with_code(text):
    """A text in which names of parameters stand between grave accents, as HTML."""
    return mark_safe(re.sub(r"`(\w+)`", r"<code>\1</code>", escape(text)))  # noqa: S308


def first_example(schema):
    examples = schema.get("examples") or [schema.get("example")]
    return "" if examples[0] is None else str(examples[0])


def whole_years():
    """Each outlet with the addresses of its years, and how many articles each has."""
    for outlet in Outlet.objects.order_by("name", "slug"):
        years = [
            {
                "year": year,
                "label": year or _("Undated"),
                "articles": number,
                "jsonl": reverse("archive_api:jsonl", args=[outlet.slug, open_data.year_name(year)]),
                "csv": reverse("archive_api:csv", args=[outlet.slug, open_data.year_name(year)]),
            }
            for year, number in sorted(counts.by_year(outlet).items())
            if number
        ]
        if years:
            yield outlet, years
