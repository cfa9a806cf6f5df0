"""A caller of the API like any other: submits an address, follows its job, reads the answer."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

POLL_SECONDS = 0.1
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)  # seconds before asking again
ENDED = ("completed", "partial", "failed", "cancelled")
JSON = dict[str, Any]


class Refused(Exception):
    """The API did not do what was asked: its code and words."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class Answer:
    """A job at its end, as the API shows it."""

    job: JSON

    @property
    def profile(self) -> JSON | None:
        profile: JSON | None = self.job["profile"]
        return profile

    @property
    def failure(self) -> tuple[str, str]:
        """Code and reason why there is no profile."""
        error = self.job["error"] or {"code": "expired", "reason": "The profile is no longer stored."}
        return error["code"], error["reason"]


@dataclass
class Caller:
    base: str
    key: str
    session: aiohttp.ClientSession = field(init=False)

    async def __aenter__(self) -> "Caller":
        self.session = aiohttp.ClientSession(
            self.base,
            headers={"authorization": f"Bearer {self.key}"},
            timeout=aiohttp.ClientTimeout(30),
            connector=aiohttp.TCPConnector(limit=0),  # a request's time would run while it waits for a connection
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()

    async def ask(self, method: str, path: str, body: JSON | None = None, *, wait: int = 0) -> JSON:
        """The answer's JSON, which may wait so many seconds for a job's end; patient where the API says that it can't
        answer just now. Raises Refused."""
        headers = {"prefer": f"wait={wait}"} if wait else None
        for pause in (*PAUSES, None):
            async with self.session.request(method, path, json=body, headers=headers) as answer:
                said: JSON = await answer.json(content_type=None)
            if answer.status < 400:
                return said
            if answer.status != 503 or pause is None:
                break
            await asyncio.sleep(pause)
        raise Refused(said["code"], said["detail"])

    async def account(self) -> JSON:
        return await self.ask("GET", "/api/v1/account")

    async def scrape(self, url: str, webhook_url: str | None, progress: Callable[[JSON], None]) -> Answer:
        """Tells `progress` each state of the job on its way. What the API refuses has failed."""
        body = {"url": url} | ({"webhook_url": webhook_url} if webhook_url else {})
        try:
            job = await self.ask("POST", "/api/v1/scrape/company", body)
            while job["status"] not in ENDED:
                progress(job)
                await asyncio.sleep(POLL_SECONDS)
                job = await self.ask("GET", f"/api/v1/scrape/status/{job['scrape_id']}")
        except Refused as refusal:
            error = {"code": refusal.code, "reason": refusal.detail}
            job = {"status": "failed", "error": error, "profile": None, "cached": False}
        progress(job)
        return Answer(job)
