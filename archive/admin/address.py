from contextlib import contextmanager

from django.contrib import admin, messages
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from archive import care, search
from archive.addresses import AddressError, normalise
from archive.models import Article, OldAddress, Revision

from .article_inlines import OldAddressForm
from .base import ArchiveAdmin
from .resources import OldAddressResource
from .tables import TableMixin


class AddressForm(OldAddressForm):
    class Meta:
        model = OldAddress
        fields = ("url", "article")


@admin.register(OldAddress)
class OldAddressAdmin(TableMixin, ArchiveAdmin):
    form = AddressForm
    list_display = ("url", "article_headline")
    list_display_links = ("url",)
    search_fields = ("normalised",)
    search_help_text = gettext_lazy("An address in any of its forms: with or without www, mobile, from a share…")
    autocomplete_fields = ("article",)
    fields = ("url", "article")
    ordering = ("normalised",)
    resource_classes = (OldAddressResource,)
    table_help = gettext_lazy(
        "A row is known by its address, in any of its forms; the column “article” holds the article’s key."
    )

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("article").defer("article__body", "article__body_received")

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.beginning(_normal(term)), False

    @admin.display(description=gettext_lazy("article"))
    def article_headline(self, address):
        return address.article.headline

    def save_model(self, request, obj, form, change):
        with revising(request, obj.article_id, form.initial.get("article")):
            super().save_model(request, obj, form, change)

    def delete_model(self, request, obj):
        with revising(request, obj.article_id):
            super().delete_model(request, obj)
        self.message_user(request, _("Readers who come from this address find no article now."), messages.WARNING)


@contextmanager
def revising(request, *pks):
    """The articles' own histories tell what is done within: an address is a part of its article."""
    with transaction.atomic():
        search.lock()
        articles = Article.objects.select_for_update().filter(pk__in=[pk for pk in pks if pk])
        before = [(article, care.snapshot(article)) for article in articles]
        yield
        for article, snapshot in before:
            care.record(article, Revision.Verb.EDITED, before=snapshot, by=request.user)


def _normal(text):
    try:
        return normalise(text)
    except AddressError:
        return text
