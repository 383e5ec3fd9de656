import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.sanitize import sanitize
from archive.typography import typeset, typeset_html

NBSP, THIN = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"
SPACES = str.maketrans({NBSP: " ", THIN: " "})


@pytest.mark.parametrize(
    ("stored", "set_as"),
    [
        ("Sotchi : l’offre", f"Sotchi{NBSP}: l’offre"),
        ("Quoi ? Non !", f"Quoi{THIN}? Non{THIN}!"),
        ("un ; deux", f"un{THIN}; deux"),
        ("« prêt »", f"«{NBSP}prêt{NBSP}»"),
        ("390 000 articles", f"390{NBSP}000 articles"),
        ("88 % des textes", f"88{NBSP}% des textes"),
        ("à l'ouverture: rien", "à l'ouverture: rien"),
        ("en 2014 100 personnes", "en 2014 100 personnes"),
    ],
)
def test_french_spaces_are_made_unbreakable(stored, set_as):
    assert typeset(stored, "fr") == set_as


def test_english_is_left_as_it_stands():
    assert typeset("Really ? « yes »", "en") == "Really ? « yes »"


def test_attributes_are_left_alone():
    html = '<p><a href="https://example.org/a ; b > c : d" title="x : y">là : ici</a></p>'
    assert typeset_html(html, "fr") == html.replace("là :", f"là{NBSP}:")


def test_code_is_left_alone():
    assert typeset_html("<pre>a ; b</pre><p>c ; d</p>", "fr") == f"<pre>a ; b</pre><p>c{THIN}; d</p>"


@given(st.text())
def test_setting_changes_nothing_but_spaces(text):
    assert typeset(text, "fr").translate(SPACES) == text.translate(SPACES)


@given(st.text())
def test_setting_twice_is_setting_once(text):
    assert typeset(typeset(text, "fr"), "fr") == typeset(text, "fr")


@given(st.text(alphabet=st.sampled_from("<>/apb\"'= :;!?«»&é1 0\n")))
def test_sanitised_html_keeps_all_but_its_spaces(text):
    html = sanitize(text)
    assert typeset_html(html, "fr").translate(SPACES) == html.replace("&nbsp;", " ").translate(SPACES)
