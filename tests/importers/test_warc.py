import gzip
import time
import tracemalloc
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.importers import warc, warc_records
from archive.importers.base import ImportedArticle, Problem, ReadOptions, Refusal, until_hopeless
from archive.importers.items import ImportedPicture, ImportedRedirect, LeftOut
from archive.importers.warc import AGAIN, NO_ARTICLES, REVISITS, read_attachments, recognises
from tests.importers.conftest import SAMPLES
from tests.importers.crawls import FILLER, SITE, gzipped, http, page, plain, record, story

CRAWL = SAMPLES / "warc" / "courrier-des-rives.warc.gz"
PICTURE = b"\xff\xd8\xff\xe0 the bytes of a picture"


def read(content):
    return list(warc.read(BytesIO(content), ReadOptions()))


def articles(content):
    return [item for item in read(content) if isinstance(item, ImportedArticle)]


def problems(content):
    return [item for item in read(content) if isinstance(item, Problem)]


def left_out(content):
    return {item.kind: item.number for item in read(content) if isinstance(item, LeftOut)}


def attachments(content, *wanted):
    return list(read_attachments(BytesIO(content), frozenset(wanted)))


def test_pages_of_articles_are_taken_and_all_else_is_counted():
    content = CRAWL.read_bytes()
    assert [article.headline for article in articles(content)] == [
        "Crue : Saint-Amable ferme deux ponts",
        "Le marché couvert rouvre samedi",
    ]
    assert left_out(content) == {NO_ARTICLES: 2, AGAIN: 1, REVISITS: 1}
    assert problems(content) == []


def test_address_and_time_of_the_capture_are_the_provenance():
    article = articles(CRAWL.read_bytes())[0]
    assert article.captured_from == f"{SITE}/2014/01/22/crue-saint-amable-ponts_n_4645001.html"
    assert article.captured_at == datetime(2019, 6, 27, 22, 15, tzinfo=UTC)


def test_address_of_the_capture_is_an_old_address():
    (article,) = articles(plain(page("/entree/crue-des-ponts?id=12")))
    assert article.original_url == f"{SITE}/entree/crue-des-ponts?id=12"


def test_plain_crawl_is_read_as_a_packed_one():
    found = articles((SAMPLES / "warc" / "harbour-herald.warc").read_bytes())
    assert [article.headline for article in found] == ["Ferry stays all year", "The lighthouse keeper's last night"]


def test_records_packed_all_at_once_are_read():
    assert len(articles(gzip.compress(plain(page("/a/un-deux-trois"), page("/a/quatre-cinq-six"))))) == 2


def test_place_tells_record_and_address():
    (article,) = articles(plain(page("/", story()), page("/a/un-deux-trois")))
    assert article.place.startswith("record 2, byte ")
    assert article.place.endswith("/a/un-deux-trois")


@pytest.mark.parametrize("pack", [plain, gzipped])
def test_record_read_again_is_the_same_article(pack):
    for article in articles(pack(page("/a/un-deux-trois"), page("/a/quatre-cinq-six", story("Autre")))):
        (again,) = articles(article.record)
        assert again.canonical() == article.canonical()
        assert (again.captured_from, again.captured_at) == (article.captured_from, article.captured_at)


def test_answer_whose_head_has_no_end_is_refused_and_the_next_page_is_taken():
    endless = record("http://courrier.example/a", b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000)
    content = plain(endless, page("/b"))
    (refused,) = problems(content)
    assert refused.problem == "The head of the server's answer has no end."
    assert "http://courrier.example/a" in refused.place
    assert len(articles(content)) == 1


@pytest.mark.parametrize("second", ["/a/un-deux-trois", "/a/un-deux-trois/", "/a/un-deux-trois?utm_source=x"])
def test_page_captured_twice_is_taken_once(second):
    content = plain(page("/a/un-deux-trois"), page(second, story(text=f"{FILLER} Autrement.")))
    assert [len(articles(content)), left_out(content)] == [1, {AGAIN: 1}]


def test_page_with_the_canonical_address_of_another_is_taken_once():
    head = f'<link rel="canonical" href="{SITE}/a/un-deux-trois">'
    assert len(articles(plain(page("/a/un-deux-trois"), page("/print/771", story(head=head))))) == 1


