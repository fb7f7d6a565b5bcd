"""Ports for servers that a test starts in other processes, which cannot be handed a socket."""

import secrets
import socket

# Below those that systems give out by themselves (32768 or 49152 on): one from among these may be
# given to any connection between the look and the server's start.
PORTS = range(15_000, 32_000)


def free_port() -> int:
    """A port that nobody listens on now, and that nobody is given."""
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
