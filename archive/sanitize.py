"""Foreign HTML to safe HTML (nh3, which is Mozilla's ammonia allow-list sanitiser). The allow-list stands here only."""

import html
import re

import nh3

from archive.boxes import BOXES, RENAMED, may_hold_boxes, without_boxes
from archive.importers.base import Refusal
from archive.markup import DEEPEST, see_bounds

TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "blockquote", "cite", "q", "pre", "code"),
    *("em", "strong", "i", "b", "u", "s", "small", "sub", "sup", "mark", "abbr", "time", "span"),
    *("ul", "ol", "li", "dl", "dt", "dd", "a"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *("figure", "figcaption", "aside", "del", "ins"),
}
ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "hreflang", "title"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "del": {"datetime"},
    "ins": {"datetime"},
    "ol": {"start", "reversed"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
# The one class that a text may have: that of the card which stands for what another host served (archive/embeds.py).
CLASSES = {"aside": {"embed"}}
URL_SCHEMES = {"http", "https", "mailto", "tel"}
# Dropped with what they hold; any other unknown tag is dropped and its text kept.
DROPPED_WHOLE = {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "textarea", "select"}
# All else that HTML has or had: https://html.spec.whatwg.org/multipage/indices.html#elements-3
_OTHER_HTML = {
    *("html", "head", "body", "frameset", "frame", "noframes", "title", "base", "link", "meta", "basefont", "bgsound"),
    *("area", "audio", "bdi", "bdo", "button", "canvas", "col", "colgroup", "data", "datalist", "dfn", "embed", "kbd"),
    *("image", "img", "input", "label", "map", "meter", "output", "param", "picture", "progress", "rb", "rp", "rt"),
    *("rtc", "ruby", "samp", "slot", "source", "track", "var", "video", "wbr", "acronym", "applet", "big", "blink"),
    *("font", "isindex", "keygen", "listing", "multicol", "nobr", "noembed", "plaintext", "spacer", "strike", "tt"),
    "xmp",
}
_HTML = TAGS | BOXES | RENAMED.keys() | DROPPED_WHOLE | _OTHER_HTML
_TAG_NAME = re.compile(r"</?([A-Za-z][^\s/>]*)")


def _kept(_tag: str, name: str, value: str) -> str | None:
    # nh3 looks at the scheme of a link alone.
    if name == "cite" and value.strip().partition(":")[0].lower() not in ("http", "https"):
        return None
    return value


def _cleaner(tags: set[str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes=URL_SCHEMES,
        clean_content_tags=DROPPED_WHOLE,
        link_rel="noopener noreferrer",
        strip_comments=True,
        attribute_filter=_kept,
    )


_CLEANER = _cleaner(TAGS)
# With what parts a text until it is known where its paragraphs are.
_CLEANER_OF_BOXES = _cleaner(TAGS | BOXES | RENAMED.keys())


# A parser drops the first line end in a <pre>, so that each reading would eat one more.
_PRE_LINE_ENDS = re.compile(r"(<pre[^>]*>)\n+")
_MOST_PASSES = 5


# Below this length no text has attributes enough to take long.
_LONG = 100_000
_ANY_TAG = re.compile(r"<[^<>]*>?")
# The parser joins a text again at each sign that is written with & (or will be), which costs time by squares.
MOST_SIGNS = 50_000
_SIGNS = "&<>\u00a0"
# So in an attribute, for these; in one tag, and in a whole text, where a tag may hide in an attribute.
_SIGNS_OF_ATTRIBUTES = "&\u00a0"
MOST_SIGNS_OF_A_TAG = 5_000
MOST_SIGNS_IN_ALL = 200_000
_WRITTEN_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_WITHOUT_SIGNS = str.maketrans(dict.fromkeys(_SIGNS, " "))


def sanitize(text: str) -> str:
    """Foreign HTML as HTML that may stand in a page; whatever it is given, and the same when given its own result.

    What is nested or heaped up out of all bounds becomes its words alone: the parser would stand still over it.
    """
    text = _without_strange_names(_within_bounds(text))
    if may_hold_boxes(text):
        text = without_boxes(_clean(text, _CLEANER_OF_BOXES))
    cleaned = _clean(text)
    if cleaned == text:
        return cleaned
    for _pass in range(_MOST_PASSES):
        # What one reading moved (a paragraph in a table) or wrote otherwise (&#13;), the next may move again.
        again = _clean(cleaned)
        if again == cleaned:
            break
        cleaned = again
    # What is written with & may be more than it was.
    bounded = _within_bounds(cleaned)
    return cleaned if bounded == cleaned else _clean(bounded)


def _without_strange_names(text: str) -> str:
    """The same with `<x-line>` for `<line>`: under the names of SVG and MathML the sanitiser drops what a tag holds."""
    strange = {name for name in set(_TAG_NAME.findall(text)) if name.lower() not in _HTML}
    if not strange:
        return text
    return _TAG_NAME.sub(lambda tag: tag[0].replace(tag[1], f"x-{tag[1]}") if tag[1] in strange else tag[0], text)


def _within_bounds(text: str) -> str:
    if len(text) > _LONG or text.count("<") > DEEPEST:
        try:
            see_bounds(text)
        except Refusal:
            text = _ANY_TAG.sub(" ", text)
    if not _has_countless_signs(text):
        return text
    return html.unescape(_ANY_TAG.sub(" ", text)).translate(_WITHOUT_SIGNS)


def _has_countless_signs(text: str) -> bool:
    """Whether one of its texts that no tag parts, one of its tags or all of it has more signs than are soon read."""
    signs = _count(text, _SIGNS)
    if signs <= MOST_SIGNS_OF_A_TAG:
        return False
    if _count(text, _SIGNS_OF_ATTRIBUTES) > MOST_SIGNS_IN_ALL:
        return True
    if signs > MOST_SIGNS and any(_count(part, _SIGNS) > MOST_SIGNS for part in _WRITTEN_TAG.split(text)):
        return True
    return any(_count(tag[0], _SIGNS_OF_ATTRIBUTES) > MOST_SIGNS_OF_A_TAG for tag in _WRITTEN_TAG.finditer(text))


def _count(text: str, signs: str) -> int:
    return sum(text.count(sign) for sign in signs)


def _clean(text: str, cleaner: nh3.Cleaner = _CLEANER) -> str:
    return _PRE_LINE_ENDS.sub(r"\1", cleaner.clean(text.replace("\x00", "")).strip())


def paragraphs(texts: list[str]) -> str:
    """Plain texts as the HTML of so many paragraphs."""
    return "\n".join(f"<p>{html.escape(text, quote=False)}</p>" for text in texts)
