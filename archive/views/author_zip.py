"""An author's pieces in one file, for the author."""

from threading import BoundedSemaphore

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.generic import View

from archive.exporters.author_pieces import pieces_of, zip_of_pieces
from archive.models import Author

from .page import OutletMixin

# Each keeps a thread for as long as its reader takes: the others are for those who read.
MOST_AT_ONCE = 2
_RETRY_SECONDS = 60

_places = BoundedSemaphore(MOST_AT_ONCE)


class AuthorZipView(OutletMixin, View):
    """The zip file, streamed as it is made; 503 where as many are on their way as may be."""

    def get(self, request, *args, **kwargs):
        author = get_object_or_404(Author, slug=kwargs["slug"])
        if not pieces_of(self.outlet, author).exists():
            raise Http404("Nothing public here.")
        if request.method == "HEAD":
            response = HttpResponse(content_type="application/zip")
        elif _places.acquire(blocking=False):
            response = StreamingHttpResponse(_Held(zip_of_pieces(self.outlet, author)), "application/zip")
        else:
            words = _("Other authors are fetching their pieces; ask again in a minute.") + "\n"
            return HttpResponse(words, "text/plain; charset=utf-8", 503, headers={"Retry-After": str(_RETRY_SECONDS)})
        response.headers["Content-Disposition"] = f'attachment; filename="{self.outlet.slug}-{author.slug}.zip"'
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Robots-Tag"] = "noindex"
        return response


class _Held:
    """The pieces of a file; its place is given back when it ends, and when whoever asked for it goes away."""

    def __init__(self, pieces):
        self.pieces, self.is_open = pieces, True

    def __iter__(self):
        try:
            yield from self.pieces
        finally:
            self.close()

    def close(self):
        if self.is_open:
            self.is_open = False
            self.pieces.close()
            _places.release()
