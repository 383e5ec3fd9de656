"""Articles in the rows of a table, whatever file the table stands in: which column fills which field, and how.

A table's id column is its rows' ids; without one it is their address, else a digest of headline, date and text.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from itertools import islice
from typing import Literal, TypeAlias

from archive.sanitize import paragraphs

from .base import (
    ImportedArticle,
    ImportedByline,
    ImportedImage,
    ImportedSource,
    ImportedTerm,
    Precision,
    Problem,
    ReadOptions,
    Refusal,
    SourceKind,
)
from .table_dates import DateOrder, Vote, order_of, read_table_date
from .told_dates import read_moment
from .wires import is_agency

# What can be filled, and by which columns it is filled where nothing else is said; the surest name comes first.
FIELDS: dict[str, tuple[str, ...]] = {
    "headline": ("headline", "titre", "title", "hed", "post title", "titre de l'article", "manchette", "titel"),
    "original_id": ("original id", "source id", "id", "article id", "guid", "post id", "identifiant", "uuid", "numéro"),
    "body": ("body", "texte", "text", "content", "contenu", "corps", "article", "body html", "post content", "html"),
    "published": (
        *("published", "date", "published at", "published on", "publication date", "date de publication", "publié le"),
        *("pubdate", "pub date", "post date", "date publiée", "parution", "date de parution", "year", "année"),
    ),
    "modified": ("modified", "modified at", "updated", "updated at", "modifié le", "mis à jour", "last updated"),
    "bylines": ("byline", "bylines", "author", "authors", "auteur", "auteurs", "auteur(s)", "signature", "journaliste"),
    "summary": ("summary", "résumé", "chapeau", "chapô", "excerpt", "extrait", "description", "dek", "lead"),
    "kicker": ("kicker", "surtitre", "overline"),
    "slug": ("slug", "address name", "post name"),
    "language": ("language", "langue", "lang"),
    "section": ("section", "rubrique", "category", "catégorie", "sections", "categories", "catégories"),
    "tags": ("tags", "tag", "keywords", "mots-clés", "mots clés", "étiquettes", "sujets"),
    "source": ("source", "agency", "agence", "provider", "fournisseur"),
    "source_kind": ("source kind", "genre de source"),
    "dateline": ("dateline", "lieu"),
    "sign_off": ("sign-off", "sign off", "initiales"),
    "original_url": ("original address", "original url", "url", "link", "lien", "adresse", "permalink", "address"),
    "old_addresses": ("old addresses", "old address", "old urls", "anciennes adresses", "redirects", "aliases"),
    "image": ("image", "picture", "photo", "image url", "pictures", "images"),
    "image_alt": ("image alt", "alt", "alt text", "texte de remplacement"),
    "image_caption": ("image caption", "caption", "légende"),
    "image_credit": ("image credit", "credit", "crédit", "photo credit", "crédit photo"),
    "status": ("status", "statut", "post status", "état"),
    # Whether 03/04/2014 is in April or in March: "day-first" or "month-first".
    "date_order": ("date-order",),
}
_ORDERS: dict[str, DateOrder] = {"day-first": "day-first", "month-first": "month-first"}
# Dates of two meanings before the first of one; no newsroom wrote so much in the first days of its months.
MOST_UNDECIDED = 200_000
# A longer name is a text: the table has no header.
_LONGEST_NAME = 200
_PUBLIC = {"", "published", "publish", "publié", "publiée", "public", "publique", "live", "en ligne", "online", "1"}
_KINDS: dict[str, SourceKind] = {
    "staff": "staff",
    "agency": "agency",
    "agence": "agency",
    "partner": "partner",
    "partenaire": "partner",
    "contributor": "contributor",
    "collaborateur": "contributor",
}
_MARKUP = re.compile(
    r"<(?:p|br|div|h[1-6]|ul|ol|a|em|strong|b|i|figure|blockquote|span|img|table)\b[^<>]*>", re.IGNORECASE
)
_BLANK_LINE = re.compile(r"\n\s*\n")
_BETWEEN = re.compile(r"[;|\n]+")
_AND = re.compile(r" (?:et|and|&) ")
_BY = re.compile(r"(?:par|by|de) (?=[^\W\d_])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    place: str
    cells: list[str]
    problems: tuple[Problem, ...] = ()


Rows: TypeAlias = Iterator[Row | Problem]
Columns: TypeAlias = dict[str, int]


@dataclass(frozen=True, slots=True)
class Preview:
    """How a table would be read: each of its columns with the field it fills ("" for none) and a few of its values."""

    columns: tuple[tuple[str, str, tuple[str, ...]], ...]
    order: DateOrder | Literal[""]
    items: tuple[ImportedArticle | Problem, ...]


def folded(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


_NAMES = {folded(name): (each, place) for each, names in FIELDS.items() for place, name in enumerate(names)}


def known_columns(header: list[str], options: ReadOptions) -> Columns:
    """The columns that fill a field, by field; those that the operator named count first. Raises nothing."""
    told = {folded(column): each for each, column in options.columns}
    found: dict[str, tuple[int, int]] = {}
    for place, name in enumerate(header):
        key = folded(name)
        each, rank = (told[key], -1) if key in told else _NAMES.get(key, ("", 0))
        if key and each and (each not in found or rank < found[each][0]):
            found[each] = (rank, place)
    return {each: place for each, (_rank, place) in found.items()}


def columns_of(header: list[str], options: ReadOptions) -> Columns:
    """The same. Raises Refusal where a field or a column that was named isn't there, or none has the headline."""
    names = [folded(name) for name in header]
    there = ", ".join(f"“{name[:60]}”" for name in header if name)[:1000]
    for each, column in options.columns:
        if each not in FIELDS:
            raise Refusal(f"There is no field “{each}”.", f"Map one of: {', '.join(FIELDS)}.")
        is_renamed = FIELDS[each][0] in header
        if folded(column) not in names and not is_renamed and not (each == "date_order" and column in _ORDERS):
            raise Refusal(f"The table has no column “{column}”.", f"It has: {there}.", "header")
    columns = known_columns(header, options)
    if "headline" not in columns:
        raise Refusal(
            f"No column is known to hold the headline; the table has: {there}.",
            "Name it with --map headline=…; the table's first row must hold the names of its columns.",
            "header",
        )
    return columns


