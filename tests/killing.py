"""Imports that are killed at random moments, and what they leave in the database. A program of its own: test_kill.py.

The processes that are killed are real ones, forked from this one so that none has to start anew; none of them shares
a connection with it.
"""

import json
import os
import random
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

ITEMS = 40
AT_ONCE = 7
SECONDS_TO_END = 20
# Stories that are killed a file before they come, and kills whose stories never come.
KILLED_BEFORE = range(ITEMS, ITEMS + 4)
NEVER_COME = ("never-1", "never-2")
# Of so many kills, one is of an own export's import.
OWN_EACH = 4


def article(number, *, newer=False):
    from archive.importers.base import ImportedArticle, ImportedByline, ImportedImage, ImportedTerm

    changed = " (mended)" if newer and number % 2 else ""
    return ImportedArticle(
        original_id=str(number),
        headline=f"Story {number}{changed}",
        body=f"<p>{'Text of the story, ' * 15}{number}{changed}.</p>",
        bylines=(ImportedByline(f"Author {number % 9}"), ImportedByline(f"Author {number % 4}", role="photo")),
        tags=(ImportedTerm(f"Tag {number % 11}"), ImportedTerm(f"Own tag {number}{changed}")),
        section=(ImportedTerm("News"), ImportedTerm(f"Part {number % 3}")),
        images=(ImportedImage(f"https://img.example/{number}.jpg", "Alt"),),
        original_url=f"https://herald.example/{number}",
        old_addresses=(f"https://herald.example/old/{number}{'-2' if changed else ''}",),
        record=f"{number}{changed}".encode(),
        place=f"item {number}",
    )


def read(stream, options):
    """A format whose file says only which of the two exports it is."""
    from archive.importers.items import ImportedPage, ImportedWithdrawal

    newer = stream.read().strip() == b"newer"
    if not newer:
        for each in (*KILLED_BEFORE, *NEVER_COME):
            yield ImportedWithdrawal(str(each), "legal", f"Killed before it came: {each}.", place="a kill")
    for number in range(ITEMS + len(KILLED_BEFORE) * newer):
        yield article(number, newer=newer)
        if number % 20 == 19:
            yield ImportedPage(f"page-{number}", "A page", f"<p>{newer}</p>", place="a page")
            if newer:
                yield ImportedWithdrawal(str(number), "other", "Killed.")


def set_up():
    import django

    django.setup()
    from archive import importers
    from archive.importers.saving import reading

    made_up = SimpleNamespace(recognises=lambda head: head in (b"first", b"newer"), read=read)
    sys.modules["made_up"] = made_up
    importers.FORMATS = reading.FORMATS = {"made-up": "made_up", "jsonl": importers.FORMATS["jsonl"]}
    reading.MOST_ITEMS = AT_ONCE


def begin():
    """An empty archive with one outlet."""
    from django.core.management import call_command

    from archive.models import Outlet
    from archive.search import rebuild

    call_command("flush", interactive=False, verbosity=0)
    # The index of words is no table of Django's.
    rebuild()
    Outlet.objects.create(slug="herald", name="The Herald", language="en", time_zone="America/Halifax")


def take_in(path, **options):
    from archive.importers.saving import import_paths
    from archive.models import Outlet

    return import_paths([path], Outlet.objects.get(slug="herald"), **options)


def care_for(seed):
    """What staff do to some of the articles, by which each has a history."""
    from archive.care import correct, record, reinstate, snapshot, withdraw
    from archive.models import Article

    for article in Article.objects.order_by("key")[seed::3]:
        if article.withdrawals.filter(reinstated_on=None).exists():
            reinstate(article, why=f"Why not, {seed}?")
            continue
        correct(article, kind="correction", text=f"It is {article.pk}, not {seed}.", reason="A reader wrote.")
        before = snapshot(article)
        Article.objects.filter(pk=article.pk).update(headline=f"{article.headline}, {seed}")
        record(article, "edited", before=before, reason="Clearer.", is_public=bool(seed))
        if article.pk % 2:
            withdraw(article, reason="privacy", why=f"Asked for, {seed}.")


def export_to(path):
    from archive.exporters.jsonl import export

    path.write_text("".join(export()), encoding="utf-8", newline="\n")


