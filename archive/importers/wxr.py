"""wxr: WordPress eXtended RSS 1.0 to 1.2, the file that WordPress writes under Tools, Export.

It has no specification but the program that writes it:
https://github.com/WordPress/WordPress/blob/master/wp-admin/includes/export.php

Posts (of any type that has texts) become articles, pages become information pages. Only what was published is public;
what was not (draft, pending, private, to be published later, in the trash) or had a password is held back.

The file carries no source, dateline or correction, nor which of a post's sections was the foremost (a plug-in's choice
is followed where there is one). Not taken: reader comments, menus, revisions, widgets, settings and the files of
pictures; they are counted. Blocks and shortcodes of plug-ins are left out, with their text kept, and named.

An article's id is WordPress's number of the post, which is in every export, and in its short address (?p=123). So
exports of two sites must go to two outlets; a file in which two were joined is refused where the second begins.
"""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from html import escape, unescape
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from archive.markup import see_bounds

from . import xml
from .base import (
    ImportedArticle,
    ImportedByline,
    ImportedImage,
    ImportedTerm,
    Precision,
    Problem,
    ReadOptions,
    Refusal,
)
from .items import ImportedPage, LeftOut
from .json_stream import inner, objects, text
from .pictures import pictures_in, plain
from .told_dates import read_moment
from .wordpress_text import Rendering, figure

LONGEST_HEADLINE = 500
# What every item has that is taken: its number, or an address.
_IS_NAMED = re.compile(rb"post_id>|<guid|<link")
# After so many in a row that nothing is learned of, nothing more is looked up in a file. Authors and categories that an
# export tells of are longer, and may be told again by what was joined to it.
_MOST_LOOKED_UP_IN_VAIN = 50_000
_SHORTEST_TOLD = 150

_OTHER_KINDS = {
    "nav_menu_item": "menu items",
    "revision": "revisions",
    "custom_css": "style sheets",
    "customize_changeset": "settings",
    "oembed_cache": "settings",
    "user_request": "settings",
    "wp_block": "blocks of text that posts share",
    "wp_template": "templates",
    "wp_template_part": "templates",
    "wp_global_styles": "settings",
    "wp_navigation": "menus",
    "wp_font_family": "settings",
    "wp_font_face": "settings",
    "guest-author": "authors’ profiles",
    "attachment": "attachments",
}
# Taxonomies that say nothing of what an article is about.
_INNER_TAXONOMIES = frozenset(
    [
        *(
            "author",
            "post_format",
            "nav_menu",
            "link_category",
            "wp_theme",
            "wp_template_part_area",
            "wp_pattern_category",
        ),
        *("language", "post_translations", "term_language", "term_translations", "amp_validation_error"),
    ]
)
# WordPress gives a post that is in no section this one.
_NO_SECTION = frozenset(["uncategorized", "non-classe", "non-classifiee", "sans-categorie"])
_CREDITS = ("_media_credit", "media_credit", "_navis_media_credit_org", "_wp_attachment_credit", "isc_image_source")
# What a date becomes when there was none.
_NO_DATE = frozenset(["", "0000-00-00 00:00:00", "1970-01-01 00:00:00", "0000-00-00"])
# Between a clock anywhere on Earth and Greenwich's lie at most 14 hours, and one of summer.
_FURTHEST = timedelta(hours=15)
_SIZE_IN_NAME = re.compile(r"-\d{1,5}x\d{1,5}(?=\.[A-Za-z]{3,4}$)|-scaled(?=\.[A-Za-z]{3,4}$)")
_DATE_IN_PATH = re.compile(r"/\d{4}/\d{2}/(?:\d{2}/)?")
_LOOKED_UP = re.compile(rb"post_type>(?:<!\[CDATA\[)?\s*(?:attachment|guest-author|wp_block)")
_LIBRARY_NAMES = frozenset(["author", "category", "term", "item"])
# A head's <image> and <author>s have names and links of their own, so they are cut out whole.
_READING_NAMES = frozenset(["item", "language", "base_blog_url", "link", "image", "author", "category", "term", "tag"])
# Of one article or gallery.
MOST_ATTACHED = 500
MOST_REMEMBERED = 2000


