"""The lists of an outlet's articles: of a section, an author, a tag, a source; and the indexes of authors and tags."""

import string
from collections import Counter
from itertools import zip_longest

from django.db.models import Count, Exists, F, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404

from archive import charts
from archive.models import Article, Author, Byline, Outlet, Section, Source, Tag, Tally
from archive.search import counts

from .page import PAGE_LENGTH, OutletPageView, article_page, periods_of
from .together import articles_of_sections

# An author's company is told from so many of their pieces, the newest.
MOST_LOOKED_AT = 200
MOST_NAMED = 12
# Up to so many articles are put in order; of more, those between two dates are looked through.
MOST_SORTED = 2000
INDEX_LENGTH = 100
# What begins with no letter stands before A.
LETTERS = ["0", *string.ascii_lowercase]


class ArticleListView(OutletPageView):
    """A list of an outlet's articles, newest first."""

    page_length = PAGE_LENGTH
    # {YYYYMM: number of articles}, where a list is entered by month.
    months_held = None

    @property
    def public(self):
        return Article.objects.public().filter(outlet=self.outlet)

    def get_articles(self):
        raise NotImplementedError

    def get_context_data(self, **kwargs):
        page = article_page(self.get_articles().for_lists(), self.request.GET, self.page_length, self.months_held)
        if self.months_held is not None:
            kwargs |= self.told_by_months(page)
        return super().get_context_data(page=page, **kwargs)

    def told_by_months(self, page):
        """How many articles the list has, over which years, and the ways into it."""
        total = sum(self.months_held.values())
        years = Counter()
        for period, count in self.months_held.items():
            years[period // 100] += count
        active = charts.every_year(years)
        told = {"total": total}
        if active:
            told |= {"first_year": active[0][0], "last_year": active[-1][0]}
        if total > self.page_length:
            told["list_years"], told["list_months"] = periods_of(self.months_held, page, self.outlet.language)
        if len(active) > 1:
            told["bars"] = charts.upright_bars((str(year), count, f"?month={year:04}") for year, count in active)
        return told


class SectionView(ArticleListView):
    template_name = "archive/section.html"

    def get_articles(self):
        return articles_of_sections(self.parts)

    def get_context_data(self, **kwargs):
        self.section = get_object_or_404(
            Section.objects.select_related("parent"), outlet=self.outlet, slug=self.kwargs["slug"]
        )
        # What stands in a part of a section stands in the section.
        self.parts = Section.objects.with_parts([self.section.pk])
        self.months_held = counts.months_of(self.outlet, "s", *self.parts)
        return super().get_context_data(section=self.section, subsections=self.section.subsections.all(), **kwargs)


def tagged_articles(articles, tag, months_held):
    """Those of `articles` that have a tag, of which they have so many in each month."""
    tagged = Article.tags.through.objects.filter(tag=tag)
    if sum(months_held.values()) <= MOST_SORTED:
        return articles.filter(pk__in=tagged.values("article"))
    return articles.filter(Exists(tagged.filter(article=OuterRef("pk"))))


class AuthorView(ArticleListView):
    template_name = "archive/author.html"

    def get_articles(self):
        return self.public.signed_by(self.author)

    def get_context_data(self, **kwargs):
        self.author = get_object_or_404(Author, slug=self.kwargs["slug"])
        self.months_held = counts.months_of(self.outlet, "a", self.author.pk)
        context = found_or_404(super().get_context_data(author=self.author, **kwargs))
        context["about_language"] = self.author.about_language or self.outlet.language
        looked_at = self.author.bylines.order_by("-published_order", "-article").values("article")[:MOST_LOOKED_AT]
        return context | {"coauthors": self.coauthors(looked_at), "author_sections": self.sections(looked_at)}

    def coauthors(self, looked_at):
        """Who signs with the author, most often first: {"slug", "name", "pieces"}."""
        return (
            Byline.objects.filter(article__in=looked_at)
            .exclude(author=self.author)
            .filter(Exists(self.public.filter(pk=OuterRef("article"))))
            .values(slug=F("author__slug"), name=F("author__name"))
            .annotate(pieces=Count("article", distinct=True))
            .order_by("-pieces", "name", "slug")[:MOST_NAMED]
        )

    def sections(self, looked_at):
        """Where the author writes, most often first: {"slug", "name", "pieces"}."""
        return (
            Byline.objects.filter(article__in=looked_at, author=self.author)
            .filter(Exists(self.public.filter(pk=OuterRef("article"))))
            .exclude(article__section=None)
            .values(slug=F("article__section__slug"), name=F("article__section__name"))
            .annotate(pieces=Count("article", distinct=True))
            .order_by("-pieces", "name")[:MOST_NAMED]
        )


class TagView(ArticleListView):
    template_name = "archive/tag.html"

    def get_articles(self):
        return tagged_articles(self.public, self.tag, self.months_held)

    def get_context_data(self, **kwargs):
        self.tag = get_object_or_404(Tag, slug=self.kwargs["slug"])
        self.months_held = counts.months_of(self.outlet, "t", self.tag.pk)
        return found_or_404(super().get_context_data(tag=self.tag, **kwargs))


class SourceView(ArticleListView):
    template_name = "archive/source.html"

    def get_articles(self):
        return self.public.filter(source=self.source)

    def get_context_data(self, **kwargs):
        self.source = get_object_or_404(Source, slug=self.kwargs["slug"])
        self.months_held = counts.months_of(self.outlet, "x", self.source.pk)
        return found_or_404(super().get_context_data(source=self.source, **kwargs))


def found_or_404(context):
    """No page for an author or a tag of nothing public in the outlet: the name alone would tell of what is gone."""
    if not context["page"].articles:
        raise Http404("Nothing public here.")
    return context


class IndexView(OutletPageView):
    """The names of all who, or of all that, have something public in the outlet, by letter.

    In the order of their address names, which have no accents and an index.
    """

    template_name = "archive/index.html"
    model = None
    # The letter of their tallies.
    kind = ""

    def get_names(self):
        # In capitals: one row for all months.
        held = Tally.objects.filter(outlet=self.outlet, kind=self.kind.upper(), of=OuterRef("pk"))
        return self.model.objects.filter(Exists(held))

    def get_context_data(self, **kwargs):
        query, names = self.request.GET, self.get_names()
        letter = query.get("letter", "")
        letter = letter if letter in LETTERS else ""
        after, before = _slug(query.get("after")), _slug(query.get("before"))
        if query.get("last") or before:
            earlier = names if query.get("last") else names.filter(slug__lt=before)
            found = list(earlier.order_by("-slug")[: INDEX_LENGTH + 1])
            shown = found[:INDEX_LENGTH][::-1]
            has_earlier, has_later = len(found) > INDEX_LENGTH, not query.get("last")
        else:
            start = names.filter(slug__gt=after) if after else names.filter(slug__gte=letter) if letter else names
            found = list(start.order_by("slug")[: INDEX_LENGTH + 1])
            shown = found[:INDEX_LENGTH]
            has_earlier, has_later = bool(after or letter > "0"), len(found) > INDEX_LENGTH
        numbers = counts.totals(self.outlet, self.kind, [each.pk for each in shown])
        return super().get_context_data(
            # Of some, all is out of public view today.
            names=[(each, numbers[each.pk]) for each in shown if numbers.get(each.pk)],
            letters=self.letters(names),
            earlier=shown[0].slug if shown and has_earlier else "",
            later=shown[-1].slug if shown and has_later else "",
            **kwargs,
        )

    def letters(self, names):
        """(letter, whether any name begins with it), in one query."""
        probes = {}
        for letter, following in zip_longest(LETTERS, LETTERS[1:]):
            of_letter = names.filter(slug__gte=letter) if letter > "0" else names
            probes[f"letter_{letter}"] = Exists(of_letter.filter(slug__lt=following) if following else of_letter)
        row = Outlet.objects.filter(pk=self.outlet.pk).values(**probes).get()
        return [(letter, row[f"letter_{letter}"]) for letter in LETTERS]


class AuthorsView(IndexView):
    model = Author
    kind = "a"
    extra_context = {"thing": "author"}


class TagsView(IndexView):
    model = Tag
    kind = "t"
    extra_context = {"thing": "tag"}


def _slug(text):
    """A place in an index, from what a reader may have written."""
    text = (text or "")[:120]
    return text if text.isascii() and text.isprintable() else ""
