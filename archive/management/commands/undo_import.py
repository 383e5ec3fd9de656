import json
import sys

from django.core.management.base import CommandError

from archive.importers.saving import StillRunning, undo_run
from archive.management.archive_command import ArchiveCommand
from archive.models import ImportRun

from ._tables import Progress

MOST_SHOWN = 20


class Command(ArchiveCommand):
    help = "Take back exactly what an import run did. What staff have touched since stays, and is listed."

    def add_arguments(self, parser):
        parser.add_argument("run", metavar="RUN", help="the key of the run, as the import told it")
        parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and do nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object in place of the summary")

    def handle(self, *, run, dry_run, **options):
        row = ImportRun.objects.filter(key=run).first()
        if row is None:
            raise CommandError(f"There is no import run “{run}”. Look its key up in the admin.", returncode=2)
        # What a later run had changed stayed then; now that one may be undone too.
        was_undone = row.state == ImportRun.State.UNDONE
        try:
            with Progress("undone") as progress:
                undone = undo_run(
                    row,
                    dry_run=dry_run,
                    progress=lambda undone: progress(undone.removed + undone.restored + undone.given_back),
                )
        except KeyboardInterrupt:
            told = "Nothing was changed."
            if not dry_run:
                told = "What was undone stays so: the same command goes on from there."
            raise CommandError(f"Stopped. {told}", returncode=130) from None
        except StillRunning as error:
            raise CommandError(str(error), returncode=2) from None
        if was_undone and not undone.is_something:
            raise CommandError(f"Run {run} is undone already.", returncode=2)
        self.stdout.write(
            as_json(row, undone) if options["json"] else "\n".join(summary(row, undone, is_trial=dry_run))
        )
        if undone.kept:
            sys.exit(1)


def as_json(run, undone):
    told = {
        "run": run.key,
        "removed": undone.removed,
        "restored": undone.restored,
        "given_back": undone.given_back,
        "others_removed": undone.others_removed,
        "kept": [{"place": each.place, "problem": each.problem, "remedy": each.remedy} for each in undone.kept],
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def summary(run, undone, *, is_trial):
    """What was undone, in words, line by line."""
    articles = "1 article" if undone.removed == 1 else f"{undone.removed:,} articles"
    yield (
        f"Run {run.key} ({run.file_name}): {articles} removed, {undone.restored:,} as they were before, "
        f"{undone.given_back} given back to readers; {undone.others_removed} authors, tags, pages and the like removed."
    )
    if is_trial:
        yield "This was a trial: nothing was changed. Authors, tags and the like are told only when it is done."
    for kept in undone.kept[:MOST_SHOWN]:
        yield f"{kept.place}: {kept.problem} {kept.remedy}"
    if len(undone.kept) > MOST_SHOWN:
        yield f"… and {len(undone.kept) - MOST_SHOWN:,} more: --json lists them."
