from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from tests.factories import make_outlet, make_section

pytestmark = pytest.mark.django_db


def test_lineage_goes_up_the_tree():
    top = make_outlet()
    middle = make_outlet(parent=top)
    edition = make_outlet(parent=middle)
    assert edition.lineage() == [edition, middle, top]


def test_outlet_cannot_stand_below_itself():
    top = make_outlet()
    edition = make_outlet(parent=top)
    top.parent = edition
    with pytest.raises(ValidationError, match="below the outlet itself"):
        top.full_clean()


def test_tree_is_at_most_four_deep():
    outlet = make_outlet()
    for _ in range(3):
        outlet = make_outlet(parent=outlet)
    outlet = make_outlet(parent=outlet)
    with pytest.raises(ValidationError, match="4 deep"):
        outlet.full_clean()


@pytest.mark.parametrize("slug", ["admin", "a", "static", "healthz"])
def test_outlet_may_not_take_an_address_of_the_archive(slug):
    with pytest.raises(ValidationError, match="own addresses"):
        make_outlet(slug=slug).full_clean()


def test_time_zone_must_exist():
    with pytest.raises(ValidationError, match="America/Toronto"):
        make_outlet(time_zone="Québec").full_clean()


def test_database_refuses_closing_before_opening():
    with pytest.raises(IntegrityError):
        make_outlet(opened_on=date(2021, 1, 1), closed_on=date(2020, 1, 1))


def test_section_cannot_stand_below_itself():
    section = make_section(make_outlet())
    section.parent = make_section(section.outlet, parent=section)
    with pytest.raises(ValidationError, match="below itself"):
        section.full_clean()


def test_section_stands_below_one_of_its_own_outlet():
    section = make_section(make_outlet(), parent=make_section(make_outlet()))
    with pytest.raises(ValidationError, match="another outlet"):
        section.full_clean()
