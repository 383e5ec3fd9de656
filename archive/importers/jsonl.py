"""jsonl: the archive's own export, a JSON object in each line: https://jsonlines.org

Every line begins with its format and its kind: {"format": "newsroom-archive-1", "type": "article", …}. Rows that
articles share (type source, author, section, tag) stand before the articles, which name them by their slugs; an
article is all that exporters/jsonl.py tells of it. Only `headline`, and `key` or `original_id`, must be there, so
that others can write the format too: an article with a key is taken exactly as it is told, and keeps its key; one
without is imported like any other, and its key is made from its original_id.

Beside articles stand the outlets with what belongs to them: an outlet's own description (type outlet), its old hosts
and the forms of its old addresses (host, pattern), its information pages and closure notices (page, notice), and the
pieces that staff chose for its front (selection), which come last, for they name articles by their keys.

A withdrawal (type withdrawal) is the word of a sender who killed an article, by its original_id, before it came: it is
withdrawn as soon as it does.

An article that is a version of another, in another language or of another edition, tells its key (`version_of`); that
one may stand after it, or in another file.

A date has its precision: a year (2014), month (2014-01), day (2014-01-22) or an instant with its offset.

The history of an article (`revisions`, and when it was taken in, `taken_in`) comes with it, without the names of those
who made it. A file that does not tell it is imported all the same.

It can't carry: import runs and records as received; who made a revision; the files of pictures, which are copied beside
it into the media folder.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any, BinaryIO, get_args

from archive.keys import ALPHABET, LENGTH

from .base import (
    CorrectionKind,
    ImportedArticle,
    ImportedByline,
    ImportedCorrection,
    ImportedImage,
    ImportedRevision,
    ImportedSource,
    ImportedTerm,
    ImportedTombstone,
    Item,
    Precision,
    Problem,
    ReadOptions,
    Refusal,
    RevisionVerb,
    Role,
    SourceKind,
    Withheld,
)
from .items import ImportedRow, ImportedShared, ImportedWithdrawal, LeftOut, WithdrawalReason
from .json_stream import lines, loads, utf8
from .told_dates import read_date

FORMAT = "newsroom-archive-1"
_HEAD = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{[^\n]*"format"\s*:\s*"newsroom-archive-\d+"')
_KEY = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")
_SHARED = {
    "source": ("name", "kind", "credit", "website", "rights_note"),
    "author": ("name", "about", "about_language"),
    "section": ("name", "parent"),
    "tag": ("name", "language"),
}
# What an outlet's lines are called where another outlet is taken in.
_OF_OTHERS = {
    "outlet": "descriptions",
    "host": "old hosts",
    "pattern": "address patterns",
    "section": "sections",
    "page": "pages",
    "notice": "notices",
    "withdrawal": "withdrawals",
    "article": "articles",
    "selection": "selections",
}
_TEXTS = (
    *("original_id", "headline", "body", "slug", "summary", "kicker", "language", "dateline", "sign_off"),
    *("original_url", "provider", "key", "version_of", "imported_digest"),
)

# What a database's columns hold.
_LARGEST_SMALL, _LARGEST = 32_767, 2_147_483_647
# So many addresses a page has, or articles a selection, or revisions an article: they are looked at all at once.
_MOST_WITHIN = 5_000


class _Wrong(ValueError):
    """A value that can't stand where it stands; the message names its field."""


def recognises(head: bytes) -> bool:
    return bool(_HEAD.match(head))


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Item]:
    of_others: Counter[str] = Counter()
    try:
        for number, line in lines(utf8(stream, options.encoding)):
            place = f"line {number}"
            if isinstance(line, Problem):
                yield line
            elif line.strip():
                item = _item(line, place, options)
                if isinstance(item, LeftOut):
                    of_others[item.kind] += 1
                else:
                    yield item
    except Refusal as refusal:
        yield refusal.problem
    yield from (LeftOut(kind, number) for kind, number in sorted(of_others.items()))


