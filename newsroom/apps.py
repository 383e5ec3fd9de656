from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class NewsroomConfig(AppConfig):
    name = "newsroom"

    def ready(self):
        from . import checks  # noqa: F401


class ArchiveAdminConfig(admin_apps.AdminConfig):
    default = False  # of this module, the other is the application's own
    default_site = "newsroom.admin.ArchiveSite"
