"""Connections to others' servers: each address is judged before it is dialled."""

import asyncio
import contextlib
import errno
import ipaddress
import re
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from functools import partial
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler

from shared.settings import Settings
from shared.web import heads
from shared.web.address import Address, allowed, is_local
from shared.web.decoding import ACCEPT_ENCODING

Resolve = Callable[
    [str], Awaitable[list[str]]
]  # a name to addresses, "10.0.0.1", "::1", or with a port to dial instead

KEPT_SECONDS = 3.0  # an idle connection: long enough for the run's next stage
KNOWN_SECONDS = 60  # what a name has been resolved to, and was judged
_HTTP = b"HTTP/"
_BLANK = re.compile(rb"[\r\n]+")
_INTERIM = re.compile(rb"HTTP/\S+[ \t]+1(?!01)\d\d\b")  # another answer follows, but for 101
MAX_LINE, MAX_FIELD, MAX_HEADERS = 16_384, 65_536, 256  # real sites send policies of more than 8 kB


class Refused(OSError):
    """The rule forbids this address; an OSError, since aiohttp goes on to the next address after those alone."""


refusals: ContextVar[list[Refused]] = ContextVar("refusals")


class Connections:
    """Of one policy, which is these settings': one that is used again was judged by it when it was made.

    `resolve` stands in for DNS and `trust` for the system's certificate authorities; what they say is judged the same.
    """

    def __init__(
        self, settings: Settings, *, resolve: Resolve | None = None, trust: ssl.SSLContext | None = None
    ) -> None:
        self.settings = settings
        self._resolver, self._trust = _Resolver(settings, resolve), trust
        self._sessions: dict[str, aiohttp.ClientSession] = {}

    def session(self, method: str) -> aiohttp.ClientSession:
        """Of GETs, which use connections again, or of what needs one of its own."""
        if method not in self._sessions:
            self._sessions[method] = self._open(keep=method == "GET")
        return self._sessions[method]

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()
        await self._resolver.close()

    def _open(self, *, keep: bool) -> aiohttp.ClientSession:
        settings = self.settings
        return aiohttp.ClientSession(
            connector=_Connector(
                resolver=self._resolver,
                socket_factory=self.socket_for,
                ttl_dns_cache=KNOWN_SECONDS,
                keepalive_timeout=KEPT_SECONDS if keep else None,
                limit=0,
                limit_per_host=settings.site_connections,
                force_close=not keep,
                ssl=self._trust or True,
            ),
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=settings.connect_seconds, sock_read=settings.idle_seconds
            ),
            headers={"User-Agent": settings.user_agent, "Accept-Encoding": ACCEPT_ENCODING},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            max_line_size=MAX_LINE,
            max_field_size=MAX_FIELD,
            max_headers=MAX_HEADERS,
        )

    def socket_for(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """The one place that sees every address before it is dialled, literals and redirects included."""
        family, kind, protocol, _, address = info
        ip, port, ports = ipaddress.ip_address(address[0]), int(address[1]), self.settings.ports
        scoped = len(address) == 4 and address[3] != 0
        if scoped or not allowed(ip, self.settings.allow_networks) or (ports and port not in ports):
            refusal = Refused(errno.EACCES, "not allowed")
            refusals.get([]).append(refusal)
            raise refusal
        return socket.socket(family, kind, protocol)


class _Resolver(AbstractResolver):
    """Judges all answers of a look-up before any is dialled: a name with one forbidden address is refused whole.

    aiohttp's resolver on c-ares: it reads /etc/hosts and resolv.conf as the system does, but a slow name server costs a
    future that can be cancelled, not one of getaddrinfo's few threads.
    """

    def __init__(self, settings: Settings, resolve: Resolve | None) -> None:
        self._settings, self._resolve = settings, resolve
        self._system: aiohttp.AsyncResolver | None = None

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        try:
            async with asyncio.timeout(self._settings.connect_seconds):
                answers = [_address(text, port) for text in await self._answers(host)]
        except TimeoutError:
            raise OSError(None, "the look-up took too long") from None
        except ValueError:
            raise Refused(errno.EACCES, "not an address") from None
        if not answers:
            raise OSError(None, "the name has no address")
        allowed_too = [(ip, n) for ip, n in answers if any(ip in net for net in self._settings.allow_networks)]
        if is_local(host):  # localhost may be ::1 as well, where only 127.0.0.0/8 is allowed
            answers = allowed_too
        if not answers or not all(allowed(ip, self._settings.allow_networks) for ip, _ in answers):
            raise Refused(errno.EACCES, "not allowed")
        return [
            ResolveResult(
                hostname=host,
                host=str(ip),
                port=number,
                family=socket.AF_INET if ip.version == 4 else socket.AF_INET6,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for ip, number in answers
        ]

    async def _answers(self, host: str) -> list[str]:
        hosts = self._settings.hosts
        if found := hosts.get(host) or hosts.get("*"):
            return [found]
        if self._resolve:
            return await self._resolve(host)
        if self._system is None:
            self._system = aiohttp.AsyncResolver()
        return [answer["host"] for answer in await self._system.resolve(host, 0, socket.AF_UNSPEC)]

    async def close(self) -> None:
        if self._system:
            await self._system.close()


def _address(text: str, port: int) -> tuple[Address, int]:
    """ "127.0.0.1", "::1", "127.0.0.1:8080", "[::1]:8080" with the port to dial, `port` where none is named."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(text), port
    host, _, number = text.rpartition(":")
    return ipaddress.ip_address(host.strip("[]")), int(number)


class _Protocol(ResponseHandler):
    """Reads a head whole, puts it right, and reads it before the body that came with it: aiohttp forgets an answer
    behind which there is more than its length says, as where characters were counted for bytes. Interim answers, each
    of which costs aiohttp as much as one that counts, are left out."""

    _head: bytearray | None = None  # so far; None within a body

    def set_response_params(self, **options: Any) -> None:
        """Called before each answer."""
        self._head = bytearray()
        super().set_response_params(**options)

    def data_received(self, data: bytes) -> None:
        if (held := self._head) is None:
            super().data_received(data)  # also b"", by which aiohttp goes on with what it holds
            return
        seen, at = max(len(held) - 3, 0), 0
        held += data
        while self._head is not None:
            if blank := _BLANK.match(held, at):
                at = blank.end()
            end = heads.END.search(held, max(at, seen))
            size = (end.end() if end else len(held)) - at
            if size > heads.MAX_BYTES or not held.startswith(_HTTP[:size], at):
                self._head = None  # for the parser to refuse
            elif end is None:
                del held[:at]
                self.start_timeout()  # the one between two pieces
                return
            elif _INTERIM.match(held, at):
                at += size
            else:
                self._head = None
                super().data_received(heads.put_right(bytes(held[at : at + size])))
                at += size
        if at < len(held):
            super().data_received(bytes(held[at:]))


class _Connector(aiohttp.TCPConnector):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        made: type[ResponseHandler] = _Protocol
        self._factory = partial(made, loop=self._loop)
