"""Foreign HTML as it came, to HTML that lasts: what another host served is replaced by what can be kept of it.

An embed (a tweet, a video, a map, a Flash film) becomes a card: an <aside class="embed"> with its text, author and
link as they stood, and a line that says that it is no longer live. A picture is taken out of the text, with its words
and its address, to become one of the article's pictures. All else is left to `sanitize`, which comes after: it alone
decides what may stand in a page.
"""

import re
import secrets
from dataclasses import dataclass, field
from html import escape
from itertools import islice
from typing import Literal
from urllib.parse import parse_qs, urljoin, urlsplit

from archive.importers.base import ImportedImage
from archive.importers.pictures import is_hidden, is_smiley, is_unseen
from archive.markup import Node, found_in, parse_body, see_bounds, words_of
from archive.players import put_frames
from archive.sanitize import DROPPED_WHOLE

# Where none of these stands, the text is left as it is, unread.
_FOREIGN = re.compile(
    "<(?:i?frame|image|img|picture|figure|svg|object|embed|applet|video|audio|noscript|script|input|interaction|amp-)|data-"
)
_FOREIGN_CLASSES = (
    *("twitter", "instagram", "tiktok", "fb-", "reddit", "imgur", "bluesky", "mastodon", "pinterest", "storify"),
)
# A card's place in the text until it is written, which no text that is received can hold.
_MARK_START, _MARK_END = f"\uf8f0{secrets.token_hex(8)}-", "\uf8f1"
_MARK = re.compile(f"{_MARK_START}([0-9]+){_MARK_END}")

