import time
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers import nitf, recognise
from archive.importers.base import ImportedArticle, ImportedImage, Problem, ReadOptions, Refusal
from archive.importers.items import ImportedWithdrawal

SAMPLE = Path(__file__).parents[1] / "samples" / "nitf" / "story.xml"
LATER = SAMPLE.with_name("later.xml")


def read(content, **options):
    content = content if isinstance(content, bytes) else content.encode()
    return list(nitf.read(BytesIO(content), ReadOptions(**options)))


def document(
    docdata='<doc-id id-string="7"/>', content="<p>It froze.</p>", head="<hedline><hl1>Ice</hl1></hedline>", pubdata=""
):
    # A document of one.
    return (
        f"<nitf><head>{docdata if docdata.startswith('<docdata') else f'<docdata>{docdata}</docdata>'}{pubdata}</head>"
        f"<body><body.head>{head}</body.head><body.content>{content}</body.content></body></nitf>"
    )


def one(*arguments, **parts):
    (item,) = read(document(*arguments, **parts))
    return item


@pytest.fixture
def story():
    (item,) = read(SAMPLE.read_bytes())
    return item


class TestStory:
    def test_headline_summary_and_language(self, story):
        assert story.headline == "Ferry crossing closes for ten days"
        assert story.summary == "Ice builds up in the harbour\nIt was last this thick in 1993."
        assert story.language == "en-CA"

    def test_id_is_that_of_all_versions(self, story):
        assert story.original_id == "ferry-7f3a"

    def test_date_provider_and_urgency(self, story):
        assert story.published == datetime(2014, 1, 6, 14, 32, tzinfo=UTC)
        assert (story.provider, story.credit, story.urgency) == ("CP", "The Canadian Press", 3)

    def test_each_author_of_a_byline(self, story):
        printed = "By Ruth Amery and Omar Haddad, The Canadian Press"
        assert [(each.name, each.printed) for each in story.bylines] == [
            ("Ruth Amery", printed),
            ("Omar Haddad", printed),
        ]

    def test_dateline_is_taken_out_of_the_text(self, story):
        assert story.dateline == "HALIFAX (CP) —"
        assert story.body.startswith("<p>The ferry will not run for ten days, <person>Paul Roy</person> said in")

    def test_sign_off_and_end_are_taken_out_of_the_text(self, story):
        assert story.sign_off == "ram/oh"
        assert "ends" not in story.body

    def test_nitf_becomes_html(self, story):
        assert "<h2>Buses</h2>" in story.body
        assert '<p>Buses go round <a href="http://bus.example/">by the bridge</a>.</p>' in story.body
        assert "<blockquote>" in story.body
        assert "<table><tr><td>North</td><td>Jan 14</td></tr></table>" in story.body

    def test_lines_broken_in_a_paragraph_are_joined(self, story):
        assert "half hour after eight in the evening, and more seldom on Sundays and on all holidays.</p>" in story.body
        assert "<br>" not in story.body

    def test_picture_is_the_largest_with_its_words(self, story):
        assert story.images == (
            ImportedImage("http://img.example/large.jpg", "A ferry", "The ferry at its dock.", "O. Haddad"),
        )

    def test_keywords_are_tags_once(self, story):
        assert [term.name for term in story.tags] == ["Ferries", "Ice"]

    def test_address_is_kept(self, story):
        assert story.original_url == "http://www.herald.example/2014/01/06/ferry.html"

    def test_record_read_again_is_the_same(self, story):
        (again,) = read(story.record)
        assert again.canonical() == story.canonical()


class TestCare:
    def test_canceled_document_withdraws_what_it_names(self):
        item = one(
            '<docdata management-status="canceled" management-doc-idref="6"><doc-id id-string="7"/>'
            '<ed-msg info="The game was not played."/></docdata>'
        )
        assert isinstance(item, ImportedWithdrawal)
        assert item.original_id == "6"
        assert item.note.startswith("The game was not played.")

    def test_canceled_document_withdraws_itself(self):
        assert one('<docdata management-status="canceled"><doc-id id-string="7"/></docdata>').original_id == "7"

    def test_document_that_takes_another_ones_place_withdraws_that(self):
        items = read(
            document(
                '<docdata management-idref-status="canceled" management-doc-idref="6"><doc-id id-string="7"/></docdata>'
            )
        )
        assert [(type(item), item.original_id) for item in items] == [(ImportedWithdrawal, "6"), (ImportedArticle, "7")]

    def test_correction_bears_the_id_of_what_it_corrects(self):
        item = one(
            '<doc-id id-string="7"/><correction id-string="6" info="Name"/><date.issue norm="20140106T150000Z"/>'
        )
        assert item.original_id == "6"
        assert item.modified == datetime(2014, 1, 6, 15, 0, tzinfo=UTC)

    def test_withheld_document_is_held_back(self):
        item = one('<docdata management-status="withheld"><doc-id id-string="7"/></docdata>')
        assert item.held_back
        assert item.problems

    def test_embargo_ends_at_the_release(self):
        item = one(
            '<docdata management-status="embargoed"><doc-id id-string="7"/>'
            '<date.release norm="20140107T060000-0500"/></docdata>'
        )
        assert item.embargoed_until == datetime(2014, 1, 7, 11, 0, tzinfo=UTC)

    def test_release_after_the_issue_is_an_embargo(self):
        dates = '<date.issue norm="20140106T150000Z"/><date.release norm="20140107T150000Z"/>'
        assert one('<doc-id id-string="7"/>' + dates).embargoed_until == datetime(2014, 1, 7, 15, 0, tzinfo=UTC)

    @pytest.mark.parametrize("release", ["", '<date.release norm="soon"/>'])
    def test_embargo_without_an_end_holds_back(self, release):
        item = one(f'<docdata management-status="embargoed"><doc-id id-string="7"/>{release}</docdata>')
        assert item.held_back
        assert item.problems


