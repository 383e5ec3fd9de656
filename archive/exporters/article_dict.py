"""An article as plain values, by natural keys: one wording for whatever tells machines of articles."""

from archive.dates import machine_date

# All that an article's values are made of, in a fixed number of queries for any number of articles.
FOLLOWED = ("outlet", "source", "source_rule__source", "section")
FETCHED = ("tags", "bylines__author", "images", "corrections", "old_addresses")


def article_dict(article, sections=None):
    """What readers may know of an article. `sections` are the outlet's by id, where they are at hand."""
    return {
        "outlet": article.outlet.slug,
        "key": article.key,
        "headline": article.headline,
        "slug": article.slug,
        "kicker": article.kicker,
        "summary": article.summary,
        "body": article.body,
        "language": article.language,
        "published": published(article),
        "published_precision": article.published_precision,
        "modified": instant(article.modified_at),
        "dateline": article.dateline,
        "sign_off": article.sign_off,
        "bylines": [
            {
                "number": byline.number,
                "order": byline.order,
                "slug": byline.author.slug,
                "name": byline.author.name,
                "printed": byline.printed,
                "role": byline.role,
            }
            for byline in article.bylines.all()
        ],
        "source": article.source
        and {"slug": article.source.slug, "name": article.source.name, "kind": article.source.kind},
        "section": [{"slug": each.slug, "name": each.name} for each in section_path(article.section, sections)],
        "tags": sorted(
            ({"slug": tag.slug, "name": tag.name} for tag in article.tags.all()), key=lambda tag: tag["slug"]
        ),
        "images": [
            {
                "number": image.number,
                "order": image.order,
                "file": image.file.name or "",
                "width": image.width,
                "height": image.height,
                "alt": image.alt,
                "caption": image.caption,
                "credit": image.credit,
                "original_address": image.original_address,
                "withheld": image.withheld,
            }
            for image in article.images.all()
        ],
        "corrections": [
            {"number": each.number, "kind": each.kind, "made_on": str(each.made_on), "text": each.text}
            for each in article.corrections.all()
        ],
        "original_url": article.original_url,
        "old_addresses": [each.url for each in article.old_addresses.all()],
    }


def published(article):
    """The date at its precision. To the minute it is the instant, to its last digit: what is shown is shorter."""
    if article.published_at is not None:
        return instant(article.published_at)
    return machine_date(article.published_on, article.published_precision, None)


def instant(moment):
    return moment.isoformat() if moment else ""


def section_path(section, sections=None):
    """A section and those above it, the topmost first."""
    path = []
    while section is not None and section not in path:
        path.insert(0, section)
        section = sections.get(section.parent_id) if sections is not None else section.parent
    return path
