"""blogger: the back-up of a blog on Blogger, an Atom feed of all that it holds.

It has no specification of its own; it is Atom (https://www.rfc-editor.org/rfc/rfc4287) with kinds of entries after
https://developers.google.com/gdata/docs/2.0/elements#gdKind. Since 2024 (feed.atom in Google Takeout) they are named by
elements of the namespace http://schemas.google.com/blogger/2018, and addresses are told without their host.

Posts become articles, pages information pages. Drafts, what was to be published later and what was in the bin is held
back. Comments, templates and settings are counted. It carries no section (a blog has labels, which are tags), no
summary, and of pictures only what stands in the text. An article's id is Blogger's number of the post.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import escape
from typing import BinaryIO
from urllib.parse import unquote, urljoin, urlsplit

from archive.sanitize import paragraphs

from . import xml
from .base import ImportedArticle, ImportedByline, ImportedTerm, Problem, ReadOptions, Refusal
from .items import ImportedPage, LeftOut
from .pictures import pictures_in, plain
from .told_dates import read_moment

LONGEST_HEADLINE = 500

_KIND = "http://schemas.google.com/g/2005#kind"
_LABEL = re.compile(r"http://www\.blogger\.com/atom/ns#|tag:blogger\.com,1999:blog-\d+")
_NUMBER = re.compile(r"tag:blogger\.com,1999:.*(?:post|page)-(\d+)")
_OTHERS = {"comment": "reader comments", "template": "templates", "settings": "settings"}
_NAMES = frozenset(["entry", "link"])
_HEAD_SIGNS = (b".archive</id>", b"schemas.google.com/g/2005#kind")


def recognises(head: bytes) -> bool:
    root = xml.root(head)
    if root is None or root.name != "feed":
        return False
    return "schemas.google.com/blogger/2018" in root.tag or any(sign in head for sign in _HEAD_SIGNS)


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[ImportedArticle | ImportedPage | LeftOut | Problem]:
    left_out: Counter[str] = Counter()
    blog = _Blog(options.website)
    for part in xml.parts(stream, _NAMES, options, xml.items_and_few_beside("entry")):
        if isinstance(part, Problem):
            yield part
        elif part.name == "link":
            blog.see_link(part)
        elif (kind := _kind(part.element)) in _OTHERS:
            blog.see_setting(part)
            left_out[_OTHERS[kind]] += 1
        else:
            try:
                item = _Entry(part, blog).item(kind)
            except Refusal as refusal:
                yield replace(refusal.problem, place=part.place)
            else:
                yield item
    for told, number in sorted(left_out.items()):
        yield LeftOut(told, number)


@dataclass(slots=True)
class _Blog:
    """What stands in the file of the blog itself, with the sources of it."""

    address: str
    language: str = ""
    sources: dict[str, bytes] = field(default_factory=dict)

    def see_link(self, part: xml.Part) -> None:
        address = xml.attribute(part.element, "href")
        if xml.attribute(part.element, "rel") == "alternate" and _is_address(address):
            self.address = address
            self.sources["link"] = part.source

    def see_setting(self, part: xml.Part) -> None:
        if xml.text(part.element, "id").endswith(".settings.BLOG_LOCALE"):
            self.language = xml.text(part.element, "content")
            self.sources["language"] = part.source


@dataclass
class _Entry:
    """One post or page."""

    part: xml.Part
    blog: _Blog
    problems: list[Problem] = field(default_factory=list)

    def item(self, kind: str) -> ImportedArticle | ImportedPage:
        element = self.part.element
        self.problems += self.part.problems
        address, told_id = self.address(), xml.text(element, "id")
        number = _NUMBER.fullmatch(told_id)
        if not (number or told_id or address):
            raise Refusal("It has no id and no link.", "Give it an <id>.")
        body = self.body()
        path = urlsplit(address).path or xml.text(element, "filename")
        slug = re.sub(r"\.html?$", "", unquote(path.rstrip("/").rpartition("/")[2]))
        record = self.part.record(*self.blog.sources.values())
        modified = read_moment(xml.text(element, "updated"))
        if kind == "page":
            return ImportedPage(
                slug=slug,
                title=self.headline(body),
                body=body,
                language=self.blog.language,
                modified=modified,
                held_back=self.is_held_back(),
                old_addresses=(address,) if address else (),
                place=self.part.place,
                record=record,
            )
        told = xml.text(element, "published") or xml.text(element, "created")
        published = read_moment(told)
        if published is None:
            self.remark(f"Its date, “{told[:40]}”, is none." if told else "It has no date.", "Give it a date.")
        return ImportedArticle(
            original_id=number[1] if number else told_id or address,
            headline=self.headline(body),
            body=body,
            slug=slug,
            language=self.blog.language,
            published=published,
            published_precision="minute" if published else "unknown",
            modified=modified,
            bylines=self.bylines(),
            tags=self.tags(),
            images=pictures_in(body),
            original_url=address,
            held_back=self.is_held_back(),
            place=self.part.place,
            record=record,
            problems=tuple(self.problems),
        )

    def remark(self, problem: str, remedy: str) -> None:
        self.problems.append(Problem(self.part.place, problem, remedy))

    def headline(self, body: str) -> str:
        title = plain(xml.text(self.part.element, "title"))
        if not title:
            words = plain(body) or self.part.place
            title = words if len(words) <= 80 else f"{words[:80].rpartition(' ')[0] or words[:80]} …"
            self.remark("It has no title; its first words stand for one.", "Give it a headline.")
        if len(title) > LONGEST_HEADLINE:
            title = f"{title[:LONGEST_HEADLINE].rpartition(' ')[0] or title[: LONGEST_HEADLINE - 1]}…"
            self.remark("Its title was too long and was cut.", "Mend the headline.")
        return title

    def body(self) -> str:
        content = xml.child(self.part.element, "content")
        kind = xml.attribute(content, "type")
        if kind == "xhtml":
            return xml.inner(xml.child(content, "div"))
        told = xml.text(content)
        return paragraphs([line for each in told.split("\n") if (line := each.strip())]) if kind == "text" else told

    def address(self) -> str:
        for link in xml.children(self.part.element, "link"):
            address = xml.attribute(link, "href")
            if xml.attribute(link, "rel") == "alternate" and _is_address(address):
                return address
        name = xml.text(self.part.element, "filename")
        if not name:
            return ""
        if not self.blog.address:
            self.remark(
                f"Its address, {name[:200]}, is told without the blog's.",
                "Set the outlet's website, and import again.",
            )
            return ""
        try:
            return urljoin(self.blog.address, name)
        except ValueError:
            self.remark(f"Its original address, “{name[:300]}”, is no web address.", "Mend it in the admin.")
            return ""

    def is_held_back(self) -> bool:
        """Whether it was not live: a draft in either way of telling it, whatever the namespace of its prefix."""
        element = self.part.element
        draft = xml.text(element, "control", "draft").lower()
        status = xml.text(element, "status").upper()
        return draft == "yes" or status not in ("", "LIVE") or bool(xml.text(element, "trashed"))

    def bylines(self) -> tuple[ImportedByline, ...]:
        names = (plain(xml.text(author, "name")) for author in xml.children(self.part.element, "author"))
        # A mail address is nobody's name.
        return tuple(ImportedByline(name) for name in dict.fromkeys(names) if name and "@" not in name)

    def tags(self) -> tuple[ImportedTerm, ...]:
        found = [
            plain(escape(xml.attribute(each, "term"), quote=False))
            for each in xml.children(self.part.element, "category")
            if _LABEL.fullmatch(xml.attribute(each, "scheme")) or not xml.attribute(each, "scheme")
        ]
        return tuple(ImportedTerm(name) for name in dict.fromkeys(found) if name)


def _kind(entry: xml.Element) -> str:
    """post, page, comment, template or settings, as either kind of export tells it."""
    told = xml.text(entry, "type").lower()
    if told:
        return told
    for category in xml.children(entry, "category"):
        if xml.attribute(category, "scheme") == _KIND:
            return xml.attribute(category, "term").rpartition("#")[2]
    return "comment" if xml.child(entry, "in-reply-to") is not None else "post"


def _is_address(text: str) -> bool:
    try:
        return bool(re.match("https?://", text, re.IGNORECASE) and urlsplit(text).hostname)
    except ValueError:
        return False
