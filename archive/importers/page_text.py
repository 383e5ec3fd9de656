"""page-text: the text of one web page as a crawler left it, in a file of its own.

It has no specification. The form, block by block, a block being a line:

    a closure notice                                    page furniture
    the headline, and the headline again                a page has it as its title and above its text
    the paragraphs                                      the first may open with a dateline: PARIS (AFP) –
    the sign-off of a wire story                        desk initials, as in abc/de/fgh
    Close, and another closure notice                   page furniture: what a reader could close

It carries no date, byline, source, section, tag, picture, link, emphasis or address; none of them is invented. Lines
that were broken at a width stay broken, since nothing tells them from short paragraphs.

The id of such a page is a digest of its headline and text, for nothing else in it is its own. So the same page under
another file name, or in another encoding, is the same article; but a page of which a word was changed is another
article, and its older form stays beside it.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import BinaryIO

from archive.sanitize import paragraphs

from .base import FoundNotice, ImportedArticle, Placement, Problem, ReadOptions, Refusal
from .notices import find_notice
from .text import decode, kind_of
from .wires import is_page_sign_off, take_page_dateline

# The longest novel is half as long; a page of this size is a dump of something else.
LARGEST = 2_000_000
# What the model has room for.
LONGEST_HEADLINE = 500

FURNITURE = frozenset({"close", "fermer", "×", "✕", "✖"})
# How far from the end of a page a button that closes a notice is looked for.
_LAST_LINES = 4

# Blanks that are no blanks to str.strip(): zero width, direction marks, a byte-order mark within the text.
_INVISIBLE = "\u200b\u200c\u200e\u200f\u2060\ufeff"
_BLANKS = re.compile(r"[ \t]+")


@dataclass(slots=True)
class _Page:
    """A page taken apart; what is left in `lines` when all else is taken out is headline and text."""

    lines: list[str]
    notices: list[FoundNotice] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    # Whether anything shows that this is the text of a page, and not a text of some other kind.
    is_page: bool = False


def recognises(head: bytes) -> bool:
    """Any plain text, in whatever encoding: one that can't be read is refused with the reason."""
    return bool(head.strip()) and not kind_of(head)


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[ImportedArticle | Problem]:
    try:
        yield _article(stream, options)
    except Refusal as refusal:
        yield refusal.problem


def _article(stream: BinaryIO, options: ReadOptions) -> ImportedArticle:
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Refusal(
            f"The file is over {LARGEST // 1_000_000} MB, too large for the text of one page.",
            "If it holds many pages, split it into a file for each; if it is of another format, name it with --format.",
        )
    text, problems = decode(data, options.encoding)
    page = _Page([line for each in text.splitlines() if (line := _tidy(each))], problems=problems)
    _take_furniture(page)
    headline = _take_headline(page)
    sign_off = _take_sign_off(page)
    if not page.lines:
        raise Refusal(
            f"The page has one line, “{headline[:80]}”, and no text under it.",
            "Fetch the page again; without its text there is no article to keep.",
        )
    dateline, opening = take_page_dateline(page.lines[0])
    if not page.is_page and not sign_off:
        page.problems.append(
            Problem(
                "line 1",
                "The first line was taken as the headline, though nothing shows that this is the text of a page.",
                "Look at the article; if the file is something else, leave it out.",
            )
        )
    return ImportedArticle(
        original_id=_id(headline, [*page.lines, sign_off]),
        headline=headline,
        body=paragraphs([opening, *page.lines[1:]]),
        dateline=dateline,
        sign_off=sign_off,
        notices=tuple(page.notices),
        problems=tuple(page.problems),
    )


def _tidy(line: str) -> str:
    # An unbreakable blank within the line is the page's own, and stays.
    return _BLANKS.sub(" ", line).strip().strip(_INVISIBLE).strip()


def _folded(text: str) -> str:
    """The text without what two crawlers may write differently: kinds of blanks, and how accents are composed."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _id(headline: str, texts: list[str]) -> str:
    folded = "\n".join(_folded(text) for text in [headline, *texts])
    return f"text-{sha256(folded.encode()).hexdigest()[:32]}"


def _take_furniture(page: _Page) -> None:
    while page.lines and _is_furniture(page, page.lines[0], "banner"):
        del page.lines[0]
    for place in range(max(len(page.lines) - _LAST_LINES, 1), len(page.lines)):
        if page.lines[place].casefold() in FURNITURE:
            # What stands under the button is the notice that it closed, in whatever words.
            for line in page.lines[place + 1 :]:
                if not _is_furniture(page, line, "footer"):
                    _left_out(page, line)
            del page.lines[place:]
            page.is_page = True
            break
    while page.lines and _is_furniture(page, page.lines[-1], "footer"):
        del page.lines[-1]
    if not page.lines:
        raise Refusal(
            "The page is furniture only: no headline and no text stand in it.",
            "Fetch the page again; without its text there is no article to keep.",
        )
    # A headline stands twice, so that a single line above it is not the headline.
    if len(page.lines) > 3 and _same(page.lines[1:3]) and not _same(page.lines[:2]):
        _left_out(page, page.lines.pop(0))


def _is_furniture(page: _Page, line: str, placement: Placement) -> bool:
    if notice := find_notice(line, placement):
        page.notices.append(notice)
    elif line.casefold() not in FURNITURE:
        return False
    page.is_page = True
    return True


def _left_out(page: _Page, line: str) -> None:
    page.problems.append(
        Problem(
            "",
            f"A line was left out as page furniture: “{line[:300]}”.",
            "If it belongs to the article, add it in the admin.",
        )
    )


def _same(lines: list[str]) -> bool:
    return len({_folded(line) for line in lines}) == 1


def _take_headline(page: _Page) -> str:
    headline = page.lines.pop(0)
    while page.lines and _same([headline, page.lines[0]]):
        del page.lines[0]
        page.is_page = True
    if len(headline) > LONGEST_HEADLINE:
        raise Refusal(
            f"The first line has {len(headline)} characters, too many for a headline (at most {LONGEST_HEADLINE}).",
            "Write the headline above the text, by itself; if it is of another format, name it with --format.",
            "line 1",
        )
    return headline


def _take_sign_off(page: _Page) -> str:
    if page.lines and is_page_sign_off(page.lines[-1]):
        return page.lines.pop()
    return ""
