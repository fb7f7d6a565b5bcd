"""A port for a process is none that the system gives to whoever connects meanwhile."""

import socket
from pathlib import Path

import pytest

from tests.ports import PORTS, free_port

GIVEN_OUT = Path("/proc/sys/net/ipv4/ip_local_port_range")


@pytest.mark.skipif(not GIVEN_OUT.exists(), reason="tells its range elsewhere")
def test_no_port_is_one_that_the_system_gives_out() -> None:
    low, high = map(int, GIVEN_OUT.read_text().split())
    assert not {low, high} & set(PORTS)
    assert all(port < low or port > high for port in (free_port() for _ in range(20)))


def test_a_port_that_is_listened_on_is_not_free() -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", free_port()))
        one.listen()
        taken = one.getsockname()[1]
        assert taken in PORTS
        assert taken not in {free_port() for _ in range(200)}
