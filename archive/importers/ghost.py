"""ghost: the JSON export of Ghost, versions 0 to 6 (Settings, Labs, Export), and answers of its API.

https://ghost.org/docs/migration/custom/ and, for the tables,
https://github.com/TryGhost/Ghost/blob/main/ghost/core/core/server/data/schema/schema.js

Taken are posts and pages. An article's id is the post's uuid, which Ghost keeps from version to version and from site
to site, and its id where it has none. What is not published, or was not for everyone to read, is held back.

It can't carry: the site's address (Ghost writes __GHOST_URL__ in its place: it is the outlet's website that is put
there), sections, sources, corrections, the roles of authors, and who held which right to a picture. Reader comments,
members, accounts and settings are counted, not taken; no e-mail address, password or key of the file is kept.
"""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from .base import (
    MOST_IN_VAIN,
    ImportedArticle,
    ImportedByline,
    ImportedImage,
    ImportedTerm,
    Item,
    Problem,
    ReadOptions,
    Refusal,
)
from .ghost_text import lexical, markdown, mobiledoc
from .items import ImportedPage, LeftOut
from .json_stream import Decision, Found, Path, line_of_text, objects, text, walk
from .pictures import pictures_in, plain
from .told_dates import moment_of, read_moment

_HEAD = re.compile(
    rb'\s*\{\s*(?:"db"\s*:\s*\[\s*\{\s*"(?:meta|data)"\s*:\s*\{'
    rb'|"meta"\s*:\s*\{\s*"exported_on"'
    rb'|"data"\s*:\s*\{\s*"(?:posts|users|actions|tags)"\s*:\s*\['
    rb'|"(?:posts|pages)"\s*:\s*\[\s*\{(?=.*"(?:uuid|mobiledoc|lexical|feature_image|comment_id)"))',
    re.DOTALL,
)
# Where its tables stand: in an export, in one without the wrapping, in an answer of the API.
_PLACES: tuple[Path, ...] = (("db", "*", "data"), ("data",), ())
_ENTERED = {place[:length] for place in _PLACES for length in range(len(place) + 1)}
_KEPT_COLUMNS = {
    "users": ("id", "name", "slug"),
    "tags": ("id", "name", "slug", "visibility"),
    "posts_meta": ("post_id", "feature_image_alt", "feature_image_caption", "email_only"),
    "settings": ("key", "value"),
}
_SETTINGS = {"permalinks", "timezone", "active_timezone", "activeTimezone"}
_LINKS = {"posts_tags": "tag_id", "posts_authors": "author_id"}
_TEXTS = {"posts", "pages"}
_POST_COLUMNS = (
    *("id", "uuid", "title", "slug", "html", "lexical", "mobiledoc", "markdown", "plaintext", "feature_image", "image"),
    *("feature_image_alt", "feature_image_caption", "type", "page", "status", "visibility", "email_only", "locale"),
    *("author_id", "author", "published_at", "updated_at", "custom_excerpt", "canonical_url", "tags", "authors"),
)
_SITE = "__GHOST_URL__"


def recognises(head: bytes) -> bool:
    return bool(_HEAD.match(head.removeprefix(b"\xef\xbb\xbf")))


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Item]:
    try:
        with closing(sqlite3.connect("")) as side_tables:
            yield from _items(stream, options, _Tables(side_tables))
    except Refusal as refusal:
        yield refusal.problem


def _items(stream: BinaryIO, options: ReadOptions, tables: "_Tables") -> Iterator[Item]:
    start = stream.tell()
    cut_off = None
    try:
        # Tables stand in any order, so that what posts refer to is read first.
        tables.fill(stream, options.encoding)
    except Refusal as refusal:
        cut_off = refusal
    stream.seek(start)
    number = 0
    try:
        for found in walk(stream, options.encoding, _wants_posts):
            number += 1
            place = f"item {number}, line {found.line}" if isinstance(found, Found) else f"item {number}, {found.place}"
            if isinstance(found, Problem):
                yield replace(found, place=place)
            elif not isinstance(found.value, dict):
                yield Problem(place, "It is no post.", "Leave it out of the file.")
            else:
                is_page, is_first = found.path[-2] == "pages", number == 1
                post = _Post(found.value, is_page, tables, options, place, is_first, found.remarks(place))
                item = post.item()
                yield replace(item, raw=post.record()) if isinstance(item, Problem) else item
    except Refusal as refusal:
        cut_off = refusal
    yield from (LeftOut(kind.replace("_", " "), count) for kind, count in sorted(tables.left_out.items()))
    if cut_off:
        yield cut_off.problem
    elif not number:
        yield Problem("", "No post stands in the export.", "Export the site again: Settings, Labs, Export.")


