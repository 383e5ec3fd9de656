"""Closure notices found on the pages of a run: told from those that the outlets have, offered, or learned."""

import json
import unicodedata
from hashlib import sha256
from html import unescape

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.html import strip_tags

from archive.importers.base import NoticeOutcome
from archive.models import ClosureNotice, ImportTrace, Outlet

# A name stands with its article or without, as the sentence wants it: « du Courrier », “of The Courier”.
_ARTICLES = ("le ", "la ", "les ", "l'", "the ")


class FoundNotices:
    """The different notices among those of all pages read, each with the number of pages that carried it."""

    def __init__(self):
        self.found = {}

    def add(self, notices, run=None):
        for notice in notices:
            mark = (notice.placement, notice.language, _folded(notice.outlet), notice.year)
            first, pages, first_run = self.found.get(mark, (notice, 0, run))
            self.found[mark] = (first, pages + 1, first_run)

    def settle(self, outlet, *, learn):
        """What becomes of each: matched to a notice of `outlet` or an outlet above it, learned if asked, or offered."""
        lineage = outlet.lineage()
        outcomes = []
        for notice, pages, run in self.found.values():
            outcome = NoticeOutcome(notice, pages, "offered")
            if _is_known(notice, lineage):
                outcome.state = "matched"
            else:
                _settle_new(outcome, lineage, run, learn)
            outcomes.append(outcome)
        return outcomes


def _is_known(notice, lineage):
    candidates = ClosureNotice.objects.filter(
        outlet__in=lineage, placement=notice.placement, language=notice.language
    ).select_related("outlet")
    for candidate in candidates:
        candidate.show_on(lineage[0])
        told = unescape(strip_tags(candidate.html))
        if _folded(candidate.named_outlet.name) == _folded(notice.outlet) and str(notice.year) in told:
            return True
    return False


def _settle_new(outcome, lineage, run, learn):
    notice = outcome.notice
    owner = next((each for each in lineage if _folded(each.name) == _folded(notice.outlet)), None)
    if owner is None:
        outcome.note = f"Neither {lineage[0]} nor an outlet above it is called “{notice.outlet}”."
        outcome.remedy = f"Add {notice.outlet} in the admin as the network of {lineage[-1]}, then import again."
    elif owner.closed_on and owner.closed_on.year != notice.year:
        outcome.note = f"It says {notice.year}, and {owner} is known to have closed on {owner.closed_on}."
        outcome.remedy = f"Mend the closing date of {owner} in the admin, or write the notice there by hand."
    elif not learn:
        outcome.remedy = f"Pass --learn-notices to add it to {owner}, or write one in the admin."
    else:
        _learn(outcome, owner, run)


def _learn(outcome, owner, run):
    """Add the notice to its outlet, in the words of the page as far as the outlet can fill the placeholders."""
    found = outcome.notice
    notes, remedies = [], []
    try:
        with transaction.atomic():
            if found.contact and not owner.support_address:
                owner.support_address = Outlet._meta.get_field("support_address").clean(found.contact, owner)
                owner.save(update_fields=["support_address"])
                notes.append(f"{found.contact} is now the support address of {owner}.")
            notice = ClosureNotice(
                outlet=owner,
                language=found.language,
                placement=found.placement,
                # Where only the year is known, no day of it is made up.
                first_day=owner.closed_on or timezone.now().date(),
                message=found.message,
            )
            notice.show_on(owner)
            if found.outlet != owner.name:
                # {outlet} would put the full name where the sentence has it without its article.
                notice.message = notice.message.replace("{outlet}", found.outlet)
            if not notice.values["year"]:
                notice.message = notice.message.replace("{year}", str(found.year))
            if found.faq and not notice.values["faq"]:
                notice.message = notice.message.replace("{faq}", found.faq)
                notes.append(f"{owner} has no FAQ page to link to.")
                remedies.append(f"Add one in the admin, then write {{faq}} for “{found.faq}” in the notice.")
            if found.contact and found.contact.lower() != owner.support_address.lower():
                notes.append(f"It gave {found.contact}; {{contact}} shows {owner.support_address} in its place.")
            notice.full_clean()
            notice.save()
            if run:
                named = json.dumps(notice.natural_key(), default=str)
                ImportTrace.objects.create(run=run, kind=ImportTrace.Kind.NOTICE, named=named, digest=digest_of(notice))
    except ValidationError as error:
        outcome.note = f"It could not be added to {owner}: {' '.join(error.messages)}"
        outcome.remedy = f"Write the notice of {owner} in the admin."
        return
    outcome.state = "learned"
    outcome.note = " ".join([f"Added to {owner}, from {notice.first_day} on.", *notes])
    outcome.remedy = " ".join(remedies)


def digest_of(notice):
    return sha256(f"{notice.message}\x1f{notice.last_day}".encode()).hexdigest()


def _folded(name):
    folded = " ".join(unicodedata.normalize("NFC", name).replace("’", "'").casefold().split())
    return next((folded.removeprefix(each) for each in _ARTICLES if folded.startswith(each)), folded)
