"""The product as its users meet it: the host in a process group, a company with its sources, an endpoint for webhooks."""

import asyncio
import json
import os
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from aiohttp import web
from standardwebhooks import Webhook

from shared import accounts
from shared.models import Account
from shared.settings import read
from shared.wiring import Platform
from tests import loopback, patience
from tests.ports import free_port

ROOT = Path(__file__).parent.parent
MASTER_KEY = "5b" * 32
ENDED = ("completed", "partial", "failed", "cancelled")
# As short as a laptop's load allows, so that tests wait for events and not for minutes.
QUICK = {
    "platform": "embedded",
    "allow_networks": "127.0.0.0/8",
    "ports": "",
    "webhook_https_only": "false",
    "webhook_master_key": MASTER_KEY,
    "webhook_schedule": "0,0.2,0.2,0.4,0.8",
    "webhook_jitter": "0",
    "lease_seconds": "4",
    "renew_seconds": "1",
    "republish_seconds": "2,2,4,8",
    "sweep_seconds": "0.5",
    "push_backoff_seconds": "0.2,2",
    "progress_seconds": "0.05",
}


def environment(data: Path, **settings: Any) -> dict[str, str]:
    """The environment that a deployment would set; tuples as words with commas between."""
    values = {**QUICK, "data": str(data), **settings}
    return loopback.NO_AUTHORITIES | {f"FIRMOGRAPH_{name.upper()}": str(value) for name, value in values.items()}


@dataclass
class Product:
    """One data folder and the host on it, which may be killed and started again."""

    data: Path
    settings: dict[str, Any] = field(default_factory=dict)
    arguments: list[str] = field(default_factory=list)
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None
    key: str = ""
    account: Account | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.data.parent / f"{self.data.name}.log"

    def client(self, key: str | None = None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {key or self.key}"}
        return loopback.client(base_url=self.url, headers=headers)

    async def start(self, **settings: Any) -> None:
        """Starts the host and returns once it answers; the first start makes an account."""
        if not self.key:
            self.account, self.key = await self.new_account("first")
        env = {**os.environ, **environment(self.data, public_url=self.url, **{**self.settings, **settings})}
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "shared.embedded.host", "--data", str(self.data), "--port", str(self.port),
                *self.arguments, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        async with self.client() as client:
            end = time.monotonic() + patience.SECONDS
            while time.monotonic() < end:
                assert self.process.returncode is None, self.log.read_text()[-3000:]
                try:
                    if (await client.get("/healthz")).status_code == 200:
                        return
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
        raise AssertionError("the host did not answer: " + self.log.read_text()[-3000:])

    async def kill(self) -> None:
        """SIGKILL to the host and all that it started."""
        await self._signal(signal.SIGKILL)

    async def stop(self) -> None:
        """An orderly stop."""
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()
        await self._signal(signal.SIGKILL)

    async def _signal(self, number: int) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            await self.process.wait()

    @asynccontextmanager
    async def platform(self) -> AsyncIterator[Platform]:
        """The same documents, from this process."""
        platform = Platform(read(environment(self.data, **self.settings)))
        try:
            yield platform
        finally:
            await platform.close()

    async def new_account(self, name: str, tier: str = "enterprise") -> tuple[Account, str]:
        async with self.platform() as platform:
            account = await accounts.create_account(platform, name, tier)
            key, _ = await accounts.create_key(platform, account.id)
            return account, key

    async def submit(self, url: str, key: str | None = None, **body: Any) -> dict[str, Any]:
        async with self.client(key) as client:
            answer = await client.post("/api/v1/scrape/company", json={"url": url, **body})
            assert answer.status_code in (200, 202), answer.text
            return dict(answer.json())

    async def status(self, job: str, key: str | None = None) -> dict[str, Any]:
        async with self.client(key) as client:
            answer = await client.get(f"/api/v1/scrape/status/{job}")
            assert answer.status_code == 200, answer.text
            return dict(answer.json())

    async def ended(self, job: str, key: str | None = None, seconds: float = patience.SECONDS) -> dict[str, Any]:
        """The job's status once it has ended."""
        return await self.until(job, lambda status: status["status"] in ENDED, key, seconds)

    async def until(
        self, job: str, holds: Any, key: str | None = None, seconds: float = patience.SECONDS
    ) -> dict[str, Any]:
        end = time.monotonic() + seconds
        async with self.client(key) as client:
            while True:
                try:
                    status = (await client.get(f"/api/v1/scrape/status/{job}")).json()
                except httpx.TransportError as error:  # a worker that dies takes its connections along
                    status = {"status": str(error)}
                if holds(status):
                    return dict(status)
                assert time.monotonic() < end, f"{status}\n{self.log.read_text()[-6000:]}"
                await asyncio.sleep(0.05)

    def lines(self, message: str) -> list[dict[str, Any]]:
        """Lines of the host's log with that message."""
        found = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in found if line.get("message") == message]


