import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from archive import pictures
from archive.importers.base import Refusal
from archive.pictures import LARGEST, reencode

RED, BLUE = (200, 30, 40), (20, 40, 200)


def drawn(size=(40, 30), mode="RGB", colour=RED):
    return Image.new(mode, size, colour)


def saved(image, kind, **options):
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(picture):
    return Image.open(BytesIO(picture.content))


def refusal(content):
    with pytest.raises(Refusal) as caught:
        reencode(content)
    assert caught.value.problem.remedy
    return caught.value.problem.problem


@pytest.mark.parametrize(
    ("kind", "extension", "written"),
    [
        ("JPEG", ".jpg", "JPEG"),
        ("PNG", ".png", "PNG"),
        ("GIF", ".png", "PNG"),
        ("BMP", ".png", "PNG"),
        ("TIFF", ".png", "PNG"),
        ("WEBP", ".jpg", "JPEG"),
        ("AVIF", ".jpg", "JPEG"),
    ],
)
def test_picture_is_written_anew_with_its_size(kind, extension, written):
    picture = reencode(saved(drawn(), kind))
    assert (picture.extension, picture.width, picture.height, picture.remark) == (extension, 40, 30, "")
    assert opened(picture).format == written
    assert all(
        abs(one - other) < 12 for one, other in zip(opened(picture).convert("RGB").getpixel((9, 9)), RED, strict=True)
    )


def test_same_bytes_give_the_same_bytes():
    content = saved(drawn(), "JPEG")
    assert reencode(content).content == reencode(content).content


def test_picture_is_turned_upright_and_tells_nothing_else():
    image = drawn((40, 30))
    image.paste(BLUE, (0, 0, 10, 10))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "where it was taken"
    picture = reencode(saved(image, "JPEG", exif=exif, comment=b"who took it", quality=95))

    assert (picture.width, picture.height) == (30, 40)
    assert opened(picture).convert("RGB").getpixel((26, 4))[2] > 150
    assert not opened(picture).getexif()
    assert not {"exif", "comment", "icc_profile", "dpi"} & set(opened(picture).info)
    assert b"taken" not in picture.content


def test_words_in_a_png_are_dropped():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", "who took it")
    assert b"who took it" not in reencode(saved(drawn(), "PNG", pnginfo=info)).content


@pytest.mark.parametrize(
    ("image", "kind"),
    [(drawn(mode="RGBA", colour=(*RED, 90)), "PNG"), (drawn(mode="RGBA", colour=(*RED, 90)), "WEBP")],
    ids=["PNG", "WebP"],
)
def test_what_can_be_seen_through_stays_so(image, kind):
    picture = reencode(saved(image, kind))
    assert picture.extension == ".webp"
    assert abs(opened(picture).convert("RGBA").getpixel((5, 5))[3] - 90) < 5


def test_transparent_colour_of_a_gif_stays_transparent():
    image = drawn(mode="P", colour=0)
    assert opened(reencode(saved(image, "GIF", transparency=0))).convert("RGBA").getpixel((5, 5))[3] == 0


@pytest.mark.parametrize("mode", ["CMYK", "L", "1", "P", "LA", "I;16", "I", "F", "YCbCr", "LAB"])
def test_picture_of_any_mode_is_shown_in_colours_of_the_web(mode):
    kind = "TIFF" if mode not in ("LA", "P") else "PNG"
    picture = reencode(
        saved(drawn().convert("L").convert(mode) if mode in ("I;16", "I", "F") else drawn().convert(mode), kind)
    )
    assert opened(picture).mode in {"RGB", "L", "P", "RGBA"}


def test_colours_are_brought_to_those_of_the_web():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert reencode(saved(drawn(), "JPEG", icc_profile=profile)).width == 40
    assert reencode(saved(drawn(), "JPEG", icc_profile=b"broken")).width == 40


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_first_picture_of_an_animation_is_kept_and_told(kind):
    content = saved(drawn(), kind, save_all=True, append_images=[drawn(colour=BLUE), drawn()])
    picture = reencode(content)
    assert picture.remark == "It was animated; its first picture was kept."
    assert opened(picture).convert("RGB").getpixel((9, 9))[0] > 150
    assert getattr(opened(picture), "n_frames", 1) == 1


