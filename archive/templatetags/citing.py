"""What the page of an article says of itself to those who cite it and take it away."""

from django import template
from django.utils import timezone

from archive.citing.styles import STYLES
from archive.exporters.content import cited, digest_of
from archive.exporters.csl import original_address
from archive.exporters.forms import FORMS, form_address
from archive.history import public_revisions
from archive.typography import typeset

from .page import page_language

register = template.Library()


@register.simple_tag
def article_forms(article):
    """[(name, media type, address)] of the forms in which it can be had."""
    return [
        (form.name, form.content_type.partition(";")[0], form_address(article, suffix))
        for suffix, form in FORMS.items()
    ]


@register.simple_tag
def citing(article):
    """How the article is cited in the page's language, in each style.

    [(style, [(text, its language where that is not the page's, whether it is in italics)])]
    """
    what, language = cited(article, timezone.now().date()), page_language()
    own = {"title": article.language, "outlet": article.outlet.language}

    def written(piece):
        of_piece = own.get(piece.of, language)
        return typeset(piece.text, of_piece), of_piece if of_piece != language else "", piece.of == "outlet"

    return [(name, [written(piece) for piece in style(what, language)]) for name, style in STYLES.items()]


@register.filter
def content_digest(article):
    return digest_of(article)


@register.filter
def first_address(article):
    return original_address(article)


@register.filter
def changes_known(article):
    """How many changes its history tells of."""
    return public_revisions(article).count()
