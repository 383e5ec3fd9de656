import json
import re
import socket
from datetime import UTC, date, datetime, timedelta, timezone
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.embeds import clean_foreign
from archive.importers import html
from archive.importers.base import ImportedArticle, Problem, ReadOptions
from archive.importers.html import recognises
from archive.sanitize import sanitize
from tests.importers.conftest import SAMPLES
from tests.importers.crawls import FILLER, story
from tests.test_sanitize import HTML as NASTY

NAMES = ["news-story", "magazine-story", "blog-post", "plain-page"]


def read(content, **options):
    content = content.encode() if isinstance(content, str) else content
    (item,) = html.read(BytesIO(content), ReadOptions(**options))
    return item


def sample(name):
    return (SAMPLES / "html" / f"{name}.html").read_bytes()


def published(article):
    return sanitize(clean_foreign(article.body, "fr", article.original_url)[0])


@pytest.fixture(scope="module")
def news():
    return read(sample("news-story"))


def test_what_the_page_tells_of_itself_is_taken(news):
    assert news.headline == "Crue : Saint-Amable ferme deux ponts"
    assert news.summary == "La rivière a gagné un mètre en une nuit."
    assert [byline.name for byline in news.bylines] == ["Anne Roy", "Luc Morin"]
    assert [term.name for term in news.section] == ["Actualités"]
    assert [tag.name for tag in news.tags] == ["crue", "Saint-Amable", "ponts"]
    assert news.language == "fr-CA"


PAGE = "<!doctype html><title>Ferry</title><article><h1>The ferry</h1>"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (PAGE + "<p>Words." * 50_000, "elements, too many for an article (at most 50000)"),
        (PAGE + "<p>" + "Words. " * 300_000, "too many for an article (at most 2000000)"),
        (PAGE + "<div>" * 450 + "archive " + "Words. " * 300_000, "too many for an article (at most 2000000)"),
        (PAGE + "<p><img src=a>" * 5_001, "5001 pictures, frames and the like"),
        (PAGE + f"<p {' '.join(f'a{number}' for number in range(490))}>" * 700, "over 300000 attributes"),
    ],
    ids=["elements", "text", "deep text", "pictures", "attributes"],
)
def test_page_that_takes_long_is_refused_and_told(content, problem):
    refused = read(content)
    assert problem in refused.problem
    assert refused.remedy


def test_picture_that_stands_in_the_page_itself_does_not_count_as_its_text():
    picture = f'<img src="data:image/png;base64,{"A" * 3_000_000}">'
    assert read(f"{PAGE}<p>{FILLER}</p>{picture}").headline == "The ferry"


def test_what_only_meta_elements_tell_is_taken():
    story = read(sample("magazine-story"))

    assert (story.headline, story.summary) == ("The night ferry", "Forty years on the last boat.")
    assert [byline.name for byline in story.bylines] == ["Joan Pike"]
    assert story.published == datetime(2012, 3, 3, 6, 0, tzinfo=timezone(timedelta(hours=-4)))
    assert story.modified == datetime(2012, 3, 4, 9, 30, tzinfo=timezone(timedelta(hours=-4)))
    assert ([term.name for term in story.section], [tag.name for tag in story.tags]) == (
        ["People"],
        ["ferry", "harbour"],
    )
    assert (story.language, story.indexable) == ("en-CA", False)
    assert story.original_url == "http://magazine.example/2012/03/the-night-ferry/"
    assert [(image.original_address, image.alt) for image in story.images] == [
        ("http://magazine.example/files/2012/03/ferry.jpg", "A ferry at night")
    ]


def test_text_of_a_page_without_marks_is_the_whole_text_and_nothing_else():
    text = published(read(sample("magazine-story")))
    for own in ("The last boat leaves", "they set it by him", "four nights out of five", "the river does not mind",
                "the night before"):  # fmt: skip
        assert own in text
    for foreign in ("Share this", "The day ferry", "Mara", "thirty years", "Otis", "Copyright", "Places", "2018",
                    "onclick"):  # fmt: skip
        assert foreign not in text


