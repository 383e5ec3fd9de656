"""Old addresses: one normal form, by which an address is stored and looked up.

The form is `host/path?query` without scheme, for RFC 3986 addresses of http and https: all the ways in which one
page of a newspaper was linked (secure or not, mobile, AMP, with a campaign's parameters) give the same text.
"""

import re
import unicodedata
from urllib.parse import SplitResult, parse_qsl, quote, unquote, unquote_to_bytes, urlencode, urlsplit

LONGEST = 2000
# Tracking parameters may be longer than any address; more than this is no address, and not worth the reading.
LONGEST_READ = 10_000

# Parameters that tell where a reader came from, never what the page is.
TRACKING_PREFIXES = ("utm_", "hsa_", "mtm_", "pk_", "ec_", "guce_", "oly_")
TRACKING_PARAMETERS = frozenset(
    [
        "fbclid",
        "gclid",
        "gclsrc",
        "dclid",
        "msclkid",
        "twclid",
        "yclid",
        "igshid",
        "mc_cid",
        "mc_eid",
        "ncid",
        "_ga",
        "_gl",
        "cmpid",
        "icid",
        "ito",
        "ref_src",
        "ref_url",
        "guccounter",
        "sfns",
        "ns_campaign",
        "ns_mchannel",
        "ns_source",
        "xtor",
        "s_cid",
        "wt_mc",
        "ocid",
        "amp",
        "amp_js_v",
        "amp_gsa",
        "usqp",
        "outputtype",
        "replytocom",
        "mkt_tok",
        "spm",
        "share",
    ]
)
_SUBDOMAINS = ("www.", "m.", "amp.", "mobile.")
_WRAPPED = (
    # The AMP cache and viewer: https://developers.google.com/amp/cache/overview#amp-cache-url-format
    re.compile(r"^(?:[a-z0-9-]+\.)?cdn\.ampproject\.org/(?:[civr]|wp)/(?:s/)?(.+)$", re.IGNORECASE),
    re.compile(r"^(?:www\.)?google\.[a-z.]+/amp/(?:s/)?(.+)$", re.IGNORECASE),
    # A capture in the Wayback Machine: /web/20140122000000id_/http://…
    re.compile(r"^(?:web|wayback)\.archive\.org/web/\d{1,14}(?:[a-z]{2}_)?/(.+)$", re.IGNORECASE),
)
_SCHEME = re.compile(r"^(?:([a-z][a-z0-9+.-]*):)?//", re.IGNORECASE)
_HOST = re.compile(r"^(?!-)[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$")
_NO_LETTERS = re.compile(r"[^0-9a-z]+")
_NOT_PRINTABLE = re.compile(r"[\x00-\x20\x7f]")
_SAFE_IN_PATH = "/:@!$&'()*+,;=-._~"
_EXTENSION = re.compile(r"\.(?:[sx]?html?|php\d?|aspx?|jspx?|cfm|cgi|pl)$", re.IGNORECASE)
# A publisher's id before or after the words: _n_5129324, _qc_5ccc6223e4b03b38d6933d24, -1713386248, 5959187-.
_ID_AFTER = re.compile(r"(?:(?:^|_)[a-z]{1,3}_(?=[a-z]*\d)[0-9a-z]+|[-_,.]\d{5,})$", re.IGNORECASE)
_ID_BEFORE = re.compile(r"^\d{4,}[-_,.]")
LONGEST_LETTERS = 120
# A letter, and another in a later word.
_TWO_WORDS = re.compile(r"[^A-Za-z]*+[A-Za-z][^-_+.,\s]*+[-_+.,\s][^A-Za-z]*+[A-Za-z]")
# An address of which only the scheme, a www. and the last slash are to be taken away; most are, and it takes a tenth of
# the time. None that may wrap another.
_SIMPLE = re.compile(
    r"https?://(?:www\.|m\.)?((?!(?:www|m|amp|mobile|web|wayback)\.|google\.)(?![^/]*ampproject\.)"
    r"(?:[a-z0-9][a-z0-9-]*\.)+[a-z0-9][a-z0-9-]*)((?:/[A-Za-z0-9_][A-Za-z0-9_.~-]*)*)/?(\?p=[0-9]{1,20})?"
)
_AMP_ENDS = ("/amp", "/amp.html")
LONGEST_SIMPLE = 250


class AddressError(ValueError):
    """A text that is no web address; the message says why."""


def normalise(url: str) -> str:
    """The normal form of an old address.

    Raises AddressError for what is no http(s) address with a host name, or is over `LONGEST` characters.
    """
    if (match := _SIMPLE.fullmatch(url)) and not match[2].lower().endswith(_AMP_ENDS) and len(url) < LONGEST_SIMPLE:
        return match[1] + match[2] + (match[3] or "")
    return _normalise(url)


