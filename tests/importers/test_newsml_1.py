import time
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers import newsml_1, recognise
from archive.importers.base import ImportedArticle, ImportedByline, ImportedImage, Problem, ReadOptions, Refusal
from archive.importers.items import ImportedWithdrawal

SAMPLE = Path(__file__).parents[1] / "samples" / "newsml-1" / "items.xml"


def read(content):
    content = content if isinstance(content, bytes) else content.encode()
    return list(newsml_1.read(BytesIO(content), ReadOptions()))


def item(
    component="<NewsComponent><NewsLines><HeadLine>Ice</HeadLine></NewsLines><ContentItem><DataContent>It froze."
    "</DataContent></ContentItem></NewsComponent>",
    management="",
    number="7",
):
    return (
        "<NewsML><NewsItem><Identification><NewsIdentifier><ProviderId>afp.com</ProviderId><DateId>20140106</DateId>"
        f"<NewsItemId>{number}</NewsItemId></NewsIdentifier></Identification>"
        f"<NewsManagement>{management}</NewsManagement>{component}</NewsItem></NewsML>"
    )


@pytest.fixture
def items():
    return read(SAMPLE.read_bytes())


@pytest.fixture
def story(items):
    return items[0]


class TestStory:
    def test_id_is_that_of_all_revisions(self, story):
        assert story.original_id == "urn:newsml:afp.com:20140106:TX-PAR-ABC12"

    def test_wrong_declared_encoding_is_mended_and_told(self, story):
        assert story.headline == "Crue: deux ponts fermés"
        assert "L’eau monte" in story.body
        assert story.problems

    def test_later_revision_was_modified_when_it_was_created(self, story):
        assert story.published == datetime(2014, 1, 6, 13, 32, tzinfo=UTC)
        assert story.modified == datetime(2014, 1, 6, 14, 2, tzinfo=UTC)

    def test_dateline_sign_off_and_byline(self, story):
        assert (story.dateline, story.sign_off) == ("SAINT-AMABLE, 6 jan 2014 (AFP) -", "lmo/pt")
        assert story.bylines == (ImportedByline("Léa Roy", printed="Par Léa Roy"),)

    def test_text_is_that_of_the_main_component(self, story):
        assert story.body == (
            "<p>La ville a fermé deux ponts.</p>\n<h2>- Précaution -</h2>\n<p>L’eau monte, dit-on.</p>"
        )

    def test_provider_credit_urgency_and_language(self, story):
        assert (story.provider, story.credit, story.urgency, story.language) == ("AFP", "© AFP", 4, "fr")

    def test_picture_is_the_largest_with_its_words(self, story):
        assert story.images == (ImportedImage("photo-large.jpg", caption="Le pont fermé.", credit="AFP/O. Haddad"),)

    def test_record_read_again_is_the_same(self, items):
        for each in items:
            if isinstance(each, ImportedArticle):
                (again,) = read(each.record)
                assert again.canonical() == each.canonical()


class TestCare:
    def test_canceled_item_withdraws(self, items):
        assert isinstance(items[1], ImportedWithdrawal)
        assert items[1].original_id == "urn:newsml:afp.com:20140106:TX-PAR-DEF34"
        assert items[1].note == "La partie n'a pas eu lieu."

    def test_embargo_ends_when_its_status_changes(self, items):
        assert items[2].embargoed_until == datetime(2014, 1, 7, 5, 0, tzinfo=UTC)

    def test_embargo_without_an_end_holds_back(self):
        (held,) = read(item(management='<Status FormalName="Embargoed"/>'))
        assert held.held_back
        assert held.problems

    def test_withheld_item_is_held_back(self):
        (held,) = read(item(management='<Status FormalName="Withheld"/>'))
        assert held.held_back

    def test_changes_to_an_earlier_revision_are_refused(self, items):
        assert isinstance(items[3], Problem)
        assert "only tells how to change" in items[3].problem


