"""One worker process: serves `api` over HTTP, and hands the queue's messages to its functions' applications."""

import argparse
import asyncio
import contextlib
import gc
import importlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Coroutine, Iterator
from typing import Any

import uvicorn
import uvloop
from functions_framework.aio import create_asgi_app_from_module

from shared import log
from shared.embedded.dispatcher import Dispatcher, Function
from shared.embedded.documents import EmbeddedDocuments
from shared.embedded.functions import API, BACKLOG, PURGE, table
from shared.embedded.queue import Message
from shared.embedded.requests import post
from shared.embedded.store import store
from shared.owner import owner
from shared.settings import Settings, settings
from shared.wiring import platform

PURGE_DOCUMENTS = 1000  # a commit
PURGE_SECONDS = 600.0
KEEP_ALIVE_SECONDS = 75  # longer than most callers keep an idle connection, who else ask just as it is closed


class JsonHandler(logging.Handler):
    """What libraries log, in the one form of the log."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if record.levelno >= logging.ERROR:
            log.error(record.getMessage(), error, logger=record.name)
        elif record.levelno >= logging.WARNING:
            log.warning(record.getMessage(), logger=record.name)
        else:
            log.info(record.getMessage(), logger=record.name)


class Server(uvicorn.Server):
    """Leaves signals to the worker, and says when it serves."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serving = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.serving.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def application(folder_name: str, name: str) -> Any:
    """The ASGI application that functions-framework makes of the function, as it does in the cloud."""
    module = importlib.import_module(f"{folder_name}.{name}.main")
    return create_asgi_app_from_module(name, module.__file__, None, module, module.__spec__)  # type: ignore[no-untyped-call]


async def purge(_: Message) -> int:
    """Deletes what has expired, in commits that let others in between."""
    documents = platform().documents
    assert isinstance(documents, EmbeddedDocuments)
    while await documents.purge(settings().now(), PURGE_DOCUMENTS) == PURGE_DOCUMENTS:
        pass
    return 200


def functions(applications: dict[str, Any], to: Settings) -> dict[str, Function]:
    rows = table(to.functions)

    def function(name: str, app: Any) -> Function:
        row = rows[name]

        async def call(message: Message) -> int:
            with log.bind(function=name):
                return await post(app, message)

        return Function(call, to.instance_concurrency or row["concurrency"], row["timeout_seconds"])

    called = {name: function(name, app) for name, app in applications.items() if name != API}
    return {**called, PURGE: Function(purge, 1, PURGE_SECONDS)}


async def work(applications: dict[str, Any], listening: socket.socket | None, lifeline: socket.socket) -> None:
    """Until SIGTERM; the host gives back what is not settled then."""
    to, stop = settings(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    dispatcher = Dispatcher(to, functions(applications, to), owner())
    running = [asyncio.create_task(dispatcher.run())]
    server: Server | None = None
    if listening is not None:
        config = uvicorn.Config(
            applications[API],
            log_config=None,
            access_log=False,
            lifespan="off",
            backlog=BACKLOG,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            server_header=False,
            timeout_graceful_shutdown=max(int(to.stop_seconds), 1),
        )
        server = Server(config)
        running.append(asyncio.create_task(server.serve(sockets=[listening])))
        await _first(server.serving.wait(), *running)
    lifeline.send(b"1")  # ready
    if to.crash_after_commits:
        store(to.data).crash_after(to.crash_after_commits)
    await _first(stop.wait(), *running)
    dispatcher.stop()
    if server is not None:
        server.should_exit = True
    await asyncio.gather(*running)
    await platform().close()
    store(to.data).close()


async def _first(event: Coroutine[Any, Any, Any], *running: asyncio.Task[None]) -> None:
    """Until the event, or the end of what should run on."""
    happened = asyncio.create_task(event)
    await asyncio.wait([happened, *running], return_when=asyncio.FIRST_COMPLETED)
    happened.cancel()


def end_with_host(lifeline: socket.socket) -> None:
    """The host's end of the socket closes however it dies, and a thread notices even where the loop is blocked."""
    with contextlib.suppress(OSError):  # a reset, where the host died before it read that this one is ready
        lifeline.recv(1)
    os._exit(1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--functions", required=True)
    parser.add_argument("--lifeline", type=int, required=True)
    parser.add_argument("--listen", type=int)
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal interrupts the whole group; the host says when to stop
    lifeline = socket.socket(fileno=options.lifeline)
    threading.Thread(target=end_with_host, args=(lifeline,), daemon=True).start()
    logging.basicConfig(handlers=[JsonHandler()], level=logging.WARNING)
    listening = None if options.listen is None else socket.socket(fileno=options.listen)
    gc.disable()  # while modules load
    try:
        applications = {name: application(settings().functions.name, name) for name in options.functions.split(",")}
        gc.collect()
        gc.freeze()  # modules and tables stay: no collection looks at them again
        gc.enable()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work(applications, listening, lifeline))
    except Exception as error:
        log.error("worker failed", error)
        sys.exit(1)


if __name__ == "__main__":
    main()
