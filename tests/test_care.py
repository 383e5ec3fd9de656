from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.utils import timezone, translation
from django.utils.translation import gettext

from archive import care
from archive.models import Withdrawal
from tests.factories import make_article, make_byline, make_image

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    return make_article(headline="Before")


@pytest.fixture
def editor():
    return User.objects.create_user("editor")


def edit(article, **fields):
    before = care.snapshot(article)
    for name, value in fields.items():
        setattr(article, name, value)
    article.save()
    return care.record(article, "edited", before=before, reason="A typo")


def test_edit_records_what_changed(article):
    assert edit(article, headline="After").changes == {"headline": ["Before", "After"]}


def test_edit_that_changes_nothing_is_not_recorded(article):
    assert edit(article) is None


def test_edit_raises_the_version(article):
    edit(article, headline="After")
    article.refresh_from_db()
    assert article.version == 2


def test_bylines_are_part_of_what_is_recorded(article):
    before = care.snapshot(article)
    byline = make_byline(article, printed="Par X")
    revision = care.record(article, "edited", before=before)
    assert revision.changes == {"bylines": [[], [[byline.author.slug, "text", "Par X"]]]}


def test_pictures_are_part_of_what_is_recorded(article):
    before = care.snapshot(article)
    make_image(article, caption="A river")
    assert list(care.record(article, "edited", before=before).changes) == ["images"]


def test_correction_is_recorded_with_who_made_it(article, editor):
    care.correct(article, kind="correction", text="Not May, June.", by=editor)
    assert article.revisions.get().made_by == editor


def test_withdrawal_is_recorded_with_why(article):
    care.withdraw(article, reason="legal", why="Letter of June 3")
    assert article.revisions.get().reason == "Letter of June 3"


def test_withdrawn_article_cannot_be_withdrawn_again(article):
    care.withdraw(article, reason="legal")
    with pytest.raises(care.CareError, match="withdrawn already"):
        care.withdraw(article, reason="legal")


def test_database_refuses_a_second_open_withdrawal(article):
    Withdrawal.objects.create(article=article, reason="legal")
    with pytest.raises(IntegrityError):
        Withdrawal.objects.create(article=article, reason="legal")


def test_article_that_is_not_withdrawn_cannot_be_reinstated(article):
    with pytest.raises(care.CareError, match="not withdrawn"):
        care.reinstate(article)


def test_reinstated_article_keeps_its_withdrawal_as_history(article):
    care.withdraw(article, reason="error")
    care.reinstate(article)
    assert article.withdrawals.get().reinstated_on == timezone.now().date()


def test_withdrawal_to_come_can_be_called_off(article):
    later = timezone.now().date() + timedelta(days=30)
    care.withdraw(article, reason="rights-expired", withdrawn_on=later)
    care.reinstate(article)
    assert not Withdrawal.objects.in_force(later).exists()


def test_article_can_be_withdrawn_again_once_reinstated(article):
    care.withdraw(article, reason="error")
    care.reinstate(article)
    assert care.withdraw(article, reason="legal").number == 2


def test_database_refuses_another_status_than_410_or_451(article):
    with pytest.raises(IntegrityError):
        Withdrawal.objects.create(article=article, reason="legal", status_code=404)


def test_database_refuses_reinstating_before_withdrawing(article):
    with pytest.raises(IntegrityError):
        Withdrawal.objects.create(
            article=article, reason="legal", withdrawn_on=date(2022, 1, 2), reinstated_on=date(2022, 1, 1)
        )


def test_why_a_verb_can_not_be_carried_out_is_told_in_the_language_of_staff(db):
    article = make_article()
    with translation.override("fr"), pytest.raises(care.CareError) as caught:
        care.reinstate(article)
    with translation.override("fr"):
        assert str(caught.value) == gettext("“%(article)s” is not withdrawn.") % {"article": article}
