import json
import sys

from django.core.checks import Tags
from django.core.management.base import CommandError

from archive.importers.base import MOST_PROBLEMS
from archive.importers.saving import rebuild_articles
from archive.management.archive_command import ArchiveCommand
from archive.models import ImportRun, Outlet

MOST_SHOWN = 20


class Command(ArchiveCommand):
    # Without those of the pages and of the admin, which would be taken into memory for them.
    requires_system_checks = (Tags.compatibility, Tags.models)
    help = "Make the articles anew from their records as received, with today's readers. Staff's changes stay."

    def add_arguments(self, parser):
        parser.add_argument("--outlet", metavar="SLUG", default="", help="only this outlet's articles")
        parser.add_argument(
            "--run", metavar="KEY", default="", help="only those whose record came with this import run"
        )
        parser.add_argument("--dry-run", action="store_true", help="tell what would change, and do nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object in place of the summary")

    def handle(self, *, outlet, run, dry_run, **options):
        outlets, of_run = Outlet.objects.order_by("slug"), None
        if run:
            of_run = ImportRun.objects.filter(key=run).first()
            if of_run is None:
                raise CommandError(f"There is no import run “{run}”. Look its key up in the admin.", returncode=2)
            outlets = outlets.filter(pk=of_run.outlet_id)
        if outlet:
            outlets = outlets.filter(slug=outlet)
            if not outlets:
                slugs = ", ".join(Outlet.objects.order_by("slug").values_list("slug", flat=True))
                raise CommandError(f"There is no such outlet “{outlet}”. Pass one of: {slugs}.", returncode=2)
        done = list(rebuild_articles(outlets, of_run=of_run, dry_run=dry_run))
        if options["json"]:
            self.stdout.write(json.dumps([as_dict(*each) for each in done], ensure_ascii=False, indent=2))
        else:
            for each in done:
                self.stdout.write("\n".join(summary(*each, is_trial=dry_run)))
        if any(rebuilt.refused for _outlet, rebuilt in done):
            sys.exit(1)


def as_dict(outlet, rebuilt):
    return {
        "outlet": outlet.slug,
        "run": rebuilt.run or None,
        "updated": rebuilt.updated,
        "unchanged": rebuilt.unchanged,
        "refused": rebuilt.refused,
        "fields": dict(rebuilt.fields),
        "changes": [{"key": key, "headline": headline, "fields": names} for key, headline, names in rebuilt.changes],
        "problems": [
            {"place": each.place, "problem": each.problem, "remedy": each.remedy} for each in rebuilt.problems
        ],
        "problems_left_out": rebuilt.problems_left_out,
    }


def summary(outlet, rebuilt, *, is_trial):
    """What was rebuilt, in words, line by line."""
    yield f"{outlet}: {rebuilt.updated} updated, {rebuilt.unchanged} unchanged, {rebuilt.refused} refused."
    if is_trial:
        yield "This was a trial: nothing was saved."
    elif rebuilt.run:
        yield f"Import run: {rebuilt.run}"
    for name, number in rebuilt.fields.most_common():
        yield f"  {name}: {number}"
    for key, headline, names in rebuilt.changes[:MOST_SHOWN]:
        yield f"  {key} “{headline}”: {', '.join(names)}"
    if rebuilt.updated > MOST_SHOWN:
        yield f"  … and {rebuilt.updated - MOST_SHOWN:,} more: --json lists them."
    for each in rebuilt.problems[:MOST_SHOWN]:
        yield f"{each.place}: {each.problem} {each.remedy}"
    more = len(rebuilt.problems) + rebuilt.problems_left_out - MOST_SHOWN
    if more > 0:
        yield f"… and {more:,} more problems: --json lists the first {MOST_PROBLEMS:,}."
