"""Hands what is in the queue to this process's functions, as many at once as each may take."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from shared import log
from shared.embedded import queue
from shared.embedded.queue import Message
from shared.embedded.store import store
from shared.settings import Settings

PAUSE_SECONDS = 1.0  # where the file can't be written


@dataclass(frozen=True)
class Function:
    call: Callable[[Message], Awaitable[int]]  # answers an HTTP status
    concurrency: int  # requests at once
    timeout_seconds: float


class Dispatcher:
    """Each turn is one commit: it ends the deliveries that are through and claims as many as there is room for."""

    def __init__(self, settings: Settings, functions: Mapping[str, Function], owner: str) -> None:
        self._settings = settings
        self._functions = functions
        self._owner = owner
        self._store = store(settings.data)
        self._room = {name: function.concurrency for name, function in functions.items()}
        self._outcomes: list[tuple[Message, bool]] = []
        self._deliveries: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._stopping = False

    async def run(self) -> None:
        """Delivers until `stop`, and returns once its work in hand is settled."""
        following = asyncio.create_task(self._follow())
        try:
            while not self._stopping:
                self._wake.clear()
                wait = self._wait()
                if self._outcomes or wait == 0:
                    await self._turn()
                else:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(wait):
                            await self._wake.wait()
                if following.done():
                    following.result()
            await self._finish()
        finally:
            following.cancel()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    async def _follow(self) -> None:
        """Wakes the dispatcher at each commit of anybody, also one before the first look."""
        seen = self._store.data_version()
        while True:
            self._wake.set()
            seen = await self._store.changed(seen)

    def _wait(self) -> float | None:
        """Seconds until there is something that a function has room for."""
        targets = [name for name, room in self._room.items() if room]
        ready = self._store.read(lambda connection: queue.next_ready(connection, targets))
        return None if ready is None else max(ready - time.time(), 0)

    async def _turn(self) -> None:
        await asyncio.sleep(0)  # a delivery that has just published the next message ends now
        outcomes, self._outcomes = self._outcomes, []
        room = {} if self._stopping else {name: room for name, room in self._room.items() if room}

        def apply(connection: sqlite3.Connection) -> tuple[list[Message], list[Message]]:
            dead = queue.settle(connection, self._owner, outcomes, self._settings)
            return dead, queue.claim(connection, self._owner, room, self._settings)

        try:
            dead, claimed = await self._store.write(apply, lasting=False)  # a message may come again
        except sqlite3.Error as error:
            self._outcomes = outcomes + self._outcomes
            log.error("the queue can't be written", error)
            await asyncio.sleep(PAUSE_SECONDS)
            return
        for message in dead:
            log.error("dead letter", function=message.target, data=message.data.decode(errors="replace"))
        for message in claimed:
            self._room[message.target] -= 1
            delivery = asyncio.create_task(self._deliver(message))
            self._deliveries.add(delivery)
            delivery.add_done_callback(self._deliveries.discard)

    async def _deliver(self, message: Message) -> None:
        function = self._functions[message.target]
        status = 500
        try:
            async with asyncio.timeout(function.timeout_seconds):
                status = await function.call(message)
        except TimeoutError as error:
            status = 504
            log.error("function timed out", error, function=message.target)
        except Exception as error:
            log.error("function crashed", error, function=message.target)
        self._room[message.target] += 1
        self._outcomes.append((message, 200 <= status < 300))
        self._wake.set()

    async def _finish(self) -> None:
        """Waits for the work in hand; what takes too long is cancelled, and stays claimed."""
        if self._deliveries:
            _, late = await asyncio.wait(self._deliveries, timeout=self._settings.stop_seconds)
            for delivery in late:
                delivery.cancel()
            if late:
                log.warning("work in hand was cut off", deliveries=len(late))
                await asyncio.wait(late, timeout=self._settings.stop_seconds)
        while self._outcomes:
            await self._turn()
