"""What readers may know of the changes to an article since it was taken in.

Who changed it is told as a role, why is not told. Nothing is told of what stood in a passage that was taken away out
of the public's sight: of a change that staff keep from readers, or that was made while the article was withdrawn or
held back, only the day is told, and of the changes before it as well, in which the passage may stand.
"""

import time
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _

from archive.dates import written_date, written_day
from archive.differences import shortened, word_difference
from archive.exporters.plain_text import words_of
from archive.models import Article, Author, Byline, Correction, Image, Revision, Section, Source, Tag

_DATE = ("published_on", "published_at", "published_precision")
# What a page shows of an article, in its order; all else that a revision knows is for staff.
_FIELDS = (
    *("kicker", "headline", "summary", "dateline", "body", "sign_off", "bylines", *_DATE, "modified_at"),
    *("source", "section", "images", "corrections", "tags", "language"),
)
_OF_IMPORTS = frozenset(
    {
        *(Revision.Verb.TAKEN_IN, Revision.Verb.IMPORTED_AGAIN, Revision.Verb.IMPORT_UNDONE),
        Revision.Verb.CARRIED_OVER,
    }
)
# What is told in the article's language, and not in the page's.
_TEXTS = frozenset({"kicker", "headline", "summary", "dateline", "body", "sign_off", "images", "corrections"})
# Of the newest so many revisions; there are hardly ever more than a few.
MOST_READ = 200
# The words of all the changes on one page are compared within so many seconds.
_SECONDS = 1.5


@dataclass
class Change:
    """What a field held and holds, in pieces (see archive/differences.py); none where only its markup changed."""

    name: str
    pieces: list
    # Whether its words are the article's, in its language, and not the page's.
    is_words: bool = False


@dataclass
class Entry:
    on: date
    verb: Revision.Verb
    by: str = ""
    words: str = ""
    note: str = ""
    changes: list[Change] = field(default_factory=list)
    is_told: bool = True

    @property
    def title(self):
        return Revision.Verb(self.verb).label


def public_revisions(article):
    """The revisions that changed what readers see, or whether they see it."""
    verbs = (Revision.Verb.WITHDRAWN, Revision.Verb.REINSTATED)
    return article.revisions.filter(Q(changes__has_any_keys=list(_FIELDS)) | Q(verb__in=verbs))


def public_history(article, first, last):
    """The entries from `first` to `last` (a slice), the newest first, and how many there are.

    `article` is one that readers may see, with its outlet; the words are in the language in force.
    """
    withdrawals = list(article.withdrawals.filter(withdrawn_on__lte=timezone.now().date()))
    revisions = list(article.revisions.order_by("-number")[:MOST_READ])
    entries = [*_of_withdrawals(withdrawals), *_of_revisions(article, revisions, withdrawals)]
    # Those of a day stay in the order of their making.
    entries.sort(key=lambda entry: entry[0].on, reverse=True)
    shown = entries[first:last]
    _compare(article, shown)
    return [entry for entry, _changes in shown], len(entries)


def _of_withdrawals(withdrawals):
    today = timezone.now().date()
    for each in reversed(withdrawals):
        if each.reinstated_on and each.reinstated_on <= today:
            yield Entry(each.reinstated_on, Revision.Verb.REINSTATED), {}
        yield (
            Entry(each.withdrawn_on, Revision.Verb.WITHDRAWN, words=each.get_reason_display(), note=each.public_note),
            {},
        )


def _of_revisions(article, revisions, withdrawals):
    """Each revision that changed what is shown, with its changes as they are to be told."""
    zone = ZoneInfo(article.outlet.time_zone)
    # Going back in time, so that each starts from what the next found.
    dates = {name: None if (value := getattr(article, name)) is None else str(value) for name in _DATE}
    is_hidden, was_held, is_out = False, article.held_back, False
    for revision in revisions:
        changes = {name: revision.changes[name] for name in _FIELDS if name in revision.changes}
        after = dict(dates)
        dates.update((name, changes.pop(name)[0]) for name in _DATE if name in changes)
        if after != dates:
            changes["published"] = [dates, after]
        if revision.verb == Revision.Verb.REINSTATED:
            is_out = True
        elif revision.verb == Revision.Verb.WITHDRAWN:
            is_out = False
        held = revision.changes.get("held_back")
        is_held, was_held = was_held, held[0] if held else was_held
        if not changes:
            continue
        on = revision.made_at.astimezone(zone).date()
        unseen = not revision.is_public or is_out or is_held or was_held or _is_within(revision, withdrawals)
        is_hidden = is_hidden or unseen
        yield Entry(on, revision.verb, by=_role(revision), is_told=not is_hidden), {} if is_hidden else changes


