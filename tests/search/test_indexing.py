import random
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import care, search
from archive.models import Article, Byline, Listing, Revision, Tag, Tally, Withdrawal, Word
from archive.search.checking import check
from archive.search.indexing import renew_due
from tests import factories

TODAY = timezone.now().date()


def found(text, on=None):
    return {hit.article.pk for hit in search.find(text, on=on).hits}


def edit(article, **fields):
    before = care.snapshot(article)
    for name, value in fields.items():
        setattr(article, name, value)
    article.save()
    care.record(article, Revision.Verb.EDITED, before=before)


@pytest.fixture
def article(db):
    article = factories.make_article(headline="Le phoque de Percé", body="<p>Il dort.</p>")
    search.index([article])
    return article


def test_changed_text_is_found_in_the_same_transaction(article):
    edit(article, body="<p>Il s’éveille.</p>")
    assert found("éveille") == {article.pk}
    assert found("dort") == set()


def test_changed_date_moves_the_card(article):
    edit(article, published_at=None, published_on=date(2019, 3, 4), published_precision="day")
    assert found("phoque after:2019") == {article.pk}
    assert search.counts.by_year(article.outlet) == {2019: 1}
    assert list(check()) == []


def test_changed_date_is_that_of_the_bylines(article):
    Byline.objects.create(article=article, author=factories.make_author())
    edit(article, published_at=None, published_on=date(2019, 3, 4), published_precision="day")
    assert Byline.objects.get().published_order == 2019_03_04_00_00


def test_check_tells_of_a_byline_dated_otherwise_which_the_command_mends(article):
    byline = Byline.objects.create(article=article, author=factories.make_author())
    search.index([article])
    Byline.objects.update(published_order=0)
    assert [(each.kind, each.place) for each in check()] == [("byline", article.pk)]
    search.rebuild()
    assert list(check()) == []
    byline.refresh_from_db()
    assert byline.published_order == article.published_order


def test_byline_of_an_article_that_nobody_sees_is_dated_anew_too(db):
    article = factories.make_article(held_back=True)
    Byline.objects.create(article=article, author=factories.make_author())
    Byline.objects.update(published_order=0)
    search.rebuild()
    assert Byline.objects.get().published_order == article.published_order


@pytest.mark.django_db(transaction=True)
def test_card_of_no_article_is_refused_after_the_index_was_made_anew():
    search.rebuild()
    with pytest.raises(IntegrityError):
        Listing.objects.create(number=1, article_id=999, terms="o1 lfr")


def test_withdrawn_article_is_not_found_nor_counted(article):
    care.withdraw(article, reason="legal")
    assert found("phoque") == set()
    assert search.counts.total(article.outlet) == 0
    assert not Tally.objects.exists()
    care.reinstate(article)
    assert found("phoque") == {article.pk}
    assert search.counts.total(article.outlet) == 1


def test_article_held_back_has_no_card(article):
    edit(article, held_back=True)
    assert not Listing.objects.exists()
    assert list(check()) == []


def test_withdrawal_that_is_to_come_is_heeded_on_its_day(article):
    care.withdraw(article, reason="legal", withdrawn_on=TODAY + timedelta(days=30))
    assert found("phoque") == {article.pk}
    assert found("phoque", TODAY + timedelta(days=29)) == {article.pk}
    assert found("phoque", TODAY + timedelta(days=30)) == set()
    assert search.counts.total(article.outlet, on=TODAY + timedelta(days=29)) == 1
    assert search.counts.total(article.outlet, on=TODAY + timedelta(days=30)) == 0
    assert search.counts.most(article.outlet, "o", 5, on=TODAY + timedelta(days=30)) == []


def test_deleted_article_leaves_nothing(article):
    article.delete()
    assert found("phoque") == set()
    assert not Tally.objects.exists()
    assert list(check()) == []


def test_renamed_author_is_found_by_the_new_name(article):
    author = factories.make_author(name="Anne Côté")
    factories.make_byline(article, author)
    search.index([article])
    author.name = "Anne Tremblay"
    author.save()
    assert found("tremblay") == {article.pk}
    assert found("côté") == set()
    assert list(check()) == []


def test_renewing_takes_away_the_cards_that_a_day_passed_by(article):
    care.withdraw(article, reason="legal", withdrawn_on=TODAY + timedelta(days=3))
    Withdrawal.objects.update(withdrawn_on=TODAY)
    Listing.objects.update(until=TODAY)
    assert search.counts.total(article.outlet) == 0
    assert renew_due() == 1
    assert not Listing.objects.exists()