def _table(path: Path) -> str:
    """The table that stands at a path, or an empty text."""
    return path[-1] if path and path[:-1] in _PLACES and path not in _ENTERED else ""


def _wants_posts(path: Path) -> Decision:
    if path in _ENTERED or _table(path) in _TEXTS:
        return "enter"
    return "take" if path[-1] == "*" and _table(path[:-1]) in _TEXTS else "skip"


@dataclass(slots=True)
class _Tables:
    """What posts refer to, kept outside memory: a large site has millions of such rows."""

    database: sqlite3.Connection
    left_out: Counter[str] = field(default_factory=Counter)
    last: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.database.execute("CREATE TABLE rows (kind, id, row, PRIMARY KEY (kind, id)) WITHOUT ROWID")
        self.database.execute("CREATE TABLE links (kind, post, other, position, UNIQUE (kind, post, other))")

    def fill(self, stream: BinaryIO, encoding: str) -> None:
        in_vain = 0
        for found in walk(stream, encoding, self._wanted):
            in_vain += 1
            if isinstance(found, Found) and isinstance(found.value, dict):
                in_vain = 0 if self._add(_table(found.path[:-1]), found.value) else in_vain
            if in_vain > MOST_IN_VAIN:
                raise Refusal(
                    f"Over {MOST_IN_VAIN} rows of its tables, one after another, tell of nothing new.",
                    "Export the site again; tags and authors that stand behind them are not known.",
                    f"line {found.line}" if isinstance(found, Found) else found.place,
                )

    def _wanted(self, path: Path) -> Decision:
        table = _table(path)
        if path in _ENTERED or (table and table not in _TEXTS):
            return "enter"
        if path[-1] != "*" or not (table := _table(path[:-1])):
            return "skip"
        if table in _LINKS or table in _KEPT_COLUMNS:
            return "take"
        self.left_out[table] += 1
        return "skip"

    def _add(self, table: str, row: dict[str, Any]) -> bool:
        """Keep a row; whether it names what it is of, and not what the one before it did."""
        if table in _LINKS:
            position = row.get("sort_order")
            post, other = _key(row.get("post_id")), _key(row.get(_LINKS[table]))
            values = (table, post, other, position if isinstance(position, int) and abs(position) < 2**63 else 0)
            # Of files that were joined each tells them again.
            self.database.execute("INSERT OR IGNORE INTO links VALUES (?, ?, ?, ?)", values)
            return self._is_new(table, post, other)
        key = _key(row.get({"posts_meta": "post_id", "settings": "key"}.get(table, "id")))
        if table == "settings" and key not in _SETTINGS:
            self.left_out["settings"] += 1
            return self._is_new(table, key)
        kept = {name: row[name] for name in _KEPT_COLUMNS[table] if name in row}
        self.database.execute("INSERT OR REPLACE INTO rows VALUES (?, ?, ?)", (table, key, json.dumps(kept)))
        return self._is_new(table, key)

    def _is_new(self, *row: str) -> bool:
        last, self.last = self.last, row
        return all(row) and row != last

    def row(self, table: str, key: str) -> dict[str, Any]:
        found = self.database.execute("SELECT row FROM rows WHERE kind = ? AND id = ?", (table, _key(key))).fetchone()
        return dict(json.loads(found[0])) if found else {}

    def linked(self, table: str, post: str) -> list[str]:
        query = "SELECT other FROM links WHERE kind = ? AND post = ? ORDER BY position, rowid"
        return [other for (other,) in self.database.execute(query, (table, _key(post)))]

    def setting(self, *names: str) -> str:
        return next((value for name in names if (value := text(self.row("settings", name).get("value")))), "")


def _key(value: Any) -> str:
    """What a row is called by; no table of SQLite's can hold half a character (a lone surrogate)."""
    return text(value).encode("utf-8", "replace").decode()


