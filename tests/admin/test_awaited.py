"""Withdrawals that came before their articles, as staff see them, and articles that staff give such an id."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from archive.models import Article, AwaitedWithdrawal, ImportRun
from tests.factories import make_article, make_outlet

from .forms import change_address, edit
from .people import browser_of, make_archivist
from .tables import import_table

pytestmark = pytest.mark.django_db
LIST = "/admin/archive/awaitedwithdrawal/"


def told(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


@pytest.fixture
def outlet():
    return make_outlet(slug="herald")


@pytest.fixture
def run(outlet):
    return ImportRun.objects.create(outlet=outlet, format="ninjs", file_name="kills.json", state="done")


@pytest.fixture
def make_awaited(outlet, run):
    def make_awaited(original_id="urn:chess", **fields):
        told = {"reason": "legal", "note": "The game was not played.", "run": run, "place": "kills.json: item 1"}
        return AwaitedWithdrawal.objects.create(outlet=outlet, original_id=original_id, **(told | fields))

    return make_awaited


def test_list_tells_outlet_id_reason_run_and_whether_the_article_has_come(staff, outlet, make_awaited):
    make_awaited()
    come = make_awaited("urn:ferry", article=make_article(outlet=outlet, headline="The ferry stays"))
    page = staff.get(LIST).content.decode()
    for words in ("urn:chess", str(outlet), "Legal reasons", "kills.json", "awaited", come.article.headline):
        assert words in page
    page = staff.get(LIST, {"state": "awaited"}).content.decode()
    assert ("urn:chess" in page, "urn:ferry" in page) == (True, False)


def test_list_costs_the_same_however_many_there_are(staff, make_awaited, django_assert_num_queries):
    for number in range(3):
        make_awaited(f"urn:{number}")
    with django_assert_num_queries(7):
        staff.get(LIST)


def test_one_is_found_by_its_id(staff, make_awaited):
    make_awaited("urn:one")
    make_awaited("urn:two")
    page = staff.get(LIST, {"q": "urn:one"}).content.decode()
    assert ("urn:one</a>" in page, "urn:two" in page) == (True, False)
    assert staff.get(LIST, {"q": "urn:\x00"}).status_code == 200


def test_its_page_tells_what_the_sender_said_and_changes_nothing(staff, make_awaited):
    page = staff.get(change_address(make_awaited())).content.decode()
    assert "The game was not played." in page
    assert "kills.json: item 1" in page
    assert 'name="_save"' not in page


def test_one_whose_sender_took_it_back_is_deleted(staff, make_awaited):
    address = reverse("admin:archive_awaitedwithdrawal_delete", args=[make_awaited().pk])
    response = staff.post(address, {"post": "yes"})
    assert not AwaitedWithdrawal.objects.exists()
    assert "The article is public when it is imported" in told(response)


def test_one_whose_article_has_come_is_not_deleted(staff, outlet, make_awaited):
    awaited = make_awaited(article=make_article(outlet=outlet))
    address = reverse("admin:archive_awaitedwithdrawal_delete", args=[awaited.pk])
    assert staff.post(address, {"post": "yes"}).status_code == 403
    assert AwaitedWithdrawal.objects.exists()


def test_who_may_only_look_may_not_delete(make_awaited):
    browser = browser_of(make_archivist("anna", "view_awaitedwithdrawal"))
    awaited = make_awaited()
    assert browser.get(LIST).status_code == 200
    address = reverse("admin:archive_awaitedwithdrawal_delete", args=[awaited.pk])
    assert browser.post(address, {"post": "yes"}).status_code == 403


def test_article_that_staff_give_such_an_id_is_withdrawn_at_once(staff, outlet, make_awaited):
    make_awaited()
    article = make_article(outlet=outlet)
    response = edit(staff, article, original_id="urn:chess")
    assert "a withdrawal of its source id was awaited" in told(response)
    assert not Article.objects.public().exists()
    withdrawn = article.revisions.get(verb="withdrawn")
    assert (withdrawn.made_by, withdrawn.reason) == (staff.user, "The game was not played.")


def test_article_of_a_table_with_such_an_id_is_withdrawn_at_once(staff, outlet, make_awaited):
    make_awaited()
    table = "outlet,original_id,headline,body\nherald,urn:chess,Chess,<p>Text</p>\n"
    assert import_table(staff, "article", "csv", table) == {"new": 1}
    assert (Article.objects.count(), Article.objects.public().count()) == (1, 0)
