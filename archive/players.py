"""Players whose only trace in a page is a script, or a box that a script was to fill: told by what is written there.

Nothing is run, and nothing is fetched. Where a player is known for what it is, an empty frame is put in its place,
with the address at which it could be seen and its title, as far as the page tells them; embeds.py makes a card of it.
A script that only serves a box beside it leaves nothing.

The forms are those that the services gave out to be copied into pages: 5min and AOL On, Brightcove, Kaltura, Ooyala,
JW Player, Twitter, Scribd, DocumentCloud, Infogram, Playbuzz, Apester, Storify, Polldaddy, GitHub; and frames that a
script wrote into the page with document.write().
"""

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote

from archive.markup import Node, parse_body

# What may be a player; where none of these stands, nothing is looked for.
MAY_PLAY = (
    "script,object[class*=BrightcoveExperience],video[data-video-id],video-js[data-video-id],"
    "div[data-video-id][data-account],div[class*=pb_feed],div[class*=playbuzz],div[class*=apester-media],interaction"
)
# No more of a script is read.
LONGEST_SCRIPT = 100_000
LONGEST_TITLE = 300
LONGEST_ADDRESS = 2_000


@dataclass(frozen=True, slots=True)
class Player:
    # At which it could be seen; empty where no page tells it.
    address: str
    title: str = ""


def put_frames(body: Node) -> None:
    """Put an empty frame in the place of each player that is told by a script or a box."""
    for node in body.css(MAY_PLAY):
        player = player_of(node)
        if player is None:
            continue
        frame = parse_body(
            f'<iframe src="{escape(player.address)}" title="{escape(player.title[:LONGEST_TITLE])}"></iframe>'
        )
        if frame is not None and frame.first_child is not None:
            node.replace_with(frame.first_child)


def titled(html: str, title: str, author: str) -> str:
    """The HTML of a player with the title and author that were told beside it, which its card will tell."""
    words = ", ".join(each for each in (title, author) if each)[:LONGEST_TITLE]
    # Of two attributes of a name the first counts.
    return re.sub(r"<iframe(?=\s)", lambda _: f'<iframe title="{escape(words)}"', html, count=1) if words else html


def player_of(node: Node) -> Player | None:
    """The player of which a script or a box is the trace, or None."""
    if node.tag != "script":
        return _of_box(node)
    if source := re.sub(r"[\x00-\x20]+", "", node.attributes.get("src") or ""):
        return _of_source(source, node.attributes.get("id") or "") if len(source) <= LONGEST_ADDRESS else None
    text = node.text(deep=True)[:LONGEST_SCRIPT]
    return _of_text(text) if any(sign in text for sign in _SIGNS) else None


# --- Boxes

_ID = re.compile(r"(?:ref:)?[\w.:-]{1,80}", re.ASCII)


def _of_box(node: Node) -> Player | None:
    told = {name: (value or "").strip() for name, value in node.attributes.items()}
    names = (told.get("class") or "").split()
    title = told.get("data-title") or told.get("title") or told.get("data-name") or ""
    if node.tag == "object":
        return _of_experience(node, title)
    if node.tag == "interaction" or "apester-media" in names:
        number = told.get("data-media-id") or told.get("id") or told.get("data-random") or ""
        # Without one it shows what is chosen for the day.
        return Player(f"https://renderer.apester.com/interaction/{number}", title) if _ID.fullmatch(number) else None
    if "data-video-id" in told:
        video, account = told["data-video-id"], told.get("data-account") or ""
        kind = f"{told.get('data-player') or 'default'}_{told.get('data-embed') or 'default'}"
        if not (_ID.fullmatch(video) and account.isdecimal() and _ID.fullmatch(kind)):
            return None
        return Player(f"https://players.brightcove.net/{account}/{kind}/index.html?videoId={video}", title)
    game, number = told.get("data-game") or "", told.get("data-id") or ""
    if re.fullmatch(r"(?:https?://(?:www\.)?playbuzz\.com)?/[\w/.%-]{1,300}", game, re.ASCII):
        return Player(f"https://www.playbuzz.com{game[game.index('/', 8) if '://' in game else 0 :]}", title)
    return Player(f"https://www.playbuzz.com/item/{number}", title) if _ID.fullmatch(number) else None


