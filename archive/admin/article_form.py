import re
from datetime import UTC

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from archive.dates import machine_date
from archive.sanitize import paragraphs, sanitize

from .base import KeepUntouchedMixin
from .columns import read_date
from .losses import losses
from .revisions import changed_fields

MOST_TOLD = 10
LANGUAGE_OF_OUTLET = gettext_lazy("the outlet’s")


class ArticleForm(KeepUntouchedMixin, forms.ModelForm):
    published = forms.CharField(
        label=gettext_lazy("Date of publication"),
        required=False,
        max_length=40,
        help_text=gettext_lazy(
            "As much as is known, and no more: 2014, 2014-01, 2014-01-22, or 2014-01-22 17:47 by the clocks of the "
            "outlet’s own place. Empty: unknown."
        ),
    )
    modified = forms.CharField(
        label=gettext_lazy("Changed by the newsroom"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("After publication, if it said so: 2014-01-22 18:05 by the same clocks."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=1000,
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text=gettext_lazy("What this change is for. Kept in the article’s history, for staff alone."),
    )
    keep_from_readers = forms.BooleanField(
        label=gettext_lazy("Don’t tell readers what changed"),
        required=False,
        help_text=gettext_lazy(
            "For a name or a passage that is taken away for somebody’s sake: the article’s history then says only that "
            "something was changed on this day, and nothing of what was changed before."
        ),
    )
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        article = self.instance
        self.lost = []
        self.initial["seen_version"] = article.version if article.pk else None
        if article.pk:
            self.initial["published"] = typed_date(
                article.published_on, article.published_precision, article.published_locally
            )
            if article.modified_at:
                self.initial["modified"] = typed_date(article.modified_at, "minute", article.modified_locally)
        if "language" in self.fields:
            self.fields["language"].required = False
            self.fields["language"].choices = [("", LANGUAGE_OF_OUTLET), *self.fields["language"].choices[1:]]

    def clean(self):
        cleaned = super().clean()
        self.refuse_if_changed_meanwhile()
        outlet, section = cleaned.get("outlet"), cleaned.get("section")
        if outlet and section and section.outlet_id != outlet.pk:
            self.add_error(
                "section",
                _("“%(section)s” is a section of %(outlet)s; choose one of this article’s outlet.")
                % {"section": section, "outlet": section.outlet},
            )
        if outlet and not cleaned.get("language"):
            cleaned["language"] = outlet.language
        if "body" in cleaned and cleaned["body"] != self.initial.get("body"):
            cleaned["body"] = self.safe_body(cleaned["body"])
        return cleaned

    def safe_body(self, text):
        if text.strip() and not _looks_like_html(text):
            return paragraphs([part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()])
        safe = sanitize(text)
        self.lost = losses(text)
        return safe

    def _post_clean(self):
        super()._post_clean()
        # The dates follow from what was typed, which needs the outlet's clocks.
        outlet = self.cleaned_data.get("outlet")
        if outlet is None:
            return
        for name, read in (("published", self.read_published), ("modified", self.read_modified)):
            if name in self.changed_data and name not in self.errors:
                try:
                    read(self.cleaned_data.get(name, ""))
                except ValueError as error:
                    self.add_error(name, str(error))

    def read_published(self, text):
        article = self.instance
        article.published_on, article.published_precision, moment = read_date(text, article)
        article.published_at = moment and moment.astimezone(UTC)

    def read_modified(self, text):
        _day, precision, moment = read_date(text, self.instance)
        if text.strip() and precision != "minute":
            raise ValueError(_("“%(text)s” needs its hour; write it as in 2014-01-22 17:47.") % {"text": text})
        self.instance.modified_at = moment and moment.astimezone(UTC)

    def refuse_if_changed_meanwhile(self):
        """The article was read, and locked, in this same transaction: it is what the database holds."""
        seen, article = self.cleaned_data.get("seen_version"), self.instance
        if article.pk and seen != article.version:
            raise ValidationError(changed_meanwhile(article, seen), code="changed-meanwhile")


def typed_date(day, precision, local):
    """A date as the form shows it: that of a machine, without the offset."""
    if precision == "minute" and local is not None:
        local = local.replace(tzinfo=None)
    return machine_date(day, precision, local).replace("T", " ")


def _looks_like_html(text):
    return any(tag in text.lower() for tag in ("</", "<p", "<br", "<h", "<ul", "<ol", "<a ", "<figure", "<!--"))


def changed_meanwhile(article, seen):
    """Tells the second of two people who changed the article, when and where."""
    count = min(max(article.version - (seen or 0), 1), MOST_TOLD)
    since = article.revisions.select_related("made_by").order_by("-number")[:count]
    lines = [
        _("%(who)s, %(when)s UTC: %(what)s")
        % {
            "who": revision.made_by or _("an import"),
            "when": f"{revision.made_at:%Y-%m-%d %H:%M}",
            "what": changed_fields(revision) or revision.get_verb_display(),
        }
        for revision in since
    ]
    return format_html(
        "{} {} {} <a href='' target='_blank'>{}</a>",
        _("Meanwhile someone else changed this article:"),
        "; ".join(lines) + ".",
        _("Nothing of yours was saved. What you wrote is still below: copy it into the article as it is now."),
        _("Open the article as it is now"),
    )
