"""Addresses that readers asked for in vain: counted, and pointed at the article that they meant."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from archive.models import AddressMiss, Article, OldAddress
from archive.models.resolving import Resolver, likeliest

from .address import revising
from .base import ArchiveAdmin


class PointForm(forms.ModelForm):
    article = forms.ModelChoiceField(
        Article.objects.none(),
        help_text=gettext_lazy("Words of its headline, its key, or its address."),
    )

    class Meta:
        model = AddressMiss
        fields = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if chosen := self.data.get("likeliest"):
            self.data = self.data.copy()
            self.data["article"] = chosen
        field = self.fields["article"]
        field.queryset = Article.objects.defer("body", "body_received")
        field.label = capfirst(OldAddress._meta.get_field("article").verbose_name)
        field.widget = AutocompleteSelect(OldAddress._meta.get_field("article"), admin.site, choices=field.choices)

    def clean(self):
        if OldAddress.objects.at(self.instance.address).exists():
            raise forms.ValidationError(_("It is an article’s old address by now."))
        return super().clean()


@admin.register(AddressMiss)
class AddressMissAdmin(ArchiveAdmin):
    form = PointForm
    change_form_template = "admin/archive/miss_form.html"
    list_display = ("address", "point", "count", "last_day")
    list_filter = ("outlet",)
    search_fields = ("address",)
    ordering = ("-count", "-last_day", "-pk")
    fields = ("address", "count", "first_day", "last_day", "article")
    readonly_fields = ("address", "count", "first_day", "last_day")

    def get_queryset(self, request):
        known = OldAddress.objects.filter(normalised=OuterRef("address"))
        return super().get_queryset(request).exclude(Exists(known))

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        # Whoever points an address at an article adds an old address.
        return super().has_change_permission(request, obj) and request.user.has_perm("archive.add_oldaddress")

    def get_actions(self, request):
        # Noise is deleted by the page: nothing hangs on it.
        actions = super().get_actions(request)
        if self.has_delete_permission(request):
            actions["delete_selected"] = self.get_action("delete_selected")
        return actions

    @admin.display(description=gettext_lazy("what to do"))
    def point(self, miss):
        address = reverse("admin:archive_addressmiss_change", args=[miss.pk])
        return format_html('<a href="{}">{}</a>', address, _("Point at an article"))

    def render_change_form(self, request, context, *args, **kwargs):
        miss = context.get("original")
        if miss is not None and miss.outlet_id:
            context["likeliest"] = likeliest(miss.outlet_id, Resolver().parts(miss.address))
        context.update(show_save_and_continue=False, show_save_and_add_another=False)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request, obj, form, change):
        article = form.cleaned_data["article"]
        with transaction.atomic(), revising(request, article.pk):
            OldAddress.objects.create(article=article, url=f"http://{obj.address}")
            obj.delete()
        obj.pointed_at = article

    def log_change(self, request, obj, message):
        # It is no more: the article's history tells.
        return None

    def response_change(self, request, obj):
        self.message_user(
            request,
            _("%(address)s leads to “%(article)s” now.") % {"address": obj.address, "article": obj.pointed_at},
            messages.SUCCESS,
        )
        return HttpResponseRedirect(reverse("admin:archive_addressmiss_changelist"))
