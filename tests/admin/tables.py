"""Export and import a table through the admin's own pages, as a person does."""

from django.core.files.uploadedfile import SimpleUploadedFile

from archive.admin.formats import FORMATS

from .forms import filled_in

NAMES = [each.extension for each in FORMATS]


def number_of(name):
    return str(NAMES.index(name))


def export_table(client, model, name, query="", **changes):
    """The bytes of the table that the export page gives."""
    address = f"/admin/archive/{model}/export/{query}"
    page = client.get(address)
    response = client.post(address, filled_in(page.content, format=number_of(name), **changes))
    assert response.headers.get("Content-Disposition"), response.content.decode()
    return response.content


def preview_table(client, model, name, data):
    """The page that tells what a table would change, or what is wrong with it."""
    data = data.encode() if isinstance(data, str) else data
    upload = {
        "import_file": SimpleUploadedFile(f"table.{name}", data),
        "format": number_of(name),
        "resource": "0",
    }
    return client.post(f"/admin/archive/{model}/import/", upload)


def import_table(client, model, name, data):
    """Import a table, confirming its preview; the totals that the preview told."""
    preview = preview_table(client, model, name, data)
    assert preview.context.get("confirm_form"), problems(preview)
    response = client.post(f"/admin/archive/{model}/process_import/", filled_in(preview.content), follow=True)
    assert "Imported" in " ".join(str(message) for message in response.context["messages"])
    return {kind: count for kind, count in preview.context["result"].totals.items() if count}


def problems(response):
    """What is wrong with a table: (row, column, message) for each."""
    errors = [str(error) for error in response.context["form"].errors.values()]
    return list(response.context.get("problems") or []) + errors


def rows(client, model, name="json", **options):
    """The exported rows, as dicts."""
    reader = FORMATS[NAMES.index(name)]()
    return reader.create_dataset(export_table(client, model, name, **options)).dict
