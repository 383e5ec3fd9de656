"""Imports point down only: what serves knows what it serves, and never the other way round."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# From the top down; a name stands for the module and all that is in it, and the longest name decides.
LEVELS = [
    {
        "archive.admin",
        "archive.api",
        "archive.apps",
        "archive.context_processors",
        "archive.feeds",
        "archive.management",
        "archive.metadata",
        "archive.middleware",
        "archive.robots",
        "archive.sitemaps",
        "archive.templatetags",
        "archive.urls",
        "archive.views",
    },
    {
        "archive.beside",
        "archive.care",
        "archive.exporters",
        "archive.freeze",
        "archive.history",
        "archive.importers.saving",
        "archive.jobs",
        "archive.trials",
        "archive.upkeep",
        "archive.uploads",
    },
    {"archive.search"},
    {"archive.models"},
    {
        "archive.address_patterns",
        "archive.addresses",
        "archive.charts",
        "archive.citing",
        "archive.dates",
        "archive.differences",
        "archive.boxes",
        "archive.embeds",
        "archive.fingerprints",
        "archive.importers",
        "archive.keys",
        "archive.manifest",
        "archive.markup",
        "archive.pictures",
        "archive.players",
        "archive.sanitize",
        "archive.search.analysis",
        "archive.search.matching",
        "archive.search.parts",
        "archive.search.passages",
        "archive.search.query",
        "archive.search.scoring",
        "archive.typography",
        "archive.wording",
    },
]
PURE = len(LEVELS) - 1


def level(module):
    """How deep a module of the archive lies, or None for one that nobody has placed."""
    while module:
        for depth, names in enumerate(LEVELS):
            if module in names:
                return depth
        module = module.rpartition(".")[0]
    return None


def imports(source, module, *, is_package=False):
    """The modules that a module's source names, anywhere in it; a relative name is made absolute."""
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            if node.level:
                parts = package.split(".")
                base = ".".join(parts[: len(parts) - node.level + 1])
                origin = f"{base}.{origin}" if origin else base
            # "from archive import care" names a module, "from archive.care import correct" a thing in one.
            for alias in node.names:
                yield f"{origin}.{alias.name}"


def upward(source, module, *, is_package=False):
    """The imports that break the rule."""
    own = level(module)
    for name in imports(source, module, is_package=is_package):
        if name.split(".")[0] == "newsroom":
            yield name
        elif name.split(".")[0] == "archive":
            depth = level(name)
            if depth is not None and depth < own:
                yield name
        elif own == PURE and name.split(".")[0] == "django" and not name.startswith("django.utils."):
            yield name


def modules():
    for path in sorted((ROOT / "archive").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        if name != "archive" and not name.startswith("archive.migrations"):
            yield pytest.param(path, name, is_package, id=name)


@pytest.mark.parametrize(("path", "module", "is_package"), list(modules()))
def test_module_has_a_place_and_imports_point_down(path, module, is_package):
    assert level(module) is not None, f"{module} has no place in LEVELS"
    assert list(upward(path.read_text(encoding="utf-8"), module, is_package=is_package)) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("archive.models.article", "from archive.care import correct"),
        ("archive.models.article", "from archive import care"),
        ("archive.models.article", "from .. import care"),
        ("archive.models.article", "from ..search.sqlite import Store"),
        ("archive.models.article", "import archive.views.article"),
        ("archive.care", "def late():\n    from .admin import site"),
        ("archive.search.sqlite", "from ..importers.saving import save"),
        ("archive.importers.page_text", "from ..models import Article"),
        ("archive.importers.page_text", "from .saving import save"),
        ("archive.addresses", "from django.db import models"),
        ("archive.views.article", "from newsroom.settings import DEBUG"),
    ],
)
def test_import_that_points_up_is_seen(module, source):
    assert list(upward(source, module))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("archive.views.article", "from ..models import Article"),
        ("archive.care", "from .importers.saving import save"),
        ("archive.search.sqlite", "from .analysis import terms"),
        ("archive.importers.saving", "from ..models import Article\nfrom .base import ImportReport"),
        ("archive.addresses", "from urllib.parse import urlsplit\nfrom django.utils.text import slugify"),
    ],
)
def test_import_that_points_down_is_fine(module, source):
    assert list(upward(source, module)) == []
