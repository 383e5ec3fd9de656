"""The open data: every public article of an outlet and a year in one file, as JSON Lines and as CSV.

A folder of them has a description beside it (a Data Package, https://datapackage.org) with the fields, the rights, the
numbers and the digest of each file. The same archive gives the same bytes. Nothing is held in memory but a few hundred
articles and the numbers of a year's.
"""

import gzip
import json
from array import array
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db.models import F, Max
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from archive.models import Article

from . import csv
from .open_form import FIELDS, open_articles, with_all
from .plain_text import words_of

BATCH = 200
PACKAGE = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
NAMES_OF_WORDS = {"en": "README.txt", "fr": "LISEZMOI.txt"}


@dataclass(frozen=True)
class Form:
    """How articles are written: `line` makes one of what `open_article` tells, and `head` what stands before all."""

    name: str
    title: str
    media_type: str
    fields: dict
    line: Callable
    head: Callable = str


def _json_line(told):
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n"


def _csv_line(told):
    return csv.line(told, words_of(told["body"]))


JSON_LINES = Form("jsonl", "JSON Lines", "application/jsonl", FIELDS, _json_line)
CSV = Form("csv", "CSV", "text/csv", csv.COLUMNS, _csv_line, csv.head)
FORMS = {form.name: form for form in (JSON_LINES, CSV)}


class OpenDataError(Exception):
    """Open data that can't be written; the message says why, and what to do."""


def year_name(year):
    """A year as names of files and addresses say it."""
    return f"{year:04}" if year else "undated"


def file_name(outlet, year, form):
    return f"{outlet.slug}-{year_name(year)}.{form.name}"


def years(outlet):
    """The years in which a public article of an outlet was published; 0 is for those without a date."""
    rows = Article.objects.public().filter(outlet=outlet).order_by()
    return sorted(set(rows.values_list(F("published_order") / 100_000_000, flat=True).distinct()))


def lines(outlet, year, form):
    """The lines of a file, each ended; None where nothing public is of that year (0: of no known date)."""
    articles = Article.objects.public().filter(outlet=outlet)
    articles = articles.published_in(year) if year else articles.filter(published_order=0)
    # By key where the time is the same: a number may be another in another copy of the archive.
    numbers = array("q", articles.order_by("published_order", "key").values_list("pk", flat=True).iterator())
    return _lines(outlet, numbers, form) if numbers else None


def _lines(outlet, numbers, form):
    sections = {section.pk: section for section in outlet.sections.all()}
    if head := form.head():
        yield head
    for start in range(0, len(numbers), BATCH):
        some = numbers[start : start + BATCH]
        found = {article.pk: article for article in with_all(Article.objects.public()).filter(pk__in=some)}
        for told in open_articles((found[pk] for pk in some if pk in found), sections):
            yield form.line(told)


# A folder of files


@dataclass(frozen=True)
class Written:
    """A file that was written: `path` within the folder, its size in bytes, its articles, its digest in base 16."""

    path: str
    outlet: object
    year: int
    form: Form
    size: int
    articles: int
    digest: str


