import pytest

from archive.models import SourceRule
from tests.factories import make_article, make_source

pytestmark = pytest.mark.django_db


def source_form(source, **rule):
    row = {"id": "", "source": source.pk, "evidence": "dateline", "pattern": "AFP", "order": 100} | rule
    return {
        "name": source.name,
        "slug": source.slug,
        "kind": source.kind,
        "rules-TOTAL_FORMS": 1,
        "rules-INITIAL_FORMS": 0,
        **{f"rules-0-{name}": value for name, value in row.items()},
    }


def test_rule_is_written_on_its_sources_page(staff):
    source = make_source()
    staff.post(f"/admin/archive/source/{source.pk}/change/", source_form(source))
    assert SourceRule.objects.get().source == source


def test_expression_that_could_run_for_ever_is_refused_with_the_reason(staff):
    source = make_source()
    page = staff.post(f"/admin/archive/source/{source.pk}/change/", source_form(source, pattern="^(a+)+$"))
    assert "A group may be optional (?), and not repeated." in page.content.decode()
    assert not SourceRule.objects.exists()


def test_article_tells_the_rule_that_recognised_its_source(staff):
    source = make_source()
    article = make_article(source=source, source_rule=source.rules.create(evidence="dateline", pattern="AFP"))
    page = staff.get(f"/admin/archive/article/{article.pk}/change/").content.decode()
    assert "dateline: AFP" in page


def test_articles_without_a_source_can_be_listed(staff):
    make_article(headline="By somebody", source=make_source())
    make_article(headline="By nobody known")
    page = staff.get("/admin/archive/article/?source__isnull=True").content.decode()
    assert "By nobody known" in page
    assert "By somebody" not in page
