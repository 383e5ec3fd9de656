"""Import and export by natural keys: what was exported changes nothing, and what is wrong is named by its place."""

import json
from datetime import UTC, date, datetime

import pytest
import yaml

from archive import care
from archive.admin import resources
from archive.admin.uploads import UploadStorage
from archive.models import Article, Author, ClosureNotice, OldAddress, Outlet, Revision, Tag
from tests.factories import (
    make_article,
    make_author,
    make_byline,
    make_notice,
    make_old_address,
    make_outlet,
    make_section,
    make_source,
)

from .people import browser_of, make_archivist
from .tables import NAMES, export_table, import_table, preview_table, problems, rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def uploads(monkeypatch, tmp_path):
    monkeypatch.setattr(UploadStorage, "folder", lambda self: tmp_path)
    return tmp_path


def make_every_kind():
    """Articles with all that a table must keep."""
    network = make_outlet(slug="network", language="en", about="Two\r\nlines\n\nand a paragraph.")
    outlet = make_outlet(slug="edition", parent=network, opened_on=None)
    section, source = make_section(outlet, slug="politique"), make_source(slug="afp")
    tags = [Tag.objects.create(slug=slug, name=slug.title()) for slug in ("justice", "jeux")]
    author, second = make_author(slug="marie", name="Marie = « M. »"), make_author(slug="paul")
    for number, precision in enumerate(["day", "month", "year"]):
        make_article(outlet=outlet, published_on=date(2014, 7, 4 + number), published_precision=precision)
    make_article(outlet=outlet, published_precision="unknown", held_back=True, indexable=False)
    article = make_article(
        outlet=outlet,
        section=section,
        source=source,
        original_id="1542876",
        key="0000000000z0",
        headline="  =HYPERLINK(\"x\") 'quoted' « l’été » 😀 ",
        summary='\n  Two lines,\r\nthe second “quoted” "so"\n',
        kicker="'=1",
        sign_off="-ddl/gde",
        dateline="@WASHINGTON",
        body="<p>Un.</p>\n\n<p>+Deux &amp; trois.</p>",
        original_url="http://example.org/a",
        published_at=datetime(2014, 11, 2, 6, 30, 15, 250, tzinfo=UTC),
        published_precision="minute",
        modified_at=datetime(2014, 11, 3, 6, 30, tzinfo=UTC),
    )
    article.tags.set(tags)
    Article.objects.filter(published_precision="day").update(version_of=article, language="en")
    make_byline(article, second, order=1, role="photo", printed=" Photo | P. \\n \nB. ")
    make_byline(article, author, order=0)
    make_old_address(article, "http://www.example.org/a/?utm_source=x")
    make_notice(network, message="{outlet}\nclosed in {year}.", last_day=date(2099, 1, 1), names="page")
    return article


def everything():
    """All that is stored, so that a change of anything shows."""
    models = (Article, Outlet, Author, ClosureNotice, OldAddress)
    stored = [list(model.objects.order_by("pk").values()) for model in models]
    return stored + [care.snapshot(article) for article in Article.objects.order_by("pk")]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("model", ["article", "outlet", "author", "closurenotice", "oldaddress"])
def test_what_was_exported_changes_nothing(staff, model, name):
    make_every_kind()
    before = everything()
    table = export_table(staff, model, name)
    assert set(import_table(staff, model, name, table)) == {"skip"}
    assert everything() == before
    assert not Revision.objects.exists()


@pytest.mark.parametrize("name", NAMES)
def test_exported_archive_can_be_made_anew_elsewhere(staff, name):
    make_every_kind()
    kinds = ["outlet", "author", "article", "oldaddress", "closurenotice"]
    tables = {kind: export_table(staff, kind, name) for kind in kinds}
    before = [care.snapshot(article) for article in Article.objects.order_by("key")]
    sections = [("edition", "politique")]
    for model in (OldAddress, Article, ClosureNotice, Author):
        model.objects.all().delete()
    Outlet.objects.exclude(parent=None).delete()
    Outlet.objects.all().delete()
    import_table(staff, "outlet", name, tables["outlet"])
    for outlet, section in sections:
        make_section(Outlet.objects.get(slug=outlet), slug=section)
    for kind in kinds[1:]:
        import_table(staff, kind, name, tables[kind])
    after = [care.snapshot(article) for article in Article.objects.order_by("key")]
    # The clock's seconds are more than a date known to the minute tells.
    for snapshot in [*before, *after]:
        if snapshot["published_at"]:
            snapshot["published_at"] = snapshot["published_at"][:16]
    assert after == before


