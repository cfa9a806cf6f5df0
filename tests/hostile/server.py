"""A server that misbehaves in every way it can, each way under a path of its own; raw sockets, so that nothing is put
right on the way."""

import asyncio
import contextlib
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import brotli
from backports import zstd

from tests.ports import free_port

Behaviour = Callable[["Request"], Awaitable[None]]
BEHAVIOURS: dict[str, Behaviour] = {}
PAGE = (
    "<!doctype html><html lang=en><head><title>Hollin Tools</title></head><body><h1>About Hollin Tools</h1><p>We make bone"
    " folders and presses for bookbinders. Write to <a href='mailto:hello@hollin-tools.com'>hello@hollin-tools.com</a>.</p>"
)
HOME = PAGE + "<nav><a href='/about'>About</a> <a href='/contact'>Contact</a></nav>"
PRIVATE = "http://10.0.0.1/"
DRIP_SECONDS = 0.01


@dataclass
class Request:
    path: str
    writer: asyncio.StreamWriter
    server: "Hostile"

    async def send(self, *pieces: bytes | str) -> None:
        for piece in pieces:
            self.writer.write(piece.encode() if isinstance(piece, str) else piece)
            await self.writer.drain()

    async def head(self, *lines: str, status: str = "200 OK") -> None:
        await self.send("\r\n".join([f"HTTP/1.1 {status}", *lines]) + "\r\n\r\n")

    async def page(self, body: bytes | str = PAGE, *lines: str, status: str = "200 OK") -> None:
        sent = body.encode() if isinstance(body, str) else body
        await self.head("Content-Type: text/html", f"Content-Length: {len(sent)}", *lines, status=status)
        await self.send(sent)

    async def redirect(self, to: str) -> None:
        await self.head(f"Location: {to}", "Content-Length: 0", status="302 Found")

    async def chunk(self, piece: bytes | str) -> None:
        sent = piece.encode() if isinstance(piece, str) else piece
        await self.send(f"{len(sent):x}\r\n", sent, "\r\n")

    def close(self) -> None:
        self.writer.close()

    def reset(self) -> None:
        self.writer.transport.abort()


@dataclass
class Hostile:
    """`pages` says which behaviour answers a path, the path's own name otherwise; `asked` is every path asked for."""

    pages: dict[str, str] = field(default_factory=dict)
    elsewhere: str = ""  # another host of the test's, for whoever redirects
    port: int = 0
    asked: list[str] = field(default_factory=list)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            while (first := await reader.readexactly(1)) != b"\x16":  # which opens TLS
                head = first + await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode()
                self.asked.append(path)
                name = self.pages.get(path, path[1:])
                await BEHAVIOURS.get(name, BEHAVIOURS["not_found"])(Request(path, writer, self))
        writer.close()


@contextlib.asynccontextmanager
async def hostile(
    pages: dict[str, str] | None = None,
    *,
    host: str = "127.0.0.1",
    tls: ssl.SSLContext | None = None,
    elsewhere: str = "",
) -> AsyncIterator[Hostile]:
    server = Hostile({"/robots.txt": "not_found", **(pages or {})}, elsewhere)
    server.port = free_port()  # no other company has ever been there, of which the product may have a profile
    listener = await asyncio.start_server(server.connected, host, server.port, ssl=tls)
    yield server
    listener.close()


