from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy

from archive.models import InfoPage, Outlet, PageAddress

from .base import ArchiveAdmin, KeepUntouchedMixin
from .resources import OutletResource
from .tables import TableMixin


class OutletForm(KeepUntouchedMixin, forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "parent" in self.fields:
            # Its network is none of the outlets below it.
            parents = self.fields["parent"]
            parents.queryset = parents.queryset.exclude(pk__in=below(self.instance))


def below(outlet):
    """The keys of an outlet and of all that stand below it."""
    found, layer = {outlet.pk}, {outlet.pk}
    while layer := set(Outlet.objects.filter(parent__in=layer).values_list("pk", flat=True)) - found:
        found |= layer
    return found


@admin.register(Outlet)
class OutletAdmin(TableMixin, ArchiveAdmin):
    form = OutletForm
    list_display = ("name", "slug", "parent", "language", "opened_on", "closed_on")
    list_select_related = ("parent",)
    list_filter = ("language",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    resource_classes = (OutletResource,)
    used_by = ("articles", "editions", "import_jobs", "import_runs", "sections")
    fieldsets = (
        (None, {"fields": ("name", "slug", "parent", "language", "time_zone")}),
        (gettext_lazy("Its life"), {"fields": ("opened_on", "closed_on", "website", "about")}),
        (gettext_lazy("For readers"), {"fields": ("support_address", "rights_line", "accent")}),
    )

    # The slug of one that exists stands in every address of its articles, for good.

    def get_readonly_fields(self, request, obj=None):
        return ("slug",) if obj else ()

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else super().get_prepopulated_fields(request, obj)


class InfoPageForm(KeepUntouchedMixin, forms.ModelForm):
    pass


class PageAddressInline(admin.TabularInline):
    model = PageAddress
    fields = ("url",)
    extra = 0
    verbose_name_plural = gettext_lazy("old addresses: every one leads readers to this page")

    # Who may change the page may change where it stood.

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("archive.view_infopage") or self.has_change_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return request.user.has_perm("archive.change_infopage")

    has_add_permission = has_delete_permission = has_change_permission


@admin.register(InfoPage)
class InfoPageAdmin(ArchiveAdmin):
    form = InfoPageForm
    list_display = ("title", "outlet", "kind", "language", "held_back", "updated_on")
    list_select_related = ("outlet",)
    list_filter = ("outlet", "kind", "language", "held_back")
    search_fields = ("title", "slug")
    autocomplete_fields = ("outlet",)
    prepopulated_fields = {"slug": ("title",)}
    fields = ("outlet", "kind", "language", "title", "slug", "body", "held_back", "order", "updated_on")
    inlines = (PageAddressInline,)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "body":
            field.widget.attrs["rows"] = 20
        return field
