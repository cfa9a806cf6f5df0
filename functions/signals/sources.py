"""Asks one board or feed; whatever comes of it is a page."""

import asyncio
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from functions.signals.boards import VENDORS, Board, NotABoard, openings
from functions.signals.feeds import NotAFeed, items
from shared.models import JSON, Fact, How, Outcome, Page, Source
from shared.web.address import FetchError
from shared.web.client import Answer
from shared.web.site import Site
from shared.web.urls import normalise, same_site
from shared.work import Work

FEEDS_MAX = 5
FEED_BYTES = 2_000_000  # more is cut: the newest items stand first
FEED_SECONDS = 200  # the site's crawl delay included; the function itself has 280
FEED_TYPES = "application/rss+xml,application/atom+xml,application/rdf+xml,application/xml,text/xml,*/*;q=0.5"
GONE = (404, 410)
# Segments of paths whose feeds tell other things than news: readers' comments, goods, openings.
NOT_NEWS = frozenset(
    {"comments", "comment", "collections", "products", "product", "shop", "jobs", "job", "careers", "forum", "forums"}
)


def feeds(pages: Iterable[Page], home: str) -> list[str]:
    """Feeds of the company's own site, and those that its pages name as theirs; the site's main feed first."""
    found: dict[str, None] = {}
    for fact in (f for page in pages for f in page.facts if f.field == "news.feed"):
        url = normalise(fact.value) if isinstance(fact.value, str) else None
        if url and is_news(url) and (fact.source.how == "link" or same_site(url, home)):
            found[url] = None
    return sorted(found, key=lambda url: (not same_site(url, home), url.count("/"), len(url)))[:FEEDS_MAX]


def is_news(url: str) -> bool:
    parts = urlsplit(url.lower())
    return not NOT_NEWS & set(re.split(r"[/.]", parts.path)) and "comments" not in parts.query


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


async def ask_feed(work: Work, site: Site, url: str) -> Page:
    page = new_page(work, url, "feed")
    try:
        async with asyncio.timeout(FEED_SECONDS):
            answer = await site.get(url, accept=FEED_TYPES, max_bytes=FEED_BYTES, truncate=True)
        if not answered(page, answer):
            return page
        found = await asyncio.to_thread(items, answer.body, answer.url, answer.charset)
    except NotAFeed as error:
        page.outcome, page.reason = Outcome.EMPTY, str(error)
        return page
    except TimeoutError:
        return failed(page, FetchError("timeout", "its turn did not come in time"))
    except FetchError as error:
        return failed(page, error)
    for item in found:
        tell(page, "news.item", {"title": item.title, "url": item.url, "date": item.date}, "feed", item.quote, 0.9)
    page.outcome = Outcome.READ if found else Outcome.EMPTY
    return page


def did_not_answer(page: Page) -> bool:
    return page.outcome is Outcome.FAILED and page.status not in GONE


def new_page(work: Work, url: str, kind: str) -> Page:
    return Page(url, Outcome.READ, kind, fetched_at=work.now().isoformat(timespec="seconds"))


def answered(page: Page, answer: Answer) -> bool:
    page.status, page.final_url = answer.status, answer.url
    page.milliseconds, page.bytes = answer.milliseconds, len(answer.body)
    if answer.status != 200:
        page.outcome, page.code, page.reason = Outcome.FAILED, "http_error", f"HTTP {answer.status}"
    return answer.status == 200


def failed(page: Page, error: FetchError | NotABoard) -> Page:
    page.outcome, page.code, page.reason = Outcome.FAILED, "source_failed", str(error)
    if isinstance(error, FetchError):
        page.code, page.reason = error.code, error.reason
        if error.code == "robots_disallowed":
            page.outcome = Outcome.FORBIDDEN
    return page


def tell(page: Page, field: str, value: JSON, how: How, quote: str, confidence: float) -> None:
    page.facts.append(Fact(field, value, Source(page.url, how, quote[:300], page.fetched_at), confidence))
