from django.contrib import admin
from django.utils.translation import gettext_lazy

from archive.models import Source, SourceRule

from .base import ArchiveAdmin


class SourceRuleInline(admin.TabularInline):
    model = SourceRule
    fields = ("evidence", "pattern", "order")
    extra = 0
    verbose_name_plural = gettext_lazy("rules by which its articles are recognised on import")


@admin.register(Source)
class SourceAdmin(ArchiveAdmin):
    inlines = (SourceRuleInline,)
    list_display = ("name", "kind", "credit")
    list_filter = ("kind",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", "slug", "kind", "credit", "website", "rights_note")
    used_by = ("articles",)
