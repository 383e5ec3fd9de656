"""What stands beside articles in an own export: made as it is told, and left alone where it was changed here."""

import json
from hashlib import sha256

from django.core.exceptions import ValidationError

from archive.address_patterns import TemplateError, normal_template
from archive.addresses import AddressError, normalise
from archive.exporters.row_dict import FIELDS, plain, row_dict
from archive.importers.base import Problem, Refusal
from archive.markup import see_bounds
from archive.models import (
    AddressMiss,
    AddressPattern,
    Article,
    ClosureNotice,
    ImportItem,
    ImportRun,
    ImportTrace,
    InfoPage,
    OldAddress,
    OldHost,
    PageAddress,
    SelectedArticle,
    Selection,
)
from archive.models.notice import PLACEHOLDERS
from archive.sanitize import sanitize

from .outlets import describe, see_text
from .pages import is_as_imported
from .saved import Saved
from .wrong import said

Outcome = ImportItem.Outcome
MODELS = {
    "host": OldHost,
    "pattern": AddressPattern,
    "page": InfoPage,
    "notice": ClosureNotice,
    "selection": Selection,
}
_ADDED = ' rel="noopener noreferrer"'
# What tells nothing to anyone but the next import.
_UNSEEN = ("imported_digest",)
# So many unknown articles of a selection are named.
_MOST_NAMED = 5


def save_row(item, saving, trial=None):
    """Save a row of an own export. Raises Refusal where it can't be. Within a transaction."""
    see_text(item.values)
    if item.kind == "outlet":
        return describe(item, saving)
    return _Row(item, saving, trial).save()


class _Row:
    """One row as it is told, and what there is to be said of it."""

    def __init__(self, item, saving, trial):
        self.item = item
        self.saving = saving
        self.trial = trial
        self.model = MODELS[item.kind]
        # A pattern without an outlet is for every one of them.
        self.outlet = None if item.kind == "pattern" and not item.values["outlet"] else saving.outlet
        self.values = {**item.values, "outlet": self.outlet.slug if self.outlet else ""}
        self.remarks = []

    def save(self):
        self.fill()
        _READY.get(self.model, lambda row: None)(self)
        row = self.find()
        if row is None:
            return self.make()
        if self.is_same(row):
            return self.saved(Outcome.UNCHANGED)
        if self.model is OldHost:
            self.remark(
                f"{row.address} is an old host of {row.outlet} already, and stays there.",
                "If it is this outlet's, take it from there in the admin.",
            )
            return self.saved(Outcome.UNCHANGED)
        if not is_as_told(row):
            self.remark(
                f"{in_words(row)} was written or changed here, and was left as it is.",
                "If the import is right, change it in the admin.",
            )
            return self.saved(Outcome.UNCHANGED)
        before = {"row": self.model._meta.model_name, "named": named(row), "was": row_dict(row)}
        write_row(row, self.values)
        # What it was made to be, by which an undo sees whether it still is.
        return self.saved(Outcome.UPDATED, {**before, "state_after": own_state_of(row)})

    def fill(self):
        """Put what a field has by default where others who write the format leave it out."""
        for name in FIELDS[self.model]:
            field = self.model._meta.get_field(name)
            if self.values[name] in ("", None) and not field.blank and field.has_default():
                self.values[name] = plain(field.get_default())

    def find(self):
        if self.model is OldHost:
            return OldHost.objects.filter(address=self.values["address"]).select_related("outlet").first()
        found = self.model.objects.filter(outlet=self.outlet)
        return found.filter(**{name: self.values[name] for name in _OWN_KEYS[self.model]}).first()

    def is_same(self, row):
        told = seen(row_dict(row))
        if "body" in told:
            # What staff wrote is made safe only when it is shown.
            told["body"] = safe(told["body"])
        return told == seen(self.values)

    def make(self):
        row = self.model(outlet=self.outlet)
        write_row(row, self.values)
        outcome, state = Outcome.CREATED, own_state_of(row)
        if self.saving.run:
            kind = self.model._meta.model_name
            ImportTrace.objects.create(run=self.saving.run, kind=kind, named=named(row), digest=state)
        if self.trial:
            # As if all that a long trial took in were still there.
            identity = (self.model._meta.model_name, named(row))
            if self.trial.knows(identity):
                outcome = Outcome.UNCHANGED if self.trial.knows(identity, state) else Outcome.UPDATED
            self.trial.remember(identity, state)
        return self.saved(outcome)

    def saved(self, outcome, before=None):
        return Saved(outcome, None, tuple(self.remarks), before)

    def remark(self, problem, remedy):
        self.remarks.append(Problem(self.item.place, problem, remedy))


# By what a row is known within its outlet.
_OWN_KEYS = {
    AddressPattern: ("template",),
    InfoPage: ("slug",),
    ClosureNotice: ("language", "placement", "first_day"),
    Selection: ("slug",),
}


def _host_ready(row):
    row.values["address"] = _normal(row.values["address"])


def _pattern_ready(row):
    try:
        row.values["template"] = normal_template(row.values["template"])
    except TemplateError as error:
        raise Refusal(str(error), "Mend it in the file.") from None


def _page_ready(row):
    see_bounds(row.values["body"])
    row.values["body"] = safe(row.values["body"])
    _see_lengths(PageAddress, "url", row.values["old_addresses"])
    wanted = {_normal(url): url for url in row.values["old_addresses"]}
    taken = dict.fromkeys(OldAddress.objects.filter(normalised__in=wanted).values_list("normalised", flat=True))
    pages = PageAddress.objects.filter(normalised__in=wanted).exclude(
        page__outlet=row.outlet, page__slug=row.values["slug"]
    )
    taken |= {each.normalised: each.page for each in pages.select_related("page")}
    for address, page in sorted(taken.items()):
        of = f"the information page “{page}”" if page else "an article"
        row.remark(
            f"{wanted.pop(address)} is an old address of {of} already, and stays there.",
            "If it is this page's, take it from there in the admin.",
        )
    row.values["old_addresses"] = [wanted[address] for address in sorted(wanted)]


