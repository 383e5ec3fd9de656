"""What stands at a path, read and prepared: no database is asked, so that another process may do it."""

import hashlib
import logging
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from archive.importers import FORMATS, HEAD_SIZE, UnknownFormat, load_reader, recognise, rejects, zipfiles
from archive.importers.base import (
    MOST_IN_VAIN,
    ImportedArticle,
    Problem,
    ReadOptions,
    Refusal,
    place_within,
    until_hopeless,
)
from archive.importers.files import cannot_read, files_at, shown
from archive.importers.items import LeftOut
from archive.importers.text import kind_of

from .passing import pass_quickly
from .prepare import Ground, Prepared, prepare

logger = logging.getLogger(__name__)
pass_quickly()

# So many items are saved together at most, and so many characters of text and of records.
MOST_ITEMS = 1000
MOST_TEXT = 8_000_000
# So many are passed on at once from the process that reads: what is small needs little room on its way.
PASSED_ITEMS = 100
PASSED_TEXT = 1_000_000
# What an address costs to be saved, in characters of text.
_ADDRESS = 150


@dataclass(frozen=True, slots=True)
class Sought:
    """What is to be read, and how."""

    path: Path
    format_name: str
    options: ReadOptions
    ground: Ground
    # What the path is called, where its own name is nobody's business.
    name: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that can be read; its digest, where it is the only one."""

    file: str
    size: int
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The format of what comes next, and whether its reader has more to give when all articles are saved."""

    format: str
    has_attachments: bool
    path: Path
    member: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Items as they stood one after another; articles are prepared, places are full."""

    items: list[Any]
    position: int

    def make_ready(self):
        for item in self.items:
            if isinstance(item, Prepared):
                item.make_ready()


def read_path(sought):
    """Yield Opened, Recognised, Batch, and a Problem for what can't be read at all."""
    for found in files_at(sought.path):
        if isinstance(found, Problem):
            yield found
        else:
            yield from _read_file(found, sought)


def _read_file(file, sought):
    """Whatever is wrong with a file ends this file only."""
    place = sought.name or shown(file)
    try:
        with file.open("rb") as stream:
            digest = ""
            if file == sought.path:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
                stream.seek(0)
            yield Opened(place, file.stat().st_size, digest)
            yield from _read_stream(stream, place, sought, file)
    except OSError as error:
        yield replace(cannot_read(file, error), place=place)
    except Refusal as refusal:
        yield refusal.problem.within(place)
    except Exception as error:
        logger.exception("The reader failed on %s", place)
        yield failure(place, error)


def _read_stream(stream, place, sought, file, member="", within=None):
    """`within` is the zip file of which the stream is a member: how far that is read tells how far this is."""
    head = stream.read(HEAD_SIZE)
    stream.seek(0)
    if not head:
        raise Refusal("The file is empty.", "Leave it out, or fetch it again.")
    if zipfiles.is_zip(head) and not _is_of_its_own(head, sought.format_name):
        if member:
            raise Refusal("A zip file within a zip file is not opened.", "Unpack it, and name it by itself.")
        yield from _read_members(stream, place, sought, file)
        return
    if not sought.format_name and rejects.recognises(head):
        yield from _read_rejects(stream, place, sought, file)
        return
    name = sought.format_name or recognise(head, sought.options)
    if not name:
        kind = kind_of(head)
        raise Refusal(
            f"It is of no known format: it is {kind}." if kind else "It is of no known format.",
            f"Leave it out, or name its format with --format ({', '.join(sorted(FORMATS))}).",
        )
    reader = load_reader(name)
    yield Recognised(name, hasattr(reader, "read_attachments"), file, member)
    yield from _batches(reader.read(stream, sought.options), within or stream, place, name, sought)


def _is_of_its_own(head, format_name):
    """Whether a format is kept in zip files of its own, so that the reader takes the file whole."""
    return load_reader(format_name).recognises(head) if format_name else bool(recognise(head))


def _read_members(stream, place, sought, file):
    in_vain = zipfiles.InVain()
    is_empty = True
    for found in zipfiles.members(stream):
        is_empty = False
        if isinstance(found, Problem):
            yield found.within(place)
            continue
        name, member, length = found
        within = place_within(place, zipfiles.shown(name))
        is_good = False
        try:
            for event in _read_stream(member, within, sought, file, name, stream):
                is_good = is_good or (isinstance(event, Batch) and not all(map(_is_problem, event.items)))
                yield event
        except Refusal as refusal:
            # The member's name is in its place already, where it is the zip file's word.
            problem = refusal.problem
            yield replace(problem, place="").within(within) if problem.place == name else problem.within(within)
        except Exception as error:
            logger.exception("The reader failed on %s", within)
            yield failure(within, error)
        in_vain.see(name, length, is_good=is_good)
    if is_empty:
        raise Refusal("The zip file holds no file.", "Look into it, and pack it again.")


