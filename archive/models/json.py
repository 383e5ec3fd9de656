from django.db import models


class UncheckedJSONField(models.JSONField):
    """Without json_valid() in the table: with trusted_schema off, an older SQLite refuses a function in a schema."""

    def db_check(self, connection):
        return None
