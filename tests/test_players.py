"""A player whose only trace is a script or an empty box is a card in its place, and nothing of it is ever run."""

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.embeds import clean_foreign
from archive.importers import load_reader
from archive.importers.base import ImportedArticle, ReadOptions
from archive.sanitize import sanitize

from .importers.conftest import SAMPLES


def published(html):
    return sanitize(clean_foreign(html, "fr", "https://quebec.example.org/2014/crue.html")[0])


def embeds(html):
    return [(each.provider, each.address) for each in clean_foreign(html, "fr", "https://quebec.example.org/")[2]]


FORMS = {
    "5min": (
        '<script type="text/javascript" src="http://pshared.5min.com/Scripts/PlayerSeed.js?sid=281&amp;width=570'
        '&amp;playList=517000001&amp;shuffle=0"></script>',
        "AOL On",
        "http://pshared.5min.com/Scripts/PlayerSeed.js?sid=281&width=570&playList=517000001&shuffle=0",
    ),
    "5min written": (
        "<script>document.write('<scr' + 'ipt src=\"http://pshared.5min.com/Scripts/PlayerSeed.js?sid=281&playList=5\">"
        "<\\/scr' + 'ipt>');</script>",
        "AOL On",
        "http://pshared.5min.com/Scripts/PlayerSeed.js?sid=281&playList=5",
    ),
    "AOL On": (
        '<script src="//delivery.vidible.tv/jsonp/pid=5694d200e4b0/vid=56b0f2c8e4b0/5694d200e4b1.js"></script>',
        "AOL On",
        "https://delivery.vidible.tv/jsonp/pid=5694d200e4b0/vid=56b0f2c8e4b0/5694d200e4b1.js",
    ),
    "Brightcove's experience": (
        '<object id="myExperience3000000001" class="BrightcoveExperience"><param name="bgcolor" value="#FFF"/>'
        '<param name="playerID" value="2000000001"/><param name="playerKey" value="AQ~~,AAAA~,xx"/>'
        '<param name="isVid" value="true"/><param name="@videoPlayer" value="3000000001"/></object>'
        '<script src="http://admin.brightcove.com/js/BrightcoveExperiences.js"></script>'
        "<script>brightcove.createExperiences();</script>",
        "Brightcove",
        "https://link.brightcove.com/services/player/bcpid2000000001?bctid=3000000001",
    ),
    "Brightcove's video": (
        '<video data-video-id="4000000001" data-account="1000000001" data-player="rkaBC" data-embed="default" '
        'class="video-js" controls></video>'
        '<script src="//players.brightcove.net/1000000001/rkaBC_default/index.min.js"></script>',
        "Brightcove",
        "https://players.brightcove.net/1000000001/rkaBC_default/index.html?videoId=4000000001",
    ),
    "Kaltura": (
        '<script src="http://cdnapi.kaltura.com/p/1000001/sp/100000100/embedIframeJs/uiconf_id/2000001/'
        "partner_id/1000001"
        '?autoembed=true&entry_id=0_abcd1234&playerId=kaltura_player_1"></script>',
        "Kaltura",
        "http://cdnapi.kaltura.com/p/1000001/sp/100000100/embedIframeJs/uiconf_id/2000001/partner_id/1000001"
        "?iframeembed=true&entry_id=0_abcd1234&playerId=kaltura_player_1",
    ),
    "Kaltura's widget": (
        '<div id="k1"></div><script src="http://cdnapi.kaltura.com/p/1000001/sp/100000100/embedIframeJs/'
        "uiconf_id/2000001/"
        'partner_id/1000001"></script><script>kWidget.embed({"targetId": "k1", "wid": "_1000001", '
        '"uiconf_id": 2000001, '
        '"flashvars": {}, "entry_id": "0_abcd1234"});</script>',
        "Kaltura",
        "https://cdnapisec.kaltura.com/p/1000001/sp/100000100/embedIframeJs/uiconf_id/2000001/partner_id/1000001"
        "?iframeembed=true&entry_id=0_abcd1234",
    ),
    "Ooyala": (
        '<script src="http://player.ooyala.com/player.js?width=640&amp;embedCode=w1ZDE5NzowZZ_abcdefghijkl"></script>',
        "Ooyala",
        "http://player.ooyala.com/iframe.html?ec=w1ZDE5NzowZZ_abcdefghijkl",
    ),
    "Ooyala's third": (
        '<script src="http://player.ooyala.com/v3/0123456789abcdef"></script><div '
        'id="oo1"></div><script>OO.ready(function()'
        "{ OO.Player.create('oo1', 'w1ZDE5NzowZZ_abcdefghijkl', {autoplay: false}); });</script>",
        "Ooyala",
        "https://player.ooyala.com/iframe.html?ec=w1ZDE5NzowZZ_abcdefghijkl",
    ),
    "JW Player": (
        '<script src="//content.jwplatform.com/players/aBcD1234-EfGh5678.js"></script>',
        "JW Player",
        "https://content.jwplatform.com/players/aBcD1234-EfGh5678.html",
    ),
    "JW Player set up": (
        '<div id="film"></div><script>jwplayer("film").setup({file: "http:\\/\\/video.example.org\\/crue.mp4", '
        'image: "/i.jpg", width: 640});</script>',
        "video.example.org",
        "http://video.example.org/crue.mp4",
    ),
    "tweet": (
        '<div id="t"></div><script>twttr.widgets.createTweet("426000000000000000", '
        'document.getElementById("t"))</script>',
        "Twitter",
        "https://twitter.com/i/status/426000000000000000",
    ),
    "Scribd": (
        "<script>var scribd_doc = scribd.Document.getDoc(123456789, 'key-abc'); scribd_doc.write('d');</script>",
        "Scribd",
        "https://www.scribd.com/doc/123456789",
    ),
    "DocumentCloud": (
        '<div id="DV-viewer-1"></div><script src="//s3.documentcloud.org/viewer/loader.js"></script>'
        "<script>DV.load('http://www.documentcloud.org/documents/1000001-budget.js', {container: "
        "'#DV-viewer-1'});</script>",
        "DocumentCloud",
        "http://www.documentcloud.org/documents/1000001-budget.html",
    ),
    "Infogram": (
        '<script id="infogram_0_niveau-de-la-riviere" src="//e.infogr.am/js/embed.js?Wr5" '
        'type="text/javascript"></script>',
        "Infogram",
        "https://e.infogr.am/niveau-de-la-riviere",
    ),
    "Playbuzz": (
        '<script src="//cdn.playbuzz.com/widget/feed.js"></script>'
        '<div class="pb_feed" data-game="/anneroy10/quel-pont-tes-vous" data-recommend="false"></div>',
        "Playbuzz",
        "https://www.playbuzz.com/anneroy10/quel-pont-tes-vous",
    ),
    "Apester": (
        '<interaction id="5a3b0c1d2e3f405162738495"></interaction><script '
        'src="//static.qmerce.com/js/sdk.js"></script>',
        "Apester",
        "https://renderer.apester.com/interaction/5a3b0c1d2e3f405162738495",
    ),
    "Storify": (
        '<script src="//storify.com/anneroy/crue.js?template=slideshow"></script><noscript>'
        '[<a href="//storify.com/anneroy/crue" target="_blank">View the story “Crue” on Storify</a>]</noscript>',
        "Storify",
        "https://storify.com/anneroy/crue",
    ),
    "Polldaddy": (
        '<script src="http://static.polldaddy.com/p/7000001.js"></script><noscript><a '
        'href="http://polldaddy.com/poll/7000001/">'
        "Faut-il un pont?</a></noscript>",
        "Polldaddy",
        "http://polldaddy.com/poll/7000001/",
    ),
    "map written": (
        '<script>document.write(\'<iframe width="425" title="Zones inondées" '
        'src="https://maps.google.ca/maps?q=pont&amp;output=embed"><\\/iframe>\');</script>',
        "Google Maps",
        "https://maps.google.ca/maps?q=pont&output=embed",
    ),
    "map hidden and written": (
        '<script>document.write(unescape("%3Ciframe src=%22https://www.google.com/maps/d/'
        'embed?mid=abc%22%3E%3C/iframe%3E"))</script>',
        "Google Maps",
        "https://www.google.com/maps/d/embed?mid=abc",
    ),
}
of_each = pytest.mark.parametrize(("html", "provider", "address"), FORMS.values(), ids=FORMS)


