"""The two forms in which Ghost keeps a text, as HTML, for posts whose export lacks the HTML.

Lexical: https://github.com/TryGhost/Koenig/tree/main/packages/kg-default-nodes
Mobiledoc 0.3: https://github.com/bustle/mobiledoc-kit/blob/master/MOBILEDOC.md
"""

import html
from typing import Any

from archive.players import titled
from archive.sanitize import paragraphs

from .json_stream import at, inner, line_of_text, objects, text

_FORMATS = ((1, "strong"), (2, "em"), (4, "s"), (8, "u"), (16, "code"), (32, "sub"), (64, "sup"), (128, "mark"))
_BLOCKS = {"paragraph": "p", "quote": "blockquote", "extended-quote": "blockquote", "aside": "blockquote"}
_INLINE_TAGS = {"strong", "b", "em", "i", "s", "u", "code", "sub", "sup", "a", "mark"}
_SECTION_TAGS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "aside", "ul", "ol", "pull-quote"}
# What asks something of a reader, or is for e-mail alone, is no text of the article.
_NO_TEXT = {"email", "email-cta", "signup", "paywall", "transistor", "tk", "zwnj"}


def lexical(document: str) -> tuple[str, list[str]]:
    """A Lexical document as HTML, and the kinds of things in it that are not known."""
    unknown: list[str] = []
    root = at(inner(document), "root")
    return "\n".join(_node(each, unknown) for each in objects(at(root, "children"))), unknown


def _node(node: dict[str, Any], unknown: list[str]) -> str:
    kind = text(node.get("type"))
    if kind in ("text", "extended-text", "tab"):
        return _formatted(node)
    if kind == "linebreak":
        return "<br>"
    inside = "".join(_node(each, unknown) for each in objects(node.get("children")))
    if kind in _BLOCKS:
        return f"<{_BLOCKS[kind]}>{inside}</{_BLOCKS[kind]}>"
    if kind in ("heading", "extended-heading"):
        tag = text(node.get("tag"))
        tag = tag if tag in ("h1", "h2", "h3", "h4", "h5", "h6") else "h2"
        return f"<{tag}>{inside}</{tag}>"
    if kind == "list":
        tag = "ol" if node.get("listType") == "number" or node.get("tag") == "ol" else "ul"
        return f"<{tag}>{inside}</{tag}>"
    if kind == "listitem":
        return f"<li>{inside}</li>"
    if kind in ("link", "autolink", "at-link"):
        return f'<a href="{html.escape(text(node.get("url")))}">{inside}</a>'
    if (card := _card(kind, node)) is not None:
        return card
    unknown.append(kind)
    return inside or _words(node)


def _formatted(node: dict[str, Any]) -> str:
    written = html.escape(text(node.get("text")), quote=False)
    bits = node.get("format")
    for bit, tag in _FORMATS:
        if isinstance(bits, int) and bits & bit:
            written = f"<{tag}>{written}</{tag}>"
    return written


def mobiledoc(document: str) -> tuple[str, list[str]]:
    """A Mobiledoc document as HTML, and the kinds of things in it that are not known."""
    unknown: list[str] = []
    told = inner(document)
    return "\n".join(_section(each, told, unknown) for each in _list(at(told, "sections"))), unknown


def _section(section: Any, told: Any, unknown: list[str]) -> str:
    match section:
        case [1, str(tag), list(markers), *_]:
            tag = tag if tag in _SECTION_TAGS else "p"
            tag = "blockquote" if tag in ("aside", "pull-quote") else tag
            return f"<{tag}>{_markers(markers, told)}</{tag}>"
        case [2, str(address), *_]:
            return _picture({"src": address})
        case [3, str(tag), list(items), *_]:
            tag = "ol" if tag == "ol" else "ul"
            return f"<{tag}>{''.join(f'<li>{_markers(_list(each), told)}</li>' for each in items)}</{tag}>"
        case [10, int(number), *_]:
            name, payload = _numbered(at(told, "cards"), number)
            card = _card(name, payload if isinstance(payload, dict) else {})
            if card is None:
                unknown.append(name)
                return _words(payload if isinstance(payload, dict) else {})
            return card
    unknown.append("section")
    return ""


def _markers(markers: list[Any], told: Any) -> str:
    written, open_tags = "", list[str]()
    for marker in markers:
        match marker:
            case [int(kind), list(opened), int(closed), value, *_]:
                for number in opened:
                    tag, attributes = _numbered(at(told, "markups"), number)
                    tag = tag if tag in _INLINE_TAGS else "span"
                    open_tags.append(tag)
                    written += f"<{tag}{_link(attributes) if tag == 'a' else ''}>"
                # An atom stands in the text as one sign.
                atom = _numbered(at(told, "atoms"), value)[0] if kind == 1 else ""
                written += (
                    "<br>" if atom == "soft-return" else "" if kind == 1 else html.escape(text(value), quote=False)
                )
                for _each in range(min(closed, len(open_tags))):
                    written += f"</{open_tags.pop()}>"
    return written + "".join(f"</{tag}>" for tag in reversed(open_tags))


