"""A run undone: what it made is taken away, what it changed is as it was before. What staff have touched stays."""

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import zip_longest

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone, translation

from archive import care, search, wording
from archive.importers.base import Problem
from archive.models import (
    AddressPattern,
    Article,
    Author,
    AwaitedWithdrawal,
    Byline,
    ClosureNotice,
    Image,
    ImportItem,
    ImportRun,
    ImportTrace,
    InfoPage,
    OldAddress,
    OldHost,
    Outlet,
    Record,
    Revision,
    Section,
    Selection,
    Source,
    SourceRule,
    Tag,
)

from .locks import is_held
from .notices import digest_of
from .outlets import restore_description
from .own_rows import in_words, own_state, own_state_of, updates_of, write_row
from .pages import is_as_imported, restore_page, state_of
from .restoring import restore
from .saved import IMPORT_VERBS
from .sources import state_of_source
from .versions import await_again

BATCH = 200
Outcome = ImportItem.Outcome
Kind = ImportTrace.Kind
UPDATES = (Revision.Verb.IMPORTED_AGAIN, Revision.Verb.CARRIED_OVER)
BESIDE = {
    Kind.PAGE: InfoPage,
    Kind.NOTICE: ClosureNotice,
    Kind.ADDRESS: OldAddress,
    Kind.HOST: OldHost,
    Kind.PATTERN: AddressPattern,
}


class StillRunning(Exception):
    """A run that has not ended can't be undone."""


@dataclass
class Undone:
    """What undoing did."""

    removed: int = 0
    restored: int = 0
    given_back: int = 0
    # Terms, pages, notices, addresses.
    others_removed: int = 0
    kept: list[Problem] = field(default_factory=list)

    @property
    def is_something(self):
        return bool(self.removed or self.restored or self.given_back or self.others_removed or self.kept)

    def keep(self, place, why, remedy):
        self.kept.append(Problem(place, why, remedy))


def undo_run(run, *, dry_run=False, by=None, progress=None):
    """Take back exactly what a run did, and tell what stays. Raises StillRunning.

    It may be stopped, and called again: it goes on. `progress` is called with what was done so far.
    """
    if run.state == ImportRun.State.RUNNING and is_held(run.key):
        raise StillRunning(f"Run {run.key} has not ended: stop it first.")
    undoing = _Undoing(run, dry_run, by)
    with translation.override(wording.LANGUAGE):
        undoing.undo(progress)
    return undoing.undone


