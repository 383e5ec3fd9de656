"""An article that the archive has, brought up to date; what staff changed of it stays."""

from datetime import date

from archive.addresses import normalise
from archive.care import record, snapshot
from archive.importers.base import Problem
from archive.models import Byline, Correction, Image, ImportItem, OldAddress, Record, Revision, Withdrawal

from .creating import RECORD_FIELDS, WITHDRAWAL_FIELDS, address_of_another, file_of, record_of
from .rows import insert
from .saved import IMPORT_VERBS, Saved

DATE_FIELDS = ("published_on", "published_at", "published_precision")
# What an import sets as a whole, beside the fields: not added to, but made to be as it says.
REPLACED = {"source", "section", "tags", "bylines", "images"}
# What an import sets and no revision tells.
IMAGE_FIELDS = (
    *("number", "order", "file", "width", "height", "alt", "caption", "credit", "original_address", "withheld"),
)
UNTOLD = ("imported_digest", "body_received", "provider", "urgency")


def update(article, prepared, saving):
    """Bring an article up to date. Within a transaction of its own."""
    return _Updating(article, prepared, saving).update()


class _Updating:
    def __init__(self, article, prepared, saving):
        self.article = article
        self.prepared = prepared
        self.saving = saving
        self.problems = list(prepared.problems)
        self.current = snapshot(article)
        # What staff changed of the article, as it was imported.
        self.kept = changed_by_staff(article, self.current)

    def update(self):
        article, prepared = self.article, self.prepared
        if not self.saving.anew and not prepared.is_own and self.is_earlier():
            self.remark(
                f"It is an earlier version than the one of {article.modified_at} that was taken in; that one stays.",
                "Nothing need be done.",
            )
            return Saved(ImportItem.Outcome.UNCHANGED, article, tuple(self.problems))
        before = untold(article)
        self.saving.terms.expect([prepared])
        self.assign()
        self.tell_kept()
        article.save()
        self.attach()
        # A withdrawal is no field of the article's: that it came is a change by itself.
        compared = None if self.add_withdrawals() else self.current
        revision = record(article, Revision.Verb.IMPORTED_AGAIN, before=compared, run=self.saving.run)
        self.add_record()
        if revision is None:
            return Saved(ImportItem.Outcome.UNCHANGED, article, tuple(self.problems))
        return Saved(ImportItem.Outcome.UPDATED, article, tuple(self.problems), before)

    def is_earlier(self):
        """Whether its sender made a later version, and that came here first."""
        moment, known = self.prepared.moment, self.article.modified_at
        return moment is not None and known is not None and moment < known and "modified_at" not in self.kept

    def assign(self):
        """Set the article's own fields, except those that staff changed."""
        article, prepared = self.article, self.prepared
        if "source" not in self.kept:
            article.source, article.source_rule = self.saving.source_of(prepared)
        if "section" not in self.kept:
            article.section = self.saving.terms.section(prepared.section)
        for name, value in prepared.values.items():
            # A permanent address shows the slug, so it follows a changed headline only where the import says so.
            if name in self.kept or (name == "slug" and article.slug and not prepared.names_slug):
                continue
            if name != "body_received" or "body" not in self.kept:
                setattr(article, name, value)
        article.imported_digest = prepared.digest

    def attach(self):
        """Set what hangs on the article, except what staff changed."""
        if "tags" not in self.kept:
            self.article.tags.set(self.saving.tags_of(self.prepared))
        if "bylines" not in self.kept:
            self.set_bylines()
        if "images" not in self.kept:
            self.set_images()
        self.add_corrections()
        self.add_old_addresses()

    def tell_kept(self):
        """Say what the import would have changed of what staff changed."""
        values = self.prepared.values
        differ = [
            name
            for name in self.kept
            if (getattr(self.article, name) != values[name] if name in values else name in REPLACED)
        ]
        if differ:
            self.remark(
                f"Staff changed it since it was taken in ({', '.join(sorted(differ))}); that was left as they have it.",
                f"If the import is right, change article {self.article.key} in the admin.",
            )

    def set_bylines(self):
        article = self.article
        left = {(byline.author_id, byline.role): byline for byline in article.bylines.all()}
        for author, role, printed, order, _number in self.saving.bylines_of(self.prepared):
            byline = left.pop((author, role), None) or Byline(article=article, author_id=author, role=role)
            byline.order = order
            byline.printed = printed
            byline.save()
        for byline in left.values():
            byline.delete()

    def set_images(self):
        left = list(self.article.images.all())
        for order, each in enumerate(self.prepared.images, start=1):
            same = (image for image in left if image.original_address == each.original_address)
            image = next(same, None) or Image(article=self.article)
            if image in left:
                left.remove(image)
            image.order = each.order if self.prepared.is_own else order
            image.original_address = each.original_address
            image.alt = each.alt
            image.caption = each.caption
            image.credit = each.credit
            if self.prepared.is_own or not image.file:
                image.file, image.width, image.height, image.withheld = file_of(each)
            image.save()
        for image in left:
            image.delete()

    def add_corrections(self):
        """Add those that are new, and none that staff took away."""
        known = set(self.article.corrections.values_list("kind", "made_on", "text"))
        known.update((kind, date.fromisoformat(day), text) for kind, day, text in self.kept.get("corrections", ()))
        for each in self.prepared.imported.corrections:
            if (each.kind, each.made_on, each.text) not in known:
                Correction.objects.create(article=self.article, kind=each.kind, text=each.text, made_on=each.made_on)

    def add_withdrawals(self):
        """Add those that are new, and end those that were ended; whether there were any."""
        changed = False
        known = {(each.withdrawn_on, each.reason): each for each in self.article.withdrawals.all()}
        for new in self.prepared.imported.tombstones:
            old = known.get((new.withdrawn_on, new.reason))
            if old is None:
                values = {name: getattr(new, name) for name in WITHDRAWAL_FIELDS}
                Withdrawal.objects.create(article=self.article, **values)
                changed = True
            elif old.reinstated_on is None and new.reinstated_on is not None:
                old.reinstated_on = new.reinstated_on
                old.save()
                changed = True
        return changed

    def add_old_addresses(self):
        """Add those that are new, and none that staff took away or that is another article's."""
        wanted = {normalised: url for normalised, url, _letters in self.prepared.addresses}
        for known in OldAddress.objects.filter(normalised__in=wanted).select_related("article"):
            url = wanted.pop(known.normalised)
            if known.article_id != self.article.pk:
                self.problems.append(address_of_another(self.prepared, url, known.article.key, known.article.headline))
        for url in self.kept.get("old_addresses", ()):
            wanted.pop(normalise(url), None)
        for url in wanted.values():
            OldAddress.objects.create(article=self.article, url=url)

    def add_record(self):
        if self.prepared.record is None or self.saving.run is None:
            return
        last = self.article.records.order_by("-number").values_list("number", "digest").first()
        if last is None or last[1] != self.prepared.record.digest:
            number = last[0] + 1 if last else 1
            insert(Record, RECORD_FIELDS, [record_of(self.article.pk, number, self.prepared, self.saving.run)])

    def remark(self, problem, remedy):
        self.problems.append(Problem(self.prepared.imported.place, problem, remedy))


def untold(article):
    return {
        **{name: getattr(article, name) for name in UNTOLD},
        "source_rule": article.source_rule and list(article.source_rule.natural_key()),
        "images": list(article.images.values(*IMAGE_FIELDS)),
    }


def changed_by_staff(article, current):
    """What was changed since it was last imported and is not as it was then: each field with its value as imported.

    `current` is the article's snapshot. Every change is a revision, so the revisions tell what was imported.
    """
    imported_values = {}
    for verb, changes in article.revisions.values_list("verb", "changes"):
        for name, (before, _after) in changes.items():
            if verb in IMPORT_VERBS:
                imported_values.pop(name, None)
            else:
                imported_values.setdefault(name, before)
    changed = {name: value for name, value in imported_values.items() if current[name] != value}
    if any(name in changed for name in DATE_FIELDS):
        # A date and its precision are one thing.
        changed |= {name: imported_values.get(name, current[name]) for name in DATE_FIELDS}
    return changed
