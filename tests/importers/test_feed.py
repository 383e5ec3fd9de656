import json
import time
from datetime import UTC, date, datetime, timedelta, timezone
from html import escape
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers import feed, recognise
from archive.importers.base import ImportedArticle, ImportedByline, ImportedImage, Problem, ReadOptions, Refusal

from .conftest import SAMPLES

FOLDER = SAMPLES / "feed"
SAMPLES_OF_ALL = ["rss090.rdf", "rss091.xml", "rss10.xml", "rss20.xml", "atom03.xml", "atom.xml", "feed.json"]
EAST = timezone(timedelta(hours=-5))


def read(content, website=""):
    content = content if isinstance(content, bytes) else content.encode()
    return list(feed.read(BytesIO(content), ReadOptions(website=website)))


def sample(name):
    return read((FOLDER / name).read_bytes())


def rss(inner, head=""):
    return f'<rss version="2.0"><channel>{head}<item><title>T</title><guid>1</guid>{inner}</item></channel></rss>'


def article(inner, head="", **options):
    return read(rss(inner, head), **options)[0]


def problems(item):
    return [each.problem for each in item.problems]


@pytest.fixture(scope="module")
def news():
    return sample("rss20.xml")


@pytest.fixture(scope="module")
def entries():
    return sample("atom.xml")


@pytest.fixture(scope="module")
def json_items():
    return sample("feed.json")


@pytest.mark.parametrize(
    "line",
    [
        'The post <a rel="nofollow" href="https://e.ca/a/">Ferry &amp; <em>bridge</em></a> appeared first on '
        '<a rel="nofollow" href="https://e.ca">The Herald</a>.',
        'L&rsquo;article <a href="https://e.ca/a/">Le traversier</a> est apparu en premier sur '
        '<a href="https://e.ca">Le Courrier</a>.',
    ],
)
@pytest.mark.parametrize("name", ["description", "content:encoded"])
def test_line_that_says_where_a_text_appeared_first_is_no_text(name, line):
    head = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    content = rss(f"<{name}><![CDATA[<p>It stays.</p>\n<p>{line}</p>]]></{name}>").replace("<rss", f"<rss {head}")
    assert read(content)[0].body == "<p>It stays.</p>"


def test_paragraph_that_tells_of_another_post_stays():
    text = '<p>It stays.</p>\n<p>The post <a href="https://e.ca/a/">Ferry</a> appeared first on Monday.</p>'
    assert article(f"<description>{escape(text)}</description>").body == text


@pytest.mark.parametrize("name", SAMPLES_OF_ALL)
def test_feed_of_every_kind_is_told_from_its_content(name):
    assert recognise((FOLDER / name).read_bytes()[:8192]) == "feed"


@pytest.mark.parametrize(
    "head",
    [
        b'<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://x/x.dtd"><rss version="0.91">',
        b'<rdf:RDF xmlns:rdf="u" xmlns="http://my.netscape.com/rdf/simple/0.9/">',
        b'<feed version="0.3" xmlns="http://purl.org/atom/ns#">',
    ],
)
def test_old_kinds_are_recognised(head):
    assert feed.recognises(head)


@pytest.mark.parametrize("head", [b"<nitf>", b'{"version": "1"}', b"<html>", b"<feed>", b"text", b""])
def test_other_files_are_not_recognised(head):
    assert not feed.recognises(head)


def test_rss_0_90_is_read():
    dark, fares = sample("rss090.rdf")
    assert (dark.headline, dark.original_url) == ("Lighthouse goes dark", "http://herald.example/1999/lighthouse.html")
    assert fares.original_id == "http://herald.example/1999/fares.html"
    assert problems(dark) == ["It has no text.", "It has no date."]


def test_rss_0_91_is_read_without_its_dtd():
    ferry, council = sample("rss091.xml")
    assert (ferry.headline, ferry.body) == (
        "Le traversier reste à quai",
        "<p>Les glaces ne cèdent pas, dit le capitaine.</p>",
    )
    assert (ferry.language, ferry.published, ferry.bylines, ferry.images) == ("fr-ca", None, (), ())
    assert council.headline == "Le conseil siège lundi"


