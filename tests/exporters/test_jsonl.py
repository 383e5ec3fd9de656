"""What is exported and imported again is the same archive."""

import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db

LETTERS = "<p>Texte « à l'œuvre » — ligne\u2028séparée &amp; <em>mise</em>.</p>"


@pytest.fixture
def archive(media_root):
    """An outlet with an article that has all that one can have, and some that have little."""
    from archive.models import Correction, Image, SourceRule, Tag, Withdrawal
    from tests import factories as make

    outlet = make.make_outlet(slug="courrier", time_zone="America/Toronto")
    top = make.make_section(outlet, slug="Actualites", name="Actualités", order=3)
    section = make.make_section(outlet, slug="region", name="Région", parent=top, order=1)
    make.make_section(outlet, slug="vide", name="Vide", parent=section)
    source = make.make_source(
        slug="afp", name="AFP", kind="agency", credit="© AFP", website="https://afp.example/", rights_note="Contrat"
    )
    rule = SourceRule.objects.create(source=source, evidence="provider", pattern="AFP", order=5)
    article = make.make_article(
        outlet=outlet,
        original_id="1001",
        headline="Crue : deux ponts fermés",
        slug="Un-Slug_A-Nous",
        summary="Résumé\nen deux lignes",
        kicker="Inondations",
        body=LETTERS,
        body_received="<div>Reçu <script>x()</script></div>",
        published_at=datetime(2014, 1, 22, 22, 47, 31, 5, tzinfo=UTC),
        published_precision="minute",
        modified_at=datetime(2014, 1, 23, tzinfo=UTC),
        dateline="MONTRÉAL (AFP) –",
        sign_off="ddl/are",
        source=source,
        source_rule=rule,
        provider="AFP",
        urgency=3,
        section=section,
        original_url="https://courrier.example/crue",
        indexable=False,
        imported_digest="a" * 64,
    )
    author = make.make_author(
        slug="Louise-M", name="Louise Mercier", about="Reporter.\n\nDepuis 1998.", about_language="fr"
    )
    make.make_byline(article, author, printed="Par LOUISE MERCIER", order=2)
    make.make_byline(article, make.make_author(name="Anne Roy"), role="photo", order=1)
    article.tags.add(
        Tag.objects.create(slug="z", name="Z"), Tag.objects.create(slug="a", name="Ponts & rives", language="en")
    )
    (media_root / "pictures" / article.key).mkdir(parents=True)
    (media_root / "pictures" / article.key / "pont.jpg").write_bytes(b"")
    Image.objects.create(article=article, order=2, caption="La rive", withheld="rights", credit="PC")
    image = Image.objects.create(article=article, order=1, alt="Le pont", withheld="privacy")
    Image.objects.filter(pk=image.pk).update(
        file=f"pictures/{article.key}/pont.jpg", width=640, height=480, withheld=""
    )
    Correction.objects.create(article=article, kind="update", text="Premier.", made_on=date(2014, 2, 1)).delete()
    Correction.objects.create(article=article, kind="clarification", text="Second.", made_on=date(2014, 2, 2), number=7)
    make.make_old_address(article, "http://www.vieux.example/1001?b=2&a=1")
    ended = {"withdrawn_on": date(2020, 1, 1), "reinstated_on": date(2020, 2, 1), "reason": "error"}
    Withdrawal.objects.create(article=article, public_note="Vu.", **ended)
    Withdrawal.objects.create(
        article=article, withdrawn_on=date(2021, 1, 1), reason="legal", status_code=451, show_headline=False
    )
    make.make_article(outlet=outlet, headline="Écrit ici", held_back=True)
    make.make_article(outlet=outlet, published_on=date(1998, 1, 1), published_precision="year", language="en")
    make.make_article(outlet=outlet, published_on=date(1998, 3, 1), published_precision="month")
    make.make_article(outlet=outlet, published_precision="unknown", original_id="caché")
    return outlet


def exported(**options):
    out = StringIO()
    call_command("export_articles", stdout=out, **options)
    return out.getvalue()


