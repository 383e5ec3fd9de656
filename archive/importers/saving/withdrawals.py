"""A sender's word that an article is to be taken from public view."""

from archive.care import withdraw
from archive.importers.base import Problem, Refusal
from archive.models import Article, ImportItem, Revision

from .saved import Saved

Outcome = ImportItem.Outcome


class UnknownArticle(Refusal):
    """The article may stand in a file that is still to come."""


def save_withdrawal(imported, saving):
    """Withdraw an article. Raises Refusal where that can't be done. Within a transaction."""
    if "\x00" in imported.original_id:
        raise Refusal("It holds a NUL character, which no text has.", "Take it out of the file, and import again.")
    article = Article.objects.filter(outlet=saving.outlet).from_ids([imported.original_id]).first()
    if article is None:
        raise UnknownArticle(
            f"It withdraws “{imported.original_id[:200]}”, which the archive does not hold.",
            "If the article is in another file, import that, and this again.",
        )
    if article.withdrawals.filter(reinstated_on=None).exists():
        return Saved(Outcome.UNCHANGED, article)
    reason = imported.note.replace("\x00", "")
    earlier = article.revisions.filter(verb=Revision.Verb.WITHDRAWN, run__isnull=False, reason=reason)
    if earlier.exists():
        told = Problem(
            imported.place,
            "Staff reinstated the article since it was withdrawn for this; that was left as they have it.",
            f"If the sender is right, withdraw article {article.key} in the admin.",
        )
        return Saved(Outcome.UNCHANGED, article, (told,))
    withdraw(article, reason=imported.reason, why=reason, run=saving.run)
    return Saved(Outcome.UPDATED, article)
