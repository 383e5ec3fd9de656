"""What a question finds, by reading every article: slow, plain, and knowing nothing of either database."""

from archive.models import Article, Section
from archive.models.listing import listing_number
from archive.search.cards import read_cards
from archive.search.finding import _first_number
from archive.search.names import _named
from archive.search.query import ask
from archive.search.scoring import score


class Oracle:
    def __init__(self, on):
        self.keys, self.cards = {}, []
        cards = read_cards(Article.objects.all(), on)
        for article in Article.objects.public(on):
            self.keys[article.pk] = article.key
            card = cards[article.pk]
            assert card.number == listing_number(article.published_order, article.pk)
            self.cards.append((card, [part.split() for part in (card.headline, card.summary, card.body)]))

    def by_date(self, text):
        """The keys of what is found, the newest first."""
        return [self.keys[card.article_id] for card in self.found(text)[0]]

    def best(self, text):
        """The key of the article that answers best, or None."""
        found, query = self.found(text)
        if not query.match.of_words:
            return self.keys[found[0].article_id] if found else None
        best = max(found, key=lambda card: (score(card, query.match.of_words), card.number), default=None)
        return best and self.keys[best.article_id]

    def found(self, text):
        query = ask(text, ids_of, _first_number)
        if query.is_empty:
            return [], query
        match = query.match
        found = [
            card
            for card, parts in self.cards
            if match.numbers.first <= card.number < match.numbers.after
            and not any(start <= card.number < end for start, end in match.numbers.gaps)
            and all(has(card, parts, any_of) for any_of in match.every)
            and not any(has(card, parts, any_of) for any_of in match.none)
        ]
        return sorted(found, key=lambda card: -card.number), query


def ids_of(field, said):
    named = _named(field, said)
    return [each.pk for each in Section.objects.all() if stands_in(each, named)] if field == "section" else named


def stands_in(section, named):
    return section is not None and (section.pk in named or stands_in(section.parent, named))


def has(card, parts, any_of):
    return bool(set(any_of.terms) & set(card.terms.split())) or any(
        tuple(tokens[place : place + len(way)]) == way
        for way in any_of.ways
        for tokens in parts
        for place in range(len(tokens) - len(way) + 1)
    )
