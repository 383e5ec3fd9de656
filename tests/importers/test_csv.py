import time
from contextlib import suppress
from datetime import date, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers import csv, recognise
from archive.importers.base import (
    ImportedArticle,
    ImportedByline,
    ImportedImage,
    ImportedSource,
    Problem,
    ReadOptions,
    Refusal,
    until_hopeless,
)
from archive.importers.csv import LARGEST_ROW

from .conftest import SAMPLES

TABLE = SAMPLES / "csv" / "courrier.csv"
TABS = SAMPLES / "csv" / "herald.tsv"


def read(content, *columns, encoding=""):
    content = content if isinstance(content, bytes) else content.encode()
    return list(csv.read(BytesIO(content), ReadOptions(columns=columns, encoding=encoding)))


def one(content, *columns):
    (item,) = read(content, *columns)
    return item


def dated(*texts):
    """What becomes of the dates of a table."""
    return [
        (item.published, item.published_precision) if isinstance(item, ImportedArticle) else item.problem
        for item in read("title;date\n" + "".join(f"A;{text}\n" for text in texts))
    ]


@pytest.fixture(scope="module")
def items():
    return read(TABLE.read_bytes())


@pytest.fixture(scope="module")
def by_id(items):
    return {item.original_id: item for item in items if isinstance(item, ImportedArticle)}


@pytest.mark.parametrize("path", [TABLE, TABS], ids=["semicolons in cp1252", "tabs in UTF-8"])
def test_table_is_told_from_its_content(path):
    assert recognise(path.read_bytes()[:8192]) == "csv"


@pytest.mark.parametrize(
    "head",
    [
        b"Le march\xc3\xa9 rouvre, samedi; enfin\nLes \xc3\xa9tals sont pr\xc3\xaats, dit-on.\n",
        b"Titre\nTexte\n",
        b"a,b\n1,2\n",
        b'{"title": "a", "body": "b"}',
        b"<table>title,body</table>",
        b"\x89PNG\r\n\x1a\n,title,body",
    ],
)
def test_text_that_is_no_table_of_articles_is_not_recognised(head):
    assert not csv.recognises(head)


@pytest.mark.parametrize("first", ["Titre;Corps du texte;Jour;Signé", "hed\twords\tday", "Title,copy,day"])
def test_headline_among_names_that_nobody_knows_is_that_of_a_table(first):
    assert csv.recognises(first.encode())


def test_sentence_that_begins_like_a_header_is_none():
    assert not csv.recognises(b"Title, copy, day and more: all of it.")


def test_refused_row_of_a_mapped_table_is_read_again_without_the_mapping():
    columns = (("headline", "Nom"), ("bylines", "Signé"), ("body", "Corps"))
    (refused,) = read("byline;Nom;Signé;Corps;texte\nx;;Ada Roy;Le texte.;autre\n", *columns)
    (mended,) = read(refused.raw.replace(b"x,,", b"x,Un titre,"))
    assert (mended.headline, mended.body) == ("Un titre", "<p>Le texte.</p>")
    assert mended.bylines == (ImportedByline("Ada Roy"),)
    assert read(mended.record, *columns)[0].canonical() == mended.canonical()


def test_row_is_taken_whole(by_id):
    article = by_id["1001"]

    assert article.headline == "Crue : deux ponts fermés"
    assert article.body == "<p>La ville a fermé deux ponts.</p>\n<p>Ils rouvriront samedi; « peut-être ».</p>"
    assert (article.published, article.published_precision) == (datetime(2014, 1, 22, 17, 47), "minute")
    assert article.bylines == (ImportedByline("Louise Mercier"), ImportedByline("Paul Ortega"))
    assert article.source == ImportedSource("AFP", "agency")
    assert [term.name for term in article.section] == ["Actualités", "Région"]
    assert [term.name for term in article.tags] == ["Crue", "Ponts"]
    assert article.original_url == "https://courrier.example/crue"
    assert article.old_addresses == ("http://vieux.example/1001", "http://vieux.example/p1001")
    assert article.images == (ImportedImage("https://img.example/pont.jpg", "", "Le pont", "Anne Roy"),)
    assert not article.held_back


