"""BibTeX, for LaTeX: https://www.bibtex.org/Format/ and, for `date`, `langid` and `url`, the manual of BibLaTeX."""

import re

from .content import authors_of, date_parts, digest_of, line
from .csl import original_address

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LANGUAGES = {"fr": "french", "en": "english"}
# BibTeX counts braces even where a backslash stands before them, so that none may stand as itself.
_WRITTEN = {
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    "`": r"{\textasciigrave}",
    "<": r"\ensuremath{<}",
    ">": r"\ensuremath{>}",
    "|": r"\ensuremath{|}",
    **{sign: f"\\{sign}" for sign in "$&#_%"},
}
_SPECIAL = re.compile(r"[\\{}~^`<>|$&#_%]")
# LaTeX joins them into a dash, a quote or an upside-down sign.
_JOINED = re.compile(r"(?<=-)(?=-)|(?<=')(?=')|(?<=,)(?=,)")


def bibtex(article):
    names = " and ".join(_name(each) for each in authors_of(article))
    parts = date_parts(article)
    fields = {
        "author": names,
        # In braces of its own, so that no style makes small letters of its capitals.
        "title": f"{{{escaped(article.headline)}}}",
        "journal": escaped(article.outlet.name),
        "year": str(parts[0]) if parts else "",
        "month": _MONTHS[parts[1] - 1] if len(parts) > 1 else "",
        "day": str(parts[2]) if len(parts) > 2 else "",
        "date": "-".join(f"{part:02}" for part in parts),
        "langid": _LANGUAGES[article.language],
        "url": article.short_address,
        "note": escaped(f"Newsroom Archive, {article.key}, {digest_of(article)}"),
        "addendum": escaped(original_address(article)),
        "abstract": escaped(article.summary),
    }
    lines = [f"  {name} = {value if name == 'month' else f'{{{value}}}'}," for name, value in fields.items() if value]
    return "\n".join([f"@article{{{article.outlet.slug}-{article.key},", *lines, "}", ""])


def escaped(text):
    """A text as LaTeX shows it again, in one line and with its braces in balance."""
    return _SPECIAL.sub(lambda match: _WRITTEN[match[0]], _JOINED.sub("\0", line(text))).replace("\0", "{}")


def _name(name):
    # In braces a name is one piece, whatever “and” or comma stands in it.
    if name.literal:
        return f"{{{escaped(name.literal)}}}"
    family = escaped(name.family)
    return f"{{{family}}}, {escaped(name.given)}" if " " in name.family else f"{family}, {escaped(name.given)}"
