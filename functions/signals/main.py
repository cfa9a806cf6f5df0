"""What a company tells beside its pages: openings on public job boards, news in feeds."""

import asyncio
from collections.abc import Awaitable
from itertools import count

from functions.signals.boards import boards
from functions.signals.sources import ask_board
from shared.errors import GiveUp
from shared.feeds.ask import FEEDS_MAX, ask_feed, feeds
from shared.models import Outcome, Page, Run
from shared.robots_note import site_of
from shared.sources import did_not_answer
from shared.stage import stage
from shared.work import Work


@stage("signals", then="assemble", optional=True)
async def signals(run: Run, work: Work) -> None:
    """Asks the boards and feeds that the pages link, side by side, beside the feeds that crawl has read; one that
    fails costs a warning."""
    pages = await work.pages()
    site = await site_of(work)
    if run.plan:
        site.slow_down(run.plan.crawl_delay)
    home = run.plan.base if run.plan else f"https://{run.company}/"
    done = [page for page in pages if page.kind == "feed"]
    known = {page.url for page in done}
    own = [board for board in boards(pages, run.company) if board.address(work.settings)]
    asked: list[Awaitable[Page | list[Page]]] = [ask_board(work, board) for board in own]
    asked += [ask_feed(work, site, url) for url in feeds(pages, home) if url not in known][: FEEDS_MAX - len(done)]
    answered = count(1)

    async def kept(asking: Awaitable[Page | list[Page]]) -> None:
        told = await asking
        new = told if isinstance(told, list) else [told]
        await work.keep(*new)
        done.extend(new)
        await work.progress(next(answered), len(asked))

    await asyncio.gather(*map(kept, asked))
    failures = [page for page in done if did_not_answer(page)]
    if failures and all(page in failures or page.outcome is Outcome.FORBIDDEN for page in done):
        raise GiveUp("source_failed", f"{failures[0].url} did not answer: {failures[0].reason}")
    for page in failures:
        work.warn("source_failed", f"{page.kind} not read: {page.reason}", page.url)
