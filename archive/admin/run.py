from django.contrib import admin
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import linebreaksbr
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from archive.models import Article, ImportItem, ImportJob, ImportRun
from archive.templatetags.wording import told, told_place

from .base import ReadOnlyAdmin

State = ImportRun.State
ITEMS_PER_PAGE = 100


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    change_form_template = "admin/archive/run_form.html"
    list_display = (
        *("file_name", "outlet", "format", "state", "started_at"),
        *("created", "updated", "unchanged", "refused"),
    )
    list_select_related = ("outlet",)
    list_filter = ("state", "outlet")
    search_fields = ("file_name", "key")
    fields = (
        *("file_name", "file_digest", "outlet", "format", "state"),
        *("started_at", "finished_at", "started_by", "key"),
        *("created", "updated", "unchanged", "refused", "left_out"),
    )

    def has_view_permission(self, request, obj=None):
        # Who imports a file reads what became of it.
        return super().has_view_permission(request, obj) or self.jobs.has_add_permission(request)

    def get_urls(self):
        undo = path("<int:pk>/undo/", self.admin_site.admin_view(self.undo_view), name="archive_importrun_undo")
        return [undo, *super().get_urls()]

    def undo_view(self, request, pk):
        run = get_object_or_404(ImportRun.objects.select_related("outlet"), pk=pk)
        return self.jobs.undo_run_view(request, run)

    @property
    def jobs(self):
        """The admin of the jobs, by which a run is undone."""
        return self.admin_site.get_model_admin(ImportJob)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        run = ImportRun.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        if run is not None:
            extra_context = {
                "may_undo": self.jobs.has_add_permission(request) and run.state not in (State.RUNNING, State.UNDONE),
                "rejects_job": self.jobs.job_with_rejects(request, run),
                "may_read_articles": self.admin_site.get_model_admin(Article).has_view_permission(request),
                **page_of_items(run, request.GET),
                **(extra_context or {}),
            }
        return super().change_view(request, object_id, form_url, extra_context)


def page_of_items(run, asked):
    """The items of a run from a number on, all or those of one outcome: as fast at the end as at the beginning."""
    outcome = asked.get("outcome", "")
    items = run.items.filter(outcome=outcome) if outcome in ImportItem.Outcome.values else run.items
    after = int(asked["after"]) if asked.get("after", "").isdecimal() and len(asked["after"]) < 10 else 0
    items = items.filter(number__gt=after).select_related("article").order_by("number")
    found = list(items.defer("article__body", "article__body_received", "before")[: ITEMS_PER_PAGE + 1])
    return {
        "items": found[:ITEMS_PER_PAGE],
        "next_after": found[ITEMS_PER_PAGE - 1].number if len(found) > ITEMS_PER_PAGE else None,
        "is_first_page": not after,
        "outcome": outcome,
        "outcomes": [
            (each.value, run._meta.get_field(each.value).verbose_name, getattr(run, each.value))
            for each in ImportItem.Outcome
            if each != ImportItem.Outcome.UNCHANGED
        ],
    }


@admin.register(ImportItem)
class ImportItemAdmin(ReadOnlyAdmin):
    list_display = ("number", "told_place", "outcome", "article_headline", "told_problem", "told_remedy", "run")
    list_display_links = ("told_place",)
    list_filter = ("outcome",)
    ordering = ("-run", "number")
    sortable_by = ()
    fields = ("run", "number", "told_place", "outcome", "article", "told_problem", "told_remedy")
    readonly_fields = ("told_place", "told_problem", "told_remedy")

    def get_queryset(self, request):
        items = super().get_queryset(request).select_related("run", "article")
        return items.defer("article__body", "article__body_received")

    def lookup_allowed(self, lookup, value, request):
        return lookup == "run__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=gettext_lazy("place"))
    def told_place(self, item):
        return told_place(item.place)

    @admin.display(description=gettext_lazy("problem"))
    def told_problem(self, item):
        return linebreaksbr(told(item.problem))

    @admin.display(description=gettext_lazy("remedy"))
    def told_remedy(self, item):
        return linebreaksbr(told(item.remedy))

    @admin.display(description=gettext_lazy("article"))
    def article_headline(self, item):
        if item.article is None:
            return "–"
        address = reverse("admin:archive_article_change", args=[item.article_id])
        return format_html('<a href="{}">{}</a>', address, item.article.headline)
