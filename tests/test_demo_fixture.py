"""The demonstration archive is whole: it loads, it is true to the models, and it shows every kind that they know."""

import re
from collections import Counter
from pathlib import Path

import yaml
from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.management import call_command

from archive.keys import derived_key
from archive.models import (
    Article,
    Byline,
    ClosureNotice,
    Correction,
    Image,
    InfoPage,
    Listing,
    OldAddress,
    Outlet,
    Selection,
    Source,
    Tally,
    Withdrawal,
    Word,
)

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
ROWS = yaml.safe_load((FIXTURES / "demo.yaml").read_text(encoding="utf-8"))
ARTICLES = [row["fields"] for row in ROWS if row["model"] == "archive.article"]


def everything():
    """All rows but those that follow from others."""
    return [
        row
        for model in apps.get_app_config("archive").get_models()
        if model not in (Listing, Tally, Word)
        for row in model._default_manager.order_by("pk").select_related()
    ]


def test_no_row_carries_a_number():
    assert [row for row in ROWS if "pk" in row] == []


def test_every_row_is_loaded(demo):
    assert Counter(row["model"] for row in ROWS) == Counter(row._meta.label_lower for row in everything())


def test_every_row_is_valid(demo):
    for row in everything():
        row.full_clean()


def test_loading_again_changes_nothing(demo):
    before = serializers.serialize("json", everything(), use_natural_foreign_keys=True)
    call_command("loaddata", "demo", verbosity=0)
    assert serializers.serialize("json", everything(), use_natural_foreign_keys=True) == before


def test_archive_can_be_written_out_and_loaded_again(demo, tmp_path):
    options = {"use_natural_foreign_keys": True, "use_natural_primary_keys": True, "verbosity": 0}
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    call_command("dumpdata", "archive", output=str(first), **options)
    call_command("loaddata", str(first), verbosity=0)
    call_command("dumpdata", "archive", output=str(second), **options)
    assert first.read_text() == second.read_text()


def test_keys_follow_from_the_source_ids():
    wrong = [
        fields["key"]
        for fields in ARTICLES
        if fields.get("original_id") and fields["key"] != derived_key(fields["outlet"][0], fields["original_id"])
    ]
    assert wrong == []


def test_articles_are_of_150_to_600_words():
    lengths = {
        fields["key"]: len(re.findall(r"\S*\w\S*", re.sub(r"<[^>]*>", " ", fields["body_received"])))
        for fields in ARTICLES
    }
    assert {key: length for key, length in lengths.items() if not 150 <= length <= 600} == {}


def test_text_as_received_is_safe_as_it_stands(demo):
    assert [article.key for article in Article.objects.all() if article.body != article.body_received] == []


def test_every_picture_is_there_in_its_stated_size(demo):
    import PIL.Image

    for image in Image.objects.exclude(file=""):
        with PIL.Image.open(image.file.path) as picture:
            assert picture.size == (image.width, image.height), image.file.name


def test_it_shows_every_kind_that_the_models_know(demo):
    kinds = {
        "languages of an outlet": set(Outlet.objects.values_list("language", flat=True)) == {"fr", "en"},
        "network and edition": Outlet.objects.filter(parent__isnull=False).exists(),
        "closed on 2021-03-09": {str(outlet.closed_on) for outlet in Outlet.objects.all()} == {"2021-03-09"},
        "placements": set(ClosureNotice.objects.values_list("placement", "language"))
        >= {("banner", "fr"), ("footer", "fr"), ("banner", "en"), ("footer", "en")},
        "info pages": set(InfoPage.objects.values_list("kind", flat=True)) >= {"faq", "about", "policy"},
        "sources": set(Source.objects.values_list("kind", flat=True)) == set(Source.Kind.values),
        "forty articles": Article.objects.count() >= 40,
        "years": {2011, 2021}
        <= {order // 100_000_000 for order in Article.objects.values_list("published_order", flat=True)},
        "precisions": set(Article.objects.values_list("published_precision", flat=True))
        == {"minute", "day", "month", "year", "unknown"},
        "a held-back article": Article.objects.filter(held_back=True).exists(),
        "an article not to be indexed": Article.objects.filter(indexable=False).exists(),
        "two bylines": Article.objects.filter(bylines__number=1, bylines__role="text")
        .filter(pk__in=Byline.objects.filter(number=2, role="text").values("article"))
        .exists(),
        "no byline": Article.objects.filter(bylines=None).exists(),
        "a gallery": Image.objects.filter(number=3, withheld="").exists(),
        "pictures that may not be shown": set(Image.objects.values_list("withheld", flat=True))
        >= {"rights", "not-rescued"},
        "a selection of each outlet": set(Selection.objects.values_list("outlet", flat=True))
        == set(Outlet.objects.values_list("pk", flat=True)),
        "corrections": set(Correction.objects.values_list("kind", flat=True)) == set(Correction.Kind.values),
        "withdrawals": set(Withdrawal.objects.filter(reinstated_on=None).values_list("status_code", flat=True))
        == {410, 451},
        "a reinstated article": Withdrawal.objects.filter(reinstated_on__isnull=False).exists(),
        "a hidden headline": Withdrawal.objects.filter(show_headline=False).exists(),
        "several old addresses": Counter(OldAddress.objects.values_list("article", flat=True)).most_common(1)[0][1]
        >= 3,
        "a sign-off": Article.objects.filter(sign_off="ddl/gde/are").exists(),
        "a text in another language than its outlet's": Article.objects.filter(
            outlet__language="fr", language="en"
        ).exists(),
        "an article and its version in another language": Article.objects.filter(
            language="en", version_of__language="fr"
        ).exists(),
    }
    assert [kind for kind, shown in kinds.items() if not shown] == []
