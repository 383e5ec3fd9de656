"""What all commands have in common."""

import errno

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor

BROKEN_OFF = 3
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


class ArchiveCommand(BaseCommand):
    """A command that says so where the database is not as this version needs it, or where it or the disk gives out."""

    def execute(self, *args, **options):
        try:
            return super().execute(*args, **options)
        except (OperationalError, InterfaceError, ProgrammingError) as error:
            if is_behind():
                raise CommandError(
                    "The database lacks what this version needs. Give the command `manage.py migrate`, then this one.",
                    returncode=2,
                ) from error
            if isinstance(error, ProgrammingError):
                raise
            raise _broken_off(f"The database gave out: {str(error).strip()}.") from error
        except OSError as error:
            if error.errno not in _DISK:
                raise
            raise _broken_off(f"The disk refuses it: {error.strerror}.") from error


def _broken_off(told):
    remedy = "See that it can be reached and has room, then give the same command again: what was saved stays."
    return CommandError(f"{told} {remedy}", returncode=BROKEN_OFF)


def is_behind():
    """Whether there are migrations that were not made in the database; not where it can't be asked."""
    try:
        executor = MigrationExecutor(connection)
    except (DatabaseError, InterfaceError):
        return False
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
