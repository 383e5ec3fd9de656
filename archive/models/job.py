from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from archive.keys import random_key

from .json import UncheckedJSONField
from .keys import NaturalKeyModel
from .outlet import Outlet
from .run import ImportRun


class ImportJob(NaturalKeyModel):
    """A file that staff uploaded, or a run that they want undone, on its way through the worker (archive/jobs.py)."""

    NATURAL_KEY = ("key",)

    class State(models.TextChoices):
        TRIAL_WAITING = "trial-waiting", _("waiting for its trial")
        TRIAL_RUNNING = "trial-running", _("trial running")
        TRIED = "tried", _("waiting for confirmation")
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        STOPPED = "stopped", _("stopped")
        UNDO_WAITING = "undo-waiting", _("waiting to be undone")
        UNDO_RUNNING = "undo-running", _("being undone")
        UNDONE = "undone", _("undone")

    # What the worker takes up, and what it is at.
    QUEUED = (State.TRIAL_WAITING, State.WAITING, State.UNDO_WAITING)
    AT_WORK = (State.TRIAL_RUNNING, State.RUNNING, State.UNDO_RUNNING)

    key = models.CharField(_("key"), max_length=12, unique=True, default=random_key, editable=False)
    outlet = models.ForeignKey(Outlet, models.PROTECT, related_name="import_jobs", verbose_name=_("outlet"))
    # The name that staff know it by, and the one that it is kept under; empty: it is not kept any more.
    file_name = models.CharField(_("file"), max_length=300)
    stored_as = models.CharField(max_length=32, blank=True, editable=False)
    size = models.BigIntegerField(_("size in bytes"), default=0, editable=False)
    format = models.CharField(_("format"), max_length=30, blank=True)
    encoding = models.CharField(_("encoding"), max_length=40, blank=True)
    # Column names of a table, by the field that each fills: {"headline": "Titre"}.
    columns = UncheckedJSONField(_("columns"), default=dict, blank=True)
    learn_notices = models.BooleanField(_("add the closure notices found"), default=False)

    state = models.CharField(_("state"), max_length=13, choices=State, default=State.TRIAL_WAITING)
    stop_requested = models.BooleanField(default=False, editable=False)
    # Who is at it, and when it last gave a sign of life.
    worker = models.CharField(max_length=200, blank=True, editable=False)
    heartbeat_at = models.DateTimeField(null=True, blank=True, editable=False)
    # How many workers died at it.
    deaths = models.PositiveSmallIntegerField(default=0, editable=False)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    created_at = models.DateTimeField(_("uploaded at"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True, editable=False)
    # Since when it waits for the worker, or waited last.
    queued_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True, editable=False)

    created = models.PositiveIntegerField(_("created"), default=0, editable=False)
    updated = models.PositiveIntegerField(_("updated"), default=0, editable=False)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0, editable=False)
    refused = models.PositiveIntegerField(_("refused"), default=0, editable=False)
    left_out = models.PositiveIntegerField(_("left out"), default=0, editable=False)
    bytes_read = models.BigIntegerField(_("bytes read"), default=0, editable=False)
    # What the trial found: counts, the first items as they would look, problems (archive/trials.py).
    trial = UncheckedJSONField(null=True, blank=True, editable=False)
    # Why it failed, and what helps.
    problem = models.TextField(_("problem"), blank=True, editable=False)
    remedy = models.TextField(_("remedy"), blank=True, editable=False)
    # More than one where it was stopped and went on.
    runs = models.ManyToManyField(
        ImportRun, blank=True, editable=False, related_name="jobs", verbose_name=_("import runs")
    )

    class Meta:
        verbose_name = _("import of a file")
        verbose_name_plural = _("imports of files")
        ordering = ("-created_at", "-pk")
        indexes = [
            models.Index(fields=("-created_at", "-id"), name="importjob_newest_first"),
            models.Index(fields=("state", "queued_at"), name="importjob_by_state"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=0), name="importjob_size_not_negative"),
            models.CheckConstraint(
                condition=~Q(state__in=("trial-running", "running", "undo-running"))
                | Q(heartbeat_at__isnull=False) & ~Q(worker=""),
                name="importjob_at_work_has_worker",
            ),
            models.UniqueConstraint(
                fields=("stored_as",), condition=~Q(stored_as=""), name="importjob_unique_stored_file"
            ),
        ]

    def __str__(self):
        return self.file_name

    @property
    def is_queued(self):
        return self.state in self.QUEUED

    @property
    def is_at_work(self):
        return self.state in self.AT_WORK

    @property
    def is_moving(self):
        """Whether its state may change without anyone's doing."""
        return self.is_queued or self.is_at_work
