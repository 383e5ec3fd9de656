import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers.base import Refusal
from archive.markup import DEEPEST, parse, parse_body, see_bounds


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        ("<div>" * 100_000, f"The HTML is nested more than {DEEPEST} deep."),
        ("<p>" + "<span>" * 90_000, f"The HTML is nested more than {DEEPEST} deep."),
        ("<b><p>" * 20_000, f"The HTML is nested more than {DEEPEST} deep."),
        ("<p " + " ".join(f"a{number}=1" for number in range(100_000)) + ">", "more than 500 attributes"),
        ('<p a="' * 100_000, "more than 500 attributes"),
        ("x" * 20_000_001, "at most 20000000 are read"),
        ("<p>" * 300_000, "over 100000 tags"),
        ("<b><p><i></b>" * 100_000, "over 100000 tags"),
    ],
    ids=["boxes", "spans", "formats", "attributes", "quotes", "size", "paragraphs", "tags that cross"],
)
def test_html_that_makes_parsers_stand_still_is_refused(html, problem):
    with pytest.raises(Refusal, match=problem):
        parse(html)


@pytest.mark.parametrize(
    "html",
    [
        "<p>Un paragraphe\n" * 20_000,
        "<ul>" + "<li>Un point" * 20_000 + "</ul>",
        "<div><span>Un</div>" * 20_000,
        "<table>" + "<tr><td>1<td>2" * 20_000,
        "<p>1 < 2 & 3 > 2" * 20_000,
        "<script>" + "if (a <b) { document.write('<div>') }\n" * 20_000 + "</script>",
        "<!--" + "<div>" * 20_000 + "-->",
        f'<img src="data:image/png;base64,{"A" * 1_000_000}">',
    ],
    ids=["paragraphs", "list", "spans left open", "table", "signs", "script", "comment", "picture"],
)
def test_long_html_is_read(html):
    assert parse(html).body is not None


def test_nothing_is_left_out_however_deep_it_stands():
    body = parse_body("<div>" * 400 + "text")
    assert body.text() == "text"


@given(st.text("<>/ab='\" -!", max_size=200).map(lambda text: text * 100))
def test_whatever_the_html_it_is_bounded_or_not(text):
    try:
        see_bounds(text)
    except Refusal as refusal:
        assert refusal.problem.remedy
