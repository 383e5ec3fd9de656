"""What the allow-list has no place for though it parts a text: boxes become paragraphs, a page's headings an article's.

Much of what blogs and pages of the web hold is written so: `<div>One.</div><div>Two.</div>`. Without its tags it would
be “One.Two.”. Reads what the sanitiser wrote, where each tag stands and is closed.
"""

import re

# Boxes hold blocks or a line of text.
BOXES = frozenset(
    {
        *("div", "section", "article", "main", "header", "footer", "nav", "hgroup", "search", "center", "address"),
        *("details", "summary", "dialog", "fieldset", "legend", "form", "marquee", "optgroup", "option"),
    }
)
# An article's headline is its page's <h1>.
RENAMED = {"h1": "h2", "h5": "h4", "h6": "h4", "dir": "ul", "menu": "ul"}

_MAY_HOLD = re.compile(rf"<(?:{'|'.join(sorted({*BOXES, *RENAMED}, key=len, reverse=True))})(?=[\s/>])", re.IGNORECASE)
_TAG = re.compile(r'(<[^<>"]*(?:"[^"]*"[^<>"]*)*>)')
_NAME = re.compile(r"<(/?)([a-z0-9]+)")
_LISTS = ("ul", "ol", "dl", "li", "dt", "dd")
_TABLES = ("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td")
_BLOCKS = frozenset(
    {"p", "hr", "h2", "h3", "h4", "blockquote", "pre", "figure", "figcaption", "aside", *_LISTS, *_TABLES}
)
# In these a box is no paragraph.
_OF_LINES = frozenset({"p", "h2", "h3", "h4", "pre", "figcaption", "caption", "dt"})
_BLANK = r"(?:\s|&nbsp;|<br>)+"
_AROUND = re.compile(rf"\A{_BLANK}|{_BLANK}\Z")


def may_hold_boxes(text: str) -> bool:
    return _MAY_HOLD.search(text) is not None


def without_boxes(html: str) -> str:
    """The same with a paragraph for each text that stands in a box by itself, and with headings and lists as known."""
    found: list[str] = []
    run: list[str] = []
    # What stands open: a box, or the name of what is no box. The whole is a box too.
    containers = ["box"]
    for place, piece in enumerate(_TAG.split(html)):
        name = _NAME.match(piece) if place % 2 else None
        if name is None or (name[2] not in _BLOCKS and name[2] not in BOXES and name[2] not in RENAMED):
            (run if containers[-1] == "box" else found).append(piece)
            continue
        found += _paragraph(run)
        run = []
        closes, tag = bool(name[1]), RENAMED.get(name[2], name[2])
        if tag in BOXES:
            if containers[-1] in _OF_LINES:
                found.append("\n" if containers[-1] == "pre" and closes else " " if containers[-1] != "pre" else "")
            tag = containers[-1] if containers[-1] in _OF_LINES else "box"
        else:
            found.append(f"<{name[1]}{tag}{piece[name.end() :]}")
        if closes:
            # The whole stays open, whatever is closed.
            del containers[max(len(containers) - 1, 1) :]
        elif tag != "hr":
            containers.append(tag)
    return "".join([*found, *_paragraph(run)])


def _paragraph(run: list[str]) -> list[str]:
    text = "".join(run)
    if not _is_whole(run):
        # An emphasis or a link goes on beyond the box.
        return [text, "\n"]
    if not _shows_something(text):
        return ["\n"] if "\n" in text else []
    return [f"<p>{_AROUND.sub('', text)}</p>\n"]


def _shows_something(text: str) -> bool:
    return bool(_TAG.sub("", text).replace("&nbsp;", "").strip())


def _is_whole(run: list[str]) -> bool:
    depth = 0
    for piece in run:
        name = _NAME.match(piece)
        if name and name[2] != "br":
            depth += -1 if name[1] else 1
            if depth < 0:
                return False
    return not depth
