"""Reading one page: fetch, parse once, say what came of it, run every extractor, drop the rest."""

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shared import log
from shared.extract import extractors
from shared.extract.outcome import outcome
from shared.extract.page import ParsedPage
from shared.models import Outcome, Page
from shared.web.address import FetchError
from shared.web.client import Answer
from shared.web.retry import retry_after
from shared.web.site import RobotsShut, Site

HTML = ("text/html", "application/xhtml+xml", "")
BUSY = (429, 503)
BUSY_SECONDS = 5.0  # where the server names no time
ROBOTS_SECONDS = 15.0  # until robots.txt, which failed, is asked for again
WAITED_IN_PLACE_SECONDS = 10.0  # a longer wait is worth coming back for
TRIES = 3
LARGE_BYTES = 300_000
UNDERSTOOD_SECONDS = 30.0


@dataclass
class Reading:
    page: Page
    parsed: ParsedPage | None = None
    busy: float | None = None  # seconds that the server asks to be left alone


async def read(site: Site, url: str, kind: str) -> Reading:
    """Reads the page, waiting in place where the server asks for a short while."""
    for last in (False,) * (TRIES - 1) + (True,):
        reading = await read_once(site, url, kind)
        if reading.busy is None or reading.busy > WAITED_IN_PLACE_SECONDS or last:
            break
        await asyncio.sleep(reading.busy)
    return reading


async def read_once(site: Site, url: str, kind: str) -> Reading:
    now, started = datetime.now(UTC), time.monotonic()
    page = Page(url=url, outcome=Outcome.FAILED, kind=kind, fetched_at=now.isoformat(timespec="seconds"))
    try:
        answer = await site.get(url)
    except FetchError as error:
        page.outcome = Outcome.FORBIDDEN if error.code == "robots_disallowed" else Outcome.FAILED
        page.code, page.reason = error.code, error.reason
        return Reading(page, busy=ROBOTS_SECONDS if isinstance(error, RobotsShut) else None)
    page.milliseconds = int((time.monotonic() - started) * 1000)
    page.status, page.final_url, page.bytes = answer.status, answer.url, len(answer.body)
    try:
        if len(answer.body) > LARGE_BYTES:
            # beside the loop: leases are renewed and other runs go on; one that hangs works on a page that nobody has
            async with asyncio.timeout(UNDERSTOOD_SECONDS):
                page, parsed = await asyncio.to_thread(understood, page, answer)
        else:
            parsed = understand(page, answer)
    except Exception as error:  # a page that breaks an extractor costs that page only
        log.error("page not understood", error, url=url)
        page.outcome, page.code, page.reason, page.facts = Outcome.FAILED, "page_skipped", type(error).__name__, []
        return Reading(page)
    if answer.status in BUSY and page.outcome is not Outcome.BLOCKED:
        wait = retry_after(answer.headers, now)
        return Reading(page, busy=BUSY_SECONDS if wait is None else wait)
    return Reading(page, parsed)


def understood(page: Page, answer: Answer) -> tuple[Page, ParsedPage | None]:
    page = replace(page)
    return page, understand(page, answer)


def understand(page: Page, answer: Answer) -> ParsedPage | None:
    """Fills in the page's outcome and facts."""
    if answer.content_type not in HTML:
        wrong = (f"HTTP {answer.status}", "http_error") if answer.status >= 400 else (answer.content_type, "not_html")
        page.reason, page.code = wrong
        return None
    parsed = ParsedPage.parse(
        answer.body,
        url=answer.url,
        fetched_at=page.fetched_at,
        charset=answer.charset,
        kind=page.kind,
        headers=answer.headers.items(),
    )
    page.outcome, page.code, page.reason = outcome(parsed, answer.status, answer.headers)
    if page.outcome is Outcome.READ:
        page.facts = extractors.facts(parsed)
    return parsed