def test_json_ld_comes_before_meta_elements():
    told = {
        "@type": "NewsArticle",
        "headline": "Le titre",
        "datePublished": "2014-01-22",
        "author": {"@type": "Person", "name": "Anne Roy"},
        "articleSection": "Actualités",
        "description": "Le résumé.",
    }
    head = (
        '<meta property="og:title" content="Autre titre"><meta name="author" content="Un autre">'
        '<meta property="article:published_time" content="2010-01-01"><meta name="description" content="Autre résumé.">'
        '<meta property="article:section" content="Autre">'
        f'<script type="application/ld+json">{json.dumps(told)}</script>'
    )
    article = read(story(headline="Le titre", head=head))
    assert (article.headline, article.summary, article.published) == ("Le titre", "Le résumé.", date(2014, 1, 22))
    assert [byline.name for byline in article.bylines] == ["Anne Roy"]
    assert [term.name for term in article.section] == ["Actualités"]


def test_dates_are_as_told_with_their_zone(news):
    zone = timezone(timedelta(hours=-5))
    assert (news.published, news.published_precision) == (datetime(2014, 1, 22, 17, 47, tzinfo=zone), "minute")
    assert news.modified == datetime(2014, 1, 23, 8, 0, tzinfo=zone)


def test_every_address_is_kept(news):
    assert news.original_url == "https://www.courrierdesrives.example/2014/01/22/crue-saint-amable-ponts_n_4645001.html"
    assert news.old_addresses == (
        "https://www.courrierdesrives.example/?p=4645001",
        "https://m.courrierdesrives.example/amp/4645001",
    )


def test_text_is_the_whole_text_and_nothing_else(news):
    text = published(news)
    for own in ("La ville a fermé mardi soir", "Hélène Caron", "la route 112", "d’ici vendredi, selon le ministère."):
        assert own in text
    for foreign in ("Partager", "À lire aussi", "Un autre article", "Première lectrice", "Second lecteur", "infolettre",
                    "Actualités", "Tous droits", "Par Anne Roy", "archives", "No text of ours", "lmo/pt"):  # fmt: skip
        assert foreign not in text


def test_link_in_the_text_is_kept_as_written(news):
    assert '<a href="http://ville.example/mairie"' in news.body


def test_dateline_and_sign_off_are_taken_out_of_the_text(news):
    assert (news.dateline, news.sign_off) == ("SAINT-AMABLE (PC) –", "lmo/pt/jbe")
    assert news.body.startswith("<p>La ville a fermé")


def test_embeds_stand_where_they_stood(news):
    text = published(news)
    assert text.count('<aside class="embed">') == 2
    assert text.index("riverains") < text.index("@villestamable") < text.index("autobus") < text.index("youtube")


@pytest.mark.parametrize(
    "tweet",
    [
        '<div class="twitter-tweet twitter-tweet-rendered"><iframe id="twitter-widget-0" class="" '
        'src="https://platform.twitter.com/embed/Tweet.html?id=426000000000000000"></iframe></div>',
        '<twitter-widget class="twitter-tweet twitter-tweet-rendered" id="twitter-widget-0" '
        'data-tweet-id="426000000000000000"></twitter-widget>',
    ],
    ids=["frame", "element"],
)
def test_tweet_that_a_browser_had_shown_stands_where_it_stood(tweet):
    text = published(read(story(text=f"Avant: {FILLER}</p>{tweet}<p>Après: {FILLER}")))
    assert text.index("Avant") < text.index("https://twitter.com/i/status/426000000000000000") < text.index("Après")
    assert text.count('<aside class="embed">') == 1


def test_picture_of_the_page_and_pictures_in_the_text_are_found_with_their_words(news):
    assert [(image.original_address, image.caption, image.credit) for image in news.images] == [
        ("https://i.courrierdesrives.example/4645001/pont.jpg", "Le pont de la Rive, mardi.", "Anne Roy")
    ]
    _text, ((within),), _embeds = clean_foreign(news.body, "fr")
    assert (within.original_address, within.alt, within.caption) == (
        "https://i.courrierdesrives.example/4645001/moulin.jpg",
        "Le pont du Moulin",
        "Le pont du Moulin, sous l’eau.",
    )


def test_closure_notices_are_found_with_their_places(news):
    assert [(notice.placement, notice.outlet, notice.contact) for notice in news.notices] == [
        ("banner", "Courrier des Rives", ""),
        ("footer", "Fleuve Médias", "archives@fleuve.example"),
    ]


def test_microdata_is_read_and_a_comments_is_not():
    article = read(sample("blog-post"))

    assert (article.published, article.published_precision) == (date(2009, 3, 1), "month")
    assert [byline.name for byline in article.bylines] == ["Joan Pike", "Tom Reed"]
    assert "I have taken that ferry" not in article.body
    assert "Most read story" not in article.body


