"""Whether cards, index of words, tallies and dates of bylines are what a fresh computation makes of the articles."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone

from archive.models import Article, Byline, Listing, Tally

from .cards import is_shown, read_cards, tally_keys
from .indexing import batches
from .stores import store

# In an archive of more articles than this, the words of every so-manieth are looked at; the rest of each always is.
_LARGE = 5_000
_OF_SO_MANY = 50


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as it should be: `kind` is "card", "byline", "row" or "tally", `place` its article or its key."""

    kind: str
    place: int | tuple
    problem: str


def check(on=None):
    """The differences, as a stream; it reads all articles."""
    on = on or timezone.now().date()
    tallies = Counter()
    cards_seen = 0
    is_large = Article.objects.order_by("pk")[_LARGE : _LARGE + 1].exists()
    for articles in batches():
        pks = list(articles.values_list("pk", flat=True))
        cards = read_cards(Article.objects.filter(pk__in=pks), on)
        cards_seen += len(cards)
        for card in cards.values():
            tallies.update(tally_keys(card.number, card.terms))
        kept = {
            article: (number, terms, since, until)
            for number, article, terms, since, until in Listing.objects.filter(article__in=pks).values_list(
                "number", "article_id", "terms", "since", "until"
            )
        }
        bylines = Byline.objects.filter(article__in=cards).exclude(published_order=F("article__published_order"))
        for pk, author in bylines.values_list("article", "author__slug"):
            yield Difference("byline", pk, f"that of {author} is dated otherwise than the article")
        for pk in pks:
            yield from _card(pk, cards.get(pk), kept.get(pk), on)
        looked_at = [card for pk, card in cards.items() if not is_large or pk % _OF_SO_MANY == 0]
        for number in store().unlike(looked_at):
            yield Difference("row", number, "its words are not the article's")
    yield from _rows()
    yield from _tallies(tallies)


def _card(pk, card, kept, on):
    if card is None and kept is None:
        return
    if card is None:
        # One whose last day is past is hidden, and goes when it is next looked at.
        if not Listing.objects.public(on).filter(article=pk).exists():
            return
        yield Difference("card", pk, "there is one, and the article is not public")
    elif kept is None:
        yield Difference("card", pk, "there is none, and the article is public")
    elif kept[:2] != (card.number, card.terms):
        yield Difference("card", pk, f"it says {kept[0]} {kept[1]}, and should say {card.number} {card.terms}")
    elif kept[2:] != (card.since, card.until) and _shows(*kept[2:], on) != _shows(card.since, card.until, on):
        yield Difference("card", pk, f"it is shown {kept[2:]}, and should be {(card.since, card.until)}")


def _shows(since, until, on):
    to_come = [day if day is not None and day > on else None for day in (since, until)]
    return is_shown(since, until, on), *to_come


def _rows():
    """Rows of the index of words that have no card, and cards that have no row."""
    listed = iter(Listing.objects.order_by("number").values_list("number", flat=True).iterator(chunk_size=10_000))
    held = iter(store().numbers())
    number, row = next(listed, None), next(held, None)
    while number is not None or row is not None:
        if row is None or (number is not None and number < row):
            yield Difference("row", number, "the card has none in the index of words")
            number = next(listed, None)
        elif number is None or row < number:
            yield Difference("row", row, "it has no card")
            row = next(held, None)
        else:
            number, row = next(listed, None), next(held, None)


def _tallies(tallies):
    names = ("outlet_id", "kind", "of", "period")
    for *key, number in Tally.objects.order_by(*names).values_list(*names, "count").iterator(chunk_size=10_000):
        should = tallies.pop(tuple(key), 0)
        if number != should:
            yield Difference("tally", tuple(key), f"it says {number}, and should say {should}")
    for key, should in sorted(tallies.items()):
        yield Difference("tally", key, f"there is none, and it should say {should}")
