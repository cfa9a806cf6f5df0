"""The plan in the whole product: hosts, languages, duplicates and stand-ins of a site on loopback."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import web

from functions.discover.main import discover
from shared import runs
from shared.models import ReadingPlan, StageState, fields
from tests.desk import COMPANY, desk
from tests.product import Server, World, html, serve

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_traps_and_copies_are_not_asked_for(w: World) -> None:
    more = "".join(
        f"<a href='{path}'>{text}</a>"
        for path, text in (
            ("/login", "About us"),
            ("/about/", "About"),
            ("/about?utm_source=x", "About"),
            ("/de/ueber-uns", "Über uns"),
            ("/news?page=2", "News"),
            ("/contact/search", "Contact"),
            ("/about.pdf", "About"),
        )
    )
    site = w.site
    kind, home = site.pages["/"]
    site.pages["/"] = (kind, home.replace(b"</nav>", f"{more}</nav>".encode()))
    status = await w.product.ended((await w.product.submit(site.url))["scrape_id"])
    assert status["status"] == "completed", status
    assert not {"/login", "/de/ueber-uns", "/contact/search", "/about.pdf"} & site.seen.keys()
    assert site.seen["/about"] + site.seen["/about/"] == 1
    assert site.seen["/news"] == 1


NOT_THE_COMPANYS = {
    "blocked": ("Just a moment...", "<script>window._cf_chl_opt={}</script>"),
    "parked": ("ropes.example", "<p>This domain is for sale.</p>"),
    "placeholder": ("Welcome to nginx!", "<h1>Welcome to nginx!</h1>"),
    "login_required": ("Log in", "<form><input type=password></form>"),
    "consent_required": ("Before you continue", "<p>Before you continue to Ropes, choose.</p>"),
    "geo_blocked": ("Ropes", "<p>Ropes is not available in your country.</p>"),
}


async def test_a_home_page_that_is_not_the_companys_fails_with_its_code(w: World) -> None:
    async with AsyncExitStack() as up:
        jobs = {}
        for code, (title, body) in NOT_THE_COMPANYS.items():
            site = Server(pages={"/": html(title, body)})
            await up.enter_async_context(serve(site))
            jobs[code] = (await w.product.submit(site.url))["scrape_id"]
        ended = {code: await w.product.ended(job) for code, job in jobs.items()}
    said = {code: (status["status"], status["error"]["code"]) for code, status in ended.items()}
    assert said == {code: ("failed", code) for code in NOT_THE_COMPANYS}


async def test_a_page_under_two_addresses_counts_once(w: World) -> None:
    pages = w.site.pages
    kind, contact = pages["/contact"]
    pages["/"] = (kind, pages["/"][1].replace(b"</nav>", b"<a href='/get-in-touch'>Contact us</a></nav>"))
    for path, counter in (("/contact", b"4711"), ("/get-in-touch", b"4712")):
        pages[path] = (kind, contact.replace(b"</body>", b"<i>%b</i></body>" % counter))
    status = await w.product.ended((await w.product.submit(w.site.url))["scrape_id"])
    assert {"/contact", "/get-in-touch"} <= w.site.seen.keys()
    told = status["profile"]["sources"]["/contact/emails/0"]
    assert {evidence["url"] for evidence in told} == {f"{w.site.url}/contact"}


class Timed(Server):
    """A server that notes when it is asked."""

    def __init__(self, **pages: tuple[str, bytes]) -> None:
        super().__init__(pages={f"/{path.removeprefix('home')}": page for path, page in pages.items()})
        self.times: list[float] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.times.append(asyncio.get_running_loop().time())
        return await super().answer(request)


async def test_the_crawl_delay_holds_between_all_requests_of_two_runs(w: World) -> None:
    async with serve(Timed(home=html("Ropes", "<h1>Ropes for ships</h1><p>We make ropes for all ships.</p>"))) as site:
        assert isinstance(site, Timed)
        site.pages["/robots.txt"] = ("text/plain", b"User-agent: *\nCrawl-delay: 1\n")
        for _ in range(2):
            status = await w.product.ended((await w.product.submit(site.url, max_age=0))["scrape_id"])
            assert status["status"] == "completed", status
    assert site.seen == {"/robots.txt": 2, "/": 2, "/sitemap.xml": 2}
    assert min(later - earlier for earlier, later in pairwise(site.times)) > 0.9  # the server sees arrivals, not starts


async def test_nothing_waits_in_place_for_what_is_left_of_a_long_crawl_delay(tmp_path: Path) -> None:
    async with desk(tmp_path, discover, "discover", "crawl") as at:
        now = at.platform.settings.now()
        earlier = runs.new(COMPANY, at.platform.settings, now)
        earlier.plan, earlier.ended_at = ReadingPlan(base=f"https://{COMPANY}/", crawl_delay=90), now
        await at.platform.documents.create(runs.path(earlier.id), fields(earlier))
        await at.change(lambda run: setattr(run, "before", earlier.id))
        stage = (await at.works()).stages["discover"]
        assert stage.state is StageState.WAITING
        assert stage.lease is not None
        assert stage.lease.owner is None
        assert timedelta(seconds=80) < stage.lease.until - now <= timedelta(seconds=91)
