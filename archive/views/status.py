from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import translation
from django.views.generic import RedirectView, View

from .page import find_outlet, outlet_context


class IconView(RedirectView):
    """For browsers that ask for the icon before they read a page, and for the admin's pages, which name none."""

    def get_redirect_url(self, *args, **kwargs):
        return static("archive/icon.svg")


class HealthView(View):
    """For a load balancer or a monitor: 200 where the database answers, 503 where it does not."""

    def get(self, request):
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
                cursor.fetchone()
        except DatabaseError:
            return HttpResponse("database unavailable\n", "text/plain", 503, headers={"Cache-Control": "no-store"})
        return HttpResponse("ok\n", "text/plain", headers={"Cache-Control": "no-store"})


def page_not_found(request, exception):
    """404, in the language of the outlet under whose address it was asked, with its notices."""
    outlet = find_outlet(request.path.split("/")[1])
    if outlet is None:
        return render(request, "404.html", status=404)
    with translation.override(outlet.language):
        response = render(request, "404.html", outlet_context(outlet), status=404)
    response.headers["Content-Language"] = outlet.language
    return response


def server_error(request):
    """500: asks nothing of the database, which may be what failed."""
    return render(request, "500.html", status=500)
