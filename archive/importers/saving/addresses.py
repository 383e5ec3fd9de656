"""Old addresses from a table: each saved once, and told in the history of its article."""

import re
from collections import defaultdict
from contextlib import nullcontext
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from archive.addresses import AddressError, normalise
from archive.importers.address_table import read_addresses
from archive.importers.base import MOST_PROBLEMS, Problem, Refusal
from archive.keys import ALPHABET, LENGTH, read_key
from archive.models import AddressMiss, Article, OldAddress, Revision
from archive.models.resolving import Resolver, Way, withdrawn_among

BATCH = 500
_OWN_ADDRESS = re.compile(r"/(?:articles|a)/([0-9A-Za-z]{12})(?:[/?#]|$)")


@dataclass
class TableReport:
    """What became of the rows of a table of addresses."""

    created: int = 0
    unchanged: int = 0
    refused: int = 0
    problems: list[Problem] = field(default_factory=list)
    problems_left_out: int = 0

    def refuse(self, problem):
        self.refused += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        else:
            self.problems_left_out += 1

    @property
    def exit_status(self):
        if not self.refused:
            return 0
        return 1 if self.created or self.unchanged else 2

    def as_dict(self):
        return {
            "created": self.created,
            "unchanged": self.unchanged,
            "refused": self.refused,
            "problems": [
                {"place": each.place, "problem": each.problem, "remedy": each.remedy} for each in self.problems
            ],
            "problems_left_out": self.problems_left_out,
        }


def import_addresses(stream, outlet, *, reason="", dry_run=False, progress=None):
    """Add the old addresses of a table to the articles of an outlet. A trial (`dry_run`) changes nothing."""
    report = TableReport()
    with transaction.atomic() if dry_run else nullcontext():
        for rows in _batches(stream, report):
            with transaction.atomic():
                _Batch(rows, outlet, reason, report).save()
            if progress:
                progress(report.created + report.unchanged + report.refused)
        # What was asked for in vain is found now.
        AddressMiss.objects.filter(address__in=OldAddress.objects.values("normalised")).delete()
        if dry_run:
            transaction.set_rollback(True)
    return report


def _batches(stream, report):
    rows = []
    try:
        for row in read_addresses(stream):
            if isinstance(row, Problem):
                report.refuse(row)
                continue
            rows.append(row)
            if len(rows) == BATCH:
                yield rows
                rows = []
    except Refusal as refusal:
        report.refuse(refusal.problem)
    if rows:
        yield rows


class _Batch:
    def __init__(self, rows, outlet, reason, report):
        self.rows = rows
        self.outlet = outlet
        self.reason = reason
        self.report = report
        self.normal = {}

    def save(self):
        rows = [row for row in self.rows if self.is_address(row)]
        articles = self.articles_of(rows)
        known = self.known(self.normal[row.place] for row in rows)
        new = {}
        for row in rows:
            article = articles(row)
            address = self.normal[row.place]
            if article is None:
                self.report.refuse(_no_article(row, self.outlet))
            elif (holder := known.get(address)) is None:
                known[address] = article
                new[address] = OldAddress(article_id=article, url=_with_scheme(row.old))
                self.report.created += 1
            elif holder == article:
                self.report.unchanged += 1
            else:
                key = Article.objects.values_list("key", flat=True).get(pk=holder)
                self.report.refuse(
                    Problem(
                        row.place,
                        f"{row.old} is an old address of article {key} already.",
                        "If it is another article's, give it to that one in the admin.",
                    )
                )
        self.write(list(new.values()))

    def is_address(self, row):
        try:
            self.normal[row.place] = normalise(row.old)
        except AddressError as error:
            self.report.refuse(
                Problem(row.place, str(error), "Write it as in https://www.example.org/2014/story.html.")
            )
            return False
        return True

    def known(self, addresses):
        return dict(OldAddress.objects.filter(normalised__in=list(addresses)).values_list("normalised", "article"))

    def articles_of(self, rows):
        """Tells the key of the article that a row means, or None."""
        keys = {each for row in rows for each in _keys(row)}
        ids = {each for row in rows for each in (row.id, row.target) if each}
        of_outlet = Article.objects.filter(outlet=self.outlet)
        by_key = dict(of_outlet.filter(key__in=keys).values_list("key", "pk"))
        by_id = dict(of_outlet.from_ids(ids).values_list("original_id", "pk"))
        # A new address may be an address that was itself left behind.
        asked = {text for row in rows for text in (row.new, row.target) if "/" in text}
        by_address = self.known({address for text in asked if (address := _normal(text))})

        def article(row):
            found = [by_key.get(key) for key in _keys(row)]
            found += [by_id.get(row.id), by_id.get(row.target)]
            found += [by_address.get(_normal(text)) for text in (row.new, row.target) if text]
            return next(filter(None, found), None)

        return article

    def write(self, addresses):
        if not addresses:
            return
        added = defaultdict(list)
        for address in addresses:
            added[address.article_id].append(address.url)
        before = defaultdict(list)
        for article, url in OldAddress.objects.filter(article__in=added).values_list("article", "url"):
            before[article].append(url)
        OldAddress.objects.bulk_create(addresses)
        after = defaultdict(list)
        for article, url in OldAddress.objects.filter(article__in=added).values_list("article", "url"):
            after[article].append(url)
        now = timezone.now()
        last = dict(
            Revision.objects.filter(article__in=added)
            .order_by()
            .values("article")
            .annotate(last=Max("number"))
            .values_list("article", "last")
        )
        Revision.objects.bulk_create(
            Revision(
                article_id=article,
                number=last.get(article, 0) + 1,
                verb=Revision.Verb.EDITED,
                made_at=now,
                reason=self.reason,
                changes={"old_addresses": [before[article], after[article]]},
            )
            for article in added
        )
        Article.objects.filter(pk__in=added).update(version=F("version") + 1, updated_at=now)