def test_atom_0_3_is_read():
    fog, quiet = sample("atom03.xml")
    assert (fog.headline, fog.summary) == ("Fog & bells", "The buoy rang all night.")
    assert '<a href="http://notes.example/archives/chart.html">' in fog.body
    assert fog.published == datetime(2004, 6, 1, 21, 15, tzinfo=timezone(timedelta(hours=-4)))
    assert fog.modified == datetime(2004, 6, 2, 9, 0, tzinfo=UTC)
    assert (quiet.published, quiet.published_precision) == (date(2004, 6, 2), "day")
    assert "<p>Nothing <em>moved</em>.</p>" in quiet.body
    assert [[each.name for each in item.bylines] for item in (fog, quiet)] == [["Ruth Pell"], ["Tom Ash"]]


def test_full_content_comes_before_the_summary(news):
    assert news[0].body.startswith("<p>The ferry will cross")
    assert news[0].summary == "Twice a day … […]"


def test_full_content_in_the_place_of_the_summary_is_the_text():
    content = '<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">Short.</content:encoded>'
    found = article(f"<description>&lt;p&gt;The whole of it.&lt;/p&gt;</description>{content}")
    assert (found.body, found.summary) == ("<p>The whole of it.</p>", "Short.")


def test_summary_in_the_place_of_the_text_is_told(news):
    assert news[1].body == "<p>A brief summary that was cut …</p>"
    assert problems(news[1]) == ["It has a summary only, which is cut off."]


def test_relative_links_are_made_whole(news, entries):
    assert '<a href="https://herald.example/timetable?a=1&amp;b=2">' in news[0].body
    assert news[1].original_url == "https://herald.example/2013/02/brief/"
    assert entries[0].body == '<p>Voir <a href="https://courrier.example/blogue/carte.html">la carte</a>.</p>'


def test_links_without_a_base_are_the_former_websites():
    inner = "<link>/a</link><description>&lt;a href=b&gt;b&lt;/a&gt;</description>"
    found = article(inner, website="https://old.example/blog/")
    assert (found.original_url, found.body) == (
        "https://old.example/a",
        '<a href="https://old.example/blog/b">b</a>',
    )


def test_address_behind_a_counting_go_between_is_the_articles(news):
    assert news[0].original_url == "https://herald.example/2013/02/ferry/"
    assert news[0].old_addresses == ("https://feeds.example/~r/herald/~3/abc/", "https://herald.example/?p=12")


def test_id_is_the_items_own_as_it_is_written(news, entries):
    assert [item.original_id for item in (*news[:2], *entries)] == [
        "https://herald.example/?p=12",
        "tag:herald.example,2013:13",
        "tag:courrier.example,2014:1",
        "tag:courrier.example,2014:2",
    ]


def test_item_without_id_or_address_has_one_of_its_words(news):
    assert news[2].original_id.startswith("item-")
    assert read(news[2].record)[0].original_id == news[2].original_id


@pytest.mark.parametrize(
    ("written", "told", "precision"),
    [
        ("Tue, 05 Feb 2013 09:30:00 -0400", datetime(2013, 2, 5, 13, 30, tzinfo=UTC), "minute"),
        ("Tue, 05 Feb 2013 09:30:00 EST", datetime(2013, 2, 5, 14, 30, tzinfo=UTC), "minute"),
        ("05 Feb 13 09:30 GMT", datetime(2013, 2, 5, 9, 30, tzinfo=UTC), "minute"),
        ("Tue, 05 Feb 2013 09:30:00", datetime(2013, 2, 5, 9, 30), "minute"),
        ("Wed, 06 Feb 2013", date(2013, 2, 6), "day"),
        ("Tue, 05 Feb 2013 09:30:00 HNE", datetime(2013, 2, 5, 14, 30, tzinfo=UTC), "minute"),
        ("Tue, 05 Feb 2013 09:30:00 CET", datetime(2013, 2, 5, 8, 30, tzinfo=UTC), "minute"),
        ("2013-02-05T09:30:00 HAE", datetime(2013, 2, 5, 13, 30, tzinfo=UTC), "minute"),
        ("Tue, 05 Feb 2013 09:30 PM EST", datetime(2013, 2, 6, 2, 30, tzinfo=UTC), "minute"),
        ("Tue, 05 Feb 2013 12:30 a.m.", datetime(2013, 2, 5, 0, 30), "minute"),
        ("mar., 05 févr. 2013 09:30:00 -0500", datetime(2013, 2, 5, 9, 30, tzinfo=EAST), "minute"),
        ("Tue Feb  5 09:30:00 EST 2013", datetime(2013, 2, 5, 14, 30, tzinfo=UTC), "minute"),
        ("Tue Feb  5 09:30:00 2013", datetime(2013, 2, 5, 9, 30), "minute"),
        ("mardi 5 février 2013", date(2013, 2, 5), "day"),
        ("1er août 2013", date(2013, 8, 1), "day"),
        ("jeu. 5 déc. 2013 17:05", datetime(2013, 12, 5, 17, 5), "minute"),
        ("2013-02-05T09:30:00-05:00", datetime(2013, 2, 5, 9, 30, tzinfo=EAST), "minute"),
        ("2013-02", date(2013, 2, 1), "month"),
        ("2013", date(2013, 1, 1), "year"),
    ],
)
def test_date_of_every_kind_is_read_as_precisely_as_it_is_told(written, told, precision):
    found = article(f"<description>a</description><pubDate>{written}</pubDate>")
    assert (found.published, found.published_precision) == (told, precision)


