from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from archive.models import Byline, Correction, Image, OldAddress

from .base import KeepUntouchedMixin, without_detours


class KeepUntouchedForm(KeepUntouchedMixin, forms.ModelForm):
    pass


class PartInline:
    """Something of an article's: who may change the article may change it."""

    form = KeepUntouchedForm
    extra = 0
    show_change_link = False
    rows = {}

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("archive.view_article") or self.has_change_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return request.user.has_perm("archive.change_article")

    def has_add_permission(self, request, obj=None):
        return self.has_change_permission(request, obj) or request.user.has_perm("archive.add_article")

    has_delete_permission = has_change_permission

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = without_detours(super().formfield_for_dbfield(db_field, request, **kwargs))
        if db_field.name in self.rows:
            field.widget.attrs["rows"] = self.rows[db_field.name]
        return field


class BylineInline(PartInline, admin.TabularInline):
    model = Byline
    fields = ("author", "role", "printed", "order")
    autocomplete_fields = ("author",)


class ImageInline(PartInline, admin.StackedInline):
    model = Image
    fields = ("thumbnail", "file", "withheld", "alt", "caption", "credit", "order", "original_address")
    readonly_fields = ("thumbnail",)
    rows = {"caption": 2}

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, image):
        if not image.file:
            return "–"
        return format_html(
            '<img class="thumbnail" src="{}" alt="{}" loading="lazy">', picture_address(image), image.alt
        )


def picture_address(image):
    """Where staff see a picture that the public may not."""
    return reverse("admin:archive_article_picture", args=[image.file.name])


class OldAddressForm(KeepUntouchedForm):
    class Meta:
        model = OldAddress
        fields = ("url",)

    def validate_unique(self):
        # The form shows the address, and the database compares its normal form.
        super().validate_unique()
        if "url" in self.errors:
            return
        taken = OldAddress.objects.filter(normalised=self.instance.normalised).exclude(pk=self.instance.pk)
        if other := taken.select_related("article").first():
            self.add_error(
                "url",
                ValidationError(
                    _("This is already an old address of “%(article)s” (%(key)s)."),
                    code="taken",
                    params={"article": other.article, "key": other.article.key},
                ),
            )


class OldAddressFormSet(forms.BaseInlineFormSet):
    def clean(self):
        super().clean()
        seen = set()
        for form in self.forms:
            address = form.instance.normalised
            if form in self.deleted_forms or not address or "url" in form.errors:
                continue
            if address in seen:
                form.add_error("url", _("This address stands here twice, in two of its forms."))
                raise ValidationError(_("An old address stands here twice."), code=NON_FIELD_ERRORS)
            seen.add(address)


class OldAddressInline(PartInline, admin.TabularInline):
    model = OldAddress
    form = OldAddressForm
    formset = OldAddressFormSet
    fields = ("url",)
    verbose_name_plural = gettext_lazy("old addresses: every one leads readers to this article")


class CorrectionInline(PartInline, admin.StackedInline):
    model = Correction
    fields = (("kind", "made_on"), "text")
    rows = {"text": 3}
    verbose_name_plural = gettext_lazy("corrections: dated notes that readers see with the article")
