from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from archive import care
from archive.admin import paging
from archive.models import AddressPattern
from archive.search import index, rebuild
from tests import factories
from tests.factories import (
    make_author,
    make_byline,
    make_image,
    make_old_address,
    make_outlet,
    make_section,
    make_source,
)

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
)

pytestmark = pytest.mark.django_db


def listed(client, **query):
    """The headlines that the list shows, in order."""
    response = client.get(reverse("admin:archive_article_changelist"), query)
    return [article.headline for article in response.context["cl"].result_list]


def make_article(**fields):
    """An article with its card, as whatever takes one in gives it."""
    article = factories.make_article(**fields)
    index([article])
    return article


def chosen(client, typed):
    """What is offered where an address is pointed at an article."""
    query = {"app_label": "archive", "model_name": "oldaddress", "field_name": "article", "term": typed}
    response = client.get(reverse("admin:autocomplete"), query)
    return [each["text"] for each in response.json()["results"]]


def make_rows(count):
    outlet = make_outlet()
    source, section = make_source(), make_section(outlet)
    for number in range(count):
        article = make_article(outlet=outlet, source=source, section=section)
        make_byline(article)
        make_old_address(article, f"http://example.org/{number}")
        if number % 5 == 0:
            care.withdraw(article, reason="legal")


@pytest.mark.parametrize("rows", [5, 50])
def test_list_costs_as_many_queries_however_long(staff, django_assert_num_queries, rows):
    make_rows(rows)
    listed(staff)
    # Session, user, permissions (2), outlets to filter by, first and last year, count, rows, withdrawals.
    with django_assert_num_queries(10):
        assert len(listed(staff)) == rows


def test_list_counts_no_further_than_it_must(staff, monkeypatch):
    monkeypatch.setattr(paging, "MOST_COUNTED", 3)
    monkeypatch.setattr("archive.admin.base.MOST_COUNTED", 3)
    make_rows(5)
    page = staff.get(reverse("admin:archive_article_changelist")).content.decode()
    assert "more than 3 articles" in page


def test_newest_come_first_and_the_undated_last(staff):
    outlet = make_outlet()
    make_article(outlet=outlet, headline="undated", published_precision="unknown")
    make_article(outlet=outlet, headline="2014", published_on=date(2014, 1, 1), published_precision="year")
    make_article(outlet=outlet, headline="2015", published_on=date(2015, 5, 1), published_precision="month")
    assert listed(staff) == ["2015", "2014", "undated"]


@pytest.mark.parametrize(
    ("precision", "words"),
    [("day", "July\xa04, 2014"), ("month", "July 2014"), ("year", "2014")],
)
def test_date_is_shown_as_far_as_it_is_known(staff, precision, words):
    make_article(published_on=date(2014, 7, 4), published_precision=precision)
    page = staff.get(reverse("admin:archive_article_changelist")).content.decode()
    assert f'<td class="field-date">{words}</td>' in page


def test_state_filter_tells_public_held_back_and_withdrawn_apart(staff):
    make_article(headline="public")
    make_article(headline="held", held_back=True)
    care.withdraw(make_article(headline="gone"), reason="privacy")
    states = {state: listed(staff, state=state) for state in ("public", "held-back", "withdrawn")}
    assert states == {"public": ["public"], "held-back": ["held"], "withdrawn": ["gone"]}


@pytest.mark.parametrize(
    ("period", "found"),
    [("2014", ["day", "month", "year"]), ("2014-07", ["day", "month"]), ("2014-07-04", ["day"]), ("unknown", ["none"])],
)
def test_date_filter_finds_what_is_known_as_closely(staff, period, found):
    outlet = make_outlet()
    for precision in ("day", "month", "year"):
        make_article(outlet=outlet, headline=precision, published_on=date(2014, 7, 4), published_precision=precision)
    make_article(outlet=outlet, headline="none", published_precision="unknown")
    assert listed(staff, published=period) == found


