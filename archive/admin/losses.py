"""What sanitising took out of a text, by kind. Pure."""

from html.parser import HTMLParser

from archive.sanitize import ATTRIBUTES, TAGS, URL_SCHEMES

_ADDRESSES = {"href", "cite"}
# Written anew by the sanitiser on every link.
_REWRITTEN = {"rel"}


def losses(text: str) -> list[str]:
    """The kinds of things in a text that the sanitiser does not let through: `<script>`, `onclick=`, `javascript:`."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return list(reader.lost)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        # A dict, for its order.
        self.lost: dict[str, None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.lost[f"<{tag}>"] = None
            return
        for name, value in attrs:
            if name not in ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set()) | _REWRITTEN:
                self.lost[f"{name}="] = None
            elif name in _ADDRESSES and (scheme := _scheme(value or "")) and scheme not in URL_SCHEMES:
                self.lost[f"{scheme}:"] = None

    def handle_comment(self, data: str) -> None:
        self.lost["<!-- -->"] = None


def _scheme(address: str) -> str:
    head, colon, _rest = "".join(address.split()).partition(":")
    return head.lower() if colon and not set(head) & set("/?#") else ""
