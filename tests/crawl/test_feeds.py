"""Feeds that the home page names: read beside the pages, once a run."""

from typing import Any

import pytest

from tests.product import Server, World, html, serve

pytestmark = pytest.mark.asyncio(loop_scope="session")

FEED = "<rss><channel><item><title>Ropes by rail</title><link>/3</link><pubDate>2 Mar 2026</pubDate></item></channel></rss>"


def ropes(feed: str = "/feed.xml") -> Server:
    link = f"<link rel=alternate type='application/rss+xml' href='{feed}'>"
    text = "<h1>Ropes for ships</h1><p>We make ropes for all kinds of ships.</p><a href='/about'>About us</a>"
    about = "<h1>About us</h1><p>We have made ropes for ships since 1911.</p>"
    pages = {"/": html("Ropes", text, link), "/about": html("About us", about, link)}
    return Server(pages={**pages, "/feed.xml": ("application/rss+xml", FEED.encode())})


async def read(site: Server, w: World) -> dict[str, Any]:
    return dict(await w.product.ended((await w.product.submit(site.url))["scrape_id"]))


def titles(status: dict[str, Any]) -> list[str]:
    return [item["title"] for item in status["profile"]["news"]]


async def test_a_feed_is_read_beside_the_pages(w: World) -> None:
    async with serve(ropes()) as site:
        page, feed = site.hold("/about"), site.hold("/feed.xml")
        job = (await w.product.submit(site.url))["scrape_id"]
        await page.arrived.wait()
        await feed.arrived.wait()
        page.let_go.set()
        feed.let_go.set()
        status = await w.product.ended(job)
    assert (status["status"], titles(status)) == ("completed", ["Ropes by rail"])
    assert site.seen["/feed.xml"] == 1


async def test_a_feed_that_asks_to_be_left_alone_is_not_asked_again(w: World) -> None:
    async with serve(ropes()) as site:
        site.statuses["/feed.xml"] = [429]
        status = await read(site, w)
    assert (status["status"], site.seen["/feed.xml"]) == ("partial", 1)
    assert [warning["code"] for warning in status["warnings"]] == ["source_failed"]


async def test_pages_come_first_where_the_site_asks_for_a_delay(w: World) -> None:
    async with serve(ropes()) as site:
        site.pages["/robots.txt"] = ("text/plain", b"User-agent: *\nCrawl-delay: 0.1\n")
        status = await read(site, w)
    assert (status["status"], titles(status)) == ("completed", ["Ropes by rail"])
    assert list(site.seen)[-1] == "/feed.xml"


async def test_a_feed_that_others_keep_is_followed_there(w: World) -> None:
    async with serve(ropes(feed="/moved")) as site, serve(Server(host="127.0.0.2")) as keeper:
        keeper.pages["/ropes.xml"] = site.pages["/feed.xml"]
        refresh = f"<meta http-equiv=refresh content='0;url={keeper.url}/ropes.xml'>"
        site.pages["/moved"] = html("Moved", "", refresh)
        status = await read(site, w)
    assert (status["status"], titles(status)) == ("completed", ["Ropes by rail"])
    assert site.seen["/moved"] == 1
