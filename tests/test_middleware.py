import gzip

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import translation

from archive.middleware import (
    AcceptLanguageMiddleware,
    CrossOriginResourcePolicyMiddleware,
    GZipTextMiddleware,
)


def answer(rf, middleware, response, **headers):
    return middleware(lambda request: response)(rf.get("/", headers=headers))


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("fr", "fr"),
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("de,en;q=0.8,fr;q=0.5", "en"),
        ("en;q=0.2,fr;q=0.9", "fr"),
        ("de", "en"),
        ("*", "en"),
        ("", "en"),
        ("not a language!", "en"),
        ("fr" * 500, "en"),
    ],
)
def test_language_is_the_one_the_browser_asks_for(rf, asked, spoken):
    heard = []

    def view(request):
        heard.append((request.LANGUAGE_CODE, translation.get_language()))
        return HttpResponse()

    AcceptLanguageMiddleware(view)(rf.get("/", headers={"accept-language": asked}))

    assert heard == [(spoken, spoken)]


def test_language_cookie_is_ignored(rf, settings):
    rf.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"

    response = answer(rf, AcceptLanguageMiddleware, HttpResponse())

    assert response["Content-Language"] == "en"


def test_page_of_no_outlet_varies_on_the_language_asked_for(rf):
    response = answer(rf, AcceptLanguageMiddleware, HttpResponse(), accept_language="fr")

    assert (response["Content-Language"], response["Vary"]) == ("fr", "Accept-Language")


def test_page_that_knows_its_language_does_not_vary(rf):
    page = HttpResponse(headers={"Content-Language": "fr"})

    response = answer(rf, AcceptLanguageMiddleware, page, accept_language="en")

    assert (response["Content-Language"], response.has_header("Vary")) == ("fr", False)


@pytest.mark.parametrize(
    "response",
    [HttpResponseRedirect("/elsewhere/"), HttpResponse("ok", content_type="text/plain")],
    ids=["redirect", "plain text"],
)
def test_answer_without_words_for_readers_has_no_language(rf, response):
    response = answer(rf, AcceptLanguageMiddleware, response, accept_language="fr")

    assert not response.has_header("Vary")
    assert not response.has_header("Content-Language")


def test_language_of_one_request_does_not_reach_the_next(rf):
    before = translation.get_language()

    answer(rf, AcceptLanguageMiddleware, HttpResponse(), accept_language="fr")

    assert translation.get_language() == before


def test_other_sites_may_not_embed_what_is_served(rf):
    response = answer(rf, CrossOriginResourcePolicyMiddleware, HttpResponse())

    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


def test_text_is_compressed(rf):
    text = b"<p>News</p>" * 100

    response = answer(rf, GZipTextMiddleware, HttpResponse(text), accept_encoding="gzip")

    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content) == text


def test_photograph_is_left_as_it_is(rf):
    photograph = HttpResponse(b"\xff" * 1000, content_type="image/jpeg")

    response = answer(rf, GZipTextMiddleware, photograph, accept_encoding="gzip")

    assert not response.has_header("Content-Encoding")
