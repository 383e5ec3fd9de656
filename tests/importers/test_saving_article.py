from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from archive.care import correct, record, snapshot
from archive.importers.base import (
    ImportedArticle,
    ImportedByline,
    ImportedCorrection,
    ImportedImage,
    ImportedSource,
    ImportedTerm,
    Refusal,
)
from archive.importers.saving import save_article
from archive.keys import derived_key
from archive.models import Article, Author, OldAddress, Section, Source, Tag
from tests.factories import make_article, make_author, make_old_address

pytestmark = pytest.mark.django_db

WHOLE = ImportedArticle(
    original_id="4646130",
    headline="Council votes to keep the ferry",
    body="<p onclick='x()'>The ferry stays.</p><script>alert(1)</script>",
    slug="ferry-stays",
    summary="It will cross twice a day.",
    kicker="Harbour",
    language="en-CA",
    published=datetime(2014, 1, 23, 2, 30, tzinfo=UTC),
    published_precision="minute",
    modified=datetime(2014, 1, 24, 12, 0, tzinfo=UTC),
    dateline="HALIFAX (CP) –",
    sign_off="ab/cd",
    bylines=(
        ImportedByline("Ruth Amery", printed="R. Amery, in Halifax"),
        ImportedByline("Omar Haddad", role="photo"),
    ),
    source=ImportedSource("The Canadian Press", "agency"),
    section=(ImportedTerm("News"), ImportedTerm("Harbour")),
    tags=(ImportedTerm("Ferries"), ImportedTerm("City council", "council")),
    images=(ImportedImage("https://img.example.com/1.jpg", "A ferry", "The ferry at dawn.", "O. Haddad"),),
    corrections=(ImportedCorrection("correction", "The vote was nine to two.", date(2014, 1, 25)),),
    original_url="https://www.herald.example/2014/01/22/ferry_4646130.html?utm_source=x",
    old_addresses=("http://herald.example/ferry",),
    indexable=False,
    held_back=True,
    place="item 3",
)
BARE = ImportedArticle(original_id="1", headline="Headline", body="<p>Text.</p>")


def save(imported, outlet):
    return save_article(imported, outlet).article


def edit(article, **fields):
    """What staff do in the admin: change, and record."""
    before = snapshot(article)
    Article.objects.filter(pk=article.pk).update(**fields)
    record(article, "edited", before=before)


def problems(imported, outlet):
    return [problem.problem for problem in save_article(imported, outlet).problems]