def recognises(head: bytes) -> bool:
    root = xml.root(head)
    if root is None or root.name != "rss":
        return False
    return "wordpress.org/export/" in root.tag or b"<wp:wxr_version>" in head


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[ImportedArticle | ImportedPage | LeftOut | Problem]:
    """Reads the file twice: what an article needs of others (authors, sections, pictures) may stand behind it."""
    start = stream.tell()
    with closing(_Library()) as library:
        library.fill(stream, options)
        stream.seek(start)
        yield from _Reading(stream, options, library).items()


class _Library:
    """What articles need of others, kept on disk: an archive's pictures would not fit into memory."""

    def __init__(self) -> None:
        self.database = sqlite3.connect("", isolation_level=None)
        # Of what nothing is kept, nothing is looked for; what was found is asked for again by the next article.
        self.kinds: set[str] = set()
        self.found: dict[tuple[str, str], dict[str, str] | None] = {}
        # What stood in the file since it told anything new.
        self.in_vain = 0
        self.database.execute("CREATE TABLE kept (kind, key, told, PRIMARY KEY (kind, key)) WITHOUT ROWID")
        self.database.execute(
            "CREATE TABLE attached (parent, place, key, PRIMARY KEY (parent, place, key)) WITHOUT ROWID"
        )

    def close(self) -> None:
        self.database.close()

    def keep(self, kind: str, key: str, **told: str) -> None:
        # The first of a name stays: what was joined to a file does not change what stood before.
        self.kinds.add(kind)
        self.database.execute("INSERT OR IGNORE INTO kept VALUES (?, ?, ?)", (kind, key, json.dumps(told)))

    def find(self, kind: str, key: str) -> dict[str, str] | None:
        if kind not in self.kinds:
            return None
        if (kind, key) not in self.found:
            row = self.database.execute("SELECT told FROM kept WHERE kind = ? AND key = ?", (kind, key)).fetchone()
            if len(self.found) > MOST_REMEMBERED:
                self.found.clear()
            self.found[kind, key] = json.loads(row[0]) if row else None
        return self.found[kind, key]

    def attached_to(self, parent: str) -> list[str]:
        if "picture" not in self.kinds:
            return []
        rows = self.database.execute(
            "SELECT key FROM attached WHERE parent = ? ORDER BY place, key LIMIT ?", (parent, MOST_ATTACHED)
        )
        return [f"{row[0]}" for row in rows]

    def fill(self, stream: BinaryIO, options: ReadOptions) -> None:
        self.database.execute("BEGIN")
        # What is wrong with the file is told when its items are read.
        with suppress(Refusal):
            for part in xml.parts(stream, _LIBRARY_NAMES, options, self.is_looked_up):
                before = self.database.total_changes
                if isinstance(part, xml.Part):
                    self.add(part.name, part.element)
                is_new = self.database.total_changes > before
                if isinstance(part, Problem) or is_new or (part.name != "item" and len(part.source) < _SHORTEST_TOLD):
                    self.count(is_new=is_new)
        self.database.execute("COMMIT")

    def is_looked_up(self, name: str, source: bytes) -> bool:
        if name != "item":
            return name != "term" or b"author" in source
        self.count(is_new=_IS_NAMED.search(source) is not None)
        return _LOOKED_UP.search(source) is not None

    def count(self, *, is_new: bool) -> None:
        self.in_vain = 0 if is_new else self.in_vain + 1
        if self.in_vain > _MOST_LOOKED_UP_IN_VAIN:
            raise Refusal("Nothing more is learned from it.", "Look at what wrote it.")

    def add(self, name: str, element: xml.Element) -> None:
        if name == "author":
            login = xml.text(element, "author_login")
            self.keep("author", login, name=_author_name(element))
            self.keep("author-slug", _slug_of_login(login), login=login)
        elif name == "category":
            slug = unquote(xml.text(element, "category_nicename"))
            parent, name = unquote(xml.text(element, "category_parent")), unescape(xml.text(element, "cat_name"))
            number = xml.text(element, "term_id")
            self.keep("section", slug, name=name, parent=parent, number=number)
            self.keep("section-id", number, slug=slug)
        elif name == "term":
            if xml.text(element, "term_taxonomy") == "author":
                self.keep("author-term", xml.text(element, "term_slug"), **_name_in_description(element))
        else:
            self.add_item(element)

    def add_item(self, element: xml.Element) -> None:
        kind, number = xml.text(element, "post_type"), xml.text(element, "post_id")
        meta = _meta(xml.children(element, "postmeta"))
        if kind == "wp_block":
            self.keep("block", number, text=_encoded(xml.children(element, "encoded"), "content"))
        elif kind == "guest-author":
            name = _first(meta, "cap-display_name") or plain(xml.text(element, "title"))
            login = _first(meta, "cap-user_login")
            slug = xml.text(element, "post_name").removeprefix("cap-")
            for key in {slug, login} - {""}:
                self.keep("guest", key, name=name, slug=slug)
        elif kind == "attachment" and _is_picture(address := _attachment_address(element)):
            told = {
                "address": address,
                "alt": plain(_first(meta, "_wp_attachment_image_alt")),
                "caption": plain(_encoded(xml.children(element, "encoded"), "excerpt")),
                "credit": plain(next((_first(meta, key) for key in _CREDITS if _first(meta, key)), "")),
                "parent": xml.text(element, "post_parent"),
                "order": xml.text(element, "menu_order"),
            }
            self.keep("picture", number, **told)
            if told["parent"] not in ("", "0") and number.isdigit() and len(number) < 16:
                place = int(told["order"]) if re.fullmatch(r"-?\d{1,9}", told["order"]) else 0
                self.database.execute(
                    "INSERT OR IGNORE INTO attached VALUES (?, ?, ?)", (told["parent"], place, int(number))
                )


