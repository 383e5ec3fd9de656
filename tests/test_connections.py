import socket

import pytest


def test_no_test_reaches_another_machine():
    with pytest.raises(AssertionError, match="connection"), socket.socket() as line:
        line.connect(("192.0.2.1", 80))
