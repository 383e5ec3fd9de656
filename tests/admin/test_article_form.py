from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from archive import care
from archive.models import Article, Author, Correction, OldAddress, Tag
from tests.factories import make_article, make_author, make_byline, make_old_address, make_outlet, make_section

from .forms import change_address, edit, filled_in
from .people import browser_of, make_archivist

pytestmark = pytest.mark.django_db


def add_article(client, **fields):
    address = reverse("admin:archive_article_add")
    page = client.get(address)
    return client.post(address, filled_in(page.content, "article_form", _save="Save", **fields), follow=True)


def errors_of(response):
    context = response.context
    return str(context["errors"]) if "errors" in context else ""


def told(response):
    return " ".join(str(message) for message in response.context["messages"])


def test_saving_without_a_change_records_nothing(staff):
    article = make_article(summary=" Two\nlines \n", body="<p>One.</p>\n<p>Two.</p>", headline="  Spaced  ")
    make_byline(article, printed=" by her ")
    make_old_address(article, "http://www.example.org/a")
    before = care.snapshot(article)
    response = edit(staff, article)
    assert "Nothing was changed" in told(response)
    article.refresh_from_db()
    assert (care.snapshot(article), article.version, article.revisions.count()) == (before, 1, 0)


def test_saving_to_go_on_without_a_change_says_so(staff):
    article = make_article()
    data = filled_in(staff.get(change_address(article)).content, "article_form", _continue="Save")
    response = staff.post(change_address(article), data, follow=True)
    assert "Nothing was changed" in told(response)
    assert response.redirect_chain[-1][0] == change_address(article)


def test_change_is_recorded_with_who_and_why(staff):
    article = make_article(headline="Before")
    edit(staff, article, headline="After", reason="A misprint.")
    revision = article.revisions.get()
    assert (revision.verb, revision.made_by, revision.reason) == ("edited", staff.user, "A misprint.")
    assert revision.changes == {"headline": ["Before", "After"]}


def test_change_counts_the_version_up(staff):
    article = make_article()
    edit(staff, article, headline="After")
    article.refresh_from_db()
    assert article.version == 2


def test_new_article_is_recorded_as_taken_in(staff):
    outlet = make_outlet()
    add_article(staff, headline="A new one", outlet=str(outlet.pk), body="<p>Text.</p>")
    assert Article.objects.get().revisions.get().verb == "taken-in"


def test_new_article_speaks_its_outlets_language(staff):
    add_article(staff, headline="Une nouvelle", outlet=str(make_outlet(language="fr").pk), body="<p>Texte.</p>")
    assert Article.objects.get().language == "fr"


def test_plain_text_is_made_into_paragraphs(staff):
    add_article(staff, headline="Plain", outlet=str(make_outlet().pk), body="One & a half.\r\n\r\nTwo.")
    assert Article.objects.get().body == "<p>One &amp; a half.</p>\n<p>Two.</p>"


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("", (None, "unknown", None)),
        ("2014", (date(2014, 1, 1), "year", None)),
        ("2014-03", (date(2014, 3, 1), "month", None)),
        ("2014-03-07", (date(2014, 3, 7), "day", None)),
        ("2014-03-07 23:30", (date(2014, 3, 7), "minute", datetime(2014, 3, 8, 4, 30, tzinfo=UTC))),
    ],
)
def test_date_is_kept_as_precise_as_it_was_typed(staff, typed, known):
    article = make_article(published_on=date(2001, 2, 3), published_precision="day")
    edit(staff, article, published=typed)
    article.refresh_from_db()
    assert (article.published_on, article.published_precision, article.published_at) == known


def test_hour_is_shown_by_the_outlets_own_clock(staff):
    article = make_article(published_at=datetime(2014, 7, 2, 2, 30, tzinfo=UTC), published_precision="minute")
    page = staff.get(change_address(article))
    assert filled_in(page.content, "article_form")["published"] == "2014-07-01 22:30"


def test_hour_that_the_clock_showed_twice_stays_the_one_it_was(staff):
    second = datetime(2014, 11, 2, 6, 30, 15, tzinfo=UTC)
    article = make_article(published_at=second, published_precision="minute")
    edit(staff, article, headline="Changed")
    article.refresh_from_db()
    assert article.published_at == second