def test_clock_in_a_zone_that_nobody_knows_is_the_newsrooms_and_not_greenwichs():
    found = article("<description>a</description><pubDate>Tue, 05 Feb 2013 09:30:00 XYZ</pubDate>")
    assert found.published == datetime(2013, 2, 5, 9, 30)


@pytest.mark.parametrize(
    "written",
    [
        *("Thu, 01 Jan 1970 00:00:00 GMT", "0001-01-01T00:00:00Z", "soon", "32 Foo 2013", "31 février 2013"),
        "Tue, 31 Feb 2013 09:30:00 GMT",
    ],
)
def test_what_is_no_date_is_unknown_and_told(written):
    found = article(f"<description>a</description><pubDate>{written}</pubDate>")
    assert (found.published, found.published_precision) == (None, "unknown")
    assert f"Its date, “{written}”, is none." in problems(found)


def test_date_of_change_stands_for_that_of_publishing_and_is_told(entries):
    assert entries[0].modified == datetime(2014, 12, 31, 18, tzinfo=EAST)
    assert entries[1].published == datetime(2014, 12, 31, 18, tzinfo=EAST)
    assert problems(entries[1]) == ["Only the date of its last change is told; it stands for that of its publishing."]


def test_titles_are_plain_text(news, entries):
    assert news[0].headline == "Ferry to keep running & the council agrees"
    assert [item.headline for item in entries] == ["L’eau < la digue & le pont", "a <b> c"]


def test_plain_text_is_escaped(entries):
    assert entries[1].body == "<p>Du texte &lt;simple&gt;.</p>"


def test_authors_are_names_and_no_mail_addresses(news, entries):
    names = [[each.name for each in item.bylines] for item in (*news, *entries)]
    assert names == [["Ruth Pell", "Tom Ash"], ["Tom Ash"], [], ["La rédaction"], ["Jeanne Roy"]]


def test_language_is_the_feeds(news, entries):
    assert (news[0].language, entries[0].language) == ("en-CA", "fr")


def test_categories_are_tags(news, entries):
    assert [each.name for each in news[0].tags] == ["Transport", "City & harbour"]
    assert [each.name for each in entries[0].tags] == ["La crue"]


def test_pictures_are_those_of_the_text_and_of_the_item(news):
    assert news[0].images == (
        ImportedImage("https://herald.example/img/ferry.jpg", "The ferry"),
        ImportedImage("https://herald.example/img/council.jpg", "", "The council", "T. Ash"),
    )
    assert [each.original_address for each in news[1].images] == ["https://herald.example/img/brief.png"]


def test_encoding_that_is_told_is_followed():
    (item,) = sample("rss10.xml")
    assert (item.headline, item.published, item.published_precision) == ("A café opens", date(2003, 5, 1), "month")


@pytest.mark.parametrize(
    ("declared", "written"), [("ISO-8859-1", "utf-8"), ("UTF-8", "cp1252"), ("ISO-8859-1", "cp1252")]
)
def test_encoding_that_is_told_wrongly_is_mended_and_told(declared, written):
    content = rss("<description>L’été, l’œuvre.</description>")
    (found,) = read(f'<?xml version="1.0" encoding="{declared}"?>{content}'.encode(written))
    assert found.body == "<p>L’été, l’œuvre.</p>"
    assert any("UTF-8" in each or "Windows-1252" in each for each in problems(found))


