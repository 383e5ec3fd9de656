import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import embeds as embeds_of_html
from archive.embeds import clean_foreign
from archive.importers.base import Refusal
from archive.importers.pictures import pictures_in
from archive.sanitize import sanitize
from tests.test_sanitize import HTML, Reading

TWEET = (
    '<blockquote class="twitter-tweet" lang="fr"><p>Les ponts sont <b>fermés</b>.</p>&mdash; Anne Roy (@anneroy) '
    '<a href="https://twitter.com/anneroy/statuses/426000000000000000">22 janvier 2014</a></blockquote>\n'
    '<script async src="//platform.twitter.com/widgets.js" charset="utf-8"></script>'
)
INSTAGRAM = (
    '<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/AbCdEf/?utm_source=x" '
    'style="background:url(https://evil.example/x.png)"><svg><path d="M0"/></svg>'
    '<a href="https://www.instagram.com/p/AbCdEf/">Une publication partagée par Anne Roy (@anneroy)</a></blockquote>'
)
FILM = (
    '<object width="480" height="270"><param name="movie" value="http://www.dailymotion.com/swf/video/x1abcd">'
    '<embed type="application/x-shockwave-flash" src="http://www.dailymotion.com/swf/video/x1abcd"></embed></object>'
)


def published(html, language="fr", base=""):
    return sanitize(clean_foreign(html, language, base)[0])


def embeds(html):
    return [(each.provider, each.address) for each in clean_foreign(html, "fr")[2]]


def images(html, base=""):
    return clean_foreign(html, "fr", base)[1]


def test_tweet_keeps_its_text_author_and_link():
    text = published(f"<p>Avant.</p>{TWEET}<p>Après.</p>")

    assert text.startswith('<p>Avant.</p><aside class="embed"><blockquote><p>Les ponts sont <b>fermés</b>.</p>')
    assert "— Anne Roy (@anneroy)" in text
    assert 'href="https://twitter.com/anneroy/statuses/426000000000000000"' in text
    assert text.endswith("<p>Après.</p>")


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "(Twitter); il n’y est plus actif."), ("en", "Content from Twitter was embedded")]
)
def test_card_says_in_the_articles_language_that_it_is_no_longer_live(language, words):
    assert words in published(TWEET, language)


def test_script_beside_an_embed_makes_no_card_of_its_own():
    assert embeds(TWEET) == [("Twitter", "https://twitter.com/anneroy/statuses/426000000000000000")]


