"""Asks one job board; whatever comes of it is a page."""

from functions.signals.boards import VENDORS, Board, NotABoard, openings
from shared.models import Page
from shared.sources import answered, failed, new_page, tell
from shared.web.address import FetchError
from shared.work import Work


async def ask_board(work: Work, board: Board) -> Page:
    url = VENDORS[board.vendor].address(work.settings, board.token)
    page = new_page(work, url, "board")
    try:
        answer = await work.web.get(url, accept="application/json", max_bytes=work.settings.source_bytes)
        if not answered(page, answer):
            return page
        found = openings(board.vendor, answer.body)
    except (FetchError, NotABoard) as error:
        return failed(page, error)
    value = {"vendor": board.vendor, "token": board.token, "url": board.url or url}
    tell(page, "hiring.board", value, "board", f"{len(found)} openings at {url}", 0.95)
    for opening in found:
        quote = " · ".join(filter(None, (opening["title"], opening["location"])))
        tell(page, "hiring.opening", opening, "board", quote, 0.95)
    return page