def _item(line: bytes, place: str, options: ReadOptions) -> Item:
    try:
        row = loads(line)
        if not isinstance(row, dict):
            raise Refusal("It is no object.", "Take the line out of the file.")
        if row.get("format") != FORMAT:
            raise Refusal(
                f"Its format is “{str(row.get('format'))[:40]}”, and {FORMAT} is read here.",
                "If it is newer, import it with a newer release of this program.",
            )
        kind = _text(row, "type")
        outlet = _text(row, "slug" if kind == "outlet" else "outlet")
        if outlet and options.outlet and outlet != options.outlet:
            return LeftOut(f"{_OF_OTHERS.get(kind, 'lines')} of {outlet[:60]}")
        if kind == "article":
            return _article(row, line, place)
        if kind == "withdrawal":
            return _withdrawal(row, line, place)
        if kind in _SHARED:
            return _shared(row, kind, line, place)
        if kind in _BESIDE:
            return _beside(row, kind, line, place)
        raise Refusal(f"It is of no known type: “{kind[:40]}”.", "Take the line out of the file.")
    except Refusal as refusal:
        return replace(refusal.problem, place=place, raw=line)
    except _Wrong as wrong:
        return Problem(place, f"What is told of its {wrong} can't be.", "Mend it in the file.", line)


def _article(row: dict[str, Any], line: bytes, place: str) -> ImportedArticle:
    texts: dict[str, Any] = {name: _text(row, name) for name in _TEXTS}
    if not texts["headline"].strip():
        raise Refusal("It has no headline.", "Give it one in the file.")
    if not texts["key"] and not texts["original_id"]:
        raise Refusal("It has neither a key nor an original_id.", "Give it one: from it its permanent address is made.")
    if texts["key"] and not _KEY.fullmatch(texts["key"]):
        raise Refusal(
            f"“{texts['key'][:40]}” is no key.", "A key has 12 digits and letters; leave it out for a new one."
        )
    published, precision = _published(row)
    received = row.get("body_received")
    return ImportedArticle(
        **texts,
        received="" if received is None else _text(row, "body_received"),
        published=published,
        published_precision=precision,
        modified=_moment(row, "modified"),
        bylines=_each(row, "bylines", _byline),
        source=_source(row),
        source_rule=tuple(_strings(row, "source_rule")),
        section=_each(row, "section", _term),
        tags=_each(row, "tags", _term),
        images=_each(row, "images", _image),
        corrections=_each(row, "corrections", _correction),
        tombstones=_each(row, "withdrawals", _tombstone),
        old_addresses=tuple(_strings(row, "old_addresses")),
        indexable=_truth(row, "indexable", default=True),
        held_back=_truth(row, "held_back", default=False),
        urgency=_whole(row, "urgency"),
        taken_in=_taken_in(row),
        history=_history(row) if texts["key"] and row.get("revisions") is not None else None,
        place=place,
        record=line.strip() + b"\n",
    )


def _withdrawal(row: dict[str, Any], line: bytes, place: str) -> ImportedWithdrawal:
    reason: WithdrawalReason = _choice(row, "reason", get_args(WithdrawalReason), "other")
    told_at = _moment(row, "told_at")
    if told_at is not None and not _is_kept(told_at):
        raise _Wrong("told_at")
    note = _text(row, "note")
    return ImportedWithdrawal(_text(row, "original_id"), reason, note, place, line.strip() + b"\n", told_at)


def _shared(row: dict[str, Any], kind: Any, line: bytes, place: str) -> ImportedShared:
    fields: dict[str, Any] = {name: _text(row, name) for name in _SHARED[kind]}
    slug = _text(row, "slug")
    if not re.fullmatch(r"[-\w]{1,120}", slug, re.ASCII) or not fields["name"].strip():
        raise Refusal("It has no slug or no name.", "Give it both in the file.")
    if kind == "section":
        fields["order"] = _whole(row, "order")
    if kind == "source":
        _choice(row, "kind", get_args(SourceKind))
        fields["rules"] = [_rule(each) for each in _list(row, "rules")]
    return ImportedShared(kind, slug, fields, place, line.strip() + b"\n")


def _beside(row: dict[str, Any], kind: Any, line: bytes, place: str) -> ImportedRow:
    values = {name: read(row, name) for name, read in _BESIDE[kind].items()}
    for name in ("old_addresses", "articles"):
        if len(values.get(name, ())) > _MOST_WITHIN:
            raise Refusal(f"It has over {_MOST_WITHIN} {name.replace('_', ' ')}.", "Divide it in the file.")
    return ImportedRow(kind, values, place, line.strip() + b"\n")


def _rule(value: Any) -> tuple[str, str, int]:
    match value:
        case [str(evidence), str(pattern), int(order)] if 0 <= order <= _LARGEST_SMALL:
            return evidence, pattern, order
    raise _Wrong("rules")


def _published(row: dict[str, Any]) -> tuple[date | None, Precision]:
    told = _text(row, "published")
    found: tuple[date | None, Precision] = (None, "unknown")
    if told:
        read = read_date(told, as_told=True)
        if read is None:
            raise _Wrong("published")
        found = read
    if _text(row, "published_precision") not in ("", found[1]):
        raise _Wrong("published_precision")
    return found


