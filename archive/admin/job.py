"""Import a file: upload it, see what would happen, confirm; then watch, stop, go on, undo."""

from datetime import date, datetime
from pathlib import PurePath
from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from archive import dates, jobs, uploads
from archive.models import ImportJob, ImportRun, Outlet
from archive.templatetags.page import page_language

from .base import ArchiveAdmin
from .job_forms import TABLES, OptionsForm, UploadForm, columns_as_text, name_to_show
from .receiving import ReceivingHandler

State = ImportJob.State
PROBLEMS_PER_PAGE = 100
COLOURS = {
    State.DONE: "public",
    State.TRIED: "held-back",
    State.FAILED: "withdrawn",
}


@admin.register(ImportJob)
class ImportJobAdmin(ArchiveAdmin):
    change_list_template = "admin/archive/job_list.html"
    list_display = (
        *("file_name", "outlet", "words_of_state", "created_at", "created_by"),
        *("created", "updated", "unchanged", "refused"),
    )
    list_select_related = ("outlet", "created_by")
    list_filter = ("state", "outlet")
    search_fields = ("file_name", "key")
    sortable_by = ()

    def get_queryset(self, request):
        return super().get_queryset(request).defer("trial")

    # It is changed by its buttons, and taken away by one of them.

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) or self.has_add_permission(request)

    def get_urls(self):
        wrap = self.admin_site.admin_view
        verbs = [
            path(f"<int:pk>/{verb}/", wrap(self.verb_view), {"verb": verb}, name=f"archive_importjob_{verb}")
            for verb in VERBS
        ]
        return [
            path("<int:pk>/progress/", wrap(self.progress_view), name="archive_importjob_progress"),
            path("<int:pk>/rejects/", wrap(self.rejects_view), name="archive_importjob_rejects"),
            path("<int:pk>/undo/", wrap(self.undo_view), name="archive_importjob_undo"),
            *verbs,
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def words_of_state(self, job):
        return format_html(
            '<span class="state state-{}">{}</span>', COLOURS.get(job.state, "other"), job.get_state_display()
        )

    # Upload

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        # Before anything is read of the form.
        receiving = ReceivingHandler(request)
        request.upload_handlers = [receiving]
        try:
            return self.upload_view(request, receiving)
        finally:
            receiving.discard()

    # The form is protected once its file has a place to go: see upload_view.
    add_view.csrf_exempt = True

    @method_decorator(csrf_protect)
    def upload_view(self, request, receiving):
        if request.method == "POST":
            # What it holds decides on what is wrong with it.
            posted, files = request.POST, request.FILES
            form = UploadForm(posted, files, problem=receiving.problem)
            if form.is_valid():
                return self.take(request, form.cleaned_data)
        else:
            form = UploadForm(initial={"outlet": request.GET.get("outlet")})
        return self.page(
            request,
            "admin/archive/job_upload.html",
            title=_("Import a file"),
            form=form,
            tables=",".join(sorted(TABLES)),
            has_outlets=Outlet.objects.exists(),
            media=self.media + form.media,
        )

    def take(self, request, data):
        file = data.pop("file")
        try:
            stored_as = uploads.keep(file.file)
        except OSError as error:
            self.message_user(request, _("The disk refuses it: %s.") % error.strerror, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:archive_importjob_add"))
        job = jobs.add(file_name=name_to_show(file.name), stored_as=stored_as, size=file.size, by=request.user, **data)
        self.log_addition(request, job, [{"added": {}}])
        return HttpResponseRedirect(address_of(job))

    # One job

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        jobs_ = ImportJob.objects.select_related("outlet", "created_by", "confirmed_by")
        job = jobs_.filter(pk=object_id).first() if object_id.isdecimal() else None
        if job is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        # When all is done, its run has more to tell.
        trial = job.trial or {} if job.state != State.DONE else {}
        problems = Paginator(trial.get("problems") or trial.get("kept") or (), PROBLEMS_PER_PAGE)
        return self.page(
            request,
            "admin/archive/job.html",
            title=_("Import of %(file)s") % {"file": job.file_name},
            trial=trial,
            items=list(map(worded, trial.get("items", ()))),
            problems=problems.get_page(request.GET.get("p")),
            number_of_problems=problems.count + trial.get("problems_left_out", 0),
            options=OptionsForm(initial=self.options_of(job)),
            tables=",".join(sorted(TABLES)),
            **self.state_of(request, job),
        )

    def state_of(self, request, job):
        """What the page shows of a job's state, and what may be done."""
        may = self.has_add_permission(request)
        runs = list(job.runs.order_by("pk"))
        has_file = is_kept(job)
        rests = job.state in jobs.RESTING
        changes = job.created + job.updated
        return {
            "job": job,
            "runs": runs,
            "may_read_runs": may or request.user.has_perm("archive.view_importrun"),
            "trial_of": trial_of(job),
            "colour": COLOURS.get(job.state, "other"),
            "has_file": has_file,
            "has_rejects": may and self.has_rejects(job),
            "is_absent": jobs.worker_seems_absent(job),
            "changes": changes,
            # What is unchanged may still get an address, a picture or a notice of its outlet.
            "may_confirm": may and job.state == State.TRIED and has_file and bool(job.unchanged or changes),
            "may_try_again": may and rests and has_file and not job.confirmed_at,
            "may_go_on": may and job.state in (State.FAILED, State.STOPPED) and has_file and bool(job.confirmed_at),
            "may_discard": may and job.state in (*jobs.RESTING, State.UNDONE),
            "may_stop": may and job.is_moving and not job.stop_requested,
            "may_undo": may
            and (
                (
                    job.state in (State.DONE, State.FAILED, State.STOPPED)
                    and any(run.state != ImportRun.State.UNDONE for run in runs)
                )
                or (job.state == State.UNDONE and bool((job.trial or {}).get("kept")))
            ),
        }

    def options_of(self, job):
        return {
            "format": job.format,
            "encoding": job.encoding,
            "columns": columns_as_text(job.columns),
            "learn_notices": job.learn_notices,
        }

    @method_decorator(never_cache)
    def progress_view(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        job = get_object_or_404(self.get_queryset(request), pk=pk)
        html = render_to_string("admin/archive/job_progress.html", self.state_of(request, job), request)
        return JsonResponse({"state": job.state, "moving": job.is_moving, "html": html})

    def has_rejects(self, job):
        return not job.is_moving and uploads.has_rejects(job)

    def job_with_rejects(self, request, run):
        """The job of a run, where what it refused can be had of it; or None."""
        job = run.jobs.defer("trial").first() if self.has_add_permission(request) else None
        return job if job and self.has_rejects(job) else None

    def rejects_view(self, request, pk):
        """What was refused, to be mended and uploaded; for those who may import, for it may not be public."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        job = get_object_or_404(self.get_queryset(request), pk=pk)
        try:
            file = uploads.rejects_of(job).open("rb")
        except FileNotFoundError:
            raise Http404 from None
        name = f"{PurePath(job.file_name).stem}-{job.key}-rejects.jsonl"
        return FileResponse(file, as_attachment=True, filename=name, content_type="application/jsonl")

    def verb_view(self, request, pk, verb):
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            # Who had to log in again is sent on by a link.
            return HttpResponseRedirect(reverse("admin:archive_importjob_change", args=[pk]))
        job = get_object_or_404(self.get_queryset(request).select_related("outlet"), pk=pk)
        try:
            return VERBS[verb](self, request, job) or HttpResponseRedirect(address_of(job))
        except FileNotFoundError:
            self.message_user(request, _("The file is no longer here. Upload it again."), messages.ERROR)
            return HttpResponseRedirect(address_of(job))

    def confirm(self, request, job):
        if job.state == State.TRIED and request.POST.get("trial") != trial_of(job):
            # Somebody had it read in another way meanwhile.
            self.too_late(request)
        elif jobs.confirm(job, by=request.user):
            self.log_change(request, job, _("Confirmed."))
        elif not job.confirmed_at:
            self.too_late(request)

    def try_again(self, request, job):
        form = OptionsForm(request.POST)
        if not form.is_valid():
            for error in (each for errors in form.errors.values() for each in errors):
                self.message_user(request, error, messages.ERROR)
        elif job.confirmed_at or not jobs.go_on(job, **form.cleaned_data):
            self.too_late(request)

    def go_on(self, request, job):
        if not jobs.go_on(job):
            self.too_late(request)

    def stop(self, request, job):
        if jobs.stop(job):
            self.log_change(request, job, _("Stopped."))
        else:
            self.too_late(request)

    def discard(self, request, job):
        if not jobs.discard(job):
            self.too_late(request)
            return None
        self.message_user(request, _("“%(file)s” was discarded.") % {"file": job.file_name}, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:archive_importjob_changelist"))

    def too_late(self, request):
        self.message_user(
            request, _("Nothing was done: the import has moved on since. This is how it stands."), messages.WARNING
        )

    # Undo

    def undo_view(self, request, pk):
        job = get_object_or_404(self.get_queryset(request).select_related("outlet"), pk=pk)
        return self.ask_to_undo(request, job, lambda: job if jobs.undo(job, by=request.user) else None)

    def undo_run_view(self, request, run):
        return self.ask_to_undo(request, run.jobs.first(), lambda: jobs.undo_a_run(run, by=request.user), run)

    def ask_to_undo(self, request, job, verb, run=None):
        """Ask before all that a job did is undone; a run that has none will be undone by a job of its own."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        runs = list(job.runs.order_by("pk")) if job else [run]
        if request.method == "POST" or not runs:
            undoing = verb() if runs else None
            if undoing is None:
                self.too_late(request)
            else:
                self.log_change(request, undoing, _("Undoing."))
            return HttpResponseRedirect(address_of(undoing or job))
        return self.page(
            request,
            "admin/archive/job_undo.html",
            title=_("Undo an import"),
            runs=runs,
            back=address_of(job) if job else reverse("admin:archive_importrun_change", args=[run.pk]),
        )

    def page(self, request, template, **context):
        context = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media, **context}
        return TemplateResponse(request, template, context)


VERBS = {
    "confirm": ImportJobAdmin.confirm,
    "try-again": ImportJobAdmin.try_again,
    "go-on": ImportJobAdmin.go_on,
    "stop": ImportJobAdmin.stop,
    "discard": ImportJobAdmin.discard,
}


def address_of(job):
    return reverse("admin:archive_importjob_change", args=[job.pk])


def trial_of(job):
    """Tells a trial from a later one of the same job."""
    return job.finished_at.isoformat() if job.finished_at else ""


def is_kept(job):
    try:
        uploads.path_of(job.stored_as)
    except FileNotFoundError:
        return False
    return True


def worded(item):
    """An item of a trial, its date and outcome in the words of the page."""
    day = item["published_on"] and date.fromisoformat(item["published_on"])
    moment = item["moment"] and datetime.fromisoformat(item["moment"]).astimezone(ZoneInfo(item["zone"]))
    written = dates.written_date(day or None, item["precision"], moment or None, page_language())
    outcome = {"created": _("to be added"), "updated": _("to be changed")}.get(item["outcome"])
    return {**item, "date": written, "outcome_words": outcome or pgettext("of one item", "unchanged")}
