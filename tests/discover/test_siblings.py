"""Hosts of one company beside its own, as the whole product reads them: each one's rules, one gate, one budget."""

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.product import Server, html, product, serve


@dataclass
class Meter:
    now: int = 0
    peak: int = 0


@dataclass
class Counted(Server):
    """One of several servers, with the requests that are in all of them at once."""

    meter: Meter = field(default_factory=Meter)

    async def answer(self, request: web.Request) -> web.Response:
        self.meter.now += 1
        self.meter.peak = max(self.meter.peak, self.meter.now)
        await asyncio.sleep(0)
        try:
            return await super().answer(request)
        finally:
            self.meter.now -= 1


def name(what: str) -> tuple[str, bytes]:
    return html(what, f"<h1>{what}</h1><p>All that Ropes has to say of {what}, which is more than this.</p>")


async def read(data: Path, servers: dict[str, Counted], **settings: Any) -> set[str]:
    """The pages read of http://ropes.example, whose hosts the servers are."""
    hosts = {host: f"127.0.0.1:{server.port}" for host, server in servers.items()}
    async with product(data, hosts=json.dumps(hosts), site_connections="1", **settings) as running:
        status = await running.ended((await running.submit("http://ropes.example/"))["scrape_id"])
    assert status["status"] == "completed", status
    return {page["url"] for page in status["profile"]["coverage"]["pages"] if page["outcome"] == "read"}


async def test_a_host_of_the_same_company_is_read_by_its_own_rules_and_within_the_same_budget(tmp_path: Path) -> None:
    meter = Meter()
    own, careers, customer = Counted(meter=meter), Counted(meter=meter), Counted(meter=meter)
    links = ("//careers.ropes.example/", "//careers.ropes.example/private/team", "//customer7.ropes.example/contact")
    home = "".join(f"<a href='{link}'>{link.rpartition('/')[2] or 'Careers'}</a>" for link in (*links, "/about"))
    own.pages |= {
        "/": html("Ropes", f"<h1>Ropes for ships</h1><p>We make ropes.</p>{home}"),
        "/about": name("About us"),
    }
    own.pages["/news"] = name("News")
    careers.pages |= {
        "/robots.txt": ("text/plain", b"User-agent: *\nDisallow: /private\n"),
        "/": html("Careers", "<h1>Careers</h1><p>We look for toolmakers.</p><a href='//ropes.example/news'>News</a>"),
        "/private/team": name("Team"),
    }
    async with serve(own), serve(careers), serve(customer):
        hosts = {"ropes.example": own, "careers.ropes.example": careers, "customer7.ropes.example": customer}
        pages = await read(tmp_path / "all", hosts)
        assert pages == {f"http://{page}" for page in ("ropes.example/", "ropes.example/about", "careers.ropes.example/", "ropes.example/news")}  # fmt: skip
        assert careers.seen == {"/robots.txt": 1, "/": 1}
        assert not customer.seen
        assert meter.peak == 1
        few = await read(tmp_path / "few", hosts, max_pages="2")
    assert few == {"http://ropes.example/", "http://ropes.example/about"}


async def test_what_a_home_page_leads_to_on_a_platform_is_not_taken_for_the_company(tmp_path: Path) -> None:
    platform = Counted(pages={"/ropes": name("Ropes"), "/about": name("About us")})
    platform.pages["/"] = html("Ropes", "<meta http-equiv=refresh content='0;url=http://linktr.ee/ropes'>")
    async with serve(platform):
        hosts = json.dumps(dict.fromkeys(("ropes.example", "linktr.ee"), f"127.0.0.1:{platform.port}"))
        async with product(tmp_path / "data", hosts=hosts) as running:
            status = await running.ended((await running.submit("http://ropes.example/"))["scrape_id"])
            assert "/about" not in platform.seen
            own = await running.ended((await running.submit("http://linktr.ee/"))["scrape_id"])
    assert (status["status"], status["error"]["code"]) == ("failed", "off_site")
    assert own["status"] != "failed"