@pytest.mark.parametrize(
    ("html", "provider", "address"),
    [
        (
            '<iframe src="//www.youtube.com/embed/dQw4w9WgXcQ?rel=0"></iframe>',
            "YouTube",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        ),
        (
            '<iframe src="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"></iframe>',
            "YouTube",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        ),
        ('<iframe data-src="https://player.vimeo.com/video/5550001"></iframe>', "Vimeo", "https://vimeo.com/5550001"),
        (FILM, "Dailymotion", "https://www.dailymotion.com/video/x1abcd"),
        (INSTAGRAM, "Instagram", "https://www.instagram.com/p/AbCdEf/?utm_source=x"),
        (
            '<iframe src="https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2Fville%2Fposts%2F1">'
            "</iframe>",
            "Facebook",
            "https://www.facebook.com/ville/posts/1",
        ),
        (
            '<div class="fb-post" data-href="https://www.facebook.com/ville/posts/1"></div>',
            "Facebook",
            "https://www.facebook.com/ville/posts/1",
        ),
        (
            '<iframe src="https://www.google.ca/maps/embed?pb=!1m18"></iframe>',
            "Google Maps",
            "https://www.google.ca/maps/embed?pb=!1m18",
        ),
        (
            '<script src="//storify.com/anneroy/crue.js"></script>',
            "Storify",
            "https://storify.com/anneroy/crue",
        ),
        (
            '<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@a/video/7"><section>Texte</section></blockquote>',
            "TikTok",
            "https://www.tiktok.com/@a/video/7",
        ),
        (
            '<amp-youtube data-videoid="dQw4w9WgXcQ"></amp-youtube>',
            "YouTube",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        ),
        ('<iframe src="http://carte.example.org/crue"></iframe>', "carte.example.org", "http://carte.example.org/crue"),
        ('<video><source src="http://example.org/a.mp4"></video>', "example.org", "http://example.org/a.mp4"),
        ('<iframe srcdoc="<p>x</p>"></iframe>', "", ""),
        (
            '<div class="twitter-tweet twitter-tweet-rendered"><iframe id="twitter-widget-0" title="Twitter Tweet" '
            'src="https://platform.twitter.com/embed/Tweet.html?dnt=false&amp;id=426000000000000000"></iframe></div>',
            "Twitter",
            "https://twitter.com/i/status/426000000000000000",
        ),
        (
            '<twitter-widget class="twitter-tweet" data-tweet-id="426000000000000000"></twitter-widget>',
            "Twitter",
            "https://twitter.com/i/status/426000000000000000",
        ),
        (
            '<iframe class="instagram-media" src="https://www.instagram.com/p/AbCdEf/embed/captioned/?cr=1"></iframe>',
            "Instagram",
            "https://www.instagram.com/p/AbCdEf/",
        ),
        (
            '<iframe src="//storify.com/anneroy/crue/embed?border=false"></iframe>',
            "Storify",
            "https://storify.com/anneroy/crue",
        ),
        (
            '<script src="http://pshared.5min.com/Scripts/PlayerSeed.js?sid=281&amp;playList=517"></script>',
            "AOL On",
            "http://pshared.5min.com/Scripts/PlayerSeed.js?sid=281&playList=517",
        ),
    ],
)
def test_embed_becomes_a_card_with_its_link(html, provider, address):
    text = published(f"<p>Avant.</p>{html}")

    assert embeds(html) == [(provider, address)]
    assert text.count('<aside class="embed">') == 1
    assert escape(address.partition("?utm")[0], quote=False) in text


@pytest.mark.parametrize(
    "address",
    [
        "https://www.google.ca/maps/embed?pb=!1m{}",
        "https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/{}",
        "https://platform.twitter.com/embed/Tweet.html?id=42600000000000000{}",
        "https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2Fville%2Fposts%2F{}",
        "https://graphique.example.org/?carte={}",
    ],
)
def test_two_embeds_that_differ_only_behind_the_question_mark_are_two(address):
    frames = "".join(f'<iframe src="{address.format(number)}"></iframe>' for number in (1, 2, 1))
    assert len(embeds(frames)) == 2


@pytest.mark.parametrize(
    ("html", "words", "link"),
    [
        (INSTAGRAM, "Une publication partagée par Anne Roy (@anneroy)", "https://www.instagram.com/p/AbCdEf/"),
        (
            '<div class="fb-post" data-href="https://www.facebook.com/ville/posts/1"><blockquote><p>Pont fermé.</p>'
            'Publiée par <a href="https://www.facebook.com/ville">Ville de Saint-Amable</a></blockquote></div>',
            "Pont fermé.",
            "https://www.facebook.com/ville/posts/1",
        ),
        (
            '<iframe title="Carte des zones inondées" src="https://www.google.ca/maps/embed?pb=!1m18"></iframe>',
            "Carte des zones inondées",
            "https://www.google.ca/maps/embed?pb=!1m18",
        ),
        (
            '<object data="http://example.org/crue.swf" type="application/x-shockwave-flash"><p>Le film de la crue, '
            "par Anne Roy</p></object>",
            "Le film de la crue, par Anne Roy",
            "http://example.org/crue.swf",
        ),
        (
            '<blockquote class="twitter-video"><p>L’eau monte.</p>— Anne Roy (@anneroy) '
            '<a href="https://twitter.com/anneroy/status/9">2 mai 2019</a></blockquote>',
            "— Anne Roy (@anneroy)",
            "https://twitter.com/anneroy/status/9",
        ),
    ],
    ids=["Instagram", "Facebook", "map", "Flash", "film on Twitter"],
)
def test_card_keeps_the_words_and_the_link_of_what_it_stands_for(html, words, link):
    text = published(f"<p>Avant.</p>{html}")
    assert text.count('<aside class="embed">') == 1
    assert words in text
    assert f'href="{link.replace("&", "&amp;")}' in text