class TestCreating:
    def test_every_field_is_kept(self, outlet):
        article = Article.objects.get(pk=save(WHOLE, outlet).pk)

        assert article.key == derived_key(outlet.slug, "4646130")
        assert (article.headline, article.slug) == ("Council votes to keep the ferry", "ferry-stays")
        assert (article.summary, article.kicker) == ("It will cross twice a day.", "Harbour")
        assert (article.language, article.dateline, article.sign_off) == ("en", "HALIFAX (CP) –", "ab/cd")
        assert (article.indexable, article.held_back) == (False, True)
        assert article.original_url == WHOLE.original_url
        assert article.modified_at == WHOLE.modified

    def test_text_is_kept_as_received_and_published_sanitised(self, outlet):
        article = save(WHOLE, outlet)
        assert (article.body_received, article.body) == (WHOLE.body, "<p>The ferry stays.</p>")

    def test_day_is_that_of_the_newsroom(self, outlet):
        article = save(WHOLE, outlet)
        assert (article.published_at, article.published_on) == (WHOLE.published, date(2014, 1, 22))

    def test_instant_without_a_zone_is_on_the_newsrooms_clock(self, outlet):
        imported = replace(WHOLE, published=datetime(2014, 1, 22, 21, 30))
        assert save(imported, outlet).published_at == datetime(2014, 1, 23, 2, 30, tzinfo=UTC)

    @pytest.mark.parametrize("precision", ["day", "month", "year"])
    def test_date_is_kept_no_more_precise_than_it_is(self, outlet, precision):
        article = save(replace(BARE, published=date(2014, 1, 1), published_precision=precision), outlet)
        assert (article.published_at, article.published_on) == (None, date(2014, 1, 1))
        assert article.published_precision == precision

    def test_unknown_date_is_not_invented(self, outlet):
        article = save(BARE, outlet)
        assert (article.published_on, article.published_at, article.published_precision) == (None, None, "unknown")

    def test_bylines_are_kept_in_order_with_role_and_printed_form(self, outlet):
        bylines = save(WHOLE, outlet).bylines.all()
        assert [(byline.author.name, byline.role, byline.printed) for byline in bylines] == [
            ("Ruth Amery", "text", "R. Amery, in Halifax"),
            ("Omar Haddad", "photo", ""),
        ]

    def test_author_named_twice_in_a_role_stands_once(self, outlet):
        imported = replace(BARE, bylines=(ImportedByline("Ruth Amery"), ImportedByline("Ruth  AMERY")))
        assert save(imported, outlet).bylines.count() == 1

    def test_known_author_is_found_and_the_printed_form_kept(self, outlet):
        author = make_author(slug="ruth-amery", name="Ruth Amery")
        byline = save(replace(BARE, bylines=(ImportedByline("RUTH AMERY"),)), outlet).bylines.get()
        assert (byline.author, byline.printed) == (author, "RUTH AMERY")

    def test_namesakes_are_told_apart_by_their_slugs(self, outlet):
        save(replace(BARE, bylines=(ImportedByline("Anne Roy", slug="anne-roy-sports"),)), outlet)
        save(replace(BARE, original_id="2", bylines=(ImportedByline("Anne Roy", slug="anne-roy"),)), outlet)
        assert set(Author.objects.values_list("slug", "name")) == {
            ("anne-roy-sports", "Anne Roy"),
            ("anne-roy", "Anne Roy"),
        }

    def test_author_with_a_slug_is_found_under_another_name(self, outlet):
        author = make_author(slug="anne-roy", name="Anne Roy-Lapointe")
        byline = save(replace(BARE, bylines=(ImportedByline("Anne Roy", slug="anne-roy"),)), outlet).bylines.get()
        assert (byline.author, byline.printed) == (author, "Anne Roy")

    def test_name_in_another_script_has_an_address(self, outlet):
        save(replace(BARE, bylines=(ImportedByline("王小明"),)), outlet)
        save(replace(BARE, original_id="2", bylines=(ImportedByline("王小明"),)), outlet)
        assert Author.objects.get().slug.startswith("n-")

    def test_section_stands_below_its_own(self, outlet):
        section = save(WHOLE, outlet).section
        assert (section.name, section.parent.name, section.outlet) == ("Harbour", "News", outlet)

    def test_sections_of_one_name_below_two_are_two(self, outlet):
        path = (ImportedTerm("Opinion"), ImportedTerm("Harbour"))
        first, second = save(WHOLE, outlet), save(replace(WHOLE, original_id="2", section=path), outlet)
        assert first.section != second.section
        assert Section.objects.filter(name="Harbour").count() == 2

    def test_sections_are_found_again(self, outlet):
        assert save(WHOLE, outlet).section == save(replace(WHOLE, original_id="2"), outlet).section

    def test_tags_are_kept_under_their_own_slugs(self, outlet):
        assert set(save(WHOLE, outlet).tags.values_list("slug", "name")) == {
            ("ferries", "Ferries"),
            ("council", "City council"),
        }

    def test_names_that_differ_by_a_sign_are_two_tags(self, outlet):
        save(replace(BARE, tags=(ImportedTerm("C"), ImportedTerm("C++"), ImportedTerm("C#"))), outlet)
        assert set(Tag.objects.values_list("name", flat=True)) == {"C", "C++", "C#"}

    def test_names_that_differ_by_an_accent_are_one_tag(self, outlet):
        save(replace(BARE, tags=(ImportedTerm("Québec"), ImportedTerm("QUEBEC"))), outlet)
        assert Tag.objects.get().name == "Québec"

    def test_source_is_made_once(self, outlet):
        save(WHOLE, outlet)
        save(replace(WHOLE, original_id="2"), outlet)
        assert (Source.objects.get().name, Source.objects.get().kind) == ("The Canadian Press", "agency")

    def test_picture_without_a_file_keeps_its_words_and_the_reason(self, outlet):
        image = save(WHOLE, outlet).images.get()
        assert (image.alt, image.caption, image.credit) == ("A ferry", "The ferry at dawn.", "O. Haddad")
        assert (image.original_address, image.withheld) == ("https://img.example.com/1.jpg", "not-rescued")

    def test_picture_has_the_caption_that_stood_in_the_text(self, outlet):
        body = (
            '<div class="wp-caption"><img src="/i/1.jpg" data-src="/i/2.jpg">'
            '<p class="wp-caption-text">The quay.</p></div>'
        )
        own = (ImportedImage("/i/2.jpg", "A quay"),)

        image = save(replace(WHOLE, body=body, images=own), outlet).images.get()

        assert (image.alt, image.caption) == ("A quay", "The quay.")
        assert image.original_address == "https://www.herald.example/i/2.jpg"

    def test_correction_is_kept(self, outlet):
        correction = save(WHOLE, outlet).corrections.get()
        assert (correction.text, correction.made_on) == ("The vote was nine to two.", date(2014, 1, 25))

    def test_every_old_address_finds_it(self, outlet):
        article = save(replace(WHOLE, held_back=False), outlet)
        assert OldAddress.objects.article_at("http://m.herald.example/2014/01/22/ferry_4646130.html") == article
        assert OldAddress.objects.article_at("https://herald.example/ferry/") == article

    def test_it_is_recorded_as_taken_in(self, outlet):
        revision = save(WHOLE, outlet).revisions.get()
        assert (revision.verb, revision.changes) == ("taken-in", {})

    def test_language_is_the_outlets_where_none_is_told(self, outlet):
        assert save(BARE, outlet).language == "fr"

    def test_language_that_the_archive_has_not_is_told(self, outlet):
        assert problems(replace(BARE, language="es"), outlet) == [
            "Its language, “es”, is none of the archive's; it was taken for the outlet's."
        ]

    def test_address_that_is_none_is_told_and_the_article_taken(self, outlet):
        saved = save_article(replace(BARE, original_url="not an address"), outlet)
        assert (saved.outcome, saved.article.original_url) == ("created", "")
        assert saved.problems[0].problem == "Its original address, “not an address”, is no web address."

    def test_old_address_of_another_article_is_not_taken_from_it(self, outlet):
        other = make_article(outlet=outlet, headline="Another story")
        make_old_address(other, "http://herald.example/ferry")

        told = problems(WHOLE, outlet)

        assert OldAddress.objects.article_at("http://herald.example/ferry") == other
        assert told == [
            f"The old address http://herald.example/ferry belongs to article {other.key}, “Another story”, and stays"
            " so."
        ]

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            ({"headline": "x" * 501}, "at most 500 characters"),
            ({"headline": " "}, "headline"),
            ({"original_id": "x" * 201}, "at most 200 characters"),
            ({"original_id": ""}, "It has no id."),
            ({"sign_off": "x" * 101}, "at most 100 characters"),
            ({"summary": "a\x00b"}, "It holds a NUL character"),
            ({"body": "<p>\ud800</p>"}, "It holds half a character"),
            (
                {"published": datetime(1, 1, 1, tzinfo=UTC), "published_precision": "minute"},
                "is out of all range",
            ),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_what_can_not_be_kept_is_refused_and_nothing_is_left(self, outlet, change, problem):
        with pytest.raises(Refusal, match=problem):
            save_article(replace(WHOLE, **change), outlet)
        assert (Article.objects.count(), Author.objects.count(), Tag.objects.count()) == (0, 0, 0)

    def test_backslash_before_u0000_is_no_nul(self, outlet):
        assert save(replace(BARE, summary=r"\u0000"), outlet).summary == r"\u0000"


