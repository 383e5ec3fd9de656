"""The four formats of the admin's import and export. Each gives back exactly the texts that it was given."""

import csv
import io
import json
import re
from itertools import islice

import tablib
import yaml
from django.utils.translation import gettext as _
from import_export.formats.base_formats import Format

# Tables that staff took out here and bring back, whose cells' types count.
from openpyxl import Workbook, load_workbook  # noqa: TID251
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from archive.importers.zipfiles import ZipFolder

from . import cells

# A spreadsheet's own limit, past which a text would be cut.
LONGEST_CELL = 32_767
MOST_ROWS = 5_000
# A record of JSON or YAML that does not name a column leaves it alone.
NOT_GIVEN = object()
_OTHER_LINE_ENDS = re.compile("[\r\x85\u2028\u2029\ufeff]")


class FormatError(ValueError):
    """A file that can't be read or written; the message says why, for staff."""


class TableFormat(Format):
    title = extension = content_type = ""
    # The number that a person gives to the first row of data.
    first_row = 1

    def __init__(self, encoding=None):
        pass

    def get_title(self):
        return self.title

    def get_extension(self):
        return self.extension

    def get_content_type(self):
        return self.content_type

    def can_import(self):
        return True

    def can_export(self):
        return True


class Spreadsheet(TableFormat):
    first_row = 2

    def create_dataset(self, in_stream):
        rows = [[cells.unquote(self.decode(cells.as_text(value))) for value in row] for row in self.rows(in_stream)]
        while rows and not any(rows[-1]):
            rows.pop()
        if not rows:
            raise FormatError(_("The file is empty."))
        headers, *rows = rows
        while headers and not headers[-1]:
            headers.pop()
        dataset = tablib.Dataset(headers=headers)
        for number, row in enumerate(rows, self.first_row):
            if any(row[len(headers) :]):
                raise FormatError(_("Row %(number)s has more cells than there are columns.") % {"number": number})
            dataset.append([*row, *[""] * len(headers)][: len(headers)])
        return dataset

    def export_data(self, dataset, **kwargs):
        return self.write([self.encode(cells.quote(cell)) for cell in row] for row in [dataset.headers, *dataset])

    def encode(self, text):
        return text

    def decode(self, text):
        return text


class Csv(Spreadsheet):
    title, extension, content_type = "CSV", "csv", "text/csv; charset=utf-8"

    def rows(self, data):
        # The module's limit is that of a process; an article may be longer.
        # It holds for the whole process, so it is never lowered: another table may be read at the same time.
        csv.field_size_limit(max(csv.field_size_limit(), len(data) + 1))
        text = decoded(data)
        # Excel writes a semicolon where the comma is the decimal sign, as in French.
        heading = text.partition("\n")[0]
        delimiter = max(",;\t", key=heading.count)
        try:
            return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        except csv.Error as error:
            raise FormatError(_("This is not CSV: %(error)s.") % {"error": error}) from error

    def write(self, rows):
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        # By its mark Excel knows UTF-8, and shows accents.
        return text.getvalue().encode("utf-8-sig")


class Xlsx(Spreadsheet):
    title, extension = "XLSX", "xlsx"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    encode = staticmethod(cells.to_xml)
    decode = staticmethod(cells.from_xml)

    def rows(self, data):
        try:
            # It refuses a file that would unpack to more than it should.
            ZipFolder(io.BytesIO(data))
            sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).active
            # One more than is taken, and the headers.
            return [[cell.value for cell in row] for row in islice(sheet.rows, MOST_ROWS + 2)]
        except Exception as error:
            # A damaged workbook fails in as many ways as it has parts.
            raise FormatError(_("This is not an XLSX file, or it is damaged.")) from error

    def write(self, rows):
        rows = list(rows)
        self.refuse_too_long(rows)
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        sheet.freeze_panes = "A2"
        for number, row in enumerate(rows, 1):
            sheet.append([self.cell(sheet, text, bold=number == 1) for text in row])
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def refuse_too_long(self, rows):
        for number, row in enumerate(rows, 1):
            for column, text in zip(rows[0], row, strict=True):
                if len(text) > LONGEST_CELL:
                    raise FormatError(
                        _(
                            "Row %(row)s, column “%(column)s”: the text is %(length)s characters long, and a cell of "
                            "XLSX holds %(most)s. Leave this column out, or choose CSV, JSON or YAML."
                        )
                        % {"row": number, "column": column, "length": len(text), "most": LONGEST_CELL}
                    )

    def cell(self, sheet, text, bold):
        cell = WriteOnlyCell(sheet, text)
        # A text, whatever it looks like.
        cell.data_type = "s"
        if bold:
            cell.font = Font(bold=True)
        return cell


class Records(TableFormat):
    """Named values, record by record. A text is a text here, and nothing runs it."""

    def create_dataset(self, in_stream):
        records = self.load(decoded(in_stream))
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            raise FormatError(_("The file does not hold a list of records."))
        headers = list(dict.fromkeys(str(name) for record in records for name in record))
        dataset = tablib.Dataset(headers=headers)
        for number, record in enumerate(records, 1):
            values = {str(name): value for name, value in record.items()}
            for name, value in values.items():
                if isinstance(value, list | dict):
                    raise FormatError(
                        _("Record %(number)s, “%(column)s”: a text is expected, not a list.")
                        % {"number": number, "column": name}
                    )
            dataset.append([cells.as_text(values[name]) if name in values else NOT_GIVEN for name in headers])
        return dataset

    def export_data(self, dataset, **kwargs):
        return self.dump([dict(zip(dataset.headers, row, strict=True)) for row in dataset]).encode()


class Json(Records):
    title, extension, content_type = "JSON", "json", "application/json"

    def load(self, text):
        try:
            return json.loads(text)
        except ValueError as error:
            raise FormatError(_("This is not JSON: %(error)s.") % {"error": error}) from error

    def dump(self, records):
        return json.dumps(records, ensure_ascii=False, indent=1) + "\n"


class Yaml(Records):
    title, extension, content_type = "YAML", "yaml", "application/yaml; charset=utf-8"

    def load(self, text):
        try:
            return yaml.safe_load(text)
        except (yaml.YAMLError, ValueError) as error:
            raise FormatError(_("This is not YAML: %(error)s.") % {"error": error}) from error

    def dump(self, records):
        return yaml.dump(records, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1_000_000)


class _Dumper(yaml.SafeDumper):
    """Texts of several lines stand as such, to be read."""


def _represent_text(dumper, text):
    # A line end of another kind would come back as a plain one, unless it is escaped.
    style = '"' if _OTHER_LINE_ENDS.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def decoded(data):
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError(
            _("The file is not in UTF-8. In a spreadsheet, save it as “CSV UTF-8”, or as XLSX.")
        ) from error


FORMATS = (Csv, Xlsx, Json, Yaml)
