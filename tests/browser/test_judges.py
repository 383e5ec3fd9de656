"""The tools of this folder see what they are for."""

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_page(live_server, page):
    page.goto("/healthz")
    return page


def test_axe_finds_a_picture_without_words(open_page, axe_violations):
    open_page.set_content("<html lang=en><title>Archive</title><main><h1>Archive</h1><img src=/healthz></main>")

    assert [line.split(":")[0] for line in axe_violations(open_page)] == ["image-alt"]


def test_axe_finds_nothing_in_an_accessible_page(open_page, axe_violations):
    open_page.set_content("<html lang=en><title>Archive</title><main><h1>Archive</h1></main>")

    assert axe_violations(open_page) == []


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        ("<img src=https://elsewhere.invalid/x.png>", "request to another host"),
        ("<script>alert(1)</script>", "Content Security Policy"),
        ("<p style='color: red'>Archive</p>", "Content Security Policy"),
    ],
    ids=["another host", "inline script", "inline style"],
)
def test_what_a_page_may_not_do_is_noticed(live_server, new_page, complaints, html, complaint):
    page = new_page()
    # A page with the site's own policy.
    page.goto("/admin/login/")
    page.set_content(html)
    page.wait_for_timeout(200)

    assert complaint in " ".join(complaints)
    complaints.clear()
