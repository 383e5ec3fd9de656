"""A question answered, in bounded time."""

import re
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from django.db.utils import OperationalError
from django.utils import timezone

from archive.models import Article, Section
from archive.models.listing import listing_number, place_of_listing

from . import counting
from .analysis import plain
from .cards import read_cards
from .matching import AnyOf
from .names import MOST_PARTS, ids_of
from .passages import marked, passage
from .query import Query, ask
from .scoring import score
from .stores import store
from .words import mended

# Seconds for the whole of an answer, and for its first part.
BUDGET = 0.8
BUDGET_OF_RANKING = 0.45
# Of the newest matches, so many are ranked; and so many that rank well are read and compared.
MOST_RANKED = 2_000
MOST_READ = 20
# Where so few match, all of them are read.
FEW = 80
LONGEST_PAGE = 500
_PLACE = re.compile(r"([nr])([0-9]{1,19})")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a search is narrowed to: ids, a language's two letters, a year (0 for those without a date)."""

    outlet: int | None = None
    section: int | None = None
    source: int | None = None
    author: int | None = None
    tag: int | None = None
    language: str = ""
    year: int | None = None

    @property
    def terms(self):
        """For each thing that it is narrowed to, the terms of which a card must have one."""
        kinds = (("o", self.outlet), ("x", self.source), ("a", self.author), ("t", self.tag))
        terms = [(f"{letter}{value:d}",) for letter, value in kinds if value is not None]
        if self.section is not None:
            # What stands in a part of a section stands in the section.
            terms.append(tuple(f"s{pk:d}" for pk in Section.objects.with_parts([self.section])[:MOST_PARTS]))
        if self.language:
            # What is no language's code is a term of no card.
            terms.append((f"l{self.language}" if _LANGUAGE.fullmatch(self.language) else "l",))
        return terms

    @property
    def is_empty(self):
        return self == Narrowed()


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found.

    `headline` and `passage` are lists of pairs: a piece of plain text, and whether it is what was asked for.
    """

    article: Article
    headline: list
    passage: list


@dataclass
class Results:
    """The answer to a question (see `find`).

    `count` is exact where `is_counted`, else there are more; facets and years are of `counted` of them. `is_partial`
    where the time allowed was over before all was known. `older` and `newer` are places for another call.
    """

    query: Query
    hits: list = field(default_factory=list)
    count: int = 0
    is_counted: bool = True
    counted: int = 0
    is_partial: bool = False
    facets: dict = field(default_factory=lambda: {name: [] for name in counting.FACETS})
    years: list = field(default_factory=list)
    suggestion: str = ""
    older: str = ""
    newer: str = ""


def find(text, *, on=None, narrowed=None, order="relevance", after=None, before=None, length=20, bare=False):
    """What a text asks for (see docs/searching.md), among the articles that are public on the day `on`.

    `order` is "relevance", which reaches as far as the 2,000 newest matches, or "date". `after` and `before` are places
    that an earlier answer gave as its `older` and `newer`. At most `length` articles are given. With `bare` the answer
    is the articles alone, without passages, counts, facets and suggestion: for a program that takes page after page.
    """
    on = on or timezone.now().date()
    narrowed = narrowed or Narrowed()
    start = time.monotonic()
    results = Results(Query(text))
    with _deadline(results, start + BUDGET):
        results.query = ask(text, ids_of, _first_number)
    if (results.query.is_empty and narrowed.is_empty) or (results.query.ignored and not results.query.words):
        return results
    match = _narrowed(results.query.match, narrowed)
    length = max(1, min(length, LONGEST_PAGE))
    probe = None
    with _deadline(results, start + BUDGET):
        probe = counting.probe(match, on)
    if probe is not None:
        numbers = _find_numbers(results, match, on, order, after, before, length, start, probe)
        results.hits = _hits(numbers, match.of_words, on, with_texts=not bare)
    if bare:
        return results
    rows = None
    if probe is not None:
        with _deadline(results, start + BUDGET):
            rows = counting.count(results, match, on, probe)
    if rows is None:
        results.count = results.counted = len(results.hits)
        results.is_counted = False
    else:
        with _deadline(results, start + BUDGET):
            counting.count_facets(results, rows, narrowed.section)
    if not results.count and not results.is_partial and results.query.words:
        with _deadline(results, start + BUDGET):
            results.suggestion = _suggestion(results.query, narrowed, on)
    return results


def year_range(year):
    """The numbers of a year's cards, from the first up to, and without, the last; those of undated ones for 0."""
    if not 0 <= year <= 9999:
        return 0, 0
    return _first_number(year * 100_000_000), _first_number((year + 1) * 100_000_000)


def _first_number(place):
    return listing_number(place, 0)


def _narrowed(match, narrowed):
    every = (*match.every, *(AnyOf(terms=terms) for terms in narrowed.terms))
    numbers = match.numbers if narrowed.year is None else match.numbers.narrowed(*year_range(narrowed.year))
    return replace(match, every=every, numbers=numbers)


