"""A site's sitemaps, those that robots.txt names first: few requests, the most telling of an index, and of each what
it names while it arrives."""

import asyncio
import heapq
import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from shared.extract.key_pages import promising
from shared.links import language_of
from shared.plan import Plan
from shared.web.address import FetchError
from shared.web.robots import Robots
from shared.web.site import Site, origin
from shared.web.sitemap import Sitemap
from shared.web.urls import normalise

REQUESTS = 4
ROUNDS = 3  # an index, an index in it, and what that names
MAX_BYTES = 12_000_000  # of each: 50,000 entries, the protocol's limit, take about 8
MAX_URL = 200  # a longer address is none of a page that matters
ACCEPT = "application/xml,text/xml,application/rss+xml,text/plain;q=0.8,*/*;q=0.5"
_TELLING = re.compile(r"page|static|main|general|company|corporate|site_?map-?(?:misc|0)?\.|misc", re.I)
_LONG = re.compile(
    r"post|product|image|video|news|blog|tag|categor|author|archive|event|article|attachment|user|-\d", re.I
)
Warn = Callable[[str, str, str | None], None]


async def read_sitemaps(site: Site, rules: Robots, plan: Plan, warn: Warn) -> None:
    """Tells the plan of the pages that matter; a sitemap of robots.txt that can't be read is a warning."""
    listed = rules.sitemaps
    waiting = listed or [f"{origin(plan.base)}/sitemap.xml"]
    seen: set[str] = set()

    async def one(url: str) -> list[str]:
        """The best of the sitemaps that it names."""
        sitemap, told, nested = Sitemap(), replace(plan, read=set(), found={}), list[str]()

        async def take(data: bytes, *, last: bool = False) -> bool:
            further = await asyncio.to_thread(told_of, told, sitemap, data, last, rules)  # other runs go on
            nested[:] = best((*nested, *further), plan.language)
            return sitemap.full

        try:
            answer = await site.get(url, accept=ACCEPT, max_bytes=MAX_BYTES, truncate=True, into=take)
            if answer.status == 200:
                await take(b"", last=True)
        except FetchError as error:
            if listed:
                warn(error.code, f"sitemap: {error.reason}", url)
        for page in list(told.found.values()):
            plan.consider(page.url, page.kind, page.score, rules)
        return nested

    for _ in range(ROUNDS):
        batch = best((url for url in waiting if url not in seen), plan.language)[: REQUESTS - len(seen)]
        seen.update(batch)
        found = await asyncio.gather(*(one(url) for url in batch))
        waiting = [url for nested in found for said in nested if (url := normalise(said, plan.base))]
        if not waiting:
            break


def told_of(plan: Plan, sitemap: Sitemap, data: bytes, last: bool, rules: Robots) -> list[str]:
    """Tells the plan of the pages that this piece names, and returns its best sitemaps."""
    pages, nested = sitemap.feed(data, last=last)
    plan.consider_addresses(promising([url for url in pages if len(url) <= MAX_URL]), rules)
    return best(nested, plan.language)


def best(urls: Iterable[str], language: str | None) -> list[str]:
    """As many as may be asked for; those named first among equals."""
    return heapq.nsmallest(REQUESTS, dict.fromkeys(urls), key=lambda url: _rank(url, language))


def _rank(url: str, language: str | None) -> tuple[bool, bool, bool]:
    name = url.rpartition("/")[2]
    own = re.search(rf"(?:^|[/_.-]){language}(?:[/_.-]|$)", url.partition("://")[2]) if language else None
    foreign = own is None and language is not None and language_of(url) not in (None, language)
    return foreign, bool(_LONG.search(name)), not _TELLING.search(name)
