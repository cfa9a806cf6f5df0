"""From an address to a sourced profile and one signed webhook, over HTTP, as callers see it."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests import patience
from tests.product import Product, Server, World, company_site, product, serve, urls

pytestmark = pytest.mark.asyncio(loop_scope="session")


def essence(profile: dict[str, Any]) -> Any:
    """The profile without what every run has of its own: its version and its times."""
    own = ("version", "previous_version", "fetched_at", "changes")

    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: clean(v) for k, v in value.items() if k not in own}
        return [clean(v) for v in value] if isinstance(value, list) else value

    return clean(profile)


async def one_job(w: World, **body: Any) -> dict[str, Any]:
    job = await w.product.submit(w.site.url, webhook_url=w.hook.url + "/hook", **body)
    return await w.product.ended(job["scrape_id"])


async def test_an_address_becomes_a_sourced_profile_and_one_signed_webhook(w: World) -> None:
    job = await w.product.submit(w.site.url, webhook_url=w.hook.url + "/hook", metadata={"deal": [[1], [2]]})
    assert job["status"] == "queued"
    status = await w.product.ended(job["scrape_id"])
    assert status["status"] == "completed", status
    assert status["progress_percent"] == 100
    profile = status["profile"]
    assert profile["identity"]["name"] == "Hollin Tools"
    assert profile["contact"]["emails"] == ["hello@hollin-tools.com"]
    assert profile["contact"]["phones"] == ["+12125550142"]
    assert [f["amount"] for f in profile["financial"]["revenue"]][:1] == [12_000_000]
    assert profile["financial"]["revenue"][0]["currency"] == "USD"
    assert [o["title"] for o in profile["hiring"]["openings"]] == ["Toolmaker"]
    assert [n["title"] for n in profile["news"]] == ["A new press"]
    for pointer in ("/identity/name", "/contact/emails/0", "/financial/revenue/0", "/hiring/openings/0"):
        assert profile["sources"][pointer][0]["url"].startswith("http"), pointer
    assert w.site.seen["/private"] == 0
    await w.hook.received_are(1)
    [(_, body)] = w.hook.webhooks(await w.secret())
    assert body["type"] == "scrape.completed"
    assert body["data"]["scrape_id"] == job["scrape_id"]
    assert body["data"]["metadata"] == {"deal": [[1], [2]]}
    logged = await w.product.until(job["scrape_id"], lambda s: s["webhooks"][0]["state"] == "delivered")
    assert [a["status"] for a in logged["webhooks"][0]["attempts"]] == [200]


async def test_a_second_caller_is_answered_from_the_cache_at_once(w: World) -> None:
    await one_job(w)
    await w.hook.received_are(1)
    requests = sum(w.site.seen.values())
    _, other = await w.product.new_account("second")
    again = await w.product.submit(w.site.url, other, webhook_url=w.hook.url + "/hook")
    assert again["status"] == "completed"
    assert again["profile"]["identity"]["name"] == "Hollin Tools"
    await w.hook.received_are(2)
    assert sum(w.site.seen.values()) == requests
    newer = await w.product.submit(w.site.url, other, max_age=0)
    assert newer["status"] in ("queued", "processing")
    assert (await w.product.ended(newer["scrape_id"], other))["profile"]["previous_version"] is not None


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def twice(standing: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    """All messages come twice, in any order. That functions share nothing but the platform tests/cloud has."""
    settings = {"duplicate_deliveries": "true", "reorder_deliveries": "true", **urls(standing.sources)}
    async with product(tmp_path_factory.mktemp("twice") / "data", **settings) as running:
        yield running


async def test_messages_that_come_twice_and_out_of_order_give_the_same_profile_and_one_webhook(
    w: World, twice: Product
) -> None:
    once = await one_job(w)
    status = await one_job(World(twice, w.site, w.sources, w.hook))
    logged = await twice.until(status["scrape_id"], lambda s: s["webhooks"][0]["state"] == "delivered")
    assert status["status"] == "completed", status
    assert essence(status["profile"]) == essence(once["profile"])
    assert len(logged["webhooks"]) == 1
    received = [json.loads(body)["data"]["scrape_id"] for _, body in w.hook.received]
    assert received.count(status["scrape_id"]) == 1


async def test_each_job_s_end_is_logged_once_however_it_ends_and_however_often_it_is_told(
    w: World, twice: Product
) -> None:
    """The dashboard counts these lines."""
    w.site.hold("/about")
    first = await twice.submit(w.site.url, webhook_url=f"{w.hook.url}/hook")
    joined = await twice.submit(w.site.url)
    w.site.let_go()
    assert (await twice.ended(first["scrape_id"]))["status"] == "completed"
    await twice.ended(joined["scrape_id"])
    cached = await twice.submit(w.site.url)
    assert cached["status"] == "completed"

    w.site.hold("/about")
    cancelled = await twice.submit(w.site.url, max_age=0)
    async with twice.client() as client:
        for _ in range(2):
            await client.post(f"/api/v1/scrape/cancel/{cancelled['scrape_id']}")
    w.site.let_go()
    w.site.pages["/robots.txt"] = ("text/plain", b"User-agent: *\nDisallow: /\n")
    failed = await twice.submit(w.site.url, max_age=0)
    assert (await twice.ended(failed["scrape_id"]))["status"] == "failed"
    await w.hook.received_are(1)

    jobs = [job["scrape_id"] for job in (first, joined, cached, cancelled, failed)]
    lines = [line for line in twice.lines("job ended") if line["job"] in jobs]
    ends = [("completed", False), ("completed", False), ("completed", True), ("cancelled", False), ("failed", False)]
    assert sorted((line["job"], line["status"], line["cached"]) for line in lines) == sorted(
        (job, *end) for job, end in zip(jobs, ends, strict=True)
    )


async def test_ten_runs_against_an_instance_that_takes_one_request_at_a_time(tmp_path: Path) -> None:
    async with product(tmp_path / "data", instance_concurrency=1, republish_seconds="60,120,240,480") as p:
        sites = [company_site(Server(host=f"127.0.2.{n}")) for n in range(1, 11)]
        async with asyncio.TaskGroup() as group:
            servers = [serve(site) for site in sites]
            for server in servers:
                group.create_task(server.__aenter__())
        try:
            for site in sites:  # without the outside sources, which are not on this machine
                for path in ("/investors", "/careers", "/team", "/news", "/imprint"):
                    del site.pages[path]
            jobs = [await p.submit(site.url) for site in sites]
            ended = await asyncio.gather(*(p.ended(job["scrape_id"]) for job in jobs))
        finally:
            for server in servers:
                await server.__aexit__(None, None, None)
        assert Counter(status["status"] for status in ended) == {"completed": 10}
        published = Counter((line["run"], line["stage"]) for line in p.lines("publish"))
        assert len(published) == 50
        assert max(published.values()) <= 2


async def test_two_callers_share_a_run_and_one_that_cancels_leaves_the_other_alone(w: World) -> None:
    held = w.site.hold("/about")
    _, other = await w.product.new_account("second")
    first = await w.product.submit(w.site.url, webhook_url=w.hook.url + "/first")
    second = await w.product.submit(w.site.url, other, webhook_url=w.hook.url + "/second")
    await asyncio.wait_for(held.arrived.wait(), patience.SECONDS)
    async with w.product.client() as client:
        answer = await client.post(f"/api/v1/scrape/cancel/{first['scrape_id']}")
        assert answer.json()["status"] == "cancelled"
    held.let_go.set()
    assert (await w.product.ended(second["scrape_id"], other))["status"] == "completed"
    assert (await w.product.status(first["scrape_id"]))["status"] == "cancelled"
    await w.hook.received_are(2)
    assert w.site.seen["/about"] == 1
    kinds = {w.hook.seen["/first"], w.hook.seen["/second"]}
    assert kinds == {1}


async def test_the_last_caller_that_cancels_ends_the_run(w: World) -> None:
    held = w.site.hold("/about")
    job = await w.product.submit(w.site.url)
    await asyncio.wait_for(held.arrived.wait(), patience.SECONDS)
    async with w.product.client() as client:
        await client.post(f"/api/v1/scrape/cancel/{job['scrape_id']}")
        held.let_go.set()
        again = await client.get(f"/api/v1/scrape/status/{job['scrape_id']}")
        assert again.json()["status"] == "cancelled"
    new = await w.product.submit(w.site.url)
    assert (await w.product.ended(new["scrape_id"]))["status"] == "completed"
    assert w.site.seen["/"] >= 2
