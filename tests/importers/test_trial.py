from hypothesis import given
from hypothesis import strategies as st

from archive.importers.saving.trial import Numbers, Trial
from archive.keys import derived_key

NUMBERS = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(st.tuples(NUMBERS.filter(bool), NUMBERS), max_size=100))
def test_numbers_are_kept_by_numbers(pairs):
    numbers = Numbers(10_000)
    for name, value in pairs:
        numbers.put(name, value)
    known = dict(pairs)
    assert (len(numbers), {name: numbers.get(name) for name in known}) == (len(known), known)


def test_numbers_that_fall_on_one_place_are_told_apart():
    numbers = Numbers(10_000)
    for each in range(1, 100):
        numbers.put(each << 40, each)
    assert [numbers.get(each << 40) for each in range(1, 100)] == list(range(1, 100))


def test_room_grows_with_what_is_kept():
    numbers = Numbers(10_000)
    for each in range(5000):
        numbers.put(each * 7919, -each)
    assert [numbers.get(each * 7919) for each in range(5000)] == [-each for each in range(5000)]


def test_what_was_not_put_is_not_there():
    numbers = Numbers(10)
    numbers.put(7, 1)
    assert numbers.get(8) is None


def test_zero_is_a_number_like_others():
    numbers = Numbers(10)
    numbers.put(0, 5)
    assert numbers.get(0) == 5


def test_what_is_beyond_the_room_is_left_out_and_the_rest_stays():
    numbers = Numbers(3)
    for each in range(1, 6):
        numbers.put(each, each)
    numbers.put(1, 9)
    assert [numbers.get(each) for each in range(1, 6)] == [9, 2, 3, None, None]


def test_first_article_with_a_text_stays_the_first():
    trial = Trial()
    first, second = derived_key("herald", "1"), derived_key("herald", "2")
    trial.remember_text(-5, first)
    trial.remember_text(-5, second)
    assert trial.first_with(-5) == first


def test_text_that_nobody_had_or_that_is_too_short_has_no_first():
    trial = Trial()
    trial.remember_text(None, derived_key("herald", "1"))
    assert (trial.first_with(None), trial.first_with(3)) == ("", "")