def write(folder, outlets, *, year=None, forms=(JSON_LINES, CSV), progress=None):
    """Write the open data of some outlets into a folder, in the place of what was written there before.

    `progress` is called with each `Written`. Raises OpenDataError where the folder is another's, and OSError.
    """
    folder = Path(folder)
    before = _written_before(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for outlet in outlets:
        for each in years(outlet) if year is None else [year]:
            for form in forms:
                found = lines(outlet, each, form)
                if found is not None:
                    written.append(_write_file(folder, outlet, each, form, found))
                    if progress:
                        progress(written[-1])
    for form in forms:
        _write_whole(folder / f"schema-{form.name}.json", _json(table_schema(form)))
    for language, name in NAMES_OF_WORDS.items():
        with translation.override(language):
            _write_whole(folder / name, render_to_string("archive/open_data.txt", _words(written, outlets)))
    # What is not public any more goes before the description says so.
    kept = {each.path for each in written}
    for path in before - kept:
        (folder / path).unlink(missing_ok=True)
        with suppress(OSError):
            (folder / path).parent.rmdir()
    _write_whole(folder / PACKAGE, _json(data_package(written, outlets)))
    return written


def _written_before(folder):
    """The paths that an earlier description names; the folder has nothing else, or is empty or missing."""
    if not folder.exists() or not any(folder.iterdir()):
        return set()
    try:
        package = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
        paths = {resource["path"] for resource in package["resources"]}
    except (OSError, ValueError, KeyError, TypeError):
        raise OpenDataError(f"{folder} has something else in it. Name an empty folder.") from None
    return {path for path in paths if (folder / path).resolve().is_relative_to(folder.resolve())}


def _write_file(folder, outlet, year, form, found):
    path = folder / outlet.slug / f"{file_name(outlet, year, form)}.gz"
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_name(f"{path.name}.unfinished")
    number = 0
    try:
        # Without a time or a name in it, so that the same articles give the same bytes.
        with unfinished.open("wb") as file, gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
            for line in found:
                packed.write(line.encode())
                number += 1
        with unfinished.open("rb") as file:
            digest = sha256()
            while piece := file.read(1 << 20):
                digest.update(piece)
            size = file.tell()
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    number -= bool(form.head())
    return Written(path.relative_to(folder).as_posix(), outlet, year, form, size, number, digest.hexdigest())


def _write_whole(path, text):
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_text(text, encoding="utf-8", newline="\n")
    unfinished.replace(path)


def _json(value):
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


# Its description


def table_schema(form):
    """The fields of a form, as a Table Schema (https://datapackage.org/standard/table-schema/)."""
    return {
        "fields": [
            {"name": name, "type": field.kind, "description": field.meaning} for name, field in form.fields.items()
        ],
        "primaryKey": ["key"],
        "missingValues": [""],
    }


def data_package(written, outlets):
    changed = Article.objects.public().filter(outlet__in=outlets).aggregate(last=Max("updated_at"))["last"]
    return {
        "$schema": PROFILE,
        "name": "newsroom-archive",
        "title": f"Newsroom Archive: {', '.join(outlet.name for outlet in outlets)}",
        "description": "Every public article of these outlets, by outlet and year. README.txt tells of it in words.",
        "homepage": settings.ARCHIVE_URL,
        "changed": changed.isoformat() if changed else "",
        "sources": [
            {"title": outlet.name} | ({"path": outlet.website} if outlet.website else {}) for outlet in outlets
        ],
        "rights": [{"outlet": outlet.slug, "line": outlet.rights_line} for outlet in outlets],
        "resources": [
            {
                "name": f"{each.outlet.slug}-{year_name(each.year)}-{each.form.name}".lower(),
                "title": f"{each.outlet.name}, {year_name(each.year)}, {each.form.title}",
                "path": each.path,
                "format": each.form.name,
                "mediatype": each.form.media_type,
                "compression": "gz",
                "encoding": "utf-8",
                "bytes": each.size,
                "hash": f"sha256:{each.digest}",
                "articles": each.articles,
                "schema": f"schema-{each.form.name}.json",
            }
            for each in written
        ],
    }


def _words(written, outlets):
    numbers = {}
    for each in written:
        numbers[each.outlet.pk, each.year] = each.articles
    by_outlet = [
        (outlet, [(year_name(year), number) for (pk, year), number in sorted(numbers.items()) if pk == outlet.pk])
        for outlet in outlets
    ]
    forms = list({each.form.name: each.form for each in written}.values())
    return {
        "outlets": [(outlet, numbers, sum(number for _year, number in numbers)) for outlet, numbers in by_outlet],
        "forms": [
            (form, [(name, field.kind, gettext(field.meaning)) for name, field in form.fields.items()])
            for form in forms
        ],
        "archive": settings.ARCHIVE_URL,
    }
