"""RIS, which EndNote, Zotero and library catalogues read: https://refdb.sourceforge.net/manual-0.9.6/sect1-ris-format.html"""

from archive.models import Byline

from .content import authors_of, date_parts, digest_of, line
from .csl import original_address


def ris(article):
    parts = date_parts(article)
    lines = [
        ("TY", "NEWS"),
        ("ID", article.key),
        *(("AU", each.inverted) for each in authors_of(article)),
        *(("A4", each.inverted) for each in authors_of(article, (Byline.Role.TRANSLATION,))),
        ("TI", article.headline),
        ("T2", article.outlet.name),
        ("PY", str(parts[0]) if parts else ""),
        # Year, month and day, each empty where it is not known.
        ("DA", "/".join([*(f"{part:02}" for part in parts), *[""] * (4 - len(parts))]) if parts else ""),
        ("SE", article.section.name if article.section else ""),
        ("LA", article.language),
        ("AB", article.summary),
        ("UR", article.short_address),
        ("L2", original_address(article)),
        ("DB", "Newsroom Archive"),
        ("AN", article.key),
        ("N1", digest_of(article)),
    ]
    # A line end within a value would begin another field.
    told = [(tag, line(value)) for tag, value in lines]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in told if value) + "ER  - \r\n"
