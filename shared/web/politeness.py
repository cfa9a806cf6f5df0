"""How hard one site is asked."""

import asyncio
from typing import Self


class Gate:
    """`async with gate:` around each request to a site: at most `connections` at once, `delay` seconds between starts.

    `asked` says that the site was asked a moment ago, so that the first start waits as well.
    """

    def __init__(self, connections: int, delay: float | None = None, *, asked: bool = False) -> None:
        self._slots = asyncio.Semaphore(connections)
        self._turn = asyncio.Lock()
        self._delay = delay or 0.0
        self._next = asyncio.get_running_loop().time() + self._delay if asked else 0.0

    async def __aenter__(self) -> Self:
        await self._slots.acquire()
        try:
            await self.turn()
        except BaseException:
            self._slots.release()
            raise
        return self

    async def turn(self) -> None:
        """Waits for the delay alone, as a further request from inside must."""
        async with self._turn:
            loop = asyncio.get_running_loop()
            await asyncio.sleep(max(0.0, self._next - loop.time()))
            self._next = loop.time() + self._delay

    async def __aexit__(self, *_: object) -> None:
        self._slots.release()
