"""Every request that leaves Firmograph: pages, registers, webhooks."""

import asyncio
import contextlib
import errno
import ipaddress
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from multidict import CIMultiDictProxy
from yarl import URL

from shared.settings import Settings
from shared.web.address import Address, allowed, is_local, judge
from shared.web.address import FetchError as FetchError
from shared.web.decoding import ACCEPT_ENCODING, Decoder, DecodingError
from shared.web.urls import Url, parse

Resolve = Callable[
    [str], Awaitable[list[str]]
]  # a name to addresses, "10.0.0.1", "::1", or with a port to dial instead

Into = Callable[[bytes], Awaitable[bool]]

HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
REDIRECTS = (301, 302, 303, 307, 308)
KEPT_ACROSS_ORIGINS = ("accept", "accept-language")  # what else a caller sets may be a credential
POST_ANSWER_BYTES = 65_536
# OpenSSL's verification errors: 9 and 10 dates, 18 and 19 self-signed, 20 and 21 issuer, 23 revoked, 62 and 64 names.
CERTIFICATES = {
    9: "is not valid yet",
    10: "has expired",
    18: "is self-signed",
    19: "comes from an authority that is not trusted",
    20: "comes from an authority that is not known, or an intermediate certificate is missing",
    21: "comes from an authority that is not known, or an intermediate certificate is missing",
    23: "was revoked",
    62: "is for another host",
    64: "is for another host",
}
MAX_LINE, MAX_FIELD, MAX_HEADERS = 16_384, 65_536, 256  # real sites send policies of more than 8 kB


@dataclass(slots=True)
class Answer:
    url: str  # the final one
    status: int
    headers: CIMultiDictProxy[str]
    body: bytes  # decoded
    content_type: str  # lower case, without parameters; empty where the site names none
    charset: str | None  # of the Content-Type header
    truncated: bool  # the body ended early, or was cut or left unread as the caller asked
    milliseconds: int = 0
    redirects: list[str] = field(default_factory=list)  # the addresses that led here, in order


class Refused(OSError):
    """The rule forbids this address; an OSError, since aiohttp goes on to the next address after those alone."""


_refusals: ContextVar[list[Refused]] = ContextVar("refusals")


