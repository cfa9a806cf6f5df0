"""A function as Cloud Run keeps it: one address, and behind it an instance that is started when it is needed."""

import asyncio
import compileall
import json
import os
import shutil
import signal
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from tests import patience
from tests.cloud.network import Network
from tests.layout import ROW
from tests.ports import free_port

HOP_BY_HOP = {"host", "connection", "content-length", "transfer-encoding", "keep-alive"}


@dataclass(frozen=True)
class Message:
    """What Pub/Sub pushed."""

    id: str
    data: bytes

    @property
    def names(self) -> tuple[str, str]:
        """Run and stage."""
        message = json.loads(self.data)
        return message["run"], message["stage"]


@cache
def unpacked(zip_: Path) -> Path:
    """Its folder. What is the same in another function's stands in one place, where it is compiled once."""
    folder = zip_.with_suffix("")
    with zipfile.ZipFile(zip_) as packed:
        packed.extractall(folder)
        same = frozenset((one.filename, one.CRC) for one in packed.infolist() if one.filename.startswith("shared/"))
    common = zip_.with_name(f"shared-{hash(same):x}")
    if common.exists():
        shutil.rmtree(folder / "shared")
    else:
        (folder / "shared").rename(common)
        compileall.compile_dir(common, quiet=1)
    (folder / "shared").symlink_to(common)
    return folder


async def killed(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


@dataclass
class Service:
    name: str
    zip: Path
    python: Path  # the virtual environment's folder
    network: Network
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    concurrency: int | None = None  # requests at once; others get 429, as where no instance can be had
    twice: bool = False  # whether each request comes beside its twin
    answers: list[int] = field(default_factory=list)  # statuses, in the order of their requests' ends
    messages: list[Message] = field(default_factory=list)
    starts: int = 0
    process: asyncio.subprocess.Process | None = None
    _others: dict[Path, tuple[asyncio.subprocess.Process, int]] = field(default_factory=dict)
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _busy: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Service"]:
        app = web.Application(client_max_size=32 * 2**20)
        app.router.add_route("*", "/{path:.*}", self._called)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        timeout = aiohttp.ClientTimeout(total=ROW[self.name]["timeout_seconds"])
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as self.session:
            try:
                yield self
            finally:
                await self.kill()
                for process, _ in self._others.values():
                    await killed(process)
                await runner.cleanup()

    @property
    def folder(self) -> Path:
        return unpacked(self.zip)

    async def deploy(self, zip_: Path, python: Path) -> None:
        """An instance of this instead of the one that runs, which gets no time to finish what it has in hand. What has
        served before has loaded its modules, and makes a new worker of them."""
        if zip_ == self.zip:
            return
        async with self._starting:
            if self.process is not None:
                self._kill_worker()
                self._others[self.zip] = self.process, self._instance_port
            self.zip, self.python = zip_, python
            if zip_ in self._others:
                self.process, self._instance_port = self._others.pop(zip_)
            else:
                await self.start()

    async def start(self) -> None:
        """As Google's buildpack does: without arguments, all is in the environment. A stage is deployed as an http
        function, since its subscription is not the platform's own."""
        self.starts += 1
        self._instance_port = free_port()
        kind = "cloudevent" if ROW[self.name]["trigger"] == "firestore" else "http"
        environment = {
            "PATH": os.defpath,
            "HOST": "127.0.0.1",
            "PORT": str(self._instance_port),
            "FUNCTION_TARGET": self.name,
            "FUNCTION_SIGNATURE_TYPE": kind,
            "K_SERVICE": self.name,
            **self.environment,
        }
        framework = [str(self.python / "bin" / "python"), "-m", "functions_framework"]
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.network.inside("/usr/bin/env", f"--chdir={self.folder}", *framework),
                env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        async with asyncio.timeout(patience.SECONDS):
            while not await self._listens():
                assert self.process.returncode is None, self.log.read_text()[-3000:]
                await asyncio.sleep(0.05)

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self._instance_port)
        except OSError:
            return False
        writer.close()
        return True

    async def kill(self) -> None:
        """SIGKILL to the server and its worker."""
        if self.process is not None:
            await killed(self.process)
            self.process = None

    def _kill_worker(self) -> None:
        """The server, in whose memory is nothing but modules, starts another."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        assert children, "no worker"
        for child in children:
            os.kill(int(child), signal.SIGKILL)

    async def _called(self, request: web.Request) -> web.Response:
        body = await request.read()
        if id_ := request.headers.get("x-goog-pubsub-message-id"):
            self.messages.append(Message(id_, body))
        if self.concurrency is not None and self._busy >= self.concurrency:
            self.answers.append(429)
            return web.Response(status=429, text="no available instance")
        self._busy += 1
        try:
            calls = [self._forwarded(request, body) for _ in range(2 if self.twice else 1)]
            answer = max(await asyncio.gather(*calls), key=lambda answer: answer.status)
            self.answers.append(answer.status)
            return answer
        finally:
            self._busy -= 1

    async def _forwarded(self, request: web.Request, body: bytes) -> web.Response:
        async with self._starting:
            if self.process is None or self.process.returncode is not None:
                await self.start()
        headers = [(name, value) for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP]
        url = f"http://127.0.0.1:{self._instance_port}{request.path_qs}"
        try:
            async with self.session.request(
                request.method, url, headers=headers, data=body, allow_redirects=False, skip_auto_headers=["User-Agent"]
            ) as answer:
                kept: dict[str, Any] = {n: v for n, v in answer.headers.items() if n.lower() not in HOP_BY_HOP}
                return web.Response(status=answer.status, body=await answer.read(), headers=kept)
        except aiohttp.ClientError as error:
            return web.Response(status=503, text=str(error))
