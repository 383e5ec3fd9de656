"""newsml-1: the IPTC's NewsML 1.0 to 1.2, as AFP and others sent it; its text in NITF, HTML, or plain.

https://iptc.org/standards/newsml-1/ ; its DTD, which is never fetched:
https://www.iptc.org/std/NewsML/1.2/specification/NewsML_1.2.dtd

An item's id is its public identifier without the number of the revision, which all its revisions have in common:
urn:newsml:afp.com:20140829T135002Z:TX-PAR-FXW86. It was published when it was first created; a later revision was
modified when that revision was created.

The item's main text is taken, and its pictures with their captions. An item that only tells how to change an earlier
revision (Update) is refused. Topics, subject codes, places, sounds and films stay in the record only. It has no
sections.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from typing import BinaryIO

from . import xml
from .base import ImportedArticle, ImportedByline, ImportedImage, Precision, Problem, ReadOptions, Refusal
from .items import ImportedWithdrawal, LeftOut
from .wire_markup import (
    Head,
    Story,
    dateline_in,
    head_in,
    paragraphs_in,
    story_in,
    story_in_string,
    summary_of,
    terms,
    unclear_embargo,
    unnamed_kill,
    withheld,
)
from .wires import bylines_of, is_later_version, is_sign_off, read_instant, read_moment, says_kill, usage_remarks

_NAMES = frozenset({"NewsItem"})
_TEXTS = frozenset({"text", "complextext", ""})
_PICTURES = frozenset({"photo", "picture", "image", "graphic"})
# The roles of a component that is not the story: https://iptc.org/newscodes (Role)
_SIDE_ROLES = frozenset({"caption", "photocaption", "photo", "picture", "image", "thumbnail", "quicklook", "legend"})
# Of an item's texts and pictures in all their sizes; none that is known has a tenth of it.
_MOST_CONTENTS = 200
_SMALL = frozenset({"thumbnail", "quicklook", "preview", "icon"})

_Item = ImportedArticle | ImportedWithdrawal | LeftOut | Problem


def recognises(head: bytes) -> bool:
    root = xml.root(head)
    return root is not None and root.name == "NewsML"


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[_Item]:
    found = False
    for part in xml.parts(stream, _NAMES, options):
        found = True
        if isinstance(part, Problem):
            yield part
            continue
        try:
            yield _item(part)
        except Refusal as refusal:
            yield Problem(part.place, refusal.problem.problem, refusal.problem.remedy)
    if not found:
        yield Problem("", "The file holds no item of NewsML.", "Leave it out, or name its format with --format.")


def _item(part: xml.Part) -> _Item:
    item = part.element
    management = xml.child(item, "NewsManagement")
    status = _formal(xml.child(management, "Status")).lower()
    instructions = {_formal(each).lower() for each in xml.children(management, "Instruction")}
    if status in ("canceled", "cancelled") or instructions & {"delete", "kill"}:
        return ImportedWithdrawal(_id(item), "other", note=_note(item), place=part.place, record=part.record())
    component = xml.child(item, "NewsComponent")
    if component is None:
        if xml.child(item, "Update") is not None:
            raise Refusal(
                "It only tells how to change an earlier revision.", "Import the whole item in its last revision."
            )
        if management is None and xml.child(item, "Identification") is None:
            raise Refusal("Nothing of an item stands in it.", "Leave it out, or fetch it again.")
        return LeftOut("items without a component")
    contents = list(_texts(component))
    if not contents:
        if any(_pictures(component)):
            return LeftOut("pictures without an article")
        raise Refusal("It has no text.", "Leave it out, or fetch it again.")
    article = _article(part, component, contents)
    if status == "withheld":
        article = replace(article, held_back=True, problems=(*article.problems, withheld(part.place)))
    return article


def _article(part: xml.Part, component: xml.Element, contents: list[xml.Element]) -> ImportedArticle:
    item = part.element
    problems = [*part.problems, *_usage(component, part.place)]
    found = ((content, *_story(content, _line(content, component, "HeadLine"))) for content in contents)
    content, story, head = next((each for each in found if each[1].body), (contents[0], Story(), Head()))
    if not story.body:
        raise Refusal("It has no text.", "Leave it out, or fetch it again.")
    headline = _line(content, component, "HeadLine") or head.headline or story.heading
    if not headline:
        headline = _line(content, component, "SlugLine") or xml.text(item, "Identification", "NameLabel")
        if not headline:
            raise Refusal("It has no headline.", "Write one: <NewsLines><HeadLine>…</HeadLine></NewsLines>.")
        problems.append(
            Problem(part.place, "It has no headline; its slugline stands in its place.", "Write one in the admin.")
        )
    if says_kill([], headline):
        raise Refusal(unnamed_kill(part.place, headline).problem, unnamed_kill(part.place, headline).remedy)
    published, precision, modified = _dates(item)
    until, is_unclear = _embargo(item)
    if is_unclear:
        problems.append(unclear_embargo(part.place))
    bylines, sign_off = _bylines(content, component)
    credit = _line(content, component, "CreditLine")
    return ImportedArticle(
        original_id=_id(item),
        headline=headline,
        body=story.body,
        summary=summary_of(head.summary or _line(content, component, "SubHeadLine"), story),
        language=_language(item, content, component),
        published=published,
        published_precision=precision,
        modified=modified,
        dateline=story.dateline or _dateline(content, component) or head.dateline,
        sign_off=story.sign_off or sign_off or head.sign_off,
        bylines=bylines or head.bylines or bylines_of(story.byline),
        tags=terms(_keywords(component)),
        images=tuple(dict.fromkeys((*_pictures(component), *story.images))),
        held_back=is_unclear,
        provider=_provider(item, content, component),
        credit=credit or head.distributor,
        embargoed_until=until,
        urgency=_urgency(item),
        place=part.place,
        record=part.record(),
        problems=tuple(problems),
        # Where the first revision's date is not told, it has that of this one.
        dated_by_version=modified is not None and modified == published,
    )


def _usage(component: xml.Element, place: str) -> list[Problem]:
    found = list(xml.children(xml.child(component, "RightsMetadata"), "UsageRights"))
    names = ("UsageType", "Geography", "Limitations")
    terms = [xml.text(each) for rights in found for name in names for each in xml.children(rights, name)]
    return usage_remarks(place, terms, next((day for each in found if (day := xml.text(each, "EndDate"))), ""))


def _formal(element: xml.Element) -> str:
    return xml.attribute(element, "FormalName")


def _id(item: xml.Element) -> str:
    identifier = xml.child(item, "Identification", "NewsIdentifier")
    parts = [xml.text(identifier, name) for name in ("ProviderId", "DateId", "NewsItemId")]
    if all(parts):
        return ":".join(["urn:newsml", *parts])
    public, revision = xml.text(identifier, "PublicIdentifier"), xml.text(identifier, "RevisionId")
    if not public:
        raise Refusal("It has no identifier.", "Give it one: from its id its permanent address is made.")
    return public.removesuffix(f":{revision}") if revision else public


def _within(content: xml.Element, component: xml.Element) -> Iterator[xml.Element]:
    """The components in which a content stands, the innermost first."""
    each = content
    while each is not None and each is not component:
        each = each.getparent()
        if each is not None and xml.name(each) == "NewsComponent":
            yield each


def _contents(component: xml.Element) -> Iterator[xml.Element]:
    return islice(xml.descendants(component, "ContentItem"), _MOST_CONTENTS)


def _texts(component: xml.Element) -> Iterator[xml.Element]:
    """The contents that are text, the main story's first."""
    found = [each for each in _contents(component) if _is_text(each)]
    roles = [{_role(within) for within in _within(each, component)} for each in found]
    yield from (each for each, own in zip(found, roles, strict=True) if "main" in own)
    yield from (each for each, own in zip(found, roles, strict=True) if "main" not in own and not own & _SIDE_ROLES)


