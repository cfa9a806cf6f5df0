"""What the platform may lose: a publish, a trigger, a task. Sweep finds what should have moved."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path

from shared.models import STAGES
from tests.product import world


async def next_attempt_lost(path: Path) -> None:
    """Deletes the task of the attempt that is due in seconds, once it is there: it follows the record of the last."""
    with contextlib.closing(sqlite3.connect(path)) as file:
        while True:
            with file:
                lost = file.execute("DELETE FROM messages WHERE kind = 'task' AND owner IS NULL").rowcount
            if lost:
                return
            await asyncio.sleep(0.01)


async def test_lost_publishes_triggers_and_tasks_are_made_up_for(tmp_path: Path) -> None:
    lost = {"lose_topics": ",".join(f"scrape-{stage}" for stage in STAGES), "lose_triggers": "true"}
    waits = {"webhook_schedule": "0,6,6", "republish_seconds": "0.3,1,2,4", "sweep_seconds": "0.2"}
    async with world(tmp_path / "data", **lost, **waits) as w:
        w.hook.statuses["/hook"] = [500]
        job = await w.product.submit(w.site.url, webhook_url=w.hook.url + "/hook")
        # Nobody has asked for the job so far: the read that finds its run ended would settle it too.
        await w.hook.received_are(1)
        await w.product.until(job["scrape_id"], lambda s: s["webhooks"][0]["attempts"])
        await next_attempt_lost(w.product.data / "firmograph.db")
        await w.hook.received_are(2)
        logged = await w.product.until(job["scrape_id"], lambda s: s["webhooks"][0]["state"] == "delivered")
        assert logged["status"] == "completed", logged
        assert [a["status"] for a in logged["webhooks"][0]["attempts"]] == [500, 200]
        again = [line["stage"] for line in w.product.lines("published again")]  # twice where a busy machine is late
        assert list(dict.fromkeys(again)) == list(STAGES)
