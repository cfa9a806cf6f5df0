"""The host: runs all functions on one machine, in worker processes on one SQLite file, and replaces those that die.

`python -m shared.embedded.host --data DIR --port N` serves until interrupted; further settings are FIRMOGRAPH_*.
"""

import argparse
import asyncio
import contextlib
import fcntl
import json
import os
import secrets
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared import log
from shared.embedded import queue
from shared.embedded.functions import API, BACKLOG, PURGE, table
from shared.embedded.holdings import void
from shared.embedded.store import store
from shared.settings import PREFIX, Settings, SettingsError, read
from shared.wiring import Platform

ROOT = Path(__file__).parents[2]
PURGE_SECONDS = 60.0
LEFTOVER_SECONDS = 10.0  # what workers of a killed host get to end
QUICK_SECONDS = 1.0  # a worker that lives less is replaced after a growing pause
PAUSE_MAX_SECONDS = 10.0
KILL_SECONDS = 5.0  # beyond twice what the work in hand gets: once to end, once to be cancelled


class HostError(Exception):
    """Why the host does not run, in one line. Status 2: it can't start like this; 1: it failed."""

    def __init__(self, reason: str, status: int = 1) -> None:
        super().__init__(reason)
        self.status = status


@dataclass
class Worker:
    functions: tuple[str, ...]
    owner: str
    process: asyncio.subprocess.Process
    lifeline: socket.socket


class Host:
    """`async with Host(settings) as host` serves the API at `host.url`; the settings reach workers by environment."""

    def __init__(self, settings: Settings, *, port: int = 0, workers: int = 1, isolate: bool = False) -> None:
        """Port 0: a free one. `isolate`: a process for each function instead of `workers` that run them all."""
        self.settings = settings.model_copy(update={"platform": "embedded", "data": settings.data.absolute()})
        self._table = table(settings.functions)
        self._port = port
        self._shares = [(name,) for name in self._table] if isolate else [tuple(self._table)] * workers
        self._workers: list[Worker] = []
        self._keepers: list[asyncio.Task[None]] = []
        self._interrupted = asyncio.Event()
        self._closing = contextlib.AsyncExitStack()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    @property
    def processes(self) -> list[int]:
        """The workers' process ids."""
        return [worker.process.pid for worker in self._workers]

    def interrupt(self) -> None:
        """Has `wait` return, or the start break off."""
        self._interrupted.set()

    async def __aenter__(self) -> "Host":
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def wait(self, *others: asyncio.Future[None]) -> None:
        """Until interrupted or one of the others is done; raises what makes the host fail."""
        interrupted = asyncio.create_task(self._interrupted.wait())
        try:
            futures: list[asyncio.Future[Any]] = [interrupted, *self._keepers, *others]
            await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)
            for keeper in self._keepers:
                if keeper.done():
                    keeper.result()
        finally:
            interrupted.cancel()

    async def stop(self) -> None:
        """Has the workers finish what they have in hand and give back the rest; nothing is left running."""
        self.interrupt()
        for worker in self._workers:
            _signal(worker, signal.SIGTERM)
        if self._keepers:
            await asyncio.wait(self._keepers, timeout=2 * self.settings.stop_seconds + KILL_SECONDS)
            for worker in self._workers:
                log.error("a worker did not stop", functions=worker.functions)
                _signal(worker, signal.SIGKILL)
            await asyncio.wait(self._keepers)
        await self._closing.aclose()

    async def _start(self) -> None:
        data = self.settings.data
        self._closing.enter_context(_held(data))
        self._listening = self._closing.enter_context(_listen(self._port))
        if not self.settings.public_url:
            self.settings = self.settings.model_copy(update={"public_url": self.url})
        own = tuple(f"{name}:{self.port}" for name in ("127.0.0.1", "localhost", "[::1]"))
        self.settings = self.settings.model_copy(update={"own_hosts": (*self.settings.own_hosts, *own)})
        await _ended(_locks(data))
        try:
            file = store(data)
        except sqlite3.Error as error:
            raise HostError(f"{data}/firmograph.db can't be used: {error}", 2) from error
        self._platform = Platform(self.settings)
        self._closing.push_async_callback(self._platform.close)
        for owner in file.read(queue.owners):
            log.warning("a dead worker's messages", owner=owner, messages=await void(self._platform, owner))
        every_seconds = {name: self._every(name) for name, row in self._table.items() if row["trigger"] == "schedule"}
        await file.write(lambda connection: queue.schedule(connection, {**every_seconds, PURGE: PURGE_SECONDS}))
        ready: list[asyncio.Future[None]] = [asyncio.get_running_loop().create_future() for _ in self._shares]
        for share, future in zip(self._shares, ready, strict=True):
            self._keepers.append(asyncio.create_task(self._keep(share, future)))
        for future in ready:
            await self.wait(future)

    async def _keep(self, share: tuple[str, ...], ready: asyncio.Future[None]) -> None:
        """Keeps one worker running; one that dies has its holdings voided, and is replaced."""
        quick = 0
        while not self._interrupted.is_set():
            worker = await self._spawn(share)
            if self._interrupted.is_set():
                _signal(worker, signal.SIGTERM)
            if await asyncio.get_running_loop().sock_recv(worker.lifeline, 1) and not ready.done():
                ready.set_result(None)
            since = time.monotonic()
            status = await worker.process.wait()
            self._workers.remove(worker)
            worker.lifeline.close()
            messages = await void(self._platform, worker.owner)
            self._lock(worker.owner).unlink()
            if self._interrupted.is_set():
                return
            log.error("a worker died", functions=share, status=status, messages=messages)
            if not ready.done() and status >= 0:  # by itself: another would fare no better; a signal came from outside
                raise HostError(f"a worker ended with status {status} before it was ready; its log says why")
            quick = quick + 1 if time.monotonic() - since < QUICK_SECONDS else 0
            with contextlib.suppress(TimeoutError):
                pause = min(0.1 * 2 ** min(quick, 10), PAUSE_MAX_SECONDS) if quick else 0
                await asyncio.wait_for(self._interrupted.wait(), pause)

    async def _spawn(self, share: tuple[str, ...]) -> Worker:
        owner = secrets.token_hex(8)
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        arguments = ["--functions", ",".join(share), "--lifeline", str(theirs.fileno())]
        if API in share:
            arguments += ["--listen", str(self._listening.fileno())]
        # The worker inherits the lock, and so holds it from its first moment to its last.
        with theirs, self._lock(owner).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "shared.embedded.worker", *arguments),
                env={**environment(self.settings), "FIRMOGRAPH_OWNER": owner},
                pass_fds=(theirs.fileno(), lock.fileno(), self._listening.fileno()),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=2,  # what a function prints is log
            )
        worker = Worker(share, owner, process, ours)
        self._workers.append(worker)
        return worker

    def _lock(self, owner: str) -> Path:
        return self.settings.data / "workers" / f"{owner}.lock"

    def _every(self, name: str) -> float:
        return self.settings.sweep_seconds if name == "sweep" else float(self._table[name]["every_seconds"])