def self_explaining(header: list[str], options: ReadOptions) -> list[str]:
    """The names of the columns, those that the operator mapped as they are known without that."""
    columns = known_columns(header, options)
    mapped = {each for each, _column in options.columns if each in columns}
    names = ["" if _NAMES.get(folded(name), ("", 0))[0] in mapped else name for name in header]
    for each in mapped:
        names[columns[each]] = FIELDS[each][0]
    return names


def is_header(header: list[str]) -> bool:
    """Whether these can only be the names of a table of articles."""
    columns = known_columns(header, ReadOptions())
    # A headline's own name with two more that nobody knows begins a table; in a sentence blanks follow its commas.
    others = [name for name in header if name.strip() and not name[0].isspace()]
    is_told = "headline" in columns and (len(columns) > 1 or len(others) > 2)
    return is_told and all(len(name) <= _LONGEST_NAME for name in header)


def preview(header: list[str], rows: Iterable[Row | Problem], options: ReadOptions, number: int = 5) -> Preview:
    """How the first rows would be read. Raises Refusal where no row could be."""
    columns = columns_of(header, options)
    first = list(islice(rows, 1000))
    order = decide_order(first, columns, options)
    by_place = {place: each for each, place in columns.items()}
    shown = [row for row in first if isinstance(row, Row)][:number]
    return Preview(
        tuple(
            (name, by_place.get(place, ""), tuple(row.cells[place] for row in shown if place < len(row.cells)))
            for place, name in enumerate(header)
        ),
        order,
        tuple(item for row in first[:number] for item in articles(columns, [row], order)),
    )


def decide_order(rows: Iterable[Row | Problem], columns: Columns, options: ReadOptions) -> DateOrder | Literal[""]:
    """Whether the day or the month comes first in the table's dates, where a date in it shows that."""
    for each, told in options.columns:
        if each == "date_order" and told in _ORDERS:
            return _ORDERS[told]
    place, order_place = columns.get("published"), columns.get("date_order")
    votes: set[Vote] = set()
    undecided = 0
    if place is None:
        return ""
    for row in rows:
        if isinstance(row, Problem):
            continue
        if order_place is not None and (told_order := _ORDERS.get(_cell(row, order_place))):
            return told_order
        vote = order_of(_cell(row, place))
        votes.add(vote)
        undecided += vote == "either"
        if undecided > MOST_UNDECIDED and votes.isdisjoint(_ORDERS.values()):
            return ""
        if {"day-first", "month-first"} <= votes:
            return ""
    return "day-first" if "day-first" in votes else "month-first" if "month-first" in votes else ""


def asks_order(row: Row, columns: Columns) -> bool:
    """Whether a date of the row could be in two months."""
    return any(order_of(_cell(row, columns[name])) == "either" for name in ("published", "modified") if name in columns)


def _cell(row: Row, place: int) -> str:
    return row.cells[place].strip() if place < len(row.cells) else ""


def articles(
    columns: Columns, rows: Iterable[Row | Problem], order: DateOrder | Literal[""], record: bytes = b""
) -> Iterator[ImportedArticle | Problem]:
    """The articles of rows; `record` is that of the row, where it is one."""
    for row in rows:
        if isinstance(row, Problem):
            yield row
            continue
        try:
            yield _RowReader(columns, row, order, record).article()
        except Refusal as refusal:
            yield refusal.problem.within(row.place)


