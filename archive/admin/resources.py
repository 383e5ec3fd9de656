"""What the admin's tables hold. Rows are known by their natural keys, and a row that changes nothing writes nothing."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource
from import_export.results import InvalidRow

from archive import care, search
from archive.addresses import AddressError, normalise
from archive.keys import ALPHABET, LENGTH, read_key
from archive.models import Article, Author, ClosureNotice, OldAddress, Outlet, Revision

from .columns import (
    ArticleColumn,
    BylinesColumn,
    ChoiceColumn,
    Column,
    DayColumn,
    ModifiedColumn,
    OutletColumn,
    PublishedColumn,
    SectionColumn,
    SourceColumn,
    TagsColumn,
    VersionColumn,
    YesNoColumn,
)
from .differences import RowDifference
from .formats import MOST_ROWS, NOT_GIVEN

# More would keep every other writer waiting while the table is read.
MOST_EXPORTED = 20_000


class TableError(ValueError):
    """A table that can't be taken or given as a whole; the message says why, for staff."""


class TableResource(Resource):
    # Not a ModelResource, which would add a column for each field.

    # Columns by which a row is known; a table that lacks one can't be read.
    known_by = ()
    # Fields of the model that stand in a column of another name.
    column_of = {}

    class Meta:
        skip_unchanged = True
        clean_model_instances = True
        use_transactions = True
        chunk_size = 500
        instance_loader_class = BaseInstanceLoader

    @classmethod
    def get_diff_class(cls):
        return RowDifference

    @classmethod
    def get_display_name(cls):
        return str(cls._meta.model._meta.verbose_name_plural)

    def init_instance(self, row=None):
        return self._meta.model()

    def get_import_id_fields(self):
        return self.known_by

    # Reading

    def before_import(self, dataset, **kwargs):
        try:
            self.check(dataset)
        except TableError:
            # Nothing of it is looked at, then.
            dataset.wipe()
            raise

    def check(self, dataset):
        headers, names = dataset.headers or [], [field.column_name for field in self.get_import_fields()]
        for column in headers:
            if column not in names:
                raise TableError(
                    _("There is no column “%(column)s” here; the columns are: %(names)s.")
                    % {"column": column, "names": ", ".join(names)}
                )
            if headers.count(column) > 1:
                raise TableError(_("The column “%(column)s” stands there twice.") % {"column": column})
        if missing := [column for column in self.known_by if column not in headers]:
            raise TableError(_("These columns are missing: %(names)s.") % {"names": ", ".join(missing)})
        if len(dataset) > MOST_ROWS:
            raise TableError(
                _("The table has %(rows)s rows; at most %(most)s can be imported here at a time. Divide it.")
                % {"rows": len(dataset), "most": MOST_ROWS}
            )

    def before_import_row(self, row, **kwargs):
        for column in [column for column, value in row.items() if value is NOT_GIVEN]:
            del row[column]

    def get_or_init_instance(self, instance_loader, row):
        instance = self.find(row)
        return (instance, False) if instance else (self.init_instance(row), True)

    def find(self, row):
        """The instance that a row speaks of, or None."""
        raise NotImplementedError

    def import_instance(self, instance, row, **kwargs):
        super().import_instance(instance, row, **kwargs)
        self.complete(instance)

    def complete(self, instance):
        """Fill in what follows from the cells; raise ValidationError where they contradict each other."""

    def skip_row(self, instance, original, row, import_validation_errors=None):
        if import_validation_errors or original.pk is None:
            return False
        return all(column.export(instance) == column.export(original) for column in self.get_import_fields())

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        errors = import_validation_errors or {}
        try:
            # A row whose cells can't be read is not whole, and would only be blamed for that as well.
            if not errors:
                super().validate_instance(instance, None, validate_unique)
        except ValidationError as error:
            errors = error.update_error_dict({})
        for column in self.get_import_fields():
            if column.column_name not in errors and "\x00" in column.export(instance):
                errors[column.column_name] = [ValidationError(_("It holds the character NUL; take it out."))]
        if errors:
            raise ValidationError({self.column_of.get(name, name): found for name, found in errors.items()})

    def do_instance_save(self, instance, is_create):
        try:
            # A savepoint, so that one bad row does not spoil the transaction for the rest.
            with transaction.atomic():
                super().do_instance_save(instance, is_create)
                self.save_rest(instance)
        except IntegrityError as error:
            raise ValidationError(_("It contradicts another row: %(error)s") % {"error": error}) from error

    def save_rest(self, instance):
        """Save what hangs on the instance."""

    def before_save_instance(self, instance, row, **kwargs):
        instance.imported_by = kwargs.get("user")
        instance.import_reason = (
            _("Imported from %(file)s") % {"file": kwargs["file_name"]} if kwargs.get("file_name") else ""
        )

    # Writing

    def filter_export(self, queryset, **kwargs):
        # A list leaves out long texts, and fetches what only it shows.
        queryset = self.with_relations(queryset.defer(None).select_related(None).prefetch_related(None))
        if queryset[: MOST_EXPORTED + 1].count() > MOST_EXPORTED:
            raise TableError(
                _("More than %(most)s rows; narrow the list with its search and filters, then export what it shows.")
                % {"most": MOST_EXPORTED}
            )
        return queryset

    def with_relations(self, queryset):
        return queryset

    def iter_queryset(self, queryset):
        return queryset.iterator(chunk_size=self.get_chunk_size())


