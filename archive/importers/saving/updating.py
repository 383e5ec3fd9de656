"""Articles that the archive has, brought up to date many at a time; what staff changed of them stays."""

from collections import defaultdict
from functools import partial
from operator import itemgetter

from archive import search
from archive.addresses import AddressError, normalise
from archive.care import REVISED_FIELDS, record_many, snapshots
from archive.importers.base import Problem, Refusal
from archive.models import (
    Article,
    Byline,
    Correction,
    Image,
    ImportItem,
    OldAddress,
    Record,
    Revision,
    Withdrawal,
)

from . import history
from .creating import RECORD_FIELDS, WITHDRAWAL_FIELDS, address_of_another, file_of, record_of
from .rows import insert
from .saved import IMPORT_VERBS, Saved
from .versions import await_versions, first_versions, forget_waiting

DATE_FIELDS = ("published_on", "published_at", "published_precision")
DATE_COLUMNS = (*DATE_FIELDS, "published_order")
# What an import sets as a whole, beside the fields: not added to, but made to be as it says.
REPLACED = {"source", "section", "tags", "bylines", "images"}
# What an import sets and no revision tells.
IMAGE_FIELDS = (
    *("number", "order", "file", "width", "height", "alt", "caption", "credit", "original_address", "withheld"),
)
UNTOLD = ("imported_digest", "body_received", "provider", "urgency")
COLUMNS = tuple(field.attname for field in Article._meta.concrete_fields)
REVISED_COLUMNS = {Article._meta.get_field(name).attname for name in (*REVISED_FIELDS, "version_of")}
SHOWN_OF_IMAGES = ("file", "alt", "caption", "credit", "withheld", "original_address")
BYLINE_FIELDS = ("number", "author_id", "role", "printed", "order")


def update(pairs, saving):
    """Bring articles up to date, each a pair of its number and what came of it. Returns a Saved or Refusal for each.

    Within a transaction of its own, which is to be taken back where this raises an error.
    """
    saving.terms.expect([prepared for _pk, prepared in pairs])
    return _Updating(pairs, saving).update()