@pytest.mark.parametrize("period", ["2014-13", "2014-02-30-1", "x", "0", "99999"])
def test_date_filter_that_makes_no_sense_is_dropped(staff, period):
    address = reverse("admin:archive_article_changelist")
    assert staff.get(address, {"published": period}).url == f"{address}?e=1"


def test_filters_by_outlet_source_and_section_add_up(staff):
    outlet, source = make_outlet(), make_source()
    section = make_section(outlet)
    make_article(headline="all three", outlet=outlet, source=source, section=section)
    make_article(headline="two", outlet=outlet, source=source)
    make_article(headline="none")
    query = {"outlet__id__exact": outlet.pk, "source__id__exact": source.pk, "section__id__exact": section.pk}
    assert listed(staff, **query) == ["all three"]


def test_articles_without_a_source_are_found(staff):
    make_article(headline="with", source=make_source())
    make_article(headline="without")
    assert listed(staff, source__isnull="True") == ["without"]


def test_filter_whose_name_is_typed_lists_nothing(staff):
    for number in range(3):
        make_source(name=f"A source {number}")
    page = staff.get(reverse("admin:archive_article_changelist")).content.decode()
    assert "A source" not in page


# Search


def test_search_finds_words_of_the_headline_in_any_order(staff):
    make_article(headline="Washington propose son aide à Moscou")
    make_article(headline="Washington seul")
    assert listed(staff, q="moscou WASHINGTON") == ["Washington propose son aide à Moscou"]


def test_search_finds_accented_letters_in_either_case(staff):
    make_article(headline="Élections : l’île vote")
    assert [listed(staff, q=words) for words in ("élections", "ÉLECTIONS", "Île")] == [["Élections : l’île vote"]] * 3


def test_search_finds_an_authors_name(staff):
    make_byline(make_article(headline="hers"), make_author(name="Mireille Jobin"))
    make_article(headline="another")
    assert listed(staff, q="jobin") == ["hers"]


def test_search_joins_headline_and_author(staff):
    author = make_author(name="Mireille Jobin")
    make_byline(make_article(headline="Snow again"), author)
    make_byline(make_article(headline="Rain"), author)
    assert listed(staff, q="jobin snow") == ["Snow again"]


def test_search_finds_a_key_however_it_is_typed(staff):
    article = make_article(headline="by key", key="vmf1v1htekf8")
    assert listed(staff, q=f" {article.key.upper().replace('1', 'I')} ") == ["by key"]


@pytest.mark.parametrize(
    "pasted",
    [
        "http://www.example.org/2014/a_n_1.html",
        "https://m.example.org/2014/a_n_1.html?utm_source=twitter#comments",
        "example.org/2014/a_n_1.html",
        "https://web.archive.org/web/20140122000000/http://www.example.org/2014/a_n_1.html",
    ],
)
def test_search_finds_an_old_address_in_any_of_its_forms(staff, pasted):
    make_old_address(make_article(headline="moved"), "http://www.example.org/2014/a_n_1.html")
    make_article(headline="another")
    assert listed(staff, q=pasted) == ["moved"]


def test_search_finds_an_address_by_the_id_or_the_slug_in_it(staff):
    outlet = make_outlet(website="http://herald.example")
    AddressPattern.objects.create(template="/entry/{slug}_n_{id}", outlet=outlet)
    make_article(outlet=outlet, headline="The ferry will not cross", original_id="4136")
    make_article(outlet=outlet, headline="another")
    addresses = ["http://www.herald.example/entry/x-y_n_4136", "herald.example/entry/the-ferry-will-not-cross_n_99"]
    assert [listed(staff, q=address) for address in addresses] == [["The ferry will not cross"]] * 2


