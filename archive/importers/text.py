"""Bytes to text, strictly: what is not text is told as what it is, and no character is guessed."""

import codecs
import re

from .base import Problem, Refusal

# How a file of a known kind begins.
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a WebP picture, a sound or a film"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a zip file, or an office document"),
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z file"),
    (b"Rar!", "a RAR file"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"\x7fELF", "a program"),
    (b"WARC/", "a web crawl (WARC)"),
)
_ANY_MAGIC = tuple(magic for magic, _kind in _MAGIC)
# UTF-32's begins with UTF-16's, so it comes first.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ANY_MARK = tuple(mark for mark, _name in _BYTE_ORDER_MARKS)
_XML = re.compile(rb"<\?xml\b", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\b|!--|(?:html|head|body|div|article|section|p|h1|meta|script)[\s>])", re.IGNORECASE)
_JSON = re.compile(rb"[\[{]\s*(?:[\"\[{]|[\]}]\s*$)")

# A page break, and what ends a line, belong to text; nothing else below the blank does.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\x80-\x9f]")
_WITHOUT_CONTROLS = dict.fromkeys(number for number in range(0xA0) if _CONTROLS.match(chr(number)))
# What Windows-1252 puts where Latin-1 has controls that no text uses: https://encoding.spec.whatwg.org/#windows-1252
_MEANT = {
    number: character for number in range(0x80, 0xA0) if (character := bytes([number]).decode("cp1252", "ignore"))
}
# What a decoder puts where it could not read.
_LOST = "\ufffd"
# Up to this share of stray controls a text is a text with blemishes; beyond, it is something else.
_MOST_CONTROLS = 0.01

# What French and English texts have beyond ASCII. Where every such byte of a text means one of these in cp1252, and
# none is UTF-8, the text is in cp1252.
_USUAL = frozenset("àâäçéèêëîïôöùûüÿñœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸÑŒÆ«»‘’“”–—…•·°€£©®™²³½\u00a0")
_UNUSUAL = re.compile(f"[^\\x00-\\x7e{''.join(sorted(_USUAL))}]")
# What is beyond ASCII and was in UTF-8.
_READ = re.compile(f"[^\\x00-\\x7f{_LOST}]")
# cp1252 leaves five bytes without a character; decoders pass them through.
_CP1252 = codecs.charmap_build("".join(bytes([each]).decode("cp1252", "ignore") or chr(each) for each in range(256)))
# UTF-8 that was read as cp1252: “Ã©” for é, “â€™” for ’.
_READ_TWICE = re.compile(r"[Ã\u00c2][\u0080-\u00bf\u0152-\u0178\u2018-\u203a\u20ac\u2122]|â[\u0080\u20ac]|Ã\u00a0")


def kind_of(head: bytes) -> str:
    """What a file that begins so is, where it is surely no plain text; else an empty text."""
    if head.startswith(_ANY_MAGIC):
        return next(kind for magic, kind in _MAGIC if head.startswith(magic))
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if _XML.match(start):
        return "XML"
    if _HTML.match(start):
        return "HTML"
    if _JSON.match(start):
        return "JSON"
    if b"\x00" in head and not byte_order(head):
        return "binary data"
    return ""


def byte_order(head: bytes) -> str:
    """The encoding that a byte-order mark other than UTF-8's tells, or an empty text."""
    if not head.startswith(_ANY_MARK):
        return ""
    return next(name for mark, name in _BYTE_ORDER_MARKS if head.startswith(mark))


def is_encoding(name: str) -> bool:
    """Whether there is a text encoding of this name."""
    try:
        "".encode(name)
    except (LookupError, UnicodeError):
        return False
    return True


def decode(data: bytes, encoding: str = "") -> tuple[str, list[Problem]]:
    """A file's text, and remarks on what was mended. UTF-8 unless another encoding is named.

    Raises Refusal for what is no text, or is not in that encoding.
    """
    content = data.removeprefix(codecs.BOM_UTF8)
    if not content.strip():
        told = "The file holds nothing but blanks." if content else "The file is empty."
        raise Refusal(told, "Leave it out, or fetch it again.")
    kind = kind_of(data)
    if kind and not (encoding and kind == "binary data"):
        raise Refusal(f"The file is {kind}, not plain text.", "Leave it out, or name its format with --format.")
    if not encoding and byte_order(data):
        raise Refusal(
            f"The file is not in UTF-8 but in {byte_order(data).upper()}.", f"Pass --encoding {byte_order(data)}."
        )
    text = _named(data, encoding) if encoding else _utf8(data)
    return _without_controls(text.removeprefix("\ufeff"))


def mend(data: bytes, declared: str = "", place: str = "") -> tuple[str, list[Problem]]:
    """The text of an item whose encoding may be told wrongly, and remarks on what was mended or lost.

    What is certain is repaired: UTF-8 under any name, cp1252 under any name, UTF-8 that was read as cp1252 and written
    as UTF-8 again. What is not certain is left as it is, and told. Raises Refusal for NUL characters.
    """
    name = codecs.lookup(declared).name if declared and is_encoding(declared) else "utf-8"
    text, remarks = _decoded(data, name)
    if "\x00" in text:
        raise Refusal("It holds NUL characters, which no text has.", "Take them out of the file.", place)
    meant = text.translate(_MEANT)
    if meant != text:
        remarks.append("Characters of Windows-1252 stood as control characters; they were read as what they meant.")
    text, remark = _read_once(meant)
    if _CONTROLS.search(text):
        kept = text.translate(_WITHOUT_CONTROLS)
        left, text = len(text) - len(kept), kept
        remark.append(f"{left} control characters were left out.")
    remedy = "Look at the accents, quotation marks and dashes of the article."
    return text, [Problem(place, each, remedy) for each in (*remarks, *remark)]