@contextlib.asynccontextmanager
async def tls_without_goodbye(context: ssl.SSLContext) -> AsyncIterator[int]:
    """The port of a server whose sockets end below TLS: what it says has no length, and no close_notify behind it."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        session = context.wrap_bio(incoming, outgoing, server_side=True)

        async def until_done(action: Callable[[], Any]) -> Any:
            while True:
                try:
                    return action()
                except ssl.SSLWantReadError:
                    writer.write(outgoing.read())
                    incoming.write(await reader.read(65_536))

        await until_done(session.do_handshake)
        asked = await until_done(lambda: session.read(65_536))
        status = "404 Not Found" if b"/robots.txt" in asked else "200 OK"
        session.write(f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n\r\n{PAGE}".encode())
        writer.write(outgoing.read())
        writer.close()

    listener = await asyncio.start_server(connected, "127.0.0.1", 0)
    yield listener.sockets[0].getsockname()[1]
    listener.close()


def behaviour(function: Behaviour) -> Behaviour:
    BEHAVIOURS[function.__name__] = function
    return function


async def drip(request: Request, text: str) -> None:
    while not request.writer.is_closing():
        await request.send(text)
        await asyncio.sleep(DRIP_SECONDS)


# ------------------------------------------------------------------ well behaved


@behaviour
async def good(request: Request) -> None:
    await request.page()


@behaviour
async def home(request: Request) -> None:
    await request.page(HOME)


@behaviour
async def not_found(request: Request) -> None:
    await request.page("<html><body>Not found</body></html>", status="404 Not Found")


@behaviour
async def continue_100(request: Request) -> None:
    await request.send("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
    await request.page()


# ------------------------------------------------------------------ slow


@behaviour
async def silent(request: Request) -> None:
    await asyncio.Event().wait()


@behaviour
async def slow_header(request: Request) -> None:
    await request.send("HTTP/1.1 200 OK\r\nX-Slow: ")
    await drip(request, "x")


@behaviour
async def dripping_body(request: Request) -> None:
    await request.head("Content-Type: text/html")
    await drip(request, "x")


@behaviour
async def endless_interim(request: Request) -> None:
    await drip(request, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")


@behaviour
async def stalled_body(request: Request) -> None:
    await request.head("Content-Type: text/html", "Content-Length: 100000")
    await request.send(PAGE)
    await asyncio.Event().wait()


# ------------------------------------------------------------------ large


@behaviour
async def endless_body(request: Request) -> None:
    await request.head("Content-Type: text/html")
    while not request.writer.is_closing():
        await request.send(b"<p>And on it goes. " * 4000)


def zeros(coding: str) -> Iterator[bytes]:
    """10 GB of zeros in that coding, made as they are taken: 10 MB of gzip."""
    million = bytes(1_000_000)
    gz, br, zs = zlib.compressobj(wbits=31), brotli.Compressor(quality=1), zstd.ZstdCompressor()
    for _ in range(10_000):
        if coding == "gzip":
            yield gz.compress(million) + gz.flush(zlib.Z_SYNC_FLUSH)
        elif coding == "br":
            yield br.process(million) + br.flush()
        else:
            yield zs.compress(million, zstd.ZstdCompressor.FLUSH_BLOCK)


async def bomb(request: Request, coding: str) -> None:
    await request.head("Content-Type: text/html", f"Content-Encoding: {coding}", "Transfer-Encoding: chunked")
    for piece in zeros(coding):
        await request.chunk(piece)
        await asyncio.sleep(0)  # the client's turn


@behaviour
async def bomb_gzip(request: Request) -> None:
    await bomb(request, "gzip")


@behaviour
async def bomb_br(request: Request) -> None:
    await bomb(request, "br")


@behaviour
async def bomb_zstd(request: Request) -> None:
    await bomb(request, "zstd")


@behaviour
async def header_of_1_mb(request: Request) -> None:
    await request.page(PAGE, "X-Large: " + "a" * 1_000_000)


@behaviour
async def cookies_10_000(request: Request) -> None:
    await request.page(PAGE, *(f"Set-Cookie: c{n}=1; Path=/" for n in range(10_000)))


@behaviour
async def page_of_5_mb(request: Request) -> None:
    line = "<p>We have made the same bone folder since the beginning, number {} of its kind.</p>"
    body = PAGE + "".join(line.format(n) for n in range(58_000))
    await request.page(body[:4_999_000])


@behaviour
async def page_above_5_mb(request: Request) -> None:
    await request.page(PAGE + "x" * 5_000_000)


@behaviour
async def million_nested_tags(request: Request) -> None:
    await request.page(PAGE + "<i>" * 1_000_000)


@behaviour
async def links_100_000(request: Request) -> None:
    await request.page(HOME + "".join(f"<a href='/about/{n:x}'>About {n}</a>" for n in range(100_000)))


@behaviour
async def sitemap_of_50_000(request: Request) -> None:
    links = "".join(f"<url><loc>http://127.0.0.1:{request.server.port}/item/{n}</loc></url>" for n in range(50_000))
    await request.page(f"<?xml version='1.0'?><urlset>{links}</urlset>")


# ------------------------------------------------------------------ broken


@behaviour
async def length_too_long(request: Request) -> None:
    await request.head("Content-Type: text/html", "Content-Length: 100000")
    await request.send(PAGE)
    request.close()


@behaviour
async def length_too_short(request: Request) -> None:
    await request.head("Content-Type: text/html", f"Content-Length: {len(PAGE)}")
    await request.send(PAGE, "<p>and more than was announced")


@behaviour
async def two_lengths(request: Request) -> None:
    await request.head("Content-Type: text/html", "Content-Length: 5", "Content-Length: 6")
    await request.send("<p>one")


@behaviour
async def early_close(request: Request) -> None:
    await request.head("Content-Type: text/html", "Transfer-Encoding: chunked")
    await request.chunk(PAGE)
    request.close()


@behaviour
async def closed_at_once(request: Request) -> None:
    request.close()


@behaviour
async def reset_at_once(request: Request) -> None:
    request.reset()


@behaviour
async def bad_chunking(request: Request) -> None:
    await request.head("Content-Type: text/html", "Transfer-Encoding: chunked")
    await request.chunk(PAGE)
    await asyncio.sleep(0.05)  # so that it is not read together with the head
    await request.send("not a size\r\n<p>more\r\n")


@behaviour
async def bad_chunking_from_the_start(request: Request) -> None:
    await request.head("Content-Type: text/html", "Transfer-Encoding: chunked")
    await request.send("-1\r\n", PAGE)


@behaviour
async def bad_charset(request: Request) -> None:
    body = PAGE.replace("About", "Über uns,").encode("latin-1")
    await request.head("Content-Type: text/html; charset=hex-\x00-utf-99", f"Content-Length: {len(body)}")
    await request.send(body)


@behaviour
async def odd_charset(request: Request) -> None:
    body = PAGE.replace("About", "Über uns,").encode("latin-1")
    await request.head('Content-Type: text/html; charset="hex', f"Content-Length: {len(body)}")
    await request.send(body)


@behaviour
async def bad_gzip(request: Request) -> None:
    await request.page(PAGE, "Content-Encoding: gzip")


@behaviour
async def http_0_9(request: Request) -> None:
    await request.send(PAGE)
    request.close()


@behaviour
async def another_protocol(request: Request) -> None:
    await request.send("220 smtp.example.com ESMTP\r\n")
    request.close()


@behaviour
async def null_in_header(request: Request) -> None:
    await request.page(PAGE, "X-Null: a\0b")


# ------------------------------------------------------------------ leading elsewhere


@behaviour
async def redirect_loop(request: Request) -> None:
    await request.redirect("/redirect_loop_back")


@behaviour
async def redirect_loop_back(request: Request) -> None:
    await request.redirect("/redirect_loop")


@behaviour
async def redirect_to_private(request: Request) -> None:
    await request.redirect(PRIVATE)


@behaviour
async def redirect_to_file(request: Request) -> None:
    await request.redirect("file:///etc/passwd")


@behaviour
async def redirect_elsewhere(request: Request) -> None:
    await request.redirect(request.server.elsewhere)


@behaviour
async def refresh_to_private(request: Request) -> None:
    await request.page(f"<meta http-equiv=refresh content='0;url={PRIVATE}'>{PAGE}")


@behaviour
async def refresh_loop(request: Request) -> None:
    await request.page(f"<meta http-equiv=refresh content='0;url=/redirect_back_to_refresh'>{PAGE}")


@behaviour
async def redirect_back_to_refresh(request: Request) -> None:
    await request.redirect("/refresh_loop")


# ------------------------------------------------------------------ robots.txt, and what is none of the company's


@behaviour
async def robots_of_html(request: Request) -> None:
    await request.page(f"{PAGE}\nUser-agent\nDisallow: /\n")


@behaviour
async def robots_500(request: Request) -> None:
    await request.page("", status="500 Internal Server Error")


@behaviour
async def robots_endless(request: Request) -> None:
    await request.head("Content-Type: text/plain")
    await request.send("User-agent: *\nDisallow: /secret\n")
    while not request.writer.is_closing():
        await request.send("# and on\n" * 5000)


@behaviour
async def captcha(request: Request) -> None:
    await request.page(
        "<html><head><title>Security check</title><script src='https://www.google.com/recaptcha/api.js'></script></head>"
        "<body><p>Please complete the captcha.</p><div class=\"g-recaptcha\" data-sitekey='x'></div></body></html>"
    )


@behaviour
async def too_many_for_an_hour(request: Request) -> None:
    await request.page("<p>Later.", "Retry-After: 3600", status="429 Too Many Requests")
