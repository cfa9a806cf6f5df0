"""`kill -9` of the whole host while somebody else holds an answer, then a new start: nothing accepted is lost."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import httpx
import pytest

from shared import jobs, runs
from tests import patience
from tests.product import Server, World, company_site, serve, world


async def in_each_stage(w: World, sites: dict[str, Server]) -> dict[str, str]:
    """Jobs by the stage in which somebody holds an answer: the last first, since they have to pass the others."""
    places = {
        "deliver": (w.hook, "/deliver"),
        "signals": (w.sources, "/v1/boards/hollintools/jobs"),
        "financial": (w.sources, "/submissions/CIK0000987654.json"),
        "crawl": (sites["crawl"], "/about"),
        "discover": (sites["discover"], "/"),
    }
    held = {}
    for stage, (server, path) in places.items():
        arrived = server.hold(path).arrived
        held[stage] = (await w.product.submit(sites[stage].url, webhook_url=f"{w.hook.url}/{stage}"))["scrape_id"]
        await asyncio.wait_for(arrived.wait(), patience.SECONDS)
    return held


async def test_a_host_killed_in_any_stage_ends_every_job_after_its_next_start(tmp_path: Path) -> None:
    stages = ("discover", "crawl", "financial", "signals", "deliver")
    async with world(tmp_path / "data") as w, AsyncExitStack() as stack:
        sites = {stage: await stack.enter_async_context(serve(company_site(Server()))) for stage in stages}
        held = await in_each_stage(w, sites)
        await w.product.kill()
        for server in (w.hook, w.sources, *sites.values()):
            server.let_go()
        await w.product.start()
        for stage, job in held.items():
            status = await w.product.ended(job)
            assert status["status"] == "completed", (stage, status)
            if stage != "deliver":
                [broken_off] = [s for s in status["stages"] if s["name"] == stage]
                assert broken_off["attempts"] > 1
            assert all(s["failures"] == 0 for s in status["stages"]), "a killed owner is no failure"
            logged = await w.product.until(job, lambda s: s["webhooks"][0]["state"] == "delivered")
            assert len(logged["webhooks"]) == 1
            received = w.hook.webhooks(await w.secret())
            ids = [webhook for webhook, body in received if body["data"]["scrape_id"] == job]
            assert set(ids) == {logged["webhooks"][0]["id"]}, stage
            assert len(ids) > 1 or stage != "deliver", "it was broken off there"


async def worker_at_crawl(w: World, job: str) -> int:
    """The process that has the job's run in hand."""
    async with w.product.platform() as platform:
        document = await platform.documents.get(jobs.path(job))
        assert document
        run = await runs.get(platform, str(document.fields["run"]))
        assert run
        lease = run.stages["crawl"].lease
        assert lease
    for variables in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"FIRMOGRAPH_OWNER={lease.owner}\0".encode() in variables.read_bytes():
                return int(variables.parent.name)
    raise AssertionError("nobody has it in hand")


async def test_a_worker_that_dies_alone_is_noticed_at_once(tmp_path: Path) -> None:
    """A lease of an hour, and a message that comes again after another, are not waited for."""
    async with world(tmp_path / "data", "--workers", "2", lease_seconds=3600, push_backoff_seconds="3600,3600") as w:
        held = w.site.hold("/about")
        job = await w.product.submit(w.site.url, webhook_url=w.hook.url + "/hook")
        await asyncio.wait_for(held.arrived.wait(), patience.SECONDS)
        os.kill(await worker_at_crawl(w, job["scrape_id"]), signal.SIGKILL)
        w.site.let_go()
        status = await w.product.ended(job["scrape_id"])
        assert status["status"] == "completed", status
        await w.hook.received_are(1)


@pytest.mark.parametrize("commits", [2, 14, 24])
async def test_a_host_killed_after_any_commit_loses_nothing(tmp_path: Path, commits: int) -> None:
    async with world(tmp_path / "data", crash_after_commits=commits) as w:
        async with w.product.client() as client:
            order = {"url": w.site.url, "webhook_url": w.hook.url + "/hook"}
            for _ in range(2000):  # the answer may be lost with the host: the key makes asking again safe
                try:
                    answer = await client.post("/api/v1/scrape/company", json=order, headers={"Idempotency-Key": "one"})
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
        job = answer.json()["scrape_id"]
        status = await w.product.until(
            job, lambda s: s.get("status") == "completed" and s["webhooks"] and s["webhooks"][0]["state"] == "delivered"
        )
        assert len({webhook for webhook, _ in w.hook.webhooks(await w.secret())}) == 1, status
