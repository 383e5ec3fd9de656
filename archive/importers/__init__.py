"""One reader for each format that a newsroom leaves behind; docs/importing.md tells how to write another."""

from typing import cast

from .base import Reader, ReadOptions

# The most particular first: a file is of the first format that recognises it. A module is imported when it is used.
FORMATS = {
    "jsonl": "archive.importers.jsonl",
    "wxr": "archive.importers.wxr",
    "blogger": "archive.importers.blogger",
    "wacz": "archive.importers.wacz",
    "warc": "archive.importers.warc",
    "xlsx": "archive.importers.xlsx",
    "ans": "archive.importers.ans",
    "ninjs": "archive.importers.ninjs",
    "ghost": "archive.importers.ghost",
    "newsml-g2": "archive.importers.newsml_g2",
    "newsml-1": "archive.importers.newsml_1",
    "nitf": "archive.importers.nitf",
    "iptc7901": "archive.importers.iptc7901",
    "feed": "archive.importers.feed",
    "html": "archive.importers.html",
    "movable-type": "archive.importers.movable_type",
    "csv": "archive.importers.csv",
    "page-text": "archive.importers.page_text",
}
# How much of a file a reader is shown to recognise it by.
HEAD_SIZE = 8192


class UnknownFormat(LookupError):
    """A format that has no reader, or whose reader can't be loaded; its arguments are the problem and the remedy."""


def load_reader(name: str) -> Reader:
    if name not in FORMATS:
        raise UnknownFormat(
            f"There is no format “{name}”.", f"Pass --format with one of: {', '.join(sorted(FORMATS))}."
        )
    try:
        # As `import_module` does, which takes ten times as long for a module that is there.
        return cast(Reader, __import__(FORMATS[name], fromlist=["read"]))
    except ImportError as error:
        raise UnknownFormat(
            f"The reader of “{name}” can't be loaded: {error}.",
            "Install what it needs: pip install -r requirements.txt",
        ) from error


def recognise(head: bytes, options: ReadOptions = ReadOptions()) -> str:  # noqa: B008  it can't be changed
    """The name of the format of a file that begins so, or an empty text."""
    for name in FORMATS:
        try:
            reader = load_reader(name)
        except UnknownFormat:
            continue
        if reader.recognises(head):
            # Who names the columns of a table has one, whatever they are called in it.
            return "csv" if options.columns and name == "page-text" else name
    return ""
