"""ninjs 3, IPTC's News in JSON: https://iptc.org/standards/ninjs/ and https://github.com/iptc/newsinjson

What importers/ninjs.py reads is what stands here. The standard's dates are moments: a date that is known less closely
stands as a description whose role is `published`. The content digest can be computed from it: see docs/citing.md.
"""

import json
from mimetypes import guess_type

from django.conf import settings

from archive.citing.digest import whole_text

from .article_dict import instant, published
from .content import digest_of, line
from .csl import original_address

STANDARD = {"name": "ninjs", "version": "3.1", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"}


def ninjs(article):
    return json.dumps(ninjs_item(article), ensure_ascii=False, indent=2) + "\n"


def ninjs_item(article):
    address, source, outlet = article.permanent_address, article.source, article.outlet
    is_moment = article.published_at is not None
    signed = [str(byline) for byline in article.text_bylines]
    item = {
        "uri": address,
        "standard": STANDARD,
        "type": "text",
        "representationType": "full",
        "profile": "newsroom-archive",
        "version": str(article.version),
        "firstCreated": published(article) if is_moment else "",
        "versionCreated": instant(article.modified_at),
        "pubStatus": "usable",
        "language": article.language,
        "title": line(article.headline),
        "by": (" et " if article.language == "fr" else " and ").join(signed),
        "headlines": _with_roles(main=article.headline, kicker=article.kicker),
        "descriptions": [
            *_with_roles(summary=article.summary, published="" if is_moment else published(article)),
            *(
                {"role": each.kind, "contentType": "text/plain", "value": f"{each.made_on}: {each.text}"}
                for each in article.corrections.all()
            ),
        ],
        "bodies": _with_roles("text/html", main=whole_text(article.body, article.dateline, article.sign_off)),
        "people": [{"name": str(byline), "rel": byline.role} for byline in article.bylines.all()],
        "infoSources": [{"name": source.name, "role": source.kind, "literal": source.slug}] if source else [],
        "subjects": [{"name": tag.name, "literal": tag.slug} for tag in article.tags.all()],
        "copyrightHolder": source.name if source else "",
        "copyrightNotice": source.credit if source else "",
        "usageTerms": outlet.rights_line,
        "altIds": [
            {"role": role, "value": value}
            for role, value in (
                ("key", article.key),
                ("short-address", article.short_address),
                ("page", settings.ARCHIVE_URL + article.get_absolute_url()),
                ("original-address", original_address(article)),
                ("content-digest", digest_of(article)),
                ("outlet", outlet.slug),
                ("section", article.section.name if article.section else ""),
            )
            if value
        ],
        "associations": [
            *(_picture(image, address) for image in article.images.all()),
            *(_version(each, article) for each in article.other_versions()),
        ],
    }
    return {name: value for name, value in item.items() if value}


def _version(other, article):
    """One that is another edition's, or stands in another language; `first` is the one that others are versions of."""
    return {
        "name": "first" if other.pk == article.version_of_id else "version",
        "rel": "version" if other.language == article.language else "translation",
        "uri": other.permanent_address,
        "type": "text",
        "language": other.language,
        "title": line(other.headline),
    }


def _with_roles(kind="text/plain", **texts):
    return [{"role": role, "contentType": kind, "value": text} for role, text in texts.items() if text]


def _picture(image, address):
    item = {
        "name": f"picture {image.number}",
        "uri": f"{address}#picture-{image.number}",
        "type": "picture",
        "by": image.credit,
        "descriptions": _with_roles(caption=image.caption, alt=image.alt),
    }
    if image.is_shown:
        rendition = {
            "name": "main",
            "href": settings.ARCHIVE_URL + image.file.url,
            "contentType": guess_type(image.file.name)[0],
            "width": image.width,
            "height": image.height,
        }
        item["renditions"] = [{name: value for name, value in rendition.items() if value}]
    else:
        item["pubStatus"] = "withheld"
    return {name: value for name, value in item.items() if value}
