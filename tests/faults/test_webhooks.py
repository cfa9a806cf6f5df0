"""Webhooks against endpoints that fail, ask for time, redirect or are gone."""

import pytest

from tests.product import QUICK, World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def delivered(w, job):  # type: ignore[no-untyped-def]
    logged = await w.product.until(
        job["scrape_id"], lambda s: s.get("webhooks") and s["webhooks"][0]["state"] != "pending"
    )
    return logged["webhooks"][0]


async def test_two_failures_then_success_are_three_log_lines_and_one_id(w: World) -> None:
    w.hook.statuses["/hook"] = [500, 503]
    job = await w.product.submit(w.site.url, webhook_url=w.hook.url + "/hook")
    log = await delivered(w, job)
    assert log["state"] == "delivered"
    assert [(a["number"], a["status"]) for a in log["attempts"]] == [(1, 500), (2, 503), (3, 200)]
    received = w.hook.webhooks(await w.secret())
    assert [webhook for webhook, _ in received] == [log["id"]] * 3
    assert received[0][1] == received[1][1] == received[2][1]


async def test_an_endpoint_that_is_gone_is_left_alone(w: World) -> None:
    w.hook.statuses["/hook"] = [410]
    job = await w.product.submit(w.site.url, webhook_url=w.hook.url + "/hook")
    log = await delivered(w, job)
    assert (log["state"], [a["status"] for a in log["attempts"]]) == ("disabled", [410])
    async with w.product.client() as client:
        order = {"url": w.site.url, "webhook_url": w.hook.url + "/hook"}
        refused = await client.post("/api/v1/scrape/company", json=order)
    assert (refused.status_code, refused.json()["code"]) == (422, "webhook_disabled")
    assert w.hook.seen["/hook"] == 1


async def test_the_schedule_used_up_is_a_failed_delivery_and_a_completed_job(w: World) -> None:
    w.hook.statuses["/hook"] = [500] * 10
    job = await w.product.submit(w.site.url, webhook_url=w.hook.url + "/hook")
    log = await delivered(w, job)
    assert (log["state"], len(log["attempts"])) == ("failed", len(QUICK["webhook_schedule"].split(",")))
    assert (await w.product.status(job["scrape_id"]))["status"] == "completed"


async def test_a_webhook_redirect_is_not_followed(w: World) -> None:
    w.hook.statuses["/hook"] = [302] * 10
    job = await w.product.submit(w.site.url, webhook_url=w.hook.url + "/hook")
    log = await delivered(w, job)
    assert (log["state"], {attempt["status"] for attempt in log["attempts"]}) == ("failed", {302})