def test_large_jpeg_is_made_smaller_and_told(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 10_000)
    picture = reencode(saved(drawn((400, 300)), "JPEG"))
    assert picture.width * picture.height <= 10_000
    assert picture.remark == "It was 400 by 300 points, and was made smaller."


def test_large_jpeg_of_several_passes_is_refused(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 10_000)
    assert "400 by 300 points" in refusal(saved(drawn((400, 300)), "JPEG", progressive=True))


def png(width, height, data=b""):
    def chunk(kind, content):
        return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))

    head = struct.pack(">2L5B", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "The picture's file is empty."),
        (b"x" * (LARGEST + 1), "The picture's file is over 50 MB."),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>', "The picture is an SVG drawing"),
        (b'\xef\xbb\xbf <?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "The picture is an SVG drawing"),
        (b"<html>Not found</html>", "The file is no picture of a kind that is shown"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "The file is no picture of a kind that is shown"),
        (png(30_000, 30_000), "The picture has too many points"),
        (png(9_000, 9_000), "The picture is 9000 by 9000 points, over 25 million"),
        (png(20_001, 5), "The picture is 20001 by 5 points, longer than any picture."),
        (png(1, 1, b"\0\0\0\0"), "The picture is 1 by 1 points, too small to show anything."),
        (png(40, 30, b"x"), "The picture's file is broken"),
        (saved(drawn((400, 300)), "JPEG")[:-400], "The picture's file is broken"),
    ],
    ids=["empty", "size", "svg", "xml", "html", "eps", "bomb", "points", "long", "pixel", "broken", "cut"],
)
def test_what_can_not_be_shown_is_refused_with_the_reason(content, problem):
    assert refusal(content).startswith(problem)


def test_jpeg_of_very_many_passes_is_refused():
    content = saved(drawn((400, 300)), "JPEG", progressive=True)
    last = content[content.rindex(b"\xff\xda") : -2]
    assert refusal(content[:-2] + last * 200 + content[-2:]).endswith("passes, more than any needs: it is a bomb.")


def test_jpeg_of_many_passes_over_many_points_is_refused(monkeypatch):
    content = saved(drawn((400, 300)), "JPEG", progressive=True)
    last = content[content.rindex(b"\xff\xda") : -2]
    monkeypatch.setattr(pictures, "MOST_SCANNED", 20 * 400 * 300)
    assert reencode(content).width == 400
    assert "passes, more than any needs" in refusal(content[:-2] + last * 20 + content[-2:])


@pytest.mark.parametrize(
    ("kind", "piece"),
    [("JPEG", b"\xff\xfe\x00\x02"), ("PNG", struct.pack(">L", 0) + b"abCd" + struct.pack(">L", zlib.crc32(b"abCd")))],
)
def test_picture_in_very_many_pieces_is_refused(kind, piece):
    content, place = saved(drawn(), kind), {"JPEG": 2, "PNG": 33}[kind]
    assert "in over 20000 pieces" in refusal(content[:place] + piece * 20_001 + content[place:])
    assert reencode(content[:place] + piece * 100 + content[place:]).width == 40


@pytest.mark.parametrize("stray", [b"\xff", b"x"])
def test_jpeg_with_what_belongs_to_no_picture_is_refused(stray):
    content = saved(drawn(), "JPEG")
    assert "belongs to no picture" in refusal(content[:2] + stray * 100_000 + content[2:])


SOME = [saved(drawn(), kind) for kind in ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF")]


@settings(deadline=None)
@given(st.sampled_from(SOME), st.data())
def test_whatever_is_changed_in_a_picture_it_is_refused_or_shown(content, data):
    content = bytearray(content)
    for _change in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        picture = reencode(bytes(content))
    except Refusal as refused:
        assert refused.problem.remedy
    else:
        assert opened(picture).size == (picture.width, picture.height)
