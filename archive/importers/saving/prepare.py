"""All of an article's saving that needs no database: it may be done in another process, and while the last is saved."""

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from types import EllipsisType
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from archive.addresses import AddressError, letters, normalise, slug_in
from archive.embeds import clean_foreign
from archive.fingerprints import fingerprint
from archive.importers.base import (
    ImportedArticle,
    ImportedByline,
    ImportedImage,
    ImportedTerm,
    Problem,
    Refusal,
    place_within,
)
from archive.importers.files import LONGEST_PLACE
from archive.importers.languages import detect
from archive.importers.mojibake import repair
from archive.models import Article
from archive.models.article import placed, slug_of
from archive.models.outlet import Language
from archive.models.record import pack, unpack
from archive.sanitize import sanitize
from archive.search.analysis import Analysed, analyse

from .wrong import said

# What is looked at before it is saved; relations are found or made by us, and the rest follows from these.
CHECKED_FIELDS = frozenset(
    {
        *("original_id", "headline", "slug", "summary", "kicker", "language", "published_on", "published_at"),
        *("published_precision", "modified_at", "dateline", "sign_off", "original_url"),
    }
)
LONGEST_NAME = 200
# A control character is always written so in JSON; a backslash before it would be doubled.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_PLAIN_ADDRESS = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,9}[a-z]{2,60}(?:/[!-~]*)?")
# Where one of these letters stands, something may have been read in a wrong encoding.
_MAY_BE_MISREAD = re.compile("[\u00c2\u00c3\u00c5\u00e2]")


@dataclass(frozen=True, slots=True)
class Ground:
    """What is to be known of an outlet, and of the day, before its articles are prepared."""

    outlet: str
    language: str
    time_zone: str
    now: datetime
    # That of articles which do not tell theirs, as the operator says.
    told_language: str = ""


@dataclass(slots=True)
class ReceivedRecord:
    digest: str
    # The length of what was received, in bytes.
    size: int
    captured_from: str
    captured_at: datetime | None
    # As it was received, until it is packed.
    plain: bytes
    found_packed: bytes = b""

    @property
    def content(self) -> bytes:
        return unpack(self.found_packed) if self.found_packed else self.plain

    @property
    def packed(self) -> bytes:
        if not self.found_packed:
            self.found_packed, self.plain = pack(self.plain), b""
        return self.found_packed


@dataclass(slots=True)
class Prepared:
    """An imported article, ready to be saved."""

    # Without its text and record where it comes from another process (passing.py): they stand below.
    imported: ImportedArticle
    digest: str
    # The article's own fields, as the import has them.
    values: dict[str, Any]
    # The slug is the import's own, not made from the headline.
    names_slug: bool
    bylines: tuple[ImportedByline, ...]
    section: tuple[ImportedTerm, ...]
    tags: tuple[ImportedTerm, ...]
    has_source: bool
    images: tuple[ImportedImage, ...]
    # The normal form of each, as it was written, and the letters of the slug in it.
    addresses: tuple[tuple[str, str, str], ...]
    record: ReceivedRecord | None
    problems: list[Problem] = field(default_factory=list)
    # It has its key already, and is taken exactly as it is told.
    is_own: bool = False
    # In what it stood.
    file: str = ""
    format: str = ""
    found_analysed: Analysed | None = None
    found_fingerprint: int | EllipsisType | None = ...

    @property
    def place(self) -> str:
        return place_within(self.file, self.imported.place)[-LONGEST_PLACE:]

    def make_ready(self) -> None:
        """Find what either process may find, so that the one that saves need not."""
        # What goes wrong is told where it is asked for again.
        with suppress(Exception):
            if self.record:
                self.record.packed  # noqa: B018  it is kept
            if not self.values["held_back"]:
                self.analysed  # noqa: B018
            self.fingerprint  # noqa: B018

    @property
    def analysed(self) -> Analysed:
        """Its stems: found when they are first asked for."""
        if self.found_analysed is None:
            self.found_analysed = _analysed(self)
        return self.found_analysed

    @property
    def fingerprint(self) -> int | None:
        """That of its text: found when it is first asked for."""
        if self.found_fingerprint is ...:
            self.found_fingerprint = fingerprint(self.values["body"])
        return self.found_fingerprint

    @property
    def raw(self) -> bytes:
        return self.record.content if self.record else b""

    @property
    def moment(self) -> datetime | None:
        """When this version was made, as far as it is told."""
        return self.values["modified_at"] or self.values["published_at"]


