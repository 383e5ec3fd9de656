from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from archive import care
from archive.models import Withdrawal
from tests.factories import make_article

from .forms import edit, filled_in
from .people import browser_of, make_archivist

pytestmark = pytest.mark.django_db
LIST = "/admin/archive/article/"


def ask(client, action, *articles):
    """Choose the action in the list; the page that asks."""
    return client.post(
        LIST, {"action": action, "_selected_action": [str(article.pk) for article in articles]}, follow=True
    )


def confirm(client, page, *articles, **answers):
    data = filled_in(page.content, **answers)
    data["_selected_action"] = [str(article.pk) for article in articles]
    return client.post(LIST, data, follow=True)


def told(response):
    return " ".join(str(message) for message in response.context["messages"])


def test_withdrawing_asks_before_it_does_anything(staff):
    article = make_article(headline="Asked about")
    assert "Asked about" in ask(staff, "withdraw_selected", article).content.decode()
    assert not Withdrawal.objects.exists()


def test_withdrawing_needs_a_reason(staff):
    article = make_article()
    confirm(staff, ask(staff, "withdraw_selected", article), article, reason="")
    assert not Withdrawal.objects.exists()


def test_articles_are_withdrawn_with_what_was_answered(staff):
    articles = [make_article(), make_article()]
    page = ask(staff, "withdraw_selected", *articles)
    answers = {"reason": "legal", "status_code": "451", "show_headline": None, "public_note": "By order."}
    response = confirm(staff, page, *articles, why="Letter of the court.", **answers)
    assert "2 articles were withdrawn" in told(response)
    withdrawal = Withdrawal.objects.filter(article=articles[1]).get()
    assert (withdrawal.reason, withdrawal.status_code, withdrawal.public_note) == ("legal", 451, "By order.")


def test_withdrawal_is_recorded_with_who_and_why(staff):
    article = make_article()
    page = ask(staff, "withdraw_selected", article)
    confirm(staff, page, article, reason="privacy", why="She asked.")
    revision = article.revisions.get()
    assert (revision.verb, revision.made_by, revision.reason) == ("withdrawn", staff.user, "She asked.")


def test_headline_may_be_kept_from_readers(staff):
    article = make_article()
    data = filled_in(ask(staff, "withdraw_selected", article).content) | {"reason": "privacy"}
    del data["show_headline"]
    staff.post(LIST, data)
    assert Withdrawal.objects.get().show_headline is False


def test_withdrawal_may_begin_later(staff):
    article = make_article()
    later = timezone.now().date() + timedelta(days=7)
    confirm(staff, ask(staff, "withdraw_selected", article), article, reason="rights-expired", withdrawn_on=str(later))
    assert Withdrawal.objects.get().withdrawn_on == later


def test_one_withdrawn_already_is_told_and_the_others_are_withdrawn(staff):
    first, second = make_article(headline="First"), make_article(headline="Second")
    care.withdraw(first, reason="legal")
    page = ask(staff, "withdraw_selected", first, second)
    response = confirm(staff, page, first, second, reason="error")
    assert "1 article was withdrawn" in told(response)
    assert Withdrawal.objects.filter(article=first).count() == 1


def test_one_changed_since_the_question_is_left_alone_and_told(staff, colleague):
    article = make_article(headline="Moving")
    page = ask(staff, "withdraw_selected", article)
    edit(colleague, article, headline="Moved")
    response = confirm(staff, page, article, reason="error")
    assert "someone changed it meanwhile" in told(response)
    assert not Withdrawal.objects.exists()


def test_articles_are_reinstated(staff):
    article = make_article()
    care.withdraw(article, reason="legal", withdrawn_on=date(2020, 1, 1))
    page = ask(staff, "reinstate_selected", article)
    confirm(staff, page, article, why="The court changed its mind.")
    assert article.withdrawal is None
    assert article.revisions.last().reason == "The court changed its mind."


def test_reinstating_what_is_public_says_so(staff):
    article = make_article(headline="Public")
    assert "“Public”: not withdrawn." in told(ask(staff, "reinstate_selected", article))


def test_withdrawing_from_the_articles_own_page(staff):
    article = make_article()
    address = reverse("admin:archive_article_withdraw", args=[article.pk])
    data = filled_in(staff.get(address).content) | {"reason": "duplicate"}
    response = staff.post(address, data)
    assert response.url == reverse("admin:archive_article_change", args=[article.pk])
    assert article.withdrawal.reason == "duplicate"


def test_reinstating_from_the_articles_own_page(staff):
    article = make_article()
    care.withdraw(article, reason="legal")
    address = reverse("admin:archive_article_reinstate", args=[article.pk])
    staff.post(address, filled_in(staff.get(address).content))
    assert article.withdrawal is None


def test_who_may_only_look_can_not_withdraw():
    article = make_article()
    reader = browser_of(make_archivist("reader", "view_article"))
    address = reverse("admin:archive_article_withdraw", args=[article.pk])
    assert reader.post(address, {"confirmed": "yes", "reason": "legal"}).status_code == 403


def test_who_may_only_look_is_not_offered_the_actions():
    make_article()
    reader = browser_of(make_archivist("reader", "view_article"))
    assert "withdraw_selected" not in reader.get(LIST).content.decode()


def test_too_many_at_a_time_are_refused(staff, monkeypatch):
    monkeypatch.setattr("archive.admin.withdrawing.MOST_AT_ONCE", 1)
    response = ask(staff, "withdraw_selected", make_article(), make_article())
    assert "At most 1 articles at a time" in told(response)


def test_withdrawal_itself_is_not_changed_by_hand(staff):
    withdrawal = care.withdraw(make_article(), reason="legal")
    address = reverse("admin:archive_withdrawal_change", args=[withdrawal.pk])
    assert staff.post(address, {"reason": "other"}).status_code == 403