def test_json_feed_in_cp1252_is_mended_and_told():
    item = {"id": "1", "title": "L’été", "content_text": "Œuvre.", "date_published": "2014"}
    told = {"version": "https://jsonfeed.org/version/1", "items": [item]}
    (found,) = read(json.dumps(told, ensure_ascii=False).encode("cp1252"))
    assert (found.headline, found.body) == ("L’été", "<p>Œuvre.</p>")
    assert problems(found) == ["It is in cp1252, and not in UTF-8."]


LONG = "Le pont " * 100


@pytest.mark.parametrize(
    "content",
    [
        f'{{"version":"https://jsonfeed.org/version/1","items":[{{"id":"1","title":"{LONG}","content_text":"a"}}]}}',
        rss("<description>a</description>").replace("<title>T<", f"<title>{LONG}<"),
    ],
    ids=["JSON Feed", "RSS"],
)
def test_title_that_is_too_long_is_cut_and_told(content):
    (found,) = read(content)
    assert len(found.headline) <= 501
    assert "Its title was too long and was cut." in problems(found)


def test_json_feed_is_read(json_items):
    first, second, third, problem = json_items

    assert first.body == '<p>See <a href="https://herald.example/map">the map</a>.</p>'
    assert (first.original_id, first.summary, first.language) == ("21", "Until May.", "en")
    assert [each.name for each in first.bylines] == ["Ruth Pell"]
    assert [each.original_address for each in first.images] == ["https://herald.example/bridge.jpg"]
    assert second.body == "<p>A note &lt; a story.</p>\n<p>Second line.</p>"
    assert [each.name for each in second.bylines] == ["The desk"]
    assert problems(third) == ["It has a summary only.", "Its date, “soon”, is none."]
    assert problem == Problem(
        "item 4, line 11", "It is no item: an object with an id and a text.", "Mend it in the file."
    )


@pytest.mark.parametrize("name", SAMPLES_OF_ALL)
def test_record_read_again_gives_the_same(name):
    for item in sample(name):
        if isinstance(item, ImportedArticle):
            (again,) = read(item.record)
            assert again.canonical() == item.canonical()
            assert recognise(item.record[:8192]) == "feed"


