"""A picture as it came, to a picture that may be shown: decoded, and written anew. Pure.

Nothing of the file that came is in the file that is kept: what it says beside the picture (where it was taken, by whose
camera, a thumbnail of what was cut away) is dropped, its orientation is carried out, its colours are brought to sRGB.
The same bytes give the same bytes, with the same release of Pillow.
"""

import re
import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageFile, ImageOps

from archive.importers.base import Refusal

LARGEST = 50_000_000
# What is decoded at once; each point takes four bytes, and twice that while it is turned.
MOST_PIXELS = 25_000_000
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
    scans = content.count(_SCAN) if told[0] == "JPEG" else 0
    if scans > MOST_SCANS or (scans > 10 and scans * told[1] * told[2] > MOST_SCANNED):
        raise Refusal(f"The picture comes in {scans} passes, more than any needs: it is a bomb.", _REMEDY)
    if getattr(image, "n_frames", 1) > 1 and told[0] in ("GIF", "PNG", "WEBP", "AVIF"):
        image.seek(0)
        remark = "It was animated; its first picture was kept."
    image.load()
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    return _in_srgb(image, profile), told[0] in _LOSSY, remark


def _in_srgb(image: Image.Image, profile: object) -> Image.Image:
    has_alpha = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    wanted = "RGBA" if has_alpha else "L" if image.mode in ("1", "L", "I", "I;16", "F") else "RGB"
    if image.mode.startswith("I") or image.mode == "F":
        # Sixteen bits of grey would all be white.
        grey = image.convert("I").point(lambda value: value / 256) if image.mode != "F" else image
        image = grey.convert("L")
    if isinstance(profile, bytes) and image.mode in ("RGB", "CMYK", "RGBA") and len(profile) < 5_000_000:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
            image = turned or image
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            # A broken profile says nothing of the colours.
            return image if image.mode == wanted else image.convert(wanted)
    is_small_palette = image.mode == "P" and not has_alpha
    return image if image.mode == wanted or is_small_palette else image.convert(wanted)


def _written(image: Image.Image, is_lossy: bool, remark: str) -> Picture:
    plain = Image.new(image.mode, image.size)
    if image.mode == "P":
        plain.putpalette(image.getpalette() or [])
    plain.paste(image)
    out = BytesIO()
    if image.mode == "RGBA":
        # Every browser since 2020 shows it, and it takes a tenth of a PNG.
        plain.save(out, "WEBP", lossless=not is_lossy, quality=QUALITY, method=4, exact=False)
        extension = ".webp"
    elif is_lossy and image.mode != "P":
        plain.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
        extension = ".jpg"
    else:
        plain.save(out, "PNG", optimize=True)
        extension = ".png"
    return Picture(out.getvalue(), extension, image.width, image.height, remark)


# A file that is cut off would be shown as grey.
ImageFile.LOAD_TRUNCATED_IMAGES = False
