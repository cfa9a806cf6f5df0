"""Reads the planned pages and feeds side by side, politely, keeps each as it is read; then what these lead to."""

import asyncio

from functions.crawl.guesses import is_right
from functions.crawl.hand import Hand
from shared import runs
from shared.errors import TryAgain
from shared.feeds.ask import ask_feed
from shared.models import Page, PlannedPage, Run
from shared.plan import second_wave
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
    site = await site_of(work, home=plan.base)
    site.slow_down(plan.crawl_delay)
    for _ in range(run.stages["crawl"].attempt - 1):
        site.gate.halve()  # it was too much, or something broke
    earlier = await pages_before(run, work)

    async def inner() -> list[PlannedPage]:
        rules = await site.robots(plan.base)
        return second_wave(plan, await work.pages(), run.company, rules, work.settings)

    async def left(wave: list[PlannedPage]) -> list[PlannedPage]:
        kept = {page.url for page in await work.pages()}
        return [page for page in wave if page.url not in kept]

    first = await left(plan.pages)
    if run.stages["crawl"].attempt > 1 and all(page.guess for page in first):
        first = []  # of guesses that missed nothing is kept, and they are not asked for again
    hand = await Hand.after_last_time(work, first or await left(await inner()))
    handover = clock() + work.settings.handover_seconds
    waits: list[float] = []

    async def reader(singly: bool) -> None:
        while not waits and clock() < handover and (planned := await hand.take(singly=singly)) is not None:
            if planned.kind == "feed":
                hand.done(await ask_feed(work, site, planned.url))
                continue
            reading = await read(site, planned.url, planned.kind, earlier.get(planned.url))
            if reading.busy is not None and run.stages["crawl"].attempt < BUSY_ATTEMPTS:
                waits.append(reading.busy)
                hand.drop(planned)
                continue
            if planned.guess and not is_right(planned, reading, await work.pages()):
                hand.drop(planned)
            else:
                hand.done(reading.page)
            await work.progress(len(plan.pages) - hand.left, len(plan.pages))

    async def readers() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(site.gate.connections):
                group.create_task(reader(singly=False))
        await reader(singly=True)
        await hand.checkpoint()

    await readers()
    if first and not waits and not hand.left:
        hand.waiting.extend(await left(await inner()))
        await readers()
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
