"""An article as it was before one revision, where nobody has changed it since."""

from archive.addresses import normalise
from archive.models import Article, Author, Byline, Image, OldAddress, Outlet, Section, Source, SourceRule, Tag

from .rows import insert

RELATIONS = {"outlet": Outlet, "source": Source, "section": Section}


def restore(article, changes, untold, current):
    """Give an article back the values that `changes` replaced. Returns the names of those that staff changed since.

    `untold` is what its import item kept, `current` its snapshot.
    """
    kept = set()
    for name, (before, after) in changes.items():
        if current[name] == before:
            continue
        if current[name] != after and name not in ("old_addresses", "corrections"):
            kept.add(name)
        elif name in RELATIONS:
            model = RELATIONS[name]
            setattr(article, name, before and model.objects.filter(**_lookup(model, before)).first())
        elif name == "version_of":
            article.version_of = before and Article.objects.filter(key=before).first()
        elif name not in _HANGING:
            setattr(article, name, Article._meta.get_field(name).to_python(before))
    for name, value in untold.items():
        if name in ("source_rule", "images") or (name == "body_received" and "body" in kept):
            continue
        setattr(article, name, value)
    if "source" not in kept:
        rule = untold["source_rule"]
        article.source_rule = rule and SourceRule.objects.filter(**_lookup(SourceRule, rule)).first()
    article.save()
    for name, put_back in _HANGING.items():
        if name in changes and name not in kept:
            put_back(article, *changes[name], untold)
    return kept


def _lookup(model, key):
    return dict(zip(model.NATURAL_KEY, key, strict=True))


def _tags(article, before, _after, _untold):
    article.tags.set(Tag.objects.filter(slug__in=before))


def _bylines(article, before, _after, _untold):
    authors = {author.slug: author for author in Author.objects.filter(slug__in=[slug for slug, *_ in before])}
    left = {(byline.author.slug, byline.role): byline for byline in article.bylines.select_related("author")}
    for order, (slug, role, printed) in enumerate(before, start=1):
        if slug not in authors:
            continue
        byline = left.pop((slug, role), None) or Byline(article=article, author=authors[slug], role=role)
        byline.order, byline.printed = order, printed
        byline.save()
    for byline in left.values():
        byline.delete()


def _images(article, _before, _after, untold):
    left = {image.number: image for image in article.images.all()}
    for values in untold["images"]:
        image = left.pop(values["number"], None)
        # Not by save(), which would open the file to measure it.
        if image:
            Image.objects.filter(pk=image.pk).update(**values)
        else:
            insert(Image, ("article_id", *values), [(article.pk, *values.values())])
    for image in left.values():
        image.delete()


def _corrections(article, before, after, _untold):
    for kind, day, text in after:
        if [kind, day, text] not in before:
            article.corrections.filter(kind=kind, made_on=day, text=text).delete()


def _old_addresses(article, before, after, _untold):
    added = {normalise(url) for url in after} - {normalise(url) for url in before}
    OldAddress.objects.filter(article=article, normalised__in=added).delete()


_HANGING = {
    "tags": _tags,
    "bylines": _bylines,
    "images": _images,
    "corrections": _corrections,
    "old_addresses": _old_addresses,
}