def test_storify_in_frame_script_and_noscript_is_one_card():
    html = (
        '<div class="storify"><iframe src="//storify.com/a/crue/embed"></iframe><script src="//storify.com/a/crue.js">'
        '</script><noscript>[<a href="//storify.com/a/crue">View the story “Crue”</a>]</noscript></div>'
    )
    assert len(embeds(html)) == 1
    assert "View the story “Crue”" in published(html)


def test_flash_keeps_what_it_said_without_flash():
    html = '<object><param name="movie" value="http://example.org/carte.swf"><p>Carte des zones inondées</p></object>'
    assert "Carte des zones inondées" in published(html)
    assert "Animation Flash" in published(html)


@pytest.mark.parametrize(
    "html",
    [
        '<iframe src="https://www.facebook.com/plugins/like.php?href=x"></iframe>',
        '<iframe src="https://ad.doubleclick.net/adi/x"></iframe>',
        '<iframe src="https://www.googletagmanager.com/ns.html" height="0" width="0"></iframe>',
        '<script src="https://example.org/app.js"></script>',
        '<img src="https://pixel.wp.com/b.gif" width="1" height="1">',
        '<img src="http://example.org/x.png" style="display:none">',
    ],
)
def test_what_nobody_saw_leaves_nothing(html):
    assert published(f"<p>Texte</p>{html}") == "<p>Texte</p>"


def test_card_within_a_paragraph_comes_after_it():
    text = published('<p>Voir <em>ici <iframe src="https://vimeo.com/1"></iframe></em> et là.</p><p>Fin.</p>')
    assert re.sub("<aside.*</aside>", "|", text) == "<p>Voir <em>ici </em> et là.</p>|<p>Fin.</p>"


def test_card_on_a_line_of_its_own_keeps_its_place_in_the_paragraph():
    text = published('<p><b>Un.<br><br><iframe src="https://vimeo.com/1"></iframe><br>Deux.</b></p><p>Fin.</p>')
    assert re.sub("<aside.*</aside>", "|", text) == "<p><b>Un.</b></p>|<p><b>Deux.</b></p><p>Fin.</p>"


def test_card_on_the_first_line_of_a_paragraph_leaves_no_empty_one():
    text = published('<p><iframe src="https://vimeo.com/1"></iframe><br>Un.</p>')
    assert re.sub("<aside.*</aside>", "|", text) == "|<p>Un.</p>"


def test_cards_out_of_one_paragraph_stay_in_their_order():
    text = published(
        '<p>Un <iframe src="https://vimeo.com/1"></iframe> et <iframe src="https://vimeo.com/2"></iframe>.</p>'
    )
    assert text.index("https://vimeo.com/1") < text.index("https://vimeo.com/2")


@pytest.mark.parametrize("tag", ["div", "p", "center"])
def test_texts_about_a_picture_that_was_taken_out_stay_apart(tag):
    assert published(f'Un.<{tag}><img src="http://example.org/i.jpg"></{tag}>Deux.') == "<p>Un.</p>\n<p>Deux.</p>"


def test_caption_under_a_picture_of_blogger_becomes_the_pictures():
    html = (
        'Un.<table class="tr-caption-container"><tbody><tr><td><a href="http://example.org/s1600/i.jpg">'
        '<img src="http://example.org/s320/i.jpg"></a></td></tr><tr><td class="tr-caption">Le <b>pont</b></td></tr>'
        "</tbody></table>Deux."
    )
    assert [each.caption for each in images(html)] == ["Le pont"]
    assert published(html) == "<p>Un.</p>\n<p>Deux.</p>"


