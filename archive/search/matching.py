"""What is asked of a store: which cards match, told in stems and terms alone. Pure."""

from dataclasses import dataclass

# One sequence of consecutive stems; a word is a sequence of one.
Way = tuple[str, ...]
LAST = (1 << 63) - 1
# What readers may see on a day, given four times, of the cards `l`: as ListingQuerySet.public has it.
PUBLIC = (
    "((l.since IS NULL OR l.since <= %s) AND (l.until IS NULL OR l.until > %s)"
    " OR l.since > l.until AND (l.since <= %s OR l.until > %s))"
)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A card has this where it has one of the ways in its texts, or one of the terms (see `Listing.terms`)."""

    ways: tuple[Way, ...] = ()
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Range:
    """Cards' numbers from `first` up to, and without, `after`; without those in the gaps, told likewise."""

    first: int = 0
    after: int = LAST
    gaps: tuple[tuple[int, int], ...] = ()

    def narrowed(self, first: int = 0, after: int = LAST) -> "Range":
        return Range(max(self.first, first), min(self.after, after), self.gaps)

    def without(self, *gaps: tuple[int, int]) -> "Range":
        return Range(self.first, self.after, (*self.gaps, *gaps))


@dataclass(frozen=True, slots=True)
class Match:
    """Cards in a range of numbers that have each of `every` and none of `none`."""

    every: tuple[AnyOf, ...] = ()
    none: tuple[AnyOf, ...] = ()
    numbers: Range = Range()

    @property
    def is_by_number_alone(self) -> bool:
        """Whether the index of words has nothing to say."""
        return not (self.every or self.none)

    @property
    def of_words(self) -> tuple[tuple[Way, ...], ...]:
        """The ways of each word or phrase that must be there: by these an article is ranked, and marked."""
        return tuple(any_of.ways for any_of in self.every if any_of.ways)