def test_day_without_an_hour_is_a_day():
    item = one('<doc-id id-string="7"/>', pubdata='<pubdata date.publication="19870101T000000"/>')
    assert (item.published, item.published_precision) == (date(1987, 1, 1), "day")


def test_no_date_is_invented():
    assert one().published is None


def test_id_without_a_doc_id_is_the_same_each_time():
    first, again = one(docdata='<date.issue norm="20140106"/>'), one(docdata='<date.issue norm="20140106"/>')
    other = one(docdata='<date.issue norm="20140107"/>')
    assert first.original_id == again.original_id != other.original_id


def test_full_text_is_taken_once():
    item = one(
        content='<block class="lead_paragraph"><p>It froze.</p></block>'
        '<block class="full_text"><p>It froze.</p><p>It thawed.</p></block>'
    )
    assert item.body == "<p>It froze.</p>\n<p>It thawed.</p>"


def test_initials_in_the_byline_are_a_sign_off():
    item = one(head="<hedline><hl1>Ice</hl1></hedline><byline>gr/bp</byline>")
    assert (item.bylines, item.sign_off) == ((), "gr/bp")


def test_agencys_name_in_the_byline_is_no_author():
    assert one(head="<hedline><hl1>Ice</hl1></hedline><byline>By The Associated Press</byline>").bylines == ()


def test_abstract_that_is_the_first_paragraph_is_no_summary():
    head = "<hedline><hl1>Ice</hl1></hedline><abstract><p>It froze.</p></abstract>"
    assert one(head=head, content="<p>TRURO (CP) - It froze.</p><p>x</p>").summary == ""


def test_text_of_a_teleprinter_in_a_paragraph_is_rejoined():
    text = "(Adds detail)\n    It froze over in the night, and the\nferry stayed at its dock.\n    It thawed.\n"
    assert one(content=f"<p>{text}</p>").body == (
        "<p>(Adds detail)</p>\n<p>It froze over in the night, and the ferry stayed at its dock.</p>\n<p>It thawed.</p>"
    )


def test_joined_documents_are_each_read():
    items = read(document() + "\n" + document('<doc-id id-string="8"/>'))
    assert [item.original_id for item in items] == ["7", "8"]


def test_wrong_declared_encoding_is_mended_and_told():
    content = '<?xml version="1.0" encoding="iso-8859-1"?>' + document(content="<p>Il gèle à l’aube.</p>")
    (item,) = read(content)
    assert item.body == "<p>Il gèle à l’aube.</p>"
    assert item.problems


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (document(content=""), "no text"),
        (document(head=""), "no headline"),
        (document(head="<hedline><hl1>KILL: Ice</hl1></hedline>"), "reads like the kill"),
        (document()[:-20], "cut off"),
        ("<a/>", "no NITF document"),
        (document().replace("</p>", ""), "not well formed"),
    ],
)
def test_what_can_not_be_taken_is_told_with_its_remedy(content, words):
    problems = read(content)
    assert words in problems[0].problem
    assert all(isinstance(problem, Problem) and problem.remedy for problem in problems)


def test_bad_document_does_not_stop_the_next():
    items = read(document(content="") + document())
    assert [type(item) for item in items] == [Problem, ImportedArticle]


def test_format_is_told_from_the_content():
    assert recognise(SAMPLE.read_bytes()[:8192]) == "nitf"
    assert not nitf.recognises(b"<rss><nitf/></rss>")


