"""A picture as it came, to a picture that may be shown: decoded, and written anew. Pure.

Nothing of the file that came is in the file that is kept: what it says beside the picture (where it was taken, by whose
camera, a thumbnail of what was cut away) is dropped, its orientation is carried out, its colours are brought to sRGB.
The same bytes give the same bytes, with the same release of Pillow.
"""

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from tempfile import SpooledTemporaryFile

from PIL import Image, ImageCms, ImageFile

from archive.importers.base import Refusal

LARGEST = 50_000_000
# What is decoded at once; each point takes four bytes, so that such a picture is in memory once and never twice.
MOST_PIXELS = 25_000_000
# Their decoders take twelve bytes a point.
MOST_PIXELS_OF_WEBP = 12_500_000
# What a picture may take in memory, with all that its decoder or encoder keeps beside its points.
MOST_MEMORY = 175_000_000
# The encoder of WebP takes thirty bytes a point, and that of a JPEG of several passes four: what is larger is written
# by one that goes line by line.
MOST_PIXELS_AS_WEBP = 4_000_000
MOST_PIXELS_IN_PASSES = 12_000_000
# So many lines are changed at once, an even number; what is done lies in a file where it is large.
_STRIP = 64
_LARGE = 20_000_000
# A JPEG may have so many, for it can be decoded at a half or a fourth of its size; not one that comes in several
# passes, of which each point is kept until the last.
MOST_PIXELS_OF_JPEG = 100_000_000
LONGEST_SIDE = 20_000
# What is smaller than this counted readers, or kept boxes apart.
SMALLEST = 3

# In how many passes a JPEG may come, all their points together: each pass costs as much as the whole picture does.
MOST_SCANS = 100
MOST_SCANNED = 600_000_000
# Pieces of a file that the decoders look at one by one, and bytes between two of them that belong to none.
MOST_PIECES = 20_000
MOST_STRAY = 10_000

# The decoders that are used; Pillow has some forty, each a door.
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "MPO")
_LOSSY = frozenset({"JPEG", "MPO", "WEBP", "AVIF"})
QUALITY = 85
_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_SCAN = b"\xff\xda"
_MARKER = re.compile(rb"\xff([^\x00\xff])")
_WITHOUT_LENGTH = frozenset(bytes([number]) for number in (0x01, *range(0xD0, 0xDA)))
_SVG = (b"<svg", b"<?xml", b"<!doctype svg")
_ORIENTATION = 0x0112
_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Those that make columns of lines, and those that put the first line last.
_SWAPPING = frozenset(_TURNED[number] for number in (5, 6, 7, 8))
_FAR = frozenset(_TURNED[number] for number in (3, 4, 6, 7))
_REMEDY = "Find a better copy, or leave the picture out; its caption is kept."


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    # With its dot.
    extension: str
    width: int
    height: int
    # What was lost on the way, in words, or an empty text.
    remark: str = ""


