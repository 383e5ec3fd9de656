"""The store of the database in use."""

from django.db import connection

from . import postgresql, sqlite


def store(vendor=None):
    return postgresql if (vendor or connection.vendor) == "postgresql" else sqlite
