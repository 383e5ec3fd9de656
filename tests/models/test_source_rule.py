import time

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from archive.models import SourceRule
from archive.models.rights import LONGEST_EVIDENCE
from tests.factories import make_article, make_source


def rule(pattern, evidence="dateline"):
    return SourceRule(pattern=pattern, evidence=evidence)


@pytest.mark.parametrize(
    "text", ["La Presse canadienne", "OTTAWA (la presse  canadienne) —", "Marie Roy, La Presse Canadienne"]
)
def test_words_are_found_whole_and_in_any_case(text):
    assert rule("La Presse canadienne", "byline").fits(text)


@pytest.mark.parametrize("text", ["CPAC", "Le NCP", ""])
def test_words_within_words_are_not_found(text):
    assert not rule("CP").fits(text)


def test_provider_code_must_be_the_same():
    assert rule("AFP", "provider").fits("afp")
    assert not rule("AFP", "provider").fits("AFP Relaxnews")


def test_expression_tells_capitals_from_small_letters():
    assert rule(r"^[^()]+\(AFP\)").fits("PARIS (AFP) –")
    assert not rule(r"^[^()]+\(AFP\)").fits("PARIS (afp) –")


def test_expression_is_laid_on_from_the_beginning():
    assert not rule("^AFP").fits("PARIS (AFP) –")


@pytest.mark.parametrize(
    "pattern",
    [
        "^(unclosed",
        "^(a+)+$",
        "^(a|a)*$",
        "^(?:a{1,9}){2}",
        "^.*.*.*x",
        r"^(a)\1",
        "^(?=a)b",
        "^(?P<name>a)",
        "^" + "a?" * 30,
        "^a{99999999999999}",
        "–",
    ],
)
def test_pattern_that_can_not_be_trusted_is_refused(pattern):
    with pytest.raises(ValidationError):
        rule(pattern).clean_fields(exclude=["source"])


def test_pattern_that_is_too_long_is_refused():
    with pytest.raises(ValidationError):
        rule("a" * 201).clean_fields(exclude=["source"])


@pytest.mark.parametrize("pattern", ["AFP", "^[a-z]{2,4}/[a-z]{2,4}$", r"^[^()]+\((?:CP|PC)\)", "^[]*+a]x", r"^\(\*\)"])
def test_plain_pattern_is_fine(pattern):
    rule(pattern).clean_fields(exclude=["source"])


@pytest.mark.parametrize("pattern", ["^.*.*x", "^a*?a*?x", "^(?:a|.)?(?:a|.)?(?:a|.)?a*.*x"])
def test_no_pattern_takes_long(pattern):
    begun = time.monotonic()
    assert not rule(pattern).fits("a" * 100_000)
    assert time.monotonic() - begun < 1


def test_only_the_beginning_of_evidence_is_looked_at():
    assert not rule("AFP").fits("x" * LONGEST_EVIDENCE + " AFP")


@pytest.mark.django_db
def test_rules_are_asked_in_their_order_whatever_their_numbers():
    late, early = make_source(slug="a"), make_source(slug="b")
    SourceRule.objects.create(source=late, evidence="byline", pattern="x", order=20)
    SourceRule.objects.create(source=early, evidence="byline", pattern="x", order=10)
    assert [each.source for each in SourceRule.objects.all()] == [early, late]


@pytest.mark.django_db
def test_article_whose_source_was_changed_by_hand_names_no_rule():
    source = make_source()
    article = make_article(source=source, source_rule=source.rules.create(evidence="byline", pattern="x"))
    assert article.source_rule
    article.source = make_source()
    article.save()
    article.refresh_from_db()
    assert article.source_rule is None


@pytest.mark.django_db
def test_article_stays_when_its_rule_goes():
    source = make_source()
    article = make_article(source=source, source_rule=source.rules.create(evidence="byline", pattern="x"))
    source.rules.all().delete()
    article.refresh_from_db()
    assert (article.source, article.source_rule) == (source, None)


@pytest.mark.django_db
def test_rules_go_by_their_natural_keys(tmp_path):
    source = make_source(slug="afp")
    made = source.rules.create(evidence="dateline", pattern="AFP")
    assert SourceRule.objects.get_by_natural_key("afp", "dateline", "AFP") == made
    call_command(
        "dumpdata", "archive.sourcerule", natural_foreign=True, natural_primary=True, output=tmp_path / "r.json"
    )
    assert '"pk"' not in (tmp_path / "r.json").read_text()
