"""Text as what is searched: the stems of its words, the same for both databases and for the question. Pure.

A word is cut free of what elides before it (l', d', qu') and of an English 's, its ligatures are written out, it is
stemmed by the rules of its language (Snowball: https://snowballstem.org/algorithms/), and then loses its accents. What
comes out holds letters and digits alone, so that neither FTS5 nor a tsvector can read it otherwise.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import product

import Stemmer

LONGEST_TOKEN = 40
# A tsvector holds a megabyte at most; no article comes near.
MOST_TOKENS = 50_000
LARGEST = 400_000
_MOST_REMEMBERED = 50_000
_LONGEST_REMEMBERED = 60
# What stands around a word and is no part of it: the common signs, for speed alone.
_AROUND = ".,;:!?…\"'’‘“”«»()[]–—-"
_MOST_WAYS = 24

# What says nothing in either language. A word that says something in one of them is searched in both: a car accident,
# the Quebec election's “but” (a goal), a son.
_SAY_NOTHING = """
    a à ai au aux avec c ce ces cet cette d dans de des du elle elles en et eux il ils j je l la le les leur leurs lui
    m ma mes n ne nos notre nous ont ou où par pas pour qu que qui s sa se ses sont sur t ta te tes toi tu un une vos
    votre vous y
    an and are at be been by for from had has have he her his i in is it its of our she so that the their them then
    there these they this to was we were what which with would you your
"""
STOP_WORDS = frozenset(_SAY_NOTHING.split())

_ELIDED = frozenset(("l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"))
_APOSTROPHES = "’ʼ‘´`＇"
# Hints on where a word may be broken, which are no part of it.
_INVISIBLE = "\u00ad\u200c\u200d\u2060\ufeff"
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_COMBINING = re.compile("[\u0300-\u036f]+")
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|cite|code|del|dfn|em|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|time|u|var|wbr)"
    r"(?:\s[^>\"]*(?:\"[^\"]*\"[^>\"]*)*)?/?>",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^>\"]*(?:\"[^\"]*\"[^>\"]*)*>")
_STEMMERS = {"fr": "french", "en": "english"}
# Endings that Snowball takes off by their accents, as people type them without.
_RESTORED = (
    *(("ees", "ées"), ("ee", "ée"), ("es", "és"), ("e", "é"), ("ieres", "ières"), ("iere", "ière")),
    *(("erent", "èrent"), ("ames", "âmes"), ("ates", "âtes"), ("at", "ât")),
)


@dataclass(frozen=True, slots=True)
class Analysed:
    """The stems of an article's parts, each joined by spaces."""

    headline: str
    summary: str
    body: str


def analyse(
    headline: str,
    summary: str,
    bylines: Iterable[str],
    dateline: str,
    body_html: str,
    captions: Iterable[str],
    language: str,
) -> Analysed:
    """An article's stems. `bylines` are the names as printed, which are searched with the summary.

    Together they hold at most MOST_TOKENS stems and LARGEST bytes.
    """
    stemmed = _language(language)
    parts = (
        headline,
        "\n".join((summary, *bylines)),
        "\n".join((dateline, plain(body_html), *captions)),
    )
    left = MOST_TOKENS
    found = []
    for text in parts:
        tokens = " ".join(filter(None, map(stemmed.__getitem__, text.lower().split())))
        number = tokens.count(" ") + 1 if tokens else 0
        if number > left:
            tokens, number = " ".join(tokens.split()[:left]), left
        left -= number
        found.append(tokens)
    if sum(map(len, found)) > LARGEST // 4:
        found = _bounded(found)
    return Analysed(*found)


def plain(body_html: str) -> str:
    """The text of sanitised HTML; what is not in a line with its neighbours is set apart by spaces."""
    text = body_html
    if "<" in text:
        text = _TAG.sub(" ", _INLINE.sub("", text))
    return unescape(text) if "&" in text else text


def stems(text: str, language: str) -> list[str]:
    """The stems of a plain text in their order, without those of words that say nothing."""
    stemmed = _language(language)
    return " ".join(map(stemmed.__getitem__, text.lower().split())).split()


def printed_words(text: str, language: str) -> list[tuple[int, tuple[str, ...]]]:
    """Of each word of a text as it is printed, how many of its signs are elided before it, and its stems."""
    return [*map(_language(language).printed.__getitem__, _PRINTED.findall(text))]


def printed_places(text: str) -> Iterator[tuple[int, int]]:
    """Where each of these words stands, as (start, end)."""
    return (match.span() for match in _PRINTED.finditer(text))


def ways(text: str) -> tuple[tuple[str, ...], ...]:
    """How words that belong together may stand in an article: sequences of stems, any of which will do.

    They are those of each language, with accents and without; none where no word says anything.
    """
    words = [part for word in _words(text) for part in _parts(word) if part not in STOP_WORDS]
    if not words:
        return ()
    found: dict[tuple[str, ...], None] = {}
    for forms in (_french_forms, _english_forms, _plain_forms):
        choices = [forms(word) for word in words]
        # The first is what the words say as they are written.
        for number, way in enumerate(product(*choices)):
            if number == _MOST_WAYS:
                break
            if all(way):
                found[way] = None
    return tuple(found)


