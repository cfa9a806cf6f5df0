"""Every request that leaves Firmograph: pages, registers, webhooks."""

import asyncio
import contextlib
import re
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Self

import aiohttp
from multidict import CIMultiDictProxy
from yarl import URL

from shared.settings import Settings
from shared.web.address import FetchError as FetchError
from shared.web.address import judge
from shared.web.connections import Connections, Refused, Resolve, refusals
from shared.web.decoding import Decoder, DecodingError
from shared.web.urls import Url, parse

Into = Callable[[bytes], Awaitable[bool]]

HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
REDIRECTS = (301, 302, 303, 307, 308)
KEPT_ACROSS_ORIGINS = ("accept", "accept-language")  # what else a caller sets may be a credential
POST_ANSWER_BYTES = 65_536
MAX_COOKIES = 20
_COOKIE = re.compile(r"[\x21-\x3a\x3c-\x7e]{1,4096}")
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


class Client:
    """One run's requests under one policy, and its budget of bytes, made for a run. `connections`
    may be those of others that have the same policy; else it has its own, which `resolve` and `trust` are for."""

    def __init__(
        self,
        settings: Settings,
        *,
        connections: Connections | None = None,
        https_only: bool = False,
        resolve: Resolve | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.settings = settings
        self._https_only = https_only
        self._connections = connections or Connections(settings, resolve=resolve, trust=trust)
        self._owns_them = connections is None
        self._bytes_left = settings.run_bytes

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        if self._owns_them:
            await self._connections.close()

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
        (meta refresh). What breaks off before there is an answer is asked for once more, by aiohttp. A cookie that is
        set with a redirect is sent with those after it on the same origin, and then forgotten.

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
        cookies: dict[str, str] = {}
        asked = {(str(target), sent.get("Cookie", ""))}
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
                if following.origin != target.origin:
                    sent = {name: value for name, value in sent.items() if name.lower() in KEPT_ACROSS_ORIGINS}
                    cookies.clear()
                elif set_here := _cookies(answer.headers.getall("Set-Cookie", ())):
                    cookies = dict(islice({**cookies, **set_here}.items(), MAX_COOKIES))
                    sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
                if (asking := (str(following), sent.get("Cookie", ""))) in asked:
                    raise FetchError("too_many_redirects", "The site redirects in a circle.")
                if len(hops) > hops_allowed:
                    raise FetchError("too_many_redirects", f"The site redirects more than {hops_allowed} times.")
                asked.add(asking)
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
        refusals.set([])
        try:
            async with self._connections.session(method).request(
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
        body, wired, decoded, counted = list[bytes](), 0, 0, 0  # joined without a copy where it came in one piece
        if not truncate and (response.content_length or 0) > limit:
            raise FetchError("too_large", f"The answer is larger than {limit} bytes.")
        _end_with_connection(response)
        try:
            codings = (response.headers.getall(name, ()) for name in ("Content-Encoding", "Transfer-Encoding"))
            decoder = Decoder(",".join(chain.from_iterable(codings)))  # in the order in which they were applied
            async for chunk in response.content.iter_any():
                wired += len(chunk)
                piece = decoder.feed(chunk, limit - decoded)
                decoded += len(piece)
                if into is None:
                    body.append(piece)
                elif await into(piece):
                    return b"", True
                now = max(wired, decoded)
                self._bytes_left -= now - counted
                counted = now
                if self._bytes_left < 0:
                    raise FetchError("too_large", "The run's budget of bytes is spent.")
                if counted > limit:
                    if truncate:
                        return b"".join(body)[:limit], True
                    raise FetchError("too_large", f"The answer is larger than {limit} bytes.")
        except (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError, DecodingError) as error:
            if isinstance(error, TimeoutError):
                raise
            if not decoded:
                raise FetchError("http_error", "The answer broke off or could not be decoded.") from error
            return b"".join(body), True
        return b"".join(body), not decoder.complete

    def _explained(self, error: Exception) -> FetchError:
        """The code for what went wrong; reasons are our own words, since the library's name addresses."""
        cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else None
        if isinstance(cause, Refused) or refusals.get():
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


def _cookies(headers: Iterable[str]) -> dict[str, str]:
    """Few and short ones, by name, as they can be sent back."""
    pairs = (header.partition(";")[0].partition("=") for header in islice(headers, MAX_COOKIES))
    found = {name.strip(): value.strip() for name, _, value in pairs}
    return {name: value for name, value in found.items() if name and _COOKIE.fullmatch(f"{name}={value}")}


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