def test_page_that_was_no_article_at_first_is_taken_when_it_is_one():
    empty = "<html><head><title>Un instant</title></head><body>Un instant…</body></html>"
    assert len(articles(plain(page("/a/un-deux-trois", empty), page("/a/un-deux-trois")))) == 1


UNTOLD = story().replace('<meta property="og:type" content="article">', "")


@pytest.mark.parametrize(
    ("path", "html", "is_article"),
    [
        ("/2014/01/22/crue.html", UNTOLD, True),
        ("/crue-des-deux-ponts", UNTOLD, True),
        ("/contact", UNTOLD, False),
        ("/tag/crue-des-ponts", UNTOLD, False),
        ("/auteurs/anne-roy-12", UNTOLD, False),
        ("/", story(), False),
        ("/index.html", story(), False),
        ("/2014/01/22/", story().replace('"article"', '"website"'), False),
        ("/2014/01/22/x", "<html><title>Erreur</title><body><p>Page introuvable</p></body></html>", False),
    ],
)
def test_only_what_is_an_articles_page_is_one(path, html, is_article):
    assert bool(articles(plain(page(path, html)))) is is_article


@pytest.mark.parametrize(
    "block",
    [
        http(story(), status="404 Not Found"),
        http(story(), status="302 Found"),
        http(story(), media_type="application/json"),
        http(PICTURE, media_type="image/jpeg"),
        b"no HTTP at all",
        b"",
    ],
)
def test_what_is_no_page_is_passed_over(block):
    assert read(plain(record(f"{SITE}/2014/01/22/crue.html", block))) == []


@pytest.mark.parametrize("kind", ["request", "metadata", "warcinfo", "conversion", "continuation"])
def test_record_of_another_kind_is_passed_over(kind):
    assert read(plain(page("/2014/01/22/crue.html", kind=kind))) == []


def test_resource_is_read_as_a_page():
    content = record(f"{SITE}/2014/crue.html", story().encode(), kind="resource", media_type="text/html")
    assert len(articles(content)) == 1


HTML = story().encode()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(HTML), {"Content_Encoding": "gzip"}),
        (zlib.compress(HTML), {"Content_Encoding": "deflate"}),
        (zlib.compress(HTML)[2:-4], {"Content_Encoding": "deflate"}),
        (brotli.compress(HTML), {"Content_Encoding": "br"}),
        (b"%x\r\n%s\r\n0\r\n\r\n" % (len(HTML), HTML), {"Transfer_Encoding": "chunked"}),
        (HTML, {"Content_Encoding": "gzip"}),
        (HTML, {"Content_Encoding": "br"}),
        (HTML, {"Content_Encoding": "deflate"}),
        (HTML, {"Transfer_Encoding": "chunked"}),
    ],
    ids=["gzip", "deflate", "raw deflate", "br", "chunked", "not gzip", "not br", "not deflate", "not chunked"],
)
def test_page_is_unpacked_however_it_was_sent(body, headers):
    (article,) = articles(record(f"{SITE}/2014/crue.html", http(body, **headers)))
    assert article.headline == "Crue: deux ponts fermés"


def test_encoding_that_the_server_told_is_believed():
    html = story("Élection").replace('<meta charset="utf-8">', "").encode("cp1252")
    block = http(html, media_type="text/html; charset=ISO-8859-1")
    assert articles(record(f"{SITE}/2014/crue.html", block))[0].headline == "Élection"


def test_redirects_are_given_with_whole_addresses():
    found = attachments(CRAWL.read_bytes())
    assert found == [
        ImportedRedirect(
            f"{SITE}/n/4645001", f"{SITE}/2014/01/22/crue-saint-amable-ponts_n_4645001.html", found[0].place
        )
    ]


@pytest.mark.parametrize("target", ["", "javascript:x", "ftp://a.example/", f"{SITE}/a/", "http://[x"])
def test_redirect_to_nowhere_is_none(target):
    assert attachments(record(f"{SITE}/a", http(status="301 Moved", Location=target))) == []


