import time
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers import recognise, wxr
from archive.importers.base import ImportedArticle, ImportedImage, Problem, ReadOptions, Refusal
from archive.importers.items import ImportedPage, LeftOut

from .conftest import SAMPLES

EXPORT = SAMPLES / "wxr" / "courrier.xml"
BLOG = SAMPLES / "wxr" / "blogue.xml"
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><wp:base_blog_url>https://courrier.example</wp:base_blog_url>
"""
END = "</channel></rss>\n"
UPLOADS = "https://courrier.example/wp-content/uploads/2017/04"


def read(content):
    return list(wxr.read(BytesIO(content if isinstance(content, bytes) else content.encode()), ReadOptions()))


def post(body="Texte.", number=1, **fields):
    fields = {"status": "publish", "post_type": "post", "post_id": number, "post_name": f"titre-{number}"} | fields
    told = "".join(f"<wp:{name}>{value}</wp:{name}>" for name, value in fields.items())
    return (
        f"<item><title>Titre</title><link>https://courrier.example/2017/04/titre-{number}/</link>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded>{told}</item>\n"
    )


def article(body="Texte.", before="", **fields):
    return next(item for item in read(HEAD + before + post(body, **fields) + END) if isinstance(item, ImportedArticle))


def problems(item):
    return [each.problem for each in item.problems]


@pytest.fixture(scope="module")
def items():
    return read(EXPORT.read_bytes())


@pytest.fixture(scope="module")
def by_id(items):
    return {item.original_id: item for item in items if isinstance(item, ImportedArticle)}


@pytest.fixture(scope="module")
def crue(by_id):
    return by_id["101"]


@pytest.fixture(scope="module")
def blog():
    """An export of version 1.0."""
    return read(BLOG.read_bytes())


@pytest.fixture(scope="module")
def lighthouse(blog):
    return blog[0]


@pytest.mark.parametrize("address", ["http://[a", "https://", "courrier.example"])
def test_site_whose_address_is_none_spoils_no_item(address):
    export = HEAD.replace("https://courrier.example</wp:base", f"{address}</wp:base") + post() + END
    (found,) = read(export)
    assert found.headline


def test_export_is_told_from_its_content():
    assert recognise(EXPORT.read_bytes()[:8192]) == "wxr"


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_every_version_is_recognised(version):
    assert wxr.recognises(HEAD.replace("1.2", version).encode())


def test_plain_feed_is_not_recognised():
    assert not wxr.recognises(b'<?xml version="1.0"?><rss version="2.0"><channel><title>a</title>')


def test_every_item_is_taken_or_counted(items):
    assert [item.original_id for item in items if isinstance(item, ImportedArticle)] == [
        *("101", "102", "103", "104", "105", "107")
    ]
    assert {item.kind: item.number for item in items if isinstance(item, LeftOut)} == {
        "attachments": 1,
        "authors’ profiles": 1,
        "blocks of text that posts share": 1,
        "menu items": 1,
        "pingbacks": 1,
        "reader comments": 1,
    }
    assert not [item for item in items if isinstance(item, Problem)]


def test_only_what_was_published_is_public(by_id):
    assert [number for number, item in by_id.items() if item.held_back] == ["104", "105"]


@pytest.mark.parametrize("status", ["draft", "pending", "private", "future", "trash", "inherit", ""])
def test_every_other_status_is_held_back(status):
    assert article(status=status).held_back


def test_of_an_old_blog_only_what_was_published_is_public(blog):
    assert {item.headline: item.held_back for item in blog if isinstance(item, ImportedArticle)} == {
        "Le phare s’éteint à minuit": False,
        "Notes pour plus tard": True,
        "La fête du quai": True,
        "Comptes de la rédaction": True,
        "Lettre d’un lecteur": True,
        "Essai": True,
        "L’album du vernissage": True,
    }


def test_page_that_was_not_published_is_held_back(blog):
    (page,) = (item for item in blog if isinstance(item, ImportedPage))
    assert (page.slug, page.held_back) == ("charte", True)


def test_post_with_a_password_is_held_back_and_told(by_id):
    assert problems(by_id["104"]) == ["It was to be read with a password only; it is held back."]


def test_page_becomes_an_information_page(items):
    (page,) = (item for item in items if isinstance(item, ImportedPage))

    assert (page.slug, page.title, page.held_back) == ("a-propos-equipe", "L’équipe", False)
    assert page.body == "<p>Nous étions douze.</p>\n<p>Merci à tous.</p>"
    assert page.old_addresses == (
        "https://courrier.example/a-propos/equipe/",
        "https://courrier.example/?page_id=106",
    )


def test_headline_is_plain_text(crue):
    assert crue.headline == "Crue : Saint-Amable ferme deux ponts – par précaution"


def test_excerpt_is_the_summary(crue):
    assert crue.summary == "Deux ponts fermés mardi & mercredi."


def test_place_is_one_that_a_person_finds(crue):
    assert crue.place == "item 1, line 36"
    assert EXPORT.read_text().splitlines()[35].strip() == "<item>"


def test_date_is_greenwichs(crue):
    assert (crue.published, crue.published_precision) == (datetime(2017, 4, 19, 13, 5, tzinfo=UTC), "minute")
    assert crue.modified == datetime(2017, 4, 20, 12, 0, tzinfo=UTC)


def test_date_of_the_newsrooms_clock_serves_where_greenwichs_is_none(by_id):
    assert by_id["102"].published == datetime(2018, 7, 1, 6, 0)


def test_absurd_dates_are_none(by_id):
    assert (by_id["103"].published, by_id["103"].published_precision) == (None, "unknown")
    assert "Its date, “0000-00-00 00:00:00”, is none." in problems(by_id["103"])


@pytest.mark.parametrize("told", ["2013-02-30 10:00:00", "-0001-11-30 00:00:00", "0002-01-01 00:00:00", "hier", ""])
def test_what_is_no_date_is_unknown(told):
    assert article(post_date=told, post_date_gmt=told).published is None


def test_date_far_from_greenwichs_is_the_one_that_stands():
    found = article(post_date="2012-05-01 10:00:00", post_date_gmt="2018-01-01 00:00:00")

    assert found.published == datetime(2012, 5, 1, 10, 0)
    assert "can't both be" in problems(found)[0]


def test_co_authors_stand_in_their_order_under_their_names(crue):
    assert [(each.name, each.slug) for each in crue.bylines] == [
        ("Jeanne Roy", "jroy"),
        ("Luc Côté", "luc-cote"),
        ("Maude Lavoie", "mlavoie"),
    ]


def test_mail_address_is_nobodys_name(by_id):
    assert [(each.name, each.slug) for each in by_id["102"].bylines] == [("Paul Thibault", "")]


def test_author_who_is_not_listed_keeps_the_login(by_id):
    assert [each.name for each in by_id["103"].bylines] == ["ancien"]


def test_deepest_section_is_told_with_those_above_it(crue):
    assert [term.name for term in crue.section] == ["Actualités", "Municipal", "Conseil de ville"]


def test_other_sections_are_tags(crue):
    assert [term.name for term in crue.tags] == ["Crue", "Inondations 2017", "Arts & lettres"]


def test_section_of_what_has_none_gives_way(by_id):
    assert [term.name for term in by_id["102"].section] == ["Arts & lettres"]


def test_sections_in_a_circle_end_somewhere():
    circle = "".join(
        f"<wp:category><wp:category_nicename>{slug}</wp:category_nicename>"
        f"<wp:category_parent>{parent}</wp:category_parent><wp:cat_name>{slug}</wp:cat_name></wp:category>"
        for slug, parent in (("a", "b"), ("b", "a"))
    )
    content = HEAD + circle + post().replace("</item>", '<category domain="category" nicename="a">a</category></item>')
    assert [term.name for term in read(content + END)[0].section] == ["b", "a"]


def test_chosen_section_is_the_foremost():
    listed = "".join(
        f"<wp:category><wp:term_id>{number}</wp:term_id><wp:category_nicename>{slug}</wp:category_nicename>"
        f"<wp:cat_name>{slug}</wp:cat_name></wp:category>"
        for number, slug in ((1, "a"), (2, "b"))
    )
    of_post = (
        '<category domain="category" nicename="a">a</category><category domain="category" nicename="b">b</category>'
    )
    key = "<wp:meta_key>_yoast_wpseo_primary_category</wp:meta_key>"
    meta = f"<wp:postmeta>{key}<wp:meta_value>2</wp:meta_value></wp:postmeta>"
    (found,) = read(HEAD + listed + post().replace("</item>", f"{of_post}{meta}</item>") + END)
    assert ([term.name for term in found.section], [term.name for term in found.tags]) == (["b"], ["a"])


def test_version_1_0_tells_each_term_twice():
    terms = (
        "<category><![CDATA[A]]></category>"
        '<category domain="category" nicename="a"><![CDATA[A]]></category>'
        '<category domain="tag"><![CDATA[T]]></category><category domain="tag" nicename="t"><![CDATA[T]]></category>'
    )
    found = read(HEAD + post().replace("</item>", f"{terms}</item>") + END)[0]
    assert ([term.slug for term in found.section], [term.slug for term in found.tags]) == (["a"], ["t"])


def test_export_of_version_1_0_is_taken_whole(lighthouse):
    assert (lighthouse.headline, lighthouse.slug) == ("Le phare s’éteint à minuit", "le-phare-s’eteint-a-minuit")
    assert lighthouse.published == datetime(2009, 3, 8, 4, 30, tzinfo=UTC)
    assert [(each.name, each.slug) for each in lighthouse.bylines] == [("Maude Lavoie", "maude-lavoie")]
    assert [term.name for term in lighthouse.section] == ["Rive nord", "Le quai"]
    assert [term.name for term in lighthouse.tags] == ["Phare"]
    assert lighthouse.old_addresses == (
        "http://blogue.example/rive/2009/03/le-phare/",
        "http://blogue.example/rive/?p=11",
    )


def test_language_is_the_sites(crue):
    assert crue.language == "fr-CA"


def test_paragraphs_are_made_of_blank_lines(crue):
    assert crue.body.startswith("<p>La ville a fermé mardi soir deux ponts [sic].</p>\n<figure>")
    assert "<p>« On ne prend aucun risque »,<br>\na dit le maire.</p>" in crue.body


def test_caption_is_a_figure(crue):
    assert '<img class="wp-image-201"' in crue.body
    assert "<figcaption>Le pont, mardi. <em>Photo Luc Côté</em></figcaption></figure>" in crue.body


def test_caption_of_old_stands_in_an_attribute():
    assert (
        "<figcaption>Le pont [nord]</figcaption>"
        in article('[caption caption="Le pont [nord]"]<img src="a.jpg">[/caption]').body
    )


def test_gallery_is_its_pictures_with_their_words(crue):
    assert f'<img src="{UPLOADS}/sacs.jpg" alt="Des bénévoles"><figcaption>Des sacs de sable.</figcaption>' in crue.body
    assert f'<img src="{UPLOADS}/digue.png" alt="">' in crue.body
    assert "Of a gallery's 3 pictures, the file has 2." in problems(crue)


def test_gallery_that_names_no_picture_is_of_those_attached_in_their_order(lighthouse):
    files = "http://blogue.example/rive/files"
    assert (
        f'<figure><img src="{files}/lampe.jpg" alt=""><figcaption>La lampe, éteinte.</figcaption></figure>\n'
        f'<figure><img src="{files}/phare.jpg" alt=""><figcaption>Le phare, samedi.</figcaption></figure>'
    ) in lighthouse.body


def test_embeds_are_players(crue):
    assert '<iframe src="https://www.youtube.com/watch?v=abc123"></iframe>' in crue.body
    assert '<iframe src="https://twitter.com/courrier/status/854"></iframe>' in crue.body


def test_unknown_shortcodes_are_left_out_and_named(crue):
    assert "<p>Le niveau baissera vendredi.</p>" in crue.body
    assert "What plug-ins of the site made was left out, and its text kept: sondage, encadre." in problems(crue)


@pytest.mark.parametrize(
    "words", ["[sic]", "[traduction libre]", "[NDLR : à suivre]", "[voir l'encadré]", "[1]", "[video]"]
)
def test_brackets_of_a_text_are_text(words):
    assert article(f"Un {words} mot.").body == f"<p>Un {words} mot.</p>"


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("[[gallery]]", "<p>[gallery]</p>"),
        ("[youtube dQw4w9WgXcQ]", '<p><iframe src="https://www.youtube.com/watch?v=dQw4w9WgXcQ"></iframe></p>'),
        ("[youtube=https://youtu.be/a1]", '<p><iframe src="https://youtu.be/a1"></iframe></p>'),
        ('[video mp4="a.mp4"][/video]', '<p><video src="a.mp4"></video></p>'),
        ("<pre>[gallery]\n\na</pre>", "<pre>[gallery]\n\na</pre>"),
        ('[a x="1"][b]mot[/b][/a]', "<p>mot</p>"),
        ("<p>un\n\n<p>deux", "<p>un</p>\n<p>deux</p>"),
        ("<ul>\n<li>un</li>\n\n<li>deux</li>\n</ul>", "<ul>\n<li>un</li>\n\n<li>deux</li>\n</ul>"),
        ("<blockquote>un\n\ndeux</blockquote>", "<blockquote>\n<p>un</p>\n<p>deux</p>\n</blockquote>"),
        ("https://blogue.example/a", '<p><a href="https://blogue.example/a">https://blogue.example/a</a></p>'),
        ("un<!--more-->deux<!--nextpage-->trois", "<p>un</p>\n<p>deux</p>\n<p>trois</p>"),
    ],
)
def test_text_of_the_classic_editor_is_rendered(body, html):
    assert article(body).body == html


def test_blocks_are_their_html(by_id):
    assert by_id["102"].body.startswith('<p class="has-text-align-left">Le long de la rive.</p>\n<figure')
    assert "<!--" not in by_id["102"].body


def test_text_between_blocks_is_of_the_classic_editor(by_id):
    assert "<p>Hors des blocs.</p>\n<p>Encore.</p>" in by_id["102"].body


def test_embed_block_is_a_player(by_id):
    assert '<iframe src="https://vimeo.com/76979871"></iframe>' in by_id["102"].body


@pytest.mark.parametrize(
    ("blocks", "html"),
    [
        (
            '<!-- wp:core-embed/twitter {"url":"https://twitter.com/c/status/8"} -->\n<figure><div '
            'class="wp-block-embed__wrapper">\nhttps://twitter.com/c/status/8\n</div></figure>\n'
            "<!-- /wp:core-embed/twitter -->",
            '<iframe src="https://twitter.com/c/status/8"></iframe>',
        ),
        (
            '<!-- wp:gallery {"ids":[1,2]} -->\n<ul><li><figure><img src="a.jpg"/><figcaption>Un.</figcaption></figure>'
            "</li></ul>\n<!-- /wp:gallery -->",
            '<img src="a.jpg"/><figcaption>Un.</figcaption>',
        ),
        (
            '<!-- wp:columns --><div class="wp-block-columns"><!-- wp:column --><div><!-- wp:paragraph --><p>Un.</p>'
            "<!-- /wp:paragraph --></div><!-- /wp:column --></div><!-- /wp:columns -->",
            "<p>Un.</p>",
        ),
        ("<!-- wp:freeform -->Un.\n\nDeux.<!-- /wp:freeform -->", "<p>Un.</p>\n<p>Deux.</p>"),
        ("<!-- wp:shortcode -->[youtube dQw4w9WgXcQ]<!-- /wp:shortcode -->", "watch?v=dQw4w9WgXcQ"),
        ('<!-- wp:heading {"level":3} --><h3>Sur le quai</h3><!-- /wp:heading -->', "<h3>Sur le quai</h3>"),
    ],
    ids=["embed of old", "gallery", "columns", "classic", "shortcode", "heading"],
)
def test_block_of_any_kind_keeps_what_it_shows(blocks, html):
    found = article(blocks)
    assert html in found.body
    assert "wp:" not in found.body
    assert problems(found) == ["It has no date."]


def test_shared_block_is_put_where_it_stands(by_id):
    assert by_id["102"].body.endswith("<p>Cet article est le premier d’une série.</p>")


def test_block_of_a_plug_in_is_named(by_id):
    assert "its text kept: wp:acme/map." in problems(by_id["102"])[0]


def test_shared_block_that_holds_itself_ends_somewhere():
    block = post('<!-- wp:block {"ref":9} /-->a', number=9, post_type="wp_block")
    assert article('<!-- wp:block {"ref":9} /-->', before=block).body.count("a") == 10


def test_texts_among_the_attributes_of_a_plug_ins_block_are_kept():
    told = (
        '{"name":"acf/quote","data":{"words":"Le pont & la glace.","_words":"field_1",'
        '"rows":[{"html":"<p>Et <b>puis</b> rien.</p>"}],"size":"large"},"className":"is-style a b"}'
    )
    item = article(f"<!-- wp:paragraph --><p>Un.</p><!-- /wp:paragraph --><!-- wp:acf/quote {told} /-->")
    assert item.body == "<p>Un.</p>\n<p>Le pont &amp; la glace.</p>\n<p>Et <b>puis</b> rien.</p>"


def test_leading_picture_comes_first_then_those_in_the_text(crue):
    assert [each.original_address.rpartition("/")[2] for each in crue.images] == [
        *("crue.jpg", "pont-600x400.jpg", "sacs.jpg", "digue.png")
    ]
    assert crue.images[0] == ImportedImage(f"{UPLOADS}/crue.jpg", "", "La rivière, lundi.", "Luc Côté")


def test_picture_that_was_attached_and_stands_nowhere_comes_last():
    picture = post(
        number=5, post_type="attachment", post_parent=1, attachment_url="https://courrier.example/uploads/a.jpg"
    )
    assert [each.original_address for each in article('<img src="b.jpg">', before=picture).images] == [
        "b.jpg",
        "https://courrier.example/uploads/a.jpg",
    ]


def test_every_address_is_kept(crue):
    assert crue.original_url == "https://courrier.example/2017/04/19/crue-saint-amable/"
    assert crue.old_addresses == (
        "https://courrier.example/2017/04/19/crue-les-ponts/",
        "https://courrier.example/2017/04/18/crue-saint-amable/",
        "http://courrier.example/?p=101",
        "https://courrier.example/?p=101",
    )


def test_number_of_another_post_in_a_guid_is_no_address_of_this(by_id):
    assert by_id["102"].old_addresses == ("https://courrier.example/?p=102",)


def test_address_at_the_site_before_is_kept(by_id):
    assert by_id["103"].old_addresses[0] == "http://vieux-courrier.example/blog/?p=9"


def test_address_without_a_host_is_the_sites():
    content = HEAD + post().replace("<link>https://courrier.example/", "<link>/") + END
    assert read(content)[0].original_url == "https://courrier.example/2017/04/titre-1/"


def test_percent_encoded_slug_is_read(by_id):
    assert by_id["102"].slug == "été-à-vélo"


def test_percent_encoded_slug_that_was_cut_within_a_letter_keeps_the_rest():
    found = article(post_name="l%e2%80%99%c3%a9t%c3")
    assert found.slug.startswith("l’ét")
    assert found.original_id == "1"


def test_post_without_title_has_its_first_words(by_id):
    assert by_id["103"].headline == "Une brève sans titre."
    assert "It has no title; its first words stand for one." in problems(by_id["103"])


def test_other_type_with_a_page_of_its_own_is_an_article(by_id):
    assert by_id["107"].headline == "Portrait : la passeuse"
    assert "of the type “reportage”" in problems(by_id["107"])[0]


def test_other_type_without_a_page_is_counted():
    (item,) = read(HEAD + post("", post_type="wpforms") + END)
    assert item == LeftOut("items of the type wpforms", 1)


def test_item_without_any_id_is_refused():
    (item,) = read(HEAD + "<item><title>a</title><wp:status>publish</wp:status></item>" + END)
    assert item == Problem("item 1, line 5", "It has no id, no guid and no link.", "Give it a <wp:post_id>.")


def test_record_read_again_gives_the_same(items, blog):
    for item in items + blog:
        if isinstance(item, ImportedArticle):
            (again,) = (each for each in read(item.record) if isinstance(each, ImportedArticle))
            assert again.canonical() == item.canonical()


def test_record_holds_no_password_and_nothing_of_readers(items, blog):
    for item in items + blog:
        for private in (b"sesame-77", b"vernissage-09", b"lecteur@", b"riverain", b"192.0.2", b"Bravo", b"mlavoie@"):
            assert private not in getattr(item, "record", b"")


@pytest.mark.parametrize("sample", [EXPORT, BLOG], ids=["1.2", "1.0"])
@pytest.mark.parametrize("part", [0.3, 0.5, 0.7, 0.9])
def test_export_that_is_cut_off_anywhere_gives_every_item_before(sample, part):
    content = sample.read_bytes()
    cut = content[: int(len(content) * part)]
    found = read(cut)
    numbers = [item.original_id for item in read(content) if isinstance(item, ImportedArticle)]
    taken = [item.original_id for item in found if isinstance(item, ImportedArticle)]
    assert taken == numbers[: len(taken)]
    assert cut.count(b"<wp:post_type>post<") == len([each for each in taken if each != "107"])
    assert [item.remedy for item in found if isinstance(item, Problem)] == ["Fetch the file again."]


def test_export_that_is_cut_off_and_joined_to_a_whole_one_loses_nothing_of_that():
    content = EXPORT.read_bytes()
    found = read(content[:9000] + content)
    assert [item.original_id for item in found if isinstance(item, ImportedArticle)][-6:] == [
        *("101", "102", "103", "104", "105", "107")
    ]


def test_file_that_is_cut_off_gives_what_is_whole_and_is_told():
    *whole, cut = read((HEAD + post(number=1) + post(number=2))[:-30])
    assert [item.original_id for item in whole] == ["1"]
    assert cut == Problem("item 2, line 6", "It is cut off: the file ends before it does.", "Fetch the file again.")


def test_joined_files_of_one_site_are_one():
    found = read((HEAD + post(number=1) + END) + (HEAD + post(number=2) + END))
    assert [item.original_id for item in found] == ["1", "2"]


def test_joined_files_of_two_sites_are_refused_where_the_second_begins():
    stream = BytesIO((HEAD + post() + END + HEAD.replace("courrier", "autre") + post() + END).encode())
    reading = wxr.read(stream, ReadOptions())

    assert next(reading).original_id == "1"
    with pytest.raises(Refusal, match="Here begins the export of another site") as caught:
        next(reading)
    assert caught.value.problem.place == "line 10"


def test_wrong_encoding_is_mended_and_told():
    content = HEAD.encode() + post("L’été").encode("cp1252") + END.encode()
    (found,) = read(content)
    assert (found.body, problems(found)[0]) == ("<p>L’été</p>", "It is in cp1252, and not in UTF-8.")


def test_script_in_every_field_stays_text_or_is_left_to_the_sanitiser():
    script = "<script>alert(1)</script>"
    found = article(post_name=f"<![CDATA[{script}]]>", before=f"<language><![CDATA[{script}]]></language>")
    assert "<script" not in found.headline + found.summary + "".join(each.name for each in found.bylines)


@pytest.mark.parametrize(
    "body",
    [
        '[a b="' * 300_000,
        "[q]" * 300_000,
        "<ul>" * 300_000,
        "<!-- wp:a " * 200_000,
        " " * 2_000_000,
        "[gallery]" * 50_000,
    ],
    ids=["quotes", "shortcodes", "lists", "blocks", "blanks", "galleries"],
)
def test_text_made_to_take_long_is_read_in_no_time(body):
    started = time.process_time()
    read(HEAD + post(body) + END)
    assert time.process_time() - started < 2


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_content_makes_it_fail(content):
    for whole in (
        content,
        HEAD.encode() + b"<item>" + content,
        HEAD.encode() + post("\0").encode().replace(b"\0", content),
    ):
        try:
            read(whole)
        except Refusal as refused:
            assert refused.problem.remedy


def listed_author(login, name=""):
    told = f"<wp:author_login>{login}</wp:author_login><wp:author_email>{login}@courrier.example</wp:author_email>"
    return (
        f"<wp:author>{told}<wp:author_display_name><![CDATA[{name or login}]]></wp:author_display_name></wp:author>\n"
    )


def test_authors_that_joined_exports_list_again_hide_none_behind_them(monkeypatch):
    monkeypatch.setattr(wxr, "_MOST_LOOKED_UP_IN_VAIN", 20)
    authors = "".join(listed_author(f"anne{number}") for number in range(100))
    last = listed_author("zoe", "Zoé Zed") + post().replace("<title>", "<dc:creator>zoe</dc:creator><title>")
    found = read(HEAD + authors + END + HEAD + authors + last + END)
    assert found[-1].bylines[0].name == "Zoé Zed"


def test_authors_and_categories_of_nothing_are_not_looked_up_without_end(monkeypatch):
    monkeypatch.setattr(wxr, "_MOST_LOOKED_UP_IN_VAIN", 20)
    empty = "<wp:category></wp:category>" * 100
    found = article(before=empty + listed_author("zoe", "Zoé Zed"), post_name="a")
    assert found.headline == "Titre"


@pytest.mark.django_db
def test_import_makes_articles_at_their_old_addresses(outlet):
    from archive.importers.saving import import_paths
    from archive.models import Article, OldAddress

    report = import_paths([EXPORT], outlet)

    assert (report.refused, Article.objects.count()) == (0, 6)
    saved = Article.objects.get(original_id="101")
    assert "<script" not in saved.body
    assert "embed" in saved.body
    assert saved.section.slug == "conseil"
    assert OldAddress.objects.filter(article=saved).count() == 4
    assert import_paths([EXPORT], outlet).unchanged >= 6


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("https://courrier.example/2017/04/19/crue-saint-amable/", "101"),
        ("http://www.courrier.example/2017/04/19/crue-les-ponts", "101"),
        ("https://courrier.example/?p=101", "101"),
        ("https://courrier.example/2018/07/01/été-à-vélo/", "102"),
        ("https://courrier.example/2018/07/01/%C3%A9t%C3%A9-%C3%A0-v%C3%A9lo/", "102"),
        ("http://vieux-courrier.example/blog/?p=9", "103"),
    ],
    ids=["link", "old slug", "number", "letters", "percent-encoded", "guid"],
)
def test_old_address_leads_to_the_article(outlet, url, number):
    from archive.importers.saving import import_paths
    from archive.models import OldAddress

    import_paths([EXPORT], outlet)
    assert OldAddress.objects.article_at(url).original_id == number


def test_footnotes_beside_a_text_come_where_it_shows_them():
    text = "<!-- wp:paragraph --><p>Texte<sup>1</sup>.</p><!-- /wp:paragraph --><!-- wp:footnotes /--><p>Fin.</p>"
    told = '[{"content":"Selon <em>le greffe</em>.","id":"a1"},{"content":"","id":"a2"}]'
    meta = f"<wp:meta_key>footnotes</wp:meta_key><wp:meta_value><![CDATA[{told}]]></wp:meta_value>"

    body = article(text, postmeta=meta).body

    assert "<ol><li>Selon <em>le greffe</em>.</li></ol>\n<p>Fin.</p>" in body


@pytest.mark.parametrize("told", ["", "[", "{}", '["a"]', '[{"content":3.5}]'])
def test_footnotes_that_are_none_do_no_harm(told):
    meta = f"<wp:meta_key>footnotes</wp:meta_key><wp:meta_value><![CDATA[{told}]]></wp:meta_value>"
    assert (
        "<p>Texte.</p>"
        in article("<!-- wp:paragraph --><p>Texte.</p><!-- /wp:paragraph --><!-- wp:footnotes /-->", postmeta=meta).body
    )


def test_published_post_without_a_text_is_told():
    assert "It has no text." in problems(article(""))