# Who served the embed, by the end of its host's name.
_PROVIDERS = (
    ("youtube.com", "YouTube"),
    ("youtube-nocookie.com", "YouTube"),
    ("youtu.be", "YouTube"),
    ("vimeo.com", "Vimeo"),
    ("dailymotion.com", "Dailymotion"),
    ("dai.ly", "Dailymotion"),
    ("twitter.com", "Twitter"),
    ("x.com", "Twitter"),
    ("twimg.com", "Twitter"),
    ("instagram.com", "Instagram"),
    ("instagr.am", "Instagram"),
    ("facebook.com", "Facebook"),
    ("facebook.net", "Facebook"),
    ("fb.watch", "Facebook"),
    ("fb.com", "Facebook"),
    ("maps.google.com", "Google Maps"),
    ("maps.google.ca", "Google Maps"),
    ("maps.google.fr", "Google Maps"),
    ("openstreetmap.org", "OpenStreetMap"),
    ("storify.com", "Storify"),
    ("soundcloud.com", "SoundCloud"),
    ("spotify.com", "Spotify"),
    ("tiktok.com", "TikTok"),
    ("vine.co", "Vine"),
    ("pinterest.com", "Pinterest"),
    ("reddit.com", "Reddit"),
    ("redditmedia.com", "Reddit"),
    ("imgur.com", "Imgur"),
    ("giphy.com", "Giphy"),
    ("scribd.com", "Scribd"),
    ("slideshare.net", "SlideShare"),
    ("documentcloud.org", "DocumentCloud"),
    ("infogram.com", "Infogram"),
    ("infogr.am", "Infogram"),
    ("datawrapper.de", "Datawrapper"),
    ("dwcdn.net", "Datawrapper"),
    ("flourish.studio", "Flourish"),
    ("tableau.com", "Tableau"),
    ("playbuzz.com", "Playbuzz"),
    ("polldaddy.com", "Polldaddy"),
    ("ted.com", "TED"),
    ("kickstarter.com", "Kickstarter"),
    ("bsky.app", "Bluesky"),
    ("gist.github.com", "GitHub"),
    ("brightcove.com", "Brightcove"),
    ("brightcove.net", "Brightcove"),
    ("ustream.tv", "Ustream"),
    ("livestream.com", "Livestream"),
    ("5min.com", "AOL On"),
    ("vidible.tv", "AOL On"),
    ("kaltura.com", "Kaltura"),
    ("ooyala.com", "Ooyala"),
    ("jwplatform.com", "JW Player"),
    ("jwplayer.com", "JW Player"),
    ("bitsontherun.com", "JW Player"),
    ("apester.com", "Apester"),
    ("qmerce.com", "Apester"),
)
_KINDS = {
    "twitter": "Twitter",
    "instagram": "Instagram",
    "tiktok": "TikTok",
    "fb-": "Facebook",
    "reddit": "Reddit",
    "imgur": "Imgur",
    "bluesky": "Bluesky",
    "mastodon": "Mastodon",
    "pinterest": "Pinterest",
    "storify": "Storify",
}
_QUOTED = (
    "blockquote[class*=twitter],blockquote[class*=instagram],blockquote[class*=tiktok],blockquote[class*=reddit],"
    "blockquote[class*=imgur],blockquote[class*=bluesky],blockquote[class*=mastodon],blockquote[class*=fb-],"
    "div[class*=fb-post],div[class*=fb-video],div[class*=storify],a[data-pin-do],"
    "a[class*=twitter-timeline],a[class*=instagram-media]"
)
# Whose addresses tell what they show without what follows the question mark.
_TOLD_BY_PATH = {"Twitter", "Instagram", "Storify", "TikTok", "Vimeo", "Dailymotion", "Vine", "Imgur", "Reddit"}
_SERVED = (
    "iframe,frame,object,embed,applet,video,audio,script[src],amp-iframe,amp-youtube,amp-vimeo,amp-dailymotion,"
    "amp-twitter,amp-instagram,amp-facebook,amp-video,amp-audio,amp-soundcloud,amp-brightcove,amp-pinterest,"
    "twitter-widget,twitterwidget"
)
# The attribute of an AMP element that holds an id, and the address that is made with it; so of what a tweet became in
# a page that a browser had shown before it was saved.
_AMP = {
    "amp-youtube": ("data-videoid", "https://www.youtube.com/watch?v={}"),
    "amp-vimeo": ("data-videoid", "https://vimeo.com/{}"),
    "amp-dailymotion": ("data-videoid", "https://www.dailymotion.com/video/{}"),
    "amp-twitter": ("data-tweetid", "https://twitter.com/i/status/{}"),
    "amp-instagram": ("data-shortcode", "https://www.instagram.com/p/{}/"),
    "amp-facebook": ("data-href", "{}"),
    "amp-soundcloud": ("data-trackid", "https://api.soundcloud.com/tracks/{}"),
    "twitter-widget": ("data-tweet-id", "https://twitter.com/i/status/{}"),
    "twitterwidget": ("data-tweet-id", "https://twitter.com/i/status/{}"),
}
_SOURCES = ("src", "data-src", "data-lazy-src", "data-url", "data-href", "data", "movie", "code")

# The page of a film that was shown by a bare player.
_PAGES = (
    (re.compile(r"//(?:www\.)?youtube(?:-nocookie)?\.com/(?:embed|v|e)/([\w-]{6,20})"), "//www.youtube.com/watch?v={}"),
    (re.compile(r"//player\.vimeo\.com/video/(\d+)"), "//vimeo.com/{}"),
    (re.compile(r"//(?:www\.)?vimeo\.com/moogaloop\.swf\?(?:.*&)?clip_id=(\d+)"), "//vimeo.com/{}"),
    (
        re.compile(r"//(?:www\.|geo\.)?dailymotion\.com/(?:embed/video|swf(?:/video)?)/([a-z0-9]+)"),
        "//www.dailymotion.com/video/{}",
    ),
    (
        re.compile(r"//platform\.twitter\.com/embed/\w{1,20}\.html\?(?:.*&)?id=(\d{1,20})"),
        "//twitter.com/i/status/{}",
    ),
    (re.compile(r"//(?:www\.)?instagram\.com/((?:p|reel|tv)/[\w-]{1,40})/embed\b"), "//www.instagram.com/{}/"),
    (re.compile(r"//(?:www\.)?storify\.com/([\w-]{1,100}/[\w-]{1,200})/embed\b"), "//storify.com/{}"),
)