@dataclass(slots=True)
class _Site:
    """What a file's head tells of the site that it came from."""

    base: str = ""
    language: str = ""


@dataclass(slots=True)
class _Reading:
    stream: BinaryIO
    options: ReadOptions
    library: _Library
    document: int = 0
    site: _Site = field(default_factory=_Site)
    first_base: str = ""
    left_out: Counter[str] = field(default_factory=Counter)

    def items(self) -> Iterator[ImportedArticle | ImportedPage | LeftOut | Problem]:
        is_near = xml.items_and_few_beside("item")

        def is_read(name: str, source: bytes) -> bool:
            return name in ("item", "language", "base_blog_url", "link") and is_near(name, source)

        for part in xml.parts(self.stream, _READING_NAMES, self.options, is_read):
            if isinstance(part, Problem):
                yield part
                continue
            if part.document != self.document:
                self.document, self.site = part.document, _Site()
            if part.name == "item":
                try:
                    item = _Item(part, self.library, self.site).read(self.left_out)
                except Refusal as refusal:
                    yield replace(refusal.problem, place=part.place)
                else:
                    if item:
                        yield item
            else:
                self.see_head(part)
        for kind, number in sorted(self.left_out.items()):
            yield LeftOut(kind, number)

    def see_head(self, part: xml.Part) -> None:
        told = xml.text(part.element)
        if part.name == "language":
            self.site.language = self.site.language or told
        elif part.name in ("base_blog_url", "link") and (address := _web_address(told)):
            if part.name == "link" and self.site.base:
                return
            self.site.base = address.rstrip("/")
            if part.name == "base_blog_url":
                self.see_same_site(part)

    def see_same_site(self, part: xml.Part) -> None:
        base = re.sub(r"^https?://(?:www\.)?", "", self.site.base.lower())
        if self.first_base and base != self.first_base:
            raise Refusal(
                f"Here begins the export of another site, {self.site.base}: its posts have the numbers of others.",
                "Cut the file here, and import the rest into an outlet of its own.",
                f"line {part.line}",
            )
        self.first_base = base


