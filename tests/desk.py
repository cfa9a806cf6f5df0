"""A run that has come to a stage which asks outside sources, and a server on loopback that plays them."""

import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from shared import orders, runs, stage
from shared.models import JSON, STAGES, Account, Fact, Outcome, Page, ReadingPlan, Run, Source, StageName, fields
from shared.orders import Order
from shared.settings import read
from shared.stage import Found
from shared.wiring import Platform
from shared.work import Work
from tests.product import environment

COMPANY = "hollin.example"
Reply = Callable[[web.Request], Any]


@dataclass
class Sources:
    """Answers by path: JSON, text, bytes, a Response, or a function of the request; anything else is a 404."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        self.queries.append(dict(request.query))
        self.headers.append(dict(request.headers))
        answer = self.answers.get(request.path, web.Response(status=404))
        if callable(answer):
            answer = await answer(request)
        if isinstance(answer, web.StreamResponse):
            return answer
        if isinstance(answer, bytes):
            return web.Response(body=answer)
        return web.Response(text=answer) if isinstance(answer, str) else web.json_response(answer)

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        runner = web.AppRunner(self.application())
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield
        await runner.cleanup()

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.__call__)
        return app


def fact(name: str, value: JSON, how: Any = "html", confidence: float = 0.8) -> Fact:
    return Fact(
        name, value, Source("https://hollin.example/", how, "as printed", "2026-01-01T00:00:00+00:00"), confidence
    )


def page(*facts: Fact, kind: str = "home", url: str = "https://hollin.example/") -> Page:
    return Page(url, Outcome.READ, kind, facts=list(facts))


@dataclass
class Desk:
    platform: Platform
    sources: Sources
    name: StageName
    then: StageName
    function: Any
    run: Run

    async def told(self, *facts: Fact) -> None:
        """Keeps a page with these facts, as a crawl would have."""
        await self.kept(page(*facts))

    async def kept(self, *pages: Page) -> None:
        for each in pages:
            await self.platform.documents.commit(runs.page_writes(self.run, each))

    async def works(self) -> Run:
        """Delivers the stage's message; the run as it is then."""
        await stage.deliver(self.platform, self.run.id, self.name, self.then, inspect.unwrap(self.function))
        return await self.now()

    async def work(self) -> Work:
        """Claims the stage for the test to work in."""
        found, run, token = await stage.claim(self.platform, self.run.id, self.name, self.then)
        assert found is Found.CLAIMED
        return Work(self.platform, run, self.name, token)

    async def now(self) -> Run:
        run = await runs.get(self.platform, self.run.id)
        assert run is not None
        return run

    async def change(self, change: Callable[[Run], None]) -> None:
        await runs.change(self.platform, self.run.id, change)

    async def found(self, kind: str) -> list[Page]:
        return [each for each in await runs.pages(self.platform, self.run.id) if each.kind == kind]

    async def values(self, kind: str, name: str) -> list[JSON]:
        return [f.value for each in await self.found(kind) for f in each.facts if f.field == name]


@asynccontextmanager
async def desk(
    folder: Path, function: Any, name: StageName, then: StageName, base: str | None = None, **settings: Any
) -> AsyncIterator[Desk]:
    """`{url}` in a setting or in `base` is the address of the sources."""
    sources = Sources()
    async with sources.served():
        values = {key: str(value).replace("{url}", sources.url) for key, value in settings.items()}
        platform = Platform(read(environment(folder / "data", progress_seconds=0, run_seconds=900, **values)))
        account = Account(id="acc1", name="one", tier="enterprise", created_at=platform.settings.now())
        await platform.documents.create(f"accounts/{account.id}", fields(account))
        job = await orders.submit(platform, account, Order(url=COMPANY, company=COMPANY))
        assert job.run is not None

        def arrived(run: Run) -> None:
            now = platform.settings.now()
            run.claimed_at, run.deadline = now, now + timedelta(seconds=platform.settings.run_seconds)
            while run.stage != name:
                following = STAGES[STAGES.index(run.stage) + 1]
                runs.advance(run, run.stage, following, platform.settings, now)
            if base:
                run.plan = ReadingPlan(base=base.replace("{url}", sources.url))

        run = await runs.change(platform, job.run, arrived)
        yield Desk(platform, sources, name, then, function, run)
        await platform.close()
