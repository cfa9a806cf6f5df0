"""The whole product against sites that misbehave side by side: each job ends as it must, and no site harms another's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio

from tests.hostile.server import Hostile, hostile
from tests.hostile.test_table import TABLE
from tests.product import Product, product

pytestmark = pytest.mark.asyncio(loop_scope="module")

SLOW = {"slow_header", "dripping_body", "endless_interim"}  # each takes the whole of page_seconds
OFF_SITE = dict.fromkeys(("redirect_to_private", "refresh_to_private"), ("failed", "off_site", False))
HOMES = {
    "links_100_000": ("completed", None),
    "early_close": ("completed", None),
    "bomb_br": ("failed", "too_large"),
    "captcha": ("failed", "blocked"),
    "redirect_loop": ("failed", "too_many_redirects"),
    "refresh_loop": ("failed", "too_many_redirects"),
    "redirect_to_private": ("failed", "address_not_allowed"),
    "http_0_9": ("failed", "http_error"),
    "reset_at_once": ("failed", "tls_failed"),  # https was tried, too
}


AT_ONCE = 6  # the servers share the test's process, and answer late where more ask


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def patient(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    async with product(tmp_path_factory.mktemp("patient") / "data", idle_seconds="15", page_seconds="90") as running:
        yield running


async def scraped(p: Product, servers: list[Hostile]) -> list[dict[str, Any]]:
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(server: Hostile) -> dict[str, Any]:
        async with turn:
            return await p.ended((await p.submit(f"http://127.0.0.1:{server.port}"))["scrape_id"])

    return await asyncio.gather(*map(one, servers))


async def test_a_misbehaving_page_costs_its_company_that_page_alone(patient: Product) -> None:
    left_out = {"too_many_for_an_hour", "redirect_elsewhere", "bad_chunking"}  # the last depends on how it is cut
    names = sorted(TABLE.keys() - SLOW - left_out)
    async with AsyncExitStack() as stack:
        servers = [
            await stack.enter_async_context(hostile({"/": "home", "/about": name, "/contact": "good"}))
            for name in names
        ]
        ended = await scraped(patient, servers)
    assert {name: status["error"] for name, status in zip(names, ended, strict=True) if status["error"]} == {}
    outcomes = {}
    for name, status in zip(names, ended, strict=True):
        assert (status["status"], status["profile"]["contact"]["emails"]) == ("completed", ["hello@hollin-tools.com"])
        (page,) = [page for page in status["profile"]["coverage"]["pages"] if page["url"].endswith("/about")]
        outcomes[name] = (page["outcome"], page["code"], page["truncated"])
    assert outcomes == {name: TABLE[name] for name in names} | OFF_SITE


async def test_a_misbehaving_home_page_ends_the_job_with_its_reason(patient: Product) -> None:
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(hostile({"/": name})) for name in HOMES]
        maps = await stack.enter_async_context(hostile({"/": "good", "/sitemap.xml": "sitemap_of_50_000"}))
        markup = await stack.enter_async_context(hostile({"/": "home", "/robots.txt": "robots_of_html"}))
        ended = await scraped(patient, [*servers, maps, markup])
    outcomes = {
        name: (status["status"], (status["error"] or {}).get("code"))
        for name, status in zip(HOMES, ended, strict=False)
    }
    assert outcomes == HOMES
    for status in ended[len(HOMES) :]:
        assert (status["status"], status["profile"]["contact"]["emails"]) == ("completed", ["hello@hollin-tools.com"])
    assert "/sitemap.xml" in maps.asked