@of_each
def test_player_is_one_card_with_its_link(html, provider, address):
    text = published(f"<p>Avant.</p>{html}<p>Après.</p>")
    assert embeds(html) == [(provider, address)]
    assert text.count('<aside class="embed">') == 1
    assert f'href="{address.replace("&", "&amp;")}"' in text
    assert text.index("Avant.") < text.index("<aside") < text.index("Après.")


@of_each
def test_nothing_of_a_player_is_run(html, provider, address):
    text = published(html)
    assert re.search(r"<(?:script|iframe|object|video|interaction)|document\.write|createTweet", text) is None


def test_title_that_the_page_tells_stands_on_the_card():
    html = (
        '<script>jwplayer("film").setup({file: "http://video.example.org/crue.mp4", '
        'title: "La crue vue de l\\u2019h\\u00e9licopt\\u00e8re \\"Rive\\""});</script>'
    )
    assert 'La crue vue de l’hélicoptère "Rive"' in published(html)
    assert "Zones inondées" in published(FORMS["map written"][0])


@pytest.mark.parametrize(
    "html",
    [
        '<script async src="//platform.twitter.com/widgets.js"></script>',
        '<script async src="//www.instagram.com/embed.js"></script>',
        '<script src="http://admin.brightcove.com/js/BrightcoveExperiences.js"></script>',
        '<script src="//players.brightcove.net/1/default_default/index.min.js"></script>',
        '<script src="//cdn.playbuzz.com/widget/feed.js"></script>',
        '<script src="//www.scribd.com/javascripts/embed_code/inject.js"></script>',
        '<script src="https://player.ooyala.com/v3/0123"></script>',
        "<script>document.write('<iframe src=\"https://ads.example.org/x\"></iframe>')</script>",
        "<script>document.write('<script src=\"//ad.example.org/a.js\">')</script>",
        "<script>var jwplayer = 1; twttr.ready(); kWidget.load();</script>",
        '<div class="apester-media" data-token="x"></div>',
    ],
)
def test_script_that_only_serves_leaves_nothing(html):
    assert "<aside" not in published(f"<p>Texte</p>{html}")


