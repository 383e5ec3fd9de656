import os
import stat
import zipfile
from io import BytesIO

import pytest

from archive.importers import wacz
from archive.importers.base import ImportedArticle, Problem, ReadOptions, Refusal
from archive.importers.items import LeftOut
from archive.importers.wacz import recognises
from archive.importers.warc import AGAIN, NO_ARTICLES, REVISITS
from tests.importers import crawls
from tests.importers.conftest import SAMPLES
from tests.importers.crawls import gzipped, page, plain

CRAWL = SAMPLES / "wacz" / "courrier-des-rives.wacz"


def read(content):
    return list(wacz.read(BytesIO(content), ReadOptions()))


def articles(content):
    return [item for item in read(content) if isinstance(item, ImportedArticle)]


def test_every_crawl_in_it_is_read_and_counted_together():
    content = CRAWL.read_bytes()
    assert [article.headline for article in articles(content)] == [
        "Crue : Saint-Amable ferme deux ponts",
        "Le marché couvert rouvre samedi",
    ]
    assert {item.kind: item.number for item in read(content) if isinstance(item, LeftOut)} == {
        NO_ARTICLES: 2,
        AGAIN: 1,
        REVISITS: 1,
    }


def test_place_tells_the_crawl_within():
    assert articles(CRAWL.read_bytes())[1].place.startswith("archive/two.warc.gz: record 5, byte ")


def test_page_in_two_crawls_is_taken_once():
    content = crawls.wacz(a_warc_gz=gzipped(page("/a/un-deux-trois")), b_warc=plain(page("/a/un-deux-trois")))
    assert len(articles(content)) == 1


def test_record_read_again_is_the_same_article():
    for article in articles(CRAWL.read_bytes()):
        (again,) = articles(article.record)
        assert again.canonical() == article.canonical()


def test_redirects_and_pictures_of_every_crawl_are_given():
    wanted = frozenset(["https://i.courrierdesrives.example/4645001/pont.jpg"])
    found = list(wacz.read_attachments(BytesIO(CRAWL.read_bytes()), wanted))
    assert [type(item).__name__ for item in found] == ["ImportedRedirect", "ImportedPicture"]
    assert found[1].place.startswith("archive/two.warc.gz: record 1")


def test_damaged_crawl_is_refused_and_the_others_read():
    good = gzipped(page("/a/un-deux-trois"))
    content = crawls.wacz(a_warc_gz=b"\x1f\x8b\x08" + os.urandom(500), b_warc_gz=good)
    assert len(articles(content)) == 1
    places = {item.place.partition(":")[0] for item in read(content) if isinstance(item, Problem)}
    assert places == {"archive/a.warc.gz"}


def test_file_without_a_crawl_is_refused():
    with pytest.raises(Refusal, match="holds no WARC"):
        read(crawls.wacz())


def test_member_that_leads_out_is_refused_and_the_rest_read():
    stream = BytesIO()
    link = zipfile.ZipInfo("archive/b.warc")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("archive/../../a.warc", plain(page("/a/quatre-cinq-six")))
        packed.writestr(link, "/etc/passwd")
        packed.writestr("archive/c.warc", plain(page("/a/un-deux-trois")))
    assert len(articles(stream.getvalue())) == 1
    assert len([item for item in read(stream.getvalue()) if isinstance(item, Problem)]) == 2


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"PK\x03\x04" + b"x" * 500], ids=["empty", "cut", "noise"])
def test_what_is_no_zip_file_is_refused(content):
    with pytest.raises(Refusal):
        read(content)


@pytest.mark.parametrize(
    ("first", "is_crawl"),
    [
        ("archive/rec-1.warc.gz", True),
        ("datapackage.json", True),
        ("indexes/index.cdx", True),
        ("pages/pages.jsonl", True),
        ("pages/about.html", False),
        ("archive/2014/photo.jpg", False),
        ("[Content_Types].xml", False),
    ],
)
def test_crawl_is_told_from_other_zip_files_by_its_first_member(first, is_crawl):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr(first, "x")
    assert recognises(stream.getvalue()) is is_crawl


def test_crawl_becomes_articles(outlet):
    from archive.importers.saving import import_paths

    report = import_paths([CRAWL], outlet)
    assert (report.created, report.formats) == (2, ["wacz"])


def test_redirect_and_picture_of_a_crawl_become_its_articles(outlet, media_root):
    from archive.importers.saving import import_paths
    from archive.models import Article, OldAddress, Record

    report = import_paths([CRAWL], outlet)

    article = Article.objects.get(headline__startswith="Crue")
    assert OldAddress.objects.article_at(f"{crawls.SITE}/n/4645001") == article
    leading = article.images.first()
    assert (leading.is_shown, leading.caption) == (True, "Le pont de la Rive, mardi.")
    assert (report.pictures, len(list(media_root.rglob("*.*")))) == (1, 1)
    record = Record.objects.get(article=article)
    assert record.captured_from == f"{crawls.SITE}/2014/01/22/crue-saint-amable-ponts_n_4645001.html"
    assert record.captured_at.year == 2019
