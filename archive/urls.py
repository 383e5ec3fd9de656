from django.urls import path, register_converter

from . import views


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


register_converter(KeyConverter, "key")
register_converter(YearConverter, "year")
register_converter(TwoDigitConverter, "two")

app_name = "archive"
urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("healthz", views.HealthView.as_view(), name="healthz"),
    path("favicon.ico", views.IconView.as_view(), name="icon"),
    path("find/", views.FindView.as_view(), name="find"),
    path("a/<key:key>", views.ShortView.as_view(), name="short"),
    path("media/<path:name>", views.PictureView.as_view(), name="picture"),
    path("<slug:outlet>/", views.OutletView.as_view(), name="outlet"),
    path("<slug:outlet>/articles/<key:key>/", views.ArticleView.as_view(), name="article_by_key"),
    path("<slug:outlet>/articles/<key:key>/<slug:slug>/", views.ArticleView.as_view(), name="article"),
    path("<slug:outlet>/sections/<slug:slug>/", views.SectionView.as_view(), name="section"),
    path("<slug:outlet>/authors/<slug:slug>/", views.AuthorView.as_view(), name="author"),
    path("<slug:outlet>/tags/<slug:slug>/", views.TagView.as_view(), name="tag"),
    path("<slug:outlet>/undated/", views.UndatedView.as_view(), name="undated"),
    path("<slug:outlet>/<year:year>/", views.YearView.as_view(), name="year"),
    path("<slug:outlet>/<year:year>/<two:month>/", views.MonthView.as_view(), name="month"),
    path("<slug:outlet>/<year:year>/<two:month>/<two:day>/", views.DayView.as_view(), name="day"),
    path("<slug:outlet>/pages/<slug:slug>/", views.InfoPageView.as_view(), name="info_page"),
]
