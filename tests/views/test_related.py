from datetime import UTC, date, datetime

import pytest

from archive import care
from archive.models import Tag
from archive.search import index, rebuild
from archive.views import related as module
from archive.views.related import MOST_OF_DAY, MOST_OF_SUBJECT, related_to
from tests.factories import make_article, make_outlet, make_section

pytestmark = pytest.mark.django_db


@pytest.fixture
def outlet():
    return make_outlet(slug="quebec")


def at(outlet, hour, day=22, **fields):
    moment = datetime(2014, 1, day, hour, tzinfo=UTC)
    article = make_article(outlet=outlet, published_at=moment, published_precision="minute", **fields)
    index([article.pk])
    return article


def test_neighbours_in_the_section_are_the_nearest_in_time(outlet):
    section = make_section(outlet)
    articles = [at(outlet, 12, day, section=section) for day in (1, 2, 3, 4, 5)]
    at(outlet, 13, 3)
    related = related_to(articles[2])
    assert (related.earlier, related.later) == (articles[1], articles[3])


def test_first_in_its_section_has_none_before(outlet):
    section = make_section(outlet)
    first = at(outlet, 12, section=section)
    assert related_to(first).earlier is None


def test_neighbour_that_is_withdrawn_is_passed_over(outlet):
    section = make_section(outlet)
    first, gone, last = (at(outlet, hour, section=section) for hour in (12, 13, 14))
    care.withdraw(gone, reason="privacy")
    assert related_to(first).later == last


def test_same_day_shows_the_nearest_in_time(outlet):
    articles = [at(outlet, hour) for hour in range(8, 20)]
    assert related_to(articles[6]).of_day == [articles[number] for number in (9, 8, 7, 5)]


def test_same_day_is_no_longer_than_it_may_be(outlet):
    articles = [at(outlet, hour) for hour in range(8, 20)]
    assert {len(related_to(article).of_day) for article in articles} == {MOST_OF_DAY}


def test_same_day_is_of_the_same_outlet(outlet):
    article = at(outlet, 12)
    at(make_outlet(), 12)
    assert related_to(article).of_day == []


def test_article_known_by_its_month_alone_has_no_day(outlet):
    article = make_article(outlet=outlet, published_on=date(2014, 1, 1), published_precision="month")
    make_article(outlet=outlet, published_on=date(2014, 1, 1), published_precision="day")
    assert related_to(article).day is None


def test_withdrawn_article_is_out_of_the_day(outlet):
    article, gone = at(outlet, 12), at(outlet, 13)
    care.withdraw(gone, reason="privacy")
    assert related_to(article).of_day == []


def test_same_subject_is_what_shares_tags_most_first(outlet):
    one, other = (Tag.objects.create(slug=slug, name=slug) for slug in ("fleuve", "hiver"))
    article, near, nearer, apart = (at(outlet, 12, day) for day in (1, 2, 3, 4))
    for each, tags in ((article, (one, other)), (near, (one,)), (nearer, (one, other))):
        each.tags.set(tags)
        index([each.pk])
    assert related_to(article).of_subject == [nearer, near]
    assert apart not in related_to(article).of_subject


def test_same_subject_is_bounded(outlet):
    tag = Tag.objects.create(slug="hiver", name="Hiver")
    articles = [at(outlet, 12, day) for day in range(1, 16)]
    tag.articles.set(articles)
    assert len(related_to(articles[7]).of_subject) == MOST_OF_SUBJECT


def test_withdrawn_article_is_no_subject(outlet):
    tag = Tag.objects.create(slug="hiver", name="Hiver")
    article, gone = at(outlet, 12), at(outlet, 13)
    tag.articles.set([article, gone])
    care.withdraw(gone, reason="privacy")
    assert related_to(article).of_subject == []


def test_same_subject_is_found_by_the_words_of_headlines(outlet):
    article = at(outlet, 12, headline="Le pont Champlain ferme pour la nuit")
    other = at(outlet, 12, day=9, headline="Trois voies de moins au pont Champlain")
    at(outlet, 12, day=10, headline="Un pont pour les grenouilles")
    rebuild()
    assert related_to(article).of_subject == [other]


def test_article_without_section_tags_or_date_stands_alone(outlet):
    article = make_article(outlet=outlet, published_precision="unknown", headline="—")
    index([article.pk])
    assert related_to(article).is_empty


def test_article_page_leads_to_what_stands_beside_it(client, outlet):
    section = make_section(outlet)
    article, other = at(outlet, 12, section=section), at(outlet, 13, section=section)
    page = client.get(article.get_absolute_url()).content.decode()
    assert other.get_absolute_url() in page and 'href="/quebec/2014/01/22/"' in page


def test_nothing_withdrawn_is_named_beside_an_article(client, outlet):
    section, tag = make_section(outlet), Tag.objects.create(slug="hiver", name="Hiver")
    article = at(outlet, 12, section=section, headline="Le pont Champlain")
    gone = at(outlet, 13, section=section, headline="Encore le pont Champlain")
    tag.articles.set([article, gone])
    rebuild()
    care.withdraw(gone, reason="privacy")
    assert gone.key not in client.get(article.get_absolute_url()).content.decode()


def test_article_taken_in_much_later_is_found_by_its_tag(outlet):
    tag = Tag.objects.create(slug="hiver", name="Hiver")
    first = at(outlet, 12)
    tag.articles.add(first)
    for day in range(1, 20):
        at(outlet, 12, day)
    last = at(outlet, 12, day=25)
    tag.articles.add(last)
    assert related_to(first).of_subject == [last]


def test_moments_of_one_minute_have_one_order(outlet):
    section = make_section(outlet)
    one, two, three = (at(outlet, 12, section=section) for _ in range(3))
    related = related_to(two)
    assert (related.earlier, related.later) == (one, three)


def test_undated_article_has_a_subject_too(outlet):
    tag = Tag.objects.create(slug="hiver", name="Hiver")
    undated = make_article(outlet=outlet, published_precision="unknown")
    dated = at(outlet, 12)
    index([undated.pk])
    tag.articles.set([undated, dated])
    assert related_to(undated).of_subject == [dated]


def test_subject_of_a_tag_that_very_many_have_is_looked_for_by_date(outlet, monkeypatch):
    monkeypatch.setattr(module, "_MANY", 1)
    tag = Tag.objects.create(slug="hiver", name="Hiver")
    first, last = at(outlet, 12, day=1), at(outlet, 12, day=25)
    for each in (first, last):
        tag.articles.add(each)
        index([each.pk])
    assert related_to(first).of_subject == [last]
