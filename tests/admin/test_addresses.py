"""Addresses that were asked for in vain, pointed at their articles; hosts and patterns."""

from datetime import date

import pytest
from django.urls import reverse

from archive.models import AddressMiss, AddressPattern, OldAddress, OldHost
from tests.factories import make_article, make_old_address, make_outlet

from .forms import change_address, edit, filled_in
from .people import browser_of, make_archivist

pytestmark = pytest.mark.django_db
LIST = "/admin/archive/addressmiss/"


@pytest.fixture
def outlet():
    return make_outlet(website="http://herald.example")


def make_miss(outlet, address="herald.example/2014/01/22/the-ferry-stays.html", **fields):
    day = date(2026, 1, 1)
    return AddressMiss.objects.create(
        **{"address": address, "outlet": outlet, "first_day": day, "last_day": day} | fields
    )


def test_misses_are_listed_by_count(staff, outlet):
    make_miss(outlet, "herald.example/rare", count=2)
    make_miss(outlet, "herald.example/frequent", count=30)
    page = staff.get(LIST).content.decode()
    assert page.index("herald.example/frequent") < page.index("herald.example/rare")


def test_list_costs_the_same_however_many_there_are(staff, outlet, django_assert_num_queries):
    for number in range(3):
        make_miss(outlet, f"herald.example/{number}")
    with django_assert_num_queries(7):
        staff.get(LIST)


def test_address_that_leads_somewhere_by_now_is_not_listed(staff, outlet):
    miss = make_miss(outlet)
    make_old_address(make_article(outlet=outlet), f"https://www.{miss.address}")
    assert miss.address not in staff.get(LIST).content.decode()


def test_address_is_pointed_at_an_article(staff, outlet):
    miss, article = make_miss(outlet), make_article(outlet=outlet)
    edit(staff, miss, article=article.pk)
    assert OldAddress.objects.article_at(miss.address) == article
    assert not AddressMiss.objects.exists()


def test_one_click_points_an_address_at_one_of_the_likeliest(staff, outlet):
    miss, article = make_miss(outlet), make_article(outlet=outlet, headline="The ferry crosses again")
    page = staff.get(change_address(miss)).content.decode()
    assert f'name="likeliest" value="{article.pk}"' in page
    staff.post(change_address(miss), filled_in(page, "addressmiss_form", likeliest=article.pk))
    assert OldAddress.objects.article_at(miss.address) == article


def test_history_of_the_article_tells(staff, outlet):
    miss, article = make_miss(outlet), make_article(outlet=outlet)
    edit(staff, miss, article=article.pk)
    revision = article.revisions.get()
    assert (revision.made_by, list(revision.changes)) == (staff.user, ["old_addresses"])


def test_address_that_was_taken_meanwhile_is_left_alone(staff, outlet):
    miss, article = make_miss(outlet), make_article(outlet=outlet)
    page = filled_in(staff.get(change_address(miss)).content, "addressmiss_form", article=article.pk)
    make_old_address(other := make_article(outlet=outlet), f"http://{miss.address}")
    staff.post(change_address(miss), page)
    assert OldAddress.objects.article_at(miss.address) == other


def test_without_an_article_nothing_is_pointed(staff, outlet):
    edit(staff, make_miss(outlet), article="")
    assert not OldAddress.objects.exists()


def test_noise_is_deleted_by_the_page(staff, outlet):
    miss = make_miss(outlet)
    data = {"action": "delete_selected", "_selected_action": [miss.pk], "post": "yes"}
    staff.post(LIST, data)
    assert not AddressMiss.objects.exists()


def test_who_may_not_add_addresses_may_not_point(db, outlet):
    miss = make_miss(outlet)
    browser = browser_of(make_archivist("anna", "view_addressmiss", "change_addressmiss"))
    assert browser.post(change_address(miss), {"article": make_article().pk}).status_code == 403


def test_miss_cannot_be_written_by_hand(staff):
    assert staff.get(f"{LIST}add/").status_code == 403


def test_pattern_is_added_in_its_normal_form(staff, outlet):
    data = {"outlet": outlet.pk, "template": "http://www.Herald.example/{slug}/", "example": "", "order": 10}
    staff.post(reverse("admin:archive_addresspattern_add"), data)
    assert AddressPattern.objects.get().template == "herald.example/{slug}"


def test_what_is_wrong_with_a_pattern_is_told_beside_it(staff):
    data = {"outlet": "", "template": "/(.*)", "example": "", "order": 10}
    page = staff.post(reverse("admin:archive_addresspattern_add"), data).content.decode()
    assert "it is no regular expression" in page


def test_host_is_added(staff, outlet):
    staff.post(reverse("admin:archive_oldhost_add"), {"outlet": outlet.pk, "address": "https://m.herald.example/"})
    assert OldHost.objects.get().address == "herald.example"
