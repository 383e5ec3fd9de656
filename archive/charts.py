"""Charts that are drawn on the server: where each bar of an SVG stands and how long it is. Pure.

Every measure is a percentage as SVG writes it ("12.5%"), so that a chart is as wide as the page leaves it and its
words keep their size; and it is text, which no page writes with a comma.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# Of a chart's height: the rest is for the names beneath.
BARS_HEIGHT = 84.0
# Of a bar's place: the rest parts it from its neighbour.
_BAR_WIDTH = 0.8
# Something is seen of the smallest number too.
_LEAST = 1.5
# So many names stand side by side on the narrowest page.
_MOST_NAMES = 6
# Over more years than this, those of which nothing is kept are left out.
_MOST_GAPS = 150


@dataclass(frozen=True)
class Bar:
    """One bar: its name in full and short, its number, the address to which it leads ("" for none), and its measures.

    `left` and `width` are the bar's, `place` and `place_width` those of all the room that is its own, `middle` is
    where its name stands, and `is_named` whether there is room for it.
    """

    name: str
    short_name: str
    count: int
    address: str
    left: str
    top: str
    width: str
    height: str
    place: str
    place_width: str
    middle: str
    is_named: bool


@dataclass(frozen=True)
class Row:
    """One line of a table that draws its numbers: its name, number, address, and its bar's length."""

    name: str
    count: int
    address: str
    length: str


def upright_bars(figures: Iterable[tuple[str, int, str]], short_names: Sequence[str] = ()) -> list[Bar]:
    """Bars side by side, of (name, count, address) in the order given; the highest is as high as there is room.

    `short_names` are what stands beneath each, where its name is long.
    """
    figures = list(figures)
    short_names = short_names or [name for name, _count, _address in figures]
    most = max((count for _name, count, _address in figures), default=0)
    place = 100 / (len(figures) or 1)
    between_names = -(-len(figures) // _MOST_NAMES)
    bars = []
    for number, (name, count, address) in enumerate(figures):
        height = _length(count, most, BARS_HEIGHT)
        left = number * place
        bars.append(
            Bar(
                name=name,
                short_name=short_names[number],
                count=count,
                address=address,
                left=_percent(left + place * (1 - _BAR_WIDTH) / 2),
                top=_percent(BARS_HEIGHT - height),
                width=_percent(place * _BAR_WIDTH),
                height=_percent(height),
                place=_percent(left),
                place_width=_percent(place),
                middle=_percent(left + place / 2),
                is_named=number % between_names == 0,
            )
        )
    return bars


def rows(figures: Iterable[tuple[str, int, str]]) -> list[Row]:
    """The lines of a table, of (name, count, address) in the order given; the longest bar takes all the room."""
    figures = list(figures)
    most = max((count for _name, count, _address in figures), default=0)
    return [Row(name, count, address, _percent(_length(count, most, 100))) for name, count, address in figures]


def every_year(counts: Mapping[int, int]) -> list[tuple[int, int]]:
    """(year, count) of each year from the first to the last, with 0 for those between of which nothing is counted.

    Year 0, the undated, is left out.
    """
    years = sorted(year for year, count in counts.items() if year and count)
    if not years:
        return []
    if years[-1] - years[0] < _MOST_GAPS:
        years = list(range(years[0], years[-1] + 1))
    return [(year, counts.get(year, 0)) for year in years]


def _length(count: int, most: int, room: float) -> float:
    return max(count / most * room, _LEAST) if count > 0 else 0.0


def _percent(number: float) -> str:
    return f"{number:.3f}".rstrip("0").rstrip(".") + "%"
