"""A caller of the API like any other: submits an address, follows its job, reads the answer."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

POLL_SECONDS = 0.1
ENDED = ("completed", "partial", "failed", "cancelled")
JSON = dict[str, Any]


class Refused(Exception):
    """The API did not do what was asked: its code and words."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class Answer:
    """A job at its end."""

    url: str
    job: JSON
    cached: bool

    @property
    def profile(self) -> JSON | None:
        return self.job.get("profile")

    @property
    def failure(self) -> tuple[str, str] | None:
        """Code and reason, unless there is a profile."""
        if self.job["status"] in ("completed", "partial"):
            return None
        error: dict[str, str] = self.job["error"]
        return error["code"], error["reason"]


@dataclass
class Caller:
    base: str
    key: str
    session: aiohttp.ClientSession = field(init=False)

    async def __aenter__(self) -> "Caller":
        self.session = aiohttp.ClientSession(
            self.base, headers={"authorization": f"Bearer {self.key}"}, timeout=aiohttp.ClientTimeout(30)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()

    async def ask(self, method: str, path: str, body: JSON | None = None) -> JSON:
        async with self.session.request(method, path, json=body) as answer:
            said: JSON = await answer.json(content_type=None)
            if answer.status >= 400:
                raise Refused(said["code"], said["detail"])
            return said

    async def account(self) -> JSON:
        return await self.ask("GET", "/api/v1/account")

    async def scrape(self, url: str, webhook_url: str | None, progress: Callable[[JSON], None]) -> Answer:
        """Tells `progress` each state of the job on its way."""
        body = {"url": url} | ({"webhook_url": webhook_url} if webhook_url else {})
        job = await self.ask("POST", "/api/v1/scrape/company", body)
        cached = job["status"] in ENDED
        while job["status"] not in ENDED:
            progress(job)
            await asyncio.sleep(POLL_SECONDS)
            job = await self.ask("GET", f"/api/v1/scrape/status/{job['scrape_id']}")
        progress(job)
        return Answer(url, job, cached)
