"""What all commands have in common."""

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor


class ArchiveCommand(BaseCommand):
    """A command that says so where the database is not as this version of the archive needs it."""

    def execute(self, *args, **options):
        try:
            return super().execute(*args, **options)
        except (OperationalError, ProgrammingError) as error:
            if not is_behind():
                raise
            raise CommandError(
                "The database lacks what this version needs. Give the command `manage.py migrate`, then this one.",
                returncode=2,
            ) from error


def is_behind():
    """Whether there are migrations that were not made in the database."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
