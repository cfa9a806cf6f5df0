"""Sitemaps as a site on loopback serves them: few requests, the telling ones first."""

import asyncio
import gc
import gzip
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from functions.discover.sitemaps import REQUESTS, read_sitemaps
from shared.links import Hosts
from shared.plan import MANY as MOST_FOUND
from shared.plan import Plan
from shared.settings import Settings
from shared.web.client import Client
from shared.web.robots import read_robots
from shared.web.site import Site
from tests.product import Server, serve


def urlset(*urls: str) -> bytes:
    return f"<urlset>{''.join(f'<url><loc>{url}</loc></url>' for url in urls)}</urlset>".encode()


def index(*urls: str) -> bytes:
    return f"<sitemapindex>{''.join(f'<sitemap><loc>{url}</loc></sitemap>' for url in urls)}</sitemapindex>".encode()


@asynccontextmanager
async def site_of(server: Server) -> AsyncIterator[Site]:
    settings = Settings(platform="embedded", allow_networks=("127.0.0.0/8",), ports=())
    async with serve(server), Client(settings) as client:
        yield Site(client, settings, home=f"{server.url}/")


def asked(server: Server) -> int:
    """How often it was asked for a sitemap."""
    return sum(count for path, count in server.seen.items() if path.endswith(".xml"))


async def found(server: Server, site: Site, language: str | None = "en") -> tuple[list[str], list[str]]:
    """Paths that the plan has kept, and codes of warnings."""
    warnings: list[str] = []
    rules = await read_robots(site.client, f"{server.url}/")
    plan = Plan(f"{server.url}/", 11, Hosts(server.url.partition("//")[2], f"{server.url}/"), language)
    await read_sitemaps(site, rules, plan, lambda code, *_: warnings.append(code))
    return sorted(one.url.removeprefix(server.url) for one in plan.found.values()), warnings


async def test_of_a_large_index_the_telling_sitemaps_are_read() -> None:
    server = Server()
    async with site_of(server) as site:
        names = ["post-1", "post-2", "product-1", "product-2", "image", "page-de", "page-en", "tags"]
        server.pages["/sitemap.xml"] = ("text/xml", index(*(f"{server.url}/{name}.xml" for name in names)))
        for name in names:
            server.pages[f"/{name}.xml"] = ("text/xml", urlset(f"{server.url}/{name}/about"))
        links, _ = await found(server, site)
    assert "/page-en/about" in links
    assert asked(server) == REQUESTS


async def test_sitemaps_of_robots_txt_are_read_however_they_are_written() -> None:
    server = Server()
    async with site_of(server) as site:
        listed = ("/a.xml.gz", "/b.txt", "/c.rss", "/d.atom")
        lines = "\n".join(f"Sitemap: {server.url}{path}" for path in listed)
        rss = f"<rss><channel><link>{server.url}/</link><item><link>{server.url}/contact</link></item></channel></rss>"
        atom = f"<feed><link href='{server.url}/'/><entry><title>D</title><link rel='alternate' href='{server.url}/careers'/></entry></feed>"
        server.pages |= {
            "/robots.txt": ("text/plain", lines.encode()),
            "/a.xml.gz": ("application/gzip", gzip.compress(urlset(f"{server.url}/about"))),
            "/b.txt": ("text/plain", f"{server.url}/team\n".encode()),
            "/c.rss": ("application/rss+xml", rss.encode()),
            "/d.atom": ("application/atom+xml", atom.encode()),
        }
        assert await found(server, site) == (["/about", "/careers", "/contact", "/team"], [])
    assert "/sitemap.xml" not in server.seen


async def test_an_index_that_names_itself_is_read_once() -> None:
    server = Server()
    async with site_of(server) as site:
        server.pages["/sitemap.xml"] = ("text/xml", index(f"{server.url}/sitemap.xml"))
        assert await found(server, site) == ([], [])
    assert server.seen["/sitemap.xml"] == 1


async def test_a_sitemap_elsewhere_is_not_asked_for_and_is_a_warning() -> None:
    server = Server()
    async with site_of(server) as site:
        server.pages["/robots.txt"] = ("text/plain", b"Sitemap: http://127.0.0.9:1/sitemap.xml")
        assert await found(server, site) == ([], ["off_site"])


@asynccontextmanager
async def loop_is_held(at_most: float) -> AsyncIterator[None]:
    """The loop's other tasks have their turn after so many seconds of its own work."""
    longest = 0.0

    async def other() -> None:
        nonlocal longest
        while True:
            started = time.thread_time()
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - started)

    task = asyncio.create_task(other())
    gc.collect()
    gc.disable()  # a collection of all that the tests have left takes longer
    try:
        yield
    finally:
        gc.enable()
        task.cancel()
    assert longest < at_most


MANY = 20_000
LISTS = {
    "of pages that do not matter": [f"/p/{number}/name" for number in range(MANY)],
    "of pages of one kind": [f"/news-{number}" for number in range(MANY)],
    "of pages in many languages": [f"/{'abcdefgh'[number % 8]}a/about-us-{number}" for number in range(MANY)],
}


@pytest.mark.parametrize("paths", LISTS.values(), ids=LISTS)
async def test_of_very_many_entries_the_pages_that_matter_are_planned(paths: list[str]) -> None:
    server = Server()
    async with site_of(server) as site:
        urls = [f"{server.url}{path}" for path in paths]
        urls[MANY - 2], urls[MANY - 1] = f"{server.url}/impressum", f"{server.url}/news"
        server.pages["/sitemap.xml"] = ("text/xml", urlset(*urls))
        async with loop_is_held(at_most=0.25):
            links, _ = await found(server, site)
    assert {"/impressum", "/news"} <= set(links)
    assert len(links) <= 2 * MOST_FOUND


async def test_of_an_index_of_very_many_the_telling_sitemaps_are_read() -> None:
    server = Server()
    async with site_of(server) as site:
        names = [f"/post-sitemap{number}.xml" for number in range(MANY)]
        names[MANY - 1] = "/page-sitemap.xml"
        server.pages["/sitemap.xml"] = ("text/xml", index(*(f"{server.url}{name}" for name in names)))
        server.pages["/page-sitemap.xml"] = ("text/xml", urlset(f"{server.url}/about"))
        async with loop_is_held(at_most=0.25):
            links, _ = await found(server, site)
    assert links == ["/about"]
    assert asked(server) == REQUESTS