def _decoded(data: bytes, name: str) -> tuple[str, list[str]]:
    is_unicode = name in ("utf-8", "utf-8-sig", "ascii")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        remarks = [] if is_unicode or data.isascii() else [f"It was said to be in {name}, and is in UTF-8."]
        if _LOST in text:
            remarks.append(f"{text.count(_LOST)} characters were lost before the file came here ({_LOST}).")
        return text, remarks
    if not is_unicode:
        text = data.decode(name, "replace")
        lost = text.count(_LOST)
        return text, [f"{lost} characters are not in {name}; they stand as {_LOST}."] if lost else []
    text = data.decode("utf-8", "replace")
    if not _READ.search(text):
        meant = data.decode("cp1252", "replace")
        if not _UNUSUAL.search(meant):
            return meant, ["It is in cp1252, and not in UTF-8."]
    return text, [f"{text.count(_LOST)} characters are not in UTF-8; they stand as {_LOST}."]


def _read_once(text: str) -> tuple[str, list[str]]:
    """A text that was read as cp1252 though it was UTF-8, as it was before."""
    found = _READ_TWICE.search(text)
    if found is None:
        return text, []
    try:
        once = codecs.charmap_encode(text, "strict", _CP1252)[0].decode("utf-8")
    except UnicodeError:
        return text, [f"UTF-8 seems to have been read as cp1252 in places (“{found[0]}”); it was left as it is."]
    return once, ["UTF-8 had been read as cp1252; that was undone."]


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = _place(data, error.start)
        if error.reason == "unexpected end of data":
            raise Refusal(
                "The file ends in the middle of a character: it is cut off.", "Fetch it again.", place
            ) from None
        found = f"The file is not in UTF-8: byte 0x{data[error.start]:02x} can't stand here."
        rest = data.decode("utf-8", "replace")
        beyond_ascii, wrong = sum(character > "\x7f" for character in rest), rest.count(_LOST)
        if beyond_ascii > 2 * wrong:
            raise Refusal(
                f"{found} The rest of it is UTF-8, so this place is damaged.", "Mend it, or fetch it again.", place
            ) from None
        sample = _line_at(data, error.start)
        raise Refusal(
            f"{found} Read as cp1252 the line is “{sample}”.",
            "If that is right, pass --encoding cp1252; else name the encoding that it is in.",
            place,
        ) from None


def _named(data: bytes, encoding: str) -> str:
    # A multi-byte character is no accident, and read in another encoding it would be two wrong letters.
    if not data.isascii() and not codecs.lookup(encoding).name.startswith("utf"):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            raise Refusal(f"The file is in UTF-8, not in {encoding}.", "Leave out --encoding.")
    try:
        return data.decode(encoding)
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        raise Refusal(
            f"The file is not in {encoding}: {error.reason if isinstance(error, UnicodeDecodeError) else error}.",
            "Name the encoding that it is in, or leave out --encoding if that is UTF-8.",
            _place(data, start),
        ) from None


def _place(data: bytes, start: int) -> str:
    line = data.count(b"\n", 0, start) + 1
    return f"line {line}, byte {start + 1}"


def _line(text: str, start: int) -> str:
    number = text.count("\n", 0, start) + 1
    return f"line {number}"


def _line_at(data: bytes, place: int) -> str:
    start = max(data.rfind(b"\n", 0, place) + 1, place - 30)
    end = data.find(b"\n", place)
    end = min(len(data) if end < 0 else end, place + 30)
    return " ".join(_CONTROLS.sub("", data[start:end].decode("cp1252", "replace")).split())


def _without_controls(text: str) -> tuple[str, list[Problem]]:
    remarks = []
    if lost := text.count(_LOST):
        remarks.append(
            Problem(
                _line(text, text.index(_LOST)),
                f"{lost} characters were lost before the file came here (they stand as {_LOST}).",
                "Look for a better copy, or mend the article in the admin.",
            )
        )
    first = _CONTROLS.search(text)
    if first is None:
        return text, remarks
    place = _line(text, first.start())
    meant = text.translate(_MEANT)
    left = _CONTROLS.findall(meant)
    if "\x00" in left or len(left) > len(text) * _MOST_CONTROLS:
        raise Refusal("The file is binary data, not plain text.", "Leave it out.", place)
    if meant != text:
        remarks.append(
            Problem(
                place,
                "Characters of Windows-1252 stood as control characters; they were read as what they meant.",
                "Look at the quotation marks and dashes of the article.",
            )
        )
    if left:
        remarks.append(Problem(place, f"{len(left)} control characters were left out.", "Look at the article."))
    return _CONTROLS.sub("", meant), remarks
