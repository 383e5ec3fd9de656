"""An import from its paths to its report: each file read, its items saved, each run recorded."""

from contextlib import ExitStack, nullcontext, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from django.db import DatabaseError, DataError, IntegrityError, transaction
from django.utils import timezone, translation

from archive import wording
from archive.beside import BrokenOff, run_beside
from archive.importers import load_reader
from archive.importers.base import ImportReport, Problem, ReadOptions, Refusal
from archive.importers.files import LONGEST_PLACE, files_at, shown
from archive.importers.items import ImportedPage, ImportedRow, ImportedShared, ImportedWithdrawal, LeftOut
from archive.keys import random_key
from archive.models import Article, AwaitedWithdrawal, ImportItem, ImportRun, ImportTrace

from .article import ground_of, save_batch
from .attachments import Attachments
from .creating import address_of_another, same_text
from .locks import end_broken_off, held
from .notices import FoundNotices
from .own_rows import save_row
from .pages import save_page
from .prepare import Prepared
from .reading import Batch, Opened, Recognised, Sought, failure, gathered, logger, read_path
from .rows import insert
from .saved import Saving
from .settings import for_much
from .trial import Trial
from .versions import problems_of, settle
from .withdrawals import save_withdrawal

Outcome = ImportItem.Outcome
State = ImportRun.State

# What is larger is read in a second process, whose start takes a second.
WORTH_A_PROCESS = 8_000_000
MOST_TRACEBACKS = 20
TRACE_FIELDS = ("run_id", "kind", "named", "digest")
ITEM_FIELDS = ("run_id", "number", "place", "outcome", "article_id", "problem", "remedy", "before")


class StopImport(Exception):
    """Raised by `progress` to end an import where it stands: what was taken in stays."""


@dataclass
class Import:
    """What is to be imported, and how: all that the paths have in common."""

    outlet: Any
    format_name: str = ""
    options: ReadOptions = field(default_factory=ReadOptions)
    media: Any = None
    started_by: Any = None
    progress: Any = None
    rejects: Any = None
    watch: Any = None
    name: str = ""
    trial: Trial | None = None
    beside: bool | None = None
    report: ImportReport = field(default_factory=ImportReport)
    notices: FoundNotices = field(default_factory=FoundNotices)


def import_paths(
    paths,
    outlet,
    *,
    format_name="",
    options=ReadOptions(),  # noqa: B008  it can't be changed
    media=None,
    learn_notices=False,
    dry_run=False,
    started_by=None,
    progress=None,
    rejects=None,
    watch=None,
    name="",
    beside=None,
):
    """Import files, folders and zip files into an outlet, and report. Each path is a run of its own.

    Without `format_name` each file's format is told from its content. `media` finds pictures' files by their
    addresses. A trial (`dry_run`) does everything and takes it back. `progress` is called with the report as items are
    saved, and may raise StopImport. `rejects` is called with each problem for which an item was refused, and the
    format in which it stood; `watch` with the outcome, the problems and the article (or None) of each that was taken,
    which in a trial is the time to look at it. `name` is what a single path is called, where its own is nobody's
    business. `beside` says whether a second process reads ahead; left out, that is so for what is large. Raises
    UnknownFormat.
    """
    if format_name:
        load_reader(format_name)
    work = Import(
        outlet,
        format_name,
        replace(
            options,
            time_zone=outlet.time_zone,
            website=options.website or outlet.website,
            outlet=outlet.slug,
        ),
        media,
        started_by,
        progress,
        rejects,
        watch,
        name,
        Trial() if dry_run else None,
        beside,
    )
    report = work.report
    if not dry_run:
        report.broken_off = end_broken_off()
    with work.trial or nullcontext(), translation.override(wording.LANGUAGE):
        with suppress(StopImport):
            for path in paths:
                _Run(Path(path), work).carry_out()
        with transaction.atomic():
            report.notices = work.notices.settle(outlet, learn=learn_notices)
        if dry_run:
            # Of a long one, what stood in an earlier transaction is not there any more.
            report.awaited = work.trial.awaited
            report.runs.clear()
        else:
            report.awaited = AwaitedWithdrawal.objects.awaiting().filter(run__key__in=report.runs).count()
    return report


