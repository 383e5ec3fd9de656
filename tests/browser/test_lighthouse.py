"""What Lighthouse looks at, but for speed, which depends on the machine: benchmarks/lighthouse.py measures that."""

import shutil

import pytest

from tests import judges
from tests.conftest import missing
from tests.pages import demo_pages

# Once, since the pages are the same on either database and each takes some ten seconds.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]

CATEGORIES = ("accessibility", "best-practices", "seo")


@pytest.fixture
def lighthouse(live_server, settings):
    """Lighthouse on a page of the site, as that of a site at this very address."""
    if not judges.LIGHTHOUSE.exists():
        missing("Lighthouse", "install npm, then: make judges")
    if not shutil.which("node"):
        missing("node", "on Debian: apt install nodejs")
    if judges.CHROMIUM is None:
        missing("Chromium", "on Debian: apt install chromium")
    settings.ARCHIVE_URL = live_server.url
    return lambda path: judges.lighthouse(live_server.url + path, *CATEGORIES)


@pytest.mark.parametrize("name", ["front", "outlet", "article", "search"])
def test_page_is_all_that_lighthouse_asks_for(demo, lighthouse, name):
    path, _status = demo_pages()[name]
    assert lighthouse(path) == dict.fromkeys(CATEGORIES, (100, []))


def test_page_of_results_wants_only_what_concerns_search_engines(demo, lighthouse):
    found = lighthouse("/search/?q=hiver")
    score, wanting = found.pop("seo")
    assert found == {"accessibility": (100, []), "best-practices": (100, [])}
    assert score < 100
    assert "is-crawlable" in {each.partition(":")[0] for each in wanting}
