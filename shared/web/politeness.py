"""How hard one site is asked: as many requests at once as it bears, and as far apart as it wishes."""

import asyncio
from collections import deque
from math import inf
from typing import Self

SLOW_SECONDS, SLOWER = 1.0, 4.0  # an answer that took longer, and so many times the fastest, is a slow one
SMOOTHED = 4  # answers over which latency is smoothed, so that one large page slows nothing down
CALM = 2  # rounds of good answers before one more request at once


class Gate:
    """`async with gate:` around each request to a site: at most `connections` at once, `delay` seconds between the end
    of one and the start of the next, since a busy loop sends a request later than it starts it.

    Trouble halves `connections`, and good answers raise it again, one by one (AIMD, as TCP shares a line).
    """

    def __init__(self, connections: int, delay: float = 0.0) -> None:
        self.connections = self._most = connections
        self._delay, self._next = delay, 0.0
        self._inside, self._waiting = 0, deque[asyncio.Future[None]]()
        self._turn = asyncio.Lock()
        self._halved_at, self._good = 0.0, 0
        self._fastest, self._usual = inf, 0.0
        self.refused = 0  # requests in a row that the site had no time for

    async def __aenter__(self) -> Self:
        while self._inside >= self.connections:
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            try:
                await waiting
            except BaseException:
                self._wake()  # the turn goes to the next
                raise
        self._inside += 1
        try:
            await self.turn()
        except BaseException:
            self._leave()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self.pause(self._delay)
        self._leave()

    def _leave(self) -> None:
        self._inside -= 1
        self._wake()

    def _wake(self) -> None:
        for _ in range(self.connections - self._inside):
            while self._waiting and (waiting := self._waiting.popleft()):
                if not waiting.done():
                    waiting.set_result(None)
                    break

    async def again(self, most: float) -> None:
        """Waits for the delay, as a further request from inside must; `most` seconds at most."""
        self.pause(self._delay)
        await self.turn(most)

    async def turn(self, most: float = inf) -> None:
        async with self._turn:
            now = asyncio.get_running_loop().time
            end = now() + most
            while (wait := min(self._next, end) - now()) > 0:  # noqa: ASYNC110 - a pause may move it meanwhile
                await asyncio.sleep(wait)
            self._next = now() + self._delay

    def pause(self, seconds: float) -> None:
        """Nothing starts for so long."""
        self._next = max(self._next, asyncio.get_running_loop().time() + seconds)

    def space(self, delay: float) -> None:
        """From now on one request at a time, `delay` seconds apart; the site was asked a moment ago."""
        self.connections = self._most = 1
        self._delay = delay
        self.pause(delay)

    def answered(self, started: float) -> None:
        """A request that began at `started`, by the loop's clock, came to a good end."""
        took = asyncio.get_running_loop().time() - started
        self._fastest = min(self._fastest, took)
        self._usual += (took - self._usual) / SMOOTHED if self._usual else took
        if min(took, self._usual) > max(SLOW_SECONDS, SLOWER * self._fastest):
            self.troubled(started)
            return
        self._good += 1
        if self._good >= CALM * self.connections and self.connections < self._most:
            self.connections, self._good = self.connections + 1, 0
            self._wake()

    def troubled(self, started: float) -> None:
        """The site failed, was slow or said that it is too much; what began before the last halving counts no more."""
        if started >= self._halved_at:
            self.halve()

    def halve(self) -> None:
        self.connections = max(1, self.connections // 2)
        self._halved_at, self._good = asyncio.get_running_loop().time(), 0