class _Undoing:
    def __init__(self, run, dry_run, by):
        self.run = run
        self.dry_run = dry_run
        self.by = by
        self.undone = Undone()

    def undo(self, progress):
        with self.transaction():
            # Before their articles go, with which they would not be as they were made.
            self.undo_others({Kind.SELECTION: Selection})
        last = None
        while True:
            items = self.run.items.exclude(outcome__in=(Outcome.REFUSED, Outcome.UNCHANGED)).order_by("-number")
            if last is not None:
                items = items.filter(number__lt=last)
            # The last that was done is undone first.
            items = list(items.select_related("article__outlet")[:BATCH])
            if not items:
                break
            last = items[-1].number
            with self.transaction():
                self.undo_items(items)
            if progress:
                progress(self.undone)
        self.undo_awaited(progress)
        with self.transaction():
            self.undo_pictures()
            self.undo_others(BESIDE)
        if not self.dry_run:
            with transaction.atomic():
                self.remove_unused_terms()
                ImportRun.objects.filter(pk=self.run.pk).update(
                    state=ImportRun.State.UNDONE, finished_at=self.run.finished_at or timezone.now()
                )
                self.run.refresh_from_db()

    def transaction(self):
        return taken_back() if self.dry_run else transaction.atomic()

    def undo_items(self, items):
        articles = {item.article_id for item in items if item.article_id}
        histories = {pk: [] for pk in articles}
        for revision in Revision.objects.filter(article__in=articles).select_related("run").order_by("number"):
            histories[revision.article_id].append(revision)
        made, changed = [], {}
        for item in items:
            if item.article is None:
                if item.before and "row" in item.before:
                    self.restore_row(item)
                elif item.before and "title" in item.before:
                    self.restore_page(item)
            elif why := self.why_it_stays(item, histories[item.article_id]):
                self.undone.keep(*why)
            elif item.outcome == Outcome.CREATED:
                made.append(item.article)
            elif item.is_withdrawal:
                self.give_back(item.article, item.before)
            else:
                changed.setdefault(item.article_id, []).append(item)
        # An article that the run changed several times goes back step by step.
        for step in zip_longest(*changed.values()):
            self.restore([item for item in step if item], histories)
        self.remove(made)

    def why_it_stays(self, item, history):
        """What came after the run and forbids that an earlier state is put in the place of this one."""
        own = [place for place, revision in enumerate(history) if revision.run_id == self.run.pk]
        later = history[own[-1] + 1 if own else 0 :]
        has_before = item.before is not None and not item.is_withdrawal
        return self.why_changed_since(item.article, later, has_before=has_before)

    def why_changed_since(self, article, later, *, has_before):
        place = f"article {article.key}"
        for revision in later:
            if revision.run and revision.run.state != ImportRun.State.UNDONE:
                return (place, f"Run {revision.run.key} changed it later: “{article}” stays.", "Undo that run first.")
            # Where the run only changed it, it is looked at field by field.
            if not revision.run_id and revision.verb not in IMPORT_VERBS and not has_before:
                return (
                    place,
                    f"Staff have touched it since ({revision.get_verb_display()}, {revision.made_at:%Y-%m-%d}): "
                    f"“{article}” stays.",
                    "If it is not wanted, withdraw it in the admin.",
                )
        return None

    def remove(self, articles):
        for image in Image.objects.filter(article__in=articles).exclude(file=""):
            transaction.on_commit(partial(image.file.storage.delete, image.file.name))
        pks = [article.pk for article in articles]
        await_again(pks)
        search.forget(pks)
        Article.objects.filter(pk__in=pks).delete()
        self.undone.removed += len(articles)

    def give_back(self, article, before):
        """Take back a withdrawal, or have it begin on the day for which it was planned `before`."""
        last = article.revisions.filter(verb=Revision.Verb.WITHDRAWN).order_by("-number").first()
        withdrawal = article.withdrawals.filter(reinstated_on=None).first()
        if withdrawal is None or last is None or last.run_id != self.run.pk:
            return
        if before:
            withdrawal.withdrawn_on = date.fromisoformat(before["withdrawn_on"])
            withdrawal.save(update_fields=("withdrawn_on",))
        else:
            withdrawal.delete()
        care.record(article, Revision.Verb.IMPORT_UNDONE, by=self.by, run=self.run)
        self.undone.given_back += 1

    def undo_awaited(self, progress):
        """Await no more what this run told to withdraw, and give back the articles that were withdrawn for it since."""
        last = 0
        while True:
            rows = AwaitedWithdrawal.objects.filter(run=self.run, pk__gt=last).order_by("pk")
            rows = list(rows.select_related("article__outlet", "withdrawal")[:BATCH])
            if not rows:
                return
            last = rows[-1].pk
            with self.transaction():
                self.undo_some_awaited(rows)
            if progress:
                progress(self.undone)

    def undo_some_awaited(self, rows):
        search.lock()
        histories = {row.article_id: [] for row in rows if row.withdrawal}
        for revision in Revision.objects.filter(article__in=histories).select_related("run").order_by("number"):
            histories[revision.article_id].append(revision)
        for row in rows:
            if row.withdrawal is None:
                self.undone.others_removed += 1
            elif why := self.why_withdrawn_still(row.article, histories[row.article_id]):
                self.undone.keep(*why)
                continue
            else:
                row.withdrawal.delete()
                care.record(row.article, Revision.Verb.IMPORT_UNDONE, by=self.by, run=self.run)
                self.undone.given_back += 1
            row.delete()

    def why_withdrawn_still(self, article, history):
        """What came after an article was withdrawn for this run and forbids that it is given back."""
        numbers = [revision.number for revision in history if revision.verb == Revision.Verb.WITHDRAWN]
        later = [revision for revision in history if revision.number > max(numbers, default=0)]
        return self.why_changed_since(article, later, has_before=False)

    def restore(self, items, histories):
        """Have the articles of these items, no two of one article, as they were before what each item tells."""
        pks = [item.article_id for item in items]
        search.lock()
        articles = Article.objects.select_for_update(of=("self",)).select_related("outlet").order_by("pk")
        articles = articles.in_bulk(pks)
        turns = {}
        changes = self.run.items.filter(article__in=pks, before__isnull=False).exclude(before__has_key="withdrawn_on")
        for pk, number in changes.values_list("article", "number"):
            turns.setdefault(pk, []).append(number)
        before = care.snapshots(pks)
        done, changed = [], {}
        for item in items:
            pk, article = item.article_id, articles[item.article_id]
            own = [revision for revision in histories[pk] if revision.run_id == self.run.pk]
            if any(revision.verb == Revision.Verb.IMPORT_UNDONE for revision in own):
                continue
            # One for each time that the run changed it; an item knows its own by its turn.
            own = [revision for revision in own if revision.verb in UPDATES]
            later = sum(number > item.number for number in turns[pk])
            if later >= len(own):
                continue
            untold = dict(item.before)
            carried = untold.pop("carried", None)
            changes = carried["changes"] if carried else own[-1 - later].changes
            kept = restore(article, changes, untold, before[pk])
            if carried and not kept:
                Revision.objects.filter(article=pk, number__range=carried["revisions"]).delete()
            done.append(pk)
            if item.number == min(turns[pk]):
                changed[pk] = before[pk]
            self.undone.restored += 1
            if kept:
                self.undone.keep(
                    f"article {article.key}",
                    f"Staff have changed it since ({', '.join(sorted(kept))}); that stays as they have it.",
                    "Change it in the admin, if it is to be as it was.",
                )
        Record.objects.filter(article__in=done, run=self.run).delete()
        told = care.record_many(changed, Revision.Verb.IMPORT_UNDONE, by=self.by, run=self.run)
        search.index(set(done).difference(told))

    def restore_page(self, item):
        page = InfoPage.objects.filter(outlet=self.run.outlet, slug=item.before["slug"]).first()
        if page is None:
            return
        # A run of an earlier version did not tell what it made of a page.
        if item.before.get("digest_after", page.imported_digest) != page.imported_digest:
            # Where an undo was stopped and goes on, it is as it was already.
            if page.imported_digest != item.before["imported_digest"]:
                self.keep_page(page)
        elif not is_as_imported(page):
            self.keep_page(page)
        else:
            restore_page(page, item.before)
            self.undone.restored += 1

    def restore_row(self, item):
        """Have what stands beside articles as it was, where it is as this run left it."""
        before = item.before
        if before["row"] == "outlet":
            outlet = Outlet.objects.get(pk=self.run.outlet_id)
            is_restored, kept = restore_description(outlet, before)
            if kept:
                self.undone.keep(
                    f"outlet {outlet.slug}",
                    f"Staff have changed it since ({', '.join(kept)}); that stays as they have it.",
                    "Change it in the admin, if it is to be as it was.",
                )
            self.undone.restored += is_restored
            return
        model = ({Kind.SELECTION: Selection} | BESIDE)[before["row"]]
        try:
            row = model.objects.get_by_natural_key(*json.loads(before["named"]))
        except model.DoesNotExist:
            return
        if own_state_of(row) == before["state_after"]:
            write_row(row, before["was"])
            self.undone.restored += 1
        elif own_state_of(row) != own_state(before["was"]):
            self.keep_row(row)

    def keep_row(self, row, place=""):
        kind, name = row._meta.model_name, json.dumps(row.natural_key(), default=str)
        later = updates_of(kind, name).filter(run__pk__gt=self.run.pk).order_by("-pk")
        if key := later.values_list("run__key", flat=True).first():
            told = f"Run {key} changed it later; it stays.", "Undo that run first."
        else:
            told = "Staff have changed it since; it stays.", "Delete it in the admin, if it is not wanted."
        problem = Problem(place or in_words(row), *told)
        if problem not in self.undone.kept:
            self.undone.kept.append(problem)

    def keep_page(self, page):
        place, later = f"information page {page.slug}", self.later_run_of(page)
        if later:
            told = (place, f"Run {later} changed it later: “{page}” stays.", "Undo that run first.")
        else:
            told = (
                place,
                f"Staff have changed it since: “{page}” stays.",
                "Delete it in the admin, if it is not wanted.",
            )
        # The run may have changed it several times.
        if Problem(*told) not in self.undone.kept:
            self.undone.keep(*told)

    def later_run_of(self, page):
        """The key of the last run that changed a page after this one, if there is one."""
        items = ImportItem.objects.filter(
            run__outlet=self.run.outlet, run__pk__gt=self.run.pk, article=None, outcome=Outcome.UPDATED
        )
        of_page = Q(before__slug=page.slug) | Q(
            before__row=Kind.PAGE, before__named=json.dumps(page.natural_key(), default=str)
        )
        items = items.filter(of_page).exclude(run__state=ImportRun.State.UNDONE)
        return items.order_by("-pk").values_list("run__key", flat=True).first()

    def undo_pictures(self):
        """Pictures' files that came to articles which were there before."""
        for trace in self.run.traces.filter(kind=Kind.PICTURE):
            key, number, name = json.loads(trace.named)
            image = Image.objects.filter(article__key=key, number=number, file=name).select_related("article").first()
            if image:
                before = care.snapshot(image.article)
                Image.objects.filter(pk=image.pk).update(file="", width=None, height=None, withheld="not-rescued")
                care.record(image.article, Revision.Verb.IMPORT_UNDONE, before=before, by=self.by, run=self.run)
                transaction.on_commit(partial(image.file.storage.delete, name))
                self.undone.others_removed += 1
            trace.delete()

    def undo_others(self, models):
        for trace in self.run.traces.filter(kind__in=models):
            model = models[trace.kind]
            try:
                row = model.objects.get_by_natural_key(*json.loads(trace.named))
            except model.DoesNotExist:
                trace.delete()
                continue
            if is_as_made(row, trace):
                row.delete()
                trace.delete()
                self.undone.others_removed += 1
            elif trace.kind == Kind.PAGE:
                self.keep_page(row)
            elif trace.kind == Kind.NOTICE:
                self.keep_row(row, f"closure notice of {row.outlet}")
            else:
                self.keep_row(row)

    def remove_unused_terms(self):
        """Terms that this run made, or one that was undone before, and that nothing uses any more."""
        undone = ImportTrace.objects.filter(run__state=ImportRun.State.UNDONE, run__outlet=self.run.outlet)
        self.remove_rules(self.run.traces.filter(kind=Kind.SOURCE) | undone.filter(kind=Kind.SOURCE))
        for model, is_used in (
            (Author, [Exists(Byline.objects.filter(author=OuterRef("pk")))]),
            (Tag, [Exists(Article.tags.through.objects.filter(tag=OuterRef("pk")))]),
            (
                Source,
                [
                    Exists(Article.objects.filter(source=OuterRef("pk"))),
                    Exists(SourceRule.objects.filter(source=OuterRef("pk"))),
                ],
            ),
            (
                Section,
                [
                    Exists(Article.objects.filter(section=OuterRef("pk"))),
                    Exists(Section.objects.filter(parent=OuterRef("pk"))),
                ],
            ),
        ):
            kind = model._meta.model_name
            traces = (self.run.traces.filter(kind=kind) | undone.filter(kind=kind)).order_by("-pk")
            # A section goes after those below it, which were made after it.
            at_once = 1 if model is Section else BATCH
            names = list(traces.values_list("pk", "named"))
            for start in range(0, len(names), at_once):
                self.remove_unused(model, is_used, names[start : start + at_once])

    def remove_rules(self, traces):
        """Take the rules that came with sources from those that nothing uses, and that are as they were made."""
        for named, digest in traces.exclude(digest="").values_list("named", "digest"):
            source = Source.objects.filter(slug=json.loads(named)[-1], articles=None).first()
            if source and state_of_source(source) == digest:
                source.rules.all().delete()

    def remove_unused(self, model, is_used, names):
        slugs = {json.loads(named)[-1]: pk for pk, named in names}
        rows = model.objects.filter(slug__in=slugs)
        if model is Section:
            rows = rows.filter(outlet=self.run.outlet)
        for used in is_used:
            rows = rows.exclude(used)
        gone = dict(rows.values_list("pk", "slug"))
        model.objects.filter(pk__in=gone).delete()
        there = set(model.objects.filter(slug__in=slugs).values_list("slug", flat=True))
        ImportTrace.objects.filter(pk__in=[pk for slug, pk in slugs.items() if slug not in there]).delete()
        self.undone.others_removed += len(gone)


def is_as_made(row, trace):
    """Whether what stands beside articles is as the run made it."""
    if isinstance(row, OldAddress) or own_state_of(row) == trace.digest:
        return True
    if isinstance(row, InfoPage):
        # A run of an earlier version did not tell what it was.
        return is_as_imported(row) and trace.digest in ("", state_of(row))
    return isinstance(row, ClosureNotice) and digest_of(row) == trace.digest


@contextmanager
def taken_back():
    """A transaction that is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
