import gc
import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, ImageFile, ImageOps, ImageStat

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


def detailed(size, mode):
    """A picture in which no two parts are alike, so that one that is turned or shifted shows."""
    across = Image.linear_gradient("L").rotate(90).resize(size)
    image = Image.merge(
        "RGB", [across, Image.linear_gradient("L").resize(size), Image.radial_gradient("L").resize(size)]
    )
    if mode in ("RGBA", "LA"):
        image.putalpha(Image.linear_gradient("L").resize(size))
    return image.convert(mode)


def differs(one, other):
    """By how much any point of one picture differs from the same of another, on average over its parts."""
    assert one.size == other.size
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "CMYK", "L", "RGB"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_picture_turned_in_strips_is_as_if_turned_at_once(mode, turn):
    image, exif = detailed((150, 131), mode), Image.Exif()
    exif[0x0112] = turn
    kind = "JPEG" if mode == "CMYK" else "PNG"
    content = saved(image, kind, exif=exif, **({"quality": 95} if kind == "JPEG" else {}))
    wanted = ImageOps.exif_transpose(Image.open(BytesIO(content)))
    shown = "RGBA" if mode in ("RGBA", "LA") else "RGB"
    wanted = wanted.convert(shown)
    got = opened(reencode(content)).convert(shown)
    if shown == "RGBA":
        # Where nothing is seen, no colour is kept.
        wanted, got = (Image.alpha_composite(Image.new("RGBA", got.size, "white"), each) for each in (wanted, got))
    assert differs(wanted, got) < (3 if kind == "JPEG" else 0.01)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_picture_of_sixteen_bits_keeps_its_greys(kind):
    wanted = detailed((150, 131), "L")
    image = Image.frombytes("I;16", wanted.size, b"".join(bytes([0, grey]) for grey in wanted.tobytes()))
    assert differs(opened(reencode(saved(image, kind))).convert("L"), wanted) == 0


def test_colour_that_stands_for_nothing_is_seen_through():
    image = detailed((150, 131), "RGB")
    content = saved(image, "PNG", transparency=image.getpixel((70, 100)))
    got, wanted = opened(reencode(content)).convert("RGBA"), Image.open(BytesIO(content)).convert("RGBA")
    assert differs(got.getchannel("A"), wanted.getchannel("A")) == 0
    assert got.getpixel((70, 100))[3] == 0


def test_profile_in_strips_gives_the_colours_that_it_gives_at_once():
    image = detailed((150, 131), "RGBA")
    # Where red is written as green, and green as red.
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    source = ImageCms.ImageCmsProfile(BytesIO(profile))
    wanted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGBA")
    got = opened(reencode(saved(image, "PNG", icc_profile=bytes(profile)))).convert("RGBA")
    assert differs(image, wanted) > 20
    white = Image.new("RGBA", got.size, "white")
    assert differs(Image.alpha_composite(white, got), Image.alpha_composite(white, wanted)) < 0.01


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_large_picture_with_transparency_is_a_png(mode, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS_AS_WEBP", 10_000)
    image = detailed((150, 131), mode)
    picture = reencode(saved(image, "PNG"))
    assert (picture.extension, opened(picture).mode) == (".png", "RGBA")
    assert differs(opened(picture), image.convert("RGBA")) == 0


def test_large_jpeg_is_written_line_by_line(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS_IN_PASSES", 10_000)
    picture = reencode(saved(detailed((150, 131), "RGB"), "JPEG"))
    assert not opened(picture).info.get("progressive")
    assert opened(picture).size == (150, 131)


def test_picture_with_much_besides_is_made_smaller_and_told(monkeypatch):
    image = detailed((301, 131), "RGBA")
    content = saved(image, "PNG")
    monkeypatch.setattr(pictures, "MOST_MEMORY", 2 * len(content) + 4 * 301 * 131 - 1)
    picture = reencode(content)
    assert (picture.width, picture.height) == (151, 66)
    assert picture.remark == "It was 301 by 131 points, and was made smaller."
    assert differs(opened(picture).getchannel("A"), image.reduce(2).getchannel("A")) < 1


@pytest.mark.parametrize(("memory", "size"), [(10, (400, 304)), (7, (200, 152)), (6.3, (100, 76))])
def test_jpeg_in_passes_is_decoded_as_large_as_there_is_room_for(memory, size, monkeypatch):
    content = saved(detailed((400, 304), "RGB"), "JPEG", progressive=True, subsampling=0)
    monkeypatch.setattr(pictures, "MOST_MEMORY", int(memory * 400 * 304))
    picture = reencode(content)
    assert (picture.width, picture.height) == size
    assert bool(picture.remark) == (size != (400, 304))


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {"progressive": True, "subsampling": 0}),
        ("TIFF", {"compression": "tiff_lzw", "strip_size": 10_000_000}),
        ("TIFF", {"compression": "tiff_lzw", "strip_size": 1000, "tiffinfo": {274: 6}}),
    ],
    ids=["passes", "strip", "turned"],
)
def test_picture_that_takes_more_memory_than_its_points_is_refused(kind, options, monkeypatch):
    content = saved(detailed((400, 304), "RGB"), kind, **options)
    assert reencode(content).width in (400, 304)
    monkeypatch.setattr(pictures, "MOST_MEMORY", 5 * 400 * 304)
    assert "is saved in a way that takes over" in refusal(content)


def tiled(width, height, side):
    """A TIFF of a single tile, which may be larger than the picture."""
    tile = zlib.compress(b"\xc8" * side * side)
    tags = {256: width, 257: height, 258: 8, 259: 8, 262: 1, 277: 1, 322: side, 323: side, 324: 8, 325: len(tile)}
    told = b"".join(struct.pack("<2H2L", tag, 4, 1, value) for tag, value in tags.items())
    return struct.pack("<2sHL", b"II", 42, 8 + len(tile)) + tile + struct.pack("<H", len(tags)) + told + bytes(4)


def test_tiff_whose_tile_is_very_large_is_refused():
    assert opened(reencode(tiled(400, 304, 512))).getpixel((399, 303)) == 200
    assert "is saved in a way that takes over 175 MB" in refusal(tiled(400, 304, 16_000))


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_picture_whose_decoder_takes_much_is_refused_at_fewer_points(kind, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS_OF_WEBP", 10_000)
    assert f"the most for {'a WebP' if kind == 'WEBP' else 'an AVIF'}" in refusal(saved(drawn((400, 300)), kind))


@pytest.mark.parametrize("kind", ["WEBP", "JPEG", "PNG"])
def test_picture_does_not_stay_in_memory(kind):
    content = saved(drawn(), kind)
    gc.collect()
    gc.disable()
    try:
        reencode(content)
        assert not [each for each in gc.get_objects() if isinstance(each, ImageFile.ImageFile)]
    finally:
        gc.enable()
