import json
import sys

from django.core.management.base import CommandError

from archive.importers.saving.addresses import TableReport, import_addresses
from archive.management.archive_command import ArchiveCommand

from ._tables import Progress, opened, outlet_named, problem_lines


class Command(ArchiveCommand):
    help = (
        "Add old addresses to articles, from a table (CSV): the old address, and the article's key, id or new address. "
        "Exit status: 0 when all were taken, 1 when some rows were refused, 2 when nothing could be read."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="a table")
        parser.add_argument("--outlet", metavar="SLUG", required=True, help="the outlet that published the articles")
        parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and do nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object in place of the summary")

    def handle(self, *, file, outlet, dry_run, **options):
        try:
            outlet = outlet_named(outlet)
            with opened(file, "rb", cannot="read") as stream, Progress() as progress:
                report = import_addresses(
                    stream, outlet, reason=f"Addresses from {file}", dry_run=dry_run, progress=progress
                )
        except CommandError as error:
            if not options["json"]:
                raise
            self.stdout.write(json.dumps(TableReport().as_dict() | {"error": str(error)}, ensure_ascii=False, indent=2))
            sys.exit(2)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(
                f"{report.created:,} added, {report.unchanged:,} known already, {report.refused:,} refused."
            )
            if dry_run:
                self.stdout.write("This was a trial: nothing was saved.")
            for line in problem_lines(report.problems, report.problems_left_out):
                self.stdout.write(line)
        if report.exit_status:
            sys.exit(report.exit_status)