def test_search_finds_an_address_of_this_archive(staff):
    article = make_article(headline="here")
    make_article(headline="another")
    host = "https://archive.example.org"
    addresses = [article.get_absolute_url(), reverse("archive:short", args=[article.key])]
    assert [listed(staff, q=host + address) for address in addresses] == [["here"], ["here"]]


def test_search_for_words_with_a_stroke_is_no_address(staff):
    make_article(headline="AC/DC au Colisée")
    assert listed(staff, q="AC/DC") == ["AC/DC au Colisée"]


@pytest.mark.parametrize("text", ["100%", "a_b", "' OR 1=1 --", "\\", "http://[", "//", "x" * 3000])
def test_search_takes_whatever_is_typed(staff, text):
    make_article(headline="another")
    assert listed(staff, q=text) == []


@pytest.mark.parametrize("typed", ["elections", "ÉLECTION", "election moscou"])
def test_search_finds_a_word_in_any_of_its_forms_without_its_accents(staff, typed):
    make_article(headline="Élections : un sursis à Moscou")
    make_article(headline="Une panne électrique à Moscou")
    assert listed(staff, q=typed) == ["Élections : un sursis à Moscou"]


@pytest.mark.parametrize("typed", ["Sot", "sotch", "l’anneau de sot", "ann"])
def test_search_finds_a_word_by_its_beginning(staff, typed):
    make_article(headline="L’anneau de Sotchi")
    make_article(headline="Un dessert")
    assert listed(staff, q=typed) == ["L’anneau de Sotchi"]


def test_search_finds_a_word_by_a_beginning_that_is_longer_than_its_stem(staff):
    make_article(headline="Élections municipales")
    rebuild()
    assert listed(staff, q="electio") == ["Élections municipales"]


@pytest.mark.parametrize("typed", ["le", "on"])
def test_search_by_two_letters_does_not_look_for_beginnings(staff, typed):
    make_article(headline="Leçons de choses, ondes")
    assert listed(staff, q=typed) == []


def test_search_passes_over_words_that_say_nothing(staff):
    make_article(headline="Pont fermé")
    assert listed(staff, q="le pont du") == ["Pont fermé"]


@pytest.mark.parametrize("typed", ["brouillon", "roui"])
def test_search_finds_what_is_held_back_by_any_part_of_its_headline(staff, typed):
    make_article(headline="Brouillon", held_back=True)
    assert listed(staff, q=typed) == ["Brouillon"]


def test_search_finds_what_is_withdrawn_and_what_will_be(staff):
    outlet = make_outlet()
    gone, going = (make_article(outlet=outlet, headline=f"Sotchi {when}") for when in ("gone", "going"))
    care.withdraw(gone, reason="legal")
    care.withdraw(going, reason="legal", withdrawn_on=date.today() + timedelta(days=5))
    assert sorted(listed(staff, q="sotchi")) == ["Sotchi going", "Sotchi gone"]


def test_search_finds_no_word_of_the_text(staff):
    make_article(headline="Une autre", body="<p>Moscou</p>")
    assert listed(staff, q="moscou") == []


def test_search_for_what_very_many_have_finds_the_same(staff, monkeypatch):
    monkeypatch.setattr("archive.admin.searching.MOST_COUNTED", 2)
    outlet = make_outlet()
    for number in range(5):
        make_article(
            outlet=outlet,
            headline=f"Sotchi {number}",
            published_on=date(2014, 1, 1 + number),
            published_precision="day",
        )
    assert listed(staff, q="sotchi") == [f"Sotchi {number}" for number in (4, 3, 2, 1, 0)]
    assert listed(staff, q="sotchi 3") == ["Sotchi 3"]


HOSTILE_WORDS = [
    *('"', '" *', 'a" OR headline:"b', "headline:x", "-x", "NEAR(a b)", "a AND NOT b", "^a", "{a b}:c", "*", "(", "a*"),
    *("'", "''", "a':*", "a & !b", "a <-> b", "a | b", "\\'", "%s", "%(a)s", "a\u0000b", "\u0345", "ﬁ", "😀"),
    *("a-b-c-d-" * 60, "é'" * 200, "1-2-3-4-5-6-7-8-9", "\u200b", "İ", "ǅ"),
]


