"""An article as Markdown: CommonMark (https://spec.commonmark.org/0.31.2/), with the tables of GitHub's dialect.

Whatever would be read as markup in the article's own words is escaped.
"""

import re

from .reading import article_blocks

# An entity, an address in angle brackets, a table's cell and a deletion begin with them too.
_MARKUP = re.compile(r"[\\`*_\[\]<>&~|]")
# Only where a line begins: a heading, a list, a quotation, a line of a table, an underline.
_LINE_START = re.compile(r"^([ \t]*(?:[0-9]{1,9}(?=[.)]))?)([#+\-=.)])")
_OPEN, _CLOSE = {"em": "\ue000", "strong": "\ue002"}, {"em": "\ue001", "strong": "\ue003"}
_SIGNS = {"em": "*", "strong": "**"}
_PRIVATE = str.maketrans("", "", "\ue000\ue001\ue002\ue003")
# Where a text has them itself, they are told by their numbers; in code, which has no such way, they are left out.
_BY_NUMBER = {number: f"&#x{number:X};" for number in range(0xE000, 0xE004)}
_EMPHASIS = {"em": "em", "i": "em", "cite": "em", "strong": "strong", "b": "strong"}
# Only there does a sign surely open or close, and never stands in the text: the rules on flanking are many.
_EMPHASISED = {
    name: re.compile(
        rf"(?:(?<=\s)|(?<!.)){_OPEN[name]}(?=\w)(?!_)([^\ue000-\ue003\n]*)(?<=[^\W_]){_CLOSE[name]}(?=[\s.,;:!?)»”]|\Z)"
    )
    for name in _SIGNS
}
_ESCAPED_SIGN = r"\#"
_BACKTICKS = re.compile(r"`+")
_UNSAFE_IN_ADDRESS = re.compile(r"[\\<>\s\x00-\x1f\x7f]")


def markdown(article, notices=()):
    return "\n\n".join(article_blocks(article, notices, Markdown())) + "\n"


class Markdown:
    rule = "* * *"
    line_break = "\\\n"

    def text(self, text):
        return _MARKUP.sub(r"\\\g<0>", text).translate(_BY_NUMBER)

    def marked(self, tag, inner):
        if tag == "q":
            return f"“{inner}”"
        name = _EMPHASIS.get(tag)
        return f"{_OPEN[name]}{inner}{_CLOSE[name]}" if name and inner.strip() == inner else inner

    def code(self, text):
        text = text.translate(_PRIVATE)
        if not text.strip():
            return ""
        fence = "`" * (max((len(run) for run in _BACKTICKS.findall(text)), default=0) + 1)
        return f"{fence} {text} {fence}"

    def link(self, inner, href):
        address = _UNSAFE_IN_ADDRESS.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), href)
        words = inner.strip()
        if not words or "\n" in words:
            return inner
        before, after = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
        return f"{before}[{words}](<{address}>){after}"

    def paragraph(self, run):
        for name, pattern in _EMPHASISED.items():
            run = pattern.sub(rf"{_SIGNS[name]}\1{_SIGNS[name]}", run)
        lines = [re.sub(" +", " ", line).strip() for line in run.translate(_PRIVATE).split("\\\n")]
        return "\\\n".join(_LINE_START.sub(r"\1\\\2", line) for line in lines if line)

    def line(self, text):
        return self.lines(text.strip().splitlines())

    def lines(self, texts):
        return self.paragraph("\\\n".join(self.text(" ".join(text.split())) for text in texts))

    def heading(self, level, text):
        # A sign at the end would be taken for the end of the heading.
        return f"{'#' * level} {self.text(' '.join(text.split())).replace('#', _ESCAPED_SIGN)}"

    def heading_of(self, run):
        words = self.paragraph(run).replace("\\\n", " ")
        words = re.sub(r"(?<!\\)#", r"\#", words)
        return f"### {words}" if words else ""

    def verbatim(self, text):
        fence = "`" * max(3, max((len(run) for run in _BACKTICKS.findall(text)), default=0) + 1)
        return f"{fence}\n{text}\n{fence}"

    def quoted(self, blocks):
        return "\n>\n".join("\n".join(f"> {line}".rstrip() for line in block.split("\n")) for block in blocks)

    def listed(self, items, first=None):
        return "\n".join(
            _set_in("- " if first is None else f"{min(first + place, 999_999_999)}. ", "\n\n".join(blocks))
            for place, blocks in enumerate(items)
        )

    def table(self, rows):
        rows = [cells for cells in rows if cells]
        if not rows:
            return ""
        width = max(len(cells) for cells in rows)
        # A table must have a head.
        head, *others = [[cell.replace("\\\n", " ") for cell in cells] + [""] * (width - len(cells)) for cells in rows]
        lines = [head, ["---"] * width, *others]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _set_in(marker, text):
    return marker + "\n".join(
        " " * len(marker) + line if place and line else line for place, line in enumerate(text.split("\n"))
    )
