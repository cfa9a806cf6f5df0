"""A site's sitemaps, those that robots.txt names first: few requests, the most telling of an index."""

import asyncio
import re
from collections.abc import Callable

from functions.discover.links import language_of
from shared.web import sitemap
from shared.web.address import FetchError
from shared.web.robots import Robots
from shared.web.site import Site, origin
from shared.web.urls import normalise

REQUESTS = 4
ROUNDS = 3  # an index, an index in it, and what that names
MAX_BYTES = 4_000_000  # of each; of a longer one, this much is a sample
ACCEPT = "application/xml,text/xml,application/rss+xml,text/plain;q=0.8,*/*;q=0.5"
_TELLING = re.compile(r"page|static|main|general|company|corporate|site_?map-?(?:misc|0)?\.|misc", re.I)
_LONG = re.compile(
    r"post|product|image|video|news|blog|tag|categor|author|archive|event|article|attachment|user|-\d", re.I
)
Warn = Callable[[str, str, str | None], None]


async def sitemap_links(site: Site, rules: Robots, base: str, language: str | None, warn: Warn) -> list[str]:
    """URLs of pages, in the sitemaps' order; a sitemap of robots.txt that can't be read is a warning."""
    listed = rules.sitemaps
    waiting = listed or [f"{origin(base)}/sitemap.xml"]
    seen: set[str] = set()
    links: list[str] = []

    async def one(url: str) -> tuple[list[str], list[str]]:
        try:
            answer = await site.get(url, accept=ACCEPT, max_bytes=MAX_BYTES, truncate=True)
        except FetchError as error:
            if listed:
                warn(error.code, f"sitemap: {error.reason}", url)
            return [], []
        return await asyncio.to_thread(sitemap.parse, answer.body) if answer.status == 200 else ([], [])

    for _ in range(ROUNDS):
        fresh = [url for url in dict.fromkeys(waiting) if url not in seen]
        batch = sorted(fresh, key=lambda url: _rank(url, language))[: REQUESTS - len(seen)]
        seen.update(batch)
        waiting = []
        for pages, nested in await asyncio.gather(*(one(url) for url in batch)):
            links += pages
            waiting += [url for url in (normalise(found, base) for found in nested) if url]
        if not waiting:
            break
    return links[: sitemap.MAX_URLS]


def _rank(url: str, language: str | None) -> tuple[bool, bool, bool]:
    name = url.rpartition("/")[2]
    own = re.search(rf"(?:^|[/_.-]){language}(?:[/_.-]|$)", url.partition("://")[2]) if language else None
    foreign = own is None and language is not None and language_of(url) not in (None, language)
    return foreign, bool(_LONG.search(name)), not _TELLING.search(name)