def _link(attributes: Any) -> str:
    pairs = _list(attributes)
    address = next((text(value) for name, value in zip(pairs[::2], pairs[1::2], strict=False) if name == "href"), "")
    return f' href="{html.escape(address)}"'


def _numbered(rows: Any, number: Any) -> tuple[str, Any]:
    """The name and content of one of the rows that a document refers to by number."""
    row = rows[number] if isinstance(rows, list) and isinstance(number, int) and 0 <= number < len(rows) else None
    match row:
        case [str(name), *rest]:
            return name, rest[0] if len(rest) == 1 else rest[-1] if rest else None
    return "", None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _card(kind: str, card: dict[str, Any]) -> str | None:
    """A card as HTML; None for one that is not known."""
    if kind in _NO_TEXT:
        return ""
    if kind == "image":
        return _picture(card)
    if kind == "gallery":
        return _figure("".join(_img(each) for each in objects(card.get("images"))), card)
    if kind == "html":
        return text(card.get("html"))
    if kind in ("markdown", "card-markdown"):
        return markdown(text(card.get("markdown")))
    if kind in ("hr", "horizontalrule"):
        return "<hr>"
    if kind in ("code", "codeblock"):
        return _figure(f"<pre><code>{html.escape(text(card.get('code')), quote=False)}</code></pre>", card)
    if kind == "embed":
        title, author = (line_of_text(at(card, "metadata", name)) for name in ("title", "author_name"))
        player = titled(text(card.get("html")), title, author)
        return _figure(player or _linked(card.get("url"), title), card)
    if kind in ("bookmark", "button", "file", "audio", "video"):
        return _figure(_linked_card(card) + _told_of(card), card)
    if kind in ("callout", "toggle", "header", "product", "call-to-action"):
        return _boxed(card)
    return None


def _boxed(card: dict[str, Any]) -> str:
    title = next((line_of_text(card[name]) for name in ("heading", "header", "productTitle") if card.get(name)), "")
    names = ("calloutText", "content", "subheading", "subheader", "productDescription", "textValue")
    rest = "".join(f"<p>{text(card[name])}</p>" for name in names if card.get(name))
    rest += _linked(card.get("buttonUrl"), card.get("buttonText")) if card.get("buttonUrl") else ""
    if address := text(card.get("productImageSrc")):
        rest = f'<img src="{html.escape(address)}">{rest}'
    return f"<blockquote>{f'<p><strong>{title}</strong></p>' if title else ''}{rest}</blockquote>"


def _linked_card(card: dict[str, Any]) -> str:
    address = next((card[name] for name in ("url", "buttonUrl", "src") if card.get(name)), "")
    title = next((card[name] for name in ("buttonText", "fileTitle", "title") if card.get(name)), "")
    return _linked(address, title or at(card, "metadata", "title"))


def _told_of(card: dict[str, Any]) -> str:
    """What a card tells of where it leads to, beside its title."""
    author = [at(card, "metadata", name) for name in ("author", "publisher")]
    lines = (at(card, "metadata", "description"), " · ".join(filter(None, map(line_of_text, author))))
    return paragraphs([words for each in (*lines, card.get("fileCaption")) if (words := line_of_text(each))])


def _words(card: dict[str, Any]) -> str:
    """What can be kept of a part that is not known."""
    return text(card.get("html")) or paragraphs(text(card.get("text")).split("\n\n") if card.get("text") else [])


def _linked(address: Any, title: Any) -> str:
    words = line_of_text(title) or text(address)
    return f'<p><a href="{html.escape(text(address))}">{html.escape(words, quote=False)}</a></p>'


def _picture(card: dict[str, Any]) -> str:
    return _figure(_img(card), card)


def _img(card: dict[str, Any]) -> str:
    return f'<img src="{html.escape(text(card.get("src")))}" alt="{html.escape(text(card.get("alt")))}">'


def _figure(inside: str, card: dict[str, Any]) -> str:
    # A caption is HTML in Ghost.
    caption = text(card.get("caption"))
    return f"<figure>{inside}{f'<figcaption>{caption}</figcaption>' if caption else ''}</figure>"


def markdown(source: str) -> str:
    """Markdown as it was written, paragraph by paragraph: its signs are left for staff to see."""
    return paragraphs([" ".join(each.split()) for each in source.split("\n\n") if each.strip()])