_DAYS = st.integers(-3, 6)
_WITHDRAWALS = st.lists(st.tuples(_DAYS, st.one_of(st.none(), st.integers(0, 4))), max_size=3)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_WITHDRAWALS, min_size=1, max_size=4))
def test_cards_show_what_articles_do_on_every_later_day(db, given):
    articles = []
    for withdrawals in given:
        article = factories.make_article()
        articles.append(article.pk)
        is_open = False
        for first, length in withdrawals:
            if length is None and is_open:
                continue
            is_open = is_open or length is None
            first_day = TODAY + timedelta(days=first)
            again = None if length is None else first_day + timedelta(days=length)
            Withdrawal.objects.create(article=article, withdrawn_on=first_day, reinstated_on=again, reason="legal")
    search.index(articles)
    for later in range(12):
        on = TODAY + timedelta(days=later)
        listed = set(Listing.objects.public(on).filter(article__in=articles).values_list("article", flat=True))
        public = set(Article.objects.public(on).filter(pk__in=articles).values_list("pk", flat=True))
        # One that goes and comes more often than a card can tell is hidden from its second change on.
        assert listed <= public
        for article in public - listed:
            assert Withdrawal.objects.filter(article=article).count() > 1
        if later == 0:
            assert listed == public


def _withdraw(article, chance):
    if not article.withdrawals.filter(reinstated_on=None).exists():
        care.withdraw(article, reason="other", withdrawn_on=TODAY + timedelta(days=chance.choice((-5, 0, 9))))


def _reinstate(article, chance):
    if article.withdrawals.filter(reinstated_on=None).exists():
        care.reinstate(article)


def _hold_back(article, chance):
    edit(article, held_back=not article.held_back)


def _date(article, chance):
    precision = chance.choice(("day", "month", "year", "unknown"))
    day = (
        None
        if precision == "unknown"
        else date(chance.randint(2012, 2015), chance.randint(1, 12), chance.randint(1, 28))
    )
    edit(article, published_at=None, published_on=day, published_precision=precision)


def _section(article, chance):
    edit(article, section=chance.choice((None, *article.outlet.sections.all())))


def _headline(article, chance):
    edit(article, headline=f"Titre {chance.randint(1, 9)}", language=chance.choice(("fr", "en")))


def _tags(article, chance):
    before = care.snapshot(article)
    article.tags.set(chance.sample(list(Tag.objects.all()), chance.randint(0, 3)))
    care.record(article, Revision.Verb.EDITED, before=before)


def _bylines(article, chance):
    before = care.snapshot(article)
    article.bylines.all().delete()
    Byline.objects.create(article=article, author=factories.make_author())
    care.record(article, Revision.Verb.EDITED, before=before)


VERBS = (_withdraw, _reinstate, _hold_back, _date, _section, _headline, _tags, _bylines)


def test_counts_and_index_are_true_after_any_verbs(demo):
    chance = random.Random(4)  # noqa: S311
    articles = list(Article.objects.order_by("key"))
    for _turn in range(60):
        article = Article.objects.get(pk=chance.choice(articles).pk)
        chance.choice(VERBS)(article, chance)
    assert list(check()) == []


def test_check_tells_what_is_not_as_it_should_be(article):
    Tally.objects.filter(kind="d").update(count=7)
    Article.objects.filter(pk=article.pk).update(headline="Autre", section=None)
    other = factories.make_article()
    assert {(each.kind, each.place) for each in check()} >= {
        ("card", other.pk),
        ("row", Listing.objects.get(article=article).pk),
        ("tally", (article.outlet_id, "d", 0, 20140122)),
    }
    search.rebuild()
    assert list(check()) == []


def test_command_makes_all_anew_and_checks_it(article):
    Listing.objects.all().delete()
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("index_search", check=True, stdout=out)
    assert f"card {article.pk}: there is none, and the article is public." in out.getvalue()
    out = StringIO()
    call_command("index_search", stdout=out)
    assert out.getvalue() == "1 articles can be searched.\n"
    call_command("index_search", check=True, stdout=out)
    assert out.getvalue().endswith("The search index and the counts are what the articles say.\n")


def test_command_reads_in_other_processes_where_that_is_quicker(article, monkeypatch):
    asked = []
    monkeypatch.setattr("archive.management.commands.index_search.is_large_archive", lambda: True)
    monkeypatch.setattr(
        "archive.management.commands.index_search.run_beside",
        lambda read, *told, **_room: asked.append(told) or read(*told),
    )
    call_command("index_search", stdout=StringIO())
    assert asked == [(TODAY, 0, 2), (TODAY, 1, 2)]
    assert found("phoque") == {article.pk}


def test_what_two_read_in_turns_is_put_together_in_order(article, monkeypatch):
    monkeypatch.setattr("archive.search.indexing._REBUILT_AT_ONCE", 2)
    for _number in range(6):
        factories.make_article(headline="Une baleine")
    places = []
    assert search.rebuild(places.append, beside=lambda read, *told, **_room: read(*told)) == 7
    assert places == sorted(places)
    assert list(check()) == []
    assert Word.objects.get(word="baleine").count == 6


def test_command_counts_the_words_alone(article):
    call_command("index_search", words=True, stdout=StringIO())
    assert set(Word.objects.values_list("word", flat=True)) == {"phoque", "perce", "dort"}


def test_rebuilding_that_breaks_off_changes_nothing(article, monkeypatch):
    factories.make_article(headline="Une baleine")
    monkeypatch.setattr("archive.search.indexing._insert_listings", lambda cards: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        search.rebuild()
    assert found("phoque") == {article.pk}
