"""Whether the public sees an article, in words."""

from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from archive.models import Withdrawal


def today():
    return timezone.now().date()


def with_withdrawals(articles):
    """Articles with their withdrawals in force or to come, in one query more."""
    open_ones = Withdrawal.objects.filter(Q(reinstated_on=None) | Q(reinstated_on__gt=today()))
    return articles.prefetch_related(Prefetch("withdrawals", queryset=open_ones, to_attr="open_withdrawals"))


def open_withdrawal(article):
    """The withdrawal in force or to come, or None."""
    if not hasattr(article, "open_withdrawals"):
        return article.withdrawals.filter(reinstated_on=None).first()
    return next((each for each in article.open_withdrawals if each.reinstated_on is None), None)


def is_public(article):
    withdrawal = open_withdrawal(article)
    return not article.held_back and not (withdrawal and withdrawal.withdrawn_on <= today())


def state(article):
    """The state as a word with its colour."""
    withdrawal = open_withdrawal(article)
    if withdrawal and withdrawal.withdrawn_on <= today():
        return _label("withdrawn", _("withdrawn (%(status)s)") % {"status": withdrawal.status_code})
    if article.held_back:
        return _label("held-back", _("held back"))
    if withdrawal:
        return _label("public", _("public until %(day)s") % {"day": withdrawal.withdrawn_on})
    return _label("public", _("public"))


def _label(kind, words):
    return format_html('<span class="state state-{}">{}</span>', kind, words)