class _Updating:
    """Some articles: what belongs to all of them is read at once, and what changed of them is written at once."""

    def __init__(self, pairs, saving):
        self.pairs = pairs
        self.saving = saving
        self.pks = [pk for pk, _prepared in pairs]
        search.lock()
        articles = Article.objects.select_for_update(of=("self",)).select_related("outlet", "section", "source")
        # In one order for all, so that two runs never wait for each other.
        self.articles = {article.pk: article for article in articles.filter(pk__in=self.pks).order_by("pk")}
        self.snapshots = snapshots(self.pks)
        self.bylines = self.rows_of(Byline, BYLINE_FIELDS)
        self.images = self.rows_of(Image, IMAGE_FIELDS)
        self.tags = self.rows_of(Article.tags.through, ("tag_id",))
        self.withdrawals = defaultdict(list)
        for withdrawal in Withdrawal.objects.filter(article__in=self.pks):
            self.withdrawals[withdrawal.article_id].append(withdrawal)
        self.revisions = defaultdict(list)
        for revision in self.those_of(Revision).order_by("number"):
            self.revisions[revision.article_id].append(revision)
        wanted = [normalised for _pk, prepared in pairs for normalised, *_rest in prepared.addresses]
        known = OldAddress.objects.filter(normalised__in=wanted)
        fields = ("normalised", "article", "article__key", "article__headline")
        # Whose an address is, by its normal form.
        self.owners = {normalised: told for normalised, *told in known.values_list(*fields)}
        keys = {key for _pk, prepared in pairs if (key := prepared.imported.version_of)}
        self.versions = first_versions(keys) if keys else {}
        self.have_versions = set()
        if keys:
            versions = Article.objects.filter(version_of__in=self.pks)
            self.have_versions.update(versions.values_list("version_of", flat=True))

    def those_of(self, model):
        return model.objects.filter(article__in=self.pks)

    def rows_of(self, model, names):
        """The rows of a model, as dicts of the named fields, by article, in their order."""
        found = defaultdict(list)
        for values in self.those_of(model).values("article_id", *names):
            found[values.pop("article_id")].append(values)
        return found

    def update(self):
        changes = [_Change(self, self.articles[pk], prepared) for pk, prepared in self.pairs]
        for change in changes:
            change.make()
        forget_waiting(change.article.pk for change in changes if change.prepared.is_own or change.awaited)
        if self.saving.anew:
            # What a reader makes of the same record is news only where somebody can see it.
            written = [change for change in changes if change.is_told]
        else:
            written = [change for change in changes if not change.refusal and (change.is_told or not change.is_earlier)]
        self.write(written)
        await_versions([told for change in written for told in change.awaited], self.saving.run)
        # The record of an earlier version is not the article's last.
        self.write_records([change for change in written if not change.is_earlier])
        self.tell([change for change in written if change.is_told])
        return [change.saved() for change in changes]

    def write(self, changes):
        new = defaultdict(list)
        for change in changes:
            for write in change.writes:
                write()
            for model, names, row in change.new:
                new[model, names].append(row)
        for (model, names), rows in new.items():
            insert(model, names, rows)

    def tell(self, changes):
        """Record what changed, as it is in the database now."""
        if not changes:
            return
        by_pk = {change.article.pk: change for change in changes}
        told = record_many(
            {change.article.pk: self.snapshots[change.article.pk] for change in changes},
            Revision.Verb.IMPORTED_AGAIN,
            run=self.saving.run,
            # A withdrawal is no field of the article's: that it came is a change by itself.
            always={change.article.pk for change in changes if change.has_withdrawal or change.comes_with_history},
            each=lambda pk, changed: by_pk[pk].as_carried(changed),
        )
        for change in changes:
            change.is_told = change.article.pk in told
            change.article.version += change.is_told
            names = {*told.get(change.article.pk, ()), *(["history"] if change.comes_with_history else ())}
            change.changed = tuple(sorted(names))

    def write_records(self, changes):
        coming = [each for each in changes if each.prepared.record is not None]
        if not coming or self.saving.run is None:
            return
        pks = [change.article.pk for change in coming]
        last = {}
        for pk, *told in (
            Record.objects.filter(article__in=pks).order_by("number").values_list("article", "number", "digest")
        ):
            last[pk] = told
        rows = []
        for change in coming:
            number, digest = last.get(change.article.pk, (0, ""))
            if digest != change.prepared.record.digest:
                rows.append(record_of(change.article.pk, number + 1, change.prepared, self.saving.run))
        insert(Record, RECORD_FIELDS, rows)