def test_html_in_a_section_is_html(items):
    assert items[2].dateline == "OTTAWA (PC) -"
    assert items[2].body == "<p>Les impôts baissent.<br>Un peu.</p>\n<p>Les prix montent.</p>"


def test_date_without_letters_is_no_dateline():
    lines = "<NewsLines><HeadLine>Ice</HeadLine><DateLine>6/1/2014</DateLine></NewsLines>"
    (found,) = read(
        item(f"<NewsComponent>{lines}<ContentItem><DataContent>x</DataContent></ContentItem></NewsComponent>")
    )
    assert found.dateline == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (item("<NewsComponent/>"), "no text"),
        (item()[:-40], "cut off"),
        ("<NewsML/>", "no item"),
        (item().replace("<HeadLine>Ice</HeadLine>", ""), "no headline"),
        (item(number=""), "no identifier"),
    ],
)
def test_what_can_not_be_taken_is_told_with_its_remedy(content, words):
    problems = read(content)
    assert words in problems[0].problem
    assert all(isinstance(problem, Problem) and problem.remedy for problem in problems)


def test_format_is_told_from_the_content():
    assert recognise(SAMPLE.read_bytes()[:8192]) == "newsml-1"


def test_entities_are_refused():
    with pytest.raises(Refusal, match="declares entities"):
        read('<!DOCTYPE NewsML [<!ENTITY % nitf SYSTEM "nitf.dtd"> %nitf;]>' + item())


@pytest.mark.parametrize(
    "component",
    [
        '<ContentItem Href="x"><MediaType FormalName="Photo"/></ContentItem>' * 40_000,
        '<NewsComponent><ContentItem Href="x"><MediaType FormalName="Photo"/></ContentItem></NewsComponent>' * 30_000,
        "<NewsComponent>" * 200 + "x" + "</NewsComponent>" * 200,
    ],
)
def test_hostile_item_is_soon_over(component):
    begun = time.process_time()
    read(item(f"<NewsComponent>{component}</NewsComponent>"))
    assert time.process_time() - begun < 2


@given(st.binary(max_size=300))
def test_whatever_it_is_given_it_yields_or_refuses(content):
    try:
        read(content)
        read(item("@").encode().replace(b"@", content))
    except Refusal:
        pass


def test_usage_rights_are_remarked():
    rights = (
        "<RightsMetadata><UsageRights><UsageType>NO ARCHIVAL USE</UsageType><Geography>France</Geography>"
        "<EndDate>20140206</EndDate></UsageRights></RightsMetadata>"
    )
    (found,) = read(item().replace("<NewsComponent>", f"<NewsComponent>{rights}"))
    assert [each.problem for each in found.problems] == [
        "Its usage terms say: “NO ARCHIVAL USE; France”.",
        "By its usage terms its use ends on 20140206.",
    ]


def test_plain_text_is_rejoined_and_its_dateline_and_sign_off_are_taken_out():
    text = (
        "HALIFAX, Jan 6, 2014 (AFP) - The ferry between the two shores of the harbour\n"
        "will not run for a week, its captain said on Monday, since the ice has grown\n"
        "too thick.\n\nNobody was hurt.\n\nram/oh/tre\n"
    )
    (found,) = read(item().replace("It froze.", text))
    assert found.dateline == "HALIFAX, Jan 6, 2014 (AFP) -"
    assert found.sign_off == "ram/oh/tre"
    assert found.body == (
        "<p>The ferry between the two shores of the harbour will not run for a week, its captain said on Monday, "
        "since the ice has grown too thick.</p>\n<p>Nobody was hurt.</p>"
    )


def test_encoding_that_is_no_utf8_is_read_as_it_is_told_or_mended():
    for declared, written in (("utf-8", "cp1252"), ("iso-8859-15", "iso-8859-15")):
        content = f'<?xml version="1.0" encoding="{declared}"?>{item().replace("It froze.", "Un œil gèle.")}'
        (found,) = read(content.encode(written))
        assert found.body == "<p>Un œil gèle.</p>"
