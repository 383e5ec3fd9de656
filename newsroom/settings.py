"""Every setting, for production and for one's own machine. docs/operators.md explains each variable."""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from newsroom import environment

BASE_DIR = Path(__file__).resolve().parent.parent

# The environment

ENV = environment.choice(os.environ, "NEWSROOM_ENV", ("production", "local"))
PRODUCTION = ENV == "production"
if PRODUCTION:
    environment.check_production(os.environ)

DATA_DIR = Path(os.environ.get("NEWSROOM_DATA") or BASE_DIR / "var").resolve()
HSTS = environment.choice(os.environ, "NEWSROOM_HSTS", ("preload", "host", "off"))
LOG_LEVEL = environment.choice(os.environ, "NEWSROOM_LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR"))
DATABASE_URL = os.environ.get("DATABASE_URL", "")
AI_CRAWLERS = environment.choice(os.environ, "NEWSROOM_AI_CRAWLERS", ("allow", "forbid"))

DEBUG = environment.flag(os.environ, "NEWSROOM_DEBUG")
SECRET_KEY = os.environ.get("NEWSROOM_SECRET_KEY") or environment.local_secret(DATA_DIR / "secret-key")
ALLOWED_HOSTS = environment.hosts(os.environ) or ["localhost", "127.0.0.1", "[::1]", "testserver"]
ARCHIVE_URL = environment.public_address(
    os.environ,
    default=f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if PRODUCTION else "http://127.0.0.1:8000",
    https=PRODUCTION,
)

# The application

INSTALLED_APPS = [
    "newsroom",
    # Before the admin, whose templates it overrides.
    "archive",
    "import_export",
    "newsroom.apps.ArchiveAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
]

MIDDLEWARE = [
    "archive.middleware.GZipTextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "archive.middleware.CrossOriginResourcePolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "archive.middleware.AcceptLanguageMiddleware",
    "archive.middleware.SlashMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "archive.middleware.OldAddressMiddleware",
]

ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# An address that is typed without a scheme means https.
FORMS_URLFIELD_ASSUME_HTTPS = True

FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# The database

if DATABASE_URL:
    DATABASES = {"default": environment.database(DATABASE_URL, BASE_DIR)}
else:
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "archive.sqlite3"}}

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Django turns foreign keys on itself.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        # A transaction that reads, then writes, would fail at once, and not wait, if another wrote between.
        "transaction_mode": "IMMEDIATE",
        "init_command": """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA journal_size_limit = 67108864;
            PRAGMA trusted_schema = OFF;
            PRAGMA mmap_size = 134217728;
            PRAGMA cache_size = -32768;
        """,
    }
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Staff

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Languages and time

LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LANGUAGE_CODE = environment.choice(os.environ, "NEWSROOM_LANGUAGE", ("en", "fr"))
LOCALE_PATHS = [BASE_DIR / "archive" / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# Files

STATIC_URL = "/static/"
# One's own machine serves static files where they lie: nothing need be collected, and nothing is stale.
STATIC_ROOT = DATA_DIR / "static" if PRODUCTION else None
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
# The largest file that staff may upload to be imported, in bytes.
UPLOAD_LIMIT = environment.size(os.environ, "NEWSROOM_UPLOAD_LIMIT", default=2 * 2**30)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}

# Security

SECURE_SSL_REDIRECT = PRODUCTION
# A load balancer asks for it without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
if environment.flag(os.environ, "NEWSROOM_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SILENCED_SYSTEM_CHECKS = []
if PRODUCTION and HSTS != "off":
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HSTS == "preload"
if HSTS != "preload":
    # The operator chose less, in so many words.
    SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W005", "security.W021"]

# Cookies are for staff: none is sent to a public page.
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/admin/"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}

PERMISSIONS_POLICY = {
    "accelerometer": [],
    "autoplay": [],
    "browsing-topics": [],
    "camera": [],
    "display-capture": [],
    "encrypted-media": [],
    "fullscreen": [],
    "geolocation": [],
    "gyroscope": [],
    "hid": [],
    "idle-detection": [],
    "magnetometer": [],
    "microphone": [],
    "midi": [],
    "payment": [],
    "picture-in-picture": [],
    "publickey-credentials-get": [],
    "screen-wake-lock": [],
    "serial": [],
    "usb": [],
    "xr-spatial-tracking": [],
}

# Logs

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "newsroom.logs.OneLineFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # Whoever scans the network asks for hosts that are not ours: no news, and a traceback each.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
    },
}