@pytest.mark.parametrize(
    "wanted", ["https://i.rives.example/pont.jpg", "http://www.i.rives.example/pont.jpg?utm_source=x"]
)
def test_wanted_picture_is_given_under_the_address_that_was_wanted(wanted):
    content = plain(
        record("https://i.rives.example/pont.jpg", http(PICTURE, media_type="image/jpeg")),
        record("https://i.rives.example/other.jpg", http(PICTURE, media_type="image/jpeg")),
        record("https://i.rives.example/pont.jpg", http(b"again", media_type="image/jpeg")),
    )
    (found,) = attachments(content, wanted)
    assert isinstance(found, ImportedPicture)
    assert (found.address, found.content) == (wanted, PICTURE)


def test_message_in_the_place_of_a_picture_is_no_picture():
    content = record("https://i.rives.example/pont.jpg", http("<p>Not found", media_type="text/html"))
    assert attachments(content, "https://i.rives.example/pont.jpg") == []


@pytest.mark.parametrize("pack", [plain, gzipped])
def test_crawl_that_is_cut_off_gives_what_is_whole(pack):
    content = pack(page("/a/un-deux-trois"), page("/a/quatre-cinq-six"))[:-200]
    assert len(articles(content)) == 1
    assert [each.problem for each in problems(content)] == ["The file is cut off within a record."]


@pytest.mark.parametrize("pack", [plain, gzipped])
def test_damaged_record_is_refused_alone(pack):
    records = [pack(page(f"/a/un-deux-{number}")) for number in range(3)]
    records[1] = records[1][:40] + b"\x00\xff" * 40 + records[1][120:]
    content = b"".join(records)
    assert [article.original_url[-1] for article in articles(content)] == ["0", "2"]
    assert len(problems(content)) == 1


def test_record_that_says_a_wrong_length_costs_itself_only():
    wrong = page("/a/un-deux-0").replace(b"Content-Length: ", b"Content-Length: -")
    assert [article.original_url[-1] for article in articles(wrong + page("/a/un-deux-1"))] == ["1"]


def test_joined_files_are_read_as_one():
    assert len(articles(gzipped(page("/a/un-deux-trois")) + b"\x00" * 512 + gzipped(page("/a/quatre-cinq-six")))) == 2


def bounded(content):
    """What comes out, and that it took little memory."""
    tracemalloc.start()
    try:
        found = read(content)
        return found, tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(record(f"{SITE}/2014/a.bin", bytes(300_000_000)), 9),
        record(f"{SITE}/2014/a.html", http(gzip.compress(bytes(200_000_000), 9), Content_Encoding="gzip")),
        record(f"{SITE}/2014/a.html", http(brotli.compress(bytes(200_000_000), quality=5), Content_Encoding="br")),
        b"WARC/1.0\r\n" + b"x" * 5_000_000,
        b"WARC/1.0 " + b"x" * 5_000_000,
        b"WARC/1.0\r\n" + b"a: b\r\n" * 100_000,
        b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 999999999999999\r\n\r\nx",
        b"WARC/1.0\r\n" * 100_000,
        page("/2014/a.html", "<html><body>" + "<div>" * 100_000),
    ],
    ids=["bomb", "bomb of a page", "brotli bomb", "line", "version", "head", "length", "heads", "deep"],
)
def test_hostile_crawl_is_refused_in_little_memory(content):
    found, is_bounded = bounded(content)
    assert is_bounded
    assert found
    assert all(isinstance(item, Problem) and item.remedy for item in found)


@pytest.mark.parametrize(
    "content",
    [
        b"a" * 20_000_000,
        b"\n" * 20_000_000,
        b"\x00" * 20_000_000,
        b"\nWARC/1.0\n\n" * 1_000_000,
        b"\nWARC/1.0\nContent-Length: 0\n\n" * 500_000,
        gzip.compress(b"WARC/1.0\n\n") * 300_000,
        gzip.compress(b"WARC/1.0\n") + gzip.compress(b"") * 300_000,
    ],
    ids=["letters", "line ends", "NUL", "heads", "empty records", "packed heads", "packed nothing"],
)
def test_crawl_of_nothing_is_soon_over(content):
    began = time.process_time()
    with suppress(Refusal):
        for _item in until_hopeless(warc.read(BytesIO(content), ReadOptions())):
            pass
    assert time.process_time() - began < 4


