"""What is imported can be searched and is counted at once: cards, index and tallies are what the articles say."""

import sys
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from archive.importers.base import (
    ImportedArticle,
    ImportedByline,
    ImportedImage,
    ImportedSource,
    ImportedTerm,
    ImportedTombstone,
)
from archive.importers.items import ImportedWithdrawal
from archive.importers.saving import import_paths, rebuild_articles, undo_run
from archive.models import Article, Author, ImportRun, Listing, Word
from archive.search.checking import check

pytestmark = pytest.mark.django_db


def story(number, **changes):
    return replace(
        ImportedArticle(
            original_id=str(number),
            headline=f"Le traversier est resté {number}",
            body=f"<p>Le conseil a voté le <em>maintien</em> du service {number}.</p>",
            summary="En bref.",
            published=datetime(2014, 1, number % 28 + 1, 12, 30, tzinfo=UTC),
            published_precision="minute",
            dateline="LÉVIS (PC) –",
            bylines=(ImportedByline(f"Auteure {number % 3}", "Par la rédaction"), ImportedByline("Omar Haddad")),
            source=ImportedSource("La Presse canadienne", "agency"),
            section=(ImportedTerm("Nouvelles"), ImportedTerm(f"Partie {number % 2}")),
            tags=(ImportedTerm("Traversiers"), ImportedTerm(f"Mot {number}")),
            images=(
                ImportedImage(f"https://img.example/{number}.jpg", "Alt", "Le quai à l’aube."),
                ImportedImage(f"https://img.example/{number}b.jpg", "Alt"),
            ),
            original_url=f"https://herald.example/{number}",
            record=str(number).encode(),
            place=f"item {number}",
        ),
        **changes,
    )


OWN = replace(
    story(90),
    key="0123456789AB",
    bylines=(ImportedByline("Second", number=1, order=2), ImportedByline("First", number=2, order=1)),
    images=(
        ImportedImage("https://img.example/x.jpg", caption="Deux", number=4, order=2),
        ImportedImage("https://img.example/y.jpg", caption="Un", number=5, order=1),
    ),
)
WITHDRAWN = ImportedTombstone(date(2020, 1, 1), "privacy")
AMONG_ALL = (
    *(story(number) for number in range(12)),
    story(20, held_back=True),
    story(21, embargoed_until=datetime(2199, 1, 1, tzinfo=UTC)),
    story(22, bylines=(ImportedByline("A. B.", slug="a-b"), ImportedByline("Ann B.", slug="a-b"))),
    story(23, published=None, published_precision="unknown", source=None, section=(), tags=(), bylines=()),
    OWN,
    replace(OWN, key="0123456789AC", original_id="91", tombstones=(WITHDRAWN,)),
    replace(
        OWN, key="0123456789AD", original_id="92", tombstones=(replace(WITHDRAWN, reinstated_on=date(2199, 1, 1)),)
    ),
    replace(OWN, key="0123456789AE", original_id="93", tombstones=(replace(WITHDRAWN, withdrawn_on=date(2199, 1, 1)),)),
)


@pytest.fixture
def take(outlet, reader, page_file):
    def take(*items, **options):
        reader(*items)
        return ImportRun.objects.get(key=import_paths([page_file("x")], outlet, **options).runs[0])

    return take


def test_all_of_an_import_is_as_a_fresh_computation_has_it(take):
    take(*AMONG_ALL)
    assert list(check()) == []
    # All but the held back, the embargoed and the one that is withdrawn for good.
    assert (Article.objects.count(), Listing.objects.count()) == (20, 17)


def test_the_same_after_updates(take):
    take(*AMONG_ALL)
    newer = [
        replace(
            each,
            headline=f"{each.headline} pour de bon",
            body=f"{each.body}<p>On applaudit.</p>",
            language="en",
            tags=(ImportedTerm("Autre"),),
            held_back=not each.held_back,
            record=b"newer",
        )
        for each in AMONG_ALL
    ]
    assert take(*newer).updated == 20
    assert list(check()) == []


def test_the_same_after_a_withdrawal_in_the_file(take):
    take(story(1), story(2), ImportedWithdrawal("1", "other", "Retiré."))
    assert list(check()) == []
    assert Listing.objects.count() == 1


def test_the_same_after_an_update_is_undone(take):
    take(*AMONG_ALL)
    before = sorted(Listing.objects.values_list("number", "terms"))
    undo_run(take(*(replace(each, headline="Autre", tags=(), record=b"newer") for each in AMONG_ALL)))
    assert list(check()) == []
    assert sorted(Listing.objects.values_list("number", "terms")) == before


def test_the_same_after_an_import_is_undone(take):
    take(story(1))
    undo_run(take(*AMONG_ALL))
    assert list(check()) == []
    assert Listing.objects.count() == 1


def test_the_same_after_rebuilding(take, outlet, reader):
    take(*(story(number) for number in range(6)))

    def read(stream, options):
        yield story(int(stream.read()), headline="Relu", section=(ImportedTerm("Relus"),))

    sys.modules["made_up"].read = read
    [(_outlet, rebuilt)] = rebuild_articles([outlet])
    assert (rebuilt.updated, list(check())) == (6, [])


def test_trial_leaves_no_trace_in_the_search(take, outlet, reader, page_file):
    reader(*AMONG_ALL)
    import_paths([page_file("x")], outlet, dry_run=True)
    assert (list(check()), Word.objects.count()) == ([], 0)


def test_authors_who_are_one_are_one_in_the_card(take):
    take(AMONG_ALL[14])
    assert Listing.objects.get().terms.split().count(f"a{Author.objects.get().pk}") == 1


def test_words_of_what_was_imported_are_known(take):
    take(story(1), story(2))
    assert Word.objects.get(word="traversier").count == 2
