"""The columns of the admin's tables: each writes one thing of an instance as a text, and reads it back."""

import re
from datetime import date
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field

from archive.dates import SkippedHourError, machine_date, read_machine_date
from archive.keys import read_key
from archive.models import Article, Author, Byline, Outlet, Section, Source, Tag

YES = frozenset(["yes", "y", "true", "vrai", "oui", "1"])
NO = frozenset(["no", "n", "false", "faux", "non", "0"])
_ESCAPED = re.compile(r"\\(.)")
_LINE_ENDS = {"n": "\n", "r": "\r"}


class Column(Field):
    """A text. What stands in the archive already is left as it is, however it would be read."""

    # Whether a change of it is shown before an import.
    is_told = True

    def __init__(self, name):
        super().__init__(attribute=name, column_name=name)

    def export(self, instance, **kwargs):
        return self.write(instance)

    def save(self, instance, row, is_m2m=False, **kwargs):
        text = row[self.column_name]
        if text != self.write(instance):
            self.read(instance, text)

    def write(self, instance):
        return getattr(instance, self.attribute) or ""

    def read(self, instance, text):
        setattr(instance, self.attribute, text)


class ChoiceColumn(Column):
    def read(self, instance, text):
        field = instance._meta.get_field(self.attribute)
        choices, text = field.choices, text.strip()
        if text not in dict(choices) and (text or not field.blank):
            raise ValueError(
                _("“%(text)s” is not one of these: %(choices)s.")
                % {"text": text, "choices": ", ".join(str(value) for value, _label in choices if value != "")}
            )
        setattr(instance, self.attribute, text)


class YesNoColumn(Column):
    def write(self, instance):
        return "yes" if getattr(instance, self.attribute) else "no"

    def read(self, instance, text):
        word = text.strip().lower()
        if word not in YES | NO:
            raise ValueError(_("“%(text)s” is neither “yes” nor “no”.") % {"text": text})
        setattr(instance, self.attribute, word in YES)


class DayColumn(Column):
    def write(self, instance):
        day = getattr(instance, self.attribute)
        return day.isoformat() if day else ""

    def read(self, instance, text):
        try:
            setattr(instance, self.attribute, date.fromisoformat(text.strip()) if text.strip() else None)
        except ValueError:
            raise ValueError(_("“%(text)s” is not a day; write it as in 2014-01-22.") % {"text": text}) from None


class PublishedColumn(Column):
    """The date of publication at its precision, in one cell: 2014, 2014-01, 2014-01-22, 2014-01-22T17:47-05:00."""

    def write(self, article):
        local = article.published_locally if article.outlet_id else None
        return machine_date(article.published_on, article.published_precision, local)

    def read(self, article, text):
        article.published_on, article.published_precision, article.published_at = read_date(text, article)


class ModifiedColumn(Column):
    def write(self, article):
        return machine_date(article.modified_at, "minute", article.modified_locally) if article.modified_at else ""

    def read(self, article, text):
        _day, precision, moment = read_date(text, article)
        if text.strip() and precision != "minute":
            raise ValueError(_("“%(text)s” needs its hour; write it as in 2014-01-22 17:47.") % {"text": text})
        article.modified_at = moment


def read_date(text, article):
    zone = ZoneInfo(article.outlet.time_zone if article.outlet_id else "UTC")
    try:
        return read_machine_date(text, zone)
    except SkippedHourError:
        raise ValueError(
            _("The clocks of %(zone)s never showed “%(text)s”: they were put forward that day.")
            % {"zone": zone.key, "text": text}
        ) from None
    except ValueError:
        raise ValueError(
            _("“%(text)s” is not a date; write as much as is known: 2014, 2014-01, 2014-01-22 or 2014-01-22 17:47.")
            % {"text": text}
        ) from None


class SlugColumn(Column):
    """Another row, by its address name."""

    def __init__(self, name, model, remedy):
        super().__init__(name)
        self.model = model
        self.remedy = remedy

    def write(self, instance):
        if not getattr(instance, f"{self.attribute}_id"):
            return ""
        return getattr(instance, self.attribute).slug

    def read(self, instance, text):
        slug = text.strip()
        setattr(instance, self.attribute, self.find(instance, slug) if slug else None)

    def find(self, instance, slug):
        found = self.choices(instance).filter(slug=slug).first()
        if found is None:
            raise ValueError(str(self.remedy) % {"slug": slug})
        return found

    def choices(self, instance):
        return self.model.objects.all()


