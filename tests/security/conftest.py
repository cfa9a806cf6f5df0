"""Listeners that must never be reached, and servers that lead there."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from shared.settings import Settings

ORIGIN = "127.0.0.2"  # plays the public server; everything else is as forbidden as in the cloud
SETTINGS = Settings(platform="embedded", allow_networks=(f"{ORIGIN}/32",), ports=(), connect_seconds=3, page_seconds=10)


@dataclass
class Trap:
    """One port on every address of this machine, IPv4 and IPv6; whoever is accepted there is noted."""

    port: int
    accepted: list[object] = field(default_factory=list)

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted.append(writer.get_extra_info("sockname"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret")
        writer.close()


@pytest.fixture
async def trap() -> AsyncIterator[Trap]:
    v4 = socket.socket(socket.AF_INET)
    v4.bind(("0.0.0.0", 0))
    trap = Trap(v4.getsockname()[1])
    servers = [await asyncio.start_server(trap.accept, sock=v4)]
    if socket.has_ipv6:
        v6 = socket.socket(socket.AF_INET6)
        v6.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        v6.bind(("::", trap.port))
        servers.append(await asyncio.start_server(trap.accept, sock=v6))
    yield trap
    for server in servers:
        server.close()


@pytest.fixture
async def origin() -> AsyncIterator[Callable[[Callable[[web.Request], Awaitable[web.StreamResponse]]], Awaitable[str]]]:
    """Starts a handler as a server at ORIGIN and gives its base URL."""
    runners = []

    async def serve(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> str:
        runner = web.ServerRunner(web.Server(handler))
        runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, ORIGIN, 0)
        await site.start()
        return f"http://{ORIGIN}:{runner.addresses[0][1]}"

    yield serve
    for runner in runners:
        await runner.cleanup()
