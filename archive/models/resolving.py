"""What stood at an old address: looked up by the address itself, then the publisher's id in it, then its slug.

A look-up is a constant number of questions, each answered by an index. An address leads nowhere rather than to a wrong
article: a slug decides only where it names one article, dated as the address is.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from archive.address_patterns import Parts, Template, parts_by_shape, prefixes
from archive.addresses import letters, words

from .address import AddressPattern, OldAddress, OldHost, PageAddress, normalised_or_empty
from .article import Article, Section, Tag
from .care import Withdrawal
from .outlet import Outlet
from .people import Author

# A slug shorter than this says too little where only its beginning fits, or where the id beside it is not known.
FEWEST_LETTERS = 15
# Systems cut slugs off at 60 characters or more.
FEWEST_BEFORE_A_CUT = 30
# Patterns may read the end of an address as one slug or another; more readings than this are not tried.
MOST_SLUGS = 2
# So many articles of one slug are looked at; where there are more, it decides nothing.
MOST_NAMESAKES = 30
BATCH = 500
# SQLite takes 500 questions in one at most, and some 30,000 values; a cut slug may have ninety.
ASKED_AT_ONCE = 100
# To guess what a reader may have looked for: a day of a large outlet, and words that say something.
MOST_COMPARED = 300
FEWEST_IN_A_WORD = 4
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_MOST_PAGES_KEPT = 10_000
# In place of whatever form it had.
FEED = "atom.xml"
NOTHING_TOLD = Parts()


class Way(StrEnum):
    """How it is known what stood at an address."""

    ADDRESS = "address"
    ID = "id"
    SLUG = "slug"
    # A page of the outlet's own: a section, an author, a tag, a date, its front.
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Reading:
    """An address in the light of one pattern; the outlets that it may be of, the likeliest first."""

    parts: Parts
    outlets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """The answer for one address: `way` is empty where nothing is known to have stood there."""

    # Its normal form; empty where it is no address at all.
    address: str = ""
    way: Way | str = ""
    article_id: int | None = None
    page: str = ""
    # Whose address it was, where its host tells.
    outlet_id: int | None = None
    parts: Parts = NOTHING_TOLD

    @property
    def without_reader(self):
        """The address without what may tell of the reader: what follows its question mark, unless that is a number."""
        bare, _mark, query = self.address.partition("?")
        return self.address if re.fullmatch(r"\w{1,20}=\d{1,20}", query, re.ASCII) else bare

    def path(self):
        """Where a reader is sent, within this archive; None for a miss."""
        if self.article_id is None:
            return self.page or None
        articles = Article.objects.select_related("outlet").defer("body", "body_received")
        return articles.get(pk=self.article_id).address_for_readers()


class Resolver:
    """Looks addresses up. Hosts and patterns are read once, so it is made anew for each request or file."""

    def __init__(self):
        self._pages, self._lines, self._scopes = {}, {}, {}

    def resolve(self, url):
        return self.resolve_many([url])[0]

    def resolve_many(self, urls):
        """The resolution of each, in order, with a fixed number of questions for all exact ones and ids."""
        urls = list(urls)
        addresses = [normalised_or_empty(url) for url in urls]
        exact = self._exact({address for address in addresses if address})
        answers, open_ones = {}, {}
        for address in filter(None, dict.fromkeys(addresses)):
            if exact.get(address):
                answers[address] = Resolution(address, Way.ADDRESS, exact[address])
            elif address in exact:
                # An article that is held back is not told of, and no other takes its place.
                answers[address] = Resolution(address, outlet_id=self.outlet_at(address)[0])
            else:
                open_ones[address] = self.readings(address)
        pages = _pages_at(open_ones)
        for address, page in pages.items():
            answers[address] = Resolution(address, Way.PAGE, page=page)
            del open_ones[address]
        by_id = self._by_id(open_ones)
        asked = {address: _slugs_of(readings) for address, (_, readings) in open_ones.items() if address not in by_id}
        named_alike = namesakes({ask[:2] for asks in asked.values() for ask in asks})
        for address, (outlet, readings) in open_ones.items():
            known = Resolution(address, outlet_id=outlet, parts=_told(address, readings))
            if address in by_id:
                answers[address] = replace(known, way=Way.ID, article_id=by_id[address])
            else:
                answers[address] = self._otherwise(known, asked[address], named_alike, readings)
        return [answers.get(address, Resolution()) for address in addresses]

    def outlet_at(self, address):
        """(the key of the outlet that had an address in its normal form, the rest of the address), or (None, "")."""
        for prefix in prefixes(address):
            if prefix in self._hosts:
                return self._hosts[prefix], address.removeprefix(prefix)
        return None, ""

    def readings(self, address):
        """(the outlet whose host it is or None, what the patterns that fit tell of the address, in their order)."""
        outlet, rest = self.outlet_at(address)
        own, common = [], []
        for template, owner in self._patterns:
            if template.is_path and (outlet is None or (owner and owner not in self._above(outlet))):
                continue
            if parts := template.read(rest if template.is_path else address):
                (own if owner else common).append(Reading(parts, self._scope(outlet, owner)))
        # The outlet's own patterns know its addresses better than those that hold for every outlet.
        found = own or common
        # Without any pattern that knows better, the shape of the address tells the slug.
        shape = parts_by_shape(address)
        if outlet and len(letters(shape.slug)) >= FEWEST_LETTERS and not any(each.parts.slug for each in found):
            found.append(Reading(shape, (outlet,)))
        return outlet, found

    def parts(self, address):
        """What an address in its normal form tells of the page that stood there."""
        _outlet, readings = self.readings(address)
        return _told(address, readings)

    # What is known of outlets

    @cached_property
    def _outlets(self):
        return {pk: (parent, slug) for pk, parent, slug, _website in self._rows}

    @cached_property
    def _rows(self):
        return list(Outlet.objects.order_by("pk").values_list("pk", "parent", "slug", "website"))

    @cached_property
    def _hosts(self):
        websites = {
            address: pk for pk, _parent, _slug, website in self._rows if (address := normalised_or_empty(website))
        }
        return websites | dict(OldHost.objects.values_list("address", "outlet"))

    @cached_property
    def _patterns(self):
        rows = AddressPattern.objects.order_by("order", "template", "pk").values_list("template", "outlet")
        return [(_template(template), outlet) for template, outlet in rows]

    def _above(self, outlet):
        """An outlet and those above it."""
        if outlet not in self._lines:
            line, above = [], outlet
            while above and above not in line:
                line.append(above)
                above = self._outlets[above][0]
            self._lines[outlet] = line
        return self._lines[outlet]

    def _scope(self, outlet, owner):
        """The outlets to look in: the one whose host it is, then the owner of the pattern and all below it."""
        if (outlet, owner) not in self._scopes:
            self._scopes[outlet, owner] = self._scope_of(outlet, owner)
        return self._scopes[outlet, owner]

    def _scope_of(self, outlet, owner):
        top = owner or outlet
        below = [pk for pk in self._outlets if top is None or top in self._above(pk)]
        return tuple(dict.fromkeys([outlet, *below] if outlet else below))

    # By the address itself

    def _exact(self, addresses):
        """Addresses to the key of the article once there: as it stands, or without what follows the question mark."""
        wanted = addresses | {bare for address in addresses if (bare := address.partition("?")[0])}
        found = {}
        for some in batches(wanted):
            rows = OldAddress.objects.filter(normalised__in=some).values_list(
                "normalised", "article", "article__held_back"
            )
            found.update({address: None if held_back else pk for address, pk, held_back in rows})
        known = {}
        for address in addresses:
            bare = address.partition("?")[0]
            if address in found:
                known[address] = found[address]
            elif bare in found and "/" in bare and not self._asks_by_query(address):
                known[address] = found[bare]
        return known

    def _asks_by_query(self, address):
        """Whether a pattern tells the page by what follows the question mark."""
        _outlet, rest = self.outlet_at(address)
        return any(
            template.has_query and template.read(rest if template.is_path else address)
            for template, _owner in self._patterns
        )

    # By the publisher's id

    def _by_id(self, open_ones):
        """Addresses to the key of the article whose id stands in them."""
        asked = defaultdict(set)
        for _outlet, readings in open_ones.values():
            for reading in readings:
                for form in _forms_of(reading.parts.id):
                    asked[form].update(reading.outlets)
        found = {}
        for some in batches(asked):
            outlets = set().union(*(asked[form] for form in some))
            rows = Article.objects.filter(outlet__in=outlets, held_back=False).from_ids(some)
            found.update({(outlet, form): pk for pk, outlet, form in rows.values_list("pk", "outlet", "original_id")})
        return {
            address: pk
            for address, (_outlet, readings) in open_ones.items()
            if (pk := next(filter(None, (found.get(each) for each in _asked_ids(readings))), None))
        }

    # By the slug, or as a page of the outlet

    def _otherwise(self, known, asks, named_alike, readings):
        for slug, outlets, parts in asks:
            if pk := _the_one(slug, outlets, parts, named_alike[slug, outlets]):
                return replace(known, way=Way.SLUG, article_id=pk)
        for reading in readings:
            if not reading.parts.is_of_an_article and (page := self._page(reading)):
                return replace(known, way=Way.PAGE, page=page)
        return known

    def _page(self, reading):
        """The address of the page here that is like the one there, of the first outlet that has it."""
        for outlet in reading.outlets:
            sign = (outlet, reading.parts)
            if len(self._pages) > _MOST_PAGES_KEPT:
                self._pages.clear()
            if sign not in self._pages:
                self._pages[sign] = _page_of(outlet, self._outlets[outlet][1], reading.parts)
            if self._pages[sign]:
                return self._pages[sign]
        return ""


def _pages_at(addresses):
    """Addresses to those of the information pages here that once stood there."""
    return {
        found.normalised: found.page.get_absolute_url()
        for some in batches(addresses)
        for found in PageAddress.objects.filter(normalised__in=some, page__held_back=False)
        .select_related("page__outlet")
        .defer("page__body", "page__outlet__about")
    }


# Patterns are few, and the same for each request.
_template = lru_cache(maxsize=1_000)(Template)


def _slugs_of(readings):
    """(the letters of a slug, the outlets to look in, what else the address tells), of each slug that is tried."""
    found = {}
    for reading in readings:
        if reading.outlets and (slug := letters(reading.parts.slug)):
            found.setdefault(slug, (slug, reading.outlets, reading.parts))
    return list(found.values())[:MOST_SLUGS]


def _the_one(slug, outlets, parts, found):
    """The key of the one article that a slug means: of the outlet whose host it is first, then of the others."""
    for some in (outlets[:1], outlets[1:]):
        fitting = [each for each in found if each.outlet in some and parts.agrees_with(each.published, each.precision)]
        exact = {each.article for each in fitting if each.slug == slug}
        if len(exact) == 1 and (len(slug) >= FEWEST_LETTERS or not parts.id or parts.year):
            return exact.pop()
        if exact:
            return None
        near = {each.article for each in fitting if _may_be_cut(slug, each.slug)}
        if near:
            return near.pop() if len(near) == 1 else None
    return None


class Namesake(NamedTuple):
    """An article with a slug of its own or of one of its old addresses."""

    article: int
    outlet: int
    slug: str
    published: date | None
    precision: str


def namesakes(asks):
    """(slug, outlets) to the articles whose slug is this one, begins with it, or is its beginning.

    At most MOST_NAMESAKES by their own slug, and so many by those in old addresses; none where there are more.
    """
    asks = list(asks)
    # All that share its beginning are few, and among them are both those that it begins and those that begin it.
    found = _ask([(slug, outlets, *_range_of(slug[:FEWEST_BEFORE_A_CUT])) for slug, outlets in asks])
    crowded = [number for number, each in enumerate(found) if each is None]
    for number, each in zip(crowded, _closer([asks[number] for number in crowded]), strict=True):
        found[number] = each
    return {ask: _fitting(ask[0], each or []) for ask, each in zip(asks, found, strict=True)}


def _fitting(slug, found):
    """Those whose slug begins so; where there are none, those whose slug is the beginning of this one."""
    return [each for each in found if each.slug.startswith(slug)] or [
        each for each in found if slug.startswith(each.slug)
    ]


def _closer(asks):
    """The same for slugs whose beginning is that of too many."""
    found = _ask([(slug, outlets, *_range_of(slug)) for slug, outlets in asks])
    # Where too many begin so, only those of the very slug.
    crowded = [number for number, each in enumerate(found) if each is None and len(asks[number][0]) >= FEWEST_LETTERS]
    for number, each in zip(
        crowded, _ask([(*asks[number], "= %s", [asks[number][0]]) for number in crowded]), strict=True
    ):
        found[number] = each
    cut = [number for number, each in enumerate(found) if each == [] and len(asks[number][0]) > FEWEST_BEFORE_A_CUT]
    for number, each in zip(cut, _ask([(*asks[number], *_shorter(asks[number][0])) for number in cut]), strict=True):
        found[number] = each
    return found


def _range_of(slug):
    if len(slug) < FEWEST_LETTERS:
        return "= %s", [slug]
    # A range, since LIKE is read past the index.
    after = after_all_with(slug)
    return (">= %s AND {0} < %s", [slug, after]) if after else (">= %s", [slug])


def _shorter(slug):
    beginnings = [slug[:length] for length in range(FEWEST_BEFORE_A_CUT, len(slug))]
    return f"IN ({', '.join(['%s'] * len(beginnings))})", beginnings


# Each is a question of its own, with an end of its own; many are asked at once where a list is checked.
_COLUMNS = "a.id, a.outlet_id, {slug}, a.published_on, a.published_precision"
_OWN_SLUG = (
    f"SELECT %s AS number, {_COLUMNS.format(slug='a.slug_letters')} FROM archive_article a "  # noqa: S608
    "WHERE NOT a.held_back AND a.outlet_id IN ({outlets}) AND a.slug_letters {alike} LIMIT %s"
)
_SLUG_IN_ADDRESS = (
    f"SELECT %s AS number, {_COLUMNS.format(slug='o.slug_letters')} FROM archive_oldaddress o "  # noqa: S608
    # A cross join, which SQLite takes as it is written; from old statistics it would begin with every article.
    "CROSS JOIN archive_article a WHERE a.id = o.article_id AND NOT a.held_back AND o.slug_letters {alike} LIMIT %s"
)


def _ask(asks):
    """The namesakes of each (slug, outlets, condition on the slug, its values); None where there are too many."""
    found = [[] for _ask in asks]
    for start in range(0, len(asks), ASKED_AT_ONCE):
        questions, values = [], []
        for number, (_slug, outlets, alike, of_slug) in enumerate(asks[start : start + ASKED_AT_ONCE], start):
            marks = ", ".join(["%s"] * len(outlets))
            questions.append(_OWN_SLUG.format(outlets=marks, alike=alike.format("a.slug_letters")))
            values += [2 * number, *outlets, *of_slug, MOST_NAMESAKES + 1]
            questions.append(_SLUG_IN_ADDRESS.format(alike=alike.format("o.slug_letters")))
            values += [2 * number + 1, *of_slug, MOST_NAMESAKES + 1]
        counts = Counter()
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(f"SELECT * FROM ({each}) AS found" for each in questions), values)  # noqa: S608
            for number, article, outlet, slug, published, precision in cursor.fetchall():
                counts[number] += 1
                if isinstance(published, str):
                    published = date.fromisoformat(published)
                found[number // 2].append((number, Namesake(article, outlet, slug, published, precision)))
        for number in range(start, min(start + ASKED_AT_ONCE, len(asks))):
            kept = [each for which, each in found[number] if counts[which] <= MOST_NAMESAKES]
            found[number] = kept if kept or not found[number] else None
    return found


def after_all_with(beginning):
    """The first text after all that begin so; empty where there is none.

    Made of letters and digits alone, so that it stands there in the alphabets of all databases.
    """
    rest = beginning.rstrip("z")
    return rest and rest[:-1] + _ALPHABET[_ALPHABET.index(rest[-1]) + 1]


def _may_be_cut(slug, stored):
    """Whether one of two slugs is the other, cut off."""
    if stored.startswith(slug):
        return len(slug) >= FEWEST_LETTERS
    return slug.startswith(stored) and len(stored) >= FEWEST_BEFORE_A_CUT


def _forms_of(original_id):
    # Movable Type fills its numbers up with zeros.
    return list(dict.fromkeys(filter(None, [original_id, original_id.lstrip("0")])))


def _asked_ids(readings):
    return (
        (outlet, form) for reading in readings for form in _forms_of(reading.parts.id) for outlet in reading.outlets
    )


def _told(address, readings):
    return readings[0].parts if readings else parts_by_shape(address)


def _page_of(outlet, outlet_slug, parts):
    articles = Article.objects.public().filter(outlet=outlet)
    if parts.section:
        section = Section.objects.filter(outlet=outlet, slug=parts.section.lower()).first()
        return _address("section", parts, outlet_slug, section.slug) if section else ""
    # Only where something public bears the name: the page is not there otherwise.
    if parts.author:
        author = Author.objects.filter(slug=parts.author.lower()).first()
        is_there = author and articles.filter(pk__in=author.bylines.values("article")).exists()
        return _address("author", parts, outlet_slug, author.slug) if is_there else ""
    if parts.tag:
        tag = Tag.objects.filter(slug=parts.tag.lower()).first()
        is_there = tag and articles.filter(tags=tag).exists()
        return _address("tag", parts, outlet_slug, tag.slug) if is_there else ""
    if parts.year:
        name = "day" if parts.day else "month" if parts.month else "year"
        return reverse(f"archive:{name}", args=[outlet_slug, *filter(None, (parts.year, parts.month, parts.day))])
    return _address("outlet", parts, outlet_slug)


def _address(name, parts, *names):
    """The address of a page, or of its feed where a feed was asked for."""
    if parts.is_feed:
        return reverse(f"archive:{name}_feed", args=[*names, FEED])
    return reverse(f"archive:{name}", args=names)


def likeliest(outlet_id, parts, most=5):
    """The public articles of an outlet that share most words with an address: of its date, or begun alike."""
    asked = {word for word in words(parts.slug) if len(word) >= FEWEST_IN_A_WORD or word.isdecimal()}
    articles = Article.objects.public().filter(outlet=outlet_id)
    beginnings = ("".join(words(parts.slug)[:number]) for number in (4, 3, 2))
    candidates = [_beginning(articles, beginning) for beginning in beginnings if len(beginning) >= 8]
    if parts.month:
        candidates.append(articles.published_in(parts.year, parts.month, parts.day))
    scores = {
        pk: sum(len(word) for word in asked.intersection(words(slug)))
        for rows in candidates
        for pk, slug in rows.values_list("pk", "slug")[:MOST_COMPARED]
    }
    best = sorted((pk for pk, score in scores.items() if score), key=lambda pk: (-scores[pk], pk))[:most]
    found = {article.pk: article for article in Article.objects.public().filter(pk__in=best).for_lists()}
    return [found[pk] for pk in best if pk in found]


def _beginning(rows, beginning):
    # A range, since LIKE is read past the index.
    found = rows.filter(slug_letters__gte=beginning)
    after = after_all_with(beginning)
    return found.filter(slug_letters__lt=after) if after else found


def withdrawn_among(article_ids):
    """Those of the articles that are out of public view today."""
    in_force = Withdrawal.objects.in_force(timezone.now().date())
    return set(in_force.filter(article__in=article_ids).values_list("article", flat=True))


def batches(items):
    items = list(items)
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))
