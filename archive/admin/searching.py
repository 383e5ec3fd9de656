"""What an archivist types into the search of the article list: words, a key, or an address in any of its forms."""

import re

from django.db import connection
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from archive.keys import ALPHABET, LENGTH, read_key
from archive.models import Article, Author, Byline, OldAddress, Withdrawal
from archive.search import analysis, headlines

from .paging import MOST_COUNTED

MOST_WORDS = 8
LONGEST = 500
_ADDRESS = re.compile(r"(?:https?:)?//?|[\w-]+(?:\.[\w-]+)+(?::\d+)?/", re.IGNORECASE)
_OWN_ADDRESS = re.compile(r"/(?:articles|a)/([0-9A-Za-z]{12})(?:[/?#]|$)")


def search(articles, text):
    # Neither half a sign nor a NUL can be asked for.
    text = text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8").strip()
    if not text:
        return articles
    if _ADDRESS.match(text) and " " not in text:
        return articles.filter(_at_address(text))
    words = list(dict.fromkeys(text[:LONGEST].split()))[:MOST_WORDS]
    # What says nothing is passed over, unless there is nothing else: it may be a name.
    every = [_ids(word) for word in [word for word in words if analysis.ways(word)] or words]
    counts = [_counted(ids) for ids in every]
    rarest = counts.index(min(counts)) if min(counts) < MOST_COUNTED else None
    # Few articles are fetched by their keys, and sorted. Where each word is that of many, those of the list's first
    # pages are soon met in the order of the list: so SQLite must not know that these are the keys.
    articles = articles.alias(place=F("pk") + 0)
    for number, ids in enumerate(every):
        articles = articles.filter(**{"pk__in" if number == rarest else "place__in": ids})
    return articles


def _at_address(text):
    found = Q(pk__in=OldAddress.objects.at(text).values("article"))
    if own := _OWN_ADDRESS.search(text):
        return found | Q(key=read_key(own[1]))
    # As a reader who comes by it would be led: by the id or the slug in it, where the address itself is not known.
    article = OldAddress.objects.resolve(text).article_id
    return found | Q(pk=article) if article else found


def _ids(word):
    """The ids of the articles with a word in the headline or in the name of an author, or with it as their key.

    One subquery, for each part of which an index is asked; with OR between them the long rows of articles were read.
    """
    parts = [
        # These have no card, and are few beside the others.
        Article.objects.filter(_holds("headline", word), held_back=True).values("pk"),
        Withdrawal.objects.filter(_holds("article__headline", word), reinstated_on=None).values("article"),
        Byline.objects.filter(author__in=Author.objects.filter(_holds("name", word))).values("article"),
    ]
    if key := _key(word):
        parts.append(Article.objects.filter(key=key).values("pk"))
    statements = [part.order_by().query.sql_with_params() for part in parts]
    if headed := headlines.headed(word):
        statements.append((headed.sql, headed.params))
    sql = " UNION ALL ".join(sql for sql, _values in statements)
    return RawSQL(sql, [value for _sql, values in statements for value in values])  # noqa: S611


def _counted(ids):
    """How many there are, counted to where lists are."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM ({ids.sql}) AS every LIMIT {MOST_COUNTED}) AS counted",  # noqa: S608
            ids.params,
        )
        return cursor.fetchone()[0]


def _key(word):
    key = read_key(word)
    return key if len(key) == LENGTH and set(key) <= set(ALPHABET) else None


def _holds(field, word):
    # SQLite knows the cases of English letters alone: É and é are asked for as they are.
    holds = Q()
    for form in {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}:
        holds |= Q(**{f"{field}__icontains": form})
    return holds
