"""How many articles there are, by date and by what they belong to; exact for what is public on the day asked.

Outlets are rows or their ids. Work grows with the number of the counts that are told, never with that of the articles.
"""

from collections import Counter

from django.db.models import F, Q, Sum
from django.utils import timezone

from archive.models import Listing, Tally

from .cards import is_shown, tally_keys


def total(outlet, *, on=None):
    """How many there are."""
    return sum(_counts(outlet, on, kind="O").values())


def by_year(outlet, *, on=None):
    """{year: number}; 0 is for those without a date."""
    return _summed(_counts(outlet, on, kind="o"), lambda key: key[1] // 100)


def by_month(outlet, year, *, on=None):
    """{month: number}; 0 is for those of which the year alone is known."""
    return _summed(_counts(outlet, on, kind="o", periods=(year * 100, year * 100 + 99)), lambda key: key[1] % 100)


def by_day(outlet, year, month, *, on=None):
    """{day of the month: number}; 0 is for those of which the month alone is known."""
    first = (year * 100 + month) * 100
    return _summed(_counts(outlet, on, kind="d", periods=(first, first + 99)), lambda key: key[1] % 100)


def months_of(outlet, kind, *of, on=None):
    """{YYYYMM: number} of what belongs to one of some things: `kind` is the letter of a term (see Listing), `of` their
    numbers. What can belong to two of them is counted twice.
    """
    return _summed(_counts(outlet, on, kind=kind, of=of), lambda key: key[1])


def most(outlet, kind, limit, period_range=None, *, on=None):
    """[(of, number)] of the things of a kind that have most, at most `limit` of them, the first the one with most.

    `period_range` is (first, last) as YYYYMM, both included; over all time it is far quicker.
    """
    counts = _counts(outlet, on, kind=kind if period_range else kind.upper(), periods=period_range, limit=limit)
    summed = _summed(counts, lambda key: key[0])
    return sorted(summed.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]


def totals(outlet, kind, of, *, on=None):
    """{of: number} of several things of a kind, over all time."""
    outlet, of = getattr(outlet, "pk", outlet), list(of)
    rows = Tally.objects.filter(outlet=outlet, kind=kind.upper(), of__in=of).values_list("of", "count")
    numbers = Counter(dict(rows))
    for (each, _period), number in _hidden(outlet, on, kind.upper(), None, None).items():
        numbers[each] -= number
    return {each: numbers[each] for each in of if numbers[each] > 0}


def years_of_outlets(outlets, *, on=None):
    """{outlet's id: {year: number}} of several outlets; year 0 is for those without a date."""
    rows = (
        Tally.objects.filter(outlet__in=outlets, kind="o")
        .annotate(year=F("period") / 100)
        .values("outlet", "year")
        .annotate(number=Sum("count"))
    )
    found = {}
    for row in rows:
        found.setdefault(row["outlet"], Counter())[row["year"]] += row["number"]
    for outlet, kind, _of, period in _hidden_keys(on):
        if kind == "o" and outlet in found:
            found[outlet][period // 100] -= 1
    return {outlet: {year: number for year, number in years.items() if number > 0} for outlet, years in found.items()}


def _summed(counts, part_of):
    summed = Counter()
    for key, number in counts.items():
        summed[part_of(key)] += number
    return {key: number for key, number in sorted(summed.items()) if number}


def _counts(outlet, on, *, kind, of=None, periods=None, limit=None):
    """{(of, period): number}. With `limit` summed over the periods, and so many as hold the `limit` that have most."""
    outlet = getattr(outlet, "pk", outlet)
    rows = Tally.objects.filter(outlet=outlet, kind=kind)
    if of is not None:
        rows = rows.filter(of__in=of)
    if periods is not None:
        rows = rows.filter(period__gte=periods[0], period__lte=periods[1])
    hidden = _hidden(outlet, on, kind, of, periods)
    if limit is None:
        counts = Counter({(each, period): number for each, period, number in rows.values_list("of", "period", "count")})
    else:
        rows = rows.values_list("of").annotate(number=Sum("count")).order_by("-number", "of")
        hidden = _summed(hidden, lambda key: (key[0], 0))
        counts = Counter({(each, 0): number for each, number in rows[: limit + len(hidden)]})
        hidden = {key: number for key, number in hidden.items() if key in counts}
    counts.subtract(hidden)
    return counts


def _hidden(outlet, on, kind, of, periods):
    """The same of the cards that are not public on the day."""
    return Counter(
        (each, period)
        for of_outlet, of_kind, each, period in _hidden_keys(on)
        if of_outlet == outlet
        and of_kind == kind
        and (of is None or each in of)
        and (periods is None or periods[0] <= period <= periods[1])
    )


def _hidden_keys(on):
    """What the cards that are not public on the day have added to the tallies; hardly any is ever there."""
    on = on or timezone.now().date()
    outside = Listing.objects.filter(Q(since__gt=on) | Q(until__lte=on))
    for number, terms, since, until in outside.values_list("number", "terms", "since", "until"):
        if not is_shown(since, until, on):
            yield from tally_keys(number, terms)
