import os
import runpy
import secrets
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from newsroom import environment

SECRET = secrets.token_urlsafe(50)
BASE = Path("/srv/archive")
BASE_DIR = Path(__file__).parent.parent


@pytest.fixture
def read_settings(monkeypatch, tmp_path):
    """The settings as a process with exactly these variables would have them."""

    def read(**variables):
        for name in list(os.environ):
            if name == "DATABASE_URL" or name.startswith("NEWSROOM_"):
                monkeypatch.delenv(name)
        monkeypatch.setenv("NEWSROOM_DATA", str(tmp_path / "data"))
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(BASE_DIR / "newsroom" / "settings.py")

    return read


@pytest.fixture
def production(read_settings):
    def read(**variables):
        return read_settings(**{"NEWSROOM_SECRET_KEY": SECRET, "NEWSROOM_HOSTS": "archive.example.org", **variables})

    return read


# Production


def test_production_is_what_nothing_else_means(read_settings):
    with pytest.raises(ImproperlyConfigured, match="production"):
        read_settings()


def test_production_names_every_missing_variable_at_once(read_settings):
    with pytest.raises(ImproperlyConfigured) as raised:
        read_settings(NEWSROOM_ENV="production")
    assert "NEWSROOM_SECRET_KEY" in str(raised.value)
    assert "NEWSROOM_HOSTS" in str(raised.value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("NEWSROOM_SECRET_KEY", "short"),
        ("NEWSROOM_SECRET_KEY", "ab" * 40),
        ("NEWSROOM_HOSTS", " , "),
        ("NEWSROOM_HOSTS", "*"),
        ("NEWSROOM_HOSTS", "https://archive.example.org"),
        ("NEWSROOM_DEBUG", "1"),
        ("NEWSROOM_DEBUG", "perhaps"),
        ("NEWSROOM_URL", "http://archive.example.org"),
        ("NEWSROOM_URL", "https://archive.example.org/archive"),
        ("NEWSROOM_URL", "archive.example.org"),
        ("NEWSROOM_ENV", "staging"),
        ("NEWSROOM_HSTS", "maybe"),
        ("NEWSROOM_LANGUAGE", "de"),
        ("NEWSROOM_AI_CRAWLERS", "some"),
        ("NEWSROOM_BEHIND_PROXY", "nginx"),
    ],
)
def test_production_refuses_a_bad_value_and_names_its_variable(production, variable, value):
    with pytest.raises(ImproperlyConfigured, match=variable):
        production(**{variable: value})


def test_weak_secret_is_not_repeated(production):
    with pytest.raises(ImproperlyConfigured) as raised:
        production(NEWSROOM_SECRET_KEY="hunter2")
    assert "hunter2" not in str(raised.value)


def test_production_takes_its_hosts_and_secret(production):
    settings = production(NEWSROOM_HOSTS="archive.example.org, www.example.org")

    assert settings["ALLOWED_HOSTS"] == ["archive.example.org", "www.example.org"]
    assert settings["SECRET_KEY"] == SECRET
    assert settings["DEBUG"] is False


def test_public_address_is_that_of_the_first_host(production):
    settings = production(NEWSROOM_HOSTS="archive.example.org,www.example.org")

    assert settings["ARCHIVE_URL"] == "https://archive.example.org"


def test_public_address_has_no_slash_at_its_end(production):
    assert production(NEWSROOM_URL="https://example.org:8443/")["ARCHIVE_URL"] == "https://example.org:8443"


def test_cookies_are_secure_and_for_staff_alone(production):
    settings = production()

    assert settings["SESSION_COOKIE_SECURE"] and settings["CSRF_COOKIE_SECURE"]
    assert settings["SESSION_COOKIE_PATH"] == settings["CSRF_COOKIE_PATH"] == "/admin/"


def test_forwarded_scheme_is_believed_only_behind_a_proxy(production):
    assert "SECURE_PROXY_SSL_HEADER" not in production()
    assert production(NEWSROOM_BEHIND_PROXY="1")["SECURE_PROXY_SSL_HEADER"] == (
        "HTTP_X_FORWARDED_PROTO",
        "https",
    )


