"""ninjs: IPTC's News in JSON, 1.0 to 3.1.

https://iptc.org/standards/ninjs/ and https://github.com/iptc/newsinjson

A file is one news item, an array of them, one in each line, or an object with a list of them. Items of text are
taken. An article's id is its uri, whatever its version: a later version brings it up to date, in the file's order. An
item that is cancelled withdraws the article of that id; one that is withheld is held back.

It can't carry: a section, the old addresses of a site, or a correction other than a new version. Subjects are tags;
the persons, places and organisations that it names are none. What is an item of its own (a picture, a film) is
counted, and as an item's association its words and address are kept. The texts that a list of items carries whole are
taken; those within an item of text are counted, for they may be shortened copies.
"""

import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from archive.sanitize import paragraphs

from .base import (
    ImportedArticle,
    ImportedByline,
    ImportedImage,
    ImportedSource,
    ImportedTerm,
    Item,
    Problem,
    ReadOptions,
    Refusal,
)
from .items import ImportedWithdrawal, LeftOut
from .json_stream import at, line_of_text, objects, records, text
from .pictures import pictures_in, plain
from .told_dates import UNKNOWN, Told, read_date, read_moment
from .wire_markup import story_in_string
from .wires import bylines_of, is_agency, is_later_version, take_dateline, usage_remarks

_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[{]")
_URI = re.compile(rb'"uri"\s*:\s*"')
_ITS_OWN = re.compile(
    rb'"(?:version|first|content)_?(?:created|Created)"\s*:|"pub[sS]tatus"\s*:|"representation[tT]ype"\s*:'
    rb'|"(?:body|headline|description)_[a-z0-9]+"\s*:|"headlines"\s*:\s*\[|"bodies"\s*:\s*\[|"copyright[nN]otice"\s*:'
    rb"|iptc\.org/std/ninjs",
)
_LISTS = frozenset({"items", "_items", "newsItems", "newsitems", "results", "data", "hits"})
_TEXT_TYPES = {"text", "composite", ""}
_PICTURE_TYPES = {"picture", "graphic", "image"}
# The renditions that a reader was shown rather than a printer, and the smallest last.
_RENDITIONS = ("original", "baseimage", "main", "web", "hires", "preview", "viewimage", "mobile", "thumbnail")
_MARKUP = ("html", "xhtml", "richtext")
_NO_BODY = re.compile(r"caption|summary|abstract|charcount", re.IGNORECASE)
_OTHER_STANDARD = re.compile(r"nitf|newsml|json", re.IGNORECASE)
_CONTENT = re.compile(r"<body\.content\b[^<>]*+>(.*)</body\.content\s*+>", re.DOTALL)
_QUOTED = re.compile(r'"([^"<>]*+)"')
_PLAIN_BREAK = re.compile(r"\n[ \t]*\n")
_FIRST_WORDS = re.compile(r"<p\b[^<>]*+>([^<]++)")
_BODY = re.compile(r"<body\b[^<>]*+>", re.IGNORECASE)
_TOP = re.compile(r"<h1\b[^<>]*+>([^<]*+)</h1\s*+>", re.IGNORECASE)
_DATES = ("firstcreated", "versioncreated", "contentcreated")
MOST_STRANGERS = 1000


def recognises(head: bytes) -> bool:
    return bool(_JSON.match(head) and _URI.search(head) and _ITS_OWN.search(head))


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Item]:
    left_out: Counter[str] = Counter()
    strangers = 0
    try:
        for number, found in enumerate(records(stream, options.encoding, _LISTS, _is_item), start=1):
            if isinstance(found, Problem):
                yield found.within(f"item {number}")
                continue
            place = f"item {number}, line {found.line}"
            kind = text(at(found.value, "type"))
            if not isinstance(found.value, dict) or not _is_item(found.value):
                yield Problem(place, "It is no news item.", "Leave it out of the file.")
                strangers += 1
            elif _is_article(found.value):
                yield _NewsItem(found.value, place, found.remarks(place)).told()
                if texts := sum(_is_article(each) and _has_text(each) for each in _associated(found.value)):
                    left_out["texts within an item"] += texts
            else:
                left_out[kind] += 1
                for each in _associated(found.value):
                    if _is_article(each) and _has_text(each):
                        yield _NewsItem(each, place).told()
            if strangers > MOST_STRANGERS:
                raise Refusal("Most of what stands in it is no news item.", "Look at what wrote the file.", place)
    except Refusal as refusal:
        yield refusal.problem
    yield from (LeftOut(kind, number) for kind, number in sorted(left_out.items()))


