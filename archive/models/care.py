from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .article import Article, ArticlePart
from .json import UncheckedJSONField
from .keys import NaturalKeyManager, NaturalKeyModel
from .outlet import Outlet
from .run import ImportRun


def today():
    return timezone.now().date()


class Correction(ArticlePart):
    """A dated public note on an article."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("Correction")
        CLARIFICATION = "clarification", _("Clarification")
        UPDATE = "update", _("Update")
        EDITORS_NOTE = "editors-note", _("Editor’s note")

    article = models.ForeignKey(
        Article, models.CASCADE, db_index=False, related_name="corrections", verbose_name=_("article")
    )
    kind = models.CharField(_("kind"), max_length=13, choices=Kind, default=Kind.CORRECTION)
    made_on = models.DateField(_("date"), default=today)
    text = models.TextField(_("note"), help_text=_("Plain text: what was wrong, and what is right."))

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ("made_on", "number")
        constraints = [models.UniqueConstraint(fields=("article", "number"), name="correction_unique_number")]
        indexes = [models.Index(fields=("made_on", "id"), name="correction_by_date")]

    def __str__(self):
        return f"{self.get_kind_display()} ({self.made_on})"


class WithdrawalQuerySet(models.QuerySet):
    def in_force(self, on):
        """Those by which an article is out of public view on the day `on`."""
        return self.filter(withdrawn_on__lte=on).filter(models.Q(reinstated_on=None) | models.Q(reinstated_on__gt=on))


class Withdrawal(ArticlePart):
    """An article taken from public view for a stated reason; reinstated, it stays as history."""

    class Reason(models.TextChoices):
        RIGHTS_EXPIRED = "rights-expired", _("Rights expired")
        LEGAL = "legal", _("Legal reasons")
        PRIVACY = "privacy", _("Privacy")
        ERROR = "error", _("Published in error")
        DUPLICATE = "duplicate", _("Duplicate")
        OTHER = "other", _("Other")

    class Status(models.IntegerChoices):
        GONE = 410, _("410 Gone")
        UNAVAILABLE = 451, _("451 Unavailable for legal reasons")

    article = models.ForeignKey(
        Article, models.CASCADE, db_index=False, related_name="withdrawals", verbose_name=_("article")
    )
    withdrawn_on = models.DateField(
        _("withdrawn on"), default=today, help_text=_("The first day on which readers no longer see it.")
    )
    reason = models.CharField(_("reason"), max_length=14, choices=Reason)
    status_code = models.PositiveSmallIntegerField(_("HTTP status"), choices=Status, default=Status.GONE)
    show_headline = models.BooleanField(_("the headline may still be shown"), default=True)
    public_note = models.TextField(_("public note"), blank=True, help_text=_("Plain text, shown on the page."))
    reinstated_on = models.DateField(_("reinstated on"), null=True, blank=True)

    objects = NaturalKeyManager.from_queryset(WithdrawalQuerySet)()

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        ordering = ("withdrawn_on", "number")
        constraints = [
            models.UniqueConstraint(fields=("article", "number"), name="withdrawal_unique_number"),
            models.UniqueConstraint(
                fields=("article",),
                condition=models.Q(reinstated_on=None),
                name="withdrawal_one_open",
                violation_error_message=_("The article is withdrawn already."),
            ),
            models.CheckConstraint(
                condition=models.Q(reinstated_on=None) | models.Q(reinstated_on__gte=models.F("withdrawn_on")),
                name="withdrawal_reinstated_after",
                violation_error_message=_("An article is reinstated on the day of its withdrawal or later."),
            ),
            models.CheckConstraint(condition=models.Q(status_code__in=(410, 451)), name="withdrawal_status_410_or_451"),
        ]
        indexes = [
            # The days on which articles go from public view and come back, for copies of the archive.
            models.Index(fields=("withdrawn_on", "article"), name="withdrawal_by_first_day"),
            models.Index(
                fields=("reinstated_on", "article"),
                condition=models.Q(reinstated_on__isnull=False),
                name="withdrawal_by_last_day",
            ),
        ]

    def __str__(self):
        return f"{self.get_reason_display()} ({self.withdrawn_on})"


class AwaitedWithdrawalQuerySet(models.QuerySet):
    def awaiting(self):
        """Those whose article has not come."""
        return self.filter(article=None)


class AwaitedWithdrawal(NaturalKeyModel):
    """A sender's word that an article is to be withdrawn, which came before it: it is withdrawn as it is taken in."""

    NATURAL_KEY = ("outlet__slug", "original_id")

    outlet = models.ForeignKey(Outlet, models.CASCADE, related_name="awaited_withdrawals", verbose_name=_("outlet"))
    original_id = models.CharField(
        _("source id"), max_length=200, help_text=_("Its id in the system that it came from.")
    )
    reason = models.CharField(_("reason"), max_length=14, choices=Withdrawal.Reason)
    note = models.TextField(_("note of the sender"), blank=True)
    told_at = models.DateTimeField(_("told at"), default=timezone.now)
    # Where it was told; of an own export's this archive has no more.
    run = models.ForeignKey(
        ImportRun, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("import run")
    )
    place = models.CharField(_("place"), max_length=500, blank=True, help_text=_("Where it stood in the file."))
    # It awaits its article again where that goes, as with the run that brought it.
    article = models.ForeignKey(
        Article,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="awaited_withdrawals",
        verbose_name=_("article"),
    )
    # None where the article was withdrawn already.
    withdrawal = models.ForeignKey(
        Withdrawal, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("withdrawal")
    )

    objects = NaturalKeyManager.from_queryset(AwaitedWithdrawalQuerySet)()

    class Meta:
        verbose_name = _("awaited withdrawal")
        verbose_name_plural = _("awaited withdrawals")
        ordering = ("-told_at", "-pk")
        constraints = [
            # The id first: staff look for one in every outlet.
            models.UniqueConstraint(fields=("original_id", "outlet"), name="awaitedwithdrawal_unique"),
        ]
        indexes = [models.Index(fields=("-told_at", "-id"), name="awaited_newest_first")]

    def __str__(self):
        return self.original_id


