import pytest

from archive.models import Article
from archive.search import headlines, index, rebuild
from tests.factories import make_article, make_outlet

from .contract import hostile

pytestmark = pytest.mark.django_db


def make(*texts):
    outlet = make_outlet()
    index([make_article(outlet=outlet, headline=text) for text in texts])


def headed(said):
    ids = headlines.headed(said)
    if ids is None:
        return None
    return list(Article.objects.filter(pk__in=ids).order_by("pk").values_list("headline", flat=True))


@pytest.mark.parametrize("said", ["elections", "ÉLECTION", "l’élection"])
def test_word_is_found_in_any_of_its_forms(said):
    make("Élections : un sursis", "Une panne électrique")
    assert headed(said) == ["Élections : un sursis"]


@pytest.mark.parametrize("said", ["Sot", "sotch", "SOTCHI"])
def test_word_is_found_by_its_beginning(said):
    make("L’anneau de Sotchi", "Un dessert")
    assert headed(said) == ["L’anneau de Sotchi"]


def test_two_letters_are_a_word_and_no_beginning():
    make("Or noir", "Orage")
    assert headed("or") == ["Or noir"]


def test_beginning_that_is_longer_than_the_stem_finds_its_words():
    make("Élections municipales", "Une panne électrique")
    rebuild()
    assert headed("electio") == ["Élections municipales"]


def test_of_words_in_a_row_the_last_may_be_a_beginning():
    make("AC/DC au Colisée", "AC seul")
    assert headed("ac/dc") == headed("ac-dc-coli") == ["AC/DC au Colisée"]


def test_words_that_say_nothing_ask_for_nothing():
    assert [headed(said) for said in ("le", "du-de", "…", "")] == [None] * 4


def test_only_headlines_are_looked_in():
    index([make_article(headline="Une autre", summary="Moscou", body="<p>Moscou</p>")])
    assert headed("moscou") == []


def test_whatever_is_said_can_be_asked():
    make("Sotchi")
    for said in (*hostile(), "a-b-c-d-" * 200, "é'" * 400, "a':*", "%s", "ﬁ", "İ", "\ud800", "中文", "x" * 3000):
        assert headed(said) in (None, []), said
