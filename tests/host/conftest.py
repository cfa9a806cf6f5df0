"""A control server that the fixture functions tell each of their calls, and hosts that run them."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from shared import runs
from shared.embedded.host import ROOT, environment
from shared.embedded.store import store
from shared.models import Run, fields
from shared.settings import Settings
from shared.wiring import Platform
from tests import loopback, patience

FIXTURES = Path(__file__).parent / "fixtures"


@dataclass
class Call:
    function: str
    headers: dict[str, str]
    body: str
    process: int
    calls: int  # of that process so far
    wish: asyncio.Future[str]

    def answer(self, wish: str = "") -> None:
        """Has the function return, or raise, die, hang or block."""
        self.wish.set_result(wish)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Control:
    def __init__(self) -> None:
        self.calls: asyncio.Queue[Call] = asyncio.Queue()
        self.sweeps: asyncio.Queue[Call] = asyncio.Queue()
        self.all: list[Call] = []

    async def handle(self, request: web.Request) -> web.Response:
        call = Call(**await request.json(), wish=asyncio.get_running_loop().create_future())
        self.all.append(call)
        if call.function == "sweep":
            call.answer()
        (self.sweeps if call.function == "sweep" else self.calls).put_nowait(call)
        return web.Response(text=await call.wish)

    async def next(self, count: int) -> list[Call]:
        async with asyncio.timeout(patience.SECONDS):
            return [await self.calls.get() for _ in range(count)]


@asynccontextmanager
async def controlled() -> AsyncIterator[Control]:
    """A control server whose address stands in the environment."""
    control = Control()
    app = web.Application()
    app.router.add_post("/", control.handle)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    with pytest.MonkeyPatch.context() as environment:
        variables = {"CONTROL_URL": f"http://127.0.0.1:{runner.addresses[0][1]}/", **loopback.NO_AUTHORITIES}
        for name, value in variables.items():
            environment.setenv(name, value)
        yield control
    for call in control.all:
        call.wish.cancel()  # or the server would wait for its answers
    await runner.cleanup()


@pytest.fixture
async def control() -> AsyncIterator[Control]:
    async with controlled() as control:
        yield control


def fixture_settings(data: Path) -> Settings:
    return Settings(
        platform="embedded", data=data, functions=FIXTURES, push_backoff_seconds=(0.01, 0.05), stop_seconds=1
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return fixture_settings(tmp_path / "data")


@asynccontextmanager
async def adapters(settings: Settings) -> AsyncIterator[Platform]:
    platform = Platform(settings)
    yield platform
    await platform.close()
    store(settings.data).close()


@pytest.fixture
async def platform(settings: Settings) -> AsyncIterator[Platform]:
    """The test's own adapters, as those of any other process on the file."""
    async with adapters(settings) as platform:
        yield platform


def changed(settings: Settings, **values: object) -> Settings:
    return settings.model_copy(update=values)


async def drained(settings: Settings) -> None:
    """Until nothing but the schedules is in the queue."""
    file = store(settings.data)
    seen = file.data_version()
    select = "SELECT count(*) FROM messages WHERE kind != 'schedule'"
    async with asyncio.timeout(patience.SECONDS):
        while file.read(lambda connection: connection.execute(select).fetchone()[0]):
            seen = await file.changed(seen)


async def new_run(platform: Platform) -> str:
    run = runs.new("example.com", platform.settings, platform.settings.now())
    await platform.documents.create(runs.path(run.id), fields(run))
    await runs.publish(platform, run)
    return run.id


async def the_run(platform: Platform, run_id: str) -> Run:
    run = await runs.get(platform, run_id)
    assert run is not None
    return run


async def until(platform: Platform, path: str, condition: Callable[[dict[str, object]], bool]) -> None:
    watch = platform.documents.watch(path)
    async for document in watch:
        if document is not None and condition(document.fields):
            break
    await watch.aclose()


@dataclass
class Process:
    """A host as the command line starts it."""

    process: asyncio.subprocess.Process
    url: str
    workers: list[int]
    lines: asyncio.Queue[dict[str, Any] | None]  # None: the end

    async def line(self, message: str) -> dict[str, Any]:
        """The next line of the log with that message."""
        while line := await self.lines.get():
            if line["message"] == message:
                return line
        raise AssertionError(f"the host ended without saying {message!r}")

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def host_process(settings: Settings, *arguments: str) -> AsyncIterator[Process]:
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "shared.embedded.host", "--data", str(settings.data), *arguments),
        cwd=ROOT,
        env=environment(settings),
        stderr=asyncio.subprocess.PIPE,
    )
    lines: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

    async def read() -> None:
        assert started.stderr
        async for line in started.stderr:
            lines.put_nowait(json.loads(line))
        lines.put_nowait(None)

    reading = asyncio.create_task(read())
    running = Process(started, "", [], lines)
    try:
        serving = await running.line("serving")
        running.url, running.workers = serving["url"], serving["processes"]
        yield running
    finally:
        if started.returncode is None:
            started.send_signal(signal.SIGTERM)
        await started.wait()
        await reading


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return not Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].startswith(" Z")
