import os
import shutil
from urllib.parse import urlsplit

import pytest

from tests.conftest import missing

CHROMIUM_ARGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(os.path.dirname(__file__)):
            item.add_marker(pytest.mark.browser)
    # Last, since Playwright's event loop would stay with the tests that follow.
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        missing("Chromium", "on Debian: apt install chromium")
    # Chromium's sandbox refuses to run as root.
    args = [*CHROMIUM_ARGS, "--no-sandbox"] if os.geteuid() == 0 else CHROMIUM_ARGS
    # Playwright runs an event loop in this thread, and Django would take the tests for coroutines.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=chromium, args=args)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def live_server():
    """The whole site, static files and pictures included, through its own middleware."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.test.testcases import LiveServerThread
    from django.test.utils import modify_settings
    from pytest_django.live_server_helper import LiveServer

    class WholeSite(LiveServer):
        def __init__(self):
            # Django would serve static files and pictures past the middleware.
            self.thread = LiveServerThread(
                "127.0.0.1", static_handler=lambda wrapped: WSGIHandler(), connections_override={}
            )
            self.thread.daemon = True
            self._live_server_modified_settings = modify_settings(ALLOWED_HOSTS={"append": "127.0.0.1"})
            self.start()

    server = WholeSite()
    yield server
    server.stop()


@pytest.fixture
def complaints():
    """What pages did that they may not; a test that expects it clears it."""
    return []


@pytest.fixture
def new_page(browser, live_server, complaints):
    """
    Opens a page in a fresh browser: new_page(), new_page(java_script_enabled=False, color_scheme="dark")…

    Afterwards, a request to another host, a script's error or a broken content policy fails the test.
    """
    contexts = []

    def note_request(request):
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and f"{parts.scheme}://{parts.netloc}" != live_server.url:
            complaints.append(f"request to another host: {request.url}")

    def note_console(message):
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            complaints.append(message.text)

    def open_page(**options):
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        context.on("request", note_request)
        context.on("console", note_console)
        context.on("weberror", lambda error: complaints.append(f"script error: {error.error}"))
        context.set_default_timeout(10_000)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(new_page):
    return new_page()


@pytest.fixture
def axe_violations(axe_source):
    """What axe-core finds wrong with a page as it stands, one line for each element."""

    def run(page, part="html"):
        page.evaluate(axe_source)
        return [
            f"{violation['id']}: {violation['help']}: {node['html']}"
            for violation in page.evaluate("part => axe.run(part)", part)["violations"]
            for node in violation["nodes"]
        ]

    return run
