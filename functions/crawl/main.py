"""Reads the planned pages side by side, politely, and keeps each as it is read."""

import asyncio

from functions.crawl.hand import Hand
from shared import runs
from shared.errors import TryAgain
from shared.models import Page, Run
from shared.reading import read
from shared.robots_note import site_of
from shared.stage import stage
from shared.work import Work

BUSY_ATTEMPTS = 4  # claims of the stage up to which a page may ask to be left alone for long


@stage("crawl", then="financial", optional=True)
async def crawl(run: Run, work: Work) -> None:
    """After a crash it goes on from what was kept, and reads the pages that were in hand last and singly."""
    plan, clock = run.plan, asyncio.get_running_loop().time
    assert plan is not None, "discover leaves a plan"
    kept = {page.url for page in await work.pages()}
    hand = await Hand.after_last_time(work, [page for page in plan.pages if page.url not in kept])
    site = await site_of(work, home=plan.base)
    site.slow_down(plan.crawl_delay)
    for _ in range(run.stages["crawl"].attempt - 1):
        site.gate.halve()  # it was too much, or something broke
    earlier = await pages_before(run, work)
    handover = clock() + work.settings.handover_seconds
    waits: list[float] = []

    async def reader(singly: bool) -> None:
        while not waits and clock() < handover and (planned := await hand.take(singly=singly)) is not None:
            reading = await read(site, planned.url, planned.kind, earlier.get(planned.url))
            if reading.busy is not None and run.stages["crawl"].attempt < BUSY_ATTEMPTS:
                waits.append(reading.busy)
                hand.put_back(planned)
                continue
            hand.done(reading.page)
            await work.progress(len(plan.pages) - hand.left, len(plan.pages))

    async with asyncio.TaskGroup() as group:
        for _ in range(1 if plan.crawl_delay else work.settings.site_connections):
            group.create_task(reader(singly=False))
    await reader(singly=True)
    await hand.checkpoint()
    if waits:
        raise TryAgain("the site asks to be left alone", after=max(waits))
    if hand.left:
        raise TryAgain("handing over", after=0)


async def pages_before(run: Run, work: Work) -> dict[str, Page]:
    """What the run before has read, by URL, while that is kept."""
    earlier = await runs.get(work.platform, run.before) if run.before else None
    if earlier is None or earlier.expires_at < work.now():
        return {}
    return {page.url: page for page in await runs.pages(work.platform, earlier.id)}
