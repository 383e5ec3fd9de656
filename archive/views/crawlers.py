from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.generic import View

from archive import robots, sitemaps
from archive.models import Outlet


class RobotsView(View):
    def get(self, request):
        return HttpResponse(robots.robots_txt(), content_type="text/plain; charset=utf-8")


class SitemapView(View):
    """A sitemap, written as it is read."""

    def get(self, request, **kwargs):
        pieces = self.write(**kwargs)
        if pieces is None:
            raise Http404("No such sitemap.")
        return StreamingHttpResponse(pieces, content_type=sitemaps.CONTENT_TYPE)


class SitemapIndexView(SitemapView):
    def write(self):
        return sitemaps.index()


class SitemapOfArchiveView(SitemapView):
    def write(self):
        return sitemaps.of_archive()


class SitemapOfOutletView(SitemapView):
    def write(self, outlet):
        return sitemaps.of_outlet(get_object_or_404(Outlet, slug=outlet))


class SitemapOfPeriodView(SitemapView):
    def write(self, outlet, name, part=None):
        outlet, period = get_object_or_404(Outlet, slug=outlet), sitemaps.read_period(name)
        return None if period is None else sitemaps.of_period(outlet, period, part)