@dataclass
class _Item:
    """One post or page."""

    part: xml.Part
    library: _Library
    site: _Site
    problems: list[Problem] = field(default_factory=list)
    # The sources of what it needs of the file, for its record.
    needed: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.element = self.part.element
        self.parts = xml.by_name(self.element)
        self.told = {name: xml.text(each[0]) for name, each in self.parts.items()}
        self.problems += self.part.problems
        self.meta = _meta(self.parts.get("postmeta", []))
        self.number = self.told.get("post_id", "")
        self.kind = self.told.get("post_type", "") or "post"
        link = self.told.get("link", "")
        # Other systems that write this format leave out the host.
        self.link = _web_address(f"{self.site.base}{link}" if link.startswith("/") else link)
        self.slug = unquote(self.told.get("post_name", ""))

    def read(self, left_out: Counter[str]) -> ImportedArticle | ImportedPage | None:
        for comment in self.parts.get("comment", []):
            is_ping = xml.text(comment, "comment_type") in ("pingback", "trackback")
            left_out["pingbacks" if is_ping else "reader comments"] += 1
        if self.kind in _OTHER_KINDS:
            if not (self.kind == "attachment" and _is_picture(_attachment_address(self.element))):
                left_out[_OTHER_KINDS[self.kind]] += 1
            return None
        if self.status == "auto-draft" and not self.encoded("content"):
            left_out["empty drafts"] += 1
            return None
        if self.kind == "page":
            return self.page()
        if self.kind != "post":
            if not self.is_like_a_post():
                left_out[f"items of the type {self.kind}"] += 1
                return None
            self.remark(
                f"It is no post but of the type “{self.kind}”; it was taken as an article.",
                "If it is none, take it out of public view.",
            )
        return self.article()

    def is_like_a_post(self) -> bool:
        """Whether an item of a type that some plug-in or theme made had a page of its own, with a text."""
        is_addressed = bool(self.link) and "?" not in self.link
        return is_addressed and bool(self.encoded("content")) and bool(self.told.get("title", ""))

    def encoded(self, which: str) -> str:
        return _encoded(self.parts.get("encoded", []), which)

    def article(self) -> ImportedArticle:
        body = self.body()
        published, precision = self.published()
        original_id = self.number or self.told.get("guid", "") or self.link
        if not original_id:
            raise Refusal("It has no id, no guid and no link.", "Give it a <wp:post_id>.", self.part.place)
        featured, others = self.pictures(body)
        if not (body.strip() or featured or others) and self.status == "publish":
            self.remark("It has no text.", "Look for the article in a crawl or another export.")
        section, tags = self.terms()
        # What is remarked on the way, and what it needs of the file, is known last.
        return ImportedArticle(
            original_id=original_id,
            headline=self.headline(body),
            body=body,
            slug=self.slug,
            summary=plain(self.encoded("excerpt")),
            language=self.language(),
            published=published,
            published_precision=precision,
            modified=_moment(self.told.get("post_modified_gmt", ""), in_greenwich=True),
            bylines=self.bylines(),
            section=section,
            tags=tags,
            images=(*featured, *others),
            original_url=self.link,
            old_addresses=self.old_addresses(),
            indexable=_first(self.meta, "_yoast_wpseo_meta-robots-noindex") != "1",
            held_back=self.is_held_back(),
            place=self.part.place,
            problems=tuple(self.problems),
            record=self.record(),
        )

    def page(self) -> ImportedPage:
        body = self.body()
        return ImportedPage(
            slug=self.page_slug(),
            title=self.headline(body),
            body=body,
            language=self.language(),
            modified=_moment(self.told.get("post_modified_gmt", ""), in_greenwich=True),
            held_back=self.is_held_back(),
            old_addresses=(*((self.link,) if self.link else ()), *self.old_addresses()),
            place=self.part.place,
            record=self.record(),
        )

    def page_slug(self) -> str:
        """Pages under pages may have the same name; their addresses are their own."""
        path = urlsplit(self.link).path.removeprefix(urlsplit(self.site.base).path).strip("/")
        if "?" in self.link or not path or len(path) > 200:
            path = self.slug
        return "-".join(unquote(path).split("/"))

    def remark(self, problem: str, remedy: str) -> None:
        self.problems.append(Problem(self.part.place, problem, remedy))

    @cached_property
    def status(self) -> str:
        return self.told.get("status", "")

    def is_held_back(self) -> bool:
        if self.status == "publish" and self.told.get("post_password", ""):
            self.remark("It was to be read with a password only; it is held back.", "Publish it, if it may be read.")
            return True
        if not self.status:
            self.remark("Nothing tells whether it was published; it is held back.", "Publish it, if it was.")
        return self.status != "publish"

    def headline(self, body: str) -> str:
        title = plain(self.told.get("title", ""))
        if not title:
            words = plain(body) or self.slug or f"{self.kind} {self.number}"
            title = words if len(words) <= 80 else f"{words[:80].rpartition(' ')[0] or words[:80]} …"
            self.remark("It has no title; its first words stand for one.", "Give it a headline.")
        if len(title) > LONGEST_HEADLINE:
            title = f"{title[:LONGEST_HEADLINE].rpartition(' ')[0] or title[: LONGEST_HEADLINE - 1]}…"
            self.remark("Its title was too long and was cut.", "Mend the headline.")
        return title

    def language(self) -> str:
        named = next((each for each in self.categories if each[0] == "language"), None)
        return named[1] if named else self.site.language

    def published(self) -> tuple[date | None, Precision]:
        """The moment of publishing: Greenwich's where it is told, the newsroom's clock where it is not."""
        told_here, told_in_greenwich = (self.told.get(name, "") for name in ("post_date", "post_date_gmt"))
        here, in_greenwich = _moment(told_here), _moment(told_in_greenwich, in_greenwich=True)
        if here and in_greenwich and abs(here.replace(tzinfo=UTC) - in_greenwich) > _FURTHEST:
            self.remark(
                f"Its dates, {told_here} here and {told_in_greenwich} in Greenwich, can't both be; it has the first.",
                "Look at its date.",
            )
            in_greenwich = None
        moment = in_greenwich or here or _moment_of_mail(self.told.get("pubDate", ""))
        if moment:
            return moment, "minute"
        if self.status == "publish":
            told = next((each for each in (told_here, told_in_greenwich) if each), "")
            self.remark(f"Its date, “{told[:40]}”, is none." if told else "It has no date.", "Give it a date.")
        return None, "unknown"

    @cached_property
    def categories(self) -> list[tuple[str, str, str]]:
        """Its taxonomies' terms: domain, slug and name, each once."""
        told: list[tuple[str, str, str]] = []
        for each in self.parts.get("category", []):
            domain, slug = xml.attribute(each, "domain") or "category", unquote(xml.attribute(each, "nicename"))
            told.append(("post_tag" if domain == "tag" else domain, slug, unescape(xml.text(each))))
        # Version 1.0 tells each twice, the first time without its slug.
        with_slug = {(domain, name) for domain, slug, name in told if slug}
        return list(dict.fromkeys(each for each in told if each[1] or (each[0], each[2]) not in with_slug))

    def terms(self) -> tuple[tuple[ImportedTerm, ...], tuple[ImportedTerm, ...]]:
        """The path of its foremost section; and its tags, to which its other sections come."""
        listed = [(slug, name) for domain, slug, name in self.categories if domain == "category"]
        paths = [self.section_path(slug, name) for slug, name in listed]
        paths = [path for path in paths if path[-1].slug not in _NO_SECTION] or paths[:1]
        primary = self.library.find("section-id", _first(self.meta, "_yoast_wpseo_primary_category")) or {}
        chosen = next((path for path in paths if path[-1].slug == primary.get("slug")), paths[0] if paths else ())
        for path in paths:
            # The deepest of its own line.
            if len(path) > len(chosen) and path[: len(chosen)] == chosen:
                chosen = path
        others = [path[-1] for path in paths if path[-1] not in chosen]
        tags = [
            ImportedTerm(name, slug)
            for domain, slug, name in self.categories
            if domain != "category" and domain not in _INNER_TAXONOMIES
        ]
        return tuple(chosen), tuple({term.slug or term.name: term for term in (*tags, *others)}.values())

    def section_path(self, slug: str, name: str) -> tuple[ImportedTerm, ...]:
        path = [ImportedTerm(name or slug, slug)]
        seen = {slug}
        told = self.need_section(slug)
        while told and told["parent"] and told["parent"] not in seen and len(path) < 20:
            slug = told["parent"]
            seen.add(slug)
            told = self.need_section(slug)
            if told:
                path.insert(0, ImportedTerm(told["name"] or slug, slug))
        return tuple(path)

    def need_section(self, slug: str) -> dict[str, str] | None:
        told = self.library.find("section", slug)
        if told:
            fields = {"term_id": told["number"], "category_nicename": slug, "category_parent": told["parent"]}
            self.needed[f"section {slug}"] = _source("wp:category", {**fields, "cat_name": told["name"]})
        return told

    def bylines(self) -> tuple[ImportedByline, ...]:
        """The authors of the co-authors' plug-ins in their order, else the one whose post it is."""
        named = [(slug, name) for domain, slug, name in self.categories if domain == "author"]
        found = [self.author(slug.removeprefix("cap-"), name) for slug, name in named]
        if not found and (creator := self.told.get("creator", "")):
            found = [self.author(_slug_of_login(creator), creator)]
        return tuple({each.name: each for each in found if each.name}.values())

    def author(self, slug: str, login: str) -> ImportedByline:
        for key in (slug, login):
            if guest := self.library.find("guest", key):
                fields = {"title": guest["name"], "post_type": "guest-author", "post_name": f"cap-{guest['slug']}"}
                self.needed[f"guest {key}"] = _source("item", fields, {"cap-user_login": key})
                return ImportedByline(guest["name"], slug=guest["slug"])
        for known in (login, (self.library.find("author-slug", slug) or {}).get("login", "")):
            if told := self.library.find("author", known):
                fields = {"author_login": known, "author_display_name": told["name"]}
                self.needed[f"author {known}"] = _source("wp:author", fields)
                return ImportedByline(told["name"], slug=slug)
        term = self.library.find("author-term", f"cap-{slug}") or self.library.find("author-term", slug)
        if term and term.get("name"):
            fields = {"term_taxonomy": "author", "term_slug": f"cap-{slug}", "term_description": term["told"]}
            self.needed[f"term {slug}"] = _source("wp:term", {**fields, "term_name": login})
            return ImportedByline(term["name"], slug=slug)
        # A mail address is nobody's name.
        return ImportedByline(login.partition("@")[0], slug=slug)

    def body(self) -> str:
        rendering = Rendering(self.gallery, self.shared_block, self.footnotes())
        content = self.encoded("content")
        see_bounds(content)
        body = rendering.html(content)
        if rendering.unknown:
            names = ", ".join(dict.fromkeys(rendering.unknown))
            self.remark(
                f"What plug-ins of the site made was left out, and its text kept: {names[:300]}.",
                "Look at the article's text.",
            )
        return body

    def footnotes(self) -> str:
        """The notes that WordPress 6.3 and later keep beside the text: a list of objects, as JSON."""
        found = inner(_first(self.meta, "footnotes"))
        notes = [f"<li>{words}</li>" for each in objects(found) if (words := text(each.get("content")).strip())]
        return f"<ol>{''.join(notes)}</ol>" if notes else ""

    def shared_block(self, number: str) -> str:
        told = self.library.find("block", number)
        if told is None:
            return ""
        fields = {"post_id": number, "post_type": "wp_block", "content:encoded": told["text"]}
        self.needed[f"item {number}"] = _source("item", fields)
        return told["text"]

    def gallery(self, told: dict[str, str]) -> str:
        numbers = re.findall(r"\d{1,15}", told.get("ids") or told.get("include") or "")
        numbers = numbers or self.library.attached_to(told.get("id") or self.number)
        found = [self.picture(number) for number in numbers[:MOST_ATTACHED]]
        figures = [figure(each.original_address, each.alt, each.caption) for each in found if each]
        if len(figures) < len(numbers):
            self.remark(
                f"Of a gallery's {len(numbers)} pictures, the file has {len(figures)}.",
                "Look for the others in another export.",
            )
        return f"\n\n<div>{''.join(figures)}</div>\n\n" if figures else ""

    def picture(self, number: str) -> ImportedImage | None:
        told = self.library.find("picture", number)
        if told is None:
            return None
        fields = {"post_id": number, "post_type": "attachment", "attachment_url": told["address"]}
        fields |= {"post_parent": told["parent"], "menu_order": told["order"], "excerpt:encoded": told["caption"]}
        self.needed[f"item {number}"] = _source(
            "item", fields, {"_wp_attachment_image_alt": told["alt"], _CREDITS[0]: told["credit"]}
        )
        return ImportedImage(told["address"], told["alt"], told["caption"], told["credit"])

    def pictures(self, body: str) -> tuple[list[ImportedImage], list[ImportedImage]]:
        """The picture set above the text; and those in it, then those that were attached to it and stand nowhere."""
        leading = self.picture(number) if (number := _first(self.meta, "_thumbnail_id")) else None
        found = list(pictures_in(body))
        seen = {_name_of_picture(each.original_address) for each in (leading, *found) if each}
        for number in self.library.attached_to(self.number):
            attached = self.picture(number)
            if attached and _name_of_picture(attached.original_address) not in seen:
                found.append(attached)
                seen.add(_name_of_picture(attached.original_address))
        if leading:
            found = [each for each in found if each.original_address != leading.original_address]
        return [leading] if leading else [], found

    def old_addresses(self) -> tuple[str, ...]:
        found = []
        path = urlsplit(self.link).path
        written = self.told.get("post_name", "")
        for slug in self.meta.get("_wp_old_slug", ()):
            if slug and written and self.link.rstrip("/").endswith(f"/{written}"):
                head, _slash, _slug = self.link.rstrip("/").rpartition("/")
                found.append(f"{head}/{slug}{'/' if self.link.endswith('/') else ''}")
        for day in self.meta.get("_wp_old_date", ()):
            if re.fullmatch(r"\d{4}-\d\d-\d\d", day) and (dated := _DATE_IN_PATH.search(path)):
                year, month, of_month = day.split("-")
                parts = [year, month, of_month] if dated[0].count("/") == 4 else [year, month]
                found.append(self.link.replace(dated[0], f"/{'/'.join(parts)}/", 1))
        found.append(self.address_in_guid())
        if self.site.base and self.number and self.status == "publish":
            name = "page_id" if self.kind == "page" else "p"
            found.append(f"{self.site.base}/?{name}={self.number}")
        return tuple(dict.fromkeys(each for each in found if each and each != self.link))

    def address_in_guid(self) -> str:
        """The address that it was made with, at this site or at one that it came from."""
        address = _web_address(self.told.get("guid", ""))
        parts, site = urlsplit(address), urlsplit(self.site.base)
        if parts.path in ("", "/") and not parts.query:
            return ""
        number = re.search(r"(?:^|&)(?:p|page_id)=(\d+)", parts.query)
        # It came here under another number, which is now another's.
        is_anothers = number and number[1] != self.number and parts.hostname == site.hostname
        return "" if is_anothers else address

    def record(self) -> bytes:
        head = {"link": self.site.base, "language": self.site.language, "wp:base_blog_url": self.site.base}
        told = [f"<{name}>{escape(value)}</{name}>".encode() for name, value in head.items() if value]
        # Readers' names, mail addresses and words are not the archive's to keep, nor is a password.
        source = xml.source_without(self.element, _is_a_readers, ("post_password",))
        return self.part.record(*told, *(each for each in self.needed.values() if each), source=source)