class Revision(ArticlePart):
    """One change to an article: who, when, why, and what each changed field held before and after."""

    class Verb(models.TextChoices):
        TAKEN_IN = "taken-in", _("Taken in")
        IMPORTED_AGAIN = "imported-again", _("Imported again")
        IMPORT_UNDONE = "import-undone", _("Import undone")
        EDITED = "edited", _("Edited")
        CORRECTED = "corrected", _("Corrected")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        REINSTATED = "reinstated", _("Reinstated")
        # A copy of an archive made it: of what the archive itself did, the revisions that came with the article tell.
        CARRIED_OVER = "carried-over", _("Carried over from another archive")

    article = models.ForeignKey(
        Article, models.CASCADE, db_index=False, related_name="revisions", verbose_name=_("article")
    )
    verb = models.CharField(_("change"), max_length=14, choices=Verb)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("made by"),
    )
    reason = models.TextField(_("reason"), blank=True)
    is_public = models.BooleanField(
        _("readers may see what changed"),
        default=True,
        # Since an import writes its revisions as rows.
        db_default=True,
        help_text=_("Otherwise the article’s history says only that something was changed."),
    )
    # Asked for by article alone, so that it needs no index.
    run = models.ForeignKey(
        ImportRun,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="+",
        verbose_name=_("import run"),
    )
    # {"field": ["before", "after"]}
    changes = UncheckedJSONField(_("changes"), default=dict, blank=True)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=("article", "number"), name="revision_unique_number")]
        # Hardly any has one: imports make most of them.
        indexes = [
            models.Index(fields=("made_by",), condition=models.Q(made_by__isnull=False), name="revision_by_user")
        ]

    def __str__(self):
        return f"{self.get_verb_display()} ({self.made_at:%Y-%m-%d %H:%M})"
