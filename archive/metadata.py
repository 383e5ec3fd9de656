"""What a page's head tells machines of its article: schema.org, Open Graph, Dublin Core and Highwire Press tags.

A date is never told more closely than it is known, and a picture that readers may not see is not told of.
"""

from html import unescape

from django.conf import settings
from django.urls import reverse
from django.utils.html import strip_tags

from archive.models import Source
from archive.templatetags.page import machine_published

# Of a text without a summary, so much is its description.
DESCRIBED_WORDS = 30
_DESCRIBED_FROM = 4000
# The source's name is that of somebody who holds the rights; a contributor's may be what all of them are called.
_RIGHTS_HOLDERS = {Source.Kind.AGENCY, Source.Kind.PARTNER}


def description_of(article):
    """The summary, or the first words of the text."""
    if article.summary:
        return article.summary
    return first_words_of_html(article.body)


def first_words(text):
    words = text[:_DESCRIBED_FROM].split()
    return " ".join(words[:DESCRIBED_WORDS]) + ("…" if len(words) > DESCRIBED_WORDS else "")


def first_words_of_html(text):
    # A space before each tag, since the words of one paragraph do not go on in the next.
    return first_words(unescape(strip_tags(text[:_DESCRIBED_FROM].replace("<", " <"))))


def last_changed(article, corrections):
    """When the newsroom or a correction last changed it, as ISO 8601; "" where neither did.

    `corrections` are in the order of their days.
    """
    corrected_on = corrections[-1].made_on if corrections else None
    modified = article.modified_locally
    if corrected_on and (modified is None or corrected_on > modified.date()):
        return corrected_on.isoformat()
    return modified.isoformat(timespec="minutes") if modified else ""


def full(path):
    return settings.ARCHIVE_URL + path


# schema.org


def json_ld(article, corrections, versions=()):
    """The article as a NewsArticle (https://schema.org/NewsArticle), in plain values."""
    outlet, source = article.outlet, article.source
    address = full(article.get_absolute_url())
    authors = [_person(byline, outlet) for byline in article.text_bylines]
    # Those of another edition in the same language are no translations.
    translations = [each for each in versions if each.language != article.language]
    return _told(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "@id": article.short_address,
            "identifier": article.key,
            "url": address,
            "mainEntityOfPage": address,
            "archivedAt": article.permanent_address,
            "sameAs": article.original_url,
            "headline": article.headline,
            "description": article.summary,
            "inLanguage": article.language,
            "datePublished": machine_published(article),
            "dateModified": last_changed(article, corrections),
            "dateline": article.dateline,
            "author": authors or _organization(source) or _publisher(outlet),
            "contributor": [_person(byline, outlet) for byline in article.other_bylines],
            "publisher": _publisher(outlet),
            "isPartOf": _told(
                {
                    "@type": "Periodical",
                    "@id": full(outlet.get_absolute_url()),
                    "name": outlet.name,
                    "url": full(outlet.get_absolute_url()),
                    "inLanguage": outlet.language,
                    "publisher": _publisher(outlet.parent) if outlet.parent else None,
                }
            ),
            "articleSection": article.section.name if article.section else "",
            "keywords": [tag.name for tag in article.tags.all()],
            "image": [_image(image) for image in article.images.all() if image.is_shown],
            "correction": [
                {
                    "@type": "CorrectionComment",
                    "@id": f"{address}#correction-{each.number}",
                    "name": str(each.get_kind_display()),
                    "datePublished": each.made_on.isoformat(),
                    "text": each.text,
                    "inLanguage": article.language,
                }
                for each in corrections
            ],
            "workTranslation": [_version(each) for each in translations if each.version_of_id == article.pk],
            "translationOfWork": next(
                (_version(each) for each in translations if each.pk == article.version_of_id), None
            ),
            "sourceOrganization": _organization(source) if source and source.kind in _RIGHTS_HOLDERS else None,
            "creditText": (source.credit or source.name) if source else "",
            "copyrightHolder": _copyright_holder(article),
            "copyrightNotice": (source.credit if source else "") or outlet.rights_line,
            "isAccessibleForFree": True,
        }
    )


def _told(values):
    """Without what is not known."""
    return {name: value for name, value in values.items() if value not in ("", None, [])}


def _version(article):
    return {
        "@type": "NewsArticle",
        "@id": article.short_address,
        "url": full(article.get_absolute_url()),
        "headline": article.headline,
        "inLanguage": article.language,
    }


