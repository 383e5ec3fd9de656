"""Information pages in the admin, with the addresses at which they stood."""

import pytest

from archive.models import OldAddress, PageAddress
from tests.factories import make_article, make_info_page, make_old_address, make_outlet

from .forms import edit

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    return make_info_page(make_outlet(slug="herald"), slug="about")


def add(staff, page, url):
    row = {
        "old_addresses-TOTAL_FORMS": "1",
        "old_addresses-0-id": "",
        "old_addresses-0-url": url,
        "old_addresses-0-page": str(page.pk),
    }
    return edit(staff, page, **row)


def test_address_that_is_added_leads_to_the_page(staff, page):
    add(staff, page, "https://www.herald.example/about-us/")
    assert OldAddress.objects.resolve("herald.example/about-us").path() == "/herald/pages/about/"


@pytest.mark.parametrize("url", ["nowhere", "http://herald.example/ferry", "http://herald.example/taken"])
def test_address_that_can_not_be_its_own_is_told(staff, page, url):
    make_old_address(make_article(), "http://herald.example/ferry")
    PageAddress.objects.create(page=make_info_page(page.outlet), url="http://herald.example/taken")
    response = add(staff, page, url)
    assert "errorlist" in response.content.decode()
    assert page.old_addresses.count() == 0
