"""An article to be read without a browser: what stands in it and in which order, for any way of writing it."""

import re

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from archive.citing.digest import whole_text
from archive.dates import written_date, written_day
from archive.importers.base import Refusal
from archive.markup import parse_body

from .content import digest_of

_BLOCKS = frozenset(
    {
        *("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "li", "dl", "dt", "dd", "table"),
        *("caption", "thead", "tbody", "tfoot", "tr", "th", "td", "hr", "aside", "figure", "figcaption", "div"),
    }
)
_ANY_BLOCK = ",".join(sorted(_BLOCKS))
_SPACES = re.compile(r"[ \t\r\n\f]+")
_ANY_TAG = re.compile(r"<[^<>]*>?")
# What is nested deeper becomes its words alone: nothing that deep was meant to be read as it is nested.
_DEEPEST = 60


def article_blocks(article, notices, writer):
    """The blocks of a whole article in the outlet's language, each as `writer` sets it.

    `notices` are the closure notices' HTML: see `notice_html`.
    """
    with override(article.outlet.language):
        return [block for block in _article_blocks(article, notices, writer) if block]


def _article_blocks(article, notices, writer):
    language = article.outlet.language
    for notice in notices:
        yield writer.quoted(html_blocks(notice, writer))
    if article.kicker:
        yield writer.line(article.kicker)
    yield writer.heading(1, article.headline)
    if article.summary:
        yield writer.line(article.summary)
    yield writer.lines([*(str(each) for each in article.text_bylines), *_dates(article, language)])
    yield from html_blocks(whole_text(article.body, article.dateline, article.sign_off), writer)
    yield from _pictures(article, writer)
    yield writer.lines(_told(_capital(each.get_role_display()), each) for each in article.other_bylines)
    if article.source and article.source.credit:
        yield writer.line(article.source.credit)
    if corrections := list(article.corrections.all()):
        yield writer.heading(2, _("Corrections and notes"))
        for each in corrections:
            yield writer.line(_told(f"{each.get_kind_display()}, {written_day(each.made_on, language)}", each.text))
    yield writer.heading(2, _("This article in the archive"))
    yield writer.lines(_told(what, value) for what, value in record(article))


def notice_html(notice):
    """A notice's HTML with whole addresses, for what is read elsewhere."""
    return notice.html.replace('href="/', f'href="{settings.ARCHIVE_URL}/')


def record(article):
    """What the archive says of an article beside its words, as (name, value); in the language in force."""
    language = article.outlet.language
    yield _("Permanent address"), article.short_address
    yield _("Key"), article.key
    yield _("Outlet"), article.outlet.name
    if article.source:
        yield _("Source"), article.source.name
    addresses = [each.url for each in article.old_addresses.all()] or [article.original_url]
    for address in filter(None, addresses):
        yield _("Formerly at"), address
    yield _("Taken into the archive"), written_day(article.created_at.date(), language)
    yield _("Content digest"), digest_of(article)
    if article.outlet.rights_line:
        yield _("Rights"), article.outlet.rights_line


def _dates(article, language):
    precision = article.published_precision
    if article.published_on is None:
        yield _("Date of publication unknown")
    else:
        published = written_date(article.published_on, precision, article.published_locally, language)
        context = "on a day" if precision in ("minute", "day") else "in a month or year"
        yield f"{pgettext(context, 'Published')} {published}"
    if article.modified_at:
        local = article.modified_locally
        yield f"{_('Updated')} {written_date(local.date(), 'minute', local, language)}"
    if article.source and article.source.kind != "staff":
        yield article.source.name


def _pictures(article, writer):
    images = list(article.images.all())
    if not images:
        return
    yield writer.heading(2, ngettext("Picture", "Pictures", len(images)))
    for image in images:
        lines = [image.caption or image.alt, image.credit]
        if image.is_shown:
            lines.append(settings.ARCHIVE_URL + image.file.url)
        else:
            lines.append(_("This picture is not shown: %(reason)s.") % {"reason": image.get_withheld_display()})
        yield writer.lines(filter(None, lines))


def _told(what, value):
    return _("%(what)s: %(value)s") % {"what": what, "value": value}


def _capital(text):
    return text[:1].upper() + text[1:]


def html_blocks(html, writer):
    """The blocks of a text of HTML, each as `writer` sets it."""
    try:
        body = parse_body(html)
    except Refusal:
        return [writer.line(_ANY_TAG.sub(" ", html))]
    return [] if body is None else list(_blocks(body, writer, _DEEPEST))


def _blocks(node, writer, depth):
    run = []
    for child in _children(node):
        if _is_block(child):
            if block := writer.paragraph("".join(run)):
                yield block
            run = []
            yield from _block(child, writer, depth - 1)
        else:
            run.append(_inline(child, writer, depth - 1))
    if block := writer.paragraph("".join(run)):
        yield block


def _block(node, writer, depth):
    tag = node.tag
    if depth <= 0:
        yield writer.line(node.text(separator=" "))
    elif tag == "pre":
        yield writer.verbatim(node.text().strip("\n"))
    elif tag == "hr":
        yield writer.rule
    elif tag[0] == "h" and tag[1:].isdigit():
        yield writer.heading_of("".join(_inline(each, writer, depth - 1) for each in _children(node)))
    elif tag == "blockquote" or tag == "aside":
        yield writer.quoted(list(_blocks(node, writer, depth)))
    elif tag in ("ul", "ol"):
        yield writer.listed(_items(node, writer, depth), first=_first_number(node) if tag == "ol" else None)
    elif tag == "table":
        yield writer.table(
            [
                [_cell(cell, writer, depth) for cell in _children(row) if cell.tag in ("td", "th")]
                for row in node.css("tr")
            ]
        )
    else:
        yield from _blocks(node, writer, depth)


def _items(node, writer, depth):
    return [
        list(_blocks(item, writer, depth - 1)) if item.tag == "li" else list(_block(item, writer, depth - 1))
        for item in _children(node)
        if item.tag == "li" or _is_block(item)
    ]


def _cell(cell, writer, depth):
    return " ".join(" ".join(_blocks(cell, writer, depth - 2)).split())


def _first_number(node):
    start = node.attributes.get("start") or "1"
    return int(start) if start.isascii() and start.isdecimal() and len(start) <= 9 else 1


def _inline(node, writer, depth):
    tag = node.tag
    if tag == "-text":
        return writer.text(_SPACES.sub(" ", node.text_content or ""))
    if tag[0] == "-":
        return ""
    if tag == "br":
        return writer.line_break
    if depth <= 0:
        return writer.text(_SPACES.sub(" ", node.text(separator=" ")))
    if tag == "code":
        return writer.code(_SPACES.sub(" ", node.text()))
    inner = "".join(_inline(child, writer, depth - 1) for child in _children(node))
    if tag == "a" and (href := node.attributes.get("href")):
        return writer.link(inner, href)
    return writer.marked(tag, inner)


def _is_block(node):
    if node.tag in _BLOCKS:
        return True
    return node.tag[0] != "-" and node.child is not None and node.css_first(_ANY_BLOCK) is not None


def _children(node):
    child = node.child
    while child is not None:
        yield child
        child = child.next
