from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from archive.dates import written_day
from archive.models import SelectedArticle, Selection
from archive.models.outlet import DEEPEST_TREE
from archive.templatetags.page import page_language

from .base import ArchiveAdmin, KeepUntouchedMixin, without_detours
from .states import today


class SelectionForm(KeepUntouchedMixin, forms.ModelForm):
    pass


class SelectedArticleForm(KeepUntouchedMixin, forms.ModelForm):
    pass


class SelectedArticleFormSet(forms.BaseInlineFormSet):
    def clean(self):
        super().clean()
        # The outlet that was chosen just now, where it is a new selection.
        outlet = self.instance.outlet if self.instance.outlet_id else None
        for form in self.forms:
            article = form.cleaned_data.get("article") if hasattr(form, "cleaned_data") else None
            if article is None or outlet is None or form in self.deleted_forms:
                continue
            if not stands_in(article.outlet, outlet):
                form.add_error(
                    "article",
                    ValidationError(
                        _(
                            "This article belongs to %(other)s. A selection of %(outlet)s takes articles of %(outlet)s "
                            "and of its editions."
                        ),
                        params={"other": article.outlet, "outlet": outlet},
                    ),
                )


def stands_in(outlet, above):
    """Whether an outlet is `above`, or stands below it."""
    for _level in range(DEEPEST_TREE):
        if outlet is None:
            return False
        if outlet.pk == above.pk:
            return True
        outlet = outlet.parent
    return False


class SelectedArticleInline(admin.TabularInline):
    model = SelectedArticle
    form = SelectedArticleForm
    formset = SelectedArticleFormSet
    fields = ("article", "note", "order")
    autocomplete_fields = ("article",)
    extra = 0
    verbose_name_plural = gettext_lazy("articles: the lowest order first; what is not public is not shown to readers")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return without_detours(super().formfield_for_dbfield(db_field, request, **kwargs))

    def get_queryset(self, request):
        articles = super().get_queryset(request).select_related("article__outlet")
        return articles.defer("article__body", "article__body_received")

    # Who may change the selection may change what is in it.

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("archive.view_selection") or self.has_change_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return request.user.has_perm("archive.change_selection")

    def has_add_permission(self, request, obj=None):
        return self.has_change_permission(request, obj) or request.user.has_perm("archive.add_selection")

    has_delete_permission = has_change_permission


@admin.register(Selection)
class SelectionAdmin(ArchiveAdmin):
    form = SelectionForm
    list_display = ("title", "outlet", "shown")
    list_select_related = ("outlet",)
    list_filter = ("outlet",)
    search_fields = ("title", "slug")
    autocomplete_fields = ("outlet",)
    prepopulated_fields = {"slug": ("title",)}
    fields = ("outlet", "title", "slug", "introduction", ("shown_from", "shown_until"))
    inlines = (SelectedArticleInline,)

    @admin.display(description=gettext_lazy("shown"), ordering="shown_from")
    def shown(self, selection):
        day, language = today(), page_language()
        if selection.shown_from > day:
            kind, words = "held-back", _("not yet")
        elif selection.shown_until and selection.shown_until <= day:
            kind, words = "held-back", _("no longer")
        else:
            kind, words = "public", _("today")
        days = written_day(selection.shown_from, language)
        if selection.shown_until:
            days = _("from %(day)s until %(end)s") % {"day": days, "end": written_day(selection.shown_until, language)}
        else:
            days = _("from %(day)s") % {"day": days}
        return format_html('<span class="state state-{}">{}</span><br>{}', kind, words, days)
