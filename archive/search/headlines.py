"""Articles by the words of their headlines, as staff look for them: a word in any of its forms, or its beginning."""

from django.db.models.expressions import RawSQL

from archive.models import Article, Word
from archive.models.resolving import after_all_with

from .analysis import STOP_WORDS, folded, ways, words
from .stores import store

# Shorter, a beginning is that of too many words.
SHORTEST_BEGINNING = 3
_MOST_WORDS = 200


def headed(said):
    """The ids of the articles with a card in whose headlines words stand in a row; the last may be a beginning.

    It is a subquery, with which a queryset can be filtered; None where the words say nothing.
    """
    found = ways(said)
    if not found:
        return None
    last = folded([word for word in words(said) if word not in STOP_WORDS][-1])
    beginnings = ()
    if len(last) >= SHORTEST_BEGINNING:
        before = dict.fromkeys(way[:-1] for way in found)
        beginnings = tuple((*each, last) for each in before)
        found += tuple((*each, stem) for each in before for stem in _stems_of(last))
    sql, values = store().headed(found, beginnings)
    return RawSQL(sql, values, Article._meta.pk)  # noqa: S611


def _stems_of(beginning):
    """The stems of common words that begin so, and whose stems don't: of the beginning `electio`, that is `elect`."""
    if not beginning.isascii():
        return []
    rows = Word.objects.filter(word__gte=beginning)
    if after := after_all_with(beginning):
        rows = rows.filter(word__lt=after)
    common = rows.order_by("-count", "word").values_list("printed", flat=True)[:_MOST_WORDS]
    stems = dict.fromkeys(way[0] for printed in common for way in ways(printed) if len(way) == 1)
    return [stem for stem in stems if not stem.startswith(beginning)]
