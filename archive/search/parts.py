"""What a card's number says of it, as terms: a part of all cards, its month. Pure."""

# So many even parts there are, in each of which what is very common can be counted. Its article's number decides of
# which a card is.
PARTS = 64
ARTICLES = (1 << 30) - 1


def part_term(part: int) -> str:
    return f"r{part}"


def part_of(number: int) -> str:
    """The term of the part to which the card of this number belongs."""
    article = number & ARTICLES
    return part_term((article * 2_654_435_761 >> 16) % PARTS)


# What a number holds is told in archive/models/listing.py.
NUMBERS_OF_MONTH = 32 * 2400 << 30
_MOST_MONTHS = 40


def month_of(number: int) -> str:
    """The term of a card's month."""
    return f"m{number // NUMBERS_OF_MONTH}"


def months_between(first: int, after: int) -> tuple[str, ...]:
    """The terms of all months of these numbers; none where they are too many to be asked for."""
    months = range(first // NUMBERS_OF_MONTH, (after - 1) // NUMBERS_OF_MONTH + 1)
    return tuple(f"m{month}" for month in months) if 0 < len(months) <= _MOST_MONTHS else ()
