"""Fill in the admin's forms as a browser does: with all that the page holds, and what a person changes of it."""

from html.parser import HTMLParser

from django.urls import reverse

NOT_SENT = {"submit", "button", "file"}
TICKED = {"checkbox", "radio"}


def filled_in(html, form_id=None, **changes):
    """What a browser would send of the page's form, with `changes` by field name."""
    reader = _FormReader(form_id)
    reader.feed(html if isinstance(html, str) else html.decode())
    data = reader.data | changes
    return {name: value for name, value in data.items() if value is not None}


def change_address(instance):
    return reverse(f"admin:archive_{instance._meta.model_name}_change", args=[instance.pk])


def edit(client, instance, **changes):
    """Open an instance's page, change fields, and press “Save”."""
    address = change_address(instance)
    form_id = f"{instance._meta.model_name}_form"
    page = client.get(address)
    return client.post(address, filled_in(page.content, form_id, _save="Save", **changes), follow=True)


class _FormReader(HTMLParser):
    def __init__(self, form_id):
        super().__init__()
        self.form_id = form_id
        self.data = {}
        self.inside = False
        self.textarea = self.select = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.inside = self.form_id is None or attrs.get("id") == self.form_id
        if not self.inside:
            return
        name, kind = attrs.get("name"), attrs.get("type", "text")
        if tag == "textarea":
            self.textarea, self.data[name] = name, ""
        elif tag == "select":
            self.select = (name, "multiple" in attrs)
            if "multiple" in attrs:
                self.data[name] = []
        elif tag == "option" and self.select:
            self.take_option(attrs)
        elif tag == "input" and name and kind not in NOT_SENT and (kind not in TICKED or "checked" in attrs):
            self.data[name] = attrs.get("value", "on" if kind == "checkbox" else "")

    def take_option(self, attrs):
        name, multiple = self.select
        if multiple:
            if "selected" in attrs:
                self.data[name].append(attrs["value"])
        elif "selected" in attrs or name not in self.data:
            self.data[name] = attrs.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "textarea" and self.textarea:
            # A browser drops the line end that opens a text field, and sends its own at each line.
            text = self.data[self.textarea].removeprefix("\r\n").removeprefix("\n")
            self.data[self.textarea] = "\r\n".join(text.split("\n"))
            self.textarea = None
        elif tag == "select":
            self.select = None

    def handle_data(self, data):
        if self.textarea:
            self.data[self.textarea] += data
