"""Ports for servers that are started here for a while.

A port that the kernel picks may be picked again for somebody else before our server listens on it. So these are drawn
from below the range that Linux and the BSDs give out by themselves, where two draws hardly ever meet.
"""

import random
import socket

HOST = "127.0.0.1"
LOWEST, HIGHEST = 12_000, 32_000


def free_port() -> int:
    """A port that nobody listens on just now."""
    return free_ports(1)


def free_ports(count: int) -> int:
    """The first of `count` neighbouring ports that nobody listens on."""
    # The system's generator: tests seed Python's own, and would all draw alike.
    draw = random.SystemRandom()
    while True:
        first = draw.randrange(LOWEST, HIGHEST)
        if all(is_free(port) for port in range(first, first + count)):
            return first


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    try:
        socket.create_server((HOST, port)).close()
    except OSError:
        return False
    return True
