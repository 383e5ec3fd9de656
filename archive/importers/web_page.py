"""One article, read from the page that showed it: what the page tells of itself first, then what its text shows.

JSON-LD, meta elements and microdata (https://schema.org/Article, https://ogp.me, https://html.spec.whatwg.org) tell
headline, authors, dates, section, tags and picture; no date is taken from anywhere else. The text is what the page
marks as its article's body, else what `trafilatura` finds; closure notices are told by notices.py and kept apart.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from html import escape, unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from archive.addresses import AddressError, normalise
from archive.markup import Document, Node, parse, parse_body, words_of
from archive.players import put_frames

from .base import (
    FoundNotice,
    ImportedArticle,
    ImportedByline,
    ImportedImage,
    ImportedTerm,
    Precision,
    Problem,
    ReadOptions,
    Refusal,
)
from .notices import LONGEST as LONGEST_NOTICE
from .notices import find_notice
from .text import byte_order, mend
from .told_dates import read_date
from .wires import is_page_sign_off, take_page_dateline

# A page of this size holds more than an article.
LARGEST = 8_000_000
# So are a page of so many elements, a text of so many characters, and one with so many pictures, frames and the like.
MOST_ELEMENTS = 50_000
LARGEST_TEXT = 2_000_000
MOST_KEPT_WHOLE = 5_000
LONGEST_HEADLINE = 500
LONGEST_JSON = 2_000_000
# Fewer characters than this are a caption or a message, and no article.
SHORTEST = 140
# A text that is shorter may be a part of what was looked for.
SHORTEST_EXTRACTED = 250
# What a page that does not say that it is an article needs to be taken for one.
SHORTEST_UNTOLD = 500

# What parts a headline from the name of its site; and so many of a page's large and bold words are looked at.
_PARTS_OF_TITLE = re.compile(r"\s+[|»«–—:-]+\s+|\s*:\s+|\s*\|\s*")
_MOST_SHOWN = 300
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.-]{2,40})", re.IGNORECASE)
_DECLARED_XML = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z][\w.-]{0,40})")
# Without any of these a page says nothing of itself; in UTF-16 anything may stand.
_MAY_SAY = re.compile(rb"<meta|itemtype|ld\+json|\x00", re.IGNORECASE)
# What browsers and SingleFile write above a page that is saved with them.
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(https?://[^\s]{1,2000}?)\s*-->", re.IGNORECASE)
_SINGLE_FILE = re.compile(
    r"<!--\s*Page saved with SingleFile\s+url:\s*(https?://\S{1,2000})(?:\s+saved date:\s*([^\n]{10,60}))?"
)
_SINGLE_FILE_DATE = re.compile(r"\w{3} (\w{3}) (\d\d) (\d{4}) (\d\d:\d\d:\d\d) GMT([+-]\d{4})")

_ARTICLE_TYPES = frozenset(
    {
        *("Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle", "Report"),
        *("BackgroundNewsArticle", "ReviewNewsArticle", "AskPublicNewsArticle", "BlogPosting", "LiveBlogPosting"),
        *("SatiricalArticle", "AdvertiserContentArticle", "TechArticle", "ScholarlyArticle", "MedicalWebPage"),
    }
)
_LISTS = frozenset({"website", "blog", "profile", "object", "product", "video", "video.other", "music", "book"})

_WORD_BEFORE, _WORD_AFTER = r"(?:^|[\s_-])", r"(?:$|[\s_-])"
# What in a class or id says that something is no part of the text.
_JUNK = re.compile(
    _WORD_BEFORE
    + r"(?:comments?|commentlist|comment-?(?:list|form|area|section)|respond|disqus(?:_thread)?|commentaires?|"
    r"shar(?:e|ing)(?:-?(?:bar|buttons?|links?|tools?|this|daddy))?|sharedaddy|sharethis|addthis\w*|addtoany\w*|partages?|partager|"
    r"social(?:-?(?:bar|links?|media|share|sharing|buttons?|icons?))?|"
    r"related(?:-?(?:posts?|articles?|links?|content|stories|items))?|jp-relatedposts|relatedposts|recirc\w*|"
    r"rich-?link|read-?(?:more|next|also)|lire-?aussi|a-lire-aussi|voir-?aussi|see-?also|you-?may-?(?:also-?)?like|"
    r"recommend(?:ed|ations?)|suggestions?|more-?(?:on|from|stories)|most-?(?:read|popular|viewed|commented)|trending|"
    r"newsletter(?:-?\w+)?|infolettre|subscri(?:be|ption)|abonne(?:r|ment)|paywall|"
    r"ads?|adslot|adsense|advert(?:isement|s)?|ad-?(?:slot|container|unit|wrapper)|publicite|pub|outbrain|taboola|"
    r"sponsored|promo(?:-?\w+)?|cookie(?:-?\w+)?|gdpr|consent|modal|popup|"
    r"breadcrumbs?|pagination|pager|post-?nav(?:igation)?|nav-?links|navigation|menu|"
    r"tag-?(?:list|links|cloud)|post-?tags|entry-?(?:meta|footer|utility)|post-?meta|byline|author-?(?:bio|box|info)|about-?author|"
    r"submeta|article-?(?:tools|share|meta|footer)|tools|screen-reader-\w+|sr-only|visually-?hidden|u-h|skip-?link|print-?only|"
    r"site-?(?:header|footer|nav)|page-?footer|global-?(?:header|footer)|masthead|colophon|sidebar|widget(?:-?area)?)"
    + _WORD_AFTER,
    re.IGNORECASE,
)
# Comments may be longer than the text.
_COMMENTS = re.compile(
    r"(?:^|\s)(?:comments?|commentlist|commentaires?|comments?[-_]?(?:area|list|section|wrapper|container|block|thread)|"
    r"respond|disqus_thread)(?:$|\s)",
    re.IGNORECASE,
)
_JUNK_HOLDERS = "div,section,aside,ul,ol,dl,nav,footer,form,p,span,h2,h3,h4,h5,h6,figure,table,iframe,a,small,header"
_NO_TEXT = (
    "script,style,template,nav,form,button,select,textarea,input,dialog,link,meta,[role=navigation],[role=search],"
    "[role=complementary],[role=contentinfo],[itemprop=comment],[itemtype*=UserComments],[hidden],[aria-hidden=true]:not(img)"
)
_KEPT_WHOLE = (
    "blockquote[class*=twitter],blockquote[class*=instagram],blockquote[class*=tiktok],blockquote[class*=reddit],"
    "blockquote[class*=bluesky],div[class*=fb-post],div[class*=fb-video],div[class*=storify],div.wp-caption,figure,"
    "iframe,object,embed,video,audio,amp-youtube,amp-twitter,amp-instagram,amp-iframe,picture,img,amp-img,"
    "twitter-widget,twitterwidget"
)
_MARKED = "[itemprop~=articleBody]"
_BLOCKS = frozenset({*("p", "h1", "h2", "h3", "h4", "h5", "h6", "div", "span", "time", "strong", "header", "a")})
_TOKEN = re.compile(r"<p>\s*xqz(\d+)zqx\s*</p>|xqz(\d+)zqx")
_BLANKS = re.compile(r"\s+")
_NO_NAME = re.compile(
    r"https?://|^@|^(?:admin|administrator|webmaster|staff|editor|none|null|unknown|by|author)$", re.IGNORECASE
)
_BY = re.compile(r"^(?:by|par|por|von|texte?\s*:|text\s*:)\s+", re.IGNORECASE)
_AND = re.compile(r"\s*(?:;|\||\s+(?:and|et|&)\s+)\s*")
_RIGHTS = re.compile(r"(?:©|copyright\b|tous droits réservés|all rights reserved)", re.IGNORECASE)
_LOGO = re.compile(
    r"logo|default|placeholder|fallback|favicon|sprite|avatar|gravatar|opengraph-image|social-?share", re.IGNORECASE
)


class NoArticle(Refusal):
    """A page that is no article: a front page, a section, a search, a message."""


@dataclass(slots=True)
class _Told:
    """What a page tells of itself."""

    headline: str = ""
    summary: str = ""
    names: list[str] = field(default_factory=list)
    published: str = ""
    modified: str = ""
    section: str = ""
    tags: list[str] = field(default_factory=list)
    language: str = ""
    text: str = ""
    addresses: list[str] = field(default_factory=list)
    images: list[ImportedImage] = field(default_factory=list)
    robots: str = ""
    provider: str = ""
    # Whether it says that it is an article, and whether it says that it is something else.
    is_article: bool = False
    is_list: bool = False
    free: bool = True


def read_page(
    data: bytes,
    options: ReadOptions,
    *,
    address: str = "",
    captured_at: datetime | None = None,
    declared: str = "",
    must_say: bool = False,
    record: bytes = b"",
    place: str = "",
) -> ImportedArticle:
    """The article on a page. Raises NoArticle where there is none, and Refusal where the page can't be read.

    `address` and `captured_at` are where and when it was met, `declared` the encoding that its server told. With
    `must_say` a page is an article only where it says so, or shows it clearly.
    """
    if len(data) > LARGEST:
        raise Refusal(
            f"The page is over {LARGEST // 1_000_000} MB, too large for an article.", "Leave it out, or cut it.", place
        )
    if must_say and len(data) < SHORTEST_UNTOLD and not _MAY_SAY.search(data):
        # A crawl holds very many of them, and to parse one takes long.
        raise NoArticle("Nothing shows that the page is an article.", "Leave it out.", place)
    html, problems = _decode(data, options.encoding, declared, place)
    saved_from, saved_at = _saved_from(html)
    address, captured_at = address or saved_from, captured_at or saved_at
    page = parse(html)
    if page.body is None:
        raise NoArticle("The page has no body.", "Leave it out, or fetch it again.", place)
    if (number := len(page.css("*"))) > MOST_ELEMENTS:
        raise Refusal(
            f"The page has {number} elements, too many for an article (at most {MOST_ELEMENTS}).",
            "Cut what is not the article's, as readers' comments.",
            place,
        )
    told = _tell(page, address)
    if must_say:
        _see_that_it_is_article(told, address, place)
    notices = _take_notices(page.body)
    headline = told.headline or _headline(page)
    marked, kept = _prune(page, place)
    if (length := len(page.body.text(deep=True))) > LARGEST_TEXT:
        raise Refusal(
            f"The page's text has {length} characters, too many for an article (at most {LARGEST_TEXT}).",
            "Cut what is not the article's, as readers' comments.",
            place,
        )
    body = _text_of(page, marked, kept, told)
    if not headline:
        raise NoArticle("The page has no headline.", "Leave it out, or write one in its <title>.", place)
    if len(headline) > LONGEST_HEADLINE:
        raise Refusal(
            f"The headline has {len(headline)} characters, too many (at most {LONGEST_HEADLINE}).", "Shorten it.", place
        )
    body, dateline, sign_off = _trimmed(body, headline, told)
    length = len(_plain(body))
    if length < (SHORTEST_UNTOLD if must_say and not told.is_article else 1 if told.is_article else SHORTEST):
        raise NoArticle("No article's text was found on the page.", "If there is one, save it as plain text.", place)
    summary = "" if _begins(_plain(body), told.summary) else told.summary
    published, precision = _date(told.published, "published", problems, place)
    modified, _ = _date(told.modified, "changed", problems, place)
    if not told.free:
        problems.append(
            Problem(place, "The page says that it was for subscribers: its text may be cut short.", "Look at it.")
        )
    original_url, others = _addresses(told.addresses, address)
    return ImportedArticle(
        original_id=_id(original_url, headline, body),
        headline=headline,
        body=body,
        summary=summary,
        language=told.language,
        published=published,
        published_precision=precision,
        modified=modified if isinstance(modified, datetime) else None,
        dateline=dateline,
        sign_off=sign_off,
        bylines=tuple(ImportedByline(name) for name in told.names),
        section=(ImportedTerm(told.section),) if told.section else (),
        tags=tuple(ImportedTerm(tag) for tag in told.tags),
        images=_lead_images(told, body, original_url or address),
        original_url=original_url,
        old_addresses=others,
        indexable="noindex" not in told.robots,
        provider=told.provider,
        place=place,
        record=record or data,
        captured_from=address,
        captured_at=captured_at,
        notices=notices,
        problems=tuple(problems),
    )


# --- From bytes to a page


def _decode(data: bytes, named: str, declared: str, place: str) -> tuple[str, list[Problem]]:
    """A page's text: https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding"""
    if mark := byte_order(data):
        try:
            return data.decode(mark).removeprefix("\ufeff").replace("\x00", ""), []
        except UnicodeDecodeError:
            raise Refusal(f"The page is not in {mark.upper()}, as it begins.", "Fetch it again.", place) from None
    head = data[:4096]
    match = _DECLARED.search(head) or _DECLARED_XML.search(head)
    encoding = named or declared or (match[1].decode("ascii", "replace") if match else "")
    # Declared within a page, these can't be true: the declaration was read.
    if encoding.lower().startswith(("utf-16", "utf-32")) and not named:
        encoding = "utf-8"
    # A parser drops NULs from a page's text; so that a page is not refused for one, so do we.
    return mend(data.replace(b"\x00", b""), encoding, place)


