"""Who supplied an article is told by its sources' rules."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.importers.base import ImportedArticle, ImportedByline, ImportedSource
from archive.importers.saving import import_paths, save_article
from archive.models import Article
from tests.factories import make_source

pytestmark = pytest.mark.django_db

SAMPLES = Path(__file__).parents[1] / "samples"
PLAIN = ImportedArticle(original_id="1", headline="Ice", body="<p>It froze.</p>")


@pytest.fixture
def afp():
    source = make_source(slug="afp", name="Agence France-Presse")
    for evidence, pattern in [
        ("provider", "AFP"),
        ("credit", "Agence France-Presse"),
        ("dateline", r"^[^()]+\(AFP\)"),
        ("byline", "AFP"),
        ("sign-off", "^[a-z]{2,3}/[a-z]{2,3}/[a-z]{2,3}$"),
    ]:
        source.rules.create(evidence=evidence, pattern=pattern)
    return source


@pytest.mark.parametrize(
    ("evidence", "told"),
    [
        ("provider", {"provider": "AFP"}),
        ("credit", {"credit": "© Agence France-Presse 2014"}),
        ("dateline", {"dateline": "WASHINGTON (AFP) –"}),
        ("byline", {"bylines": (ImportedByline("Léa Roy", printed="Léa Roy, AFP"),)}),
        ("sign-off", {"sign_off": "ddl/gde/are"}),
    ],
)
def test_source_is_recognised_and_the_rule_recorded(afp, outlet, evidence, told):
    article = save_article(replace(PLAIN, **told), outlet).article
    article.refresh_from_db()
    assert article.source == afp
    assert article.source_rule.evidence == evidence


def test_source_that_is_told_needs_no_rule(afp, outlet):
    told = replace(PLAIN, source=ImportedSource("Le Cahier", "partner"), dateline="PARIS (AFP) –")
    article = save_article(told, outlet).article
    assert (article.source.name, article.source_rule) == ("Le Cahier", None)


def test_article_that_no_rule_fits_has_no_source(afp, outlet):
    article = save_article(replace(PLAIN, provider="TT"), outlet).article
    assert (article.source, article.source_rule, article.provider) == (None, None, "TT")


def test_source_that_staff_chose_stays(afp, outlet):
    from archive.care import record, snapshot

    article = save_article(PLAIN, outlet).article
    before = snapshot(article)
    article.source = make_source()
    article.save()
    record(article, "edited", before=before)

    again = save_article(replace(PLAIN, provider="AFP"), outlet).article
    again.refresh_from_db()
    assert (again.source, again.source_rule) == (article.source, None)


def test_rules_are_read_once_for_a_run(afp, outlet, django_assert_max_num_queries, tmp_path):
    sample = (SAMPLES / "iptc7901" / "afp-cp1252.txt").read_bytes()
    path = tmp_path / "feed.txt"
    path.write_bytes(sample + sample.replace(b"FRS0456", b"FRS0457") + sample.replace(b"FRS0456", b"FRS0458"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        import_paths([path], outlet)
    assert sum('FROM "archive_sourcerule"' in each["sql"] for each in queries) == 1
    assert Article.objects.filter(source=afp).count() == 3


def test_earlier_version_does_not_replace_a_later_one(outlet):
    first = replace(PLAIN, published=datetime(2014, 1, 6, 12, tzinfo=UTC), published_precision="minute")
    later = replace(first, headline="Thaw", modified=datetime(2014, 1, 6, 13, tzinfo=UTC))
    save_article(later, outlet)
    saved = save_article(first, outlet)
    assert (saved.outcome, saved.article.headline) == ("unchanged", "Thaw")
    assert "earlier version" in saved.problems[0].problem


@pytest.mark.parametrize(
    ("sample", "headline", "dateline", "urgency"),
    [
        ("iptc7901/feed.txt", "Ferry crossing closes for ten days as ice builds up", "Halifax (dpa) -", 4),
        ("nitf/story.xml", "Ferry crossing closes for ten days", "HALIFAX (CP) —", 3),
        ("newsml-g2/message.xml", "Ferry crossing closes for ten days", "HALIFAX (CP) -", 4),
        ("newsml-1/items.xml", "Crue: deux ponts fermés", "SAINT-AMABLE, 6 jan 2014 (AFP) -", 4),
    ],
)
def test_wire_becomes_an_article(outlet, sample, headline, dateline, urgency):
    import_paths([SAMPLES / sample], outlet)
    article = Article.objects.get(headline=headline)
    assert (article.dateline, article.urgency) == (dateline, urgency)
    assert article.body.startswith("<p>")