def test_version_of_an_article_that_is_not_here_is_refused(staff):
    article = make_article()
    table = f"key,version_of\n{article.key},{'z' * 12}\n"
    ((_row, column, message),) = problems(preview_table(staff, "article", "csv", table))
    assert (column, message) == ("version_of", "There is no article “zzzzzzzzzzzz”; add it first.")


def test_date_is_exported_as_far_as_it_is_known(staff):
    make_every_kind()
    assert {row["published"] for row in rows(staff, "article")} == {
        *("2014-07-04", "2014-07", "2014", ""),
        "2014-11-02T01:30-05:00",
    }


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_exported_cell_that_a_spreadsheet_would_run_is_quoted_not_cut(staff, name):
    make_author(slug="a", name="=cmd|'/C calc'!A0")
    table = export_table(staff, "author", name)
    assert rows(staff, "author", name)[0]["name"] == "=cmd|'/C calc'!A0"
    if name == "csv":
        assert b"'=cmd|'/C calc'!A0" in table


def test_export_gives_what_the_list_shows(staff):
    make_article(headline="public")
    make_article(headline="held", held_back=True)
    assert [row["headline"] for row in rows(staff, "article", query="?state=held-back")] == ["held"]


def test_selected_articles_are_exported(staff):
    make_article(headline="one")
    chosen = make_article(headline="two")
    response = staff.post(
        "/admin/archive/article/", {"action": "export_selected", "_selected_action": [str(chosen.pk)]}
    )
    query = response.url.removeprefix("/admin/archive/article/export/")
    assert [row["headline"] for row in rows(staff, "article", query=query)] == ["two"]


def test_only_the_chosen_columns_are_exported(staff):
    make_author(slug="a", about="Long")
    table = rows(staff, "author", authorresource_about=None, authorresource_about_language=None)
    assert set(table[0]) == {"slug", "name"}


@pytest.mark.parametrize("count", [2, 20])
def test_export_costs_as_many_queries_however_long(staff, django_assert_num_queries, count):
    outlet, section = make_outlet(), None
    section = make_section(outlet)
    for _ in range(count):
        article = make_article(outlet=outlet, section=section, source=make_source())
        make_byline(article)
        article.tags.add(Tag.objects.create(slug=f"tag-{article.pk}", name="T"))
    rows(staff, "article")
    with django_assert_num_queries(20):
        rows(staff, "article")


def test_too_many_rows_to_export_are_refused_with_the_remedy(staff, monkeypatch):
    monkeypatch.setattr(resources, "MOST_EXPORTED", 1)
    make_author(), make_author()
    with pytest.raises(AssertionError, match="narrow the list"):
        export_table(staff, "author", "json")


def test_article_too_long_for_a_workbook_is_named(staff):
    make_article(body=f"<p>{'x' * 40_000}</p>")
    with pytest.raises(AssertionError, match="Row 2, column “body”"):
        export_table(staff, "article", "xlsx")


# Import


def test_row_without_a_key_is_taken_in_as_a_new_article(staff):
    make_outlet(slug="edition", language="fr")
    table = "outlet,headline,body,published\nedition,Neuf,<p>Texte</p><script>x</script>,2014-03\n"
    assert import_table(staff, "article", "csv", table) == {"new": 1}
    article = Article.objects.get()
    assert (len(article.key), article.body, article.published_precision) == (12, "<p>Texte</p>", "month")


def test_new_article_is_recorded_as_taken_in(staff):
    make_outlet(slug="edition")
    import_table(staff, "article", "csv", "outlet,headline,body\nedition,Neuf,<p>Texte</p>\n")
    revision = Revision.objects.get()
    assert (revision.verb, revision.made_by, revision.reason) == ("taken-in", staff.user, "Imported from table.csv")


