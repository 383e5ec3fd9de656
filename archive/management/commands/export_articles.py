from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from archive.exporters import jsonl
from archive.models import Outlet


class Command(BaseCommand):
    help = (
        "Write everything that the archive knows of its articles as JSON Lines, which import_articles reads again. "
        "What is held back, withdrawn or meant for staff alone is in it: it is not for publication."
    )

    def add_arguments(self, parser):
        parser.add_argument("--outlet", metavar="SLUG", default="", help="this outlet alone; all of them if left out")
        parser.add_argument(
            "--output", metavar="FILE", default="", help="where to write; the standard output if left out"
        )

    def handle(self, *, outlet, output, **options):
        chosen = Outlet.objects.filter(slug=outlet).first()
        if outlet and chosen is None:
            known = ", ".join(Outlet.objects.order_by("slug").values_list("slug", flat=True))
            raise CommandError(f"There is no outlet “{outlet}”. Pass --outlet with one of: {known}.")
        lines = jsonl.export(chosen)
        if not output:
            for line in lines:
                self.stdout.write(line, ending="")
            return
        number = write(Path(output), lines)
        if options["verbosity"]:
            self.stdout.write(f"{number:,} lines are in {output}.")


def write(path, lines):
    """Write lines to a file, whole or not at all; so many they were."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    number = 0
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            for line in lines:
                file.write(line)
                number += 1
        unfinished.replace(path)
    except OSError as error:
        raise CommandError(f"{path} can't be written: {error.strerror or error}. Name another --output.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return number
