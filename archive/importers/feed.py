"""feed: RSS 0.9 to 2.0, Atom and JSON Feed, as a site published them or a reader saved them.

https://www.rssboard.org/rss-specification  https://web.resource.org/rss/1.0/spec  https://www.rfc-editor.org/rfc/rfc4287
https://www.jsonfeed.org/version/1.1/

A feed carries what its site chose to give: often a summary in the place of the text, which is then told. It carries no
section, dateline or correction. The line by which WordPress says at the end of each text where it “appeared first” is
left out. Each item is cut out of the file (`xml`, `json_stream`) before `feedparser` looks at it, so that a feed may be
of any size and no more of it than an item can go wrong.

An article's id is the item's own (<guid>, <id>), else its address, else a digest of its title and text.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from html import escape, unescape
from io import BytesIO
from typing import Any, BinaryIO
from urllib.parse import urljoin, urlsplit

import feedparser

from archive.dates import MONTHS
from archive.sanitize import paragraphs

from . import json_stream, xml
from .base import ImportedArticle, ImportedByline, ImportedImage, ImportedTerm, Precision, Problem, ReadOptions, Refusal
from .pictures import pictures_in, plain
from .table_dates import month_named
from .told_dates import Told, read_date

# One that nobody has would be looked for again for each item.
feedparser.api.PREFERRED_XML_PARSERS.clear()

LARGEST_ITEM = 5_000_000
LONGEST_HEADLINE = 500
# Of what a feed tells of itself, which is read again with each item.
MOST_OF_A_HEAD = 50
LONGEST_OF_A_HEAD = 5_000
LONGEST_DATE = 200
LONGEST_NAME = 500
# What `feedparser` reads in about a second; it compares each category with all before it, each attribute with those of
# its tag, and is told a text in pieces that end at each sign and line.
MOST_ELEMENTS = 20_000
MOST_CATEGORIES = 1000
MOST_ATTRIBUTES = 20_000
MOST_ATTRIBUTES_OF_A_TAG = 100
MOST_SIGNS = 200_000

# What tells of the feed itself; its picture and search box have titles and links of their own.
_NAMES = frozenset(["item", "entry", "link", "language", "author", "image", "textInput", "textinput", "cloud"])
# By what names feeds of all kinds call an item's title and text, without their prefixes.
_TEXTS = frozenset(
    [
        *("title", "summary", "description", "content", "encoded", "body", "fullitem", "abstract", "prodlink", "div"),
        *("tagline", "subtitle", "text", "info"),
    ]
)
# By what names `feedparser` knows categories, or lists of them between commas.
_CATEGORIES = frozenset(["category", "subject", "keywords", "tags"])
_JSON_FEED = re.compile(rb'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version')
_TAG = re.compile(r"<[a-zA-Z][^<>]*>")
_SOURCE_LINE = re.compile(
    r"<p>(?:The post|L(?:['’]|&#8217;|&rsquo;)article|Cet article)\s<a\s[^<>]*>(?:(?!</a>).){1,1000}</a>"
    r"\s(?:appeared first on|est apparu en premier sur)\s<a\s[^<>]*>[^<>]{1,300}</a>\s?\.?</p>",
    re.DOTALL,
)
_LINKING = re.compile(r"(?<=\s)(href|src|poster|cite|data)(\s*=\s*)(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)", re.IGNORECASE)
_NAME_BEHIND_ADDRESS = re.compile(r"\S+@\S+\s*\((.+)\)\s*")
_ADDRESS_BEHIND_NAME = re.compile(r"\s*[(<]?\S*@\S*[)>]?\s*$")
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_ZONE = re.compile(r"(?:Z|UTC?|GMT|[+-]\d{2}:?\d{2}|\b[A-Z]{1,5})\s*$")
# The zones that a mail program knows by their names, and what others are called here.
_ZONES_OF_MAIL = frozenset(
    ["UT", "UTC", "GMT", "Z", "AST", "ADT", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT"]
)
_ZONES = {
    name: offset
    for offset, names in {
        "+0000": ("WET",),
        "+0100": ("CET", "HEC", "WEST", "BST"),
        "+0200": ("CEST", "HAEC"),
        "-0230": ("NDT", "HAT"),
        "-0300": ("HAA",),
        "-0330": ("NST", "HNT"),
        "-0400": ("HNA", "HAE"),
        "-0500": ("HNE", "HAC"),
        "-0600": ("HNC", "HAR"),
        "-0700": ("HNR", "HAP"),
        "-0800": ("HNP",),
    }.items()
    for name in names
}
_ZONE_NAME = re.compile(r"(?<=\d) ?\(?\b([A-Z]{1,5})\)?$")
# As a clock of Unix or Java tells it: Tue Feb  5 09:30:00 EST 2013
_OF_UNIX = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) ([A-Z]{1,5}|[+-]\d{4}) (\d{4})")
_HALF_DAY = re.compile(r"\b(\d{1,2}):(\d\d(?::\d\d)?) ?([ap])\.?m\b\.?", re.IGNORECASE)
_NAMED_MONTH = re.compile(r"(?:[^\W\d_]{2,9}\.?,? )?(\d{1,2})(?:er)? ([^\W\d_]{3,9})\.? (\d{4})\b(.*)")
_CUT_OFF = re.compile(
    r"(?:\[?(?:\.\.\.|…)\]?|\[&hellip;\]|Continue reading.{0,200}|Lire la suite.{0,50})\s*$", re.IGNORECASE
)


def recognises(head: bytes) -> bool:
    root = xml.root(head)
    if root is None:
        return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{" and _JSON_FEED.search(head) is not None
    if root.name == "RDF":
        return "purl.org/rss/1.0" in root.tag or "netscape.com/rdf/simple/0.9" in root.tag
    is_atom = root.name == "feed" and ("www.w3.org/2005/Atom" in root.tag or "purl.org/atom/ns#" in root.tag)
    return is_atom or root.name == "rss"


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[ImportedArticle | Problem]:
    start = stream.tell()
    head = stream.read(8192)
    stream.seek(start)
    if xml.root(head) is None and head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        yield from _json_items(stream, options)
    else:
        yield from _xml_items(stream, options)


def _xml_items(stream: BinaryIO, options: ReadOptions) -> Iterator[ImportedArticle | Problem]:
    feed = _Feed(options.website)
    for part in xml.parts(stream, _NAMES, options, xml.items_and_few_beside("item", "entry")):
        if isinstance(part, Problem):
            yield part
            continue
        if part.document != feed.document:
            feed = _Feed(options.website, document=part.document)
        if part.name not in ("item", "entry"):
            feed.see_head(part)
            continue
        try:
            if len(part.source) > LARGEST_ITEM:
                raise Refusal(f"It is over {LARGEST_ITEM // 1_000_000} MB.", "Leave it out.")
            article = _Item(part, feed).article()
        except Refusal as refusal:
            yield replace(refusal.problem, place=part.place)
        else:
            yield article


@dataclass(slots=True)
class _Feed:
    """What a feed tells of itself, with the sources of it."""

    address: str
    document: int = 0
    sources: dict[str, bytes] = field(default_factory=dict)
    authors: list[str] = field(default_factory=list)

    def see_head(self, part: xml.Part) -> None:
        if part.name == "link":
            address = xml.text(part.element) or xml.attribute(part.element, "href")
            if xml.attribute(part.element, "rel") not in ("", "alternate") or not _is_address(address):
                return
            self.address = address
        elif part.name not in ("language", "author"):
            return
        if part.name == "author":
            self.authors.append(xml.text(part.element, "name"))
        if (
            len(self.sources) < MOST_OF_A_HEAD
            and len(part.source) <= LONGEST_OF_A_HEAD
            and not _categories(part.element)
            and max(len(each.keys()) for each in part.element.iter("{*}*")) <= MOST_ATTRIBUTES_OF_A_TAG
        ):
            self.sources.setdefault(f"author {len(self.authors)}" if part.name == "author" else part.name, part.source)


@dataclass
class _Item:
    """One item of RSS or Atom."""

    part: xml.Part
    feed: _Feed
    problems: list[Problem] = field(default_factory=list)

    def article(self) -> ImportedArticle:
        self.problems += self.part.problems
        element = self.part.element
        if not any((each.text or len(each)) and xml.name(each) in _TEXTS for each in element):
            # Said before `feedparser` is asked, which takes long.
            raise Refusal("It has neither a title nor a text.", "Leave it out.")
        _refuse_countless(element)
        record = self.part.record(*self.feed.sources.values())
        bylines = self.bylines()
        attached = self.attached()
        told, of_feed = self.parse()
        address = self.address(told)
        body, summary, language = self.texts(told, address)
        title = _title(told)
        told_id = xml.text(element, "guid") or xml.text(element, "id") or xml.attribute(element, "about") or address
        if not (title or body):
            raise Refusal("It has neither a title nor a text.", "Leave it out.")
        published, precision = self.published(told)
        modified = read_date(told.get("updated", "")) if told.get("published") else None
        return ImportedArticle(
            original_id=told_id or _digest_of(title, body),
            headline=self.headline(title, body),
            body=body,
            summary=summary,
            language=language or of_feed.get("language", ""),
            published=published,
            published_precision=precision,
            modified=modified[0] if modified and isinstance(modified[0], datetime) and modified[0].tzinfo else None,
            bylines=bylines,
            tags=_tags([each.get("label") or each.get("term") or "" for each in told.get("tags", ())]),
            images=_pictures(body, attached, self.feed.address or address),
            original_url=address,
            old_addresses=self.old_addresses(told, told_id, address),
            held_back=xml.text(element, "control", "draft").lower() == "yes",
            place=self.part.place,
            record=record,
            problems=tuple(self.problems),
        )

    def parse(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The item, and the feed that it stands in, without what would be taken for the item's own title and text."""
        xml.mark_texts(self.part.element)
        source = xml.source_without(self.part.element, _is_of_a_file)
        record = self.part.record(*self.feed.sources.values(), source=source)
        headers = {"content-type": "application/xml; charset=utf-8", "content-location": self.feed.address}
        found = feedparser.parse(
            BytesIO(record), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
        if not found.entries:
            raise Refusal("It could not be read as an item of a feed.", "Look at it in the file.")
        # Its own look-up gives one date for another.
        return dict(dict.items(found.entries[0])), dict(dict.items(found.feed))

    def remark(self, problem: str, remedy: str) -> None:
        self.problems.append(Problem(self.part.place, problem, remedy))

    def headline(self, title: str, body: str) -> str:
        headline, problems = _headline(title, body, self.part.place)
        self.problems += problems
        return headline

    def address(self, told: dict[str, Any]) -> str:
        guid = next(xml.children(self.part.element, "guid"), None)
        is_permanent = xml.attribute(guid, "isPermaLink").lower() != "false"
        for found in (
            # A go-between that counted readers keeps the address to which it sent them.
            told.get("feedburner_origlink", ""),
            told.get("link", ""),
            xml.text(guid) if is_permanent else "",
        ):
            if _is_address(address := _whole(self.feed.address, found) if found else ""):
                return address
        return ""

    def old_addresses(self, told: dict[str, Any], told_id: str, address: str) -> tuple[str, ...]:
        found = [told.get("link", ""), told_id]
        return tuple(each for each in dict.fromkeys(found) if _is_address(each) and each != address)

    def texts(self, told: dict[str, Any], address: str) -> tuple[str, str, str]:
        """The text, the summary and the language: the full content, where there is one, before the summary."""
        base = self.feed.address or address
        contents = [each for each in told.get("content", ()) if each.get("value", "").strip()]
        full = max(contents, key=lambda each: len(each["value"]), default=None)
        short = told.get("summary_detail")
        if full and short and len(plain(short.get("value", ""))) > len(plain(full["value"])):
            # Some sites have the text where the summary belongs, and the other way round.
            full, short = short, full
        chosen = full or short
        if chosen is None:
            self.remark("It has no text.", "Look for the article in a crawl or another export.")
            return "", "", ""
        body = _html(chosen, base)
        if not full:
            is_cut = _CUT_OFF.search(plain(body))
            told_of_it = "It has a summary only, which is cut off." if is_cut else "It has a summary only."
            self.remark(told_of_it, "Look for the article in a crawl or another export.")
        summary = plain(_html(short, base)) if full and short else ""
        return body, "" if summary == plain(body) else summary, chosen.get("language") or ""

    def published(self, told: dict[str, Any]) -> Told:
        for name in ("published", "created", "updated"):
            written = told.get(name, "")
            if not written:
                continue
            found = _date(written, told.get(f"{name}_parsed"))
            if found is None:
                self.remark(f"Its date, “{written[:40]}”, is none.", "Give it a date.")
                continue
            if name == "updated" and self.part.name == "entry":
                self.remark(
                    "Only the date of its last change is told; it stands for that of its publishing.",
                    "Look at its date.",
                )
            return found
        if not self.problems or not self.problems[-1].problem.startswith("Its date"):
            self.remark("It has no date.", "Give it a date.")
        return None, "unknown"

    def bylines(self) -> tuple[ImportedByline, ...]:
        """The item's authors; in Atom the feed's author is that of every entry that names none."""
        own = [each for each in xml.children(self.part.element, "author", "creator") if not _is_of_a_file(each)]
        names = [xml.text(each, "name") or ("" if len(each) else xml.text(each)) for each in own]
        if not any(names) and self.part.name == "entry":
            names = self.feed.authors
        return _bylines(names)

    def attached(self) -> list[ImportedImage]:
        """The pictures that go with the item: https://www.rssboard.org/media-rss"""
        found = []
        for element in xml.descendants(self.part.element, "content", "enclosure", "link"):
            if xml.name(element) == "link" and xml.attribute(element, "rel") != "enclosure":
                continue
            source = xml.attribute(element, "url") or xml.attribute(element, "href")
            kind, medium = xml.attribute(element, "type"), xml.attribute(element, "medium")
            if source and (kind.startswith("image/") or medium == "image"):
                alt, caption, credit = (plain(xml.text(element, name)) for name in ("text", "description", "credit"))
                found.append(ImportedImage(source, alt, caption, credit))
        return found


def _refuse_countless(element: xml.Element) -> None:
    """Raises Refusal for more elements, categories, attributes or signs than `feedparser` reads in about a second."""
    attributes = [len(each.keys()) for each in element.iter("{*}*")]
    if len(attributes) > MOST_ELEMENTS or _categories(element) > MOST_CATEGORIES:
        raise Refusal(
            f"It has over {MOST_ELEMENTS} elements or {MOST_CATEGORIES} categories.",
            "Take out of the file what is no text.",
        )
    if sum(attributes) > MOST_ATTRIBUTES or max(attributes) > MOST_ATTRIBUTES_OF_A_TAG:
        raise Refusal(
            f"It has over {MOST_ATTRIBUTES} attributes, or {MOST_ATTRIBUTES_OF_A_TAG} in one tag.",
            "Take out of the file what is no text.",
        )
    if sum(text.count(sign) for text in element.itertext() for sign in "<>&\r\n") > MOST_SIGNS:
        raise Refusal(
            f"It has over {MOST_SIGNS} tags and lines.", "Leave it out, or split it: an article has hundreds."
        )


def _categories(element: xml.Element) -> int:
    """How many categories stand in an element at any depth, at most."""
    found = [each for each in element.iter("{*}*") if xml.name(each).lower() in _CATEGORIES]
    texts = (text or "" for each in found for text in (each.text, *(inner.tail for inner in each)))
    return len(found) + sum(text.count(",") for text in texts)


def _is_of_a_file(element: xml.Element) -> bool:
    """Whether an element tells of a picture or a sound, in words that are called as the item's own."""
    namespace = xml.namespace(element).lower()
    return any(sign in namespace for sign in ("search.yahoo.com/mrss", "itunes.com/dtds", "googleplay"))


def _pictures(body: str, attached: list[ImportedImage], base: str) -> tuple[ImportedImage, ...]:
    found = {each.original_address: each for each in pictures_in(body)}
    for each in attached:
        address = _whole(base, each.original_address)
        if _is_address(address):
            found.setdefault(address, replace(each, original_address=address))
    return tuple(found.values())


def _json_items(stream: BinaryIO, options: ReadOptions) -> Iterator[ImportedArticle | Problem]:
    """The items of a JSON Feed; what stands of the feed before them is theirs where they do not tell it."""
    head: dict[str, Any] = {}
    number = 0
    for found in json_stream.walk(stream, options.encoding, _wanted):
        if isinstance(found, Problem):
            yield found
        elif found.path != ("items", "*"):
            head[found.path[0]] = found.value
        else:
            number += 1
            place = f"item {number}, line {found.line}"
            try:
                article = _json_article(found.value, head, options, place)
                yield replace(article, problems=(*found.remarks(place), *article.problems))
            except Refusal as refusal:
                yield replace(refusal.problem, place=place)


def _wanted(path: tuple[str, ...]) -> json_stream.Decision:
    if path in ((), ("items",)):
        return "enter"
    is_head = len(path) == 1 and path[0] in ("language", "home_page_url", "version", "authors", "author")
    return "take" if is_head or path == ("items", "*") else "skip"


def _json_article(item: Any, head: dict[str, Any], options: ReadOptions, place: str) -> ImportedArticle:
    if not isinstance(item, dict):
        raise Refusal("It is no item: an object with an id and a text.", "Mend it in the file.")
    problems: list[Problem] = []
    base = _words(head, "home_page_url") or options.website
    address = _whole(base, _words(item, "url")) if _words(item, "url") else ""
    body = _absolute(_words(item, "content_html"), address or base)
    body = body or paragraphs([line for each in _words(item, "content_text").split("\n") if (line := each.strip())])
    summary = " ".join(_words(item, "summary").split())
    if not body and summary:
        body, summary = paragraphs([summary]), ""
        problems.append(Problem(place, "It has a summary only.", "Look for the article in a crawl or another export."))
    title = " ".join(_words(item, "title").split())
    if not (title or body):
        raise Refusal("It has neither a title nor a text.", "Leave it out.")
    headline, remarks = _headline(title, body, place)
    problems += remarks
    written = _words(item, "date_published")
    published = _date(written, None)
    if published is None:
        told = f"Its date, “{written[:40]}”, is none." if written else "It has no date."
        problems.append(Problem(place, told, "Give it a date."))
    modified = _date(_words(item, "date_modified"), None)
    number = item.get("id")
    told_id = str(number) if isinstance(number, (str, int, float)) and not isinstance(number, bool) else ""
    authors = next((each for each in (_authors(item), _authors(head)) if each), [])
    pictures = [_whole(base, source) for name in ("image", "banner_image") if (source := _words(item, name))]
    in_text = pictures_in(body)
    known = {each.original_address for each in in_text}
    kept_of_head = {
        key: head[key] for key in ("version", "home_page_url", "language", "authors", "author") if key in head
    }
    return ImportedArticle(
        original_id=told_id or address or _digest_of(title, body),
        headline=headline,
        body=body,
        summary=summary,
        language=_words(item, "language") or _words(head, "language"),
        published=published[0] if published else None,
        published_precision=published[1] if published else "unknown",
        modified=modified[0] if modified and isinstance(modified[0], datetime) else None,
        bylines=tuple(ImportedByline(name) for name in authors),
        tags=_tags([each for each in _listed(item, "tags") if isinstance(each, str)]),
        images=(*(ImportedImage(each) for each in dict.fromkeys(pictures) if each not in known), *in_text),
        original_url=address if _is_address(address) else "",
        old_addresses=(told_id,) if _is_address(told_id) and told_id != address else (),
        place=place,
        record=json.dumps({**kept_of_head, "items": [item]}, ensure_ascii=False).encode("utf-8", "replace"),
        problems=tuple(problems),
    )


def _words(values: dict[str, Any], key: str) -> str:
    value = values.get(key)
    return value.strip() if isinstance(value, str) else ""


def _listed(values: dict[str, Any], key: str) -> list[Any]:
    value = values.get(key)
    return value if isinstance(value, list) else []


def _authors(values: dict[str, Any]) -> list[str]:
    listed = _listed(values, "authors") or [values.get("author")]
    names = [" ".join(_words(each, "name").split()) for each in listed if isinstance(each, dict)]
    return list(dict.fromkeys(name for name in names if name))


def _digest_of(title: str, body: str) -> str:
    return f"item-{sha256(f'{title} {body}'.encode('utf-8', 'replace')).hexdigest()[:24]}"


def _headline(title: str, body: str, place: str) -> tuple[str, list[Problem]]:
    problems = []
    if not title:
        words = plain(body) or place
        title = words if len(words) <= 80 else f"{words[:80].rpartition(' ')[0] or words[:80]} …"
        problems.append(Problem(place, "It has no title; its first words stand for one.", "Give it a headline."))
    if len(title) > LONGEST_HEADLINE:
        title = f"{title[:LONGEST_HEADLINE].rpartition(' ')[0] or title[: LONGEST_HEADLINE - 1]}…"
        problems.append(Problem(place, "Its title was too long and was cut.", "Mend the headline."))
    return title, problems


def _title(told: dict[str, Any]) -> str:
    detail = told.get("title_detail") or {}
    value = detail.get("value", "")
    return " ".join(value.split()) if detail.get("type") == "text/plain" else plain(value)


def _html(detail: Any, base: str) -> str:
    value: str = detail.get("value", "").strip()
    if detail.get("type") == "text/plain":
        return paragraphs([line for each in value.split("\n") if (line := each.strip())])
    if not _TAG.search(value):
        return f"<p>{value}</p>" if value else ""
    return _absolute(_without_source_line(value), detail.get("base") or base)


def _without_source_line(text: str) -> str:
    """HTML without what WordPress's plug-ins put under each text of a feed, and of a feed alone."""
    start = text.rfind("<p>")
    return text[:start].rstrip() if start > 0 and _SOURCE_LINE.fullmatch(text, start) else text


def _absolute(text: str, base: str) -> str:
    """HTML whose links and pictures have whole addresses: in an article they would lead elsewhere."""
    if not _is_address(base):
        return text
    return _TAG.sub(lambda tag: _LINKING.sub(lambda link: _joined(link, base), tag[0]), text)


def _joined(link: re.Match[str], base: str) -> str:
    address = unescape(link[3].strip("\"'")).strip()
    whole = address if not address or address.startswith("#") else _whole(base, address)
    return link[0] if whole == address else f'{link[1]}{link[2]}"{escape(whole)}"'


def _date(written: str, parsed: Any) -> Told | None:
    """A date of any kind, as precise as it is written; a clock without a zone is the newsroom's."""
    if len(written) > LONGEST_DATE:
        return None
    if (plainly := _plainly(written, in_french=parsed is None)) != written:
        written, parsed = plainly, None
    if told := read_date(written):
        return None if isinstance(told[0], datetime) and told[0].timestamp() == 0 else told
    try:
        # feedparser knows more forms, but asks for a zone.
        moment = datetime(*parsed[:6]).replace(tzinfo=UTC) if parsed else parsedate_to_datetime(written)
    except (ValueError, TypeError, OverflowError):
        return None
    moment = moment.replace(tzinfo=moment.tzinfo or UTC)
    if not 1500 <= moment.year <= 2200 or moment.timestamp() == 0:
        return None
    if not _CLOCK.search(written):
        day: date = moment.date()
        precision: Precision = "day"
        return day, precision
    return (moment if _ZONE.search(written.strip()) else moment.replace(tzinfo=None)), "minute"


def _plainly(written: str, *, in_french: bool) -> str:
    """A date as a mail program knows it: its month in English, its clock of 24 hours, its zone by an offset.

    A zone of which nobody knows where it is goes: else the clock would be taken for Greenwich's.
    """
    named = _NAMED_MONTH.fullmatch(" ".join(written.split())) if in_french else None
    if named and (month := month_named(named[2])):
        if not _CLOCK.search(named[4]):
            return f"{named[3]}-{month:02}-{int(named[1]):02}"
        written = f"{named[1]} {MONTHS['en'][month - 1][:3]} {named[3]}{named[4]}"
    written = _OF_UNIX.sub(r"\2 \1 \5 \3 \4", written)
    written = _HALF_DAY.sub(_of_24_hours, written)
    zone = _ZONE_NAME.search(written.rstrip())
    if zone is None or zone[1] in _ZONES_OF_MAIL:
        return written
    offset = _ZONES.get(zone[1])
    return f"{written[: zone.start()]} {offset}" if offset else written[: zone.start()]


def _of_24_hours(clock: re.Match[str]) -> str:
    hour = int(clock[1])
    is_half = 1 <= hour <= 12
    return f"{hour % 12 + (12 if clock[3].lower() == 'p' else 0):02}:{clock[2]}" if is_half else clock[0]


def _bylines(names: list[str]) -> tuple[ImportedByline, ...]:
    found = []
    for told in names:
        name = plain(escape(told, quote=False))
        if len(name) > LONGEST_NAME:
            # Nobody's; it is told when the item is prepared.
            found.append(name)
            continue
        behind = _NAME_BEHIND_ADDRESS.fullmatch(name)
        # A mail address is nobody's name.
        found.append(behind[1].strip() if behind else _ADDRESS_BEHIND_NAME.sub("", name) if "@" in name else name)
    return tuple(ImportedByline(name) for name in dict.fromkeys(found) if name)


def _tags(names: list[str]) -> tuple[ImportedTerm, ...]:
    plain_names = (plain(escape(unescape(name), quote=False)) for name in dict.fromkeys(names))
    return tuple(ImportedTerm(name) for name in dict.fromkeys(plain_names) if name)


def _whole(base: str, address: str) -> str:
    """An address as it is meant where `base` is; as it is, where it is none."""
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _is_address(text: str) -> bool:
    try:
        return bool(re.match("https?://", text, re.IGNORECASE) and urlsplit(text).hostname)
    except ValueError:
        return False
