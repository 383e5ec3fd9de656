"""Rows that stand beside articles, as plain values by natural keys: so an own export tells and compares them."""

from datetime import date

from archive.addresses import normalise
from archive.models import AddressPattern, ClosureNotice, InfoPage, OldHost, Outlet, Selection

# What a row has of its own, beside what it belongs to and what hangs on it.
FIELDS = {
    Outlet: (
        *("slug", "name", "language", "time_zone", "opened_on", "closed_on", "website", "support_address"),
        *("rights_line", "accent", "about"),
    ),
    OldHost: ("address",),
    AddressPattern: ("template", "order", "example"),
    InfoPage: ("slug", "kind", "language", "title", "body", "held_back", "order", "updated_on", "imported_digest"),
    ClosureNotice: ("language", "placement", "names", "first_day", "last_day", "message"),
    Selection: ("slug", "title", "introduction", "shown_from", "shown_until"),
}


def row_dict(row):
    told = {name: plain(getattr(row, name)) for name in FIELDS[type(row)]}
    if isinstance(row, Outlet):
        return {**told, "parent": row.parent.slug if row.parent else ""}
    told = {"outlet": row.outlet.slug if row.outlet else "", **told}
    if isinstance(row, InfoPage):
        told["old_addresses"] = sorted((each.url for each in row.old_addresses.all()), key=normalise)
    elif isinstance(row, Selection):
        told["articles"] = [
            {"key": each.article.key, "order": each.order, "note": each.note} for each in row.selected_articles.all()
        ]
    return told


def plain(value):
    return value.isoformat() if isinstance(value, date) else value
