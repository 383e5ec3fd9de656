"""The text of an ANS story, element by element, as HTML.

https://github.com/washingtonpost/ans-schema/tree/master/src/main/resources/schema/ans/0.10.12/story_elements
"""

import html
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from archive.players import titled

from .base import ImportedImage
from .json_stream import at, line_of_text, objects, text
from .pictures import plain

Element = dict[str, Any]


@dataclass(slots=True)
class AnsText:
    """A text as it is put together, and what was met on the way."""

    images: list[ImportedImage] = field(default_factory=list)
    corrections: list[Element] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def html(self, elements: Any) -> str:
        return "\n".join(part for each in objects(elements) if (part := self.element(each)))

    def element(self, element: Element) -> str:
        kind = text(element.get("type"))
        if kind == "correction":
            self.corrections.append(element)
            return ""
        if write := _WRITERS.get(kind):
            return write(self, element)
        self.unknown.append(kind or "an element without a type")
        content = text(element.get("content"))
        return f"<p>{content}</p>" if content else self.html(element.get("content_elements"))

    def paragraph(self, element: Element) -> str:
        return f"<p>{content}</p>" if (content := text(element.get("content"))).strip() else ""

    def raw(self, element: Element) -> str:
        return text(element.get("content"))

    def header(self, element: Element) -> str:
        level = element.get("level")
        level = level if isinstance(level, int) and 1 <= level <= 6 else 2
        return f"<h{level}>{text(element.get('content'))}</h{level}>"

    def image(self, element: Element) -> str:
        picture = image_of(element)
        if picture is None:
            return ""
        self.images.append(picture)
        words = " ".join(each for each in (picture.caption, picture.credit) if each)
        caption = f"<figcaption>{html.escape(words, quote=False)}</figcaption>" if words else ""
        address, alt = html.escape(picture.original_address), html.escape(picture.alt)
        return f'<figure><img src="{address}" alt="{alt}">{caption}</figure>'

    def list(self, element: Element) -> str:
        tag = "ol" if element.get("list_type") == "ordered" else "ul"
        items = "".join(
            f"<li>{text(each.get('content')) if each.get('type') == 'text' else self.element(each)}</li>"
            for each in objects(element.get("items"))
        )
        return f"<{tag}>{items}</{tag}>"

    def quote(self, element: Element) -> str:
        inside = self.html(element.get("content_elements")) or text(element.get("content"))
        citation = element.get("citation")
        by = text(at(citation, "content")) or text(citation)
        return f"<blockquote>{inside}{f'<p><cite>{by}</cite></p>' if by else ''}</blockquote>"

    def group(self, element: Element) -> str:
        title = line_of_text(element.get("title")) or line_of_text(at(element, "headlines", "basic"))
        head = f"<h3>{html.escape(title, quote=False)}</h3>\n" if title else ""
        words = text(element.get("description")) or text(at(element, "description", "basic"))
        return f"{head}{f'<p>{words}</p>' if words else ''}{self.html(element.get('content_elements'))}"

    def table(self, element: Element) -> str:
        head = "".join(f"<th>{_cell(each)}</th>" for each in _list(element.get("header")))
        rows = "".join(
            f"<tr>{''.join(f'<td>{_cell(each)}</td>' for each in _list(row))}</tr>"
            for row in _list(element.get("rows"))
        )
        return f"<table>{f'<thead><tr>{head}</tr></thead>' if head else ''}<tbody>{rows}</tbody></table>"

    def code(self, element: Element) -> str:
        return f"<pre><code>{html.escape(text(element.get('content')), quote=False)}</code></pre>"

    def divider(self, _element: Element) -> str:
        return "<hr>"

    def link(self, element: Element) -> str:
        return f"<p>{_linked(element.get('url'), element.get('content'))}</p>"

    def links(self, element: Element) -> str:
        title = line_of_text(element.get("title"))
        items = "".join(f"<li>{_linked(e.get('url'), e.get('content'))}</li>" for e in objects(element.get("items")))
        return f"{f'<p>{html.escape(title, quote=False)}</p>' if title else ''}<ul>{items}</ul>"

    def oembed(self, element: Element) -> str:
        told = element.get("raw_oembed")
        if written := text(at(told, "html")):
            return titled(written, line_of_text(at(told, "title")), line_of_text(at(told, "author_name")))
        address = at(told, "url") or at(told, "_id") or at(element, "referent", "id")
        return f"<p>{_linked(address, at(told, 'title'))}</p>" if address else ""

    def reference(self, element: Element) -> str:
        """What stands elsewhere: only an address can be kept."""
        address = text(at(element, "referent", "id"))
        if address.startswith(("https://", "http://")):
            return f"<p>{_linked(address, '')}</p>"
        self.unknown.append(f"a reference to {text(at(element, 'referent', 'type')) or 'something'} {address}".strip())
        return ""

    def custom_embed(self, element: Element) -> str:
        config = at(element, "embed", "config")
        address = next((text(at(config, name)) for name in ("url", "href", "src") if at(config, name)), "")
        if address.startswith(("https://", "http://")):
            return f"<p>{_linked(address, at(config, 'title') or at(config, 'headline'))}</p>"
        name = text(element.get("subtype")) or text(at(element, "embed", "id"))
        self.unknown.append(f"an embed of its own kind, {name}")
        return ""

    def film(self, element: Element) -> str:
        """A film, sound or story that stood within the story: its title and words, and a link."""
        title, words = text(at(element, "headlines", "basic")), text(at(element, "description", "basic"))
        title, words = title or words, words if title and words != title else ""
        address = text(element.get("canonical_url")) or text(element.get("url"))
        if not address:
            address = next((text(each.get("url")) for each in objects(element.get("streams")) if each.get("url")), "")
        if not title and not address:
            return ""
        told = _linked(address, title) if address else html.escape(plain(title), quote=False)
        return f"<p>{told}</p>{f'<p>{words}</p>' if words else ''}"

    def rating(self, element: Element) -> str:
        told, most = text(element.get("numeric_rating")), text(element.get("max"))
        units = html.escape(text(element.get("units")), quote=False)
        return f"<p>{html.escape(told)}{f' / {html.escape(most)}' if most else ''} {units}</p>" if told else ""

    def endorsement(self, element: Element) -> str:
        return f"<p>{html.escape(text(element.get('endorsement')), quote=False)}</p>"


