"""Registers and filings: what they know about the company that the pages name."""

import asyncio
from collections.abc import AsyncIterator, Callable

from functions.financial import edgar, gleif, wikidata
from functions.financial.asking import Register
from functions.financial.clues import Clues, clues
from shared.errors import GiveUp, TryAgain
from shared.models import Page, Run
from shared.stage import stage
from shared.work import Work

Ask = Callable[[Work, Clues], AsyncIterator[Page]]
REGISTERS: tuple[tuple[Register, Ask, Callable[[Clues], bool]], ...] = (  # and whether there is something to ask for
    (edgar.EDGAR, edgar.ask, lambda clues: bool(clues.ciks or clues.symbols)),
    (gleif.GLEIF, gleif.ask, lambda clues: bool(clues.leis)),
    (wikidata.WIKIDATA, wikidata.ask, lambda clues: bool(clues.items or clues.leis or clues.ciks)),
)


@stage("financial", then="signals", optional=True)
async def financial(run: Run, work: Work) -> None:
    """Asks the registers side by side, each only where a page gives a number, symbol or item to ask for, and not again
    where an earlier attempt has its answer; one that fails costs a warning."""
    pages = await work.pages()
    company = clues(run.company, pages)
    answered = [page.url for page in pages if page.kind == "registry"]
    asked = [
        heard(work, ask(work, company))
        for register, ask, has_clue in REGISTERS
        if has_clue(company) and not any(register.path in url for url in answered)
    ]
    told = await asyncio.gather(*asked)
    waits = [end for _, end in told if isinstance(end, TryAgain)]
    if waits:  # those that failed are asked again with those that were busy
        raise max(waits, key=lambda wait: wait.after)
    failures = [end for _, end in told if isinstance(end, GiveUp)]
    await work.keep(*(page for found, end in told if end is not None for page in found))
    if failures and not answered and not any(found for found, end in told if end is None):
        raise failures[0]
    for failure in failures:
        work.warn(failure.code, failure.reason)


async def heard(work: Work, asking: AsyncIterator[Page]) -> tuple[list[Page], GiveUp | TryAgain | None]:
    """What a register tells, and how that ended if not well; else it is kept, whatever becomes of the others."""
    pages: list[Page] = []
    try:
        async for page in asking:
            pages.append(page)  # noqa: PERF401 - those before a failure count
    except (GiveUp, TryAgain) as end:
        return pages, end
    await work.keep(*pages)
    return pages, None
