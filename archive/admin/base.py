from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models

from .paging import MOST_COUNTED, BoundedPaginator


class ArchiveChangeList(ChangeList):
    @property
    def more_than(self):
        """The number at which counting stopped, or None."""
        return MOST_COUNTED if self.result_count >= MOST_COUNTED else None


class ArchiveAdmin(admin.ModelAdmin):
    """What every list and form of the archive has in common: no list costs more as the archive grows."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 0
    save_on_top = False
    # Relations by which a row is in use; one that is may not be deleted, nor its traces with it.
    used_by = ()

    def get_changelist(self, request, **kwargs):
        return ArchiveChangeList

    def label(self, instance):
        """The instance in a list of choices."""
        return str(instance)

    def for_labels(self, queryset):
        return queryset

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, models.TextField) and field is not None:
            field.widget.attrs["rows"] = 4
        return without_detours(field)

    def get_actions(self, request):
        actions = super().get_actions(request)
        # Deleting is done one by one, where it is told what stands in the way.
        actions.pop("delete_selected", None)
        return actions

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or not self.is_used(obj))

    def is_used(self, instance):
        return any(getattr(instance, relation).exists() for relation in self.used_by)


def without_detours(field):
    """A choice beside which what is missing can be added, and nothing changed or deleted: one thing at a time."""
    if isinstance(field.widget if field else None, RelatedFieldWidgetWrapper):
        field.widget.can_change_related = field.widget.can_delete_related = False
    return field


class ReadOnlyAdmin(ArchiveAdmin):
    """A record: looked at, never written by hand."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class KeepUntouchedMixin:
    """A form for what came from elsewhere: opening and saving it changes no text that nobody touched."""

    def clean(self):
        cleaned = super().clean()
        for name, value in self.cleaned_data.items():
            if isinstance(value, str):
                value = value.replace("\r\n", "\n").replace("\r", "\n")
                stored = self.initial.get(name)
                # A browser sends its own line ends, and a field strips spaces at the ends.
                untouched = isinstance(stored, str) and "\n".join(stored.splitlines()).strip() == value.strip()
                self.cleaned_data[name] = stored if untouched else value
        return cleaned
