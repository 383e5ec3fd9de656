"""How text is set on the page, never how it is stored. Pure."""

import re

_NBSP = "\N{NO-BREAK SPACE}"
_THIN = "\N{NARROW NO-BREAK SPACE}"
# A tag as the sanitiser writes it: attributes always stand in double quotes, and may hold a ">".
_TAG = re.compile(r'(<[^<>"]*(?:"[^"]*"[^<>"]*)*>)')
_BEFORE_HIGH = re.compile(r"[ \u00a0](?=[;!?])")
_BEFORE_LOW = re.compile(r"[ \u00a0](?=[:»])")
_AFTER_OPENING = re.compile(r"(?<=«)[ \u00a0]")
_IN_NUMBER = re.compile(r"(?<![\d\u00a0])(\d{1,3})((?: \d{3})+)(?!\d)")
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:%|\$|°|h\b|km\b|kg\b|cm\b|ans\b))")
_VERBATIM = re.compile(r"<(/?)(?:pre|code)\b", re.IGNORECASE)


def typeset(text: str, language: str) -> str:
    """A plain text as `language` sets it: French spaces that may not break are made unbreakable."""
    if language != "fr":
        return text
    text = _BEFORE_HIGH.sub(_THIN, text)
    text = _BEFORE_LOW.sub(_NBSP, text)
    text = _AFTER_OPENING.sub(_NBSP, text)
    text = _IN_NUMBER.sub(lambda match: match[1] + match[2].replace(" ", _NBSP), text)
    return _BEFORE_UNIT.sub(_NBSP, text)


def typeset_html(html: str, language: str) -> str:
    """The same for sanitised HTML: its texts are set, its tags and what is verbatim (`pre`, `code`) are left alone."""
    if language != "fr":
        return html
    pieces, verbatim = _TAG.split(html), 0
    for place, piece in enumerate(pieces):
        if place % 2:
            if match := _VERBATIM.match(piece):
                verbatim += -1 if match[1] else 1
        elif verbatim <= 0:
            pieces[place] = typeset(piece.replace("&nbsp;", _NBSP), language)
    return "".join(pieces)
