import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.address_patterns import PLACEHOLDERS, Parts, Template, TemplateError, normal_template, parts_by_shape

NAMES = st.sampled_from([f"{{{name}}}" for name in PLACEHOLDERS])
PIECES = st.sampled_from(["/", "-", "_", ".html", "?p=", "www.", "example.org", "archives", "amp", "{", "}", "é", " "])
TEMPLATES = st.lists(st.one_of(NAMES, PIECES), max_size=12).map("".join)


def read(template, text):
    return Template(normal_template(template)).read(text)


@pytest.mark.parametrize(
    ("template", "text", "parts"),
    [
        (
            "/{year}/{month}/{day}/{slug}_{kind}_{id}.html",
            "/2014/04/10/un-chef_n_5129324.html",
            Parts("5129324", "un-chef", 2014, 4, 10),
        ),
        ("/entry/{kind}_{id}", "/entry/us_5c47ecdee4b025aa26be2799", Parts("5c47ecdee4b025aa26be2799")),
        ("/?p={id}", "?p=4136", Parts("4136")),
        ("/{number}/{slug}", "/5959187/a-story", Parts("5959187", "a-story")),
        ("/{slug}-{number}", "/a-story-1713386248", Parts("1713386248", "a-story")),
        ("/category/{any}/{section}", "/category/news/politics", Parts(section="politics")),
        ("/", "", Parts()),
        ("https://m.huffpost.com/qc/entry/{id}", "huffpost.com/qc/entry/8708140", Parts("8708140")),
    ],
)
def test_parts_of_an_address(template, text, parts):
    assert read(template, text) == parts


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("/entry/{id}", "/a/entry/5129324"),
        ("/entry/{id}", "/entry/5129324/comments"),
        ("/entry/{id}", "/entry/politics"),
        ("/{slug}-{number}", "/best-of-2014"),
        ("/{year}/{month}/{slug}", "/2014/13/a-story"),
        ("/{year}/{month}/{day}", "/2015/02/29"),
        ("/a.b/{id}", "/aXb/1"),
        ("/?p={id}", "?p=4136&page=2"),
    ],
)
def test_pattern_is_for_the_whole_address_and_no_other(template, text):
    assert read(template, text) is None


def test_what_follows_a_question_mark_is_not_looked_at():
    assert read("/entry/{id}", "/entry/5129324?ir=Canada+Quebec") == Parts("5129324")


@pytest.mark.parametrize(
    ("template", "normal"),
    [
        ("https://www.HuffPost.com/archive/qc/entry/{slug}/", "huffpost.com/archive/qc/entry/{slug}"),
        ("/{author}/", "/{author}"),
        ("/café/{slug}", "/caf%C3%A9/{slug}"),
        ("/?b={id}&a=1", "/?a=1&b={id}"),
        ("/", "/"),
    ],
)
def test_pattern_has_the_normal_form_of_addresses(template, normal):
    assert normal_template(template) == normal


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("", "neither a path"),
        ("entry", "neither a path"),
        ("/^entry/(.*)$", "no regular expression"),
        ("/{headline}", "no placeholder {headline}"),
        ("/{id", "A brace stands alone"),
        ("/{slug}/{slug}", "twice"),
        ("/{id}/{number}", "one can stand in it"),
        ("/{slug}{id}", "touch"),
        ("/{day}/{slug}", "A day needs its month"),
        ("/{any}-{any}-{any}-{any}", "too many"),
        ("{section}.example.org/{slug}", "host name can hold no placeholder"),
        ("/a?utm_source={id}", "not compared"),
        ("/" + "a" * 300, "over 300"),
    ],
)
def test_what_is_no_pattern_is_told(template, told):
    with pytest.raises(TemplateError, match=told):
        normal_template(template)


@given(TEMPLATES)
def test_normal_form_of_a_pattern_is_its_own(template):
    try:
        normal = normal_template(template)
    except TemplateError:
        return
    assert normal_template(normal) == normal


@pytest.mark.parametrize("text", ["/" + "-" * 1990, "/" + "a-1" * 660, "/" + "-1" * 900 + "/", "/" + "1-a_" * 480])
@pytest.mark.parametrize("template", ["/{slug}-{any}-{id}", "/{slug}_{any}-{number}.html", "/{any}-{any}-{any}/x"])
def test_no_address_keeps_a_pattern_busy(template, text):
    compiled = Template(normal_template(template))
    began = time.process_time()
    compiled.read(text)
    # A hundred times what it takes.
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("parts", "published", "precision", "agrees"),
    [
        (Parts(year=2014, month=1, day=22), date(2014, 1, 22), "minute", True),
        (Parts(year=2014, month=1, day=22), date(2014, 1, 24), "day", True),
        (Parts(year=2014, month=1, day=22), date(2014, 2, 22), "day", False),
        (Parts(year=2014, month=1, day=22), date(2014, 1, 1), "month", True),
        (Parts(year=2014, month=1, day=22), date(2014, 1, 1), "year", True),
        (Parts(year=2014, month=12), date(2015, 1, 2), "day", True),
        (Parts(year=2014, month=12), date(2015, 2, 2), "day", False),
        (Parts(year=2014), date(2016, 1, 1), "year", False),
        (Parts(), date(2016, 1, 1), "day", True),
        (Parts(year=2014), None, "unknown", True),
    ],
)
def test_date_of_an_address_and_that_of_an_article(parts, published, precision, agrees):
    assert parts.agrees_with(published, precision) is agrees


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("x.org/a/2014/01/22/the-ferry-stays.html", Parts(slug="the-ferry-stays", year=2014, month=1, day=22)),
        ("x.org/2014/01/the-ferry-stays", Parts(slug="the-ferry-stays", year=2014, month=1)),
        ("x.org/2014/13/the-ferry-stays", Parts(slug="the-ferry-stays")),
        ("x.org/politics", Parts()),
    ],
)
def test_parts_of_an_address_that_no_pattern_fits(address, parts):
    assert parts_by_shape(address) == parts