def folded(text: str) -> str:
    """Small letters and digits without accents, in words that single spaces part."""
    return " ".join(filter(None, (_fold(part) for word in _words(text) for part in word.split("'"))))


def words(text: str) -> list[str]:
    """The words of a plain text in small letters with their accents, without what elides before them."""
    return [part for word in _words(text) for part in _parts(word)]


def tokens(text: str) -> list[str]:
    """The same with what elides before them: quicker, where `words` of each that is different is asked for later."""
    return _words(text)


_ELISION = re.compile(rf"(?:(?:{'|'.join(sorted(_ELIDED))})['{_APOSTROPHES}])*", re.IGNORECASE)
_PRINTED = re.compile(rf"[^\W_]+(?:(?:[{_INVISIBLE}\u0300-\u036f]+|['{_APOSTROPHES}])[^\W_]+)*[\u0300-\u036f]*")


def _words(text: str) -> list[str]:
    if not text.isascii():
        for sign in _APOSTROPHES:
            text = text.replace(sign, "'")
        for sign in _INVISIBLE:
            text = text.replace(sign, "")
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
    text = text.lower()
    if not text.isascii() and _COMBINING.search(text):
        text = _COMBINING.sub("", text)
    return _WORD.findall(text)


def _parts(word: str) -> list[str]:
    """A word's own parts: what elides before it is cut off, and an English 's behind it."""
    if "'" in word:
        parts = word.split("'")
        while len(parts) > 1 and parts[0] in _ELIDED:
            del parts[0]
        if len(parts) > 1 and parts[-1] == "s":
            del parts[-1]
    else:
        parts = [word]
    return [part.replace("œ", "oe").replace("æ", "ae") for part in parts]


def _fold(word: str) -> str:
    if word.isascii():
        return word[:LONGEST_TOKEN]
    word = word.replace("œ", "oe").replace("æ", "ae").replace("ß", "ss")
    word = "".join(filter(str.isalnum, unicodedata.normalize("NFKD", word))).lower()
    # Small letters of what was no letter may hold signs again.
    return "".join(filter(str.isalnum, word))[:LONGEST_TOKEN]


class _Stemmed(dict[str, str]):
    """What is indexed for what stands between two spaces, by that in small letters: its stems, joined by spaces.

    Most of a text is told by one look-up a word, or by two where a comma or a bracket stands at it.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self.stemmer = Stemmer.Stemmer(_STEMMERS[language], 0) if language in _STEMMERS else None
        self.printed = _Printed(self)

    def __missing__(self, piece: str) -> str:
        bare = piece.strip(_AROUND)
        if len(bare) < len(piece):
            return self[bare]
        parts = (part for word in _words(piece) for part in _parts(word) if part not in STOP_WORDS)
        tokens = " ".join(filter(None, map(self.stem, parts)))
        if len(piece) <= _LONGEST_REMEMBERED:
            if len(self) >= _MOST_REMEMBERED:
                self.clear()
            self[piece] = tokens
        return tokens

    def stem(self, word: str) -> str:
        return _fold(self.stemmer.stemWord(word[:LONGEST_TOKEN]) if self.stemmer else word)


class _Printed(dict[str, tuple[int, tuple[str, ...]]]):
    """By a word as it is printed, how many of its signs are elided before it, and its stems."""

    def __init__(self, stemmed: _Stemmed) -> None:
        super().__init__()
        self.stemmed = stemmed

    def __missing__(self, word: str) -> tuple[int, tuple[str, ...]]:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        elided = _ELISION.match(word)
        found = elided.end() if elided else 0, tuple(" ".join(map(self.stemmed.__getitem__, _words(word))).split())
        self[word] = found
        return found


_LANGUAGES: dict[str, _Stemmed] = {language: _Stemmed(language) for language in _STEMMERS}
_OTHER = _Stemmed("")


def _language(language: str) -> _Stemmed:
    return _LANGUAGES.get(language, _OTHER)


def _french_forms(word: str) -> list[str]:
    stem = _LANGUAGES["fr"].stem
    bare = _fold(word)
    forms = {stem(word): None, stem(bare): None}
    if word == bare:
        for ending, accented in _RESTORED:
            if word.endswith(ending) and len(word) > len(ending) + 2:
                forms[stem(word[: -len(ending)] + accented)] = None
    return list(forms)


def _english_forms(word: str) -> list[str]:
    stem = _LANGUAGES["en"].stem
    return list({stem(word): None, stem(_fold(word)): None})


def _plain_forms(word: str) -> list[str]:
    return [_fold(word)]


def _bounded(parts: list[str]) -> list[str]:
    """Parts cut where their different stems grow past what a tsvector holds."""
    seen: set[str] = set()
    size = 0
    bounded = []
    for text in parts:
        kept = []
        for token in text.split():
            if token not in seen:
                size += len(token.encode()) + 1
                if size > LARGEST:
                    break
                seen.add(token)
            kept.append(token)
        bounded.append(" ".join(kept))
    return bounded
