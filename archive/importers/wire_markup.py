"""The text of a wire in markup: NITF's, XHTML's, or none. What it opens and ends with is told from it."""

import re
from dataclasses import dataclass, field
from html import escape

from . import xml
from .base import ImportedByline, ImportedImage, ImportedTerm, Problem, ReadOptions, Refusal
from .wires import (
    Part,
    as_html,
    bylines_of,
    is_agency,
    is_byline,
    is_end_mark,
    is_sign_off,
    read_moment,
    rejoined,
    take_dateline,
)

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "hl1", "hl2"})
_WRAPPERS = frozenset(
    {"html", "body", "body.content", "block", "div", "section", "article", "main", "center", "content", "DataContent"}
)
# What tells of the item, beside its text.
_ASIDES = frozenset({"head", "header", "footer", "nav", "body.head", "body.end", "title", "meta", "style", "script"})
# TT's line above the text: https://tt.se/spec
_ASIDE_CLASSES = frozenset({"dat"})
# NITF's names for what HTML calls otherwise.
_RENAMED = {"bq": "blockquote", "fn": "aside", "note": "aside", "nitf-table": "table", "pre": "pre"}
_BLOCKS = frozenset({"table", "ul", "ol", "dl", "blockquote", "aside", "pre", "hr", *_RENAMED})
_NITF_PICTURES = frozenset({"image", "photo", "graphic", ""})
# Marks of a blank line in a paragraph are XHTML's own; a line that begins at the margin is a wire's.
_SET_IN = re.compile(r"\n(?: {2,}|\t+)\S")
_AT_MARGIN = re.compile(r"\n\S")
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
_BLANKS = re.compile(r"\s+")
# How long the longest of lines is that a teleprinter broke; shorter ones were set so.
_WIRE_WIDTHS = (50, 90)
_FARTHEST_DATELINE = 5
# How deep blocks may stand in blocks before their markup no longer matters.
_DEEPEST = 40


@dataclass(slots=True)
class Story:
    """What was found in the text of an item."""

    blocks: list[str] = field(default_factory=list)
    dateline: str = ""
    sign_off: str = ""
    # Of the text's first heading, and of its first paragraph.
    heading: str = ""
    opening: str = ""
    # Where it stands among the lines of the text.
    byline: str = ""
    # In their order, each once.
    images: dict[ImportedImage, None] = field(default_factory=dict)

    @property
    def body(self) -> str:
        return "\n".join(self.blocks)


@dataclass(slots=True)
class Head:
    """What stands above the text of a NITF document."""

    headline: str = ""
    subheadline: str = ""
    summary: str = ""
    dateline: str = ""
    sign_off: str = ""
    bylines: tuple[ImportedByline, ...] = ()
    distributor: str = ""


def story_in(element: xml.Element, headline: str = "") -> Story:
    """The text of an element: NITF's body.content, an HTML body, or whatever stands in it."""
    return _Writer(headline).write(element)


def story_in_string(text: str, headline: str = "") -> Story:
    """The text of a CDATA section: HTML if there is a tag in it, else lines."""
    if re.search(r"<(?:p|div|br|html|body|span|h\d)\b", text, re.IGNORECASE):
        source = re.sub(r"<(/?)([A-Za-z][A-Za-z0-9]*)", lambda match: f"<{match[1]}{match[2].lower()}", text)
        source = re.sub(r"<(br|hr|img)\b([^<>]*[^<>/])?>", r"<\1\2/>", source)
        try:
            return story_in(xml.document(f"<div>{source}</div>".encode(), ReadOptions()).element, headline)
        except Refusal:
            # No XML: it is taken as it stands.
            return Story(blocks=[text.strip()])
    return _story_of(rejoined(text.splitlines()))


def _story_of(parts: list[Part]) -> Story:
    writer = _Writer("")
    writer.parts(parts)
    writer.take_end()
    return writer.story