@pytest.mark.parametrize("typed", ["yesterday", "2014-13", "2014-02-30", "22/01/2014", "2014-03-09 02:30"])
def test_date_that_is_none_is_refused_with_its_remedy(staff, typed):
    response = edit(staff, make_article(), published=typed)
    assert typed in errors_of(response)


def test_section_of_another_outlet_is_refused(staff):
    other = make_section(make_outlet(name="The Other"), name="Sports")
    response = edit(staff, make_article(), section=str(other.pk))
    assert "is a section of The Other" in errors_of(response)


def test_what_sanitising_takes_out_is_told(staff):
    article = make_article()
    response = edit(
        staff, article, body='<p onclick="x()">Safe <a href="javascript:x()">link</a><script>x()</script></p>'
    )
    article.refresh_from_db()
    assert "onclick=, javascript:, <script>" in told(response)
    assert article.body == '<p>Safe <a rel="noopener noreferrer">link</a></p>'


def test_text_as_received_is_shown_as_text(staff):
    article = make_article(body="<p>Kept</p>", body_received="<script>alert(1)</script><p>Kept</p>")
    page = staff.get(change_address(article)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_text_as_received_survives_an_edit(staff):
    article = make_article(body="<p>As it came</p>")
    edit(staff, article, body="<p>As it is now</p>")
    article.refresh_from_db()
    assert article.body_received == "<p>As it came</p>"


def test_tags_and_bylines_are_recorded(staff):
    article, author = make_article(), make_author(slug="marie")
    tag = Tag.objects.create(slug="justice", name="Justice")
    edit(
        staff,
        article,
        tags=[str(tag.pk)],
        **{"bylines-TOTAL_FORMS": "1", "bylines-0-author": str(author.pk), "bylines-0-role": "text"},
        **{"bylines-0-order": "0", "bylines-0-article": str(article.pk), "bylines-0-printed": "By M."},
    )
    changes = article.revisions.get().changes
    assert changes == {"tags": [[], ["justice"]], "bylines": [[], [["marie", "text", "By M."]]]}


def add_correction(article):
    return {
        "corrections-TOTAL_FORMS": "1",
        "corrections-0-kind": "correction",
        "corrections-0-made_on": "2024-05-06",
        "corrections-0-text": "It was Tuesday.",
        "corrections-0-article": str(article.pk),
    }


def test_added_correction_is_recorded_as_one(staff):
    article = make_article()
    edit(staff, article, **add_correction(article))
    assert (Correction.objects.get().text, article.revisions.get().verb) == ("It was Tuesday.", "corrected")


def old_address(article, url):
    return {"old_addresses-TOTAL_FORMS": "1", "old_addresses-0-url": url, "old_addresses-0-article": str(article.pk)}


def test_old_address_of_another_article_is_refused_in_any_form(staff):
    make_old_address(make_article(headline="First"), "http://www.example.org/a/")
    article = make_article()
    response = edit(staff, article, **old_address(article, "https://m.example.org/a?utm_source=x"))
    assert "already an old address of “First”" in response.content.decode()


def test_old_address_twice_in_one_form_is_refused(staff):
    article = make_article()
    data = old_address(article, "http://example.org/a") | {
        "old_addresses-TOTAL_FORMS": "2",
        "old_addresses-1-url": "https://www.example.org/a/",
        "old_addresses-1-article": str(article.pk),
    }
    response = edit(staff, article, **data)
    assert "stands here twice" in response.content.decode()
    assert not OldAddress.objects.exists()


def test_what_is_no_address_is_refused(staff):
    article = make_article()
    response = edit(staff, article, **old_address(article, "ftp://example.org/a"))
    assert "not the address of a web page" in response.content.decode()


def test_article_can_not_be_deleted_even_by_a_superuser(admin_client):
    article = make_article()
    assert admin_client.get(reverse("admin:archive_article_delete", args=[article.pk])).status_code == 403


def test_who_may_only_look_can_not_save(db):
    article = make_article(headline="Kept")
    reader = browser_of(make_archivist("reader", "view_article"))
    assert reader.post(change_address(article), {"headline": "Changed"}).status_code == 403


def test_who_may_only_look_sees_the_article(db):
    article = make_article(headline="Kept")
    reader = browser_of(make_archivist("reader", "view_article"))
    assert "Kept" in reader.get(change_address(article)).content.decode()


def test_history_tells_each_change_and_its_reason(staff):
    article = make_article(headline="The cat sat")
    edit(staff, article, headline="The dog sat", reason="It was a dog.")
    page = staff.get(reverse("admin:archive_article_history", args=[article.pk])).content.decode()
    assert "It was a dog." in page
    assert "<del>cat</del><ins>dog</ins>" in page


def test_unused_author_can_be_deleted(staff):
    author = make_author()
    staff.post(reverse("admin:archive_author_delete", args=[author.pk]), {"post": "yes"})
    assert not Author.objects.exists()


def test_author_who_signs_an_article_can_not_be_deleted(staff):
    author = make_byline(make_article()).author
    assert staff.get(reverse("admin:archive_author_delete", args=[author.pk])).status_code == 403


def test_used_tag_can_not_be_deleted(staff):
    tag = Tag.objects.create(slug="t", name="T")
    make_article().tags.add(tag)
    assert staff.get(reverse("admin:archive_tag_delete", args=[tag.pk])).status_code == 403


# Two people


def opened(client, article):
    return filled_in(client.get(change_address(article)).content, "article_form", _save="Save")


def test_second_of_two_who_save_is_told_by_whom_it_was_changed(staff, colleague):
    article = make_article(headline="At first")
    hers = opened(staff, article)
    edit(colleague, article, headline="Paul’s", summary="Paul’s too")
    response = staff.post(change_address(article), hers | {"headline": "Marie’s"})
    page = response.content.decode()
    assert "paul" in page
    assert "headline, summary" in page


def test_second_of_two_overwrites_nothing(staff, colleague):
    article = make_article(headline="At first")
    hers = opened(staff, article)
    edit(colleague, article, headline="Paul’s")
    staff.post(change_address(article), hers | {"headline": "Marie’s"})
    article.refresh_from_db()
    assert (article.headline, article.revisions.count()) == ("Paul’s", 1)


def test_second_of_two_keeps_what_she_wrote_to_copy(staff, colleague):
    article = make_article(headline="At first")
    hers = opened(staff, article)
    edit(colleague, article, headline="Paul’s")
    response = staff.post(change_address(article), hers | {"body": "<p>Long work of Marie’s.</p>"})
    assert "Long work of Marie’s." in filled_in(response.content, "article_form")["body"]


def test_second_of_two_overwrites_nothing_on_another_try(staff, colleague):
    article = make_article(headline="At first")
    hers = opened(staff, article)
    edit(colleague, article, headline="Paul’s")
    again = staff.post(change_address(article), hers | {"headline": "Marie’s"})
    staff.post(change_address(article), filled_in(again.content, "article_form", _save="Save"))
    article.refresh_from_db()
    assert article.headline == "Paul’s"


def test_second_of_two_is_told_though_the_first_took_a_byline_away(staff, colleague):
    article = make_article()
    make_byline(article)
    hers = opened(staff, article)
    edit(colleague, article, **{"bylines-0-DELETE": "on"})
    response = staff.post(change_address(article), hers | {"headline": "Marie’s"})
    assert "Meanwhile someone else changed this article" in response.content.decode()


def test_form_without_its_version_is_refused(staff):
    article = make_article(headline="At first")
    hers = opened(staff, article)
    del hers["seen_version"]
    staff.post(change_address(article), hers | {"headline": "Marie’s"})
    article.refresh_from_db()
    assert article.headline == "At first"


def test_change_is_told_to_readers_unless_staff_keep_it_from_them(staff):
    article = make_article(headline="Before")
    edit(staff, article, headline="After")
    edit(staff, article, headline="After all", keep_from_readers="on")
    assert list(article.revisions.values_list("is_public", flat=True)) == [True, False]


def test_staff_may_keep_a_change_from_readers_later_and_tell_it_again(staff):
    article = make_article(headline="Before")
    edit(staff, article, headline="After")
    address = reverse("admin:archive_article_history", args=[article.pk])
    for tell, is_public in (("no", False), ("yes", True)):
        assert f'name="tell" value="{tell}"' in staff.get(address).content.decode()
        assert staff.post(address, {"number": "1", "tell": tell}).status_code == 302
        assert article.revisions.get().is_public == is_public


@pytest.mark.parametrize("number", ["", "x", "²", "99999999999999999999", "-1", "\x00"])
def test_change_of_a_number_that_is_none_is_left_alone(staff, number):
    article = make_article(headline="Before")
    edit(staff, article, headline="After")
    staff.post(reverse("admin:archive_article_history", args=[article.pk]), {"number": number, "tell": "no"})
    assert article.revisions.get().is_public
