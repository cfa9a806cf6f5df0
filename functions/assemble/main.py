"""Resolves the facts into one profile, compares it with the last one, and ends the run."""

import secrets

from shared import companies, erasures
from shared.errors import GiveUp
from shared.models import Outcome, Page, Run, StageState
from shared.stage import stage
from shared.work import Work

from .copies import without_copies
from .resolve import resolve

# What to say where not one page could be read, most telling first.
WHY = {
    Outcome.BLOCKED: ("blocked", "The site shows a challenge instead of its pages."),
    Outcome.FORBIDDEN: ("robots_disallowed", "The site's robots.txt forbids reading it."),
    Outcome.SCRIPT_ONLY: ("script_only", "The site shows nothing without a browser."),
    Outcome.EMPTY: ("empty", "The site's pages say nothing."),
}


@stage("assemble")
async def assemble(run: Run, work: Work) -> None:
    pages = await work.pages()
    if not any(page.outcome is Outcome.READ and page.kind not in ("registry", "board", "feed") for page in pages):
        raise nothing_read(run, pages)
    company = await companies.get(work.platform, run.company)
    if company and company.erased_at:
        raise GiveUp("opted_out", f"The owner of {run.company} asked that it not be read.")
    kept_out = await erasures.names_of(work.platform, company)
    before = company.profile_version if company else None
    previous = await companies.profile(work.platform, run.company, before) if before else None
    now = work.now()
    profile = resolve(
        run.company,
        erasures.pages_without(without_copies(pages), kept_out),
        version=f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        now=now,
        partial=run.overdue or any(stage.state is StageState.SKIPPED for stage in run.stages.values()),
        warnings=erasures.notices_without(run.warnings, kept_out),
        previous=previous,
    )
    await work.complete(profile)


def nothing_read(run: Run, pages: list[Page]) -> GiveUp:
    """Why there is no profile: what the pages' outcomes say, else what stopped discover, else the deadline."""
    for outcome, (code, reason) in WHY.items():
        if (page := next((page for page in pages if page.outcome is outcome), None)) is not None:
            return GiveUp(page.code or code, page.reason or reason)
    for page in pages:
        if page.code:
            return GiveUp(page.code, page.reason or "The home page could not be read.")
    stopped = run.stages["discover"].error if "discover" in run.stages else None
    if stopped is not None:
        return GiveUp(stopped.code, stopped.reason)
    return GiveUp("deadline_exceeded", "Not one page could be read before the deadline.")