class _Change:
    """One article: what is to be another than it was."""

    def __init__(self, updating, article, prepared):
        self.updating = updating
        self.saving = updating.saving
        self.article = article
        self.prepared = prepared
        self.problems = list(prepared.problems)
        self.current = updating.snapshots[article.pk]
        self.revisions = updating.revisions[article.pk]
        # What staff changed of the article, as it was imported; of an original, what those of its copy changed.
        self.kept = changed_by_staff(
            [(each.verb, each.changes) for each in self.revisions], self.current, of_copy=prepared.is_own
        )
        # The history that comes with it.
        self.coming = None
        self.was = {name: article.__dict__[name] for name in COLUMNS}
        self.before = None
        self.refusal = None
        self.is_earlier = self.has_withdrawal = False
        # Whether anything changes that a revision tells.
        self.is_told = False
        self.changed = ()
        # What is to be done, each a function; and the rows to be inserted, with their model and the names of fields.
        self.writes = []
        self.new = []
        # The article of which it is a version, where that is not here yet: its own number and the other's key.
        self.awaited = []

    def make(self):
        """Find what there is to be changed. Authors and the like that are new are made now."""
        if self.is_anothers():
            key, url = self.article.key, self.article.original_url
            self.refusal = Refusal(
                f"It has the id of article {key}, which stood at {url}, and is another, of another site.",
                "Undo this run, and import that site into an outlet of its own.",
            )
            return
        self.is_earlier = not self.saving.anew and not self.prepared.is_own and self.has_later_version()
        if self.is_earlier:
            self.remark(
                f"It is an earlier version than the one of {self.article.modified_at} that was taken in; that one "
                "stays.",
                "Nothing need be done.",
            )
            self.take_first_date()
            return
        self.before = self.untold()
        self.assign()
        self.tell_kept()
        changed = {name: value for name in COLUMNS if (value := self.article.__dict__[name]) != self.was[name]}
        if changed:
            self.is_told = not REVISED_COLUMNS.isdisjoint(changed)
            self.writes.append(partial(Article.objects.filter(pk=self.article.pk).update, **changed))
        if "tags" not in self.kept:
            self.set_tags()
        if "bylines" not in self.kept:
            self.set_bylines()
        if "images" not in self.kept:
            self.set_images()
        self.add_corrections()
        self.add_withdrawals()
        self.add_old_addresses()
        self.add_history()

    @property
    def comes_with_history(self):
        return bool(self.coming and self.coming.new)

    def saved(self):
        if self.refusal:
            return self.refusal
        if self.is_told:
            return Saved(
                ImportItem.Outcome.UPDATED, self.article, tuple(self.problems), self.before, changed=self.changed
            )
        return Saved(ImportItem.Outcome.UNCHANGED, self.article, tuple(self.problems))

    def is_anothers(self):
        """Whether it has the id of this article and nothing else of it: two sites number their articles alike."""
        article, prepared = self.article, self.prepared
        if self.saving.anew or prepared.is_own:
            return False
        values = prepared.values
        hosts = {_host(article.original_url), _host(values["original_url"])}
        if len(hosts) == 1 or "" in hosts:
            return False
        if article.headline == values["headline"] or article.published_order == values["published_order"]:
            return False
        owners = (self.updating.owners.get(normalised) for normalised, *_rest in prepared.addresses)
        return not any(owner and owner[0] == article.pk for owner in owners)

    def has_later_version(self):
        """Whether its sender made a later version, and that came here first."""
        moment, known = self.prepared.moment, self.article.modified_at
        return moment is not None and known is not None and moment < known and "modified_at" not in self.kept

    def take_first_date(self):
        """Of an earlier version the date alone, where the later one had but its own for that of the first."""
        article, values = self.article, self.prepared.values
        first, known = values["published_at"], article.published_at
        if first is None or known is None or known != article.modified_at or first >= known:
            return
        if not self.kept.keys().isdisjoint(DATE_FIELDS):
            return
        self.before = self.untold()
        dates = {name: values[name] for name in DATE_COLUMNS}
        for name, value in dates.items():
            setattr(article, name, value)
        self.writes.append(partial(Article.objects.filter(pk=article.pk).update, **dates))
        self.is_told = True

    def has_earlier_date(self):
        values = self.prepared.values
        if self.article.published_on is None or values["published_on"] is None:
            return self.article.published_on is not None
        return self.article.published_order <= values["published_order"]

    def untold(self):
        article = self.article
        rule = article.source_rule_id and self.saving.rules.of(article.source_rule_id)
        return {
            **{name: getattr(article, name) for name in UNTOLD},
            "source_rule": rule and list(rule.natural_key()),
            "images": self.updating.images[article.pk],
        }

    def assign(self):
        """Set the article's own fields, except those that staff changed."""
        article, prepared = self.article, self.prepared
        if "source" not in self.kept:
            article.source, article.source_rule = self.saving.source_of(prepared)
        if "section" not in self.kept:
            article.section = self.saving.terms.section(prepared.section)
        keeps_date = prepared.imported.dated_by_version and self.has_earlier_date()
        for name, value in prepared.values.items():
            # A permanent address shows the slug, so it follows a changed headline only where the import says so.
            if name in self.kept or (name == "slug" and article.slug and not prepared.names_slug):
                continue
            if name in DATE_COLUMNS and keeps_date:
                continue
            if name != "body_received" or "body" not in self.kept:
                setattr(article, name, value)
        self.set_version()
        if "body" not in self.kept:
            article.text_fingerprint = prepared.fingerprint
        article.imported_digest = prepared.digest
        article.derive(body_is_safe=True)

    def set_version(self):
        """Say of which article it is a version. Only an own export tells that of none."""
        told = self.prepared.imported.version_of
        if "version_of" in self.kept or not (told or self.prepared.is_own):
            return
        pk, first = self.article.pk, self.updating.versions.get(told)
        if told and first is None:
            self.awaited.append((pk, told))
            self.article.version_of = None
        elif first == pk or (told and pk in self.updating.have_versions):
            self.remark(
                f"It is told to be a version of article {told}, which is itself or a version of it; that was left out.",
                "Say in the admin of which article it is a version.",
            )
        else:
            self.article.version_of_id = first

    def tell_kept(self):
        """Say what the import would have changed of what staff changed."""
        values = self.prepared.values
        differ = [
            name
            for name in self.kept
            if (getattr(self.article, name) != values[name] if name in values else name in REPLACED)
            or (name == "version_of" and self.prepared.imported.version_of not in ("", self.current[name]))
        ]
        if differ:
            self.remark(
                f"Staff changed it since it was taken in ({', '.join(sorted(differ))}); that was left as they have it.",
                f"If the import is right, change article {self.article.key} in the admin.",
            )

    def set_tags(self):
        pk, through = self.article.pk, Article.tags.through
        there = {row["tag_id"] for row in self.updating.tags[pk]}
        wanted = self.saving.tags_of(self.prepared)
        gone = there.difference(wanted)
        if gone:
            self.writes.append(through.objects.filter(article=pk, tag__in=gone).delete)
        new = [(pk, tag) for tag in wanted if tag not in there]
        self.insert(through, ("article_id", "tag_id"), new)
        self.is_told = self.is_told or bool(gone or new)

    def set_bylines(self):
        there = self.updating.bylines[self.article.pk]
        left = {(row["author_id"], row["role"]): row for row in there}
        wanted = [
            (
                left.pop((author, role), None),
                {"author_id": author, "role": role, "printed": printed, "order": order},
            )
            for author, role, printed, order, _number in self.saving.bylines_of(self.prepared)
        ]
        self.set_rows(Byline, there, wanted, left.values(), ("author_id", "role", "printed"))

    def set_images(self):
        there = self.updating.images[self.article.pk]
        left = list(there)
        wanted = []
        for order, each in enumerate(self.prepared.images, start=1):
            row = next((row for row in left if row["original_address"] == each.original_address), None)
            if row:
                left.remove(row)
            values = {
                "order": each.order if self.prepared.is_own else order,
                "original_address": each.original_address,
                "alt": each.alt,
                "caption": each.caption,
                "credit": each.credit,
            }
            if self.prepared.is_own or not (row and row["file"]):
                values |= zip(("file", "width", "height", "withheld"), file_of(each), strict=True)
            wanted.append((row, values))
        self.set_rows(Image, there, wanted, left, SHOWN_OF_IMAGES)

    def set_rows(self, model, there, wanted, gone, shown):
        """Have the rows of a model as they are wanted, each a row that is there (or None) and its values.

        `shown` are the fields of which a revision tells.
        """
        pk = self.article.pk
        last = max((row["number"] for row in there), default=0)
        if gone:
            self.writes.append(model.objects.filter(article=pk, number__in=[row["number"] for row in gone]).delete)
        will_be = []
        for row, values in wanted:
            if row is None:
                last += 1
                row = {"number": last}
                self.insert(model, ("article_id", "number", *values), [(pk, last, *values.values())])
            elif changed := {name: value for name, value in values.items() if row[name] != value}:
                self.writes.append(partial(model.objects.filter(article=pk, number=row["number"]).update, **changed))
            will_be.append(row | values)
        will_be.sort(key=itemgetter("order", "number"))
        are, will_be = ([[row[name] for name in shown] for row in rows] for rows in (there, will_be))
        self.is_told = self.is_told or are != will_be

    def insert(self, model, names, rows):
        self.new += [(model, names, row) for row in rows]

    def add_corrections(self):
        """Add those that are new, and none that staff took away."""
        coming = self.prepared.imported.corrections
        if not coming:
            return
        known = {(kind, day, text) for kind, day, text in self.current["corrections"]}
        known.update((kind, day, text) for kind, day, text in self.kept.get("corrections", ()))
        for each in coming:
            if (each.kind, str(each.made_on), each.text) not in known:
                correction = Correction(article=self.article, kind=each.kind, text=each.text, made_on=each.made_on)
                self.is_told = True
                self.writes.append(correction.save)

    def add_withdrawals(self):
        """Add those that are new, and end those that were ended."""
        known = {(each.withdrawn_on, each.reason): each for each in self.updating.withdrawals[self.article.pk]}
        for new in self.prepared.imported.tombstones:
            old = known.get((new.withdrawn_on, new.reason))
            if old is None:
                values = {name: getattr(new, name) for name in WITHDRAWAL_FIELDS}
                self.writes.append(Withdrawal(article=self.article, **values).save)
            elif old.reinstated_on is None and new.reinstated_on is not None:
                old.reinstated_on = new.reinstated_on
                self.writes.append(old.save)
            else:
                continue
            self.has_withdrawal = self.is_told = True

    def add_history(self):
        """Put what the original's archive did to it since behind what is known of that here."""
        told = self.prepared.imported.history
        if told is None or self.saving.anew:
            return
        self.coming = history.Coming(told, self.revisions)
        if self.coming.is_left_out:
            self.remark(
                "Another history is told of it than the one that it has here; that was left as it is.",
                "Nothing need be done: what changed with this import stands in it.",
            )
        last = max((each.number for each in self.revisions), default=0)
        rows = history.rows(self.article.pk, self.coming.new, last)
        self.insert(Revision, history.FIELDS, rows)
        self.is_told = self.is_told or bool(rows)

    def as_carried(self, changes):
        """The fields of the revision by which this import tells what it changed, where it is that of a copy."""
        coming = self.coming
        if coming is None:
            return {}
        if not coming.goes_on:
            return {"is_public": coming.is_public}
        last = max((each.number for each in self.revisions), default=0)
        # What an undo needs to know.
        self.before["carried"] = {"changes": changes, "revisions": [last + 1, last + len(coming.new)]}
        return {
            "verb": Revision.Verb.CARRIED_OVER,
            "changes": coming.unexplained(changes),
            "is_public": coming.is_public,
        }

    def add_old_addresses(self):
        """Add those that are new, and none that staff took away or that is another article's."""
        taken_away = {normalise(url) for url in self.kept.get("old_addresses", ())}
        rows = []
        for normalised, url, slug_letters in self.prepared.addresses:
            if owner := self.updating.owners.get(normalised):
                if owner[0] != self.article.pk:
                    self.problems.append(address_of_another(self.prepared, url, *owner[1:]))
            elif normalised not in taken_away:
                self.updating.owners[normalised] = [self.article.pk, self.article.key, self.article.headline]
                rows.append((self.article.pk, url, normalised, slug_letters))
        self.insert(OldAddress, ("article_id", "url", "normalised", "slug_letters"), rows)
        self.is_told = self.is_told or bool(rows)

    def remark(self, problem, remedy):
        self.problems.append(Problem(self.prepared.imported.place, problem, remedy))


def _host(url):
    try:
        return normalise(url).partition("/")[0]
    except AddressError:
        return ""


def changed_by_staff(revisions, current, *, of_copy=False):
    """What was changed since it was last imported and is not as it was then: each field with its value as imported.

    `revisions` are each a verb and changes, the first first; `current` is the article's snapshot. Every
    change is a revision, so the revisions tell what was imported. With `of_copy` it is looked at from the article's
    original: what was carried over with it was nobody's change here.
    """
    imported_values = {}
    for verb, changes in revisions:
        if of_copy and verb == Revision.Verb.CARRIED_OVER:
            imported_values.clear()
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