def empty():
    """Have nothing left but the outlets."""
    from archive.models import (
        AddressPattern,
        Article,
        Author,
        ClosureNotice,
        ImportRun,
        InfoPage,
        OldHost,
        Section,
        Selection,
        Source,
        Tag,
    )

    ImportRun.objects.all().delete() if not Article.objects.exists() else None
    Article.objects.all().delete()
    ImportRun.objects.all().delete()
    while Section.objects.exists():
        Section.objects.filter(subsections=None).delete()
    for model in (Source, Author, Tag, AddressPattern, OldHost, InfoPage, ClosureNotice, Selection):
        model.objects.all().delete()


def import_text(text, outlet, tmp_path):
    from archive.importers.saving import import_paths

    path = tmp_path / "export.jsonl"
    path.write_text(text, encoding="utf-8", newline="\n")
    return import_paths([path], outlet)


def test_export_then_import_gives_the_same_archive(archive, tmp_path):
    before = exported()
    assert before.count('"type":"article"') == 5
    empty()

    report = import_text(before, archive, tmp_path)

    assert (report.created, report.refused, report.problems) == (5, 0, [])
    assert exported() == before


def test_demonstration_archive_comes_back_outlet_by_outlet(demo, tmp_path):
    from archive.models import Outlet

    before = exported()
    empty()
    for outlet in Outlet.objects.order_by("slug"):
        assert import_text(before, outlet, tmp_path).refused == 0
    assert exported() == before


@pytest.fixture
def versions(archive):
    """An article of another outlet and its versions here: one stands before it in an export, and one after it."""
    from archive.models import Article
    from tests import factories as make

    first = make.make_article(outlet=make.make_outlet(slug="herald", language="en"), key="h" * 12, language="en")
    for key in ("0" * 12, "z" * 12):
        make.make_article(outlet=archive, key=key, headline=f"Version {key[0]}", version_of=first)
    make.make_article(outlet=archive, key="1" * 12, version_of=Article.objects.get(original_id="1001"))
    return first


def test_versions_come_back_whichever_outlet_comes_first(archive, versions, tmp_path):
    from archive.models import Article, AwaitedVersion, Revision

    before = exported()
    assert before.count(f'"version_of":"{versions.key}"') == 2
    empty()
    report = import_text(before, archive, tmp_path)
    assert sorted(each.problem for each in report.problems) == 2 * [
        f"It is told to be a version of article {versions.key}, which is not here; it was taken without that."
    ]
    assert import_text(before, versions.outlet, tmp_path).problems == []
    assert exported() == before
    assert not AwaitedVersion.objects.exists()
    # One came with its first; the others changed when theirs came.
    tied = Article.objects.filter(version_of__isnull=False).order_by("key")
    assert list(tied.values_list("key", "version")) == [("0" * 12, 3), ("1" * 12, 2), ("z" * 12, 3)]
    changes = Revision.objects.filter(article__key="0" * 12).last().changes
    assert changes == {"version_of": [None, versions.key]}


def test_trial_tells_of_versions_what_the_import_does(archive, versions, tmp_path):
    from archive.importers.saving import import_paths
    from archive.models import AwaitedVersion

    before = exported()
    empty()
    (tmp_path / "export.jsonl").write_text(before, encoding="utf-8", newline="\n")
    trial = import_paths([tmp_path / "export.jsonl"], archive, dry_run=True)
    assert not AwaitedVersion.objects.exists()
    assert trial.problems == import_text(before, archive, tmp_path).problems


def test_article_that_still_waits_for_its_first_is_brought_up_to_date(archive, tmp_path):
    from archive.models import Article, AwaitedVersion

    line = '{"format":"newsroom-archive-1","type":"article","original_id":"1","headline":"%s","version_of":"%s"}\n'
    for headline, key in (("One", "z" * 12), ("Two", "z" * 12), ("Three", "y" * 12)):
        import_text(line % (headline, key), archive, tmp_path)
    assert Article.objects.get(original_id="1").headline == "Three"
    assert AwaitedVersion.objects.get().key == "y" * 12


