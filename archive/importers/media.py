"""The pictures' files that were saved beside an export, in a folder or a zip file, found by their original addresses.

A file is a picture's if it lies where the address says: under the host's name and the path, under the path, or under
the end of the path (a folder of uploads need not be saved with the folders above it). Failing that, if it is the only
one of its name. Nothing is fetched, and no link is followed.
"""

import os
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from .base import Problem, Refusal
from .files import cannot_read, files_at, shown
from .zipfiles import ZipFolder, is_zip

LARGEST = 50_000_000
# Each costs some hundred bytes of memory.
MOST_FILES = 2_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """A picture's file, and where it lies."""

    content: bytes
    place: str


class Media:
    """The files of a folder or a zip file, by what they are called. To be closed, as a file is."""

    def __init__(self, path: Path) -> None:
        """Raises Refusal where the path holds no files."""
        self.problems: list[Problem] = []
        self._path = path
        self._stream: BinaryIO | None = None
        self._packed: ZipFolder | None = None
        # By the folded name: the place of the file, or of each where there are several.
        self._names: dict[str, str | list[str]] = {}
        # By a name that several have, once it was asked for: their paths from the end on, in order.
        self._backwards: dict[str, list[tuple[str, str]]] = {}
        try:
            self._read_names()
        except OSError as error:
            self.close()
            problem = cannot_read(path, error)
            raise Refusal(problem.problem, problem.remedy, problem.place) from None
        except Refusal:
            self.close()
            raise

    def __enter__(self) -> "Media":
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()

    def find(self, address: str) -> Found | None:
        """The file of the picture at an address; None where there is none, or several and none of them is surely it.

        Raises Refusal where the file is there and can't be read.
        """
        place = self.place_of(address)
        if place is None:
            return None
        where = f"{shown(self._path)}: {place}"
        try:
            content = self._read(place)
        except OSError as error:
            problem = cannot_read(self._path / place, error)
            raise Refusal(problem.problem, problem.remedy, where) from None
        if len(content) > LARGEST:
            raise Refusal(f"The picture's file is over {LARGEST // 1_000_000} MB.", "Make it smaller.", where)
        return Found(content, where)

    def place_of(self, address: str) -> str | None:
        """Where in the folder or zip file the picture lies, or None."""
        for wanted in _paths(address):
            found = self._best(wanted)
            if found is not None:
                return found
        return None

    def _best(self, wanted: list[str]) -> str | None:
        """The file that agrees with most of the end of a path, or the only one of its name."""
        known = self._names.get(wanted[-1])
        if known is None:
            return None
        if isinstance(known, str):
            return known
        name = wanted[-1]
        if name not in self._backwards:
            self._backwards[name] = sorted((_backwards(_folded(place).split("/")), place) for place in known)
        places = self._backwards[name]
        for number in range(len(wanted), 1, -1):
            end = _backwards(wanted[-number:])
            found = bisect_left(places, (end, ""))
            # Places that end alike stand together.
            alike = [place for path, place in places[found : found + 2] if path.startswith(end)]
            if alike:
                return alike[0] if len(alike) == 1 else None
        return None

    def _add(self, name: str) -> None:
        key = _folded(name).rpartition("/")[2]
        known = self._names.get(key)
        if known is None:
            self._names[key] = name
        elif isinstance(known, str):
            self._names[key] = [known, name]
        else:
            known.append(name)

    def _read_names(self) -> None:
        path = self._path
        if path.is_file():
            self._stream = path.open("rb")
            if not is_zip(self._stream.read(8)):
                raise Refusal(
                    "It is neither a folder nor a zip file.", "Name the folder that holds the pictures.", shown(path)
                )
            try:
                self._packed = ZipFolder(self._stream)
            except Refusal as refusal:
                raise Refusal(refusal.problem.problem, refusal.problem.remedy, shown(path)) from None
            self.problems += [each.within(shown(path)) for each in self._packed.problems]
        names = iter(self._packed.names) if self._packed is not None else self._names_in_folder()
        for number, name in enumerate(names):
            if number >= MOST_FILES:
                raise Refusal(
                    f"There are more than {MOST_FILES} files.", "Name a folder that holds fewer.", shown(path)
                )
            self._add(name)
        if not self._names:
            told = self.problems[0] if self.problems else None
            raise Refusal(
                told.problem if told else "There is no file in it.",
                told.remedy if told else "Name the folder or zip file that holds the pictures.",
                shown(path),
            )

    def _names_in_folder(self) -> Iterator[str]:
        for found in files_at(self._path):
            if isinstance(found, Problem):
                self.problems.append(found)
            else:
                yield found.relative_to(self._path).as_posix()

    def _read(self, place: str) -> bytes:
        if self._packed is not None:
            with self._packed.open(place) as member:
                return member.read(LARGEST + 1)
        # It was a file when the folder was read; a link that was put there since is not followed.
        handle = os.open(self._path / place, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(handle, "rb") as file:
            return file.read(LARGEST + 1)


def _paths(address: str) -> Iterator[list[str]]:
    """The parts of the path at which a picture may have been saved, the likeliest first."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return
    path = [part for part in unquote(parts.path).split("/") if part not in ("", ".", "..")]
    if not path:
        return
    host = (parts.hostname or "").removeprefix("www.")
    whole = [_folded(part) for part in ([host, *path] if host else path)]
    if parts.query:
        # So a crawler names what it saves.
        yield [*whole[:-1], _folded(f"{path[-1]}?{unquote(parts.query)}")]
    yield whole


def _backwards(parts: list[str]) -> str:
    """A path from its last name on, so that paths that end alike begin alike."""
    return "".join(f"{part.removeprefix('www.')}\0" for part in reversed(parts))


def _folded(name: str) -> str:
    # A Mac writes an accent apart from its letter, and Windows knows no capitals.
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace")).casefold()