def safe(text):
    """The text of a page as it is told, where nothing is taken out of it; what is added to its links is no matter."""
    cleaned = sanitize(text)
    return text if cleaned.replace(_ADDED, "") == text else cleaned


def _notice_ready(row):
    if not row.values["first_day"]:
        raise Refusal("It tells no first day.", "Give it one (first_day) in the file.")
    asked, stray = ClosureNotice(message=row.values["message"]).asked_placeholders()
    if stray or not set(asked) <= set(PLACEHOLDERS):
        listed = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise Refusal("Its message has a brace that begins no placeholder.", f"These can be used: {listed}.")


def _selection_ready(row):
    """Without the articles that are not here: they can be put in when they are."""
    _see_lengths(SelectedArticle, "note", [each["note"] for each in row.values["articles"]])
    chosen = {each["key"]: each for each in reversed(row.values["articles"])}
    here = set(Article.objects.filter(key__in=chosen).values_list("key", flat=True))
    row.values["articles"] = [each for each in row.values["articles"] if each is chosen[each["key"]]]
    # What a long trial took in is not there any more.
    gone = [key for key in chosen if key not in here and not (row.trial and row.trial.knows(key))]
    row.values["articles"] = [each for each in row.values["articles"] if each["key"] in here]
    if gone:
        named = ", ".join(sorted(gone)[:_MOST_NAMED])
        if len(gone) > _MOST_NAMED:
            named = f"{named} and {len(gone) - _MOST_NAMED} more"
        row.remark(
            f"The selection “{row.values['title']}” names articles that are not here: {named}. "
            "It was taken without them.",
            "Import them, into whichever outlet, and then this file again.",
        )


_READY = {
    OldHost: _host_ready,
    AddressPattern: _pattern_ready,
    InfoPage: _page_ready,
    ClosureNotice: _notice_ready,
    Selection: _selection_ready,
}


def write_row(row, values):
    """Have a row as it is told."""
    for name in FIELDS[type(row)]:
        setattr(row, name, row._meta.get_field(name).to_python(values[name]))
    try:
        row.clean_fields(exclude={"outlet"})
        if isinstance(row, OldHost | AddressPattern):
            row.clean()
        row.validate_constraints()
    except ValidationError as error:
        raise refusal(error) from None
    row.save()
    if isinstance(row, InfoPage):
        _write_addresses(row, values["old_addresses"])
    elif isinstance(row, Selection):
        _write_articles(row, values["articles"])


def _write_addresses(page, urls):
    wanted = {normalise(url): url for url in urls}
    page.old_addresses.exclude(normalised__in=wanted).delete()
    there = dict(page.old_addresses.values_list("normalised", "url"))
    for address, url in wanted.items():
        if there.get(address) != url:
            page.old_addresses.update_or_create(normalised=address, defaults={"url": url})
            AddressMiss.objects.filter(address=address).delete()


def _write_articles(selection, chosen):
    selection.selected_articles.all().delete()
    here = dict(Article.objects.filter(key__in=[each["key"] for each in chosen]).values_list("key", "pk"))
    SelectedArticle.objects.bulk_create(
        SelectedArticle(selection=selection, article_id=here[each["key"]], order=each["order"], note=each["note"])
        for each in chosen
        if each["key"] in here
    )


def named(row):
    return json.dumps(row.natural_key(), default=str)


def seen(told):
    return {name: value for name, value in told.items() if name not in _UNSEEN}


def own_state_of(row):
    """What a row is, with what hangs on it, in one digest."""
    return own_state(row_dict(row))


def own_state(told):
    return sha256(json.dumps(seen(told), sort_keys=True).encode()).hexdigest()


def is_as_told(row):
    """Whether nobody has changed a row since an import made it what it is."""
    kind = row._meta.model_name
    last = updates_of(kind, named(row)).order_by("-pk").values_list("before__state_after", flat=True).first()
    if last is None:
        traces = ImportTrace.objects.filter(kind=kind, named=named(row)).order_by("-pk")
        last = traces.values_list("digest", flat=True).first()
    if last == own_state_of(row):
        return True
    # From a file of another format, which tells no more of a page than this.
    return isinstance(row, InfoPage) and (row.kind, row.order) == (InfoPage.Kind.OTHER, 0) and is_as_imported(row)


def updates_of(kind, name):
    """The items that changed a row, of runs that stand."""
    items = ImportItem.objects.filter(article=None, outcome=Outcome.UPDATED, before__row=kind, before__named=name)
    return items.exclude(run__state=ImportRun.State.UNDONE)


def in_words(row):
    words = {
        AddressPattern: f"The address pattern {row}",
        ClosureNotice: f"The closure notice “{row}”",
        InfoPage: f"The information page “{row}”",
        OldHost: f"The old host {row}",
        Selection: f"The selection “{row}”",
    }
    return words[type(row)]


def refusal(error):
    return Refusal(f"It can't be saved as it is. {said(error)}", "Mend it in the file, and import again.")


def _see_lengths(model, name, texts):
    """Raises Refusal for what its column does not hold; these are saved without being looked at one by one."""
    field = model._meta.get_field(name)
    if any(len(text) > field.max_length for text in texts):
        raise Refusal(
            f"It can't be saved as it is. {name}: over {field.max_length} characters.", "Shorten it in the file."
        )


def _normal(url):
    try:
        return normalise(url)
    except AddressError as error:
        raise Refusal(str(error), "Mend it in the file, and import again.") from None