def _normalise(url: str) -> str:
    if len(url) > LONGEST_READ:
        raise AddressError(f"The address is over {LONGEST_READ} characters long.")
    try:
        url.encode()
    except UnicodeEncodeError:
        raise AddressError("The address holds half a character (a lone surrogate).") from None
    parts = _parts(url)
    host = _host(parts.netloc, url)
    query = _query(parts.query)
    address = host + _path(parts.path) + (f"?{query}" if query else "")
    if _unwrapped(address) != address:
        # The host was written so (www., a port) that only its normal form shows what it is.
        return normalise(_unwrapped(address))
    if len(address) > LONGEST:
        raise AddressError(f"The address is over {LONGEST} characters long.")
    return address


def plain(url: str) -> str:
    """An address as it was written, for a link: without name and password, fragment, or any character of markup.

    Raises AddressError where `normalise` does.
    """
    normalise(url)
    parts = _parts(url)
    host = _written_host(parts.netloc, url)
    query = "?" + quote(unquote_to_bytes(parts.query), safe=_SAFE_IN_PATH + "?") if parts.query else ""
    return f"http://{host}{quote(unquote_to_bytes(parts.path), safe=_SAFE_IN_PATH)}{query}"


def letters(slug: str) -> str:
    """The letters and digits of a slug alone: one system writes l-eclipse, another leclipse, a third l_éclipse."""
    text = (unquote(slug) if "%" in slug else slug).casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("æ", "ae"))
    return _NO_LETTERS.sub("", text)[:LONGEST_LETTERS]


def words(slug: str) -> list[str]:
    """The words of a slug, as far as hyphens and the like tell them apart."""
    return [word for part in re.split(r"[-_+.,\s]+", unquote(slug)) if (word := letters(part))]


def slug_in(address: str) -> str:
    """The slug in an address in its normal form, told from its shape alone; empty where there is none.

    It is the last part of the path that has two words or more beside an id.
    """
    segments = address.partition("?")[0].split("/")[1:]
    for segment in segments[-1:-3:-1]:
        slug = _ID_BEFORE.sub("", _ID_AFTER.sub("", _EXTENSION.sub("", segment)))
        if _has_words(slug):
            return slug
    return ""


def _has_words(slug: str) -> bool:
    """Whether it has two words or more that are no numbers."""
    if slug.isascii() and "%" not in slug:
        return _TWO_WORDS.match(slug) is not None
    return len([word for word in words(slug) if not word.isdecimal()]) > 1


def _parts(url: str) -> SplitResult:
    written = _NOT_PRINTABLE.sub("", url)
    rest = _unwrapped(_without_scheme(written))
    parts = urlsplit("//" + rest) if _splits(rest) else None
    # Without a scheme, what has an @ is an e-mail address.
    if parts is None or ("@" in parts.netloc and rest == written):
        raise AddressError(f"“{url[:200]}” is not a web address.")
    return parts


def _unwrapped(rest: str) -> str:
    """The address within that of a copy, a copy of a copy included."""
    while inner := next((match[1] for pattern in _WRAPPED if (match := pattern.match(rest))), None):
        rest = _without_scheme(_repair_slashes(inner))
    return rest


def _without_scheme(text: str) -> str:
    match = _SCHEME.match(text)
    if match is None:
        return text
    if match[1] and match[1].lower() not in ("http", "https"):
        raise AddressError(f"“{match[1][:50]}:” is not http or https.")
    return text[match.end() :]


def _repair_slashes(text: str) -> str:
    # Some servers fold the two slashes of an address that stands within an address.
    return re.sub(r"^(https?):/+", r"\1://", text, flags=re.IGNORECASE)


def _splits(rest: str) -> bool:
    try:
        urlsplit("//" + rest)
    except ValueError:
        return False
    return True


def _written_host(netloc: str, url: str) -> str:
    host = netloc.rpartition("@")[2].lower()
    host = re.sub(r":\d*$", "", host).rstrip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            raise AddressError(f"“{url[:200]}” has no valid host name.") from None
    return host


def _host(netloc: str, url: str) -> str:
    host = _written_host(netloc, url)
    while (short := next((host[len(name) :] for name in _SUBDOMAINS if host.startswith(name)), None)) and "." in short:
        host = short
    if not _HOST.match(host) or len(host) > 253:
        raise AddressError(f"“{url[:200]}” has no host name.")
    return host


def _path(path: str) -> str:
    path = quote(unquote_to_bytes(path), safe=_SAFE_IN_PATH)
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            segments = segments[:-1]
        elif segment not in ("", "."):
            segments.append(segment)
    while segments and segments[-1].lower() in ("amp", "amp.html"):
        segments.pop()
    return "".join(f"/{segment}" for segment in segments)


def _query(query: str) -> str:
    kept = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
        if name.lower() not in TRACKING_PARAMETERS and not name.lower().startswith(TRACKING_PREFIXES)
    ]
    return urlencode(sorted(kept), errors="surrogateescape")
