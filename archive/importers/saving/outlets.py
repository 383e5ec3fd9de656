"""An outlet as an own export describes it: what is not known here is filled in, and one that is not here is made."""

import json
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction

from archive.exporters.row_dict import FIELDS, row_dict
from archive.importers import HEAD_SIZE, jsonl
from archive.importers.base import Problem, ReadOptions, Refusal
from archive.importers.files import files_at
from archive.importers.items import ImportedRow
from archive.models import ImportItem, Outlet

from .saved import Saved
from .wrong import said

Outcome = ImportItem.Outcome
# More than any archive has.
MOST_OUTLETS = 1000


def describe(item, saving):
    """Fill in what is not known of the outlet. Raises Refusal where that can't be. Within a transaction."""
    outlet = Outlet.objects.select_for_update().get(pk=saving.outlet.pk)
    told, here = item.values, row_dict(outlet)
    problems = []
    filled = {name: told[name] for name in here if told[name] not in ("", None) and here[name] in ("", None)}
    if "parent" in filled and not Outlet.objects.filter(slug=filled["parent"]).exists():
        problems.append(
            Problem(
                item.place,
                f"Its network, “{filled.pop('parent')}”, is not here.",
                "Make that outlet, and import this file again: its notices show on the pages of this one.",
            )
        )
    differ = [name for name in here if told[name] not in ("", None, here[name]) and here[name] not in ("", None)]
    if differ:
        problems.append(
            Problem(
                item.place,
                f"Of {outlet} something else is known here ({', '.join(_words(differ))}), and was left as it is.",
                "If the import is right, change it in the admin.",
            )
        )
    if not filled:
        return Saved(Outcome.UNCHANGED, None, tuple(problems))
    _set(outlet, filled)
    was = {name: here[name] for name in filled}
    return Saved(Outcome.UPDATED, None, tuple(problems), {"row": "outlet", "was": was, "made": filled})


def restore_description(outlet, before):
    """Take out what a run filled in. Returns whether there was something, and the names of what staff changed since."""
    here = row_dict(outlet)
    as_made = {name: before["was"][name] for name, made in before["made"].items() if here[name] == made}
    _set(outlet, as_made)
    kept = [name for name, was in before["was"].items() if name not in as_made and here[name] != was]
    return bool(as_made), list(_words(kept))


def see_text(values):
    """Raises Refusal for what no text of a database holds."""
    told = json.dumps(values, ensure_ascii=False)
    # JSON writes it so, and a backslash twice.
    if "\\u0000" in told.replace("\\\\", ""):
        raise Refusal("It holds a NUL character, which no text has.", "Take it out of the file, and import again.")
    try:
        told.encode()
    except UnicodeEncodeError:
        raise Refusal(
            "It holds half a character (a lone surrogate).", "Take it out of the file, and import again."
        ) from None


def _words(names):
    return (name.replace("_", " ") for name in names)


def _set(outlet, values):
    """Have these of an outlet's values as they are told."""
    if not values:
        return
    for name, value in values.items():
        if name == "parent":
            outlet.parent = Outlet.objects.filter(slug=value).first() if value else None
        else:
            setattr(outlet, name, Outlet._meta.get_field(name).to_python(value))
    try:
        outlet.full_clean()
    except ValidationError as error:
        raise Refusal(f"The outlet can't be so. {said(error)}", "Mend it in the file, and import again.") from None
    outlet.save(update_fields=list(values))


@dataclass
class OutletsTold:
    """The outlets that some files tell of, by their slugs."""

    values: dict = field(default_factory=dict)

    def line(self, slug):
        """Those that are to be made for one of them, the topmost first. Raises Refusal."""
        line = []
        while slug and not Outlet.objects.filter(slug=slug).exists():
            told = self.values.get(slug)
            if told is None or told in line:
                raise Refusal(
                    f"No file tells of the outlet “{slug}”.", "Name an export that does, or add it in the admin."
                )
            see_text(told)
            line.insert(0, told)
            slug = told["parent"]
        return line


def outlets_told(paths):
    """What own exports tell of outlets: it stands first in them."""
    told = OutletsTold()
    for path in paths:
        for file in files_at(path):
            if not isinstance(file, Problem):
                _read(file, told)
    return told


def _read(file, told):
    try:
        with file.open("rb") as stream:
            if not jsonl.recognises(stream.read(HEAD_SIZE)):
                return
            stream.seek(0)
            for item in jsonl.read(stream, ReadOptions()):
                if not isinstance(item, ImportedRow) or item.kind != "outlet" or len(told.values) >= MOST_OUTLETS:
                    return
                if item.values["slug"]:
                    told.values.setdefault(item.values["slug"], item.values)
    except OSError:
        # The import itself says so.
        return


def make_outlet(slug, told):
    """Make an outlet that is not here from what files tell, and those above it. Returns them. Raises Refusal."""
    made = []
    with transaction.atomic():
        for values in told.line(slug):
            outlet = Outlet(parent=Outlet.objects.filter(slug=values["parent"]).first())
            for name in FIELDS[Outlet]:
                column = Outlet._meta.get_field(name)
                if values[name] not in ("", None) or column.blank or not column.has_default():
                    setattr(outlet, name, column.to_python(values[name]))
            try:
                outlet.full_clean()
            except ValidationError as error:
                raise Refusal(
                    f"The outlet “{values['slug']}” can't be made as it is told. {said(error)}", "Mend it in the file."
                ) from None
            outlet.save(force_insert=True)
            made.append(outlet)
    return made
