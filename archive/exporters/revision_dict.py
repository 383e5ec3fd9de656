"""The history of an article as plain values, so that an own export tells it and compares it."""

import json

from archive.models import Revision

from .article_dict import instant


def history(revisions):
    """What an archive did to an article: its revisions in their order, without those by which it was copied here.

    So the history of a copy is that of its original, however often it is copied.
    """
    revisions = list(revisions)
    copied = {each.run_id for each in revisions if each.verb == Revision.Verb.CARRIED_OVER} - {None}
    return [
        revision_dict(each)
        for each in revisions
        if each.verb != Revision.Verb.CARRIED_OVER and each.run_id not in copied
    ]


def revision_dict(revision):
    """Without who made it: accounts are of one archive."""
    return {
        "verb": str(revision.verb),
        "made_at": instant(revision.made_at),
        "reason": revision.reason,
        "is_public": revision.is_public,
        # In one order on both databases.
        "changes": json.loads(json.dumps(revision.changes, sort_keys=True)),
    }