def _moment(row: dict[str, Any], name: str) -> datetime | None:
    told = _text(row, name)
    read = read_date(told, as_told=True) if told else None
    if told and (read is None or not isinstance(read[0], datetime)):
        raise _Wrong(name)
    return read[0] if read and isinstance(read[0], datetime) else None


def _day(row: dict[str, Any], name: str) -> date | None:
    told = _text(row, name)
    try:
        return date.fromisoformat(told) if told else None
    except ValueError:
        raise _Wrong(name) from None


def _byline(row: dict[str, Any]) -> ImportedByline:
    role: Role = _choice(row, "role", get_args(Role), "text")
    return ImportedByline(
        _text(row, "name"), _text(row, "printed"), role, _text(row, "slug"), _whole(row, "number"), _whole(row, "order")
    )


def _source(row: dict[str, Any]) -> ImportedSource | None:
    told = row.get("source")
    if told is None:
        return None
    if not isinstance(told, dict):
        raise _Wrong("source")
    kind: SourceKind = _choice(told, "kind", get_args(SourceKind))
    return ImportedSource(_text(told, "name"), kind, _text(told, "slug"))


def _term(row: dict[str, Any]) -> ImportedTerm:
    return ImportedTerm(_text(row, "name"), _text(row, "slug"))


def _image(row: dict[str, Any]) -> ImportedImage:
    withheld: Withheld = _choice(row, "withheld", get_args(Withheld), "not-rescued")
    return ImportedImage(
        original_address=_text(row, "original_address"),
        alt=_text(row, "alt"),
        caption=_text(row, "caption"),
        credit=_text(row, "credit"),
        withheld=withheld,
        file=_text(row, "file"),
        width=_whole(row, "width", _LARGEST),
        height=_whole(row, "height", _LARGEST),
        number=_whole(row, "number"),
        order=_whole(row, "order"),
    )


def _correction(row: dict[str, Any]) -> ImportedCorrection:
    kind: CorrectionKind = _choice(row, "kind", get_args(CorrectionKind), "correction")
    made_on = _day(row, "made_on")
    if made_on is None:
        raise _Wrong("made_on")
    return ImportedCorrection(kind, _text(row, "text"), made_on, _whole(row, "number"))


def _tombstone(row: dict[str, Any]) -> ImportedTombstone:
    reason: WithdrawalReason = _choice(row, "reason", get_args(WithdrawalReason))
    withdrawn_on, reinstated_on = _day(row, "withdrawn_on"), _day(row, "reinstated_on")
    status = row.get("status_code", 410)
    if withdrawn_on is None or status not in (410, 451) or (reinstated_on and reinstated_on < withdrawn_on):
        raise _Wrong("withdrawals")
    return ImportedTombstone(
        withdrawn_on,
        reason,
        status,
        _truth(row, "show_headline", default=True),
        _text(row, "public_note"),
        reinstated_on,
        _whole(row, "number"),
    )


def _taken_in(row: dict[str, Any]) -> datetime | None:
    moment = _moment(row, "taken_in")
    if moment is not None and not _is_kept(moment):
        raise _Wrong("taken_in")
    return moment


def _history(row: dict[str, Any]) -> tuple[ImportedRevision, ...]:
    found = _each(row, "revisions", _revision)
    if len(found) > _MOST_WITHIN:
        raise Refusal(f"It has over {_MOST_WITHIN} revisions.", "Leave out its history (revisions) in the file.")
    return found


