"""Bars stand beside each other, in the room that they have, as long as their numbers say."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.charts import BARS_HEIGHT, every_year, rows, upright_bars

COUNTS = st.lists(st.integers(0, 10**9), max_size=60)


def figures(counts):
    return [(str(number), count, "") for number, count in enumerate(counts)]


def measure(percent):
    assert percent.endswith("%")
    return float(percent[:-1])


def test_highest_bar_takes_all_the_height():
    assert measure(upright_bars(figures([1, 4, 2]))[1].height) == BARS_HEIGHT


def test_bar_of_half_the_number_is_half_as_high():
    assert measure(upright_bars(figures([2, 4]))[0].height) == BARS_HEIGHT / 2


def test_bar_of_nothing_has_no_height():
    assert upright_bars(figures([0, 4]))[0].height == "0%"


def test_smallest_number_is_seen():
    assert measure(upright_bars(figures([1, 10**6]))[0].height) > 1


def test_nothing_to_draw_gives_no_bars():
    assert upright_bars([]) == [] and rows([]) == []


def test_bars_of_nothing_at_all_are_drawn_without_height():
    assert {bar.height for bar in upright_bars(figures([0, 0]))} == {"0%"}


def test_few_bars_are_all_named():
    assert all(bar.is_named for bar in upright_bars(figures([1] * 6)))


@given(COUNTS)
def test_no_more_names_than_there_is_room_for(counts):
    assert sum(bar.is_named for bar in upright_bars(figures(counts))) <= 6


@given(COUNTS)
def test_every_bar_stands_in_the_chart(counts):
    for bar in upright_bars(figures(counts)):
        assert measure(bar.left) >= 0 and measure(bar.left) + measure(bar.width) <= 100.01
        assert measure(bar.top) >= 0 and measure(bar.top) + measure(bar.height) <= BARS_HEIGHT + 0.01


@given(COUNTS)
def test_bars_do_not_cover_each_other(counts):
    bars = upright_bars(figures(counts))
    for one, next_one in pairwise(bars):
        assert measure(one.left) + measure(one.width) <= measure(next_one.left) + 0.01


@given(COUNTS)
def test_longer_row_never_has_the_smaller_number(counts):
    drawn = sorted(rows(figures(counts)), key=lambda row: row.count)
    lengths = [measure(row.length) for row in drawn]
    assert lengths == sorted(lengths) and all(length <= 100 for length in lengths)


def test_years_between_are_drawn_empty():
    assert every_year({2014: 3, 2016: 5}) == [(2014, 3), (2015, 0), (2016, 5)]


def test_undated_is_no_year():
    assert every_year({0: 7, 2014: 3}) == [(2014, 3)]


def test_years_far_apart_are_not_filled_in():
    assert every_year({1000: 1, 2999: 1}) == [(1000, 1), (2999, 1)]


@pytest.mark.parametrize("counts", [{}, {0: 4}, {2014: 0}])
def test_no_years_where_nothing_is_dated(counts):
    assert every_year(counts) == []
