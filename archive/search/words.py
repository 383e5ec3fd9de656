"""The words of the archive, by which a misspelt one is mended."""

from collections import Counter
from itertools import islice

from django.db import connection
from django.db.models import Q
from rapidfuzz.distance import DamerauLevenshtein

from archive.models import Word

from .analysis import STOP_WORDS, folded, tokens, words

LONGEST = 40
SHORTEST = 3
# So many different words are held at once; past that, those that were met but once are let go.
MOST_HELD = 300_000
# A word that stands once in a large archive is as likely a mistake itself.
MOST_CANDIDATES = 2_000
_ADD = (
    "INSERT INTO archive_word (word, printed, start, skeleton, count) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (word) DO UPDATE SET count = archive_word.count + excluded.count"
)
_VOWELS = frozenset("aeiouy")


class WordCounter:
    """Counts words in bounded memory; `save` adds them to those of the archive, or puts them in their place."""

    def __init__(self):
        self.counts = Counter()

    def add(self, text):
        """Count the words of a plain text."""
        self.counts.update(tokens(text))
        if len(self.counts) > MOST_HELD:
            self._let_go()

    def save(self, *, anew=False):
        """Write them down, within the caller's transaction. Returns how many there are."""
        found: dict[str, list] = {}
        for token, number in self.counts.items():
            is_plain = token.isascii() and token.isalpha()
            for printed in (token,) if is_plain else words(token):
                word = printed if is_plain else folded(printed)
                if not SHORTEST <= len(word) <= LONGEST or len(printed) > LONGEST or printed in STOP_WORDS:
                    continue
                if not (is_plain or word.isalpha()):
                    continue
                known = found.get(word)
                if known is None:
                    found[word] = [printed, number, number]
                    continue
                known[2] += number
                if printed == known[0]:
                    known[1] += number
                # As it is most often printed; of forms as frequent, the same each time.
                elif (-number, printed) < (-known[1], known[0]):
                    known[:2] = printed, number
        if anew:
            Word.objects.all().delete()
        rows = ((word, found[word][0], word[:3], skeleton(word), found[word][2]) for word in sorted(found))
        # Below the ORM, to which a row costs ten times as much.
        with connection.cursor() as cursor:
            while some := list(islice(rows, 5000)):
                cursor.executemany(_ADD, some)
        self.counts.clear()
        return len(found)

    def _let_go(self):
        least = 1
        while len(self.counts) > MOST_HELD // 2:
            self.counts = Counter({word: number for word, number in self.counts.items() if number > least})
            least *= 2


def skeleton(word):
    """A word's consonants, each once where it stands twice."""
    letters = []
    for letter in word:
        if letter not in _VOWELS and (not letters or letters[-1] != letter):
            letters.append(letter)
    return "".join(letters)


def mended(query):
    """A question with each of its words that no article has in the nearest spelling that some have; "" if none is."""
    text, place, is_changed = query.text, 0, False
    pieces = []
    asked = {folded(word) for item in query.items if not item.field for word in words(item.said)}
    known = set(Word.objects.filter(word__in=asked).values_list("word", flat=True))
    for item in query.items:
        at = text.find(item.text, place)
        if at < 0:
            return ""
        pieces.append(text[place:at])
        place = at + len(item.text)
        said = item.text
        if not item.field and not item.is_unwanted:
            for word in words(item.said):
                plain = folded(word)
                if plain in known or len(plain) < SHORTEST or word in STOP_WORDS:
                    continue
                near = nearest(plain)
                if near:
                    said, is_changed = _replaced(said, word, near), True
        pieces.append(said)
    pieces.append(text[place:])
    return "".join(pieces) if is_changed else ""


def nearest(word):
    """The nearest word that articles have, as it is commonly printed, or "": of those as near, the most frequent."""
    most = 1 if len(word) <= 4 else 2 if len(word) <= 8 else 3
    forms = _slips(word)
    candidates = Word.objects.filter(
        Q(start__in={form[:3] for form in forms}) | Q(skeleton__in={skeleton(form) for form in forms})
    ).order_by("-count", "word")
    best, nearest_yet = "", (most, 1)
    for other, printed, count in candidates.values_list("word", "printed", "count")[:MOST_CANDIDATES]:
        if abs(len(other) - len(word)) > most:
            continue
        distance = DamerauLevenshtein.distance(word, other, score_cutoff=most)
        if (distance, -count) < nearest_yet:
            best, nearest_yet = printed, (distance, -count)
    return best


def _slips(word):
    """A word, and what it may have been before two of its letters changed places, or one slipped in."""
    swapped = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(min(len(word), 12) - 1)}
    return {word, *swapped, *(word[:at] + word[at + 1 :] for at in range(min(len(word), 4)))}


def _replaced(said, word, near):
    at = said.lower().find(word)
    return said[:at] + near + said[at + len(word) :] if at >= 0 else near