class TestAgain:
    def test_same_content_writes_nothing(self, outlet, django_assert_num_queries):
        article = save(WHOLE, outlet)

        with django_assert_num_queries(3):  # savepoint, look-up, release
            saved = save_article(WHOLE, outlet)

        article.refresh_from_db()
        assert (saved.outcome, article.version, article.revisions.count()) == ("unchanged", 2, 1)

    def test_changed_content_is_brought_up_to_date(self, outlet):
        save(WHOLE, outlet)
        saved = save_article(replace(WHOLE, headline="Ferry stays", bylines=(), tags=()), outlet)

        article = Article.objects.get()
        assert (saved.outcome, article.headline) == ("updated", "Ferry stays")
        assert (article.bylines.count(), article.tags.count()) == (0, 0)

    def test_revision_tells_what_changed(self, outlet):
        save(BARE, outlet)
        article = save(replace(BARE, headline="Another", kicker="New"), outlet)

        revision = article.revisions.last()
        assert revision.verb == "imported-again"
        assert revision.changes == {"headline": ["Headline", "Another"], "kicker": ["", "New"]}

    def test_slug_stays_when_the_headline_changes(self, outlet):
        save(BARE, outlet)
        assert save(replace(BARE, headline="Another"), outlet).slug == "headline"

    def test_byline_that_stays_keeps_its_number(self, outlet):
        first = save(WHOLE, outlet).bylines.get(role="photo").number
        changed = replace(WHOLE, bylines=(ImportedByline("Omar Haddad", role="photo"),))
        assert [byline.number for byline in save(changed, outlet).bylines.all()] == [first]

    def test_content_told_otherwise_but_the_same_is_unchanged(self, outlet):
        save(replace(BARE, language="fr"), outlet)
        assert save_article(BARE, outlet).outcome == "unchanged"

    def test_pictures_are_matched_by_their_addresses(self, outlet):
        number = save(WHOLE, outlet).images.get().number
        pictures = (ImportedImage("https://img.example.com/2.jpg"), replace(WHOLE.images[0], caption="Mended."))

        images = save(replace(WHOLE, images=pictures), outlet).images.all()

        assert [(image.original_address[-5:], image.caption) for image in images] == [
            ("2.jpg", ""),
            ("1.jpg", "Mended."),
        ]
        assert images[1].number == number

    def test_correction_is_not_added_twice(self, outlet):
        save(WHOLE, outlet)
        assert save(replace(WHOLE, kicker="New"), outlet).corrections.count() == 1

    def test_article_written_here_is_not_overwritten(self, outlet):
        make_article(outlet=outlet, original_id="1", headline="Ours")
        with pytest.raises(Refusal, match="was written here, not imported"):
            save_article(BARE, outlet)