def test_place_tells_row_and_line(by_id):
    assert by_id["1002"].place == "row 3, line 5"


def test_encoding_that_was_told_from_the_content_is_remarked(by_id):
    assert by_id["1001"].problems[0].problem == "It is in cp1252, and not in UTF-8."


def test_remark_on_several_lines_of_a_row_is_made_once(by_id):
    assert len(by_id["1001"].problems) == 1


def test_characters_lost_in_several_lines_of_a_row_are_counted_together():
    item = one(b'titre;texte\n\x90t\x90;"Un \x90\nDeux\nTrois \x90"\n')
    assert [each.problem for each in item.problems] == ["4 characters are not in UTF-8; they stand as \ufffd."]


def test_html_stays_html(by_id):
    assert by_id["1002"].body == "<p>Déjà en <b>HTML</b>.</p>"


def test_name_with_an_ampersand_is_one_name(by_id):
    assert by_id["1002"].bylines == (ImportedByline("Lee & Fils"),)


def test_date_of_two_meanings_is_decided_by_the_column(by_id):
    assert by_id["1002"].published == date(2014, 4, 3)


def test_date_of_two_meanings_is_refused_where_nothing_decides():
    first, second = read(TABS.read_bytes())
    assert first.problem == "The date “03/04/2014” may be in two months, and no other date of the table shows which."
    assert "--map date_order=day-first" in first.remedy
    # The same number twice means one day only.
    assert second.published == date(2014, 3, 3)


@pytest.mark.parametrize(("order", "month"), [("day-first", 4), ("month-first", 3)])
def test_date_of_two_meanings_is_decided_by_the_operator(order, month):
    item = read(TABS.read_bytes(), ("date_order", order))[0]
    assert item.published.month == month


def test_dates_that_contradict_each_other_decide_nothing():
    assert "may be in two months" in dated("22/01/2014", "01/22/2014", "03/04/2014")[2]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1998", (date(1998, 1, 1), "year")),
        ("2001-03", (date(2001, 3, 1), "month")),
        ("03/2001", (date(2001, 3, 1), "month")),
        ("mars 2001", (date(2001, 3, 1), "month")),
        ("22.1.2014", (date(2014, 1, 22), "day")),
        ("04.03.2014", (date(2014, 3, 4), "day")),
        ("2014/1/22", (date(2014, 1, 22), "day")),
        ("1er mars 2014", (date(2014, 3, 1), "day")),
        ("le 22 août 2014", (date(2014, 8, 22), "day")),
        ("lundi 1er décembre 2014", (date(2014, 12, 1), "day")),
        ("January 22nd, 2014", (date(2014, 1, 22), "day")),
        ("Wednesday, 22 January 2014", (date(2014, 1, 22), "day")),
        ("22-Jan-2014", (date(2014, 1, 22), "day")),
        ("2014-01-22 17:47:30", (datetime(2014, 1, 22, 17, 47, 30), "minute")),
        ("1/22/2014 5:47 PM", (datetime(2014, 1, 22, 17, 47), "minute")),
        ("22 janvier 2014 à 17 h 47", (datetime(2014, 1, 22, 17, 47), "minute")),
        ("", (None, "unknown")),
    ],
)
def test_date_is_read_with_its_precision(text, told):
    assert dated(text) == [told]


def test_date_of_mail_keeps_its_zone():
    [(moment, precision)] = dated("Wed, 22 Jan 2014 17:47:00 -0500")
    assert (moment.isoformat(), precision) == ("2014-01-22T17:47:00-05:00", "minute")


@pytest.mark.parametrize("text", ["hier soir", "31/02/2014", "22/13/2014", "0000-00-00", "99999", "12 Foo 2014"])
def test_date_that_can_not_be_read_is_refused(text):
    assert "can't be read as a date" in dated(text)[0] or "may be in two" in dated(text)[0]


def test_year_of_two_digits_is_refused(items):
    assert any("two digits" in item.problem for item in items if isinstance(item, Problem))


def test_draft_is_held_back(by_id):
    assert by_id["1005"].held_back