@pytest.mark.parametrize("caption", ["Le pont.<br>Photo", "<p>Le pont.</p><p>Photo</p>", "<div>Le pont.</div>Photo"])
def test_lines_of_a_caption_stay_apart(caption):
    html = f'<figure><img src="http://example.org/i.jpg"><figcaption>{caption}</figcaption></figure>'
    assert [each.caption for each in images(html)] == ["Le pont. Photo"]


def test_card_in_the_caption_of_a_picture_stays_in_the_text():
    html = f'<figure><img src="http://example.org/i.jpg"><div class="caption">Le pont.{FILM}</div></figure>'
    assert published(html).startswith('<figure><aside class="embed">')
    assert [each.caption for each in images(html)] == ["Le pont."]


def test_card_of_what_stood_in_an_embed_comes_after_its_card():
    text = published(f"<figure><object>{TWEET}</object></figure>")
    assert re.findall("<aside.*?</small></p></aside>", text)[1].startswith('<aside class="embed"><blockquote>')


def test_signs_that_no_alphabet_has_stay_as_they_are():
    assert published(f"<p>&#xf8f0;0&#xf8f1; et &#xf8f0;99&#xf8f1;</p>{FILM}").startswith(
        "<p>\uf8f00\uf8f1 et \uf8f099\uf8f1</p>"
    )


def test_paragraph_that_held_an_embed_alone_goes():
    assert published(f"<p>Un.</p><p>{FILM}</p>").startswith('<p>Un.</p><aside class="embed">')


def test_caption_of_an_embed_stays_with_it():
    html = '<figure><div><iframe src="https://vimeo.com/1"></iframe></div><figcaption>Le pont.</figcaption></figure>'
    assert published(html).startswith('<figure><aside class="embed">')
    assert published(html).endswith("<figcaption>Le pont.</figcaption></figure>")


def test_picture_is_taken_out_with_its_words():
    html = (
        '<p>Un.</p><figure><img src="http://example.org/i/pont.jpg" alt="Le pont"><figcaption>Le pont, '
        '<b>mardi</b>. <span class="credit">Anne Roy</span></figcaption></figure><p>Deux.</p>'
    )
    ((image),) = images(html)

    assert published(html) == "<p>Un.</p><p>Deux.</p>"
    assert (image.original_address, image.alt, image.caption, image.credit) == (
        "http://example.org/i/pont.jpg",
        "Le pont",
        "Le pont, mardi.",
        "Anne Roy",
    )


def test_wordpress_caption_is_the_pictures():
    html = (
        '<div id="attachment_9" class="wp-caption"><a href="/pont-grand.jpg"><img src="/pont.jpg" alt=""></a>'
        '<p class="wp-caption-text">Le pont.</p></div><p>Un.</p>'
    )
    ((image),) = images(html, "http://example.org/2014/crue/")
    assert (image.original_address, image.caption) == ("http://example.org/pont.jpg", "Le pont.")
    assert published(html) == "<p>Un.</p>"


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ('<img src="data:image/gif;base64,R0" data-src="http://example.org/a.jpg">', "http://example.org/a.jpg"),
        ('<img srcset="http://example.org/s.jpg 300w, http://example.org/l.jpg 900w">', "http://example.org/l.jpg"),
        (
            '<picture><source srcset="http://example.org/a.webp 2x"><img alt="A"></picture>',
            "http://example.org/a.webp",
        ),
        ('<img src="//example.org/a.jpg">', "https://example.org/a.jpg"),
        ('<img src="/i/a.jpg">', "/i/a.jpg"),
        (
            '<img src="http://example.org/trans.gif" data-original="http://example.org/a.jpg">',
            "http://example.org/a.jpg",
        ),
        ('<amp-img src="http://example.org/a.jpg"></amp-img>', "http://example.org/a.jpg"),
    ],
)
def test_picture_loaded_late_has_its_address(html, address):
    assert [image.original_address for image in images(html)] == [address]


def test_picture_for_browsers_without_scripts_is_taken_once():
    html = '<img data-src="http://example.org/a.jpg" src="data:x"><noscript><img src="http://example.org/a.jpg"></noscript>'
    assert len(images(html)) == 1


