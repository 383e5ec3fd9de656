import logging
import sys

from newsroom.logs import OneLineFormatter


def test_record_with_a_traceback_is_one_line():
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        record = logging.LogRecord("archive", logging.ERROR, __file__, 1, "broken", (), sys.exc_info())

    line = OneLineFormatter("{levelname} {message}", style="{").format(record)

    assert line.startswith("ERROR broken\\nTraceback")
    assert line.endswith("ValueError: first\\nsecond")
    assert len(line.splitlines()) == 1
