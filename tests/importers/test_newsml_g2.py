import time
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers import newsml_g2, recognise
from archive.importers.base import ImportedArticle, ImportedByline, ImportedImage, Problem, ReadOptions, Refusal
from archive.importers.items import ImportedWithdrawal, LeftOut

SAMPLE = Path(__file__).parents[1] / "samples" / "newsml-g2" / "message.xml"
NAMESPACE = "http://iptc.org/std/nar/2006-10-01/"


def read(content):
    content = content if isinstance(content, bytes) else content.encode()
    return list(newsml_g2.read(BytesIO(content), ReadOptions()))


def item(meta="", content="<inlineData>It froze.</inlineData>", about="<headline>Ice</headline>", guid="urn:x:1"):
    return (
        f'<newsItem xmlns="{NAMESPACE}" guid="{guid}" standard="NewsML-G2"><itemMeta>{meta}</itemMeta>'
        f"<contentMeta>{about}</contentMeta><contentSet>{content}</contentSet></newsItem>"
    )


def one(*arguments, **parts):
    (found,) = read(item(*arguments, **parts))
    return found


@pytest.fixture
def message():
    return read(SAMPLE.read_bytes())


@pytest.fixture
def story(message):
    return message[1]


class TestStory:
    def test_id_is_that_of_all_versions(self, story):
        assert story.original_id == "urn:newsml:example.org:20140106:ferry"

    def test_headline_and_summary(self, story):
        assert story.headline == "Ferry crossing closes for ten days"
        assert story.summary == "It was last this thick in 1993."

    def test_later_version_was_modified_when_it_was_created(self, story):
        assert story.published == datetime(2014, 1, 6, 14, 32, tzinfo=UTC)
        assert story.modified == datetime(2014, 1, 6, 15, 2, tzinfo=UTC)

    def test_provider_credit_urgency_and_language(self, story):
        assert (story.provider, story.credit) == ("CP", "The Canadian Press")
        assert (story.urgency, story.language) == (4, "en")

    def test_authors_are_persons(self, story):
        assert story.bylines == (ImportedByline("Ruth Amery"),)

    def test_dateline_is_taken_out_of_the_markup(self, story):
        assert story.dateline == "HALIFAX (CP) -"
        assert story.body == ("<p>The ferry will <em>not</em> run.</p>\n<h3>Buses</h3>\n<p>Buses go round.</p>")

    def test_closing_line_is_the_sign_off(self, story):
        assert story.sign_off == "CP ram tre"

    def test_keywords_and_subjects_are_tags(self, story):
        assert [term.name for term in story.tags] == ["Ferries", "Ice"]

    def test_picture_of_the_package_and_of_the_text_is_one(self, story):
        assert story.images == (
            ImportedImage("http://img.example/large.jpg", "A ferry", "The ferry at its dock.", "O. Haddad"),
        )

    def test_record_read_again_is_the_same(self, message):
        for item in message:
            if isinstance(item, ImportedArticle):
                (again,) = (each for each in read(item.record) if not isinstance(each, LeftOut))
                assert again.canonical() == item.canonical()


class TestCare:
    def test_canceled_item_withdraws(self, message):
        kill = message[2]
        assert isinstance(kill, ImportedWithdrawal)
        assert kill.original_id == "urn:newsml:example.org:20140106:chess"
        assert "The game was not played." in kill.note

    def test_embargo_is_kept(self, message):
        assert message[3].embargoed_until == datetime(2014, 1, 7, 5, 0, tzinfo=UTC)
        assert not message[3].held_back

    def test_embargo_without_an_end_holds_back(self):
        held = one("<embargoed/>")
        assert held.held_back
        assert held.problems

    def test_withheld_item_is_held_back(self, message):
        assert message[4].held_back


class TestForms:
    def test_plain_text_is_rejoined(self, message):
        assert message[3].body == (
            "<p>Taxes go down, the minister is to say on Tuesday, and prices up.</p>\n<p>Nobody is surprised.</p>"
        )
        assert message[3].sign_off == "ab/cd"

    def test_nitf_within_is_read(self, message):
        story = message[4]
        assert (story.headline, story.dateline) == ("Chess at the library", "TRURO (CP) -")
        assert story.bylines == (ImportedByline("Lea Roy", printed="By Lea Roy"),)
        assert story.body == "<p>Forty children played.</p>"

    def test_films_are_counted(self, message):
        assert message[0] == LeftOut("films")

    def test_html_in_a_section_is_html(self):
        found = one(content="<inlineData><![CDATA[<p>\n   (ANSA) - Rome, October 11 - It\nfroze.</p>]]></inlineData>")
        assert (found.dateline, found.body) == ("(ANSA) - Rome, October 11 -", "<p>It froze.</p>")

    def test_script_is_left_to_the_sanitiser(self):
        found = one(content='<inlineXML><html><body><p onclick="x()">It froze.</p></body></html></inlineXML>')
        assert "It froze." in found.body


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (item(content=""), "no text"),
        (item(content='<remoteContent href="x.html"/>'), "lies in another file"),
        (item(about=""), "no headline"),
        (item(guid=""), "no guid"),
        (item()[:-30], "cut off"),
        ("<newsMessage/>", "no item"),
    ],
)
def test_what_can_not_be_taken_is_told_with_its_remedy(content, words):
    problems = read(content)
    assert words in problems[0].problem
    assert all(isinstance(problem, Problem) and problem.remedy for problem in problems)


