"""Closure notices among the lines of a page, told from its text by how such sentences are built."""

import re

from .base import FoundNotice, Placement

# No notice is longer; nothing longer is looked at.
LONGEST = 1000

_YEAR = r"\b(?P<year>(?:19|20)\d\d)\b"
_ENGLISH_BEGINS = r"this \w+ (?:is|was|exists as|forms) (?:a )?part of "
_ENGLISH_ENDS = r" ?,? which (?:has |have )?(?:permanently )?(?:closed|ceased|shut|stopped)[^.!?]{0,80}?" + _YEAR
_PATTERNS = (
    # « Ce texte fait partie des archives du Courrier, qui a cessé de paraître en 2019. »
    (
        "fr",
        re.compile(
            r"(?:cet|cette|ce) \w+ (?:fait|faisait) partie des archives (?:en ligne )?(?:du |des |de l['’]|de |d['’])"
            r"(?P<outlet>.{2,100}?) ?,? qui (?:a|ont) (?:définitivement )?(?:fermé|cessé|mis fin)[^.!?]{0,80}?" + _YEAR,
            re.IGNORECASE,
        ),
    ),
    # “This story is part of the online archive of The Courier, which ceased publication in 2019.”
    (
        "en",
        re.compile(
            _ENGLISH_BEGINS + r"the (?:online )?archives? (?:of|for|from) (?P<outlet>.{2,100}?)" + _ENGLISH_ENDS,
            re.IGNORECASE,
        ),
    ),
    # “This page is part of The Courier's online archive, which closed in 2019.”
    (
        "en",
        re.compile(
            _ENGLISH_BEGINS + r"(?P<outlet>.{2,100}?)['’]s? (?:online )?archives?" + _ENGLISH_ENDS,
            re.IGNORECASE,
        ),
    ),
)
_FAQ = re.compile(r"\b(?:FAQ|foire aux questions|frequently asked questions)\b", re.IGNORECASE)
_CONTACT = re.compile(r"\b[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}\b", re.IGNORECASE)


def find_notice(line: str, placement: Placement) -> FoundNotice | None:
    """The closure notice that a line of a page is, or None. It is one from the line's beginning on, or not at all."""
    if len(line) > LONGEST:
        return None
    text = " ".join(line.split())
    found = ((language, match) for language, pattern in _PATTERNS if (match := pattern.match(text)))
    language, match = next(found, ("", None))
    if match is None:
        return None
    faq, contact = _FAQ.search(text, match.end()), _CONTACT.search(text, match.end())
    return FoundNotice(
        placement=placement,
        language=language,
        outlet=match["outlet"],
        year=int(match["year"]),
        text=text,
        message=_with_placeholders(
            text,
            {
                "outlet": match.span("outlet"),
                "year": match.span("year"),
                "faq": faq and faq.span(),
                "contact": contact and contact.span(),
            },
        ),
        faq=faq[0] if faq else "",
        contact=contact[0] if contact else "",
    )


def _with_placeholders(text: str, places: dict[str, tuple[int, int] | None]) -> str:
    # From the end, so that what is put in moves none of the places before it.
    found = sorted(((span, name) for name, span in places.items() if span), reverse=True)
    for (start, end), name in found:
        text = f"{text[:start]}{{{name}}}{text[end:]}"
    return text