class ArticleResource(TableResource):
    key = Column("key")
    version = VersionColumn("version")
    outlet = OutletColumn()
    original_id = Column("original_id")
    language = ChoiceColumn("language")
    published = PublishedColumn("published")
    modified = ModifiedColumn("modified")
    kicker = Column("kicker")
    headline = Column("headline")
    slug = Column("slug")
    summary = Column("summary")
    dateline = Column("dateline")
    bylines = BylinesColumn("bylines")
    source = SourceColumn()
    section = SectionColumn()
    tags = TagsColumn("tags")
    version_of = ArticleColumn("version_of")
    original_url = Column("original_url")
    indexable = YesNoColumn("indexable")
    held_back = YesNoColumn("held_back")
    sign_off = Column("sign_off")
    body = Column("body")

    column_of = {"published_on": "published", "published_at": "published", "modified_at": "modified"}

    class Meta(TableResource.Meta):
        model = Article

    def find(self, row):
        # Locked, so that nobody changes it between the look and the change.
        search.lock()
        articles = self.with_relations(Article.objects.select_for_update(of=("self",)))
        if key := read_key(row.get("key", "").strip()):
            return articles.filter(key=key).first()
        if row.get("original_id") and row.get("outlet"):
            return articles.filter(outlet__slug=row["outlet"].strip()).from_ids([row["original_id"]]).first()
        return None

    def import_instance(self, instance, row, **kwargs):
        if "key" in row:
            # As it stands in the archive, however it was copied; the key of an article is never changed.
            row["key"] = instance.key or read_key(row["key"].strip())
        super().import_instance(instance, row, **kwargs)

    def complete(self, article):
        if article.key and not (len(article.key) == LENGTH and set(article.key) <= set(ALPHABET)):
            raise ValidationError({"key": _("This is not a key; leave the cell empty, and a new article gets one.")})
        if not article.outlet_id:
            raise ValidationError({"outlet": _("A new article needs its outlet.")})
        article.language = article.language or article.outlet.language
        article.derive()
        if article.section and article.section.outlet_id != article.outlet_id:
            raise ValidationError({"section": _("The section belongs to another outlet.")})

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        seen = getattr(instance, "seen_version", None)
        if seen is not None and seen != str(instance.version):
            raise ValidationError(
                {
                    "version": _(
                        "Someone changed this article after the table was made (then version %(seen)s, now "
                        "%(now)s). Export it again and make your change there."
                    )
                    % {"seen": seen, "now": instance.version}
                }
            )
        super().validate_instance(instance, import_validation_errors, validate_unique)

    def before_save_instance(self, instance, row, **kwargs):
        super().before_save_instance(instance, row, **kwargs)
        instance.before_import = care.snapshot(instance) if instance.pk else None

    def save_rest(self, article):
        if (tags := article.__dict__.get("wanted_tags")) is not None:
            article.tags.set(tags)
        if (bylines := article.__dict__.get("wanted_bylines")) is not None:
            save_bylines(article, bylines)
        verb = Revision.Verb.EDITED if article.before_import else Revision.Verb.TAKEN_IN
        care.record(article, verb, before=article.before_import, by=article.imported_by, reason=article.import_reason)
        care.withdraw_awaited([article], by=article.imported_by)

    def with_relations(self, queryset):
        return queryset.select_related("outlet", "section", "source").prefetch_related(
            "tags", "bylines__author", Prefetch("version_of", Article.objects.only("key", "version_of"))
        )

    def iter_queryset(self, queryset):
        # Versions last, so that each row finds its article when the table is read.
        for is_first in (True, False):
            yield from super().iter_queryset(queryset.filter(version_of__isnull=is_first))


