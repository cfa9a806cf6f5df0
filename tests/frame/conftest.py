import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared import companies, jobs, orders, runs
from shared.embedded.store import store
from shared.models import Account, Job, Lease, Run, StageName, fields
from shared.orders import Order
from shared.settings import read
from shared.wiring import Platform
from tests.product import environment


@dataclass
class Bench:
    """One data folder without a host: whatever is published or asked for stays in the queue to be looked at."""

    platform: Platform
    account: Account

    async def order(self, company: str = "hollin.example", **more: Any) -> Job:
        return await orders.submit(self.platform, self.account, Order(url=company, company=company, **more))

    async def run_of(self, job: Job) -> Run:
        assert job.run is not None
        run = await runs.get(self.platform, job.run)
        assert run is not None
        return run

    async def change(self, run: Run, change: Callable[[Run], None]) -> Run:
        return await runs.change(self.platform, run.id, change)

    async def at(self, stage: StageName, job: Job) -> Run:
        """The job's run, moved to the stage as if those before it were done."""

        def moved(run: Run) -> None:
            now = self.platform.settings.now()
            run.claimed_at = now
            run.deadline = now + timedelta(seconds=self.platform.settings.run_seconds)
            while run.stage != stage:
                here = runs.STAGES.index(run.stage)
                runs.stage_of(run, run.stage).attempt = 1
                runs.advance(run, run.stage, runs.STAGES[here + 1], self.platform.settings, now)

        return await self.change(await self.run_of(job), moved)

    def lease(self, owner: str | None, seconds: float) -> Lease:
        return Lease(owner=owner, token="0a", until=self.platform.settings.now() + timedelta(seconds=seconds))

    def queued(self, target: str | None = None) -> list[dict[str, Any]]:
        rows = store(self.platform.settings.data).read(
            lambda connection: connection.execute(
                "SELECT target, data FROM messages WHERE kind != 'trigger'"
            ).fetchall()
        )
        return [json.loads(data) for name, data in rows if target in (None, name)]

    async def again(self, job: Job) -> Job:
        document = await self.platform.documents.get(jobs.path(job.id))
        assert document is not None
        return jobs.of(document)

    async def company(self, key: str = "hollin.example") -> Any:
        return await companies.get(self.platform, key)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    platform = Platform(read(environment(tmp_path / "data", progress_seconds=0, republish_seconds="60,120,240,480")))
    account = Account(id="acc1", name="one", tier="enterprise", created_at=platform.settings.now())
    await platform.documents.create(f"accounts/{account.id}", fields(account))
    yield Bench(platform, account)
    await platform.close()
