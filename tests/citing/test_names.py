import pytest

from archive.citing.names import Name, read_name


@pytest.mark.parametrize(
    ("printed", "family", "given"),
    [
        ("Mireille Jobin", "Jobin", "Mireille"),
        ("Maude Ouellet-Fiset", "Ouellet-Fiset", "Maude"),
        ("Simone de Beauvoir", "de Beauvoir", "Simone"),
        ("Hubert van den Berg", "van den Berg", "Hubert"),
        ("Guy d’Arcy", "d’Arcy", "Guy"),
        ("Martin Luther King Jr.", "King Jr.", "Martin Luther"),
    ],
)
def test_person_is_told_in_two_parts(printed, family, given):
    assert read_name(printed) == Name(family=family, given=given)


@pytest.mark.parametrize(
    "printed",
    [
        *("AFP", "Agence France-Presse", "La Presse canadienne", "The Canadian Press", "Équipe du HuffPost Québec"),
        *("HuffPost Canada newsroom", "Cher", "Tom et Julie", "bell hooks", "Jean Roy, à Montréal", "4 Girls"),
    ],
)
def test_what_may_be_no_person_is_left_whole(printed):
    assert read_name(printed) == Name(literal=printed)


def test_name_that_is_known_for_no_person_is_left_whole():
    assert read_name("Cahier Fleuve", frozenset({"cahier fleuve"})) == Name(literal="Cahier Fleuve")


def test_initials_keep_their_hyphens():
    assert Name("Lisée", "Jean-François Marc").initials == "J.-F. M."