def _is_text(content: xml.Element) -> bool:
    kind = _formal(xml.child(content, "MediaType")).lower()
    return kind in _TEXTS and xml.child(content, "DataContent") is not None


def _role(component: xml.Element) -> str:
    return _formal(xml.child(component, "Role")).lower()


def _story(content: xml.Element, headline: str) -> tuple[Story, Head]:
    data = xml.child(content, "DataContent")
    if xml.child(content, "Encoding") is not None:
        raise Refusal("Its text is encoded within the item.", "Decode it first, or leave it out.")
    nitf = next(xml.descendants(data, "nitf"), None)
    if nitf is not None:
        head = head_in(xml.child(nitf, "body", "body.head"))
        body = xml.child(nitf, "body", "body.content")
        return story_in(nitf if body is None else body, head.headline or headline), head
    if next(xml.children(data), None) is not None:
        return story_in(data, headline), Head()
    return story_in_string(xml.text(data), headline), Head()


def _line(content: xml.Element, component: xml.Element, name: str) -> str:
    """A line of the innermost component that has it."""
    element = _line_element(content, component, name)
    return " ".join(xml.text(element).split())


def _line_element(content: xml.Element, component: xml.Element, name: str) -> xml.Element:
    for each in _within(content, component):
        for lines in xml.children(each, "NewsLines"):
            found = (line for line in xml.children(lines, name) if xml.text(line))
            if (line := next(found, None)) is not None:
                return line
    return None


def _dateline(content: xml.Element, component: xml.Element) -> str:
    return dateline_in(_line_element(content, component, "DateLine"))


def _bylines(content: xml.Element, component: xml.Element) -> tuple[tuple[ImportedByline, ...], str]:
    printed = _line(content, component, "ByLine")
    if not printed:
        return (), ""
    return ((), printed) if is_sign_off(printed) else (bylines_of(printed), "")