def prepare(imported: ImportedArticle, ground: Ground, *, is_known: bool = False) -> Prepared:
    """Raises Refusal for an article that can't be saved as it is.

    Of one that is known, which comes from the record that is kept of it, no other is made.
    """
    return (_PreparingOwn if imported.key else _Preparing)(imported, ground, is_known).prepared()


def _analysed(prepared: Prepared) -> Analysed:
    """The stems of an article's words, in the order in which it is saved."""
    bylines, images = prepared.bylines, prepared.images
    if prepared.is_own:
        bylines, images = _in_order(bylines), _in_order(images)
    values = prepared.values
    return analyse(
        values["headline"],
        values["summary"],
        [each.printed or each.name.strip() for each in bylines],
        values["dateline"],
        values["body"],
        [each.caption for each in images if each.caption],
        values["language"],
    )


def _in_order(things: tuple[Any, ...]) -> tuple[Any, ...]:
    numbered = enumerate(things, start=1)
    return tuple(each for place, each in sorted(numbered, key=lambda pair: (pair[1].order, pair[1].number or pair[0])))


class _Preparing:
    def __init__(self, imported: ImportedArticle, ground: Ground, is_known: bool) -> None:
        self.imported = imported
        self.ground = ground
        self.is_known = is_known
        self.problems: list[Problem] = []

    def prepared(self) -> Prepared:
        self.check_at_once()
        canonical = _canonical(self.imported)
        is_embargoed = self.is_embargoed()
        # When its embargo ends, the same article is another.
        digest = sha256((canonical + "\x1fembargoed" if is_embargoed else canonical).encode()).hexdigest()
        record = self.record()
        received = self.imported.body
        if _MAY_BE_MISREAD.search(canonical):
            self.mend()
        # It is as long as all else together.
        del canonical
        imported = self.imported
        language = self.language()
        html, pictures, _embeds = clean_foreign(imported.body, language, imported.original_url)
        body = sanitize(html)
        if body == received:
            # One text, passed on once.
            body = received
        values = {
            "headline": imported.headline.strip(),
            "slug": slug_of((imported.slug or imported.headline)[:_SLUG_IS_IN]),
            "summary": imported.summary,
            "kicker": imported.kicker,
            "body_received": received,
            "body": body,
            "language": language,
            **self.dates(),
            "modified_at": self.instant(imported.modified),
            "dateline": imported.dateline,
            "sign_off": imported.sign_off,
            "original_url": self.original_url(),
            "indexable": imported.indexable,
            "held_back": imported.held_back or is_embargoed,
            "provider": self.cut(imported.provider, 100, "provider code"),
            "urgency": imported.urgency or None,
        }
        self.check(values)
        return Prepared(
            imported=imported,
            digest=digest,
            values=values,
            names_slug=bool(imported.slug),
            bylines=self.bylines(),
            section=tuple(each for each in imported.section if self.is_named(each, "section")),
            tags=tuple(each for each in imported.tags if self.is_named(each, "tag")),
            has_source=self.is_named(imported.source, "source"),
            images=self.images(pictures),
            addresses=self.addresses(),
            record=record,
            problems=self.problems,
        )

    def record(self) -> ReceivedRecord | None:
        content = self.imported.record
        if not content or self.is_known:
            return None
        imported = self.imported
        # It is another's text and may be anything.
        captured_from = imported.captured_from.replace("\x00", "")[:2000]
        digest = sha256(content).hexdigest()
        return ReceivedRecord(digest, len(content), captured_from, self.instant(imported.captured_at), content)

    def is_embargoed(self) -> bool:
        until = self.instant(self.imported.embargoed_until)
        if until is None or until <= self.ground.now:
            return False
        self.remark(
            f"It is under embargo until {until:%Y-%m-%d %H:%M %Z}, and held back.",
            "Import it again after that, or clear it in the admin.",
        )
        return True

    def mend(self) -> None:
        """Undo wrong readings of the article's letters, where that is certain."""
        doubtful = set()
        repaired = set()

        def mended(text: str, what: str) -> str:
            text, verdict = repair(text)
            if verdict:
                (repaired if verdict == "repaired" else doubtful).add(what)
            return text

        imported = self.imported
        self.imported = replace(
            imported,
            **{
                name: mended(getattr(imported, name), name)
                for name in ("headline", "body", "summary", "kicker", "dateline", "credit")
            },
            bylines=tuple(
                replace(each, name=mended(each.name, "bylines"), printed=mended(each.printed, "bylines"))
                for each in imported.bylines
            ),
            section=tuple(replace(each, name=mended(each.name, "section")) for each in imported.section),
            tags=tuple(replace(each, name=mended(each.name, "tags")) for each in imported.tags),
            images=tuple(
                replace(each, **{name: mended(getattr(each, name), "images") for name in ("alt", "caption", "credit")})
                for each in imported.images
            ),
            corrections=tuple(replace(each, text=mended(each.text, "corrections")) for each in imported.corrections),
        )
        if repaired:
            self.remark(
                f"UTF-8 had been read in another encoding ({', '.join(sorted(repaired))}); that was undone.",
                "Look at its accents and quotation marks.",
            )
        if doubtful:
            self.remark(
                "UTF-8 seems to have been read in another encoding in places "
                f"({', '.join(sorted(doubtful))}); it was left as it is.",
                "Mend it in the admin.",
            )

    def language(self) -> str:
        told = self.imported.language.lower().replace("_", "-")
        for code in (told, told.partition("-")[0]):
            if code in _LANGUAGES:
                return code
        if told:
            self.remark(
                f"Its language, “{self.imported.language}”, is none of the archive's; it was taken for the outlet's.",
                "Set its language in the admin.",
            )
            return self.ground.language
        found = self.ground.told_language or detect(self.imported.body)
        if found in _LANGUAGES:
            return found
        if not found:
            return self.ground.language
        self.remark(
            f"No language is told; by its words it is “{found}”, none of the archive's. It was taken for the outlet's.",
            "Set its language in the admin.",
        )
        return self.ground.language

    def dates(self) -> dict[str, Any]:
        published, precision = self.imported.published, self.imported.published_precision
        instant = local = None
        if precision == "minute":
            instant = self.instant(published)
            try:
                local = instant.astimezone(ZoneInfo(self.ground.time_zone))
            except OverflowError:
                raise Refusal(f"Its date, {published}, is out of all range.", "Mend it in the file.") from None
        day, order = placed(None if instant else published, precision, local)
        return {
            "published_at": instant,
            "published_on": day,
            "published_precision": precision,
            "published_order": order,
        }

    def instant(self, moment: Any) -> Any:
        if moment is not None and moment.tzinfo is None:
            return moment.replace(tzinfo=ZoneInfo(self.ground.time_zone))
        return moment

    def original_url(self) -> str:
        url = self.imported.original_url
        # A field's own look at an address takes longer than all else that is done with it.
        longest = _longest("original_url")
        if not url or (len(url) <= longest and _PLAIN_ADDRESS.fullmatch(url)):
            return url
        with suppress(ValidationError):
            if len(url) <= longest:
                return str(_field("original_url").clean(url, None))
        self.remark(f"Its original address, “{url[:300]}”, is no web address.", "Mend it in the admin.")
        return ""

    def is_named(self, named: Any, what: str) -> bool:
        """Whether a name that came with the article can be kept."""
        if named is None or not (name := named.name.strip()):
            return False
        if len(name) <= LONGEST_NAME:
            return True
        self.remark(
            f"The {what} “{name[:80]}…” is over {LONGEST_NAME} characters long and was left out.",
            "Mend it in the file, or add it in the admin.",
        )
        return False

    def bylines(self) -> tuple[ImportedByline, ...]:
        return tuple(
            replace(each, printed=self.cut(each.printed, 300, "printed byline")) if len(each.printed) > 300 else each
            for each in self.imported.bylines
            if self.is_named(each, "author")
        )

    def images(self, in_text: tuple[ImportedImage, ...]) -> tuple[ImportedImage, ...]:
        """The article's pictures, and those that stood in its text; each once, with the words of both."""
        by_address = {each.original_address: each for each in in_text if each.original_address}
        own = []
        for each in self.imported.images:
            address = each.original_address
            same = by_address.get(address) or by_address.get(_whole(address, self.imported.original_url))
            if same:
                words = {name: getattr(each, name) or getattr(same, name) for name in ("alt", "caption", "credit")}
                each = replace(each, original_address=same.original_address, **words)
            own.append(each)
        known = {each.original_address for each in own}
        found = (*own, *(each for each in in_text if each.original_address not in known))
        return tuple(self.short_enough(each) for each in found)

    def short_enough(self, image: ImportedImage) -> ImportedImage:
        if len(image.alt) <= 500 and len(image.credit) <= 300 and len(image.original_address) <= 2000:
            return image
        return replace(
            image,
            alt=self.cut(image.alt, 500, "text alternative"),
            credit=self.cut(image.credit, 300, "picture's credit"),
            original_address=self.cut(image.original_address, 2000, "picture's address"),
        )

    def addresses(self) -> tuple[tuple[str, str, str], ...]:
        found: dict[str, str] = {}
        for url in (self.imported.original_url, *self.imported.old_addresses):
            try:
                if url:
                    found.setdefault(normalise(url), url)
            except AddressError as error:
                self.remark(str(error), "Add the right one to the article in the admin.")
        return tuple((place, url, letters(slug_in(place))) for place, url in found.items())

    def check_at_once(self) -> None:
        """Refuse what is so long that no mending makes it short, before it is taken apart."""
        for name in ("bylines", "section", "tags", "images", "corrections", "old_addresses"):
            if len(getattr(self.imported, name)) > MOST_OF_A_KIND:
                raise Refusal(
                    f"It has over {MOST_OF_A_KIND} authors, tags, pictures or other things of one kind.",
                    "Take out of the file those that are none of it, and import again.",
                )
        for name in ("headline", "kicker", "dateline", "sign_off"):
            length, validator = len(getattr(self.imported, name)), MaxLengthValidator(_longest(name))
            if length > _FAR_TOO_LONG:
                # In the field's words, without the frames in which it would keep the text.
                params = {"limit_value": validator.limit_value, "show_value": length}
                raise _cant_be_saved(ValidationError({name: ValidationError(validator.message, params=params)}))

    def check(self, values: dict[str, Any]) -> None:
        """Let the fields themselves say what is wrong, where a short look finds that something may be."""
        id_length = len(self.imported.original_id)
        if (
            values["headline"]
            and id_length <= _longest("original_id")
            and all(len(values[name]) <= _longest(name) for name in _TEXTS)
        ):
            return
        article = Article(original_id=self.imported.original_id, **values)
        try:
            article.clean_fields(exclude={each.name for each in Article._meta.fields} - CHECKED_FIELDS)
        except ValidationError as error:
            raise _cant_be_saved(error) from None

    def cut(self, text: str, longest: int, what: str) -> str:
        if len(text) > longest:
            self.remark(f"The {what} is over {longest} characters long and was cut.", "Look at it in the admin.")
        return text[:longest]

    def remark(self, problem: str, remedy: str) -> None:
        self.problems.append(Problem(self.imported.place, problem, remedy))


