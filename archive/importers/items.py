"""What stands in a file beside articles, for the readers that meet it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Literal, Protocol

WithdrawalReason = Literal["rights-expired", "legal", "privacy", "error", "duplicate", "other"]


@dataclass(frozen=True, slots=True)
class ImportedPage:
    """A page that is no article (about, FAQ, policies): it becomes an information page of the outlet."""

    slug: str
    title: str
    # HTML, as received.
    body: str
    language: str = ""
    modified: datetime | None = None
    held_back: bool = False
    old_addresses: tuple[str, ...] = ()
    place: str = ""
    record: bytes = b""


@dataclass(frozen=True, slots=True)
class ImportedWithdrawal:
    """A sender's word that an article is to be taken from public view: a cancelled or killed wire."""

    original_id: str
    reason: WithdrawalReason
    # What the sender said, for staff.
    note: str = ""
    place: str = ""
    record: bytes = b""
    # When another archive was told of it, whose own export this is.
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportedShared:
    """An author, section, source or tag with all that it carries, from an archive's own export.

    It stands before the articles that name it, and is counted as no item.
    """

    kind: Literal["author", "section", "source", "tag"]
    slug: str
    # The fields of its model; of a section `parent` is the slug of the one above, of a source `rules` its rules, each
    # as evidence, pattern and order.
    fields: Mapping[str, Any]
    place: str = ""
    record: bytes = b""


RowKind = Literal["outlet", "host", "pattern", "page", "notice", "selection"]


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """What stands beside articles in an archive's own export, told as exporters/row_dict.py tells it."""

    kind: RowKind
    values: Mapping[str, Any]
    place: str = ""
    record: bytes = b""


@dataclass(frozen=True, slots=True)
class ImportedRedirect:
    """An address that led to another: it is an old address of the article that was published at the other."""

    from_url: str
    to_url: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class ImportedPicture:
    """A picture's file, as it stood at an address."""

    address: str
    content: bytes
    place: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """So many things of a kind that an archive does not take: reader comments, templates, settings."""

    kind: str
    number: int = 1


class AttachmentReader(Protocol):
    """What a reader has besides `read`, where pictures and redirects stand in the same file as the articles.

    It is asked after all articles are saved, for a file holds them in any order.
    """

    def read_attachments(
        self, stream: BinaryIO, wanted_pictures: frozenset[str]
    ) -> Iterator[ImportedPicture | ImportedRedirect]: ...
