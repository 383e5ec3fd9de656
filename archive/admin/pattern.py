from django.contrib import admin
from django.utils.translation import gettext_lazy

from archive.models import AddressPattern, OldHost

from .base import ArchiveAdmin


@admin.register(OldHost)
class OldHostAdmin(ArchiveAdmin):
    list_display = ("address", "outlet")
    list_select_related = ("outlet",)
    list_filter = ("outlet",)
    search_fields = ("address",)
    autocomplete_fields = ("outlet",)
    fields = ("outlet", "address")


@admin.register(AddressPattern)
class AddressPatternAdmin(ArchiveAdmin):
    list_display = ("template", "holds_for", "order", "example")
    list_select_related = ("outlet",)
    list_filter = ("outlet",)
    search_fields = ("template", "example")
    autocomplete_fields = ("outlet",)
    fields = ("outlet", "template", "example", "order")

    @admin.display(description=gettext_lazy("outlet"), ordering="outlet")
    def holds_for(self, pattern):
        return pattern.outlet or gettext_lazy("every outlet")