def _is_within(revision, withdrawals):
    # Of a day on which it was withdrawn or came back, it is not known what came first.
    on = revision.made_at.date()
    return any(
        each.withdrawn_on <= on and (each.reinstated_on is None or on <= each.reinstated_on) for each in withdrawals
    )


def _role(revision):
    # What was carried over from another archive knows neither its run nor its account.
    if revision.run_id is not None or revision.verb in _OF_IMPORTS:
        return _("an import")
    return pgettext("who changed it", "staff")


def _compare(article, shown):
    """Put the changes into the entries, in words."""
    names = _Names([changes for _entry, changes in shown])
    ends = time.monotonic() + _SECONDS
    for entry, changes in shown:
        for name, (before, after) in changes.items():
            with override(article.language if name in _TEXTS else get_language()):
                before, after = _in_words(article, name, before, names), _in_words(article, name, after, names)
            pieces = [] if before == after else shortened(word_difference(before, after, ends - time.monotonic()))
            entry.changes.append(Change(_label(name), pieces, name in _TEXTS))


class _Names:
    """The names behind the address names that revisions keep, in a query for each kind."""

    def __init__(self, all_changes):
        values = {"source": set(), "section": set(), "bylines": set(), "tags": set()}
        for changes in all_changes:
            for kind, found in values.items():
                for value in changes.get(kind, ()):
                    # Of a byline its author, of a source or section the last part of its natural key.
                    if kind == "bylines":
                        found.update(each[0] for each in value or ())
                    else:
                        found.update(value or () if kind == "tags" else (value or [""])[-1:])
        self.authors = _by_slug(Author, values["bylines"])
        self.sources = _by_slug(Source, values["source"])
        self.sections = _by_slug(Section, values["section"])
        self.tags = _by_slug(Tag, values["tags"])


def _by_slug(model, slugs):
    return dict(model.objects.filter(slug__in=slugs).values_list("slug", "name")) if slugs else {}


def _in_words(article, name, value, names):
    if not value:
        return ""
    match name:
        case "body":
            return words_of(value)
        case "published":
            return _date_in_words(article, value)
        case "modified_at":
            return _moment_in_words(article, value)
        case "source":
            return names.sources.get(value[-1], "…")
        case "section":
            return names.sections.get(value[-1], "…")
        case "tags":
            # One that is there no more had this address name.
            return ", ".join(names.tags.get(slug, slug) for slug in value)
        case "language":
            return str(dict(Article._meta.get_field("language").choices).get(value, value))
        case "bylines":
            roles = dict(Byline.Role.choices)
            return "\n".join(
                f"{printed or names.authors.get(slug, '…')} ({roles.get(role, role)})" for slug, role, printed in value
            )
        case "corrections":
            kinds = dict(Correction.Kind.choices)
            return "\n".join(
                f"{kinds.get(kind, kind)}, {written_day(date.fromisoformat(on), _language())} – {text}"
                for kind, on, text in value
            )
        case "images":
            return "\n".join(_picture_in_words(*each) for each in value)
    return str(value)


def _picture_in_words(_file, alt, caption, credit, withheld, *_rest):
    reason = f"[{dict(Image.Withheld.choices).get(withheld, withheld)}]" if withheld else ""
    return " – ".join(part for part in (caption or alt or _("picture"), credit, reason) if part)


def _date_in_words(article, value):
    precision = value["published_precision"]
    day = value["published_on"] and date.fromisoformat(value["published_on"])
    moment = value["published_at"] and _local(article, value["published_at"])
    return written_date(day, precision, moment, _language())


def _moment_in_words(article, value):
    moment = _local(article, value)
    return written_date(moment.date(), "minute", moment, _language())


def _local(article, text):
    return datetime.fromisoformat(text).astimezone(ZoneInfo(article.outlet.time_zone))


def _language():
    return "fr" if (get_language() or "").startswith("fr") else "en"


def _label(name):
    match name:
        case "published":
            return _("Date of publication")
        case "bylines":
            return _("bylines")
        case "images":
            return _("pictures")
        case "corrections":
            return _("corrections")
    return str(Article._meta.get_field(name).verbose_name)
