"""Texts as a spreadsheet may hold them, and back again exactly. Pure."""

import re
from datetime import date, datetime, time

# What a spreadsheet runs as a formula: https://owasp.org/www-community/attacks/CSV_Injection
_RUN = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
# What XML 1.0 can't hold, or changes; and the sign by which such a character is written.
_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\u241b]")
_WRITTEN = re.compile("\u241b([0-9a-f]{4})")


def quote(text: str) -> str:
    """A text that a spreadsheet takes for a text: one that it would run, or that holds NUL, gets an apostrophe."""
    return f"'{text}" if _RUN.match(text) or "\x00" in text else text


def unquote(text: str) -> str:
    """Takes away exactly the apostrophe that `quote` gave."""
    return text[1:] if text.startswith("'") and quote(text[1:]) == text else text


def to_xml(text: str) -> str:
    return _NOT_XML.sub(lambda match: f"\u241b{ord(match[0]):04x}", text)


def from_xml(text: str) -> str:
    return _WRITTEN.sub(lambda match: chr(int(match[1], 16)), text)


def as_text(value: object) -> str:
    """What someone typed into a cell, which the spreadsheet may have taken for a number or a date."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        if value.time() == time():
            return value.date().isoformat()
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
