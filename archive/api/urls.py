from django.urls import URLPattern, path, re_path

from .answers import open_to_all, problem
from .endpoints import api


def not_here(request):
    return problem(404, "There is nothing at this address.", "See the addresses that there are at /api/.")


app_name = "archive_api"
_patterns, _app, _namespace = api.urls
urlpatterns = [
    *(
        URLPattern(each.pattern, open_to_all(each.callback), each.default_args, each.name)
        for each in _patterns
        if each.name != "api-root"
    ),
    path("", open_to_all(not_here), name="api-root"),
    re_path("", open_to_all(not_here)),
]
