from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from archive.keys import derived_key
from archive.models import Article
from archive.models.article import published_order_of, slug_of
from tests.factories import make_article, make_image, make_outlet

pytestmark = pytest.mark.django_db


def test_key_of_an_imported_article_follows_from_its_outlet_and_id():
    article = make_article(outlet=make_outlet(slug="huffpost-quebec"), original_id="4646130")
    assert article.key == derived_key("huffpost-quebec", "4646130")


def test_key_of_a_written_article_is_drawn():
    outlet = make_outlet()
    assert make_article(outlet=outlet).key != make_article(outlet=outlet).key


def test_key_stays_when_the_id_changes():
    article = make_article(original_id="1")
    key = article.key
    article.original_id = "2"
    article.save()
    assert Article.objects.get().key == key


def test_source_id_is_unique_within_an_outlet():
    article = make_article(original_id="1")
    with pytest.raises(IntegrityError):
        make_article(outlet=article.outlet, original_id="1", key="0" * 12)


def test_articles_without_a_source_id_are_many():
    outlet = make_outlet()
    assert make_article(outlet=outlet).pk != make_article(outlet=outlet).pk


def test_published_text_is_safe():
    assert make_article(body="<p>a<script>alert(1)</script></p>").body == "<p>a</p>"


def test_text_as_received_is_kept():
    received = "<p>a<script>alert(1)</script></p>"
    assert make_article(body="", body_received=received).body_received == received


def test_day_is_the_newsrooms_own():
    late = make_article(published_at=datetime(2014, 1, 23, 3, 5, tzinfo=UTC), published_precision="minute")
    assert late.published_on == date(2014, 1, 22)


def test_year_begins_on_its_first_day():
    assert make_article(published_on=date(2013, 5, 6), published_precision="year").published_on == date(2013, 1, 1)


@pytest.mark.parametrize(
    ("day", "precision", "moment", "order"),
    [
        (date(2014, 1, 22), "minute", datetime(2014, 1, 22, 17, 47), 2014_01_22_1748),
        (date(2014, 1, 22), "minute", datetime(2014, 1, 22, 0, 0), 2014_01_22_0001),
        (date(2014, 1, 22), "day", None, 2014_01_22_0000),
        (date(2014, 1, 1), "month", None, 2014_01_00_0000),
        (date(2014, 1, 1), "year", None, 2014_00_00_0000),
        (None, "unknown", None, 0),
    ],
)
def test_order_is_no_closer_than_known(day, precision, moment, order):
    assert published_order_of(day, precision, moment) == order


def test_uncertain_dates_come_last_within_their_period():
    outlet = make_outlet()
    for precision in ("unknown", "year", "month", "day"):
        day = None if precision == "unknown" else date(2014, 1, 1)
        make_article(outlet=outlet, headline=precision, published_on=day, published_precision=precision)
    make_article(
        outlet=outlet,
        headline="minute",
        published_at=datetime(2014, 1, 1, 12, tzinfo=UTC),
        published_precision="minute",
    )
    order = list(Article.objects.newest_first().values_list("headline", flat=True))
    assert order == ["minute", "day", "month", "year", "unknown"]


@pytest.mark.parametrize(
    "fields",
    [
        {"published_precision": "minute"},
        {"published_precision": "day"},
        {"published_precision": "day", "published_at": datetime(2014, 1, 1, tzinfo=UTC)},
        {"published_precision": "unknown", "published_on": date(2014, 1, 1)},
        {"published_precision": "unknown", "published_at": datetime(2014, 1, 1, tzinfo=UTC)},
    ],
)
def test_database_refuses_a_precision_that_its_date_does_not_have(fields):
    with pytest.raises(IntegrityError):
        make_article(**fields)


def test_disagreement_of_date_and_precision_is_told_in_words():
    article = Article(outlet=make_outlet(), headline="x", language="fr", published_precision="day", slug="x")
    with pytest.raises(ValidationError, match="precision"):
        article.full_clean()


def test_slug_is_cut_between_words():
    assert slug_of("Œuvre " * 30) == "-".join(["oeuvre"] * 14)


def test_headline_without_letters_has_a_slug():
    assert slug_of("« … »") == "article"


def test_long_unknown_word_still_makes_a_slug():
    assert len(slug_of("a" * 300)) == 100


def test_articles_of_a_day_leave_out_those_of_the_month():
    outlet = make_outlet()
    make_article(outlet=outlet, published_on=date(2014, 1, 1), published_precision="month")
    assert not Article.objects.published_in(2014, 1, 1).exists()


def test_articles_of_a_month_leave_out_those_of_the_year():
    make_article(published_on=date(2014, 1, 1), published_precision="year")
    assert not Article.objects.published_in(2014, 1).exists()


def test_articles_of_a_year_hold_all_of_it():
    outlet = make_outlet()
    for precision in ("day", "month", "year"):
        make_article(outlet=outlet, published_on=date(2014, 1, 1), published_precision=precision)
    assert Article.objects.published_in(2014).count() == 3


@pytest.mark.parametrize("comparison", ["older_than", "newer_than"])
def test_places_in_the_order_share_no_article(comparison):
    outlet = make_outlet()
    articles = [make_article(outlet=outlet) for _ in range(3)]
    middle = articles[1]
    found = getattr(Article.objects.all(), comparison)((middle.published_order, middle.pk))
    assert list(found) == [articles[0] if comparison == "older_than" else articles[2]]


def test_picture_whose_file_is_lost_can_still_be_edited():
    image = make_image(make_article(), file="pictures/lost.webp", width=1200, height=800)
    image.full_clean()
    assert (image.width, image.height) == (1200, 800)


def test_text_can_be_emptied_and_stays_as_received():
    article = make_article(body="<p>a</p>")
    article.body = ""
    article.save()
    assert (article.body, article.body_received) == ("", "<p>a</p>")
