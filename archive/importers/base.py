"""The contract between the format readers and whoever saves what they read.

A reader is a module with two functions:

    recognises(head)        whether a file that begins with these bytes is of the reader's format
    read(stream, options)   what stands in the file, item by item, in the file's order

It reads as it goes, so that no file is too large; it imports no model, saves nothing and prints nothing. A Problem
that it yields is an item refused. A Problem in an article's `problems` is a remark on an article that is taken.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from functools import cache
from typing import Any, BinaryIO, Literal, Protocol

from .items import ImportedPage, ImportedRow, ImportedShared, ImportedWithdrawal, LeftOut, WithdrawalReason

Precision = Literal["minute", "day", "month", "year", "unknown"]
Role = Literal["text", "photo", "translation", "interview", "drawing"]
SourceKind = Literal["staff", "agency", "partner", "contributor"]
# Nothing: the file may be shown.
Withheld = Literal["", "rights", "not-rescued", "privacy", "legal"]
CorrectionKind = Literal["correction", "clarification", "update", "editors-note"]
# What a revision of an archive's own export tells that was done.
RevisionVerb = Literal["taken-in", "imported-again", "import-undone", "edited", "corrected", "withdrawn", "reinstated"]
Placement = Literal["banner", "footer"]

# A report is one object in memory; what goes beyond this stands with the items of its run.
MOST_PROBLEMS = 10_000
MOST_GROUPS = 1_000
# A file whose first items are all refused, so many of them, is another than it was taken for.
MOST_IN_VAIN = 10_000
# The same for what follows behind good ones: so many more for each of them, for the larger a file, the more of it may
# be none of an article; and so many at most.
IN_VAIN_FOR_EACH = 10
MOST_IN_VAIN_LATER = 150_000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and what helps."""

    place: str
    problem: str
    remedy: str
    # What was refused, if it is at hand: by itself a file of its format, which can be mended and read again.
    raw: bytes = field(default=b"", compare=False, repr=False)
    # Of remarks that very many items may have in common, a report tells the first of each group and their number.
    group: str = field(default="", compare=False, repr=False)

    def within(self, file: str) -> "Problem":
        """The same, its place told from the file's name on."""
        return replace(self, place=place_within(file, self.place))


def place_within(file: str, place: str) -> str:
    return f"{file}: {place}" if place else file


class Refusal(Exception):
    """An item, or a whole file, that can't be taken."""

    def __init__(self, problem: str, remedy: str, place: str = "") -> None:
        super().__init__(problem)
        self.problem = Problem(place, problem, remedy)


@dataclass(frozen=True, slots=True)
class ImportedByline:
    name: str
    # As it stood on the page, where that is not the name.
    printed: str = ""
    role: Role = "text"
    # The author's name in the addresses of the system that the article came from; it tells namesakes apart.
    slug: str = ""
    # Its own in an archive; 0 is given when it is saved. So everywhere below.
    number: int = 0
    order: int = 0


@dataclass(frozen=True, slots=True)
class ImportedTerm:
    """A section or a tag."""

    name: str
    slug: str = ""


@dataclass(frozen=True, slots=True)
class ImportedSource:
    name: str
    kind: SourceKind
    slug: str = ""


@dataclass(frozen=True, slots=True)
class ImportedImage:
    """A picture of which no file is at hand keeps its words, its address and the reason."""

    original_address: str = ""
    alt: str = ""
    caption: str = ""
    credit: str = ""
    withheld: Withheld = "not-rescued"
    # Where the archive that it comes from kept the file: it is this one's, if it is there.
    file: str = ""
    width: int = 0
    height: int = 0
    number: int = 0
    order: int = 0


@dataclass(frozen=True, slots=True)
class ImportedCorrection:
    kind: CorrectionKind
    text: str
    made_on: date
    number: int = 0