class _Writer:
    def __init__(self, headline: str) -> None:
        self.story = Story()
        self.headline = _folded(headline)
        # The plain text of the paragraphs among the blocks; None for what is no paragraph.
        self.texts: list[str | None] = []
        self.inline: list[str] = []

    def write(self, element: xml.Element) -> Story:
        full = next((each for each in xml.descendants(element, "block") if each.get("class") == "full_text"), None)
        # Where the whole text has a block of its own, the others repeat parts of it.
        self.blocks_in(element if full is None else full, 0)
        self.flush()
        self.take_end()
        return self.story

    def blocks_in(self, element: xml.Element, depth: int) -> None:
        self.add_inline(element.text)
        for each in element:
            name = xml.name(each)
            if name in _ASIDES or xml.attribute(each, "class") in _ASIDE_CLASSES:
                pass
            elif name == "p":
                self.flush()
                self.paragraph(each)
            elif name in _HEADINGS:
                self.flush()
                self.heading(each)
            elif name in ("figure", "img") or (name == "media" and len(each)):
                self.flush()
                self.picture(each)
            elif name in _BLOCKS:
                self.flush()
                self.block(each)
            elif name in _WRAPPERS and depth < _DEEPEST:
                self.flush()
                self.blocks_in(each, depth + 1)
                self.flush()
            else:
                self.inline.append(_markup(each))
            self.add_inline(each.tail)

    def add_inline(self, text: str | None) -> None:
        if text and (text.strip() or self.inline):
            self.inline.append(escape(text, quote=False))

    def flush(self) -> None:
        """What stood outside of any block is lines, or a paragraph of its own."""
        html = "".join(self.inline).strip()
        self.inline.clear()
        if not html:
            return
        if "<" in html:
            self.add(f"<p>{html}</p>", None)
        else:
            self.lines(html.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))

    def add(self, html: str, text: str | None) -> None:
        self.story.blocks.append(html)
        self.texts.append(text)

    def lines(self, text: str) -> None:
        self.parts(rejoined(text.splitlines()))

    def parts(self, parts: list[Part]) -> None:
        for part in parts:
            text = part.text
            if not part.is_table:
                if not self.story.byline and self.is_above_dateline() and is_byline(text):
                    self.story.byline = text
                    continue
                text = self.without_dateline(text)
            if text:
                self.add(as_html([Part(text, part.is_table)]), None if part.is_table else text)

    def is_above_dateline(self) -> bool:
        # What a desk says of a version (“adds details”) may stand above the first paragraph.
        return not self.story.dateline and len(self.texts) < _FARTHEST_DATELINE

    def without_dateline(self, text: str) -> str:
        is_first = not self.story.opening
        self.story.opening = self.story.opening or text
        if not self.is_above_dateline():
            return text
        self.story.dateline, rest = take_dateline(text, needs_agency=not is_first)
        return rest

    def paragraph(self, element: xml.Element) -> None:
        for picture in list(xml.descendants(element, "img")):
            self.picture(picture)
        raw = "".join(element.itertext())
        if not raw.strip():
            return
        if not len(element) and _AT_MARGIN.search(raw) and (_EMPTY_LINE.search(raw) or _SET_IN.search(raw)):
            self.lines(raw)
            return
        if len(element) and all(xml.name(each) == "br" and not len(each) for each in element):
            lines = [_tidy(line) for line in (element.text, *(each.tail for each in element))]
            parts = rejoined(lines)
            if len(parts) == 1 and _WIRE_WIDTHS[0] <= max(map(len, lines)) <= _WIRE_WIDTHS[1]:
                self.lines(parts[0].text)
                return
        _fold_blanks(element)
        text = "".join(element.itertext())
        _cut(element, len(text) - len(text.lstrip()))
        text = text.lstrip()
        rest = self.without_dateline(text)
        _cut(element, len(text) - len(rest))
        text = rest
        if text.strip():
            self.add(f"<p>{xml.inner(element)}</p>", text.strip())

    def heading(self, element: xml.Element) -> None:
        text = _tidy("".join(element.itertext()))
        if not self.texts:
            self.story.heading = text
        # The headline above its own text is no subheading.
        if text and not (not self.texts and (_folded(text) == self.headline or xml.name(element) in ("h1", "hl1"))):
            _fold_blanks(element)
            level = {"h3": "h3", "h4": "h4"}.get(xml.name(element), "h2")
            self.add(f"<{level}>{xml.inner(element)}</{level}>", None)

    def block(self, element: xml.Element) -> None:
        name = xml.name(element)
        if name == "nitf-table":
            element = next(xml.descendants(element, "table"), element)
            name = "table"
        name = _RENAMED.get(name, name)
        inner = xml.inner(element)
        self.add("<hr>" if name == "hr" else f"<{name}>{inner}</{name}>", None)

    def picture(self, element: xml.Element) -> None:
        image = nitf_picture(element) if xml.name(element) == "media" else _html_picture(element)
        if image is not None:
            self.story.images[image] = None

    def take_end(self) -> None:
        """Take the sign-off, and what ends a transmission, out of the last paragraphs."""
        while self.texts and self.texts[-1] is not None and is_end_mark(self.texts[-1]):
            self.drop_last()
        if len(self.texts) > 1 and self.texts[-1] is not None and is_sign_off(self.texts[-1]):
            self.story.sign_off = self.texts[-1]
            self.drop_last()

    def drop_last(self) -> None:
        del self.texts[-1], self.story.blocks[-1]


