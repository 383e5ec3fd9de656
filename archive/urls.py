import re

from django.urls import path, register_converter

from archive.exporters.forms import FORMS

from . import views
from .api.page import ApiPageView


class KeyConverter:
    # Whatever may be meant for a key: the view reads it as Crockford says.
    regex = "[0-9A-Za-z]{12}"
    to_python = to_url = staticmethod(str)


class YearConverter:
    regex = "[12][0-9]{3}"
    to_python = staticmethod(int)
    to_url = staticmethod("{:04}".format)


class TwoDigitConverter:
    regex = "[0-3][0-9]"
    to_python = staticmethod(int)
    to_url = staticmethod("{:02}".format)


class FeedConverter:
    regex = r"atom\.xml|feed\.json"
    to_python = to_url = staticmethod(str)


class SuffixConverter:
    regex = "|".join(re.escape(suffix) for suffix in FORMS)
    to_python = to_url = staticmethod(str)


register_converter(FeedConverter, "feed")
register_converter(KeyConverter, "key")
register_converter(YearConverter, "year")
register_converter(SuffixConverter, "suffix")
register_converter(TwoDigitConverter, "two")

app_name = "archive"
urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("healthz", views.HealthView.as_view(), name="healthz"),
    path("favicon.ico", views.IconView.as_view(), name="icon"),
    path("robots.txt", views.RobotsView.as_view(), name="robots"),
    path("sitemap.xml", views.SitemapIndexView.as_view(), name="sitemap_index"),
    path("sitemaps/pages.xml", views.SitemapOfArchiveView.as_view(), name="sitemap_of_archive"),
    path("sitemaps/<slug:outlet>/pages.xml", views.SitemapOfOutletView.as_view(), name="sitemap_of_outlet"),
    path("sitemaps/<slug:outlet>/<slug:name>.xml", views.SitemapOfPeriodView.as_view(), name="sitemap"),
    path("sitemaps/<slug:outlet>/<slug:name>/<int:part>.xml", views.SitemapOfPeriodView.as_view(), name="sitemap_part"),
    path("feeds/<feed:file>", views.ArchiveFeedView.as_view(), name="feed"),
    path("search/", views.SearchView.as_view(), name="search"),
    path("api/", ApiPageView.as_view(), name="api"),
    path("care/corrections/", views.CareView.as_view(what="corrections"), name="corrections"),
    path("care/withdrawals/", views.CareView.as_view(what="withdrawals"), name="withdrawals"),
    path("find/", views.FindView.as_view(), name="find"),
    path("a/<key:key>", views.ShortView.as_view(), name="short"),
    path("media/<path:name>", views.PictureView.as_view(), name="picture"),
    path("<slug:outlet>/", views.OutletView.as_view(), name="outlet"),
    path("<slug:outlet>/feeds/<feed:file>", views.OutletFeedView.as_view(), name="outlet_feed"),
    path("<slug:outlet>/sections/<slug:slug>/feeds/<feed:file>", views.SectionFeedView.as_view(), name="section_feed"),
    path("<slug:outlet>/authors/<slug:slug>/feeds/<feed:file>", views.AuthorFeedView.as_view(), name="author_feed"),
    path("<slug:outlet>/sources/<slug:slug>/feeds/<feed:file>", views.SourceFeedView.as_view(), name="source_feed"),
    path("<slug:outlet>/tags/<slug:slug>/feeds/<feed:file>", views.TagFeedView.as_view(), name="tag_feed"),
    path("<slug:outlet>/articles/<key:key>/", views.ArticleView.as_view(), name="article_by_key"),
    path("<slug:outlet>/articles/<key:key>/history/", views.HistoryView.as_view(), name="history"),
    path("<slug:outlet>/articles/<key:key>.<suffix:suffix>", views.FormView.as_view(), name="article_form_by_key"),
    path("<slug:outlet>/articles/<key:key>/<slug:slug>.<suffix:suffix>", views.FormView.as_view(), name="article_form"),
    path("<slug:outlet>/articles/<key:key>/<slug:slug>/", views.ArticleView.as_view(), name="article"),
    path("<slug:outlet>/sections/<slug:slug>/", views.SectionView.as_view(), name="section"),
    path("<slug:outlet>/authors/", views.AuthorsView.as_view(), name="authors"),
    path("<slug:outlet>/authors/<slug:slug>/", views.AuthorView.as_view(), name="author"),
    path("<slug:outlet>/authors/<slug:slug>/pieces.zip", views.AuthorZipView.as_view(), name="author_zip"),
    path("<slug:outlet>/sources/<slug:slug>/", views.SourceView.as_view(), name="source"),
    path("<slug:outlet>/tags/", views.TagsView.as_view(), name="tags"),
    path("<slug:outlet>/tags/<slug:slug>/", views.TagView.as_view(), name="tag"),
    path("<slug:outlet>/undated/", views.UndatedView.as_view(), name="undated"),
    path("<slug:outlet>/<year:year>/", views.YearView.as_view(), name="year"),
    path("<slug:outlet>/<year:year>/<two:month>/", views.MonthView.as_view(), name="month"),
    path("<slug:outlet>/<year:year>/<two:month>/<two:day>/", views.DayView.as_view(), name="day"),
    path("<slug:outlet>/pages/<slug:slug>/", views.InfoPageView.as_view(), name="info_page"),
]
