"""The language of a tag, as migration 0013 told it from what is kept."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from archive.models import Tag
from tests.factories import make_article, make_outlet

pytestmark = pytest.mark.django_db
migration = import_module("archive.migrations.0013_tag_language")


def tagged(slug, *languages):
    tag = Tag.objects.create(slug=slug, name=slug.title())
    outlet = make_outlet()
    for language in languages:
        make_article(outlet=outlet, language=language).tags.add(tag)


def tell_languages():
    migration.tell_languages(apps, None)
    return dict(Tag.objects.values_list("slug", "language"))


def test_tag_whose_articles_agree_is_in_their_language():
    tagged("hiver", "fr", "fr", "fr", "fr", "fr")
    tagged("winter", "en")
    assert tell_languages() == {"hiver": "fr", "winter": "en"}


@pytest.mark.parametrize("languages", [(), ("fr", "en"), ("en", "fr", "fr", "fr"), ("fr", "fr", "fr", "en")])
def test_tag_of_which_it_is_not_certain_has_none(languages):
    tagged("culture", *languages)
    assert tell_languages() == {"culture": ""}


def test_tags_are_told_in_steps_whatever_they_stand_on(monkeypatch):
    monkeypatch.setattr(migration, "BATCH", 2)
    for number in range(5):
        tagged(f"hiver-{number}", *["fr"] * (number + 1))
    with CaptureQueriesContext(connection) as queries:
        told = tell_languages()
    assert set(told.values()) == {"fr"}
    # Three steps and one that finds no more, and one change in each step.
    assert len([each for each in queries if each["sql"].startswith(("SELECT", "UPDATE"))]) - 1 == 4 + 3
