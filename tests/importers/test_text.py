import pytest

from archive.importers.base import Refusal
from archive.importers.text import decode, is_encoding, kind_of, mend


def refusal(data, encoding=""):
    with pytest.raises(Refusal) as caught:
        decode(data, encoding)
    return caught.value.problem


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a PNG picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG picture"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"PK\x03\x04\x14\x00", "a zip file, or an office document"),
        (b"\x1f\x8b\x08\x00", "a gzip file"),
        (b"<?xml version='1.0'?><rss>", "XML"),
        (b"\xef\xbb\xbf\n <!DOCTYPE html><html>", "HTML"),
        (b'{"headline": "x"}', "JSON"),
        (b'[\n  {"id": 1}', "JSON"),
        (b"WARC/1.0\r\n", "a web crawl (WARC)"),
        (b"a\x00b", "binary data"),
        (b"Council votes", ""),
        (b"[sic] said the mayor", ""),
        (b"<3 Montr\xc3\xa9al", ""),
        (b"\xff\xfeC\x00o\x00", ""),
    ],
)
def test_kind_is_told_from_the_first_bytes(head, kind):
    assert kind_of(head) == kind


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("Une époque".encode(), ""),
        ("\ufeffUne époque".encode(), ""),
        ("Une époque".encode("cp1252"), "cp1252"),
        ("Une époque".encode("utf-16"), "utf-16"),
        ("Une époque".encode("utf-16-le"), "utf-16-le"),
    ],
)
def test_text_is_read_in_its_encoding(data, encoding):
    assert decode(data, encoding) == ("Une époque", [])


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf"])
def test_empty_file_is_told_as_empty(data):
    assert refusal(data).problem == "The file is empty."


def test_file_of_blanks_is_told_as_such():
    assert refusal(b" \r\n\t\n").problem == "The file holds nothing but blanks."


def test_known_kind_of_file_is_named():
    assert refusal(b"\x89PNG\r\n\x1a\n\x00").problem == "The file is a PNG picture, not plain text."


@pytest.mark.parametrize("data", [b"a\x00b", b"abc\x01\x02\x03\x04\x05", bytes(range(1, 128)) * 8])
def test_binary_data_is_refused(data):
    assert refusal(data).problem == "The file is binary data, not plain text."


def test_one_nul_is_enough_to_be_refused():
    assert refusal(b"caf\xe9 " * 100 + b"\x00", "cp1252").problem == "The file is binary data, not plain text."


def test_wrong_encoding_is_told_with_the_likely_one():
    problem = refusal("Un titre\nUne époque".encode("cp1252"))

    assert problem.problem == (
        "The file is not in UTF-8: byte 0xe9 can't stand here. Read as cp1252 the line is “Une époque”."
    )
    assert problem.remedy == "If that is right, pass --encoding cp1252; else name the encoding that it is in."


def test_wrong_encoding_is_told_by_line_and_byte():
    assert refusal("Un titre\nUne époque".encode("cp1252")).place == "line 2, byte 14"


def test_utf_16_is_told_by_its_mark():
    assert refusal("Une époque".encode("utf-16")).remedy == "Pass --encoding utf-16."


def test_file_cut_off_within_a_character_is_told_as_cut_off():
    assert refusal("Une é".encode()[:-1]).problem == "The file ends in the middle of a character: it is cut off."


def test_damage_within_utf_8_is_not_taken_for_another_encoding():
    assert "so this place is damaged" in refusal("é é é é é ".encode() + b"\xff abc").problem


def test_utf_8_is_not_read_in_another_encoding():
    assert refusal("Une époque".encode(), "cp1252").problem == "The file is in UTF-8, not in cp1252."


def test_plain_ascii_may_be_called_anything():
    assert decode(b"Council", "cp1252") == ("Council", [])


def test_file_that_is_not_in_the_encoding_named_is_refused():
    assert refusal(b"ab\x81", "cp1252").problem.startswith("The file is not in cp1252: ")


def test_windows_characters_read_as_latin_1_are_mended():
    text, remarks = decode("“Non”".encode("cp1252") + b" \xe0 12 \x80", "latin-1")

    assert text == "“Non” à 12 €"
    assert [remark.problem for remark in remarks] == [
        "Characters of Windows-1252 stood as control characters; they were read as what they meant."
    ]


def test_stray_control_character_is_left_out_and_told():
    text, remarks = decode(b"First line\n" + b"Some text that is long enough. " * 8 + b"\x02end")

    assert "\x02" not in text
    assert [(remark.place, remark.problem) for remark in remarks] == [("line 2", "1 control characters were left out.")]


def test_lost_characters_are_told():
    assert decode("Qu�bec".encode())[1][0].problem.startswith("1 characters were lost before")


@pytest.mark.parametrize(("name", "known"), [("cp1252", True), ("UTF-8", True), ("klingon", False), ("hex", False)])
def test_encoding_is_one_of_text(name, known):
    assert is_encoding(name) is known


@pytest.mark.parametrize("letter", "ÀÁÍÏÐÝéÿœ’€")
def test_letter_that_was_read_as_cp1252_is_turned_back_whatever_its_bytes(letter):
    # Five bytes have no character in cp1252; decoders pass them through.
    words = f"Été {letter}"
    twice = "".join(bytes([each]).decode("cp1252", "ignore") or chr(each) for each in words.encode())
    text, (remark,) = mend(twice.encode())
    assert (text, remark.problem) == (words, "UTF-8 had been read as cp1252; that was undone.")
