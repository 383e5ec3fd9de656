"""Imported articles saved, many or one: each is made, brought up to date, or left alone."""

from django.db import transaction
from django.utils import timezone

from archive.care import withdraw_awaited
from archive.importers.base import Problem, Refusal
from archive.keys import derived_key
from archive.models import Article, ImportItem, Record

from .creating import create
from .prepare import Ground, prepare
from .saved import Saved, Saving
from .updating import update
from .withdrawals import withdrawn_before


def ground_of(outlet, told_language=""):
    return Ground(outlet.slug, outlet.language, outlet.time_zone, timezone.now(), told_language)


def save_article(imported, outlet, run=None):
    """Save an imported article and all that belongs to it. Raises Refusal, with nothing changed, where it can't be.

    An article that was saved from the same content before is left alone. What staff changed since is never
    overwritten; where the import has something else to say there, a problem says so.
    """
    prepared = prepare(imported, ground_of(outlet))
    with transaction.atomic():
        [saved] = save_batch([prepared], Saving(outlet, run))
        if isinstance(saved, Refusal):
            raise saved
    return saved


def save_batch(batch, saving):
    """Save prepared articles, no two with the same id, and tell of each what became of it: a Saved or a Refusal.

    Within a transaction, which is to be taken back where this raises an error: then one of the articles is at fault,
    and each is to be saved alone.
    """
    known = _known(batch, saving.outlet)
    read_before = _read_before(batch, known)
    results = {}
    new, changed = [], []
    for prepared in batch:
        article = known.get(prepared.imported.identity)
        if article is None:
            new.append(prepared)
        elif article.outlet_id != saving.outlet.pk:
            results[id(prepared)] = _of_another_outlet(article, prepared)
        elif prepared.is_own:
            if article.pk in read_before and not saving.anew:
                results[id(prepared)] = Saved(ImportItem.Outcome.UNCHANGED, article, tuple(prepared.problems))
            else:
                changed.append((article.pk, prepared))
        elif not article.imported_digest:
            results[id(prepared)] = Refusal(
                f"Article {article.key} has the same id, and was written here, not imported.",
                "Give one of the two another id.",
            )
        elif article.imported_digest == prepared.digest and not saving.anew:
            results[id(prepared)] = Saved(ImportItem.Outcome.UNCHANGED, article, tuple(prepared.problems))
        else:
            changed.append((article.pk, prepared))
    for (_pk, prepared), saved in zip(changed, _updated(changed, saving), strict=True):
        results[id(prepared)] = saved
    for prepared, saved in zip(new, create(new, saving), strict=True):
        results[id(prepared)] = saved
    _withdraw_awaited(batch, results, saving.run)
    if not saving.anew:
        _tell_other_ids(known, batch, results)
    return [results[id(prepared)] for prepared in batch]


def _withdraw_awaited(batch, results, run):
    """Withdraw what its sender withdrew before it came."""
    # One that was there was withdrawn when its sender said so, and no import gives it another id.
    new = {}
    for prepared in batch:
        saved = results[id(prepared)]
        if isinstance(saved, Saved) and saved.outcome == ImportItem.Outcome.CREATED:
            new[saved.article.pk] = (saved, prepared.imported.place)
    if not new:
        return
    for pk, awaited in withdraw_awaited([saved.article for saved, _place in new.values()], run=run).items():
        saved, place = new[pk]
        saved.problems += (withdrawn_before(saved.article, awaited, place),)


def _known(batch, outlet):
    """The articles that are there, by their ids; by their keys, of those that bring one."""
    ids = [prepared.imported.original_id for prepared in batch if not prepared.is_own]
    keys = [prepared.imported.key for prepared in batch if prepared.is_own]
    fields = ("outlet", "key", "original_id", "imported_digest", "headline")
    known = {}
    if ids:
        rows = Article.objects.filter(outlet=outlet).from_ids(ids)
        known.update((row.original_id, row) for row in rows.only(*fields))
        # Staff may have given it another id or outlet since: of the first its key is made, and that stays.
        by_key = {derived_key(outlet.slug, each): each for each in ids if each not in known}
        there = {row.pk for row in known.values()}
        for row in Article.objects.filter(key__in=by_key).only(*fields):
            # Where both its ids come together, they are taken in one after the other.
            if row.pk not in there:
                known[by_key[row.key]] = row
    if keys:
        known.update((row.key, row) for row in Article.objects.filter(key__in=keys).only(*fields))
    return known


def _of_another_outlet(article, prepared):
    if prepared.is_own:
        return Refusal(
            f"Its key, {article.key}, is that of an article of another outlet.",
            "Import it into that outlet, or leave out its key.",
        )
    if article.imported_digest == prepared.digest:
        return Saved(ImportItem.Outcome.UNCHANGED, article, tuple(prepared.problems))
    return Refusal(
        f"It is article {article.key}, which staff moved to another outlet, and is not as it was when it came.",
        "Change the article in the admin, if what is new belongs to it.",
    )


def _tell_other_ids(known, batch, results):
    """Say of each article that has another id now which it is."""
    for prepared in batch:
        article, saved = known.get(prepared.imported.identity), results[id(prepared)]
        if prepared.is_own or article is None or article.original_id == prepared.imported.original_id:
            continue
        if isinstance(saved, Saved):
            told = Problem(
                prepared.imported.place,
                f"It is article {article.key}, whose id was changed here to “{article.original_id}”.",
                "Nothing need be done, unless it is another article: then give it another id in the file.",
                group="articles with another id",
            )
            saved.problems += (told,)


def _read_before(batch, known):
    """The articles whose last record is the same as the one that comes now: of an own export, all stands in it."""
    digests = {
        known[prepared.imported.key].pk: prepared.record.digest
        for prepared in batch
        if prepared.is_own and prepared.record and prepared.imported.key in known
    }
    if not digests:
        return set()
    records = Record.objects.filter(article__in=digests).order_by("number")
    last = dict(records.values_list("article", "digest"))
    return {article for article, digest in digests.items() if last.get(article) == digest}


def _updated(pairs, saving):
    if not pairs:
        return []
    made_before = len(saving.terms.made)
    try:
        with transaction.atomic():
            return update(pairs, saving)
    except Refusal as refusal:
        saving.terms.forget(made_before)
        if len(pairs) > 1:
            raise
        return [refusal]
    except Exception:
        saving.terms.forget(made_before)
        raise