def _of_experience(node: Node, title: str) -> Player | None:
    """Brightcove's players before 2017: https://www.brightcove.com called the box an experience."""
    told = {
        (each.attributes.get("name") or "").lower().lstrip("@"): (each.attributes.get("value") or "").strip()
        for each in node.css("param")
    }
    player, video = told.get("playerid", ""), told.get("videoplayer", "")
    if not player.isdecimal():
        return None
    behind = f"?bctid={video}" if _ID.fullmatch(video) else ""
    return Player(f"https://link.brightcove.com/services/player/bcpid{player}{behind}", title or told.get("title", ""))


# --- Scripts by their addresses

# With the address of what they showed; nothing stands for their own.
_SOURCES = (
    (re.compile(r"//(?:[\w-]+\.)*5min\.com/Scripts/PlayerSeed\.js\?.", re.IGNORECASE), ""),
    (re.compile(r"//(?:[\w-]+\.)*vidible\.tv/[^?#]*(?:pid=|vid=)"), ""),
    (
        re.compile(r"//player\.ooyala\.com/player\.js\?(?:[^#]*&)?embedCode=([\w-]{10,80})"),
        "{}player.ooyala.com/iframe.html?ec={}",
    ),
    (
        re.compile(
            r"//((?:content\.jwplatform|cdn\.jwplayer|content\.bitsontherun)\.com/players/\w{6,12}-\w{6,12})\.js"
        ),
        "{}{}.html",
    ),
    (re.compile(r"//(?:www\.)?(storify\.com/[\w-]{1,100}/[\w-]{1,200})\.js"), "{}{}"),
    (re.compile(r"//(?:static|secure)\.polldaddy\.com/p/(\d{1,12})\.js"), "{}polldaddy.com/poll/{}/"),
    (re.compile(r"//(gist\.github\.com/[\w-]{1,100}/\w{1,64})\.js"), "{}{}"),
    (re.compile(r"//(?:www\.)?(documentcloud\.org/documents/[\w-]{1,300})\.js"), "{}www.{}.html"),
    (re.compile(r"//e\.infogr(?:\.am|am\.com)/js/embed(?:-loader)?\.js\?(\w{2,40})$"), "{}e.infogr.am/{}"),
)
_KALTURA = re.compile(
    r"//(?:[\w-]+\.)*kaltura\.com/p/\d+/sp/\d+/embedIframeJs/[^?]*\?(?:.*&)?entry_id=\w", re.IGNORECASE
)
_INFOGRAM = re.compile(r"infogram_\d_([\w-]{4,200})", re.ASCII)


def _of_source(source: str, number: str) -> Player | None:
    """`number` is the id of the element, in which some tell what they show."""
    scheme = "http://" if source.startswith("http:") else "https://"
    if "infogr" in source and (named := _INFOGRAM.fullmatch(number)):
        return Player(f"https://e.infogr.am/{named[1]}")
    if _KALTURA.search(source):
        return Player(re.sub(r"\bautoembed=\w+", "iframeembed=true", source)) if "autoembed=" in source else None
    for pattern, form in _SOURCES:
        if match := pattern.search(source):
            return Player(form.format(scheme, *match.groups()) if form else source)
    return None


# --- Scripts by what is written in them

