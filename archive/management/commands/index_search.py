import sys

from archive.beside import run_beside, settle_down
from archive.management.archive_command import ArchiveCommand
from archive.search import rebuild
from archive.search.checking import check as differences
from archive.search.indexing import (
    index_rest_of_renamed,
    is_large_archive,
    join_pieces,
    rebuild_words,
    renew_due,
    tidy,
)

MOST_SHOWN = 20


class Command(ArchiveCommand):
    help = "Make the search index, the counts and the words by which misspelt ones are mended anew."

    def add_arguments(self, parser):
        only = parser.add_mutually_exclusive_group()
        only.add_argument(
            "--check", action="store_true", help="change nothing; tell where they are not what the articles say"
        )
        only.add_argument("--words", action="store_true", help="only the words, as after a large import")
        only.add_argument(
            "--due",
            action="store_true",
            help="only articles whose withdrawal began or ended since, what is left of renamed authors' articles, "
            "and the pieces that imports left in the index; for every night, where run_jobs does not run",
        )

    def handle(self, *, check, words, due, **options):
        if check:
            self.compare()
        elif words:
            self.stdout.write(f"{rebuild_words()} words are known.")
        elif due:
            self.stdout.write(f"{renew_due()} articles came or went.")
            tidy()
            join_pieces()
            renamed = 0
            while number := index_rest_of_renamed():
                renamed += number
            if renamed:
                self.stdout.write(f"{renamed} articles of renamed authors are found by the new names.")
        else:
            progress = self.progress if sys.stderr.isatty() else None
            settle_down()
            number = rebuild(progress, beside=run_beside if is_large_archive() else None)
            if sys.stderr.isatty():
                self.stderr.write("")
            self.stdout.write(f"{number} articles can be searched.")
            join_pieces(many=2)

    def compare(self):
        number = 0
        for number, each in enumerate(differences(), start=1):
            if number <= MOST_SHOWN:
                self.stdout.write(f"{each.kind} {each.place}: {each.problem}.")
        if number > MOST_SHOWN:
            self.stdout.write(f"… and {number - MOST_SHOWN} more.")
        if number:
            self.stdout.write("Run manage.py index_search, which makes all of it anew.")
            sys.exit(1)
        self.stdout.write("The search index and the counts are what the articles say.")

    def progress(self, number):
        self.stderr.write(f"\r{number}", ending="")