@contextmanager
def _deadline(results, at):
    """What is done within is left as far as it came when the time is over."""
    try:
        with store().deadline(at):
            yield
    except OperationalError as error:
        if not store().is_overdue(error):
            raise
        results.is_partial = True


def _find_numbers(results, match, on, order, after, before, length, start, probe):
    numbers = None
    if order == "relevance" and match.of_words:
        with _deadline(results, start + BUDGET_OF_RANKING):
            numbers = _by_relevance(match, on, probe)
    if numbers is not None:
        first = _place("r", after) or _place("r", before) or 0
        shown = numbers[first : first + length]
        results.newer = f"r{max(0, first - length)}" if first else ""
        results.older = f"r{first + length}" if first + length < len(numbers) else ""
    else:
        shown = []
        with _deadline(results, start + BUDGET):
            shown = _by_date(results, match, on, _place("n", after), _place("n", before), length, probe)
    return shown


def _place(kind, place):
    found = _PLACE.fullmatch(place or "")
    if found is None or found[1] != kind:
        return None
    return min(int(found[2]), (1 << 63) - 1)


def _by_date(results, match, on, below, above, length, probe):
    if below is None and above is not None:
        numbers = store().newest(match, on, limit=length + 1, above=above)
        shown = numbers[:length][::-1]
        has_newer, has_older = len(numbers) > length, bool(shown)
    else:
        numbers = _newest(match, on, probe, length + 1, below)
        shown = numbers[:length]
        has_newer, has_older = below is not None, len(numbers) > length
    if shown:
        results.newer = f"n{shown[0]}" if has_newer else ""
        results.older = f"n{shown[-1]}" if has_older else ""
    return shown


def _newest(match, on, probe, limit, below=None):
    window = _window(match, probe, limit, below)
    numbers = store().newest(window, on, limit=limit, below=below)
    if len(numbers) < limit and window != match:
        numbers = store().newest(match, on, limit=limit, below=below)
    return numbers


def _window(match, probe, limit, below=None):
    """A match narrowed to the newest numbers, in which about `limit` of what matches, or some more, can be expected.

    `probe` are the matches in one part of all cards.
    """
    numbers = [number for number, _terms in probe if below is None or number < below]
    # A third more than are needed, and what one part is off by.
    place = 4 * limit // (3 * counting.PARTS) + 12
    if place >= len(numbers):
        return match
    return replace(match, numbers=match.numbers.narrowed(numbers[place]))


def _by_relevance(match, on, probe):
    """The numbers of the matches, the best first, as far as they are ranked.

    Each database ranks in its own way; so the best by either, and the newest with all words in the headline, are read
    and put in one order here.
    """
    # Where one part of them has more, nobody need ask.
    if len(probe) <= FEW:
        newest = _newest(match, on, probe, FEW + 1)
        if len(newest) <= FEW:
            return _by_score(newest, match)
    window = _window(match, probe, MOST_RANKED)
    near = match if store().STOPS_WHEN_FOUND else window
    heads = store().newest(near, on, limit=MOST_READ, in_headline=True)
    if len(heads) < MOST_READ and near != match:
        heads = store().newest(match, on, limit=MOST_READ, in_headline=True)
    ranked = store().ranked(window, on, limit=MOST_RANKED)
    if len(ranked) < MOST_RANKED and window != match:
        ranked = store().ranked(match, on, limit=MOST_RANKED)
    read = list(dict.fromkeys([*heads, *ranked[:MOST_READ]]))
    return _joined(_by_score(read, match), ranked)


def _joined(first, ranked):
    known = set(first)
    return [*first, *(number for number in ranked if number not in known)]


def _by_score(numbers, match):
    cards = read_cards(Article.objects.filter(pk__in=[place_of_listing(number)[1] for number in numbers]))
    scores = {card.number: score(card, match.of_words) for card in cards.values()}
    return sorted((number for number in numbers if number in scores), key=lambda each: (-scores[each], -each))


def _hits(numbers, wanted, on, *, with_texts):
    pks = [place_of_listing(number)[1] for number in numbers]
    articles = Article.objects.public(on).for_lists().in_bulk(pks)
    if not with_texts:
        return [Hit(articles[pk], [(articles[pk].headline, False)], []) for pk in pks if pk in articles]
    texts = dict(Article.objects.filter(pk__in=articles).values_list("pk", "body"))
    return [_hit(articles[pk], texts.get(pk, ""), wanted) for pk in pks if pk in articles]


def _hit(article, body, wanted):
    text = f"{article.dateline} {plain(body)}".strip()
    return Hit(
        article,
        marked(article.headline, article.language, wanted),
        passage((text, article.summary), article.language, wanted),
    )


def _suggestion(query, narrowed, on):
    """The question with the nearest spelling of what no article has; only where that finds something."""
    text = mended(query)
    if not text:
        return ""
    match = _narrowed(ask(text, ids_of, _first_number).match, narrowed)
    return text if store().newest(match, on, limit=1) else ""
