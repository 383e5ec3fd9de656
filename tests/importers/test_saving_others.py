"""What stands in files beside articles: pages, withdrawals, redirects, pictures, and what is left out."""

import sys
from dataclasses import replace
from io import BytesIO
from itertools import pairwise

import pytest
from PIL import Image as Drawing

from archive.care import reinstate
from archive.importers.base import ImportedArticle, ImportedImage
from archive.importers.items import ImportedPage, ImportedPicture, ImportedRedirect, ImportedWithdrawal, LeftOut
from archive.importers.media import Media
from archive.importers.saving import import_paths, undo_run
from archive.models import AddressMiss, Article, Image, ImportItem, ImportRun, InfoPage, OldAddress
from tests.test_pictures import png

pytestmark = pytest.mark.django_db

STORY = ImportedArticle(original_id="1", headline="Ferry", original_url="https://herald.example/ferry")
ABOUT = ImportedPage("about", "About us", "<p onclick=x>Since 1874.</p>", place="item 2")
PICTURE = "https://img.example/2014/ferry.jpg"


@pytest.fixture
def take(outlet, reader, page_file):
    """Imports what is given as one file."""

    def take(*items, attachments=(), read_attachments=None, **options):
        reader(*items)
        if read_attachments:
            sys.modules["made_up"].read_attachments = read_attachments
        elif attachments:
            sys.modules["made_up"].read_attachments = lambda stream, wanted: (
                each for each in attachments if isinstance(each, ImportedRedirect) or each.address in wanted
            )
        return import_paths([page_file("x")], outlet, **options)

    return take


def counts(report):
    return (report.created, report.updated, report.unchanged, report.refused)


def drawing():
    out = BytesIO()
    Drawing.new("RGB", (40, 30), "navy").save(out, "PNG")
    return out.getvalue()


class TestPages:
    def test_page_becomes_an_information_page(self, outlet, take):
        assert counts(take(ABOUT)) == (1, 0, 0, 0)
        page = outlet.info_pages.get()
        assert (page.slug, page.title, page.body, page.language) == ("about", "About us", "<p>Since 1874.</p>", "fr")

    def test_embed_in_a_page_becomes_a_card(self, outlet, take):
        take(replace(ABOUT, body='<p>Since 1874.</p><iframe src="https://player.vimeo.com/video/8"></iframe>'))
        body = outlet.info_pages.get().body
        assert body.startswith('<p>Since 1874.</p><aside class="embed"><p><a href="https://vimeo.com/8"')

    def test_caption_in_a_page_stays_in_its_text(self, outlet, take):
        take(replace(ABOUT, body='<figure><img src="/a.jpg"><figcaption>The desk.</figcaption></figure>'))
        assert outlet.info_pages.get().body == "<figure><figcaption>The desk.</figcaption></figure>"

    def test_again_is_unchanged(self, take):
        take(ABOUT)
        assert counts(take(ABOUT)) == (0, 0, 1, 0)

    def test_pictures_that_a_page_loses_are_told(self, take):
        report = take(replace(ABOUT, body='<p>Us</p><img src="https://a.example/1.jpg">'))
        assert [each.problem for each in report.problems] == [
            "An information page has no pictures: those that stood in it were left out, 1 in all."
        ]

    def test_newer_page_is_brought_up_to_date(self, take):
        take(ABOUT)
        assert counts(take(replace(ABOUT, title="About"))) == (0, 1, 0, 0)
        assert InfoPage.objects.get().title == "About"

    def test_page_that_staff_changed_stays_and_is_told(self, take):
        take(ABOUT)
        InfoPage.objects.update(title="By staff")
        report = take(replace(ABOUT, title="About"))
        assert (counts(report), InfoPage.objects.get().title) == ((0, 0, 1, 0), "By staff")
        assert "was written or changed here" in report.problems[0].problem

    def test_old_addresses_of_a_page_lead_to_it(self, take):
        take(replace(ABOUT, old_addresses=("https://herald.example/about/", "https://herald.example/?page_id=2")))
        for url in ("http://www.herald.example/about", "herald.example/?page_id=2"):
            assert OldAddress.objects.resolve(url).path() == InfoPage.objects.get().get_absolute_url()

    def test_old_address_of_a_page_is_asked_for_in_vain_no_more(self, outlet, take):
        AddressMiss.objects.count_one("herald.example/about", outlet.pk)
        take(replace(ABOUT, old_addresses=("https://herald.example/about/",)))
        assert not AddressMiss.objects.exists()

    def test_address_that_is_an_articles_stays_the_articles(self, take):
        take(STORY)
        report = take(replace(ABOUT, old_addresses=(STORY.original_url, "no address")))
        assert OldAddress.objects.resolve(STORY.original_url).way == "address"
        assert "is an old address of an article already" in report.problems[0].problem
        assert "is not a web address" in report.problems[1].problem or "has no host" in report.problems[1].problem

    def test_unpublished_page_is_held_back(self, take):
        take(replace(ABOUT, held_back=True))
        assert (InfoPage.objects.count(), InfoPage.objects.public().count()) == (1, 0)

    def test_page_that_can_not_be_kept_is_refused(self, take):
        report = take(replace(ABOUT, title="x" * 201))
        assert counts(report) == (0, 0, 0, 1)
        assert report.problems[0].place.endswith("page.txt: item 2")


