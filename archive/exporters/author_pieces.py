"""All that an author has in an outlet, to be taken home: each piece as a page and as text, its pictures, and an index.

Only what readers may see stands in it, asked for anew with every batch.
"""

from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from archive.dates import machine_date
from archive.models import Article, ClosureNotice

from .plain_text import plain_text, words_of
from .reading import notice_html, record
from .zip_stream import CHUNK, Member, zipped

# So many articles are in memory at once.
BATCH = 50
# The lines of the index are kept beside until the end: in memory up to this length.
_INDEX_IN_MEMORY = 2**20
_FETCHED = ("bylines__author", "images", "corrections", "tags", "old_addresses")


def zip_of_pieces(outlet, author):
    """The pieces of the zip file, as bytes; the same each time while nothing changes."""
    return zipped(_members(outlet, author))


def pieces_of(outlet, author):
    """The author's articles in an outlet that readers may see."""
    return Article.objects.public().filter(outlet=outlet).signed_by(author)


def _members(outlet, author):
    shown = ClosureNotice.objects.for_page(outlet, outlet.language, timezone.now().date())
    notices = [notice_html(notice) for notice in shown]
    told = [words_of(notice) for notice in notices]
    with override(outlet.language):
        readme = render_to_string("archive/author_zip/readme.txt", {"told": told, "outlet": outlet, "author": author})
    yield Member("README.txt", readme)
    count = 0
    with SpooledTemporaryFile(_INDEX_IN_MEMORY) as lines:
        for article in _all(outlet, author):
            article.outlet = outlet
            # At each step of its own: between two of them another page may be made in this thread.
            with override(outlet.language):
                members, line = _piece(article, notices, told)
            lines.write(line.encode())
            count += 1
            yield from members
        with override(outlet.language):
            context = {"outlet": outlet, "author": author, "count": count, "told": told}
            head, _mark, foot = render_to_string("archive/author_zip/index.html", context).partition("<!-- lines -->")
        lines.seek(0)
        yield Member("index.html", _chained(head, lines, foot))


def _chained(head, lines, foot):
    yield head.encode()
    while piece := lines.read(CHUNK):
        yield piece
    yield foot.encode()


def _all(outlet, author):
    place = None
    while True:
        articles = pieces_of(outlet, author)
        if place is not None:
            articles = articles.older_than(place)
        batch = list(articles.newest_first().select_related("section", "source").prefetch_related(*_FETCHED)[:BATCH])
        if not batch:
            return
        yield from batch
        place = batch[-1].byline_order, batch[-1].pk


def _piece(article, notices, told):
    """The members of one article, and its line in the index."""
    day = machine_date(article.published_on, article.published_precision.replace("minute", "day"), None)
    # The key makes the name the only one; the longest slug leaves it shorter than any system's limit.
    name = f"{day or 'undated'}-{article.slug[:100].strip('-')}-{article.key}"
    images = []
    pictures = []
    for image in article.images.all():
        image.path_in_zip = ""
        if image.is_shown and image.file.storage.exists(image.file.name):
            image.path_in_zip = f"pictures/{name}-{image.number}{PurePosixPath(image.file.name).suffix}"
            pictures.append(Member(image.path_in_zip, _content(image), article.published_on, is_packed=True))
        images.append(image)
    context = {
        "told": told,
        "article": article,
        "outlet": article.outlet,
        "images": images,
        "corrections": list(article.corrections.all()),
        "record": list(record(article)),
    }
    members = [
        Member(f"{name}.html", render_to_string("archive/author_zip/piece.html", context), article.published_on),
        Member(f"{name}.txt", plain_text(article, notices), article.published_on),
        *pictures,
    ]
    return members, render_to_string("archive/author_zip/line.html", {"article": article, "name": name})


def _content(image):
    try:
        with image.file.open() as file:
            yield from file.chunks(CHUNK)
    except FileNotFoundError:
        # Taken away between the two looks.
        return
