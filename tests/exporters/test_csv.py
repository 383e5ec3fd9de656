"""A table that spreadsheets and csv readers take as it was meant."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.exporters.csv import COLUMNS, harmless, head, line_of


def read(text):
    return list(csv.reader(io.StringIO(text, newline="")))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2))
def test_cells_come_back_as_they_were(cells):
    assert read(line_of(cells)) == [cells]


@given(st.text())
def test_no_cell_is_taken_for_a_formula(cell):
    assert not harmless(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert harmless(cell).removeprefix("'") == cell.removeprefix("'")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_formula_begins_with_an_apostrophe(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Une crue", "« - »", "– Oui", 3])
def test_other_cell_is_left_as_it_is(cell):
    assert harmless(cell) == cell


def test_first_line_names_the_columns():
    assert read(head()) == [list(COLUMNS)]
