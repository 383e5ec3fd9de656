"""Two people who press “Save” in the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from tests.factories import make_article

from .forms import change_address, filled_in
from .people import browser_of, make_archivist

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_who_save_in_the_same_moment_one_is_told():
    article = make_article(headline="At first")
    browsers = [browser_of(make_archivist(name)) for name in ("marie", "paul")]
    address = change_address(article)
    forms = [filled_in(browser.get(address).content, "article_form", _save="Save") for browser in browsers]
    ready = Barrier(2)

    def save(browser, form):
        try:
            ready.wait(timeout=30)
            return browser.post(address, form | {"headline": f"By {browser.user}"}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        # Saved is a redirect; told is the form again.
        assert sorted(pool.map(save, browsers, forms)) == [200, 302]
    assert article.revisions.count() == 1
