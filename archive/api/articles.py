"""Lists of articles for machines: newest first, as a search finds them, or in the order in which they changed.

Each pages by a place, and asks a fixed number of questions for a page, wherever it begins. A place is a letter (`n`,
`s` or `c`) with the numbers after which the page begins.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain

from django.db import models
from django.utils import timezone

from archive.exporters.article_dict import instant
from archive.exporters.open_form import open_articles, with_all
from archive.models import Article, Byline, Section, Withdrawal
from archive.models.article import date_order_range
from archive.search import find
from archive.views import narrowing

from .answers import Refused
from .schemas import last_day

# So many changes are looked at for a page of a narrow question, which may want none of them.
MOST_LOOKED_AT = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_PLACE = Refused(
    404, "There is no such place in this list.", "Take the whole address that `next` gives, or leave out `cursor`."
)


@dataclass
class Page:
    """One page of a list, in plain values: `next` is the place where the next one begins, or empty."""

    articles: list
    withdrawn: list = field(default_factory=list)
    count: int | None = None
    is_count_exact: bool = True
    is_partial: bool = False
    next: str = ""


def page_of(query):
    """The page that an ArticleQuery asks for. Raises Refused where it names what is not here."""
    asked = narrowing.read(
        {name: getattr(query, name) for name in ("outlet", "section", "source", "author", "tag", "language", "year")}
    )
    for name, value in asked.unknown:
        raise Refused(
            404,
            f"There is nothing public here with {name}={value}.",
            "Take the names that stand in articles; /api/v1/outlets tells those of outlets.",
        )
    if query.changed_since and not query.q:
        return changes(query, asked)
    if query.q or asked.choices:
        return matches(query, asked)
    return newest(query)


def numbers(cursor, letter):
    """The two numbers of a place in a list of this letter; None where the list begins."""
    if not cursor:
        return None
    if cursor[0] != letter:
        raise _NO_PLACE
    first, _dash, second = cursor[1:].partition("-")
    return int(first), int(second)


# Newest first


def newest(query):
    articles, place = Article.objects.public(), numbers(query.cursor, "n")
    articles = published_between(articles, query)
    if place:
        articles = articles.older_than(place)
    found = list(with_all(articles).newest_first()[: query.limit + 1])
    shown = found[: query.limit]
    is_more = len(found) > query.limit
    return Page(
        open_articles(shown),
        is_count_exact=False,
        next=f"n{shown[-1].published_order}-{shown[-1].pk}" if is_more else "",
    )


# As a search finds them


def matches(query, asked):
    if query.cursor and query.cursor[0] != "s":
        raise _NO_PLACE
    results = find(
        " ".join(filter(None, (*_dated(query), query.q))),
        on=timezone.now().date(),
        narrowed=asked.narrowed,
        order="date" if query.order == "newest" else query.order,
        after=query.cursor[1:] or None,
        length=query.limit,
    )
    pks = [hit.article.pk for hit in results.hits]
    found = {article.pk: article for article in with_all(Article.objects.public()).filter(pk__in=pks)}
    shown = [found[pk] for pk in pks if pk in found]
    if query.changed_since:
        shown = [article for article in shown if article.updated_at >= query.changed_since]
    return Page(
        open_articles(shown),
        count=results.count,
        is_count_exact=results.is_counted and not query.changed_since,
        is_partial=results.is_partial,
        next=f"s{results.older}" if results.older else "",
    )


def _dated(query):
    """The words by which a search is bounded in time. They stand first, where no open quotation mark swallows them."""
    for name, text in (("after", query.published_after), ("before", query.published_before)):
        if text:
            year, month, day = _parts(text)
            yield f"{name}:" + "-".join(
                [f"{year:04}", *([f"{month:02}"] if month else []), *([f"{day:02}"] if day else [])]
            )


def _parts(text):
    """A year, month and day of the calendar, None for what is left out; there is no 31st of a shorter month."""
    year, month, day = (*map(int, text.split("-")), None, None)[:3]
    return year, month, day and min(day, last_day(year, month))


# In the order in which they changed


def changes(query, asked):
    """What changed since, with those withdrawn.

    An article changes at its `updated_at`, and on the day on which a withdrawal told beforehand begins or ends.
    """
    place = numbers(query.cursor, "c") or (_microseconds(query.changed_since), 0)
    is_narrow = bool(asked.choices or query.published_after or query.published_before)
    most = MOST_LOOKED_AT if is_narrow else 2 * query.limit + 1
    looked_at = sorted(set(chain.from_iterable(_changes_after(place, most))))[:most]
    pks = {pk for _moment, pk in looked_at}
    public = set(Article.objects.public().filter(pk__in=pks).values_list("pk", flat=True))
    wanted = public
    if is_narrow and public:
        wanted = set(_narrowed(Article.objects.filter(pk__in=public), query, asked).values_list("pk", flat=True))
    gone = _withdrawn_among(pks - public, asked.choice("outlet"))
    taken, end = [], ""
    for moment, pk in looked_at:
        if (pk in wanted or pk in gone) and pk not in taken:
            if len(taken) == query.limit:
                break
            taken.append(pk)
        end = f"c{moment}-{pk}"
    else:
        if len(looked_at) < most:
            end = ""
    shown = with_all(Article.objects.public()).filter(pk__in=wanted.intersection(taken))
    found = {article.pk: article for article in shown}
    return Page(
        open_articles(found[pk] for pk in taken if pk in found),
        [tombstone(gone[pk]) for pk in taken if pk in gone],
        is_count_exact=False,
        next=end,
    )


def _withdrawn_among(pks, outlet):
    """Articles to the withdrawals in force. What they belonged to is not told, but for the outlet of their address."""
    rows = Withdrawal.objects.in_force(timezone.now().date()).filter(article__in=pks, article__held_back=False)
    if outlet:
        rows = rows.filter(article__outlet=outlet.wanted)
    rows = rows.select_related("article__outlet").defer("article__body", "article__body_received")
    return {withdrawal.article_id: withdrawal for withdrawal in rows}


def _changes_after(place, most):
    """Lists of (microseconds, article) after a place, each in order and long enough."""
    moment, number = place
    since = _EPOCH + timedelta(microseconds=moment)
    rows = Article.objects.filter(
        _after("updated_at", since, "pk", number, models.DateTimeField()), held_back=False
    ).order_by("updated_at", "pk")
    yield [(_microseconds(at), pk) for at, pk in rows.values_list("updated_at", "pk")[:most]]
    # A day has its place where it begins.
    is_within_a_day = since.time() != datetime.min.time()
    first, number = (since.date() + timedelta(days=1), 0) if is_within_a_day else (since.date(), number)
    for name in ("withdrawn_on", "reinstated_on"):
        rows = Withdrawal.objects.filter(
            _after(name, first, "article_id", number, models.DateField()), **{f"{name}__lte": timezone.now().date()}
        ).order_by(name, "article_id")
        yield [
            (_microseconds(datetime(day.year, day.month, day.day, tzinfo=UTC)), pk)
            for day, pk in rows.values_list(name, "article_id")[:most]
        ]


def _after(first, value, second, number, kind):
    # A row comparison: the same written with OR is read past the index.
    row = models.Func(models.F(first), models.F(second), function="")
    place = models.Func(models.Value(value, kind), models.Value(number, models.BigIntegerField()), function="")
    return models.Func(row, place, arg_joiner=" > ", template="(%(expressions)s)", output_field=models.BooleanField())


def _narrowed(articles, query, asked):
    for choice in asked.choices:
        if choice.name == "author":
            articles = articles.filter(pk__in=Byline.objects.filter(author=choice.wanted).values("article"))
        elif choice.name == "year":
            articles = articles.published_in(choice.wanted) if choice.wanted else articles.filter(published_order=0)
        elif choice.name == "section":
            articles = articles.filter(section__in=Section.objects.with_parts([choice.wanted]))
        else:
            articles = articles.filter(**{"tags" if choice.name == "tag" else choice.name: choice.wanted})
    return published_between(articles, query)


def published_between(articles, query):
    """Those that were, or may have been, published between the days asked for."""
    if query.published_after:
        year, month, day = _parts(query.published_after)
        # One known by its month or year alone may have been later in it.
        may_be = (date_order_range(year, month)[0], date_order_range(year)[0])
        articles = articles.filter(
            models.Q(published_order__gte=date_order_range(year, month, day)[0]) | models.Q(published_order__in=may_be)
        )
    if query.published_before:
        year, month, day = _parts(query.published_before)
        # The first day of a period begins it: nothing of that month or year can have been before.
        day = None if day == 1 else day
        month = None if month == 1 and day is None else month
        articles = articles.filter(published_order__lt=date_order_range(year, month, day)[0], published_order__gt=0)
    return articles


def _microseconds(moment):
    # Of seventeen digits at most, as in a place: that is the year 5138.
    return min(max((moment - _EPOCH) // timedelta(microseconds=1), 0), 10**17 - 1)


def tombstone(withdrawal):
    article = withdrawal.article
    return {
        "key": article.key,
        "address": article.permanent_address,
        "status": withdrawal.status_code,
        "changed": instant(article.updated_at),
    }
