import json
import sys
import time
from base64 import b64encode
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from archive.importers import FORMATS, UnknownFormat, load_reader
from archive.importers.base import ImportReport, Problem, ReadOptions, Refusal
from archive.importers.media import Media
from archive.importers.saving import import_paths
from archive.importers.text import is_encoding
from archive.models import Outlet

# As much as can be read on a screen; --json and the run in the admin have it all.
MOST_SHOWN = 20
SECONDS_BETWEEN_SIGNS = 0.5


class Command(BaseCommand):
    help = (
        "Import what was rescued of an outlet. Exit status: 0 when all was taken, 1 when some items were refused, "
        "2 when nothing could be read."
    )

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="*", metavar="PATH", help="a file, or a folder, read file by file")
        parser.add_argument("--outlet", metavar="SLUG", default="", help="the outlet that published the articles")
        parser.add_argument(
            "--format",
            metavar="NAME",
            default="",
            help=f"one of: {', '.join(sorted(FORMATS))}; told from the content if left out",
        )
        parser.add_argument("--encoding", metavar="NAME", default="", help="of text that is not in UTF-8: cp1252, …")
        parser.add_argument(
            "--map",
            metavar="FIELD=COLUMN",
            action="append",
            default=[],
            help="which column of a table fills a field: headline=Titre; may be given several times",
        )
        parser.add_argument(
            "--media", metavar="PATH", default="", help="a folder or zip file of pictures, matched by their addresses"
        )
        parser.add_argument(
            "--rejects", metavar="FILE", default="", help="write what is refused there, as JSON Lines, to be mended"
        )
        parser.add_argument(
            "--learn-notices", action="store_true", help="add the closure notices found to the outlets they speak of"
        )
        parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and do nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object in place of the summary")

    def handle(self, *, paths, **options):
        wrong = problem_with_options(paths, options)
        if wrong and not options["json"]:
            raise CommandError(f"{wrong.problem} {wrong.remedy}", returncode=2)
        report = ImportReport(problems=[wrong]) if wrong else self.carry_out(paths, options)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(summary(report, is_trial=options["dry_run"])))
        if report.exit_status:
            sys.exit(report.exit_status)

    def carry_out(self, paths, options):
        progress = Progress(sys.stderr) if sys.stderr.isatty() else None
        columns = tuple(tuple(each.split("=", 1)) for each in options["map"])
        with ExitStack() as stack:
            try:
                media = stack.enter_context(Media(Path(options["media"]))) if options["media"] else None
                rejects = stack.enter_context(Rejects(options["rejects"])) if options["rejects"] else None
            except Refusal as refusal:
                told = refusal.problem
                return ImportReport(problems=[replace(told, place=told.place or "--media")])
            except OSError as error:
                return ImportReport(problems=[Problem("--rejects", f"{error}.", "Name a file that can be written.")])
            report = import_paths(
                paths,
                Outlet.objects.get(slug=options["outlet"]),
                format_name=options["format"],
                options=ReadOptions(encoding=options["encoding"], columns=columns),
                media=media,
                learn_notices=options["learn_notices"],
                dry_run=options["dry_run"],
                progress=progress,
                rejects=rejects,
            )
        if progress:
            progress.clear()
        return report


class Rejects:
    """A file of what was refused, an item a line: format, place, problem, remedy, and the item itself as it stood.

    `raw` is by itself a file of its format, as text; as base 64 in `raw_base64` where it is no UTF-8.
    """

    def __init__(self, path):
        # Anew: what an earlier import refused is not what this one does.
        self.stream = open(path, "w", encoding="utf-8")  # noqa: SIM115  closed by __exit__

    def __enter__(self):
        return self

    def __exit__(self, *_raised):
        self.stream.close()

    def __call__(self, problem, format_name):
        told = {"format": format_name, "place": problem.place, "problem": problem.problem, "remedy": problem.remedy}
        try:
            told["raw"] = problem.raw.decode()
        except UnicodeDecodeError:
            told["raw_base64"] = b64encode(problem.raw).decode()
        self.stream.write(json.dumps(told, ensure_ascii=False) + "\n")


class Progress:
    """A line on a terminal that counts along."""

    def __init__(self, stream):
        self.stream = stream
        self.told_at = 0

    def __call__(self, report):
        if time.monotonic() - self.told_at > SECONDS_BETWEEN_SIGNS:
            self.told_at = time.monotonic()
            self.stream.write(f"\r{report.taken:,} taken, {report.refused:,} refused")
            self.stream.flush()

    def clear(self):
        self.stream.write("\r\033[K")
        self.stream.flush()


def problem_with_options(paths, options):
    """What in the command line keeps everything from being read, or None."""
    if not paths:
        return Problem("PATH", "No file is named.", "Name a file or a folder.")
    if not Outlet.objects.filter(slug=options["outlet"]).exists():
        slugs = ", ".join(Outlet.objects.order_by("slug").values_list("slug", flat=True))
        told = f"There is no outlet “{options['outlet']}”." if options["outlet"] else "No outlet is named."
        remedy = f"Pass --outlet with one of: {slugs}." if slugs else "Add the outlet in the admin first."
        return Problem("--outlet", told, remedy)
    if options["format"]:
        try:
            load_reader(options["format"])
        except UnknownFormat as error:
            return Problem("--format", *error.args)
    if options["encoding"] and not is_encoding(options["encoding"]):
        return Problem(
            "--encoding", f"There is no encoding “{options['encoding']}”.", "Name one such as cp1252 or utf-16."
        )
    for each in options["map"]:
        if not all(each.partition("=")):
            return Problem("--map", f"“{each}” names no column.", "Write it as --map headline=Titre.")
    return None


def summary(report, *, is_trial):
    """A report in words, line by line."""
    counts = (
        f"{report.created} created, {report.updated} updated, {report.unchanged} unchanged, {report.refused} refused"
    )
    yield f"{', '.join(report.formats) or 'Nothing could be read'}: {counts}."
    if is_trial:
        yield "This was a trial: nothing was saved."
    elif report.runs:
        yield f"Import run: {', '.join(report.runs)}"
    for outcome in report.notices:
        notice = outcome.notice
        pages = "1 page" if outcome.pages == 1 else f"{outcome.pages:,} pages"
        yield ""
        yield f"Closure notice, {outcome.state} ({notice.placement}, {notice.language}, on {pages}):"
        yield f"  {notice.text}"
        yield from (f"  {line}" for line in (outcome.note, outcome.remedy) if line)
    if report.problems:
        yield ""
    for problem in report.problems[:MOST_SHOWN]:
        yield f"{problem.place}: {problem.problem} {problem.remedy}"
    more = len(report.problems) - MOST_SHOWN + report.problems_left_out
    if more > 0:
        yield f"… and {more:,} more: --json lists them, and so does the run in the admin."
