import json
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from django.core.checks import Tags
from django.core.management.base import CommandError

from archive.beside import settle_down
from archive.importers import FORMATS, UnknownFormat, load_reader
from archive.importers.base import ImportReport, Problem, ReadOptions, Refusal
from archive.importers.columns import columns_in
from archive.importers.media import Media
from archive.importers.rejects import RejectsFile
from archive.importers.saving import import_paths, make_outlet, outlets_told
from archive.importers.table import FIELDS
from archive.importers.text import is_encoding
from archive.management.archive_command import ArchiveCommand
from archive.models import Outlet
from archive.models.outlet import Language

# As much as can be read on a screen; --json and the run in the admin have it all.
MOST_SHOWN = 20
SECONDS_BETWEEN_SIGNS = 0.5


class Command(ArchiveCommand):
    # Without those of the pages and of the admin, which would be taken into memory for them.
    requires_system_checks = (Tags.compatibility, Tags.models)
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
            "--language", metavar="CODE", default="", help="of articles that do not tell theirs; else the outlet's"
        )
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
        parser.add_argument(
            "--make-outlet",
            action="store_true",
            help="make the outlet, and those above it, from what an export of an archive tells of them",
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
            told = columns_taken if options["dry_run"] else columns_left_out
            if lines := list(told(paths, options)):
                self.stdout.write("\n".join(lines))
        if report.exit_status:
            sys.exit(report.exit_status)

    def carry_out(self, paths, options):
        if options["make_outlet"] and not Outlet.objects.filter(slug=options["outlet"]).exists():
            try:
                made = make_outlet(options["outlet"], outlets_told(map(Path, paths)))
            except Refusal as refusal:
                return ImportReport(problems=[replace(refusal.problem, place="--make-outlet")])
            if not options["json"]:
                for each in made:
                    self.stdout.write(f"Outlet made: {each} ({each.slug}).")
        progress = Progress(sys.stderr) if sys.stderr.isatty() else None
        settle_down()
        with ExitStack() as opened, told_when_stopped(progress, is_trial=options["dry_run"]):
            media, rejects = options["media"], options["rejects"]
            report = import_paths(
                paths,
                Outlet.objects.get(slug=options["outlet"]),
                format_name=options["format"],
                options=ReadOptions(
                    encoding=options["encoding"], language=options["language"], columns=columns_of(options["map"])
                ),
                media=opened.enter_context(Media(Path(media))) if media else None,
                learn_notices=options["learn_notices"],
                dry_run=options["dry_run"],
                progress=progress,
                rejects=opened.enter_context(RejectsFile(Path(rejects))) if rejects else None,
            )
        if progress:
            progress.clear()
        return report


@contextmanager
def told_when_stopped(progress, *, is_trial):
    """Say what there is when somebody stops an import."""
    try:
        yield
    except KeyboardInterrupt:
        if progress:
            progress.clear()
        told = "What was taken in stays: the same command goes on from there, and undo_import takes it back."
        raise CommandError(
            f"Stopped. {'It was a trial, and nothing was saved.' if is_trial else told}", returncode=130
        ) from None


class Progress:
    """A line on a terminal that counts along."""

    def __init__(self, stream):
        self.stream = stream
        self.told_at = 0
        self.began_at = self.called_at = time.monotonic()
        # The size of the present file, and when it began.
        self.file = (0, self.began_at)

    def __call__(self, report):
        now = time.monotonic()
        if report.size != self.file[0]:
            # It is told of when some of it is done.
            self.file = (report.size, self.called_at)
        self.called_at = now
        if now - self.told_at > SECONDS_BETWEEN_SIGNS:
            self.told_at = now
            self.stream.write(f"\r{', '.join(self.told(report, now))}\033[K")
            self.stream.flush()

    def told(self, report, now):
        done = report.taken + report.refused
        yield f"{report.taken:,} taken, {report.refused:,} refused"
        if now - self.began_at > 1:
            yield f"{done / (now - self.began_at):,.0f} a second"
        if 0 < report.position < report.size:
            left = (now - self.file[1]) * (report.size - report.position) / report.position
            yield f"{100 * report.position // report.size} % of the file, {in_words(left)} left"

    def clear(self):
        self.stream.write("\r\033[K")
        self.stream.flush()


def in_words(seconds):
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def columns_of(told):
    """--map headline=Titre, as the readers take it."""
    return tuple((field.strip(), column) for field, _is, column in (each.partition("=") for each in told))


def tables(paths, options):
    """Each path that is a table, and its columns."""
    told = ReadOptions(encoding=options["encoding"], columns=columns_of(options["map"]))
    for path in map(Path, paths):
        if columns := columns_in(path, options["format"], told):
            yield path, columns


def columns_left_out(paths, options):
    """Which columns of tables fill no field, line by line."""
    for path, columns in tables(paths, options):
        if names := [f"“{name}”" for name, field, _values in columns if not field]:
            yield f"\nThese columns of {path} were not taken: {', '.join(names)}. --map FIELD=COLUMN takes one."


def columns_taken(paths, options):
    """How the columns of tables are taken, line by line."""
    for path, columns in tables(paths, options):
        yield f"\nThe columns of {path}:"
        for name, field, values in columns:
            shown = ", ".join(f"“{value}”" for value in values)
            yield f"  {name} → {field or 'not taken'}{f' ({shown})' if shown else ''}"


def problem_with_options(paths, options):
    """What in the command line keeps everything from being read, or None."""
    if not paths:
        return Problem("PATH", "No file is named.", "Name a file or a folder.")
    if wrong := problem_with_outlet(paths, options):
        return wrong
    if options["format"]:
        try:
            load_reader(options["format"])
        except UnknownFormat as error:
            return Problem("--format", *error.args)
    if options["encoding"] and not is_encoding(options["encoding"]):
        return Problem(
            "--encoding", f"There is no encoding “{options['encoding']}”.", "Name one such as cp1252 or utf-16."
        )
    if options["language"] and options["language"] not in Language.values:
        return Problem(
            "--language",
            f"“{options['language']}” is none of the archive's languages.",
            f"Pass one of: {', '.join(Language.values)}.",
        )
    for field, column in columns_of(options["map"]):
        if field not in FIELDS or not column:
            remedy = f"Write FIELD=COLUMN, as in headline=Titre; fields are {', '.join(FIELDS)}."
            return Problem("--map", f"“{field}={column}” fills no field.", remedy)
    return problem_with_files(options)


def problem_with_outlet(paths, options):
    """Why nothing can be read into the outlet that is named, or None."""
    if Outlet.objects.filter(slug=options["outlet"]).exists():
        return None
    slugs = ", ".join(Outlet.objects.order_by("slug").values_list("slug", flat=True))
    told = f"There is no outlet “{options['outlet']}”." if options["outlet"] else "No outlet is named."
    remedy = f"Pass --outlet with one of: {slugs}." if slugs else "Add the outlet in the admin first."
    if options["outlet"] in outlets_told(map(Path, paths)).values:
        if options["make_outlet"] and not options["dry_run"]:
            return None
        remedy = "Pass --make-outlet to make it as the file tells."
        if options["dry_run"]:
            remedy += " A trial needs it first: leave --dry-run out, or add the outlet in the admin."
    return Problem("--outlet", told, remedy)


def problem_with_files(options):
    """What keeps the files from being opened that stand beside the paths, or None."""
    if options["media"]:
        try:
            Media(Path(options["media"])).close()
        except Refusal as refusal:
            told = f"{options['media']}: {refusal.problem.problem}"
            return replace(refusal.problem, place="--media", problem=told)
    if options["rejects"]:
        try:
            # Not emptied before all is well.
            with Path(options["rejects"]).open("a"):
                pass
        except OSError as error:
            told = f"{options['rejects']} can't be written: {error.strerror}."
            return Problem("--rejects", told, "Name a file that can be written.")
    return None


def summary(report, *, is_trial):
    """A report in words, line by line."""
    counts = (
        f"{report.created} created, {report.updated} updated, {report.unchanged} unchanged, {report.refused} refused"
    )
    yield f"{', '.join(report.formats) or 'Nothing could be read'}: {counts}."
    if report.left_out:
        yield "Left out: " + ", ".join(f"{kind} ({number:,})" for kind, number in sorted(report.left_out.items())) + "."
    if report.changed:
        changed = (f"{name.replace('_', ' ')} ({number:,})" for name, number in sorted(report.changed.items()))
        yield f"Changed by the updates: {', '.join(changed)}."
    if report.pictures:
        told = "1 picture has its file" if report.pictures == 1 else f"{report.pictures:,} pictures have their files"
        yield f"{told} now."
    if report.duplicates:
        number = report.duplicates
        told = "1 has the text of another article; its item" if number == 1 else f"{number:,} have the text of others; "
        yield f"{told} in the run names it." if number == 1 else f"{told}their items in the run name them."
    if report.awaited:
        told = "1 withdrawal is awaited: its article is not here yet, and is withdrawn at once when it comes."
        if report.awaited > 1:
            told = f"{report.awaited:,} withdrawals are awaited: their articles are not here yet, and are withdrawn at "
            told += "once when they come."
        yield told
    for key in report.broken_off:
        yield f"Run {key} was broken off earlier, for its process died: what it had taken in is there."
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
    for problem in report.told()[:MOST_SHOWN]:
        yield f"{problem.place}: {problem.problem} {problem.remedy}"
    more = len(report.problems) - MOST_SHOWN + report.problems_left_out
    if more > 0:
        yield f"… and {more:,} more: --json lists them, and so does the run in the admin."
