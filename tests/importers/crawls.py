"""Web crawls made up for tests, record by record."""

import gzip
import zipfile
from io import BytesIO

SITE = "http://www.courrierdesrives.example"
FILLER = "La rivière a gagné un mètre en une nuit, et la ville a fermé ses deux ponts par précaution. " * 3


def story(headline="Crue: deux ponts fermés", text=FILLER, head="", language="fr"):
    """An article's page that says that it is one."""
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{headline}</title>'
        f'<meta property="og:type" content="article">{head}</head><body><article><h1>{headline}</h1>'
        f"<p>{text}</p><p>Encore: {FILLER}</p></article></body></html>"
    )


def http(body=b"", status="200 OK", media_type="text/html; charset=utf-8", **headers):
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {media_type}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def record(address, block, kind="response", date="2019-06-27T22:15:00Z", media_type="application/http", **headers):
    told = {
        "WARC-Type": kind,
        "WARC-Record-ID": "<urn:uuid:00000000-0000-4000-8000-000000000000>",
        "WARC-Target-URI": address,
        "WARC-Date": date,
        "Content-Type": media_type,
        "Content-Length": len(block),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return b"WARC/1.0\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def page(path, html=None, **headers):
    return record(SITE + path, http(story() if html is None else html), **headers)


def plain(*records):
    return b"".join(records)


def gzipped(*records):
    return b"".join(gzip.compress(each, mtime=0) for each in records)


def wacz(**members):
    """A WACZ of WARC files; a name's last underscores are its suffix's dots."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"archive/{name.replace('_', '.')}", content)
        archive.writestr("datapackage.json", '{"profile": "data-package", "wacz_version": "1.1.1"}')
        archive.writestr("pages/pages.jsonl", '{"format": "json-pages-1.0", "id": "pages"}\n')
    return stream.getvalue()