class OutletColumn(SlugColumn):
    def __init__(self, name="outlet"):
        super().__init__(name, Outlet, gettext_lazy("There is no outlet “%(slug)s”; add it first."))


class SourceColumn(SlugColumn):
    def __init__(self):
        super().__init__("source", Source, gettext_lazy("There is no source “%(slug)s”; add it first."))


class SectionColumn(SlugColumn):
    def __init__(self):
        super().__init__("section", Section, gettext_lazy("The outlet has no section “%(slug)s”; add it first."))

    def choices(self, article):
        return Section.objects.filter(outlet=article.outlet_id)


class ArticleColumn(Column):
    """Another article, by its key."""

    def write(self, instance):
        other = getattr(instance, self.attribute)
        return other.key if other else ""

    def read(self, instance, text):
        key = text.strip()
        found = Article.objects.filter(key=read_key(key)).first() if key else None
        if key and found is None:
            raise ValueError(_("There is no article “%(key)s”; add it first.") % {"key": key})
        setattr(instance, self.attribute, found)


class TagsColumn(Column):
    """Address names, in one cell, with commas."""

    def write(self, article):
        return ", ".join(sorted(tag.slug for tag in wanted(article, self.attribute, lambda: article.tags.all())))

    def read(self, article, text):
        slugs = sorted({slug for each in text.split(",") if (slug := each.strip())})
        found = {tag.slug: tag for tag in Tag.objects.filter(slug__in=slugs)}
        if missing := [slug for slug in slugs if slug not in found]:
            raise ValueError(_("There is no tag “%(slugs)s”; add it first.") % {"slugs": ", ".join(missing)})
        article.wanted_tags = [found[slug] for slug in slugs]


class BylinesColumn(Column):
    """One author a line: `marie-tremblay`, or `marie-tremblay | photo | Photo: M. Tremblay`, in the printed order."""

    def write(self, article):
        bylines = wanted(article, self.attribute, lambda: article.bylines.all())
        return "\n".join(self.line(byline) for byline in bylines)

    def line(self, byline):
        printed = byline.printed.replace("\\", r"\\").replace("\n", r"\n").replace("\r", r"\r")
        if printed:
            return f"{byline.author.slug} | {byline.role} | {printed}"
        return byline.author.slug if byline.role == Byline.Role.TEXT else f"{byline.author.slug} | {byline.role}"

    def read(self, article, text):
        bylines = [self.byline(line.removesuffix("\r")) for line in text.split("\n") if line.strip()]
        if len({(byline.author_id, byline.role) for byline in bylines}) < len(bylines):
            raise ValueError(_("An author stands twice in the same role."))
        article.wanted_bylines = bylines

    def byline(self, line):
        slug, role, printed = [*line.split("|", 2), "", ""][:3]
        slug, role = slug.strip(), role.strip() or Byline.Role.TEXT
        author = Author.objects.filter(slug=slug).first()
        if author is None:
            raise ValueError(_("There is no author “%(slug)s”; add the author first.") % {"slug": slug})
        if role not in Byline.Role:
            raise ValueError(
                _("“%(text)s” is not one of these: %(choices)s.") % {"text": role, "choices": ", ".join(Byline.Role)}
            )
        printed = _ESCAPED.sub(lambda match: _LINE_ENDS.get(match[1], match[1]), printed.removeprefix(" "))
        return Byline(author=author, role=role, printed=printed)


def wanted(article, name, stored):
    """What an import gave for a relation, or what is stored."""
    given = article.__dict__.get(f"wanted_{name}")
    if given is not None:
        return given
    return stored() if article.pk else []


class VersionColumn(Column):
    """Tells whether the article was changed since the table was made."""

    is_told = False

    def write(self, article):
        return str(article.version) if article.pk else ""

    def read(self, article, text):
        if text.strip() and article.pk:
            article.seen_version = text.strip()