def test_row_without_a_headline_is_refused_with_its_place(items):
    problem = next(item for item in items if isinstance(item, Problem))
    assert (problem.place, problem.problem) == ("row 7, line 9", "It has no headline.")


def test_column_that_is_named_comes_first():
    item = one("titre,manchette bizarre\nA,B\n", ("headline", "Manchette bizarre"))
    assert item.headline == "B"


def test_table_without_a_headline_is_refused_with_its_columns():
    problem = one("a,b\n1,2\n")
    assert problem.problem == "No column is known to hold the headline; the table has: “a”, “b”."
    assert "--map headline=" in problem.remedy


@pytest.mark.parametrize(
    ("columns", "told"),
    [(("headlin", "title"), "There is no field “headlin”."), (("body", "x"), "The table has no column “x”.")],
)
def test_mapping_that_leads_nowhere_is_refused(columns, told):
    assert one("title,text\nA,b\n", columns).problem == told


def test_preview_tells_what_each_column_fills():
    preview = csv.preview(BytesIO(TABLE.read_bytes()), ReadOptions())

    fields = {name: each for name, each, _samples in preview.columns}
    assert (fields["Titre"], fields["Texte"], fields["Agence"]) == ("headline", "body", "source")
    assert preview.columns[1][2][:2] == ("Crue : deux ponts fermés", "Mars ou avril")
    assert preview.order == "day-first"
    assert preview.items[0].headline == "Crue : deux ponts fermés"


def test_preview_of_what_can_not_be_read_says_why():
    with pytest.raises(Refusal):
        csv.preview(BytesIO(b"a,b\n1,2\n"), ReadOptions())


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiter_line_end_and_encoding_are_told_from_the_content(delimiter, end, encoding):
    rows = [["titre", "texte"], ["Été", '"à, la; plage"']]
    content = end.join(delimiter.join(row) for row in rows) if delimiter in "\t|" else None
    content = content or end.join(delimiter.join([row[0], row[1]]) for row in rows)
    assert one(content.encode(encoding)).headline == "Été"


def test_delimiter_that_a_spreadsheet_tells_is_believed():
    assert one("sep=;\r\ntitre;texte\r\nA, b;c\r\n").headline == "A, b"


def test_quotation_marks_behind_a_backslash_are_read():
    assert one('title,body\nA,"He said \\"hi\\", ok"\n').body == '<p>He said "hi", ok</p>'


def test_row_with_too_many_cells_spoils_no_other():
    broken, whole = read("title,text\nA,b,c\nB,x\n")
    assert broken.problem == "It has 3 cells, and the table has 2 columns."
    assert whole.headline == "B"


@pytest.mark.parametrize("content", ['title,text\nA,"open\nB,x\n', 'title,text\nA,"open\nB,"closed"\n'])
def test_quotation_mark_that_is_not_closed_spoils_no_other_row(content):
    broken, whole = read(content)
    assert broken.place == "row 2, line 2"
    assert whole.headline == "B"


def test_row_without_an_id_is_known_by_its_address_else_by_its_text():
    assert one("title,url\nA,https://a.example/1\n").original_id == "https://a.example/1"
    first, second = read("title,text\nA,b\nA,c\n")
    assert first.original_id != second.original_id
    assert first.original_id == one("text,title\nb,A\n").original_id


def test_record_gives_the_same_article_again(by_id):
    for item in by_id.values():
        (again,) = read(item.record)
        assert again.canonical() == item.canonical()


def test_record_is_in_the_encoding_that_was_named():
    (item,) = read("titre,texte\nÉté,œuf\n".encode("mac_roman"), encoding="mac_roman")
    assert item.headline == "Été"
    assert read(item.record, encoding="mac_roman")[0].canonical() == item.canonical()