class _Run:
    """The reading of one path."""

    def __init__(self, path, work):
        self.path = path
        self.name = work.name or shown(path)
        self.work = work
        self.report = work.report
        self.saving = Saving(work.outlet)
        self.counts = dict.fromkeys(Outcome, 0)
        self.left_out = 0
        self.failures = 0
        self.formats = []
        self.attachments = Attachments(self.saving, work.media, is_trial=bool(work.trial), name=work.name)
        # None until there is something to record.
        self.row = None
        self.lock = ExitStack()

    def carry_out(self):
        with self.lock:
            try:
                with for_much():
                    for event in self.events():
                        self.take(event)
                        if self.work.trial and self.work.trial.is_long:
                            self.begin_anew()
                self.attach()
                self.tie_versions()
            except BaseException as error:
                # What was taken in stays, and is told; the same command goes on from here.
                stopped = isinstance(error, KeyboardInterrupt | StopImport)
                with suppress(DatabaseError):
                    self.finish(State.STOPPED if stopped else State.FAILED)
                raise
            self.finish(State.DONE if self.formats else State.FAILED)

    def events(self):
        options = self.work.options
        sought = Sought(
            self.path, self.work.format_name, options, ground_of(self.work.outlet, options.language), self.work.name
        )
        beside = self.is_large() if self.work.beside is None else self.work.beside
        if not beside:
            yield from gathered(read_path(sought))
            return
        try:
            yield from gathered(run_beside(read_path, sought))
        except BrokenOff as error:
            place = self.name
            yield Problem(
                place,
                f"The process that read it ended before its work did ({error}).",
                "See that there is memory enough, and give the same command again: it goes on from here.",
            )

    def begin_anew(self):
        """Give the database up for a moment, in a trial; of what was done, the counts remain."""
        self.work.trial.begin_anew()
        self.saving.terms.forget()
        if self.row:
            self.row.save(force_insert=True)

    def is_large(self):
        left = WORTH_A_PROCESS
        with suppress(OSError):
            for found in files_at(self.path):
                left -= 0 if isinstance(found, Problem) else found.stat().st_size
                if left < 0:
                    return True
        return False

    def take(self, event):
        match event:
            case Opened():
                self.begin(event.digest)
                self.report.size = event.size
            case Recognised():
                for names in (self.formats, self.report.formats):
                    if event.format not in names:
                        names.append(event.format)
                if event.has_attachments:
                    self.attachments.expect(event)
            case Batch():
                self.report.position = event.position
                self.take_items(event.items)
            case Problem():
                # A path that can't be read at all has no run.
                if self.row or event.place != self.name:
                    self.begin()
                    self.save([event])
                else:
                    self.count(Outcome.REFUSED, [event])
                    self.tell_progress()

    def take_items(self, items):
        """Save as many at once as may be: no two with one id, and what is no article by itself."""
        together, ids = [], set()
        for item in items:
            if isinstance(item, LeftOut):
                self.left_out += item.number
                self.report.left_out[item.kind] = self.report.left_out.get(item.kind, 0) + item.number
                continue
            original_id = item.imported.identity if isinstance(item, Prepared) else None
            if original_id in ids or not isinstance(item, Prepared | Problem):
                self.save(together)
                together, ids = [], set()
            if isinstance(item, Prepared | Problem):
                together.append(item)
                if original_id is not None:
                    ids.add(original_id)
            else:
                self.save_other(item)
        self.save(together)

    def save(self, items, *, is_last_time=False):
        """Save prepared articles and record what became of each, all or none; where that fails, half of them each."""
        if not items:
            return
        try:
            with transaction.atomic():
                articles = [item for item in items if isinstance(item, Prepared)]
                results = dict(zip(map(id, articles), save_batch(articles, self.saving), strict=True))
                told = [self.told(item, results.get(id(item))) for item in items]
                self.record(told)
        except (DataError, IntegrityError) as error:
            failed = error
        except DatabaseError:
            # No disk, no connection: every item after it would be refused for nothing.
            raise
        except Exception as error:
            failed = error
        else:
            self.tell(items, told)
            return
        self.saving.terms.forget()
        if len(items) > 1:
            # One of them is at fault, and no other shall suffer for it.
            half = len(items) // 2
            self.save(items[:half])
            self.save(items[half:])
        elif isinstance(failed, IntegrityError) and not is_last_time:
            # Another run may have made the same author or tag a moment ago.
            self.save(items, is_last_time=True)
        else:
            self.refuse(items[0], failed)

    def tell(self, items, told):
        """Count what was saved, and say what there is to say of it."""
        for item, (outcome, problems, saved) in zip(items, told, strict=True):
            if isinstance(item, Prepared) and outcome != Outcome.REFUSED:
                self.work.notices.add(item.imported.notices, self.row)
                self.report.duplicates += bool(saved.double)
                for name in saved.changed if outcome == Outcome.UPDATED else ():
                    self.report.changed[name] = self.report.changed.get(name, 0) + 1
                if self.work.trial:
                    self.remember(item, saved)
                if self.work.watch:
                    self.work.watch(outcome, problems, saved.article)
            self.count(outcome, problems)
        self.tell_progress()

    def told(self, item, saved):
        """The outcome of an item, what is to be said of it, and how it was saved."""
        if isinstance(item, Problem):
            return Outcome.REFUSED, [item], None
        if isinstance(saved, Refusal):
            return Outcome.REFUSED, [replace(saved.problem, place=item.place, raw=item.raw)], None
        saved.place = item.place
        if self.work.trial:
            self.compare_with_what_was_taken_back(item, saved)
        double = [same_text(item, *saved.double)] if saved.double else []
        problems = [each.within(item.file) for each in (*item.imported.problems, *saved.problems, *double)]
        return saved.outcome, problems, saved

    def compare_with_what_was_taken_back(self, item, saved):
        """Have it as if all that the trial took in were still there."""
        trial, identity = self.work.trial, item.imported.identity
        if saved.outcome != Outcome.UNCHANGED and trial.knows(identity):
            saved.outcome = Outcome.UNCHANGED if trial.knows(identity, item.digest) else Outcome.UPDATED
            # It is told of what is new alone.
            saved.double = None
        elif saved.outcome == Outcome.CREATED:
            self.see_double(item, saved)
        if saved.outcome != Outcome.UNCHANGED:
            self.see_addresses(item, saved)

    def see_double(self, item, saved):
        """Find the article that had the text first among what was taken back."""
        first = self.work.trial.first_with(item.fingerprint)
        if first and first not in (saved.article.key, saved.double and saved.double[0]):
            named = Article.objects.filter(key=first).values_list("outlet__name", flat=True).first()
            saved.double = (first, named or self.work.outlet.name)

    def see_addresses(self, item, saved):
        """Find the old addresses that were given to others among what was taken back."""
        told = [each.problem for each in saved.problems]
        for normalised, url, _letters in item.addresses:
            first = self.work.trial.first_at(normalised)
            if first not in ("", saved.article.key):
                problem = address_of_another(item, url, first)
                if not any(each.startswith(problem.problem.partition(first)[0]) for each in told):
                    saved.problems += (problem,)

    def remember(self, item, saved):
        """Keep in mind what a trial took in, for when that is taken back."""
        trial, imported = self.work.trial, item.imported
        if trial.awaits(imported.original_id) and not trial.knows(imported.identity):
            trial.awaited -= 1
        trial.remember(imported.identity, item.digest)
        if saved.outcome != Outcome.UNCHANGED:
            trial.remember_text(item.fingerprint, saved.double[0] if saved.double else saved.article.key)
            trial.remember_addresses((each[0] for each in item.addresses), saved.article.key)

    def compare_page(self, item, saved):
        """The same of an information page."""
        trial, identity = self.work.trial, ("page", item.slug or item.title)
        digest = (item.title, item.body, item.language, item.held_back, item.modified)
        if saved.outcome == Outcome.CREATED and trial.knows(identity):
            saved.outcome = Outcome.UNCHANGED if trial.knows(identity, digest) else Outcome.UPDATED
        trial.remember(identity, digest)

    def record(self, told):
        """Write the items' rows, the traces of what was made, and the counts as they will be."""
        counts = dict(self.counts)
        rows = []
        number = sum(counts.values())
        for outcome, problems, saved in told:
            number += 1
            counts[outcome] += 1
            if outcome != Outcome.UNCHANGED:
                rows.append(self.item(number, outcome, problems, saved))
        insert(ImportItem, ITEM_FIELDS, rows)
        traces = self.saving.terms.traces(self.row)
        insert(ImportTrace, TRACE_FIELDS, traces)
        if rows or traces:
            ImportRun.objects.filter(pk=self.row.pk).update(**{each.value: number for each, number in counts.items()})

    def item(self, number, outcome, problems, saved):
        """The row of an item, as ITEM_FIELDS has it."""
        place = problems[0].place if outcome == Outcome.REFUSED else saved.place
        return (
            self.row.pk,
            number,
            place[-LONGEST_PLACE:],
            outcome.value,
            saved and saved.article and saved.article.pk,
            "\n".join(each.problem for each in problems),
            "\n".join(each.remedy for each in problems),
            saved and saved.before,
        )

    def refuse(self, item, error):
        """Record an item on which the database or the program failed."""
        if isinstance(item, Problem):
            # Its own record can't be written: that is no matter of the item's.
            raise error
        self.save([self.failure(item.place, error, item.raw)])

    def failure(self, place, error, raw):
        if isinstance(error, DatabaseError):
            words = str(error).strip().partition("\n")[0]
            return Problem(place, f"The database does not take it: {words}", "Mend it in the file.", raw)
        self.failures += 1
        # The first tell what is the matter.
        told = error if self.failures <= MOST_TRACEBACKS else None
        logger.error("The import failed on %s", place, exc_info=told)
        return failure(place, error, raw)

    def save_other(self, item):
        """Save what is no article: an information page, a withdrawal, what an own export holds beside articles."""
        try:
            with transaction.atomic():
                if isinstance(item, ImportedPage):
                    saved = save_page(item, self.saving)
                    if self.work.trial:
                        self.compare_page(item, saved)
                elif isinstance(item, ImportedRow):
                    saved = save_row(item, self.saving, self.work.trial)
                elif isinstance(item, ImportedWithdrawal):
                    saved = save_withdrawal(item, self.saving, self.work.trial)
                elif isinstance(item, ImportedShared):
                    self.report.add(*self.saving.terms.share(item))
                    insert(ImportTrace, TRACE_FIELDS, self.saving.terms.traces(self.row))
                    return
                else:
                    raise TypeError(f"a reader gave a {type(item).__name__}")
                told = (saved.outcome, list(saved.problems), saved)
                saved.place = item.place
                self.record([told])
        except DatabaseError as error:
            if not isinstance(error, DataError | IntegrityError):
                raise
            self.refuse_other(item, self.failure(item.place, error, item.record))
        except Refusal as refusal:
            self.refuse_other(item, refusal.problem)
        except Exception as error:
            self.refuse_other(item, self.failure(item.place, error, getattr(item, "record", b"")))
        else:
            if saved.left_out:
                self.left_out += 1
                self.report.left_out[saved.left_out] = self.report.left_out.get(saved.left_out, 0) + 1
                self.report.add(*saved.problems)
            else:
                self.count(*told[:2])
            self.tell_progress()

    def refuse_other(self, item, problem):
        self.saving.terms.forget()
        self.save([replace(problem, place=item.place, raw=getattr(item, "record", b""))])

    def attach(self):
        for problem in self.attachments.save():
            self.report.add(problem)
        if self.row:
            self.report.pictures += self.row.traces.filter(kind=ImportTrace.Kind.PICTURE).count()

    def tie_versions(self):
        """Tie articles to those of which they are versions, and tell of which that is not here."""
        if self.row is None:
            return
        self.report.add(*settle(self.row))
        for key, problem in problems_of(self.row):
            # What a long trial took in is not there any more.
            if not (self.work.trial and self.work.trial.knows(key)):
                self.report.add(problem)

    def begin(self, digest=""):
        """Open the run, if that is not done; `digest` is the file's, where the run has but one."""
        if self.row:
            return
        key = random_key()
        if not self.work.trial:
            # Before there is a row, so that nobody takes this run for one that broke off.
            self.lock.enter_context(held(key))
        self.row = ImportRun.objects.create(
            key=key,
            outlet=self.work.outlet,
            format=self.work.format_name,
            file_name=self.name,
            file_digest=digest,
            options=asdict(self.work.options),
            started_by=self.work.started_by,
        )
        self.saving.run = self.row
        self.report.runs.append(self.row.key)

    def count(self, outcome, problems):
        self.counts[outcome] += 1
        setattr(self.report, outcome.value, getattr(self.report, outcome.value) + 1)
        self.report.add(*(replace(each, raw=b"") if each.raw else each for each in problems))
        if outcome == Outcome.REFUSED and self.work.rejects:
            for each in problems:
                self.work.rejects(each, self.formats[-1] if self.formats else "")

    def tell_progress(self):
        if self.work.progress:
            self.work.progress(self.report)

    def finish(self, state):
        if self.row is None:
            return
        if self.saving.words.counts and not self.work.trial:
            with transaction.atomic():
                self.saving.words.save()
        self.row.state = state
        self.row.finished_at = timezone.now()
        self.row.format = ", ".join(self.formats)[: ImportRun._meta.get_field("format").max_length]
        self.row.left_out = self.left_out
        for outcome, number in self.counts.items():
            setattr(self.row, outcome.value, number)
        self.row.save()
