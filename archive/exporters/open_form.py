"""An article as anyone may have it: the form of the API and of the open data. What is for staff alone is not in it."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_noop as _

from archive.models import Article, Section

from . import article_dict as own
from .content import digest_of


@dataclass(frozen=True)
class Field:
    """`kind` is a type of JSON (string, integer, boolean, object, array); `meaning` is a message of the catalogue."""

    kind: str
    meaning: str


# In the order in which they stand.
FIELDS = {
    "key": Field("string", _("Permanent identifier, 12 characters, never reused and never changed.")),
    "address": Field("string", _("Permanent address of its page.")),
    "short_address": Field("string", _("Short address, which leads to its page.")),
    "outlet": Field("string", _("Address name of its outlet.")),
    "headline": Field("string", _("Headline, as printed; plain text.")),
    "slug": Field("string", _("The words at the end of its address.")),
    "kicker": Field("string", _("What stood above the headline; plain text.")),
    "summary": Field("string", _("Summary or standfirst; plain text.")),
    "body": Field("string", _("Text, as safe HTML.")),
    "language": Field("string", _("Language of the text, an ISO 639-1 code.")),
    "version_of": Field(
        "string",
        _(
            "Key of the article of which it is a version, in another language or of another edition; empty where it is "
            "of none that is public."
        ),
    ),
    "published": Field(
        "string",
        _(
            "When it was published, in ISO 8601, no more precisely than is known: a year, a month, a day, or an "
            "instant in UTC. Empty where the date is unknown."
        ),
    ),
    "published_precision": Field("string", _("What of that date is known: minute, day, month, year or unknown.")),
    "modified": Field(
        "string", _("When the newsroom last changed it after publication, an instant in ISO 8601; empty if unknown.")
    ),
    "dateline": Field("string", _("Place and agency that open a wire story.")),
    "sign_off": Field("string", _("Desk initials that end a wire story.")),
    "bylines": Field("array", _("Its authors, in the order in which they stood, each with their part in it.")),
    "source": Field("object", _("Who supplied the text; null if unknown.")),
    "credit": Field("string", _("Credit line of its source.")),
    "rights": Field("string", _("Rights line of its outlet.")),
    "section": Field("array", _("Section where it stood and those above it, the topmost first.")),
    "tags": Field("array", _("Its tags, in the order of their address names.")),
    "images": Field(
        "array", _("Its pictures; one that may not be shown keeps its caption, its credit and the reason.")
    ),
    "corrections": Field("array", _("Dated public notes on it, the earliest first.")),
    "original_url": Field("string", _("Address at which it was first published; empty if unknown.")),
    "old_addresses": Field("array", _("Every address at which it is known to have stood.")),
    "indexable": Field(
        "boolean", _("Whether search engines may index it; whoever copies it is asked to pass this on.")
    ),
    "digest": Field(
        "string", _("Digest of its words and dates, by which anyone can check that they are still what they were.")
    ),
    "version": Field("integer", _("Counted up with each change that the archive made to it; 1 is as it was taken in.")),
    "taken_in": Field("string", _("When the archive took it in, an instant in ISO 8601.")),
    "changed": Field("string", _("When the archive last changed anything of it, an instant in ISO 8601.")),
}


def open_article(article: Article, sections=None, firsts=None):
    """What anyone may have of an article that is public, in plain values, by the names of FIELDS.

    `sections` are those of its outlet by id, where they are at hand; `firsts` the keys, by id, of the public articles
    of which others are versions.
    """
    told = own.article_dict(article, sections)
    told["images"] = [open_image(image) for image in article.images.all()]
    told |= {
        "address": settings.ARCHIVE_URL + article.get_absolute_url(),
        "short_address": article.short_address,
        "version_of": (public_firsts([article]) if firsts is None else firsts).get(article.version_of_id, ""),
        "credit": article.source.credit if article.source else "",
        "rights": article.outlet.rights_line,
        "indexable": article.indexable,
        "digest": digest_of(article),
        "version": article.version,
        "taken_in": own.instant(article.created_at),
        "changed": own.instant(article.updated_at),
    }
    return {name: told[name] for name in FIELDS}


def open_image(image):
    return {
        "number": image.number,
        # The name of a file that may not be shown is not told either.
        "address": settings.ARCHIVE_URL + image.file.url if image.is_shown and image.file else "",
        "width": image.width,
        "height": image.height,
        "alt": image.alt,
        "caption": image.caption,
        "credit": image.credit,
        "withheld": image.withheld,
    }


def with_all(articles):
    """A queryset of articles with what `open_article` tells, in a fixed number of queries."""
    return articles.select_related(*own.FOLLOWED).prefetch_related(*own.FETCHED).defer("body_received")


def open_articles(articles, sections=None):
    """`open_article` of each, in order. `sections` are those of their outlets by id: one query, unless given."""
    articles = list(articles)
    if sections is None:
        outlets = {article.outlet_id for article in articles}
        sections = {each.pk: each for each in Section.objects.filter(outlet__in=outlets)}
    firsts = public_firsts(articles)
    return [open_article(article, sections, firsts) for article in articles]


def public_firsts(articles):
    """The key of each article of which one of these is a version, by its id, where the public may know of it."""
    wanted = {article.version_of_id for article in articles} - {None}
    if not wanted:
        return {}
    return dict(Article.objects.public().filter(pk__in=wanted).values_list("pk", "key"))
