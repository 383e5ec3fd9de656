"""What a revision changed, in a person's words."""

from django.utils.html import format_html
from django.utils.translation import gettext as _

from archive import care
from archive.models import Article, Byline, Correction, Image, OldAddress

from .differences import difference, shortened

_RELATIONS = {"bylines": Byline, "images": Image, "old_addresses": OldAddress, "corrections": Correction}
_FIELDS = {name: number for number, name in enumerate((*care.REVISED_FIELDS, "version_of", "tags", *_RELATIONS))}


def changed_fields(revision):
    """The names of the fields that a revision changed, as the form calls them and in its order."""
    return ", ".join(_label(name) for name in _in_order(revision.changes))


def described(revision):
    """A revision with its changes as they are shown."""
    revision.fields = changed_fields(revision)
    revision.differences = [
        (_label(name), _difference(*revision.changes[name])) for name in _in_order(revision.changes)
    ]
    return revision


def _in_order(names):
    # PostgreSQL keeps them in an order of its own; a field of earlier days has none.
    return sorted(names, key=lambda name: (_FIELDS.get(name, len(_FIELDS)), name))


def _label(name):
    if name in _RELATIONS:
        return str(_RELATIONS[name]._meta.verbose_name_plural)
    return str(Article._meta.get_field(name).verbose_name) if name in _FIELDS else name


def _difference(before, after):
    before, after = _in_words(before), _in_words(after)
    return difference(before, after) if before else format_html("<ins>{}</ins>", shortened(after))


def _in_words(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "\n".join(", ".join(map(str, each)) if isinstance(each, list) else str(each) for each in value)
    return str(value)