class _PreparingOwn(_Preparing):
    """An article of an archive's own export: nothing is guessed or mended, and all that is safe is kept."""

    def prepared(self) -> Prepared:
        imported = self.imported
        self.check_at_once()
        _canonical(imported)
        body = sanitize(imported.body)
        values = {
            "headline": imported.headline.strip(),
            "slug": imported.slug if _SLUG.fullmatch(imported.slug) else slug_of(imported.slug or imported.headline),
            "summary": imported.summary,
            "kicker": imported.kicker,
            "body_received": imported.received or imported.body,
            "body": body,
            "language": self.language(),
            **self.dates(),
            "modified_at": self.instant(imported.modified),
            "dateline": imported.dateline,
            "sign_off": imported.sign_off,
            "original_url": self.original_url(),
            "indexable": imported.indexable,
            "held_back": imported.held_back,
            "provider": self.cut(imported.provider, 100, "provider code"),
            "urgency": imported.urgency or None,
        }
        self.check(values)
        return Prepared(
            imported=imported,
            digest=imported.imported_digest[:64],
            values=values,
            names_slug=True,
            bylines=self.bylines(),
            section=tuple(each for each in imported.section if self.is_named(each, "section")),
            tags=tuple(each for each in imported.tags if self.is_named(each, "tag")),
            has_source=self.is_named(imported.source, "source"),
            images=tuple(replace(each, file=self.file(each.file)) for each in self.images(())),
            addresses=self.addresses(),
            record=self.record(),
            problems=self.problems,
            is_own=True,
        )

    def file(self, name: str) -> str:
        """A picture's file, if it is one of this article's own: a foreign export could name anything."""
        return name if re.fullmatch(rf"pictures/{self.imported.key}/[a-z0-9][-\w.]{{0,200}}", name, re.ASCII) else ""

    def addresses(self) -> tuple[tuple[str, str, str], ...]:
        # Staff may have taken the original address away from the old ones.
        self.imported = replace(self.imported, original_url="")
        return super().addresses()


