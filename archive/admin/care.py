from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from archive.models import Withdrawal

from .base import ReadOnlyAdmin


@admin.register(Withdrawal)
class WithdrawalAdmin(ReadOnlyAdmin):
    """Made and ended by the buttons of an article, which ask for the reason and keep it."""

    list_display = ("article_headline", "reason", "status_code", "withdrawn_on", "reinstated_on")
    list_filter = ("reason", "status_code", ("reinstated_on", admin.EmptyFieldListFilter))
    ordering = ("-withdrawn_on", "-pk")
    fields = (
        *("article_link", "reason", "status_code", "show_headline", "public_note"),
        *("withdrawn_on", "reinstated_on"),
    )
    readonly_fields = ("article_link",)

    def get_queryset(self, request):
        withdrawals = super().get_queryset(request).select_related("article")
        return withdrawals.defer("article__body", "article__body_received")

    @admin.display(description=gettext_lazy("article"))
    def article_headline(self, withdrawal):
        return withdrawal.article.headline

    @admin.display(description=gettext_lazy("article"))
    def article_link(self, withdrawal):
        address = reverse("admin:archive_article_change", args=[withdrawal.article_id])
        return format_html('<a href="{}">{}</a>', address, withdrawal.article.headline)