def test_changed_cell_is_recorded_as_an_edit(staff):
    article = make_article(headline="Before", key="0000000000z0")
    import_table(staff, "article", "csv", "key,headline\n0000000000z0,After\n")
    revision = article.revisions.get()
    assert (revision.verb, revision.changes) == ("edited", {"headline": ["Before", "After"]})


def test_column_that_the_table_lacks_is_left_as_it_is(staff):
    article = make_article(summary="Kept", key="0000000000z0")
    import_table(staff, "article", "csv", "key,headline\n0000000000z0,After\n")
    article.refresh_from_db()
    assert article.summary == "Kept"


def test_name_that_one_record_lacks_is_left_as_it_is(staff):
    make_author(slug="a", about="Kept")
    import_table(staff, "author", "json", '[{"slug": "b", "name": "B", "about": "B."}, {"name": "A", "slug": "a"}]')
    assert Author.objects.get(slug="a").about == "Kept"


@pytest.mark.parametrize(("cell", "expected"), [("fr", "fr"), ("", "")])
def test_language_of_what_is_told_of_an_author_may_be_left_open(staff, cell, expected):
    make_author(slug="a", name="A", about="Kept", about_language="en")
    import_table(staff, "author", "csv", f"slug,about_language\na,{cell}\n")
    assert Author.objects.get(slug="a").about_language == expected


def test_empty_cell_empties(staff):
    article = make_article(summary="Gone", key="0000000000z0", source=make_source())
    import_table(staff, "article", "csv", "key,summary,source,published\n0000000000z0,,,\n")
    article.refresh_from_db()
    assert (article.summary, article.source, article.published_precision) == ("", None, "unknown")


def test_key_is_known_however_it_was_typed(staff):
    make_article(key="0000000000z1", headline="Before")
    assert import_table(staff, "article", "csv", "key,headline\n OOOO000000ZL ,After\n") == {"update": 1}


def test_article_without_a_key_is_known_by_its_source_id(staff):
    article = make_article(outlet=make_outlet(slug="edition"), original_id="1542876")
    import_table(staff, "article", "csv", "outlet,original_id,headline\nedition,1542876,After\n")
    article.refresh_from_db()
    assert article.headline == "After"


def test_table_of_the_same_article_twice_takes_both_rows_in_turn(staff):
    article = make_article(key="0000000000z0")
    import_table(staff, "article", "csv", "key,headline\n0000000000z0,One\n0000000000z0,Two\n")
    article.refresh_from_db()
    assert article.headline == "Two"


def test_bylines_are_replaced_in_their_order(staff):
    article = make_article(key="0000000000z0")
    make_byline(article, make_author(slug="a"))
    make_author(slug="b")
    kept = make_byline(article, make_author(slug="c"), role="photo")
    table = json.dumps([{"key": "0000000000z0", "bylines": "b | text | By B.\nc|photo"}])
    import_table(staff, "article", "json", table)
    assert care.snapshot(article)["bylines"] == [["b", "text", "By B."], ["c", "photo", ""]]
    assert article.bylines.last().pk == kept.pk


def test_article_changed_since_the_table_was_made_is_refused(staff, colleague):
    article = make_article(headline="At first")
    table = rows(staff, "article")
    care.correct(article, kind="update", text="Paul’s", by=colleague.user)
    table[0]["headline"] = "Marie’s"
    ((row, column, message),) = problems(preview_table(staff, "article", "json", json.dumps(table)))
    assert (row, column) == (1, "version")
    assert "Someone changed this article after the table was made" in message


def test_imported_table_can_be_imported_again(staff):
    make_article(headline="At first")
    table = rows(staff, "article")
    table[0]["headline"] = "Marie’s"
    import_table(staff, "article", "json", json.dumps(table))
    assert import_table(staff, "article", "json", json.dumps(table)) == {"skip": 1}


