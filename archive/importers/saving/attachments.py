"""What stands in a file beside its articles, taken when all of them are saved: redirects, and pictures' files."""

import json
import logging
from contextlib import ExitStack
from itertools import chain, groupby, islice

from django.db import DatabaseError, transaction

from archive.addresses import AddressError, normalise
from archive.importers import load_reader, zipfiles
from archive.importers.base import Problem, Refusal
from archive.importers.files import shown
from archive.importers.items import ImportedPicture, ImportedRedirect
from archive.models import ImportTrace, OldAddress

from . import pictures

logger = logging.getLogger(__name__)

# Redirects whose target is not known yet: it may be the next redirect's.
MOST_WAITING = 100_000
# No browser followed more: https://fetch.spec.whatwg.org/#http-redirect-fetch
MOST_HOPS = 20
BATCH = 500


class Attachments:
    def __init__(self, saving, media, *, is_trial, name=""):
        self.saving = saving
        # What its path is called, where that is nobody's business.
        self.name = name
        self.media = media
        # A file can't be taken back with a transaction.
        self.is_trial = is_trial
        self.files = []
        self.all_wanted = None

    def expect(self, recognised):
        self.files.append(recognised)

    def save(self):
        """Take what there is, and yield what is wrong with it."""
        for path, files in groupby(self.files, key=lambda recognised: recognised.path):
            with ExitStack() as opened:
                folder = None
                for recognised in files:
                    try:
                        if folder is None:
                            file = opened.enter_context(path.open("rb"))
                            # Its list of members is read once, for there may be very many.
                            folder = zipfiles.ZipFolder(file) if recognised.member else file
                        stream = folder.open(recognised.member) if recognised.member else folder
                        yield from self.save_file(recognised, stream)
                    except DatabaseError:
                        raise
                    except Exception as error:
                        # The articles are saved, and other files have redirects and pictures too.
                        yield self.failure(self.name or shown(path), error)
        if self.media and self.saving.run and not self.is_trial:
            yield from pictures.from_media(self.media, self.saving.outlet, self.saving.run)

    def failure(self, place, error):
        if isinstance(error, OSError | Refusal):
            told, remedy = error.problem.problem if isinstance(error, Refusal) else str(error), "Import it again."
        else:
            logger.error("The redirects and pictures of %s failed", place, exc_info=error)
            told = f"the program failed on them: {type(error).__name__}: {error}"
            remedy = "Report this, with the file and the log."
        return Problem(place, f"Its redirects and pictures could not all be read: {told}", remedy)

    def save_file(self, recognised, stream):
        redirects = []
        for found in self.found(load_reader(recognised.format), stream):
            if isinstance(found, Problem):
                yield found.within(self.name or shown(recognised.path))
            elif isinstance(found, ImportedRedirect):
                redirects.append(found)
                if len(redirects) >= MOST_WAITING:
                    redirects = self.save_redirects(redirects)[: MOST_WAITING // 2]
            elif isinstance(found, ImportedPicture):
                yield from self.save_picture(found)
        for _hop in range(MOST_HOPS):
            left = self.save_redirects(redirects)
            if len(left) == len(redirects):
                break
            redirects = left

    def found(self, reader, stream):
        """Redirects and pictures; where more pictures are wanted than can be held in memory, in several readings."""
        for number, some in enumerate(chain(self.wanted(), [frozenset()])):
            if number and not some:
                break
            stream.seek(0)
            for found in reader.read_attachments(stream, some):
                if number == 0 or isinstance(found, ImportedPicture):
                    yield found

    def wanted(self):
        """The pictures that are wanted; asked for once where they can be held in memory, for files may be very many."""
        if self.is_trial:
            return []
        if self.all_wanted is None:
            self.all_wanted = list(islice(pictures.wanted(self.saving.outlet), 2))
        return self.all_wanted if len(self.all_wanted) < 2 else pictures.wanted(self.saving.outlet)

    def save_redirects(self, redirects):
        """Make old addresses of those that lead to one. Returns the others."""
        left = []
        for start in range(0, len(redirects), BATCH):
            with transaction.atomic():
                left += self.save_some(redirects[start : start + BATCH])
        return left

    def save_some(self, redirects):
        ways = []
        for each in redirects:
            try:
                ways.append((normalise(each.from_url), normalise(each.to_url), each))
            except AddressError:
                continue
        places = {place for way in ways for place in way[:2]}
        rows = OldAddress.objects.filter(normalised__in=places, article__outlet=self.saving.outlet)
        known = dict(rows.values_list("normalised", "article_id"))
        # Those of other outlets are taken, and lead nowhere from here.
        taken = set(OldAddress.objects.filter(normalised__in=places).values_list("normalised", flat=True))
        left = []
        for start, end, each in ways:
            if start in taken or start == end:
                continue
            if end not in known:
                left.append(each)
                continue
            address = OldAddress.objects.create(article_id=known[end], url=each.from_url)
            known[start] = known[end]
            taken.add(start)
            if self.saving.run:
                ImportTrace.objects.create(
                    run=self.saving.run, kind=ImportTrace.Kind.ADDRESS, named=json.dumps(address.natural_key())
                )
        return left

    def save_picture(self, picture):
        if not self.is_trial:
            yield from pictures.from_crawl(picture, self.saving.outlet, self.saving.run)
