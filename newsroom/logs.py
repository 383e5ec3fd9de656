import logging


class OneLineFormatter(logging.Formatter):
    """A traceback stays on its record's line, so that a record can be counted, sorted and found."""

    def format(self, record):
        return super().format(record).replace("\r", "\\r").replace("\n", "\\n")