@dataclass(slots=True)
class _RowReader:
    columns: Columns
    row: Row
    order: DateOrder | Literal[""]
    record: bytes = b""
    problems: list[Problem] = field(default_factory=list)

    def article(self) -> ImportedArticle:
        headline = " ".join(self.cell("headline").split())
        if not headline:
            raise Refusal("It has no headline.", "Give it one in the table, or leave the row out.")
        published, precision = self.published()
        body = _as_html(self.cell("body"))
        status = self.cell("status")
        held_back = status.casefold() not in _PUBLIC
        if held_back:
            self.remark(
                f"It is held back: its status is “{status[:40]}”.", "If readers may see it, say so in the admin."
            )
        source, provider = self.source()
        url = self.cell("original_url")
        return ImportedArticle(
            original_id=self.cell("original_id")
            or (url if len(url) <= 200 else "")
            or _digest(headline, published, body),
            headline=headline,
            body=body,
            slug=self.cell("slug"),
            summary=self.cell("summary"),
            kicker=self.cell("kicker"),
            language=self.cell("language"),
            published=published,
            published_precision=precision,
            modified=self.modified(),
            dateline=self.cell("dateline"),
            sign_off=self.cell("sign_off"),
            bylines=self.bylines(),
            source=source,
            provider=provider,
            section=tuple(ImportedTerm(name) for name in _split(self.cell("section"), r"\s*[>›»]\s*")),
            tags=tuple(ImportedTerm(name) for name in dict.fromkeys(_tags(self.cell("tags")))),
            images=self.images(),
            original_url=url,
            old_addresses=tuple(dict.fromkeys(_split(self.cell("old_addresses"), r"[\s;|]+|,(?=\s|https?:)"))),
            held_back=held_back,
            place=self.row.place,
            record=self.record,
            problems=(*self.row.problems, *self.problems),
        )

    def cell(self, name: str) -> str:
        place = self.columns.get(name)
        return "" if place is None else _cell(self.row, place)

    def remark(self, problem: str, remedy: str) -> None:
        self.problems.append(Problem(self.row.place, problem, remedy))

    def published(self) -> tuple[date | None, Precision]:
        told = self.cell("published")
        return read_table_date(told, self.order) if told else (None, "unknown")

    def modified(self) -> datetime | None:
        told = self.cell("modified")
        if not told:
            return None
        moment = read_moment(told)
        if moment is None:
            try:
                read, precision = read_table_date(told, self.order)
            except Refusal:
                self.remark(f"“{told[:60]}”, when it was modified, can't be read.", "Set it in the admin.")
                return None
            moment = read if precision == "minute" and isinstance(read, datetime) else None
        return moment

    def bylines(self) -> tuple[ImportedByline, ...]:
        names: list[str] = []
        for printed in _split(self.cell("bylines"), r"[;|\n]+"):
            told = _BY.sub("", printed, count=1) if _BY.match(printed) else printed
            parts = _AND.split(told)
            # “Lee and Sons” is one name.
            names += parts if all(" " in part.strip() for part in parts) else [told]
        return tuple(ImportedByline(name.strip()) for name in dict.fromkeys(names) if name.strip())

    def source(self) -> tuple[ImportedSource | None, str]:
        name = self.cell("source")
        kind = _KINDS.get(self.cell("source_kind").casefold()) or ("agency" if is_agency(name) else None)
        return (ImportedSource(name, kind), "") if name and kind else (None, name)

    def images(self) -> tuple[ImportedImage, ...]:
        addresses = _split(self.cell("image"), r"[\s;|]+|,(?=\s|https?:)")
        words = self.cell("image_alt"), self.cell("image_caption"), self.cell("image_credit")
        if not addresses and not words[1]:
            return ()
        first = ImportedImage(addresses[0] if addresses else "", *words)
        return (first, *(ImportedImage(address) for address in dict.fromkeys(addresses[1:])))


def _split(cell: str, between: str) -> list[str]:
    return [part for each in re.split(between, cell) if (part := each.strip())]


def _tags(cell: str) -> list[str]:
    return _split(cell, r"[;|\n]" if _BETWEEN.search(cell) else ",")


def _as_html(cell: str) -> str:
    if _MARKUP.search(cell):
        return cell
    cell = cell.replace("\r\n", "\n").replace("\r", "\n")
    blocks = _BLANK_LINE.split(cell) if _BLANK_LINE.search(cell) else cell.split("\n")
    return paragraphs([text for each in blocks if (text := " ".join(each.split()))])


def _digest(headline: str, published: date | None, body: str) -> str:
    content = "\n".join((headline, published.isoformat() if published else "", body))
    return f"text-{sha256(content.encode('utf-8', 'replace')).hexdigest()[:32]}"