def _html_picture(element: xml.Element) -> ImportedImage | None:
    img = element if xml.name(element) == "img" else next(xml.descendants(element, "img"), None)
    if img is None or not xml.attribute(img, "src"):
        return None
    caption = credit = ""
    for each in xml.descendants(element, "figcaption", "div", "span"):
        text = _tidy("".join(each.itertext()))
        if xml.name(each) == "figcaption":
            caption = text
        elif xml.attribute(each, "class") in ("byline", "credit"):
            credit = text
    return ImportedImage(xml.attribute(img, "src"), alt=xml.attribute(img, "alt"), caption=caption, credit=credit)


def nitf_picture(media: xml.Element) -> ImportedImage | None:
    """NITF's media element, if it is a picture: the address and words that it has."""
    if xml.attribute(media, "media-type").lower() not in _NITF_PICTURES:
        return None
    references = list(xml.children(media, "media-reference"))
    # The largest of its renditions; where no width is told, the first.
    best = max(references, key=_width, default=None)
    image = ImportedImage(
        original_address=xml.attribute(best, "source"),
        alt=xml.attribute(best, "alternate-text"),
        caption="\n".join(_tidy("".join(each.itertext())) for each in xml.children(media, "media-caption")),
        credit=_tidy(xml.text(media, "media-producer")),
    )
    return image if image.original_address or image.caption else None


def _width(element: xml.Element) -> int:
    told = xml.attribute(element, "width")
    return int(told) if told.isdecimal() and len(told) < 8 else 0


def head_in(body_head: xml.Element | None) -> Head:
    """What stands in NITF's body.head."""
    head = Head(
        headline=_tidy(xml.text(body_head, "hedline", "hl1")),
        subheadline=_tidy(xml.text(body_head, "hedline", "hl2")),
        summary="\n".join(paragraphs_in(xml.child(body_head, "abstract"))),
        distributor=_tidy(xml.text(body_head, "distributor")),
    )
    if _folded(head.subheadline) == _folded(head.headline):
        head.subheadline = ""
    byline = xml.child(body_head, "byline")
    if byline is not None:
        head.bylines, head.sign_off = _nitf_bylines(byline)
    head.dateline = dateline_in(xml.child(body_head, "dateline"))
    return head


