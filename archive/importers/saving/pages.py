"""Pages that are no articles become information pages of the outlet."""

import json
from hashlib import sha256

from django.core.exceptions import ValidationError

from archive.addresses import AddressError, normalise
from archive.embeds import with_cards
from archive.importers.base import Problem, Refusal
from archive.importers.mojibake import repair
from archive.importers.pictures import pictures_in
from archive.models import AddressMiss, ImportItem, ImportTrace, InfoPage, OldAddress, PageAddress
from archive.models.article import slug_of
from archive.models.outlet import Language
from archive.sanitize import sanitize

from .saved import Saved
from .wrong import said

Outcome = ImportItem.Outcome
FIELDS = ("slug", "title", "body", "language", "held_back", "updated_on")
RESTORED = (*FIELDS, "imported_digest")


def save_page(imported, saving):
    """Save an information page. Raises Refusal where it can't be. Within a transaction."""
    values = _values(imported, saving.outlet)
    digest = _digest(values)
    page = InfoPage.objects.filter(outlet=saving.outlet, slug=values["slug"]).first()
    if page is None:
        page = InfoPage(outlet=saving.outlet, imported_digest=digest, **values)
        _check(page)
        page.save(force_insert=True)
        told, _added = _save_addresses(imported, page)
        if saving.run:
            named = json.dumps(page.natural_key())
            kind = ImportTrace.Kind.PAGE
            ImportTrace.objects.create(run=saving.run, kind=kind, named=named, digest=state_of(page))
        return Saved(Outcome.CREATED, None, told + _pictures_left_out(imported))
    if digest == page.imported_digest or digest == _digest({name: getattr(page, name) for name in FIELDS}):
        return Saved(Outcome.UNCHANGED, None)
    if not is_as_imported(page):
        told = Problem(
            imported.place,
            f"The information page “{page}” was written or changed here, and was left as it is.",
            "If the import is right, change the page in the admin.",
        )
        return Saved(Outcome.UNCHANGED, None, (told,))
    before = {name: _plain(getattr(page, name)) for name in RESTORED}
    for name, value in values.items():
        setattr(page, name, value)
    page.imported_digest = digest
    _check(page)
    page.save()
    told, added = _save_addresses(imported, page)
    # What it was made to be, by which an undo sees whether it still is; and what it was given.
    told += _pictures_left_out(imported)
    return Saved(Outcome.UPDATED, None, told, {**before, "digest_after": digest, "added_addresses": added})


def is_as_imported(page):
    """Whether nobody has changed a page since it was imported."""
    return page.imported_digest == _digest({name: getattr(page, name) for name in FIELDS})


def state_of(page):
    """What a page is as its import left it, in one digest, with the addresses at which it stood."""
    addresses = list(page.old_addresses.order_by("normalised").values_list("normalised", flat=True))
    return _digest({"imported": page.imported_digest, "addresses": addresses})


def restore_page(page, before):
    """Have a page as it was before an update, and take back the addresses that came with that."""
    page.old_addresses.filter(normalised__in=before.get("added_addresses", ())).delete()
    for name in RESTORED:
        setattr(page, name, InfoPage._meta.get_field(name).to_python(before[name]))
    page.save()


def _values(imported, outlet):
    for text in (imported.title, imported.body):
        if "\x00" in text:
            raise Refusal("It holds a NUL character, which no text has.", "Take it out of the file, and import again.")
    told = imported.language.lower().replace("_", "-").partition("-")[0]
    language = told if told in Language.values else outlet.language
    return {
        "slug": slug_of(imported.slug or imported.title, empty="page")[:100],
        "title": repair(imported.title.strip())[0] or imported.slug,
        "body": sanitize(with_cards(repair(imported.body)[0], language)),
        "language": language,
        "held_back": imported.held_back,
        "updated_on": imported.modified.date() if imported.modified else None,
    }


def _digest(values):
    return sha256(json.dumps(values, default=str, sort_keys=True).encode("utf-8", "replace")).hexdigest()


def _plain(value):
    return value if isinstance(value, str | None) else str(value)


def _check(page):
    try:
        page.clean_fields(exclude={"outlet"})
    except ValidationError as error:
        raise Refusal(
            f"The page can't be saved as it is. {said(error)}", "Mend it in the file, and import again."
        ) from None


def _pictures_left_out(imported):
    number = len(pictures_in(imported.body))
    if not number:
        return ()
    told = f"An information page has no pictures: those that stood in it were left out, {number} in all."
    return (Problem(imported.place, told, "If the text needs them, say in the admin what they showed."),)


def _save_addresses(imported, page):
    """Record the addresses at which a page stood: remarks on those that can't be, and those that are new."""
    told, added = [], []
    for url in imported.old_addresses:
        try:
            address = normalise(url)
        except AddressError as error:
            told.append(Problem(imported.place, str(error), "Mend it in the file, if the page stood there."))
            continue
        holder = PageAddress.objects.filter(normalised=address).select_related("page").first()
        if holder is None and not OldAddress.objects.filter(normalised=address).exists():
            PageAddress.objects.create(page=page, url=url)
            added.append(address)
            AddressMiss.objects.filter(address=address).delete()
        elif holder is None or holder.page_id != page.pk:
            of = f"the information page “{holder.page}”" if holder else "an article"
            told.append(
                Problem(
                    imported.place,
                    f"{url} is an old address of {of} already, and stays there.",
                    "If it is this page's, take it from there in the admin.",
                )
            )
    return tuple(told), added