def _language(item: xml.Element, content: xml.Element, component: xml.Element) -> str:
    for each in _within(content, component):
        if told := _formal(xml.child(each, "DescriptiveMetadata", "Language")):
            return told
    return xml.attribute(component, "lang") or xml.attribute(item, "lang")


def _dates(item: xml.Element) -> tuple[date | None, Precision, datetime | None]:
    management = xml.child(item, "NewsManagement")
    first, precision = read_moment(xml.text(management, "FirstCreated"))
    revised = read_instant(xml.text(management, "ThisRevisionCreated"))
    if first is None:
        if revised is not None:
            number = xml.text(item, "Identification", "NewsIdentifier", "RevisionId")
            return revised, "minute", revised if is_later_version(number) else None
        first, precision = read_moment(xml.text(item, "Identification", "NewsIdentifier", "DateId"))
    return first, precision, revised if revised != first else None


def _embargo(item: xml.Element) -> tuple[datetime | None, bool]:
    """Until when it is under embargo, and whether it is under one whose end can't be told."""
    management = xml.child(item, "NewsManagement")
    if _formal(xml.child(management, "Status")).lower() != "embargoed":
        return None, False
    for change in xml.children(management, "StatusWillChange"):
        if _formal(xml.child(change, "FutureStatus")).lower() == "usable":
            until = read_instant(xml.text(change, "DateAndTime"))
            return until, until is None
    return None, True


def _provider(item: xml.Element, content: xml.Element, component: xml.Element) -> str:
    for each in _within(content, component):
        for role in ("Provider", "Source"):
            if told := _formal(xml.child(each, "AdministrativeMetadata", role, "Party")):
                return told
    return xml.text(item, "Identification", "NewsIdentifier", "ProviderId")


def _keywords(component: xml.Element) -> list[str]:
    lines = [xml.text(each) for each in xml.descendants(component, "KeywordLine")]
    properties = (
        each
        for metadata in xml.descendants(component, "DescriptiveMetadata")
        for each in xml.children(metadata, "Property")
    )
    return [*lines, *(xml.attribute(each, "Value") for each in properties if _formal(each).lower() == "keyword")]


def _urgency(item: xml.Element) -> int:
    management = xml.child(item, "NewsManagement")
    told = _formal(xml.child(management, "Urgency"))
    return int(told) if len(told) == 1 and told in "123456789" else 0


def _note(item: xml.Element) -> str:
    management = xml.child(item, "NewsManagement")
    told = [xml.text(each) for each in xml.children(management, "Comment")]
    told += [xml.text(each) for each in list(xml.descendants(item, "HeadLine"))[:1]]
    told += [" ".join(paragraphs_in(each)) for each in list(xml.descendants(item, "DataContent"))[:1]]
    return " ".join(" ".join(told).split())[:1000]


def _pictures(component: xml.Element) -> Iterator[ImportedImage]:
    """Each component that is a picture holds it in several sizes, with its words."""
    # An element is known by its id as long as it is held.
    seen: dict[int, xml.Element] = {}
    for content in _contents(component):
        if _is_picture(content):
            own = _own_component(content, component)
            if id(own) not in seen:
                seen[id(own)] = own
                yield _picture(own)


def _is_picture(content: xml.Element) -> bool:
    return _formal(xml.child(content, "MediaType")).lower() in _PICTURES


def _own_component(content: xml.Element, component: xml.Element) -> xml.Element:
    """The component that is the picture, above those of its sizes."""
    within = [each for each in _within(content, component) if each is not component]
    by_role = (each for each in within if _role(each) in _PICTURES)
    by_lines = (each for each in within if xml.child(each, "NewsLines") is not None)
    # An element without others within it is false, so it is not asked.
    return next((each for found in (by_role, by_lines, within) for each in found), component)


def _is_beside(content: xml.Element, component: xml.Element) -> bool:
    """Whether a text is the words of a picture."""
    return any(_role(each) in _SIDE_ROLES for each in _within(content, component))


def _picture(own: xml.Element) -> ImportedImage:
    sizes = [each for each in _contents(own) if _is_picture(each)]
    large = [each for each in sizes if _role(each.getparent()) not in _SMALL] or sizes
    best = max(large, key=_width)
    caption = ""
    for each in _contents(own):
        if _is_text(each) and _is_beside(each, own):
            caption = " ".join(xml.text(each, "DataContent").split())
            break
    lines = xml.child(own, "NewsLines")
    return ImportedImage(
        original_address=xml.attribute(best, "Href"),
        caption=caption,
        credit=" ".join((xml.text(lines, "CreditLine") or xml.text(lines, "ByLine")).split()),
    )


def _width(content: xml.Element) -> int:
    for each in xml.descendants(content, "Property"):
        if _formal(each).lower() == "width" and xml.attribute(each, "Value").isdecimal():
            return int(xml.attribute(each, "Value")[:7])
    return 0
