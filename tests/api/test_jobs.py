"""Ordering, following and cancelling."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.api import waiting
from shared import companies, jobs, orders, runs
from shared.errors import Problem
from shared.models import Attempt, Failure, Run, Status, fields
from shared.orders import Order
from shared.ports import Delete
from shared.profile import Contact
from shared.wiring import Platform
from tests.api.conftest import SCRAPE, Api, problem, serve

METADATA = {"crm": "A-1", "tags": [["x", 1], None], "ü": "\u0000"}


async def test_an_order_is_accepted_and_says_where_to_ask(api: Api) -> None:
    answer = await api.order(metadata=METADATA)
    assert answer.status_code == 202
    accepted = answer.json()
    assert accepted["status"] == "queued" and accepted["company"] == "hollin.example"
    assert accepted["metadata"] == METADATA
    assert accepted["status_url"] == f"https://api.firm.test{SCRAPE}/status/{accepted['scrape_id']}"
    assert answer.headers["location"] == f"{SCRAPE}/status/{accepted['scrape_id']}"
    status = await api.status(accepted["scrape_id"])
    assert (status["status"], status["progress_percent"], status["current_stage"]) == ("queued", 0, "discover")
    assert [stage["state"] for stage in status["stages"]] == ["waiting"] * 5
    assert status["profile"] is None and status["metadata"] == METADATA and status["url"] == "hollin.example"


async def test_without_a_public_address_the_status_url_is_where_the_caller_asked(tmp_path: Path) -> None:
    async with serve(tmp_path / "data", public_url="") as api:
        accepted = (await api.order()).json()
        assert accepted["status_url"].startswith("https://api.firm.test/api/v1/scrape/status/")
        assert (await api.client.get(accepted["status_url"])).status_code == 200


async def test_the_status_follows_the_run_and_shows_each_stage(api: Api) -> None:
    job = (await api.order()).json()["scrape_id"]
    run, settings = await api.run(), api.platform.settings
    start = settings.now()

    def work(current: Run) -> None:
        runs.take(current, "discover", "owner", settings, start)
        runs.advance(current, "discover", "crawl", settings, start + timedelta(seconds=2))
        runs.take(current, "crawl", "owner", settings, start + timedelta(seconds=2))
        current.stages["crawl"].failures = 1
        current.stages["crawl"].error = Failure(code="stage_failed", reason="boom")

    await runs.change(api.platform, run.id, work)
    status = await api.status(job)
    assert (status["status"], status["progress_percent"], status["current_stage"]) == ("processing", 10, "crawl")
    discover, crawl = status["stages"][:2]
    assert discover["name"] == "discover" and discover["state"] == "done" and discover["seconds"] == 2.0
    assert discover["started_at"] and discover["ended_at"] and discover["error"] is None
    assert crawl["state"] == "running" and crawl["attempts"] == 1 and crawl["failures"] == 1
    assert crawl["seconds"] is None and crawl["error"] == {"code": "stage_failed", "reason": "boom"}


async def test_a_finished_job_shows_the_profile_with_the_sections_asked_for(api: Api) -> None:
    job = (await api.order(sections=["contact", "contact"])).json()["scrape_id"]
    await api.complete(contact=Contact(emails=["hello@hollin.example"]))
    status = await api.status(job)
    assert (status["status"], status["progress_percent"], status["current_stage"]) == ("completed", 100, None)
    assert status["ended_at"] and status["expires_at"] and status["error"] is None and status["sections"] == ["contact"]
    assert status["profile"]["contact"]["emails"] == ["hello@hollin.example"]
    assert "identity" not in status["profile"] and "people" not in status["profile"]
    assert status["profile"]["version"] == status["profile_version"]


async def test_a_fresh_profile_answers_at_once(api: Api) -> None:
    await api.order()
    await api.complete()
    answer = await api.order(url="https://www.hollin.example/some/page?x=1", metadata={"n": 1})
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "completed" and body["cached"] and body["progress_percent"] == 100
    assert body["profile"]["identity"]["name"] == "Hollin Tools" and body["metadata"] == {"n": 1}
    assert await api.status(body["scrape_id"]) == body


async def test_a_profile_older_than_max_age_is_read_anew(api: Api) -> None:
    await api.order()
    await api.complete()
    assert (await api.order(max_age=3600)).status_code == 200
    assert (await api.order(max_age=0)).status_code == 202


async def test_a_run_that_has_ended_settles_its_job_when_the_caller_asks(api: Api) -> None:
    job = (await api.order()).json()["scrape_id"]
    await api.end(await api.run(), Status.FAILED, failure=Failure(code="dns_failed", reason="no such name"))
    status = await api.status(job)
    assert status["status"] == "failed" and status["error"] == {"code": "dns_failed", "reason": "no such name"}
    assert status["current_stage"] is None and status["profile"] is None


async def test_cancelling_ends_the_job_and_may_be_repeated(api: Api) -> None:
    job = (await api.order()).json()["scrape_id"]
    run = await api.run()
    await runs.change(api.platform, run.id, lambda current: setattr(current, "progress", 42))
    cancelled = await api.client.post(f"{SCRAPE}/cancel/{job}")
    assert cancelled.status_code == 200 and cancelled.json()["status"] == "cancelled"
    assert cancelled.json()["error"]["code"] == "cancelled" and cancelled.json()["progress_percent"] == 42
    assert (await api.client.post(f"{SCRAPE}/cancel/{job}")).json() == cancelled.json() == await api.status(job)


async def test_cancelling_a_finished_job_changes_nothing(api: Api) -> None:
    job = (await api.order()).json()["scrape_id"]
    await api.complete()
    before = await api.status(job)
    assert (await api.client.post(f"{SCRAPE}/cancel/{job}")).json() == before


async def test_progress_does_not_fall_when_the_job_goes_over_to_another_run_or_outlives_its_run(api: Api) -> None:
    job = (await api.order()).json()["scrape_id"]
    run = await api.run()
    await runs.change(api.platform, run.id, lambda current: setattr(current, "progress", 60))
    assert (await api.status(job))["progress_percent"] == 60
    await api.end(await api.run(), Status.CANCELLED)  # by the others, just when this job had joined
    assert (await api.status(job))["progress_percent"] == 60
    after = await api.run()
    assert after.id != run.id
    failed = await api.end(after, Status.FAILED, failure=Failure(code="timeout", reason="too slow"))
    assert (await api.status(job))["progress_percent"] == 60
    await api.platform.documents.commit([Delete(runs.path(failed.id))])
    assert (await api.status(job))["progress_percent"] == 60


async def test_an_expired_job_is_gone_for_its_owner_and_unknown_to_others(tmp_path: Path) -> None:
    async with serve(tmp_path / "data", job_retention_seconds=0) as api:
        job = (await api.order()).json()["scrape_id"]
        await api.client.post(f"{SCRAPE}/cancel/{job}")
        for method, path in (("GET", f"{SCRAPE}/status/{job}"), ("POST", f"{SCRAPE}/cancel/{job}")):
            problem(await api.client.request(method, path), 410, "expired")
            problem(await api.client.request(method, path, headers=await api.other()), 404, "not_found")


@pytest.mark.parametrize("method, path", [("GET", "status"), ("POST", "cancel")])
async def test_another_account_s_job_reads_as_one_that_never_was(api: Api, method: str, path: str) -> None:
    job = (await api.order(webhook_url="https://hooks.example.org/x")).json()["scrape_id"]
    other = await api.other()
    foreign = problem(await api.client.request(method, f"{SCRAPE}/{path}/{job}", headers=other), 404, "not_found")
    unknown = problem(await api.client.request(method, f"{SCRAPE}/{path}/{'0' * 32}", headers=other), 404, "not_found")
    del foreign["instance"], unknown["instance"]
    assert foreign == unknown
    assert (await api.status(job))["status"] == "queued"


@pytest.mark.parametrize("job", ["x", "..", "a" * 150, "%2e%2e%2fkeys", "jobs%2Fx", "%00", "é", "😀"])
async def test_an_id_that_cannot_be_is_not_found(api: Api, job: str) -> None:
    problem(await api.client.get(f"{SCRAPE}/status/{job}"), 404, "not_found")


async def test_the_delivery_log_shows_each_attempt(api: Api) -> None:
    hook = "https://hooks.example.org/x"
    job = (await api.order(webhook_url=hook)).json()["scrape_id"]
    assert (await api.status(job))["webhooks"] == []
    await api.complete()
    [document] = await api.platform.documents.query("deliveries_of_job", api.account.id, job)
    at = api.platform.settings.now()
    attempts = [
        Attempt(number=1, at=at, error="timeout: no answer", milliseconds=15000),
        Attempt(number=2, at=at, status=503, milliseconds=12),
    ]
    logged = {**document.fields, "attempts": [fields(attempt) for attempt in attempts]}
    await api.platform.documents.put(document.path, logged)
    [delivery] = (await api.status(job))["webhooks"]
    assert delivery["id"].startswith("msg_") and delivery["event"] == "scrape.completed"
    assert delivery["endpoint"] == hook and delivery["state"] == "pending"
    seen: list[dict[str, Any]] = delivery["attempts"]
    assert [(a["number"], a["status"], a["error"], a["milliseconds"]) for a in seen] == [
        (1, None, "timeout: no answer", 15000),
        (2, 503, None, 12),
    ]
    assert "body" not in delivery and "lease" not in delivery


async def test_the_same_idempotency_key_gives_the_same_job(api: Api) -> None:
    async def keyed(headers: dict[str, str] | None = None, **body: Any) -> Any:
        given = {"Idempotency-Key": "order 1", **(headers or {})}
        return await api.client.post(f"{SCRAPE}/company", json={"url": "hollin.example", **body}, headers=given)

    first, again, spelled = await keyed(), await keyed(), await keyed(sections=[])
    assert first.status_code == again.status_code == 202
    assert first.json() == again.json() == spelled.json()
    problem(await keyed(max_age=5), 422, "idempotency_key_reused")
    assert (await keyed(await api.other())).json()["scrape_id"] != first.json()["scrape_id"]

    run, settings = await api.run(), api.platform.settings

    def claimed(current: Run) -> None:
        runs.take(current, "discover", "owner", settings, settings.now())

    await runs.change(api.platform, run.id, claimed)
    assert (await keyed()).json()["status"] == "processing"
    await api.complete()
    ended = await keyed()
    assert ended.status_code == 200 and ended.json()["scrape_id"] == first.json()["scrape_id"]
    assert ended.json()["profile"]["identity"]["name"] == "Hollin Tools"


async def test_open_jobs_are_capped_and_a_stored_profile_still_answers(tmp_path: Path) -> None:
    async with serve(tmp_path / "data", tiers='{"free": {"open_jobs": 2}}') as api:
        await api.order()
        await api.complete()
        first = (await api.order(url="one.example")).json()["scrape_id"]
        await api.order(url="two.example")
        refused = await api.order(url="three.example")
        problem(refused, 429, "too_many_open_jobs")
        assert int(refused.headers["retry-after"]) >= 1
        assert (await api.order()).status_code == 200
        await api.client.post(f"{SCRAPE}/cancel/{first}")
        assert (await api.order(url="three.example")).status_code == 202


async def test_instances_that_count_at_the_same_time_pass_a_cap_by_one_each_at_most(tmp_path: Path) -> None:
    async with serve(tmp_path / "data", tiers='{"free": {"open_jobs": 50}}') as api:
        other = Platform(api.platform.settings)

        async def order(instance: Platform, number: int) -> bool:
            company = f"firm{number}.example"
            try:
                await orders.submit(instance, api.account, Order(url=f"https://{company}/", company=company))
            except Problem as problem:
                assert problem.code == "too_many_open_jobs"
                return False
            return True

        taken = await asyncio.gather(*(order((api.platform, other)[number % 2], number) for number in range(110)))
        await other.close()
        assert 50 <= sum(taken) <= 51


async def test_an_opted_out_company_is_refused(tmp_path: Path) -> None:
    async with serve(tmp_path / "data", opt_out="hollin.example") as api:
        problem(await api.order(url="https://www.hollin.example"), 403, "opted_out")
        problem(await api.client.get("/api/v1/companies/hollin.example"), 403, "opted_out")


async def test_two_callers_share_a_run_and_see_only_their_own_job(api: Api) -> None:
    other = await api.other()
    mine = (await api.order(metadata={"who": "me"})).json()
    theirs = (await api.client.post(f"{SCRAPE}/company", json={"url": "hollin.example"}, headers=other)).json()
    assert mine["scrape_id"] != theirs["scrape_id"] and theirs["metadata"] == {}
    document = await api.platform.documents.get(jobs.path(theirs["scrape_id"]))
    assert document is not None and document.fields["run"] == (await api.run()).id
    await api.client.post(f"{SCRAPE}/cancel/{mine['scrape_id']}")
    assert (await api.client.get(theirs["status_url"], headers=other)).json()["status"] == "queued"


async def test_an_order_that_prefers_to_wait_is_answered_with_the_profile_once_its_job_ends(api: Api) -> None:
    asked = asyncio.create_task(
        api.client.post(f"{SCRAPE}/company", json={"url": "hollin.example"}, headers={"Prefer": "respond, wait=20"})
    )
    while await companies.get(api.platform, "hollin.example") is None:
        await asyncio.sleep(0)
    await api.complete()
    answer = await asked
    assert answer.status_code == 200 and answer.headers["preference-applied"] == "wait=20"
    assert answer.json()["status"] == "completed" and answer.json()["profile"]["identity"]["name"] == "Hollin Tools"
    assert answer.headers["location"] == f"{SCRAPE}/status/{answer.json()['scrape_id']}"


async def test_a_status_request_that_prefers_to_wait_is_answered_once_the_job_has_failed(api: Api) -> None:
    job = (await api.order()).json()["scrape_id"]
    asked = asyncio.create_task(api.client.get(f"{SCRAPE}/status/{job}", headers={"Prefer": "wait=20"}))
    run = await api.end(await api.run(), Status.FAILED, failure=Failure(code="dns_failed", reason="No such name."))
    await jobs.settle(api.platform, run)
    answer = await asked
    assert answer.json()["error"]["code"] == "dns_failed" and answer.headers["preference-applied"] == "wait=20"


async def test_an_order_whose_job_takes_longer_than_preferred_is_accepted_as_ever(api: Api) -> None:
    order = {"url": "hollin.example"}
    answer = await api.client.post(f"{SCRAPE}/company", json=order, headers={"Prefer": "wait=1"})
    assert answer.status_code == 202 and answer.headers["preference-applied"] == "wait=1"
    assert (await api.status(answer.json()["scrape_id"]))["status"] == "queued"


@pytest.mark.parametrize("prefer", ["wait", "wait=", "wait=-3", "wait=0", "wait=soon", "return=minimal", "wait=²"])
async def test_a_preference_that_asks_for_no_waiting_is_ignored(api: Api, prefer: str) -> None:
    order = {"url": "hollin.example"}
    answer = await api.client.post(f"{SCRAPE}/company", json=order, headers={"Prefer": prefer.encode("latin-1")})
    assert answer.status_code == 202 and "preference-applied" not in answer.headers


async def test_an_instance_lets_only_so_many_requests_wait_and_answers_the_next_at_once(api: Api) -> None:
    job = (await api.order()).json()["scrape_id"]

    def ask() -> Any:
        return api.client.get(f"{SCRAPE}/status/{job}", headers={"Prefer": "wait=50"})

    asked = [asyncio.create_task(ask()) for _ in range(waiting.AT_ONCE)]
    while waiting._waiting < waiting.AT_ONCE:
        await asyncio.sleep(0)
    beyond = await ask()
    assert beyond.json()["status"] == "queued" and "preference-applied" not in beyond.headers
    await api.complete()
    assert {answer.json()["status"] for answer in await asyncio.gather(*asked)} == {"completed"}
    assert (await ask()).json()["status"] == "completed" and waiting._waiting == 0
