"""Feeds of articles: Atom (RFC 4287, paged as by RFC 5005) and JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/).

A feed has the articles of the page that it belongs to, in the same order: newest first by date of publication. That an
article was corrected shows in its `updated`; an article keeps its id, its short address, whatever becomes of it.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.feedgenerator import Atom1Feed, rfc3339_date
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from archive.models import Article
from archive.templatetags.page import day_in_words, machine_published, page_language, published_body, typeset

ATOM, JSON_FEED = "application/atom+xml", "application/feed+json"
# Fewer than on a page, since each comes with its text.
FEED_LENGTH = 20

# What XML 1.0 has no way to write (https://www.w3.org/TR/xml/#charsets).
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A tag as the sanitiser writes it: attributes always stand in double quotes.
_TAG = re.compile(r'<[a-z][^<>"]*(?:"[^"]*"[^<>"]*)+>')
_LINK = re.compile(r'(?<=[ ])(href|cite)="([^"]*)"')
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    name: str
    address: str = ""


@dataclass(frozen=True)
class Category:
    """A section or a tag: its name, the slug by which machines know it, and the address below which the slug stands.

    `language` is that of its name, where it is known.
    """

    name: str
    slug: str
    scheme: str
    language: str = ""


@dataclass(frozen=True)
class Entry:
    """An article in a feed. Addresses are full; `content` is safe HTML, all else plain text.

    `published` is ISO 8601 at the precision that is known (2014, 2014-01, 2014-01-22T17:47-05:00), or "".
    """

    id: str
    address: str
    title: str
    language: str
    updated: datetime
    published: str = ""
    authors: tuple[Person, ...] = ()
    categories: tuple[Category, ...] = ()
    summary: str = ""
    content: str = ""
    rights: str = ""
    image: str = ""


@dataclass(frozen=True)
class Feed:
    """A feed, or one page of it.

    `address` is of the page for readers that it belongs to; `feed_address` that of the feed's first page, in the form
    that is written, which is also its id. `this`, `newer` and `older` are the addresses of this page of it and of its
    neighbours, `other_form` the same page as the other of Atom and JSON Feed. All are full, and those of no use "".
    """

    title: str
    address: str
    feed_address: str
    language: str
    entries: list[Entry]
    subtitle: str = ""
    author: str = ""
    rights: str = ""
    this: str = ""
    newer: str = ""
    older: str = ""
    other_form: str = ""
    updated: datetime = field(default=_NEVER)

    @property
    def last_updated(self):
        return max([self.updated, *(entry.updated for entry in self.entries)])


def entries(articles):
    """The entries of articles that the public may see, in the order given, by a fixed number of queries.

    However they were read: of each its number is taken alone. To be called in the language of the feed's page.
    """
    keys = [article.pk for article in articles]
    found = (
        Article.objects.public()
        .select_related("outlet", "section__outlet", "source")
        .defer("body_received")
        .prefetch_related("bylines__author", "tags", "images", "corrections")
        .in_bulk(keys)
    )
    return [entry(found[key]) for key in keys if key in found]


def entry(article):
    address = settings.ARCHIVE_URL + article.get_absolute_url()
    outlet = article.outlet
    source = article.source
    authors = [
        Person(byline.author.name, _full("archive:author", outlet.slug, byline.author.slug))
        for byline in article.text_bylines
    ]
    if not authors:
        authors = [Person(source.name if source else outlet.name)]
    categories = [Category(tag.name, tag.slug, _scheme(outlet, "tags"), tag.language) for tag in article.tags.all()]
    if article.section:
        section = article.section
        scheme = _scheme(section.outlet, "sections")
        categories.insert(0, Category(section.name, section.slug, scheme, section.outlet.language))
    shown = next((image for image in article.images.all() if image.is_shown), None)
    return Entry(
        id=article.short_address,
        address=address,
        title=article.headline,
        language=article.language,
        updated=article.updated_at,
        published=machine_published(article),
        authors=tuple(authors),
        categories=tuple(categories),
        summary=article.summary,
        content=with_full_addresses(_content(article), address),
        rights=(source.credit if source else "") or outlet.rights_line,
        image=settings.ARCHIVE_URL + shown.file.url if shown else "",
    )


def _full(name, *args):
    return settings.ARCHIVE_URL + reverse(name, args=args)


def _scheme(outlet, kind):
    return f"{settings.ARCHIVE_URL}{outlet.get_absolute_url()}{kind}/"


def _content(article):
    """The text, with its credit and every note on it: a correction must travel as far as its error."""
    parts = [published_body(article)] if article.body or article.dateline else []
    if article.sign_off:
        parts.append(format_html("<p>{}</p>", article.sign_off))
    if article.source and article.source.credit:
        parts.append(format_html("<p><small>{}</small></p>", article.source.credit))
    corrections = article.corrections.all()
    if corrections:
        # The text is in the article's language, and what stands over a note in the page's.
        own = format_html(' lang="{}"', page_language()) if page_language() != article.language else ""
        parts.append(format_html("<h2{}>{}</h2>", own, _("Corrections and notes")))
        parts.append(
            format_html_join(
                "\n",
                "<p><strong{}>{} · {}</strong><br>{}</p>",
                (
                    (own, each.get_kind_display(), day_in_words(each.made_on), typeset(each.text, article.language))
                    for each in corrections
                ),
            )
        )
    return "\n".join(parts)


def with_full_addresses(html, base):
    """Sanitised HTML whose links no longer depend on the page that it stands on, whose full address is `base`."""

    def full(link):
        try:
            # What is escaped in an address stays so: neither & nor ; decides how addresses are joined.
            return f'{link[1]}="{urljoin(base, link[2])}"'
        except ValueError:
            return link[0]

    return _TAG.sub(lambda tag: _LINK.sub(full, tag[0]), html)


# Atom


class _AtomFeed(Atom1Feed):
    """Django's, with what an article has and a blog post has not: several authors, text beside summary, a language."""

    def root_attributes(self):
        return super().root_attributes() | {"xmlns:dcterms": "http://purl.org/dc/terms/"}

    def latest_post_date(self):
        return self.feed["updated"]

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        for rel, address, form in self.feed["links"]:
            if address:
                handler.addQuickElement("link", "", {"rel": rel, "href": iri_to_uri(address), "type": form})

    def item_attributes(self, item):
        return {"xml:lang": item["language"]}

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for person in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", for_xml(person.name))
            if person.address:
                handler.addQuickElement("uri", iri_to_uri(person.address))
            handler.endElement("author")
        for category in item["in_categories"]:
            attributes = {"term": category.slug, "scheme": category.scheme, "label": for_xml(category.name)}
            if category.language and category.language != item["language"]:
                # The label is what has a language: https://www.rfc-editor.org/rfc/rfc4287#section-4.2.2.3
                attributes["xml:lang"] = category.language
            handler.addQuickElement("category", "", attributes)
        if item["published"]:
            # Atom's own `published` has to be an instant, which for most of an archive would be more than is known.
            handler.addQuickElement("dcterms:issued", item["published"])
        if item["summary"]:
            handler.addQuickElement("summary", item["summary"], {"type": "text"})
        if item["content"]:
            handler.addQuickElement("content", item["content"], {"type": "html"})


