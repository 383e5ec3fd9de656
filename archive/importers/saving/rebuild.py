"""Articles made anew from their records, by today's readers, as an import would make them."""

from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO

from django.db import DatabaseError, transaction
from django.utils import timezone

from archive.importers import UnknownFormat, load_reader
from archive.importers.base import ImportedArticle, Problem, ReadOptions, Refusal
from archive.keys import random_key
from archive.models import Article, ImportItem, ImportRun, Record

from .article import ground_of, save_batch
from .locks import held
from .prepare import prepare
from .reading import failure, logger
from .saved import Saving
from .undo import taken_back

BATCH = 100
# A list of changes is one object in memory.
MOST_CHANGES = 10_000
Outcome = ImportItem.Outcome


@dataclass
class Rebuilt:
    """What rebuilding did, or would do."""

    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    # How many articles changed in each field.
    fields: Counter = field(default_factory=Counter)
    # Of each article that changed: its key, its headline, and the fields.
    changes: list[tuple[str, str, list[str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    run: str = ""


def rebuild_articles(outlets, *, of_run=None, dry_run=False, started_by=None, progress=None):
    """Read the last record of each article again, and save what it says. What staff changed stays, and is told.

    With `of_run` only the articles whose last record came with that run. Each outlet's rebuilding is a run, which can
    be undone. It may be stopped and begun again.
    """
    for outlet in outlets:
        rebuilding = _Rebuilding(outlet, of_run, dry_run, started_by)
        yield outlet, rebuilding.rebuild(progress)


class _Rebuilding:
    def __init__(self, outlet, of_run, dry_run, started_by):
        self.outlet = outlet
        self.of_run = of_run
        self.dry_run = dry_run
        self.started_by = started_by
        self.saving = Saving(outlet, anew=True)
        self.rebuilt = Rebuilt()
        self.number = 0
        self.options = {}

    def rebuild(self, progress):
        key = random_key()
        with held(key):
            try:
                for records in self.batches():
                    with taken_back() if self.dry_run else transaction.atomic():
                        self.rebuild_some(records, key)
                    if self.dry_run:
                        self.saving.terms.forget()
                    if progress:
                        progress(self.rebuilt)
            except BaseException:
                self.finish(ImportRun.State.STOPPED)
                raise
            self.finish(ImportRun.State.DONE)
        return self.rebuilt

    def batches(self):
        """The last record of each article, so many at a time."""
        articles = Article.objects.filter(outlet=self.outlet).exclude(imported_digest="").order_by("pk")
        last = 0
        while pks := list(articles.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
            last = pks[-1]
            newest = {}
            for record in Record.objects.filter(article__in=pks).select_related("run").order_by("number"):
                newest[record.article_id] = record
            wanted = [record for record in newest.values() if self.of_run is None or record.run_id == self.of_run.pk]
            if wanted:
                yield wanted

    def rebuild_some(self, records, key):
        if self.saving.run is None or self.dry_run:
            self.begin(key)
        keys = dict(Article.objects.filter(pk__in=[each.article_id for each in records]).values_list("pk", "key"))
        for record in records:
            place = f"article {keys[record.article_id]}"
            try:
                prepared = self.read(record)
                # One by one: where one fails, the others are no matter of its.
                with transaction.atomic():
                    [saved] = save_batch([prepared], self.saving)
                    if isinstance(saved, Refusal):
                        raise saved
                    self.record(place, prepared, saved)
            except (Refusal, UnknownFormat) as error:
                problem = error.problem if isinstance(error, Refusal) else Problem("", *error.args)
                self.refuse(Problem(place, problem.problem, problem.remedy))
            except DatabaseError:
                raise
            except Exception as error:
                logger.exception("Rebuilding failed on %s", place)
                self.refuse(failure(place, error))

    def read(self, record):
        """What today's reader makes of a record."""
        reader = load_reader(record.format)
        options = self.options_of(record.run)
        items = list(reader.read(BytesIO(record.content), options))
        articles = [item for item in items if isinstance(item, ImportedArticle)]
        if len(articles) != 1:
            told = next((item for item in items if isinstance(item, Problem)), None)
            raise Refusal(
                told.problem if told else f"Its record is read as {len(articles)} articles now.",
                told.remedy if told else "Report this, with the record.",
            )
        prepared = prepare(articles[0], ground_of(self.outlet, options.language))
        original_id = Article.objects.filter(pk=record.article_id).values_list("original_id", flat=True).get()
        if articles[0].original_id != original_id:
            raise Refusal(
                f"Its id is read as “{articles[0].original_id}” now, and was “{original_id}”.",
                "Nothing is changed: its address is made from its id.",
            )
        # It is the record that is there already, with what was known when it came.
        prepared.record = None
        prepared.file, prepared.format = record.place, record.format
        return prepared

    def options_of(self, run):
        if run.pk not in self.options:
            told = {name: value for name, value in run.options.items() if name in ReadOptions.__dataclass_fields__}
            told["columns"] = tuple(tuple(pair) for pair in told.get("columns", ()))
            self.options[run.pk] = ReadOptions(**told)
        return self.options[run.pk]

    def begin(self, key):
        self.saving.run = ImportRun.objects.create(
            key=key,
            outlet=self.outlet,
            format="records",
            file_name="rebuild_articles" + (f" --run {self.of_run.key}" if self.of_run else ""),
            started_by=self.started_by,
        )
        self.rebuilt.run = "" if self.dry_run else key

    def record(self, place, prepared, saved):
        rebuilt = self.rebuilt
        rebuilt.problems += [Problem(place, each.problem, each.remedy) for each in saved.problems]
        if saved.outcome == Outcome.UNCHANGED:
            rebuilt.unchanged += 1
            return
        changed = sorted(saved.article.revisions.order_by("-number").first().changes)
        rebuilt.updated += 1
        rebuilt.fields.update(changed)
        if len(rebuilt.changes) < MOST_CHANGES:
            rebuilt.changes.append((saved.article.key, saved.article.headline, changed))
        self.number += 1
        ImportItem.objects.create(
            run=self.saving.run,
            number=self.number,
            place=prepared.file,
            outcome=Outcome.UPDATED,
            article=saved.article,
            problem="\n".join(each.problem for each in saved.problems),
            remedy="\n".join(each.remedy for each in saved.problems),
            before=saved.before,
        )

    def refuse(self, problem):
        self.rebuilt.refused += 1
        self.rebuilt.problems.append(problem)

    def finish(self, state):
        run = self.saving.run
        if run is None or self.dry_run:
            return
        run.state, run.finished_at = state, timezone.now()
        run.updated, run.unchanged, run.refused = self.rebuilt.updated, self.rebuilt.unchanged, self.rebuilt.refused
        run.save()