_WRITERS: dict[str, Callable[[AnsText, Element], str]] = {
    "text": AnsText.paragraph,
    "raw_html": AnsText.raw,
    "header": AnsText.header,
    "image": AnsText.image,
    "list": AnsText.list,
    "list_element": AnsText.paragraph,
    "blockquote": AnsText.quote,
    "quote": AnsText.quote,
    "pullquote": AnsText.quote,
    "element_group": AnsText.group,
    "content_zone": AnsText.group,
    "gallery": AnsText.group,
    "table": AnsText.table,
    "code": AnsText.code,
    "divider": AnsText.divider,
    "interstitial_link": AnsText.link,
    "link_list": AnsText.links,
    "oembed_response": AnsText.oembed,
    "oembed": AnsText.oembed,
    "reference": AnsText.reference,
    "custom_embed": AnsText.custom_embed,
    "video": AnsText.film,
    "audio": AnsText.film,
    "story": AnsText.film,
    "graphic": AnsText.film,
    "numeric_rating": AnsText.rating,
    "endorsement": AnsText.endorsement,
}


def image_of(element: Any) -> ImportedImage | None:
    if not isinstance(element, dict) or element.get("type") not in ("image", None):
        return None
    address = text(element.get("url")) or text(at(element, "additional_properties", "originalUrl"))
    caption = plain(text(element.get("caption")))
    if not address and not caption:
        return None
    return ImportedImage(
        original_address=address, alt=plain(text(element.get("alt_text"))), caption=caption, credit=credit_of(element)
    )


def name_of(person: Element) -> str:
    """An author's name, whole or in its parts, or as the author's own record has it."""
    if name := line_of_text(person.get("name")):
        return name
    parts = (line_of_text(person.get(name)) for name in ("first_name", "middle_name", "last_name", "suffix"))
    return " ".join(filter(None, parts)) or line_of_text(at(person, "additional_properties", "original", "byline"))


def credit_of(element: Element) -> str:
    """Who made a picture and for whom, as “Name/Agency”."""
    told = element["vanity_credits"] if isinstance(element.get("vanity_credits"), dict) else element.get("credits")
    people = objects(at(told, "by"))
    names = ", ".join(name for each in people if (name := line_of_text(each.get("byline")) or name_of(each)))
    for_whom = ", ".join(name for each in objects(at(told, "affiliation")) if (name := line_of_text(each.get("name"))))
    return "/".join(each for each in (names, for_whom) if each)


def _cell(cell: Any) -> str:
    return text(at(cell, "content")) or text(cell)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _linked(address: Any, content: Any) -> str:
    words = text(content) or html.escape(text(address), quote=False)
    return f'<a href="{html.escape(text(address))}">{words}</a>'
