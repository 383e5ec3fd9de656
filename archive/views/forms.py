"""The other forms of an article at its own address (.json, .txt, .md, .bib, .ris, .csl.json)."""

from django.conf import settings
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext as _

from archive.dates import written_day
from archive.exporters.forms import FORMS, form_address
from archive.exporters.reading import notice_html
from archive.keys import read_key
from archive.models import Article, ClosureNotice

from .articles import ArticleView


class FormView(ArticleView):
    """One form of an article; for a withdrawn one a few words in plain text (410 or 451)."""

    def get(self, request, *args, **kwargs):
        key, suffix = read_key(kwargs["key"]), kwargs["suffix"]
        article = self.find(Article.objects.public(), key)
        if article is None:
            return self.tombstone(key)
        address = form_address(article, suffix)
        if request.path != address:
            return HttpResponsePermanentRedirect(address)
        return self.answer(article, suffix)

    def answer(self, article, suffix):
        form = FORMS[suffix]
        if form.carries_notices:
            notices = ClosureNotice.objects.for_page(self.outlet, self.outlet.language, timezone.now().date())
            words = form.write(article, [notice_html(notice) for notice in notices])
            response = HttpResponse(words, form.content_type)
        else:
            response = HttpResponse(form.write(article), form.content_type)
            # Notices come and go on days of their own, so that no form with them has a date.
            response.headers["Last-Modified"] = http_date(article.updated_at.timestamp())
        response.headers["Content-Disposition"] = f'inline; filename="{article.slug}-{article.key}.{suffix}"'
        response.headers["Link"] = f'<{settings.ARCHIVE_URL}{article.get_absolute_url()}>; rel="canonical"'
        # Asked again each time, for the article may be withdrawn today.
        response.headers["Cache-Control"] = "no-cache"
        if not article.indexable:
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    def gone(self, article, withdrawal):
        lines = [_("Article withdrawn")]
        if withdrawal.show_headline:
            lines.append(article.headline)
        day = written_day(withdrawal.withdrawn_on, self.outlet.language)
        lines += [
            _("An article of %(outlet)s stood at this address. It has been taken from public view.")
            % {"outlet": self.outlet.name},
            _("%(what)s: %(value)s") % {"what": _("Withdrawn on"), "value": day},
            _("%(what)s: %(value)s") % {"what": _("Reason"), "value": withdrawal.get_reason_display()},
            withdrawal.public_note,
            article.permanent_address,
        ]
        words = "\n\n".join(line for line in lines if line) + "\n"
        return HttpResponse(words, "text/plain; charset=utf-8", withdrawal.status_code)
