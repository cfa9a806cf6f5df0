"""Ports for servers that start a while after their port is chosen: each is given once, and no client gets it meanwhile."""

import os
import random
import socket
from collections.abc import Iterator

# Below what systems hand out for outgoing connections and for port 0; each of pytest's processes has a share.
FIRST, SHARE, SHARES = 10_000, 2_500, 8


def _ours() -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    start = FIRST + worker % SHARES * SHARE
    yield from random.sample(range(start, start + SHARE), SHARE)


_ports = _ours()


def free_port() -> int:
    for port in _ports:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise RuntimeError("all ports have been given")
