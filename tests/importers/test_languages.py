import pytest

from archive.importers import languages
from archive.importers.languages import detect

TEXTS = {
    "fr": (
        "<p>Le conseil municipal a voté hier soir pour garder le traversier pendant tout l’hiver. Les élus ont entendu "
        "une trentaine de citoyens, dont plusieurs pêcheurs qui en vivent, et la mairesse a dit que la décision était "
        "prise pour de bon.</p>"
    ),
    "en": (
        "<p>The council voted last night to keep the ferry running through the winter. It heard some thirty residents, "
        "among them many of the fishermen who live by it, and the mayor said that the decision had been made for "
        "good.</p>"
    ),
    "es": (
        "<p>El consejo municipal votó anoche para mantener el transbordador durante todo el invierno. Los concejales "
        "escucharon a una treintena de ciudadanos, entre ellos varios pescadores que viven de él, y la alcaldesa dijo "
        "que la decisión era definitiva.</p>"
    ),
    "it": (
        "<p>Il consiglio comunale ha votato ieri sera per mantenere il traghetto per tutto l’inverno. I consiglieri "
        "hanno ascoltato una trentina di cittadini, tra cui molti pescatori che ne vivono, e la sindaca ha detto che "
        "le decisioni sono definitive.</p>"
    ),
    "nl": (
        "<p>De gemeenteraad stemde gisteravond om de veerboot de hele winter in de vaart te houden. De raad hoorde een "
        "dertigtal inwoners, onder wie veel vissers die ervan leven, en de burgemeester zei dat het besluit definitief "
        "was genomen.</p>"
    ),
}


@pytest.mark.parametrize("language", TEXTS)
def test_language_of_a_text(language):
    assert detect(TEXTS[language]) == language


@pytest.mark.parametrize("language", ["fr", "en"])
def test_plain_text_needs_no_model(language, monkeypatch):
    monkeypatch.setattr(languages, "_identifier", None)
    assert detect(TEXTS[language]) == language


@pytest.mark.parametrize(
    "text",
    ["", "<p>Bref.</p>", "<p>Ottawa</p>" * 5, "12 34 56 78 " * 50, "Ruth Amery, Omar Haddad, Anne Roy; " * 10],
    ids=["empty", "short", "one name", "numbers", "names"],
)
def test_text_that_is_not_certain_has_none(text):
    assert detect(text) == ""
