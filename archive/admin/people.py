from django.contrib import admin
from django.utils.translation import gettext_lazy

from archive.models import Author

from .base import ArchiveAdmin
from .resources import AuthorResource
from .tables import TableMixin


@admin.register(Author)
class AuthorAdmin(TableMixin, ArchiveAdmin):
    list_display = ("name", "slug")
    search_fields = ("name", "slug")
    search_help_text = gettext_lazy("A name, or part of one.")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", "slug", "about")
    resource_classes = (AuthorResource,)
    used_by = ("bylines",)
