"""The one door by which XML comes in: in bounded memory, asking nobody, expanding nothing.

No entity but XML's five (and HTML's, by their names) is ever replaced, no DTD is read or fetched, and a document that
declares entities is refused. A long document is cut into its items before any of it is parsed: so an item that is not
well formed is refused alone, and a file that is cut off, or joined from several, gives all that is whole in it.

It follows https://www.w3.org/TR/xml/ and, for what is parsed, libxml2's own limits on depth (256) and size.
"""

import codecs
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html.entities import html5
from typing import Any, BinaryIO, TypeAlias

from lxml import etree

from .base import Problem, ReadOptions, Refusal
from .text import byte_order, is_encoding, mend

# An element of lxml. The functions below are all that a reader needs of it.
Element: TypeAlias = Any

# What is held in memory at once: a document that is read whole, or an item of one that is not.
LARGEST = 10_000_000
# Tags and attributes take far more memory than they have bytes.
MOST_MARKUP = 500_000
# How deep the items of a long document may lie.
DEEPEST = 64
# Signs that should have been escaped, outside of items: with more, it is something else than XML.
MOST_STRAY = 10_000
# Tags, comments and the like one after another that are no item, nor within one.
MOST_BETWEEN = 150_000
# An element that is passed over whole is one of these if it is shorter; a head may list hundreds of thousands of terms.
SHORTEST_PASSED_OVER = 80
# Elements between two items that are looked at for what they tell of all of them.
MOST_BESIDE = 10_000
LONGEST_TAG = 100_000
# A comment or document type that stands between items; a longer comment is passed over.
LONGEST_ASIDE = 1_000_000
# Text between two tags that is none of an item's; more is passed over as well, but not in silence.
LONGEST_TEXT_ASIDE = 10_000_000
# Comments and CDATA sections in one item.
MOST_ASIDES = 100_000

_CHUNK = 1 << 18
# Small items that stand one after another are parsed together up to this size: to begin costs more than to parse them.
_TOGETHER = 1 << 16
# After items that can't be, so many are parsed one by one.
_ALONE = 100
_NAME = rb"[A-Za-z_\x80-\xff][\w.\x80-\xff-]*+"
_QUALIFIED = rb"(?:" + _NAME + rb":)?" + _NAME
_TAG = re.compile(rb"<(/?)(" + _QUALIFIED + rb")((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>")
# A tag that the end of what was read cuts off.
_BEGUN_TAG = re.compile(
    rb"<(?:/?" + _QUALIFIED + rb"(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+(?:[\"'][^<]*+)?|[/!?]?[!\[A-Z-]*+)\Z"
)
_PROLOG = re.compile(
    rb"(?:\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?:[^\[>]++|\[.*?\]\s*+(?=>))*+>)*+", re.DOTALL | re.IGNORECASE
)
_DECLARED_ENCODING = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]{0,40})[\"']")
_CDATA = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_TEXT_OR_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_ASIDES = ((b"<!--", b"-->"), (b"<?", b"?>"), (b"<![CDATA[", b"]]>"))

_ENTITY = re.compile(r"&(#[0-9]+;|#[xX][0-9a-fA-F]+;|[A-Za-z][A-Za-z0-9]{0,40};)?")
_XML_ENTITIES = frozenset(["amp;", "lt;", "gt;", "quot;", "apos;"])
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What in UTF-8 shows that a text was spoilt before it came here, as text.mend() tells it more closely.
_SPOILT = re.compile(rb"\xc2[\x80-\x9f]|\xc3[\x82\x83][\xc2-\xe2]|\xc3\xa2[\xc2\xe2]|\xef\xbf\xbd|\x7f")

_PREFIX = re.compile(rb"</?([A-Za-z_][\w.-]*):|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=")
_DECLARED_PREFIX = re.compile(rb"\sxmlns:([\w.-]+)\s*=")
# What prefixes mean in files that use them without saying so.
_USUAL_NAMESPACES = {
    b"app": b"http://www.w3.org/2007/app",
    b"atom": b"http://www.w3.org/2005/Atom",
    b"content": b"http://purl.org/rss/1.0/modules/content/",
    b"dc": b"http://purl.org/dc/elements/1.1/",
    b"excerpt": b"http://wordpress.org/export/1.2/excerpt/",
    b"media": b"http://search.yahoo.com/mrss/",
    b"thr": b"http://purl.org/syndication/thread/1.0",
    b"wp": b"http://wordpress.org/export/1.2/",
}
_ASCII = bytes([9, 10, *range(32, 127)])
_VOID = frozenset(["area", "br", "col", "embed", "hr", "img", "input", "meta", "param", "source", "track", "wbr"])


