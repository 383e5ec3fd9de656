"""The history that an article brings with it from another archive, put before what is done to it here.

The revisions that come are those of its original, without accounts and runs, which are of that archive. By what an
import then does to the article here a revision of its own tells (carried over), which no export tells again.
"""

from datetime import UTC

from archive.exporters.revision_dict import history
from archive.models import Revision

FIELDS = ("article_id", "number", "verb", "made_at", "reason", "is_public", "changes")


def rows(pk, revisions, last=0):
    """The rows of revisions that come with an article, as FIELDS has them, numbered on from its last one."""
    return [
        (pk, number, each.verb, each.made_at, each.reason, each.is_public, dict(each.changes))
        for number, each in enumerate(revisions, start=last + 1)
    ]


class Coming:
    """The history that comes with an article, beside the revisions that it has here."""

    def __init__(self, told, here):
        written = history(Revision(**values) for values in _as_told(told))
        known = history(here)
        # Whether it goes on from what is known here: else each archive has done something of its own.
        self.goes_on = written[: len(known)] == known
        self.new = told[len(known) :] if self.goes_on else ()
        unknown = written[len(known) :] if self.goes_on else [each for each in written if each not in known]
        self.is_left_out = bool(unknown) and not self.goes_on
        # What staff of the other archive keep from readers, readers don't find in how it came here either.
        self.is_public = all(each["is_public"] for each in unknown)

    def unexplained(self, changes):
        """Of what changed here, that of which the revisions that came do not tell."""
        firsts, lasts = {}, {}
        for each in self.new:
            for name, (before, after) in each.changes.items():
                firsts.setdefault(name, before)
                lasts[name] = after
        return {
            name: change
            for name, change in changes.items()
            if name not in firsts or [firsts[name], lasts[name]] != change
        }


def _as_told(told):
    for each in told:
        yield {
            "verb": each.verb,
            "made_at": each.made_at.astimezone(UTC),
            "reason": each.reason,
            "is_public": each.is_public,
            "changes": dict(each.changes),
        }