class Client:
    """One run's requests under one policy: connections, look-ups and the budget of bytes are its own. Made for a run
    and closed with it.

    `resolve` stands in for DNS and `trust` for the system's certificate authorities; what they say is judged the same.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        https_only: bool = False,
        resolve: Resolve | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.settings = settings
        self._https_only = https_only
        self._resolver, self._trust = _Resolver(settings, resolve), trust
        self._sessions: dict[str, aiohttp.ClientSession] = {}
        self._bytes_left = settings.run_bytes

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()
        await self._resolver.close()

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        accept: str = HTML,
        types: Collection[str] = (),
        max_bytes: int | None = None,
        truncate: bool = False,
        seconds: float | None = None,
        redirects: int | None = None,
        permit: Callable[[str], Awaitable[None]] | None = None,
        onward: Callable[[Answer], str | None] | None = None,
        into: Into | None = None,
    ) -> Answer:
        """Follows redirects, each judged; any status is an answer. Raises FetchError, and what `permit` raises, which
        is asked before each hop (robots.txt). `onward` names the address that an answer leads on to in another way
        (meta refresh). What breaks off before there is an answer is asked for once more, by aiohttp.

        A body of none of the content `types` is left unread. One of more than `max_bytes` after decompression is
        `too_large`, or cut with `truncate`. `seconds` is for all of it. One with HTTP 200 goes `into` what takes it,
        piece by piece, until that says that it has enough.
        """
        started = time.monotonic()
        limit = self.settings.page_bytes if max_bytes is None else max_bytes
        hops_allowed = self.settings.redirects if redirects is None else redirects
        hops: list[str] = []
        sent = {"Accept": accept, **(headers or {})}
        target = _parse(url)
        async with _deadline(seconds or self.settings.page_seconds):
            while True:
                if permit is not None:
                    await permit(str(target))
                answer = await self._once("GET", target, sent, limit, truncate, types, into=into)
                location = answer.headers.get("Location") if answer.status in REDIRECTS else None
                if location is None and (onward is None or (location := onward(answer)) is None):
                    break
                hops.append(str(target))
                following = _parse(location, str(target))
                if str(following) in hops:
                    raise FetchError("too_many_redirects", "The site redirects in a circle.")
                if len(hops) > hops_allowed:
                    raise FetchError("too_many_redirects", f"The site redirects more than {hops_allowed} times.")
                if following.origin != target.origin:
                    sent = {name: value for name, value in sent.items() if name.lower() in KEPT_ACROSS_ORIGINS}
                target = following
        answer.redirects = hops
        answer.milliseconds = round((time.monotonic() - started) * 1000)
        return answer

    async def post(self, url: str, *, body: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
        """Posts once, on a connection of its own (a kept one may be gone, and no post is repeated), and follows no
        redirect; the answer's body is cut at 64 kB."""
        started = time.monotonic()
        target = _parse(url)
        async with _deadline(seconds):
            answer = await self._once("POST", target, headers, POST_ANSWER_BYTES, True, data=body)
        answer.milliseconds = round((time.monotonic() - started) * 1000)
        return answer

    async def _once(
        self,
        method: str,
        target: Url,
        headers: Mapping[str, str],
        limit: int,
        truncate: bool,
        types: Collection[str] = (),
        data: bytes | None = None,
        into: Into | None = None,
    ) -> Answer:
        judge(target, self.settings, https_only=self._https_only)
        if self._bytes_left <= 0:
            raise FetchError("too_large", "The run's budget of bytes is spent.")
        if method not in self._sessions:
            self._sessions[method] = self._open(keep_connections=method == "GET")
        _refusals.set([])
        try:
            async with self._sessions[method].request(
                method, URL(str(target), encoded=True), headers=headers, data=data, allow_redirects=False
            ) as response:
                answer = Answer(
                    url=str(target),
                    status=response.status,
                    headers=response.headers,
                    body=b"",
                    content_type=_content_type(response.headers.get("Content-Type", "")),
                    charset=(response.charset or "").lower() or None,
                    truncated=False,
                )
                if method == "GET" and answer.status in REDIRECTS and "Location" in answer.headers:
                    return answer
                if types and answer.status == 200 and answer.content_type and answer.content_type not in types:
                    answer.truncated = True
                    return answer
                answer.body, answer.truncated = await self._read(
                    response, limit, truncate, into if answer.status == 200 else None
                )
                return answer
        except (aiohttp.ClientError, OSError) as error:
            raise self._explained(error) from error

    async def _read(
        self, response: aiohttp.ClientResponse, limit: int, truncate: bool, into: Into | None
    ) -> tuple[bytes, bool]:
        """The decoded body, as far as it went nowhere else, and whether it ended early. Both the bytes on the wire and
        the decoded ones count."""
        body, wired, decoded, counted = bytearray(), 0, 0, 0
        if not truncate and (response.content_length or 0) > limit:
            raise FetchError("too_large", f"The answer is larger than {limit} bytes.")
        _end_with_connection(response)
        try:
            decoder = Decoder(response.headers.get("Content-Encoding", ""))
            async for chunk in response.content.iter_any():
                wired += len(chunk)
                piece = decoder.feed(chunk, limit - decoded)
                decoded += len(piece)
                if into is None:
                    body += piece
                elif await into(piece):
                    return b"", True
                now = max(wired, decoded)
                self._bytes_left -= now - counted
                counted = now
                if self._bytes_left < 0:
                    raise FetchError("too_large", "The run's budget of bytes is spent.")
                if counted > limit:
                    if truncate:
                        return bytes(body[:limit]), True
                    raise FetchError("too_large", f"The answer is larger than {limit} bytes.")
        except (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError, DecodingError) as error:
            if isinstance(error, TimeoutError):
                raise
            if not decoded:
                raise FetchError("http_error", "The answer broke off or could not be decoded.") from error
            return bytes(body), True
        return bytes(body), not decoder.complete

    def _open(self, keep_connections: bool) -> aiohttp.ClientSession:
        settings = self.settings
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=self._resolver,
                socket_factory=self.socket_for,
                ttl_dns_cache=None,  # a name that was judged keeps its addresses for the Client's life
                limit_per_host=settings.site_connections,
                force_close=not keep_connections,
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
            _refusals.get([]).append(refusal)
            raise refusal
        return socket.socket(family, kind, protocol)

    def _explained(self, error: Exception) -> FetchError:
        """The code for what went wrong; reasons are our own words, since the library's name addresses."""
        cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else None
        if isinstance(cause, Refused) or _refusals.get():
            return FetchError("address_not_allowed", "The address leads to a network that is not public.")
        if isinstance(error, aiohttp.ClientConnectorDNSError):
            return FetchError("dns_failed", "The host name could not be resolved.")
        if isinstance(error, aiohttp.ClientConnectorCertificateError):
            code = getattr(error.certificate_error, "verify_code", 0)
            return FetchError("tls_failed", f"The site's certificate {CERTIFICATES.get(code, 'is not valid')}.")
        broken_handshake = isinstance(cause, ConnectionResetError)  # connecting itself is refused, never reset
        if broken_handshake or isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
            return FetchError("tls_failed", "No secure connection to the site could be made.")
        if isinstance(error, TimeoutError):
            return FetchError("timeout", "The site did not answer in time.")
        if isinstance(error, aiohttp.ClientConnectorError):
            refused = isinstance(cause, ConnectionRefusedError)
            return FetchError("unreachable", f"The site {'refuses connections' if refused else 'is not reachable'}.")
        if isinstance(error, aiohttp.ClientConnectionError | OSError):
            return FetchError("unreachable", "The site broke off the connection.")
        return FetchError("http_error", "The site's answer is not valid HTTP.")


def _end_with_connection(response: aiohttp.ClientResponse) -> None:
    """aiohttp closes the connection over a malformed chunk without telling the body's reader, who would wait on."""
    content, connection = response.content, response.connection
    closed = connection.protocol.closed if connection is not None and connection.protocol is not None else None

    def end(ended: asyncio.Future[None]) -> None:
        if not ended.cancelled():
            ended.exception()  # so that it counts as seen
        if not content.is_eof() and content.exception() is None:
            content.set_exception(aiohttp.ClientPayloadError("the connection is closed"))

    if closed is not None:
        closed.add_done_callback(end)


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


def _content_type(header: str) -> str:
    """Without parameters, in lower case; what is not ASCII is no type, and no text that could be stored."""
    return header.split(";")[0].split(",")[0].strip().lower().encode("ascii", "replace").decode()


def _parse(url: str, base: str = "") -> Url:
    try:
        return parse(url, base)
    except ValueError as error:
        where = "The site redirects to what is no web address: " if base else ""
        raise FetchError("invalid_address", f"{where}{error}.") from None


@contextlib.asynccontextmanager
async def _deadline(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise FetchError("timeout", "The site did not answer in time.") from None