@pytest.mark.parametrize(
    "content",
    [
        '<!DOCTYPE nitf [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + document(content="<p>&x;</p>"),
        '<!DOCTYPE nitf [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + document(content="<p>&b;</p>"),
        document(content="<block>" * 5000 + "<p>x</p>" + "</block>" * 5000),
    ],
)
def test_hostile_document_is_refused(content):
    begun = time.process_time()
    try:
        assert all(isinstance(item, Problem) for item in read(content))
    except Refusal as refusal:
        assert refusal.problem.remedy
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "content", ["<p>x</p>" * 100_000, "<media><media-caption>x</media-caption></media>" * 50_000 + "<p>x</p>"]
)
def test_many_elements_are_soon_read(content):
    begun = time.process_time()
    read(document(content=content))
    assert time.process_time() - begun < 4


@given(st.binary(max_size=300))
def test_whatever_it_is_given_it_yields_or_refuses(content):
    try:
        read(content)
        read(document(content="@").encode().replace(b"@", content))
    except Refusal:
        pass


def test_rights_and_the_day_that_ends_them_are_remarked():
    found = one(
        '<doc-id id-string="7"/><date.expire norm="20140206T000000Z"/>'
        '<doc.rights type="no archival use" geography="CA" limitations="print only"/>'
    )
    assert [each.problem for each in found.problems] == [
        "Its usage terms say: “no archival use; CA; print only”.",
        "By its usage terms its use ends on 20140206T000000Z.",
    ]


class TestLater:
    """What a sender sends after a story: joined, and in another encoding than is told."""

    @pytest.fixture
    def items(self):
        return read(LATER.read_bytes())

    def test_correction_bears_the_id_of_what_it_corrects(self, items):
        assert (items[0].original_id, items[0].modified) == ("pc-crue-0107", items[0].published)
        assert items[0].dated_by_version

    def test_dateline_sign_off_urgency_and_byline_are_kept(self, items):
        assert (items[0].dateline, items[0].sign_off, items[0].urgency) == ("SAINT-AMABLE (PC) —", "lmo/pt", 2)
        assert [each.name for each in items[0].bylines] == ["Léa Roy"]

    def test_encoding_that_is_told_wrongly_is_mended_and_told(self, items):
        assert items[0].body == "<p>La ville a fermé deux ponts, l’eau ayant gagné un mètre.</p>"
        assert items[0].problems

    def test_embargo_is_kept_with_its_end(self, items):
        assert items[1].embargoed_until == datetime(2014, 1, 23, 21, 0, tzinfo=UTC)

    def test_canceled_document_withdraws_what_it_names(self, items):
        assert (items[2].original_id, items[2].note[:26]) == ("pc-echecs-0099", "La partie n’a pas eu lieu.")


@pytest.mark.parametrize(("number", "is_later"), [("1", False), ("01", False), ("", False), ("x", False), ("2", True)])
def test_version_above_the_first_was_modified_when_it_was_issued(number, is_later):
    item = one(
        f'<doc-id id-string="a-{number}"/><du-key key="a" version="{number}"/><date.issue norm="20140106T150000Z"/>'
    )
    assert (item.modified == datetime(2014, 1, 6, 15, 0, tzinfo=UTC), item.dated_by_version) == (is_later, is_later)


@pytest.mark.parametrize(
    "dateline",
    [
        *("HALIFAX (CP) —", "TORONTO (CP) _", "PARIS, 22 jan 2014 (AFP) -", "LOS ANGELES (AFP/Relaxnews) –"),
        *("SAINT-AMABLE, Qc (PC) —", "Québec (La Presse canadienne) –", "NEW YORK (AP) --", "MONTRÉAL —"),
    ],
)
def test_dateline_of_any_agency_is_taken_out_of_the_text(dateline):
    item = one(content=f"<p>{dateline} It froze.</p>")
    assert (item.dateline, item.body) == (dateline, "<p>It froze.</p>")


@pytest.mark.parametrize(
    "text", ["The bay (north) froze.", "Ice - and more of it.", "Snow_flakes fell.", "It (CP) froze."]
)
def test_text_that_opens_like_no_dateline_is_text(text):
    assert one(content=f"<p>{text}</p>").body == f"<p>{text}</p>"


def test_line_under_the_text_and_further_pieces_of_it_are_text():
    content = (
        "<p>It froze.</p></body.content><body.content><p>It thawed.</p></body.content>"
        "<body.end><tagline>Anna Reid writes from the quay.</tagline></body.end><body.content><p>Last.</p>"
    )
    body = one(content=content).body
    assert body == "<p>It froze.</p>\n<p>It thawed.</p>\n<p>Last.</p>\n<p>Anna Reid writes from the quay.</p>"


def test_sign_off_under_the_text_is_none_of_it():
    story = one(content="<p>It froze.</p></body.content><body.end><tagline>ab/cd</tagline></body.end><body.content>")
    assert (story.body, story.sign_off) == ("<p>It froze.</p>", "ab/cd")
