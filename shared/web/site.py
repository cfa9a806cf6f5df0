"""A company's site as a run reads it: robots.txt of each origin first, few requests at once, every hop judged."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from shared.settings import Settings
from shared.web.address import FetchError, is_opted_out
from shared.web.client import HTML, Answer, Client, Into
from shared.web.politeness import Gate
from shared.web.refresh import onward
from shared.web.robots import Robots, read_robots
from shared.web.urls import same_site

TROUBLE = ("timeout", "unreachable")
BUSY = (429, 502, 503, 504)
HOP_SECONDS = 30.0  # what a redirect waits of a crawl delay: it is still the same page, and some delays are a day
ROBOTS_SECONDS = 60.0  # what a page waits of it after the robots.txt of its origin


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class RobotsShut(FetchError):
    """robots.txt could not be read, which forbids the site until it can."""


@dataclass
class Site:
    """`home` is the base URL once it is known: from then on no redirect is followed off the site."""

    client: Client
    settings: Settings
    home: str | None = None
    gate: Gate = field(init=False)
    _delay: float = 0.0
    known: dict[str, Robots] = field(default_factory=dict)  # by origin: what the run has read before
    _robots: dict[str, asyncio.Task[Robots]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.gate = Gate(self.settings.site_connections)

    async def robots(self, url: str) -> Robots:
        """The rules of the URL's origin, read once."""
        at = origin(url)
        if at in self.known:
            return self.known[at]
        if at not in self._robots:
            self._robots[at] = asyncio.create_task(read_robots(self.client, at))
        rules = await asyncio.shield(self._robots[at])
        if not rules.reachable:
            self._robots.pop(at, None)  # it is asked for again with the next page
        return rules

    def slow_down(self, delay: float | None) -> None:
        """From now on one request at a time, `delay` seconds apart, where the site asks for it."""
        if delay and not self._delay:
            self._delay = delay
            self.gate.space(delay)

    async def get(
        self,
        url: str,
        *,
        accept: str = HTML,
        headers: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
        truncate: bool = False,
        into: Into | None = None,
        abroad: bool = False,
    ) -> Answer:
        """FetchError with the code robots_disallowed, opted_out or, unless it may lead `abroad`, off_site where a hop
        may not be made."""
        hops = 0

        async def permit(hop: str) -> None:
            nonlocal hops
            hops += 1
            if hops > 1:
                await self.gate.again(HOP_SECONDS)
            await self._permit(hop, abroad)

        async with self.gate:
            started = asyncio.get_running_loop().time()
            try:
                await self._permit(url, abroad)  # which learns of the delay that the time below depends on
                seconds = self.settings.page_seconds + min(self._delay, HOP_SECONDS) * self.settings.redirects
                answer = await self.client.get(
                    url,
                    accept=accept,
                    headers=headers,
                    max_bytes=max_bytes,
                    truncate=truncate,
                    seconds=seconds,
                    permit=permit,
                    onward=onward,
                    into=into,
                )
            except FetchError as error:
                if error.code in TROUBLE:
                    self.gate.troubled(started)
                raise
            if answer.status in BUSY:
                self.gate.refused += 1
                self.gate.troubled(started)
            else:
                self.gate.refused = 0
                self.gate.answered(started)
            return answer

    async def _permit(self, url: str, abroad: bool) -> None:
        if not abroad and self.home is not None and origin(url) != origin(self.home) and not same_site(url, self.home):
            raise FetchError("off_site", "the page leads to another site")
        if self.settings.opt_out and is_opted_out(urlsplit(url).netloc.removeprefix("www."), self.settings):
            raise FetchError("opted_out", "the owner asked not to be read")
        asked = self._robots.get(origin(url))
        new = origin(url) not in self.known and (asked is None or not asked.done())
        rules = await self.robots(url)
        if rules.status is None and rules.error is not None and not rules.reachable:
            raise rules.error  # what keeps robots.txt from being read keeps the page from it, too
        if not rules.reachable:
            raise RobotsShut("robots_disallowed", f"robots.txt answers HTTP {rules.status}, which forbids all for now")
        if self.home is None or origin(url) == origin(self.home) or same_site(url, self.home):
            self.slow_down(rules.crawl_delay)  # what another site asks for is no reason to read this one slowly
        if not rules.allows(url):
            raise FetchError("robots_disallowed", f"robots.txt forbids {urlsplit(url).path or '/'}")
        if new and self._delay:  # robots.txt has taken the turn
            await self.gate.again(ROBOTS_SECONDS)
