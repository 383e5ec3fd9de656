from copy import copy

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from archive.dates import written_day
from archive.models import ClosureNotice
from archive.templatetags.page import page_language

from .base import ArchiveAdmin, KeepUntouchedMixin
from .resources import NoticeResource
from .states import today
from .tables import TableMixin

# Enough to see how names of several lengths stand.
MOST_EDITIONS = 3


class NoticeForm(KeepUntouchedMixin, forms.ModelForm):
    pass


@admin.register(ClosureNotice)
class ClosureNoticeAdmin(TableMixin, ArchiveAdmin):
    form = NoticeForm
    list_display = ("outlet", "where", "language", "shown", "beginning")
    list_display_links = ("outlet", "where")
    list_select_related = ("outlet",)
    list_filter = ("outlet", "placement", "language")
    autocomplete_fields = ("outlet",)
    fields = ("outlet", "language", "placement", "names", ("first_day", "last_day"), "message")
    change_form_template = "admin/archive/notice_form.html"
    resource_classes = (NoticeResource,)
    table_help = gettext_lazy(
        "A row is known by its outlet, language, placement and first day. A column that the table lacks is left as it "
        "is; an empty cell empties."
    )

    class Media:
        js = ("admin/js/jquery.init.js", "archive/admin/notice-preview.js")

    @admin.display(description=gettext_lazy("where it stands"), ordering="placement")
    def where(self, notice):
        return notice.get_placement_display()

    @admin.display(description=gettext_lazy("shown"), ordering="first_day")
    def shown(self, notice):
        day, language = today(), page_language()
        if notice.first_day > day:
            kind, words = "held-back", _("not yet")
        elif notice.last_day and notice.last_day < day:
            kind, words = "held-back", _("no longer")
        else:
            kind, words = "public", _("today")
        days = written_day(notice.first_day, language)
        if notice.last_day:
            days = f"{days} – {written_day(notice.last_day, language)}"
        else:
            days = _("from %(day)s") % {"day": days}
        return format_html('<span class="state state-{}">{}</span><br>{}', kind, words, days)

    @admin.display(description=gettext_lazy("message"))
    def beginning(self, notice):
        return notice.message if len(notice.message) <= 80 else f"{notice.message[:79]}…"

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.preview_view))
        return [path("preview/", view, name="archive_closurenotice_preview"), *super().get_urls()]

    def preview_view(self, request):
        """The notice that is being written, as pages would show it, or what keeps it from being shown."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        pk = request.GET.get("notice", "")
        stored = ClosureNotice.objects.filter(pk=pk).first() if pk.isdecimal() else None
        form = self.get_form(request)(request.POST, instance=stored)
        form.is_valid()
        notice = form.instance
        context = {
            "heading": _("Not ready to be shown:"),
            "problems": [problem for name in form.errors for problem in told(form, name)],
            "outlet": notice.outlet if notice.outlet_id else None,
            "pages": pages_with(notice) if notice.outlet_id and "message" not in form.errors else [],
        }
        with translation.override(notice.language or translation.get_language()):
            html = render_to_string("admin/archive/notice_preview.html", context, request)
        return HttpResponse(html, headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"})


def told(form, name):
    for message in form.errors[name]:
        if name in form.fields:
            message = _("%(field)s: %(message)s") % {"field": form.fields[name].label, "message": message}
        yield message


def pages_with(notice):
    """The notice as it stands on its outlet's pages and, where it names the page's outlet, on those of its editions."""
    outlets = [notice.outlet]
    if notice.names == ClosureNotice.Names.PAGE:
        outlets += notice.outlet.editions.all()[:MOST_EDITIONS]
    for outlet in outlets:
        shown = copy(notice)
        shown.show_on(outlet)
        # The partial of public pages takes a list.
        shown.alone = [shown]
        yield shown
