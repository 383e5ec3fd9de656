"""What was changed of an article since it was taken in, as its readers may know it."""

from django.conf import settings
from django.http import HttpResponsePermanentRedirect
from django.urls import reverse

from archive.history import MOST_READ, public_history
from archive.keys import read_key
from archive.models import Article

from .articles import ArticleView

PAGE_LENGTH = 20


class HistoryView(ArticleView):
    """An article's corrections and changes; for a withdrawn one its tombstone."""

    template_name = "archive/history.html"

    def get(self, request, *args, **kwargs):
        key = read_key(kwargs["key"])
        self.object = self.find(Article.objects.public(), key)
        if self.object is None:
            return self.tombstone(key)
        self.address = reverse("archive:history", args=[self.object.outlet.slug, self.object.key])
        if request.path != self.address:
            return HttpResponsePermanentRedirect(self.address)
        response = self.render_to_response(self.get_context_data())
        # It holds words of the article that are no longer the article's.
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def get_context_data(self, **kwargs):
        page = page_number(self.request.GET.get("page"))
        entries, count = public_history(self.object, (page - 1) * PAGE_LENGTH, page * PAGE_LENGTH)
        # Without what the article's own page shows beside.
        context = super(ArticleView, self).get_context_data(
            corrections=list(self.object.corrections.all()),
            entries=entries,
            count=count,
            newer_page=page - 1,
            older_page=page + 1 if count > page * PAGE_LENGTH else 0,
            **kwargs,
        )
        return context | {"canonical": settings.ARCHIVE_URL + self.address}


def page_number(text):
    """The page that is asked for, from 1; what is no number is the first."""
    text = text or ""
    if text.isascii() and text.isdecimal() and len(text) <= 3:
        return min(max(int(text), 1), 2 * MOST_READ // PAGE_LENGTH)
    return 1