def in_a_child(work):
    """Do something in a process of its own. Returns its id."""
    from django.db import connections

    connections.close_all()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(status)
    return pid


def kill_after(seconds, pid):
    """Whether the process was killed, and had not ended before."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return False
        time.sleep(min(0.002, max(deadline - time.monotonic(), 0)))
    os.kill(pid, signal.SIGKILL)
    _pid, status = os.waitpid(pid, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise AssertionError("The import failed by itself.")
    wait_for_the_server()
    return os.WIFSIGNALED(status)


def wait_for_the_server():
    """PostgreSQL ends what a client had begun when it sees that the client is gone."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return
    deadline = time.monotonic() + SECONDS_TO_END
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.005)


def partial(*, is_own=False):
    """What is there and not whole: each with the number of rows. Nothing, if all is well.

    In an own export authors and tags stand before the articles.
    """
    from django.db import connection
    from django.db.models import Count, F, Q

    from archive.models import Article, Author, AwaitedWithdrawal, ImportItem, ImportRun, InfoPage, OldAddress, Tag
    from archive.search.checking import check

    def number(relation):
        return Count(relation, distinct=True)

    articles = Article.objects.annotate(
        bylines_=number("bylines"),
        tags_=number("tags"),
        images_=number("images"),
        records_=number("records"),
        addresses_=number("old_addresses"),
        revisions_=number("revisions"),
        items_=number("import_items"),
        updates_=Count("revisions", distinct=True, filter=Q(revisions__verb="imported-again")),
        taken_in_=Count("revisions", distinct=True, filter=Q(revisions__verb="taken-in")),
        withdrawn_=Count("revisions", distinct=True, filter=Q(revisions__verb="withdrawn")),
        withdrawals_=number("withdrawals"),
        awaited_=number("awaited_withdrawals__withdrawal"),
        carried_=Count("revisions", distinct=True, filter=Q(revisions__verb="carried-over")),
    )
    both = Q(
        bylines_=2, tags_=2, images_=1, taken_in_=1, section__isnull=False, withdrawn_=F("withdrawals_"),
        addresses_=F("updates_") + 2,
    )  # fmt: skip
    # A copy has one revision of its own for each time that it was taken in, behind its whole history.
    copy = Q(carried_=F("items_"), records_=F("items_"), version=F("items_") + 1, awaited_=0)
    made = Q(
        carried_=0, records_=F("updates_") + 1, version=F("revisions_") + 1, items_=F("revisions_") - F("awaited_")
    )
    whole = both & (copy | made)
    created_beside = ImportItem.objects.filter(article=None, outcome="created").count()
    awaited = AwaitedWithdrawal.objects.awaiting()
    found = {
        "articles": articles.exclude(whole).count(),
        "doubled items": ImportItem.objects.filter(outcome="created", article__isnull=False)
        .values("article")
        .annotate(times=Count("pk"))
        .filter(times__gt=1)
        .count(),
        "items without what they made": created_beside - InfoPage.objects.count() - AwaitedWithdrawal.objects.count(),
        "killed, and here": awaited.filter(original_id__in=Article.objects.values("original_id")).count(),
        "killed, and public": Article.objects.public()
        .filter(original_id__in=map(str, KILLED_BEFORE), awaited_withdrawals__isnull=False)
        .exclude(revisions__verb="reinstated")
        .count(),
        "authors": Author.objects.filter(bylines=None).count(),
        # Those of its own that an article lost by an update stay.
        "tags": Tag.objects.filter(articles=None).exclude(slug__startswith="own-").count(),
        "addresses": OldAddress.objects.filter(article=None).count(),
        "pages": InfoPage.objects.filter(imported_digest="").count(),
        "cards, counts and rows of the search": sum(1 for _difference in check()),
    }
    for run in ImportRun.objects.all():
        counted = run.items.aggregate(
            created=Count("pk", filter=Q(outcome="created")), updated=Count("pk", filter=Q(outcome="updated"))
        )
        found[f"counts of {run.key}"] = (run.created, run.updated) != (counted["created"], counted["updated"])
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            found["pages of the database"] = cursor.execute("PRAGMA quick_check").fetchone() != ("ok",)
            found["foreign keys"] = len(cursor.execute("PRAGMA foreign_key_check").fetchall())
    return {name: rows for name, rows in found.items() if rows and not (is_own and name in ("authors", "tags"))}


