import time
import tracemalloc
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importers import xml
from archive.importers.base import Problem, ReadOptions, Refusal

BOMB = (
    b'<?xml version="1.0"?>\n<!DOCTYPE l [\n<!ENTITY a "aaaaaaaaaa">\n<!ENTITY b "&a;&a;&a;&a;">\n]>\n'
    b"<rss><item>&b;</item></rss>"
)


def parts(content, *names, options=ReadOptions()):  # noqa: B008  it can't be changed
    content = content if isinstance(content, bytes) else content.encode()
    return list(xml.parts(BytesIO(content), frozenset(names or ["item"]), options))


def texts(content, **options):
    return [
        xml.text(each.element) if isinstance(each, xml.Part) else each.problem for each in parts(content, **options)
    ]


def refusal(content, read=parts):
    started = time.process_time()
    with pytest.raises(Refusal) as caught:
        read(content)
    assert time.process_time() - started < 2
    assert caught.value.problem.remedy
    return caught.value.problem


def document(content):
    return xml.document(content if isinstance(content, bytes) else content.encode(), ReadOptions())


def test_items_are_cut_out_with_their_places():
    found = parts("<rss>\n<item>a</item>\n\n<item>b</item></rss>")
    assert [each.place for each in found] == ["item 1, line 2", "item 2, line 4"]


def test_names_are_told_without_their_prefixes():
    assert [each.name for each in parts('<r xmlns:w="u"><w:item>a</w:item><w:x/></r>')] == ["item"]


def test_end_tag_in_cdata_or_a_comment_ends_nothing():
    assert texts("<rss><item><![CDATA[a</item>b]]><!-- </item> --></item></rss>") == ["a</item>b"]


def test_item_within_an_item_of_another_name_is_part_of_it():
    found = parts("<r><entry><category>a</category></entry><category>b</category></r>", "entry", "category")
    assert [each.name for each in found] == ["entry", "category"]


def test_empty_item_is_one():
    assert texts('<rss><item a=">"/><item>b</item></rss>') == ["", "b"]


def test_item_that_is_not_well_formed_is_refused_alone():
    found = parts("<rss>\n<item>\n<b></item>\n<item>ok</item></rss>")

    assert found[0].place == "item 1, line 2"
    assert found[0].problem.startswith("It is not well formed: Opening and ending tag mismatch")
    assert "(line 3, column" in found[0].problem
    assert xml.text(found[1].element) == "ok"


def test_item_that_never_ends_is_cut_off_where_the_next_begins():
    assert texts("<rss><item>a<item>b</item></rss>") == ["It is cut off: another begins before it does.", "b"]


def test_file_that_is_cut_off_gives_what_is_whole():
    assert texts("<rss><item>a</item><item><![CDATA[b") == ["a", "It is cut off: the file ends before it does."]


def test_file_that_is_cut_off_between_items_is_told():
    assert texts("<rss><item>a</item>\n")[1] == "The file is cut off: the file ends before </rss>."


def test_joined_files_give_the_items_of_both():
    found = parts('<?xml version="1.0"?><rss><item>a</item></rss>\n<?xml version="1.0"?><rss><item>b</item></rss>')
    assert [(each.number, each.document) for each in found] == [(1, 1), (2, 2)]


@pytest.mark.parametrize("end", ["<item>a", "<item><![CDATA[a", "<item><![CDATA[a]]>", "<item><!-- a"])
def test_file_that_is_cut_off_and_joined_gives_the_items_of_both(end):
    one = '<?xml version="1.0"?>\n<rss xmlns:w="u"><item>1</item>'
    assert texts(f"{one}{end}{one}</rss>") == ["1", "It is cut off: another document begins before it does.", "1"]


def test_document_quoted_in_an_item_is_its_text():
    text = '<?xml version="1.0"?><rss><item>'
    assert texts(f'<?xml version="1.0"?>\n<rss a="b"><item><![CDATA[{text}]]></item></rss>') == [text]


def test_record_is_a_document_of_the_item_alone():
    (part,) = parts('<r xmlns:w="u"><c lang="fr"><x>1</x><w:item>a</w:item></c></r>')
    (again,) = parts(part.record(b"<head/>"))

    assert b"<head/>" in part.record(b"<head/>")
    assert (xml.namespace(again.element), xml.text(again.element)) == ("u", "a")


