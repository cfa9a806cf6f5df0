"""What the platform may lose: a publish, a trigger, a task. Sweep finds what should have moved."""

import sqlite3
from pathlib import Path

from shared.models import STAGES
from tests.product import world


async def test_lost_publishes_are_made_up_for(tmp_path: Path) -> None:
    topics = ",".join(f"scrape-{stage}" for stage in STAGES)
    async with world(tmp_path / "data", lose_topics=topics, republish_seconds="0.3,1,2,4", sweep_seconds="0.2") as w:
        job = await w.product.submit(w.site.url)
        status = await w.product.ended(job["scrape_id"])
        assert status["status"] == "completed", status
        again = [line["stage"] for line in w.product.lines("published again")]  # twice where a busy machine is late
        assert list(dict.fromkeys(again)) == list(STAGES)


async def test_a_lost_trigger_is_made_up_for(tmp_path: Path) -> None:
    async with world(tmp_path / "data", lose_triggers="true", republish_seconds="0.5,1,2,4") as w:
        job = await w.product.submit(w.site.url, webhook_url=w.hook.url + "/hook")
        await w.hook.received_are(
            1
        )  # nobody has asked for the job: the read that finds its run ended would settle it too
        assert (await w.product.ended(job["scrape_id"]))["status"] == "completed"


async def test_a_purged_task_queue_is_made_up_for(tmp_path: Path) -> None:
    async with world(tmp_path / "data", webhook_schedule="0,6,6", republish_seconds="0.5,1,2,4") as w:
        w.hook.statuses["/hook"] = [500]
        job = await w.product.submit(w.site.url, webhook_url=w.hook.url + "/hook")
        await w.product.until(job["scrape_id"], lambda s: s.get("webhooks") and s["webhooks"][0]["attempts"])
        with sqlite3.connect(w.product.data / "firmograph.db") as file:
            purged = file.execute("DELETE FROM messages WHERE kind = 'task'").rowcount
        assert purged == 1
        await w.hook.received_are(2)
        logged = await w.product.until(job["scrape_id"], lambda s: s["webhooks"][0]["state"] == "delivered")
        assert [a["status"] for a in logged["webhooks"][0]["attempts"]] == [500, 200]
