import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.search.analysis import (
    LARGEST,
    LONGEST_TOKEN,
    MOST_TOKENS,
    STOP_WORDS,
    analyse,
    folded,
    plain,
    printed_places,
    printed_words,
    stems,
    ways,
)

# Each is found by each of the others, in either language's texts.
SAME = {
    "fr": [
        ("élections", "election", "ELECTIONS", "élection", "Élections", "e\u0301lections", "élec\u00adtions"),
        ("Œuvre", "oeuvre", "œuvres", "OEUVRES", "l’œuvre", "d'oeuvres", "qu’œuvre"),
        ("assurait", "assurer", "assurée", "assures", "assurés"),
        ("première", "premiere", "premières"),
        ("activité", "activites", "ACTIVITE"),
        ("étudiants", "etudiant"),
        ("Noël", "noel"),
        ("État", "l’etat", "l'État"),
    ],
    "en": [
        ("elections", "election", "Election’s", "ELECTION"),
        ("naïve", "naive"),
        ("fishermen’s", "fishermen"),
        ("running", "runs", "run"),
    ],
}


@pytest.mark.parametrize(("language", "words"), [(language, words) for language in SAME for words in SAME[language]])
def test_each_form_finds_the_others(language, words):
    for asked in words:
        for printed in words:
            assert tuple(stems(printed, language)) in ways(asked), (asked, printed)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("L’arrivée d’un train", "fr", ["arriv", "train"]),
        ("Jusqu’à l'aube, lorsqu’il pleut", "fr", ["aub", "pleut"]),
        ("Saint-Jean-sur-Richelieu", "fr", ["saint", "jean", "richelieu"]),
        ("The mayor’s car", "en", ["mayor", "car"]),
        ("3,4 % de 12 000", "fr", ["3", "4", "12", "000"]),
        ("le la les du", "fr", []),
        ("aujourd’hui", "fr", ["aujourd", "hui"]),
    ],
)
def test_text_is_cut_into_stems(text, language, expected):
    assert stems(text, language) == expected


@pytest.mark.parametrize(
    ("asked", "printed"), [("assuree", "assurée"), ("premiere", "première"), ("fermerent", "fermèrent")]
)
def test_word_is_asked_for_without_its_accents(asked, printed):
    assert tuple(stems(printed, "fr")) in ways(asked)


@pytest.mark.parametrize("word", ["car", "son", "but", "or", "est", "main"])
def test_word_that_says_something_in_one_language_is_searched(word):
    assert ways(word)


@pytest.mark.parametrize("word", ["le", "the", "L’", "of", "d'un", "...", ""])
def test_word_that_says_nothing_has_no_way(word):
    assert ways(word) == ()


def test_html_is_read_as_its_words():
    link = '<a href="https://a.example/?x=&quot;&gt;" title="a > b">demain</a>'
    html = f"<p>Un <b>gr</b>and<br>jour &amp; {link}</p><p>Fin</p>"
    assert plain(html).split() == ["Un", "grand", "jour", "&", "demain", "Fin"]


def test_words_are_located_without_what_elides_before_them():
    text = "Dans l’œuvre d'aujourd’hui, e\u0301lec\u00adtions"
    words = zip(printed_words(text, "fr"), printed_places(text), strict=True)
    assert [text[start + elided : end] for (elided, _stems), (start, end) in words] == [
        "Dans",
        "œuvre",
        "aujourd’hui",
        "e\u0301lec\u00adtions",
    ]


@given(st.text(max_size=200), st.sampled_from(["fr", "en", "de"]))
def test_stems_are_letters_and_digits_and_can_be_written(text, language):
    for token in stems(text, language):
        assert token.isalnum()
        assert len(token) <= LONGEST_TOKEN
        assert token.encode("utf-8").decode("utf-8") == token


@given(st.text(max_size=60))
def test_text_is_found_by_itself(text):
    for language in ("fr", "en"):
        found = tuple(stems(text, language))
        assert not found or len(found) > 1 or found in ways(text)


@given(st.text(max_size=200), st.sampled_from(["fr", "en"]))
def test_located_words_are_those_that_are_indexed(text, language):
    assert [stem for _elided, found in printed_words(text, language) for stem in found] == stems(text, language)


@given(st.text(max_size=60))
def test_folded_text_is_folded_once(text):
    assert folded(folded(text)) == folded(text)


def test_article_is_bounded():
    long = analyse(
        "mot " * 60_000, "résumé", ["Nom"], "", " ".join(f"mot{number}" for number in range(60_000)), [], "fr"
    )
    assert sum(len(part.split()) for part in (long.headline, long.summary, long.body)) <= MOST_TOKENS
    wide = analyse("t", "", [], "", " ".join(f"{number:039d}" for number in range(49_000)), [], "fr")
    assert len(" ".join(set(wide.body.split()))) <= LARGEST


def test_stop_words_are_written_as_they_are_met():
    assert all(word == word.lower() and "'" not in word for word in STOP_WORDS)
