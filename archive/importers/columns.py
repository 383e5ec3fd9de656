"""How the columns of a table are taken, before or after it is imported: which field each fills, and with what."""

from pathlib import Path

from . import HEAD_SIZE, UnknownFormat, load_reader, recognise
from .base import ReadOptions, Refusal

# No table of articles has more; and of a value, its beginning.
MOST_COLUMNS = 200
MOST_VALUES = 2
LONGEST_VALUE = 40

# The name of a column, the field that it fills or an empty text, and a few of its values.
Column = tuple[str, str, list[str]]


def columns_in(path: Path, format_name: str, options: ReadOptions) -> list[Column]:
    """The columns of a file, where it is a table that can be read; else none."""
    try:
        with path.open("rb") as stream:
            reader = load_reader(format_name or recognise(stream.read(HEAD_SIZE), options))
            if not hasattr(reader, "preview"):
                return []
            stream.seek(0)
            columns = reader.preview(stream, options).columns
    except (OSError, Refusal, UnknownFormat):
        # It is told with the problems.
        return []
    return [
        (name[:LONGEST_VALUE], field, [" ".join(value[:200].split())[:LONGEST_VALUE] for value in values[:MOST_VALUES]])
        for name, field, values in columns[:MOST_COLUMNS]
        if name
    ]
