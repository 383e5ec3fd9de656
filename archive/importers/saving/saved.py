"""What became of an imported article, and what both ways of saving it have in common."""

from dataclasses import dataclass, field
from typing import Any

from archive.importers.base import Problem
from archive.models import Article, ImportItem, ImportRun, Outlet, Revision
from archive.search.analysis import plain
from archive.search.words import WordCounter

from .sources import SourceRules
from .terms import Terms

COUNTED_WHOLE, ONE_OF, MOST_WORDS = 1_000, 50, 100_000
IMPORT_VERBS = {
    *(Revision.Verb.TAKEN_IN, Revision.Verb.IMPORTED_AGAIN, Revision.Verb.IMPORT_UNDONE, Revision.Verb.CARRIED_OVER),
}


@dataclass(slots=True)
class Saved:
    """What became of an imported article, and what is to be said of it."""

    outcome: ImportItem.Outcome
    article: Article | None
    problems: tuple[Problem, ...] = ()
    # What an update replaced and no revision tells.
    before: dict[str, Any] | None = None
    # The names of what an update changed, as its revision tells.
    changed: tuple[str, ...] = ()
    # Of an article that is new, the key and the outlet of the one that had the same text first.
    double: tuple[str, str] | None = None
    # The kind of thing, where it is one that is passed over.
    left_out: str = ""
    place: str = ""


@dataclass
class Saving:
    """An outlet into which articles are saved, with what is remembered from one to the next."""

    outlet: Outlet
    run: ImportRun | None = None
    rules: SourceRules = field(default_factory=SourceRules)
    # Articles are saved though nothing of theirs changed since: today's reader may read them otherwise.
    anew: bool = False
    terms: Terms = field(init=False)
    # Of the articles that were made, by which misspelt ones are mended.
    words: WordCounter = field(default_factory=WordCounter)
    counted: int = 0

    def __post_init__(self):
        self.terms = Terms(self.outlet)

    def count_words(self, article):
        """Count those of an article that is new, where there are very many of some texts only."""
        self.counted += 1
        self.words.add(f"{article.headline}\n{article.summary}")
        if self.counted <= COUNTED_WHOLE or self.counted % ONE_OF == 0:
            self.words.add(plain(article.body))
        if len(self.words.counts) > MOST_WORDS:
            self.words.save()

    def source_of(self, prepared):
        """Who supplied an article, and the rule that recognised them, where the import does not say."""
        if prepared.is_own:
            source = self.terms.source(prepared.imported.source) if prepared.has_source else None
            return source, self.rules.known(prepared.imported.source_rule)
        if prepared.has_source:
            return self.terms.source(prepared.imported.source), None
        rule = self.rules.rule_for(prepared.imported)
        return (rule.source, rule) if rule else (None, None)

    def bylines_of(self, prepared):
        """Author, role, printed form, order and number; each author once in a role."""
        seen = {}
        for each in prepared.bylines:
            author = self.terms.author(each)
            if prepared.is_own and each.printed:
                printed = each.printed
            else:
                printed = each.printed or (each.name if prepared.is_own else each.name.strip())
                printed = "" if printed == author.name else printed
            seen.setdefault((author.pk, each.role), (printed, each))
        return [
            (author, role, printed, each.order if prepared.is_own else place, each.number or place)
            for place, ((author, role), (printed, each)) in enumerate(seen.items(), start=1)
        ]

    def tags_of(self, prepared):
        """The ids of an article's tags, each once."""
        return list({self.terms.tag(each, prepared.values["language"]).pk: None for each in prepared.tags})
