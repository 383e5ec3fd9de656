"""What is installed is what pyproject.toml asks for, exactly and whole."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME = PROJECT["dependencies"]
DEV = [*RUNTIME, *PROJECT["optional-dependencies"]["dev"]]


def pins(name):
    """Each distribution's exact version, and how many hashes it has."""
    found = {}
    for entry in (ROOT / name).read_text(encoding="utf-8").replace("\\\n", "").splitlines():
        requirement = Requirement(entry.partition("--hash=")[0])
        [specifier] = requirement.specifier
        assert specifier.operator == "=="
        found[canonicalize_name(requirement.name)] = (specifier.version, entry.count("--hash=sha256:"))
    return found


@pytest.mark.parametrize(("name", "asked"), [("requirements.txt", RUNTIME), ("requirements-dev.txt", DEV)])
def test_what_is_asked_for_is_pinned_in_its_range(name, asked):
    pinned = pins(name)

    for requirement in map(Requirement, asked):
        version, _hashes = pinned.get(canonicalize_name(requirement.name), (None, 0))
        assert version, f"{requirement.name} is not in {name}; renew it with: make requirements"
        assert requirement.specifier.contains(version), f"{name} has {requirement.name} {version}"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_has_hashes(name):
    assert [pin for pin, (_version, hashes) in pins(name).items() if not hashes] == []


def test_tests_run_on_the_versions_that_serve():
    served, tested = pins("requirements.txt"), pins("requirements-dev.txt")

    assert served.items() <= tested.items()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "tests/judges/package-lock.json"])
def test_no_address_is_downloaded_from_by_name(name):
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")