def test_tweet_and_its_script_are_one_card():
    html = '<script>twttr.widgets.createTweet("426", x)</script><script>twttr.widgets.createTweet("426", y)</script>'
    assert len(embeds(html)) == 1


@pytest.mark.parametrize(
    "script",
    [
        'jwplayer("a").setup({file: "javascript:alert(1)"})',
        'jwplayer("a").setup({file: "http://a.example/\\"><script>alert(1)</script>"})',
        "document.write(\"<iframe src='https://maps.google.com/\\u0022onload=alert(1)'>\")",
        'kWidget.embed({entry_id: "<b>", wid: "_1", uiconf_id: 1})',
        "OO.Player.create('x', '\\x22><svg onload=alert(1)>')",
    ],
)
def test_what_is_written_in_a_script_can_not_break_out_of_its_card(script):
    text = published(f"<p>Texte</p><script>{script}</script>")
    assert re.search(r"<script|<svg|<[^>]*\son\w+=|href=\"javascript", text) is None


@given(
    st.lists(st.sampled_from([*"{}()\"'\\:,<>= /", "jwplayer(", ").setup(", "file", "title", "document.write("])).map(
        "".join
    )
)
def test_any_script_at_all_is_looked_at_without_harm(script):
    assert "<script" not in published(f"<script>{script}</script>")


@pytest.mark.parametrize(
    "piece", ["<iframe ", "jwplayer(", "title:", "title:'\\", "OO.Player.create('", "//x.5min.com/", "'+'"]
)
def test_script_without_end_is_read_within_a_second(piece):
    script = f"document.write(jwplayer('a').setup({piece * 40_000}"
    began = time.monotonic()
    published(f'<script>{script}</script><script src="{piece * 40_000}"></script>')
    assert time.monotonic() - began < 1


@pytest.fixture
def articles():
    """The articles of a sample, with their texts as they are published."""

    def articles(format_name, name):
        with (SAMPLES / format_name / name).open("rb") as stream:
            for item in load_reader(format_name).read(stream, ReadOptions()):
                if isinstance(item, ImportedArticle):
                    html, _pictures, found = clean_foreign(item.body, "fr", item.original_url)
                    yield sanitize(html), [each.address for each in found]

    return articles


@pytest.mark.parametrize(
    ("format_name", "name", "addresses"),
    [
        (
            "html",
            "players.html",
            [
                "http://pshared.5min.com/Scripts/PlayerSeed.js?sid=281&width=570&height=351&playList=517000001&sequential=1",
                "https://link.brightcove.com/services/player/bcpid2000000001?bctid=3000000001",
                "https://maps.google.ca/maps/ms?msid=200000000000000000001.0004dad0001&output=embed",
                "https://storify.com/lecteur/nuit-de-crue",
            ],
        ),
        (
            "warc",
            "players.warc.gz",
            [
                "https://cdnapisec.kaltura.com/p/1000001/sp/100000100/embedIframeJs/uiconf_id/2000001/partner_id/1000001"
                "?iframeembed=true&entry_id=0_abcd1234",
                "https://content.jwplatform.com/players/aBcD1234-EfGh5678.html",
                "http://www.documentcloud.org/documents/1000001-budget.html",
                "https://www.playbuzz.com/courrier10/quel-capitaine-seriez-vous",
            ],
        ),
    ],
)
def test_players_of_a_page_are_cards_where_they_stood(articles, format_name, name, addresses):
    [(text, found)] = articles(format_name, name)
    assert found == addresses
    pieces = re.findall(r'<p>(?=[A-ZÀ-Ü])|<aside class="embed">', text)
    assert pieces.count('<aside class="embed">') == len(addresses)
    # A paragraph stands before each.
    assert all(before == "<p>" for before, piece in pairwise(pieces) if piece.startswith("<aside"))
