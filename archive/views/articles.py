from django.http import FileResponse, Http404, HttpResponseNotModified, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.utils.http import http_date
from django.views.generic import DetailView, View
from django.views.static import was_modified_since

from archive.keys import read_key
from archive.models import Article, Image

from .page import OutletMixin
from .related import related_to


class ArticleView(OutletMixin, DetailView):
    """An article at its permanent address; its tombstone where it is withdrawn (410 or 451)."""

    template_name = "archive/article.html"
    tombstone_name = "archive/tombstone.html"
    context_object_name = "article"

    def get(self, request, *args, **kwargs):
        key = read_key(kwargs["key"])
        self.object = self.find(Article.objects.public(), key)
        if self.object is None:
            return self.tombstone(key)
        # The key alone decides: a wrong slug, or the outlet that an article has left, leads to where it stands.
        address = self.object.get_absolute_url()
        if request.path != address:
            return HttpResponsePermanentRedirect(address)
        response = self.render_to_response(self.get_context_data())
        if not self.object.indexable:
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    def find(self, articles, key):
        article = (
            articles.select_related("outlet", "section__parent", "source")
            .prefetch_related("bylines__author", "images", "corrections", "tags", "old_addresses")
            .filter(key=key)
            .first()
        )
        if article is not None and article.outlet_id == self.outlet.pk:
            # The row at hand, which knows the outlets above it, spares a query.
            article.outlet = self.outlet
        return article

    def tombstone(self, key):
        article = get_object_or_404(Article.objects.select_related("outlet"), key=key, held_back=False)
        withdrawal = article.withdrawal
        if withdrawal is None:
            raise Http404("No such article.")
        if article.outlet_id != self.outlet.pk:
            return HttpResponsePermanentRedirect(article.address_for_readers())
        response = self.gone(article, withdrawal)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def gone(self, article, withdrawal):
        context = super().get_context_data(withdrawal=withdrawal, key=article.key, object=None)
        if withdrawal.show_headline:
            context["headline"], context["headline_language"] = article.headline, article.language
        context["contact"] = next((each.support_address for each in self.outlet.lineage() if each.support_address), "")
        # The address as it was asked for may name the headline: the page names the key's alone.
        context["canonical"] = article.permanent_address
        return self.response_class(
            self.request, [self.tombstone_name], context, using=self.template_engine, status=withdrawal.status_code
        )

    def get_context_data(self, **kwargs):
        images = list(self.object.images.all())
        return super().get_context_data(
            images=images,
            corrections=list(self.object.corrections.all()),
            lead=images[0] if images else None,
            related=related_to(self.object),
            versions=list(self.object.other_versions()),
            **kwargs,
        )


class ShortView(View):
    """/a/<key>, to its article or its tombstone."""

    def get(self, request, key):
        article = get_object_or_404(Article.objects.select_related("outlet"), key=read_key(key), held_back=False)
        return HttpResponsePermanentRedirect(article.address_for_readers())


class PictureView(View):
    """The file of a picture, if its article is public and it may be shown."""

    def get(self, request, name):
        image = get_object_or_404(Image, file=name, withheld=Image.Withheld.NO, article__in=Article.objects.public())
        try:
            modified = image.file.storage.get_modified_time(name).timestamp()
            # Before the file is opened, which a 304 would leave open.
            if was_modified_since(request.headers.get("If-Modified-Since"), int(modified)):
                response = FileResponse(image.file.open())
            else:
                response = HttpResponseNotModified()
        except FileNotFoundError:
            raise Http404("The picture's file is missing.") from None
        response.headers["Last-Modified"] = http_date(modified)
        # Asked again each time, for it may be withdrawn today.
        response.headers["Cache-Control"] = "no-cache"
        return response
