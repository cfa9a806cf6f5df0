"""What a stage may use while it owns its run: the client, the pages so far, progress, warnings, the plan."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from shared import log, runs
from shared.models import PROGRESS, STAGES, Notice, Page, Run, StageName, Status
from shared.ports import PlatformError, Transaction, Write
from shared.profile import Profile
from shared.settings import Settings
from shared.wiring import Platform

if TYPE_CHECKING:
    from shared.web.client import Client

COMMIT_BYTES = 3_000_000  # of pages a commit
WRITES = 300


@dataclass
class Work:
    """What a stage may use. Pages are kept under names derived from their URLs, so that working twice is harmless."""

    platform: Platform
    run: Run
    name: StageName
    token: str
    warnings: list[Notice] = field(default_factory=list)
    changes: list[Callable[[Run], None]] = field(default_factory=list)
    _known: dict[str, Page] | None = None
    _progress_at: float = field(default_factory=lambda: asyncio.get_running_loop().time())

    @property
    def settings(self) -> Settings:
        return self.platform.settings

    @cached_property
    def web(self) -> "Client":
        """The client of this run's requests, on the instance's connections: the next stage goes on with them."""
        from shared.web.client import Client

        return Client(self.settings, connections=self.platform.connections)

    def now(self) -> datetime:
        return self.settings.now()

    def seconds_left(self) -> float:
        """Until the run's deadline."""
        return (self.run.deadline - self.now()).total_seconds()

    async def pages(self) -> list[Page]:
        """All pages of the run so far, in the order of their names."""
        if self._known is None:
            self._known = {page.url: page for page in await runs.pages(self.platform, self.run.id)}
        return list(self._known.values())

    async def keep(self, *pages: Page, beside: tuple[Write, ...] = ()) -> None:
        """Writes the pages, and the writes `beside` in the first page's commit."""
        batch: list[Write] = list(beside)
        size = 0
        for page in pages:
            for write in runs.page_writes(self.run, page):
                size += len(write.fields["data"])
                if batch and (size > COMMIT_BYTES or len(batch) >= WRITES):
                    await self.platform.documents.commit(batch)
                    batch, size = [], len(write.fields["data"])
                batch.append(write)
            if self._known is not None:
                self._known[page.url] = page
        if batch:
            await self.platform.documents.commit(batch)

    def warn(self, code: str, detail: str, url: str | None = None) -> None:
        """A warning that the profile and the job will show; written when the stage ends."""
        self.warnings.append(Notice(code=code, detail=detail, stage=self.name, url=url))

    async def progress(self, done: int, of: int) -> None:
        """Moves the run's progress within the stage's share, once in `progress_seconds` at most: what is through before
        costs no write."""
        clock = asyncio.get_running_loop().time()
        if clock - self._progress_at < self.settings.progress_seconds:
            return
        self._progress_at = clock
        start = next((PROGRESS[STAGES[i]] for i, s in enumerate(STAGES[1:]) if s == self.name), 0)
        percent = int(start + (PROGRESS[self.name] - start) * min(done / max(of, 1), 1))
        if percent > self.run.progress:
            await self._mark(lambda run: setattr(run, "progress", max(run.progress, percent)))
            await tell_progress(self.platform, self.run)

    def at_end(self, change: Callable[[Run], None]) -> None:
        """A change of the run's own fields, to be committed with the stage's mark."""
        self.changes.append(change)

    async def renew(self) -> None:
        await self._mark(lambda run: None)

    async def _mark(self, change: Callable[[Run], None]) -> None:
        def marked(run: Run) -> None:
            runs.check(run, self.name, self.token)
            change(run)
            runs.renew(run, self.name, self.settings, self.now())

        self.run = await runs.change(self.platform, self.run.id, marked)

    async def complete(self, profile: Profile) -> None:
        """Ends the run with its profile, in one commit."""
        status = Status.PARTIAL if profile.partial else Status.COMPLETED

        async def once(tx: Transaction) -> Run:
            run = await runs.read(tx, self.run.id)
            runs.check(run, self.name, self.token)
            run.warnings = profile.warnings
            await runs.end(tx, run, status, self.settings, self.now(), profile=profile)
            return run

        self.run = await self.platform.documents.transaction(once)
        await tell_progress(self.platform, self.run)


async def tell_progress(on: Platform, run: Run) -> None:
    """A change of progress, for whoever listens to the topic; losing one harms nobody."""
    message = {
        "run": run.id,
        "company": run.company,
        "status": run.status.value,
        "stage": run.stage,
        "progress": run.progress,
    }
    try:
        await on.topics.publish("scrape-progress", message)
    except PlatformError as error:
        log.warning("progress not published", error=str(error))
