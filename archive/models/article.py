from contextlib import suppress
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from archive.addresses import LONGEST_LETTERS, letters
from archive.fingerprints import fingerprint
from archive.keys import derived_key, random_key
from archive.sanitize import sanitize

from .keys import NaturalKeyManager, NaturalKeyModel
from .outlet import Language, Outlet
from .rights import Source, SourceRule

# No article has so many; work is bounded all the same.
MOST_VERSIONS = 20


class SectionManager(NaturalKeyManager):
    def with_parts(self, pks):
        """The ids of some sections, and of all those below them, in one query; these first."""
        marks = ", ".join(["%s"] * len(pks))
        if not marks:
            return []
        # UNION takes each row once: no section that stands below itself is followed for ever.
        query = (
            f"WITH RECURSIVE part(id) AS (SELECT id FROM archive_section WHERE id IN ({marks})"  # noqa: S608
            " UNION SELECT s.id FROM archive_section s JOIN part ON s.parent_id = part.id)"
            " SELECT id FROM part ORDER BY id"
        )
        with connection.cursor() as cursor:
            cursor.execute(query, list(pks))
            return list(dict.fromkeys([*pks, *(pk for (pk,) in cursor.fetchall())]))

    def parents_of(self, pks):
        """{id: that of the section above} of some sections and of all those above them, in one query."""
        marks = ", ".join(["%s"] * len(pks))
        if not marks:
            return {}
        query = (
            f"WITH RECURSIVE part(id, above) AS (SELECT id, parent_id FROM archive_section WHERE id IN ({marks})"  # noqa: S608
            " UNION SELECT s.id, s.parent_id FROM archive_section s JOIN part ON s.id = part.above)"
            " SELECT id, above FROM part WHERE above IS NOT NULL"
        )
        with connection.cursor() as cursor:
            cursor.execute(query, list(pks))
            return dict(cursor.fetchall())


