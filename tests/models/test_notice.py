from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from archive.models import ClosureNotice
from tests.factories import make_info_page, make_notice, make_outlet

pytestmark = pytest.mark.django_db

TODAY = date(2022, 1, 1)


@pytest.fixture
def network():
    outlet = make_outlet(slug="canada", name="HuffPost Canada", language="en", support_address="support@example.org")
    make_info_page(outlet, slug="faq", kind="faq", title="FAQ")
    return outlet


@pytest.fixture
def edition(network):
    return make_outlet(slug="quebec", name="HuffPost Québec", language="fr", parent=network)


def shown(outlet, language="fr", on=TODAY):
    return ClosureNotice.objects.for_page(outlet, language, on)


def test_page_carries_the_notices_of_its_outlet_and_of_those_above(network, edition):
    above = make_notice(network, language="fr")
    own = make_notice(edition)
    assert shown(edition) == [own, above]


def test_page_of_the_network_carries_no_notice_of_an_edition(network, edition):
    make_notice(edition)
    assert shown(network) == []


def test_notice_in_another_language_is_not_shown(edition):
    make_notice(edition, language="en")
    assert shown(edition) == []


def test_notice_is_shown_from_its_first_day(edition):
    make_notice(edition, first_day=TODAY)
    assert len(shown(edition)) == 1


def test_notice_is_not_shown_before_its_first_day(edition):
    make_notice(edition, first_day=date(2022, 1, 2))
    assert shown(edition) == []


def test_notice_is_not_shown_after_its_last_day(edition):
    make_notice(edition, last_day=date(2021, 12, 31))
    assert shown(edition) == []


def test_notices_of_a_page_cost_two_queries(network, edition, django_assert_num_queries):
    for day in range(1, 10):
        make_notice(edition, first_day=date(2021, 4, day), message="{outlet} {year} {faq} {contact}")
    with django_assert_num_queries(2):
        [notice.html for notice in shown(edition)]


def test_message_names_its_own_outlet(network, edition):
    make_notice(network, language="fr", message="{outlet}, {year}.")
    assert shown(edition)[0].html == "<strong>HuffPost Canada</strong>, 2021."


def test_message_names_the_outlet_of_the_page_where_the_editor_chose_so(network, edition):
    make_notice(network, language="fr", names="page", message="{outlet}, {year}.")
    assert shown(edition)[0].html == "<strong>HuffPost Québec</strong>, 2021."


def test_network_answers_for_its_edition(network, edition):
    make_notice(edition, message="{contact}")
    assert shown(edition)[0].html == '<a href="mailto:support@example.org">support@example.org</a>'


def test_faq_is_that_in_the_notices_language(network, edition):
    make_info_page(edition, slug="aide", kind="faq", title="Foire aux questions")
    make_notice(network, language="fr", message="{faq}")
    assert shown(edition)[0].html == '<a href="/quebec/pages/aide/">Foire aux questions</a>'


def test_message_is_escaped():
    outlet = make_outlet(name="A & B")
    make_notice(outlet, message="<b>{outlet}</b>")
    assert shown(outlet)[0].html == "&lt;b&gt;<strong>A &amp; B</strong>&lt;/b&gt;"


def test_value_that_is_gone_leaves_no_brace(edition, network):
    make_notice(edition, message="{contact} {faq}")
    network.support_address = ""
    network.save()
    network.info_pages.all().delete()
    edition.parent = network
    assert shown(edition)[0].html == "… FAQ"


def refused(notice):
    with pytest.raises(ValidationError) as caught:
        notice.full_clean()
    return caught.value.message_dict["message"][0]


def test_unknown_placeholder_is_refused_with_those_that_can_be_used(network):
    notice = make_notice(network, message="{name}")
    assert refused(notice).endswith("These can be used: {outlet}, {year}, {faq}, {contact}.")


def test_placeholder_that_the_outlet_cannot_fill_is_refused():
    outlet = make_outlet(closed_on=None)
    assert "These can be used: {outlet}." in refused(make_notice(outlet, message="{year}"))


def test_placeholder_that_one_edition_cannot_fill_is_refused(network, edition):
    make_outlet(parent=network, closed_on=None)
    assert refused(make_notice(network, names="page", message="{year}")).startswith("{year}")


@pytest.mark.parametrize("message", ["{outlet", "outlet}", "{{outlet}", "{out{year}let}"])
def test_lone_brace_is_refused(network, message):
    assert "brace" in refused(make_notice(network, message=message))


@pytest.mark.parametrize("message", ["{outlet.slug}", "{outlet!r}", "{0}", "{}", "{outlet:>9}"])
def test_placeholder_reaches_nothing_but_its_word(network, message):
    assert "unknown" in refused(make_notice(network, message=message))


def test_database_refuses_days_out_of_order(edition):
    with pytest.raises(IntegrityError):
        make_notice(edition, first_day=TODAY, last_day=date(2021, 12, 31))


def test_digest_follows_the_text(edition):
    notice = make_notice(edition)
    before = notice.digest
    notice.message += " Encore."
    assert notice.digest != before


def test_digest_of_the_same_text_is_the_same(edition):
    notice = make_notice(edition)
    assert notice.digest == ClosureNotice.objects.get(pk=notice.pk).digest


def test_faq_of_another_language_says_so(edition):
    edition.parent.info_pages.all().delete()
    make_info_page(edition, slug="aide", kind="faq", title="Foire aux questions", language="fr")
    make_notice(edition, language="en", message="{faq}")
    assert shown(edition, "en")[0].html == '<a href="/quebec/pages/aide/" lang="fr">Foire aux questions</a>'
