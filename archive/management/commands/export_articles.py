import os
from pathlib import Path

from django.core.management.base import CommandError

from archive.exporters import jsonl, open_data
from archive.management.archive_command import ArchiveCommand
from archive.models import Outlet


class Command(ArchiveCommand):
    help = (
        "Write everything that the archive knows of articles and outlets as JSON Lines, which import_articles reads. "
        "What is held back, withdrawn or meant for staff alone is in it: it is not for publication. "
        "With --open-data, write what may be published instead: the public articles of each outlet and year, as JSON "
        "Lines and CSV, into a folder that describes them."
    )

    def add_arguments(self, parser):
        parser.add_argument("--outlet", metavar="SLUG", default="", help="this outlet alone; all of them if left out")
        where = parser.add_mutually_exclusive_group()
        where.add_argument(
            "--output", metavar="FILE", default="", help="where to write; the standard output if left out"
        )
        where.add_argument(
            "--open-data",
            metavar="FOLDER",
            default="",
            help="write the open data into this folder, in the place of what was written there before",
        )
        parser.add_argument("--year", type=int, help="of the open data, this year alone; 0 for articles without a date")
        parser.add_argument(
            "--format", choices=open_data.FORMS, default="", help="of the open data, this form alone; both if left out"
        )

    def handle(self, *, outlet, output, year, format, **options):
        chosen = Outlet.objects.filter(slug=outlet).first()
        if outlet and chosen is None:
            known = ", ".join(Outlet.objects.order_by("slug").values_list("slug", flat=True))
            raise CommandError(f"There is no outlet “{outlet}”. Pass --outlet with one of: {known}.")
        if options["open_data"]:
            self.write_open_data(Path(options["open_data"]), chosen, year, format, options["verbosity"])
            return
        if year is not None or format:
            raise CommandError("--year and --format are for the open data. Pass --open-data with a folder as well.")
        lines = jsonl.export(chosen)
        if not output:
            for line in lines:
                self.stdout.write(line, ending="")
            return
        number = write(Path(output), lines)
        if options["verbosity"]:
            self.stdout.write(f"{number:,} lines are in {output}.")

    def write_open_data(self, folder, outlet, year, form, verbosity):
        def tell(written):
            if verbosity > 1:
                self.stderr.write(f"{written.path}: {written.articles:,} articles, {written.size:,} bytes")

        outlets = [outlet] if outlet else list(Outlet.objects.order_by("slug"))
        forms = [open_data.FORMS[form]] if form else open_data.FORMS.values()
        try:
            written = open_data.write(folder, outlets, year=year, forms=forms, progress=tell)
        except open_data.OpenDataError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"{folder} can't be written: {error.strerror or error}. Name another folder with --open-data."
            ) from error
        articles = sum({(each.outlet.pk, each.year): each.articles for each in written}.values())
        if verbosity:
            self.stdout.write(f"{articles:,} articles are in {len(written):,} files in {folder}.")


def write(path, lines):
    """Write lines to a file, whole or not at all; so many they were."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    number = 0
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            for line in lines:
                file.write(line)
                number += 1
            # Else it could have its name before its content, where the power fails.
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise CommandError(f"{path} can't be written: {error.strerror or error}. Name another --output.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return number
