"""Names as citations need them: a person's in two parts, an organisation's in one."""

import re
from dataclasses import dataclass

# Words by which a byline is told to be a desk's or a company's, and no person's.
_ORGANISATION = re.compile(
    r"\A(?:the|le|la|les|l['’]\w+|un|une|our|notre)\b"
    r"|\b(?:agence|agency|association|bureau|canada|canadian|canadienne|collectif|comité|committee|contributors?"
    r"|contributeurs?|desk|editors|équipe|fondation|foundation|groupe?|huffpost|huffington|inc|institute?|journal"
    r"|magazine|media|médias?|ministère|ministry|network|news|newsroom|organi[sz]ation|presse|quebec|québec|radio"
    r"|rédaction|relaxnews|réseau|services?|society|société|staff|syndicat|team|télévision|times|universit[éy])\b",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"[\d@/&|<>{}()\[\]+,;:!?\"«»“”]| (?:and|et|ou|or|y|und) ", re.IGNORECASE)
# A family name begins with them: Simone de Beauvoir, Hubert van den Berg, Guy d'Arcy.
_PARTICLES = frozenset(
    {
        *("de", "du", "des", "la", "le", "van", "von", "der", "den", "di", "da"),
        *("dos", "del", "della", "el", "al", "ben"),
    }
)
_JOINED_PARTICLE = re.compile(r"d['’]", re.IGNORECASE)
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})


@dataclass(frozen=True, slots=True)
class Name:
    """A person (`family` and `given`), or whoever else signs (`literal`)."""

    family: str = ""
    given: str = ""
    literal: str = ""

    @property
    def whole(self) -> str:
        return self.literal or f"{self.given} {self.family}"

    @property
    def inverted(self) -> str:
        return self.literal or f"{self.family}, {self.given}"

    @property
    def initials(self) -> str:
        """« J.-F. » for Jean-François, “A. B.” for Ada Beth."""
        parts = ("-".join(f"{part[0].upper()}." for part in word.split("-") if part) for word in self.given.split())
        return " ".join(part for part in parts if part)


def read_name(text: str, organisations: frozenset[str] = frozenset()) -> Name:
    """A printed name in its parts. What may not be a person's is left whole, which no style gets wrong.

    `organisations` are names, in small letters, that are known for no person's.
    """
    text = " ".join(text.split())
    words = text.split(" ")
    if (
        not 2 <= len(words) <= 5
        or text.casefold() in organisations
        or _ORGANISATION.search(text)
        or _NO_NAME.search(text)
        or not all(word[0].isalpha() for word in words)
        # A sentence is no name.
        or not (words[-1][0].isupper() or _JOINED_PARTICLE.match(words[-1]))
        or (text.isupper() and len(text) <= 6)
    ):
        return Name(literal=text)
    start = len(words) - 1
    if words[start].casefold() in _SUFFIXES and start > 1:
        start -= 1
    while start > 1 and words[start - 1] in _PARTICLES:
        start -= 1
    return Name(family=" ".join(words[start:]), given=" ".join(words[:start]))
