"""Work that waits at the same time takes each of its steps together: the first that takes one pays for what the step
needs of code and tables, which the others find in the processor's caches."""

import asyncio
from collections import deque
from typing import Any, TypeVar

from shared.extract.steps import Steps

T = TypeVar("T")
MOST = 8  # side by side, so that the memory of so many is needed at once

_waiting: deque[tuple[Steps[Any], asyncio.Future[Any]]] = deque()


async def together(steps: Steps[T]) -> T:
    """What comes of these steps; an error in them is raised here, and costs the others nothing."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()
    _waiting.append((steps, result))
    loop.call_soon(_side_by_side)  # after all that is ready by now, and may wait, too
    return await result


def _side_by_side() -> None:
    going = [_waiting.popleft() for _ in range(min(MOST, len(_waiting)))]
    while going := [one for one in going if _goes_on(*one)]:
        pass


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