class TestWithdrawals:
    def test_article_is_withdrawn(self, take):
        report = take(STORY, ImportedWithdrawal("1", "legal", "Killed by the agency."))
        assert counts(report) == (1, 1, 0, 0)
        withdrawal = Article.objects.get().withdrawals.get()
        assert (withdrawal.reason, withdrawal.public_note) == ("legal", "")

    def test_again_is_unchanged(self, take):
        take(STORY, ImportedWithdrawal("1", "other"))
        assert counts(take(STORY, ImportedWithdrawal("1", "other"))) == (0, 0, 2, 0)

    def test_withdrawal_may_stand_before_its_article(self, take):
        assert counts(take(ImportedWithdrawal("1", "other"), STORY)) == (2, 0, 0, 0)
        assert Article.objects.public().count() == 0

    def test_article_that_staff_reinstated_stays(self, take):
        take(STORY, ImportedWithdrawal("1", "other", "Killed."))
        reinstate(Article.objects.get())
        report = take(ImportedWithdrawal("1", "other", "Killed."))
        assert Article.objects.public().count() == 1
        assert "Staff reinstated the article" in report.problems[0].problem


class TestRedirects:
    def test_address_that_led_to_an_article_is_an_old_address_of_it(self, take):
        redirects = [
            ImportedRedirect("https://herald.example/b", "https://herald.example/a"),
            ImportedRedirect("https://herald.example/a", "https://herald.example/ferry"),
        ]
        take(STORY, attachments=redirects)
        assert OldAddress.objects.article_at("https://herald.example/b").headline == "Ferry"

    def test_again_adds_none(self, take):
        redirects = [ImportedRedirect("https://herald.example/a", "https://herald.example/ferry")]
        take(STORY, attachments=redirects)
        take(STORY, attachments=redirects)
        assert OldAddress.objects.count() == 2

    def test_no_more_hops_are_followed_than_a_browser_would(self, take):
        places = [f"https://herald.example/{number}" for number in range(25)] + ["https://herald.example/ferry"]
        take(STORY, attachments=[ImportedRedirect(*pair) for pair in pairwise(places)])
        assert set(OldAddress.objects.values_list("url", flat=True)) == {*places[5:]}

    def test_redirects_in_a_circle_are_none_and_end(self, take):
        redirects = [
            ImportedRedirect("https://herald.example/a", "https://herald.example/b"),
            ImportedRedirect("https://herald.example/b", "https://herald.example/a"),
            ImportedRedirect("https://herald.example/ferry", "https://herald.example/ferry/"),
        ]
        take(STORY, attachments=redirects)
        assert OldAddress.objects.count() == 1

    def test_address_that_leads_elsewhere_is_none(self, take):
        take(STORY, attachments=[ImportedRedirect("https://herald.example/a", "https://other.example/")])
        assert OldAddress.objects.count() == 1

    def test_reader_that_fails_on_them_ends_nothing_else(self, take):
        def fail(stream, wanted):
            raise ZeroDivisionError("by nothing")

        report = take(STORY, replace(STORY, original_id="2"), read_attachments=fail)
        assert ImportRun.objects.get(key=report.runs[0]).state == "done"
        assert "could not all be read: the program failed on them: ZeroDivisionError" in report.problems[-1].problem

    def test_is_undone(self, take):
        take(STORY)
        report = take(attachments=[ImportedRedirect("https://herald.example/a", "https://herald.example/ferry")])
        undo_run(ImportRun.objects.get(key=report.runs[0]))
        assert OldAddress.objects.count() == 1


