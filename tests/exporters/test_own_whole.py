"""Whatever stands in an archive: exported and imported it is the same, and an export is whole or not there."""

import os
import signal
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from archive import care
from archive.exporters.article_dict import FETCHED, FOLLOWED
from archive.exporters.content import digest_of
from archive.importers.saving import import_paths
from archive.management.commands.export_articles import write
from archive.models import Article, ImportRun, Revision

# What a database's text can hold: no NUL, and no half of a character.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60) | st.sampled_from(
    [
        *("\u2028", "\x85\x1c", "\\u0000", '"\\', "<script>x</script>", "&amp;lt;", "\ufeff", "e\u0301", "a\r\nb"),
        *("=1+1", "\U0001f98a", "\u202eabc", "  ", "'; --"),
    ]
)
HEADLINES = TEXTS.map(lambda text: f"A{text}".strip())
CHANGES = st.lists(st.tuples(HEADLINES, TEXTS, st.booleans()), max_size=3)
ARTICLES = st.lists(st.tuples(HEADLINES, TEXTS, TEXTS, TEXTS, CHANGES), min_size=1, max_size=4)


@pytest.fixture
def outlet(media_root):
    from tests.factories import make_outlet

    return make_outlet(slug="courrier")


def exported():
    out = StringIO()
    call_command("export_articles", outlet="courrier", stdout=out)
    return out.getvalue()


def digests():
    return {
        article.key: digest_of(article)
        for article in Article.objects.select_related(*FOLLOWED).prefetch_related(*FETCHED)
    }


def make(outlet, told):
    from tests.factories import make_article, make_author, make_byline

    for number, (headline, summary, body, note, changes) in enumerate(told):
        article = make_article(
            outlet=outlet, headline=headline, summary=summary, body=f"<p>{body}</p>", original_id=str(number)
        )
        make_byline(article, make_author(slug=f"author-{number}", name=f"N{note}"), printed=note.strip())
        care.correct(article, kind="update", text=note, made_on=date(2020, 1, 1))
        for changed, reason, is_public in changes:
            before = care.snapshot(article)
            Article.objects.filter(pk=article.pk).update(headline=changed)
            care.record(article, Revision.Verb.EDITED, before=before, reason=reason, is_public=is_public)


def empty():
    from archive.models import Author

    Article.objects.all().delete()
    ImportRun.objects.all().delete()
    Author.objects.all().delete()


@pytest.mark.django_db
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
)
@given(told=ARTICLES)
def test_archive_of_any_texts_comes_back_byte_for_byte_and_digest_by_digest(outlet, tmp_path, told):
    empty()
    make(outlet, told)
    before, known = exported(), digests()
    path = tmp_path / "export.jsonl"
    path.write_text(before, encoding="utf-8", newline="\n")
    empty()
    assert import_paths([path], outlet).refused == 0
    assert exported() == before
    assert digests() == known
    again = import_paths([path], outlet)
    assert (again.created, again.updated, again.refused) == (0, 0, 0)


def lines_until(number, end):
    for line in range(1_000_000):
        if line == number:
            end()
        yield f'{{"line": {line}}}\n'


@pytest.mark.parametrize("earlier", ["", "An earlier export.\n"])
def test_export_that_is_killed_leaves_nothing_that_looks_whole(tmp_path, earlier):
    path = tmp_path / "archive.jsonl"
    if earlier:
        path.write_text(earlier)
    child = os.fork()
    if not child:
        write(path, lines_until(50_000, lambda: os.kill(os.getpid(), signal.SIGKILL)))
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert (path.read_text() if path.exists() else "") == earlier
    assert write(path, lines_until(0, lambda: None)) == 1_000_000
    assert [each.name for each in tmp_path.iterdir()] == ["archive.jsonl"]


def test_export_that_fails_leaves_nothing(tmp_path):
    def fail():
        raise OSError(28, "No space left on device")

    path = tmp_path / "archive.jsonl"
    with pytest.raises(CommandError, match=r"can't be written: No space left on device\. Name another --output\."):
        write(path, lines_until(10, fail))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="no /proc")
def test_export_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    done = []
    monkeypatch.setattr(
        os, "fsync", lambda number: done.append(("synced", Path(f"/proc/self/fd/{number}").readlink().name))
    )
    monkeypatch.setattr(Path, "replace", lambda self, _to: done.append(("named", self.name)))
    write(tmp_path / "a.jsonl", iter(["{}\n"]))
    assert done == [("synced", "a.jsonl.unfinished"), ("named", "a.jsonl.unfinished")]