def test_address_that_a_browser_wrote_when_it_saved_the_page_is_its_address():
    article = read(sample("blog-post"))
    assert article.original_url == "http://harbourherald.example/2009/03/ferry-stays-all-year/"
    assert article.captured_from == article.original_url


def test_time_that_singlefile_wrote_is_the_capture():
    note = (
        "<!DOCTYPE html> <html lang=en><!--\n Page saved with SingleFile \n url: https://harbour.example/a/ferry-1 \n"
        " saved date: Thu Jun 27 2019 18:15:00 GMT-0400 (Eastern Daylight Time)\n-->"
    )
    article = read(story().replace('<!DOCTYPE html><html lang="fr">', note))
    assert article.captured_from == "https://harbour.example/a/ferry-1"
    assert article.captured_at == datetime(2019, 6, 27, 22, 15, tzinfo=UTC)


def test_page_from_before_style_sheets_is_read_without_its_tables():
    article = read(sample("plain-page"))

    assert article.headline == "The lighthouse keeper's last night"
    assert article.body.count("<p>") == 4
    assert "<table" not in article.body


def test_brief_keeps_its_paragraphs_and_nothing_stands_about_it():
    page = (
        '<html><head><title>Le pont</title><meta property="og:type" content="article"></head><body>'
        '<div><a href="/">Le Courrier</a></div><div><h1>Le pont<br>ferme</h1>'
        "<p>Le pont ferme ce soir, a dit la ville.</p><p>Les autobus passent par le tunnel.</p></div></body></html>"
    )
    assert re.findall("<(?:h1|p)>(.*?)</", read(page).body) == [
        "Le pont ferme ce soir, a dit la ville.",
        "Les autobus passent par le tunnel.",
    ]


def test_list_of_links_is_no_article():
    links = "".join(f'<li><a href="/{number}">Le titre de la nouvelle {number}</a></li>' for number in range(40))
    page = f"<html><head><title>Sports</title></head><body><h1>Sports</h1><ul>{links}</ul></body></html>"
    assert read(page).problem == "No article's text was found on the page."


def old_page(title, shown):
    return read(
        f"<HTML><HEAD><TITLE>{title}</TITLE></HEAD><BODY><CENTER><B>Le Courrier</B></CENTER>"
        f"<FONT SIZE=5>{shown}</FONT><P>{FILLER}<P>{FILLER}</BODY></HTML>"
    ).headline


@pytest.mark.parametrize(
    "title", ["Le Courrier: La crue de 1996", "La crue de 1996 - Le Courrier", "LE COURRIER | La crue de 1996"]
)
def test_of_a_title_the_part_is_the_headline_that_the_page_shows_by_itself(title):
    assert old_page(title, "La crue <br>de 1996") == "La crue de 1996"


def test_title_of_which_the_page_shows_no_part_is_whole():
    assert old_page("Crue: la ville attend", "Autre chose") == "Crue: la ville attend"


def test_lines_of_a_headline_stay_apart():
    page = f"<html><body><h1>Le pont<br>ferme</h1><p>{'Le pont ferme ce soir. ' * 20}</p></body></html>"
    assert read(page).headline == "Le pont ferme"


def test_no_date_is_invented():
    article = read(sample("plain-page"))
    assert (article.published, article.published_precision, article.modified) == (None, "unknown", None)
    assert (article.bylines, article.tags, article.section, article.language) == ((), (), (), "")


@pytest.mark.parametrize("written", ["1970-01-01T00:00:00+00:00", "1969-12-31T19:00:00-05:00", "0000-00-00T00:00:00"])
def test_moment_that_a_machine_writes_for_none_is_no_date(written):
    article = read(story(head=f'<meta property="article:published_time" content="{written}">'))
    assert article.published is None
    assert article.problems


def test_date_that_is_no_date_is_told_and_left_out():
    article = read(story(head='<meta property="article:published_time" content="last Tuesday">'))
    assert article.published is None
    assert [each.problem for each in article.problems] == [
        "“last Tuesday”, when it was published, is no date as machines write it."
    ]


@pytest.mark.parametrize(
    ("written", "expected", "precision"),
    [
        ("2014-01-22", date(2014, 1, 22), "day"),
        ("2014-01", date(2014, 1, 1), "month"),
        ("2014", date(2014, 1, 1), "year"),
        ("2014-01-22T17:47:00Z", datetime(2014, 1, 22, 17, 47, tzinfo=UTC), "minute"),
    ],
)
def test_date_keeps_its_precision(written, expected, precision):
    article = read(story(head=f'<meta property="article:published_time" content="{written}">'))
    assert (article.published, article.published_precision) == (expected, precision)


