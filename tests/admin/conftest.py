import pytest


@pytest.fixture
def staff(db):
    """An archivist's browser."""
    return _browser_of("marie")


@pytest.fixture
def colleague(db):
    return _browser_of("paul")


def _browser_of(name):
    # Not at the top: the settings are not read yet when this file is.
    from .people import browser_of, make_archivist

    return browser_of(make_archivist(name))
