"""Work that waits at the same time takes each of its steps together: the first that takes one pays for what the step
needs of code and tables, which the others find in the processor's caches."""

import asyncio
from collections import deque
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from shared.extract.steps import Steps

T = TypeVar("T")
MOST = 8  # side by side: so many hold the loop, and memory, at once

_Waiting = deque[tuple[Steps[Any], asyncio.Future[Any]]]
_waiting: WeakKeyDictionary[asyncio.AbstractEventLoop, _Waiting] = WeakKeyDictionary()


async def together(steps: Steps[T]) -> T:
    """What comes of these steps; an error in them is raised here, and costs the others nothing."""
    loop = asyncio.get_running_loop()
    waiting = _waiting.setdefault(loop, deque())
    result: asyncio.Future[T] = loop.create_future()
    waiting.append((steps, result))
    if len(waiting) == 1:
        loop.call_soon(_side_by_side, loop, waiting)  # after all that is ready by now, and may wait, too
    return await result


def _side_by_side(loop: asyncio.AbstractEventLoop, waiting: _Waiting) -> None:
    going = [waiting.popleft() for _ in range(min(MOST, len(waiting)))]
    while going := [one for one in going if _goes_on(*one)]:
        pass
    if waiting:
        loop.call_soon(_side_by_side, loop, waiting)  # once others had a turn


def _goes_on(steps: Steps[T], result: asyncio.Future[T]) -> bool:
    if result.done():  # nobody waits for it any more
        return False
    try:
        next(steps)
    except StopIteration as end:
        result.set_result(end.value)
    except Exception as error:
        result.set_exception(error)
    return not result.done()
