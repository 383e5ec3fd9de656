"""The files that a path stands for, in the same order each time."""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from .base import Problem

LONGEST_PLACE = 500


def shown(path: Path) -> str:
    """A path as it may be printed and stored, whatever bytes stand in its name."""
    name = os.fsencode(path).decode("utf-8", "backslashreplace")
    name = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in name)
    return name if len(name) <= LONGEST_PLACE else f"…{name[1 - LONGEST_PLACE :]}"


def files_at(path: Path) -> Iterator[Path | Problem]:
    """The file itself, or the files of a folder and its folders, by name; what can't be read is a Problem.

    Within a folder hidden files are passed over, and no link is followed: it may lead out of what was rescued.
    """
    try:
        # The path that was named may be a link: whoever named it knows where it leads.
        mode = path.stat().st_mode
        if not stat.S_ISDIR(mode):
            yield path if stat.S_ISREG(mode) else _not_a_file(path)
            return
        waiting = _within(path)
    except OSError as error:
        yield cannot_read(path, error)
        return
    is_empty = True
    while waiting:
        each = waiting.pop()
        try:
            mode = each.lstat().st_mode
            if stat.S_ISDIR(mode):
                waiting += _within(each)
                continue
            found = each if stat.S_ISREG(mode) else _link(each) if stat.S_ISLNK(mode) else _not_a_file(each)
        except OSError as error:
            found = cannot_read(each, error)
        is_empty = False
        yield found
    if is_empty:
        yield Problem(shown(path), "The folder holds no file.", "Name the folder in which the files lie.")


def cannot_read(path: Path, error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError):
        return Problem(shown(path), "There is no such file or folder.", "Look at how the path is spelled.")
    if isinstance(error, PermissionError):
        return Problem(shown(path), "You may not read it.", "Give this user the right to read it (chmod u+r).")
    if error.errno == errno.ELOOP:
        return Problem(shown(path), "The symbolic link leads back to itself.", "Name the file itself.")
    return Problem(shown(path), f"It can't be read: {error.strerror or error}.", "See that its disk is sound.")


def _within(folder: Path) -> list[Path]:
    # The last is taken first.
    return sorted((each for each in folder.iterdir() if not each.name.startswith(".")), reverse=True)


def _link(path: Path) -> Problem:
    return Problem(shown(path), "A symbolic link within a folder is not followed.", "Name what it leads to as a path.")


def _not_a_file(path: Path) -> Problem:
    return Problem(shown(path), "It is neither a file nor a folder.", "Save its content in a file, and name that.")
