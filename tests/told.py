"""What the archive's sources tell of problems: every text that can reach staff, read from the code itself.

A hole of an f-string is told as {}, a choice within one (`{'a' if … else 'b'}`) as a text for each.
"""

import ast
import re
from functools import cache
from pathlib import Path
from string import Formatter

ROOT = Path(__file__).parent.parent
SOURCES = (
    *sorted((ROOT / "archive/importers").rglob("*.py")),
    *(ROOT / "archive" / name for name in ("addresses.py", "jobs.py", "markup.py", "pictures.py")),
)
MODELS = tuple(sorted((ROOT / "archive/models").rglob("*.py")))
# What takes a place, a problem and a remedy, or some of them.
SINKS = frozenset(
    [
        *("Damaged", "LeftOut", "NoArticle", "Problem", "Refusal", "StillRunning", "UnknownFormat"),
        *("_failed", "remark"),
    ]
)
# Names of columns, of agencies and of months: of constants, only whole sentences are told there.
NAMES_OF_OTHERS = frozenset(["address_table.py", "table.py", "wires.py"])
# These calls take patterns, statements, and what is for the log.
_NOT_FOR_STAFF = frozenset(["compile", "debug", "error", "exception", "execute", "executemany", "info", "warning"])
_WORDS = re.compile(r"[a-zé’'”,:;)}] [A-Za-z{“(]")
_SENTENCE = re.compile(r"[A-Z{“].*[ -].*[.!?)]$", re.DOTALL)
_MARKUP = re.compile(r"\s*</?[a-z!?]|.*(?:</|/>|=\\?\"\{)", re.DOTALL)


def skeleton(template):
    """A template without the names of its holes; two that touch are one."""
    pieces = []
    for text, name, _format, _conversion in Formatter().parse(template):
        pieces.append(text)
        if name is not None:
            pieces.append(None)
    return merged(pieces)


def merged(pieces):
    told = "\x00".join("\x01" if piece is None else piece for piece in pieces if piece != "")
    return re.sub("\x01+", "{}", told.replace("\x00", ""))


def texts_of(node):
    """The texts that a string, an f-string or a choice between some can be, or None for what is none of them."""
    if isinstance(node, ast.Constant):
        return [[node.value]] if isinstance(node.value, str) else None
    if isinstance(node, ast.IfExp):
        both = texts_of(node.body), texts_of(node.orelse)
        return None if None in both else both[0] + both[1]
    if not isinstance(node, ast.JoinedStr):
        return None
    found = [[]]
    for value in node.values:
        choices = texts_of(value) if isinstance(value, ast.Constant) else _choices(value.value)
        found = [[*before, *choice] for before in found for choice in choices]
    return found


def _choices(node):
    """A hole, or what may stand in it where the code says so right there."""
    found = texts_of(node) if isinstance(node, ast.IfExp | ast.JoinedStr) else None
    return [[None]] if found is None else found


def _name(call):
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def texts_in(path):
    """(line, skeleton, is surely told) of each text of a source."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    within, sure = set(), set()
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant() as constant):
                within.add(constant)
            case ast.JoinedStr(values=values):
                within.update(value for value in values if isinstance(value, ast.Constant))
                for value in values:
                    if isinstance(value, ast.FormattedValue):
                        within.update(ast.walk(value.format_spec) if value.format_spec else ())
                        if _choices(value.value) != [[None]]:
                            within.update(ast.walk(value.value))
            case ast.Call() if _name(node) in _NOT_FOR_STAFF:
                within.update(ast.walk(node))
            case ast.Raise(exc=ast.Call(func=ast.Name(id="ValueError" | "TypeError" | "LookupError")) as call):
                within.update(ast.walk(call))
            case ast.Call() if _name(node) in SINKS:
                # By its group a remark is counted, and never told.
                within.update(part for each in node.keywords if each.arg == "group" for part in ast.walk(each))
                for argument in (*node.args, *(each.value for each in node.keywords)):
                    sure.update(
                        [argument, *([argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [])]
                    )
    for node in ast.walk(tree):
        if node in within or not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        are_names = path.name in NAMES_OF_OTHERS and isinstance(node, ast.Constant)
        may_be_told = _is_sentence if are_names else _may_be_told
        for pieces in texts_of(node) or ():
            told = merged(pieces)
            if re.search("[a-z“]", told.replace("{}", "")) and (node in sure or may_be_told(told)):
                yield node.lineno, told, node in sure


def _is_sentence(text):
    return _SENTENCE.match(text) is not None


def _may_be_told(text):
    return _is_sentence(text) or (_WORDS.search(text) is not None and not _MARKUP.match(text))


@cache
def told_in_sources():
    """Every text, with the places where it stands."""
    found = {}
    for path in SOURCES:
        for line, told, _sure in texts_in(path):
            found.setdefault(told, []).append(f"{path.relative_to(ROOT)}:{line}")
    return found
