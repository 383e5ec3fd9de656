"""What an archivist types into the search of the article list: words, a key, or an address in any of its forms."""

import re

from django.db.models import F, Q

from archive.keys import ALPHABET, LENGTH, read_key
from archive.models import Article, Author, Byline, OldAddress

MOST_WORDS = 8
_ADDRESS = re.compile(r"(?:https?:)?//?|[\w-]+(?:\.[\w-]+)+(?::\d+)?/", re.IGNORECASE)
_OWN_ADDRESS = re.compile(r"/(?:articles|a)/([0-9A-Za-z]{12})(?:[/?#]|$)")


def search(articles, text):
    text = text.strip()
    if not text:
        return articles
    if _ADDRESS.match(text) and " " not in text:
        return articles.filter(_at_address(text))
    found = Q(key=key) if (key := _key(text)) else Q()
    # Not the key itself, by which SQLite would fetch each article that matches, and sort them all.
    articles = articles.alias(place=F("pk") + 0)
    return articles.filter(found | _in_words(text.split()[:MOST_WORDS]))


def _at_address(text):
    found = Q(pk__in=OldAddress.objects.at(text).values("article"))
    if own := _OWN_ADDRESS.search(text):
        return found | Q(key=read_key(own[1]))
    # As a reader who comes by it would be led: by the id or the slug in it, where the address itself is not known.
    article = OldAddress.objects.resolve(text).article_id
    return found | Q(pk=article) if article else found


def _key(text):
    key = read_key(text)
    return key if len(key) == LENGTH and set(key) <= set(ALPHABET) else None


def _in_words(words):
    """Every word in the headline, or in the name of an author."""
    every = Q()
    for word in words:
        # Subqueries, so that the long rows of articles are not read to be searched.
        by = Byline.objects.filter(author__in=Author.objects.filter(_holds("name", word))).values("article")
        every &= Q(place__in=Article.objects.filter(_holds("headline", word)).values("pk")) | Q(place__in=by)
    return every


def _holds(field, word):
    # SQLite knows the cases of English letters alone: É and é are asked for as they are.
    holds = Q()
    for form in {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}:
        holds |= Q(**{f"{field}__icontains": form})
    return holds
