"""The editors' verbs. Each changes an article and records it, in one transaction: who, when, why, and what changed."""

from django.db import transaction
from django.utils import timezone

from .models import Article, Correction, Revision, Withdrawal

# What a revision compares, field by field.
REVISED_FIELDS = (
    *("outlet", "original_id", "headline", "slug", "summary", "kicker", "body", "language"),
    *("published_on", "published_at", "published_precision", "modified_at", "dateline", "sign_off"),
    *("source", "section", "original_url", "indexable", "held_back"),
)


class CareError(Exception):
    """A verb that can't be carried out; the message says why, for staff."""


def snapshot(article):
    """What readers and staff can change of an article, as it is in the database, in plain values."""
    stored = Article.objects.select_related("outlet", "source", "section").get(pk=article.pk)
    values = {name: _plain(getattr(stored, name)) for name in REVISED_FIELDS}
    values["tags"] = sorted(stored.tags.values_list("slug", flat=True))
    values["bylines"] = [
        [byline.author.slug, byline.role, byline.printed] for byline in stored.bylines.select_related("author")
    ]
    values["images"] = [
        [image.file.name, image.alt, image.caption, image.credit, image.withheld, image.original_address]
        for image in stored.images.all()
    ]
    values["old_addresses"] = list(stored.old_addresses.values_list("url", flat=True))
    values["corrections"] = [
        [correction.kind, str(correction.made_on), correction.text] for correction in stored.corrections.all()
    ]
    return values


def record(article, verb, *, before=None, by=None, reason="", run=None):
    """Record what changed since the snapshot `before`; None, and nothing written, where nothing did.

    Without `before` the revision is recorded for its own sake: an article taken in, withdrawn or reinstated.
    `run` is the import run by which it was made, if it was.
    """
    changes = {}
    if before is not None:
        after = snapshot(article)
        changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
        if not changes:
            return None
    with transaction.atomic():
        # By a query, so that a copy in memory overwrites nothing else.
        now = timezone.now()
        stored = Article.objects.select_for_update().get(pk=article.pk)
        article.version, article.updated_at = stored.version + 1, now
        Article.objects.filter(pk=article.pk).update(version=article.version, updated_at=now)
        return Revision.objects.create(
            article=article, verb=verb, made_at=now, made_by=by, reason=reason, run=run, changes=changes
        )


@transaction.atomic
def correct(article, *, kind, text, made_on=None, by=None, reason=""):
    """Put a dated public note on an article."""
    before = snapshot(article)
    dated = {} if made_on is None else {"made_on": made_on}
    correction = Correction.objects.create(article=article, kind=kind, text=text, **dated)
    record(article, Revision.Verb.CORRECTED, before=before, by=by, reason=reason)
    return correction


@transaction.atomic
def withdraw(
    article,
    *,
    reason,
    status_code=Withdrawal.Status.GONE,
    show_headline=True,
    public_note="",
    withdrawn_on=None,
    by=None,
    why="",
    run=None,
):
    """Take an article from public view, from the day `withdrawn_on` (today unless given).

    `reason` and `public_note` are told to readers, `why` to staff alone.
    Raises CareError where it is withdrawn already.
    """
    Article.objects.select_for_update().get(pk=article.pk)
    if article.withdrawals.filter(reinstated_on=None).exists():
        raise CareError(f"“{article}” is withdrawn already; reinstate it first, or change that withdrawal.")
    withdrawal = Withdrawal.objects.create(
        article=article,
        reason=reason,
        status_code=status_code,
        show_headline=show_headline,
        public_note=public_note,
        withdrawn_on=withdrawn_on or timezone.now().date(),
    )
    record(article, Revision.Verb.WITHDRAWN, by=by, reason=why or public_note, run=run)
    return withdrawal


@transaction.atomic
def reinstate(article, *, by=None, why=""):
    """Give a withdrawn article back to its readers, from today. Raises CareError where it is not withdrawn."""
    Article.objects.select_for_update().get(pk=article.pk)
    withdrawal = article.withdrawals.filter(reinstated_on=None).first()
    if withdrawal is None:
        raise CareError(f"“{article}” is not withdrawn.")
    # One that was to come is over before it began.
    withdrawal.reinstated_on = max(timezone.now().date(), withdrawal.withdrawn_on)
    withdrawal.save()
    record(article, Revision.Verb.REINSTATED, by=by, reason=why)
    return withdrawal


def _plain(value):
    if hasattr(value, "natural_key"):
        return list(value.natural_key())
    return value if isinstance(value, bool | int | str | None) else str(value)
