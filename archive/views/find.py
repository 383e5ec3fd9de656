"""Old addresses as readers meet them: one redirect to what stood there, or a page that tells what is known."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponsePermanentRedirect
from django.template.response import TemplateResponse
from django.utils import translation
from django.views.generic import TemplateView

from archive.addresses import AddressError, plain, words
from archive.models import AddressMiss, OldAddress, OldHost, Outlet
from archive.models.resolving import likeliest

from .page import PageMixin, outlet_context

WAYBACK_MACHINE = "https://web.archive.org/web"


class FindView(PageMixin, TemplateView):
    """Look up an old address."""

    template_name = "archive/find.html"

    def get(self, request, *args, **kwargs):
        url = request.GET.get("url", "").strip()
        if not url:
            return super().get(request, *args, **kwargs)
        resolution = OldAddress.objects.resolve(url)
        return redirect_to_page(request, resolution) or page_of_a_miss(request, url, resolution)


def is_under_another_name(request):
    """Whether the archive is asked under another host name than its own."""
    return request.get_host().lower() != urlsplit(settings.ARCHIVE_URL).netloc.lower()


def redirect_to_page(request, resolution, *, is_old_host=None):
    """To where it stands in this archive, under the archive's own name; None for a miss."""
    path = resolution.path()
    if path is None:
        return None
    if is_old_host is None:
        is_old_host = is_under_another_name(request) and OldHost.objects.outlet_at(request.get_host()) is not None
    return HttpResponsePermanentRedirect(settings.ARCHIVE_URL + path if is_old_host else path)


def page_of_a_miss(request, url, resolution):
    """404, in the language of the outlet whose address it was, with what the address itself tells."""
    outlet = None
    if resolution.outlet_id:
        outlet = Outlet.objects.select_related("parent__parent__parent").get(pk=resolution.outlet_id)
        if request.method == "GET":
            AddressMiss.objects.count_one(resolution.without_reader, outlet.pk)
    with translation.override(outlet.language if outlet else translation.get_language()):
        context = {"url": url, "wayback": wayback_address(url, resolution.parts, outlet)}
        if outlet:
            context |= outlet_context(outlet) | what_is_known(outlet, resolution.parts)
        response = TemplateResponse(request, "archive/address_not_found.html", context, status=404).render()
    response.headers["X-Robots-Tag"] = "noindex"
    if outlet:
        response.headers["Content-Language"] = outlet.language
    return response


def what_is_known(outlet, parts):
    return {
        "parts": parts,
        "day": parts.on,
        "words": " ".join(words(parts.slug)),
        "likeliest": likeliest(outlet.pk, parts),
    }


def wayback_address(url, parts, outlet):
    """Where the Internet Archive may have the page, as it was on its day or when the outlet closed."""
    try:
        address = plain(url)
    except AddressError:
        return ""
    if parts.year:
        moment = "".join(f"{part:02}" for part in (parts.year, parts.month, parts.day) if part)
    else:
        moment = f"{outlet.closed_on:%Y%m%d}" if outlet and outlet.closed_on else "*"
    return f"{WAYBACK_MACHINE}/{moment}/{address}"