def _is_problem(item):
    return isinstance(item, Problem)


def _read_rejects(stream, place, sought, file):
    """What an import refused, and somebody has mended: each is a file of its own."""
    refused = 0
    for found in rejects.rejected(stream):
        if isinstance(found, Problem):
            yield found.within(place)
            continue
        within = place_within(place, found.place)
        refused += 1
        if refused > MOST_IN_VAIN:
            raise Refusal(
                f"Of {MOST_IN_VAIN} items, one after another, none could be read; the rest was not.",
                "Mend them first, and import them again.",
                found.place,
            )
        try:
            name = found.format or recognise(found.raw[:HEAD_SIZE])
            reader = load_reader(name)
            yield Recognised(name, False, file)
            for batch in _batches(reader.read(BytesIO(found.raw), sought.options), stream, within, name, sought):
                if not all(isinstance(item, Problem) for item in batch.items):
                    refused = 0
                yield batch
        except UnknownFormat as error:
            yield Problem(within, *error.args)
        except Refusal as refusal:
            yield replace(refusal.problem.within(within), raw=found.raw)
        except Exception as error:
            logger.exception("The reader failed on %s", within)
            yield failure(within, error, found.raw)


def gathered(events):
    """The events of `read_path`, with as much in each Batch as is to be saved together.

    What is refused in one member of a zip file is saved with what comes next.
    """
    items, text, position, is_open = [], 0, 0, False
    try:
        for event in events:
            is_open = is_open or isinstance(event, Opened)
            if isinstance(event, Recognised) and all(map(_is_problem, items)):
                yield event
                continue
            if isinstance(event, Problem) and is_open:
                event = Batch([event], position)
            if not isinstance(event, Batch):
                if items:
                    yield Batch(items, position)
                    items, text = [], 0
                yield event
                continue
            position = event.position
            for item in event.items:
                items.append(item)
                text += _length(item)
                if len(items) >= MOST_ITEMS or text > MOST_TEXT:
                    yield Batch(items, position)
                    items, text = [], 0
    except GeneratorExit:
        raise
    except BaseException:
        # What was read before is good.
        yield Batch(items, position)
        raise
    yield Batch(items, position)


def _length(item):
    if isinstance(item, Problem):
        return len(item.raw)
    if not isinstance(item, Prepared):
        return 0
    texts = sum(len(value) for name, value in item.values.items() if value.__class__ is str and name != "body")
    return texts + (item.record.size if item.record else 0) + _ADDRESS * len(item.addresses)


def _batches(items, stream, place, format_name, sought):
    batch, text = [], 0
    try:
        for item in until_hopeless(items):
            item = _ready(item, place, format_name, sought.ground)
            batch.append(item)
            text += _length(item)
            if len(batch) >= PASSED_ITEMS or text > PASSED_TEXT:
                yield Batch(batch, _position(stream))
                batch, text = [], 0
    except GeneratorExit:
        raise
    except BaseException:
        # What was read before is good.
        yield Batch(batch, _position(stream))
        raise
    yield Batch(batch, _position(stream))


def _ready(item, place, format_name, ground):
    if isinstance(item, Problem):
        return item.within(place)
    if not isinstance(item, ImportedArticle):
        return item if isinstance(item, LeftOut) else replace(item, place=place_within(place, item.place))
    try:
        prepared = prepare(item, ground)
    except Refusal as refusal:
        return replace(refusal.problem, place=place_within(place, item.place), raw=item.record)
    except Exception as error:
        logger.exception("The import failed on %s", place_within(place, item.place))
        return failure(place_within(place, item.place), error, item.record)
    prepared.file, prepared.format = place, format_name
    return prepared


def _position(stream):
    try:
        return stream.tell()
    except (OSError, ValueError):
        return 0


def failure(place, error, raw=b""):
    return Problem(
        place,
        f"The program failed on it: {type(error).__name__}: {error}",
        "Report this, with the file and the log.",
        raw,
    )