def _keys(row):
    """What in a row may be an article's key: told as one, or in an address of this archive."""
    texts = [row.key, *(match[1] for text in (row.new, row.target) if (match := _OWN_ADDRESS.search(text))), row.target]
    keys = (read_key(text) for text in texts if text)
    return [key for key in keys if len(key) == LENGTH and set(key) <= set(ALPHABET)]


def _no_article(row, outlet):
    told = row.key or row.id or row.new or row.target
    if not told:
        return Problem(row.place, "It names no article.", "Write its key, id or new address beside the old address.")
    return Problem(
        row.place,
        f"{outlet} has no article “{told[:200]}”.",
        "Mend the key, id or address, or import the article first.",
    )


def _with_scheme(url):
    return url if re.match(r"(?:https?:)?//", url, re.IGNORECASE) else f"http://{url}"


def _normal(text):
    try:
        return normalise(text)
    except AddressError:
        return ""


@dataclass
class CheckReport:
    """Of so many known addresses, what each leads to."""

    asked: int = 0
    # Leading to an article, or a page of the outlet's, by how it was known.
    ways: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Way, 0))
    tombstones: int = 0
    misses: int = 0
    no_addresses: int = 0
    # The first of them; a report is one object in memory.
    missed: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def resolved(self):
        return sum(self.ways.values())

    @property
    def exit_status(self):
        if not self.asked:
            return 2
        return 1 if self.misses or self.no_addresses else 0

    def as_dict(self):
        return {
            "asked": self.asked,
            "resolved": self.resolved,
            "ways": {way.value: number for way, number in self.ways.items()},
            "tombstones": self.tombstones,
            "misses": self.misses,
            "no_addresses": self.no_addresses,
            "missed": self.missed,
            "problems": [
                {"place": each.place, "problem": each.problem, "remedy": each.remedy} for each in self.problems
            ],
        }


def check_addresses(stream, *, outlet=None, progress=None, missed=None):
    """What becomes of each address in a table. With `outlet`, only an article or page of it counts as found.

    `missed` is called with each address that leads nowhere.
    """
    report = CheckReport()
    problems = TableReport()
    resolver = Resolver()
    for rows in _batches(stream, problems):
        resolutions = resolver.resolve_many(row.old for row in rows)
        articles = {each.article_id for each in resolutions if each.article_id}
        withdrawn = withdrawn_among(articles)
        own = None
        if outlet:
            own = set(Article.objects.filter(pk__in=articles, outlet=outlet).values_list("pk", flat=True))
        for row, resolution in zip(rows, resolutions, strict=True):
            report.asked += 1
            if not resolution.address:
                report.no_addresses += 1
            elif resolution.article_id in withdrawn and (own is None or resolution.article_id in own):
                report.tombstones += 1
            elif resolution.way and _is_of(resolution, outlet, own):
                report.ways[resolution.way] += 1
            else:
                report.misses += 1
                if len(report.missed) < MOST_PROBLEMS:
                    report.missed.append(row.old)
                if missed:
                    missed(row.old)
        if progress:
            progress(report.asked)
    report.problems = problems.problems
    report.no_addresses += problems.refused if report.asked else 0
    report.asked += problems.refused if report.asked else 0
    return report


def _is_of(resolution, outlet, own):
    if outlet is None:
        return True
    if resolution.article_id:
        return resolution.article_id in own
    return resolution.page.startswith(outlet.get_absolute_url())
