from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from archive import wording
from archive.keys import random_key

from .article import Article
from .json import UncheckedJSONField
from .keys import NaturalKeyModel
from .outlet import Outlet


class ImportRun(NaturalKeyModel):
    """One reading of one file: what it created, updated, left alone and refused."""

    NATURAL_KEY = ("key",)

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("could not be read")
        STOPPED = "stopped", _("stopped")
        BROKEN_OFF = "broken-off", _("broken off")
        UNDONE = "undone", _("undone")

    key = models.CharField(_("key"), max_length=12, unique=True, default=random_key, editable=False)
    outlet = models.ForeignKey(Outlet, models.PROTECT, related_name="import_runs", verbose_name=_("outlet"))
    format = models.CharField(_("format"), max_length=30)
    file_name = models.CharField(_("file"), max_length=500)
    file_digest = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True)
    # What the operator told the reader: a record is read again as it was read first.
    options = UncheckedJSONField(_("options"), default=dict, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("started by")
    )
    created = models.PositiveIntegerField(_("created"), default=0)
    updated = models.PositiveIntegerField(_("updated"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    left_out = models.PositiveIntegerField(_("left out"), default=0)

    class Meta:
        verbose_name = _("import run")
        verbose_name_plural = _("import runs")
        ordering = ("-started_at", "-pk")
        indexes = [
            models.Index(fields=("-started_at", "-id"), name="importrun_newest_first"),
            models.Index(fields=("state",), name="importrun_by_state"),
        ]

    def __str__(self):
        return f"{self.file_name} ({self.started_at:%Y-%m-%d %H:%M})"


class ImportItem(NaturalKeyModel):
    """What became of one item of a run. One that is unchanged is counted by its run, and has no row."""

    NATURAL_KEY = ("run__key", "number")

    class Outcome(models.TextChoices):
        CREATED = "created", pgettext_lazy("of one item", "created")
        UPDATED = "updated", pgettext_lazy("of one item", "updated")
        UNCHANGED = "unchanged", pgettext_lazy("of one item", "unchanged")
        REFUSED = "refused", pgettext_lazy("of one item", "refused")

    # Its indexes below begin with the run.
    run = models.ForeignKey(
        ImportRun, models.CASCADE, related_name="items", db_index=False, verbose_name=_("import run")
    )
    number = models.PositiveIntegerField(_("number"))
    place = models.CharField(_("place"), max_length=500, help_text=_("Where it stood in the file."))
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome)
    article = models.ForeignKey(
        Article, models.SET_NULL, null=True, blank=True, related_name="import_items", verbose_name=_("article")
    )
    problem = models.TextField(_("problem"), blank=True)
    remedy = models.TextField(_("remedy"), blank=True)
    # What an update replaced and its revision does not tell, so that it can be undone.
    before = UncheckedJSONField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("imported item")
        verbose_name_plural = _("imported items")
        ordering = ("run", "number")
        indexes = [models.Index(fields=("run", "outcome", "number"), name="importitem_by_outcome")]
        constraints = [models.UniqueConstraint(fields=("run", "number"), name="importitem_unique_number")]

    @property
    def is_withdrawal(self):
        """Whether it withdrew an article that was there: `before` tells at most for which day that was planned."""
        return self.outcome == self.Outcome.UPDATED and (self.before is None or "withdrawn_on" in self.before)

    @property
    def remarks(self):
        """Pairs of a problem and its remedy."""
        problems, remedies = self.problem.split("\n"), self.remedy.split("\n")
        # A text of before may have had lines of its own.
        return (
            list(zip(problems, remedies, strict=True))
            if len(problems) == len(remedies)
            else [(self.problem, self.remedy)]
        )

    def __str__(self):
        place = wording.plain(wording.place(self.place, get_language() or wording.LANGUAGE))
        return f"{place}: {self.get_outcome_display()}"


class ImportTrace(NaturalKeyModel):
    """Something besides articles that a run made, by its natural key, so that it can be undone."""

    NATURAL_KEY = ("run__key", "kind", "named")

    class Kind(models.TextChoices):
        AUTHOR = "author", _("author")
        TAG = "tag", _("tag")
        SECTION = "section", _("section")
        SOURCE = "source", _("source")
        PAGE = "infopage", _("information page")
        NOTICE = "closurenotice", _("closure notice")
        ADDRESS = "oldaddress", _("old address")
        PICTURE = "image", _("picture")
        HOST = "oldhost", _("old host")
        PATTERN = "addresspattern", _("address pattern")
        SELECTION = "selection", _("selection")

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="traces", verbose_name=_("import run"))
    kind = models.CharField(_("kind"), max_length=14, choices=Kind)
    # The natural key, as JSON.
    named = models.CharField(_("name"), max_length=2100)
    # Of what it was when it was made, where that tells whether staff have changed it since.
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("trace of an import")
        verbose_name_plural = _("traces of imports")
        ordering = ("pk",)

    def __str__(self):
        return f"{self.get_kind_display()} {self.named}"
