"""Registers and filings: what they know about the company that the pages name."""

from functions.financial import edgar
from functions.financial.clues import clues
from shared.models import Run
from shared.stage import stage
from shared.work import Work


@stage("financial", then="signals", optional=True)
async def financial(run: Run, work: Work) -> None:
    """Asks a register only where a page gives a number or symbol to ask for."""
    company = clues(run.company, await work.pages())
    async for page in edgar.ask(work, company):
        await work.keep(page)