def test_slugline_stands_in_for_a_headline():
    found = one(about="<slugline>Ice-Harbour</slugline>")
    assert found.headline == "Ice-Harbour"
    assert found.problems


def test_format_is_told_from_the_content():
    assert recognise(SAMPLE.read_bytes()[:8192]) == "newsml-g2"
    assert recognise(item().encode()) == "newsml-g2"
    assert not newsml_g2.recognises(b"<newsItem xmlns='urn:other'/>")


def test_items_before_what_ends_the_reading_are_taken():
    content = f'<newsMessage xmlns="{NAMESPACE}"><itemSet>{item()}{"<" * 20_000}'
    found = newsml_g2.read(BytesIO(content.encode()), ReadOptions())
    assert next(found).headline == "Ice"
    with pytest.raises(Refusal, match="It is no XML"):
        next(found)


def test_package_that_names_its_items_again_and_again_stands_once_in_the_record():
    picture = item("<itemClass qcode='ninat:picture'/>", guid="urn:p:1")
    names = "".join(f'<itemRef residref="{guid}"/>' for guid in ["urn:x:1", "urn:p:1"] * 50)
    package = f'<packageItem guid="urn:k:1"><groupSet><group>{names}</group></groupSet></packageItem>'
    content = f'<newsMessage xmlns="{NAMESPACE}"><itemSet>{item()}{picture}{package}</itemSet></newsMessage>'
    (found,) = (each for each in read(content) if isinstance(each, ImportedArticle))
    assert found.record.count(b"<packageItem") == 1


def test_entities_are_refused():
    content = '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + item(about="<headline>&x;</headline>")
    with pytest.raises(Refusal, match="declares entities"):
        read(content)


def test_message_of_many_items_is_soon_read():
    content = f'<newsMessage xmlns="{NAMESPACE}"><itemSet>' + item() * 5000 + "</itemSet></newsMessage>"
    begun = time.process_time()
    assert len(read(content)) == 5000
    assert time.process_time() - begun < 4


@given(st.binary(max_size=300))
def test_whatever_it_is_given_it_yields_or_refuses(content):
    try:
        read(content)
        read(item(content="@").encode().replace(b"@", content))
    except Refusal:
        pass


def with_rights(rights):
    (found,) = read(item().replace("<itemMeta>", f"{rights}<itemMeta>"))
    return [each.problem for each in found.problems]


def test_usage_terms_are_remarked():
    rights = "<rightsInfo validto='2014-02-06T00:00:00Z'><usageTerms> No archival \n use </usageTerms></rightsInfo>"
    assert with_rights(rights) == [
        "Its usage terms say: “No archival use”.",
        "By its usage terms its use ends on 2014-02-06T00:00:00Z.",
    ]


def test_terms_of_a_part_and_a_mere_notice_are_not():
    rights = "<rightsInfo><copyrightNotice>© AFP</copyrightNotice></rightsInfo>"
    assert with_rights(f"{rights}<rightsInfo idrefs='photo'><usageTerms>Print only</usageTerms></rightsInfo>") == []


@pytest.mark.parametrize(
    ("declared", "written"), [("iso-8859-1", "utf-8"), ("utf-8", "cp1252"), ("iso-8859-1", "cp1252")]
)
def test_wrong_declared_encoding_is_mended_and_told(declared, written):
    content = item(about="<headline>Il gèle à l’aube</headline>", content="<inlineData>L’œil gèle.</inlineData>")
    (found,) = read(f'<?xml version="1.0" encoding="{declared}"?>{content}'.encode(written))
    assert (found.headline, found.body) == ("Il gèle à l’aube", "<p>L’œil gèle.</p>")
    assert len(found.problems) == 1


def test_dateline_is_taken_out_of_plain_text():
    found = one(content="<inlineData>HALIFAX (CP) - It froze.</inlineData>")
    assert (found.dateline, found.body) == ("HALIFAX (CP) -", "<p>It froze.</p>")