def save_bylines(article, bylines):
    """Make an article's bylines those given, keeping the rows of those that stay."""
    kept = {(byline.author_id, byline.role): byline for byline in article.bylines.all()}
    for order, byline in enumerate(bylines):
        row = kept.pop((byline.author_id, byline.role), byline)
        row.article, row.order, row.printed = article, order, byline.printed
        row.save()
    for byline in kept.values():
        byline.delete()


class OutletResource(TableResource):
    slug = Column("slug")
    name = Column("name")
    parent = OutletColumn("parent")
    language = ChoiceColumn("language")
    time_zone = Column("time_zone")
    opened_on = DayColumn("opened_on")
    closed_on = DayColumn("closed_on")
    website = Column("website")
    support_address = Column("support_address")
    rights_line = Column("rights_line")
    accent = ChoiceColumn("accent")
    about = Column("about")

    known_by = ("slug",)

    class Meta(TableResource.Meta):
        model = Outlet

    def find(self, row):
        return Outlet.objects.filter(slug=row.get("slug", "").strip()).first()

    def with_relations(self, queryset):
        return queryset.select_related("parent__parent__parent")

    def iter_queryset(self, queryset):
        # Networks first, so that each row finds its network when the table is read.
        return iter(sorted(queryset, key=lambda outlet: len(outlet.lineage())))


class NoticeResource(TableResource):
    outlet = OutletColumn()
    language = ChoiceColumn("language")
    placement = ChoiceColumn("placement")
    first_day = DayColumn("first_day")
    last_day = DayColumn("last_day")
    names = ChoiceColumn("names")
    message = Column("message")

    known_by = ("outlet", "language", "placement", "first_day")

    class Meta(TableResource.Meta):
        model = ClosureNotice

    def find(self, row):
        cells = {name: row.get(name, "").strip() for name in self.known_by}
        asked = ClosureNotice(language=cells["language"], placement=cells["placement"])
        try:
            self.fields["first_day"].read(asked, cells["first_day"])
        except ValueError:
            # The reading of the row tells why.
            return None
        return ClosureNotice.objects.filter(
            outlet__slug=cells["outlet"],
            language=asked.language,
            placement=asked.placement,
            first_day=asked.first_day,
        ).first()

    def with_relations(self, queryset):
        return queryset.select_related("outlet")


class AuthorResource(TableResource):
    slug = Column("slug")
    name = Column("name")
    about = Column("about")
    about_language = ChoiceColumn("about_language")

    known_by = ("slug",)

    class Meta(TableResource.Meta):
        model = Author

    def find(self, row):
        return Author.objects.filter(slug=row.get("slug", "").strip()).first()


class ArticleKeyColumn(Column):
    def write(self, address):
        return address.article.key if address.article_id else ""

    def read(self, address, text):
        article = Article.objects.filter(key=read_key(text.strip())).first()
        if article is None:
            raise ValueError(_("There is no article with the key “%(key)s”.") % {"key": text.strip()})
        address.article = article


class OldAddressResource(TableResource):
    url = Column("url")
    article = ArticleKeyColumn("article")

    known_by = ("url",)
    column_of = {"normalised": "url"}

    class Meta(TableResource.Meta):
        model = OldAddress

    def find(self, row):
        try:
            return self.with_relations(OldAddress.objects).filter(normalised=normalise(row.get("url", ""))).first()
        except AddressError:
            # The reading of the row tells why.
            return None

    def complete(self, address):
        address.clean()

    def before_save_instance(self, instance, row, **kwargs):
        super().before_save_instance(instance, row, **kwargs)
        # Both articles change where an address moves from one to the other.
        former = OldAddress.objects.filter(pk=instance.pk).values("article")
        articles = Article.objects.filter(Q(pk=instance.article_id) | Q(pk__in=former))
        instance.before_import = [(article, care.snapshot(article)) for article in articles]

    def save_rest(self, address):
        for article, before in address.before_import:
            care.record(
                article,
                Revision.Verb.EDITED,
                before=before,
                by=address.imported_by,
                reason=address.import_reason,
            )

    def with_relations(self, queryset):
        return queryset.select_related("article")


def problems(result, first_row):
    """What is wrong with a table: (row as a person counts it or None, column or "", message) for each error."""
    for error in result.base_errors:
        yield None, "", str(error.error)
    found = [(row.number, row) for row in [*result.invalid_rows, *result.error_rows]]
    for number, row in sorted(found, key=lambda each: each[0]):
        place = number + first_row - 1
        if isinstance(row, InvalidRow):
            for column, messages in row.error_dict.items():
                for message in messages:
                    yield place, "" if column == NON_FIELD_ERRORS else column, message
        else:
            for error in row.errors:
                yield place, "", str(error.error)