_WORDS = {
    "fr": {
        "known": "Contenu intégré à l’origine dans cette page ({}); il n’y est plus actif.",
        "unknown": "Contenu intégré à l’origine dans cette page; il n’y est plus actif.",
        "flash": "Animation Flash intégrée à l’origine dans cette page; elle n’y est plus active.",
        "media": "Son ou vidéo intégré à l’origine dans cette page; il n’y est plus actif.",
    },
    "en": {
        "known": "Content from {} was embedded here. It is no longer live.",
        "unknown": "Content was embedded here. It is no longer live.",
        "flash": "A Flash film was embedded here. It is no longer live.",
        "media": "A sound or video was embedded here. It is no longer live.",
    },
}

# Attributes under which pages that load pictures late keep the address, before and after `src`.
_LATE = ("data-original", "data-lazy-src", "data-src", "data-orig-file", "data-hi-res-src", "data-img-src", "data-url")
# With these, what stands in `src` is a stand-in, however it looks (the readers say so too: importers/pictures.py).
_SURELY_LATE = 3
_PICTURE_TAGS = ("img", "amp-img", "amp-anim", "image")
_PICTURES = ",".join([*_PICTURE_TAGS, "input[type=image]"])
_CAPTIONS = "figcaption,.wp-caption-text,.caption-text,[class*=caption]"
_CREDITS = re.compile(r"\bcredit|copyright|photographer|attribution|byline", re.IGNORECASE)
_PHRASES = frozenset(
    {
        *("a", "b", "i", "u", "s", "em", "strong", "span", "small", "font", "big", "tt", "cite", "abbr", "sup", "sub"),
        *("mark", "img", "amp-img", "br"),
    }
)
# What Ghost's players show beside what they play.
_CONTROLS = ".kg-audio-player,.kg-video-player-container,.kg-video-overlay"
# In these no card can stand, or none should.
_INLINE = (_PHRASES - {"img", "amp-img", "br"}) | {"p", "center", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption"}
# A box that may stand for a picture or an embed alone, and goes when it is empty.
_BOXES = _INLINE | frozenset(
    {
        *(
            "div",
            "figure",
            "picture",
            "noscript",
            "li",
            "ul",
            "ol",
            "dl",
            "dt",
            "dd",
            "section",
            "aside",
            "header",
            "amp-img",
        ),
    }
)
# What a reader sees though no text is in it.
_SEEN = frozenset(
    {
        *("img", "image", "amp-img", "input", "hr", "table", "video", "audio", "iframe", "object", "embed"),
        *("script",),
    }
)
_BLANKS = re.compile(r"\s+")
# Each that a card parts is written again behind it.
_DEEPEST_PARTED = 10
# An article with more than this is not read for captions any more.
MOST_PICTURES = 1000
# So much may stand in the box of one picture, of which its caption is a part.
LARGEST_BOX = 2000
# So many nodes are looked at for what stands about another; of a text that asks for more, empty boxes stay.
MOST_STEPS = 1_000_000
LONGEST_ADDRESS = 2000
LONGEST_CREDIT = 300


@dataclass(frozen=True, slots=True)
class Embed:
    """Something that another host served within a text."""

    # Who served it, as it is known; else its host, or an empty text.
    provider: str
    # The web address at which it could be seen, or an empty text.
    address: str


@dataclass(slots=True)
class _Cleaning:
    language: str
    base: str
    cards: list[str] = field(default_factory=list)
    embeds: list[Embed] = field(default_factory=list)
    # The addresses of those, as they compare.
    shown: set[str] = field(default_factory=set)
    images: list[ImportedImage] = field(default_factory=list)
    # What came out of a paragraph last, by the paragraph.
    behind: dict[int, Node] = field(default_factory=dict)
    steps: int = 0

    @property
    def is_tired(self) -> bool:
        return self.steps > MOST_STEPS


def clean_foreign(html: str, language: str, base: str = "") -> tuple[str, tuple[ImportedImage, ...], tuple[Embed, ...]]:
    """HTML as received, in the article's language, as HTML to be sanitised; the pictures and the embeds in it.

    `base` is the address of its page, from which a picture's address may be told. Raises Refusal for HTML that is out
    of all bounds.
    """
    cleaning = _Cleaning(language if language in _WORDS else "en", base)
    return _cleaned(html, cleaning), tuple(cleaning.images), tuple(cleaning.embeds)


def with_cards(html: str, language: str) -> str:
    """The same of a page that has no pictures: their captions stay in the text."""
    return _cleaned(html, _Cleaning(language if language in _WORDS else "en", ""), takes_pictures=False)


def _cleaned(html: str, cleaning: _Cleaning, *, takes_pictures: bool = True) -> str:
    if not _may_be_foreign(html):
        # The sanitiser comes to the same limits.
        see_bounds(html)
        return html
    body = parse_body(html)
    if body is None:
        return html
    for each in body.css("noscript"):
        # What stood there for browsers without scripts is what can be kept.
        each.unwrap()
    for each in body.css(_CONTROLS):
        each.decompose()
    for each in body.css(".kg-bookmark-author + .kg-bookmark-publisher"):
        each.insert_before(" · ")
    put_frames(body)
    # Outermost first, so that what stands within a card is not looked at again.
    _replace_quoted(body, cleaning)
    _replace_served(body, cleaning)
    if takes_pictures:
        _take_pictures(body, cleaning)
    return _MARK.sub(lambda match: cleaning.cards[int(match[1])], body.inner_html or "")


def _may_be_foreign(html: str) -> bool:
    lowered = html.lower()
    if _FOREIGN.search(lowered):
        return True
    return "class" in lowered and any(each in lowered for each in _FOREIGN_CLASSES)


def _replace_quoted(body: Node, cleaning: _Cleaning) -> None:
    """Cards for what carries its own text: a tweet, a post, a shared picture."""
    for node in found_in(body, _QUOTED):
        if not _stands(node, body):
            continue
        inner = node.inner_html or ""
        kind = (node.attributes.get("class") or "") + " " + ("pinterest" if "data-pin-do" in node.attributes else "")
        provider = next((name for part, name in _KINDS.items() if part in kind.lower()), "")
        if provider == "Storify":
            frame = node.css_first("iframe,script")
            address = _address(frame, cleaning) if frame else ""
        else:
            address = _permalink(node, cleaning)
        text = _text(node)
        links = {_bare(each.attributes.get("href") or "") for each in node.css("a")}
        link = "" if _bare(address) in links else _link(address)
        if node.tag == "a":
            inner = _link(address, text) if address else escape(text)
            link = ""
        for piece in node.css("script,style,svg,iframe"):
            piece.decompose()
        if node.tag != "a":
            inner = (node.inner_html or "") if text else ""
        quoted = f"<blockquote>{inner}</blockquote>" if inner.strip() and node.tag == "blockquote" else inner
        _put_card(node, Embed(provider, address), quoted + link, cleaning)


def _replace_served(body: Node, cleaning: _Cleaning) -> None:
    """Cards for what only shows what another host serves: a frame, a player, a film."""
    for node in found_in(body, _SERVED):
        if not _stands(node, body):
            continue
        if node.tag == "script":
            # It serves an embed that stands beside it, or the page.
            node.decompose()
            continue
        address = _address(node, cleaning)
        provider = _provider(address)
        if is_hidden(node.attributes) or _is_widget(address):
            node.decompose()
            continue
        title = (node.attributes.get("title") or node.attributes.get("aria-label") or "").strip()
        kept = _fallback(node)
        if address and _is_known(address, cleaning):
            if kept := kept + _marks_in(node):
                node.insert_before(kept)
            node.decompose()
            continue
        said = f"<p>{escape(title)}</p>" if title and len(title) < 300 and _says_something(title, provider) else ""
        kept = f"<p>{escape(kept)}</p>" if kept else ""
        _put_card(node, Embed(provider, address), said + kept + _link(address), cleaning)


def _put_card(node: Node, embed: Embed, content: str, cleaning: _Cleaning) -> None:
    flash, media = (
        embed.address.split("?")[0].endswith(".swf"),
        node.tag in ("video", "audio", "amp-video", "amp-audio"),
    )
    if flash or (node.tag in ("object", "embed", "applet") and not embed.address):
        kind = "flash"
    else:
        kind = "media" if media else "known" if embed.provider else "unknown"
    words = _WORDS[cleaning.language][kind].format(escape(embed.provider))
    within = "".join(cleaning.cards[int(number)] for number in _MARK.findall(_marks_in(node)))
    cleaning.cards.append(f'<aside class="embed">{content}<p><small>{words}</small></p></aside>{within}')
    cleaning.embeds.append(embed)
    if embed.address:
        cleaning.shown.add(_bare(embed.address))
    _put_block(node, len(cleaning.cards) - 1, cleaning)


def _put_block(node: Node, number: int, cleaning: _Cleaning) -> None:
    """Put a card's mark where a node stands; a card can't stand within a paragraph.

    On a line of its own it parts the paragraph; within a line it comes after what else is there.
    """
    mark = f"{_MARK_START}{number}{_MARK_END}"
    chain: list[Node] = []
    above = node.parent
    while above is not None and above.tag in _INLINE:
        chain.append(above)
        above = above.parent
    if not chain:
        node.replace_with(mark)
        return
    outer = chain[-1]
    line_ends = [] if cleaning.is_tired else _line_ends_about(node, cleaning)
    if line_ends and len(chain) < _DEEPEST_PARTED and all(each.tag != "a" for each in chain):
        for each in line_ends:
            each.decompose()
        if _is_empty(outer, cleaning, but=node):
            outer.replace_with(mark)
            return
        if _is_outermost(node, chain, "prev", cleaning):
            node.decompose()
            outer.insert_before(mark)
            return
        if not _is_outermost(node, chain, "next", cleaning):
            ends, starts = (f"</{each.tag}>" for each in chain), (f"<{each.tag}>" for each in reversed(chain))
            cleaning.cards[number] = "".join([*ends, cleaning.cards[number], *starts])
            node.replace_with(mark)
            return
    node.decompose()
    # Behind what already came out of it.
    last = cleaning.behind.get(outer.mem_id, outer)
    if last is outer and _is_empty(outer, cleaning):
        outer.replace_with(mark)
    else:
        last.insert_after(mark)
        if last.next is not None:
            cleaning.behind[outer.mem_id] = last.next


def _is_outermost(node: Node, chain: list[Node], step: Literal["prev", "next"], cleaning: _Cleaning) -> bool:
    """Whether nothing stands before it, or behind it, in the last of what it stands in."""
    return all(_beside(each, step, cleaning) is None for each in (node, *chain[:-1]))


def _line_ends_about(node: Node, cleaning: _Cleaning) -> list[Node]:
    """The line ends between which a node stands by itself; none where something else is on its line."""
    found: list[Node] = []
    steps: tuple[Literal["prev"], Literal["next"]] = ("prev", "next")
    for step in steps:
        number = len(found)
        each = _beside(node, step, cleaning)
        while each is not None and each.tag == "br":
            found.append(each)
            each = _beside(each, step, cleaning)
        if each is not None and len(found) == number:
            return []
    return found


def _put_figures(body: Node) -> None:
    """Put a figure in the place of each table in which Blogger sets a picture above its caption."""
    for table in found_in(body, "table[class*=tr-caption-container]"):
        pictures, words = table.css(_PICTURES), table.css_first(".tr-caption")
        if len(pictures) != 1 or words is None or not _stands(table, body):
            continue
        figure = parse_body(f"<figure>{pictures[0].html}<figcaption>{words.inner_html or ''}</figcaption></figure>")
        if figure is not None and figure.first_child is not None:
            table.replace_with(figure.first_child)


def _take_pictures(body: Node, cleaning: _Cleaning) -> None:
    known: set[str] = set()
    _put_figures(body)
    for number, node in enumerate(found_in(body, _PICTURES)):
        if not _stands(node, body):
            continue
        alt = _BLANKS.sub(" ", node.attributes.get("alt") or "").strip()
        if is_smiley(node.attributes):
            node.replace_with(alt)
            continue
        address = _picture_address(node, cleaning)
        if is_unseen(node.attributes, address):
            _remove(node, cleaning)
            continue
        caption, credit = _take_caption(node, cleaning) if number < MOST_PICTURES else ("", "")
        _remove(node, cleaning)
        if (address and address in known) or not (address or alt or caption or credit):
            continue
        known.add(address)
        cleaning.images.append(ImportedImage(original_address=address, alt=alt, caption=caption, credit=credit))
    for node in found_in(body, "source,picture"):
        if _stands(node, body) and (node.tag == "source" or _is_empty(node, cleaning)):
            _remove(node, cleaning)
    for node in found_in(body, "figure"):
        # What the sanitiser will take out holds no box open.
        for piece in node.css(",".join(DROPPED_WHOLE)):
            piece.decompose()
        if _stands(node, body) and _is_empty(node, cleaning):
            _remove(node, cleaning)


def _take_caption(node: Node, cleaning: _Cleaning) -> tuple[str, str]:
    """The caption and credit of a picture, taken out of the text."""
    above = node.parent
    for _step in range(6):
        if above is None or above.tag in ("body", "html", "td"):
            break
        is_box = above.tag in ("figure", "dl") or "caption" in (above.attributes.get("class") or "").lower()
        if is_box or any(
            part in (above.attributes.get("class") or "").lower() for part in ("image", "photo", "picture")
        ):
            size = sum(1 for _each in islice(above.traverse(), LARGEST_BOX))
            cleaning.steps += size
            if size == LARGEST_BOX or cleaning.is_tired:
                break
            found = _caption_in(above, cleaning)
            caption, credit = _words_of(found, cleaning) if found is not None else ("", "")
            if found is not None or is_box:
                return caption, credit or (_take_credit(above, cleaning) if is_box else "")
        above = above.parent
    return "", ""


def _caption_in(box: Node, cleaning: _Cleaning) -> Node | None:
    """The first that a box has and no picture stands in."""
    for each in box.css(_CAPTIONS):
        # To look for pictures in it costs no more than so many steps.
        cleaning.steps += LARGEST_BOX // 50
        if each.mem_id != box.mem_id and not each.css_first(_PICTURES):
            return each
    return None


def _take_credit(box: Node, cleaning: _Cleaning) -> str:
    """Who made the only picture of a box, where that stands beside its caption."""
    pictures = (each for each in box.traverse() if each.tag in _PICTURE_TAGS)
    if len(list(islice(pictures, 2))) == 1:
        for each in box.css("[class]"):
            if _CREDITS.search(each.attributes.get("class") or "") and not each.css_first(_PICTURES):
                credit = _text(each)
                if credit and len(credit) <= LONGEST_CREDIT and not _marks_in(each):
                    _remove(each, cleaning)
                    return credit
    return ""


def _words_of(box: Node, cleaning: _Cleaning) -> tuple[str, str]:
    credit = ""
    if cards := _marks_in(box):
        box.insert_before(cards)
    for each in box.css("[class]"):
        if _CREDITS.search(each.attributes.get("class") or "") and each.mem_id != box.mem_id:
            credit = _text(each)
            each.decompose()
            break
    caption = _text(box)
    _remove(box, cleaning)
    return caption, credit


def _picture_address(node: Node, cleaning: _Cleaning) -> str:
    attributes = node.attributes
    source = (attributes.get("src") or attributes.get("href") or "").strip()
    candidates = [attributes.get(name) or "" for name in _LATE]
    late = next((each.strip() for each in candidates if each.strip() and not each.startswith("data:")), "")
    is_late = any(each.strip() and not each.startswith("data:") for each in candidates[:_SURELY_LATE])
    if is_late or not source or source.startswith("data:") or (late and is_unseen({}, source)):
        source = late or _largest(attributes.get("srcset") or attributes.get("data-srcset") or "")
    if not source and node.parent is not None and node.parent.tag == "picture":
        sources = (each.attributes.get("srcset") or "" for each in node.parent.css("source"))
        source = next((largest for each in sources if (largest := _largest(each))), "")
    address = _absolute(source, cleaning, relative=True)
    return address if len(address) <= LONGEST_ADDRESS else ""


def _largest(srcset: str) -> str:
    """The address of the largest picture of a set: https://html.spec.whatwg.org/multipage/images.html#srcset-attribute"""
    best, widest = "", -1.0
    for match in re.finditer(r"\s*([^\s,]\S*[^\s,])(?:\s+([\d.]{1,10})[wx])?\s*(?:,|$)", srcset[:20_000]):
        try:
            size = float(match[2] or 1)
        except ValueError:
            continue
        if size > widest and not match[1].startswith("data:"):
            best, widest = match[1], size
    return best


def _address(node: Node, cleaning: _Cleaning) -> str:
    """The web address at which what a node showed could be seen."""
    if node.tag in _AMP:
        name, form = _AMP[node.tag]
        value = (node.attributes.get(name) or "").strip()
        return _page(_absolute(form.format(value), cleaning)) if value else ""
    sources = [node.attributes.get(name) or "" for name in _SOURCES]
    if node.tag in ("object", "applet", "video", "audio", "amp-video", "amp-audio"):
        sources += [
            each.attributes.get("value") or each.attributes.get("src") or ""
            for each in node.css("param[name=movie],param[name=src],param[name=Movie],embed,source,param[name=data]")
        ]
    found = (_page(address) for each in sources if (address := _absolute(each, cleaning)))
    return next(found, "")


def _page(address: str) -> str:
    """The address of the page of what a bare player showed; else the address itself."""
    for pattern, form in _PAGES:
        if match := pattern.search(address):
            return "https:" + form.format(match[1])
    parts = urlsplit(address)
    if _provider(address) == "Facebook" and "/plugins/" in parts.path:
        shown = parse_qs(parts.query).get("href", [""])[0]
        if shown.startswith(("http://", "https://")):
            return shown
    return address


def _permalink(node: Node, cleaning: _Cleaning) -> str:
    for name in ("data-instgrm-permalink", "data-href", "cite", "href", "data-id"):
        value = node.attributes.get(name) or ""
        if name == "data-id" and "imgur" in (node.attributes.get("class") or ""):
            value = f"https://imgur.com/{value}"
        if address := _absolute(value, cleaning):
            return address
    # The last link of a tweet is its date, which leads to it.
    links = [_absolute(each.attributes.get("href") or "", cleaning) for each in node.css("a[href]")]
    posts = [each for each in links if re.search(r"/(?:status(?:es)?|p|posts|comments)/", each)]
    return (posts or links or [""])[-1]


def _story(address: str) -> str:
    """The page of what a script showed: mostly its own address without the ending."""
    if re.search(r"//(?:[\w-]+\.)*(?:5min\.com|vidible\.tv)/", address):
        return address
    return re.sub(r"\.js(?:\?.*)?$", "", address)


def _absolute(written: str, cleaning: _Cleaning, relative: bool = False) -> str:
    """A web address as it was meant, or an empty text for what is none."""
    written = re.sub(r"[\x00-\x20]+", "", written)
    if written.startswith("//"):
        written = "https:" + written
    if not re.match(r"https?://", written, re.IGNORECASE):
        if re.match(r"[a-z][a-z0-9+.-]*:", written, re.IGNORECASE) or not written or not cleaning.base:
            # Where its page is not known, a picture may still be found by what is left of its address.
            is_path = relative and not re.match(r"[a-z][a-z0-9+.-]*:", written, re.IGNORECASE)
            return written if is_path else ""
        try:
            written = urljoin(cleaning.base, written)
        except ValueError:
            return ""
    try:
        host = urlsplit(written).hostname
    except ValueError:
        return ""
    return written if host else ""


def _provider(address: str) -> str:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    if re.match(r"(?:www\.)?google\.[a-z.]{2,6}$", host) and "/maps" in address:
        return "Google Maps"
    for end, name in _PROVIDERS:
        if host == end or host.endswith("." + end):
            return name
    return host.removeprefix("www.")


def _is_known(address: str, cleaning: _Cleaning) -> bool:
    return bool(address) and _bare(address) in cleaning.shown


def _bare(address: str) -> str:
    """An address as it compares with another of the same thing."""
    bare = re.sub(r"^(?:https?:)?//(?:www\.)?", "", _story(address))
    if _provider(f"//{bare}") in _TOLD_BY_PATH:
        bare = bare.partition("?")[0]
    return bare.removesuffix("/").removesuffix("/embed").lower()


def _is_widget(address: str) -> bool:
    """Whether it is a button that shares or likes, or an advertisement; neither is part of a text."""
    return bool(
        re.search(
            r"//(?:[\w.-]*\.)?(?:facebook\.com/(?:v[\d.]+/)?(?:plugins/(?:like|share|follow|fan|page)|widgets/like)|"
            r"platform\.twitter\.com/widgets/(?:tweet_button|follow)|(?:apis|plusone)\.google\.com|doubleclick\.net|"
            r"googlesyndication\.com|googletagmanager\.com|adservice\.|amazon-adsystem\.com|rcm[\w-]*\.amazon\.)",
            address,
        )
    )


def _fallback(node: Node) -> str:
    """What a film said to browsers that could not show it."""
    for piece in node.css("script,style,param"):
        piece.decompose()
    text = _text(node)
    if node.tag in ("iframe", "script") or len(text) > 1000:
        return ""
    return "" if re.search(r"flash|browser|navigateur|html5|javascript|plugin", text, re.IGNORECASE) else text


def _says_something(title: str, provider: str) -> bool:
    return not re.fullmatch(
        rf"(?:{re.escape(provider)}|youtube|vimeo|dailymotion|facebook|twitter)?\s*"
        r"(?:embedded|embed|content|video|player|post|tweet|lecteur|vidéo|video player|widget|frame|iframe)*",
        title.strip(),
        re.IGNORECASE,
    )


def _link(address: str, text: str = "") -> str:
    return f'<p><a href="{escape(address)}">{escape(text or address)}</a></p>' if address else ""


def _text(node: Node) -> str:
    return " ".join(_MARK.sub(" ", words_of(node)).split())


def _marks_in(node: Node) -> str:
    """The places of the cards that stand in it."""
    return "".join(match[0] for match in _MARK.finditer(node.text()))


def _stands(node: Node, body: Node) -> bool:
    """Whether a node that was found is still in the text, and not in something that was taken out."""
    above: Node | None = node
    while above is not None:
        if above.mem_id == body.mem_id:
            return True
        above = above.parent
    return False


def _is_empty(node: Node, cleaning: _Cleaning, but: Node | None = None) -> bool:
    """Whether nothing is left in a node that a reader would see, except one."""
    waiting = [node.first_child]
    while waiting:
        cleaning.steps += 1
        if cleaning.is_tired:
            return False
        each = waiting.pop()
        if each is None:
            continue
        if but is not None and each.mem_id == but.mem_id:
            waiting.append(each.next)
            continue
        if each.tag in _SEEN or (each.is_text_node and (each.text_content or "").strip()):
            return False
        waiting += (each.next, each.first_child)
    return True


def _remove(node: Node, cleaning: _Cleaning) -> None:
    """Take a node out, and every box that held it alone."""
    if cleaning.is_tired:
        node.decompose()
        return
    while True:
        tag, above = node.tag, node.parent
        before, after = _beside(node, "prev", cleaning), _beside(node, "next", cleaning)
        node.decompose()
        is_alone = above is not None and above.tag in _BOXES and _is_empty(above, cleaning)
        if above is None or not is_alone or above.css_first(_CAPTIONS) is not None:
            break
        node = above
    if before is not None and after is not None and tag not in _PHRASES:
        # It parted two texts, and what is empty still does.
        box = parse_body("<div></div>") if _is_in_line(before) and _is_in_line(after) else None
        if box is not None and box.first_child is not None:
            before.insert_after(box.first_child)


def _beside(node: Node, step: Literal["prev", "next"], cleaning: _Cleaning) -> Node | None:
    """What stands before or behind a node, over blanks."""
    found: Node | None = getattr(node, step)
    while found is not None and found.is_text_node and not (found.text_content or "").strip():
        cleaning.steps += 1
        found = getattr(found, step)
    return found


def _is_in_line(node: Node) -> bool:
    return node.tag in _PHRASES or (node.is_text_node and bool((node.text_content or "").strip()))