@pytest.mark.parametrize(
    "bomb",
    [
        gzip.compress(page("/2014/a.html", "<html><body>" + "<div>" * 1_000_000)) * 300,
        gzip.compress(record(f"{SITE}/2014/a.bin", bytes(90_000_000))) * 300,
    ],
    ids=["pages", "files"],
)
def test_crawl_of_many_small_bombs_is_given_up(bomb):
    with pytest.raises(Refusal, match="grows to over 200 times its size"):
        read(gzip.compress(record(f"{SITE}/2014/crue.html", http(story()))) + bomb)


def test_large_file_of_nothing_costs_the_rest_of_a_crawl_nothing():
    empty = gzip.compress(record(f"{SITE}/2014/a.bin", bytes(90_000_000)))
    assert len(articles(empty + gzip.compress(record(f"{SITE}/2014/crue.html", http(story()))))) == 1


def test_packed_pieces_without_a_record_are_given_up(monkeypatch):
    monkeypatch.setattr(warc_records, "_MOST_TRIED", 100)
    good = gzip.compress(record(f"{SITE}/2014/crue.html", http(story())))
    with pytest.raises(Refusal, match="Over 100 packed pieces stand in it"):
        read(good + gzip.compress(b"no record\n") * 200)


WRITTEN = record(f"{SITE}/2014/crue.html", http(story()))


@pytest.mark.parametrize(
    "content",
    [
        record(f"<{SITE}/2014/crue.html>", http(story())),
        record(f"{SITE}/2014/crue.html", http(story()).replace(b"HTTP/1.1 200 OK", b"HTTP/2 200")),
        WRITTEN.replace(b"22:15:00Z", b"22:15:00.123456Z").replace(b"WARC/1.0", b"WARC/1.1"),
        WRITTEN.replace(b"WARC-Target-URI", b"warc-target-uri").replace(b"WARC-Type", b"warc-type"),
        record(f"{SITE}/2014/crue.html", http(story(), media_type="application/xhtml+xml")),
        record(f"{SITE}/2014/crue.html", http(story()), media_type="application/http; msgtype=response"),
        record(f"{SITE}/2014/crue.html", http(story(), media_type="")),
    ],
    ids=["wget's brackets", "HTTP 2", "1.1", "small letters", "XHTML", "message type", "no type"],
)
def test_record_of_any_crawler_is_read(content):
    (article,) = articles(content)
    assert (article.original_url, article.captured_at.year) == (f"{SITE}/2014/crue.html", 2019)


@pytest.mark.parametrize("address", ["http://[x/2014/crue", "http://[::1/a-b-c", "//", "http://", "\x7f", ""])
def test_record_whose_address_is_none_does_not_end_the_crawl(address):
    content = record(address, http(story())) + page("/a/un-deux-trois")
    assert articles(content)[-1].original_url.endswith("/a/un-deux-trois")


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_whatever_the_bytes_nothing_is_raised(data):
    read(data)
    read(b"WARC/1.0\r\n" + data)
    attachments(gzip.compress(b"WARC/1.0\r\n" + data) + data)


@settings(deadline=None)
@given(st.sampled_from([plain, gzipped]), st.data())
def test_whatever_is_changed_in_a_crawl_nothing_is_raised(pack, data):
    content = bytearray(pack(page("/a/un-deux-trois"), page("/a/quatre-cinq-six")))
    for _change in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    read(bytes(content))
    attachments(bytes(content), f"{SITE}/a/un-deux-trois")


@pytest.mark.parametrize(
    ("head", "is_crawl"),
    [
        (b"WARC/1.0\r\n", True),
        (gzip.compress(b"WARC/1.1\r\n" + b"x" * 20_000)[:8192], True),
        (gzip.compress(b"<?xml"), False),
        (b"\x1f\x8b\x08broken", False),
        (b"WARC is a word", False),
        (b"", False),
    ],
)
def test_crawl_is_recognised(head, is_crawl):
    assert recognises(head) is is_crawl


def test_crawl_becomes_articles(outlet):
    from archive.importers.saving import import_paths
    from archive.models import Article

    report = import_paths([SAMPLES / "warc" / "harbour-herald.warc"], outlet)

    assert (report.created, report.refused) == (2, 0)
    assert Article.objects.filter(old_addresses__isnull=False).distinct().count() == 2
