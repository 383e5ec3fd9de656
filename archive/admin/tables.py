"""Import and export of tables in the admin: django-import-export under our formats, limits and words."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from import_export.admin import ImportExportMixin

from . import resources
from .formats import FORMATS, FormatError
from .uploads import UploadStorage

# More would make a page that nobody reads.
MOST_SHOWN = 100


class TableMixin(ImportExportMixin):
    formats = FORMATS
    tmp_storage_class = UploadStorage
    import_template_name = "admin/archive/import.html"
    export_template_name = "admin/archive/export.html"
    # Told on the import page, where a table's columns are explained.
    table_help = gettext_lazy(
        "A row is known by its address name. A column that the table lacks is left as it is; an empty cell empties."
    )

    def has_import_permission(self, request):
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request):
        return self.has_view_permission(request)

    def add_data_read_fail_error_to_form(self, form, e):
        if isinstance(e, FormatError):
            form.add_error("import_file", str(e))
        else:
            super().add_data_read_fail_error_to_form(form, e)

    def import_action(self, request, **kwargs):
        response = super().import_action(request, **kwargs)
        context = response.context_data
        form = context["form"]
        context["subtitle"] = self.opts.verbose_name_plural
        context["table_help"] = self.table_help
        if (result := context.get("result")) is not None:
            file_format = FORMATS[int(form.cleaned_data["format"])]
            context["problems"] = list(resources.problems(result, file_format.first_row))[:MOST_SHOWN]
            changed = [row for row in result.valid_rows() if row.import_type != row.IMPORT_TYPE_SKIP]
            context["changed"] = changed[:MOST_SHOWN]
            context["unshown"] = len(changed) - len(context["changed"])
        return response

    def process_import(self, request, **kwargs):
        try:
            return super().process_import(request, **kwargs)
        except FileNotFoundError:
            self.message_user(
                request, _("The file is no longer here: it was imported, or waited too long."), messages.ERROR
            )
            return HttpResponseRedirect(reverse(f"admin:archive_{self.opts.model_name}_import"))

    def process_dataset(self, dataset, form, request, **kwargs):
        # All or nothing: what was shown in the preview is what is saved.
        return super().process_dataset(dataset, form, request, rollback_on_validation_errors=True, **kwargs)

    def process_result(self, result, request):
        if not (result.has_errors() or result.has_validation_errors()):
            return super().process_result(result, request)
        self.message_user(
            request,
            _("Nothing was imported: the archive changed since the preview. Import the table again to see how."),
            messages.ERROR,
        )
        return HttpResponseRedirect(reverse(f"admin:archive_{self.opts.model_name}_import"))

    def add_success_message(self, result, request):
        new, changed, unchanged = (result.totals[name] for name in ("new", "update", "skip"))
        parts = [
            ngettext("%(count)s added", "%(count)s added", new) % {"count": new},
            ngettext("%(count)s changed", "%(count)s changed", changed) % {"count": changed},
            ngettext("%(count)s unchanged", "%(count)s unchanged", unchanged) % {"count": unchanged},
        ]
        self.message_user(request, _("Imported: %(counts)s.") % {"counts": ", ".join(parts)}, messages.SUCCESS)

    def export_action(self, request):
        response = super().export_action(request)
        if isinstance(response, TemplateResponse):
            response.context_data["subtitle"] = self.opts.verbose_name_plural
            form = response.context_data["form"]
            response.context_data["columns"] = [
                (name.removeprefix(f"{self.resource_classes[0].__name__.lower()}_"), form[name])
                for name, field in form.fields.items()
                if getattr(field, "is_selectable_field", False)
            ]
        return response

    def get_export_filename(self, request, queryset, file_format):
        return super().get_export_filename(request, queryset, file_format).lower()
