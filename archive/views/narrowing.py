"""A search as its address says it: words, narrowing by readable names, an order and a place. Read, and written back."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from archive.models import Article, Author, Outlet, Section, Source, Tag
from archive.models.outlet import Language
from archive.search import Narrowed

# So much of a text is read: more than anyone types, and no more than an address may hold.
LONGEST_TEXT = 500
ORDERS = ("relevance", "newest")
UNDATED = "undated"

_SLUG = re.compile(r"[-a-zA-Z0-9_]{1,120}")
_YEAR = re.compile(r"[12][0-9]{3}")
_PLACE = re.compile(r"[-.,:_~a-zA-Z0-9]{1,100}")


@dataclass(frozen=True)
class Choice:
    """Something that a search is narrowed to: as the address says it, as the search asks for it, and in words.

    `language` is that of the words, where they have one of their own; `outlet` names the one that a section is of.
    """

    name: str
    value: str
    wanted: int | str
    label: str
    language: str = ""
    outlet: str = ""


@dataclass(frozen=True)
class Asked:
    """What an address of the search page asks for.

    `unknown` are the (name, value) pairs that name nothing here, and are left out.
    """

    text: str = ""
    choices: tuple[Choice, ...] = ()
    order: str = ORDERS[0]
    after: str = ""
    before: str = ""
    unknown: tuple[tuple[str, str], ...] = field(default=())

    @property
    def is_empty(self):
        return not self.text and not self.choices

    @property
    def title(self):
        """The search in a few words: « neige · HuffPost Québec · 2014 »."""
        return " · ".join(filter(None, [self.text, *(str(choice.label) for choice in self.choices)]))

    @property
    def narrowed(self):
        return Narrowed(**{choice.name: choice.wanted for choice in self.choices})

    @property
    def kept(self):
        """(name, value) of all but the text and the place: what stays when other words are searched."""
        pairs = [(choice.name, choice.value) for choice in self.choices]
        return [*pairs, ("order", self.order)] if self.order != ORDERS[0] else pairs

    def choice(self, name):
        return next((choice for choice in self.choices if choice.name == name), None)

    def address(self, **changes):
        """The page's path for this search with other values; an empty one is taken away, and the list begins anew."""
        pairs = {"q": self.text, **dict(self.kept), **changes}
        query = urlencode({name: value for name, value in pairs.items() if value not in ("", None)})
        return reverse("archive:search") + (f"?{query}" if query else "")

    @property
    def full_address(self):
        """The same with its place in the list."""
        return self.address(**({"before": self.before} if self.before else {"after": self.after}))


def read(query):
    """The search that `query` (a QueryDict) asks for. Any text is one; names that are not known here are told of."""
    choices, unknown = [], []
    for name, find in _FINDERS.items():
        value = _plain(query.get(name, ""))
        if not value:
            continue
        choice = find(value)
        if choice is None:
            unknown.append((name, value[:100]))
        else:
            choices.append(choice)
    order = _plain(query.get("order", "")) or ORDERS[0]
    if order not in ORDERS:
        unknown.append(("order", order[:100]))
        order = ORDERS[0]
    before, after = (place if _PLACE.fullmatch(place := query.get(name, "")) else "" for name in ("before", "after"))
    text = _plain(query.get("q", ""))[:LONGEST_TEXT]
    return Asked(text, tuple(choices), order, "" if before else after, before, tuple(unknown))


def _plain(text):
    # PostgreSQL takes no NUL, and no page may hold the other controls.
    return re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", text).strip()


def outlet_choice(outlet):
    return Choice("outlet", outlet.slug, outlet.pk, outlet.name, outlet.language)


def section_choice(section):
    outlet = section.outlet
    return Choice("section", f"{outlet.slug}/{section.slug}", section.pk, section.name, outlet.language, outlet.name)


def source_choice(source):
    return Choice("source", source.slug, source.pk, source.name)


def author_choice(author):
    return Choice("author", author.slug, author.pk, author.name)


def tag_choice(tag):
    return Choice("tag", tag.slug, tag.pk, tag.name, tag.language)


def language_choice(code):
    return Choice("language", code, code, str(Language(code).label)) if code in Language.values else None


def year_choice(year):
    return Choice("year", str(year), year, str(year)) if year else Choice("year", UNDATED, 0, _("Undated"))


_ROWS = {
    "outlet": (Outlet.objects, outlet_choice),
    "section": (Section.objects.select_related("outlet"), section_choice),
    "source": (Source.objects, source_choice),
    "author": (Author.objects, author_choice),
}


def choices(name, wanted):
    """A dict of what a search may ask for under `name` (ids, codes or years) to its choice: at most one query."""
    if name in _ROWS:
        rows, choice = _ROWS[name]
        return {pk: choice(row) for pk, row in rows.in_bulk(list(wanted)).items()}
    choice = {"language": language_choice, "year": year_choice}[name]
    return {each: found for each in wanted if (found := choice(each))}


def _outlet(value):
    return _named(Outlet.objects, value, outlet_choice)


def _section(value):
    outlet, _slash, slug = value.partition("/")
    if not _SLUG.fullmatch(outlet):
        return None
    return _named(Section.objects.select_related("outlet").filter(outlet__slug=outlet), slug, section_choice)


def _source(value):
    return _named(Source.objects, value, source_choice)


# The name alone of an author or a tag of nothing public would tell of what is gone.


def _author(value):
    choice = _named(Author.objects, value, author_choice)
    held = choice and Article.objects.public().filter(pk__in=Author(pk=choice.wanted).bylines.values("article"))
    return choice if held is not None and held.exists() else None


def _tag(value):
    choice = _named(Tag.objects, value, tag_choice)
    return choice if choice and Article.objects.public().filter(tags=choice.wanted).exists() else None


def _year(value):
    return year_choice(int(value)) if _YEAR.fullmatch(value) else year_choice(0) if value == UNDATED else None


def _named(rows, slug, choice):
    row = rows.filter(slug=slug).first() if _SLUG.fullmatch(slug) else None
    return row and choice(row)


_FINDERS = {
    "outlet": _outlet,
    "section": _section,
    "source": _source,
    "author": _author,
    "tag": _tag,
    "language": language_choice,
    "year": _year,
}
