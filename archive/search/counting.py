"""How many match, and by what they can be narrowed: exact where they are few, else of an even part of them."""

from collections import Counter
from dataclasses import dataclass, replace

from archive.models import Author, Outlet, Section, Source
from archive.models.listing import listing_number
from archive.models.outlet import Language

from .matching import AnyOf
from .parts import PARTS, part_term
from .stores import store

MOST_COUNTED = 10_000
MOST_SAMPLED = 2_500
MOST_VALUES = 12
FACETS = ("outlet", "section", "source", "author", "language")
_MODELS = {"outlet": ("o", Outlet), "section": ("s", Section), "source": ("x", Source), "author": ("a", Author)}
# The numbers that a year's cards can have.
_YEAR = listing_number(1_0000_0000, 0)
# One part's matches, by which a number is guessed, are off by a few of their square root.
_SURELY_MORE = MOST_COUNTED / PARTS * 1.5


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value to which the search can be narrowed, with how many of those that were counted have it."""

    value: int | str
    label: str
    count: int


def probe(match, on):
    """(number, terms) of the matches in one part of all cards, the newest first: about how many there are, and when."""
    return store().terms(_part(match, 0, 1), on, limit=MOST_SAMPLED)


def count(results, match, on, probe):
    """Fill in how many match, and of how many of them it is known to what they belong; the rows of these.

    A word that stands in a third of all articles is not counted to the end: nobody reads on so far.
    """
    if len(probe) <= _SURELY_MORE:
        rows = store().terms(match, on, limit=MOST_COUNTED + 1)
        if len(rows) <= MOST_COUNTED:
            results.count = results.counted = len(rows)
            return rows
    results.count, results.is_counted = MOST_COUNTED, False
    parts = min(PARTS, MOST_SAMPLED // max(1, len(probe)))
    if parts > 1:
        # The first is there already.
        probe = [*probe, *store().terms(_part(match, 1, parts), on, limit=MOST_SAMPLED)]
    results.counted = len(probe)
    return probe


def count_facets(results, rows, section=None):
    """Fill in the facets and the years of these rows, pairs of a number and terms.

    Where the search is narrowed to a section, those above it are not told.
    """
    found = Counter(" ".join([terms for _number, terms in rows]).split())
    _add_to_parents(found, section)
    by_letter = {}
    for term, number in sorted(found.items(), key=lambda pair: (-pair[1], pair[0])):
        by_letter.setdefault(term[0], []).append((term[1:], number))
    results.years = sorted(Counter([number // _YEAR for number, _terms in rows]).items())
    languages = dict(Language.choices)
    results.facets["language"] = [
        FacetValue(value, str(languages.get(value, value)), number)
        for value, number in by_letter.get("l", ())[:MOST_VALUES]
    ]
    for name, (letter, model) in _MODELS.items():
        values = [(int(value), number) for value, number in by_letter.get(letter, ())[:MOST_VALUES]]
        labels = model.objects.in_bulk([value for value, _number in values])
        results.facets[name] = [
            FacetValue(value, str(labels[value]), number) for value, number in values if value in labels
        ]


def _add_to_parents(found, top):
    """Count what stands in a part of a section for the section too; nothing is counted above the section `top`."""
    own = {int(term[1:]): number for term, number in found.items() if term[0] == "s"}
    parents = Section.objects.parents_of(own)
    for section, number in own.items():
        line = {section}
        while section != top and (section := parents.get(section)) and section not in line:
            line.add(section)
            found[f"s{section}"] += number


def _part(match, first, after):
    return replace(match, every=(*match.every, AnyOf(terms=tuple(map(part_term, range(first, after))))))