@dataclass(frozen=True, slots=True)
class Root:
    """The tag that a document begins with."""

    name: str
    namespace: str
    # As written, with its attributes.
    tag: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was read whole."""

    element: Element
    # What was mended in it.
    problems: tuple[Problem, ...]
    # As parsed: in UTF-8, without what stood before its first tag.
    source: bytes
    # In the file, where its first tag stands.
    line: int

    def line_of(self, element: Element) -> int:
        return self.line + int(element.sourceline or 1) - 1


@dataclass(frozen=True, slots=True)
class Part:
    """An item that was cut out of a long document."""

    name: str
    # Among those of its name in the file, from 1, and the file's line where it begins.
    number: int
    line: int
    element: Element
    # In UTF-8.
    source: bytes
    # The start tags of what it stands in.
    context: tuple[bytes, ...]
    # Of the documents that were joined into the file, from 1.
    document: int
    # What was mended in it.
    problems: tuple[Problem, ...]

    @property
    def place(self) -> str:
        return f"{self.name} {self.number}, line {self.line}"

    def record(self, *before: bytes, source: bytes = b"") -> bytes:
        """A document of this item alone (or of `source`, made of it); `before` it stand others that it needs."""
        ends = [_end_of(tag) for tag in reversed(self.context)]
        lines = [b'<?xml version="1.0" encoding="UTF-8"?>', *self.context, *before, source or self.source, *ends]
        return b"\n".join(lines) + b"\n"


# Each reader of XML asks it of the same file.
@lru_cache(maxsize=2)
def root(head: bytes) -> Root | None:
    """The first tag of a document that begins so; None if it is no XML. For recognising: nothing is parsed."""
    if mark := byte_order(head):
        head = head.decode(mark, "ignore").encode("utf-8", "ignore")
    head = head.removeprefix(codecs.BOM_UTF8)
    prolog = _PROLOG.match(head)
    start = prolog.end() if prolog else 0
    whole = _TAG.match(head, start)
    # A long tag may not end within what is shown.
    tag = whole[0] if whole else head[start:]
    found = re.match(rb"<(" + _QUALIFIED + rb")(?=[\s/>])", tag)
    if found is None:
        return None
    prefix, _colon, local = found[1].rpartition(b":")
    attribute = rb"\sxmlns" + (b":" + re.escape(prefix) if prefix else b"") + rb"\s*=\s*[\"']([^\"']*)"
    declared = re.search(attribute, tag)
    return Root(_shown(local), _shown(declared[1]) if declared else "", _shown(tag))


def document(source: BinaryIO | bytes, options: ReadOptions) -> Document:
    """A document that is one item, parsed whole. Raises Refusal."""
    data = source if isinstance(source, bytes) else source.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Refusal(f"The file is over {LARGEST // 1_000_000} MB, too large for one document.", "Split it.")
    encoding, must_recode = _encoding(data, options)
    if must_recode:
        data, encoding = data.decode(encoding, "replace").encode("utf-8", "replace"), "utf-8"
    data = data.removeprefix(codecs.BOM_UTF8)
    start = 0
    while True:
        start = data.find(b"<", start)
        if start < 0:
            raise _no_xml()
        after = _behind_aside(data, start)
        if after is None:
            break
        if after < 0:
            raise Refusal("The file is cut off before its first tag.", "Fetch it again.")
        start = after
    line = data.count(b"\n", 0, start) + 1
    element, problems, text = _parsed((), data[start:], encoding, line, "")
    return Document(element, problems, text, line)


def parts(
    stream: BinaryIO,
    names: frozenset[str],
    options: ReadOptions,
    is_wanted: Callable[[str, bytes], bool] = lambda _name, _source: True,
) -> Iterator[Part | Problem]:
    """The outermost elements of these names (told without prefix) in a document of any length, in its order.

    Those that are not wanted, by their names and sources, are passed over before they are parsed.

    What is not well formed, or too large, is a Problem; reading goes on behind it. An item that begins within another
    of its name ends that one: it was cut off. Raises Refusal for what is wrong with the whole file.
    """
    return _Cutter(stream, names, options, is_wanted).parts()


def items_and_few_beside(*items: str) -> Callable[[str, bytes], bool]:
    """For `parts`: wants the items, and of other elements that stand between two of them MOST_BESIDE at most."""
    beside = 0

    def is_wanted(name: str, _source: bytes) -> bool:
        nonlocal beside
        beside = 0 if name in items else beside + 1
        return beside <= MOST_BESIDE

    return is_wanted


def name(element: Element) -> str:
    """An element's name without its namespace."""
    return _local(element.tag)


