"""Which article another is a version of. It is told by a key, whose article may come later, in this file or another."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from archive import care, search
from archive.importers.base import Problem
from archive.keys import LENGTH
from archive.models import Article, AwaitedVersion, Revision

from .rows import insert

BATCH = 500
# As it is taken in, before anything is changed.
FIRST_VERSION = 2


def await_versions(told, run):
    """Note of what these articles are versions of, each a pair of its number and a key, until that is settled."""
    # What is longer is no key, and is told as one that is not here.
    rows = [(pk, key[:LENGTH], run and run.pk) for pk, key in told]
    insert(AwaitedVersion, ("article_id", "key", "run_id"), rows)


def forget_waiting(pks):
    """Cross out what these articles waited for: it is told anew."""
    if pks := list(pks):
        AwaitedVersion.objects.filter(article__in=pks).delete()


def await_again(pks):
    """Note it anew of the versions of articles that are about to go: they may come again."""
    versions = Article.objects.filter(version_of__in=pks).exclude(pk__in=pks)
    versions = versions.exclude(Exists(AwaitedVersion.objects.filter(article=OuterRef("pk"))))
    await_versions(versions.values_list("pk", "version_of__key"), None)


def settle(run=None):
    """Tie each article that waits for another to it, where that is there by now. Returns the problems met."""
    problems = []
    last = 0
    while True:
        with transaction.atomic():
            search.lock()
            waiting = AwaitedVersion.objects.select_for_update(of=("self",)).filter(
                Exists(Article.objects.filter(key=OuterRef("key"))), pk__gt=last
            )
            rows = list(waiting.order_by("pk")[:BATCH])
            if not rows:
                return problems
            last = rows[-1].pk
            problems += _settle(rows, run)
            AwaitedVersion.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _settle(rows, run):
    # In one order for all, so that two runs never wait for each other.
    articles = Article.objects.select_for_update(of=("self",)).order_by("pk")
    articles = articles.filter(pk__in=[row.article_id for row in rows])
    articles = {article.pk: article for article in articles.only("key", "version", "version_of")}
    firsts = first_versions({row.key for row in rows})
    have_versions = set(Article.objects.filter(version_of__in=articles).values_list("version_of", flat=True))
    tied, earlier, problems = {}, [], []
    for row in rows:
        article, first = articles[row.article_id], firsts[row.key]
        first = tied.get(first, first)
        if article.version_of_id is not None:
            # Staff have said it meanwhile.
            continue
        if why := _why_not(article.pk, first, have_versions):
            problems.append(_not_tied(article.key, row.key, why))
            continue
        have_versions.add(first)
        tied[article.pk] = first
        # What this very run has taken in is not changed by it; anything else is.
        if row.run_id != (run and run.pk) or article.version != FIRST_VERSION:
            earlier.append(article.pk)
    before = care.snapshots(earlier)
    now = timezone.now()
    for pk, first in tied.items():
        Article.objects.filter(pk=pk).update(version_of=first, updated_at=now)
    if earlier:
        # Of no run: to undo this one takes back the other article, and with it the tie.
        last = dict(Revision.objects.filter(article__in=earlier).order_by("number").values_list("article", "verb"))
        # A copy that is made piece by piece: its original was tied already.
        copies = {pk for pk, verb in last.items() if verb == Revision.Verb.CARRIED_OVER}
        carried = {"verb": Revision.Verb.CARRIED_OVER}
        care.record_many(
            before, Revision.Verb.IMPORTED_AGAIN, each=lambda pk, _changes: carried if pk in copies else {}
        )
    return problems


def first_versions(keys):
    """The number of the article of each key that is there, or of the one of which that is itself a version."""
    rows = Article.objects.filter(key__in=keys).values_list("key", "pk", "version_of")
    return {key: pk if first is None else first for key, pk, first in rows}


def _why_not(pk, first, have_versions):
    if first == pk:
        return "which is itself"
    if pk in have_versions:
        return "while others are versions of it"
    return ""


def problems_of(run):
    """What is told at a run's end of the articles that still wait: the key for which each waits, and the problem."""
    rows = AwaitedVersion.objects.filter(run=run).order_by("pk").values_list("article__key", "key")
    for article, key in rows.iterator(BATCH):
        yield (
            key,
            Problem(
                f"article {article}",
                f"It is told to be a version of article {key}, which is not here; it was taken without that.",
                "Import that article, into whichever outlet: they are tied as soon as it is there.",
            ),
        )


def _not_tied(article, key, why):
    return Problem(
        f"article {article}",
        f"It is told to be a version of article {key}, {why}; that was left out.",
        "Say in the admin of which article it is a version.",
    )
