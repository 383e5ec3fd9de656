"""Who supplied an article is told by its sources' rules."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core import serializers

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


@pytest.fixture(scope="module")
def demo_rules():
    """The sources of the demonstration archive with their rules, and nothing else of it."""
    text = (settings.BASE_DIR / "fixtures" / "demo.yaml").read_text(encoding="utf-8")
    rows = yaml.load(text, yaml.CSafeLoader)
    return [row for row in rows if row["model"] in ("archive.source", "archive.sourcerule")]


@pytest.mark.parametrize(
    ("told", "source", "evidence"),
    [
        ({"provider": "AFP"}, "afp", "provider"),
        ({"provider": "afp.com"}, "afp", "provider"),
        ({"credit": "© Agence France-Presse"}, "afp", "credit"),
        ({"credit": "AFP/O. Haddad"}, "afp", "credit"),
        ({"dateline": "WASHINGTON (AFP) –"}, "afp", "dateline"),
        ({"dateline": "PARIS, 22 jan 2014 (AFP) -"}, "afp", "dateline"),
        ({"dateline": "TOKYO (Relaxnews/AFP) –"}, "afp", "dateline"),
        ({"bylines": (ImportedByline("AFP"),)}, "afp", "byline"),
        ({"bylines": (ImportedByline("Léa Roy", printed="Par Léa Roy, Agence France-Presse"),)}, "afp", "byline"),
        ({"sign_off": "ddl/gde/are"}, "afp", "sign-off"),
        ({"sign_off": "bur-ram/oh/tre"}, "afp", "sign-off"),
        ({"provider": "PC"}, "la-presse-canadienne", "provider"),
        ({"credit": "© La Presse Canadienne, 2014"}, "la-presse-canadienne", "credit"),
        ({"dateline": "MONTRÉAL (PC) —"}, "la-presse-canadienne", "dateline"),
        ({"dateline": "Ottawa (La Presse canadienne) –"}, "la-presse-canadienne", "dateline"),
        ({"bylines": (ImportedByline("La Presse Canadienne"),)}, "la-presse-canadienne", "byline"),
        (
            {"bylines": (ImportedByline("Lia Roy", printed="Lia Roy, La Presse canadienne"),)},
            "la-presse-canadienne",
            "byline",
        ),
        ({"dateline": "OTTAWA (CP) —"}, "the-canadian-press", "dateline"),
        ({"credit": "The Canadian Press"}, "the-canadian-press", "credit"),
        # What names nobody, or somebody else.
        ({"dateline": "OTTAWA –"}, "", ""),
        ({"dateline": "PARIS (AP) –"}, "", ""),
        ({"bylines": (ImportedByline("Pascale Cap"),)}, "", ""),
        ({"sign_off": "ab/cd"}, "", ""),
        ({"provider": "CPAC"}, "", ""),
    ],
)
def test_rules_of_the_demonstration_know_the_agencies_forms(demo_rules, outlet, told, source, evidence):
    for row in serializers.deserialize("python", demo_rules):
        row.save()
    article = save_article(replace(PLAIN, **told), outlet).article
    found = article.source, article.source_rule
    assert (found[0].slug if found[0] else "", found[1].evidence if found[1] else "") == (source, evidence)


@pytest.mark.parametrize(
    ("sample", "slug"),
    [
        ("iptc7901/afp-cp1252.txt", "afp"),
        ("newsml-1/items.xml", "afp"),
        ("ninjs/wire-1.6.json", "la-presse-canadienne"),
        ("nitf/story.xml", "the-canadian-press"),
        ("page-text/wire-story.txt", "afp"),
    ],
)
def test_wire_of_any_format_is_recognised_by_the_rules_of_the_demonstration(demo_rules, outlet, sample, slug):
    for row in serializers.deserialize("python", demo_rules):
        row.save()
    import_paths([SAMPLES / sample], outlet)
    assert Article.objects.order_by("pk").first().source.slug == slug


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
