"""How articles and their dates are worded in a page."""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from archive import dates, typography

register = template.Library()

_FIRST_PARAGRAPH = re.compile(r"<p\b[^<>]*>")


@register.filter
def typeset(text, language):
    """{{ article.headline|typeset:article.language }}"""
    return typography.typeset(str(text), language)


@register.filter
def marked(pieces, language):
    """Plain text in (text, is_marked) pieces, set as `language` sets it: {{ hit.passage|marked:piece.language }}"""
    pieces = list(pieces)
    # Typeset as a whole, which changes no length, since a space and its mark of punctuation may stand in two pieces.
    text, place, set_pieces = typography.typeset("".join(piece for piece, _is_marked in pieces), language), 0, []
    for piece, is_marked in pieces:
        set_pieces.append((text[place : place + len(piece)], is_marked))
        place += len(piece)
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", piece) if is_marked else piece,) for piece, is_marked in set_pieces)
    )


@register.filter
def published_body(article):
    """The one place where text that came from outside becomes HTML: `Article.derive` has sanitised it."""
    body = article.body
    if article.dateline:
        dateline = format_html('<span class="dateline">{}</span> ', article.dateline)
        # It opens the first paragraph, as in print; a text that begins otherwise has it alone above.
        opening = _FIRST_PARAGRAPH.match(body)
        body = opening[0] + dateline + body[opening.end() :] if opening else f"<p>{dateline}</p>{body}"
    return mark_safe(typography.typeset_html(body, article.language))  # noqa: S308


@register.filter
def info_body(page):
    return mark_safe(typography.typeset_html(page.safe_body, page.language))  # noqa: S308


@register.filter
def published(article):
    """The date of publication in the page's language, with the hour where it is known."""
    return _written(article, clock=True)


@register.filter
def published_day(article):
    """The same without the hour."""
    return _written(article, clock=False)


@register.filter
def published_clock(article):
    """The hour alone, where it is known; else the date."""
    moment = article.published_locally
    return dates.written_time(moment, page_language()) if moment else _written(article, clock=False)


def _written(article, clock):
    return dates.written_date(
        article.published_on, article.published_precision, article.published_locally, page_language(), clock=clock
    )


@register.filter
def machine_published(article):
    return dates.machine_date(article.published_on, article.published_precision, article.published_locally)


@register.filter
def day_in_words(day):
    return dates.written_day(day, page_language())


@register.filter
def moment_in_words(moment):
    return dates.written_date(moment.date(), "minute", moment, page_language())


@register.filter
def ends_a_sentence(text):
    """Whether a text has its own full stop, so that a template adds none."""
    return str(text).rstrip().endswith((".", "!", "?", "…"))


@register.filter
def number(count):
    """« 12 345 », “12,345”."""
    return f"{count:,}".replace(",", "\N{NO-BREAK SPACE}") if page_language() == "fr" else f"{count:,}"


def page_language():
    return "fr" if (get_language() or "").startswith("fr") else "en"
