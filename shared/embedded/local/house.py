"""The folder that keeps a laptop's state, and the host that works on it, as a child that never outlives its parent."""

import asyncio
import contextlib
import ctypes
import fcntl
import json
import os
import secrets
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

import aiohttp

from shared.accounts import first_account
from shared.embedded.local.caller import Caller
from shared.embedded.local.stop import Stop
from shared.ports import PlatformError
from shared.settings import SettingsError, read
from shared.wiring import Platform

T = TypeVar("T")
START_SECONDS = 60
LOG_BYTES = 20_000_000  # a longer log is put aside when the next begins
STOP_SECONDS = 40  # more than the host takes to end its workers
LEFTOVER_SECONDS = 10
LAST_WORDS_SECONDS = 2  # between a lost connection and the end of the process behind it


@dataclass(frozen=True)
class Folder:
    path: Path

    def secret(self, name: str) -> str:
        """A random key that is made once and kept, for its owner's eyes only."""
        file = self.path / name
        if not file.exists():
            write_private(file, secrets.token_hex(32))
        return file.read_text().strip()


def write_private(file: Path, text: str) -> None:
    """Whoever sees the file sees all of it, and only its owner does."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text + "\n")
    draft.replace(file)


@contextlib.contextmanager
def folder(path: Path) -> Iterator[Folder]:
    """The folder, made where it is missing, and held: one command at a time works on it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = (path / "lock").open("w")
    except OSError as error:
        raise Stop(f"{path} can't keep the state: {error.strerror}", 2) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(f"{path} is in use by another ./deploy.sh local; end it or choose another --data", 2) from None
        yield Folder(path)


def listen(port: int) -> socket.socket:
    """A socket bound to that port of 127.0.0.1."""
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise Stop(f"port {port} of 127.0.0.1 can't be used: {os.strerror(error.errno or 0)}", 2) from None


def die_with_parent() -> None:
    """Linux ends the child when its parent is gone, SIGKILL included; elsewhere a parent that is killed leaves it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def unlocked(file: Path) -> bool:
    try:
        with file.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except BlockingIOError:
        return False
    return True


@dataclass
class Host:
    base: str
    process: asyncio.subprocess.Process
    data: Path
    log: Path | None

    async def while_up(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of the work; Stop where the host ends before it."""
        task, end = asyncio.create_task(work), asyncio.create_task(self.process.wait())
        try:
            await asyncio.wait({task, end}, return_when=asyncio.FIRST_COMPLETED)
            if task.done() and not isinstance(task.exception(), aiohttp.ClientError | TimeoutError):
                return task.result()
            await asyncio.wait({end}, timeout=LAST_WORDS_SECONDS)
            raise Stop(
                f"the host ended with status {end.result()}{self.last_words()}"
                if end.done()
                else "the host went silent"
            )
        finally:
            task.cancel()
            end.cancel()
            await asyncio.gather(task, end, return_exceptions=True)

    def last_words(self) -> str:
        """The last line of the log, and where the others are."""
        if self.log is None:
            return ""
        with contextlib.suppress(IndexError, KeyError, TypeError, ValueError):
            said = json.loads(self.log.read_text(errors="replace").splitlines()[-1])["message"]
            return f": {said} ({self.log})"
        return f"; see {self.log}"

    async def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), STOP_SECONDS)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
        await self.workers_gone()

    async def workers_gone(self) -> None:
        """A killed host's workers notice at once, yet a moment later; each holds a lock until its end."""
        end = time.monotonic() + LEFTOVER_SECONDS
        held = await asyncio.to_thread(lambda: list((self.data / "workers").glob("*.lock")))
        while time.monotonic() < end:
            held = [file for file in held if not unlocked(file)]
            if not held:
                break
            await asyncio.sleep(0.02)


@contextlib.contextmanager
def stream(log: Path | None) -> Iterator[IO[bytes] | None]:
    if log is None:
        yield None
        return
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as opened:
        yield opened


async def written(port_file: Path) -> int:
    """The port, once the host has written it, which it does when its API answers."""
    while not port_file.exists():  # noqa: ASYNC110, ASYNC240 - another process makes it
        await asyncio.sleep(0.05)
    return int(port_file.read_text())  # noqa: ASYNC240


@contextlib.asynccontextmanager
async def host(
    data: Path, port: int, workers: int, environment: dict[str, str], log: Path | None
) -> AsyncIterator[Host]:
    """The host, answering, with port 0 at one that it chooses; its output goes to `log`, or to the terminal."""
    port_file = data / "host-port"
    port_file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "shared.embedded.host"]
    command += ["--data", str(data), "--port", str(port), "--port-file", str(port_file), "--workers", str(workers)]
    with stream(log) as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=die_with_parent,
        )
    running = Host("", process, data, log)
    try:
        try:
            async with asyncio.timeout(START_SECONDS):
                running.base = f"http://127.0.0.1:{await running.while_up(written(port_file))}"
        except TimeoutError:
            raise Stop(f"the host did not answer within {START_SECONDS} seconds") from None
        yield running
    finally:
        await asyncio.shield(running.stop())


@contextlib.asynccontextmanager
async def running(
    folder: Folder, port: int, workers: int, settings: dict[str, str], quiet: bool = True
) -> AsyncIterator[tuple[Host, Caller]]:
    """Firmograph on the folder, and its first account as a caller; `quiet` keeps its log in the folder."""
    environment = {
        "FIRMOGRAPH_STOP_SECONDS": "2",  # nobody likes to wait for Ctrl-C; what was in hand goes on next time
        **os.environ,
        "FIRMOGRAPH_PLATFORM": "embedded",
        "FIRMOGRAPH_DATA": str(folder.path.absolute()),
        "FIRMOGRAPH_WEBHOOK_MASTER_KEY": folder.secret("master-key"),
        "FIRMOGRAPH_WEBHOOK_HTTPS_ONLY": "false",
        "FIRMOGRAPH_PUBLIC_URL": "",  # the host's own
        **settings,
    }
    try:
        platform = Platform(read(environment))
    except SettingsError as error:
        raise Stop(str(error), 2) from None
    try:
        key = await first_account(platform)
        await platform.close()
    except (sqlite3.Error, PlatformError) as error:
        raise Stop(f"{folder.path / 'firmograph.db'} can't be used: {error}", 2) from None
    log = folder.path / "host.log" if quiet else None
    async with host(folder.path.absolute(), port, workers, environment, log) as up, Caller(up.base, key) as caller:
        yield up, caller
