import gzip
from datetime import UTC, date, datetime

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.http import http_date

from archive import care
from archive.models import Withdrawal
from tests.factories import (
    make_article,
    make_author,
    make_byline,
    make_image,
    make_notice,
    make_old_address,
    make_outlet,
    make_source,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def outlet():
    return make_outlet(slug="quebec", name="HuffPost Québec")


@pytest.fixture
def article(outlet):
    return make_article(
        outlet=outlet, original_id="4646130", headline="Une offre d’aide", source=make_source(name="AFP")
    )


def text(response):
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_article_stands_at_its_permanent_address(client, article):
    assert client.get(f"/quebec/articles/{article.key}/une-offre-d-aide/").status_code == 200


def test_wrong_slug_redirects_to_canonical_address(client, article):
    response = client.get(f"/quebec/articles/{article.key}/autre/")
    assert (response.status_code, response["Location"]) == (301, article.get_absolute_url())


def test_key_alone_redirects_to_canonical_address(client, article):
    assert client.get(f"/quebec/articles/{article.key}/")["Location"] == article.get_absolute_url()


def test_key_in_capitals_is_understood(client, article):
    assert client.get(f"/a/{article.key.upper()}")["Location"] == article.get_absolute_url()


def test_short_address_redirects_once_to_the_article(client, article):
    assert client.get(f"/a/{article.key}", follow=True).redirect_chain == [(article.get_absolute_url(), 301)]


def test_article_asked_for_under_another_outlet_is_led_to_its_own(client, article):
    other = make_outlet()
    response = client.get(f"/{other.slug}/articles/{article.key}/{article.slug}/")
    assert (response.status_code, response["Location"]) == (301, article.get_absolute_url())


def test_tombstone_asked_for_under_another_outlet_is_led_to_its_own(client, article):
    care.withdraw(article, reason="privacy")
    other = make_outlet()
    response = client.get(f"/{other.slug}/articles/{article.key}/{article.slug}/")
    assert response["Location"] == f"/quebec/articles/{article.key}/"


def test_unknown_key_is_not_found(client, outlet):
    assert client.get("/quebec/articles/000000000000/x/").status_code == 404


def test_held_back_article_is_not_found(client, article):
    article.held_back = True
    article.save()
    assert client.get(article.get_absolute_url()).status_code == 404


def test_held_back_article_has_no_short_address(client, article):
    article.held_back = True
    article.save()
    assert client.get(f"/a/{article.key}").status_code == 404


def test_page_speaks_its_outlets_language(client, article):
    assert 'Publié le <time datetime="2014-01-22T17:47-05:00">22 janvier 2014 à 17 h 47 HNE</time>' in text(
        client.get(article.get_absolute_url(), headers={"Accept-Language": "en"})
    )


def test_page_of_an_english_outlet_is_english(client):
    article = make_article(outlet=make_outlet(language="en"))
    assert "January 22, 2014, 5:47 p.m. EST" in text(
        client.get(article.get_absolute_url(), headers={"Accept-Language": "fr"})
    )


def test_language_of_a_text_in_another_is_marked(client, outlet):
    article = make_article(outlet=outlet, language="en", headline="A tide table")
    assert '<h1 lang="en">A tide table</h1>' in text(client.get(article.get_absolute_url()))


def test_what_a_picture_shows_is_told_in_the_articles_language(client, outlet):
    article = make_article(outlet=outlet, language="en")
    make_image(article, file=ContentFile(b"picture", "a.jpg"), width=1, height=1, alt="A tide")
    assert 'alt="A tide" lang="en"' in text(client.get(article.get_absolute_url()))


def test_printed_form_of_every_byline_is_in_the_articles_language(client, outlet):
    article = make_article(outlet=outlet, language="en")
    make_byline(article, make_author(name="Ana Roy"), printed="Ana Roy, our reporter")
    make_byline(article, make_author(name="Luc Côté"), printed="With pictures by Luc Côté", role="photo")
    page = text(client.get(article.get_absolute_url()))
    assert 'lang="en">Ana Roy, our reporter</a>' in page
    assert 'lang="en">With pictures by Luc Côté</a>' in page


def test_outlet_of_a_version_in_another_language_says_so(client, outlet, article):
    herald = make_outlet(name="The Herald", language="en")
    make_article(outlet=herald, version_of=article)
    assert '(<span lang="en">The Herald</span>)' in text(client.get(article.get_absolute_url()))


@pytest.mark.parametrize(
    ("precision", "day", "words"),
    [
        ("day", date(2019, 3, 1), 'Publié le <time datetime="2019-03-01">1er mars 2019</time>'),
        ("month", date(2019, 3, 1), 'Publié en <time datetime="2019-03">mars 2019</time>'),
        ("year", date(2019, 1, 1), 'Publié en <time datetime="2019">2019</time>'),
        ("unknown", None, "Date de publication inconnue"),
    ],
)
def test_date_is_shown_no_closer_than_known(client, outlet, precision, day, words):
    article = make_article(outlet=outlet, published_precision=precision, published_on=day)
    assert words in text(client.get(article.get_absolute_url()))


def test_page_carries_its_notices(client, article):
    make_notice(article.outlet, message="{outlet} a fermé.")
    assert "<strong>HuffPost Québec</strong> a fermé." in text(client.get(article.get_absolute_url()))


def test_byline_is_shown_in_its_printed_form(client, article):
    make_byline(article, make_author(name="Ana Roy"), printed="Par Ana Roy, à Sotchi")
    assert ">Par Ana Roy, à Sotchi</a>" in text(client.get(article.get_absolute_url()))


def test_dateline_opens_the_first_paragraph(client, outlet):
    article = make_article(outlet=outlet, dateline="WASHINGTON (AFP) –", body="<p>Le Pentagone</p>")
    assert '<p><span class="dateline">WASHINGTON (AFP) –</span> Le Pentagone</p>' in text(
        client.get(article.get_absolute_url())
    )


def test_spaces_are_unbreakable_on_the_page_alone(client, outlet):
    article = make_article(outlet=outlet, body="<p>« Prêt » : oui</p>")
    assert (
        "<p>«\N{NO-BREAK SPACE}Prêt\N{NO-BREAK SPACE}»\N{NO-BREAK SPACE}: oui</p>"
        in client.get(article.get_absolute_url()).content.decode()
    )


def test_stored_text_keeps_its_plain_spaces(outlet):
    assert make_article(outlet=outlet, body="<p>« Prêt » : oui</p>").body == "<p>« Prêt » : oui</p>"


def test_hostile_headline_is_escaped(client, outlet):
    article = make_article(outlet=outlet, headline="<script>alert(1)</script>")
    assert "<script>alert" not in text(client.get(article.get_absolute_url()))


def test_withheld_picture_keeps_its_caption(client, article):
    make_image(article, caption="Les anneaux", withheld="rights")
    assert "Les anneaux" in text(client.get(article.get_absolute_url()))


def test_withheld_picture_tells_the_reason(client, article):
    make_image(article, withheld="rights", file="pictures/x.webp", width=1, height=1)
    assert "sa licence ne couvre pas l’archive" in text(client.get(article.get_absolute_url()))


def test_withheld_picture_is_not_in_the_page(client, article):
    make_image(article, withheld="rights", file="pictures/x.webp", width=1, height=1)
    assert "pictures/x.webp" not in text(client.get(article.get_absolute_url()))


def test_correction_is_shown_with_its_day(client, article):
    care.correct(article, kind="clarification", text="Le vol durait deux heures.", made_on=date(2014, 2, 1))
    assert "1er février 2014" in text(client.get(article.get_absolute_url()))


def test_old_addresses_are_told(client, article):
    make_old_address(article, "http://quebec.huffingtonpost.ca/2014/01/22/x_n_4646130.html")
    assert "http://quebec.huffingtonpost.ca/2014/01/22/x_n_4646130.html" in text(client.get(article.get_absolute_url()))


def test_article_that_may_not_be_indexed_says_so_in_its_page(client, outlet):
    article = make_article(outlet=outlet, indexable=False)
    assert '<meta name="robots" content="noindex">' in text(client.get(article.get_absolute_url()))


def test_article_that_may_not_be_indexed_says_so_in_its_headers(client, outlet):
    article = make_article(outlet=outlet, indexable=False)
    assert client.get(article.get_absolute_url())["X-Robots-Tag"] == "noindex"


def test_no_cookie_is_set(client, article):
    assert not client.get(article.get_absolute_url()).cookies


def test_page_does_not_vary_on_cookie_or_language(client, article):
    assert client.get(article.get_absolute_url()).headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"


def test_page_of_five_thousand_words_is_under_30_kb_on_the_wire(client, article):
    article.body = "".join(f"<p>{i} {'Le ministre a répondu à la question du jour. ' * 5}</p>" for i in range(120))
    article.save()
    response = client.get(article.get_absolute_url(), headers={"Accept-Encoding": "gzip"})
    assert len(response.content) < 30_000 and gzip.decompress(response.content)


def test_queries_do_not_grow_with_what_hangs_on_the_article(client, article, django_assert_max_num_queries):
    for number in range(12):
        make_byline(article)
        make_image(article)
        make_old_address(article, f"http://example.org/{number}")
        care.correct(article, kind="update", text="…")
        make_notice(article.outlet, first_day=date(2021, 4, number + 1))
    with django_assert_max_num_queries(23):
        client.get(article.get_absolute_url())


# Tombstones


@pytest.fixture
def withdrawn(article):
    def withdraw(**fields):
        care.withdraw(article, **({"reason": "legal", "status_code": 451} | fields))
        return article

    return withdraw


@pytest.mark.parametrize("status", [410, 451])
def test_withdrawn_article_answers_with_its_status(client, withdrawn, status):
    assert client.get(withdrawn(status_code=status).get_absolute_url()).status_code == status


def test_tombstone_tells_the_reason(client, withdrawn):
    assert "Vie privée" in text(client.get(withdrawn(reason="privacy").get_absolute_url()))


def test_tombstone_tells_the_day(client, withdrawn):
    day = timezone.now().date().isoformat()
    assert f'datetime="{day}"' in text(client.get(withdrawn().get_absolute_url()))


def test_tombstone_tells_the_public_note(client, withdrawn):
    assert "Retiré à la demande" in text(
        client.get(withdrawn(public_note="Retiré à la demande d’un tiers.").get_absolute_url())
    )


def test_tombstone_shows_the_headline_where_it_may(client, withdrawn):
    assert "Une offre d’aide" in text(client.get(withdrawn().get_absolute_url()))


def test_tombstone_hides_the_headline_where_it_must(client, withdrawn):
    assert "offre" not in text(client.get(withdrawn(show_headline=False).get_absolute_url()))


def test_hidden_headline_is_not_given_away_by_a_redirect(client, withdrawn):
    article = withdrawn(show_headline=False)
    assert client.get(f"/a/{article.key}")["Location"] == f"/quebec/articles/{article.key}/"


def test_tombstone_answers_at_the_key_alone(client, withdrawn):
    assert client.get(f"/quebec/articles/{withdrawn().key}/").status_code == 451


def test_tombstone_has_nothing_of_the_text(client, article, withdrawn):
    article.body = "<p>Phrase secrète</p>"
    article.save()
    assert "secrète" not in text(client.get(withdrawn().get_absolute_url()))


def test_tombstone_is_not_indexed(client, withdrawn):
    assert client.get(withdrawn().get_absolute_url())["X-Robots-Tag"] == "noindex"


def test_reinstated_article_is_read_again(client, withdrawn):
    article = withdrawn()
    care.reinstate(article)
    assert client.get(article.get_absolute_url()).status_code == 200


def test_withdrawal_to_come_leaves_the_article_until_then(client, article):
    Withdrawal.objects.create(article=article, reason="rights-expired", withdrawn_on=date(2999, 1, 1))
    assert client.get(article.get_absolute_url()).status_code == 200


def test_draft_that_was_withdrawn_has_no_tombstone(client, withdrawn):
    article = withdrawn()
    article.held_back = True
    article.save()
    assert client.get(article.get_absolute_url()).status_code == 404


# Pictures


@pytest.fixture
def picture(article, media_root):
    (media_root / "pictures").mkdir()
    (media_root / "pictures" / "river.webp").write_bytes(b"RIFF....WEBP")
    return make_image(article, file="pictures/river.webp", width=2, height=1)


def test_picture_is_served(client, picture):
    response = client.get("/media/pictures/river.webp")
    assert response.getvalue() == b"RIFF....WEBP"


def test_withheld_picture_is_not_served(client, picture):
    picture.withheld = "privacy"
    picture.save()
    assert client.get("/media/pictures/river.webp").status_code == 404


def test_picture_of_a_withdrawn_article_is_not_served(client, picture, withdrawn):
    withdrawn()
    assert client.get("/media/pictures/river.webp").status_code == 404


def test_picture_whose_file_is_lost_is_not_found(client, picture, media_root):
    (media_root / "pictures" / "river.webp").unlink()
    assert client.get("/media/pictures/river.webp").status_code == 404


def test_file_that_is_no_picture_is_not_served(client, picture, media_root):
    (media_root / "secret.txt").write_text("x")
    assert client.get("/media/secret.txt").status_code == 404


def test_unchanged_picture_is_not_sent_again(client, picture, media_root):
    since = http_date((media_root / "pictures" / "river.webp").stat().st_mtime)
    assert client.get("/media/pictures/river.webp", headers={"If-Modified-Since": since}).status_code == 304


def test_late_evening_belongs_to_the_newsrooms_day(client, outlet):
    make_article(
        outlet=outlet,
        published_at=datetime(2014, 1, 23, 3, 5, tzinfo=UTC),
        published_precision="minute",
        headline="Tard",
    )
    assert "Tard" in text(client.get("/quebec/2014/01/22/"))
