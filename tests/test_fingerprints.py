import pytest

from archive.fingerprints import SHORTEST, fingerprint

TEXT = "<p>Le conseil a voté pour garder le traversier, dit-on, « pendant tout l’hiver ».</p>" * 4


@pytest.mark.parametrize(
    "same",
    [
        TEXT.upper(),
        TEXT.replace("’", "'"),
        TEXT.replace("« ", "“").replace(" »", "”"),
        TEXT.replace(" ", "\n  "),
        TEXT.replace("<p>", "<div class=x><p>").replace("</p>", "</p></div>"),
        TEXT.replace("é", "&eacute;"),
        TEXT.replace("é", "e\u0301"),
    ],
    ids=["capitals", "apostrophes", "quotation marks", "blanks", "tags", "entities", "composed accents"],
)
def test_same_words_have_the_same_fingerprint(same):
    assert fingerprint(same) == fingerprint(TEXT)


def test_another_word_has_another_fingerprint():
    assert fingerprint(TEXT.replace("voté", "refusé", 1)) != fingerprint(TEXT)


def test_fingerprint_fits_a_column_of_64_bits():
    assert -(2**63) <= fingerprint(TEXT) < 2**63


def test_short_text_has_none():
    assert fingerprint("x" * (SHORTEST - 1)) is None
    assert fingerprint("x" * SHORTEST) is not None