@dataclass(slots=True)
class _Post:
    row: dict[str, Any]
    is_page: bool
    tables: _Tables
    options: ReadOptions
    place: str
    is_first: bool
    problems: list[Problem] = field(default_factory=list)

    def item(self) -> ImportedArticle | ImportedPage | Problem:
        row = self.row
        if not (original_id := text(row.get("uuid")) or text(row.get("id"))):
            return Problem(self.place, "It has neither a uuid nor an id.", "Give it one in the file.")
        if not (title := line_of_text(row.get("title"))):
            return Problem(self.place, f"Post {original_id} has no title.", "Give it a title in the file.")
        meta = self.tables.row("posts_meta", text(row.get("id")))
        body = self.body()
        published, updated = self.moment("published_at"), self.moment("updated_at")
        reason = self.reason_to_hold_back(meta)
        if reason:
            self.remark(f"It is held back: {reason}.", "If readers may see it, say so in the admin.")
        address = self.address(published)
        if row.get("type") == "page" or row.get("page") in (1, True) or self.is_page:
            return ImportedPage(
                slug=text(row.get("slug")),
                title=title,
                body=body,
                language=text(row.get("locale")),
                modified=updated,
                held_back=bool(reason),
                old_addresses=(address,) if address else (),
                place=self.place,
                record=self.record(),
            )
        if not (body.strip() or reason):
            self.remark("It has no text.", "Look for the article in a crawl or another export.")
        elsewhere = self.with_site(text(row.get("canonical_url")))
        return ImportedArticle(
            original_id=original_id,
            headline=title,
            body=body,
            slug=text(row.get("slug")),
            summary=plain(text(row.get("custom_excerpt"))),
            language=text(row.get("locale")),
            published=published,
            published_precision="minute" if published else "unknown",
            modified=updated if updated and published and updated > published else None,
            bylines=self.bylines(),
            tags=self.tags(),
            images=self.images(meta, body),
            original_url=address,
            old_addresses=(elsewhere,) if elsewhere.startswith("http") and elsewhere != address else (),
            held_back=bool(reason),
            place=self.place,
            record=self.record(),
            problems=tuple(self.problems),
        )

    def remark(self, problem: str, remedy: str) -> None:
        self.problems.append(Problem(self.place, problem, remedy))

    def with_site(self, written: str) -> str:
        return written.replace(_SITE, self.options.website.rstrip("/"))

    def with_host(self, address: str) -> str:
        is_of_site = address.startswith("/") and not address.startswith("//")
        return self.options.website.rstrip("/") + address if is_of_site else address

    def body(self) -> str:
        row = self.row
        unknown: list[str] = []
        if text(row.get("html")).strip():
            body = text(row.get("html"))
        elif text(row.get("lexical")).strip():
            body, unknown = lexical(text(row.get("lexical")))
        elif text(row.get("mobiledoc")).strip():
            body, unknown = mobiledoc(text(row.get("mobiledoc")))
        else:
            body = ""
        if not body.strip():
            body = markdown(text(row.get("markdown")) or text(row.get("plaintext")))
            if text(row.get("markdown")).strip():
                self.remark("Its text stands in Markdown alone, and was kept as it was written.", "Look at the text.")
        if unknown:
            kinds = ", ".join(f"“{kind[:40]}”" for kind in sorted(set(unknown))[:10])
            self.remark(f"Of these parts only the plain text was kept: {kinds}.", "Look at the text.")
        if _SITE in body and self.is_first and not self.options.website:
            self.remark(
                "The file does not tell the site's address: links lack their host, and old addresses are not known.",
                "Write the former website of the outlet in the admin, and import again.",
            )
        return self.with_site(body)

    def moment(self, column: str) -> datetime | None:
        told = self.row.get(column)
        if isinstance(told, int | float) and not isinstance(told, bool):
            moment = moment_of(told)
        else:
            moment = read_moment(text(told), UTC) if text(told) else None
        if told and moment is None:
            self.remark(f"Its date, “{str(told)[:60]}”, can't be read.", "Set the date in the admin.")
        return moment

    def reason_to_hold_back(self, meta: dict[str, Any]) -> str:
        status, visibility = text(self.row.get("status")), text(self.row.get("visibility"))
        if status and status != "published":
            return {"sent": "it was sent by e-mail alone"}.get(status, f"its status is “{status[:40]}”")
        if meta.get("email_only") or self.row.get("email_only"):
            return "it was sent by e-mail alone"
        return f"it was for “{visibility[:80]}” alone" if visibility not in ("", "public") else ""

    def address(self, published: date | None) -> str:
        slug = text(self.row.get("slug"))
        if not self.options.website or not slug or text(self.row.get("status")) not in ("", "published"):
            return ""
        form = self.tables.setting("permalinks") or "/:slug/"
        if isinstance(published, datetime) and ":year" in form and self.row.get("type") != "page":
            local = published.astimezone(self.zone())
            form = form.replace(":year", f"{local:%Y}").replace(":month", f"{local:%m}").replace(":day", f"{local:%d}")
        path = form.replace(":slug", slug)
        # A form that names what is not at hand (:author, :id) tells no address.
        return self.options.website.rstrip("/") + (f"/{slug}/" if ":" in path else path)

    def zone(self) -> ZoneInfo:
        name = self.tables.setting("timezone", "active_timezone", "activeTimezone")
        try:
            return ZoneInfo(name or "UTC")
        except (KeyError, ValueError, OSError):
            return ZoneInfo("UTC")

    def related(self, embedded: str, links: str, table: str) -> list[dict[str, Any]]:
        """The rows that the post is linked to: within it in an answer of the API, in a table of their own else."""
        if rows := objects(self.row.get(embedded)):
            return rows
        return [self.tables.row(table, key) for key in self.tables.linked(links, text(self.row.get("id")))]

    def bylines(self) -> tuple[ImportedByline, ...]:
        rows = self.related("authors", "posts_authors", "users")
        if not rows and text(self.row.get("author_id")):
            rows = [self.tables.row("users", text(self.row.get("author_id")))]
        elif not rows and isinstance(self.row.get("author"), dict):
            rows = [self.row["author"]]
        if not all(line_of_text(row.get("name")) for row in rows):
            self.remark("An author of it stands nowhere in the file.", "Add the byline in the admin.")
        return tuple(
            ImportedByline(name, slug=text(row.get("slug"))) for row in rows if (name := line_of_text(row.get("name")))
        )

    def tags(self) -> tuple[ImportedTerm, ...]:
        return tuple(
            ImportedTerm(name, text(row.get("slug")))
            for row in self.related("tags", "posts_tags", "tags")
            # Internal tags steer the site, and were never shown.
            if (name := line_of_text(row.get("name")))
            and not name.startswith("#")
            and row.get("visibility") != "internal"
        )

    def images(self, meta: dict[str, Any], body: str) -> tuple[ImportedImage, ...]:
        address = self.with_site(text(self.row.get("feature_image")) or text(self.row.get("image")))
        within = tuple(
            replace(each, original_address=self.with_host(each.original_address)) for each in pictures_in(body)
        )
        address = self.with_host(address)
        if not address:
            return within
        first = ImportedImage(
            original_address=address,
            alt=line_of_text(meta.get("feature_image_alt") or self.row.get("feature_image_alt")),
            caption=plain(text(meta.get("feature_image_caption") or self.row.get("feature_image_caption"))),
        )
        return (first, *(each for each in within if each.original_address != address))

    def record(self) -> bytes:
        """An export of this post alone, without anyone's e-mail address or key."""
        post = {name: self.row[name] for name in _POST_COLUMNS if name in self.row}
        people = ("authors", "users"), ("author", "users"), ("tags", "tags")
        for column, table in people:
            if column in post:
                kept = [
                    {name: each[name] for name in _KEPT_COLUMNS[table] if name in each} for each in _all(post[column])
                ]
                post[column] = kept if isinstance(post[column], list) else next(iter(kept), None)
        key = text(self.row.get("id"))
        data: dict[str, Any] = {"pages" if self.is_page else "posts": [post]}
        links = {"posts_tags": ("tags", "tag_id"), "posts_authors": ("users", "author_id")}
        for table, (rows, column) in links.items():
            linked = self.tables.linked(table, key)
            data[table] = [{"post_id": key, column: each, "sort_order": place} for place, each in enumerate(linked)]
            data.setdefault(rows, []).extend(row for each in linked if (row := self.tables.row(rows, each)))
        if author := self.tables.row("users", text(self.row.get("author_id"))):
            data["users"].append(author)
        if meta := self.tables.row("posts_meta", key):
            data["posts_meta"] = [meta]
        data["settings"] = [row for name in sorted(_SETTINGS) if (row := self.tables.row("settings", name))]
        return json.dumps({"db": [{"meta": {}, "data": data}]}, ensure_ascii=True, separators=(",", ":")).encode()


def _all(value: Any) -> list[dict[str, Any]]:
    return objects(value) if isinstance(value, list) else objects([value])
