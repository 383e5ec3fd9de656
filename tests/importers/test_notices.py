import pytest

from archive.importers.notices import LONGEST, find_notice

FRENCH = (
    "Ce texte fait partie des archives en ligne de Fleuve Médias, qui ont fermé en 2019. "
    "Une question? Lisez notre FAQ ou écrivez à aide@fleuve-medias.example."
)


@pytest.mark.parametrize(
    ("line", "language", "outlet", "year"),
    [
        (FRENCH, "fr", "Fleuve Médias", 2019),
        ("Cet article fait partie des archives du Courrier, qui a fermé ses portes en 2021.", "fr", "Courrier", 2021),
        ("Cette page fait partie des archives de l’Écho, qui a cessé de paraître le 9 mars 2020.", "fr", "Écho", 2020),
        (
            "Ce blogue fait partie des archives de La Rive, qui a mis fin à tout en 1998.",
            "fr",
            "La Rive",
            1998,
        ),
        ("Cet\u00a0article fait partie des archives des Rives\u00a0, qui ont cessé en 2001", "fr", "Rives", 2001),
        ("This story is part of the online archive of The Herald, which closed in 2018.", "en", "The Herald", 2018),
        ("This page exists as part of the archive for Tide.com, which shut down in 2018.", "en", "Tide.com", 2018),
        ("This article is part of The Herald's archive, which ceased publication in 2018.", "en", "The Herald", 2018),
        ("This article is part of The Times’ online archives, which has closed in 2018.", "en", "The Times", 2018),
    ],
)
def test_closure_notice_is_recognised(line, language, outlet, year):
    notice = find_notice(line, "banner")
    assert (notice.language, notice.outlet, notice.year) == (language, outlet, year)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Close",
        "Le Courrier a fermé ses portes en 2021.",
        "Il a dit: Ce texte fait partie des archives du Courrier, qui a fermé en 2021.",
        "Ce texte fait partie des archives du Courrier.",
        "Ce manuscrit fait partie des archives du diocèse, qui a ouvert un musée en 2019.",
        "This story is part of a series on the river.",
        "This story is part of the online archive of The Herald, which reopened in 2018.",
    ],
)
def test_other_sentence_is_no_notice(line):
    assert find_notice(line, "banner") is None


def test_line_longer_than_any_notice_is_not_looked_at():
    assert find_notice(FRENCH + " x" * LONGEST, "banner") is None


def test_message_has_placeholders_in_the_place_of_what_can_change():
    assert find_notice(FRENCH, "footer").message == (
        "Ce texte fait partie des archives en ligne de {outlet}, qui ont fermé en {year}. "
        "Une question? Lisez notre {faq} ou écrivez à {contact}."
    )


def test_contact_and_faq_are_kept_as_they_were_written():
    notice = find_notice(FRENCH, "footer")
    assert (notice.faq, notice.contact) == ("FAQ", "aide@fleuve-medias.example")


def test_notice_without_contact_has_none():
    notice = find_notice("This story is part of the archive of The Herald, which closed in 2018.", "banner")
    assert (notice.faq, notice.contact, "{contact}" in notice.message) == ("", "", False)


def test_name_that_stands_twice_is_replaced_where_it_is_told_of():
    line = "Ce texte fait partie des archives de Rive, qui a fermé en 2019. Écrivez à Rive."
    assert find_notice(line, "banner").message == (
        "Ce texte fait partie des archives de {outlet}, qui a fermé en {year}. Écrivez à Rive."
    )