_SIGNS = ("kWidget", "OO.Player", "jwplayer", "twttr", "scribd", "DV.load", "document.write")
_STRING = r"""["']([^"'\\\s<>]{%s})["']"""
_OOYALA = re.compile(rf"\bOO\.Player\.create\s*\(\s*{_STRING % '1,80'}\s*,\s*{_STRING % '10,80'}")
_JW = re.compile(r"\bjwplayer\s*\([^()]{0,200}\)\s*\.\s*setup\s*\(")
_TWEET = re.compile(r"""\btwttr\.widgets\.create(?:Tweet|Video)(?:Embed)?\s*\(\s*["'](\d{1,20})["']""")
_SCRIBD = re.compile(r"\bscribd\.Document\.getDoc\s*\(\s*[\"']?(\d{1,12})\b")
_DOCUMENT = re.compile(rf"\bDV\.load\s*\(\s*{_STRING % '10,500'}")
_WRITTEN = re.compile(
    r"<(iframe|embed|script)\b([^<>]{0,3000}?\bsrc\s*=\s*[\"']?([^\"'\s<>]{6,2000})[^<>]{0,1000})", re.IGNORECASE
)
# What pages let scripts write besides advertisements.
_WRITTEN_BY = re.compile(
    r"//(?:[\w-]+\.)*(?:maps\.google\.[a-z.]{2,6}|google\.[a-z.]{2,6}/maps|openstreetmap\.\w+|bing\.com/maps|mapquest\.com|"
    r"umap\.\w+|arcgis\.com|carto(?:db)?\.com|mapbox\.com|zeemaps\.com|youtube(?:-nocookie)?\.com|vimeo\.com|"
    r"dailymotion\.com|soundcloud\.com|scribd\.com|infogr\.?am|slideshare\.net|ustream\.tv|livestream\.com|"
    r"5min\.com|vidible\.tv|kaltura\.com|brightcove\.(?:com|net)|datawrapper\.de|tableau\.com)[/:?]",
    re.IGNORECASE,
)


def _of_text(text: str) -> Player | None:
    if "kWidget" in text and (player := _of_kaltura(text)):
        return player
    if match := _OOYALA.search(text):
        return Player(f"https://player.ooyala.com/iframe.html?ec={match[2]}", _told(text, "title"))
    if _JW.search(text):
        address = _told(text, "file") or _told(text, "playlist")
        return Player(address, _told(text, "title")) if address else None
    if match := _TWEET.search(text):
        return Player(f"https://twitter.com/i/status/{match[1]}")
    if match := _SCRIBD.search(text):
        return Player(f"https://www.scribd.com/doc/{match[1]}", _told(text, "title"))
    if match := _DOCUMENT.search(text):
        return Player(re.sub(r"\.js$", ".html", match[1]), _told(text, "title"))
    return _written(text) if "document.write" in text else None


def _of_kaltura(text: str) -> Player | None:
    entry, partner, kind = _told(text, "entry_id"), _told(text, "wid").lstrip("_"), _told(text, "uiconf_id")
    if not (_ID.fullmatch(entry) and partner.isdecimal() and kind.isdecimal()):
        return None
    return Player(
        f"https://cdnapisec.kaltura.com/p/{partner}/sp/{partner}00/embedIframeJs/uiconf_id/{kind}/partner_id/{partner}"
        f"?iframeembed=true&entry_id={entry}",
        _told(text, "title"),
    )


def _written(text: str) -> Player | None:
    """What a script wrote into the page, where it stands in it as it was written."""
    if "unescape(" in text:
        text = unquote(text, errors="replace")
    text = _plain(re.sub(r"[\"']\s*\+\s*[\"']", "", text))
    for match in _WRITTEN.finditer(text):
        tag, attributes, address = match[1].lower(), match[2], match[3]
        if tag == "script":
            if player := _of_source(address, ""):
                return player
        elif _WRITTEN_BY.search(address):
            title = re.search(r"\btitle\s*=\s*([\"'])([^\"'<>]{1,300})\1", attributes)
            return Player(address.replace("&amp;", "&"), title[2] if title else "")
    return None


def _told(text: str, name: str) -> str:
    """The value of a name in what a script is told, where it is a text or a number."""
    match = re.search(
        rf"""(?<![\w.])["']?{name}["']?\s*:\s*(?:"((?:[^"\\\n]|\\.){{1,2000}})"|'((?:[^'\\\n]|\\.){{1,2000}})'|(\d{{1,20}}))""",
        text,
    )
    return _plain(next(filter(None, match.groups()), "")) if match else ""


def _plain(text: str) -> str:
    """A text as a script means it: \\/ is a slash, \\u00e9 an é."""
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)
    # Half of a character is none.
    return re.sub(r"\\(.)", r"\1", re.sub("[\ud800-\udfff]", "", text))
