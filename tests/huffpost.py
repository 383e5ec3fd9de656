"""The outlets of the demonstration archive with the hosts and forms of their old addresses, without any article."""

from functools import cache

import yaml
from django.conf import settings
from django.core import serializers

from archive.models import Outlet

OF_ADDRESSES = ("archive.outlet", "archive.oldhost", "archive.addresspattern")


@cache
def rows():
    text = (settings.BASE_DIR / "fixtures" / "demo.yaml").read_text(encoding="utf-8")
    return [row for row in yaml.load(text, yaml.CSafeLoader) if row["model"] in OF_ADDRESSES]


def load_huffpost():
    """(HuffPost Canada, HuffPost Québec)"""
    for each in serializers.deserialize("python", rows()):
        each.save()
    return Outlet.objects.get(slug="huffpost-canada"), Outlet.objects.get(slug="huffpost-quebec")