def alternates(article, versions):
    """(language, full address) of the article's versions that may be indexed, itself among them; none without others.

    One of each language, the first taken in: https://developers.google.com/search/docs/specialty/international/localized-versions
    """
    found = {article.language: full(article.get_absolute_url())}
    for each in versions:
        if each.indexable:
            found.setdefault(each.language, full(each.get_absolute_url()))
    return sorted(found.items()) if len(found) > 1 and article.indexable else []


def _person(byline, outlet):
    return {
        "@type": "Person",
        "name": byline.author.name,
        "url": full(reverse("archive:author", args=[outlet.slug, byline.author.slug])),
    }


def _publisher(outlet):
    network = outlet.parent
    return _told(
        {
            "@type": "NewsMediaOrganization",
            "name": outlet.name,
            "url": full(outlet.get_absolute_url()),
            "foundingDate": outlet.opened_on.isoformat() if outlet.opened_on else "",
            "dissolutionDate": outlet.closed_on.isoformat() if outlet.closed_on else "",
            "parentOrganization": {
                "@type": "NewsMediaOrganization",
                "name": network.name,
                "url": full(network.get_absolute_url()),
            }
            if network
            else None,
        }
    )


def _organization(source):
    return _told({"@type": "Organization", "name": source.name, "url": source.website}) if source else None


def _copyright_holder(article):
    source = article.source
    if source is None or source.kind == Source.Kind.STAFF:
        return _publisher(article.outlet) if article.outlet.rights_line else None
    return _organization(source) if source.kind in _RIGHTS_HOLDERS else None


def _image(image):
    return _told(
        {
            "@type": "ImageObject",
            "url": full(image.file.url),
            "width": image.width,
            "height": image.height,
            "caption": image.caption or image.alt,
            "creditText": image.credit,
        }
    )


# Open Graph, Dublin Core, Highwire Press


def open_graph(article, corrections):
    """(property, content) of the article's Open Graph tags (https://ogp.me/), in their order."""
    published, changed = machine_published(article), last_changed(article, corrections)
    shown = next((image for image in article.images.all() if image.is_shown), None)
    yield "og:type", "article"
    yield "og:title", article.headline
    yield "og:description", description_of(article)
    yield "og:url", full(article.get_absolute_url())
    yield "og:site_name", article.outlet.name
    if shown:
        yield "og:image", full(shown.file.url)
        yield "og:image:width", shown.width
        yield "og:image:height", shown.height
        yield "og:image:alt", shown.alt
    # A DateTime to those who read it: a month or a year would be taken for its first day.
    if len(published) >= len("2014-01-22"):
        yield "article:published_time", published
    yield "article:modified_time", changed
    for byline in article.text_bylines:
        yield "article:author", full(reverse("archive:author", args=[article.outlet.slug, byline.author.slug]))
    yield "article:section", article.section.name if article.section else ""
    for tag in article.tags.all():
        yield "article:tag", tag.name


def bibliographic(article):
    """(name, content) of the tags by which Zotero and Google Scholar read an article.

    Highwire Press (https://scholar.google.com/intl/en/scholar/inclusion.html#indexing), Dublin Core
    (https://www.dublincore.org/specifications/dublin-core/dcq-html/) and, for the publication's name, PRISM.
    """
    outlet, source = article.outlet, article.source
    published = machine_published(article)
    authors = [byline.author.name for byline in article.text_bylines]
    if not authors and source:
        authors = [source.name]
    publisher = (outlet.parent or outlet).name
    yield "citation_title", article.headline
    for name in authors:
        yield "citation_author", name
    yield "citation_publication_date", published[: len("2014-01-22")].replace("-", "/")
    yield "citation_publisher", publisher
    yield "citation_language", article.language
    yield "citation_public_url", article.permanent_address
    yield "DC.title", article.headline
    for name in authors:
        yield "DC.creator", name
    yield "DC.date", published
    yield "DC.publisher", publisher
    yield "DC.language", article.language
    yield "DC.identifier", article.permanent_address
    yield "DC.description", article.summary
    for tag in article.tags.all():
        yield "DC.subject", tag.name
    yield "DC.rights", (source.credit if source else "") or outlet.rights_line
    # A news item in a publication, and not the paper in a journal that Zotero would take it for.
    yield "DC.type", "NewsItem"
    yield "prism.publicationName", outlet.name
