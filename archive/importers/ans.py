"""ans: the Arc Native Specification of Arc XP, 0.5 to 0.10, in JSON.

https://github.com/washingtonpost/ans-schema

A file is one story, an array of them, one in each line, or an answer of the API with a list of them. Stories and
galleries are taken. An article's id is its `_id`; a story without one is known by its canonical_url, else by a digest
of its headline and text.

It can't carry: the day of a correction or an editor's note (that of the last update is given, and a remark says so),
a dateline or sign-off of its own, or what a reference leads to. Keywords that a machine found are no tags. Addresses
without a host are taken to be of the outlet's website.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any, BinaryIO

from .ans_text import AnsText, image_of, name_of
from .base import (
    CorrectionKind,
    ImportedArticle,
    ImportedByline,
    ImportedCorrection,
    ImportedImage,
    ImportedSource,
    ImportedTerm,
    Item,
    Precision,
    Problem,
    ReadOptions,
    Refusal,
    Role,
    SourceKind,
)
from .items import LeftOut
from .json_stream import at, line_of_text, objects, records, text
from .pictures import plain
from .told_dates import read_date, read_moment

_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[{]")
_TYPE = re.compile(rb'"type"\s*:\s*"(?:story|gallery|video|image|results|collection|text|raw_html)"')
_ITS_OWN = re.compile(
    rb'"content_elements"\s*:\s*\[|"headlines"\s*:\s*\{|"canonical_website"\s*:|"version"\s*:\s*"0\.\d+\.\d+"'
)
_LISTS = frozenset({"content_elements", "items", "results", "stories", "data"})
_TAKEN = {"story", "gallery"}
_AROUND = {"results", "collection", "feed", ""}

# What the model has room for.
LONGEST_ID = 200
# A file with more things in it that are nothing known is something else.
MOST_STRANGERS = 1000
_SOURCE_KINDS: dict[str, SourceKind] = {"staff": "staff", "wires": "agency", "freelance": "contributor"}
_CORRECTIONS: dict[str, CorrectionKind] = {
    "clarification": "clarification",
    "update": "update",
    "editors-note": "editors-note",
    "editor_note": "editors-note",
    "editors_note": "editors-note",
}
_ROLES: dict[str, Role] = {
    "by": "text",
    "photos_by": "photo",
    "photo_by": "photo",
    "photographer": "photo",
    "translated_by": "translation",
    "translator": "translation",
    "interview_by": "interview",
    "illustration_by": "drawing",
    "illustrator": "drawing",
}
# Codes are each newsroom's own; these can mean but one thing.
_CLOSED = re.compile(r"paid|premium|subscri|abonn|member|registered|exclusi|locked|private", re.IGNORECASE)
_OPEN = {"", "0", "free", "green", "public", "default", "open", "none", "metered"}


def recognises(head: bytes) -> bool:
    return bool(_JSON.match(head) and _TYPE.search(head) and _ITS_OWN.search(head))


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Item]:
    left_out: Counter[str] = Counter()
    strangers = 0
    try:
        for number, found in enumerate(records(stream, options.encoding, _LISTS, _is_story), start=1):
            if isinstance(found, Problem):
                yield found.within(f"item {number}")
                continue
            place = f"item {number}, line {found.line}"
            kind = text(at(found.value, "type"))
            if kind in _TAKEN or (not kind and isinstance(at(found.value, "headlines"), dict)):
                story = _Story(found.value, options, place, found.remarks(place))
                item = story.item()
                yield replace(item, raw=story.record()) if isinstance(item, Problem) else item
            elif kind:
                left_out[kind] += 1
            else:
                yield Problem(place, "It is no story.", "Leave it out of the file.")
                strangers += 1
            if strangers > MOST_STRANGERS:
                raise Refusal("Most of what stands in it is no story.", "Look at what wrote the file.", place)
    except Refusal as refusal:
        yield refusal.problem
    yield from (LeftOut(kind, number) for kind, number in sorted(left_out.items()))


def _is_story(value: Any) -> bool:
    return isinstance(value, dict) and (text(value.get("type")) not in _AROUND or "headlines" in value)


@dataclass(slots=True)
class _Story:
    row: dict[str, Any]
    options: ReadOptions
    place: str
    problems: list[Problem] = field(default_factory=list)

    def item(self) -> ImportedArticle | Problem:
        row = self.row
        headlines = row.get("headlines")
        names = ("basic", "web", "mobile", "native", "print", "meta_title")
        headline = next((told for name in names if (told := plain(text(at(headlines, name))))), "")
        if not headline:
            return Problem(self.place, "It has no headline.", "Give it one in the file, as headlines.basic.")
        written = AnsText()
        body = written.html(row.get("content_elements"))
        published, precision = self.published()
        original_url, old_addresses = self.addresses()
        held_back = self.is_held_back()
        source, provider = self.source()
        section = self.section()
        if written.unknown:
            kinds = "; ".join(sorted({each[:80] for each in written.unknown})[:10])
            self.remark(
                f"Of these elements only plain text was kept, where there was any: {kinds}.", "Look at the text."
            )
        restrictions = at(row, "content_restrictions", "embargo")
        modified = self.moment(row.get("last_updated_date"))
        return ImportedArticle(
            original_id=self.id(headline, body),
            headline=headline,
            body=body,
            summary=self.summary(),
            kicker=self.kicker(),
            language=text(row.get("language")) or text(row.get("locale")),
            published=published,
            published_precision=precision,
            modified=modified if _is_later(modified, published) else None,
            bylines=self.bylines(),
            source=source,
            provider=provider,
            section=section,
            tags=self.tags(section),
            images=self.images(written.images),
            corrections=self.corrections(written.corrections, modified, published),
            original_url=original_url,
            old_addresses=old_addresses,
            indexable=at(row, "syndication", "search") is not False,
            held_back=held_back,
            embargoed_until=self.moment(at(restrictions, "end_time")) if at(restrictions, "active") is True else None,
            place=self.place,
            record=self.record(),
            problems=tuple(self.problems),
        )

    def record(self) -> bytes:
        return json.dumps(self.row, separators=(",", ":")).encode()

    def remark(self, problem: str, remedy: str) -> None:
        self.problems.append(Problem(self.place, problem, remedy))

    def id(self, headline: str, body: str) -> str:
        for name in ("_id", "canonical_url"):
            if 0 < len(told := text(self.row.get(name)).strip()) <= LONGEST_ID:
                return told
        self.remark("It has no _id and no address; its id is a digest of its text.", "Give it its _id in the file.")
        content = f"{headline}\n{body}".encode("utf-8", "replace")
        return f"text-{sha256(content).hexdigest()[:32]}"

    def published(self) -> tuple[date | None, Precision]:
        for name in ("display_date", "first_publish_date", "publish_date"):
            if told := text(self.row.get(name)):
                if read := read_date(told):
                    return read
                self.remark(f"Its date, “{told[:60]}”, can't be read.", "Set the date in the admin.")
        return None, "unknown"

    def moment(self, told: Any) -> datetime | None:
        return read_moment(text(told)) if text(told) else None

    def kicker(self) -> str:
        for name in ("basic", "kicker"):
            label = at(self.row, "label", name)
            if at(label, "display") is not False and (words := plain(text(at(label, "text")))):
                return words[:200]
        return ""

    def bylines(self) -> tuple[ImportedByline, ...]:
        vanity, credits = self.row.get("vanity_credits"), self.row.get("credits")
        told = vanity if at(vanity, "by") else credits
        bylines = []
        for kind, people in told.items() if isinstance(told, dict) else ():
            for person in objects(people):
                printed = line_of_text(person.get("byline"))
                name = name_of(person) or printed
                if not name:
                    self.remark("An author is named by a number alone.", "Add the byline in the admin.")
                elif kind not in _ROLES:
                    self.remark(f"{name[:100]} is named as “{kind[:40]}”, which is no byline.", "Add it in the admin.")
                else:
                    slug = text(person.get("slug"))
                    bylines.append(ImportedByline(name, "" if printed == name else printed, _ROLES[kind], slug))
        return tuple(bylines)

    def source(self) -> tuple[ImportedSource | None, str]:
        distributor, older = self.row.get("distributor"), self.row.get("source")
        if name := line_of_text(at(distributor, "name")):
            return ImportedSource(name, _SOURCE_KINDS.get(text(at(distributor, "category")), "partner")), ""
        if text(at(older, "source_type")) == "wires" and (name := line_of_text(at(older, "name"))):
            return ImportedSource(name, "agency"), ""
        return None, text(at(distributor, "reference_id"))

    def summary(self) -> str:
        """The line under the headline, and what the story is about; once where they are the same."""
        told = (plain(text(at(self.row, name, "basic"))) for name in ("subheadlines", "description"))
        return "\n".join(dict.fromkeys(filter(None, told)))

    def section(self) -> tuple[ImportedTerm, ...]:
        taxonomy, websites = self.row.get("taxonomy"), self.row.get("websites")
        listed = [*objects(at(taxonomy, "sections")), *objects(at(taxonomy, "sites"))]
        if isinstance(websites, dict):
            listed += objects([at(site, "website_section") for site in websites.values()])
        known = {
            key: name for each in listed if (key := text(each.get("_id"))) and (name := line_of_text(each.get("name")))
        }
        firsts = [at(taxonomy, "primary_section"), at(taxonomy, "primary_site")]
        firsts.append(at(websites, text(self.row.get("canonical_website")), "website_section"))
        for own in [*objects(firsts), *listed]:
            key = text(own.get("_id")) or text(at(own, "referent", "id"))
            if name := line_of_text(own.get("name")) or known.get(key, ""):
                above = text(at(own, "parent", "default")) or text(own.get("parent_id"))
                return (*self.above(above, listed, known), ImportedTerm(name, _last(key)))
        if objects(firsts):
            self.remark("Its section is named by its address alone.", "Set the section in the admin.")
        return ()

    def above(self, key: str, listed: list[dict[str, Any]], known: dict[str, str]) -> tuple[ImportedTerm, ...]:
        path: list[ImportedTerm] = []
        seen: set[str] = set()
        while key in known and key not in seen:
            seen.add(key)
            path.insert(0, ImportedTerm(known[key], _last(key)))
            own = next(each for each in listed if text(each.get("_id")) == key)
            key = text(at(own, "parent", "default")) or text(own.get("parent_id"))
        return tuple(path)

    def tags(self, section: tuple[ImportedTerm, ...]) -> tuple[ImportedTerm, ...]:
        """Its tags, to which its other sections come."""
        tags = [
            ImportedTerm(name, text(each.get("slug")))
            for each in objects(at(self.row, "taxonomy", "tags"))
            if (name := line_of_text(each.get("text")) or line_of_text(each.get("description")))
        ]
        others = [
            ImportedTerm(name, _last(text(each.get("_id"))))
            for each in objects(at(self.row, "taxonomy", "sections"))
            if (name := line_of_text(each.get("name")))
        ]
        return tuple({each.slug or each.name: each for each in (*others, *tags) if each not in section}.values())

    def images(self, within: list[ImportedImage]) -> tuple[ImportedImage, ...]:
        lead = at(self.row, "promo_items", "basic") or at(self.row, "promo_items", "lead_art")
        first = image_of(lead) or image_of(at(lead, "promo_items", "basic"))
        images = {each.original_address or each.caption: each for each in ([first] if first else []) + within}
        return tuple(images.values())

    def corrections(
        self, within: list[dict[str, Any]], modified: datetime | None, published: date | None
    ) -> tuple[ImportedCorrection, ...]:
        notes = [(text(each.get("correction_type")), each.get("text")) for each in objects(self.row.get("corrections"))]
        notes += [(text(each.get("correction_type")), each.get("text")) for each in within]
        notes.append(("editor_note", self.row.get("editor_note")))
        told = [(kind, words) for kind, note in notes if (words := plain(text(note)))]
        last = modified or published
        if not told:
            return ()
        if last is None:
            self.remark(
                f"Its corrections have no date, and were left out: {' / '.join(words for _kind, words in told)[:500]}",
                "Add them to the article in the admin.",
            )
            return ()
        self.remark(
            "The day of its corrections is not told; they bear that of its last update.", "Mend the day in the admin."
        )
        day = last.date() if isinstance(last, datetime) else last
        made = [ImportedCorrection(_CORRECTIONS.get(kind.lower(), "correction"), words, day) for kind, words in told]
        return tuple(dict.fromkeys(made))

    def addresses(self) -> tuple[str, tuple[str, ...]]:
        row, websites = self.row, self.row.get("websites")
        told = [
            row.get("canonical_url"),
            row.get("canonical_url_external"),
            row.get("website_url"),
            row.get("short_url"),
        ]
        told += [at(site, "website_url") for site in (websites.values() if isinstance(websites, dict) else ())]
        aliases = row.get("content_aliases")
        told += [f"/{each}" for each in aliases if isinstance(each, str)] if isinstance(aliases, list) else []
        known = list(dict.fromkeys(address for each in told if (address := self.with_host(text(each).strip()))))
        if not self.options.website and text(row.get("canonical_url")).startswith("/"):
            self.remark(
                "Its address does not tell its host, and is not known to the archive.",
                "Write the former website of the outlet in the admin, and import again.",
            )
        return (known[0], tuple(known[1:])) if known else ("", ())

    def with_host(self, address: str) -> str:
        if address.startswith(("https://", "http://")):
            return address
        if address.startswith("/") and self.options.website:
            return self.options.website.rstrip("/") + address
        return ""

    def is_held_back(self) -> bool:
        row = self.row
        reasons = []
        status = text(row.get("status")).lower()
        if status not in ("", "published"):
            reasons.append(f"its status is “{status[:40]}”")
        elif (
            at(row, "publishing", "has_published_edition") is False
            or at(row, "publishing", "editions", "default", "edition_published") is False
            or at(row, "revision", "published") is False
        ):
            reasons.append("it is not published")
        restrictions = row.get("content_restrictions")
        if at(restrictions, "embargo", "active") is True and not self.moment(at(restrictions, "embargo", "end_time")):
            reasons.append("it is under an embargo without an end")
        if at(restrictions, "geo", "restrictions"):
            reasons.append("it might be shown in some places only")
        code = text(at(restrictions, "content_code")).lower()
        if _CLOSED.search(code):
            reasons.append(f"it was not for everyone to read (“{code[:40]}”)")
        elif code not in _OPEN:
            self.remark(f"Its content code is “{code[:40]}”.", "If it was not for everyone, hold it back in the admin.")
        if at(row, "owner", "sponsored") is True:
            self.remark("It was sponsored.", "Say so in its kicker, in the admin.")
        if reasons:
            self.remark(f"It is held back: {'; '.join(reasons)}.", "If readers may see it, say so in the admin.")
        return bool(reasons)


def _is_later(modified: datetime | None, published: date | None) -> bool:
    if modified is None or not isinstance(published, datetime):
        return modified is not None and published is None
    if (modified.tzinfo is None) != (published.tzinfo is None):
        return False
    return modified > published


def _last(key: str) -> str:
    return key.rstrip("/").rpartition("/")[2]
