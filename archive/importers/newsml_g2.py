"""newsml-g2: the IPTC's NewsML-G2, a news item or a message of many; its text in NITF, XHTML, or plain.

https://iptc.org/standards/newsml-g2/ ; its specification: https://www.iptc.org/std/NewsML-G2/specification/

An item's id is its guid, which all its versions have in common. It was first published when it was first created;
a later version was modified when that version was created. Codes are kept as they stand after their prefix
(nprov:AFP is AFP), for no catalogue is fetched.

Taken are items of text. Pictures are taken as an article's where its text shows them, or where a package or a link of
the same message tells that they belong to it; of a message of over 500 items that goes for neighbours only.
Events, concepts and plans, sounds, films and places stay out, or in the record only; terms of usage are told as
remarks. It has no sections.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import BinaryIO

from . import xml
from .base import ImportedArticle, ImportedByline, ImportedImage, Precision, Problem, ReadOptions, Refusal
from .items import ImportedWithdrawal, LeftOut
from .wire_markup import (
    Head,
    Story,
    dateline_in,
    head_in,
    own_names,
    story_in,
    story_in_string,
    summary_of,
    terms,
    unclear_embargo,
    unnamed_kill,
    withheld,
)
from .wires import bylines_of, is_later_version, read_instant, read_moment, says_kill, usage_remarks

_ITEMS = frozenset({"newsItem", "packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem"})
_ROOTS = _ITEMS | {"newsMessage"}
_NAMESPACE = "http://iptc.org/std/nar/2006-10-01/"
# How much of a message is held until its parts are known to each other.
_MOST_HELD = 500
_MOST_BYTES_HELD = 4_000_000
_KINDS = {
    "picture": "pictures without an article",
    "graphic": "pictures without an article",
    "video": "films",
    "audio": "sounds",
    "animation": "films",
}

_Item = ImportedArticle | ImportedWithdrawal | LeftOut | Problem


@dataclass(slots=True)
class _Message:
    """So much of a message as is held at once."""

    texts: list[xml.Part] = field(default_factory=list)
    pictures: dict[str, xml.Part] = field(default_factory=dict)
    # By the guid of a text, each package in which it stands, with the guids of all that it ties together.
    packages: dict[str, list[tuple[xml.Part, list[str]]]] = field(default_factory=dict)
    size: int = 0
    number: int = 0


def recognises(head: bytes) -> bool:
    root = xml.root(head)
    if root is None or root.name not in _ROOTS:
        return False
    return root.namespace == _NAMESPACE or (
        not root.namespace and (root.name == "newsMessage" or "NewsML-G2" in root.tag)
    )


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[_Item]:
    message, document, found = _Message(), 1, False
    try:
        for part in xml.parts(stream, _ITEMS, options):
            found = True
            if isinstance(part, Problem):
                yield part
                continue
            if part.document != document or message.number >= _MOST_HELD or message.size > _MOST_BYTES_HELD:
                yield from _items(message)
                message, document = _Message(), part.document
            if left_out := _hold(message, part):
                yield left_out
    except Refusal:
        # What was read before is good.
        yield from _items(message)
        raise
    yield from _items(message)
    if not found:
        yield Problem("", "The file holds no item of NewsML-G2.", "Leave it out, or name its format with --format.")


def _hold(message: _Message, part: xml.Part) -> LeftOut | None:
    message.number += 1
    message.size += len(part.source)
    guid = xml.attribute(part.element, "guid")
    kind = _class_of(part.element)
    if part.name == "packageItem":
        named = _named(part, "itemRef")
        for each in named:
            message.packages.setdefault(each, []).append((part, named))
        return None
    if part.name != "newsItem":
        return LeftOut({"conceptItem": "concepts", "planningItem": "plans"}.get(part.name, "lists of terms"))
    if kind in ("picture", "graphic"):
        message.pictures[guid] = part
    elif kind in _KINDS:
        return LeftOut(_KINDS[kind])
    else:
        message.texts.append(part)
    return None


def _class_of(item: xml.Element) -> str:
    return _code(xml.child(item, "itemMeta", "itemClass")).lower()


def _items(message: _Message) -> Iterator[_Item]:
    taken: set[str] = set()
    for part in message.texts:
        wanted, needed = _pictures_of(part, message)
        taken.update(guid for guid, _part in wanted)
        try:
            yield _item(part, [picture for _guid, picture in wanted], needed)
        except Refusal as refusal:
            yield Problem(part.place, refusal.problem.problem, refusal.problem.remedy)
    if left := len(message.pictures.keys() - taken):
        yield LeftOut(_KINDS["picture"], left)


def _pictures_of(part: xml.Part, message: _Message) -> tuple[list[tuple[str, xml.Part]], list[xml.Part]]:
    """The pictures of a text, and what else of the message its record needs to tell that they are."""
    packages = message.packages.get(xml.attribute(part.element, "guid"), [])
    named = [each for _package, others in packages for each in others] + _named(part, "link")
    found = [(guid, message.pictures[guid]) for guid in dict.fromkeys(named) if guid in message.pictures]
    return found, [package for package, _named_in_it in packages] if found else []


def _named(part: xml.Part, name: str) -> list[str]:
    """The guids that the elements of a name refer to, each once."""
    return list(dict.fromkeys(xml.attribute(each, "residref") for each in xml.descendants(part.element, name)))


def _item(part: xml.Part, pictures: list[xml.Part], packages: list[xml.Part]) -> ImportedArticle | ImportedWithdrawal:
    item, meta = part.element, xml.child(part.element, "itemMeta")
    record = part.record(*(each.source for each in (*packages, *pictures)))
    guid = xml.attribute(item, "guid")
    if not guid:
        raise Refusal("It has no guid.", "Give it one: from its id its permanent address is made.")
    status = _code(xml.child(meta, "pubStatus")).lower()
    if status in ("canceled", "cancelled"):
        return ImportedWithdrawal(guid, "other", note=_note(item), place=part.place, record=record)
    story, head = _story(item)
    article = _article(part, story, head, _images([each.element for each in pictures], story))
    article = replace(article, record=record)
    if status == "withheld":
        article = replace(article, held_back=True, problems=(*article.problems, withheld(part.place)))
    return article


def _article(part: xml.Part, story: Story, head: Head, images: tuple[ImportedImage, ...]) -> ImportedArticle:
    item, meta = part.element, xml.child(part.element, "itemMeta")
    content = xml.child(item, "contentMeta")
    problems = [*part.problems, *_usage(item, part.place)]
    headline, subheadline = _headlines(content)
    headline = headline or head.headline or story.heading or xml.text(meta, "title")
    if not headline:
        headline = xml.text(content, "slugline")
        if not headline:
            raise Refusal("It has no headline.", "Write one: <contentMeta><headline>…</headline></contentMeta>.")
        problems.append(
            Problem(part.place, "It has no headline; its slugline stands in its place.", "Write one in the admin.")
        )
    if says_kill([], headline):
        raise Refusal(unnamed_kill(part.place, headline).problem, unnamed_kill(part.place, headline).remedy)
    published, precision, modified = _dates(item)
    until, is_unclear = _embargo(meta)
    if is_unclear:
        problems.append(unclear_embargo(part.place))
    provider = _provider(item)
    return ImportedArticle(
        original_id=xml.attribute(item, "guid"),
        headline=" ".join(headline.split()),
        body=story.body,
        summary=summary_of(_summary(content) or head.summary or subheadline, story),
        language=xml.attribute(xml.child(content, "language"), "tag") or xml.attribute(item, "lang"),
        published=published,
        published_precision=precision,
        modified=modified,
        dateline=story.dateline or dateline_in(xml.child(content, "dateline")) or head.dateline,
        sign_off=story.sign_off or head.sign_off or _closing_line(meta),
        bylines=_bylines(content, provider) or head.bylines or bylines_of(story.byline),
        tags=terms(_tags(content)),
        images=images,
        held_back=is_unclear,
        provider=provider,
        credit=xml.text(content, "creditline") or head.distributor,
        embargoed_until=until,
        urgency=_urgency(content),
        place=part.place,
        problems=tuple(problems),
        # Where the first version's date is not told, it has that of this one.
        dated_by_version=modified is not None and modified == published,
    )


def _story(item: xml.Element) -> tuple[Story, Head]:
    """The text, and what stands above it where it is NITF. The first form in which it can be read is taken."""
    content = xml.child(item, "contentSet")
    for carrier in xml.children(content, "inlineXML"):
        nitf = next(xml.descendants(carrier, "nitf"), None)
        if nitf is not None:
            head = head_in(xml.child(nitf, "body", "body.head"))
            story = story_in(xml.child(nitf, "body", "body.content"), head.headline) if _has_text(nitf) else Story()
        else:
            head, story = Head(), story_in(carrier, _headlines(xml.child(item, "contentMeta"))[0])
        if story.body:
            return story, head
    for carrier in xml.children(content, "inlineData"):
        if xml.attribute(carrier, "encoding"):
            continue
        story = story_in_string("".join(carrier.itertext()), _headlines(xml.child(item, "contentMeta"))[0])
        if story.body:
            return story, Head()
    if next(xml.children(content, "remoteContent"), None) is not None:
        raise Refusal(
            "Its text lies in another file, at an address that the item tells.",
            "Put the text into the item, or import that file.",
        )
    raise Refusal("It has no text.", "Leave it out, or fetch it again.")


def _has_text(nitf: xml.Element) -> bool:
    return xml.child(nitf, "body", "body.content") is not None


def _headlines(content: xml.Element) -> tuple[str, str]:
    """The headline, and the one under it."""
    told = [(xml.attribute(each, "role").lower(), xml.text(each)) for each in xml.children(content, "headline")]
    main = [text for role, text in told if text and "sub" not in role and "short" not in role]
    sub = [text for role, text in told if text and "sub" in role]
    shorter = [text for role, text in told if text and "short" in role]
    return next(iter([*main, *shorter]), ""), next(iter(sub), "")


def _dates(item: xml.Element) -> tuple[date | None, Precision, datetime | None]:
    meta, content = xml.child(item, "itemMeta"), xml.child(item, "contentMeta")
    created = read_instant(xml.text(meta, "versionCreated"))
    first = read_instant(xml.text(meta, "firstCreated"))
    version = xml.attribute(item, "version")
    if first is None and version not in ("", "1"):
        first = read_instant(xml.text(content, "contentCreated"))
    published = first or created
    if published is None:
        return *read_moment(xml.text(meta, "versionCreated")), None
    is_later = created != published or (first is None and is_later_version(version))
    return published, "minute", created if is_later else None


def _embargo(meta: xml.Element) -> tuple[datetime | None, bool]:
    embargoed = xml.child(meta, "embargoed")
    if embargoed is None:
        return None, False
    until = read_instant(xml.text(embargoed))
    # An empty element: under embargo until it is told otherwise.
    return until, until is None


def _usage(item: xml.Element, place: str) -> list[Problem]:
    found = list(xml.children(item, "rightsInfo"))
    # Rights may be told of a part alone: of a picture, say.
    found = [each for each in found if not xml.attribute(each, "idrefs")]
    terms = [xml.text(each) for rights in found for each in xml.children(rights, "usageTerms")]
    return usage_remarks(place, terms, next((day for each in found if (day := xml.attribute(each, "validto"))), ""))


def _code(element: xml.Element) -> str:
    """What an element names: its code after the prefix, or literal, or the end of its address, or its name."""
    if element is None:
        return ""
    code = xml.attribute(element, "qcode").rpartition(":")[2] or xml.attribute(element, "literal")
    return code or xml.text(element, "name") or xml.attribute(element, "uri").rstrip("/").rpartition("/")[2]


def _provider(item: xml.Element) -> str:
    provider = xml.child(item, "itemMeta", "provider")
    return _code(provider) or _code(xml.child(item, "contentMeta", "infoSource"))


def _bylines(content: xml.Element, provider: str) -> tuple[ImportedByline, ...]:
    creators = own_names([xml.text(each, "name") for each in xml.children(content, "creator")], provider)
    if printed := " ".join(xml.text(content, "by").split()):
        return bylines_of(printed)
    return tuple(ImportedByline(name) for name in creators)


def _summary(content: xml.Element) -> str:
    told = [(xml.attribute(each, "role").lower(), xml.text(each)) for each in xml.children(content, "description")]
    # A caption, or what a desk tells of the item, is no summary of it.
    wanted = [text for role, text in told if text and (not role or any(word in role for word in _SUMMARIES))]
    return " ".join(next(iter(wanted), "").split())


_SUMMARIES = ("summary", "abstract", "lead", "teaser", "drop", "standfirst")


def _tags(content: xml.Element) -> list[str]:
    names = [xml.text(each) for each in xml.children(content, "keyword")]
    for subject in xml.children(content, "subject"):
        own = list(xml.children(subject, "name"))
        display = next((each for each in own if "mnemonic" not in xml.attribute(each, "role")), None)
        names.append("" if display is None else xml.text(display))
    return names


def _closing_line(meta: xml.Element) -> str:
    notes = xml.children(meta, "edNote")
    return next((xml.text(each) for each in notes if "closingline" in xml.attribute(each, "role").lower()), "")


def _urgency(content: xml.Element) -> int:
    told = xml.text(content, "urgency")
    return int(told) if len(told) == 1 and told in "123456789" else 0


def _note(item: xml.Element) -> str:
    told = [xml.text(each) for each in xml.children(xml.child(item, "itemMeta"), "edNote")]
    told.append(xml.text(item, "contentMeta", "headline"))
    return " ".join(" ".join(told).split())[:1000]


def _images(items: list[xml.Element], story: Story) -> tuple[ImportedImage, ...]:
    """The pictures of other items and those that the text shows; one that is both is one."""
    in_text = {image.original_address: image for image in story.images}
    found = []
    for item in items:
        content = xml.child(item, "contentMeta")
        renditions = list(xml.children(xml.child(item, "contentSet"), "remoteContent"))
        addresses = [xml.attribute(each, "href") for each in renditions]
        shown = [in_text.pop(address) for address in addresses if address in in_text]
        same = shown[0] if shown else ImportedImage()
        captions = [each for each in xml.children(content, "description") if "caption" in xml.attribute(each, "role")]
        caption = xml.text(next(iter(captions), None)) or xml.text(content, "description")
        credit = xml.text(content, "creditline") or xml.text(content, "by") or xml.text(content, "creator", "name")
        found.append(
            ImportedImage(
                original_address=xml.attribute(max(renditions, key=_width, default=None), "href"),
                alt=same.alt,
                caption=" ".join(caption.split()) or same.caption,
                credit=" ".join(credit.split()) or same.credit,
            )
        )
    return (*found, *in_text.values())


def _width(element: xml.Element) -> int:
    told = xml.attribute(element, "width")
    return int(told) if told.isdecimal() and len(told) < 8 else 0
