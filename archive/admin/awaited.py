"""Withdrawals that came before their articles: senders' words that the archive keeps in mind."""

from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from archive.models import AwaitedWithdrawal
from archive.templatetags.wording import told_place

from .base import ReadOnlyAdmin


class HasCome(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("awaited", gettext_lazy("awaited")), ("come", gettext_lazy("the article has come"))]

    def queryset(self, request, queryset):
        if self.value() == "awaited":
            return queryset.filter(article=None)
        return queryset.exclude(article=None) if self.value() == "come" else queryset


@admin.register(AwaitedWithdrawal)
class AwaitedWithdrawalAdmin(ReadOnlyAdmin):
    list_display = ("original_id", "outlet", "reason", "told_at", "run_file", "article_headline")
    list_select_related = ("outlet", "run", "article")
    list_filter = (HasCome, "outlet")
    search_fields = ("original_id",)
    search_help_text = gettext_lazy("The whole source id, as its sender wrote it.")
    sortable_by = ()
    fields = ("original_id", "outlet", "reason", "note", "told_at", "run_file", "told_place", "article_headline")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("article__body", "article__body_received")

    def get_search_results(self, request, queryset, search_term):
        # PostgreSQL takes no NUL, and neither database half a sign.
        term = search_term.replace("\x00", "").encode("utf-8", "ignore").decode().strip()
        return queryset.filter(original_id=term) if term else queryset, False

    def has_delete_permission(self, request, obj=None):
        # Of one whose article has come, the article tells; it is reinstated there.
        may = admin.ModelAdmin.has_delete_permission(self, request, obj)
        return may and (obj is None or obj.article_id is None)

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        words = _("The article is public when it is imported, unless its sender’s word is imported again.")
        self.message_user(request, words, messages.WARNING)

    @admin.display(description=gettext_lazy("place"))
    def told_place(self, awaited):
        return told_place(awaited.place) if awaited.place else "–"

    @admin.display(description=gettext_lazy("import run"))
    def run_file(self, awaited):
        if awaited.run is None:
            return "–"
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:archive_importrun_change", args=[awaited.run_id]), awaited.run
        )

    @admin.display(description=gettext_lazy("article"))
    def article_headline(self, awaited):
        if awaited.article is None:
            return _("awaited")
        address = reverse("admin:archive_article_change", args=[awaited.article_id])
        return format_html('<a href="{}">{}</a>', address, awaited.article.headline)
