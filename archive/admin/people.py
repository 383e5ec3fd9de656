from django.contrib import admin, messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from archive.models import Author, RenamedAuthor
from archive.search.indexing import MOST_RENAMED

from .base import ArchiveAdmin
from .resources import AuthorResource
from .tables import TableMixin


@admin.register(Author)
class AuthorAdmin(TableMixin, ArchiveAdmin):
    list_display = ("name", "slug")
    search_fields = ("name", "slug")
    search_help_text = gettext_lazy("A name, or part of one.")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", "slug", "about", "about_language")
    resource_classes = (AuthorResource,)
    used_by = ("bylines",)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "name" in form.changed_data and RenamedAuthor.objects.filter(author=obj).exists():
            messages.info(
                request,
                _(
                    "%(number)s articles of this author are found by the new name now; the rest follow as soon as "
                    "run_jobs comes to them."
                )
                % {"number": MOST_RENAMED},
            )