def atom(feed):
    """A Feed as the bytes of an Atom document, in UTF-8."""
    writer = _AtomFeed(
        title=for_xml(feed.title),
        link=feed.address,
        description=None,
        subtitle=for_xml(feed.subtitle) or None,
        language=feed.language,
        author_name=for_xml(feed.author) or None,
        feed_url=feed.this or feed.feed_address,
        feed_guid=feed.feed_address,
        feed_copyright=for_xml(feed.rights) or None,
        updated=feed.last_updated,
        links=[
            ("first", feed.feed_address if feed.newer or feed.older else "", ATOM),
            ("previous", feed.newer, ATOM),
            ("next", feed.older, ATOM),
            ("alternate", feed.other_form, JSON_FEED),
        ],
    )
    for each in feed.entries:
        writer.add_item(
            title=for_xml(each.title),
            link=each.address,
            description=None,
            unique_id=each.id,
            pubdate=_instant(each.published),
            updateddate=each.updated,
            item_copyright=for_xml(each.rights) or None,
            language=each.language,
            authors=each.authors,
            in_categories=each.categories,
            published=each.published,
            summary=for_xml(each.summary),
            content=for_xml(each.content),
        )
    document = BytesIO()
    writer.write(document, "utf-8")
    return document.getvalue()


def for_xml(text):
    """A text without the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


def _instant(published):
    """The instant of a date that is known to the minute; None for any other."""
    return datetime.fromisoformat(published) if "T" in published else None


# JSON Feed


def json_feed(feed):
    """A Feed as the bytes of a JSON Feed document, in UTF-8."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": iri_to_uri(feed.address),
        "feed_url": iri_to_uri(feed.this or feed.feed_address),
        "description": feed.subtitle,
        "language": feed.language,
        "authors": [{"name": feed.author}] if feed.author else [],
        "next_url": iri_to_uri(feed.older),
        "items": [_item(each) for each in feed.entries],
    }
    return json.dumps({name: value for name, value in document.items() if value or name == "items"}).encode()


def _item(each):
    moment = _instant(each.published)
    item = {
        "id": each.id,
        "url": iri_to_uri(each.address),
        "title": each.title,
        # One of the two ways to give a text has to be there, even where the text is lost.
        "content_html": each.content,
        "summary": each.summary,
        "image": iri_to_uri(each.image),
        "date_published": rfc3339_date(moment) if moment else "",
        "date_modified": rfc3339_date(each.updated),
        "authors": [
            {"name": person.name} | ({"url": iri_to_uri(person.address)} if person.address else {})
            for person in each.authors
        ],
        "tags": [category.name for category in each.categories],
        "language": each.language,
        # An extension, as the format allows: the date as far as it is known, and whose the text is.
        "_archive": {"about": "https://www.dublincore.org/specifications/dublin-core/dcmi-terms/"}
        | {name: value for name, value in (("issued", each.published), ("rights", each.rights)) if value},
    }
    return {name: value for name, value in item.items() if value or name == "content_html"}