_SLUG = re.compile(r"[-a-zA-Z0-9_]{1,120}")
_LANGUAGES = frozenset(Language.values)
_TEXTS = ("headline", "slug", "kicker", "dateline", "sign_off", "original_url")


# Authors, tags, pictures or old addresses of one article.
MOST_OF_A_KIND = 10_000
# A title of fifty pages is none, in whatever encoding it was misread.
_FAR_TOO_LONG = 100_000
# A slug is made of so much of a headline, whatever signs it begins with.
_SLUG_IS_IN = 10_000


@cache
def _field(name: str) -> Any:
    return Article._meta.get_field(name)


@cache
def _longest(name: str) -> int:
    return int(_field(name).max_length)


def _cant_be_saved(error: ValidationError) -> Refusal:
    return Refusal(f"It can't be saved as it is. {said(error)}", "Mend it in the file, and import again.")


def _whole(address: str, base: str) -> str:
    """A picture's address as it is meant on the page of its article."""
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _canonical(imported: ImportedArticle) -> str:
    if not imported.identity:
        raise Refusal("It has no id.", "Give it one: from its id its permanent address is made.")
    canonical = imported.canonical()
    if "\\u0000" in canonical and _NUL.search(canonical):
        raise Refusal("It holds a NUL character, which no text has.", "Take it out of the file, and import again.")
    try:
        canonical.encode()
    except UnicodeEncodeError:
        raise Refusal(
            "It holds half a character (a lone surrogate).", "Take it out of the file, and import again."
        ) from None
    return canonical