def _saved_from(html: str) -> tuple[str, datetime | None]:
    head = html[:6000]
    if match := _SINGLE_FILE.search(head):
        moment = None
        if match[2] and (written := _SINGLE_FILE_DATE.match(match[2])):
            try:
                moment = datetime.strptime(" ".join(written.groups()), "%b %d %Y %H:%M:%S %z")
            except ValueError:
                moment = None
        return match[1], moment
    match = _SAVED_FROM.search(head)
    return (unescape(match[1]), None) if match else ("", None)


# --- What it tells of itself


def _tell(page: Document, address: str) -> _Told:
    told = _Told()
    meta = _meta(page)
    _tell_json(page, told, meta, address)
    _tell_microdata(page, told)
    kind = next(iter(meta.get("og:type", ())), "").lower()
    told.is_article = (
        told.is_article
        or kind in ("article", "news", "news.article")
        or bool(meta.get("article:published_time") and kind not in _LISTS)
    )
    told.is_list = not told.is_article and kind in _LISTS

    def first(*names: str) -> str:
        return next((value for name in names for value in meta.get(name, ()) if value), "")

    told.headline = _headline_of(
        told.headline or first("og:title", "twitter:title", "dc.title", "parsely-title"), page, first("og:site_name")
    )
    told.summary = told.summary or first("og:description", "description", "twitter:description", "dc.description")
    if not told.names:
        names = first(
            "byl", "author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator"
        )
        every = meta.get("author", []) + meta.get("article:author", [])
        _add_names(told, every if len(every) > 1 else [names])
    told.published = told.published or first(
        *("article:published_time", "article:published", "og:article:published_time", "datepublished"),
        *(
            "parsely-pub-date",
            "sailthru.date",
            "dc.date.issued",
            "dcterms.issued",
            "dc.date.created",
            "dcterms.created",
        ),
        *("dc.date", "date", "pubdate", "publishdate", "publish-date", "publication_date", "article.published"),
        "cxenseparse:recs:publishtime",
    )
    told.modified = told.modified or first(
        *("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "dc.date.modified"),
        "last-modified",
    )
    told.section = told.section or first("article:section", "parsely-section", "og:article:section", "section")
    if not told.tags:
        every = (
            meta.get("article:tag", [])
            or meta.get("parsely-tags", [])
            or meta.get("news_keywords", [])
            or meta.get("keywords", [])
        )
        _add_tags(told, every)
    root = page.root
    shown = (root.attributes.get("lang") or root.attributes.get("xml:lang") or "") if root is not None else ""
    told.language = told.language or shown or first("og:locale", "content-language", "dc.language", "language")
    told.language = told.language.split(",")[0].strip().replace("_", "-")[:20]
    told.robots = " ".join(meta.get("robots", ())).lower()
    links = {
        name: [each.attributes.get("href") or "" for each in page.css(f"link[rel~={name}]")]
        for name in ("canonical", "shortlink", "amphtml")
    }
    told.addresses = [
        *links["canonical"],
        *told.addresses,
        *meta.get("og:url", []),
        *links["shortlink"],
        *links["amphtml"],
    ]
    if not told.images and (
        picture := first("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src")
    ):
        told.images = [ImportedImage(original_address=picture, alt=first("og:image:alt", "twitter:image:alt"))]
    return told


def _meta(page: Document) -> dict[str, list[str]]:
    meta: dict[str, list[str]] = {}
    for each in page.css("meta[content]"):
        attributes = each.attributes
        name = (
            attributes.get("property")
            or attributes.get("name")
            or attributes.get("itemprop")
            or attributes.get("http-equiv")
        )
        value = _words(attributes.get("content") or "")
        if name and value:
            meta.setdefault(name.strip().lower(), []).append(value)
    return meta


def _tell_json(page: Document, told: _Told, meta: dict[str, list[str]], address: str) -> None:
    things: list[dict[str, Any]] = []
    room = LONGEST_JSON
    for each in page.css('script[type*="ld+json"]'):
        # As objects it takes fifty times as much.
        script = each.text()
        if len(script) > room:
            continue
        room -= len(script)
        things += [thing for thing in _things(script) if thing.get("@type") or thing.get("@id")]
    found = [thing for thing in things if _types(thing) & _ARTICLE_TYPES]
    if len({_string(thing.get("headline") or thing.get("name")) for thing in found}) > 1:
        # A list of articles tells each of them; the page is about the one that has its address.
        own = {_bare(each) for each in (address, *meta.get("og:url", ())) if each}
        own |= {_bare(each.attributes.get("href") or "") for each in page.css("link[rel~=canonical]")}
        found = [thing for thing in found if own & {_bare(each) for each in _urls(thing)}]
    if not found:
        return
    thing = max(found, key=len)
    told.is_article = True
    told.headline = _string(thing.get("headline") or thing.get("name"))
    told.summary = _string(thing.get("description"))
    people = {_string(each.get("@id")): each for each in things if each.get("@id")}
    publisher = _string((_dicts(thing.get("publisher"), people) or [{}])[0].get("name"))
    for author in _dicts(thing.get("author") or thing.get("creator"), people):
        name = _string(author.get("name"))
        if "Organization" in " ".join(_types(author)) and name == publisher:
            continue
        _add_names(told, [name])
    for name in _list(thing.get("author") or thing.get("creator")):
        if isinstance(name, str):
            _add_names(told, [_string(name)])
    told.published = _string(thing.get("datePublished"))
    told.modified = _string(thing.get("dateModified"))
    sections = [_string(each) for each in _list(thing.get("articleSection"))]
    told.section = next((each for each in sections if each), "")
    keywords = [_string(each) for each in _list(thing.get("keywords"))]
    _add_tags(told, [each.removeprefix("Tag:") for each in keywords if each and not re.match(r"(?!Tag:)\w+:\w", each)])
    told.language = _string(thing.get("inLanguage"))
    text = thing.get("articleBody")
    told.text = unescape(text) if isinstance(text, str) else ""
    told.addresses += _urls(thing)
    told.free = str(thing.get("isAccessibleForFree", True)).lower() != "false"
    for image in _list(thing.get("image")):
        if isinstance(image, dict):
            image = people.get(_string(image.get("@id")), image)
            url = _string(image.get("url") or image.get("contentUrl"))
            credit = _string(image.get("creditText")) or _string(image.get("copyrightNotice"))
            told.images.append(ImportedImage(url, caption=_string(image.get("caption")), credit=credit))
        elif isinstance(image, str):
            told.images.append(ImportedImage(image.strip()))
    # The same picture stands there in several cuts.
    told.images = [each for each in told.images if each.original_address][:1]


def _things(text: str) -> Iterator[dict[str, Any]]:
    """Every object in a piece of JSON-LD, and in its graph."""
    text = re.sub(
        r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/)\s*$|;\s*$",
        "",
        text,
    )
    if len(text) > LONGEST_JSON:
        return
    try:
        waiting = [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        return
    number = 0
    while waiting and number < 2000:
        each = waiting.pop(0)
        number += 1
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            yield each
            waiting += [
                each[name]
                for name in ("@graph", "mainEntity", "mainEntityOfPage")
                if isinstance(each.get(name), (dict, list))
            ]


def _tell_microdata(page: Document, told: _Told) -> None:
    scopes = [
        each
        for each in page.css("[itemscope][itemtype]")
        if (each.attributes.get("itemtype") or "").rstrip("/").rpartition("/")[2] in _ARTICLE_TYPES
    ]
    if len(scopes) != 1:
        return
    (scope,) = scopes
    told.is_article = True

    def own(name: str) -> Iterator[Node]:
        # A comment within the article has properties of its own.
        for each in scope.css(f"[itemprop~={name}]"):
            outer = each.parent
            while outer is not None and outer.mem_id != scope.mem_id and "itemscope" not in outer.attributes:
                outer = outer.parent
            if outer is not None and outer.mem_id == scope.mem_id:
                yield each

    def value(name: str) -> str:
        for each in own(name):
            found = each.attributes.get("content") or each.attributes.get("datetime") or words_of(each)
            if found.strip():
                return found.strip()
        return ""

    told.headline = told.headline or value("headline") or value("name")
    told.published = told.published or _dated(value("datePublished")) or _dated(value("dateCreated"))
    told.modified = told.modified or _dated(value("dateModified"))
    if not told.names:
        for author in (*own("author"), *own("creator")):
            named = author.css_first("[itemprop~=name]") or author
            _add_names(told, [named.attributes.get("content") or words_of(named)])


def _dated(text: str) -> str:
    """The text if it is a date as machines write it: what is written for people is not guessed at."""
    return text if read_date(text) else ""


def _see_that_it_is_article(told: _Told, address: str, place: str) -> None:
    try:
        path = urlsplit(address).path.lower()
    except ValueError:
        raise NoArticle("Its address is no web address.", "Leave it out.", place) from None
    if path.strip("/") in ("", "index.html", "index.php", "index.htm", "home", "fr", "en"):
        raise NoArticle("It is a front page.", "Leave it out.", place)
    if told.is_list:
        raise NoArticle("The page says that it is no article.", "Leave it out.", place)
    if told.is_article:
        return
    if re.search(
        r"/(?:tags?|topics?|categor\w+|sections?|authors?|auteurs?|search|recherche|page|login|feed)(?:/|$)", path
    ):
        raise NoArticle("It is a list or a tool, by its address.", "Leave it out.", place)
    if not re.search(r"\d{4}|\w+[-_]\w+[-_]\w+|\d{3}", path):
        raise NoArticle("Nothing shows that the page is an article.", "Leave it out.", place)


# --- Closure notices


def _take_notices(body: Node) -> tuple[FoundNotice, ...]:
    """The closure notices on a page, taken out of it. What stands above the headline is a banner."""
    if "archive" not in body.text(deep=True).lower():
        return ()
    nodes = body.css("*")
    order = {node.mem_id: number for number, node in enumerate(nodes)}
    heading = body.css_first("h1") or body.css_first(_MARKED) or body.css_first("article")
    middle = order.get(heading.mem_id, len(nodes)) if heading is not None else len(nodes)
    found: list[tuple[int, FoundNotice, Node]] = []
    above: set[int] = set()
    # Innermost first: what holds a notice holds more than the notice.
    for node in reversed(nodes):
        if node.mem_id in above or node.tag in ("script", "style", "noscript", "blockquote", "q"):
            continue
        text = _text(node)
        if len(text) > LONGEST_NOTICE:
            # What holds it is longer still, and looked at no more: in a deep page each would be read again and again.
            outer = node.parent
            while outer is not None and outer.mem_id not in above:
                above.add(outer.mem_id)
                outer = outer.parent
        if not 20 < len(text) <= LONGEST_NOTICE:
            continue
        notice = find_notice(text, "banner")
        if notice is None:
            continue
        while (outer := node.parent) is not None:
            above.add(outer.mem_id)
            if node.tag not in ("span", "a", "strong", "em", "b", "i", "small") or len(_text(outer)) > LONGEST_NOTICE:
                break
            node = outer
        while (outer := outer.parent if outer is not None else None) is not None:
            above.add(outer.mem_id)
        is_banner = order[node.mem_id] < middle
        notice = find_notice(words_of(node), "banner" if is_banner else "footer") or notice
        if not is_banner and _stands_in_text(node):
            continue
        found.append((order[node.mem_id], notice, node))
    for _place, _notice, node in found:
        node.decompose()
    unique: dict[tuple[str, str], FoundNotice] = {}
    for _place, notice, _node in sorted(found, key=lambda each: each[0]):
        unique.setdefault((notice.placement, notice.text), notice)
    return tuple(unique.values())


def _stands_in_text(node: Node) -> bool:
    """Whether a sentence stands between paragraphs of an article, where it is quoted and no notice."""
    if node.tag != "p" or node.parent is None:
        return False
    siblings = [
        each for each in node.parent.css("p") if each.parent is not None and each.parent.mem_id == node.parent.mem_id
    ]
    places = [number for number, each in enumerate(siblings) if each.mem_id == node.mem_id]
    return bool(places) and 0 < places[0] < len(siblings) - 1


# --- The text


def _headline(page: Document) -> str:
    for selector in ("article h1", "main h1", "h1"):
        if (found := page.css(selector)) and len(found) == 1 and words_of(found[0]):
            return words_of(found[0])
    title = _text(page.css_first("title"))
    return _shown_part(title, page) or _without_site(title, "")


def _shown_part(title: str, page: Document) -> str:
    """The part of a title that the page shows by itself, where the site's name stands in it too; else ""."""
    parts = {part.casefold(): part for part in _PARTS_OF_TITLE.split(title) if len(part) <= LONGEST_HEADLINE}
    if len(parts) < 2:
        return ""
    # Before there were headlines for browsers to know, they were large or bold.
    shown = {words_of(each).casefold() for each in page.css("h2,h3,h4,b,strong,font,big")[:_MOST_SHOWN]}
    return max((part for key, part in parts.items() if key in shown), key=len, default="")


def _headline_of(told: str, page: Document, site: str) -> str:
    """The headline as the page tells it, and as it shows it where the one told is cut short or has the site's name."""
    told = _without_site(told, site)
    shown = [text for each in page.css("h1") if (text := words_of(each))]
    start = told.rstrip("….").strip().casefold()
    if told.endswith(("…", "...")) and start:
        return next(
            (each for each in shown if each.casefold().startswith(start) and len(each) <= LONGEST_HEADLINE), told
        )
    return next(
        (each for each in shown if told and told.startswith(each) and re.match(r"\s+[|–—-]\s", told[len(each) :])), told
    )


def _without_site(title: str, site: str) -> str:
    if site:
        title = re.sub(rf"\s+[|–—:»-]+\s+{re.escape(site)}\s*$", "", title)
    return re.split(r"\s+[|»]\s+", title)[0].strip() or title


def _prune(page: Document, place: str) -> tuple[Node | None, list[str]]:
    """Take out of a page what is no text. Gives the body that it marks, and what tokens in the page stand for."""
    body = page.body
    if body is None:
        return None, []
    for node in body.css("noscript"):
        node.unwrap()
    for node in body.css("h1 br,h2 br,h3 br"):
        # The extraction would make two of one heading.
        node.replace_with(" ")
    put_frames(body)
    marked = _marked(body)
    for node in body.css(_NO_TEXT):
        if not _holds(node, marked):
            node.decompose()
    length = max(_length(marked or body), 1)
    for node in body.css(_JUNK_HOLDERS):
        attributes = node.attributes
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        # What a tweet is called once a browser has shown it.
        names = names.replace("twitter-widget-", "")
        is_junk = bool(_JUNK.search(names)) or (node.tag in ("aside", "footer") and _is_mostly_links(node))
        if not is_junk or _holds(node, marked) or not _is_in(node, body) or node.css_first("h1,article") is not None:
            continue
        # A page may say in a class of the text's own box that there is a menu beside it.
        if len(_text(node)) * 3 < length or _COMMENTS.search(names):
            node.decompose()
    _unfold_tables(body)
    kept: list[str] = []
    whole = body.css(_KEPT_WHOLE)
    if len(whole) > MOST_KEPT_WHOLE:
        raise Refusal(
            f"The page has {len(whole)} pictures, frames and the like, too many for an article "
            f"(at most {MOST_KEPT_WHOLE}).",
            "Cut what is not the article's.",
            place,
        )
    for node in whole:
        if not _is_in(node, body) or node.css_first("p + p + p, h2") is not None:
            continue
        kept.append(node.html or "")
        token = f"xqz{len(kept) - 1}zqx"
        is_inline = node.parent is not None and node.parent.tag in (
            "p",
            "span",
            "a",
            "em",
            "strong",
            "li",
            "td",
            "b",
            "i",
        )
        fresh = parse_body(f"<p>{token}</p>")
        block = None if is_inline or fresh is None else fresh.first_child
        node.replace_with(f" {token} " if block is None else block)
    return marked, kept


def _unfold_tables(body: Node) -> None:
    """Boxes in the place of tables that held the page together, as pages were made before there were style sheets."""
    length = max(_length(body), 1)
    for table in reversed(body.css("table")):
        holds_page = table.css_first("h1") is not None or table.css_first("td table") is not None
        if not holds_page and (table.css_first("p") is None or len(_text(table)) * 2 < length):
            continue
        cells = [each.inner_html or "" for each in table.css("td,th") if _table_of(each) == table.mem_id]
        fresh = parse_body("<div>" + "".join(f"<div>{cell}</div>" for cell in cells) + "</div>")
        if fresh is not None and fresh.first_child is not None:
            table.replace_with(fresh.first_child)


def _table_of(cell: Node) -> int:
    above = cell.parent
    while above is not None and above.tag != "table":
        above = above.parent
    return above.mem_id if above is not None else 0


def _marked(body: Node) -> Node | None:
    found = body.css(_MARKED)
    best = max(found, key=lambda each: len(_text(each)), default=None)
    return best if best is not None and best.tag != "meta" and len(_text(best)) >= SHORTEST else None


def _text_of(page: Document, marked: Node | None, kept: list[str], told: _Told) -> str:
    body = _extracted(page, told.is_article) if marked is None else marked.inner_html or ""
    if told.text and len(_plain(body)) * 2 < len(_plain(told.text)):
        lines = told.text.splitlines() if "\n" in told.text.strip() else [told.text]
        body = "\n".join(f"<p>{escape(line.strip(), quote=False)}</p>" for line in lines if line.strip())
    return _TOKEN.sub(lambda match: _kept(kept, int(match[1] or match[2])), body).strip()


def _extracted(page: Document, is_article: bool) -> str:
    """The text that is told from what stands about it, as HTML."""
    found = _extract(page, is_article, shortest=1)
    if len(_plain(found)) >= SHORTEST_EXTRACTED or page.body is None or _is_mostly_links(page.body):
        return found
    # Either it is a short text, or what was found is a small part of it. Then all is taken, which has no paragraphs.
    whole = _extract(page, is_article, shortest=SHORTEST_EXTRACTED)
    return whole if len(_plain(whole)) > 2 * max(len(_plain(found)), SHORTEST_EXTRACTED) else found


def _extract(page: Document, is_article: bool, shortest: int) -> str:
    # It takes a second to load, and every file is shown to this reader.
    import trafilatura

    try:
        found = trafilatura.extract(
            page.html or "",
            output_format="html",
            include_comments=False,
            include_tables=True,
            include_links=True,
            include_formatting=True,
            favor_recall=is_article,
            config=_config(shortest),
        )
    except Exception as error:
        # One page that it can't cope with is not to end the reading of a crawl.
        raise Refusal(
            f"Its text could not be told from the page: {type(error).__name__}.", "Save the text as plain text."
        ) from None
    inner = parse(found).body if found else None
    return (inner.inner_html or "") if inner is not None else ""


@cache
def _config(shortest: int) -> Any:
    from trafilatura.settings import use_config

    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", str(shortest))
    return config


def _kept(kept: list[str], number: int) -> str:
    # A token within what was kept stands for something that was kept before it.
    inner = kept[number] if number < len(kept) else ""
    return _TOKEN.sub(
        lambda match: kept[int(match[1] or match[2])] if int(match[1] or match[2]) < number else "", inner
    )


def _trimmed(html: str, headline: str, told: _Told) -> tuple[str, str, str]:
    """The text without the page's head above it, and without its dateline and sign-off."""
    body = parse_body(html)
    if body is None:
        return html, "", ""
    dateline = sign_off = ""
    above = {_folded(each) for each in (headline, told.summary, *told.names, told.section) if each}
    for _step in range(6):
        first = _first_block(body)
        if first is None or first.css_first("img,iframe,figure,object,embed,video") is not None:
            break
        text = _folded(words_of(first))
        if text and text not in above and _BY.sub("", text) not in above:
            break
        first.decompose()
    if (first := _first_block(body)) is not None and first.tag == "p":
        dateline, rest = take_page_dateline(_text(first))
        if dateline:
            start = re.escape(escape(dateline, quote=False)).replace(
                r"\ ", r"(?:\s|&nbsp;|</?(?:b|strong|i|em|span)>)+"
            )
            shortened = re.sub(
                rf"^(\s*(?:<(?:b|strong|i|em|span)>)*){start}(\s*)", r"\1", first.inner_html or "", count=1
            )
            fresh = parse_body(f"<p>{shortened}</p>") if shortened != first.inner_html else None
            if fresh is not None and fresh.first_child is not None and _text(fresh) == rest.strip():
                first.replace_with(fresh.first_child)
            else:
                dateline = ""
    for last in reversed(body.css("p")[1:]):
        if not _RIGHTS.match(_text(last)) or len(_text(last)) > 200:
            break
        last.decompose()
    if (paragraphs := body.css("p")) and is_page_sign_off(_text(paragraphs[-1])):
        sign_off = _text(paragraphs[-1])
        paragraphs[-1].decompose()
    return (body.inner_html or "").strip(), dateline, sign_off


def _first_block(body: Node) -> Node | None:
    """The first element of a text that holds no other block, if no text stands before it."""
    node: Node | None = body
    while node is not None:
        child = node.first_child
        while child is not None and child.is_text_node and not (child.text_content or "").strip():
            child = child.next
        if child is None or child.is_text_node:
            return None if node.mem_id == body.mem_id else node
        if child.tag in ("p", "h1", "h2", "h3", "h4", "h5", "h6", "figure", "ul", "ol", "blockquote", "table"):
            return child
        if child.tag not in _BLOCKS and child.tag not in ("article", "section", "main"):
            return child if child.is_element_node else None
        node = child
    return None


def _lead_images(told: _Told, body: str, base: str) -> tuple[ImportedImage, ...]:
    """The picture that the page tells as its own, unless it stands in the text, or is the site's."""
    kept = []
    for image in told.images:
        address = _joined(base, image.original_address)
        name = urlsplit(address).path.rpartition("/")[2] if address else ""
        if not address or _LOGO.search(address) or (name and name in body):
            continue
        kept.append(ImportedImage(address, image.alt, image.caption, image.credit))
    return tuple(kept)


# --- Small things


def _addresses(told: Iterable[str], address: str) -> tuple[str, tuple[str, ...]]:
    """The address at which the article was published, and every other at which it was known."""
    every: dict[str, str] = {}
    for each in (*told, address):
        whole = _joined(address, each)
        try:
            bare = normalise(whole) if whole else ""
        except AddressError:
            continue
        # Many sites say of every page that it is the front page.
        if "/" in bare.rstrip("/") or "?" in bare:
            every.setdefault(bare, whole)
    urls = list(every.values())
    return (urls[0], tuple(urls[1:])) if urls else ("", ())


def _id(original_url: str, headline: str, body: str) -> str:
    if original_url:
        return f"page-{sha256(normalise(original_url).encode()).hexdigest()[:32]}"
    return f"page-{sha256(_folded(f'{headline} {_plain(body)}').encode()).hexdigest()[:32]}"


def _joined(base: str, address: str) -> str:
    address = address.strip()
    try:
        whole = urljoin(base, address) if address else ""
        return whole if urlsplit(whole).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _bare(address: str) -> str:
    try:
        return normalise(address)
    except AddressError:
        return ""


def _date(text: str, what: str, problems: list[Problem], place: str) -> tuple[date | None, Precision]:
    if not text:
        return None, "unknown"
    if known := read_date(text):
        return known
    problems.append(
        Problem(
            place, f"“{text[:80]}”, when it was {what}, is no date as machines write it.", "Set the date in the admin."
        )
    )
    return None, "unknown"


def _add_names(told: _Told, names: Iterable[str]) -> None:
    for written in names:
        for name in _AND.split(_BY.sub("", _words(written))):
            if 1 < len(name) <= 200 and not _NO_NAME.search(name) and name not in told.names:
                told.names.append(name)


def _add_tags(told: _Told, tags: Iterable[str]) -> None:
    every = list(tags)
    if len(every) == 1:
        every = re.split(r"[,;]", every[0])
    seen: dict[str, str] = {}
    for each in every[:100]:
        if (tag := _words(each)) and len(tag) <= 200:
            seen.setdefault(tag.casefold(), tag)
    told.tags = list(seen.values())


def _types(thing: dict[str, Any]) -> set[str]:
    return {each.rpartition("/")[2] for each in _list(thing.get("@type")) if isinstance(each, str)}


def _urls(thing: dict[str, Any]) -> list[str]:
    page = thing.get("mainEntityOfPage")
    found = [thing.get("url"), page.get("@id") if isinstance(page, dict) else page]
    return [each.strip() for each in found if isinstance(each, str) and each.strip().startswith("http")]


def _dicts(value: Any, known: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [known.get(_string(each.get("@id")), each) for each in _list(value) if isinstance(each, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _string(value: Any) -> str:
    return _words(value) if isinstance(value, str) else _words(str(value)) if isinstance(value, int) else ""


def _words(text: str) -> str:
    """A value that a page tells, without the markup and the entities that some leave in it."""
    return _BLANKS.sub(" ", re.sub(r"<[^<>]{0,500}>", "", unescape(text))).strip()


def _text(node: Node | None) -> str:
    return _BLANKS.sub(" ", node.text(deep=True)).strip() if node is not None else ""


def _length(node: Node) -> int:
    """The length of a text; of one that is too long, with its blanks, which take fifty bytes each to be told apart."""
    text = node.text(deep=True)
    return len(text) if len(text) > LARGEST_TEXT else len(_BLANKS.sub(" ", text).strip())


def _plain(html: str) -> str:
    body = parse_body(html)
    return _text(body)


def _folded(text: str) -> str:
    return _BLANKS.sub(" ", text).strip().casefold()


def _begins(text: str, summary: str) -> bool:
    """Whether a summary is but the beginning of the text, as many programs make one."""
    start = _folded(summary).rstrip(".… []")
    return bool(start) and _folded(text).startswith(start)


def _is_mostly_links(node: Node) -> bool:
    linked = sum(len(_text(each)) for each in node.css("a"))
    return linked * 2 > len(_text(node))


def _holds(node: Node, marked: Node | None) -> bool:
    """Whether the marked body stands within a node, or is it."""
    while marked is not None:
        if marked.mem_id == node.mem_id:
            return True
        marked = marked.parent
    return False


def _is_in(node: Node, body: Node) -> bool:
    above: Node | None = node
    while above is not None:
        if above.mem_id == body.mem_id:
            return True
        above = above.parent
    return False
