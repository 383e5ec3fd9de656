from django.contrib import admin
from django.urls import include, path

admin.autodiscover()

handler404 = "archive.views.page_not_found"
handler500 = "archive.views.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include("archive.api.urls")),
    path("", include("archive.urls")),
]