def test_front_page_is_refused_with_the_reason():
    item = read(sample("front-page"))
    assert isinstance(item, Problem)
    assert item.problem == "No article's text was found on the page."


LONG = "".join(f"<li><p>Lecteur {number}: {FILLER}</p></li>" for number in range(30))


@pytest.mark.parametrize("box", ["content sidebar-right", "post comments-open", "main has-widget-area"])
@pytest.mark.parametrize(
    "comments", ['<ol class="commentlist">', '<ol id="comments" class="x">', '<ul class="comment-list">']
)
def test_comments_are_no_text_however_long_they_are(box, comments):
    text = f'<div class="{box}"><h1>Crue</h1><p>La crue: {FILLER}</p><p>Le pont: {FILLER}</p></div>'
    body = read(f"<!DOCTYPE html><html><title>Crue</title><body>{text}{comments}{LONG}</body></html>").body
    assert (body.count("La crue:"), body.count("Le pont:"), body.count("Lecteur")) == (1, 1, 0)


def test_text_that_only_json_ld_tells_is_taken():
    told = {"@type": "NewsArticle", "headline": "Crue", "articleBody": f"La crue: {FILLER}\n\nLe pont: {FILLER}"}
    page = (
        f'<!DOCTYPE html><html><body><div id="app"></div><script type="application/ld+json">{json.dumps(told)}</script>'
    )
    assert read(page).body.count("<p>") == 2


def test_table_of_figures_stays_a_table():
    table = "<table><tr><th>Pont</th><th>État</th></tr><tr><td>Rive</td><td>fermé</td></tr></table>"
    assert "<table>" in published(read(story(text=f"{FILLER}</p>{table}<p>{FILLER}")))


def test_json_ld_of_other_articles_on_the_page_is_not_believed():
    others = [{"@type": "NewsArticle", "headline": name, "datePublished": "2010-01-01"} for name in ("Un", "Deux")]
    article = read(story(head=f'<script type="application/ld+json">{json.dumps(others)}</script>'))
    assert (article.headline, article.published) == ("Crue: deux ponts fermés", None)


def test_notice_quoted_within_the_text_stays_text():
    quoted = "Ce texte fait partie des archives du Courrier, qui a fermé en 2019."
    article = read(story(text=f"{FILLER}</p><p>{quoted}</p><p>{FILLER}"))
    assert (article.notices, quoted in article.body) == ((), True)


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "utf-8"), ("utf-8", "iso-8859-1"), ("cp1252", "iso-8859-1"), ("cp1252", "windows-1252")],
)
def test_encoding_is_found_where_the_declared_one_is_wrong(encoding, declared):
    page = story(headline="Élection à l’Assemblée").replace('charset="utf-8"', f'charset="{declared}"')
    assert read(page.encode(encoding)).headline == "Élection à l’Assemblée"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_byte_order_mark_tells_the_encoding(encoding):
    data = story(headline="Élection").encode(encoding)
    assert recognises(data[:8192])
    assert read(data).headline == "Élection"


@pytest.mark.parametrize("name", NAMES)
def test_record_read_again_is_the_same_article(name):
    article = read(sample(name))
    assert read(article.record).canonical() == article.canonical()


def test_id_is_that_of_the_address_in_any_variant():
    one = story(head='<link rel="canonical" href="https://www.harbour.example/a/ferry?utm_source=x">')
    other = story(text=f"{FILLER} Mis à jour.", head='<link rel="canonical" href="http://harbour.example/a/ferry/">')
    assert read(one).original_id == read(other).original_id == "page-02e6e2fdfdb583f9d1bf17dafa995775"


def test_canonical_address_that_is_the_front_page_is_not_believed():
    assert read(story(head='<link rel="canonical" href="https://harbour.example/">')).original_url == ""


def test_address_of_another_scheme_is_none():
    assert read(story(head='<link rel="canonical" href="javascript:alert(1)">')).original_url == ""


