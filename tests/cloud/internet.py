"""The public sites that the functions meet, by their names and over https: companies, registers, webhooks' endpoints."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from tests.cloud.network import ADDRESS
from tests.layout import ROW
from tests.product import Server, company_site, outside_sources
from tests.web.conftest import Authority, pem

SOURCES = (
    "data.sec.gov",
    "www.sec.gov",
    "api.gleif.org",
    "www.wikidata.org",
    "boards-api.greenhouse.io",
)  # as the settings have them
COMPANY, HOOK, INSIDE = "hollin.example", "hooks.example", "inside.example"
FIRMS = [f"firm{n}.example" for n in range(1, 13)]
HELD = {name: f"{name}.example" for name in ROW}  # a company for each function that is to have one in hand
SERVED = [*SOURCES, COMPANY, HOOK, *FIRMS, *HELD.values()]
NAMES = {**dict.fromkeys(SERVED, ADDRESS), INSIDE: "127.0.0.1"}


@dataclass
class Internet:
    sites: dict[str, Server]  # by name
    authority: Path  # the certificate that its visitors have to trust

    @property
    def site(self) -> Server:
        return self.sites[COMPANY]

    @property
    def sources(self) -> Server:
        return self.sites[SOURCES[0]]

    @property
    def hook(self) -> Server:
        return self.sites[HOOK]


@asynccontextmanager
async def internet(folder: Path) -> AsyncIterator[Internet]:
    authority = Authority(folder)
    root = folder / "authority.pem"
    root.write_bytes(pem(authority.root()))
    contexts = {name: authority.server(name) for name in SERVED}

    def named(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        if name not in contexts:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        connection.context = contexts[name]
        return None

    front = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    front.sni_callback = named  # type: ignore[assignment]
    sources = outside_sources(Server())
    sites = {name: company_site(Server()) for name in (COMPANY, *FIRMS, *HELD.values())}
    sites |= dict.fromkeys(SOURCES, sources) | {HOOK: Server()}

    async def answer(request: web.Request) -> web.Response:
        return await sites[request.host].answer(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, ADDRESS, 443, ssl_context=front).start()
    try:
        yield Internet(sites, root)
    finally:
        await runner.cleanup()
