"""The gate: how many at once, and how far apart."""

import asyncio
from itertools import pairwise

import pytest

from shared.web.politeness import Gate


async def test_no_more_than_so_many_are_inside_at_once() -> None:
    gate, leave = Gate(3), asyncio.Event()
    inside = most = 0

    async def visit() -> None:
        nonlocal inside, most
        async with gate:
            inside += 1
            most = max(most, inside)
            await leave.wait()
            inside -= 1

    visits = [asyncio.create_task(visit()) for _ in range(10)]
    while inside < 3:
        await asyncio.sleep(0)
    leave.set()
    await asyncio.gather(*visits)
    assert (most, inside) == (3, 0)


@pytest.mark.parametrize("asked", [False, True])
async def test_starts_are_as_far_apart_as_the_delay(asked: bool) -> None:
    loop = asyncio.get_running_loop()
    made = loop.time()
    gate = Gate(5, 0.03, asked=asked)
    starts: list[float] = []

    async def visit() -> None:
        async with gate:
            starts.append(loop.time())

    await asyncio.gather(*(visit() for _ in range(4)))
    apart = [later - earlier for earlier, later in pairwise(starts)]
    assert all(gap >= 0.03 - 1e-6 for gap in apart)
    assert not asked or starts[0] - made >= 0.03 - 1e-6


async def test_one_who_is_cancelled_while_waiting_or_fails_inside_leaves_the_gate_open() -> None:
    gate = Gate(1)

    async def visit() -> None:
        async with gate:
            pass

    async with gate:
        waiting = asyncio.create_task(visit())
        await asyncio.sleep(0)
        waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(LookupError):
        async with gate:
            raise LookupError
    await visit()

    slow = Gate(1, 3600, asked=True)
    delayed = asyncio.create_task(slow.__aenter__())
    await asyncio.sleep(0)
    delayed.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delayed
    assert not slow._slots.locked()
