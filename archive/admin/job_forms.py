from pathlib import PurePath

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from archive.importers import FORMATS
from archive.importers.text import is_encoding
from archive.models import Outlet

# The formats whose columns are mapped to fields.
TABLES = {"csv", "xlsx"}
LONGEST_FILE_NAME = 300


class OptionsForm(forms.Form):
    """How a file is to be read."""

    format = forms.ChoiceField(label=gettext_lazy("Format"), required=False)
    encoding = forms.CharField(
        label=gettext_lazy("Encoding"),
        required=False,
        max_length=40,
        widget=AdminTextInputWidget,
        help_text=gettext_lazy("Of text that is not in UTF-8, where it is not told from the content: cp1252, utf-16…"),
    )
    columns = forms.CharField(
        label=gettext_lazy("Columns of a table"),
        required=False,
        max_length=4000,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "For spreadsheets whose columns have other names than ours, one a line: headline = Titre."
        ),
    )
    learn_notices = forms.BooleanField(
        label=gettext_lazy("Add the closure notices found"),
        required=False,
        help_text=gettext_lazy("To the outlets that they speak of, where those have none like them."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["format"].choices = [("", _("told from the content")), *((each, each) for each in sorted(FORMATS))]

    def clean_encoding(self):
        encoding = self.cleaned_data["encoding"].strip()
        if encoding and not is_encoding(encoding):
            raise forms.ValidationError(_("There is no encoding “%s”; name one such as cp1252 or utf-16.") % encoding)
        return encoding

    def clean_columns(self):
        columns = {}
        for line in filter(None, map(str.strip, self.cleaned_data["columns"].splitlines())):
            field, sign, column = (part.strip() for part in line.partition("="))
            if not (field and sign and column):
                raise forms.ValidationError(_("“%s” names no column; write it as: headline = Titre") % line)
            columns[field] = column
        return columns


class UploadForm(OptionsForm):
    field_order = ("file", "outlet", "format", "encoding", "columns", "learn_notices")

    file = forms.FileField(
        label=gettext_lazy("File"),
        # One that is empty is told in our own words.
        allow_empty_file=True,
        max_length=None,
        widget=forms.FileInput,
        help_text=gettext_lazy(
            "An export, a crawl, wires, a table, saved pages; or several of one outlet in a zip file."
        ),
    )
    outlet = forms.ModelChoiceField(Outlet.objects.order_by("name"), label=gettext_lazy("Outlet"))

    def __init__(self, *args, problem="", **kwargs):
        super().__init__(*args, **kwargs)
        self.problem = problem
        if self.fields["outlet"].queryset.count() == 1:
            self.fields["outlet"].initial = self.fields["outlet"].queryset.first()
        if problem:
            self.fields["file"].required = False

    def clean_file(self):
        if self.problem:
            raise forms.ValidationError(self.problem)
        file = self.cleaned_data["file"]
        if not file.size:
            raise forms.ValidationError(_("The file is empty. Fetch it again."))
        return file


def name_to_show(name):
    """The name of an uploaded file, as it may be printed and stored: it comes from the browser and may be anything."""
    name = PurePath(name.replace("\\", "/")).name
    name = "".join(each if each.isprintable() else "\ufffd" for each in name).strip()
    return name[-LONGEST_FILE_NAME:] or "?"


def columns_as_text(columns):
    return "\n".join(f"{field} = {column}" for field, column in columns.items())
