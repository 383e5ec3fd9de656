from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin import apps as admin_apps
from django.contrib.admin import checks as admin_checks
from django.core import checks


class NewsroomConfig(AppConfig):
    name = "newsroom"

    def ready(self):
        from . import checks  # noqa: F401


class ArchiveAdminConfig(admin_apps.SimpleAdminConfig):
    """The admin, found when its addresses or its checks are asked for: an import does without, and has 30 MB more."""

    default = False  # of this module, the other is the application's own
    default_site = "newsroom.admin.ArchiveSite"

    def ready(self):
        checks.register(admin_checks.check_dependencies, checks.Tags.admin)
        checks.register(check_admin, checks.Tags.admin)


def check_admin(app_configs, **kwargs):
    admin.autodiscover()
    return admin_checks.check_admin_app(app_configs, **kwargs)
