from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers import blogger, recognise
from archive.importers.base import ImportedArticle, ImportedImage, Problem, ReadOptions, Refusal
from archive.importers.items import ImportedPage, LeftOut

from .conftest import SAMPLES

BACK_UP = SAMPLES / "blogger" / "carnet.xml"
TAKEOUT = SAMPLES / "blogger" / "feed.atom"
HEAD = "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:blogger='http://schemas.google.com/blogger/2018'>\n"


def read(content, website=""):
    content = content if isinstance(content, bytes) else content.encode()
    return list(blogger.read(BytesIO(content), ReadOptions(website=website)))


def entry(inner, number=1):
    return (
        f"<entry><id>tag:blogger.com,1999:blog-9.post-{number}</id><blogger:type>POST</blogger:type>"
        f"<title>Titre</title><content type='html'>Texte</content>{inner}</entry>\n"
    )


@pytest.fixture(scope="module")
def items():
    return read(BACK_UP.read_bytes())


@pytest.fixture(scope="module")
def from_takeout():
    return read(TAKEOUT.read_bytes(), website="https://carnet.example/")


@pytest.mark.parametrize("file", [BACK_UP, TAKEOUT], ids=["back-up", "takeout"])
def test_back_up_is_told_from_its_content(file):
    assert recognise(file.read_bytes()[:8192]) == "blogger"


def test_feed_of_a_blog_is_not_recognised():
    assert not blogger.recognises(b"<feed xmlns='http://www.w3.org/2005/Atom'><id>tag:blogger.com,1999:blog-9</id>")


def test_posts_are_told_from_comments_templates_and_settings(items):
    assert [item.original_id for item in items if isinstance(item, ImportedArticle)] == ["4711", "4712", "4713"]
    assert items[-3:] == [LeftOut("reader comments", 1), LeftOut("settings", 2), LeftOut("templates", 1)]


def test_page_becomes_an_information_page(items):
    (page,) = (item for item in items if isinstance(item, ImportedPage))
    assert (page.slug, page.title, page.old_addresses) == (
        "a-propos",
        "À propos",
        ("http://carnet.example/p/a-propos.html",),
    )


def test_drafts_are_held_back_also_where_the_prefix_is_undeclared(items):
    assert b"xmlns:app" not in BACK_UP.read_bytes().splitlines()[12]
    assert [item.held_back for item in items[:3]] == [False, True, True]


def test_post_has_all_that_is_told_of_it(items):
    post = items[0]
    assert (post.headline, post.slug) == ("L’eau monte & personne ne dort", "leau-monte")
    assert (post.published, post.published_precision) == (
        datetime(2013, 6, 21, 8, 30, 0, 1000, tzinfo=timezone(timedelta(hours=-4))),
        "minute",
    )
    assert [each.name for each in post.bylines] == ["Maude Lavoie"]
    assert [each.name for each in post.tags] == ["Crue & digues", "rivière"]
    assert post.images == (ImportedImage("http://1.bp.example/crue.jpg", "La crue"),)
    assert post.original_url == "http://carnet.example/2013/06/leau-monte.html"


def test_language_is_the_blogs(items):
    assert items[0].language == "fr_CA"


def test_xhtml_is_html(items):
    assert items[2].body == "<p>En <em>XHTML</em>.<br></p>"


def test_post_without_title_has_its_first_words(items):
    assert items[1].headline == "Une ébauche sans titre."
    assert items[1].problems


def test_plain_text_is_paragraphs():
    (item,) = read(HEAD + entry("").replace("'html'>Texte", "'text'>a &lt; b\n\nc") + "</feed>")
    assert item.body == "<p>a &lt; b</p>\n<p>c</p>"


def test_kinds_of_takeout_are_told(from_takeout):
    assert [type(item).__name__ for item in from_takeout] == [
        *("ImportedArticle", "ImportedArticle", "ImportedPage", "LeftOut")
    ]
    assert [item.held_back for item in from_takeout[:3]] == [False, True, False]


def test_address_of_takeout_is_the_websites(from_takeout):
    assert from_takeout[0].original_url == "https://carnet.example/2015/04/deux-ans-apres.html"
    assert from_takeout[0].published == datetime(2015, 4, 2, 12, tzinfo=UTC)


def test_address_without_a_website_is_told():
    found = read(TAKEOUT.read_bytes())[0]
    assert (found.original_url, found.slug) == ("", "deux-ans-apres")
    assert found.problems[0].remedy == "Set the outlet's website, and import again."


@pytest.mark.parametrize("status", ["DRAFT", "SCHEDULED", "SOFT_TRASHED"])
def test_what_was_not_live_is_held_back(status):
    (item,) = read(HEAD + entry(f"<blogger:status>{status}</blogger:status>") + "</feed>")
    assert item.held_back


def test_entry_without_id_is_refused():
    (item,) = read(HEAD + "<entry><title>a</title></entry></feed>")
    assert item == Problem("entry 1, line 2", "It has no id and no link.", "Give it an <id>.")


@pytest.mark.parametrize("file", [BACK_UP, TAKEOUT], ids=["back-up", "takeout"])
def test_record_read_again_gives_the_same(file):
    for item in read(file.read_bytes(), website="https://carnet.example/"):
        if isinstance(item, ImportedArticle):
            again = read(item.record, website="https://carnet.example/")[0]
            assert again.canonical() == item.canonical()


def test_file_that_is_cut_off_gives_what_is_whole_and_is_told():
    items = read(BACK_UP.read_bytes()[:-1200])
    assert isinstance(items[0], ImportedArticle)
    assert [item.problem for item in items if isinstance(item, Problem)] == [
        "It is cut off: the file ends before it does."
    ]


def test_entities_that_it_declares_are_refused():
    with pytest.raises(Refusal, match="declares entities"):
        read("<!DOCTYPE feed [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + HEAD + entry("&x;"))


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_content_makes_it_fail(content):
    for whole in (content, HEAD.encode() + entry("\0").encode().replace(b"\0", content)):
        try:
            read(whole)
        except Refusal as refused:
            assert refused.problem.remedy


@pytest.mark.django_db
def test_import_makes_articles_and_pages(outlet):
    from archive.importers.saving import import_paths
    from archive.models import Article

    report = import_paths([BACK_UP], outlet)

    assert report.refused == 0
    assert set(Article.objects.values_list("original_id", "held_back")) == {
        ("4711", False),
        ("4712", True),
        ("4713", True),
    }
    assert "<script" not in Article.objects.get(original_id="4711").body


@pytest.mark.parametrize("declared", ["UTF-8", "ISO-8859-1"])
def test_wrong_encoding_is_mended_and_told(declared):
    content = f"<?xml version='1.0' encoding='{declared}'?>{HEAD}{entry('').replace('Titre', 'L’été')}</feed>"
    (item,) = read(content.encode("cp1252"))
    assert item.headline == "L’été"
    assert "UTF-8" in item.problems[0].problem or "Windows-1252" in item.problems[0].problem


def test_what_a_reader_wrote_is_in_no_record(items, from_takeout):
    kept = b"".join(getattr(item, "record", b"") for item in (*items, *from_takeout))
    for words in ("Courage", "Déjà", "Un lecteur", "maude@"):
        assert words.encode() not in kept