def test_picture_without_an_address_keeps_its_caption():
    html = '<figure><img src="data:image/png;base64,AAAA"><figcaption>Le pont.</figcaption></figure>'
    assert [(image.original_address, image.caption) for image in images(html)] == [("", "Le pont.")]


@pytest.mark.parametrize(
    "picture",
    [
        '<img class="wp-smiley" alt=":)" src="https://s.w.org/images/smile.png">',
        '<img src="https://pixel.wp.com/b.gif?v=noscript">',
        '<img width="0" height="0" src="https://courrier.example/count.php">',
        '<img class="kg-bookmark-icon" src="https://courrier.example/favicon.ico">',
    ],
)
def test_what_is_no_picture_of_the_article_is_none_for_readers_of_formats_either(picture):
    assert (images(picture), pictures_in(picture)) == ((), ())


def test_controls_of_a_player_are_no_text():
    player = '<div class="kg-audio-title">Le son</div><div class="kg-audio-player"><span>0:00</span>/1:20</div>'
    assert published(f"{player}<audio src='http://example.org/a.mp3'></audio>").startswith("<p>Le son</p>")
    assert "1:20" not in published(player + "<img>")


def test_smiley_becomes_its_text():
    assert published('<p>Oui <img class="wp-smiley" src="http://s.w.org/s.gif" alt=":-)"></p>') == "<p>Oui :-)</p>"


def test_text_without_anything_foreign_is_left_as_it_is():
    html = '<p onclick=x>Not  <b>touched<p class="x">'
    assert clean_foreign(html, "fr") == (html, (), ())


NASTY = [
    '<img srcset="https://evil.example/a.jpg 1x">',
    '<video poster="https://evil.example/p.jpg" src="https://evil.example/v.mp4" autoplay></video>',
    '<audio><source src="https://evil.example/a.mp3"><track src="https://evil.example/t.vtt"></audio>',
    '<table background="https://evil.example/b.png"><tr><td background="https://evil.example/b.png">x</td></tr></table>',
    '<body background="https://evil.example/b.png">',
    '<p style="background: url(https://evil.example/b.png)">x</p>',
    "<style>@import url(https://evil.example/s.css)</style>",
    '<link rel="stylesheet" href="https://evil.example/s.css"><link rel="prefetch" href="https://evil.example/x">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    '<base href="https://evil.example/">',
    '<svg><image href="https://evil.example/i.png"/><use xlink:href="https://evil.example/u.svg#a"/></svg>',
    '<svg><foreignObject><iframe src="https://evil.example/"></iframe></foreignObject></svg>',
    '<math><mtext><img src="https://evil.example/i.png"></mtext></math>',
    '<input type="image" src="https://evil.example/i.png">',
    '<form action="https://evil.example/f"><button formaction="https://evil.example/g">x</button></form>',
    '<object data="https://evil.example/o"></object><embed src="https://evil.example/e">',
    '<iframe srcdoc="<img src=https://evil.example/i>"></iframe>',
    '<template><img src="https://evil.example/i.png"></template>',
    '<noscript><img src="https://evil.example/i.png"></noscript>',
    '<a href="https://evil.example/" ping="https://evil.example/p">x</a>',
    '<script src="https://storify.com/x.js"></script>',
    '<image src="https://evil.example/i.png">',
    '<iframe src="javascript:alert(1)"></iframe>',
    '<blockquote class="twitter-tweet"><img src="https://evil.example/i.png"><script>x</script></blockquote>',
    '<iframe title="&lt;img src=x onerror=y&gt;" src="https://evil.example/&quot;&gt;&lt;img src=x&gt;"></iframe>',
    "<applet code=x archive=https://evil.example/a.jar></applet><frameset><frame src=https://evil.example/></frameset>",
]
# Nothing with any of these is asked for by a page; a link is followed by a person only.
ASKING = {"src", "srcset", "data", "poster", "background", "style", "action", "formaction", "ping", "xlink:href"}
NASTIER = st.lists(st.one_of(st.sampled_from([*NASTY, TWEET, INSTAGRAM, FILM]), HTML), max_size=5).map("".join)