def _revision(row: dict[str, Any]) -> ImportedRevision:
    verb: RevisionVerb = _choice(row, "verb", get_args(RevisionVerb))
    made_at, changes = _moment(row, "made_at"), row.get("changes", {})
    if made_at is None or not _is_kept(made_at) or not isinstance(changes, dict):
        raise _Wrong("revisions")
    for name, pair in changes.items():
        can_be = _CHANGED.get(name)
        if can_be is None or not isinstance(pair, list) or len(pair) != 2 or not all(map(can_be, pair)):
            raise _Wrong("revisions")
    return ImportedRevision(verb, made_at, _text(row, "reason"), _truth(row, "is_public", default=True), changes)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_name(value: Any) -> bool:
    """Of something beside the article, or of nothing."""
    return value is None or (isinstance(value, list) and bool(value) and all(map(_is_text, value)))


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_rows(least: int, most: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(_is_texts(row) and least <= len(row) <= most for row in value)


def _is_day(value: Any) -> bool:
    try:
        return value is None or bool(date.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def _is_instant(value: Any) -> bool:
    try:
        return value is None or _is_kept(datetime.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def _is_kept(moment: datetime) -> bool:
    """Whether it is an instant that every clock can show: the first and the last of years end elsewhere."""
    return moment.tzinfo is not None and 1 < moment.year < 9999


def _are_notes(value: Any) -> bool:
    return _is_rows(3, 3)(value) and all(_is_day(day) for _kind, day, _note in value)


# What a revision may tell of: how a value of each field is written, before and after.
_CHANGED: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("original_id", "headline", "slug", "summary", "kicker", "body", "language"), _is_text),
    **dict.fromkeys(("dateline", "sign_off", "original_url"), _is_text),
    "published_precision": lambda value: value in get_args(Precision),
    "published_on": _is_day,
    **dict.fromkeys(("published_at", "modified_at"), _is_instant),
    **dict.fromkeys(("outlet", "source", "section"), _is_name),
    **dict.fromkeys(("indexable", "held_back"), lambda value: isinstance(value, bool)),
    "version_of": lambda value: value is None or isinstance(value, str),
    **dict.fromkeys(("tags", "old_addresses"), _is_texts),
    "bylines": _is_rows(3, 3),
    # The address of a picture was not told in earlier days.
    "images": _is_rows(5, 6),
    "corrections": _are_notes,
}


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None or isinstance(value, str):
        return value or ""
    raise _Wrong(name)


def _truth(row: dict[str, Any], name: str, *, default: bool) -> bool:
    value = row.get(name, default)
    if isinstance(value, bool):
        return value
    raise _Wrong(name)


def _whole(row: dict[str, Any], name: str, most: int = _LARGEST_SMALL) -> int:
    value = row.get(name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most):
        return value or 0
    raise _Wrong(name)


def _list(row: dict[str, Any], name: str) -> list[Any]:
    value = row.get(name)
    if value is None or isinstance(value, list):
        return value or []
    raise _Wrong(name)


def _strings(row: dict[str, Any], name: str) -> list[str]:
    values = _list(row, name)
    if all(isinstance(value, str) for value in values):
        return values
    raise _Wrong(name)


def _each(row: dict[str, Any], name: str, make: Callable[[dict[str, Any]], Any]) -> tuple[Any, ...]:
    values = _list(row, name)
    if all(isinstance(value, dict) for value in values):
        return tuple(make(value) for value in values)
    raise _Wrong(name)


def _choice(row: dict[str, Any], name: str, choices: tuple[str, ...], default: str | None = None) -> Any:
    value = row.get(name, default)
    if value in choices and isinstance(value, str):
        return value
    raise _Wrong(name)


def _told_day(row: dict[str, Any], name: str) -> str | None:
    day = _day(row, name)
    return day.isoformat() if day else None


def _chosen(row: dict[str, Any]) -> dict[str, Any]:
    key = _text(row, "key")
    if not _KEY.fullmatch(key):
        raise _Wrong("articles")
    return {"key": key, "order": _whole(row, "order"), "note": _text(row, "note")}


# What stands beside articles: how each field of a line is read.
_BESIDE: dict[str, dict[str, Callable[[dict[str, Any], str], Any]]] = {
    "outlet": {
        **dict.fromkeys(("slug", "name", "parent", "language", "time_zone", "website", "support_address"), _text),
        **dict.fromkeys(("opened_on", "closed_on"), _told_day),
        **dict.fromkeys(("rights_line", "accent", "about"), _text),
    },
    "host": dict.fromkeys(("outlet", "address"), _text),
    "pattern": {**dict.fromkeys(("outlet", "template", "example"), _text), "order": _whole},
    "page": {
        **dict.fromkeys(("outlet", "slug", "kind", "language", "title", "body", "imported_digest"), _text),
        "held_back": lambda row, name: _truth(row, name, default=False),
        "order": _whole,
        "updated_on": _told_day,
        "old_addresses": _strings,
    },
    "notice": {
        **dict.fromkeys(("outlet", "language", "placement", "names", "message"), _text),
        **dict.fromkeys(("first_day", "last_day"), _told_day),
    },
    "selection": {
        **dict.fromkeys(("outlet", "slug", "title", "introduction"), _text),
        **dict.fromkeys(("shown_from", "shown_until"), _told_day),
        "articles": lambda row, name: [_chosen(each) for each in _each(row, name, dict)],
    },
}