def held():
    """All that was imported, without what differs from one time to the next."""
    from archive.care import snapshot
    from archive.exporters.revision_dict import history
    from archive.models import Article, Author, AwaitedWithdrawal, InfoPage, OldAddress, Section, Tag

    return json.dumps(
        {
            "articles": [
                [each.key, each.version, each.imported_digest, each.body_received, snapshot(each)]
                for each in Article.objects.order_by("key")
            ],
            "records": list(Article.objects.order_by("key", "records__number").values_list("key", "records__digest")),
            "pages": list(InfoPage.objects.order_by("slug").values_list("slug", "title", "body")),
            "terms": [
                list(model.objects.order_by("slug").values_list("slug", flat=True)) for model in (Author, Tag, Section)
            ],
            "awaited": list(
                AwaitedWithdrawal.objects.order_by("original_id").values_list("original_id", "note", "article__key")
            ),
            "histories": [
                [[each["verb"], each["reason"], each["changes"]] for each in history(article.revisions.all())]
                for article in Article.objects.order_by("key")
            ],
            "addresses": list(OldAddress.objects.order_by("normalised").values_list("normalised", flat=True)),
        },
        sort_keys=True,
    )


def main(folder, kills, seed, beside):
    chance = random.Random(seed)  # noqa: S311
    first, newer = Path(folder, "first"), Path(folder, "newer")
    first.write_text("first")
    newer.write_text("newer")
    killed, rounds, took = kill_rounds((first, newer), kills, chance)

    # Another archive, which staff go on caring for: its own export, and a newer one.
    begin()
    own, newer_own = Path(folder, "own.jsonl"), Path(folder, "newer-own.jsonl")
    for seed_of_care, (path, exported) in enumerate([(first, own), (newer, newer_own)]):
        take_in(path)
        care_for(seed_of_care)
        export_to(exported)
    killed_own, rounds_own, _took = kill_rounds((own, newer_own), -(-kills // OWN_EACH), chance)
    # The last round's copy: all that the archive told, byte for byte.
    export_to(again := Path(folder, "again.jsonl"))
    assert again.read_bytes() == newer_own.read_bytes(), "the copy's own export is another"

    if beside:
        begin()
        kill_with_reader(first, took[0], chance)
    told = {"killed": killed, "rounds": rounds, "killed_own": killed_own, "rounds_own": rounds_own}
    print(json.dumps(told))


def kill_rounds(paths, kills, chance):
    """Import files one after the other, each until it is through, until so many imports were killed."""
    from archive.models import ImportRun

    begin()
    took = []
    for path in paths:
        began = time.monotonic()
        take_in(path)
        took.append(time.monotonic() - began)
    wanted = held()
    is_own = paths[0].suffix == ".jsonl"
    assert (found := partial()) == {}, found

    killed = rounds = 0
    while killed < kills:
        begin()
        for path, longest in zip(paths, took, strict=True):
            while True:
                pid = in_a_child(lambda path=path: take_in(path))
                # Some while it begins, some at any moment.
                if not kill_after(chance.uniform(0, longest * chance.choice((0.3, 1.1))), pid):
                    break
                killed += 1
                assert (found := partial(is_own=is_own)) == {}, f"after {killed} kills: {found}"
        assert held() == wanted, "what was imported in pieces is not what was imported at once"
        states = set(ImportRun.objects.values_list("state", flat=True))
        assert states <= {"done", "broken-off"}, states
        rounds += 1
    return killed, rounds, took


def kill_with_reader(path, longest, chance):
    """Kill an import that has a second process, which is to end by itself."""
    import psutil

    pid = in_a_child(lambda: take_in(path, beside=True))
    deadline = time.monotonic() + SECONDS_TO_END
    readers = []
    while not readers and time.monotonic() < deadline:
        with suppress(psutil.NoSuchProcess):
            readers = psutil.Process(pid).children(recursive=True)
    assert readers, "there was no second process"
    time.sleep(chance.uniform(0, 1))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    _gone, alive = psutil.wait_procs(readers, timeout=SECONDS_TO_END)
    assert not alive, "the second process lives on"
    assert partial() == {}


if __name__ == "__main__":
    set_up()
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "beside")
