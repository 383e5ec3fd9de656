from datetime import date

import pytest
from django.utils import timezone

from archive.importers.notices import find_notice
from archive.importers.saving.notices import FoundNotices
from archive.models import ClosureNotice
from tests.factories import make_info_page, make_notice

pytestmark = pytest.mark.django_db

BANNER = find_notice("Ce texte fait partie des archives du Courrier des Rives, qui a fermé en 2019.", "banner")
FOOTER = find_notice(
    "Ce texte fait partie des archives de Fleuve Médias, qui ont fermé en 2019. "
    "Lisez notre FAQ ou écrivez à aide@fleuve-medias.example.",
    "footer",
)


def settle(outlet, *notices, learn=False):
    found = FoundNotices()
    found.add(notices)
    return found.settle(outlet, learn=learn)


def learn(outlet, *notices):
    return settle(outlet, *notices, learn=True)


@pytest.fixture
def faq(network):
    return make_info_page(network, kind="faq", title="FAQ")


def test_same_notice_on_many_pages_is_one(outlet):
    found = FoundNotices()
    found.add([BANNER, FOOTER])
    found.add([BANNER, FOOTER])
    assert [outcome.pages for outcome in found.settle(outlet, learn=False)] == [2, 2]


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "matched"),
        ({"message": "Le Courrier des Rives: fermé en 2019."}, "matched"),
        ({"placement": "footer"}, "offered"),
        ({"language": "en"}, "offered"),
        ({"message": "{outlet} a fermé."}, "offered"),
    ],
)
def test_notice_is_matched_by_place_language_outlet_and_year(outlet, fields, state):
    make_notice(outlet, **fields)
    assert [outcome.state for outcome in settle(outlet, BANNER)] == [state]


def test_notice_of_the_network_is_matched(outlet, network):
    make_notice(network, placement="footer")
    assert [outcome.state for outcome in settle(outlet, FOOTER)] == ["matched"]


def test_notice_of_the_network_that_speaks_of_the_pages_outlet_is_matched(outlet, network):
    make_notice(network, names="page")
    assert [outcome.state for outcome in settle(outlet, BANNER)] == ["matched"]


def test_unknown_notice_is_offered_and_not_added(outlet):
    (outcome,) = settle(outlet, BANNER)

    assert (outcome.state, ClosureNotice.objects.count()) == ("offered", 0)
    assert outcome.remedy == "Pass --learn-notices to add it to Le Courrier des Rives, or write one in the admin."


def test_notice_is_learned_by_the_outlet_that_it_names(outlet, network, faq):
    assert [outcome.state for outcome in learn(outlet, BANNER, FOOTER)] == ["learned", "learned"]
    assert set(ClosureNotice.objects.values_list("outlet__slug", "placement", "language", "names")) == {
        ("courrier-des-rives", "banner", "fr", "own"),
        ("fleuve-medias", "footer", "fr", "own"),
    }


def test_what_was_learned_is_matched_from_then_on(outlet, faq):
    learn(outlet, BANNER, FOOTER)
    assert [outcome.state for outcome in learn(outlet, BANNER, FOOTER)] == ["matched", "matched"]


def test_learned_notice_has_placeholders(outlet, network, faq):
    learn(outlet, FOOTER)
    assert network.notices.get().message == (
        "Ce texte fait partie des archives de {outlet}, qui ont fermé en {year}. "
        "Lisez notre {faq} ou écrivez à {contact}."
    )


def test_name_that_the_sentence_contracts_is_kept_in_words(outlet):
    learn(outlet, BANNER)
    assert outlet.notices.get().message == (
        "Ce texte fait partie des archives du Courrier des Rives, qui a fermé en {year}."
    )


def test_learned_notice_begins_when_the_outlet_closed(outlet):
    learn(outlet, BANNER)
    assert outlet.notices.get().first_day == date(2019, 6, 28)


def test_no_day_is_made_up_where_the_closing_date_is_unknown(outlet):
    outlet.closed_on = None
    outlet.save()

    learn(outlet, BANNER)

    notice = outlet.notices.get()
    assert (notice.first_day, "2019" in notice.message) == (timezone.now().date(), True)


def test_support_address_is_filled_where_there_is_none(outlet, network, faq):
    (outcome,) = learn(outlet, FOOTER)

    network.refresh_from_db()
    assert network.support_address == "aide@fleuve-medias.example"
    assert "aide@fleuve-medias.example is now the support address of Fleuve Médias." in outcome.note


def test_support_address_that_is_there_stays_and_the_difference_is_told(outlet, network, faq):
    network.support_address = "archives@fleuve-medias.example"
    network.save()
    outlet.parent = network

    (outcome,) = learn(outlet, FOOTER)

    network.refresh_from_db()
    assert network.support_address == "archives@fleuve-medias.example"
    assert "{contact} shows archives@fleuve-medias.example in its place." in outcome.note


def test_missing_faq_page_is_told_with_the_remedy_and_the_word_kept(outlet, network):
    (outcome,) = learn(outlet, FOOTER)

    assert (outcome.state, "Lisez notre FAQ ou" in network.notices.get().message) == ("learned", True)
    assert "Fleuve Médias has no FAQ page to link to." in outcome.note
    assert outcome.remedy == "Add one in the admin, then write {faq} for “FAQ” in the notice."


def test_notice_of_an_outlet_that_is_not_there_is_offered_with_the_remedy(outlet):
    stranger = find_notice("This story is part of the archive of The Herald, which closed in 2019.", "footer")

    (outcome,) = learn(outlet, stranger)

    assert (outcome.state, ClosureNotice.objects.count()) == ("offered", 0)
    assert outcome.note == "Neither Le Courrier des Rives nor an outlet above it is called “The Herald”."
    assert outcome.remedy == "Add The Herald in the admin as the network of Fleuve Médias, then import again."


def test_notice_of_another_year_is_offered_with_the_remedy(outlet):
    other = find_notice("Ce texte fait partie des archives du Courrier des Rives, qui a fermé en 2017.", "banner")

    (outcome,) = learn(outlet, other)

    assert (outcome.state, ClosureNotice.objects.count()) == ("offered", 0)
    assert outcome.note == "It says 2017, and Le Courrier des Rives is known to have closed on 2019-06-28."


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            "Ce texte fait partie des archives du Courrier des Rives, qui a fermé en 2019. Voir {ici}.",
            "{ici} is unknown",
        ),
        (
            "Ce texte fait partie des archives du Courrier des Rives, qui a fermé en 2019. Voir {.",
            "A brace stands alone",
        ),
    ],
)
def test_notice_that_fails_its_checks_is_not_added(outlet, line, reason):
    (outcome,) = learn(outlet, find_notice(line, "banner"))

    assert (outcome.state, ClosureNotice.objects.count()) == ("offered", 0)
    assert reason in outcome.note
    assert outcome.remedy == "Write the notice of Le Courrier des Rives in the admin."


def test_notice_in_the_place_of_another_is_not_added(outlet):
    make_notice(outlet, message="Autre chose.", first_day=outlet.closed_on)

    (outcome,) = learn(outlet, BANNER)

    assert (outcome.state, outlet.notices.get().message) == ("offered", "Autre chose.")


def test_support_address_is_not_filled_when_the_notice_is_not_added(outlet, network, faq):
    make_notice(network, placement="footer", message="Autre chose.", first_day=network.closed_on)

    learn(outlet, FOOTER)

    network.refresh_from_db()
    assert network.support_address == ""
