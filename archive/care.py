"""The editors' verbs. Each changes an article and records it, in one transaction: who, when, why, and what changed."""

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Article, AwaitedWithdrawal, Byline, Correction, Image, OldAddress, Revision, Withdrawal
from .search import index, lock

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
    return snapshots([article.pk])[article.pk]


def snapshots(pks):
    """The snapshot of each article, by its number, in a fixed number of queries."""
    stored = Article.objects.filter(pk__in=pks).select_related("outlet", "source", "section__outlet")
    found = {}
    for article in stored.defer("body_received").annotate(version_of_key=F("version_of__key")):
        found[article.pk] = {name: _plain(getattr(article, name)) for name in REVISED_FIELDS}
        found[article.pk]["version_of"] = article.version_of_key
        found[article.pk] |= {name: [] for name in ("tags", "bylines", "images", "old_addresses", "corrections")}
    tags = Article.tags.through.objects.filter(article__in=found)
    # In the same order on both databases.
    for slug, pk in sorted(tags.values_list("tag__slug", "article_id")):
        found[pk]["tags"].append(slug)
    for model, name, fields in (
        (Byline, "bylines", ("author__slug", "role", "printed")),
        (Image, "images", ("file", "alt", "caption", "credit", "withheld", "original_address")),
        (Correction, "corrections", ("kind", "made_on", "text")),
    ):
        for pk, *values in model.objects.filter(article__in=found).values_list("article_id", *fields):
            found[pk][name].append([str(value) for value in values])
    for pk, url in OldAddress.objects.filter(article__in=found).values_list("article_id", "url"):
        found[pk]["old_addresses"].append(url)
    return found


def record(article, verb, *, before=None, by=None, reason="", run=None, is_public=True):
    """Record what changed since the snapshot `before`; None, and nothing written, where nothing did.

    Without `before` the revision is recorded for its own sake: an article taken in, withdrawn or reinstated.
    `run` is the import run by which it was made, if it was. Readers are told what changed unless `is_public` is False.
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
        lock()
        stored = Article.objects.select_for_update().get(pk=article.pk)
        article.version, article.updated_at = stored.version + 1, now
        Article.objects.filter(pk=article.pk).update(version=article.version, updated_at=now)
        index([article.pk])
        return Revision.objects.create(
            article=article,
            verb=verb,
            made_at=now,
            made_by=by,
            reason=reason,
            run=run,
            changes=changes,
            is_public=is_public,
        )


def record_many(before, verb, *, by=None, run=None, always=(), each=None):
    """Record what changed of many articles, in a fixed number of queries. Within the caller's transaction.

    `before` has their snapshots by the articles' numbers. Returns the changes in the same way, those of an article of
    which nothing changed only where its number is among `always`. `each` gives, for an article's number and what
    changed of it, the fields of its revision that are to be other than these.
    """
    changes = {}
    for pk, values in snapshots(before).items():
        told = {name: [before[pk][name], value] for name, value in values.items() if before[pk][name] != value}
        if told or pk in always:
            changes[pk] = told
    last = Revision.objects.filter(article__in=changes).order_by().values_list("article")
    last = dict(last.annotate(last=Max("number")))
    now = timezone.now()
    Article.objects.filter(pk__in=changes).update(version=F("version") + 1, updated_at=now)
    index(changes)
    Revision.objects.bulk_create(
        Revision(
            article_id=pk,
            number=last.get(pk, 0) + 1,
            made_at=now,
            made_by=by,
            run=run,
            **{"verb": verb, "changes": told} | (each(pk, told) if each else {}),
        )
        for pk, told in changes.items()
    )
    return changes


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
    lock()
    Article.objects.select_for_update().get(pk=article.pk)
    if article.withdrawals.filter(reinstated_on=None).exists():
        raise CareError(
            _("“%(article)s” is withdrawn already; reinstate it first, or change that withdrawal.")
            % {"article": article}
        )
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
def bring_forward(withdrawal, *, by=None, why="", run=None):
    """Have a withdrawal that was to come begin today. Returns the day for which it was planned."""
    lock()
    planned = withdrawal.withdrawn_on
    withdrawal.withdrawn_on = timezone.now().date()
    withdrawal.save(update_fields=("withdrawn_on",))
    record(withdrawal.article, Revision.Verb.WITHDRAWN, by=by, reason=why, run=run)
    return planned


def withdraw_awaited(articles, *, by=None, run=None):
    """Withdraw those of these articles whose withdrawal was told before they came: no reader ever sees them.

    Within the transaction that saves them. Returns what was awaited, by the articles' numbers.
    """
    awaiting = AwaitedWithdrawal.objects.awaiting()
    lock()
    if not awaiting.exists():
        return {}
    by_id = {(article.outlet_id, article.original_id): article for article in articles if article.original_id}
    found = {}
    outlets, ids = {outlet for outlet, _id in by_id}, [original_id for _outlet, original_id in by_id]
    for awaited in awaiting.filter(outlet__in=outlets, original_id__in=ids):
        if article := by_id.get((awaited.outlet_id, awaited.original_id)):
            awaited.article = article
            # That of another archive may come with it, or be planned there.
            there = article.withdrawals.filter(reinstated_on=None).first()
            if there is None:
                awaited.withdrawal = withdraw(article, reason=awaited.reason, by=by, why=awaited.note, run=run)
            elif there.withdrawn_on > timezone.now().date():
                bring_forward(there, by=by, why=awaited.note, run=run)
            awaited.save(update_fields=("article", "withdrawal"))
            found[article.pk] = awaited
    return found


@transaction.atomic
def reinstate(article, *, by=None, why=""):
    """Give a withdrawn article back to its readers, from today. Raises CareError where it is not withdrawn."""
    lock()
    Article.objects.select_for_update().get(pk=article.pk)
    withdrawal = article.withdrawals.filter(reinstated_on=None).first()
    if withdrawal is None:
        raise CareError(_("“%(article)s” is not withdrawn.") % {"article": article})
    # One that was to come is over before it began.
    withdrawal.reinstated_on = max(timezone.now().date(), withdrawal.withdrawn_on)
    withdrawal.save()
    record(article, Revision.Verb.REINSTATED, by=by, reason=why)
    return withdrawal


def _plain(value):
    if hasattr(value, "natural_key"):
        return list(value.natural_key())
    return value if isinstance(value, bool | int | str | None) else str(value)