def test_entity_of_html_is_its_character():
    assert texts("<rss><item>&eacute;&nbsp;&amp;&lt;&#233;</item></rss>") == ["é\u00a0&<é"]


def test_entity_that_nobody_declared_stays_as_it_stands():
    assert texts("<rss><item>&xxe; R&D & &#0; AT&T</item></rss>") == ["&xxe; R&D &  AT&T"]


def test_prefix_that_nobody_declared_is_taken_for_the_usual_one():
    (part,) = parts("<rss><item><app:draft>yes</app:draft></item></rss>")

    assert xml.namespace(xml.child(part.element, "draft")) == "http://www.w3.org/2007/app"
    assert parts(part.record())[0].source == part.source


def test_control_characters_are_left_out():
    (part,) = parts(b"<rss><item>a\x0bb\x07\x08c</item></rss>")

    assert xml.text(part.element) == "a bc"
    assert part.problems[0].problem == "2 control characters were left out."


def test_nul_is_refused_with_its_item():
    assert texts(b"<rss><item>a\x00b</item><item>c</item></rss>") == [
        "It holds NUL characters, which no text has.",
        "c",
    ]


@pytest.mark.parametrize(
    ("declared", "written", "remarks"),
    [
        ("utf-8", "utf-8", 0),
        ("iso-8859-1", "iso-8859-1", 0),
        ("iso-8859-1", "utf-8", 1),
        ("iso-8859-1", "cp1252", 1),
        ("utf-8", "cp1252", 1),
        ("utf-16", "utf-16", 0),
        ("utf-8", "utf-16", 0),
        ("utf-16", "utf-8", 0),
    ],
)
def test_encoding_that_is_told_wrongly_is_mended_and_told(declared, written, remarks):
    word = "l’été" if written != "iso-8859-1" else "l'été"
    (part,) = parts(f'<?xml version="1.0" encoding="{declared}"?><rss><item>{word}</item></rss>'.encode(written))

    assert xml.text(part.element) == word
    assert len(part.problems) == remarks


def test_utf8_that_was_read_as_cp1252_is_mended_and_told():
    (part,) = parts("<rss><item>L’été</item></rss>".encode().decode("cp1252"))

    assert xml.text(part.element) == "L’été"
    assert part.problems[0].problem == "UTF-8 had been read as cp1252; that was undone."


def test_what_is_not_certain_is_left_and_told():
    (part,) = parts("<rss><item>été, puis Ã©tÃ©</item></rss>")

    assert xml.text(part.element) == "été, puis Ã©tÃ©"
    assert "it was left as it is" in part.problems[0].problem


def test_encoding_that_hides_tags_is_refused():
    told = '<?xml version="1.0" encoding="utf-7"?><rss>+ADw-item/+AD4-</rss>'
    assert refusal(told).problem == "The file is said to be in utf-7, in which no XML is kept."


@pytest.mark.parametrize("read", [parts, document])
def test_entity_bomb_is_refused(read):
    assert refusal(BOMB, read).problem.startswith("The document declares entities")


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://evil.example/x.dtd"> %x;]>',
        '<!DOCTYPE r [ "]>" <!ENTITY x SYSTEM "file:///etc/passwd"> ]>',
        '<!doctype r [<!entity x "y">]>',
    ],
)
@pytest.mark.parametrize("read", [parts, document])
def test_external_entity_is_refused(declaration, read):
    assert refusal(f"{declaration}<r><item>&x;</item></r>", read).remedy


def test_document_type_is_not_read():
    found = document(
        '<!DOCTYPE nitf SYSTEM "http://127.0.0.1:9/nitf.dtd" [<!ELEMENT nitf ANY>]>\n<nitf>a&eacute;</nitf>'
    )
    assert (xml.text(found.element), found.line) == ("aé", 2)


def test_entity_in_utf16_is_seen():
    assert refusal(BOMB.decode().encode("utf-16")).problem.startswith("The document declares entities")


def test_nesting_without_end_is_refused():
    assert "nested over 64 deep" in refusal("<rss>" + "<a>" * 1_000_000).problem


def test_nesting_within_an_item_is_refused_with_it():
    assert "Excessive depth" in texts(f"<rss><item>{'<a>' * 1000}{'</a>' * 1000}</item></rss>")[0]