@asynccontextmanager
async def product(data: Path, *arguments: str, **settings: Any) -> AsyncIterator[Product]:
    running = Product(data, settings, list(arguments))
    await running.start()
    try:
        yield running
    finally:
        await running.stop()


@dataclass
class Hold:
    """A request that is held until it is let go."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Server:
    """A loopback server whose answers can be set, held and counted."""

    pages: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # path to content type and body
    statuses: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # to be used up, then 200
    headers: dict[str, str] = field(default_factory=dict)  # of every answer
    holds: dict[str, Hold] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def hold(self, path: str) -> Hold:
        self.holds[path] = Hold()
        return self.holds[path]

    def let_go(self) -> None:
        """Answers what is held, and holds nothing more."""
        for hold in self.holds.values():
            hold.let_go.set()
        self.holds.clear()

    async def answer(self, request: web.Request) -> web.Response:
        path = request.path
        self.seen[path] += 1
        if request.method == "POST":
            self.received.append((dict(request.headers), await request.read()))
        if (hold := self.holds.get(path)) is not None:
            hold.arrived.set()
            await hold.let_go.wait()
        status = self.statuses[path].pop(0) if self.statuses[path] else 200
        if request.method == "POST":
            return web.Response(status=status, headers=self.headers)
        if path not in self.pages:
            return web.Response(status=404, text="<html><body>Not found</body></html>", content_type="text/html")
        kind, body = self.pages[path]
        return web.Response(body=body, status=status, content_type=kind)

    def webhooks(self, secret: str) -> list[tuple[str, dict[str, Any]]]:
        """Ids and bodies of the webhooks so far, each verified."""
        verified = []
        for headers, body in self.received:
            lower = {name.lower(): value for name, value in headers.items()}
            verified.append((lower["webhook-id"], Webhook(secret).verify(body.decode(), lower)))
        return verified

    async def received_are(self, count: int, seconds: float = patience.SECONDS) -> None:
        end = time.monotonic() + seconds
        while len(self.received) < count:
            assert time.monotonic() < end, f"{len(self.received)} webhooks of {count}"
            await asyncio.sleep(0.02)


@asynccontextmanager
async def serve(server: Server) -> AsyncIterator[Server]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, server.host, server.port or free_port())  # no other company has ever been there
    await site.start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        server.let_go()
        await runner.cleanup()


def html(title: str, body: str, head: str = "") -> tuple[str, bytes]:
    return (
        "text/html",
        f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode(),
    )


def company_site(server: Server, sources: Server | None = None) -> Server:
    """A small company: Hollin Tools, on the stock exchange and hiring."""
    links = "".join(
        f'<a href="/{p}">{p.title()}</a> '
        for p in ("about", "contact", "team", "careers", "investors", "imprint", "news")
    )
    organisation = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": "Hollin Tools",
        "legalName": "Hollin Tools Inc.",
    }
    head = (
        '<meta name="description" content="Hollin Tools makes hand tools for bookbinders.">'
        '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
        f'<script type="application/ld+json">{json.dumps(organisation)}</script>'
    )
    server.pages.update({
        "/robots.txt": ("text/plain", b"User-agent: *\nDisallow: /private\n"),
        "/": html("Hollin Tools", f"<nav>{links}</nav><h1>Hand tools for bookbinders</h1><p>We make bone folders and presses.</p>", head),
        "/about": html("About", "<h1>About us</h1><p>Hollin Tools was founded in 1987 in a shed.</p>"),
        "/contact": html("Contact", '<h1>Contact</h1><p>Write to <a href="mailto:hello@hollin-tools.com">hello@hollin-tools.com</a> or ring +1 212 555 0142.</p>'),
        "/team": html("Team", "<h1>Team</h1><p>The people of Hollin Tools, who make them all by hand.</p>"),
        "/careers": html("Careers", '<h1>Careers</h1><p>See our openings.</p><a href="https://boards.greenhouse.io/hollintools">Open roles</a>'),
        "/investors": html("Investors", "<h1>Investors</h1><p>Our shares trade on NASDAQ: HLLN.</p>"),
        "/imprint": html("Imprint", "<h1>Imprint</h1><p>Hollin Tools Inc., responsible for this site.</p>"),
        "/news": html("News", "<h1>News</h1><p>What has happened at Hollin Tools lately.</p>"),
        "/feed.xml": ("application/rss+xml", b"<rss version='2.0'><channel><title>News</title><item><title>A new press</title><link>/news/press</link><pubDate>Mon, 02 Feb 2026 10:00:00 GMT</pubDate></item></channel></rss>"),
    })  # fmt: skip
    return server


def outside_sources(server: Server) -> Server:
    """EDGAR and Greenhouse as far as Hollin Tools is in them."""

    def year(y: int, value: int) -> dict[str, Any]:
        return {"start": f"{y}-01-01", "end": f"{y}-12-31", "val": value, "fy": y, "fp": "FY", "form": "10-K", "filed": f"{y + 1}-02-15", "accn": f"1-{y}"}  # fmt: skip

    answers: dict[str, Any] = {
        "/files/company_tickers.json": {"0": {"cik_str": 987654, "ticker": "HLLN", "title": "Hollin Tools Inc."}},
        "/submissions/CIK0000987654.json": {
            "cik": "987654", "name": "Hollin Tools Inc.", "tickers": ["HLLN"], "exchanges": ["Nasdaq"],
            "sicDescription": "Cutlery, Handtools & General Hardware", "fiscalYearEnd": "1231", "addresses": {},
        },
        "/api/xbrl/companyfacts/CIK0000987654.json": {
            "cik": 987654, "entityName": "Hollin Tools Inc.",
            "facts": {"us-gaap": {
                "Revenues": {"label": "Revenues", "units": {"USD": [year(2023, 11_000_000), year(2024, 12_000_000)]}},
                "NetIncomeLoss": {"label": "Net income", "units": {"USD": [year(2023, 900_000), year(2024, 1_100_000)]}},
            }},
        },
        "/v1/boards/hollintools/jobs": {"jobs": [
            {"id": 1, "title": "Toolmaker", "absolute_url": "https://boards.greenhouse.io/hollintools/jobs/1", "location": {"name": "Troy, NY"}},
        ], "meta": {"total": 1}},
    }  # fmt: skip
    server.pages.update({path: ("application/json", json.dumps(value).encode()) for path, value in answers.items()})
    return server


@asynccontextmanager
async def world(data: Path, *arguments: str, **settings: Any) -> AsyncIterator["World"]:
    """The product with a company, the outside sources and an endpoint."""
    async with (
        surroundings() as (site, sources, hook),
        product(data, *arguments, **urls(sources), **settings) as running,
    ):
        yield World(running, site, sources, hook)


@asynccontextmanager
async def surroundings() -> AsyncIterator[tuple[Server, Server, Server]]:
    async with (
        serve(company_site(Server())) as site,
        serve(outside_sources(Server())) as sources,
        serve(Server()) as hook,
    ):
        yield site, sources, hook


def urls(sources: Server) -> dict[str, str]:
    registers = dict.fromkeys(("edgar_data_url", "edgar_www_url", "gleif_url", "wikidata_url"), sources.url)
    return registers | {"job_boards": json.dumps({"greenhouse": sources.url})}


@dataclass
class World:
    product: Product
    site: Server
    sources: Server
    hook: Server

    async def secret(self, key: str | None = None) -> str:
        async with self.product.client(key) as client:
            return str((await client.get("/api/v1/account")).json()["webhook_secret"])