def _is_item(value: Any) -> bool:
    return isinstance(value, dict) and ("uri" in value or "type" in value) and not any(name in value for name in _LISTS)


def _is_article(row: dict[str, Any]) -> bool:
    kind = text(row.get("type"))
    # A composite is an article that carries its text, or a mere list of other items.
    return kind in _TEXT_TYPES and (kind != "composite" or _has_text(row) or _status(row) == "canceled")


def _has_text(row: dict[str, Any]) -> bool:
    return any(value.strip() for _role, _kind, value in _NewsItem(row, "").variants("body"))


def _associated(row: dict[str, Any]) -> list[dict[str, Any]]:
    told = _named(row, "associations")
    return list(objects(list(told.values()) if isinstance(told, dict) else told))


def _named(row: dict[str, Any], *names: str) -> Any:
    """What a property holds, however an edition of the standard writes its name."""
    folded = {name.lower(): value for name, value in row.items()}
    return next((folded[name] for name in names if folded.get(name) is not None), None)


def _status(row: dict[str, Any]) -> str:
    status = text(_named(row, "pubstatus")).lower().removeprefix("stat:")
    return "canceled" if status == "cancelled" else status


@dataclass(slots=True)
class _NewsItem:
    row: dict[str, Any]
    place: str
    problems: list[Problem] = field(default_factory=list)

    def told(self) -> ImportedArticle | ImportedWithdrawal | Problem:
        item = self.item()
        return replace(item, raw=self.record()) if isinstance(item, Problem) else item

    def item(self) -> ImportedArticle | ImportedWithdrawal | Problem:
        row = self.row
        uri = text(_named(row, "uri")).strip()
        if not uri:
            return Problem(self.place, "It has no uri.", "Give it one in the file: from it its address is made.")
        status = _status(row)
        if status == "canceled":
            note = line_of_text(_named(row, "ednote", "usageterms"))
            return ImportedWithdrawal(uri, "other", note, self.place, self.record())
        headline = self.headline()
        if not headline:
            return Problem(self.place, f"Item {uri[:200]} has no headline.", "Give it one in the file.")
        told, precision = self.published()
        dateline, body = self.body(headline)
        if status not in ("", "usable"):
            self.remark(
                f"It is held back: its status is “{status[:40]}”.", "If readers may see it, say so in the admin."
            )
        if note := line_of_text(_named(row, "ednote")):
            self.remark(f"The desk says: {note[:300]}", "See whether that is still to be done.")
        self.problems += usage_remarks(self.place, [text(_named(row, "usageterms"))])
        printed = line_of_text(_named(row, "byline", "by"))
        modified = self.moment("versioncreated")
        # Where the first version's date is not told, it has that of this one.
        is_later = modified == told and is_later_version(text(_named(row, "version")))
        source, provider = self.source(printed)
        urls = [text(each) for each in (_named(row, "canonicalurl"), _named(row, "url")) if text(each)]
        return ImportedArticle(
            original_id=uri,
            headline=headline,
            body=body,
            summary=self.summary(body),
            kicker=line_of_text(self.variant("headline", ("kicker", "overline", "vignette")))[:200],
            language=text(_named(row, "language")),
            published=told,
            published_precision=precision,
            modified=modified if modified and precision == "minute" and (is_later or _after(modified, told)) else None,
            dateline=dateline,
            bylines=self.bylines(printed),
            source=source,
            provider=provider,
            tags=self.tags(),
            images=self.images(body),
            original_url=urls[0] if urls else "",
            held_back=status not in ("", "usable"),
            embargoed_until=self.moment("embargoed", "embargoeduntil"),
            urgency=_urgency(row),
            place=self.place,
            record=self.record(),
            problems=tuple(self.problems),
            dated_by_version=is_later,
        )

    def record(self) -> bytes:
        return json.dumps(self.row, separators=(",", ":")).encode()

    def remark(self, problem: str, remedy: str) -> None:
        self.problems.append(Problem(self.place, problem, remedy))

    def variants(self, of: str) -> list[tuple[str, str, str]]:
        """The forms of a property, as (role, content type, value): a list of them, or properties with a suffix."""
        plural = {"headline": "headlines", "body": "bodies", "description": "descriptions"}[of]
        listed = _named(self.row, plural)
        if isinstance(listed, list):
            return [
                (
                    text(_named(each, "role")).lower(),
                    text(_named(each, "contenttype")).lower(),
                    text(_named(each, "value")),
                )
                for each in objects(listed)
            ]
        found = [("", "", text(_named(self.row, of)))]
        for name, value in self.row.items():
            if name.lower().startswith(f"{of}_"):
                found.append((name.lower().removeprefix(f"{of}_"), "", text(value)))
        return found

    def variant(self, of: str, roles: tuple[str, ...]) -> str:
        found = {role: plain(value) for role, _kind, value in reversed(self.variants(of)) if value.strip()}
        return next((found[role] for role in roles if role in found), "")

    def headline(self) -> str:
        return (
            self.variant("headline", ("main", "", "text", "print", "web", "long", "short"))
            or next((plain(value) for _role, _kind, value in self.variants("headline") if value.strip()), "")
            or line_of_text(_named(self.row, "title"))
        )

    def summary(self, body: str) -> str:
        told = self.variant("description", ("short", "summary", "abstract", "lead", "text", "html", ""))
        # Many give the beginning of the text, cut off somewhere, for lists.
        begins = "".join(told.split())[:40]
        return "" if begins and begins in "".join(plain(body[:5000]).split()) else told

    def body(self, headline: str) -> tuple[str, str]:
        """The dateline and the text: in HTML if it is there, else the plain one, else what NITF has."""
        found = [each for each in self.variants("body") if each[2].strip() and not _NO_BODY.search(each[0])]
        texts = [each for each in found if not _OTHER_STANDARD.search(each[0])]
        for role, kind, value in texts:
            is_markup = any(name in role for name in _MARKUP) or "html" in kind
            if is_markup or (not kind and re.search(r"</(?:p|div|h\d|section)>", value, re.IGNORECASE)):
                return _take_dateline(self.with_kept_addresses(_without_page(value, headline)))
        for _role, kind, value in texts:
            if kind in ("", "text/plain"):
                return self.from_plain(value, headline)
        for role, kind, value in found:
            if "nitf" in role + kind and (content := _CONTENT.search(value)):
                story = story_in_string(content[1], headline)
                return story.dateline, story.body
        if found:
            self.remark(
                f"Its text is in {(found[0][1] or found[0][0])[:60]}, which can't be read here.", "Ask for it in HTML."
            )
        else:
            self.remark("It has no text.", "Look for the article in a crawl or another export.")
        return "", ""

    def with_kept_addresses(self, body: str) -> str:
        """The same with each picture at the address under which it is kept, that it does not seem to be two."""
        kept = {
            html.escape(address): html.escape(addresses[0])
            for picture in _associated(self.row)
            if (addresses := list(_addresses(picture).values()))
            for address in addresses
        }
        return _QUOTED.sub(lambda match: f'"{kept.get(match[1], match[1])}"', body) if kept else body

    def from_plain(self, value: str, headline: str) -> tuple[str, str]:
        blocks = _PLAIN_BREAK.split(value) if _PLAIN_BREAK.search(value) else value.splitlines()
        texts = [" ".join(each.split()) for each in blocks if each.strip()]
        if texts and texts[0] == headline:
            del texts[0]
        dateline = ""
        if texts:
            dateline, texts[0] = take_dateline(texts[0])
        return dateline, paragraphs(texts)

    def published(self) -> Told:
        """When its first version was made; a wire that tells only of this version was published with it."""
        # The standard knows only moments: a date known less closely is told by our own files in words of its own.
        told_loosely = self.variant("description", ("published",))
        for told in (told_loosely, *(text(_named(self.row, name)) for name in _DATES)):
            if told:
                if read := read_date(told):
                    return read
                self.remark(f"Its date, “{told[:60]}”, can't be read.", "Set the date in the admin.")
        return UNKNOWN

    def moment(self, *names: str) -> Any:
        told = text(_named(self.row, *names))
        return read_moment(told) if told else None

    def bylines(self, printed: str) -> tuple[ImportedByline, ...]:
        if printed:
            return bylines_of(printed)
        names = (line_of_text(each.get("name")) for each in objects(_named(self.row, "authors")))
        return tuple(ImportedByline(name) for name in names if name)

    def source(self, printed: str) -> tuple[ImportedSource | None, str]:
        suppliers = objects(_named(self.row, "infosource", "infosources"))
        names = [line_of_text(each.get("name")) for each in suppliers]
        names += [line_of_text(_named(self.row, name)) for name in ("source", "copyrightholder")]
        name = next((each for each in names if each), "")
        code = next((told for each in suppliers if (told := text(each.get("code")) or text(each.get("literal")))), "")
        if name and is_agency(name):
            return ImportedSource(name, "agency"), code or name
        if printed and is_agency(printed):
            return ImportedSource(printed, "agency"), code or printed
        return None, code or name

    def tags(self) -> tuple[ImportedTerm, ...]:
        names = (line_of_text(each.get("name")) for each in objects(_named(self.row, "subject", "subjects")))
        return tuple(ImportedTerm(name) for name in dict.fromkeys(names) if name)

    def images(self, body: str) -> tuple[ImportedImage, ...]:
        values = _associated(self.row)
        images = [_image(each) for each in values if text(each.get("type")).lower() in _PICTURE_TYPES]
        # A picture stands in the text in another size than the one that is kept.
        addresses = {address for each in values for address in _addresses(each).values()}
        within = [each for each in pictures_in(body) if each.original_address not in addresses]
        return tuple(dict.fromkeys([*images, *within]))