class TestWhatStaffChanged:
    def test_is_not_overwritten_and_told(self, outlet):
        article = save(BARE, outlet)
        edit(article, headline="Mended by staff")

        told = problems(replace(BARE, headline="From a newer export"), outlet)

        assert Article.objects.get().headline == "Mended by staff"
        assert told == ["Staff changed it since it was taken in (headline); that was left as they have it."]

    def test_is_not_overwritten_by_the_next_import_either(self, outlet):
        edit(save(BARE, outlet), headline="Mended by staff")
        save(replace(BARE, headline="From a newer export"), outlet)
        save(replace(BARE, headline="From the newest export"), outlet)
        assert Article.objects.get().headline == "Mended by staff"

    def test_leaves_the_rest_to_the_import(self, outlet):
        edit(save(BARE, outlet), headline="Mended by staff")
        save(replace(BARE, kicker="New"), outlet)
        assert (Article.objects.get().headline, Article.objects.get().kicker) == ("Mended by staff", "New")

    def test_that_the_import_has_too_is_not_told(self, outlet):
        edit(save(BARE, outlet), headline="Mended", body="<p>Mended.</p>")
        assert problems(replace(BARE, headline="Mended", body="<p class='x'>Mended.</p>"), outlet) == []

    def test_and_changed_back_is_the_imports_again(self, outlet):
        article = save(BARE, outlet)
        edit(article, headline="Mended by staff")
        edit(article, headline="Headline")
        save(replace(BARE, headline="From a newer export"), outlet)
        assert Article.objects.get().headline == "From a newer export"

    def test_and_changed_back_before_a_newer_import_is_forgotten(self, outlet):
        article = save(BARE, outlet)
        edit(article, headline="Mended by staff")
        edit(article, headline="Headline")
        save(replace(BARE, headline="Second"), outlet)
        save(replace(BARE, headline="Third"), outlet)
        assert Article.objects.get().headline == "Third"

    def test_after_a_newer_import_counts_from_that(self, outlet):
        save(BARE, outlet)
        article = save(replace(BARE, headline="Second"), outlet)
        edit(article, headline="Headline")
        save(replace(BARE, headline="Third"), outlet)
        assert Article.objects.get().headline == "Headline"

    def test_in_the_text_keeps_the_text_that_it_was_made_from(self, outlet):
        edit(save(BARE, outlet), body="<p>Mended.</p>")
        save(replace(BARE, body="<p>Newer.</p>"), outlet)
        article = Article.objects.get()
        assert (article.body, article.body_received) == ("<p>Mended.</p>", "<p>Text.</p>")

    def test_in_the_date_keeps_all_of_the_date(self, outlet):
        article = save(replace(BARE, published=date(2014, 1, 22), published_precision="day"), outlet)
        edit(article, published_precision="year", published_on=date(2014, 1, 1))
        save(replace(BARE, published=date(2014, 1, 23), published_precision="day"), outlet)
        article = Article.objects.get()
        assert (article.published_on, article.published_precision) == (date(2014, 1, 1), "year")

    def test_in_the_precision_alone_keeps_the_date_too(self, outlet):
        article = save(replace(BARE, published=date(2014, 1, 1), published_precision="day"), outlet)
        edit(article, published_precision="month")
        save(replace(BARE, published=date(2014, 2, 1), published_precision="day"), outlet)
        article = Article.objects.get()
        assert (article.published_on, article.published_precision) == (date(2014, 1, 1), "month")

    def test_among_the_tags_keeps_the_tags(self, outlet):
        article = save(WHOLE, outlet)
        before = snapshot(article)
        article.tags.clear()
        record(article, "edited", before=before)

        told = problems(replace(WHOLE, kicker="New"), outlet)

        assert article.tags.count() == 0
        assert told == ["Staff changed it since it was taken in (tags); that was left as they have it."]

    def test_old_address_that_was_taken_away_does_not_come_back(self, outlet):
        article = save(WHOLE, outlet)
        before = snapshot(article)
        article.old_addresses.all().delete()
        record(article, "edited", before=before)

        save(replace(WHOLE, old_addresses=(*WHOLE.old_addresses, "http://herald.example/new")), outlet)

        assert [address.url for address in article.old_addresses.all()] == ["http://herald.example/new"]

    def test_correction_of_their_own_stays_beside_the_imports(self, outlet):
        article = save(WHOLE, outlet)
        correct(article, kind="update", text="The second boat came.")
        save(replace(WHOLE, kicker="New"), outlet)
        assert article.corrections.count() == 2

    def test_correction_that_was_taken_away_does_not_come_back(self, outlet):
        article = save(WHOLE, outlet)
        before = snapshot(article)
        article.corrections.all().delete()
        record(article, "edited", before=before)
        save(replace(WHOLE, kicker="New"), outlet)
        assert article.corrections.count() == 0
