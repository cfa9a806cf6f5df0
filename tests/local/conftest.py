"""The command line as its users meet it: a process of its own group, of which nothing may be left."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from shared.embedded.local.command import run
from shared.embedded.local.options import parse
from shared.embedded.local.stop import Stop
from tests import loopback

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Process:
    id: int
    command: str


def members(group: int) -> list[Process]:
    """The living processes of that group or session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, pgrp, session = stat.read_text().rpartition(")")[2].split()[:4]
            if group in (int(pgrp), int(session)) and state not in "ZX":
                command = (stat.parent / "cmdline").read_text().replace("\0", " ")
                found.append(Process(int(stat.parent.name), command))
    return found


@dataclass
class Run:
    status: int
    out: str
    err: str
    left: list[Process]


@dataclass
class Command:
    """`./deploy.sh local …`, started."""

    process: asyncio.subprocess.Process

    def interrupt(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    async def end(self) -> Run:
        out, err = await self.process.communicate()
        assert self.process.returncode is not None
        return Run(self.process.returncode, (out or b"").decode(), err.decode(), members(self.process.pid))


class Local:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[Command] = []

    async def start(self, *arguments: str, stdout: int = asyncio.subprocess.PIPE, **environment: str) -> Command:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "shared.embedded.local", *arguments),
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **loopback.NO_AUTHORITIES, **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=stdout,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        self.started.append(Command(process))
        return self.started[-1]

    async def __call__(self, *arguments: str, **environment: str) -> Run:
        return await (await self.start(*arguments, stdout=asyncio.subprocess.PIPE, **environment)).end()


async def stopped(data: Path, *arguments: str) -> str:
    """What the command says that ends with status 2, without a process of its own, which takes half a second to load."""
    with pytest.raises(Stop) as stop:
        await run(parse(["--data", str(data), *arguments]))
    assert (stop.value.status, stop.value.line.count("\n")) == (2, 0)
    return stop.value.line


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Local]:
    """Runs `./deploy.sh local` in an empty folder."""
    made = Local(tmp_path)
    yield made
    for command in made.started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(command.process.pid, signal.SIGKILL)
        await command.process.wait()


class Site:
    """A site whose pages a test sets: path -> (content type, body)."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, str]] = {}
        self.asked: list[str] = []
        self.base = ""
        self.reached = asyncio.Event()  # a page was asked for
        self.gate = asyncio.Event()  # pages are answered
        self.gate.set()

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        self.reached.set()
        await self.gate.wait()
        if request.path not in self.pages:
            return web.Response(status=404, text="not here")
        kind, body = self.pages[request.path]
        return web.Response(text=body, content_type=kind)


@pytest.fixture
async def new_site() -> AsyncIterator[Callable[[], Awaitable[Site]]]:
    """Makes sites, each on a port of its own."""
    async with AsyncExitStack() as stack:

        async def make() -> Site:
            made = Site()
            app = web.Application()
            app.router.add_get("/{path:.*}", made.answer)
            runner = web.AppRunner(app)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            stack.callback(made.gate.set)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            made.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
            return made

        yield make


@pytest.fixture
async def site(new_site: Callable[[], Awaitable[Site]]) -> Site:
    return await new_site()