def _signal(worker: Worker, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        worker.process.send_signal(number)


@contextlib.contextmanager
def _held(data: Path) -> Iterator[None]:
    """The folder, made where it is missing; one host at a time works on it."""
    try:
        (data / "workers").mkdir(parents=True, exist_ok=True)
        lock = (data / "host.lock").open("w")
    except OSError as error:
        raise HostError(f"{data} can't keep the state: {error.strerror}", 2) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HostError(f"{data} is in use by another host", 2) from error
        yield


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port), backlog=BACKLOG)
    except OSError as error:
        raise HostError(f"port {port} of 127.0.0.1 can't be used: {os.strerror(error.errno or 0)}", 2) from error


def _locks(data: Path) -> list[Path]:
    return list((data / "workers").glob("*.lock"))


async def _ended(locks: list[Path]) -> None:
    """Until the workers of a host that was killed are gone, which they are as soon as they notice."""
    end = time.monotonic() + LEFTOVER_SECONDS
    for path in locks:
        with path.open() as lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() > end:
                        raise HostError(f"{path} is held: a worker of an earlier host still runs", 2) from error
                await asyncio.sleep(0.02)
        path.unlink()


def environment(settings: Settings) -> dict[str, str]:
    """This process's variables, with these settings in place of its own."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    paths = [str(ROOT), str(settings.functions.parent.absolute()), os.environ.get("PYTHONPATH", "")]
    values = settings.model_dump(mode="json", exclude_defaults=True)
    texts = {PREFIX + n.upper(): value if isinstance(value, str) else json.dumps(value) for n, value in values.items()}
    return {**others, **texts, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


async def serve(settings: Settings, options: argparse.Namespace) -> None:
    host = Host(settings, port=options.port, workers=options.workers, isolate=options.isolate)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, host.interrupt)
    async with host:
        if options.port_file:
            draft = options.port_file.with_suffix(".draft")
            draft.write_text(f"{host.port}\n")
            draft.replace(options.port_file)
        log.info("serving", url=host.url, processes=host.processes)
        await host.wait()
    store(host.settings.data).close()
    log.info("stopped")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m shared.embedded.host", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the state")
    parser.add_argument("--port", type=int, default=0, help="port of the API on 127.0.0.1; 0: a free one")
    parser.add_argument("--port-file", type=Path, help="file that gets the port once the API answers")
    parser.add_argument("--workers", type=int, default=1, help="processes that each run all functions")
    parser.add_argument("--isolate", action="store_true", help="one process for each function")
    options = parser.parse_args(arguments)
    if not 0 <= options.port <= 65535 or options.workers < 1 or (options.isolate and options.workers > 1):
        parser.error("--port is 0 to 65535, --workers at least 1, and only 1 with --isolate")
    variables = {**os.environ, f"{PREFIX}PLATFORM": "embedded", f"{PREFIX}DATA": str(options.data.absolute())}
    try:
        asyncio.run(serve(read(variables), options))
    except SettingsError as error:
        log.error(str(error))
        return 2
    except HostError as error:
        log.error(str(error))
        return error.status
    return 0


if __name__ == "__main__":
    sys.exit(main())