def test_draft_is_held_back():
    entry = "<entry><id>1</id><title>T</title><app:control><app:draft>yes</app:draft></app:control></entry>"
    (item,) = read(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>')
    assert item.held_back


def test_item_of_nothing_is_refused_alone():
    found = read('<rss version="2.0"><channel><item></item><item><title>a</title></item></channel></rss>')
    assert [type(item) for item in found] == [Problem, ImportedArticle]
    assert found[0].place == "item 1, line 1"


def test_file_that_is_cut_off_gives_what_is_whole_and_is_told():
    *whole, cut = read((FOLDER / "rss20.xml").read_bytes()[:-100])
    assert (len(whole), cut.problem) == (2, "It is cut off: the file ends before it does.")


@pytest.mark.parametrize(
    "declaration",
    ['<!ENTITY x SYSTEM "file:///etc/passwd">', '<!ENTITY a "aaaa"><!ENTITY x "&a;&a;&a;">'],
)
def test_entities_that_it_declares_are_refused(declaration):
    with pytest.raises(Refusal, match="declares entities"):
        read(f"<!DOCTYPE rss [{declaration}]>" + rss("<description>&x;</description>"))


def test_address_of_a_file_is_never_opened():
    found = article("<link>file:///etc/passwd</link><description>a</description>")
    assert found.original_url == ""


@pytest.mark.parametrize(
    "text",
    [
        "<a href='" * 300_000,
        "<" * 1_000_000,
        "<a " * 300_000,
        "&" * 1_000_000,
        "<p>" * 300_000,
        "Continue reading" * 90_000,
    ],
    ids=["links", "signs", "tags", "ampersands", "paragraphs", "words"],
)
def test_text_made_to_take_long_is_read_in_no_time(text):
    started = time.process_time()
    article(f"<description>{escape(text)}</description>")
    assert time.process_time() - started < 3


def test_item_that_is_too_large_is_refused_alone():
    found = read(rss(f"<description>{'x' * 6_000_000}</description>"))
    assert found == [Problem("item 1, line 1", "It is over 5 MB.", "Leave it out.")]


@pytest.mark.parametrize(
    "parts",
    [
        "<x><category>a</category></x>" * 1001,
        "<CATEGORY>a</CATEGORY>" * 1001,
        f"<tags>{'a,' * 1001}</tags>",
        f"<tags><b/>{'a,' * 1001}</tags>",
        "<br/>" * 20_001,
    ],
    ids=["nested", "capitals", "commas", "commas behind an element", "elements"],
)
def test_item_of_countless_elements_or_categories_is_refused(parts):
    problem = "It has over 20000 elements or 1000 categories."
    found = read(rss(f"<description>x</description>{parts}"))
    assert found == [Problem("item 1, line 1", problem, "Take out of the file what is no text.")]


def tag_of(attributes):
    return "<x" + "".join(f" a{number}=''" for number in range(attributes)) + "/>"


@pytest.mark.parametrize(
    "parts",
    ["<category>a</category>", tag_of(101)],
    ids=["categories", "attributes"],
)
def test_what_is_countless_in_the_feed_itself_is_not_read_again_with_each_item(parts):
    found = read(f"<rss><channel><author><name>A</name>{parts}</author><item><title>T</title></item></channel></rss>")
    assert b"<author>" not in found[0].record


@pytest.mark.parametrize(
    "parts",
    [
        tag_of(101),
        tag_of(100) * 201,
    ],
    ids=["one tag", "all tags"],
)
def test_item_of_countless_attributes_is_refused(parts):
    problem = "It has over 20000 attributes, or 100 in one tag."
    found = read(rss(f"<description>x</description>{parts}"))
    assert found == [Problem("item 1, line 1", problem, "Take out of the file what is no text.")]


@pytest.mark.parametrize("sign", ["&lt;", "&gt;", "&amp;", "\n"])
def test_item_of_countless_tags_and_lines_is_refused(sign):
    found = read(rss(f"<description>x{sign * 200_001}</description>"))
    remedy = "Leave it out, or split it: an article has hundreds."
    assert found == [Problem("item 1, line 1", "It has over 200000 tags and lines.", remedy)]


@pytest.mark.parametrize("end", ["", "<p>]]></p>"])
def test_markup_is_the_same_with_and_without_the_end_of_a_section_in_it(end):
    text = f"<p>A &amp; b</p>\n<p>c</p>{end}"
    assert read(rss(f"<description>{escape(text)}</description>"))[0].body == text


def test_name_of_countless_letters_is_kept_to_be_told():
    name = f"{'a' * 500}@example.org"
    assert read(rss(f"<description>x</description><author>{name}</author>"))[0].bylines == (ImportedByline(name),)


def test_date_of_countless_letters_is_none():
    found = read(rss(f"<description>x</description><pubDate>{'9' * 201}</pubDate>"))
    assert found[0].problems[-1].problem == f"Its date, “{'9' * 40}”, is none."


def test_name_in_a_podcasts_words_is_no_authors_in_whatever_case_its_namespace_is_written():
    of_podcast = '<author xmlns="http://www.itunes.com/DTDs/Podcast-1.0.dtd">A Host</author>'
    assert read(rss(f"<description>Words.</description>{of_podcast}"))[0].bylines == ()


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_content_makes_it_fail(content):
    for whole in (content, rss("<description>\0</description>").encode().replace(b"\0", content)):
        try:
            read(whole)
        except Refusal as refused:
            assert refused.problem.remedy


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20), st.lists, max_leaves=5), st.text()
)
def test_no_json_makes_it_fail(value, text):
    keys = ("id", "url", "title", "content_html", "date_published", "authors", "tags", "image", "summary")
    for key in keys:
        item = {"id": "1", "content_text": text, key: value}
        read(json.dumps({"version": "https://jsonfeed.org/version/1", "authors": value, "items": [item]}))


@pytest.mark.django_db
def test_import_makes_articles_at_their_old_addresses(outlet):
    from archive.importers.saving import import_paths
    from archive.models import Article, OldAddress

    report = import_paths([FOLDER / "rss20.xml"], outlet)

    assert (report.refused, Article.objects.count()) == (0, 3)
    saved = Article.objects.get(original_id="https://herald.example/?p=12")
    assert "<script" not in saved.body
    assert OldAddress.objects.filter(article=saved).count() == 3


def test_no_parser_that_is_not_there_is_looked_for_again_and_again(monkeypatch):
    import xml.sax

    asked = []
    make = xml.sax.make_parser
    monkeypatch.setattr(xml.sax, "make_parser", lambda names=(): asked.extend(names) or make(names))
    content = (
        b"<rss version='2.0'><channel><item><title>One</title><description>Words</description></item></channel></rss>"
    )
    assert list(feed.read(BytesIO(content), ReadOptions()))
    assert asked == []