@lru_cache(maxsize=1000)
def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


@lru_cache(maxsize=1000)
def _anywhere(local: str) -> str:
    """As lxml asks for a name in whatever namespace."""
    return f"{{*}}{local}"


def namespace(element: Element) -> str:
    return str(element.tag).rpartition("}")[0][1:]


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """The elements of these names (of any name, if none is told), in whatever namespace, that stand in an element."""
    return iter(()) if element is None else element.iterchildren(*map(_anywhere, names))


def child(element: Element | None, *path: str) -> Element | None:
    """The first element at the end of a path of names, or None."""
    for step in path:
        if element is None:
            return None
        element = next(element.iterchildren(_anywhere(step)), None)
    return element


def texts(element: Element) -> dict[str, str]:
    """All text in each element that stands in one, by its name; in the first of a name."""
    found: dict[str, str] = {}
    for each in element:
        if (local := name(each)) not in found:
            found[local] = text(each)
    return found


def by_name(element: Element) -> dict[str, list[Element]]:
    """The elements that stand in one, by their names."""
    found: dict[str, list[Element]] = {}
    for each in element:
        found.setdefault(name(each), []).append(each)
    return found


def descendants(element: Element | None, *names: str) -> Iterator[Element]:
    """The elements of these names at any depth within an element, in the document's order."""
    return iter(()) if element is None else (each for each in element.iterdescendants() if name(each) in names)


def text(element: Element | None, *path: str) -> str:
    """All text in an element, or in the first at the end of a path of names, stripped; empty if there is none."""
    found = child(element, *path) if path else element
    if found is None:
        return ""
    # Most elements have no others in them.
    return "".join(found.itertext()).strip() if len(found) else (found.text or "").strip()


def attribute(element: Element | None, wanted: str) -> str:
    """An attribute's value, in whatever namespace, stripped; empty if there is none."""
    if element is None:
        return ""
    value = element.get(wanted)
    if not value:
        value = next((value for key, value in element.items() if key[:1] == "{" and key.endswith(f"}}{wanted}")), "")
    return str(value).strip()


def inner(element: Element | None) -> str:
    """The markup within an element as HTML, without prefixes and namespaces."""
    return "" if element is None else "".join(_markup(element)).strip()


def source_without(element: Element, is_left_out: Callable[[Element], bool], masked: Collection[str] = ()) -> bytes:
    """An element's source without some of what stands in it, and with the text of elements of some names as “*”.

    The element itself is changed.
    """
    for each in list(element):
        if is_left_out(each):
            element.remove(each)
        elif each.text and name(each) in masked:
            each.text = "*"
    return bytes(etree.tostring(element, encoding="utf-8", with_tail=False))


def mark_texts(element: Element) -> None:
    """Make CDATA sections of the markup in its texts: parsers tell these line by line, and others sign by sign."""
    for each in element.iter("{*}*"):
        text = each.text
        if text and not len(each) and ("<" in text or "&" in text) and "]]>" not in text:
            each.text = etree.CDATA(text)


def _markup(element: Element) -> Iterator[str]:
    yield _escaped(element.text)
    for each in element:
        tag = name(each)
        attributes = [(key.rpartition("}")[2], _escaped(value).replace('"', "&quot;")) for key, value in each.items()]
        yield "".join(["<", tag, *(f' {key}="{value}"' for key, value in attributes), ">"])
        if tag.lower() not in _VOID:
            yield from _markup(each)
            yield f"</{tag}>"
        yield _escaped(each.tail)


