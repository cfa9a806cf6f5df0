"""Lets in as many at once as there is room for: none passes a cap, and far from it none waits for another."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Room = Callable[[], Awaitable[int]]  # for how many there is room, once those before are through


@dataclass(eq=False)
class _Turn:
    room: Room
    full: asyncio.Future[bool]
    through: asyncio.Event = field(default_factory=asyncio.Event)


class Admission:
    """Of what shares a cap, in this instance; others may let their own in meanwhile."""

    def __init__(self) -> None:
        self._waiting: deque[_Turn] = deque()
        self._letting_in: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def turn(self, room: Room) -> AsyncIterator[bool]:
        """Yields, in the order of asking, whether there is no room. Raises what `room` raises."""
        turn = _Turn(room, asyncio.get_running_loop().create_future())
        self._waiting.append(turn)
        if self._letting_in is None:
            self._letting_in = asyncio.create_task(self._let_in())
        try:
            yield await turn.full
        finally:
            turn.through.set()

    async def _let_in(self) -> None:
        while self._waiting:
            group, full, failure = list(self._waiting), True, None
            try:
                if (room := await group[0].room()) > 0:
                    group, full = group[:room], False
            except Exception as error:  # theirs, who ask for room
                failure = error
            for turn in group:
                self._waiting.popleft()
                if turn.full.done():  # given up
                    continue
                if failure is None:
                    turn.full.set_result(full)
                else:
                    turn.full.set_exception(failure)
            for turn in group:
                await turn.through.wait()
        self._letting_in = None
