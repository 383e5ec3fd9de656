import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

application = get_wsgi_application()

# What every page needs is there before the first reader comes, and is never again looked through for what may go: that
# took a tenth of a second, now and then, while somebody waited.
get_resolver().url_patterns  # noqa: B018
gc.collect()
gc.freeze()
