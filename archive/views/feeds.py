from html import unescape
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.views.generic import View

from archive.feeds import ATOM, FEED_LENGTH, JSON_FEED, Feed, atom, entries, json_feed
from archive.models import Article, Author, ClosureNotice, Section, Source, Tag
from archive.models.care import today
from archive.search import counts

from .browse import tagged_articles
from .page import OutletMixin, article_page
from .together import articles_of_sections

# What asks for another page than the first (see article_page).
PLACES = ("after", "before", "last", "month")
# The file of each form, how it is written and what it is.
FORMS = {"atom.xml": (atom, ATOM), "feed.json": (json_feed, JSON_FEED)}


def feed_response(file, **fields):
    """A feed in the form that its file's name tells; `fields` are those of a Feed."""
    write, content_type = FORMS[file]
    response = HttpResponse(write(Feed(**fields)), content_type=f"{content_type}; charset=utf-8")
    # It has the text of articles that search engines may not index; and no reader looks for a feed in a search.
    response.headers["X-Robots-Tag"] = "noindex"
    return response


class FeedView(View):
    """The feed of the page `page`, an address name, whose own address ends where that of its feed begins."""

    page = ""
    # As of a list: {YYYYMM: number of articles}, where no index has them in order.
    months_held = None
    # No feed of an author, a tag or a source of nothing public, as there is no page.
    may_be_empty = True

    def get(self, request, *, file, **kwargs):
        articles = self.get_articles()
        found = article_page(articles.only("published_order"), request.GET, FEED_LENGTH, self.months_held)
        if not (found.articles or self.may_be_empty):
            raise Http404("Nothing public here.")
        here = settings.ARCHIVE_URL + request.path
        other = here.removesuffix(file) + next(each for each in FORMS if each != file)
        place = {name: request.GET[name] for name in PLACES if request.GET.get(name)} if found.newer else {}
        query = f"?{urlencode(place)}" if place else ""
        return feed_response(
            file,
            address=settings.ARCHIVE_URL + reverse(self.page, kwargs=kwargs),
            feed_address=here,
            this=here + query,
            other_form=other + query,
            newer=found.newer and f"{here}?before={found.newer}",
            older=found.older and f"{here}?after={found.older}",
            entries=entries(found.articles),
            **self.describe(),
        )

    def get_articles(self):
        raise NotImplementedError

    def describe(self):
        """The fields of a Feed that tell of what it is."""
        raise NotImplementedError


class ArchiveFeedView(FeedView):
    """All that is kept here, in the archive's own language."""

    page = "archive:home"

    def dispatch(self, request, *args, **kwargs):
        with translation.override(settings.LANGUAGE_CODE):
            return super().dispatch(request, *args, **kwargs)

    def get_articles(self):
        return Article.objects.public()

    def describe(self):
        name = _("Newsroom Archive")
        return {"title": name, "author": name, "language": settings.LANGUAGE_CODE}


class OutletFeedView(OutletMixin, FeedView):
    page = "archive:outlet"
    # Of what within the outlet this is the feed.
    subject = None

    @property
    def public(self):
        return Article.objects.public().filter(outlet=self.outlet)

    def get_articles(self):
        return self.public

    def describe(self):
        notices = ClosureNotice.objects.for_page(self.outlet, self.outlet.language, today())
        return {
            "title": f"{self.subject} – {self.outlet}" if self.subject else self.outlet.name,
            "subtitle": unescape(strip_tags(notices[0].html)) if notices else "",
            "author": self.outlet.name,
            "rights": self.outlet.rights_line,
            "language": self.outlet.language,
        }


class SectionFeedView(OutletFeedView):
    page = "archive:section"

    def get_articles(self):
        self.subject = get_object_or_404(Section, outlet=self.outlet, slug=self.kwargs["slug"])
        parts = Section.objects.with_parts([self.subject.pk])
        self.months_held = counts.months_of(self.outlet, "s", *parts)
        return articles_of_sections(parts)


class AuthorFeedView(OutletFeedView):
    page = "archive:author"
    may_be_empty = False

    def get_articles(self):
        self.subject = get_object_or_404(Author, slug=self.kwargs["slug"])
        self.months_held = counts.months_of(self.outlet, "a", self.subject.pk)
        return self.public.signed_by(self.subject)


class TagFeedView(OutletFeedView):
    page = "archive:tag"
    may_be_empty = False

    def get_articles(self):
        self.subject = get_object_or_404(Tag, slug=self.kwargs["slug"])
        self.months_held = counts.months_of(self.outlet, "t", self.subject.pk)
        return tagged_articles(self.public, self.subject, self.months_held)


class SourceFeedView(OutletFeedView):
    page = "archive:source"
    may_be_empty = False

    def get_articles(self):
        self.subject = get_object_or_404(Source, slug=self.kwargs["slug"])
        self.months_held = counts.months_of(self.outlet, "x", self.subject.pk)
        return self.public.filter(source=self.subject)
