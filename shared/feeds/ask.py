"""The feeds that pages name, and asking one of them."""

import asyncio
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from shared.feeds.items import NotAFeed, items
from shared.models import Outcome, Page
from shared.sources import answered, failed, new_page, tell
from shared.web.address import FetchError
from shared.web.site import Site
from shared.web.urls import normalise, same_site
from shared.work import Work

FEEDS_MAX = 5
FEED_BYTES = 2_000_000  # more is cut: the newest items stand first
FEED_SECONDS = 200  # the site's crawl delay included; the function itself has 280
FEED_TYPES = "application/rss+xml,application/atom+xml,application/rdf+xml,application/feed+json,*/*;q=0.5"
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


async def ask_feed(work: Work, site: Site, url: str) -> Page:
    page = new_page(work, url, "feed")
    try:
        async with asyncio.timeout(FEED_SECONDS):
            # many a site's feed is kept by others
            answer = await site.get(url, accept=FEED_TYPES, max_bytes=FEED_BYTES, truncate=True, abroad=True)
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