@pytest.mark.parametrize("text", HOSTILE_WORDS)
def test_choosing_an_article_takes_whatever_is_typed(staff, text):
    make_article(headline="Sotchi")
    assert chosen(staff, text) == []


def test_article_to_point_an_address_at_is_found_as_in_the_list(staff):
    make_article(headline="Élections à Sotchi")
    make_article(headline="Brouillon d’élections", held_back=True)
    make_article(headline="Une autre")
    found = chosen(staff, "Élections")
    assert [headline.partition(" (")[0] for headline in found] == ["Brouillon d’élections", "Élections à Sotchi"]


def test_preview_shows_what_is_held_back(staff):
    article = make_article(headline="Not yet", held_back=True)
    page = staff.get(reverse("admin:archive_article_preview", args=[article.pk])).content.decode()
    assert "Not yet" in page
    assert 'Preview for staff. This article is <span class="state state-held-back">held back</span>' in page


def test_preview_shows_the_pictures_that_the_public_may_not_see(staff, media_root):
    article = make_article(held_back=True)
    image = make_image(article, file=SimpleUploadedFile("a.png", PIXEL), alt="A pixel")
    page = staff.get(reverse("admin:archive_article_preview", args=[article.pk])).content.decode()
    address = reverse("admin:archive_article_picture", args=[image.file.name])
    assert f'<img src="{address}"' in page
    assert b"".join(staff.get(address).streaming_content) == PIXEL


def test_picture_that_the_public_may_not_see_is_for_staff_alone(client, media_root):
    image = make_image(make_article(held_back=True), file=SimpleUploadedFile("a.png", PIXEL))
    address = reverse("admin:archive_article_picture", args=[image.file.name])
    assert client.get(address).url.startswith(reverse("admin:login"))


def test_preview_shows_what_is_withdrawn(staff):
    article = make_article(headline="Gone", body="<p>Its text</p>")
    care.withdraw(article, reason="legal", status_code=451)
    assert "Its text" in staff.get(reverse("admin:archive_article_preview", args=[article.pk])).content.decode()


def test_preview_is_for_staff_alone(client):
    article = make_article(held_back=True)
    address = reverse("admin:archive_article_preview", args=[article.pk])
    assert client.get(address).url.startswith(reverse("admin:login"))


def test_public_article_is_viewed_on_site(staff):
    article = make_article()
    page = staff.get(reverse("admin:archive_article_change", args=[article.pk])).content.decode()
    assert f'<a href="{article.get_absolute_url()}" class="viewsitelink"' in page


def test_withdrawn_article_is_previewed_and_not_viewed_on_site(staff):
    article = make_article()
    care.withdraw(article, reason="legal")
    page = staff.get(reverse("admin:archive_article_change", args=[article.pk])).content.decode()
    assert "viewsitelink" not in page
    assert reverse("admin:archive_article_preview", args=[article.pk]) in page


def test_section_to_choose_is_named_with_its_outlet(staff):
    make_section(make_outlet(name="HuffPost Québec"), name="Politique")
    address = reverse("admin:autocomplete")
    query = {"app_label": "archive", "model_name": "article", "field_name": "section", "term": "poli"}
    assert staff.get(address, query).json()["results"][0]["text"] == "HuffPost Québec – Politique"


def test_front_page_leads_to_what_needs_care(staff):
    page = staff.get(reverse("admin:index")).content.decode()
    assert "Articles held back" in page


def test_admin_speaks_french_to_who_asks_for_it(staff):
    page = staff.get(reverse("admin:archive_article_import"), headers={"accept-language": "fr-CA"}).content.decode()
    assert '<html lang="fr"' in page
    assert "Fichier à importer" in page
