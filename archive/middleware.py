import re

from django.conf import settings
from django.http import HttpResponsePermanentRedirect
from django.middleware.common import CommonMiddleware
from django.middleware.gzip import GZipMiddleware
from django.urls import is_valid_path
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import language_code_re, parse_accept_lang_header

from archive.models import OldAddress, OldHost, Outlet
from archive.models.outlet import RESERVED_SLUGS
from archive.views.find import is_under_another_name, page_of_a_miss, redirect_to_page

# What a machine asks each host by itself, and is told at once.
ON_EVERY_HOST = ("/healthz", "/robots.txt")
COMPRESSIBLE = (
    "text/",
    "application/atom+xml",
    "application/feed+json",
    "application/javascript",
    "application/json",
    "application/rss+xml",
    "application/xml",
    "image/svg+xml",
)


class GZipTextMiddleware(GZipMiddleware):
    """Leaves photographs alone: they are compressed already, and keep their length for a client that resumes."""

    def process_response(self, request, response):
        if response.get("Content-Type", "").startswith(COMPRESSIBLE):
            return super().process_response(request, response)
        return response


class CrossOriginResourcePolicyMiddleware:
    """No other site may embed what is served here, whoever serves it: it wraps static files too."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class AcceptLanguageMiddleware:
    """
    The language of a page that belongs to no outlet is what the browser asks for, and never a cookie's.

    A page that knows its own language says so in Content-Language, and does not vary.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = accepted_language(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        if is_page(response) and not response.has_header("Content-Language"):
            response.headers["Content-Language"] = language
            patch_vary_headers(response, ["Accept-Language"])
        return response


def is_page(response):
    return response.get("Content-Type", "").startswith("text/html") and not 300 <= response.status_code < 400


def accepted_language(request):
    # Django's own get_language_from_request() would ask the cookie first.
    for code, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if code == "*":
            break
        if language_code_re.search(code):
            try:
                return translation.get_supported_language_variant(code)
            except LookupError:
                continue
    return settings.LANGUAGE_CODE


class OldAddressMiddleware:
    """Asked only when nothing else matched: what once stood at this address.

    After django.contrib.redirects. Every redirect goes to an address of this archive, under its own name. Under the
    name of an old host nothing else is shown: the archive's own addresses lead there too, at once.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        outlet = None
        if request.method in ("GET", "HEAD") and request.path not in ON_EVERY_HOST and is_under_another_name(request):
            outlet = OldHost.objects.outlet_at(request.get_host())
        if outlet is not None and request.path == "/":
            # The front of the old site is the outlet's front here, not the archive's.
            return HttpResponsePermanentRedirect(
                settings.ARCHIVE_URL + Outlet.objects.get(pk=outlet).get_absolute_url()
            )
        response = self.get_response(request)
        if outlet is not None:
            if response.status_code == 404 and lacks_its_slash(request):
                request.path, request.path_info = f"{request.path}/", f"{request.path_info}/"
                response = self.get_response(request)
            if target := own_address(request, response):
                response.close()
                return HttpResponsePermanentRedirect(target)
        if response.status_code == 404 and request.method in ("GET", "HEAD") and not is_for_machines(response):
            return self.old_address(request) or response
        return response

    def old_address(self, request):
        """What to answer in the place of a 404; None where this is no old address."""
        url = request.get_host() + request.get_full_path()
        resolution = OldAddress.objects.resolve(url)
        found = redirect_to_page(request, resolution, is_old_host=is_under_another_name(request))
        if found is None and resolution.outlet_id and not is_of_the_archive(request.path):
            request.is_old_address = True
            return page_of_a_miss(request, f"{request.scheme}://{url}", resolution)
        return found


def lacks_its_slash(request):
    """Whether an address of the archive's own was written without the slash at its end."""
    path = request.path_info
    return not path.endswith("/") and is_of_the_archive(path) and is_valid_path(f"{path}/")


def own_address(request, response):
    """Where what is answered stands under the archive's own name; empty where nothing does, or it is told already."""
    if 300 <= response.status_code < 400 and response.has_header("Location"):
        location = response.headers["Location"]
        return settings.ARCHIVE_URL + location if re.match(r"/(?![/\\])", location) else ""
    return settings.ARCHIVE_URL + request.get_full_path() if response.status_code in (200, 410, 451) else ""


def is_for_machines(response):
    """Whether it is the API's own answer, which nothing takes the place of."""
    return response.get("Content-Type") == "application/problem+json"


def is_of_the_archive(path):
    """Whether an address begins as the archive's own do."""
    first = path.split("/")[1]
    return first in RESERVED_SLUGS or Outlet.objects.filter(slug=first).exists()


class SlashMiddleware(CommonMiddleware):
    """Adds the slash that an address of the archive lacks; an old address was never with one here."""

    def should_redirect_with_slash(self, request):
        return not getattr(request, "is_old_address", False) and super().should_redirect_with_slash(request)