def _is_a_readers(element: xml.Element) -> bool:
    return xml.name(element) == "comment"


def _encoded(elements: Iterable[xml.Element], which: str) -> str:
    """The text or the excerpt of an item: both are called <encoded>, in namespaces of their own."""
    return xml.text(next((each for each in elements if which in xml.namespace(each)), None))


def _meta(elements: Iterable[xml.Element]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in elements:
        found.setdefault(xml.text(each, "meta_key"), []).append(xml.text(each, "meta_value"))
    return found


def _first(meta: dict[str, list[str]], key: str) -> str:
    return next((value for value in meta.get(key, ()) if value), "")


def _author_name(element: xml.Element) -> str:
    display = xml.text(element, "author_display_name")
    parts = (xml.text(element, "author_first_name"), xml.text(element, "author_last_name"))
    full = " ".join(part for part in parts if part)
    if "@" in display:
        display = ""
    return plain(display or full or xml.text(element, "author_login").partition("@")[0])


def _name_in_description(element: xml.Element) -> dict[str, str]:
    """An author's name from what the co-authors' plug-in finds authors by: name, both names, login, number, mail."""
    words = xml.text(element, "term_description").split()
    login = xml.text(element, "term_name")
    words = words[: words.index(login)] if login in words else []
    half = len(words) // 2
    name = " ".join(words[:half]) if words[:half] == words[half:] else ""
    return {"name": name, "told": f"{name} {name} {login} 0 -"} if name else {}


def _slug_of_login(login: str) -> str:
    """What WordPress makes of a login in an author's address."""
    return "" if "@" in login else re.sub(r"[^\w-]+", "-", login.lower().replace(".", "-")).strip("-")


def _attachment_address(element: xml.Element) -> str:
    return _web_address(xml.text(element, "attachment_url")) or _web_address(xml.text(element, "guid"))


def _is_picture(address: str) -> bool:
    path = address.partition("?")[0].lower()
    return path.endswith((".jpg", ".jpeg", ".jpe", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".avif", ".svg"))


def _name_of_picture(address: str) -> str:
    """A picture's address without the size in which it is shown."""
    bare = re.sub(r"^https?://(?:i\d\.wp\.com/)?", "", address.partition("?")[0])
    return _SIZE_IN_NAME.sub("", bare)


def _web_address(text: str) -> str:
    text = text.strip()
    try:
        is_address = bool(re.match("https?://", text, re.IGNORECASE) and urlsplit(text).hostname)
    except ValueError:
        is_address = False
    return text if is_address else ""


def _moment(told: str, *, in_greenwich: bool = False) -> datetime | None:
    return None if told in _NO_DATE else read_moment(told, UTC if in_greenwich else None)


def _moment_of_mail(told: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(told)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC) if 1971 <= moment.year <= 2199 else None


def _source(tag: str, fields: dict[str, str], meta: dict[str, str] | None = None) -> bytes:
    """An element as an export would have it, with what was told of it."""
    lines = []
    for name, value in fields.items():
        if value:
            name = name if ":" in name or name in ("title", "link") else f"wp:{name}"
            lines.append(f"<{name}>{escape(value)}</{name}>")
    for key, value in (meta or {}).items():
        if value:
            told = f"<wp:meta_key>{key}</wp:meta_key><wp:meta_value>{escape(value)}</wp:meta_value>"
            lines.append(f"<wp:postmeta>{told}</wp:postmeta>")
    return f"<{tag}>{''.join(lines)}</{tag}>".encode()
