"""What stands beside an article: its neighbours in the section, its day, its subject. Bounded, whatever is kept."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from math import log

from archive.models import Article, Tally, Word
from archive.models.article import date_order_range
from archive.models.care import today
from archive.models.listing import listing_number, place_of_listing
from archive.search import analysis
from archive.search.matching import AnyOf, Match
from archive.search.parts import NUMBERS_OF_MONTH
from archive.search.stores import store

MOST_OF_DAY = 4
MOST_OF_SUBJECT = 4
# By so many tags and words, the rarest, is looked for others, and so many of each to either side in time.
_MOST_TAGS, _MOST_WORDS = 2, 3
_TO_EACH_SIDE = 10
# Words are looked for in so many months to either side, which is enough where so many are found, and at last in all:
# PostgreSQL reads whatever has the word in what it is asked for.
_MONTHS_AND_ENOUGH = ((2, 10), (8, 3), (None, 0))
# A word that stands more often than this says little of a subject, and costs more.
_COMMON = 5_000
# Of a tag that so many articles have, PostgreSQL would read and sort them all: it is asked for within months.
_MANY = 500
# One word in common is chance.
_LEAST_WORDS = 2


@dataclass(frozen=True)
class Related:
    earlier: Article | None
    later: Article | None
    day: date | None
    of_day: list
    of_subject: list

    @property
    def is_empty(self):
        return not (self.earlier or self.later or self.day or self.of_subject)


def related_to(article):
    """What stands beside an article, all of it public: a Related."""
    articles = Article.objects.public().filter(outlet=article.outlet_id)
    place = article.published_order, article.pk
    earlier = later = None
    if article.section_id and article.published_order:
        of_section = Article.objects.public().filter(section=article.section_id)
        earlier = of_section.older_than(place).newest_first().values_list("pk", flat=True).first()
        later = of_section.newer_than(place).oldest_first().values_list("pk", flat=True).first()
    of_day = _of_day(articles, article, place)
    shown_of_day = [pk for pk in of_day if pk not in (earlier, later)][:MOST_OF_DAY]
    of_subject = _of_subject(articles, article)
    wanted = {earlier, later, *shown_of_day, *of_subject} - {None}
    found = Article.objects.public().select_related("outlet", "section").defer("body", "body_received").in_bulk(wanted)
    return Related(
        earlier=found.get(earlier),
        later=found.get(later),
        day=article.published_on if of_day else None,
        of_day=[found[pk] for pk in shown_of_day if pk in found],
        of_subject=[found[pk] for pk in of_subject if pk in found],
    )


def _of_day(articles, article, place):
    """The nearest in time of the same day, the latest first; more than are shown, for some may stand elsewhere."""
    if article.published_precision not in ("minute", "day"):
        return []
    day = article.published_on
    first, after = date_order_range(day.year, day.month, day.day)
    of_day = articles.filter(published_order__gte=first, published_order__lt=after).values_list("pk", flat=True)
    before = list(of_day.older_than(place).newest_first()[: MOST_OF_DAY + 1])
    behind = list(of_day.newer_than(place).oldest_first()[: MOST_OF_DAY + 1])
    half = MOST_OF_DAY // 2 + 1
    later = max(half, MOST_OF_DAY + 2 - len(before))
    earlier = max(half, MOST_OF_DAY + 2 - len(behind))
    return behind[:later][::-1] + before[:earlier]


def _of_subject(articles, article):
    """Those that share most with the article, the nearest in time first where they share as much."""
    scores = _by_tags(article)
    weights = _words(article)
    found = articles.filter(pk__in={*scores, *_by_words(article, weights)} - {article.pk})
    best = []
    for pk, headline, day in found.values_list("pk", "headline", "published_on"):
        shared = weights.keys() & set(analysis.folded(headline).split())
        score = scores[pk] + (sum(weights[word] for word in shared) if len(shared) >= _LEAST_WORDS else 0)
        if score:
            best.append((-score, _days_between(article.published_on, day), -pk))
    return [-pk for _score, _days, pk in sorted(best)[:MOST_OF_SUBJECT]]


def _by_tags(article):
    """The articles nearest by the rarest of its tags, with what their tags in common weigh."""
    links = Article.tags.through.objects
    own = dict(links.filter(article=article).values_list("tag_id", "pk"))
    # About how common each is; whether anything is public is asked of the articles.
    tallies = Tally.objects.filter(outlet=article.outlet_id, kind="T", of__in=own)
    numbers = dict(tallies.values_list("of", "count"))
    rarest = sorted(own, key=lambda tag: (numbers.get(tag, 0), tag))[:_MOST_TAGS]
    scores = Counter()
    for tag in rarest:
        number = numbers.get(tag, 0)
        for other in _tagged_within_months(article, tag) if number > _MANY else _tagged(tag, own[tag]):
            # More than all words of a headline.
            scores[other] += 10 + 10 / log(2 + max(1, number))
    return scores


def _tagged(tag, link):
    """The articles nearest to one by whose link they have this tag, as they were taken in: near the order of dates."""
    # Each side is asked for by itself: of both at once, PostgreSQL would read all links there are.
    of_tag = Article.tags.through.objects.filter(tag=tag).values_list("article_id", flat=True)
    before, after = of_tag.filter(pk__lt=link).order_by("-pk"), of_tag.filter(pk__gt=link).order_by("pk")
    return [*before[:_TO_EACH_SIDE], *after[:_TO_EACH_SIDE]]


def _tagged_within_months(article, tag):
    """The same by date, within the months that are asked first: for a tag that very many have."""
    match, own = Match((AnyOf(terms=(f"t{tag:d}",)),)), listing_number(article.published_order, article.pk)
    sides = ({"below": own}, {"above": own})
    found = [_newest_within(match, _MONTHS_AND_ENOUGH[0][0], _TO_EACH_SIDE, **side) for side in sides]
    return [place_of_listing(number)[1] for numbers in found for number in numbers]


def _words(article):
    """The words of its headline that say something of its subject, each with its weight."""
    own = {word for word in analysis.folded(article.headline).split() if len(word) > 2}
    known = Word.objects.filter(word__in=own, count__gt=1, count__lte=_COMMON).values_list("word", "count")
    return {word: 1 / log(2 + count) for word, count in known}


def _by_words(article, weights):
    """The articles nearest in time with one of its rarest words in their headlines."""
    ways = [
        way
        for word in sorted(weights, key=lambda word: (-weights[word], word))[:_MOST_WORDS]
        for way in analysis.ways(word)
    ]
    if not ways:
        return []
    # Of every outlet: to ask for one as well would cost more than the rest.
    match = Match((AnyOf(ways=tuple(dict.fromkeys(ways))),))
    own = listing_number(article.published_order, article.pk)
    numbers = _nearest(match, below=own) + _nearest(match, above=own)
    return [place_of_listing(number)[1] for number in numbers]


def _nearest(match, *, below=None, above=None):
    """The numbers of the cards nearest to one, of those before or behind it, whose headlines match."""
    limit = _MOST_WORDS * _TO_EACH_SIDE
    for months, enough in _MONTHS_AND_ENOUGH:
        found = _newest_within(match, months, limit, below=below, above=above, in_headline=True)
        if len(found) >= enough:
            break
    return found


def _newest_within(match, months, limit, *, below=None, above=None, in_headline=False):
    if months is not None:
        reach = months * NUMBERS_OF_MONTH
        numbers = (max(0, below - reach), below) if above is None else (above + 1, above + reach)
        match = replace(match, numbers=match.numbers.narrowed(*numbers))
    return store().newest(match, today(), limit=limit, below=below, above=above, in_headline=in_headline)


def _days_between(one, other):
    return 1_000_000 if one is None or other is None else abs((one - other).days)