def test_script_in_every_field_is_only_text():
    evil = "<script>alert(1)</script>"
    told = '{"@type":"NewsArticle","headline":"%s","description":"%s","author":{"name":"%s"},"articleSection":"%s"}' % (
        (evil.replace("</", "<\\/"),) * 4
    )
    article = read(story(text=f"{evil}{FILLER}", head=f'<script type="application/ld+json">{told}</script>'))
    assert isinstance(article, ImportedArticle)
    assert "<script" not in article.canonical().replace(article.body, "")
    assert "<script" not in published(article)


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html><body>" + "<div>" * 100_000 + "x",
        "<!DOCTYPE html><html><body " + " ".join(f"a{number}" for number in range(50_000)) + ">",
        story(head='<script type="application/ld+json">' + "[" * 100_000 + "</script>").replace(
            "<article>", "<div>" * 900
        ),
        "<!DOCTYPE html><html><body>" + "x" * 9_000_000,
        "<!DOCTYPE html>",
        "<html><frameset><frame src=a></frameset></html>",
        '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c SYSTEM "file:///etc/passwd">]><html><body>&c;</body></html>',
    ],
    ids=["deep", "attributes", "deep JSON", "one line", "empty", "frames", "entities"],
)
def test_hostile_page_is_refused(page):
    item = read(page)
    assert isinstance(item, Problem)
    assert item.remedy


def test_nul_characters_are_no_part_of_the_text():
    article = read(story().replace("rivière", "ri\x00vière").encode())
    assert "\x00" not in article.canonical()


def test_page_that_is_cut_off_is_read_as_far_as_it_goes():
    page = story()
    assert isinstance(read(page[: page.rindex("</p>") - 50]), ImportedArticle)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_whatever_the_bytes_an_item_comes_out(data):
    read(b"<!DOCTYPE html><html><body>" + data)


@settings(max_examples=50, deadline=None)
@given(st.lists(NASTY, max_size=4))
def test_whatever_stands_on_the_page_an_item_comes_out(pieces):
    item = read(story(text=FILLER + "</p>".join(pieces), head="".join(pieces[:1])))
    if isinstance(item, ImportedArticle):
        sanitize(clean_foreign(item.body, "fr")[0])


@pytest.mark.parametrize(
    ("head", "is_page"),
    [
        (b"<!DOCTYPE html><html>", True),
        (b'\xef\xbb\xbf\n<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">', True),
        (b"<!-- saved from url=(0014)http://a.example/ -->\n<html>", True),
        (b"<HTML><HEAD>", True),
        (b"<p>A piece of it</p>", False),
        (b'<?xml version="1.0"?><rss version="2.0">', False),
        (b"<!DOCTYPE nitf>", False),
        (b"Plain text about <html>", False),
        (b"", False),
    ],
)
def test_whole_page_is_recognised(head, is_page):
    assert recognises(head) is is_page


@pytest.mark.parametrize("name", NAMES)
def test_no_connection_is_opened(name, monkeypatch):
    def connect(*_arguments):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", connect)
    assert isinstance(read(sample(name)), ImportedArticle)


def test_page_that_the_extractor_fails_on_is_refused(monkeypatch):
    def fail(*_arguments, **_options):
        raise RecursionError

    monkeypatch.setattr("trafilatura.extract", fail)
    assert read(story()).problem == "Its text could not be told from the page: RecursionError."


def test_saved_page_becomes_an_article(outlet):
    from archive.importers.saving import import_paths
    from archive.models import Article

    report = import_paths([SAMPLES / "html" / "news-story.html"], outlet)

    article = Article.objects.get()
    assert (report.created, report.refused) == (1, 0)
    assert article.old_addresses.count() == 3
    assert article.body.startswith("<p>La ville a fermé mardi soir le pont de la Rive")


def test_json_ld_beyond_what_a_page_may_tell_in_all_is_not_read():
    def script(name, size):
        told = json.dumps({"@type": "NewsArticle", "headline": name, "keywords": "x" * size})
        return f'<script type="application/ld+json">{told}</script>'

    def headline(*scripts):
        page = f"<!doctype html><title>Titled</title><body><article><h1>Titled</h1><p>{FILLER}</p>{''.join(scripts)}"
        return read(page).headline

    assert headline(script("Told", 1_900_000)) == "Told"
    # The first is too large, and what follows is read all the same.
    assert headline(script("Too large", 2_100_000), script("Told", 1000)) == "Told"
    # Two that are too large together: the first is read.
    assert headline(script("Told", 1_100_000), script("Other", 1_100_000)) == "Told"


def test_page_whose_text_is_blanks_and_letters_is_refused_by_its_length():
    problem = read(f"<!doctype html><title>T</title><body><article><p>{'x ' * 1_500_000}</p><table></table>")
    assert "characters, too many for an article (at most 2000000)" in problem.problem
