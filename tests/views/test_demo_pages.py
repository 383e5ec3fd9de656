"""Every kind of public page, as the demonstration archive shows it, before the Nu HTML checker."""

from tests.pages import demo_pages


def test_every_kind_of_page_answers_as_it_should(client, demo):
    pages = demo_pages()
    assert {name: client.get(path).status_code for name, (path, _) in pages.items()} == {
        name: status for name, (_, status) in pages.items()
    }


def test_every_kind_of_page_is_valid_html(client, demo, html_errors):
    from django.test import RequestFactory

    from archive.views import server_error

    pages = {name: client.get(path).content.decode() for name, (path, _) in demo_pages().items()}
    pages["500"] = server_error(RequestFactory().get("/")).content.decode()
    assert html_errors(pages) == []
