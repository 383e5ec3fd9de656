import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.models.listing import listing_number
from archive.search.query import LONGEST, MOST_TERMS, ask


def number_of(place):
    return listing_number(place, 0)


def asked(text, known=()):
    return ask(text, lambda field, said: dict(known).get((field, said.lower()), ()), number_of)


def wanted(text, **known):
    return [any_of.ways[0] for any_of in asked(text).match.every]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("budget hockey", [("budget",), ("hockey",)]),
        ('"budget de la hockey"', [("budget", "hockey")]),
        ("« budget hockey » vélo", [("budget", "hockey"), ("vélo",)]),
        ("“budget hockey”", [("budget", "hockey")]),
        ('"budget', [("budget",)]),
        ("by-election", [("by", "election")]),
        ("hockey,vélo", [("hockey", "vélo")]),
    ],
)
def test_words_and_phrases_are_told_apart(text, expected):
    folded = [tuple(word.replace("é", "e") for word in way) for way in expected]
    found = asked(text).match.every
    assert len(found) == len(folded)
    assert all(way in any_of.ways for way, any_of in zip(folded, found, strict=True) if "by" not in way)


def test_minus_keeps_out():
    match = asked('budget -hockey -"vélo rouge"').match
    assert len(match.every) == 1
    assert len(match.none) == 2


@pytest.mark.parametrize("text", ["budget OR hockey", "budget OU hockey", "budget | hockey"])
def test_either_will_do(text):
    (any_of,) = asked(text).match.every
    assert {("budget",), ("hockey",)} <= set(any_of.ways)


@pytest.mark.parametrize("text", ["budget OR", "OR budget", "| budget |", "OR OR budget"])
def test_or_with_nothing_beside_it_says_nothing(text):
    assert asked(text).words == ("budget",)


def test_or_by_itself_is_a_word():
    assert asked("OR").words == ("OR",)


KNOWN = {("author", "tremblay"): [3, 5], ("section", "sciences et techno"): [7]}


@pytest.mark.parametrize("text", ["author:tremblay", "auteur:Tremblay", "Auteur : tremblay", "AUTEURE: tremblay"])
def test_field_is_known_in_both_languages(text):
    (any_of,) = asked(text, KNOWN).match.every
    assert any_of.terms == ("a3", "a5")


def test_value_may_be_quoted():
    (any_of,) = asked("rubrique:« Sciences et techno »", KNOWN).match.every
    assert any_of.terms == ("s7",)


def test_name_that_nobody_has_is_searched_as_words_and_told():
    query = asked("author:tremblay author:nobody", KNOWN)
    assert query.notes == ("author:nobody",)
    assert ("nobodi",) in query.match.every[1].ways


@pytest.mark.parametrize("text", ["before:2014-13", "after:2014-02-30", "before:hier", "after:99999", "-before:2014"])
def test_what_is_no_date_is_searched_as_words_and_told(text):
    query = asked(text)
    assert query.notes == (text,)
    assert query.match.numbers.first == 0


# By what is known of an article's date, as its place in order
DATES = {
    "year": 2014_00_00_0000,
    "month": 2014_05_00_0000,
    "other month": 2014_06_00_0000,
    "day": 2014_05_21_0000,
    "minute": 2014_05_21_1748,
    "day before": 2014_05_20_0000,
    "new year": 2014_01_01_0000,
    "year before": 2013_00_00_0000,
    "undated": 0,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("after:2014", {"year", "month", "other month", "day", "minute", "day before", "new year"}),
        ("after:2014-05", {"year", "month", "other month", "day", "minute", "day before"}),
        ("after:2014-05-21", {"year", "month", "other month", "day", "minute"}),
        ("after:2014-05-22", {"year", "month", "other month"}),
        ("after:2014-06", {"year", "other month"}),
        ("before:2014-05-21", {"year", "month", "day before", "new year", "year before"}),
        ("before:2014-05", {"year", "new year", "year before"}),
        ("before:2014-05-01", {"year", "new year", "year before"}),
        ("before:2014-01-02", {"year", "new year", "year before"}),
        ("before:2014", {"year before"}),
        ("before:2014-01-01", {"year before"}),
        ("after:2014-05 before:2014-06", {"year", "month", "day", "minute", "day before"}),
    ],
)
def test_uncertain_date_matches_where_some_day_of_it_could_be_meant(text, expected):
    numbers = asked(text).match.numbers
    found = {
        name
        for name, place in DATES.items()
        if numbers.first <= number_of(place) + 9 < numbers.after
        and not any(start <= number_of(place) + 9 < end for start, end in numbers.gaps)
    }
    assert found == expected


def test_terms_past_the_twelfth_are_told():
    query = asked(" ".join(f"mot{number}" for number in range(15)))
    assert len(query.words) == MOST_TERMS
    assert query.ignored == ("mot12", "mot13", "mot14")


def test_words_that_say_nothing_are_told():
    assert asked("le budget de la ville").ignored == ("le", "de", "la")


@given(st.text(max_size=LONGEST + 20))
def test_any_text_is_a_question(text):
    query = asked(text)
    assert len(query.words) <= MOST_TERMS
    for any_of in (*query.match.every, *query.match.none):
        assert any_of.ways
        assert all(stem.isalnum() for way in any_of.ways for stem in way)


@given(
    st.lists(st.sampled_from(['"', "«", "»", "-", "OR", "author:", "before:", "budget", " ", ":", "2014"]), max_size=20)
)
def test_signs_in_any_order_are_a_question(pieces):
    asked("".join(pieces))
    asked(" ".join(pieces), {("author", "budget"): [1]})
