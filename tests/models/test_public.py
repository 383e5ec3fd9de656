"""The one door: what a reader may see, on a given day."""

from datetime import date

import pytest

from archive import care
from archive.models import Article, Withdrawal
from tests.factories import make_article

pytestmark = pytest.mark.django_db

MARCH = date(2022, 3, 1)


def is_public(article, on=None):
    return Article.objects.public(on).filter(pk=article.pk).exists()


def test_article_is_public():
    assert is_public(make_article())


def test_held_back_article_is_not_public():
    assert not is_public(make_article(held_back=True))


def test_withdrawn_article_is_not_public():
    article = make_article()
    care.withdraw(article, reason="legal")
    assert not is_public(article)


def test_article_is_public_until_the_day_of_its_withdrawal():
    article = make_article()
    Withdrawal.objects.create(article=article, reason="legal", withdrawn_on=MARCH)
    assert is_public(article, date(2022, 2, 28))


def test_article_is_not_public_on_the_day_of_its_withdrawal():
    article = make_article()
    Withdrawal.objects.create(article=article, reason="legal", withdrawn_on=MARCH)
    assert not is_public(article, MARCH)


def test_reinstated_article_is_public_again():
    article = make_article()
    care.withdraw(article, reason="error")
    care.reinstate(article)
    assert is_public(article)


def test_reinstated_article_was_not_public_before():
    article = make_article()
    Withdrawal.objects.create(article=article, reason="legal", withdrawn_on=MARCH, reinstated_on=date(2022, 4, 1))
    assert not is_public(article, date(2022, 3, 31))
