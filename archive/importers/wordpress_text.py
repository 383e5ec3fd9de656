"""What WordPress keeps of a text, as the HTML that it made of it when a page was shown.

Blocks: https://developer.wordpress.org/block-editor/explanations/architecture/key-concepts/#serialization
Shortcodes: https://codex.wordpress.org/Shortcode_API
Paragraphs: https://developer.wordpress.org/reference/functions/wpautop/

What others served is written as the frame that would have shown it; what becomes of frames is decided on saving.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

# A text with more of either is no article; what goes beyond is left as it stands.
MOST_TAGS = 20_000
_LONGEST_ATTRIBUTES = 5_000
_DEEPEST = 10
# What a block of a plug-in is told, and nobody reads; what else it is told is a text if it has so many words.
_NO_TEXTS = frozenset({"align", "anchor", "className", "id", "metadata", "mode", "name", "style"})
_FEWEST_WORDS = 3
_MOST_TEXTS = 500

_OPENING = re.compile(r"\[(\[?)(/?)([A-Za-z][\w-]{0,60})(?=[\s=\]/:])")
_ATTRIBUTES = re.compile(r"(?:[^\[\]\"'“”″]++|\"[^\"]*+\"|'[^']*+'|[“”″][^“”″\]]*+[“”″]|['\"“”″](?=[\s\]]))*+\]")
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|[“”″]([^“”″]*)[“”″]|([^\s\"']+))")
# No word of a sentence: it has a digit.
_ID = re.compile(r"(?=[\w-]*\d)[\w-]{3,40}")
_URL = re.compile(r"https?://[^\s\"'<>\[\]“”″]+", re.IGNORECASE)
_ALONE = re.compile(
    r"^[ \t]*+(?:<p>)?[ \t]*+(https?://[^\s<>\"]++)[ \t]*+(?:</p>)?[ \t]*+$", re.IGNORECASE | re.MULTILINE
)
_WRAPPED = re.compile(
    r"<div\s[^<>]*class=\"[^\"<>]*wp-block-embed__wrapper[^\"<>]*\"[^<>]*>\s*(https?://[^\s<>]+)\s*</div>"
)
_PICTURE = re.compile(r"\s*((?:<a\s[^<>]*>\s*)?<img\s[^<>]*>(?:\s*</a>)?)(.*)", re.DOTALL | re.IGNORECASE)
_BLOCK = re.compile(r"\s+(/?)wp:([a-z0-9](?:[a-z0-9_-]|/(?=[a-z0-9]))*+)")
_READING_MARK = re.compile(r"\s*(?:more\b.*|nextpage|noteaser)\s*\Z", re.DOTALL)

# Whose addresses, alone on a line, WordPress replaced by what they lead to.
_PROVIDERS = (
    *("youtube.com", "youtu.be", "vimeo.com", "dailymotion.com", "dai.ly", "twitter.com", "x.com", "instagram.com"),
    *("facebook.com", "fb.watch", "soundcloud.com", "spotify.com", "flickr.com", "flic.kr", "scribd.com", "vine.co"),
    *("slideshare.net", "ted.com", "tiktok.com", "tumblr.com", "reddit.com", "imgur.com", "issuu.com", "mixcloud.com"),
    *("kickstarter.com", "storify.com", "polldaddy.com", "poll.fm", "wordpress.tv", "videopress.com", "viddler.com"),
    *("blip.tv", "hulu.com", "revision3.com", "photobucket.com", "smugmug.com", "meetup.com", "speakerdeck.com"),
    *("pinterest.com", "giphy.com", "infogr.am", "documentcloud.org", "bsky.app"),
)
# Shortcodes for what another host shows, with the address that their bare id stands for.
_EMBEDS = {
    "embed": "",
    "youtube": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "dailymotion": "https://www.dailymotion.com/video/{}",
    "tweet": "https://twitter.com/i/status/{}",
    "twitter": "https://twitter.com/i/status/{}",
    "instagram": "",
    "facebook": "",
    "vine": "",
    "soundcloud": "",
    "spotify": "",
    "scribd": "https://www.scribd.com/document/{}",
    "slideshare": "https://www.slideshare.net/slideshow/embed_code/{}",
    "ted": "https://www.ted.com/talks/{}",
    "googlemaps": "",
    "storify": "",
    "wpvideo": "https://videopress.com/v/{}",
    "videopress": "https://videopress.com/v/{}",
    "tiktok": "",
    "flickr": "",
    "bandcamp": "",
    "documentcloud": "",
    "gist": "",
    "iframe": "",
}
_FILES = ("src", "mp4", "m4v", "webm", "ogv", "wmv", "flv", "mp3", "m4a", "ogg", "wav", "wma", "url")
# Those that stand in a text without attributes or an end, and are no text.
_BARE = frozenset(["gallery", "playlist", "contact-form", "sitemap", "archives", "recent-posts", "more", "adsense"])
# What they hold is code, and stays as it is written.
_CODE = frozenset(["code", "sourcecode", "source", "php", "css", "html", "javascript", "python", "bash"])

# What is kept whole when a text is cut into paragraphs, and what only has paragraphs in it.
_WHOLE = "p|h[1-6]|pre|ul|ol|dl|table|figure|script|style|form|address|svg|select|textarea"
_CONTAINER = "div|section|article|blockquote|aside|center|header|footer|nav|main|details|fieldset|hr"
_WHOLE_TAG = re.compile(rf"<(/?)({_WHOLE})(?=[\s/>])[^<>]*>", re.IGNORECASE)
_CONTAINER_TAG = re.compile(rf"</?(?:{_CONTAINER})(?=[\s/>])[^<>]*>", re.IGNORECASE)
_VERBATIM_TAG = re.compile(r"<(/?)(pre|code|script|style|textarea)(?=[\s/>])[^<>]*>", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_TWO_BREAKS = re.compile(r"<br\s*/?>\s*<br\s*/?>", re.IGNORECASE)
_PARAGRAPH_TAG = re.compile(r"</?p(?=[\s>])[^<>]*>", re.IGNORECASE)
# What is kept whole is a mark while paragraphs are made; these characters have no meaning of their own.
_MARK = re.compile("\uf8f4([0-9]+)\uf8f5")


@dataclass(slots=True)
class Rendering:
    """One text of WordPress, on its way to HTML."""

    # The HTML of the pictures that a [gallery] with these attributes shows, and the text of a block that is kept apart.
    gallery: Callable[[dict[str, str]], str]
    reusable: Callable[[str], str]
    # The HTML of its notes, which stand beside the text.
    footnotes: str = ""
    # What was left out, by name: shortcodes and blocks that some plug-in knew.
    unknown: list[str] = field(default_factory=list)

    def html(self, text: str) -> str:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return self._with_blocks(text, 0) if "<!-- wp:" in text else self._classic(text)

    def _classic(self, text: str) -> str:
        return paragraphs(self._without_shortcodes(_ALONE.sub(_player_of_line, _without_marks(text)), 0))

    def _plain_block(self, text: str) -> str:
        text = _without_marks(text)
        if "wp-block-embed__wrapper" in text:
            text = _WRAPPED.sub(lambda match: _player(unescape(match[1])), text)
        return self._without_shortcodes(text, 0)

    def _with_blocks(self, text: str, depth: int) -> str:
        """The text of blocks; what stands outside of all is a text of the classic editor."""
        found: list[str] = []
        open_blocks: list[str] = []
        place = since = 0
        while (start := text.find("<!--", place)) >= 0:
            end = text.find("-->", start)
            if end < 0:
                break
            place = end + 3
            block = _BLOCK.match(text, start + 4, end)
            if block is None:
                continue
            attributes = text[block.end() : end].strip()
            found.append(self._between(text[since:start], open_blocks))
            since = place
            name = block[2]
            if block[1]:
                if name in open_blocks:
                    del open_blocks[len(open_blocks) - 1 - open_blocks[::-1].index(name) :]
            elif attributes.endswith("/"):
                found.append(self._void_block(name, attributes[:-1], depth))
            elif len(open_blocks) < 100:
                open_blocks.append(name)
        found.append(self._between(text[since:], open_blocks))
        return "\n".join(piece for each in found if (piece := each.strip()))

    def _between(self, text: str, open_blocks: list[str]) -> str:
        if not text.strip():
            return ""
        is_classic = not open_blocks or open_blocks[-1] == "freeform"
        return self._classic(text) if is_classic else self._plain_block(text)

    def _void_block(self, name: str, attributes: str, depth: int) -> str:
        """A block that has no text of its own: what it shows is made when the page is."""
        try:
            told = json.loads(attributes) if attributes.strip() else {}
        except (ValueError, RecursionError):
            told = {}
        told = told if isinstance(told, dict) else {}
        name = name.removeprefix("core/")
        if name == "block" and depth < _DEEPEST:
            text = self.reusable(str(told.get("ref", "")))
            if text:
                return self._with_blocks(text, depth + 1) if "<!-- wp:" in text else self._classic(text)
        elif name == "footnotes":
            return self.footnotes
        elif isinstance(url := told.get("url"), str) and _URL.fullmatch(url) and "embed" in name:
            return _player(url)
        if "/" in name or name == "block":
            self.unknown.append(f"wp:{name}")
            return "\n".join(islice(_texts_in(told), _MOST_TEXTS))
        return ""

    def _without_shortcodes(self, text: str, depth: int) -> str:
        if "[" not in text or depth > _DEEPEST:
            return text
        verbatim = _pairs(text, _VERBATIM_TAG)
        tags = _shortcodes(text, verbatim)
        ends: dict[str, list[int]] = {}
        for number, tag in enumerate(tags):
            if tag.ends:
                ends.setdefault(tag.name, []).append(number)
        found: list[str] = []
        place = 0
        for number, tag in enumerate(tags):
            if tag.start < place or tag.ends:
                continue
            if tag.is_escaped:
                found.append(text[place : tag.start] + text[tag.start + 1 : tag.end - 1])
                place = tag.end
                continue
            closings = ends.get(tag.name, [])
            after = bisect_right(closings, number)
            closing = tags[closings[after]] if after < len(closings) and not tag.is_void else None
            # Another of the same name begins first: this one has no end.
            following = next((each for each in tags[number + 1 : number + 50] if each.name == tag.name), None)
            if closing and following is not closing:
                closing = None
            if not (closing or _is_shortcode(tag)):
                continue
            found.append(text[place : tag.start])
            held = text[tag.end : closing.start] if closing else ""
            found.append(self._shortcode(tag, held, depth))
            place = closing.end if closing else tag.end
        found.append(text[place:])
        return "".join(found)

    def _shortcode(self, tag: "_Shortcode", held: str, depth: int) -> str:
        name, told = tag.name, _attributes(tag.attributes)
        if name in ("caption", "wp_caption"):
            return self._caption(told, self._without_shortcodes(held, depth + 1))
        if name == "gallery":
            return self.gallery(told)
        if name in _CODE and held:
            return f"<pre><code>{escape(unescape(held.strip(chr(10))), quote=False)}</code></pre>"
        url = _URL.search(held) or _URL.search(tag.attributes)
        if name in ("audio", "video"):
            file = next((told[key] for key in _FILES if told.get(key)), url[0] if url else "")
            return f'\n\n<{name} src="{escape(file)}"></{name}>\n\n' if file else ""
        if name in _EMBEDS:
            words = held.strip() or tag.attributes.strip(" \t\n=/\"'").partition(" ")[0]
            if url:
                return _player(unescape(url[0]))
            if _EMBEDS[name] and _ID.fullmatch(told.get("id", words)):
                return _player(_EMBEDS[name].format(told.get("id", words)))
        self.unknown.append(name)
        if held:
            return self._without_shortcodes(held, depth + 1)
        return f'<a href="{escape(unescape(url[0]))}">{escape(unescape(url[0]))}</a>' if url else ""

    def _caption(self, told: dict[str, str], held: str) -> str:
        picture = _PICTURE.match(held)
        if picture is None:
            return held
        words = picture[2].strip() or escape(told.get("caption", ""), quote=False)
        caption = f"<figcaption>{words}</figcaption>" if words else ""
        return f"\n\n<figure>{picture[1]}{caption}</figure>\n\n"


def figure(address: str, alt: str, caption: str) -> str:
    words = f"<figcaption>{escape(caption, quote=False)}</figcaption>" if caption else ""
    return f'<figure><img src="{escape(address)}" alt="{escape(alt)}">{words}</figure>'


def paragraphs(text: str) -> str:
    """A text whose paragraphs are blank lines and whose lines are lines, with HTML in it, as HTML."""
    text = text.replace("\uf8f4", "").replace("\uf8f5", "")
    kept: list[str] = []

    def keep(piece: str) -> str:
        kept.append(piece)
        return f"\n\n\uf8f4{len(kept) - 1}\uf8f5\n\n"

    pieces: list[str] = []
    place = 0
    for start, end in _pairs(text, _WHOLE_TAG):
        pieces += [text[place:start], keep(text[start:end])]
        place = end
    text = "".join([*pieces, text[place:]])
    text = _ANY_TAG.sub(lambda match: match[0].replace("\n", " "), text)
    text = _PARAGRAPH_TAG.sub("\n\n", _TWO_BREAKS.sub("\n\n", text))
    text = _CONTAINER_TAG.sub(r"\n\n\g<0>\n\n", text)
    found: list[str] = []
    for lines in _split_at_blank_lines(text):
        piece = lines.strip()
        if mark := _MARK.fullmatch(piece):
            found.append(kept[int(mark[1])])
        elif _CONTAINER_TAG.fullmatch(piece):
            found.append(piece)
        elif piece:
            found.append(f"<p>{_with_breaks(piece)}</p>")
    return "\n".join(found)


def _split_at_blank_lines(text: str) -> list[str]:
    blocks: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return ["\n".join(lines) for lines in blocks]


def _with_breaks(piece: str) -> str:
    lines = [line.strip() for line in piece.split("\n")]
    return "\n".join(
        line if number == len(lines) or re.search(r"<br\s*/?>\Z", line, re.IGNORECASE) else f"{line}<br>"
        for number, line in enumerate(lines, 1)
    )


@dataclass(frozen=True, slots=True)
class _Shortcode:
    start: int
    end: int
    name: str
    attributes: str
    ends: bool
    is_void: bool
    is_escaped: bool


def _shortcodes(text: str, verbatim: list[tuple[int, int]]) -> list[_Shortcode]:
    """What may be a shortcode, outside of code."""
    found: list[_Shortcode] = []
    place = tried = 0
    spans = iter(verbatim)
    span = next(spans, None)
    while (opening := _OPENING.search(text, place)) and tried < MOST_TAGS:
        tried += 1
        while span and span[1] <= opening.start():
            span = next(spans, None)
        if span and span[0] <= opening.start():
            place = span[1]
            continue
        attributes = _ATTRIBUTES.match(text, opening.end(), opening.end() + _LONGEST_ATTRIBUTES)
        place = opening.end()
        if attributes is None:
            continue
        end = attributes.end()
        is_escaped = bool(opening[1]) and text.startswith("]", end)
        start = opening.start() if is_escaped or not opening[1] else opening.start() + 1
        written = attributes[0][:-1]
        is_void = written.rstrip().endswith("/") and "://" not in written.split()[-1]
        told = written.rstrip().removesuffix("/").strip() if is_void else written.strip()
        found.append(_Shortcode(start, end + is_escaped, opening[3], told, bool(opening[2]), is_void, is_escaped))
        place = end + is_escaped
    return found


def _is_shortcode(tag: _Shortcode) -> bool:
    """Whether a tag that has no end is one, and no bracket of the text: “[traduction libre]”, “[sic]”."""
    if tag.is_void or _ATTRIBUTE.match(tag.attributes) or (tag.name in _BARE and not tag.attributes):
        return True
    is_known = tag.name in _EMBEDS or tag.name in ("audio", "video")
    return is_known and bool(_URL.search(tag.attributes) or _ID.fullmatch(tag.attributes.strip(" =")))


def _attributes(written: str) -> dict[str, str]:
    return {
        match[1].lower(): unescape(next(value for value in (*match.groups()[1:], "") if value is not None))
        for match in _ATTRIBUTE.finditer(written)
    }


def _pairs(text: str, tag: re.Pattern[str]) -> list[tuple[int, int]]:
    """Where the outermost of such elements begin and end; those that are never closed are none."""
    found: list[tuple[int, int]] = []
    open_tags: list[tuple[str, int]] = []
    for match in tag.finditer(text):
        name = match[2].lower()
        if not match[1]:
            if len(open_tags) < 200:
                open_tags.append((name, match.start()))
            continue
        depth = next((at for at in range(len(open_tags) - 1, -1, -1) if open_tags[at][0] == name), -1)
        if depth < 0:
            continue
        start = open_tags[depth][1]
        del open_tags[depth:]
        while found and found[-1][0] >= start:
            found.pop()
        found.append((start, match.end()))
    return found


def _texts_in(told: Any, depth: int = 0) -> Iterator[str]:
    """What reads as a text among the attributes of a plug-in's block, as HTML: it has three words and more."""
    if isinstance(told, str):
        if len(told.split()) >= _FEWEST_WORDS:
            yield told if "</" in told else f"<p>{escape(told, quote=False)}</p>"
    elif isinstance(told, dict | list) and depth < _DEEPEST:
        values = told if isinstance(told, list) else [told[name] for name in told if name not in _NO_TEXTS]
        for each in values:
            yield from _texts_in(each, depth + 1)


def _without_marks(text: str) -> str:
    """The text without the comments by which WordPress cut it into a beginning and pages."""
    if "<!--" not in text:
        return text
    found: list[str] = []
    place = since = 0
    while (start := text.find("<!--", place)) >= 0:
        end = text.find("-->", start)
        if end < 0:
            break
        place = end + 3
        if _READING_MARK.match(text, start + 4, end):
            found += [text[since:start], "\n\n"]
            since = place
    return "".join([*found, text[since:]])


def _player_of_line(match: re.Match[str]) -> str:
    address = unescape(match[1])
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return match[0]
    if any(host == known or host.endswith(f".{known}") for known in _PROVIDERS):
        return _player(address)
    return f'\n\n<p><a href="{escape(address)}">{escape(address)}</a></p>\n\n'


def _player(address: str) -> str:
    return f'\n\n<iframe src="{escape(address)}"></iframe>\n\n'
