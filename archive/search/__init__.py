"""Search and the counts: one face over two stores (see docs/searching.md)."""

from . import counts
from .cards import Card, card_of
from .counting import FacetValue
from .finding import Hit, Narrowed, Results, find
from .indexing import add, forget, index, lock, rebuild
from .words import WordCounter

__all__ = [
    "Card",
    "FacetValue",
    "Hit",
    "Narrowed",
    "Results",
    "WordCounter",
    "add",
    "card_of",
    "counts",
    "find",
    "forget",
    "index",
    "lock",
    "rebuild",
]