def test_preview_shows_what_would_change_and_saves_nothing(staff):
    article = make_article(headline="The cat sat", key="0000000000z0")
    page = preview_table(staff, "article", "csv", "key,headline\n0000000000z0,The dog sat\n").content.decode()
    assert "<del>cat</del><ins>dog</ins>" in page
    article.refresh_from_db()
    assert article.headline == "The cat sat"


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("language", "de", "is not one of these: fr, en"),
        ("published", "22/01/2014", "is not a date"),
        ("published", "2014-03-09 02:30", "never showed"),
        ("modified", "2014-01-22", "needs its hour"),
        ("section", "sports", "no section “sports”"),
        ("source", "afp", "no source “afp”"),
        ("tags", "justice", "no tag “justice”"),
        ("bylines", "nobody", "no author “nobody”"),
        ("indexable", "perhaps", "neither “yes” nor “no”"),
        ("slug", "not a slug", "valid “slug”"),
        ("original_url", "not an address", "Enter a valid URL"),
        ("summary", "a\x00b", "NUL"),
        ("kicker", "x" * 201, "at most 200 characters"),
    ],
)
def test_what_is_wrong_is_named_by_row_and_column(staff, column, value, words):
    make_article(outlet=make_outlet(slug="edition"), key="0000000000z0", headline="Kept")
    table = [
        {"key": "0000000000z0", "headline": "Kept"},
        {"outlet": "edition", "headline": "New", column: value},
    ]
    ((row, named, message),) = problems(preview_table(staff, "article", "json", json.dumps(table)))
    assert (row, named) == (2, column)
    assert words in message


def test_row_is_counted_as_a_spreadsheet_counts_it(staff):
    ((row, column, _message),) = problems(preview_table(staff, "author", "csv", "slug,name\na,A\nb,\n"))
    assert (row, column) == (3, "name")


def test_new_article_needs_its_outlet(staff):
    ((row, column, _message),) = problems(preview_table(staff, "article", "csv", "headline\nNeuf\n"))
    assert (row, column) == (2, "outlet")


def test_key_that_is_none_is_refused(staff):
    make_outlet(slug="edition")
    table = "key,outlet,headline\nnot-a-key,edition,Neuf\n"
    ((row, column, _message),) = problems(preview_table(staff, "article", "csv", table))
    assert (row, column) == (2, "key")


def test_one_bad_row_keeps_the_whole_table_out(staff):
    preview = preview_table(staff, "author", "csv", "slug,name\na,A\nb,\n")
    assert "confirm_form" not in preview.context
    assert not Author.objects.exists()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("slug,nom\na,A\n", "no column “nom”"),
        ("name\nA\n", "columns are missing: slug"),
        ("slug,name,name\na,A,A\n", "stands there twice"),
    ],
)
def test_table_with_other_columns_is_refused(staff, table, words):
    ((_row, _column, message),) = problems(preview_table(staff, "author", "csv", table))
    assert words in message


def test_table_too_long_for_the_admin_is_refused(staff, monkeypatch):
    monkeypatch.setattr(resources, "MOST_ROWS", 1)
    ((_row, _column, message),) = problems(preview_table(staff, "author", "csv", "slug,name\na,A\nb,B\n"))
    assert "at most 1" in message


@pytest.mark.parametrize(("name", "data"), [("csv", b"\xff\xfe"), ("xlsx", b"x"), ("json", b"{"), ("yaml", b"[")])
def test_file_that_can_not_be_read_says_why(staff, name, data):
    response = preview_table(staff, "author", name, data)
    assert response.status_code == 200
    assert problems(response)


def test_archive_that_changed_since_the_preview_takes_nothing(staff):
    make_article(key="0000000000z0", headline="At first")
    table = rows(staff, "article")
    table[0]["headline"] = "Marie’s"
    preview = preview_table(staff, "article", "json", json.dumps(table))
    Article.objects.update(version=9)
    from .forms import filled_in

    response = staff.post("/admin/archive/article/process_import/", filled_in(preview.content), follow=True)
    assert "Nothing was imported" in response.content.decode()
    assert Article.objects.get().headline == "At first"


def test_confirming_twice_imports_once(staff):
    from .forms import filled_in

    data = filled_in(preview_table(staff, "author", "csv", "slug,name\na,A\n").content)
    staff.post("/admin/archive/author/process_import/", data)
    response = staff.post("/admin/archive/author/process_import/", data, follow=True)
    assert "no longer here" in response.content.decode()