@dataclass(frozen=True, slots=True)
class ImportedTombstone:
    """A withdrawal that the article brings with it, in force or ended."""

    withdrawn_on: date
    reason: WithdrawalReason
    status_code: int = 410
    show_headline: bool = True
    public_note: str = ""
    reinstated_on: date | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class ImportedRevision:
    """A change that another archive made to the article, as it told it; by whom is not told."""

    verb: RevisionVerb
    made_at: datetime
    reason: str = ""
    is_public: bool = True
    # {"field": ["before", "after"]}
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundNotice:
    """A closure notice that stood on a page, as a crawler or an export left it."""

    placement: Placement
    language: str
    # The outlet that it speaks of, as it names it, and the year that it tells.
    outlet: str
    year: int
    text: str
    # The text with {outlet}, {year}, {faq} and {contact} in the place of what they stand for.
    message: str
    faq: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class ImportedArticle:
    """Everything that an article can carry, in the words of the system that it came from."""

    # Its id there. The article's key is derived from it, so it must be the same each time the article is read.
    original_id: str
    headline: str
    # HTML, as received: it is sanitised when it is saved.
    body: str = ""
    # Empty: made from the headline.
    slug: str = ""
    summary: str = ""
    kicker: str = ""
    # Empty: the outlet's.
    language: str = ""
    # A datetime for a minute (the outlet's clock, if it has no zone), a date for a day, month or year, else None.
    published: date | None = None
    published_precision: Precision = "unknown"
    modified: datetime | None = None
    dateline: str = ""
    sign_off: str = ""
    bylines: tuple[ImportedByline, ...] = ()
    source: ImportedSource | None = None
    # From the topmost section down to the article's own.
    section: tuple[ImportedTerm, ...] = ()
    tags: tuple[ImportedTerm, ...] = ()
    images: tuple[ImportedImage, ...] = ()
    corrections: tuple[ImportedCorrection, ...] = ()
    # The address at which it was published, and every other at which it was known.
    original_url: str = ""
    old_addresses: tuple[str, ...] = ()
    indexable: bool = True
    held_back: bool = False

    # The code by which its supplier is named in the file (“AFP”, “CP”), and the credit line as printed.
    provider: str = ""
    credit: str = ""
    # Until then it may not be published.
    embargoed_until: datetime | None = None
    # How urgent it was to its sender, from 1 (flash) to 9; 0 is not told.
    urgency: int = 0

    # What only an archive's own export tells. With a key the article is taken exactly as it is told: nothing is
    # derived, guessed or mended. `received` is its text as first received, where that is another than `body`.
    key: str = ""
    received: str = ""
    imported_digest: str = ""
    # The rule by which its source was recognised: source, evidence, pattern.
    source_rule: tuple[str, ...] = ()
    # The key of the article of which it is a version in another language or of another edition.
    version_of: str = ""
    tombstones: tuple[ImportedTombstone, ...] = ()
    # When that archive took it in, and what it did to it since, the first first; None where that is not told.
    taken_in: datetime | None = None
    history: tuple[ImportedRevision, ...] | None = None

    # Not the article's own: where it stood in the file, what stood around it, what the reader has to say of it.
    place: str = field(default="", metadata={"own": False})
    # The record as received, by itself a file of the same format that holds this item alone: read again, it gives
    # the same article. And where and when a crawl met it.
    record: bytes = field(default=b"", metadata={"own": False})
    captured_from: str = field(default="", metadata={"own": False})
    captured_at: datetime | None = field(default=None, metadata={"own": False})
    notices: tuple[FoundNotice, ...] = field(default=(), metadata={"own": False})
    problems: tuple[Problem, ...] = field(default=(), metadata={"own": False})
    # `published` is when this version was made: where an earlier one's date is known, that stays.
    dated_by_version: bool = field(default=False, metadata={"own": False})

    def __post_init__(self) -> None:
        wanted: type | None = None
        if self.published_precision != "unknown":
            wanted = datetime if self.published_precision == "minute" else date
        if type(self.published) is not (wanted or type(None)):
            raise ValueError(f"a date known to the {self.published_precision} can't be {self.published!r}")

    @property
    def identity(self) -> str:
        """By what it is known from another of its outlet."""
        return self.key or self.original_id

    def canonical(self) -> str:
        """All that the article carries, as JSON: always the same for the same article. What is empty is left out."""
        carried = {name: value for name in _names(ImportedArticle) if (value := getattr(self, name))}
        return json.dumps(carried, default=_plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return {name: content for name in _names(value.__class__) if (content := getattr(value, name))}


@cache
def _names(kind: type) -> tuple[str, ...]:
    """The fields of a class that are its own."""
    return tuple(each.name for each in fields(kind) if each.metadata.get("own", True))


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the operator tells the reader about a file."""

    # Empty: told from the content.
    encoding: str = ""
    # Column names of a table, by the field that each fills: ("headline", "Titre").
    columns: tuple[tuple[str, str], ...] = ()
    # The language of articles that do not tell theirs, where the operator knows it.
    language: str = ""
    # The outlet's time zone, for what a file leaves unsaid.
    time_zone: str = "UTC"
    # The outlet's former website, for addresses that a file gives without their host.
    website: str = ""
    # The slug of the outlet into which it is read, for a file that holds several outlets.
    outlet: str = ""


Item = ImportedArticle | ImportedPage | ImportedRow | ImportedShared | ImportedWithdrawal | LeftOut | Problem


def until_hopeless(items: Iterator[Item]) -> Iterator[Item]:
    """The items of a file. Raises Refusal where the first MOST_IN_VAIN are refused, every one, or so many of them one
    after another further on that they stand in no relation to the good ones before.
    """
    good = refused = 0
    for item in items:
        yield item
        if not isinstance(item, Problem):
            good, refused = good + 1, 0
            continue
        refused += 1
        if refused == min(MOST_IN_VAIN + IN_VAIN_FOR_EACH * good, MOST_IN_VAIN_LATER):
            raise Refusal(
                f"{'One after another,' if good else 'The first'} {refused} items were all refused; "
                "the rest was not read.",
                "Look at what they have in common, or name another format with --format.",
                item.place,
            )


class Reader(Protocol):
    def recognises(self, head: bytes) -> bool: ...

    def read(self, stream: BinaryIO, options: ReadOptions) -> Iterator[Item]: ...


@dataclass(slots=True)
class NoticeOutcome:
    """What became of a closure notice that stood on the pages read."""

    notice: FoundNotice
    pages: int
    state: Literal["matched", "learned", "offered"]
    # What was done about it, and what is left to do.
    note: str = ""
    remedy: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "placement": self.notice.placement,
            "language": self.notice.language,
            "outlet": self.notice.outlet,
            "year": self.notice.year,
            "text": self.notice.text,
            "pages": self.pages,
            "note": self.note,
            "remedy": self.remedy,
        }


@dataclass(slots=True)
class ImportReport:
    """What an import did."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    formats: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    # Of those taken, they that have the text of another article.
    duplicates: int = 0
    # Of what updates changed, how many did, by its name.
    changed: dict[str, int] = field(default_factory=dict)
    # Files of pictures that came to their articles.
    pictures: int = 0
    # Withdrawals of articles that did not come with them: each is withdrawn as soon as it does.
    awaited: int = 0
    # What an archive does not take, by its kind.
    left_out: dict[str, int] = field(default_factory=dict)
    # Earlier runs whose process died.
    broken_off: list[str] = field(default_factory=list)
    # How far the present file is read, in bytes; 0 where it is not known.
    position: int = 0
    size: int = 0
    problems: list[Problem] = field(default_factory=list)
    # Those beyond MOST_PROBLEMS.
    problems_left_out: int = 0
    # How many remarks there are in a group, the one that stands with the problems among them.
    groups: dict[str, int] = field(default_factory=dict)
    notices: list[NoticeOutcome] = field(default_factory=list)

    @property
    def taken(self) -> int:
        return self.created + self.updated + self.unchanged

    @property
    def exit_status(self) -> int:
        """0: all was taken; 1: some items were refused; 2: nothing could be read, for no file was of a known format."""
        if not self.formats:
            return 2
        return 1 if self.refused else 0

    def add(self, *problems: Problem) -> None:
        for problem in problems:
            if problem.group in self.groups:
                self.groups[problem.group] += 1
            elif problem.group and len(self.groups) < MOST_GROUPS:
                self.groups[problem.group] = 1
                self.problems.append(problem)
            elif len(self.problems) < MOST_PROBLEMS:
                self.problems.append(problem)
            else:
                self.problems_left_out += 1

    def told(self) -> list[Problem]:
        """The problems as they are to be told: first what many items have in common, with their number."""
        found = sorted(self.problems, key=lambda problem: problem.group not in self.groups)
        return [self._counted(problem) for problem in found]

    def _counted(self, problem: Problem) -> Problem:
        number = self.groups.get(problem.group, 0)
        if number < 2:
            return problem
        return replace(problem, problem=f"{problem.problem} ({number:,} items say the like; this is the first.)")

    def as_dict(self) -> dict[str, Any]:
        """For --json. One run is its key, several are a list, none (a trial, or nothing read) is null."""
        problems = self.told()
        if self.problems_left_out:
            problems.append(
                Problem(
                    "the report",
                    f"{self.problems_left_out} more problems are left out here.",
                    "Look at the items of the run in the admin.",
                )
            )
        return {
            "format": ", ".join(self.formats) or None,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "refused": self.refused,
            "duplicates": self.duplicates,
            "changed": self.changed,
            "pictures": self.pictures,
            "awaited": self.awaited,
            "left_out": self.left_out,
            "run": self.runs[0] if len(self.runs) == 1 else self.runs or None,
            "broken_off": self.broken_off,
            "problems": [{"place": each.place, "problem": each.problem, "remedy": each.remedy} for each in problems],
            "notices": [each.as_dict() for each in self.notices],
        }