def reencode(content: bytes) -> Picture:
    """The picture in a file. Raises Refusal for what is none, is broken, or is too large to be one."""
    if not content:
        raise Refusal("The picture's file is empty.", _REMEDY)
    if len(content) > LARGEST:
        raise Refusal(f"The picture's file is over {LARGEST // 1_000_000} MB.", _REMEDY)
    if content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_SVG):
        raise Refusal("The picture is an SVG drawing, which can hold scripts.", "Make a PNG of it.")
    _see_pieces(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _written(*_decoded(content))
    except Refusal:
        raise
    except MemoryError:
        raise Refusal("The picture takes more memory than there is.", _REMEDY) from None
    except Exception as error:
        # Decoders raise whatever their formats can go wrong with.
        raise Refusal(f"The picture's file is broken: {str(error)[:200]}.", _REMEDY) from None


def _see_pieces(content: bytes) -> None:
    """Raises Refusal for a file of so many pieces that to look at them takes longer than to decode a picture."""
    after = _after_segment if content.startswith(_JPEG) else _after_chunk if content.startswith(_PNG) else None
    if after is None:
        return
    place = len(_JPEG) if after is _after_segment else len(_PNG)
    for _piece in range(MOST_PIECES):
        if (place := after(content, place)) >= len(content):
            return
    raise Refusal(f"The picture's file is in over {MOST_PIECES} pieces: it is a bomb, or broken.", _REMEDY)


def _after_segment(content: bytes, place: int) -> int:
    """Where a piece of a JPEG ends; behind the file where the picture itself begins."""
    marker = _MARKER.search(content, place, place + MOST_STRAY)
    if marker is None:
        if len(content) - place < MOST_STRAY:
            return len(content)
        raise Refusal("The picture's file is broken: what stands in it belongs to no picture.", _REMEDY)
    if marker[1] == b"\xda":
        return len(content)
    if marker[1] in _WITHOUT_LENGTH:
        return marker.end()
    return marker.end() + int.from_bytes(content[marker.end() : marker.end() + 2])


def _after_chunk(content: bytes, place: int) -> int:
    return place + 12 + int.from_bytes(content[place : place + 4])


def _decoded(content: bytes) -> tuple[Image.Image, bool, str]:
    """The picture upright and in sRGB, whether it was kept with losses, and what was lost."""
    try:
        image: Image.Image = Image.open(BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError:
        raise Refusal("The picture has too many points to be one: it is a bomb.", _REMEDY) from None
    except Exception:
        raise Refusal("The file is no picture of a kind that is shown (JPEG, PNG, GIF, WebP).", _REMEDY) from None
    told = (image.format or "", *image.size)
    remark = ""
    if max(image.size) > LONGEST_SIDE or min(image.size) < SMALLEST:
        small = min(image.size) < SMALLEST
        what = "too small to show anything" if small else "longer than any picture"
        raise Refusal(f"The picture is {told[1]} by {told[2]} points, {what}.", _REMEDY)
    if image.width * image.height > MOST_PIXELS:
        can_shrink = told[0] in ("JPEG", "MPO") and not image.info.get("progressive")
        if not can_shrink or image.width * image.height > MOST_PIXELS_OF_JPEG:
            raise Refusal(
                f"The picture is {told[1]} by {told[2]} points, over {MOST_PIXELS // 1_000_000} million: "
                "it is a bomb, or no picture for a page.",
                "Make it smaller, or leave it out; its caption is kept.",
            )
        share = (MOST_PIXELS / (image.width * image.height)) ** 0.5
        image.draft("RGB", (int(image.width * share / 2), int(image.height * share / 2)))
        remark = f"It was {told[1]} by {told[2]} points, and was made smaller."
        if image.width * image.height > MOST_PIXELS:
            raise Refusal(f"The picture is {told[1]} by {told[2]} points, too many.", _REMEDY)
    if _see_room(image):
        remark = f"It was {told[1]} by {told[2]} points, and was made smaller."
    scans = content.count(_SCAN) if told[0] == "JPEG" else 0
    if scans > MOST_SCANS or (scans > 10 and scans * told[1] * told[2] > MOST_SCANNED):
        raise Refusal(f"The picture comes in {scans} passes, more than any needs: it is a bomb.", _REMEDY)
    if getattr(image, "n_frames", 1) > 1 and told[0] in ("GIF", "PNG", "WEBP", "AVIF"):
        image.seek(0)
        remark = "It was animated; its first picture was kept."
    _load(image)
    image, is_smaller = _upright_in_srgb(image, 2 * len(content))
    return (
        image,
        told[0] in _LOSSY,
        f"It was {told[1]} by {told[2]} points, and was made smaller." if is_smaller else remark,
    )


def _see_room(image: Image.Image) -> bool:
    """Have the decoder make a picture smaller that would take too much memory; whether it does.

    Raises Refusal where that is of no help.
    """
    points, planes = image.width * image.height, 0
    if image.format in ("WEBP", "AVIF") and points > MOST_PIXELS_OF_WEBP:
        raise Refusal(
            f"The picture is {image.width} by {image.height} points, over {MOST_PIXELS_OF_WEBP / 1_000_000:g} million, "
            f"the most for {'a WebP' if image.format == 'WEBP' else 'an AVIF'}.",
            "Make it smaller, or save it as a JPEG; its caption is kept.",
        )
    if image.format in ("JPEG", "MPO") and image.info.get("progressive"):
        # Two bytes of each point of each plane are kept until the last pass.
        planes = 2 * sum(_share_of_planes(getattr(image, "layer", []))) * points // 16
        for scale in (1, 2, 4, 8):
            if planes + 4 * points // scale**2 <= MOST_MEMORY:
                if scale > 1:
                    image.draft(None, (image.width // scale, image.height // scale))
                return scale > 1
    if image.format == "TIFF":
        planes = _piece_of_tiff(image)
    if planes + 4 * points > MOST_MEMORY:
        raise Refusal(
            f"The picture, of {image.width} by {image.height} points, is saved in a way that takes over "
            f"{MOST_MEMORY // 1_000_000} MB of memory.",
            "Save it as a PNG or as a plain JPEG, or make it smaller; its caption is kept.",
        )
    return False


def _share_of_planes(layers: list[tuple[int, int, int, int]]) -> list[int]:
    """What each plane of a JPEG has of the picture's points, in sixteenths."""
    across, down = (max((layer[place] for layer in layers), default=1) for place in (1, 2))
    return [16 * layer[1] * layer[2] // (across * down) for layer in layers]


def _piece_of_tiff(image: Image.Image) -> int:
    """What is unpacked at once of a TIFF, in bytes: a strip or a tile, and all of one that is turned."""
    tags = getattr(image, "tag_v2", {})
    across, down = tags.get(322, image.width), tags.get(323, tags.get(278, image.height))
    bytes_of_point = max(max(tags.get(258, (8,))) * tags.get(277, 1) // 8, 1)
    whole = 4 * image.width * image.height if tags.get(_ORIENTATION, 1) != 1 else 0
    if all(tile[0] == "raw" for tile in getattr(image, "tile", [])):
        return whole
    return whole + int(across * min(down, max(image.height, tags.get(323, 0)))) * bytes_of_point


def _load(image: Image.Image) -> None:
    """Decode a picture. The decoder of WebP keeps two copies of it: they are let go before there is a third."""
    if image.format == "WEBP" and hasattr(image, "load_prepare"):
        prepare = image.load_prepare

        def let_go() -> None:
            image._decoder = None  # type: ignore[attr-defined]  # Pillow lets it go with the picture
            prepare()

        image.load_prepare = let_go
    image.load()
    # Else the picture would hold itself in memory.
    vars(image).pop("load_prepare", None)


def _upright_in_srgb(image: Image.Image, besides: int) -> tuple[Image.Image, bool]:
    """The picture as it is shown, and whether it was made smaller since so much is in memory besides."""
    has_alpha = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    wanted = "RGBA" if has_alpha else "L" if image.mode in ("1", "L", "I", "F") or image.mode[:2] == "I;" else "RGB"
    if image.mode == "P" and not has_alpha:
        wanted = "P"
    size = {"P": 1, "L": 1}.get(wanted, 4) * image.width * image.height
    is_smaller = besides + size > MOST_MEMORY
    # A JPEG that is written is small, whatever was read.
    is_smaller = is_smaller and image.format not in _LOSSY and wanted != "P"
    turned = _TURNED.get(image.getexif().get(_ORIENTATION, 1))
    to_srgb = _to_srgb(image, "RGBA" if has_alpha else image.mode)

    def change(strip: Image.Image) -> Image.Image:
        if has_alpha and strip.mode != "RGBA":
            strip = strip.convert("RGBA")
        if strip.mode.startswith("I"):
            # Sixteen bits of grey would all be white.
            strip = strip.convert("I").point(lambda value: value / 256)
        if to_srgb is not None:
            strip = ImageCms.applyTransform(strip, to_srgb) or strip
        if strip.mode != wanted:
            strip = strip.convert(wanted)
        return strip.reduce(2) if is_smaller else strip

    if image.mode != wanted or to_srgb is not None or turned is not None or is_smaller:
        image = _changed(image, change, turned)
    return image, is_smaller


def _to_srgb(image: Image.Image, mode: str) -> ImageCms.ImageCmsTransform | None:
    """How a picture's colours are brought to those of the web, where it tells what they are."""
    profile = image.info.get("icc_profile")
    if not isinstance(profile, bytes) or mode not in ("RGB", "CMYK", "RGBA") or len(profile) >= 5_000_000:
        return None
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        out = "RGBA" if mode == "RGBA" else "RGB"
        return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, out)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        # A broken profile says nothing of the colours.
        return None


def _changed(
    image: Image.Image, change: Callable[[Image.Image], Image.Image], turned: Image.Transpose | None
) -> Image.Image:
    """The picture changed strip by strip, then turned. The one that came is let go before the other is made."""
    with SpooledTemporaryFile(_LARGE) as done:
        rows = []
        mode, palette = image.mode, None
        across = 0
        for top in range(0, image.height, _STRIP):
            strip = change(image.crop((0, top, image.width, min(top + _STRIP, image.height))))
            mode, across = strip.mode, strip.width
            palette = strip.getpalette() if mode == "P" else None
            rows.append(strip.height)
            done.write(strip.tobytes())
        image.close()
        done.seek(0)
        swaps, is_far = turned in _SWAPPING, turned in _FAR
        height = sum(rows)
        whole = Image.new(mode, (height, across) if swaps else (across, height))
        if palette:
            whole.putpalette(palette)
        top = 0
        for number in rows:
            strip = Image.frombytes(mode, (across, number), done.read(across * number * len(whole.getbands())))
            if turned is not None:
                strip = strip.transpose(turned)
            place = height - top - number if is_far else top
            whole.paste(strip, (place, 0) if swaps else (0, place))
            top += number
    return whole


def _written(image: Image.Image, is_lossy: bool, remark: str) -> Picture:
    # What the file told beside its points.
    image.info.clear()
    points = image.width * image.height
    out = BytesIO()
    if image.mode == "RGBA" and points <= MOST_PIXELS_AS_WEBP:
        # Every browser since 2020 shows it, and it takes a tenth of a PNG.
        image.save(out, "WEBP", lossless=not is_lossy, quality=QUALITY, method=4, exact=False)
        extension = ".webp"
    elif is_lossy and image.mode not in ("P", "RGBA"):
        in_passes = points <= MOST_PIXELS_IN_PASSES
        image.save(out, "JPEG", quality=QUALITY, optimize=in_passes, progressive=in_passes)
        extension = ".jpg"
    else:
        # Of what is large, the last hundredth takes a minute.
        image.save(out, "PNG", optimize=points <= MOST_PIXELS_AS_WEBP)
        extension = ".png"
    return Picture(out.getvalue(), extension, image.width, image.height, remark)


# A file that is cut off would be shown as grey.
ImageFile.LOAD_TRUNCATED_IMAGES = False
