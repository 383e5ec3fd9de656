from hypothesis import given
from hypothesis import strategies as st

from archive.search.analysis import ways
from archive.search.passages import LENGTH, marked, passage

LONG = " ".join(f"Phrase numéro {number} de ce long texte." for number in range(60))


def text_of(pieces):
    return "".join(piece for piece, _is_marked in pieces)


def marks(pieces):
    return [piece for piece, is_marked in pieces if is_marked]


def test_whole_words_are_marked_by_their_stems():
    pieces = marked("Les élections et l’électrice d’une élection", "fr", [ways("election")])
    assert marks(pieces) == ["élections", "élection"]
    assert text_of(pieces) == "Les élections et l’électrice d’une élection"


def test_part_of_a_word_is_never_marked():
    assert marks(marked("L’art du départ, à part", "fr", [ways("art")])) == ["art"]


def test_words_of_a_phrase_are_marked_only_together():
    pieces = marked("Le ministre, premier du nom; le premier ministre", "fr", [ways("premier ministre")])
    assert marks(pieces) == ["premier", "ministre"]
    assert text_of(pieces[:1]) == "Le ministre, premier du nom; le "


def test_passage_is_where_most_of_the_words_are():
    text = f"{LONG} Un seul phoque ici. {LONG} Un phoque dort au large de Percé. {LONG}"
    pieces = passage([text], "fr", [ways("phoque"), ways("percé")])
    assert marks(pieces) == ["phoque", "Percé"]
    assert text_of(pieces).startswith("… Un phoque dort")
    assert text_of(pieces).endswith("…")


def test_passage_without_a_match_is_the_beginning():
    pieces = passage([LONG], "fr", [ways("phoque")])
    assert text_of(pieces).startswith("Phrase numéro 0")
    assert marks(pieces) == []


def test_passage_is_of_the_text_that_has_a_match():
    assert marks(passage([LONG, "Un phoque."], "fr", [ways("phoque")])) == ["phoque"]


def test_short_text_is_not_cut():
    assert passage(["Tout est là."], "fr", []) == [("Tout est là.", False)]


@given(st.text(max_size=600), st.text(max_size=20), st.sampled_from(["fr", "en"]))
def test_passage_is_a_piece_of_the_text_and_bounded(text, asked, language):
    wanted = [ways(asked)] if ways(asked) else []
    pieces = passage([text], language, wanted)
    whole = text_of(pieces).removeprefix("… ").removesuffix("…")
    assert whole in " ".join(text.split()) + "…"
    assert len(whole) <= LENGTH + 60


def test_passage_that_is_cut_at_a_full_stop_shows_no_fourth_dot():
    text = " ".join(["Oui."] * 100)
    pieces = passage((text,), "fr", ())
    assert "".join(piece for piece, _is_marked in pieces).endswith(". …")