def _nitf_bylines(byline: xml.Element) -> tuple[tuple[ImportedByline, ...], str]:
    titles = [_tidy("".join(each.itertext())) for each in xml.descendants(byline, "byttl")]
    persons = [_tidy("".join(each.itertext())) for each in xml.descendants(byline, "person")]
    for each in list(xml.descendants(byline, "byttl")):
        tail, each.tail = each.tail, None
        for inner in list(each):
            each.remove(inner)
        each.text = f" {tail or ''}"
    names = _tidy("".join(byline.itertext())).strip(" ,")
    if is_sign_off(names):
        return (), names
    printed = ", ".join(part for part in (names, *titles) if part)
    if persons:
        authors = tuple(bylines_of(printed, each)[:1] for each in persons)
        return tuple(author for found in authors for author in found), ""
    return bylines_of(printed, names) if names else (), ""


def dateline_in(element: xml.Element | None) -> str:
    """A dateline as printed. A date in a machine's form, or digits alone, are none."""
    if element is None:
        return ""
    words = [_tidy(piece) for piece in element.itertext() if piece.strip() and read_moment(_tidy(piece))[0] is None]
    text = ", ".join(words) if len(element) else _tidy(" ".join(words))
    return text if any(letter.isalpha() for letter in text) else ""


def paragraphs_in(element: xml.Element | None) -> list[str]:
    """The plain texts of an element's paragraphs, or its own."""
    if element is None:
        return []
    found = [_tidy("".join(each.itertext())) for each in xml.descendants(element, "p")]
    return [text for text in found if text] or [text for text in [_tidy("".join(element.itertext()))] if text]


def terms(names: list[str]) -> tuple[ImportedTerm, ...]:
    """Tags by their names, each once."""
    return tuple(ImportedTerm(name) for name in dict.fromkeys(_tidy(each) for each in names) if name)


def summary_of(summary: str, story: Story) -> str:
    """A summary, unless it is the first paragraph again."""
    folded = _folded(summary)
    openings = {_folded(story.opening), _folded(take_dateline(story.opening)[1])}
    return "" if folded in openings else summary


def own_names(names: list[str], provider: str) -> list[str]:
    """Names of persons: neither an agency's, nor a code or the name of an account."""
    return [
        name
        for name in dict.fromkeys(_tidy(each) for each in names)
        if " " in name and not is_agency(name) and _folded(name) != _folded(provider)
    ]


def unclear_embargo(place: str) -> Problem:
    return Problem(
        place,
        "It is under an embargo whose end is not told, or can't be read, so it is held back.",
        "Show it in the admin once the embargo is over.",
    )


def withheld(place: str) -> Problem:
    return Problem(place, "Its sender withholds it, so it is held back.", "Show it in the admin if it may be shown.")


def unnamed_kill(place: str, headline: str) -> Problem:
    return Problem(
        place,
        f"It reads like the kill of another item, and does not tell which: “{headline[:200]}”.",
        "Look for the article by its headline, and withdraw it in the admin.",
    )


def _markup(element: xml.Element) -> str:
    name = xml.name(element)
    if name == "br":
        return "<br>"
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in element.items() if key in ("href", "lang"))
    return f"<{name}{attributes}>{xml.inner(element)}</{name}>"


def _fold_blanks(element: xml.Element) -> None:
    for each in element.iter():
        if each.text:
            each.text = _BLANKS.sub(" ", each.text)
        if each is not element and each.tail:
            each.tail = _BLANKS.sub(" ", each.tail)


def _cut(element: xml.Element, length: int) -> int:
    """Cut so many characters of text off an element's beginning; how many are left to be cut."""
    text = element.text or ""
    element.text, length = text[length:], max(length - len(text), 0)
    for each in list(element):
        if not length:
            break
        length = _cut(each, length)
        tail = each.tail or ""
        rest, length = tail[length:], max(length - len(tail), 0)
        each.tail = rest
        if not "".join(each.itertext()):
            # What was in it is gone.
            element.remove(each)
            element.text = (element.text or "") + rest
    return length


def _tidy(text: str | None) -> str:
    return _BLANKS.sub(" ", text or "").strip()


def _folded(text: str) -> str:
    return _tidy(text).casefold()
