import re

from hypothesis import given
from hypothesis import strategies as st

from archive.keys import ALPHABET, LENGTH, derived_key, key_of, number_of, random_key, read_key

SLUGS = st.from_regex(r"[a-z0-9-]{1,50}", fullmatch=True)
FORM = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")


def test_key_of_an_outlet_and_id_never_changes():
    # Addresses all over the web hold such keys: a change here would break every one of them.
    assert derived_key("huffpost-quebec", "4646130") == "czjeyz5rf2av"


@given(SLUGS, st.text(min_size=1))
def test_derived_key_has_the_form_of_keys(outlet, original_id):
    assert FORM.fullmatch(derived_key(outlet, original_id))


def test_random_key_has_the_form_of_keys():
    assert FORM.fullmatch(random_key())


@given(st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH))
def test_key_as_a_number_is_the_same_key(key):
    assert key_of(number_of(key)) == key


def test_random_keys_differ():
    assert len({random_key() for _number in range(1000)}) == 1000


@given(SLUGS, SLUGS, st.text(min_size=1), st.text(min_size=1))
def test_another_outlet_or_id_has_another_key(outlet, other, original_id, another):
    same = (outlet, original_id) == (other, another)
    assert (derived_key(outlet, original_id) == derived_key(other, another)) is same


def test_outlet_and_id_do_not_run_into_each_other():
    assert derived_key("a", "bc") != derived_key("ab", "c")


def test_alphabet_has_no_letters_that_are_mistaken_for_others():
    assert (len(ALPHABET), set(ALPHABET) & set("ilou")) == (32, set())


@given(st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH))
def test_key_is_read_back_however_it_was_typed(key):
    typed = key.upper().replace("0", "O").replace("1", "l")
    assert read_key(typed) == key
