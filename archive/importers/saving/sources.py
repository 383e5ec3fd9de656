"""Who supplied an article, where the import does not say: told by the rules of the sources."""

import json
from hashlib import sha256

from archive.models import SourceRule

Evidence = SourceRule.Evidence


class SourceRules:
    """The rules of all sources, as they were when the first of them was asked for."""

    def __init__(self):
        self._rules = None

    @property
    def rules(self):
        if self._rules is None:
            self._rules = list(SourceRule.objects.select_related("source"))
        return self._rules

    def known(self, named):
        """The rule of a natural key, or None."""
        return next((rule for rule in self.rules if rule.natural_key() == named), None) if named else None

    def of(self, pk):
        """The rule of a number."""
        return next((rule for rule in self.rules if rule.pk == pk), None) or SourceRule.objects.get(pk=pk)

    def rule_for(self, imported):
        """The first rule that recognises an imported article's source, or None."""
        evidence = evidence_of(imported)
        fitting = (rule for rule in self.rules if any(rule.fits(text) for text in evidence[rule.evidence]))
        return next(fitting, None)


def evidence_of(imported):
    texts = {
        Evidence.PROVIDER: [imported.provider],
        Evidence.CREDIT: [imported.credit],
        Evidence.DATELINE: [imported.dateline],
        Evidence.SIGN_OFF: [imported.sign_off],
        Evidence.BYLINE: [text for byline in imported.bylines for text in (byline.name, byline.printed)],
    }
    return {kind: [text for text in found if text.strip()] for kind, found in texts.items()}


def state_of_source(source):
    """What a source is, with its rules, in one digest."""
    told = [source.name, source.kind, source.credit, source.website, source.rights_note]
    rules = sorted(source.rules.values_list("evidence", "pattern", "order"))
    return sha256(json.dumps([told, rules]).encode()).hexdigest()
