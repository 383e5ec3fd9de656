"""An article as plain text: UTF-8, a paragraph a line, an empty line between."""

import re

from .reading import article_blocks, html_blocks

_SPACES_AT_BREAKS = re.compile(r" *\n *")


def plain_text(article, notices=()):
    return "\n\n".join(article_blocks(article, notices, PlainText())) + "\n"


def words_of(html):
    """A text of HTML as its words: a paragraph a line."""
    return "\n".join(html_blocks(html, PlainText()))


class PlainText:
    """How plain text is written. What is said of a piece of markup is lost, except where it changes what is read."""

    rule = "* * *"
    line_break = "\n"

    def text(self, text):
        return text

    def marked(self, tag, inner):
        return f"“{inner}”" if tag == "q" else inner

    def code(self, text):
        return text

    def link(self, inner, href):
        words = inner.strip()
        if href.startswith(("http://", "https://")) and href.rstrip("/") != words.rstrip("/"):
            return f"{inner} <{href}>" if words else f"<{href}>"
        return inner

    def paragraph(self, run):
        return _SPACES_AT_BREAKS.sub("\n", re.sub(" +", " ", run)).strip()

    def line(self, text):
        return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())

    def lines(self, texts):
        return "\n".join(self.line(text) for text in texts)

    def heading(self, level, text):
        return self.line(text)

    def heading_of(self, run):
        return self.paragraph(run)

    def verbatim(self, text):
        return text

    def quoted(self, blocks):
        return "\n\n".join("\n".join(f"> {line}".rstrip() for line in block.split("\n")) for block in blocks)

    def listed(self, items, first=None):
        return "\n".join(
            _set_in("- " if first is None else f"{first + place}. ", "\n".join(blocks))
            for place, blocks in enumerate(items)
        )

    def table(self, rows):
        return "\n".join(" | ".join(cells) for cells in rows)


def _set_in(marker, text):
    return marker + text.replace("\n", "\n" + " " * len(marker))