def _escaped(value: str | None) -> str:
    return (value or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _shown(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _end_of(tag: bytes) -> bytes:
    return b"</" + re.split(rb"[\s/>]", tag[1:], maxsplit=1)[0] + b">"


def _no_xml() -> Refusal:
    return Refusal("No XML stands in it: it has no tag.", "Leave it out, or name its format with --format.")


def _encoding(data: bytes, options: ReadOptions) -> tuple[str, bool]:
    """The encoding of a file that begins so, and whether it must be recoded before tags can be looked for in it."""
    if mark := byte_order(data):
        return mark, True
    if data.startswith((b"<\x00", b"\x00<")):
        return "utf-16-le" if data.startswith(b"<") else "utf-16-be", True
    found = _DECLARED_ENCODING.match(data.removeprefix(codecs.BOM_UTF8)[:1024])
    told = options.encoding or (found[1].decode("ascii") if found else "")
    encoding = codecs.lookup(told).name if told and is_encoding(told) else "utf-8"
    if encoding.startswith(("utf-16", "utf-32")):
        # It could not be told so, if it were.
        return ("utf-8", False) if found else (encoding, True)
    if not _keeps_ascii(encoding):
        # UTF-7 and its like could hide a tag from us.
        raise Refusal(f"The file is said to be in {encoding}, in which no XML is kept.", "Name its --encoding.")
    return encoding, encoding not in ("utf-8", "utf-8-sig") and not _has_single_bytes(encoding)


def _keeps_ascii(encoding: str) -> bool:
    try:
        return _ASCII.decode(encoding) == _ASCII.decode("ascii")
    except UnicodeError:
        return False


def _has_single_bytes(encoding: str) -> bool:
    return all(len(bytes([byte, 0x41]).decode(encoding, "replace")) == 2 for byte in range(0x80, 0x100))


def _behind_aside(data: bytes, place: int) -> int | None:
    """Where what begins here and is no tag (comment, instruction, document type) ends; None for a tag, -1 if nowhere.

    Raises Refusal for what declares entities.
    """
    for opening, closing in _ASIDES:
        if data.startswith(opening, place):
            end = data.find(closing, place + len(opening))
            return end + len(closing) if end >= 0 else -1
    if not data.startswith(b"<!", place):
        return None
    sign = re.compile(rb"[\[>]").search(data, place)
    if sign is None:
        return -1
    end = sign.end()
    if sign[0] == b"[":
        last = re.compile(rb"\]\s*>").search(data, end)
        end = last.end() if last else -1
    declaration = re.compile(rb"<!ENTITY", re.IGNORECASE).search(data, place, end if end >= 0 else len(data))
    if declaration:
        line = data.count(b"\n", 0, declaration.start()) + 1
        raise Refusal(
            "The document declares entities, by which a few lines can stand for gigabytes, or for another file.",
            "If you know who wrote it, take the <!ENTITY …> lines out of it.",
            f"line {line}",
        )
    return end


def _parsed(
    context: tuple[bytes, ...], data: bytes, encoding: str, line: int, place: str
) -> tuple[Element, tuple[Problem, ...], bytes]:
    """An element within the start tags of what it stands in, what was mended in it, and its source. Raises Refusal."""
    _weigh(data, place)
    if encoding == "utf-8" and not _SPOILT.search(data):
        try:
            return _tree(context, data), (), data
        except etree.XMLSyntaxError:
            pass
    try:
        string, problems = mend(data, encoding, place)
    except Refusal:
        where = place or f"line {line + data.count(bytes([10]), 0, max(data.find(bytes(1)), 0))}"
        raise Refusal("It holds NUL characters, which no text has.", "Take them out of the file.", where) from None
    data = _well_formed(string).encode("utf-8", "replace")
    context, data = _with_prefixes(context, data)
    try:
        return _tree(context, data), tuple(problems), data
    except etree.XMLSyntaxError as error:
        row, column = error.position
        row += line - 1 - sum(tag.count(b"\n") + 1 for tag in context)
        # The parser counts its lines from where it was given to read.
        told = " ".join(re.sub(r",? line \d+", "", error.msg.rpartition(", line ")[0]).split())
        raise Refusal(
            f"It is not well formed: {told} (line {row}, column {column}).",
            "Mend it there, or fetch the file again.",
            place or f"line {row}",
        ) from None


def _parsed_together(context: tuple[bytes, ...], sources: list[bytes], encoding: str) -> list[Element]:
    """Elements that stand one after another, if nothing is wrong with any of them; else none."""
    data = b"\n".join(sources)
    if encoding != "utf-8" or _SPOILT.search(data):
        return []
    try:
        found = list(_tree((*context, b"<together>"), data).getparent())
    except etree.XMLSyntaxError:
        return []
    # What looks like the end of one may stand in an instruction, which goes on in the next.
    return found if len(found) == len(sources) else []


def _tree(context: tuple[bytes, ...], data: bytes) -> Element:
    if context:
        data = b"\n".join((*context, data)) + b"".join(_end_of(tag) for tag in reversed(context))
    # A parser of its own for each, for a parser keeps what went wrong.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        dtd_validation=False,
        attribute_defaults=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    element = etree.fromstring(data, parser)
    for _tag in context:
        element = element[0]
    return element


def _weigh(data: bytes, place: str) -> None:
    if data.count(b"<") + data.count(b"=") > MOST_MARKUP:
        data = _CDATA.sub(b"", data)
    if data.count(b"<") + data.count(b"=") > MOST_MARKUP:
        raise Refusal(f"It has over {MOST_MARKUP} tags and attributes.", "Split it.", place)


def _well_formed(string: str) -> str:
    """The text without the characters that XML does not know, and with HTML's named ones as themselves."""
    # What breaks a line or a page stays a blank between words.
    string = string.replace("\x0b", " ").replace("\x0c", " ")
    pieces = _TEXT_OR_CDATA.split(_FORBIDDEN.sub("", string))
    pieces[::2] = [_ENTITY.sub(_resolved, piece) for piece in pieces[::2]]
    return "".join(pieces)


def _resolved(match: re.Match[str]) -> str:
    told: str | None = match[1]
    if not told:
        return "&amp;"
    if told.startswith("#"):
        digits, base = (told[2:-1], 16) if told[1] in "xX" else (told[1:-1], 10)
        number = int(digits, base) if len(digits) < 12 else 0
        return match[0] if 0 < number < 0x110000 and not _FORBIDDEN.match(chr(number)) else ""
    if told in _XML_ENTITIES:
        return match[0]
    meant = html5.get(told)
    # What nobody declared stays as it stands.
    return _escaped(meant) if meant else f"&amp;{told}"


def _with_prefixes(context: tuple[bytes, ...], data: bytes) -> tuple[tuple[bytes, ...], bytes]:
    """The same with declarations of the prefixes that are used in it and declared nowhere."""
    plain = b"\n".join((*context, _CDATA.sub(b"", data)))
    known = {b"xml", b"xmlns", *_DECLARED_PREFIX.findall(plain)}
    missing = sorted({prefix for pair in _PREFIX.findall(plain) for prefix in pair if prefix} - known)
    if not missing or len(missing) > 100:
        return context, data
    namespaces = ((prefix, _USUAL_NAMESPACES.get(prefix, b"urn:undeclared:" + prefix)) for prefix in missing)
    declared = b"".join(b' xmlns:%s="%s"' % pair for pair in namespaces)
    return context, re.sub(rb"\s*<" + _QUALIFIED, lambda match: match[0] + declared, data, count=1)


@lru_cache(maxsize=100)
def _sign_within(qualified: bytes, asides: bytes = rb"!\[CDATA\[|!--|") -> re.Pattern[bytes]:
    """What matters within an element: where an aside begins, another document, another of its name, or its end."""
    # The first look ahead is for speed alone: signs that should have been escaped may stand there by the million.
    first = rb"<(?=[!?/" + qualified[:1] + rb"])"
    return re.compile(first + rb"(?:" + asides + rb"\?xml\s|(/?)" + re.escape(qualified) + rb"(?=[\s/>]))")


@dataclass(frozen=True, slots=True)
class _Cut:
    """An item that was cut out, not parsed."""

    name: str
    number: int
    line: int
    source: bytes
    context: tuple[bytes, ...]
    document: int

    @property
    def place(self) -> str:
        return f"{self.name} {self.number}, line {self.line}"

    def part(self, element: Element, source: bytes, problems: tuple[Problem, ...]) -> Part:
        return Part(self.name, self.number, self.line, element, source, self.context, self.document, problems)


@dataclass(slots=True)
class _Cutter:
    """Cuts the wanted elements out of a stream, of which it keeps no more than one of them at a time."""

    stream: BinaryIO
    names: frozenset[str]
    options: ReadOptions
    is_wanted: Callable[[str, bytes], bool]

    # What was read and is still needed; how far it has come in that, and at which line of the file.
    data: bytes = b""
    place: int = 0
    line: int = 1
    encoding: str = "utf-8"
    decoder: codecs.IncrementalDecoder | None = None
    # The start tags in which it stands, and the outermost of the document, or of the one before.
    open: list[bytes] = field(default_factory=list)
    first_tag: bytes = b""
    # Whether an XML declaration was met, with which a document begins, and its first tag was not yet.
    is_declared: bool = False
    documents: int = 0
    stray: int = 0
    between: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    # How many are next to be parsed one by one.
    alone: int = 0
    # What was passed over, and is still to be told.
    passed_over: list[Problem] = field(default_factory=list)

    def parts(self) -> Iterator[Part | Problem]:
        together: list[_Cut] = []
        size = 0
        try:
            for cut in self.cuts():
                if isinstance(cut, Problem):
                    yield from self.parsed(together)
                    together = []
                    yield cut
                    continue
                size += len(cut.source)
                if together and (size > _TOGETHER or self.alone or cut.context != together[0].context):
                    yield from self.parsed(together)
                    together = []
                if not together:
                    size = len(cut.source)
                together.append(cut)
        except Refusal:
            yield from self.parsed(together)
            raise
        yield from self.parsed(together)

    def parsed(self, cuts: list[_Cut]) -> Iterator[Part | Problem]:
        elements: list[Element] = []
        if len(cuts) > 1:
            elements = _parsed_together(cuts[0].context, [cut.source for cut in cuts], self.encoding)
            self.alone = 0 if elements else _ALONE
        for place, cut in enumerate(cuts):
            if elements:
                yield cut.part(elements[place], cut.source, ())
                continue
            self.alone = max(self.alone - 1, 0)
            try:
                element, problems, source = _parsed(cut.context, cut.source, self.encoding, cut.line, cut.place)
            except Refusal as refusal:
                yield refusal.problem
            else:
                yield cut.part(element, source, problems)

    def cuts(self) -> Iterator[_Cut | Problem]:
        self.begin()
        while self.go_to_tag():
            if self.passed_over:
                yield from self.passed_over
                self.passed_over.clear()
            self.count_between()
            tag = _TAG.match(self.data, self.place)
            if tag is None:
                self.pass_over()
                continue
            if tag[1]:
                self.close(tag[2])
                self.go_to(tag.end())
            elif _shown(tag[2].rpartition(b":")[2]) in self.names:
                yield from self.cut(tag[2], tag.end() if tag[3].endswith(b"/") else 0)
            else:
                yield from self.enter(tag)
        if not self.documents:
            raise _no_xml()
        yield from self.passed_over
        yield from self.joined("the file ends")

    def begin(self) -> None:
        self.data = self.stream.read(_CHUNK)
        self.encoding, must_recode = _encoding(self.data, self.options)
        if must_recode:
            self.decoder = codecs.getincrementaldecoder(self.encoding)("replace")
            self.encoding = "utf-8"
            self.data = self.decoder.decode(self.data).encode("utf-8", "replace")
        self.data = self.data.removeprefix(codecs.BOM_UTF8)

    def more(self) -> bool:
        """Read on, and let go of what lies behind. False at the end."""
        # As much again as is kept, so that a long item is not copied for each chunk of it.
        chunk = self.stream.read(max(_CHUNK, len(self.data) - self.place))
        is_end = not chunk
        if self.decoder:
            chunk = self.decoder.decode(chunk, is_end).encode("utf-8", "replace")
        self.data = self.data[self.place :] + chunk
        self.place = 0
        return bool(chunk) or not is_end

    def go_to(self, place: int) -> None:
        self.line += self.data.count(b"\n", self.place, place)
        self.place = place

    def go_to_tag(self) -> bool:
        """Go to the next tag that stands there whole, over all that is none. False at the end."""
        line, text = self.line, 0
        while True:
            found = self.data.find(b"<", self.place)
            end = found if found >= 0 else len(self.data)
            text += end - self.place
            self.go_to(end)
            if found < 0 or (self.is_short(LONGEST_TAG) and _BEGUN_TAG.match(self.data, found)):
                if self.more():
                    continue
                if found < 0:
                    self.tell_of_text(text, line)
                    return False
            after = self.behind_aside()
            if after is None:
                self.tell_of_text(text, line)
                return True
            if after < 0:
                if not self.is_short(LONGEST_ASIDE):
                    self.pass_over_aside()
                    continue
                if not self.more():
                    after = len(self.data)
            if after >= 0:
                self.count_between()
                self.is_declared = (
                    self.is_declared or re.match(rb"<\?xml\s", self.data[self.place : self.place + 6]) is not None
                )
                self.go_to(after)

    def tell_of_text(self, length: int, line: int) -> None:
        if length > LONGEST_TEXT_ASIDE:
            told = f"Over {LONGEST_TEXT_ASIDE // 1_000_000} MB of text stand here outside of all items."
            remedy = "It was passed over; look whether the file is damaged there."
            self.passed_over.append(Problem(f"line {line}", told, remedy))

    def pass_over_aside(self) -> None:
        """Go behind a comment, or what else is closed like one, that is too long to be kept."""
        signs = next((each for each in _ASIDES if self.data.startswith(each[0], self.place)), None)
        if signs is None:
            raise Refusal(
                f"A document type is over {LONGEST_ASIDE // 1_000_000} MB long.",
                "Mend it there, or fetch the file again.",
                f"line {self.line}",
            )
        told = f"A comment over {LONGEST_ASIDE // 1_000_000} MB long begins here, and was passed over."
        remedy = "If items stand in it, end it before them."
        self.passed_over.append(Problem(f"line {self.line}", told, remedy))
        self.go_to(self.place + len(signs[0]))
        while (end := self.data.find(signs[1], self.place)) < 0:
            # What closes it may be cut by the end of what was read.
            self.go_to(max(self.place, len(self.data) - len(signs[1]) + 1))
            if not self.more():
                end = len(self.data) - len(signs[1])
                break
        self.go_to(end + len(signs[1]))

    def count_between(self) -> None:
        self.between += 1
        if self.between > MOST_BETWEEN:
            raise Refusal(
                f"Over {MOST_BETWEEN} tags stand in it one after another, and no item is among them.",
                "Leave it out, or look at what wrote it; what stood before was taken.",
                f"line {self.line}",
            )

    def is_short(self, length: int) -> bool:
        return len(self.data) - self.place < length

    def behind_aside(self) -> int | None:
        try:
            return _behind_aside(self.data, self.place)
        except Refusal as refusal:
            before = self.data.count(b"\n", 0, self.place) + 1
            line = self.line + int(refusal.problem.place.removeprefix("line ")) - before
            raise Refusal(refusal.problem.problem, refusal.problem.remedy, f"line {line}") from None

    def pass_over(self) -> None:
        """Go behind a sign that begins no tag."""
        self.stray += 1
        if self.stray > MOST_STRAY:
            raise Refusal("It is no XML: < stands in it where no tag does.", "Leave it out.", f"line {self.line}")
        self.go_to(self.place + 1)

    def enter(self, tag: re.Match[bytes]) -> Iterator[Problem]:
        if not self.open or self.is_declared or tag[0] == self.first_tag:
            yield from self.joined("another document begins")
            self.documents += 1
            self.first_tag = tag[0]
            self.is_declared = False
        if not tag[3].endswith(b"/"):
            self.open.append(tag[0])
        if len(self.open) > DEEPEST:
            raise Refusal(
                f"Its tags are nested over {DEEPEST} deep, and no item is among them.",
                "Leave it out, or fetch it again.",
                f"line {self.line}",
            )
        self.go_to(tag.end())

    def joined(self, what: str) -> Iterator[Problem]:
        """Leave a document that has not ended."""
        if self.open:
            yield Problem(
                f"line {self.line}",
                f"The file is cut off: {what} before {_shown(_end_of(self.open[0]))[:80]}.",
                "Fetch it again; what stands before this was read.",
            )
            self.open.clear()

    def close(self, qualified: bytes) -> None:
        end = b"</" + qualified + b">"
        for depth in range(len(self.open) - 1, -1, -1):
            if _end_of(self.open[depth]) == end:
                del self.open[depth:]
                return

    def cut(self, qualified: bytes, end: int) -> Iterator[_Cut | Problem]:
        """The item that begins here; its start tag ends at `end`, if that is the whole of it."""
        if not self.open:
            self.documents += 1
        local = _shown(qualified.rpartition(b":")[2])
        number = self.counts[local] = self.counts.get(local, 0) + 1
        line = self.line
        length, outcome = (end - self.place, "whole") if end else self.length_of(qualified)
        cut = _Cut(local, number, line, self.data[self.place : self.place + length], tuple(self.open), self.documents)
        self.go_to(self.place + length)
        if outcome != "whole":
            self.between = 0
        if outcome == "too large":
            told = f"It is over {LARGEST // 1_000_000} MB, or has over {MOST_ASIDES} comments."
            yield Problem(cut.place, told, "Split it, or leave it out.")
        elif outcome != "whole":
            yield Problem(cut.place, f"It is cut off: {outcome} before it does.", "Fetch the file again.")
        elif self.is_wanted(local, cut.source):
            self.between = 0
            yield cut
        elif length >= SHORTEST_PASSED_OVER:
            # It was counted as what stands between items.
            self.between -= 1
        if outcome in ("the file ends", "another document begins"):
            # Said already, at the item.
            self.open.clear()

    def length_of(self, qualified: bytes) -> tuple[int, str]:
        """How far the item that begins here goes on, and whether it is whole there or what happens instead."""
        sign = _sign_within(qualified)
        # How far behind `place` it has looked; what ends the aside in which that is, and where the aside begins.
        at, closing, since = 1, b"", 0
        is_too_large, asides = False, 0
        while True:
            if closing:
                end = self.data.find(closing, self.place + at)
                begun = self.document_within(self.place + since, end if end >= 0 else len(self.data))
                if begun >= 0:
                    return begun - self.place, "another document begins"
                if end >= 0:
                    at, closing = end + len(closing) - self.place, b""
                    continue
                at = max(at, len(self.data) - self.place - len(closing) + 1)
            elif found := sign.search(self.data, self.place + at):
                at = found.start() - self.place
                if found[0].startswith(b"<!"):
                    asides += 1
                    if asides > MOST_ASIDES:
                        # It is no item: what stands in them is looked at like all else, to be soon behind it.
                        is_too_large, sign = True, _sign_within(qualified, b"")
                        continue
                    closing = b"-->" if found[0] == b"<!--" else b"]]>"
                    at = since = found.end() - self.place
                    continue
                if found[0].startswith(b"<?"):
                    return at, "another document begins"
                if not found[1]:
                    return at, "another begins"
                end = self.data.find(b">", found.end())
                if end >= 0:
                    length = end + 1 - self.place
                    return length, "too large" if is_too_large or length > LARGEST else "whole"
            else:
                at = max(at, len(self.data) - self.place - len(qualified) - 16)
            if at > LARGEST:
                is_too_large = True
            if is_too_large:
                # What will not be parsed need not be kept.
                self.go_to(self.place + at)
                at, since = 0, 0
            if not self.more():
                return len(self.data) - self.place, "the file ends"

    def document_within(self, start: int, end: int) -> int:
        """Where a document like this one begins in what should be an item's text; -1 if there is none.

        The text began in a file that was cut off there, and the next was joined to it.
        """
        if not self.first_tag or self.data.find(b"<?xml", start, end) < 0:
            return -1
        pattern = rb"<\?xml\s[^>]*+>(?:\s++|<!--.*?-->)*+" + re.escape(self.first_tag)
        found = re.compile(pattern, re.DOTALL).search(self.data, start, end)
        return found.start() if found else -1
