import json
import sys
from contextlib import contextmanager

from django.core.management.base import CommandError

from archive.importers.saving.addresses import CheckReport, check_addresses
from archive.management.archive_command import ArchiveCommand

from ._tables import MOST_SHOWN, Progress, opened, outlet_named, problem_lines

WAYS = {
    "address": "by the address itself",
    "id": "by the publisher's id in it",
    "slug": "by its slug",
    "page": "to a section, an author, a tag, a date or the front",
}


class Command(ArchiveCommand):
    help = (
        "Of these known addresses, how many lead to an article, to a tombstone, nowhere. "
        "Exit status: 0 when none leads nowhere, 1 when some do, 2 when nothing could be read."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="a list of addresses, or a table")
        parser.add_argument("--outlet", metavar="SLUG", default="", help="count only what leads to this outlet")
        parser.add_argument("--misses", metavar="FILE", default="", help="write the addresses that lead nowhere here")
        parser.add_argument("--json", action="store_true", help="print one JSON object in place of the summary")

    def handle(self, *, file, outlet, misses, **options):
        try:
            chosen = outlet_named(outlet) if outlet else None
            with opened(file, "rb", cannot="read") as stream, written_to(misses) as missed, Progress() as progress:
                report = check_addresses(stream, outlet=chosen, progress=progress, missed=missed)
        except CommandError as error:
            if not options["json"]:
                raise
            self.stdout.write(json.dumps(CheckReport().as_dict() | {"error": str(error)}, ensure_ascii=False, indent=2))
            sys.exit(2)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(summary(report)))
        if report.exit_status:
            sys.exit(report.exit_status)


def summary(report):
    """A report in words, line by line."""
    yield f"Of {report.asked:,} addresses"
    yield f"{report.resolved:>12,} lead to an article or a page of the outlet:"
    for way, number in report.ways.items():
        if number:
            yield f"{number:>16,} {WAYS[way]}"
    yield f"{report.tombstones:>12,} lead to a tombstone"
    yield f"{report.misses:>12,} lead nowhere"
    if report.no_addresses:
        yield f"{report.no_addresses:>12,} are no addresses"
    yield from problem_lines(report.problems)
    if report.missed:
        yield ""
        yield "Nothing is known of:"
        yield from (f"  {url}" for url in report.missed[:MOST_SHOWN])
        if report.misses > MOST_SHOWN:
            yield f"  … and {report.misses - MOST_SHOWN:,} more: --misses FILE writes them all."


@contextmanager
def written_to(name):
    """What adds an address to a file, line by line; None, if no file is named."""
    if not name:
        yield None
        return
    with opened(name, "w", cannot="written", encoding="utf-8") as file:
        yield lambda url: file.write(f"{url}\n")