@pytest.mark.parametrize(
    "content",
    [
        b"title,text\nA," + b"a" * (LARGEST_ROW + 1_000_000),
        b'title,text\nA,"' + b"a\n" * 21_000,
        b"title" + b"," * 1_000_000 + b"\n" + b"," * 1_000_000,
        b"\n" * 5_000_000,
        b"\x00" * 1_000_000,
        b"title,text\n" + b",\n" * 5_000_000,
        b"title,text\n" + b"\r" * 10_000_000,
        b'title,text\n"",' + b'\n"",' * 2_500_000,
        b"title,text\n" + b'"\n' * 5_000_000,
        b"title,text\n" + (b"," * 4_000_000 + b"x\n") * 3,
        b"title,text\n" + b'"' * 10_000_000,
        b"title,date\n" + b"a,03/04/2014\n" * 500_000,
    ],
    ids=[
        *("long line", "open quotation mark", "many columns", "blank lines", "NUL", "delimiters", "carriage returns"),
        *("empty texts", "quotation marks", "many cells", "quotation marks in a line", "dates of two meanings"),
    ],
)
def test_hostile_table_is_refused_within_two_seconds(content):
    begun = time.process_time()
    with suppress(Refusal):
        items = list(until_hopeless(csv.read(BytesIO(content), ReadOptions())))
        assert items
        assert all(item.remedy for item in items if isinstance(item, Problem))
    assert time.process_time() - begun < 3


def test_line_that_is_too_long_is_refused_and_the_next_is_taken():
    refused, taken = read(b"title,text\nA," + b"a" * (LARGEST_ROW + 1_000_000) + b"\nB,b\n")
    assert refused == Problem(
        "row 2, line 2",
        "The line is over 5 MB long.",
        "Cut it, or leave it out; look whether the file is a table at all.",
    )
    assert (taken.headline, taken.place) == ("B", "row 3, line 3")


def test_line_that_is_too_long_within_a_quoted_text_spoils_no_other_row():
    items = read(b'title,text\nA,"a\n' + b"a" * (LARGEST_ROW + 1_000_000) + b'"\nB,b\n')
    assert [each.problem for each in items[:2]] == [
        "A quotation mark opens in it that is not closed.",
        "The line is over 5 MB long.",
    ]
    assert items[2].headline == "B"


def test_empty_rows_are_counted_and_passed_over():
    item = one('title,text\n,\n"",""\n \t,\r\n\nA,b\n')
    assert (item.headline, item.place) == ("A", "row 6, line 6")


def test_empty_rows_of_a_whole_sheet_are_passed_over():
    item = one(b"title,text\n" + b",\n" * 1_048_576 + b"A,b\n")
    assert item.headline == "A"


def test_more_empty_rows_than_a_sheet_has_are_refused_with_their_place():
    (problem,) = read(b"title,text\n" + b",\n" * (csv.MOST_EMPTY_ROWS + 1))
    assert problem.place == f"row {csv.MOST_EMPTY_ROWS + 2}, line {csv.MOST_EMPTY_ROWS + 2}"


def test_row_of_a_quotation_mark_alone_is_not_empty():
    assert one('title,text\n"""",\n').headline == '"'


def test_row_with_nul_characters_is_not_lost_where_the_file_is_not_in_utf8():
    broken, whole = read(b"title,text\nA\xe9\x00,b\nB,x\n")
    assert "\x00" in broken.headline
    assert whole.headline == "B"


@given(st.binary())
def test_whatever_the_bytes_nothing_is_raised(content):
    read(content)
    read(b"title,text,date\n" + content)


@given(st.lists(st.lists(st.text(max_size=12), min_size=3, max_size=3), max_size=5))
def test_whatever_the_cells_a_record_gives_the_same_article(rows):
    import csv as library
    from io import StringIO

    written = StringIO()
    library.writer(written).writerows([["title", "text", "date"], *rows])
    for item in read(written.getvalue().encode("utf-8", "replace")):
        if isinstance(item, ImportedArticle):
            assert [again.canonical() for again in read(item.record)] == [item.canonical()]


@pytest.mark.django_db
def test_row_becomes_an_article(outlet):
    from archive.importers.saving import import_paths

    report = import_paths([TABLE], outlet)

    saved = outlet.articles.get(original_id="1001")
    assert report.formats == ["csv"]
    assert (report.created, report.refused) == (5, 3)
    assert saved.section.parent.name == "Actualités"
    assert outlet.articles.get(original_id="1003").published_precision == "year"
