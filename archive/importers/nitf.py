"""nitf: the IPTC's News Industry Text Format, 2.0 to 3.6; one document a file, or several joined.

https://iptc.org/standards/nitf/ ; its DTD, which is never fetched:
https://www.iptc.org/std/NITF/3.6/specification/nitf-3-6.dtd

A document's id is its doc-id, without the number of the version where du-key tells that it ends with one; of a
correction, the doc-id that it corrects. Where no doc-id is told it is a digest of provider, date and headline.
It was published on date.issue, else pubdata's; until date.release, where that is later, it is under embargo.

It has no sections. Subject codes, events, places and sounds and films stay in the record only.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256
from typing import BinaryIO

from . import xml
from .base import ImportedArticle, Precision, Problem, ReadOptions, Refusal
from .items import ImportedWithdrawal
from .wire_markup import head_in, story_in, summary_of, terms, unclear_embargo, unnamed_kill, withheld
from .wires import bylines_of, is_later_version, read_instant, read_moment, says_kill, usage_remarks

_WITHIN = re.compile(rb"<(?:[\w.-]{1,40}:)?nitf[\s>]")
# A fragment of NewsML-G2 that carries NITF.
_CARRIERS = frozenset({"contentSet", "inlineXML", "DataContent"})
_NAMES = frozenset({"nitf"})
# How NITF writes a day whose hour is not known.
_NO_HOUR = re.compile(r"\d{8}T?000000")

_Item = ImportedArticle | ImportedWithdrawal | Problem


def recognises(head: bytes) -> bool:
    root = xml.root(head)
    return root is not None and (root.name == "nitf" or (root.name in _CARRIERS and bool(_WITHIN.search(head))))


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[_Item]:
    found = False
    for part in xml.parts(stream, _NAMES, options):
        found = True
        if isinstance(part, Problem):
            yield part
            continue
        try:
            yield from _items(part)
        except Refusal as refusal:
            yield Problem(part.place, refusal.problem.problem, refusal.problem.remedy)
    if not found:
        yield Problem("", "The file holds no NITF document.", "Leave it out, or name its format with --format.")


def _items(part: xml.Part) -> Iterator[_Item]:
    nitf = part.element
    docdata = xml.child(nitf, "head", "docdata")
    status = xml.attribute(docdata, "management-status").lower()
    other = xml.attribute(docdata, "management-doc-idref")
    if status in ("canceled", "cancelled", "killed"):
        yield ImportedWithdrawal(other or _id(part), "other", note=_note(nitf), place=part.place, record=part.record())
        return
    if other and xml.attribute(docdata, "management-idref-status").lower() in ("canceled", "cancelled"):
        yield ImportedWithdrawal(other, "other", note=_note(nitf), place=part.place, record=part.record())
    yield _article(part, status)


def _article(part: xml.Part, status: str) -> ImportedArticle | Problem:
    nitf = part.element
    docdata, pubdata = xml.child(nitf, "head", "docdata"), xml.child(nitf, "head", "pubdata")
    head = head_in(xml.child(nitf, "body", "body.head"))
    content = _whole_text(nitf)
    headline = head.headline or xml.text(nitf, "head", "title")
    story = story_in(nitf if content is None else content, headline)
    problems = [*part.problems, *_usage(docdata, part.place)]
    if not headline:
        headline = story.heading or head.subheadline
    below = head.subheadline if head.subheadline != headline else ""
    if says_kill([], headline):
        return unnamed_kill(part.place, headline)
    if not story.body:
        raise Refusal(f"The document “{headline[:80]}” has no text.", "Leave it out, or fetch it again.")
    if not headline:
        raise Refusal("It has no headline.", "Write one: <hedline><hl1>…</hl1></hedline>.")
    published, precision = _published(docdata, pubdata)
    until, is_unclear = _embargo(docdata, status, published)
    if is_unclear:
        problems.append(unclear_embargo(part.place))
    if status == "withheld":
        problems.append(withheld(part.place))
    address = xml.attribute(pubdata, "ex-ref")
    is_later = _is_later_version(docdata)
    provider = _provider(docdata)
    return ImportedArticle(
        original_id=_id(part),
        headline=" ".join(headline.split()),
        body=story.body,
        summary="\n".join(filter(None, [below, summary_of(head.summary, story)])),
        language=_language(nitf),
        published=published,
        published_precision=precision,
        modified=published if is_later and isinstance(published, datetime) else None,
        dateline=story.dateline or head.dateline,
        sign_off=story.sign_off or head.sign_off,
        bylines=head.bylines or bylines_of(story.byline),
        tags=terms([xml.attribute(each, "key") for each in xml.descendants(docdata, "keyword")]),
        images=tuple(story.images),
        original_url=address if address.startswith(("http://", "https://")) else "",
        held_back=is_unclear or status == "withheld",
        provider=provider,
        credit=head.distributor,
        embargoed_until=until,
        urgency=_urgency(docdata),
        place=part.place,
        record=part.record(),
        problems=tuple(problems),
        dated_by_version=is_later,
    )


def _whole_text(nitf: xml.Element) -> xml.Element | None:
    """The text, in however many pieces it stands, and the line under it that tells of its author."""
    body = xml.child(nitf, "body")
    pieces = list(xml.children(body, "body.content"))
    if not pieces:
        return None
    for each in pieces[1:]:
        pieces[0].append(each)
    for line in xml.children(xml.child(body, "body.end"), "tagline"):
        paragraph = line.makeelement(str(line.tag).replace("tagline", "p"))
        paragraph.text = xml.text(line)
        pieces[0].append(paragraph)
    return pieces[0]


def _is_later_version(docdata: xml.Element) -> bool:
    """Whether it corrects another document, or has a number of a version above the first."""
    is_correction = bool(xml.attribute(xml.child(docdata, "correction"), "id-string"))
    return is_correction or is_later_version(xml.attribute(xml.child(docdata, "du-key"), "version"))


def _id(part: xml.Part) -> str:
    docdata = xml.child(part.element, "head", "docdata")
    corrected = xml.attribute(xml.child(docdata, "correction"), "id-string")
    told = corrected or xml.attribute(xml.child(docdata, "doc-id"), "id-string")
    key = xml.attribute(xml.child(docdata, "du-key"), "key")
    if told:
        is_numbered = key and re.fullmatch(re.escape(key) + r"[._:-]\d{1,6}", told)
        return key if is_numbered else told
    issued = xml.attribute(xml.child(docdata, "date.issue"), "norm")
    body = xml.child(part.element, "body")
    headline = xml.text(body, "body.head", "hedline", "hl1") or xml.text(part.element, "head", "title")
    told = "\n".join([_provider(docdata), issued, " ".join(headline.split())])
    if not issued:
        told += "\n" + " ".join(xml.text(body, "body.content").split())
    return f"nitf-{sha256(told.encode()).hexdigest()[:32]}"


def _published(docdata: xml.Element, pubdata: xml.Element) -> tuple[date | None, Precision]:
    for told in (
        xml.attribute(xml.child(docdata, "date.issue"), "norm"),
        xml.attribute(pubdata, "date.publication"),
        xml.attribute(xml.child(docdata, "date.release"), "norm"),
    ):
        moment, precision = read_moment(told)
        if moment is not None:
            if isinstance(moment, datetime) and _NO_HOUR.match(told.replace("-", "").replace(":", "")):
                return moment.date(), "day"
            return moment, precision
    return None, "unknown"


def _embargo(docdata: xml.Element, status: str, published: date | None) -> tuple[datetime | None, bool]:
    """Until when it is under embargo, and whether it is under one whose end can't be told."""
    told = xml.attribute(xml.child(docdata, "date.release"), "norm")
    until = read_instant(told)
    if status == "embargoed":
        return until, until is None
    if until is None or not isinstance(published, datetime):
        return None, False
    is_later = until.tzinfo is not None and published.tzinfo is not None and until > published
    return (until, False) if is_later else (None, False)


