"""The archive's own export, as JSON Lines (https://jsonlines.org): importers/jsonl.py tells the format, and reads it.

It is everything that staff may know of articles, for another archive or a later one: what is held back, withdrawn or
meant for staff alone stands in it.
"""

import json
from array import array

from django.db.models import Exists, F, OuterRef

from archive.importers.jsonl import FORMAT
from archive.models import Article, Author, Byline, Outlet, Section, Source, Tag

from .article_dict import FETCHED, FOLLOWED, article_dict

# So many articles are in memory at once.
BATCH = 500


def export(outlet=None):
    """The lines of an export of one outlet, or of all, each ended; the same each time, and in every archive."""
    outlets = list(Outlet.objects.order_by("slug")) if outlet is None else [outlet]
    pks = [each.pk for each in outlets]
    for kind, rows in (
        ("source", sources()),
        ("author", authors(outlet)),
        ("section", sections(pks)),
        ("tag", tags(outlet)),
        ("article", articles(outlets)),
    ):
        for row in rows:
            yield json.dumps({"format": FORMAT, "type": kind, **row}, ensure_ascii=False, separators=(",", ":")) + "\n"


def sources():
    """All of them: they are few, and their rules serve whatever is imported next."""
    for source in Source.objects.order_by("slug").prefetch_related("rules"):
        yield {
            "slug": source.slug,
            "name": source.name,
            "kind": source.kind,
            "credit": source.credit,
            "website": source.website,
            "rights_note": source.rights_note,
            "rules": sorted([rule.evidence, rule.pattern, rule.order] for rule in source.rules.all()),
        }


def authors(outlet):
    rows = Author.objects.order_by("slug")
    if outlet:
        rows = rows.filter(Exists(Byline.objects.filter(author=OuterRef("pk"), article__outlet=outlet)))
    for author in rows.iterator(BATCH):
        yield {"slug": author.slug, "name": author.name, "about": author.about}


def tags(outlet):
    rows = Tag.objects.order_by("slug")
    if outlet:
        tagged = Article.tags.through.objects.filter(tag=OuterRef("pk"), article__outlet=outlet)
        rows = rows.filter(Exists(tagged))
    for tag in rows.iterator(BATCH):
        yield {"slug": tag.slug, "name": tag.name}


def sections(pks):
    """Each under one that stands before it."""
    rows = Section.objects.filter(outlet__in=pks).select_related("outlet", "parent")
    waiting = list(rows.order_by("outlet__slug", "slug"))
    placed = {None}
    while ready := [section for section in waiting if section.parent_id in placed]:
        for section in ready:
            yield {
                "outlet": section.outlet.slug,
                "slug": section.slug,
                "name": section.name,
                "parent": section.parent.slug if section.parent else "",
                "order": section.order,
            }
        placed.update(section.pk for section in ready)
        waiting = [section for section in waiting if section.pk not in placed]


def articles(outlets):
    for outlet in outlets:
        by_id = {section.pk: section for section in outlet.sections.all()}
        rows = Article.objects.select_related(*FOLLOWED).prefetch_related(*FETCHED, "withdrawals").order_by("key")
        rows = rows.annotate(version_of_key=F("version_of__key"))
        # In eight bytes each, so that no cursor is held and the millionth costs what the first did.
        every = array("q", outlet.articles.order_by("key").values_list("pk", flat=True))
        for start in range(0, len(every), BATCH):
            for article in rows.filter(pk__in=every[start : start + BATCH]):
                # The row at hand spares a query.
                article.outlet = outlet
                yield archive_dict(article, by_id)


def archive_dict(article: Article, sections=None):
    """All that the archive knows of an article, but for its history. It is annotated with `version_of_key`."""
    rule = article.source_rule
    return {
        **article_dict(article, sections),
        "original_id": article.original_id,
        "body_received": article.body_received if article.body_received != article.body else None,
        "indexable": article.indexable,
        "held_back": article.held_back,
        "version_of": article.version_of_key or "",
        "provider": article.provider,
        "urgency": article.urgency,
        "source_rule": rule and [rule.source.slug, rule.evidence, rule.pattern],
        "withdrawals": [
            {
                "number": each.number,
                "withdrawn_on": str(each.withdrawn_on),
                "reason": each.reason,
                "status_code": each.status_code,
                "show_headline": each.show_headline,
                "public_note": each.public_note,
                "reinstated_on": str(each.reinstated_on) if each.reinstated_on else None,
            }
            for each in article.withdrawals.all()
        ],
        "imported_digest": article.imported_digest,
    }
