"""The part of a page's head that is for machines."""

import json

from django import template
from django.utils.safestring import mark_safe

from archive import metadata

register = template.Library()
register.filter("first_words", metadata.first_words)
register.filter("first_words_of_html", metadata.first_words_of_html)

# As django.utils.html.json_script: no text can end the element, or begin another.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.inclusion_tag("archive/partials/head_article.html")
def article_head(article, corrections, versions):
    """{% article_head article corrections versions %}"""
    return {
        "description": metadata.description_of(article),
        "alternates": metadata.alternates(article, versions),
        "properties": [pair for pair in metadata.open_graph(article, corrections) if pair[1]],
        "names": [pair for pair in metadata.bibliographic(article) if pair[1]],
        "data": data_block(metadata.json_ld(article, corrections, versions)),
    }


def data_block(data):
    """JSON-LD as an element of a page. It is no script: a content policy has no say in it, and nothing in it is run."""
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308
