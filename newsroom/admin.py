from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class LabelledAutocomplete(AutocompleteJsonView):
    """Names each choice in the words of its own admin: a section with its outlet."""

    def serialize_result(self, obj, to_field_name):
        result = super().serialize_result(obj, to_field_name)
        return {**result, "text": getattr(self.model_admin, "label", str)(obj)}

    def get_queryset(self):
        queryset = super().get_queryset()
        # Django's own admin of users has no labels.
        return self.model_admin.for_labels(queryset) if hasattr(self.model_admin, "for_labels") else queryset


class ArchiveSite(admin.AdminSite):
    site_title = site_header = _("Newsroom Archive")
    index_title = _("Care of the archive")
    enable_nav_sidebar = True

    def autocomplete_view(self, request):
        return LabelledAutocomplete.as_view(admin_site=self)(request)

    def index(self, request, extra_context=None):
        return super().index(request, {"to_look_after": self.to_look_after(request), **(extra_context or {})})

    def to_look_after(self, request):
        """Lists worth a look now and then: plain links, since counting them would cost as much as reading them."""
        if not request.user.has_perm("archive.view_article"):
            return []
        articles = reverse("admin:archive_article_changelist")
        return [
            (f"{articles}?state=held-back", _("Articles held back")),
            (f"{articles}?state=withdrawn", _("Articles withdrawn")),
            (
                reverse("admin:archive_awaitedwithdrawal_changelist") + "?state=awaited",
                _("Withdrawals whose articles have not come"),
            ),
            (f"{articles}?published=unknown", _("Articles without a date")),
            (f"{articles}?source__isnull=True", _("Articles without a source")),
            (f"{articles}?section__isnull=True", _("Articles without a section")),
            (reverse("admin:archive_importitem_changelist") + "?outcome__exact=refused", _("Items refused by imports")),
            (reverse("admin:archive_importjob_changelist") + "?state__exact=tried", _("Files waiting to be confirmed")),
            (reverse("admin:archive_addressmiss_changelist"), _("Addresses that readers asked for in vain")),
        ]
