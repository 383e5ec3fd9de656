"""The form of all that is asked and answered, each value with its meaning. Meanings are messages of the catalogue."""

import calendar
import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Literal

from django.utils.translation import gettext_noop as _
from ninja import Field, Schema
from pydantic import BeforeValidator, WithJsonSchema

from archive.exporters.open_form import FIELDS

KEY = r"^[0-9A-Za-z]{12}$"
SLUG = r"^[-a-zA-Z0-9_]{1,120}$"
SECTION = r"^[-a-zA-Z0-9_]{1,120}/[-a-zA-Z0-9_]{1,120}$"
YEAR = r"^(undated|[12][0-9]{3})$"
DAY = r"^[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
CURSOR = r"^(n[0-9]{1,14}-[0-9]{1,18}|c[0-9]{1,17}-[0-9]{1,18}|s[-.,:_~a-zA-Z0-9]{1,100})$"
LONGEST_TEXT = 500
LONGEST_ADDRESS = 8000
MOST = 100

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d:)(\d\d)(\.\d{1,6})?\d*([Zz]|[+-]\d\d:\d\d))?", re.ASCII)

Language = Literal["fr", "en"]
Precision = Literal["minute", "day", "month", "year", "unknown"]


def read_moment(text):
    """An instant or a day (its beginning in UTC) of RFC 3339. Raises ValueError for anything else."""
    match = _MOMENT.fullmatch(str(text))
    if match is None:
        raise ValueError("Write a day as in 2026-01-31, or an instant as in 2026-01-31T12:00:00Z.")
    day, minutes, seconds, fraction, offset = match.groups()
    if minutes is None:
        return datetime.combine(date.fromisoformat(day), time(), UTC)
    # A leap second is the end of the one before it.
    seconds = min(seconds, "59")
    moment = datetime.fromisoformat(f"{day}T{minutes}{seconds}{fraction or ''}{offset.upper()}")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)


def read_day(text):
    day = date.fromisoformat(str(text)) if re.fullmatch(r"\d{4}-\d\d-\d\d", str(text), re.ASCII) else None
    if day is None:
        raise ValueError("Write a day as in 2026-01-31.")
    return day


def last_day(year, month):
    return calendar.monthrange(year, month)[1]


