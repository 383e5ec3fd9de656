"""A judge that finds everything right is no judge."""

import pytest

from tests.conftest import missing

GOOD = "<!DOCTYPE html><html lang=en><head><title>Archive</title></head><body><h1>Archive</h1></body></html>"


def test_html_checker_finds_nothing_in_a_valid_page(html_errors):
    assert html_errors({"good": GOOD}) == []


def test_html_checker_names_the_page_and_what_is_wrong(html_errors):
    errors = html_errors({"good": GOOD, "bad": GOOD.replace("<h1>", "<p><div>").replace("</h1>", "</div></p>")})

    assert errors
    assert all(error.startswith("bad:1: ") for error in errors)


@pytest.mark.parametrize("variable", [("CI", "true"), ("ARCHIVE_REQUIRE_BROWSER", "1")])
def test_judge_that_is_missing_fails_where_it_must_be(monkeypatch, variable):
    monkeypatch.setenv(*variable)

    with pytest.raises(pytest.fail.Exception, match="java"):
        missing("java", "install it")


def test_judge_that_is_missing_is_excused_elsewhere(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("ARCHIVE_REQUIRE_BROWSER", raising=False)

    with pytest.raises(pytest.skip.Exception, match="java"):
        missing("java", "install it")
