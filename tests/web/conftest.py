"""Servers on loopback that say exactly what a test writes."""

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shared.errors import CODES
from shared.settings import Settings
from shared.web.client import Client, FetchError

PAGE = b"<html><body>" + b"Words of a page. " * 2000 + b"</body></html>"
Script = Callable[["Call"], Awaitable[None]]


@dataclass
class Call:
    """One request as it came, and the socket to answer on."""

    head: str
    body: bytes
    number: int  # of the request on its connection, from 1
    writer: asyncio.StreamWriter

    @property
    def path(self) -> str:
        return self.head.split(" ", 2)[1]

    @property
    def headers(self) -> dict[str, str]:
        pairs = (line.partition(":") for line in self.head.split("\r\n")[1:] if line)
        return {name.strip().lower(): value.strip() for name, _, value in pairs}

    async def send(self, *pieces: bytes | str) -> None:
        for piece in pieces:
            self.writer.write(piece.encode("latin-1") if isinstance(piece, str) else piece)
            await self.writer.drain()

    async def answer(self, body: bytes = b"", status: str = "200 OK", **headers: str) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.send("\r\n".join(lines) + "\r\n\r\n", body)


@dataclass
class Server:
    script: Script
    port: int = 0
    calls: list[Call] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = 0
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                number += 1
                call = Call(head.decode("latin-1").rstrip(), b"", number, writer)
                call.body = await reader.readexactly(int(call.headers.get("content-length", 0)))
                self.calls.append(call)
                await self.script(call)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client left, as it may
        finally:
            writer.close()


Serve = Callable[..., Awaitable[Server]]


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[Server]]]:
    """`serve(script)` starts a server that answers each request by `script`; a script ends a connection by closing it."""
    listeners = []

    async def start(script: Script, tls: ssl.SSLContext | None = None) -> Server:
        server = Server(script)
        listener = await asyncio.start_server(server.connected, "127.0.0.1", 0, ssl=tls)
        listeners.append(listener)
        server.port = listener.sockets[0].getsockname()[1]
        return server

    yield start
    for listener in listeners:
        listener.close()


def settings(**changes: object) -> Settings:
    return Settings(platform="embedded", allow_networks=("127.0.0.0/8",), ports=(), **changes)  # type: ignore[arg-type]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client(settings()) as client:
        yield client


async def failure(client: Client, url: str, **options: object) -> str:
    with pytest.raises(FetchError) as caught:
        await client.get(url, **options)  # type: ignore[arg-type]
    assert caught.value.code in CODES
    assert "127.0.0.1" not in caught.value.reason
    return caught.value.code


async def page(call: Call) -> None:
    await call.answer(PAGE, Content_Type='Text/HTML; Charset="ISO-8859-1"', X_Seen="1")


async def chunked(call: Call, pieces: Iterator[bytes], **headers: str) -> None:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    await call.send(f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n{lines}\r\n")
    for piece in pieces:
        await call.send(f"{len(piece):x}\r\n", piece, "\r\n")
        await asyncio.sleep(0)  # the client's turn
    await call.send("0\r\n\r\n")


@dataclass
class Authority:
    """A certificate authority of the test's own."""

    folder: Path
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def signed(
        self,
        name: str,
        key: ec.EllipticCurvePublicKey,
        days: tuple[int, int] = (-10, 5),
        issuer: str = "Test authority",
        *,
        authority: bool = False,
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + datetime.timedelta(days=days[0]))
            .not_valid_after(now + datetime.timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(authority, None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(self.key, hashes.SHA256())
        )

    def root(self) -> x509.Certificate:
        return self.signed("Test authority", self.key.public_key(), authority=True)

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=pem(self.root()).decode())

    def server(
        self, name: str, days: tuple[int, int] = (-10, 5), *, self_signed: bool = False, with_root: bool = False
    ) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        signer = Authority(self.folder, key) if self_signed else self
        chain = [signer.signed(name, key.public_key(), days, name if self_signed else "Test authority")]
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file = self.folder / f"{name}.pem"
        file.write_bytes(secret + b"".join(map(pem, chain + [self.root()] * with_root)))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)
