from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from archive import care
from archive.dates import written_date
from archive.models import Article, Image, Revision
from archive.search import lock
from archive.templatetags.page import page_language
from archive.views import ArticleView

from .article_form import ArticleForm
from .article_inlines import BylineInline, CorrectionInline, ImageInline, OldAddressInline
from .base import ArchiveAdmin, ArchiveChangeList
from .filters import AutocompleteFilter, NameTyped, PublishedFilter, StateFilter
from .resources import ArticleResource
from .revisions import described
from .searching import search
from .states import is_public, open_withdrawal, state, with_withdrawals
from .tables import TableMixin
from .withdrawing import MOST_AT_ONCE, reinstate_page, withdraw_page

REVISIONS_SHOWN = 5
_WITHDRAWN_BEFORE = gettext_lazy(
    "It was withdrawn at once: a withdrawal of its source id was awaited. If it is to be shown, reinstate it."
)
REVISIONS_PER_PAGE = 20


class ArticleChangeList(ArchiveChangeList):
    def get_queryset(self, request, exclude_parameters=None):
        articles = super().get_queryset(request, exclude_parameters)
        return with_withdrawals(articles.defer("body", "body_received"))


@admin.register(Article)
class ArticleAdmin(TableMixin, ArchiveAdmin):
    form = ArticleForm
    inlines = (BylineInline, ImageInline, OldAddressInline, CorrectionInline)
    autocomplete_fields = ("outlet", "section", "source", "tags", "version_of")
    list_display = ("headline", "article_state", "date", "place", "source")
    list_select_related = ("outlet", "section", "source")
    list_filter = (
        StateFilter,
        "outlet",
        PublishedFilter,
        ("published_precision", admin.ChoicesFieldListFilter),
        ("source", AutocompleteFilter),
        ("section", AutocompleteFilter),
    )
    ordering = ("-published_order", "-pk")
    sortable_by = ("date",)
    # What stands here is searched by searching.py.
    search_fields = ("headline",)
    search_help_text = gettext_lazy(
        "Words of the headline, an author’s name, a key, or an address: pasted whole, old or of this archive."
    )
    resource_classes = (ArticleResource,)
    table_help = gettext_lazy(
        "A row is known by its key, or else by its outlet and source id; one without either is taken in as a new "
        "article. Dates stand as 2014, 2014-01, 2014-01-22 or 2014-01-22T17:47, as far as they are known. Tags "
        "stand by their address names, with commas; bylines one a line: author | role | printed form. A column "
        "that the table lacks is left as it is; an empty cell empties. Keep the column “version”: by it, what "
        "others changed meanwhile is not overwritten."
    )
    actions = ("withdraw_selected", "reinstate_selected", "export_selected")
    change_form_template = "admin/archive/article_form.html"
    readonly_fields = (
        "key",
        "address",
        "article_state",
        "as_received",
        "source_rule",
        "provider",
        "urgency",
        "version",
        "created_at",
        "updated_at",
        "last_changes",
    )
    fieldsets = (
        (
            gettext_lazy("What readers see"),
            {"fields": ("kicker", "headline", "summary", "dateline", "body", "sign_off", "seen_version")},
        ),
        (
            gettext_lazy("When and where"),
            {"fields": ("outlet", "section", "published", "modified", "tags", "language", "version_of")},
        ),
        (gettext_lazy("Who supplied it"), {"fields": ("source", "source_rule", "provider", "urgency")}),
        (gettext_lazy("State"), {"fields": ("article_state", "held_back", "indexable")}),
        # The template puts those called "late" after the bylines and pictures.
        (
            gettext_lazy("Addresses"),
            {"classes": ("late",), "fields": ("address", "key", "slug", "original_url", "original_id")},
        ),
        (gettext_lazy("As received"), {"classes": ("late", "collapse"), "fields": ("as_received",)}),
        (
            gettext_lazy("Changes"),
            {
                "classes": ("late",),
                "fields": ("last_changes", "version", "created_at", "updated_at", "reason", "keep_from_readers"),
            },
        ),
    )

    # The list

    def get_changelist(self, request, **kwargs):
        return ArticleChangeList

    @property
    def media(self):
        # For the filters whose names are typed.
        return super().media + NameTyped(Article._meta.get_field("source"), self.admin_site).media

    def get_search_results(self, request, queryset, search_term):
        return search(queryset, search_term), False

    @admin.display(description=gettext_lazy("published"), ordering="published_order")
    def date(self, article):
        return date_in_words(article, clock=False)

    @admin.display(description=gettext_lazy("outlet and section"))
    def place(self, article):
        return format_html("{}<br>{}", article.outlet, article.section or "")

    @admin.display(description=gettext_lazy("state"))
    def article_state(self, article):
        return state(article) if article.pk else "–"

    def label(self, article):
        return f"{article.headline} ({date_in_words(article)}, {article.outlet})"

    def for_labels(self, queryset):
        return queryset.select_related("outlet").defer("body", "body_received")

    # The form

    def get_fieldsets(self, request, obj=None):
        if obj is not None:
            return self.fieldsets
        # What is only told of an article, a new one has none of.
        kept = [
            (name, {**options, "fields": [field for field in options["fields"] if field not in self.readonly_fields]})
            for name, options in self.fieldsets
        ]
        return [(name, options) for name, options in kept if options["fields"]]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        rows = {"body": 25, "summary": 3}.get(db_field.name)
        if rows:
            field.widget.attrs["rows"] = rows
        if db_field.name == "body":
            field.help_text = _(
                "HTML; what is not safe is taken out, and you are told. Plain text is made into paragraphs at each "
                "empty line."
            )
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "section":
            section_admin = self.admin_site.get_model_admin(db_field.remote_field.model)
            field.queryset = section_admin.for_labels(field.queryset)
            field.label_from_instance = section_admin.label
        return field

    @admin.display(description=gettext_lazy("permanent address"))
    def address(self, article):
        return format_html('<a href="{}">{}</a>', article.get_absolute_url(), article.permanent_address)

    @admin.display(description=gettext_lazy("text as received"))
    def as_received(self, article):
        return format_html('<pre class="as-received">{}</pre>', article.body_received or "–")

    @admin.display(description=gettext_lazy("last changes"))
    def last_changes(self, article):
        revisions = article.revisions.select_related("made_by", "run").order_by("-number")[:REVISIONS_SHOWN]
        template = "admin/archive/revisions.html"
        return TemplateResponse(None, template, {"revisions": [described(each) for each in revisions]}).rendered_content

    def get_object(self, request, object_id, from_field=None):
        article = super().get_object(request, object_id, from_field)
        if article is not None and request.method == "POST" and request.resolver_match.url_name.endswith("_change"):
            # Locked until this request is over, so that of two who save, the second sees what the first did.
            lock()
            article = Article.objects.select_for_update().get(pk=article.pk)
        return article

    def has_delete_permission(self, request, obj=None):
        # An article is withdrawn, never deleted: its address must go on answering.
        return False

    def save_model(self, request, obj, form, change):
        obj.snapshot_before = care.snapshot(obj) if change else None
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        article = form.instance
        verb = Revision.Verb.EDITED if change else Revision.Verb.TAKEN_IN
        if change and any(each.model is CorrectionInline.model and each.has_changed() for each in formsets):
            verb = Revision.Verb.CORRECTED
        article.recorded = care.record(
            article,
            verb,
            before=article.snapshot_before,
            by=request.user,
            reason=form.cleaned_data["reason"],
            is_public=not form.cleaned_data["keep_from_readers"],
        )
        is_known_otherwise = not {"outlet", "original_id"}.isdisjoint(form.changed_data)
        if is_known_otherwise and care.withdraw_awaited([article], by=request.user):
            self.message_user(request, _WITHDRAWN_BEFORE, messages.WARNING)
        if form.lost:
            self.message_user(
                request,
                _("Taken out of the text, since a page of the archive can't hold it: %(kinds)s.")
                % {"kinds": ", ".join(form.lost)},
                messages.WARNING,
            )

    def log_change(self, request, obj, message):
        return super().log_change(request, obj, message) if obj.recorded else None

    def response_change(self, request, obj):
        if obj.recorded is not None or "_addanother" in request.POST:
            return super().response_change(request, obj)
        self.message_user(request, _("Nothing was changed."), messages.INFO)
        if "_continue" in request.POST:
            return HttpResponseRedirect(request.get_full_path())
        return self.response_post_save_change(request, obj)

    def view_on_site(self, article):
        return article.get_absolute_url() if is_public(article) else None

    def get_view_on_site_url(self, obj=None):
        return self.view_on_site(obj) if obj is not None else None

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context["withdrawal"] = open_withdrawal(obj)
            context["is_public"] = is_public(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    # Pages of their own

    def get_urls(self):
        pages = [
            ("<int:pk>/preview/", self.preview_view, "preview"),
            ("<int:pk>/withdraw/", self.withdraw_view, "withdraw"),
            ("<int:pk>/reinstate/", self.reinstate_view, "reinstate"),
            ("picture/<path:name>", self.picture_view, "picture"),
        ]
        own = [
            path(route, self.admin_site.admin_view(view), name=f"archive_article_{name}") for route, view, name in pages
        ]
        return own + super().get_urls()

    def preview_view(self, request, pk):
        """The article as readers would see it, whatever its state."""
        article = self.get_or_404(request, pk)
        # In the language of staff, on a page in the outlet's.
        words = format_html(_("Preview for staff. This article is {}."), state(article))
        view = Preview.as_view(words=format_html('<span lang="{}">{}</span>', page_language(), words))
        return view(request, outlet=article.outlet.slug, key=article.key)

    def picture_view(self, request, name):
        if not self.has_view_permission(request):
            raise PermissionDenied
        image = get_object_or_404(Image.objects.exclude(file=""), file=name)
        try:
            return FileResponse(image.file.open(), headers={"Cache-Control": "private, no-cache"})
        except FileNotFoundError:
            raise Http404(_("The picture’s file is missing.")) from None

    def get_or_404(self, request, pk):
        article = get_object_or_404(Article.objects.select_related("outlet"), pk=pk)
        if not self.has_view_permission(request, article):
            raise PermissionDenied
        return article

    def withdraw_view(self, request, pk):
        return self.care_view(request, pk, withdraw_page)

    def reinstate_view(self, request, pk):
        return self.care_view(request, pk, reinstate_page)

    def care_view(self, request, pk, page):
        article = self.get_or_404(request, pk)
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        done = reverse("admin:archive_article_change", args=[pk])
        return page(self, request, Article.objects.filter(pk=pk), done) or HttpResponseRedirect(done)

    def history_view(self, request, object_id, extra_context=None):
        """What changed, when, by whom and why: the archive's own record, not the admin's."""
        article = self.get_or_404(request, int(object_id) if str(object_id).isdecimal() else 0)
        if request.method == "POST":
            return self.tell_readers(request, article)
        revisions = article.revisions.select_related("made_by", "run").order_by("-number")
        page = Paginator(revisions, REVISIONS_PER_PAGE).get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Changes"),
            "subtitle": str(article),
            "opts": self.opts,
            "original": article,
            "page": page,
            "revisions": [described(each) for each in page],
            "can_tell": self.has_change_permission(request, article),
        }
        return TemplateResponse(request, "admin/archive/history.html", context)

    def tell_readers(self, request, article):
        """Tell readers what a change was, or keep it from them."""
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        number = request.POST.get("number", "")
        if number.isascii() and number.isdecimal() and len(number) < 6:
            article.revisions.filter(number=int(number)).update(is_public=request.POST.get("tell") == "yes")
        return HttpResponseRedirect(request.get_full_path())

    # Actions

    @admin.action(description=gettext_lazy("Withdraw the selected articles…"), permissions=["change"])
    def withdraw_selected(self, request, queryset):
        return withdraw_page(self, request, queryset, request.get_full_path())

    @admin.action(description=gettext_lazy("Reinstate the selected articles…"), permissions=["change"])
    def reinstate_selected(self, request, queryset):
        return reinstate_page(self, request, queryset, request.get_full_path())

    @admin.action(description=gettext_lazy("Export the selected articles…"), permissions=["view"])
    def export_selected(self, request, queryset):
        chosen = list(queryset.order_by().values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if len(chosen) > MOST_AT_ONCE:
            words = _("Use the button “Export”: it exports all that the list shows.")
            self.message_user(request, words, messages.ERROR)
            return None
        query = urlencode({"id__in": ",".join(str(pk) for pk in chosen)})
        return HttpResponseRedirect(f"{reverse('admin:archive_article_export')}?{query}")


class Preview(ArticleView):
    """The public page of an article that need not be public."""

    words = ""

    def get(self, request, *args, **kwargs):
        self.object = self.find(Article.objects.all(), kwargs["key"])
        response = self.render_to_response(self.get_context_data())
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["canonical"] = self.object.permanent_address
        context["preview"] = self.words
        context["picture_base"] = reverse("admin:archive_article_changelist") + "picture/"
        return context


def date_in_words(article, *, clock=True):
    return written_date(
        article.published_on, article.published_precision, article.published_locally, page_language(), clock=clock
    )
