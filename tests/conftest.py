import os
import shutil
import socket
import tempfile

import hypothesis
import pytest

from . import judges
from .postgresql import postgresql

DATABASE_FIXTURES = {"db", "demo", "transactional_db", "live_server"}


# A slow machine is no defect.
hypothesis.settings.register_profile("archive", hypothesis.settings.default, deadline=None)
hypothesis.settings.load_profile("archive")


def pytest_addoption(parser):
    parser.addoption(
        "--database",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="run on SQLite, or run what touches the database on PostgreSQL",
    )


def pytest_configure(config):
    data = tempfile.TemporaryDirectory(prefix="newsroom-tests-")
    config.add_cleanup(data.cleanup)

    url = None
    if config.getoption("database") == "postgresql":
        server = postgresql()
        url = server.__enter__()
        config.add_cleanup(lambda: server.__exit__(None, None, None))

    for name in [name for name in os.environ if name == "DATABASE_URL" or name.startswith("NEWSROOM_")]:
        del os.environ[name]
    os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
    os.environ["NEWSROOM_ENV"] = "local"
    os.environ["NEWSROOM_DATA"] = data.name
    if url:
        os.environ["DATABASE_URL"] = url

    import django
    from django.conf import settings

    if not url:
        # A file, as in production: a live server's threads then open it as a real server's do.
        settings.DATABASES["default"]["TEST"] = {"NAME": os.path.join(data.name, "test.sqlite3")}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()


@pytest.fixture(autouse=True, scope="session")
def no_connection_leaves_the_machine():
    """Whatever is read, shown or saved, nothing is fetched from anywhere: whoever tries fails."""
    connect = socket.socket.connect

    def connect_here(self, address):
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"A connection to {address} was asked for.")
        return connect(self, address)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket.socket, "connect", connect_here)
        yield


def pytest_report_header(config):
    return f"database: {config.getoption('database')}"


def pytest_collection_modifyitems(config, items):
    """On PostgreSQL, only what touches the database: the rest has run on SQLite."""
    from django.test import TransactionTestCase

    on = config.getoption("database")
    other = "sqlite" if on == "postgresql" else "postgresql"

    def runs(item):
        if item.get_closest_marker(other):
            return False
        return (
            on == "sqlite"
            or item.get_closest_marker("django_db")
            or DATABASE_FIXTURES.intersection(item.fixturenames)
            or (item.cls and issubclass(item.cls, TransactionTestCase))
        )

    config.hook.pytest_deselected(items=[item for item in items if not runs(item)])
    items[:] = [item for item in items if runs(item)]


def missing(what, remedy):
    """A judge that is not here is excused on one's own machine, never in CI."""
    must_be_here = os.environ.get("CI") == "true" or os.environ.get("ARCHIVE_REQUIRE_BROWSER") == "1"
    (pytest.fail if must_be_here else pytest.skip)(f"{what} is not here; {remedy}")


@pytest.fixture(scope="session")
def axe_source():
    if not judges.AXE.exists():
        missing("axe-core", "install npm, then: make judges")
    return judges.AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def html_errors():
    if not judges.NU.exists():
        missing("the Nu HTML checker", "install npm, then: make judges")
    if not shutil.which("java"):
        missing("java", "on Debian: apt install default-jre-headless")
    return judges.html_errors


@pytest.fixture
def media_root(settings, tmp_path):
    """An empty place for pictures, for this test alone."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    return settings.MEDIA_ROOT


@pytest.fixture
def demo(db, settings):
    """The demonstration archive, with its pictures."""
    from django.core.management import call_command

    from archive.search import rebuild

    settings.MEDIA_ROOT = settings.BASE_DIR / "fixtures" / "media"
    call_command("loaddata", "demo", verbosity=0)
    rebuild()
