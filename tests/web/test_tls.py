"""Certificates, each refused for its own reason."""

import asyncio
import ssl

import pytest

from shared.web.client import Client, FetchError
from tests.web.conftest import PAGE, Authority, Serve, failure, page, settings


async def here(_: str) -> list[str]:
    return ["127.0.0.1"]


async def test_tls_is_verified_against_the_name_that_was_asked_for(authority: Authority, serve: Serve) -> None:
    names: list[str | None] = []
    context = authority.server("shop.example.com")
    context.sni_callback = lambda _, name, __: names.append(name)  # type: ignore[assignment,func-returns-value]
    server = await serve(page, tls=context)
    async with Client(settings(), resolve=here, trust=authority.trust()) as client:
        assert (await client.get(f"https://SHOP.example.com.:{server.port}/")).body == PAGE
        assert names == ["shop.example.com"]
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    ("certificate", "host", "trusted", "reason"),
    [
        ({"days": (-10, -1)}, "shop.example.com", True, "has expired"),
        ({"days": (1, 10)}, "shop.example.com", True, "is not valid yet"),
        ({}, "other.example.com", True, "is for another host"),
        ({}, "127.0.0.1", True, "is for another host"),
        ({"self_signed": True}, "shop.example.com", True, "is self-signed"),
        ({"with_root": True}, "shop.example.com", False, "comes from an authority that is not trusted"),
        ({}, "shop.example.com", False, "comes from an authority that is not known, or an intermediate"),
    ],
)
async def test_a_certificate_is_refused_with_its_reason(
    certificate: dict[str, object], host: str, trusted: bool, reason: str, authority: Authority, serve: Serve
) -> None:
    server = await serve(page, tls=authority.server("shop.example.com", **certificate))  # type: ignore[arg-type]
    trust = authority.trust() if trusted else None
    async with Client(settings(), resolve=here, trust=trust) as client:
        with pytest.raises(FetchError, match=f"tls_failed: The site's certificate {reason}"):
            await client.get(f"https://{host}:{server.port}/")
    assert not server.calls


async def test_no_common_version_of_tls_is_a_tls_error(authority: Authority, serve: Serve) -> None:
    context = authority.server("shop.example.com")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    trust = authority.trust()
    trust.minimum_version = ssl.TLSVersion.TLSv1_3
    server = await serve(page, tls=context)
    async with Client(settings(), resolve=here, trust=trust) as client:
        assert await failure(client, f"https://shop.example.com:{server.port}/") == "tls_failed"


async def test_plain_http_where_tls_is_expected_is_a_tls_error(client: Client, serve: Serve) -> None:
    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    listener = await asyncio.start_server(never, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    assert await failure(client, f"https://127.0.0.1:{port}/") == "tls_failed"
    listener.close()