def _urgency(row: dict[str, Any]) -> int:
    told = text(_named(row, "urgency"))
    return int(told) if len(told) == 1 and told in "123456789" else 0


def _after(modified: Any, published: Any) -> bool:
    return bool((modified.tzinfo is None) == (published.tzinfo is None) and modified > published)


def _take_dateline(body: str) -> tuple[str, str]:
    """The dateline that opens the first paragraph, and the HTML without it."""
    opening = _FIRST_WORDS.search(body)
    if opening is None:
        return "", body
    dateline, rest = take_dateline(html.unescape(opening[1]).lstrip())
    return dateline, f"{body[: opening.start(1)]}{html.escape(rest, quote=False)}{body[opening.end(1) :]}"


def _without_page(value: str, headline: str) -> str:
    """The text of a page, without its head and without the headline that stands above it."""
    # These stand apart on the page by its style alone.
    value = value.replace("</span><span", "</span> <span")
    opening, ends = _BODY.search(value), value.lower().rfind("</body")
    value = value[opening.end() if opening else 0 : ends if ends >= 0 else len(value)]
    first = _TOP.search(value)
    if first and plain(first[1]) == headline:
        value = value[: first.start()] + value[first.end() :]
    return value.strip()


def _image(row: dict[str, Any]) -> ImportedImage:
    item = _NewsItem(row, "")
    addresses = _addresses(row)
    caption = item.variant("description", ("", "main", "caption", "text")) or item.headline()
    by = line_of_text(_named(row, "byline", "by"))
    holder = line_of_text(_named(row, "copyrightholder"))
    return ImportedImage(
        original_address=next(iter(addresses.values()), ""),
        alt=line_of_text(_named(row, "alttext")),
        caption=html.unescape(caption),
        credit=by if not holder or holder in by else f"{by}/{holder}".strip("/"),
    )


def _addresses(row: dict[str, Any]) -> dict[str, str]:
    """The addresses of a picture by the names of its renditions, the largest first."""
    told = _named(row, "renditions")
    if isinstance(told, dict):
        listed = [(text(name), each) for name, each in told.items() if isinstance(each, dict)]
    else:
        listed = [(text(each.get("name")), each) for each in objects(told)]
    found = [(name, each, text(each.get("href"))) for name, each in listed]

    def place(one: tuple[str, dict[str, Any], str]) -> tuple[float, int]:
        width = one[1].get("width")
        size = width if isinstance(width, int | float) and not isinstance(width, bool) else 0
        return -size, next((at for at, name in enumerate(_RENDITIONS) if name in one[0].lower()), len(_RENDITIONS))

    return {f"{number} {name}": href for number, (name, _each, href) in enumerate(sorted(found, key=place)) if href}
