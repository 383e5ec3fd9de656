"""Two texts and what changed between them, for a person to read."""

from diff_match_patch import diff_match_patch
from django.utils.html import format_html, format_html_join

# An unchanged stretch longer than this is shown by its ends.
LONGEST_STRETCH = 120
_SECONDS_FOR_ONE = 0.3


def difference(before, after):
    """`after` as HTML, with what is new in <ins> and what is gone in <del>."""
    matcher = diff_match_patch()
    matcher.Diff_Timeout = _SECONDS_FOR_ONE
    pieces = matcher.diff_main(before, after)
    matcher.diff_cleanupSemantic(pieces)
    last = len(pieces) - 1
    return format_html_join(
        "",
        "{}",
        ((_piece(kind, text, first=number == 0, last=number == last),) for number, (kind, text) in enumerate(pieces)),
    )


def _piece(kind, text, first, last):
    if kind > 0:
        return format_html("<ins>{}</ins>", text)
    if kind < 0:
        return format_html("<del>{}</del>", text)
    if len(text) <= LONGEST_STRETCH:
        return text
    half = LONGEST_STRETCH // 2
    return f"{'' if first else text[:half]} … {'' if last else text[-half:]}"


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
    return text if len(text) <= 5 * LONGEST_STRETCH else f"{text[: 5 * LONGEST_STRETCH]} …"