def test_uploaded_name_can_not_leave_its_folder(staff, tmp_path):
    from .forms import filled_in

    data = filled_in(preview_table(staff, "author", "csv", "slug,name\na,A\n").content)
    response = staff.post(
        "/admin/archive/author/process_import/", data | {"import_file_name": "../../etc/passwd"}, follow=True
    )
    assert "no longer here" in response.content.decode()


def test_upload_that_waited_too_long_is_cleared_away(uploads, monkeypatch):
    first = UploadStorage()
    first.save(b"old")
    monkeypatch.setattr("archive.admin.uploads.KEPT_SECONDS", -1)
    UploadStorage().save(b"new")
    with pytest.raises(FileNotFoundError):
        first.read()


def test_who_may_only_look_can_not_import():
    reader = browser_of(make_archivist("reader", "view_author"))
    assert preview_table(reader, "author", "csv", "slug,name\na,A\n").status_code == 403


def test_who_may_not_look_can_not_export():
    other = browser_of(make_archivist("other", "view_tag"))
    assert other.get("/admin/archive/author/export/").status_code == 403


def test_network_and_its_edition_come_in_one_table(staff):
    make_outlet(slug="z-network", name="Z", parent=None)
    make_outlet(slug="a-edition", name="A", parent=Outlet.objects.get())
    table = yaml.safe_load(export_table(staff, "outlet", "yaml"))
    assert [row["slug"] for row in table] == ["z-network", "a-edition"]


def test_outlet_below_itself_is_refused(staff):
    make_outlet(slug="edition", parent=make_outlet(slug="network"))
    ((row, column, _message),) = problems(preview_table(staff, "outlet", "csv", "slug,parent\nnetwork,edition\n"))
    assert (row, column) == (2, "parent")


def test_notice_is_known_by_its_place(staff):
    make_notice(make_outlet(slug="edition"), message="Before")
    table = "outlet,language,placement,first_day,message\nedition,fr,banner,2021-03-09,After\n"
    import_table(staff, "closurenotice", "csv", table)
    assert ClosureNotice.objects.get().message == "After"


def test_notice_with_an_unknown_placeholder_is_refused(staff):
    make_outlet(slug="edition")
    table = "outlet,language,placement,names,first_day,message\nedition,fr,banner,own,2021-03-09,{nom}\n"
    ((row, column, _message),) = problems(preview_table(staff, "closurenotice", "csv", table))
    assert (row, column) == (2, "message")


def test_imported_address_is_recorded_with_its_article(staff):
    article = make_article(key="0000000000z0")
    import_table(staff, "oldaddress", "csv", "url,article\nhttp://example.org/a,0000000000z0\n")
    assert article.revisions.get().changes == {"old_addresses": [[], ["http://example.org/a"]]}


def test_address_that_moves_is_recorded_with_both_articles(staff):
    first, second = make_article(key="0000000000z0"), make_article(key="0000000000z1")
    make_old_address(first, "http://example.org/a")
    import_table(staff, "oldaddress", "csv", "url,article\nhttps://m.example.org/a/,0000000000z1\n")
    assert [article.revisions.count() for article in (first, second)] == [1, 1]


def test_address_that_is_none_is_refused(staff):
    make_article(key="0000000000z0")
    table = "url,article\nftp://example.org,0000000000z0\n"
    ((row, column, _message),) = problems(preview_table(staff, "oldaddress", "csv", table))
    assert (row, column) == (2, "url")


def test_address_added_by_hand_is_recorded_with_its_article(staff):
    article = make_article()
    staff.post("/admin/archive/oldaddress/add/", {"url": "http://example.org/a", "article": str(article.pk)})
    assert article.revisions.get().made_by == staff.user


def test_address_deleted_by_hand_is_recorded_with_its_article(staff):
    article = make_article()
    address = make_old_address(article, "http://example.org/a")
    staff.post(f"/admin/archive/oldaddress/{address.pk}/delete/", {"post": "yes"})
    assert article.revisions.get().changes == {"old_addresses": [["http://example.org/a"], []]}


def test_preview_page_speaks_of_its_rows(staff):
    page = preview_table(staff, "author", "csv", "slug,name\na,A\n").content.decode()
    assert "Confirm import" in page
