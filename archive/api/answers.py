"""What all answers have in common: anyone may read them, from anywhere, and ask whether they changed.

A refusal is a problem in JSON (RFC 9457) that says what is wrong, and what to do instead.
"""

import json
from functools import wraps
from hashlib import sha256

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import parse_http_date_safe
from ninja.renderers import JSONRenderer

PROBLEM_TYPE = "application/problem+json"
METHODS = "GET, HEAD, OPTIONS"
TITLES = {
    400: "The request can’t be read",
    404: "Nothing is here",
    405: "This can only be read",
    410: "This article has been withdrawn",
    422: "The request asks for what can’t be",
    451: "This article has been withdrawn for legal reasons",
    503: "No answer just now",
}


class Refused(Exception):
    """An answer that is a problem: its status, what is wrong, what to do instead, and more by name."""

    def __init__(self, status, detail, remedy="", **more):
        super().__init__(detail)
        self.status, self.detail, self.remedy, self.more = status, detail, remedy, more


def problem(status, detail, remedy="", **more):
    told = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail, "remedy": remedy}
    return HttpResponse(json.dumps(told | more, ensure_ascii=False), PROBLEM_TYPE, status)


def wrong_values(errors):
    """The problem of values that are not of their form: each by its name."""
    told = [{"name": str(each["loc"][-1]), "detail": each["msg"]} for each in errors]
    names = ", ".join(dict.fromkeys(each["name"] for each in told))
    return problem(422, f"Not of the form that is asked for: {names}.", "See what each may be at /api/.", errors=told)


class Renderer(JSONRenderer):
    json_dumps_params = {"ensure_ascii": False, "separators": (",", ":")}


def open_to_all(view):
    """A view of the API for every site and program: GET and HEAD, conditional, readable by scripts of other sites."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        if request.method == "OPTIONS":
            response = HttpResponse(status=204)
            del response.headers["Content-Type"]
            response.headers["Access-Control-Allow-Methods"] = METHODS
            response.headers["Access-Control-Allow-Headers"] = "If-Modified-Since, If-None-Match"
            response.headers["Access-Control-Max-Age"] = "86400"
        elif request.method not in ("GET", "HEAD"):
            response = problem(405, f"{request.method} is not answered.", "Ask with GET or HEAD.")
        elif "\0" in request.get_full_path() or "%00" in request.get_full_path():
            response = problem(422, "There is a NUL character in the address.", "Leave it out.", errors=[])
        else:
            response = conditional(request, view, *args, **kwargs)
        if response.status_code in (204, 405):
            response.headers["Allow"] = METHODS
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    return answer


def conditional(request, view, *args, **kwargs):
    """The view's answer, or 304 where whoever asks has it already."""
    method, request.method = request.method, "GET"
    try:
        response = view(request, *args, **kwargs)
        if response.status_code == 200 and not response.streaming:
            response.headers["ETag"] = f'"{sha256(response.content).hexdigest()[:32]}"'
            response = get_conditional_response(request, response.headers["ETag"], modified_at(response), response)
    finally:
        request.method = method
    return response


def modified_at(response):
    return parse_http_date_safe(response.headers.get("Last-Modified", "")) or None
