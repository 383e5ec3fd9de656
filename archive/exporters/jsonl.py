"""The archive's own export, as JSON Lines (https://jsonlines.org): importers/jsonl.py tells the format, and reads it.

It is everything that staff may know of articles and of what stands beside them, for another archive or a later one:
what is held back, withdrawn or meant for staff alone stands in it.
"""

import json
from array import array

from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce

from archive.importers.jsonl import FORMAT
from archive.models import (
    AddressPattern,
    Article,
    Author,
    AwaitedVersion,
    AwaitedWithdrawal,
    Byline,
    ClosureNotice,
    InfoPage,
    OldHost,
    Outlet,
    Revision,
    Section,
    SelectedArticle,
    Selection,
    Source,
    Tag,
)

from .article_dict import FETCHED, FOLLOWED, article_dict, instant
from .revision_dict import history
from .row_dict import row_dict

# So many articles are in memory at once.
BATCH = 500


def export(outlet=None):
    """The lines of an export of one outlet, or of all, each ended; the same each time, and in every archive.

    With an outlet come those above it, without their articles: it stands under their notices.
    """
    outlets = list(Outlet.objects.order_by("slug")) if outlet is None else [outlet]
    pks = [each.pk for each in outlets]
    described = downward(outlets)
    of_described = [each.pk for each in described]
    for kind, rows in (
        ("outlet", map(row_dict, described)),
        ("host", old_hosts(of_described)),
        ("pattern", patterns(of_described)),
        ("source", sources()),
        ("author", authors(outlet)),
        ("section", sections(pks)),
        ("tag", tags(outlet)),
        ("page", pages(of_described)),
        ("notice", notices(of_described)),
        # Before the articles, so that none is ever public where both are taken in.
        ("withdrawal", awaited_withdrawals(pks)),
        ("article", articles(outlets)),
        # They name articles.
        ("selection", selections(pks)),
    ):
        for row in rows:
            yield json.dumps({"format": FORMAT, "type": kind, **row}, ensure_ascii=False, separators=(",", ":")) + "\n"


def downward(outlets):
    """These outlets and all above them, each behind the one above it."""
    lines = {each.pk: each.lineage() for outlet in outlets for each in outlet.lineage()}
    return [line[0] for line in sorted(lines.values(), key=lambda line: (len(line), line[0].slug))]


def old_hosts(pks):
    hosts = OldHost.objects.filter(outlet__in=pks).select_related("outlet")
    yield from sorted(map(row_dict, hosts), key=lambda told: told["address"])


def patterns(pks):
    """Those of every outlet as well."""
    found = AddressPattern.objects.filter(Q(outlet__in=pks) | Q(outlet=None)).select_related("outlet")
    yield from sorted(map(row_dict, found), key=lambda told: (told["outlet"], told["order"], told["template"]))


def pages(pks):
    found = InfoPage.objects.filter(outlet__in=pks).select_related("outlet").prefetch_related("old_addresses")
    yield from in_order(found, "slug")


def notices(pks):
    found = ClosureNotice.objects.filter(outlet__in=pks).select_related("outlet")
    yield from in_order(found, "first_day", "language", "placement")


def awaited_withdrawals(pks):
    """Of articles that are not here yet: they may be where this is going."""
    found = AwaitedWithdrawal.objects.awaiting().filter(outlet__in=pks).select_related("outlet")
    for each in sorted(found, key=lambda each: (each.outlet.slug, each.original_id)):
        yield {
            "outlet": each.outlet.slug,
            "original_id": each.original_id,
            "reason": each.reason,
            "note": each.note,
            "told_at": instant(each.told_at),
        }


def selections(pks):
    chosen = SelectedArticle.objects.select_related("article").only("order", "note", "selection", "article__key")
    found = Selection.objects.filter(outlet__in=pks).select_related("outlet")
    yield from in_order(found.prefetch_related(Prefetch("selected_articles", chosen)), "slug")


def in_order(rows, *names):
    """Each told, by outlet and then by these fields; databases put texts in different orders."""
    keys = sorted(rows.order_by().values_list("outlet__slug", *names, "pk"))
    for start in range(0, len(keys), BATCH):
        some = rows.in_bulk([key[-1] for key in keys[start : start + BATCH]])
        yield from (row_dict(some[key[-1]]) for key in keys[start : start + BATCH])


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
        yield {
            "slug": author.slug,
            "name": author.name,
            "about": author.about,
            "about_language": author.about_language,
        }


def tags(outlet):
    rows = Tag.objects.order_by("slug")
    if outlet:
        tagged = Article.tags.through.objects.filter(tag=OuterRef("pk"), article__outlet=outlet)
        rows = rows.filter(Exists(tagged))
    for tag in rows.iterator(BATCH):
        yield {"slug": tag.slug, "name": tag.name, "language": tag.language}


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
        revisions = Prefetch("revisions", Revision.objects.order_by("number"))
        rows = Article.objects.select_related(*FOLLOWED).order_by("key")
        rows = rows.prefetch_related(*FETCHED, "withdrawals", revisions)
        # One that is not here yet is told all the same: it may be where this is going.
        awaited = AwaitedVersion.objects.filter(article=OuterRef("pk")).values("key")
        rows = rows.annotate(version_of_key=Coalesce(F("version_of__key"), Subquery(awaited)))
        # In eight bytes each, so that no cursor is held and the millionth costs what the first did.
        every = array("q", outlet.articles.order_by("key").values_list("pk", flat=True))
        for start in range(0, len(every), BATCH):
            for article in rows.filter(pk__in=every[start : start + BATCH]):
                # The row at hand spares a query.
                article.outlet = outlet
                yield archive_dict(article, by_id)


def archive_dict(article: Article, sections=None):
    """All that the archive knows of an article. It is annotated with `version_of_key`."""
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
        "taken_in": instant(article.created_at),
        "revisions": history(article.revisions.all()),
    }
