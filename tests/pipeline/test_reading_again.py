"""A company that is read again: pages that have not changed are not sent again, and keep their facts."""

import asyncio
import hashlib

import pytest
from aiohttp import web

from shared import companies, runs
from shared.ports import Delete, Update
from tests.product import Server, World, company_site, html, serve

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Marked(Server):
    """A server whose pages carry an ETag, and that counts the pages it need not send."""

    async def answer(self, request: web.Request) -> web.Response:
        answer = await super().answer(request)
        if answer.status == 200 and isinstance(answer.body, bytes):
            answer.headers["ETag"] = f'"{hashlib.sha256(answer.body).hexdigest()[:8]}"'
            if request.headers.get("If-None-Match") == answer.headers["ETag"]:
                self.seen["304"] += 1
                return web.Response(status=304)
        return answer


async def test_the_next_run_asks_whether_pages_have_changed_and_keeps_the_facts_of_those_that_have_not(
    w: World,
) -> None:
    site = Marked()
    company_site(site)
    p = w.product
    async with serve(site):
        first = (await p.ended((await p.submit(site.url))["scrape_id"]))["profile"]
        assert (site.seen["304"], {page["status"] for page in first["coverage"]["pages"]} - {200, 404}) == (0, set())
        site.pages["/contact"] = html("Contact", "<h1>Contact</h1><p>Write to post@hollin-tools.com now.</p>")
        await asyncio.sleep(1.1)  # times of pages are whole seconds
        second = (await p.ended((await p.submit(site.url, max_age=0))["scrape_id"]))["profile"]
        third = (await p.ended((await p.submit(site.url, max_age=0))["scrape_id"]))["profile"]
    read = {page["url"].rpartition("/")[2]: page for page in second["coverage"]["pages"] if page["outcome"] == "read"}
    assert (read["contact"]["status"], read["investors"]["status"], read[""]["status"]) == (200, 304, 200)
    assert second["contact"]["emails"] == third["contact"]["emails"] == ["post@hollin-tools.com"]
    assert second["financial"]["tickers"] == first["financial"]["tickers"] != []
    evidence = [
        next(e for e in profile["sources"]["/financial/tickers/0"] if e["url"].endswith("/investors"))
        for profile in (first, second)
    ]
    assert evidence[0]["quote"] == evidence[1]["quote"]
    assert evidence[0]["fetched_at"] < evidence[1]["fetched_at"]
    assert site.seen["304"] >= 10


@pytest.mark.parametrize("how", ["expired", "gone"])
async def test_without_the_run_before_pages_are_asked_for_plainly(how: str, w: World) -> None:
    site = Marked()
    company_site(site)
    p = w.product
    async with serve(site):
        first = (await p.ended((await p.submit(site.url))["scrape_id"]))["profile"]
        async with p.platform() as platform:
            company = await companies.get(platform, first["domain"])
            assert company is not None
            assert company.profile_run is not None
            run = runs.path(company.profile_run)
            await platform.documents.commit(
                [Update(run, {"expires_at": platform.settings.now()}) if how == "expired" else Delete(run)]
            )
        second = (await p.ended((await p.submit(site.url, max_age=0))["scrape_id"]))["profile"]
    assert second["contact"] == first["contact"]
    assert site.seen["304"] == 0
