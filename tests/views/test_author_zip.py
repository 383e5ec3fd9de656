"""An author's pieces in one file."""

import html
import re
import zipfile
from datetime import date
from io import BytesIO
from pathlib import PurePosixPath

import pytest
from django.core.files.base import ContentFile

from archive import care
from archive.exporters import author_pieces
from archive.models import Correction
from archive.views import author_zip
from tests.factories import make_article, make_author, make_byline, make_image, make_notice, make_outlet

pytestmark = pytest.mark.django_db
ADDRESS = "/quebec/authors/mireille-jobin/pieces.zip"


@pytest.fixture
def outlet():
    return make_outlet(slug="quebec", name="HuffPost Québec", rights_line="© HuffPost Québec")


@pytest.fixture
def author():
    return make_author(slug="mireille-jobin", name="Mireille Jobin")


@pytest.fixture
def article(outlet, author, media_root):
    article = make_article(outlet=outlet, headline="Une offre <d’aide>", body="<p>Texte.</p>")
    make_byline(article, author)
    return article


def fetch(client):
    response = client.get(ADDRESS)
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def go_away(response):
    """What a server does when its reader is gone; all of it would close the test's own database too."""
    for close in response._resource_closers:
        close()


def files(client):
    with zipfile.ZipFile(BytesIO(fetch(client))) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def test_file_holds_each_piece_as_page_and_as_text_with_an_index(client, article):
    name = f"2014-01-22-une-offre-d-aide-{article.key}"
    found = files(client)
    assert list(found) == ["README.txt", f"{name}.html", f"{name}.txt", "index.html"]
    assert "Une offre &lt;d’aide&gt;" in found[f"{name}.html"].decode()
    assert article.short_address in found[f"{name}.html"].decode()
    assert "Texte." in found[f"{name}.txt"].decode()
    assert f'<a href="{name}.html" lang="fr">Une offre &lt;d’aide&gt;</a>' in found["index.html"].decode()


def test_file_is_to_be_kept(client, article):
    response = client.get(ADDRESS)
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == 'attachment; filename="quebec-mireille-jobin.zip"'
    assert response["X-Robots-Tag"] == "noindex"
    go_away(response)


def test_notices_and_corrections_go_with_each_piece(client, article, outlet):
    make_notice(outlet, message="{outlet} a fermé en {year}.")
    Correction.objects.create(article=article, made_on=date(2015, 2, 1), text="C’était mardi.")
    for name, content in files(client).items():
        words = html.unescape(re.sub("<[^>]*>", "", content.decode()))
        assert "HuffPost Québec a fermé en 2021." in words, name
        if article.key in name:
            assert "C’était mardi." in words, name


def test_pictures_that_may_be_shown_are_in_it_and_no_others(client, article, media_root):
    make_image(article, file=ContentFile(b"picture", "a.jpg"), width=1, height=1, alt="A")
    make_image(article, file=ContentFile(b"secret", "b.jpg"), width=1, height=1, withheld="privacy")
    make_image(article, caption="Perdue.")
    found = files(client)
    (picture,) = (name for name in found if name.startswith("pictures/"))
    assert found[picture] == b"picture"
    page = found[f"2014-01-22-une-offre-d-aide-{article.key}.html"].decode()
    assert f'<img src="{picture}"' in page


def test_picture_whose_file_is_lost_is_left_out(client, article, media_root):
    image = make_image(article, file=ContentFile(b"picture", "a.jpg"), width=1, height=1)
    image.file.storage.delete(image.file.name)
    assert not [name for name in files(client) if name.startswith("pictures/")]


def test_withdrawn_and_held_back_pieces_are_not_in_it(client, article, outlet, author):
    for fields in ({"headline": "Retirée"}, {"headline": "Gardée", "held_back": True}):
        other = make_article(outlet=outlet, **fields)
        make_byline(other, author)
    care.withdraw(other.__class__.objects.get(headline="Retirée"), reason="privacy")
    words = b"".join(files(client).values()).decode()
    assert "Retirée" not in words
    assert "Gardée" not in words


def test_author_of_nothing_public_has_no_file(client, article):
    care.withdraw(article, reason="privacy")
    assert client.get(ADDRESS).status_code == 404


def test_names_are_safe_and_each_is_the_only_one(client, outlet, author, media_root):
    for number in range(3):
        dated = (
            {"published_precision": "unknown"}
            if number
            else {"published_on": date(2014, 3, 1), "published_precision": "month"}
        )
        make_byline(make_article(outlet=outlet, headline="Même titre " + "é" * 300, **dated), author)
    names = list(files(client))
    assert len(names) == len(set(names)) == 8
    for name in names:
        assert len(name) < 200
        assert re.fullmatch(r"[A-Za-z0-9/.-]+", name)
        assert ".." not in PurePosixPath(name).parts
    assert sum(name.startswith("2014-03-meme") for name in names) == 2


def test_same_pieces_give_the_same_bytes(client, article):
    assert fetch(client) == fetch(client)


def test_queries_grow_with_batches_and_not_with_pieces(
    client, outlet, author, media_root, django_assert_max_num_queries
):
    for _number in range(30):
        make_byline(make_article(outlet=outlet), author)
    with django_assert_max_num_queries(25):
        assert len(files(client)) == 62


def test_more_than_a_batch_is_in_it_once(client, outlet, author, media_root, monkeypatch):
    monkeypatch.setattr(author_pieces, "BATCH", 3)
    for _number in range(8):
        make_byline(make_article(outlet=outlet), author)
    assert len(files(client)) == 18


def test_no_more_files_are_on_their_way_than_may_be(client, article):
    waiting = [client.get(ADDRESS) for _number in range(author_zip.MOST_AT_ONCE)]
    response = client.get(ADDRESS)
    assert response.status_code == 503
    assert response["Retry-After"] == "60"
    for each in waiting:
        go_away(each)
    assert files(client)


def test_head_takes_no_place(client, article):
    for _number in range(author_zip.MOST_AT_ONCE + 1):
        assert client.head(ADDRESS).status_code == 200


def test_author_s_page_leads_to_the_file(client, article):
    assert f'href="{ADDRESS}"' in client.get("/quebec/authors/mireille-jobin/").content.decode()


def test_pages_in_it_are_valid_html(client, article, html_errors):
    pages = {name: content.decode() for name, content in files(client).items() if name.endswith(".html")}
    assert html_errors(pages) == []