def _usage(docdata: xml.Element, place: str) -> list[Problem]:
    found = list(xml.children(docdata, "doc.rights"))
    terms = [xml.attribute(each, name) for each in found for name in ("type", "geography", "limitations")]
    ends = [xml.attribute(each, "enddate") for each in found]
    ends.append(xml.attribute(xml.child(docdata, "date.expire"), "norm"))
    return usage_remarks(place, terms, next(filter(None, ends), ""))


def _provider(docdata: xml.Element) -> str:
    return (
        xml.attribute(xml.child(docdata, "doc-id"), "regsrc")
        or xml.attribute(xml.child(docdata, "del-list", "from-src"), "src-name")
        or xml.attribute(xml.child(docdata, "doc.copyright"), "holder")
    )


def _urgency(docdata: xml.Element) -> int:
    told = xml.attribute(xml.child(docdata, "urgency"), "ed-urg")
    return int(told) if told in "123456789" and told else 0


def _language(nitf: xml.Element) -> str:
    return (
        xml.attribute(nitf, "baselang")
        or xml.attribute(nitf, "lang")
        or xml.attribute(xml.child(nitf, "body"), "lang")
        or xml.attribute(xml.child(nitf, "body", "body.content"), "lang")
    )


def _note(nitf: xml.Element) -> str:
    docdata = xml.child(nitf, "head", "docdata")
    told = [
        *(xml.attribute(each, "info") for each in xml.children(docdata, "ed-msg", "correction")),
        xml.text(nitf, "body", "body.head", "hedline", "hl1"),
        xml.text(nitf, "body", "body.content"),
    ]
    return " ".join(" ".join(words for words in told if words).split())[:1000]
