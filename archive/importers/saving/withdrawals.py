"""A sender's word that an article is to be taken from public view, also where it comes before the article."""

from django.utils import timezone

from archive.care import bring_forward, withdraw
from archive.importers.base import Problem, Refusal
from archive.importers.files import LONGEST_PLACE
from archive.keys import derived_key
from archive.models import Article, AwaitedWithdrawal, ImportItem, Revision
from archive.search import lock

from .outlets import see_text
from .saved import Saved

Outcome = ImportItem.Outcome
LONGEST_ID = Article._meta.get_field("original_id").max_length


def save_withdrawal(imported, saving, trial=None):
    """Withdraw an article, or await it. Raises Refusal where that can't be done. Within a transaction."""
    reason = imported.note.replace("\x00", "")
    see_text([imported.original_id, reason])
    if not imported.original_id or len(imported.original_id) > LONGEST_ID:
        raise Refusal(
            f"What it withdraws has no id of 1 to {LONGEST_ID} characters.",
            "Look for the article, and withdraw it in the admin.",
        )
    # From here on nobody else takes the article in.
    lock()
    article = Article.objects.filter(outlet=saving.outlet).from_ids([imported.original_id]).first()
    if article is None:
        # Staff may have given it another id or outlet since: of the first its key is made, and that stays.
        article = Article.objects.filter(key=derived_key(saving.outlet.slug, imported.original_id)).first()
    if article is None:
        return _await(imported, reason, saving, trial)
    if open_one := article.withdrawals.filter(reinstated_on=None).first():
        if open_one.withdrawn_on <= timezone.now().date():
            return Saved(Outcome.UNCHANGED, article)
        planned = bring_forward(open_one, why=reason, run=saving.run)
        told = Problem(
            imported.place,
            f"Its withdrawal was planned for {planned:%Y-%m-%d}; it is withdrawn now.",
            f"If that is wrong, reinstate article {article.key} in the admin.",
        )
        return Saved(Outcome.UPDATED, article, (told,), before={"withdrawn_on": f"{planned:%Y-%m-%d}"})
    if _was_reinstated(article, reason):
        told = Problem(
            imported.place,
            "Staff reinstated the article since it was withdrawn for this; that was left as they have it.",
            f"If the sender is right, withdraw article {article.key} in the admin.",
        )
        return Saved(Outcome.UNCHANGED, article, (told,))
    withdraw(article, reason=imported.reason, why=reason, run=saving.run)
    return Saved(Outcome.UPDATED, article)


def _was_reinstated(article, reason):
    """Whether staff gave an article back to its readers after it was withdrawn for this very word."""
    reinstated = article.revisions.filter(verb=Revision.Verb.REINSTATED)
    if article.awaited_withdrawals.filter(note=reason).exists():
        return reinstated.exists()
    earlier = article.revisions.filter(verb=Revision.Verb.WITHDRAWN, run__isnull=False, reason=reason)
    first = earlier.order_by("number").values_list("number", flat=True).first()
    return first is not None and reinstated.filter(number__gt=first).exists()


def _await(imported, reason, saving, trial):
    """Keep in mind that an article is to be withdrawn when it comes."""
    # What a long trial took in is not there any more.
    is_known = AwaitedWithdrawal.objects.filter(outlet=saving.outlet, original_id=imported.original_id).exists()
    if is_known or (trial and trial.awaits(imported.original_id)):
        return Saved(Outcome.UNCHANGED, None)
    if trial and trial.knows(imported.original_id):
        return Saved(Outcome.UPDATED, None)
    told_at = {} if imported.told_at is None else {"told_at": imported.told_at}
    AwaitedWithdrawal.objects.create(
        outlet=saving.outlet,
        original_id=imported.original_id,
        reason=imported.reason,
        note=reason,
        run=saving.run,
        place=imported.place[-LONGEST_PLACE:],
        **told_at,
    )
    if trial:
        trial.await_withdrawal(imported.original_id)
    told = Problem(
        imported.place,
        f"It withdraws “{imported.original_id}”, which the archive does not hold yet: the withdrawal is awaited.",
        "Nothing need be done: when the article is imported, it is withdrawn at once, and no reader sees it.",
        group="awaited withdrawals",
    )
    return Saved(Outcome.CREATED, None, (told,))


def withdrawn_before(article, awaited, place):
    """What is told of an article whose withdrawal came before it."""
    return Problem(
        place,
        f"It is withdrawn: its sender withdrew it before it came here ({awaited.told_at:%Y-%m-%d}).",
        f"If it is to be shown, reinstate article {article.key} in the admin.",
        group="withdrawn before they came",
    )
