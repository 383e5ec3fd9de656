"""Withdraw and reinstate, from the list or from an article: a page that asks, then the editors' verbs."""

from django import forms
from django.contrib import messages
from django.contrib.admin import helpers
from django.contrib.admin.widgets import AdminDateWidget, AdminTextareaWidget
from django.db import transaction
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from archive import care, search
from archive.models import Article, Withdrawal

from .states import open_withdrawal, state, with_withdrawals

MOST_AT_ONCE = 200


class CareForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Why, for staff"),
        required=False,
        max_length=1000,
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text=gettext_lazy("Kept in the article’s history, for staff alone."),
    )


class WithdrawForm(forms.ModelForm, CareForm):
    field_order = ("reason", "status_code", "show_headline", "public_note", "withdrawn_on", "why")

    class Meta:
        model = Withdrawal
        fields = ("reason", "status_code", "show_headline", "public_note", "withdrawn_on")
        widgets = {
            "public_note": AdminTextareaWidget(attrs={"rows": 3}),
            "withdrawn_on": AdminDateWidget,
        }
        labels = {"withdrawn_on": gettext_lazy("First day")}


def withdraw_page(model_admin, request, articles, done):
    return CarePage(
        model_admin,
        request,
        articles,
        done,
        form_class=WithdrawForm,
        action="withdraw_selected",
        title=_("Withdraw from public view"),
        button=_("Withdraw"),
        can=lambda article: open_withdrawal(article) is None,
        cannot=_("withdrawn already; reinstate it first, to withdraw it for another reason"),
        verb=lambda article, data: care.withdraw(article, by=request.user, **data),
        told=lambda count: ngettext("%(count)s article was withdrawn.", "%(count)s articles were withdrawn.", count),
    ).answer()


def reinstate_page(model_admin, request, articles, done):
    return CarePage(
        model_admin,
        request,
        articles,
        done,
        form_class=CareForm,
        action="reinstate_selected",
        title=_("Reinstate: give back to readers"),
        button=_("Reinstate"),
        can=lambda article: open_withdrawal(article) is not None,
        cannot=_("not withdrawn"),
        verb=lambda article, data: care.reinstate(article, by=request.user, **data),
        told=lambda count: ngettext("%(count)s article was reinstated.", "%(count)s articles were reinstated.", count),
    ).answer()


class CarePage:
    def __init__(self, model_admin, request, articles, done, **words):
        self.model_admin = model_admin
        self.request = request
        self.done = done
        self.__dict__.update(words)
        articles = articles.select_related("outlet").prefetch_related(None).defer("body", "body_received")
        self.articles = list(with_withdrawals(articles)[: MOST_AT_ONCE + 1])

    def answer(self):
        """The page that asks; None when all is done and the list can be shown again."""
        if len(self.articles) > MOST_AT_ONCE:
            self.tell(_("At most %(most)s articles at a time; select fewer.") % {"most": MOST_AT_ONCE}, messages.ERROR)
            return None
        for article in self.articles:
            article.words_of_state = state(article)
            article.can = self.can(article)
        asked = self.request.method == "POST" and "confirmed" in self.request.POST
        form = self.form_class(self.request.POST if asked else None)
        if asked and form.is_valid():
            self.carry_out(form.cleaned_data)
            return None
        if not any(article.can for article in self.articles):
            for article in self.articles:
                self.tell_problem(article, self.cannot)
            return None
        return self.page(form)

    def carry_out(self, data):
        count = 0
        for article in self.articles:
            problem = self.carry_out_one(article, data)
            if problem:
                self.tell_problem(article, problem)
            else:
                count += 1
        if count:
            self.tell(self.told(count) % {"count": count}, messages.SUCCESS)

    def carry_out_one(self, article, data):
        """Do it to one article; the reason why not, if it could not be done."""
        if not article.can:
            return self.cannot
        with transaction.atomic():
            search.lock()
            stored = Article.objects.select_for_update().get(pk=article.pk)
            if self.request.POST.get(f"version_{article.pk}") != str(stored.version):
                return _("someone changed it meanwhile, so it was left alone; look at it, then ask again")
            try:
                self.verb(stored, data)
            except care.CareError as error:
                return str(error).rstrip(".")
        return None

    def page(self, form):
        context = {
            **self.model_admin.admin_site.each_context(self.request),
            "title": self.title,
            "opts": self.model_admin.opts,
            "action": self.action,
            "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
            "button": self.button,
            "cannot": self.cannot,
            "articles": [article for article in self.articles if article.can],
            "refused": [article for article in self.articles if not article.can],
            "form": form,
            "done": self.done,
            "media": self.model_admin.media + form.media,
        }
        return TemplateResponse(self.request, "admin/archive/care.html", context)

    def tell_problem(self, article, problem):
        words = _("“%(article)s”: %(problem)s.") % {"article": article, "problem": problem}
        self.tell(words, messages.WARNING)

    def tell(self, words, level):
        self.model_admin.message_user(self.request, words, level)