def test_item_that_is_too_large_is_passed_over_in_bounded_memory():
    class Endless(BytesIO):
        """An item of 400 MB, and one behind it."""

        left = 400

        def read(self, size=-1):
            self.left -= 1
            if self.left > 0:
                return (b"<rss><item>" if self.left == 399 else b"") + b"x" * 1_000_000
            return b"</item><item>b</item></rss>" if self.left == 0 else b""

    tracemalloc.start()
    found = list(xml.parts(Endless(), frozenset(["item"]), ReadOptions()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found[0] == Problem(
        "item 1, line 1", "It is over 10 MB, or has over 100000 comments.", "Split it, or leave it out."
    )
    assert xml.text(found[1].element) == "b"
    assert peak < 100_000_000


@pytest.mark.parametrize("content", ["<!---->", "<![CDATA[]]>", "<!-- <b> -->"])
def test_item_of_too_many_comments_is_soon_passed_over(content):
    began = time.process_time()
    found = texts(f"<rss><item>{content * 1_000_000}</item><item>b</item></rss>")
    assert (found[0][:16], found[-1]) == ("It is over 10 MB", "b")
    assert time.process_time() - began < 2


def test_item_of_signs_alone_is_soon_passed_over():
    began = time.process_time()
    found = texts(f"<rss><item>{'<' * 30_000_000}</item><item>b</item></rss>")
    assert (found[0][:16], found[1]) == ("It is over 10 MB", "b")
    assert time.process_time() - began < 2


@pytest.mark.parametrize("content", ["<b/>", "<b></b>", "<!---->", "<?b?>", "<!DOCTYPE b>", "</b>"])
def test_file_of_much_that_is_no_item_is_soon_refused(content):
    began = time.process_time()
    told = refusal(f"<rss>{content * 1_000_000}<item>b</item></rss>")
    assert told.problem == "Over 150000 tags stand in it one after another, and no item is among them."
    assert time.process_time() - began < 2.5


def test_what_stands_between_items_is_counted_from_each_anew():
    content = f"{'<b/>' * (xml.MOST_BETWEEN // 2)}<item>a</item>"
    assert texts(f"<rss>{content * 3}</rss>") == ["a", "a", "a"]


def test_short_elements_that_are_passed_over_are_soon_refused():
    content = b"<rss>" + b"<term/>" * 1_000_000
    with pytest.raises(Refusal, match="Over 150000 tags stand in it"):
        list(xml.parts(BytesIO(content), frozenset(["item", "term"]), ReadOptions(), lambda name, _: name == "item"))


def test_long_elements_that_are_passed_over_may_be_any_number(monkeypatch):
    monkeypatch.setattr(xml, "MOST_BETWEEN", 10)
    content = b"<rss>" + b"<term>%s</term>" % (b"a" * 100) * 1000 + b"<item>a</item></rss>"
    names = frozenset(["item", "term"])
    (found,) = xml.parts(BytesIO(content), names, ReadOptions(), lambda name, _: name == "item")
    assert found.number == 1


def test_of_what_stands_beside_items_no_more_is_looked_at_than_is_wanted(monkeypatch):
    monkeypatch.setattr(xml, "MOST_BESIDE", 3)
    content = b"<rss>" + (b"<link/>" * 5 + b"<item/>") * 2 + b"</rss>"
    names = frozenset(["item", "link"])
    found = xml.parts(BytesIO(content), names, ReadOptions(), xml.items_and_few_beside("item"))
    assert [each.name for each in found] == ["link", "link", "link", "item"] * 2


@pytest.mark.parametrize(
    "bad", ["<item><b></item>", "<item>\x00</item>", "<item><?b </item>", "<item a='</item>", "<item>&e;</item>", ""]
)
def test_items_parsed_together_are_as_they_are_alone(bad, monkeypatch):
    content = f'<rss xmlns:w="u">{"<item>a<b/></item>" * 5}{bad}{"<w:item>c</w:item>" * 150}{bad}<item>d</item></rss>'

    def found():
        return [
            (each.place, each.source, xml.inner(each.element), xml.namespace(each.element), each.record())
            if isinstance(each, xml.Part)
            else each
            for each in parts(content)
        ]

    together = found()
    monkeypatch.setattr(xml, "_TOGETHER", 0)
    assert together == found()


def test_item_of_too_many_tags_is_refused_unparsed():
    assert texts(f"<rss><item>{'<a/>' * 600_000}</item><item>b</item></rss>") == [
        "It has over 500000 tags and attributes.",
        "b",
    ]


@pytest.mark.parametrize(
    "content",
    [b"<rss>" + b"<" * 2_000_000, b"<rss>" + b"<a " * 700_000, b"<!DOCTYPE a [" + b" " * 2_000_000, b"x" * 3_000_000],
    ids=["signs", "tags", "document type", "text"],
)
def test_rubbish_is_refused_in_no_time(content):
    assert refusal(content)


def test_comment_that_is_too_long_is_passed_over_and_told():
    found = parts(b"<rss>\n<item>a</item>\n<!-- " + b"<item>- " * 200_000 + b"\n-->\n<item>b</item></rss>")
    assert found[1] == Problem(
        "line 3",
        "A comment over 1 MB long begins here, and was passed over.",
        "If items stand in it, end it before them.",
    )
    assert found[2].place == "item 2, line 5"


def test_comment_that_is_too_long_and_never_ends_is_told():
    found = parts(b"<rss><item>a</item>" + b"<!-- <item>b</item>" * 100_000)
    assert [each.problem for each in found[1:]] == [
        "A comment over 1 MB long begins here, and was passed over.",
        "The file is cut off: the file ends before </rss>.",
    ]


def test_much_text_outside_of_items_is_told():
    found = parts(b"<rss>\n<item>a</item>\n" + b"words " * 2_000_000 + b"<item>b</item></rss>")
    assert found[1] == Problem(
        "line 2",
        "Over 10 MB of text stand here outside of all items.",
        "It was passed over; look whether the file is damaged there.",
    )
    assert found[2].place == "item 2, line 3"


def test_file_without_a_tag_is_refused():
    assert refusal("nothing").problem == "No XML stands in it: it has no tag."


def test_document_that_is_too_large_is_refused():
    assert refusal(b"<a>" + b"x" * 10_000_000, document).problem.startswith("The file is over 10 MB")


def test_document_that_is_cut_off_is_refused_with_its_line():
    assert refusal("\n<nitf>\n<body>", document).place.startswith("line 3")


@pytest.mark.parametrize(
    ("head", "name", "namespace"),
    [
        ("<rss version='2.0'>", "rss", ""),
        ('\ufeff<?xml version="1.0"?>\n<!-- <a> --><!DOCTYPE x [<!ELEMENT y ANY>]><n:feed xmlns:n="u">', "feed", "u"),
        ('<feed xmlns="http://www.w3.org/2005/Atom" a="', "feed", "http://www.w3.org/2005/Atom"),
    ],
)
def test_root_is_told_from_the_beginning(head, name, namespace):
    root = xml.root(head.encode())
    assert (root.name, root.namespace) == (name, namespace)


@pytest.mark.parametrize("head", [b"", b"text", b"{}", b"<", b"<!-- ", b"\x00\x01", b"a <b>"])
def test_what_is_no_xml_has_no_root(head):
    assert xml.root(head) is None


def test_markup_is_given_as_html():
    found = document('<a xmlns:x="u">1 &lt; <x:p class="&quot;">2<br/>3</x:p> 4</a>')
    assert xml.inner(found.element) == '1 &lt; <p class="&quot;">2<br>3</p> 4'


@given(st.binary(max_size=300) | st.text(alphabet="<>/!-[]CDATA?xml itemrss&;\"'= \n", max_size=300).map(str.encode))
def test_no_content_makes_it_fail(content):
    for read in (parts, document):
        try:
            read(content)
        except Refusal as refused:
            assert refused.problem.problem
    xml.root(content)


@given(st.integers(0, 400), st.integers(0, 400))
def test_a_cut_file_joined_to_a_whole_one_loses_nothing_of_it(cut, again):
    whole = b'<?xml version="1.0"?>\n<rss v="2">' + b"<item><![CDATA[a</item>]]>b</item>\n" * 5 + b"</rss>\n"
    found = [each for each in parts(whole[:cut] + whole[:again] + whole) if isinstance(each, xml.Part)]
    assert len(found) >= 5
