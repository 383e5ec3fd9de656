"""The forms in which an article can be had at its own address, by the suffix of the address."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import pgettext_lazy

from .bibtex import bibtex
from .csl import csl
from .markdown import markdown
from .ninjs import ninjs
from .plain_text import plain_text
from .ris import ris


@dataclass(frozen=True)
class Form:
    # A name that both languages share, or a lazy message.
    name: object
    content_type: str
    # Takes an article whose parts were fetched, and its notices' HTML where it carries them.
    write: Callable[..., str]
    carries_notices: bool = False


FORMS = {
    "txt": Form(pgettext_lazy("form", "Text"), "text/plain; charset=utf-8", plain_text, carries_notices=True),
    "md": Form("Markdown", "text/markdown; charset=utf-8", markdown, carries_notices=True),
    "json": Form("JSON (ninjs)", "application/json", ninjs),
    "bib": Form("BibTeX", "application/x-bibtex; charset=utf-8", bibtex),
    "ris": Form("RIS", "application/x-research-info-systems; charset=utf-8", ris),
    "csl.json": Form("CSL-JSON", "application/vnd.citationstyles.csl+json", csl),
}


def form_address(article, suffix):
    """The path of one of its forms."""
    return reverse("archive:article_form", args=[article.outlet.slug, article.key, article.slug, suffix])
