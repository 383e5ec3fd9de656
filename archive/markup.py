"""The one door by which HTML is looked into: as a browser reads it (Lexbor, through selectolax), and in bounds.

Lexbor follows https://html.spec.whatwg.org/multipage/parsing.html to the letter, as the sanitiser does, and leaves
nothing out however deep it stands; but what is nested or heaped up without end costs time that grows by squares, here
and in every parser after it. So that is refused first.
"""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.importers.base import Refusal

Node = LexborNode
Document = LexborHTMLParser

LARGEST = 20_000_000
# A page has some tens of either.
DEEPEST = 500
# In one tag, where parsers compare each with all others, and in all.
MOST_ATTRIBUTES = 500
MOST_ATTRIBUTES_IN_ALL = 300_000
# Each takes a hundred times its own length in memory.
MOST_TAGS = 100_000
# Pictures, frames or others of one kind, of which an article has tens.
MOST_OF_A_KIND = 10_000
# These part no words from each other.
_WITHIN_LINES = frozenset(
    {
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i"),
        *("ins", "kbd", "label", "mark", "nobr", "q", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub"),
        *("sup", "time", "tt", "u", "var", "wbr"),
    }
)
# Below this length nothing can be heaped up that takes long.
_SHORT = 6000

_ATTRIBUTE = r"[\s/]*[^\s/>=][^\s/>=]*(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>\"'][^\s>]*)?)?"
_NEXT_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|textarea|title|xmp)\b.*?(?:</\1|\Z)|<(/?)([a-z][^\s/>]*)",
    re.IGNORECASE | re.DOTALL,
)
_NEXT_ATTRIBUTE = re.compile(_ATTRIBUTE)
# Those that hold nothing, and those that the next of their kind closes.
_FLAT = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source"),
        *("track", "wbr", "a", "button", "dd", "dt", "li", "nobr", "optgroup", "option", "p", "tbody", "td"),
        *("tfoot", "th", "thead", "tr"),
    }
)


def parse(text: str) -> Document:
    """A whole page. Raises Refusal for one that no browser was ever meant to show."""
    see_bounds(text)
    return LexborHTMLParser(text)


def parse_body(text: str) -> Node | None:
    """The <body> with a piece of HTML in it; None where there is none, as with frames. Raises Refusal as `parse`."""
    return parse(f"<!doctype html><body>{text}").body


def found_in(node: Node, selector: str) -> list[Node]:
    """What a text has of a kind. Raises Refusal for more than any article has."""
    found: list[Node] = node.css(selector)
    if len(found) > MOST_OF_A_KIND:
        raise Refusal(
            f"The HTML has over {MOST_OF_A_KIND} pictures, frames or tables.",
            "Leave it out, or split it: an article has tens.",
        )
    return found


def words_of(node: Node) -> str:
    """Its text on one line, with a blank where a box or a line ends: what stands apart on the page is not glued."""
    pieces: list[str] = []
    waiting: list[Node | str] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            pieces.append(each)
        elif each.is_text_node:
            pieces.append(each.text_content or "")
        else:
            around = "" if each.tag in _WITHIN_LINES else " "
            waiting += (around, *reversed(list(each.iter(include_text=True))), around)
    return " ".join("".join(pieces).split())


def see_bounds(text: str) -> None:
    """Raises Refusal for HTML of a size, a depth or a number of tags or attributes that makes parsers stand still."""
    if len(text) > LARGEST:
        raise Refusal(
            f"The HTML is {len(text)} characters long; at most {LARGEST} are read.",
            "Leave it out, or split it: an article is a thousandth of that.",
        )
    if len(text) < _SHORT:
        return
    if text.count("<") > MOST_TAGS:
        raise Refusal(f"The HTML has over {MOST_TAGS} tags.", "Leave it out, or split it: an article has hundreds.")
    stack: list[str] = []
    place = attributes = 0
    while match := _NEXT_TAG.search(text, place):
        place = match.end()
        name = match[3]
        if name is None:
            continue
        place, number = _see_attributes(text, place)
        attributes += number
        if attributes > MOST_ATTRIBUTES_IN_ALL:
            raise Refusal(
                f"The tags of the HTML have over {MOST_ATTRIBUTES_IN_ALL} attributes.",
                "Leave it out, or split it: an article has hundreds.",
            )
        name = name.lower()
        if name in _FLAT:
            continue
        if not match[2]:
            stack.append(name)
            if len(stack) > DEEPEST:
                raise Refusal(
                    f"The HTML is nested more than {DEEPEST} deep.", "Mend it: tags are opened and never closed."
                )
        elif name in stack[-50:]:
            while stack.pop() != name:
                pass


def _see_attributes(text: str, place: int) -> tuple[int, int]:
    """Where the attributes of a tag end, and how many there are."""
    number = 0
    while match := _NEXT_ATTRIBUTE.match(text, place):
        place = match.end()
        number += 1
        if number > MOST_ATTRIBUTES:
            raise Refusal(f"A tag of the HTML has more than {MOST_ATTRIBUTES} attributes.", "Mend the tag.")
    return place, number
