import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers.mojibake import repair


@pytest.mark.parametrize(
    ("misread", "meant"),
    [
        ("CafÃ© dâ€™Ã©tÃ©", "Café d’été"),
        ("Ã\xa0 Paris", "à Paris"),
        ("Ã€ MontrÃ©al", "À Montréal"),
        ("Ã\x81ngel", "Ángel"),
        ("cÅ“ur", "cœur"),
        ("CafÃƒÂ©", "Café"),
        ("Â«Â\xa0OuiÂ\xa0Â»", "«\xa0Oui\xa0»"),
    ],
)
def test_what_was_read_wrongly_is_repaired(misread, meant):
    assert repair(misread) == (meant, "repaired")


@pytest.mark.parametrize("text", ["", "plain", "Café d’été", "SÃO PAULO", "L’Île-aux-Coudres", "Ångström", "naïve €5"])
def test_what_was_read_rightly_is_left(text):
    assert repair(text) == (text, "")


@pytest.mark.parametrize("text", ["CafÃ© d’été", "Ã€ côté", "Le signe Ã© veut dire é"])
def test_what_is_not_certain_is_left_and_told(text):
    assert repair(text) == (text, "doubtful")


@given(st.text(max_size=200))
def test_every_text_comes_through_or_back(text):
    assert repair(text)[1] in ("", "repaired", "doubtful")


@given(st.text("éèàçêîôûœæ’«» abc", min_size=1, max_size=60).filter(lambda text: not text.isascii()))
def test_french_misread_as_cp1252_is_always_found_again(text):
    misread = "".join(
        bytes([byte]).decode("cp1252") if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(byte)
        for byte in text.encode()
    )
    assert repair(misread) == (text, "repaired")