def test_versions_come_back_after_their_first(archive, versions, tmp_path):
    before = exported()
    empty()
    for outlet in (versions.outlet, archive):
        assert import_text(before, outlet, tmp_path).problems == []
    assert exported() == before


def test_newer_export_says_of_what_an_article_is_a_version(archive, versions, tmp_path):
    before = exported()
    empty()
    for outlet in (versions.outlet, archive):
        import_text(before, outlet, tmp_path)
    other = f'"version_of":"{"1" * 12}"'
    changed = before.replace(f'"version_of":"{versions.key}"', '"version_of":""')
    report = import_text(changed, archive, tmp_path)
    assert (report.updated, exported()) == (2, changed)
    # That one is itself a version, of the article which is meant then.
    assert import_text(before.replace(f'"version_of":"{versions.key}"', other), archive, tmp_path).updated == 2
    from archive.models import Article

    first = Article.objects.get(original_id="1001")
    assert set(Article.objects.exclude(version_of=None).values_list("version_of", flat=True)) == {first.pk}


def test_undoing_gives_versions_back_as_they_were(archive, versions, tmp_path):
    from archive.importers.saving import undo_run
    from archive.models import ImportRun

    before = exported()
    empty()
    for outlet in (versions.outlet, archive):
        import_text(before, outlet, tmp_path)
    changed = before.replace(f'"version_of":"{versions.key}"', '"version_of":""')
    import_text(changed, archive, tmp_path)
    undo_run(ImportRun.objects.latest("pk"))
    assert exported() == before


def test_version_is_tied_again_when_its_first_is_imported_again(archive, versions, tmp_path):
    from archive.importers.saving import undo_run
    from archive.models import ImportRun

    before = exported()
    empty()
    for outlet in (versions.outlet, archive):
        import_text(before, outlet, tmp_path)
    undo_run(ImportRun.objects.get(outlet=versions.outlet))
    import_text(before, versions.outlet, tmp_path)
    assert exported() == before


def test_article_that_is_told_to_be_a_version_of_itself_is_kept_without_that(archive, tmp_path):
    from archive.models import Article

    key = Article.objects.get(original_id="1001").key
    before = exported()
    empty()
    lines = [json.loads(line) for line in before.split("\n") if line]
    for line in lines:
        if line.get("key") == key:
            line["version_of"] = key
    changed = "".join(json.dumps(line) + "\n" for line in lines)
    report = import_text(changed, archive, tmp_path)
    assert report.created == 5
    [problem] = report.problems
    assert problem.problem == f"It is told to be a version of article {key}, which is itself; that was left out."
    assert Article.objects.get(key=key).version_of is None


def test_key_of_an_article_written_here_is_kept(archive, tmp_path):
    from archive.models import Article

    key = Article.objects.get(headline="Écrit ici").key
    before = exported()
    empty()
    import_text(before, archive, tmp_path)
    written = Article.objects.get(headline="Écrit ici")
    assert (written.key, written.original_id, written.imported_digest) == (key, "", "")


def test_importing_again_changes_nothing(archive, tmp_path):
    from archive.models import Record, Revision

    before = exported()
    empty()
    import_text(before, archive, tmp_path)
    rows = (Revision.objects.count(), Record.objects.count())

    report = import_text(before, archive, tmp_path)

    assert (report.created, report.updated, report.unchanged, report.refused) == (0, 0, 6, 0)
    assert (Revision.objects.count(), Record.objects.count()) == rows


def test_importing_into_the_archive_that_it_came_from_changes_nothing(archive, tmp_path):
    before = exported()
    report = import_text(before, archive, tmp_path)
    assert (report.created, report.updated, report.unchanged, report.refused) == (0, 0, 6, 0)
    assert exported() == before