class TestPictures:
    STORY = replace(STORY, images=(ImportedImage(PICTURE, caption="The ferry."),))

    def test_picture_of_a_crawl_is_its_articles(self, take, media_root):
        take(self.STORY, attachments=[ImportedPicture(PICTURE, drawing())])
        image = Image.objects.get()
        assert (image.is_shown, image.width, image.height) == (True, 40, 30)
        assert len(list(media_root.rglob("*.png"))) == 1

    def test_picture_of_a_folder_is_found_by_its_address(self, take, media_root, tmp_path):
        file = tmp_path / "uploads" / "2014" / "ferry.jpg"
        file.parent.mkdir(parents=True)
        file.write_bytes(drawing())
        with Media(tmp_path / "uploads") as media:
            take(self.STORY, media=media)
        assert Image.objects.get().is_shown

    def test_picture_that_comes_later_is_put_to_the_article_that_is_there(self, take, media_root):
        take(self.STORY)
        take(self.STORY, attachments=[ImportedPicture(PICTURE, drawing())])
        assert Image.objects.get().is_shown
        assert [each.verb for each in Article.objects.get().revisions.all()] == ["taken-in", "imported-again"]

    def test_broken_picture_is_told_and_the_caption_kept(self, take, media_root):
        report = take(self.STORY, attachments=[ImportedPicture(PICTURE, b"no picture", "record 4")])
        assert (Image.objects.get().caption, Image.objects.get().withheld) == ("The ferry.", "not-rescued")
        assert report.problems[0].place == "record 4"

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
            (png(30_000, 30_000), "too many points"),
            (drawing()[:-30], "broken"),
        ],
        ids=["SVG", "bomb", "broken"],
    )
    def test_picture_that_is_refused_leaves_its_words(self, take, media_root, content, reason):
        report = take(self.STORY, attachments=[ImportedPicture(PICTURE, content, "record 4")])
        image = Image.objects.get()
        assert (image.caption, image.withheld, bool(image.file)) == ("The ferry.", "not-rescued", False)
        assert reason in report.problems[0].problem
        assert [path for path in media_root.rglob("*") if path.is_file()] == []

    def test_picture_in_the_text_becomes_one_of_the_articles(self, take):
        take(replace(STORY, body=f'<p>Text</p><figure><img src="{PICTURE}" alt="A ferry"></figure>'))
        assert (Image.objects.get().original_address, Image.objects.get().alt) == (PICTURE, "A ferry")
        assert Article.objects.get().body == "<p>Text</p>"

    def test_trial_writes_no_file(self, take, media_root):
        take(self.STORY, attachments=[ImportedPicture(PICTURE, drawing())], dry_run=True)
        assert list(media_root.rglob("*")) == []

    def test_is_undone_with_its_file(self, take, media_root, django_capture_on_commit_callbacks):
        take(self.STORY)
        report = take(self.STORY, attachments=[ImportedPicture(PICTURE, drawing())])
        with django_capture_on_commit_callbacks(execute=True):
            undo_run(ImportRun.objects.get(key=report.runs[0]))
        assert Image.objects.get().withheld == "not-rescued"
        assert list(media_root.rglob("*.png")) == []


def test_what_is_left_out_is_counted_by_kind(take):
    report = take(LeftOut("comments", 12), STORY, LeftOut("comments"), LeftOut("templates", 2))
    assert report.left_out == {"comments": 13, "templates": 2}
    assert ImportRun.objects.get().left_out == 15
    assert ImportItem.objects.count() == 1
