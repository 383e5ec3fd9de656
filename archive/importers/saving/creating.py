"""Articles that the archive has not, made many at a time: a few statements for all of them."""

from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Min
from django.utils import timezone

from archive import search
from archive.importers.base import Problem
from archive.models import (
    Article,
    Byline,
    Correction,
    Image,
    ImportItem,
    OldAddress,
    Record,
    Revision,
    Withdrawal,
)

from . import history
from .rows import insert, reserve
from .saved import Saved
from .versions import await_versions

DEFAULTS = {field.attname: field.get_default() for field in Article._meta.concrete_fields}
COLUMNS = tuple(DEFAULTS)
IMAGE_FIELDS = ("original_address", "alt", "caption", "credit", "file", "width", "height", "withheld")
WITHDRAWAL_FIELDS = (*("withdrawn_on", "reason", "status_code", "show_headline", "public_note", "reinstated_on"),)
RECORD_FIELDS = (
    *("article_id", "number", "run_id", "format", "place"),
    *("digest", "packed", "captured_from", "captured_at"),
)


def create(batch, saving):
    """Make these articles, none of which is there, with all that belongs to them. Within a transaction."""
    if not batch:
        return []
    saving.terms.expect(batch, make=True)
    return _Creating(batch, saving).create()


class _Creating:
    def __init__(self, batch, saving):
        self.batch = batch
        self.saving = saving
        self.now = timezone.now()
        self.articles = []
        # Of each, by its place: who wrote it, and its tags.
        self.authors = []
        self.tags = []
        self.problems = [list(prepared.problems) for prepared in batch]
        self.doubles = {}

    def create(self):
        owners = self.owners_of_addresses()
        firsts = self.articles_with_the_same_text()
        for pk, prepared in zip(reserve(Article, len(self.batch)), self.batch, strict=True):
            self.articles.append(self.article(pk, prepared))
            self.authors.append(self.saving.bylines_of(prepared))
            self.tags.append(self.saving.tags_of(prepared))
        self.find_doubles(firsts)
        insert(Article, COLUMNS, [tuple(map(each.__dict__.__getitem__, COLUMNS)) for each in self.articles])
        insert(
            Byline, ("article_id", "author_id", "role", "printed", "order", "number", "published_order"), self.bylines()
        )
        insert(
            Article.tags.through, ("article_id", "tag_id"), self.with_id([(tag,) for tag in tags] for tags in self.tags)
        )
        for model, names, rows_of in (
            (Image, ("article_id", "number", "order", *IMAGE_FIELDS), self.images),
            (Correction, ("article_id", "number", "kind", "text", "made_on"), self.corrections),
            (Withdrawal, ("article_id", "number", *WITHDRAWAL_FIELDS), self.withdrawals),
            (Record, RECORD_FIELDS, self.record),
        ):
            insert(model, names, self.each(rows_of))
        insert(OldAddress, ("article_id", "url", "normalised", "slug_letters"), self.addresses(owners))
        insert(Revision, history.FIELDS, self.each(self.history))
        insert(Revision, ("article_id", "number", "verb", "made_at", "run_id"), self.each(self.taken_in))
        versions = self.each(
            lambda article, prepared: [(article, told)] if (told := prepared.imported.version_of) else []
        )
        await_versions(versions, self.saving.run)
        self.let_them_be_found()
        return [
            Saved(ImportItem.Outcome.CREATED, article, tuple(problems), double=self.doubles.get(article.pk))
            for article, problems in zip(self.articles, self.problems, strict=True)
        ]

    def with_id(self, rows_of_each):
        """Rows that begin with the id of their article."""
        return [(article.pk, *row) for article, rows in zip(self.articles, rows_of_each, strict=True) for row in rows]

    def bylines(self):
        return [
            (article.pk, *row, article.published_order)
            for article, rows in zip(self.articles, self.authors, strict=True)
            for row in rows
        ]

    def each(self, rows_of):
        return [
            row
            for article, prepared in zip(self.articles, self.batch, strict=True)
            for row in rows_of(article.pk, prepared)
        ]

    def article(self, pk, prepared):
        saving, imported = self.saving, prepared.imported
        source, rule = saving.source_of(prepared)
        section = saving.terms.section(prepared.section)
        values = {
            **DEFAULTS,
            **prepared.values,
            "id": pk,
            "outlet_id": saving.outlet.pk,
            "key": imported.key,
            "original_id": imported.original_id,
            "source_id": source and source.pk,
            "source_rule_id": rule and rule.pk,
            "section_id": section and section.pk,
            "imported_digest": prepared.digest,
            "text_fingerprint": prepared.fingerprint,
            # The first is the article, the second that it was taken in.
            "version": 2,
            "created_at": (prepared.is_own and imported.taken_in) or self.now,
            "updated_at": self.now,
        }
        # As if it were read: four times as fast as to make one.
        article = Article.from_db(connection.alias, COLUMNS, [values[name] for name in COLUMNS])
        # The rows at hand spare derive() its queries.
        article.outlet, article.source_rule = saving.outlet, rule
        article.derive(body_is_safe=True)
        return article

    def images(self, article, prepared):
        return [
            (
                *(article, each.number or place, each.order if prepared.is_own else place),
                *(each.original_address, each.alt, each.caption, each.credit, *file_of(each)),
            )
            for place, each in enumerate(prepared.images, start=1)
        ]

    def corrections(self, article, prepared):
        return [
            (article, each.number or number, each.kind, each.text, each.made_on)
            for number, each in enumerate(prepared.imported.corrections, start=1)
        ]

    def withdrawals(self, article, prepared):
        return [
            (article, each.number or number, *(getattr(each, name) for name in WITHDRAWAL_FIELDS))
            for number, each in enumerate(prepared.imported.tombstones, start=1)
        ]

    def history(self, article, prepared):
        return history.rows(article, prepared.imported.history or ())

    def taken_in(self, article, prepared):
        told = prepared.imported.history
        verb = Revision.Verb.TAKEN_IN if told is None else Revision.Verb.CARRIED_OVER
        return [(article, len(told or ()) + 1, verb.value, self.now, self.saving.run and self.saving.run.pk)]

    def record(self, article, prepared):
        # What belongs to no run, as in a test, has nothing to be read again with.
        if prepared.record is None or self.saving.run is None:
            return []
        return [record_of(article, 1, prepared, self.saving.run)]

    def let_them_be_found(self):
        """Take them into the search, those that readers may see now or will on a day that is known."""
        cards, odd = [], []
        for article, prepared, authors, tags in zip(self.articles, self.batch, self.authors, self.tags, strict=True):
            if article.held_back:
                continue
            self.saving.count_words(article)
            if len(authors) != len(prepared.bylines):
                # Two of its authors turned out to be one.
                odd.append(article.pk)
                continue
            card = search.card_of(
                article.pk,
                article.published_order,
                prepared.analysed,
                outlet=article.outlet_id,
                section=article.section_id,
                source=article.source_id,
                authors=[author for author, *_rest in authors],
                tags=tags,
                language=article.language,
                withdrawals=[(each.withdrawn_on, each.reinstated_on) for each in prepared.imported.tombstones],
            )
            if card:
                cards.append(card)
        search.add(cards)
        if odd:
            search.index(odd)

    def owners_of_addresses(self):
        """The articles that have one of the addresses already: key and headline, by normal form."""
        wanted = [normalised for prepared in self.batch for normalised, *_rest in prepared.addresses]
        rows = OldAddress.objects.filter(normalised__in=wanted) if wanted else OldAddress.objects.none()
        return {row[0]: row[1:] for row in rows.values_list("normalised", "article__key", "article__headline")}

    def addresses(self, owners):
        rows = []
        for article, prepared, problems in zip(self.articles, self.batch, self.problems, strict=True):
            for normalised, url, slug_letters in prepared.addresses:
                if normalised in owners:
                    problems.append(address_of_another(prepared, url, *owners[normalised]))
                else:
                    owners[normalised] = (article.key, article.headline)
                    rows.append((article.pk, url, normalised, slug_letters))
        return rows

    def articles_with_the_same_text(self):
        """Of each text that is there already, the article that had it first: its key and its outlet."""
        wanted = [prepared.fingerprint for prepared in self.batch if prepared.fingerprint is not None]
        if not wanted:
            return {}
        # One row for each text, however many articles have it.
        texts = Article.objects.filter(text_fingerprint__in=wanted).values("text_fingerprint")
        firsts = texts.annotate(first=Min("pk")).order_by().values_list("first", flat=True)
        found = Article.objects.filter(pk__in=list(firsts))
        return {row[0]: row[1:] for row in found.values_list("text_fingerprint", "key", "outlet__name")}

    def find_doubles(self, firsts):
        for article, prepared in zip(self.articles, self.batch, strict=True):
            if prepared.fingerprint is None:
                continue
            if prepared.fingerprint in firsts:
                self.doubles[article.pk] = firsts[prepared.fingerprint]
            else:
                firsts[prepared.fingerprint] = (article.key, article.outlet.name)


def file_of(imported):
    """The file of a picture from an own export, where it was copied into the media folder; else the reason for none.

    As name, width, height and the reason why it is not shown.
    """
    if imported.file and default_storage.exists(imported.file):
        return imported.file, imported.width or None, imported.height or None, imported.withheld
    return "", None, None, imported.withheld or Image.Withheld.NOT_RESCUED.value


def record_of(article, number, prepared, run):
    """The row of a record, as RECORD_FIELDS has it."""
    record = prepared.record
    return (
        *(article, number, run.pk, prepared.format, prepared.place),
        *(record.digest, record.packed, record.captured_from, record.captured_at),
    )


def address_of_another(prepared, url, key, headline=""):
    named = f"{key}, “{headline}”," if headline else key
    return Problem(
        prepared.imported.place,
        f"The old address {url} belongs to article {named} and stays so.",
        "If it is this article's, give it to this one in the admin.",
    )


def same_text(prepared, key, outlet):
    return Problem(
        prepared.imported.place,
        f"Article {key} of {outlet} has the same text.",
        "If they are one story, withdraw one of them as a duplicate.",
    )
