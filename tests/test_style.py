"""Every colour can be read on every ground that it stands on (WCAG 2.2, 1.4.3)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from archive.models.outlet import Accent

SHEET = (Path(settings.BASE_DIR) / "archive/static/archive/style.css").read_text(encoding="utf-8")
LIGHT, _, DARK = SHEET.partition("@media (prefers-color-scheme: dark)")
DARK = DARK.partition("\n}\n")[0]


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def colour(part, name):
    return re.search(rf"--{name}: (#[0-9a-f]{{6}});", part)[1]


def accents(part):
    return dict(re.findall(r'\[data-accent="(\w+)"\] { --accent: (#[0-9a-f]{6}); }', part))


@pytest.mark.parametrize("part", [LIGHT, DARK], ids=["light", "dark"])
def test_every_accent_of_the_models_is_in_the_sheet(part):
    assert set(accents(part)) == set(Accent.values)


@pytest.mark.parametrize("ground", ["paper", "tint"])
@pytest.mark.parametrize("part", [LIGHT, DARK], ids=["light", "dark"])
def test_accents_can_be_read(part, ground):
    faint = {name: value for name, value in accents(part).items() if contrast(value, colour(part, ground)) < 4.5}
    assert faint == {}


@pytest.mark.parametrize("ink", ["ink", "quiet"])
@pytest.mark.parametrize("ground", ["paper", "tint"])
@pytest.mark.parametrize("part", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read(part, ground, ink):
    assert contrast(colour(part, ink), colour(part, ground)) >= 4.5