def asks_nobody(text):
    reading = Reading(text)
    return (
        not {name for _tag, name, _value in reading.attributes} & ASKING
        and not reading.names & {"img", "link", "meta", "base", "script", "style", "iframe", "svg", "object", "embed"}
        and not [value for tag, name, value in reading.attributes if name == "href" and tag != "a"]
    )


@pytest.mark.parametrize("html", NASTY)
def test_published_page_asks_no_other_host(html):
    assert asks_nobody(published(f"<p>Texte</p>{html}"))


@given(NASTIER)
def test_published_page_asks_no_other_host_whatever_it_was_given(html):
    assert asks_nobody(published(html))


@given(NASTIER)
def test_text_made_safe_is_left_alone_when_it_is_cleaned_again(html):
    safe = published(html)
    again, found, cards = clean_foreign(safe, "fr")
    assert (sanitize(again), found, cards) == (safe, (), ())


def test_figure_of_which_the_sanitiser_leaves_nothing_goes():
    assert published('<p>Texte</p><figure><svg><foreignObject><iframe src="https://evil.example/"></iframe>') == (
        "<p>Texte</p>"
    )


def test_html_out_of_all_bounds_is_refused():
    with pytest.raises(Refusal, match="nested more than"):
        clean_foreign("<div>" * 100_000, "fr")


@pytest.mark.parametrize("address", ["http://[x/a", "//[x", "http://[", "//[x/p/1?a", "http://x:99999999/"])
def test_address_that_is_none_fails_nothing(address):
    html = (
        f'<blockquote class="twitter-tweet"><p>Le pont.</p><a href="{address}">a</a></blockquote>'
        f'<iframe src="{address}"></iframe><img src="{address}"><script src="{address}"></script>'
    )
    assert "Le pont." in published(html)


def test_title_of_a_frame_is_text_and_never_markup():
    text = published('<iframe title="&lt;b&gt; Carte" src="https://example.org/"></iframe>')
    assert "<p>&lt;b&gt; Carte</p>" in text


def test_credit_beside_the_caption_is_the_pictures():
    picture = '<img src="http://example.org/i.jpg"><p class="byline">A. Roy</p>'
    html = f"<figure>{picture}<figcaption>Le pont.</figcaption></figure>"
    assert [(each.caption, each.credit) for each in images(html)] == [("Le pont.", "A. Roy")]
    assert published(html) == ""


def test_list_that_held_a_picture_and_its_caption_goes():
    html = '<dl><dt><img src="http://example.org/i.jpg"></dt><dd class="wp-caption-text">Le pont.</dd></dl>'
    assert published(f"<p>Texte</p>{html}") == "<p>Texte</p>"


def test_html_of_countless_pictures_is_refused():
    with pytest.raises(Refusal) as refused:
        clean_foreign("<p>" + '<img src="/i.jpg"> ' * 10_001 + "</p>", "fr")
    assert refused.value.problem.problem == "The HTML has over 10000 pictures, frames or tables."


@pytest.mark.parametrize("beside", [" ", "<b></b>", "<!-- -->"], ids=["blanks", "empty boxes", "comments"])
class TestCountlessEmptyThings:
    def html(self, beside):
        return "<p>" + f'<img src="/i.jpg">{beside}' * 2_000 + " après</p>"

    def test_pictures_among_them_take_bounded_work(self, monkeypatch, beside):
        monkeypatch.setattr(embeds_of_html, "MOST_STEPS", 50_000)
        cleaning = embeds_of_html._Cleaning("fr", "")
        embeds_of_html._cleaned(self.html(beside), cleaning)
        assert 50_000 < cleaning.steps < 60_000

    def test_words_about_them_stay(self, monkeypatch, beside):
        monkeypatch.setattr(embeds_of_html, "MOST_STEPS", 50_000)
        assert re.sub("<[^>]*>", " ", published(self.html(beside))).split() == ["après"]
