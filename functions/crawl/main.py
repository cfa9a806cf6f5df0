"""Reads the planned pages, feeds and sitemaps side by side, politely, keeps each page as it is read; then what these
lead to."""

import asyncio

from functions.crawl.guesses import is_right
from functions.crawl.hand import Hand
from functions.crawl.sitemaps import read_sitemaps
from functions.crawl.well_known import guesses
from shared import runs
from shared.errors import TryAgain
from shared.feeds.ask import ask_feed
from shared.links import Hosts
from shared.models import Page, PlannedPage, Run
from shared.plan import Plan, pages_at_most, second_wave
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
    most = pages_at_most(work.settings, plan.crawl_delay)
    listed = Plan(plan.base, most, Hosts(run.company, plan.base), plan.language)

    async def left(wave: list[PlannedPage]) -> list[PlannedPage]:
        kept = {page.url for page in await work.pages()}
        return [page for page in wave if page.url not in kept]

    async def sitemaps() -> None:
        if plan.missing:
            await read_sitemaps(site, await site.robots(plan.base), listed, work.warn)

    async def second() -> list[PlannedPage]:
        rules = await site.robots(plan.base)
        wave = second_wave(plan, listed.found.values(), await work.pages(), run.company, rules, work.settings)
        chosen = [*wave.chosen(), *plan.later][: wave.most]
        if first or run.stages["crawl"].attempt == 1:  # of guesses that missed nothing is kept to tell that they did
            chosen += guesses(wave, plan.missing, rules, room=wave.most - len(chosen))
        return await left(chosen)

    first = await left(plan.pages)
    if not first:
        await sitemaps()
    hand = await Hand.after_last_time(work, first or await second())
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
            for _ in range(1 if plan.crawl_delay else work.settings.site_connections):
                group.create_task(reader(singly=False))
        await reader(singly=True)
        await hand.checkpoint()

    if first:
        async with asyncio.TaskGroup() as group:
            group.create_task(sitemaps())
            group.create_task(readers())
        if not waits and not hand.left:
            hand.waiting.extend(await second())
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
