"""Asks one job board; whatever comes of it is a page for each answer."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from functions.signals.boards import OPENINGS_MAX, Board, openings
from functions.signals.vendors import VENDORS, NotABoard, Opening
from shared.models import Page
from shared.sources import answered, failed, new_page, tell
from shared.web.address import FetchError
from shared.web.client import Answer
from shared.web.retry import retry_after
from shared.web.site import BUSY
from shared.work import Work

BOARD_BYTES = 16_000_000  # of an answer: a thousand openings with all that they say
BOARD_SECONDS = 200  # for all of a board's answers; the function itself has 280
LONGEST_WAIT_SECONDS = 30.0  # that a vendor may ask for before it is asked again, once
ACCEPT = "application/json,application/xml;q=0.9,text/xml;q=0.9"

_reader = ThreadPoolExecutor(1, "boards")  # one answer at a time: it may take 200 MB of an instance's 512


async def ask_board(work: Work, board: Board) -> list[Page]:
    pages: list[Page] = []
    known: list[Opening] = []
    try:
        async with asyncio.timeout(BOARD_SECONDS):
            while await ask(work, board, pages, known):
                pass
    except TimeoutError:
        failed(pages[-1], FetchError("timeout", "the board took too long"))
    return pages


async def ask(work: Work, board: Board, pages: list[Page], known: list[Opening]) -> bool:
    """Adds a page, and what is new in it to the known openings; whether there may be more of them."""
    at_a_time = VENDORS[board.vendor].at_a_time
    url = board.address(work.settings, len(pages) * at_a_time)
    pages.append(page := new_page(work, url, "board"))
    try:
        answer = await answer_of(work, url)
        if not answered(page, answer):
            return False
        found, rows = await asyncio.get_running_loop().run_in_executor(_reader, openings, board, answer.body)
    except (FetchError, NotABoard) as error:
        failed(page, error)
        return False
    if len(pages) == 1:
        value = {"vendor": board.vendor, "token": board.token, "url": board.url or url}
        tell(page, "hiring.board", value, "board", f"{len(found)} openings at {url}", 0.95)
    new = [opening for opening in found if opening not in known][: OPENINGS_MAX - len(known)]
    for opening in new:
        quote = " · ".join(filter(None, (opening["title"], opening["location"])))
        tell(page, "hiring.opening", opening, "board", quote, 0.95)
    known += new
    return bool(new) and 0 < at_a_time <= rows and len(known) < OPENINGS_MAX


async def answer_of(work: Work, url: str) -> Answer:
    most = min(BOARD_BYTES, work.settings.source_bytes)
    answer = await work.web.get(url, accept=ACCEPT, max_bytes=most)
    wait = retry_after(answer.headers, work.now()) if answer.status in BUSY else None
    if wait is not None and wait <= LONGEST_WAIT_SECONDS:
        await asyncio.sleep(wait)
        answer = await work.web.get(url, accept=ACCEPT, max_bytes=most)
    return answer
