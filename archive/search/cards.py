"""An article's card: what search and the counts know of it, and how it is read from the database."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from archive.models import Article, Byline, Image, Listing, Withdrawal
from archive.models.listing import listing_number, place_of_listing

from .analysis import Analysed, analyse

_FIELDS = (
    *("pk", "outlet_id", "section_id", "source_id", "language", "published_order", "held_back"),
    *("headline", "summary", "dateline", "body"),
)


@dataclass(frozen=True, slots=True)
class Card:
    """An article as it is searched and counted. The last three are its stems, each joined by spaces."""

    article_id: int
    number: int
    terms: str
    since: date | None
    until: date | None
    outlet_id: int
    headline: str
    summary: str
    body: str

    def __reduce__(self):
        # To pass one to another process as its class would takes four times as long.
        return Card, (
            *(self.article_id, self.number, self.terms, self.since, self.until),
            *(self.outlet_id, self.headline, self.summary, self.body),
        )

    @property
    def row(self):
        """What its `Listing` holds, apart from whose it is."""
        return self.number, self.terms, self.since, self.until


def terms_of(*, outlet, section, source, authors, tags, language):
    """What an article belongs to, as `Listing.terms` tells it. Ids, or None."""
    terms = [f"o{outlet}", f"l{language}"]
    if section is not None:
        terms.append(f"s{section}")
    if source is not None:
        terms.append(f"x{source}")
    terms.extend(f"a{author}" for author in sorted(set(authors)))
    terms.extend(f"t{tag}" for tag in sorted(set(tags)))
    return " ".join(terms)


def shown(withdrawals, on):
    """Whether an article is public on the day `on` or will be later, and its `since` and `until`, as Listing has them.

    `withdrawals` are pairs of the first day without it and the first with it again, or None. Where it comes and goes
    more often than two days can tell, it is hidden from the second change on, until its card is made anew.
    """
    out = []
    for first, again in sorted(withdrawals, key=lambda pair: pair[0]):
        if again is not None and (again <= on or again <= first):
            continue
        if out and (out[-1][1] is None or first <= out[-1][1]):
            out[-1][1] = None if again is None or out[-1][1] is None else max(again, out[-1][1])
        else:
            out.append([first, again])
    changes = [day for pair in out for day in pair if day is not None and day > on]
    if out and out[0][0] <= on:
        if not changes:
            return False, None, None
        return True, changes[0], changes[1] if len(changes) > 1 else None
    return True, changes[1] if len(changes) == 2 else None, changes[0] if changes else None


def is_shown(since, until, on):
    """Whether a card with these two is public on the day `on`: as ListingQuerySet.public has it."""
    has_come, stays = since is None or since <= on, until is None or until > on
    returns = since is not None and until is not None and since > until
    return (has_come and stays) or (returns and (since <= on or until > on))


def card_of(
    article_id, published_order, analysed, *, outlet, section, source, authors, tags, language, withdrawals=(), on=None
):
    """The card of an article that is not held back, or None where a withdrawal keeps it out for good.

    `analysed` is what `analyse` made of its texts; `authors` and `tags` are ids.
    """
    is_shown, since, until = shown(withdrawals, on or timezone.now().date()) if withdrawals else (True, None, None)
    if not is_shown:
        return None
    return Card(
        article_id=article_id,
        number=listing_number(published_order, article_id),
        terms=terms_of(outlet=outlet, section=section, source=source, authors=authors, tags=tags, language=language),
        since=since,
        until=until,
        outlet_id=outlet,
        headline=analysed.headline,
        summary=analysed.summary,
        body=analysed.body,
    )


def read_cards(articles, on=None, watch=None, misdated=None):
    """The cards that articles should have, by the articles' ids, in a fixed number of queries.

    `articles` is a queryset of Article; `watch`, where given, is called with the id, the headline, the summary and the
    text of each that has a card. To `misdated`, a set, are added the ids of those whose bylines have another date.
    """
    on = on or timezone.now().date()
    rows = list(articles.values_list(*_FIELDS))
    pks = [row[0] for row in rows]
    names, authors, dates = defaultdict(list), defaultdict(list), set()
    bylines = Byline.objects.filter(article__in=pks).order_by("article", "order", "number")
    for article, author, printed, name, order in bylines.values_list(
        "article_id", "author_id", "printed", "author__name", "published_order"
    ):
        authors[article].append(author)
        names[article].append(printed or name)
        dates.add((article, order))
    if misdated is not None:
        misdated.update(article for article, _order in dates.difference((row[0], row[5]) for row in rows))
    tags = _gathered(Article.tags.through.objects.filter(article__in=pks).values_list("article_id", "tag_id"))
    captions = _gathered(
        Image.objects.filter(article__in=pks)
        .exclude(caption="")
        .order_by("article", "order", "number")
        .values_list("article_id", "caption")
    )
    withdrawals = defaultdict(list)
    for article, first, again in Withdrawal.objects.filter(article__in=pks).values_list(
        "article_id", "withdrawn_on", "reinstated_on"
    ):
        withdrawals[article].append((first, again))
    cards = {}
    for pk, outlet, section, source, language, published_order, held_back, headline, summary, dateline, body in rows:
        if held_back:
            continue
        out = withdrawals.get(pk, ())
        if out and not shown(out, on)[0]:
            continue
        if watch:
            watch(pk, headline, summary, body)
        analysed = analyse(headline, summary, names.get(pk, ()), dateline, body, captions.get(pk, ()), language)
        cards[pk] = card_of(
            pk,
            published_order,
            analysed,
            outlet=outlet,
            section=section,
            source=source,
            authors=authors.get(pk, ()),
            tags=tags.get(pk, ()),
            language=language,
            withdrawals=out,
            on=on,
        )
    return cards


def _gathered(pairs):
    found = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def tally_keys(number, terms):
    """What a card adds one to: (outlet, kind, of, period) of each tally."""
    order = place_of_listing(number)[0]
    month, day = order // 1_000_000, order // 10_000
    terms = terms.split()
    outlet = int(terms[0][1:])
    yield outlet, "d", 0, day
    for term in terms:
        kind = term[0]
        of = language_number(term[1:]) if kind == "l" else int(term[1:])
        yield outlet, kind, of, month
        # A capital letter is the sum of all months.
        yield outlet, kind.upper(), of, 0


def language_number(code):
    """Two letters as a number in base 256."""
    return int.from_bytes(code.encode("ascii"), "big")


def language_code(number):
    return number.to_bytes(max(1, (number.bit_length() + 7) // 8), "big").decode("ascii")


__all__ = ["Analysed", "Card", "Listing", "card_of", "read_cards", "tally_keys", "terms_of"]
