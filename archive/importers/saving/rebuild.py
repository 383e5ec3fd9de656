"""Articles made anew from their records, by today's readers, as an import would make them."""

from array import array
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO

from django.db import DatabaseError, DataError, IntegrityError, transaction
from django.utils import timezone, translation

from archive import wording
from archive.importers import UnknownFormat, load_reader
from archive.importers.base import MOST_PROBLEMS, ImportedArticle, Problem, ReadOptions, Refusal
from archive.keys import derived_key, random_key
from archive.models import Article, ImportItem, ImportRun, Record

from .article import ground_of, save_batch
from .locks import held
from .prepare import prepare
from .reading import failure, logger
from .rows import insert
from .run import ITEM_FIELDS
from .saved import Saving
from .settings import for_much
from .undo import taken_back

BATCH = 200
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
    problems_left_out: int = 0
    run: str = ""

    def add(self, *problems):
        room = max(MOST_PROBLEMS - len(self.problems), 0)
        self.problems += problems[:room]
        self.problems_left_out += len(problems[room:])


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
        # Of each run, what the operator told the reader.
        self.options = {}

    def rebuild(self, progress):
        key = random_key()
        with held(key):
            try:
                with for_much(), translation.override(wording.LANGUAGE):
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
        # Eight bytes for each, since no index gives a part of an outlet's articles by their numbers.
        every = array("q", Article.objects.filter(outlet=self.outlet).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(every), BATCH):
            articles = Article.objects.filter(pk__in=every[start : start + BATCH]).exclude(imported_digest="")
            newest = {}
            for record in Record.objects.filter(article__in=articles.values("pk")).order_by("number"):
                newest[record.article_id] = record
            wanted = [record for record in newest.values() if self.of_run is None or record.run_id == self.of_run.pk]
            if wanted:
                yield wanted

    def rebuild_some(self, records, key):
        if self.saving.run is None or self.dry_run:
            self.begin(key)
        articles = Article.objects.only("key", "original_id").in_bulk([record.article_id for record in records])
        batch = []
        for record in records:
            if (article := articles.get(record.article_id)) is None:
                continue
            place = f"article {article.key}"
            try:
                batch.append((place, self.read(record, article)))
            except (Refusal, UnknownFormat) as error:
                problem = error.problem if isinstance(error, Refusal) else Problem("", *error.args)
                self.refuse(Problem(place, problem.problem, problem.remedy))
            except Exception as error:
                logger.exception("Rebuilding failed on %s", place)
                self.refuse(failure(place, error))
        self.save(batch)

    def save(self, batch):
        """Save prepared articles, each with its place, all or none; where that fails, half of them each."""
        if not batch:
            return
        try:
            with transaction.atomic():
                results = save_batch([prepared for _place, prepared in batch], self.saving)
                self.record(batch, results)
        except Exception as error:
            if isinstance(error, DatabaseError) and not isinstance(error, DataError | IntegrityError):
                raise
            self.saving.terms.forget()
            if len(batch) > 1:
                half = len(batch) // 2
                self.save(batch[:half])
                self.save(batch[half:])
                return
            [(place, _prepared)] = batch
            logger.exception("Rebuilding failed on %s", place)
            self.refuse(failure(place, error))
        else:
            for (place, _prepared), saved in zip(batch, results, strict=True):
                self.tell(place, saved)

    def read(self, record, article):
        """What today's reader makes of a record."""
        reader = load_reader(record.format)
        options = self.options_of(record.run_id)
        items = list(reader.read(BytesIO(record.content), options))
        articles = [item for item in items if isinstance(item, ImportedArticle)]
        if len(articles) != 1:
            told = next((item for item in items if isinstance(item, Problem)), None)
            raise Refusal(
                told.problem if told else f"Its record is read as {len(articles)} articles now.",
                told.remedy if told else "Report this, with the record.",
            )
        # It is the record that is there already, with what was known when it came.
        prepared = prepare(articles[0], ground_of(self.outlet, options.language), is_known=True)
        original_id = articles[0].original_id
        # Staff may have given it another since: of the first its key is made.
        if original_id != article.original_id and derived_key(self.outlet.slug, original_id) != article.key:
            raise Refusal(
                f"Its id is read as “{original_id}” now, and was “{article.original_id}”.",
                "Nothing is changed: its address is made from its id.",
            )
        prepared.file, prepared.format = record.place, record.format
        return prepared

    def options_of(self, run):
        if run not in self.options:
            told = ImportRun.objects.values_list("options", flat=True).get(pk=run)
            told = {name: value for name, value in told.items() if name in ReadOptions.__dataclass_fields__}
            told["columns"] = tuple(tuple(pair) for pair in told.get("columns", ()))
            self.options[run] = ReadOptions(**told)
        return self.options[run]

    def begin(self, key):
        self.saving.run = ImportRun.objects.create(
            key=key,
            outlet=self.outlet,
            format="records",
            file_name="rebuild_articles" + (f" --run {self.of_run.key}" if self.of_run else ""),
            started_by=self.started_by,
        )
        self.rebuilt.run = "" if self.dry_run else key

    def record(self, batch, results):
        rows = []
        for (_place, prepared), saved in zip(batch, results, strict=True):
            if isinstance(saved, Refusal) or saved.outcome == Outcome.UNCHANGED:
                continue
            problems = "\n".join(each.problem for each in saved.problems)
            remedies = "\n".join(each.remedy for each in saved.problems)
            number = self.rebuilt.updated + len(rows) + 1
            told = (prepared.file, Outcome.UPDATED.value, saved.article.pk, problems, remedies, saved.before)
            rows.append((self.saving.run.pk, number, *told))
        insert(ImportItem, ITEM_FIELDS, rows)

    def tell(self, place, saved):
        rebuilt = self.rebuilt
        if isinstance(saved, Refusal):
            self.refuse(Problem(place, saved.problem.problem, saved.problem.remedy))
            return
        rebuilt.add(*(Problem(place, each.problem, each.remedy) for each in saved.problems))
        if saved.outcome == Outcome.UNCHANGED:
            rebuilt.unchanged += 1
            return
        rebuilt.updated += 1
        rebuilt.fields.update(saved.changed)
        if len(rebuilt.changes) < MOST_CHANGES:
            rebuilt.changes.append((saved.article.key, saved.article.headline, list(saved.changed)))

    def refuse(self, problem):
        self.rebuilt.refused += 1
        self.rebuilt.add(problem)

    def finish(self, state):
        run = self.saving.run
        if run is None or self.dry_run:
            return
        run.state, run.finished_at = state, timezone.now()
        run.updated, run.unchanged, run.refused = self.rebuilt.updated, self.rebuilt.unchanged, self.rebuilt.refused
        run.save()
