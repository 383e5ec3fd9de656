"""Files of any size in each format that is read: of very many ordinary items, or of three, the second monstrous."""

import gzip
import json
import random
import re
import zipfile  # noqa: TID251  what is written here comes in by the one door
from typing import NamedTuple

BLOCK = 1 << 20
ORDINARY = 2000
MARK = re.compile(rb"@([A-Z]+)@")
# Cases beside those of the fields that a format has.
MANY, ONE, LINE, COMMENT = "many", "one", "line", "comment"


class Shape(NamedTuple):
    """An item as its format writes it. Each @NAME@ in it is a field, and one is made huge at a time.

    @N@ is the item's number, @DAY@ a day of its own; @BODY@ is its text.
    """

    item: bytes
    head: bytes = b""
    between: bytes = b"\n"
    tail: bytes = b"\n"
    paragraph: bytes = b"<p>%s</p>"
    suffix: str = "xml"
    # What a list is made long of.
    lists: dict[bytes, bytes] = {}
    # A file is one item.
    is_single: bool = False

    @property
    def cases(self):
        fields = dict.fromkeys(found.decode().lower() for found in MARK.findall(self.head + self.item))
        own = [each for each in fields if each not in ("n", "day", "body")]
        if self.is_single:
            return [ONE, *own]
        return [MANY, ONE, *own, LINE, *([COMMENT] if b"<" in self.head[:1] else [])]

    def pieces(self, case, size, each=0):
        """The file's bytes; with `each`, of items that all are so large."""
        huge = case.upper().encode()
        yield from self.filled(self.head, 0, huge, size)
        if self.is_single:
            yield from self.item_of(1, case, each or size)
        elif case == MANY or each:
            number = written = 0
            while written < size:
                number += 1
                item = self.between * (number > 1) + b"".join(self.item_of(number, case, each))
                written += len(item)
                yield item
        else:
            yield from self.filled(self.item, 1)
            yield self.between
            if case == LINE:
                yield from filling(b"word ", size)
                yield b"\n"
            elif case == COMMENT:
                yield b"<!-- "
                yield from filling(b"word ", size)
                yield b" -->\n"
            else:
                yield from self.item_of(2, case, size)
                yield self.between
            yield from self.filled(self.item, 3)
        yield self.tail

    def item_of(self, number, case, size):
        return self.filled(self.item, number, b"BODY" if case == ONE else case.upper().encode(), size)

    def filled(self, template, number, huge=b"", size=0):
        for place, part in enumerate(MARK.split(template)):
            if not place % 2:
                yield part
            elif part == huge:
                yield from filling(self.unit(part), size)
            elif part in self.lists:
                yield self.lists[part]
            elif part == b"BODY":
                yield self.text(number)
            elif part == b"DAY":
                yield b"%02d" % (1 + number // 9000 % 28)
            else:
                yield b"%d" % (number if part == b"N" else number % 9000)

    def unit(self, field):
        if field == b"BODY":
            return b"".join(self.text(number) for number in range(BLOCK // ORDINARY))
        return self.lists.get(field, b"word ")

    def text(self, number):
        chance = random.Random(number)  # noqa: S311  it keeps no secret
        words = (
            b"%s %s%d" % (chance.choice(COMMON), chance.choice(WORDS), chance.randrange(60))
            for _each in range(ORDINARY // 11)
        )
        return self.paragraph % b" ".join(words)


# By these a text is plainly English: else a model of languages is loaded, which takes 90 MB.
COMMON = b"the of and to in was that for with from".split()
WORDS = b"harbour ferry winter council bridge vote water school street paper".split()


def filling(unit, size):
    block = unit * max(1, BLOCK // len(unit))
    for _each in range(max(1, size // len(block))):
        yield block


def write(shape, path, case, size, each):
    with path.open("wb") as file:
        file.writelines(shape.pieces(case, size, each))


# Formats

RSS = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>@TOP@</title><link>https://www.example.org</link>
"""
WXR = Shape(
    b"""<item><title>Headline @HEADLINE@</title><link>https://www.example.org/@N@/@ADDRESS@</link>
<dc:creator><![CDATA[Somebody @AUTHOR@]]></dc:creator><guid>https://www.example.org/?p=@N@</guid>
<content:encoded><![CDATA[@BODY@]]></content:encoded><excerpt:encoded><![CDATA[@SUMMARY@]]></excerpt:encoded>
<wp:post_id>@N@</wp:post_id><wp:post_date_gmt>2014-01-@DAY@ 10:00:00</wp:post_date_gmt>
<wp:post_name>name-@NAME@</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>
@TAGS@<category domain="category" nicename="c@ATTRIBUTE@">News</category>
<wp:postmeta><wp:meta_key>custom</wp:meta_key><wp:meta_value><![CDATA[@CUSTOM@]]></wp:meta_value></wp:postmeta>
@COMMENTS@</item>""",
    RSS + b"<wp:wxr_version>1.2</wp:wxr_version>\n",
    tail=b"</channel></rss>",
    lists={
        b"TAGS": b'<category domain="post_tag" nicename="t"><![CDATA[T]]></category>\n',
        b"COMMENTS": b"<wp:comment><wp:comment_content><![CDATA[I agree.]]></wp:comment_content></wp:comment>\n",
    },
)
# What an export of the media library alone holds.
WXR_MEDIA = Shape(
    b"""<item><title>Picture @HEADLINE@</title><link>https://www.example.org/picture-@N@</link>
<guid>https://www.example.org/?attachment_id=@N@</guid><content:encoded><![CDATA[]]></content:encoded>
<wp:post_id>@N@</wp:post_id><wp:post_date_gmt>2014-01-@DAY@ 10:00:00</wp:post_date_gmt>
<wp:status>inherit</wp:status><wp:post_parent>0</wp:post_parent><wp:post_type>attachment</wp:post_type>
<wp:attachment_url>https://www.example.org/files/@ADDRESS@.jpg</wp:attachment_url></item>""",
    WXR.head,
    tail=WXR.tail,
)
MOVABLE_TYPE = Shape(
    b"""AUTHOR: Somebody @AUTHOR@
TITLE: Headline @HEADLINE@
BASENAME: entry_@N@
STATUS: Publish
DATE: 03/@DAY@/2009 12:30:00 AM
@TAGS@-----
BODY:
@BODY@
-----
EXCERPT:
@SUMMARY@
-----
@COMMENTS@--------""",
    paragraph=b"<p>%s</p>\n",
    suffix="txt",
    lists={b"TAGS": b"CATEGORY: News\n", b"COMMENTS": b"COMMENT:\nAUTHOR: B\nI agree.\n-----\n"},
)
BLOGGER = Shape(
    b"""<entry><id>tag:blogger.com,1999:blog-900.post-@N@</id><published>2014-03-@DAY@T10:00:00.000-05:00</published>
<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#post'/>
@TAGS@<title type='text'>Headline @HEADLINE@</title><content type='html'>@BODY@</content>
<link rel='alternate' type='text/html' href='http://carnet.example/@N@/@ADDRESS@'/>
<author><name>Somebody @AUTHOR@</name></author></entry>""",
    b"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns='http://www.w3.org/2005/Atom'><id>tag:blogger.com,1999:blog-900.archive</id>
<title type='text'>@TOP@</title><generator version='7.00' uri='http://www.blogger.com'>Blogger</generator>
""",
    tail=b"</feed>",
    paragraph=b"&lt;p&gt;%s&lt;/p&gt;",
    lists={b"TAGS": b"<category scheme='http://www.blogger.com/atom/ns#' term='T'/>\n"},
)
GHOST = Shape(
    b"""{"id": "68e0000000000000@N@", "title": "Headline @HEADLINE@", "slug": "name-@NAME@",
"html": "@BODY@", "custom_excerpt": "@SUMMARY@", "type": "post", "status": "published", "visibility": "public",
"codeinjection_head": "@CUSTOM@", "published_at": "2025-10-@DAY@T20:00:00.000Z", "things": [@VALUES@0]}""",
    b"""{"db": [{"meta": {"exported_on": 1760000000000, "version": "6.2.0"}, "data":
{"settings": [{"key": "title", "value": "@TOP@"}], "posts": [
""",
    b",\n",
    b"]}}]}",
    suffix="json",
    lists={b"VALUES": b'"a",'},
)
ANS = Shape(
    b"""{"_id": "STORY@N@", "type": "story", "version": "0.10.9", "canonical_url": "/2019/@N@/@ADDRESS@/",
"headlines": {"basic": "Headline @HEADLINE@"}, "description": {"basic": "@SUMMARY@"}, "language": "en",
"first_publish_date": "2019-05-@DAY@T14:00:00Z", "display_date": "2019-05-@DAY@T14:00:00Z",
"taxonomy": {"tags": [@TAGS@{"text": "U"}]}, "additional_properties": {"custom": "@CUSTOM@"},
"content_elements": [@ELEMENTS@{"type": "raw_html", "content": "@BODY@"}]}""",
    b'{"type": "results", "version": "0.6", "content_elements": [\n',
    b",\n",
    b"]}",
    suffix="json",
    lists={b"TAGS": b'{"text": "T"},', b"ELEMENTS": b'{"type": "text", "content": "a b"},'},
)
NINJS = Shape(
    b"""{"uri": "urn:example:@N@", "type": "text", "versioncreated": "2014-01-@DAY@T18:05:00Z", "pubstatus": "usable",
"headline": "Headline @HEADLINE@", "byline": "@AUTHOR@", "description_text": "@SUMMARY@", "custom": "@CUSTOM@",
"subject": [@TAGS@{"name": "U"}], "body_html": "@BODY@"}""",
    b"[\n",
    b",\n",
    b"]",
    suffix="json",
    lists={b"TAGS": b'{"name": "T"},'},
)
NEWSML_G2 = Shape(
    b"""<newsItem guid="urn:newsml:example.org:2014:@N@" version="1" standard="NewsML-G2" standardversion="2.10">
<itemMeta><itemClass qcode="ninat:text"/><provider qcode="nprov:CP"/>
<versionCreated>2014-01-@DAY@T11:02:00-04:00</versionCreated><pubStatus qcode="stat:usable"/></itemMeta>
<contentMeta>@TAGS@<subject qcode="x:@ATTRIBUTE@"/><creator><name>Somebody @AUTHOR@</name></creator>
<headline>Headline @HEADLINE@</headline></contentMeta>
<contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><body>@BODY@
</body></html></inlineXML></contentSet></newsItem>""",
    b"""<?xml version="1.0" encoding="UTF-8"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header><sender>@TOP@</sender></header><itemSet>
""",
    tail=b"</itemSet></newsMessage>",
    lists={b"TAGS": b"<keyword>T</keyword>\n"},
)
NEWSML_1 = Shape(
    b"""<NewsItem xml:lang="en"><Identification><NewsIdentifier><ProviderId>afp.com</ProviderId>
<DateId>20140106</DateId><NewsItemId>TX-@N@</NewsItemId><RevisionId PreviousRevision="0" Update="N">1</RevisionId>
<PublicIdentifier>urn:newsml:afp.com:20140106:TX-@N@:1</PublicIdentifier></NewsIdentifier></Identification>
<NewsManagement><NewsItemType FormalName="News"/><FirstCreated>201401@DAY@T143200+0100</FirstCreated>
<ThisRevisionCreated>201401@DAY@T143200+0100</ThisRevisionCreated><Status FormalName="Usable"/></NewsManagement>
<NewsComponent><NewsLines><HeadLine>Headline @HEADLINE@</HeadLine><ByLine>Par @AUTHOR@</ByLine></NewsLines>
<DescriptiveMetadata>@TAGS@<Property FormalName="Keyword" Value="a@ATTRIBUTE@"/></DescriptiveMetadata>
<ContentItem><MediaType FormalName="Text"/><DataContent>@BODY@</DataContent></ContentItem></NewsComponent>
</NewsItem>""",
    b"""<?xml version="1.0" encoding="UTF-8"?>
<NewsML Version="1.2"><NewsEnvelope><DateAndTime>20140106T143200Z</DateAndTime><SentFrom>@TOP@</SentFrom>
</NewsEnvelope>
""",
    tail=b"</NewsML>",
    lists={b"TAGS": b'<Property FormalName="Keyword" Value="T"/>\n'},
)
NITF = Shape(
    b"""<?xml version="1.0" encoding="UTF-8"?>
<nitf><head><title>Headline @N@</title><docdata><doc-id id-string="story-@N@"/><date.issue norm="201401@DAY@T143200Z"/>
<key-list>@TAGS@<keyword key="a@ATTRIBUTE@"/></key-list></docdata></head>
<body><body.head><hedline><hl1>Headline @HEADLINE@</hl1></hedline><byline>By @AUTHOR@</byline></body.head>
<body.content>@BODY@</body.content></body></nitf>""",
    is_single=True,
    lists={b"TAGS": b'<keyword key="T"/>\n'},
)
IPTC7901 = Shape(
    b"\x01nrd%s 4 i 96  dpa 0212\r\n\r\nHarbour/@TAGS@\r\n\x02Headline @HEADLINE@\r\nBy Ruth Amery @AUTHOR@ =\r\n\r\n"
    b"Halifax (dpa) - @BODY@\r\n\x03@DAY@1432 GMT Jan 14\r\n\x7f\r\n\x7f\x04" % b"@NUMBER@",
    paragraph=b"%s.\r\n\r\n",
    suffix="txt",
    lists={b"TAGS": b"ice/"},
)
FEED = Shape(
    b"""<item><guid>https://www.example.org/@N@</guid><link>https://www.example.org/@N@/@ADDRESS@</link>
<title>Headline @HEADLINE@</title><pubDate>Wed, 22 Jan 2014 10:00:00 GMT</pubDate><dc:creator>@AUTHOR@</dc:creator>
@TAGS@<enclosure url="https://www.example.org/@ATTRIBUTE@" type="image/jpeg" length="1"/>
<content:encoded><![CDATA[@BODY@]]></content:encoded><custom>@CUSTOM@</custom></item>""",
    RSS.replace(b' xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"', b"").replace(
        b' xmlns:wp="http://wordpress.org/export/1.2/"', b""
    ),
    tail=b"</channel></rss>",
    lists={b"TAGS": b"<category>T</category>\n"},
)
ATOM = Shape(
    b"""<entry><id>https://www.example.org/@N@</id><link rel="alternate" href="https://www.example.org/@N@/@ADDRESS@"/>
<title>Headline @HEADLINE@</title><published>2014-01-@DAY@T10:00:00Z</published><author><name>@AUTHOR@</name></author>
@TAGS@<content type="html">@BODY@</content></entry>""",
    b'<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>@TOP@</title>\n',
    tail=b"</feed>",
    paragraph=BLOGGER.paragraph,
    lists={b"TAGS": b'<category term="T"/>\n'},
)
JSON_FEED = Shape(
    b"""{"id": "@N@", "url": "https://www.example.org/@N@/@ADDRESS@", "title": "Headline @HEADLINE@",
"content_html": "@BODY@", "date_published": "2014-02-@DAY@T10:00:00Z", "tags": [@TAGS@"U"], "custom": "@CUSTOM@"}""",
    b'{"version": "https://jsonfeed.org/version/1.1", "title": "@TOP@", "items": [\n',
    b",\n",
    b"]}",
    suffix="json",
    lists={b"TAGS": b'"T",'},
)
HTML = Shape(
    b"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Headline @TITLE@</title>
<meta property="og:type" content="article"><meta property="og:url" content="https://www.example.org/@N@">
<meta property="article:published_time" content="2014-01-@DAY@T10:00:00Z"><meta name="author" content="@AUTHOR@">
<script>@SCRIPT@</script><script type="application/ld+json">{"@type": "NewsArticle", "keywords": "@TAGS@"}</script>
<style>@STYLE@</style></head><body data-all="@ATTRIBUTE@"><article><h1>Headline @HEADLINE@</h1>@BODY@</article></body>
</html>""",
    suffix="html",
    is_single=True,
)
PAGE_TEXT = Shape(b"Headline @HEADLINE@\nHeadline\n@BODY@\nab/cd\n", paragraph=b"%s.\n", suffix="txt", is_single=True)
CSV = Shape(
    b'@N@,Headline @HEADLINE@,"@BODY@",2014-01-@DAY@,https://www.example.org/@N@/@ADDRESS@,@TAGS@U,@AUTHOR@,"@CUSTOM@"',
    b"original id,headline,body,published,original url,tags,bylines,notes@TOP@\n",
    suffix="csv",
    lists={b"TAGS": b"T;"},
)
JSONL = Shape(
    b'{"format": "newsroom-archive-1", "type": "article", "original_id": "@N@", "headline": "Headline @HEADLINE@", '
    b'"body": "@BODY@", "published": "2014-01-@DAY@", "published_precision": "day", "summary": "@SUMMARY@", '
    b'"tags": [@TAGS@{"name": "U"}], "original_url": "https://www.example.org/@N@/@ADDRESS@", "custom": "@CUSTOM@"}',
    b'{"format": "newsroom-archive-1", "type": "author", "slug": "a", "name": "A", "about": "@TOP@"}\n',
    suffix="jsonl",
    lists={b"TAGS": b'{"name": "T"},'},
)
NS = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
COLUMNS = [b"original id", b"headline", b"body", b"published", b"tags", b"notes"]


def cells(*values):
    written = b"".join(b'<c t="inlineStr"><is><t>%s</t></is></c>' % value for value in values)
    return b"<row>%s</row>" % written


SHEET = Shape(
    cells(b"@N@", b"Headline @HEADLINE@", b"@BODY@", b"2014-01-@DAY@", b"@TAGS@U", b"@CUSTOM@"),
    b'<?xml version="1.0"?>\n<worksheet xmlns="%s"><sheetData>%s\n' % (NS, cells(*COLUMNS)),
    tail=b"</sheetData></worksheet>",
    paragraph=BLOGGER.paragraph,
    lists={b"TAGS": b"T;"},
)


# Files of files


def write_xlsx(path, case, size, each):
    relations = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = b"http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in {
            "[Content_Types].xml": b'<Types xmlns="%s/content-types"><Override PartName="/xl/workbook.xml" ContentType='
            b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>' % packages,
            "_rels/.rels": b'<Relationships xmlns="%s/relationships"><Relationship Type="%s/officeDocument" '
            b'Target="xl/workbook.xml" Id="r1"/></Relationships>' % (packages, relations),
            "xl/workbook.xml": b'<workbook xmlns="%s" xmlns:r="%s"><sheets><sheet name="Articles" sheetId="1" '
            b'r:id="r1"/></sheets></workbook>' % (NS, relations),
            "xl/_rels/workbook.xml.rels": b'<Relationships xmlns="%s/relationships"><Relationship Type="%s/worksheet" '
            b'Target="worksheets/sheet1.xml" Id="r1"/><Relationship Type="%s/sharedStrings" '
            b'Target="sharedStrings.xml" Id="r2"/></Relationships>' % (packages, relations, relations),
        }.items():
            packed.writestr(name, content)
        with packed.open("xl/sharedStrings.xml", "w", force_zip64=True) as member:
            member.write(b'<sst xmlns="%s"><si><t>' % NS)
            if case == "shared":
                for piece in filling(b"word ", size):
                    member.write(piece)
            member.write(b"</t></si>")
            if case == "texts":
                for piece in filling(b"<si><t>word</t></si>", size):
                    member.write(piece)
            member.write(b"</sst>")
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            if case in ("shared", "texts"):
                # The second row's headline is the first of the shared texts.
                rows = [b"".join(SHEET.filled(SHEET.item, number)) for number in (1, 2, 3)]
                rows[1] = re.sub(rb't="inlineStr"><is><t>Headline \d+</t></is>', b't="s"><v>0</v>', rows[1])
                member.write(b"".join(SHEET.filled(SHEET.head, 0)) + b"".join(rows) + SHEET.tail)
            else:
                for piece in SHEET.pieces(case, size, each):
                    member.write(piece)


def captures(case, size, each, pack=lambda record: record):
    """A crawl, record by record; a huge one in pieces."""
    if case == MANY or each:
        number = written = 0
        while written < size:
            number += 1
            record = pack(b"".join(capture(number, case, each)))
            written += len(record)
            yield record
        return
    yield pack(b"".join(capture(1)))
    if case == "header":
        yield from (b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/", *filling(b"a", size))
        yield b"\r\n\r\n"
    elif case == LINE:
        yield from filling(b"a", size)
    elif pack is gzip.compress:
        packer = gzip.zlib.compressobj(1, wbits=31)
        yield from (packer.compress(piece) for piece in capture(2, case, size))
        yield packer.flush()
    else:
        yield from capture(2, case, size)
    yield pack(b"".join(capture(3)))


def capture(number, case="", size=0):
    huge = b"BODY" if case == ONE else case.upper().encode()

    def page():
        return HTML.filled(HTML.item, number, huge, size)

    http = [b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"]
    if case == "reply":
        http += [b"X-All: ", *filling(b"a", size), b"\r\n"]
    length = sum(map(len, http)) + 2 + sum(map(len, page()))
    yield b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://www.example.org/%d\r\n" % number
    yield b"WARC-Date: 2019-06-27T22:15:00Z\r\nContent-Length: %d\r\n\r\n" % length
    yield from (*http, b"\r\n")
    yield from page()
    yield b"\r\n\r\n"


def write_warc(path, case, size, each):
    with path.open("wb") as file:
        file.writelines(captures(case, size, each))


def write_warc_gz(path, case, size, each):
    with path.open("wb") as file:
        file.writelines(captures(case, size, each, gzip.compress))


def write_wacz(path, case, size, each):
    with zipfile.ZipFile(path, "w") as packed:
        with packed.open("archive/one.warc", "w", force_zip64=True) as member:
            for piece in captures(case, size, each):
                member.write(piece)
        packed.writestr("datapackage.json", json.dumps({"profile": "data-package", "wacz_version": "1.1.1"}))


def write_crawl_of_others(path, _case, size, _each):
    """Pages that are no articles, as most of a crawl is."""
    page = (
        b'<!doctype html><html><head><title>List %d</title><meta property="og:type" content="website"></head>'
        b"<body><h1>List</h1>%s</body></html>"
    )
    with path.open("wb") as file:
        number = 0
        while file.tell() < size:
            number += 1
            links = b"".join(
                b'<li><a href="/%d/%d">Headline %d of the harbour</a></li>' % (number, each, each) for each in range(40)
            )
            body = page % (number, b"<ul>%s</ul>" % links)
            block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
            file.write(
                b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://www.example.org/list/%d\r\n"
                b"WARC-Date: 2019-06-27T22:15:00Z\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n" % (number, len(block), block)
            )


def members(shape, case, size, each):
    """Files of one item each: their names and pieces."""
    number = written = 0
    while True:
        number += 1
        if case == MANY or each:
            pieces = [b"".join(shape.item_of(number, case, each))]
            written += len(pieces[0])
        elif number == 2:
            pieces = shape.item_of(number, case, size)
        else:
            pieces = shape.filled(shape.item, number)
        # So many in a folder as people have.
        yield f"{number // 1000:04}/{number:07}.{shape.suffix}", pieces
        if written >= size or (case != MANY and not each and number == 3):
            return


def write_zip(path, case, size, each):
    with zipfile.ZipFile(path, "w") as packed:
        for name, pieces in members(HTML, case, size, each):
            with packed.open(name, "w", force_zip64=True) as member:
                for piece in pieces:
                    member.write(piece)


def write_zip_of_warcs(path, _case, size, _each):
    written = number = 0
    with zipfile.ZipFile(path, "w") as packed:
        while written < size:
            number += 1
            content = b"".join(capture(number))
            written += len(content)
            packed.writestr(f"{number // 1000:04}/{number:07}.warc", content)


def write_folder(path, case, size, each):
    for name, pieces in members(NITF, case, size, each):
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as opened:
            opened.writelines(pieces)


SHAPES = {
    "wxr": WXR,
    "movable-type": MOVABLE_TYPE,
    "blogger": BLOGGER,
    "ghost": GHOST,
    "ans": ANS,
    "ninjs": NINJS,
    "newsml-g2": NEWSML_G2,
    "newsml-1": NEWSML_1,
    "nitf": NITF,
    "iptc7901": IPTC7901,
    "feed": FEED,
    "atom": ATOM,
    "json-feed": JSON_FEED,
    "html": HTML,
    "page-text": PAGE_TEXT,
    "csv": CSV,
    "jsonl": JSONL,
    "wxr-media": WXR_MEDIA,
}
PAGE_CASES = [MANY, *HTML.cases]
# Their names, what writes them, and the cases that they have.
FILES = {
    "xlsx": (write_xlsx, [*SHEET.cases, "shared", "texts"]),
    "warc": (write_warc, [*PAGE_CASES, "header", "reply", LINE]),
    "warc.gz": (write_warc_gz, [MANY, ONE, "script", "reply", LINE]),
    "wacz": (write_wacz, [MANY, ONE, "script", "reply", LINE]),
    "lists.warc": (write_crawl_of_others, [MANY]),
    "zip": (write_zip, PAGE_CASES),
    "warcs.zip": (write_zip_of_warcs, [MANY]),
    "folder": (write_folder, [MANY, *NITF.cases]),
}


def cases(name):
    return SHAPES[name].cases if name in SHAPES else FILES[name][1]


def make(name, folder, case, size, each=0):
    """Write such a file, or folder of files, into a folder; returns its path."""
    suffix = SHAPES[name].suffix if name in SHAPES else name
    path = folder / (name if name == "folder" else f"{case}.{suffix}")
    if name in SHAPES:
        write(SHAPES[name], path, case, size, each)
    else:
        FILES[name][0](path, case, size, each)
    return path
