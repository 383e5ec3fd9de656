"""Two texts and what changed between them, for a person to read."""

from django.utils.html import format_html, format_html_join

from archive import differences

# Of a text that is new as a whole, no more is shown.
LONGEST_TEXT = 600
_AS_HTML = {"added": "<ins>{}</ins>", "removed": "<del>{}</del>", "same": "{}"}


def difference(before, after):
    """`after` as HTML, with what is new in <ins> and what is gone in <del>."""
    pieces = differences.shortened(differences.word_difference(before, after))
    return format_html_join("", "{}", ((format_html(_AS_HTML[kind], text),) for kind, text in pieces))


class RowDifference:
    """What an import changes in one row, column by column; worked out only for the rows that are shown."""

    def __init__(self, resource, original, new):
        self.before = {} if new else self.read(resource, original)

    def compare_with(self, resource, instance):
        self.after = self.read(resource, instance) if instance else {}

    def read(self, resource, instance):
        columns = [column for column in resource.get_import_fields() if column.is_told]
        return {column.column_name: column.export(instance) for column in columns}

    def as_html(self):
        return self

    def __iter__(self):
        for name, after in self.after.items():
            before = self.before.get(name, "")
            if after != before:
                yield name, difference(before, after) if before else shortened(after)


def shortened(text):
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]} …"
