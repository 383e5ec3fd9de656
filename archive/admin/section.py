from django.contrib import admin

from archive.models import Section, Tag

from .base import ArchiveAdmin


@admin.register(Section)
class SectionAdmin(ArchiveAdmin):
    list_display = ("name", "outlet", "parent", "order", "slug")
    list_select_related = ("outlet", "parent")
    list_filter = ("outlet",)
    search_fields = ("name", "slug")
    autocomplete_fields = ("outlet", "parent")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("outlet", "parent", "name", "slug", "order")
    used_by = ("articles", "subsections")

    def label(self, section):
        return f"{section.outlet} – {section.name}"

    def for_labels(self, queryset):
        return queryset.select_related("outlet")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "parent":
            field.queryset = self.for_labels(field.queryset)
            field.label_from_instance = self.label
        return field


@admin.register(Tag)
class TagAdmin(ArchiveAdmin):
    list_display = ("name", "language", "slug")
    list_filter = ("language",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", "slug", "language")
    used_by = ("articles",)
