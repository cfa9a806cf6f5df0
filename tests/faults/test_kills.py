"""`kill -9` of the whole host while somebody else holds an answer, then a new start: nothing accepted is lost."""

import asyncio
from pathlib import Path

import httpx
import pytest

from tests import patience
from tests.product import World, world

HELD = {
    "discover": ("site", "/"),
    "crawl": ("site", "/about"),
    "financial": ("sources", "/submissions/CIK0000987654.json"),
    "signals": ("sources", "/v1/boards/hollintools/jobs"),
    "deliver": ("hook", "/hook"),
}


async def held_then_killed(w: World, server: str, path: str) -> str:
    held = getattr(w, server).hold(path)
    job = await w.product.submit(w.site.url, webhook_url=w.hook.url + "/hook", max_age=0)
    await asyncio.wait_for(held.arrived.wait(), patience.SECONDS)
    await w.product.kill()
    del getattr(w, server).holds[path]
    held.let_go.set()
    await w.product.start()
    return str(job["scrape_id"])


async def test_a_host_killed_in_any_stage_ends_every_job_after_its_next_start(tmp_path: Path) -> None:
    async with world(tmp_path / "data") as w:
        for stage, (server, path) in HELD.items():
            job = await held_then_killed(w, server, path)
            status = await w.product.ended(job)
            assert status["status"] == "completed", (stage, status)
            assert all(s["failures"] == 0 for s in status["stages"]), "a killed owner is no failure"
            logged = await w.product.until(job, lambda s: s["webhooks"][0]["state"] == "delivered")
            assert len(logged["webhooks"]) == 1
            received = w.hook.webhooks(await w.secret())
            ids = {webhook for webhook, body in received if body["data"]["scrape_id"] == job}
            assert ids == {logged["webhooks"][0]["id"]}, stage


async def test_a_worker_that_dies_alone_is_noticed_by_the_others(tmp_path: Path) -> None:
    import os
    import signal
    import subprocess

    async with world(tmp_path / "data", "--workers", "2") as w:
        held = w.site.hold("/about")
        job = await w.product.submit(w.site.url, webhook_url=w.hook.url + "/hook")
        await asyncio.wait_for(held.arrived.wait(), patience.SECONDS)
        owner = w.product.lines("claimed")[-1]
        del w.site.holds["/about"]
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(w.product.process.pid)], capture_output=True, text=True, check=True
        )  # type: ignore[union-attr]
        for pid in children.stdout.split():
            os.kill(int(pid), signal.SIGKILL)
        held.let_go.set()
        status = await w.product.ended(job["scrape_id"])
        assert status["status"] == "completed", (owner, status)
        await w.hook.received_are(1)


@pytest.mark.parametrize("commits", [2, 8, 14, 24])
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