class Section(NaturalKeyModel):
    """A part of one outlet, as its newsroom divided it. Sections form a tree."""

    NATURAL_KEY = ("outlet__slug", "slug")

    outlet = models.ForeignKey(Outlet, models.CASCADE, related_name="sections", verbose_name=_("outlet"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="subsections", verbose_name=_("parent section")
    )
    slug = models.SlugField(_("address name"), max_length=100)
    name = models.CharField(_("name"), max_length=200)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = SectionManager()

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ("outlet", "order", "name")
        constraints = [models.UniqueConstraint(fields=("outlet", "slug"), name="section_unique_slug_per_outlet")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("archive:section", args=[self.outlet.slug, self.slug])

    def clean(self):
        above, seen = self.parent, {self.pk}
        while above is not None:
            if above.pk in seen:
                raise ValidationError({"parent": _("This section stands below itself.")})
            if above.outlet_id != self.outlet_id:
                raise ValidationError({"parent": _("The parent section belongs to another outlet.")})
            seen.add(above.pk)
            above = above.parent


class Tag(NaturalKeyModel):
    NATURAL_KEY = ("slug",)

    slug = models.SlugField(_("address name"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=200)
    # Outlets of two languages share the tags.
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=Language,
        blank=True,
        help_text=_("Empty: that of the page on which it stands."),
    )

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ("name",)

    def __str__(self):
        return self.name


# Pages of an article's own, which stand where its slug does.
TAKEN_SLUGS = frozenset({"history"})


class Precision(models.TextChoices):
    """How much of a date is known."""

    MINUTE = "minute", _("minute")
    DAY = "day", _("day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")
    UNKNOWN = "unknown", _("unknown")


def _beside(columns, comparison, place):
    # A row comparison: the same written with OR is read past the index.
    row = models.Func(*map(models.F, columns), function="")
    values = models.Func(*(models.Value(each, models.BigIntegerField()) for each in place), function="")
    return models.Func(
        row,
        values,
        arg_joiner=f" {comparison} ",
        template="(%(expressions)s)",
        output_field=models.BooleanField(),
    )


class ArticleQuerySet(models.QuerySet):
    # Where dates, and numbers for those of one date, are read: in the articles, or in what leads to them.
    _dated_by = ("published_order", "pk")

    def _clone(self):
        clone = super()._clone()
        clone._dated_by = self._dated_by
        return clone

    def public(self, on=None):
        """What a reader may see, on the day `on` (a date; today in UTC unless given). The one door to the public."""
        from .care import Withdrawal

        out = Withdrawal.objects.in_force(on or timezone.now().date()).filter(article=models.OuterRef("pk"))
        return self.filter(held_back=False).exclude(models.Exists(out))

    def from_ids(self, original_ids):
        """Those that had one of these ids in the system that they came from."""
        # The index leaves out articles without an id, and SQLite takes it where it is told so of the question too.
        return self.filter(original_id__in=original_ids).exclude(original_id="")

    def signed_by(self, author):
        """Those that an author signs: their bylines have them in the order of their dates."""
        from .people import Byline

        articles = self.filter(bylines__author=author).annotate(
            byline=models.F("bylines__pk"),
            byline_order=models.F("bylines__published_order"),
            byline_article=models.F("bylines__article"),
        )
        articles._dated_by = ("byline_order", "byline_article")
        # Who wrote a piece and photographed it signs it twice.
        others = Byline.objects.filter(author=author, article=models.OuterRef("byline_article"))
        return articles.exclude(models.Exists(others.filter(pk__lt=models.OuterRef("byline"))))

    def newest_first(self):
        return self.order_by(*(f"-{name}" for name in self._dated_by))

    def oldest_first(self):
        return self.order_by(*self._dated_by)

    def older_than(self, place):
        """Those after `place`, a pair (published_order, pk), when the newest is first."""
        return self.filter(_beside(self._dated_by, "<", place))

    def newer_than(self, place):
        return self.filter(_beside(self._dated_by, ">", place))

    def dated_between(self, first, after):
        """Those whose `published_order` is at least `first` and below `after`."""
        dated = self._dated_by[0]
        return self.filter(**{f"{dated}__gte": first, f"{dated}__lt": after})

    def for_lists(self):
        """With what a line in a list shows, in a fixed number of queries."""
        return (
            self.select_related("outlet", "section", "source")
            .defer("body", "body_received")
            .prefetch_related("bylines__author")
        )

    def published_in(self, year, month=None, day=None):
        """Those of a year, month or day of the newsroom's calendar; a date known less closely is left out."""
        return self.dated_between(*date_order_range(year, month, day))


class ArticleManager(NaturalKeyManager.from_queryset(ArticleQuerySet)):
    pass


class Article(NaturalKeyModel):
    """One piece of journalism as published.

    A date is kept with its precision. `published_on` is the day in the outlet's time zone, and the first day of the
    period where only the month or the year is known; `published_at` is the instant, where the minute is known.
    `published_order` is the same as one number, YYYYMMDDhhmm: a part that is not known is 0, so that within its
    period an uncertain date comes after the certain ones when the newest is first (see `published_order_of`).
    """

    NATURAL_KEY = ("key",)

    # Where a foreign key has no index of its own, one of those below begins with it.
    outlet = models.ForeignKey(
        Outlet, models.PROTECT, db_index=False, related_name="articles", verbose_name=_("outlet")
    )
    # Asked for whole: on PostgreSQL it has none of the index by which Django finds beginnings (migration 0009).
    key = models.CharField(_("key"), max_length=12, unique=True, editable=False)
    original_id = models.CharField(
        _("source id"), max_length=200, blank=True, help_text=_("Its id in the system that it came from.")
    )
    headline = models.CharField(_("headline"), max_length=500)
    # Asked for by nobody: the key decides.
    slug = models.SlugField(_("address name"), max_length=120, blank=True, db_index=False)
    # By which an old address is looked up: publishers put hyphens in other places than we do.
    slug_letters = models.CharField(max_length=LONGEST_LETTERS, blank=True, editable=False)
    summary = models.TextField(_("summary"), blank=True)
    kicker = models.CharField(_("kicker"), max_length=200, blank=True)
    body_received = models.TextField(_("text as received"), blank=True, editable=False)
    body = models.TextField(_("text"), blank=True, help_text=_("HTML; what is not safe is taken out."))
    language = models.CharField(_("language"), max_length=2, choices=Language)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_precision = models.CharField(
        _("precision of the date"), max_length=7, choices=Precision, default=Precision.UNKNOWN
    )
    published_order = models.BigIntegerField(_("published"), default=0, editable=False)
    modified_at = models.DateTimeField(
        _("modified at"), null=True, blank=True, help_text=_("By the newsroom, after publication.")
    )
    dateline = models.CharField(_("dateline"), max_length=200, blank=True)
    sign_off = models.CharField(_("sign-off"), max_length=100, blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, db_index=False, related_name="articles", verbose_name=_("source")
    )
    source_rule = models.ForeignKey(
        SourceRule,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="articles",
        verbose_name=_("recognised by"),
    )
    provider = models.CharField(
        _("provider code"),
        max_length=100,
        blank=True,
        editable=False,
        help_text=_("By which the file that it came from names its supplier."),
    )
    urgency = models.PositiveSmallIntegerField(
        _("urgency"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("To the agency that sent it: 1 is a flash, 9 the least."),
    )
    section = models.ForeignKey(
        Section,
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="articles",
        verbose_name=_("section"),
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="articles", verbose_name=_("tags"))
    version_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="versions",
        verbose_name=_("version of"),
        help_text=_("The article of which this is a translation or another edition’s version."),
    )
    original_url = models.URLField(_("original address"), max_length=2000, blank=True)
    indexable = models.BooleanField(_("search engines may index it"), default=True)
    held_back = models.BooleanField(
        _("held back"), default=False, help_text=_("Not shown to the public: a draft, or not yet cleared.")
    )
    imported_digest = models.CharField(max_length=64, blank=True, editable=False)
    # By which another article with the same text is found.
    text_fingerprint = models.BigIntegerField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("taken in at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)

    objects = ArticleManager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        indexes = [
            models.Index(fields=("outlet", "published_order", "id"), name="article_by_outlet_date"),
            models.Index(fields=("section", "published_order", "id"), name="article_by_section_date"),
            models.Index(fields=("source", "published_order", "id"), name="article_by_source_date"),
            models.Index(fields=("published_order", "id"), name="article_by_date"),
            # Of the few that have one: an import writes all others without them.
            models.Index(
                fields=("version_of",), condition=models.Q(version_of__isnull=False), name="article_by_version"
            ),
            models.Index(
                fields=("source_rule",), condition=models.Q(source_rule__isnull=False), name="article_by_rule"
            ),
            # For copies of the archive, which ask what has changed.
            models.Index(fields=("updated_at", "id"), name="article_by_change"),
            # The admin's filters and its search, which would read whole articles otherwise.
            models.Index(fields=("published_precision", "published_order", "id"), name="article_by_precision_date"),
            models.Index(
                fields=("published_order", "id"), name="article_held_back_by_date", condition=models.Q(held_back=True)
            ),
            # With what its condition tells, or SQLite would look each up.
            models.Index(
                fields=("headline", "held_back"),
                name="article_held_back_by_headline",
                condition=models.Q(held_back=True),
            ),
            models.Index(fields=("outlet", "slug_letters"), name="article_by_slug"),
            models.Index(
                fields=("text_fingerprint",),
                condition=models.Q(text_fingerprint__isnull=False),
                name="article_by_text",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("outlet", "original_id"),
                condition=~models.Q(original_id=""),
                name="article_unique_original_id",
                violation_error_message=_("The outlet already has an article with this source id."),
            ),
            models.CheckConstraint(
                condition=models.Q(
                    published_precision=Precision.MINUTE, published_at__isnull=False, published_on__isnull=False
                )
                | models.Q(
                    published_precision__in=(Precision.DAY, Precision.MONTH, Precision.YEAR),
                    published_at=None,
                    published_on__isnull=False,
                )
                | models.Q(
                    published_precision=Precision.UNKNOWN, published_at=None, published_on=None, published_order=0
                ),
                name="article_precision_with_date",
                violation_error_message=_(
                    "The date and its precision don't agree: a minute needs “published at”, a day, month or year needs "
                    "“published on” alone, and an unknown date needs both empty."
                ),
            ),
        ]

    def __str__(self):
        return self.headline

    def get_absolute_url(self):
        return reverse("archive:article", args=[self.outlet.slug, self.key, self.slug])

    def clean(self):
        other = self.version_of
        if other is None:
            return
        if other.pk == self.pk:
            raise ValidationError({"version_of": _("An article can’t be a version of itself.")})
        if other.version_of_id:
            raise ValidationError(
                {
                    "version_of": _("That article is itself a version of “%(other)s”; choose that one.")
                    % {"other": other.version_of}
                }
            )
        if self.pk and self.versions.exists():
            raise ValidationError(
                {"version_of": _("Other articles are versions of this one; it can’t be a version itself.")}
            )

    def other_versions(self):
        """The public ones, in the order in which they were taken in: of one group, each a version of the same."""
        versions = Article.objects.public().select_related("outlet").defer("body", "body_received")
        if self.version_of_id is None:
            versions = versions.filter(version_of=self)
        else:
            first = self.version_of_id
            versions = versions.filter(models.Q(pk=first) | models.Q(version_of=first)).exclude(pk=self.pk)
        return versions.order_by("pk")[:MOST_VERSIONS]

    @property
    def short_address(self):
        return settings.ARCHIVE_URL + reverse("archive:short", args=[self.key])

    @property
    def permanent_address(self):
        """The full address by the key alone, which tells nothing of the headline."""
        return settings.ARCHIVE_URL + reverse("archive:article_by_key", args=[self.outlet.slug, self.key])

    def address_for_readers(self):
        """Where a reader who comes for this article is sent: a tombstone's address does not give its headline away."""
        if self.withdrawal is None:
            return self.get_absolute_url()
        return reverse("archive:article_by_key", args=[self.outlet.slug, self.key])

    def derive(self, *, body_is_safe=False):
        """Fill in what follows from the rest: key, slug, safe text, and the place of the date in order.

        With `body_is_safe` the text comes from the sanitiser, with its fingerprint.
        """
        if not self.key:
            self.key = derived_key(self.outlet.slug, self.original_id) if self.original_id else random_key()
        if not self.slug:
            self.slug = slug_of(self.headline)
        if self.slug in TAKEN_SLUGS:
            self.slug = f"{self.slug}-1"
        self.slug_letters = letters(self.slug)
        if not body_is_safe:
            # Only at first: staff may empty a text, and the one as received stays as it came.
            if self._state.adding:
                self.body = self.body or self.body_received
                self.body_received = self.body_received or self.body
            self.body = sanitize(self.body)
            self.text_fingerprint = fingerprint(self.body)
        if self.source_rule_id and self.source_rule.source_id != self.source_id:
            # Somebody knows better than the rule.
            self.source_rule = None
        self.published_on, self.published_order = placed(
            self.published_on, self.published_precision, self.published_locally
        )

    @property
    def published_locally(self):
        """The instant of publication in the newsroom's own time zone, or None."""
        return self.published_at and self.published_at.astimezone(ZoneInfo(self.outlet.time_zone))

    @property
    def modified_locally(self):
        return self.modified_at and self.modified_at.astimezone(ZoneInfo(self.outlet.time_zone))

    @property
    def withdrawal(self):
        """The withdrawal in force today, or None."""
        from .care import Withdrawal

        return Withdrawal.objects.in_force(timezone.now().date()).filter(article=self).first()

    @property
    def text_bylines(self):
        return [byline for byline in self.bylines.all() if byline.role == byline.Role.TEXT]

    @property
    def other_bylines(self):
        return [byline for byline in self.bylines.all() if byline.role != byline.Role.TEXT]


@receiver(pre_save, sender=Article)
def derive_before_saving(instance, **_kwargs):
    # A signal, since fixtures are saved without Article.save().
    instance.derive()


class ArticlePart(NaturalKeyModel):
    """Something of an article's that has a number of its own, counted from 1 and never changed.

    Article and number are unique together, by an index that serves those who ask for the article as well.
    """

    NATURAL_KEY = ("article__key", "number")

    number = models.PositiveSmallIntegerField(editable=False)

    class Meta:
        abstract = True

    def save(self, **kwargs):
        if self.number is None:
            last = type(self)._default_manager.filter(article=self.article).aggregate(last=models.Max("number"))["last"]
            self.number = (last or 0) + 1
        super().save(**kwargs)


def picture_path(image, filename):
    return (
        f"pictures/{image.article.key}/{slugify(PurePosixPath(filename).stem)}{PurePosixPath(filename).suffix.lower()}"
    )


class PictureField(models.ImageField):
    """Keeps the size that it knows where the file is lost, so that the rest can still be edited."""

    def update_dimension_fields(self, instance, force=False, *args, **kwargs):
        with suppress(FileNotFoundError):
            super().update_dimension_fields(instance, force, *args, **kwargs)


class Image(ArticlePart):
    """A picture of an article. One that may not be shown keeps its caption, its credit and the reason."""

    class Withheld(models.TextChoices):
        NO = "", _("may be shown")
        RIGHTS = "rights", _("its licence does not cover the archive")
        NOT_RESCUED = "not-rescued", _("the file was not rescued")
        PRIVACY = "privacy", _("a person in it asked for its removal")
        LEGAL = "legal", _("legal reasons")

    article = models.ForeignKey(
        Article, models.CASCADE, db_index=False, related_name="images", verbose_name=_("article")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    file = PictureField(
        _("file"), upload_to=picture_path, max_length=300, blank=True, width_field="width", height_field="height"
    )
    width = models.PositiveIntegerField(_("width"), null=True, blank=True, editable=False)
    height = models.PositiveIntegerField(_("height"), null=True, blank=True, editable=False)
    alt = models.CharField(
        _("text alternative"), max_length=500, blank=True, help_text=_("What the picture shows, for who can't see it.")
    )
    caption = models.TextField(_("caption"), blank=True)
    credit = models.CharField(_("credit"), max_length=300, blank=True)
    original_address = models.URLField(_("original address"), max_length=2000, blank=True)
    withheld = models.CharField(_("shown or not"), max_length=12, choices=Withheld, blank=True, default=Withheld.NO)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ("order", "number")
        constraints = [
            models.UniqueConstraint(fields=("article", "number"), name="image_unique_number"),
            models.CheckConstraint(
                condition=~models.Q(file="") | ~models.Q(withheld=""),
                name="image_shown_has_file",
                violation_error_message=_("A picture without a file needs the reason why it is not shown."),
            ),
        ]
        indexes = [models.Index(fields=("file",), name="image_by_file")]

    def __str__(self):
        return self.caption or self.alt or f"{self._meta.verbose_name} {self.number}"

    @property
    def is_shown(self):
        return self.withheld == self.Withheld.NO


def slug_of(text, empty="article"):
    """A headline or name as a slug of at most 100 characters, cut between words; `empty` where nothing is left."""
    slug = slugify(text.replace("œ", "oe").replace("Œ", "Oe").replace("æ", "ae").replace("’", " ").replace("'", " "))
    if len(slug) > 100:
        slug = slug[:101].rpartition("-")[0] or slug[:100]
    if empty == "article" and slug in TAKEN_SLUGS:
        slug = f"{slug}-1"
    return slug or empty


def placed(day, precision, local_time):
    """The day on which an article of a date stands, and its place in order: the first of what is known of the date."""
    if local_time is not None:
        day = local_time.date()
    elif day is not None and precision == Precision.MONTH:
        day = day.replace(day=1)
    elif day is not None and precision == Precision.YEAR:
        day = day.replace(month=1, day=1)
    return day, published_order_of(day, precision, local_time)


def published_order_of(day, precision, local_time=None):
    """A date of a known precision as one sortable number, YYYYMMDDhhmm with 0 for what is not known.

    Hours and minutes are those of the newsroom's clock, plus one, since midnight is known. 0 is an unknown date.
    """
    if day is None or precision == Precision.UNKNOWN:
        return 0
    month = 0 if precision == Precision.YEAR else day.month
    day_of_month = 0 if precision in (Precision.YEAR, Precision.MONTH) else day.day
    clock = 1 + local_time.hour * 100 + local_time.minute if precision == Precision.MINUTE and local_time else 0
    return ((day.year * 100 + month) * 100 + day_of_month) * 10_000 + clock


def date_order_range(year, month=None, day=None):
    """The half-open range of `published_order` of a year, month or day."""
    first = ((year * 100 + (month or 0)) * 100 + (day or 0)) * 10_000
    return first, first + (10_000 if day else 1_000_000 if month else 100_000_000)
