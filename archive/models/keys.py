"""What every model has in common: a natural key, so that no fixture or export carries a row's number."""

from django.db import models


class NaturalKeyManager(models.Manager):
    """Finds a row by the fields that its model names in `NATURAL_KEY`, parents first."""

    def get_by_natural_key(self, *values):
        return self.get(**dict(zip(self.model.NATURAL_KEY, values, strict=True)))


class NaturalKeyModel(models.Model):
    # Look-ups from this model, in order: ("outlet__slug", "slug").
    NATURAL_KEY: tuple[str, ...] = ()

    objects = NaturalKeyManager()

    class Meta:
        abstract = True

    def natural_key(self):
        return tuple(self._follow(path) for path in self.NATURAL_KEY)

    def _follow(self, path):
        value = self
        for name in path.split("__"):
            value = getattr(value, name)
        return value
