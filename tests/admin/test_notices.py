from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from archive.models import ClosureNotice, Outlet
from tests.factories import make_info_page, make_notice, make_outlet

from .forms import change_address, edit, filled_in
from .people import browser_of, make_archivist

pytestmark = pytest.mark.django_db
PREVIEW = "/admin/archive/closurenotice/preview/"


def notice_of(outlet, **changes):
    data = {"outlet": outlet.pk, "language": "fr", "placement": "banner", "names": "own", "first_day": "2021-03-09"}
    return data | {"message": "{outlet} a fermé en {year}."} | changes


def test_preview_shows_the_notice_as_readers_see_it(staff):
    outlet = make_outlet(name="Le <Quotidien>", closed_on=date(2021, 3, 9))
    page = staff.post(PREVIEW, notice_of(outlet)).content.decode()
    assert "<p><strong>Le &lt;Quotidien&gt;</strong> a fermé en 2021.</p>" in page


def test_preview_tells_which_placeholders_can_be_used(staff):
    page = staff.post(PREVIEW, notice_of(make_outlet(), message="{outlet} {faq} {nom}")).content.decode()
    assert "{faq}, {nom}" in page
    assert "{outlet}, {year}" in page


def test_preview_of_a_networks_notice_shows_its_editions(staff):
    network = make_outlet(name="The Network")
    make_outlet(name="Its Edition", parent=network)
    page = staff.post(PREVIEW, notice_of(network, names="page")).content.decode()
    assert "<strong>The Network</strong>" in page
    assert "<strong>Its Edition</strong>" in page


def test_preview_saves_nothing(staff):
    staff.post(PREVIEW, notice_of(make_outlet()))
    assert not ClosureNotice.objects.exists()


def test_preview_of_a_stored_notice_is_no_duplicate_of_itself(staff):
    notice = make_notice(make_outlet())
    data = filled_in(staff.get(change_address(notice)).content, "closurenotice_form")
    page = staff.post(f"{PREVIEW}?notice={notice.pk}", data | {"message": "{outlet} has closed."}).content.decode()
    assert "preview-problems" not in page
    assert "has closed." in page


def test_preview_leaves_the_stored_notice_as_it_is(staff):
    notice = make_notice(make_outlet())
    data = filled_in(staff.get(change_address(notice)).content, "closurenotice_form")
    staff.post(f"{PREVIEW}?notice={notice.pk}", data | {"message": "Changed"})
    notice.refresh_from_db()
    assert notice.message == "{outlet} closed in {year}."


@pytest.mark.parametrize("data", [{}, {"outlet": "x"}, {"outlet": "999"}, {"message": "{"}, {"first_day": "soon"}])
def test_preview_of_what_is_not_finished_says_what_is_missing(staff, data):
    response = staff.post(PREVIEW, data)
    assert response.status_code == 200
    assert "preview-problems" in response.content.decode()


def test_preview_is_for_those_who_may_write_notices():
    reader = browser_of(make_archivist("reader", "view_closurenotice"))
    assert reader.post(PREVIEW, {}).status_code == 403


def test_preview_takes_no_get(staff):
    assert staff.get(PREVIEW).status_code == 405


def test_preview_allows_nothing_that_other_pages_do_not(staff):
    policy = staff.post(PREVIEW, {}).headers["Content-Security-Policy"]
    assert policy == staff.get("/admin/").headers["Content-Security-Policy"]


def test_notice_with_an_unknown_placeholder_is_not_saved(staff):
    notice = make_notice(make_outlet())
    response = edit(staff, notice, message="{name} closed.")
    assert "{name} is unknown" in response.content.decode()


def test_list_tells_which_notices_are_shown_today(staff):
    outlet, today = make_outlet(), timezone.now().date()
    make_notice(outlet, first_day=today)
    make_notice(outlet, first_day=today + timedelta(days=1))
    make_notice(outlet, first_day=today - timedelta(days=2), last_day=today - timedelta(days=1))
    page = staff.get(reverse("admin:archive_closurenotice_changelist")).content.decode()
    assert [page.count(words) for words in ("today</span>", "not yet</span>", "no longer</span>")] == [1, 1, 1]


def test_network_to_choose_is_none_of_the_outlets_below(staff):
    network = make_outlet()
    edition = make_outlet(parent=network)
    local = make_outlet(parent=edition)
    other = make_outlet()
    form = staff.get(change_address(network)).context["adminform"].form
    assert set(form.fields["parent"].queryset) == {other}
    assert local.lineage()[-1] == network


def test_network_that_would_make_a_circle_is_refused(staff):
    network = make_outlet()
    edition = make_outlet(parent=network)
    edit(staff, network, parent=str(edition.pk))
    assert Outlet.objects.get(pk=network.pk).parent is None


def test_address_name_of_an_outlet_is_not_changed(staff):
    outlet = make_outlet(slug="kept")
    edit(staff, outlet, slug="another", name="Renamed")
    outlet.refresh_from_db()
    assert (outlet.slug, outlet.name) == ("kept", "Renamed")


def test_used_outlet_can_not_be_deleted(staff):
    network = make_outlet()
    make_outlet(parent=network)
    assert staff.get(reverse("admin:archive_outlet_delete", args=[network.pk])).status_code == 403


def test_information_page_is_changed(staff):
    page = make_info_page(make_outlet(), body="<p>Before</p>")
    edit(staff, page, body="<p>After</p>")
    page.refresh_from_db()
    assert page.body == "<p>After</p>"
