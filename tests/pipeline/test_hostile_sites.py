"""Sites and callers that mean harm, or do by chance, against the whole product."""

import asyncio

import pytest

from tests.ports import free_port
from tests.product import Server, World, company_site, html, serve

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_half_a_surrogate_pair_on_a_page_costs_nothing(w: World) -> None:
    site = Server(pages={"/contact": company_site(Server()).pages["/contact"]})
    broken = '<script type="application/ld+json">{"@type": "Organization", "name": "Hollin \\ud800 Tools"}</script>'
    site.pages["/"] = html("Hollin Tools", '<a href="/contact">Contact</a><p>Hand tools for bookbinders.</p>', broken)
    async with serve(site):
        p = w.product
        status = await p.ended((await p.submit(site.url))["scrape_id"])
        assert status["status"] == "completed", status
        assert all(stage["failures"] == 0 for stage in status["stages"])


async def test_a_content_type_of_garbage_is_not_html(w: World) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        robots = b"robots" in line
        body = b"" if robots else b"<html></html>"
        status = b"404 Not Found" if robots else b"200 OK"
        writer.write(
            b"HTTP/1.1 "
            + status
            + b"\r\nContent-Type: \xff\xfe/x\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body)
            + body
        )
        await writer.drain()
        writer.close()

    port = free_port()
    server = await asyncio.start_server(answer, "127.0.0.1", port)
    async with server:
        status = await w.product.ended((await w.product.submit(f"http://127.0.0.1:{port}"))["scrape_id"])
    assert (status["status"], status["error"]["code"]) == ("failed", "not_html")
    assert {stage["state"] for stage in status["stages"]} == {"failed", "waiting"}


async def test_a_retry_after_beyond_all_time_is_one_more_attempt_in_the_log(w: World) -> None:
    w.hook.headers["Retry-After"] = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"
    w.hook.statuses["/hook"] = [503]
    job = await w.product.submit(w.site.url, webhook_url=w.hook.url + "/hook")
    logged = await w.product.until(
        job["scrape_id"], lambda s: s.get("webhooks") and s["webhooks"][0]["state"] == "delivered"
    )
    assert [attempt["status"] for attempt in logged["webhooks"][0]["attempts"]] == [503, 200]


async def test_our_own_api_is_neither_read_nor_called(w: World) -> None:
    p = w.product
    async with p.client() as client:
        for name in ("127.0.0.1", "localhost"):
            own = f"http://{name}:{p.port}"
            for order in ({"url": own}, {"url": w.site.url, "webhook_url": f"{own}/api/v1/scrape/cancel/x"}):
                answer = await client.post("/api/v1/scrape/company", json=order)
                assert (answer.status_code, answer.json()["code"]) == (422, "address_not_allowed")


async def test_orders_at_once_do_not_pass_the_cap(w: World) -> None:
    w.site.hold("/")
    _, key = await w.product.new_account("small", "free")
    async with w.product.client(key) as client:
        asked = [client.post("/api/v1/scrape/company", json={"url": w.site.url}) for _ in range(30)]
        answers = await asyncio.gather(*asked)
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [202] * 10 + [429] * 20
    assert all(
        a.json()["code"] == "too_many_open_jobs" and "Retry-After" in a.headers for a in answers if a.status_code == 429
    )


async def test_names_that_no_document_can_have_are_invalid_addresses(w: World) -> None:
    async with w.product.client() as client:
        assert (await client.post("/api/v1/scrape/company", json={"url": "__a.b__"})).status_code == 422
        assert (await client.get("/api/v1/companies/__a.b__")).status_code == 422
        assert (await client.get("/api/v1/companies/example.com", params={"version": "__x__"})).status_code == 422


async def test_a_large_page_is_read_like_a_small_one_and_robots_txt_once_a_run(w: World) -> None:
    filler = "<p>We make bone folders and presses.</p>" * 10_000
    w.site.pages["/contact"] = html("Contact", f"{filler}<p>Write to hello@hollin-tools.com.</p>")
    status = await w.product.ended((await w.product.submit(w.site.url))["scrape_id"])
    assert status["profile"]["contact"]["emails"] == ["hello@hollin-tools.com"]
    assert w.site.seen["/robots.txt"] == 1
