"""What imports tell, in the language of the page."""

from django import template
from django.utils.html import format_html, format_html_join

from archive import wording

from .page import page_language

register = template.Library()


@register.filter
def told(text):
    """{{ item.problem|told }}: a problem or a remedy; what is in English only says so."""
    return _marked(wording.told(str(text), page_language()))


@register.filter
def told_part(text):
    """{{ kind|told_part }}: words that stand in such a text, by themselves."""
    return _marked(wording.part(str(text), page_language()))


@register.filter
def told_place(text):
    """{{ item.place|told_place }}"""
    return _marked(wording.place(str(text), page_language()))


def _marked(pieces):
    return format_html_join(
        "",
        "{}",
        ((format_html('<span lang="en">{}</span>', text) if is_english else text,) for text, is_english in pieces),
    )
