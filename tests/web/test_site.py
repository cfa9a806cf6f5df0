"""A site as a run reads it: each hop permitted, and as far apart as the crawl delay asks."""

import asyncio
from itertools import pairwise

import pytest
from aiohttp import web

from shared.settings import Settings
from shared.web.address import FetchError
from shared.web.client import Client
from shared.web.site import Site

DELAY = 0.2


class Recorder:
    """A site on two addresses: / leads to /home, /away to another host, robots.txt says what it is told to."""

    def __init__(self) -> None:
        self.robots, self.robots_status, self.starts = "", 200, list[tuple[str, float]]()
        self.port = 0

    async def answer(self, request: web.Request) -> web.Response:
        if request.path == "/robots.txt":
            return web.Response(text=self.robots, status=self.robots_status)
        self.starts.append((request.path, asyncio.get_running_loop().time()))
        if request.path == "/":
            raise web.HTTPFound("/home")
        if request.path == "/away":
            raise web.HTTPFound(f"http://127.0.0.3:{self.port}/home")
        if request.path == "/hidden":
            raise web.HTTPFound("/private/x")
        return web.Response(text="<html></html>", content_type="text/html")


@pytest.fixture
async def recorder():  # type: ignore[no-untyped-def]
    made = Recorder()
    app = web.Application()
    app.router.add_get("/{path:.*}", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    for host in ("127.0.0.2", "127.0.0.3"):
        site = web.TCPSite(runner, host, made.port)
        await site.start()
        made.port = runner.addresses[0][1]
    yield made
    await runner.cleanup()


@pytest.fixture
async def site():  # type: ignore[no-untyped-def]
    settings = Settings(platform="embedded", allow_networks=("127.0.0.0/8",), ports=())
    async with Client(settings) as client:
        yield Site(client, settings)


async def test_redirects_wait_for_the_crawl_delay_too(recorder: Recorder, site: Site) -> None:
    recorder.robots = f"User-agent: *\nCrawl-delay: {DELAY}"
    base = f"http://127.0.0.2:{recorder.port}"
    await site.get(f"{base}/")
    await site.get(f"{base}/about")
    assert [path for path, _ in recorder.starts] == ["/", "/home", "/about"]
    apart = [later - earlier for (_, earlier), (_, later) in pairwise(recorder.starts)]
    assert min(apart) >= DELAY * 0.9  # the server's clock sees arrivals, not starts


async def test_a_redirect_into_what_robots_txt_forbids_is_not_followed(recorder: Recorder, site: Site) -> None:
    recorder.robots = "User-agent: *\nDisallow: /private"
    with pytest.raises(FetchError) as refused:
        await site.get(f"http://127.0.0.2:{recorder.port}/hidden")
    assert refused.value.code == "robots_disallowed"
    assert [path for path, _ in recorder.starts] == ["/hidden"]


async def test_no_redirect_leaves_the_site_once_its_home_is_known(recorder: Recorder, site: Site) -> None:
    site.home = f"http://127.0.0.2:{recorder.port}/"
    with pytest.raises(FetchError) as refused:
        await site.get(f"http://127.0.0.2:{recorder.port}/away")
    assert refused.value.code == "off_site"
    assert [path for path, _ in recorder.starts] == ["/away"]


async def test_a_failing_robots_txt_forbids_all_until_it_answers(recorder: Recorder, site: Site) -> None:
    recorder.robots_status = 503
    with pytest.raises(FetchError) as refused:
        await site.get(f"http://127.0.0.2:{recorder.port}/about")
    assert refused.value.code == "robots_disallowed"
    recorder.robots_status = 404
    assert (await site.get(f"http://127.0.0.2:{recorder.port}/about")).status == 200