Moment = Annotated[
    datetime,
    BeforeValidator(read_moment),
    WithJsonSchema({"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]}),
]
Day = Annotated[date, BeforeValidator(read_day), WithJsonSchema({"type": "string", "format": "date"})]


def meant(meaning, *examples, **bounds):
    return Field(description=meaning, examples=list(examples) or None, **bounds)


def may_be_asked(meaning, *examples, default=None, **bounds):
    return Field(default, description=meaning, examples=list(examples) or None, **bounds)


# What is asked


class ArticleQuery(Schema):
    q: str = may_be_asked(
        _(
            "Words to search for, in the language of the search page: all must stand in an article; “exact phrase”, "
            "-without, OR, author:, section:, source:, before:, after: are understood."
        ),
        "sotchi",
        default="",
        max_length=LONGEST_TEXT,
    )
    outlet: str = may_be_asked(
        _("Those of this outlet, by its address name."), "huffpost-quebec", default="", pattern=SLUG
    )
    section: str = may_be_asked(
        _("Those of this section, by the address names of its outlet and itself."),
        "huffpost-quebec/monde",
        default="",
        pattern=SECTION,
    )
    source: str = may_be_asked(_("Those from this source, by its address name."), "afp", default="", pattern=SLUG)
    author: str = may_be_asked(_("Those of this author, by their address name."), default="", pattern=SLUG)
    tag: str = may_be_asked(_("Those with this tag, by its address name."), default="", pattern=SLUG)
    language: Language = may_be_asked(_("Those in this language."), "fr", default="")
    year: str = may_be_asked(
        _("Those published in this year; undated for those of which no date is known."),
        "2014",
        default="",
        pattern=YEAR,
    )
    published_after: str = may_be_asked(
        _("Those published in or after this year, month or day; one that may have been counts."),
        "2014-01",
        default="",
        pattern=DAY,
    )
    published_before: str = may_be_asked(
        _("Those published before this year, month or day; one that may have been counts."),
        "2014-02-01",
        default="",
        pattern=DAY,
    )
    changed_since: Moment = may_be_asked(
        _(
            "Those that the archive changed at or after this instant (or the beginning of this day in UTC), the "
            "earliest change first, with the keys of those withdrawn since. To keep a copy up to date, note when you "
            "begin, follow `next` to the end, and give that instant the next time."
        ),
        "2026-01-31T00:00:00Z",
    )
    order: Literal["newest", "relevance"] = may_be_asked(
        _("In which order those that match `q` come; everything else comes newest first."), "newest", default="newest"
    )
    cursor: str = may_be_asked(
        _("Where the page begins, as `next` of the page before says it; it has no meaning of its own."),
        default="",
        pattern=CURSOR,
    )
    limit: int = may_be_asked(_("How many articles a page holds at most."), 20, default=20, ge=1, le=MOST)


# What is answered


class Problem(Schema):
    """A refusal (RFC 9457): what is wrong, and what to do instead."""

    type: str = meant(_("Kind of problem; about:blank, since the status says it."), "about:blank")
    title: str = meant(_("What is wrong, in short."), "Nothing is here")
    status: int = meant(_("HTTP status of the answer."), 404)
    detail: str = meant(_("What is wrong with this very request."))
    remedy: str = meant(_("What to do instead; may be empty."))


class WrongValue(Schema):
    name: str = meant(_("Name of the parameter."), "limit")
    detail: str = meant(_("What it must be."))


class WrongValues(Problem):
    errors: list[WrongValue] = meant(_("Each value that is not of its form."))


class WithdrawnProblem(Problem):
    """An article that has been withdrawn: its key and what is told of the withdrawal, never the article."""

    key: str = meant(FIELDS["key"].meaning, "41k7bfh0v4d1")
    address: str = meant(_("Permanent address of its page, by its key alone."))
    withdrawn_on: str = meant(_("First day on which readers no longer see it."), "2022-03-01")
    reason: Literal["rights-expired", "legal", "privacy", "error", "duplicate", "other"] = meant(
        _("Why it was withdrawn.")
    )
    note: str = meant(_("What readers are told of the withdrawal; may be empty."))


class Named(Schema):
    slug: str = meant(_("Address name."))
    name: str = meant(_("Name."))


class OutletCard(Named):
    address: str = meant(_("Address of its front."))
    network: str = meant(_("Address name of the outlet above it; empty where there is none."))
    language: Language = meant(_("Language in which it was published, an ISO 639-1 code."))
    time_zone: str = meant(_("Its time zone, a name of the IANA database."), "America/Toronto")
    opened_on: str | None = meant(_("Day on which it opened, in ISO 8601; null if unknown."), "2012-02-08")
    closed_on: str | None = meant(_("Day on which it closed, in ISO 8601; null if unknown."), "2021-03-09")
    website: str = meant(_("Address of its website of then; empty if unknown."))
    support_address: str = meant(_("E-mail address for questions and requests; empty if there is none."))
    rights_line: str = meant(_("What is told of rights in its articles."))
    about: str = meant(_("What it was; plain text, an empty line begins a paragraph."))


class SectionCard(Named):
    parent: str = meant(_("Address name of the section above it; empty where there is none."))


class YearOfArticles(Schema):
    year: int = meant(_("The year; 0 for articles of which no date is known."), 2014)
    articles: int = meant(_("How many public articles there are."), 7)
    jsonl: str = meant(_("Address of all of them as JSON Lines."))
    csv: str = meant(_("Address of all of them as CSV."))


class Outlet(OutletCard):
    editions: list[Named] = meant(_("The outlets right below it."))
    sections: list[SectionCard] = meant(_("Its sections, in their order."))
    articles: int = meant(_("How many public articles there are."))
    years: list[YearOfArticles] = meant(_("Its articles by year, the earliest first."))


class OutletList(Schema):
    outlets: list[OutletCard] = meant(_("Every outlet that is kept here, by name."))


class Notice(Schema):
    outlet: str = meant(_("Address name of the outlet whose notice it is: the one asked for, or one above it."))
    language: Language = meant(_("Language of the notice, an ISO 639-1 code."))
    placement: Literal["banner", "footer"] = meant(_("Where it stands: above the page, or at the foot of the window."))
    first_day: str = meant(_("First day on which it stands, in ISO 8601."), "2021-03-09")
    last_day: str | None = meant(_("Last day on which it stands, in ISO 8601; null for good."))
    text: str = meant(_("What it says, as plain text."))
    html: str = meant(_("What it says, as safe HTML."))


class NoticeList(Schema):
    outlet: str = meant(_("Address name of the outlet that was asked for."))
    on: str = meant(_("The day that was asked for, in ISO 8601."), "2021-03-10")
    notices: list[Notice] = meant(_("The notices on its pages that day, the nearest outlet’s first."))


class Byline(Schema):
    number: int = meant(_("Its number within the article, which never changes."), 1)
    order: int = meant(_("Its place among the others."), 0)
    slug: str = meant(_("Address name of the author."))
    name: str = meant(_("Name of the author."))
    printed: str = meant(_("The form that was printed, where that is not the name."))
    role: Literal["text", "photo", "translation", "interview", "drawing"] = meant(_("The author’s part in it."))


class SourceCard(Named):
    kind: Literal["staff", "agency", "partner", "contributor"] = meant(_("What kind of source it is."))


class Image(Schema):
    number: int = meant(_("Its number within the article, which never changes."), 1)
    address: str = meant(_("Address of the file; empty where the picture may not be shown."))
    width: int | None = meant(_("Width in pixels; null if unknown."), 640)
    height: int | None = meant(_("Height in pixels; null if unknown."), 480)
    alt: str = meant(_("What the picture shows, for who can’t see it."))
    caption: str = meant(_("Caption, as printed."))
    credit: str = meant(_("Credit, as printed."))
    withheld: Literal["", "rights", "not-rescued", "privacy", "legal"] = meant(
        _("Why the picture may not be shown; empty where it may.")
    )


class Correction(Schema):
    number: int = meant(_("Its number within the article, which never changes."), 1)
    kind: Literal["correction", "clarification", "update", "editors-note"] = meant(_("What kind of note it is."))
    made_on: str = meant(_("Its day, in ISO 8601."), "2014-01-23")
    text: str = meant(_("The note; plain text."))


def _told(name, *examples):
    return meant(FIELDS[name].meaning, *examples)


class Article(Schema):
    """A public article, with its text."""

    key: str = _told("key", "41k7bfh0v4d1")
    address: str = _told("address")
    short_address: str = _told("short_address")
    outlet: str = _told("outlet", "huffpost-quebec")
    headline: str = _told("headline")
    slug: str = _told("slug")
    kicker: str = _told("kicker")
    summary: str = _told("summary")
    body: str = _told("body", "<p>…</p>")
    language: Language = _told("language")
    version_of: str = _told("version_of", "5yb4nwxxq6wg", "")
    published: str = _told("published", "2014-01-22T22:47:00+00:00", "2014-05", "")
    published_precision: Precision = _told("published_precision", "minute", "month", "unknown")
    modified: str = _told("modified", "2014-03-24T09:12:00+00:00", "")
    dateline: str = _told("dateline", "WASHINGTON (AFP) –")
    sign_off: str = _told("sign_off", "ddl/gde/are")
    bylines: list[Byline] = _told("bylines")
    source: SourceCard | None = _told("source")
    credit: str = _told("credit")
    rights: str = _told("rights")
    section: list[Named] = _told("section")
    tags: list[Named] = _told("tags")
    images: list[Image] = _told("images")
    corrections: list[Correction] = _told("corrections")
    original_url: str = _told("original_url")
    old_addresses: list[str] = _told("old_addresses")
    indexable: bool = _told("indexable")
    digest: str = _told("digest")
    version: int = _told("version", 1)
    taken_in: str = _told("taken_in", "2026-01-31T09:12:00.123456+00:00")
    changed: str = _told("changed", "2026-01-31T09:12:00.123456+00:00")


class Tombstone(Schema):
    """What is left of an article that was withdrawn. A copy should give it up as well."""

    key: str = _told("key", "41k7bfh0v4d1")
    address: str = meant(_("Permanent address of its page, by its key alone."))
    status: Literal[410, 451] = meant(_("HTTP status of its page: 410, or 451 for legal reasons."))
    changed: str = _told("changed")


class ArticleList(Schema):
    articles: list[Article] = meant(
        _("The articles of this page. There may be fewer than asked for, and even none, while `next` leads on.")
    )
    withdrawn: list[Tombstone] = meant(
        _(
            "Articles withdrawn, where `changed_since` was asked: all of the outlet’s, or of the archive’s, since "
            "nothing else is told of them."
        )
    )
    count: int | None = meant(_("How many articles match, where that was counted."))
    is_count_exact: bool = meant(_("Whether there are no more than were counted."))
    is_partial: bool = meant(_("Whether the search took too long, so that some that match may be missing."))
    next: str | None = meant(_("Address of the next page; null at the end."))


class ResolvedAddress(Schema):
    url: str = meant(_("The address that was asked for."))
    normalised: str = meant(_("The same in the form by which addresses are compared; empty where it is none."))
    status: Literal["found", "withdrawn", "missed"] = meant(
        _("Whether what stood there is here, has been withdrawn, or is not known.")
    )
    way: Literal["address", "id", "slug", "page", ""] = meant(
        _("How that is known: by the address itself, by the id in it, by its words, or as a page of the outlet.")
    )
    key: str | None = meant(_("Key of the article; null where it was none."))
    address: str | None = meant(_("Where it stands now; null where it is not known."))
    outlet: str | None = meant(_("Address name of the outlet whose address it was; null if unknown."))
