"""Work that waits at the same time takes each of its steps together: the first that takes one pays for what the step
needs of code and tables, which the others find in the processor's caches."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from shared.extract.steps import Steps

T = TypeVar("T")
MOST = 8  # side by side: so many are in memory at once
TURN_SECONDS = 0.05  # after which the loop's other work has a turn; one step may take longer

_One = tuple[Steps[Any], asyncio.Future[Any]]


@dataclass
class _Line:
    waiting: deque[_One] = field(default_factory=deque)
    going: deque[_One] = field(default_factory=deque)


_lines: WeakKeyDictionary[asyncio.AbstractEventLoop, _Line] = WeakKeyDictionary()


async def together(steps: Steps[T]) -> T:
    """What comes of these steps; an error in them is raised here, and costs the others nothing."""
    loop = asyncio.get_running_loop()
    line = _lines.setdefault(loop, _Line())
    result: asyncio.Future[T] = loop.create_future()
    if not line.waiting and not line.going:
        loop.call_soon(_side_by_side, loop, line)  # after all that is ready by now, and may wait, too
    line.waiting.append((steps, result))
    return await result


def _side_by_side(loop: asyncio.AbstractEventLoop, line: _Line) -> None:
    end = time.monotonic() + TURN_SECONDS
    if not line.going:
        line.going.extend(line.waiting.popleft() for _ in range(min(MOST, len(line.waiting))))
    while line.going and time.monotonic() < end:
        one = line.going.popleft()
        if _goes_on(*one):
            line.going.append(one)
    if line.going or line.waiting:
        loop.call_soon(_side_by_side, loop, line)


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
