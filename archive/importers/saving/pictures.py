"""Pictures' files, put to the articles' pictures that have none."""

import json
from hashlib import sha256
from itertools import islice
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from django.core.files.base import ContentFile
from django.db import transaction

from archive import care
from archive.importers.base import Problem, Refusal
from archive.models import Image, ImportItem, ImportTrace, Revision
from archive.models.article import picture_path
from archive.pictures import reencode

# So many addresses are looked for at once.
MOST_WANTED = 100_000


def from_media(media, outlet, run):
    """Put the files of a folder or zip file to the pictures of an outlet; yield what is wrong with some."""
    yield from media.problems
    for image in _without_file(outlet):
        try:
            found = media.find(image.original_address)
            if found is not None:
                yield from _put(image, found.content, found.place, run)
        except Refusal as refusal:
            yield refusal.problem


def wanted(outlet):
    """The addresses of the pictures without a file, so many at a time."""
    addresses = (image.original_address for image in _without_file(outlet))
    while some := frozenset(islice(addresses, MOST_WANTED)):
        yield some


def from_crawl(picture, outlet, run):
    """Put a picture's file to every picture of that address; yield what is wrong with it."""
    for image in _without_file(outlet, original_address=picture.address):
        yield from _put(image, picture.content, picture.place, run)


def _without_file(outlet, **lookups):
    images = Image.objects.filter(article__outlet=outlet, file="", withheld=Image.Withheld.NOT_RESCUED, **lookups)
    images = images.exclude(original_address="").select_related("article__outlet")
    images = images.defer("article__body", "article__body_received").order_by("pk")
    last = 0
    # By and by, since what is found drops out of the list.
    while some := list(images.filter(pk__gt=last)[:500]):
        yield from some
        last = some[-1].pk


def _put(image, content, place, run):
    try:
        picture = reencode(content)
    except Refusal as refusal:
        yield Problem(place, refusal.problem.problem, refusal.problem.remedy)
        return
    if picture.remark:
        yield Problem(place, picture.remark, "Nothing need be done.")
    name = _stored(image, picture)
    with transaction.atomic():
        is_new = (
            image.article.revisions.filter(run=run, verb=Revision.Verb.TAKEN_IN).exists()
            or image.article.import_items.filter(run=run, outcome=ImportItem.Outcome.CREATED).exists()
        )
        before = None if is_new else care.snapshot(image.article)
        rows = Image.objects.filter(pk=image.pk, file="")
        if not rows.update(file=name, width=picture.width, height=picture.height, withheld=Image.Withheld.NO):
            return
        if before is not None:
            care.record(image.article, Revision.Verb.IMPORTED_AGAIN, before=before, run=run)
        if run is not None:
            named = json.dumps([image.article.key, image.number, name])
            ImportTrace.objects.create(run=run, kind=ImportTrace.Kind.PICTURE, named=named)


def _stored(image, picture):
    """The name under which a picture's file is kept; the same each time, so that none is kept twice."""
    stem = PurePosixPath(unquote(urlsplit(image.original_address).path)).stem[:80] or "picture"
    digest = sha256(picture.content).hexdigest()
    name = picture_path(image, f"{stem}-{digest[:12]}{picture.extension}")
    storage = Image._meta.get_field("file").storage
    if storage.exists(name):
        with storage.open(name) as file:
            if sha256(file.read()).hexdigest() == digest:
                return name
        # A process died while it wrote the file.
        storage.delete(name)
    return storage.save(name, ContentFile(picture.content))