def test_ai_crawlers_are_allowed_unless_forbidden(production):
    assert production()["AI_CRAWLERS"] == "allow"
    assert production(NEWSROOM_AI_CRAWLERS="forbid")["AI_CRAWLERS"] == "forbid"


def test_https_is_promised_for_a_year(production):
    settings = production()

    assert settings["SECURE_HSTS_SECONDS"] == 31536000
    assert settings["SECURE_HSTS_INCLUDE_SUBDOMAINS"] and settings["SECURE_HSTS_PRELOAD"]


def test_https_can_be_promised_for_this_host_alone(production):
    settings = production(NEWSROOM_HSTS="host")

    assert settings["SECURE_HSTS_SECONDS"] == 31536000
    assert not settings["SECURE_HSTS_INCLUDE_SUBDOMAINS"] and not settings["SECURE_HSTS_PRELOAD"]


def test_https_need_not_be_promised(production):
    assert "SECURE_HSTS_SECONDS" not in production(NEWSROOM_HSTS="off")


def test_content_policy_allows_nothing_inline_and_no_other_host(production):
    directives = production()["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]

    assert {source for sources in directives.values() for source in sources} == {"'none'", "'self'"}
    assert directives["default-src"] == directives["object-src"] == directives["base-uri"] == ["'none'"]


def run_as_server(*arguments, **variables):
    """A process of its own, with these variables and no others of ours."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("NEWSROOM_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, *arguments], cwd=BASE_DIR, env={**inherited, **variables}, capture_output=True, text=True
    )


def test_server_without_its_variables_does_not_start_and_names_them():
    run = run_as_server("-c", "import newsroom.wsgi")

    assert run.returncode != 0
    assert "NEWSROOM_SECRET_KEY is missing" in run.stderr
    assert "NEWSROOM_HOSTS is missing" in run.stderr


def test_server_looks_through_what_it_began_with_no_more(tmp_path):
    run = run_as_server(
        "-c",
        "import gc, newsroom.wsgi; print(gc.get_freeze_count() > 50_000)",
        NEWSROOM_SECRET_KEY=SECRET,
        NEWSROOM_HOSTS="archive.example.org",
        NEWSROOM_DATA=str(tmp_path),
    )

    assert run.stdout == "True\n", run.stderr


def test_deployment_check_has_nothing_to_say(tmp_path):
    run = run_as_server(
        "manage.py",
        "check",
        "--deploy",
        "--fail-level=WARNING",
        NEWSROOM_SECRET_KEY=SECRET,
        NEWSROOM_HOSTS="archive.example.org",
        NEWSROOM_DATA=str(tmp_path),
    )

    assert run.returncode == 0, run.stderr


def test_static_files_can_be_collected_for_production(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    assert (tmp_path / "staticfiles.json").exists()


# One's own machine


def test_local_needs_nothing(read_settings):
    settings = read_settings(NEWSROOM_ENV="local")

    assert settings["DEBUG"] is False
    assert settings["ARCHIVE_URL"] == "http://127.0.0.1:8000"
    assert not settings["SECURE_SSL_REDIRECT"]
    assert "127.0.0.1" in settings["ALLOWED_HOSTS"]


def test_local_can_debug(read_settings):
    assert read_settings(NEWSROOM_ENV="local", NEWSROOM_DEBUG="1")["DEBUG"] is True


def test_local_secret_is_kept_and_private(tmp_path):
    path = tmp_path / "data" / "secret-key"

    first = environment.local_secret(path)

    assert len(first) >= 50
    assert environment.local_secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret-key"]


def test_processes_that_start_together_agree_on_the_secret(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        drawn = set(pool.map(environment.local_secret, [tmp_path / "data" / "secret-key"] * 40))
    assert len(drawn) == 1


def test_default_language_can_be_french(read_settings):
    assert read_settings(NEWSROOM_ENV="local", NEWSROOM_LANGUAGE="fr")["LANGUAGE_CODE"] == "fr"


# The database


def test_data_live_where_the_operator_says(read_settings, tmp_path):
    settings = read_settings(NEWSROOM_ENV="local")

    assert settings["DATABASES"]["default"]["NAME"] == tmp_path / "data" / "archive.sqlite3"
    assert settings["MEDIA_ROOT"] == tmp_path / "data" / "media"


def test_postgresql_is_one_variable_away(read_settings):
    database = read_settings(NEWSROOM_ENV="local", DATABASE_URL="postgresql://me@db.example.org/archive")["DATABASES"][
        "default"
    ]

    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (600, True)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgres://user:secret@db.example.org:5433/archive",
            {"USER": "user", "PASSWORD": "secret", "HOST": "db.example.org", "PORT": 5433, "NAME": "archive"},
        ),
        (
            "postgresql://us%40er:p%23a%25s%2Fs%3A%3F@localhost/my%20archive",
            {"USER": "us@er", "PASSWORD": "p#a%s/s:?", "HOST": "localhost", "NAME": "my archive"},
        ),
        (
            "postgresql://postgres:@/postgres?host=/tmp/Some-Folder",
            {"HOST": "", "NAME": "postgres", "OPTIONS": {"host": "/tmp/Some-Folder"}},
        ),
        (
            "postgresql://user@[::1]:5432/archive?sslmode=verify-full&application_name=archive",
            {"HOST": "::1", "OPTIONS": {"sslmode": "verify-full", "application_name": "archive"}},
        ),
        ("sqlite:////var/lib/archive/a%20b.sqlite3", {"NAME": "/var/lib/archive/a b.sqlite3"}),
        ("sqlite:///var/archive.sqlite3", {"NAME": "/srv/archive/var/archive.sqlite3"}),
    ],
)
def test_database_address_is_read_part_by_part(url, expected):
    database = environment.database(url, BASE)

    assert {name: database.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    "url",
    [
        "mysql://user:hunter2@db/archive",
        "hunter2",
        "postgresql:user:hunter2@db/archive",
        "postgresql://user:hunter2#@db/archive",
        "postgresql://user:hun/ter2@db/archive",
        "postgresql://user:hunter2@[db/archive",
        "postgresql://user:hunter2@db:port/archive",
        "postgresql://user:hunter2@db:99999/archive",
        "postgresql://user:hunter2@db/",
        "postgresql://user:hunter2@db",
        "sqlite://",
    ],
)
def test_bad_database_address_is_refused_without_its_password(url):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL") as raised:
        environment.database(url, BASE)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("told", "size"), [("", 2 * 2**30), ("500M", 500 * 2**20), ("20g", 20 * 2**30), ("1000", 1000)]
)
def test_limit_of_uploads_is_a_size(production, told, size):
    assert production(NEWSROOM_UPLOAD_LIMIT=told)["UPLOAD_LIMIT"] == size


@pytest.mark.parametrize("told", ["much", "-1", "0", "2 GB", "G", "１M"])
def test_limit_of_uploads_that_is_no_size_is_refused_with_the_remedy(production, told):
    with pytest.raises(ImproperlyConfigured, match="500M"):
        production(NEWSROOM_UPLOAD_LIMIT=told)


# The admin


def run_python(code):
    environment = {**os.environ, "NEWSROOM_ENV": "local", "DJANGO_SETTINGS_MODULE": "newsroom.settings"}
    done = subprocess.run(
        [sys.executable, "-c", f"import django\ndjango.setup()\n{code}"],
        env=environment,
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_import_does_without_the_admin():
    told = run_python(
        "import sys\n"
        "from archive.management.commands.import_articles import Command\n"
        "Command().check(tags=Command.requires_system_checks)\n"
        "print('archive.admin.article' in sys.modules)"
    )
    assert told == "False"


def test_check_of_all_looks_at_the_admin():
    told = run_python(
        "import sys\n"
        "from django.core.checks import run_checks\n"
        "run_checks(tags=['admin'])\n"
        "print('archive.admin.article' in sys.modules)"
    )
    assert told == "True"