def test_newer_export_brings_an_article_up_to_date(archive, tmp_path):
    from archive.models import Article

    before = exported()
    empty()
    import_text(before, archive, tmp_path)

    changed = before.replace("deux ponts fermés", "trois ponts fermés").replace(
        '"reinstated_on":null', '"reinstated_on":"2022-03-04"'
    )
    report = import_text(changed, archive, tmp_path)

    assert (report.updated, report.unchanged) == (1, 5)
    article = Article.objects.get(original_id="1001")
    assert article.headline == "Crue : trois ponts fermés"
    assert article.withdrawals.get(reason="legal").reinstated_on == date(2022, 3, 4)
    assert exported() == changed


def test_picture_whose_file_was_not_copied_is_not_shown(archive, tmp_path, media_root):
    from archive.models import Article, Image

    before = exported()
    empty()
    next((media_root / "pictures").rglob("pont.jpg")).unlink()
    import_text(before, archive, tmp_path)
    image = Article.objects.get(original_id="1001").images.get(alt="Le pont")
    assert (image.file.name, image.withheld) == ("", Image.Withheld.NOT_RESCUED)


@pytest.mark.parametrize(
    "name", ["../../secret.jpg", "/etc/passwd", "pictures/000000000000/a.jpg", "pictures/{key}/../a"]
)
def test_file_of_anything_else_is_never_a_picture(archive, tmp_path, name, media_root):
    from archive.models import Article

    key = Article.objects.get(original_id="1001").key
    before = exported()
    empty()
    (media_root / "secret.jpg").write_bytes(b"")
    changed = before.replace(f"pictures/{key}/pont.jpg", name.format(key=key))
    import_text(changed, archive, tmp_path)
    assert Article.objects.get(original_id="1001").images.get(alt="Le pont").file.name == ""


def test_language_of_a_tag_is_none_of_its_articles(archive):
    from archive.models import Tag

    def articles():
        return [line for line in exported().splitlines() if '"type":"article"' in line]

    before = articles()
    Tag.objects.update(language="fr")
    assert articles() == before


def test_script_in_an_export_is_taken_out(archive, tmp_path):
    from archive.models import Article

    before = exported()
    empty()
    import_text(before.replace("<em>mise</em>", "<script>x()</script>"), archive, tmp_path)
    assert "script" not in Article.objects.get(original_id="1001").body


def test_key_that_another_outlet_has_is_refused(archive, tmp_path):
    from archive.models import Article
    from tests.factories import make_outlet

    before = exported().replace('"outlet":"courrier"', '"outlet":"autre"')
    report = import_text(before, make_outlet(slug="autre"), tmp_path)
    assert report.created == 0
    assert "is that of an article of another outlet" in report.problems[0].problem
    assert Article.objects.filter(outlet=archive).count() == 5


def test_every_line_tells_its_format_and_its_kind(archive):
    rows = [json.loads(line) for line in exported().split("\n") if line]
    assert {row["format"] for row in rows} == {"newsroom-archive-1"}
    kinds = [row["type"] for row in rows]
    assert kinds == sorted(kinds, key=["outlet", "source", "author", "section", "tag", "article"].index)


def test_export_of_one_outlet_leaves_the_others_out(archive):
    from tests.factories import make_article

    make_article(headline="Ailleurs")
    assert "Ailleurs" not in exported(outlet="courrier")
    assert "Ailleurs" in exported()


def test_export_into_a_file_is_whole_or_not_there(archive, tmp_path):
    path = tmp_path / "archive.jsonl"
    told = exported(output=str(path))
    assert path.read_text(encoding="utf-8") == exported()
    assert told == f"{exported().count(chr(10))} lines are in {path}.\n"
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["archive.jsonl"]


def test_outlet_that_is_not_there_is_told_with_those_that_are(archive):
    with pytest.raises(CommandError, match=r"There is no outlet “x”\. Pass --outlet with one of: courrier"):
        exported(outlet="x")


def test_export_costs_as_many_queries_for_many_articles(archive, django_assert_max_num_queries):
    from tests.factories import make_article

    for _each in range(20):
        make_article(outlet=archive)
    with django_assert_max_num_queries(25):
        exported()
