import asyncio
import time

import pytest

from shared.extract.steps import Steps
from shared.together import MOST, TURN_SECONDS, together


def working(name: str, steps: int, done: list[str]) -> Steps[str]:
    for number in range(steps):
        done.append(f"{name}{number}")
        yield
    return name


def failing() -> Steps[str]:
    yield
    raise LookupError("no such thing")


async def test_each_step_is_taken_by_all_that_wait_before_the_next() -> None:
    done: list[str] = []
    assert await asyncio.gather(*(together(working(name, 2, done)) for name in "abc")) == ["a", "b", "c"]
    assert done == ["a0", "b0", "c0", "a1", "b1", "c1"]


async def test_an_error_in_one_costs_the_others_nothing() -> None:
    first, second = await asyncio.gather(together(failing()), together(working("a", 3, [])), return_exceptions=True)
    assert isinstance(first, LookupError)
    assert second == "a"


async def test_no_more_than_so_many_stand_side_by_side() -> None:
    done: list[str] = []
    await asyncio.gather(*(together(working(f"{n}-", 2, done)) for n in range(MOST + 1)))
    assert done[: MOST * 2] == [f"{n}-{step}" for step in (0, 1) for n in range(MOST)]


async def test_others_have_their_turn_between_steps_that_take_long_and_who_comes_meanwhile_waits() -> None:
    done: list[str] = []

    def slow() -> Steps[None]:
        for number in range(3):
            time.sleep(TURN_SECONDS)
            done.append(f"slow{number}")
            yield

    async def other() -> None:
        await asyncio.sleep(0)
        done.append("other")
        await together(working("late", 1, done))

    await asyncio.gather(together(slow()), other())
    assert done == ["slow0", "other", "slow1", "slow2", "late0"]


async def test_what_nobody_waits_for_any_more_is_left_out() -> None:
    done: list[str] = []
    given_up = asyncio.create_task(together(working("a", 1, done)))
    await asyncio.sleep(0)
    given_up.cancel()
    assert await together(working("b", 1, done)) == "b"
    assert done == ["b0"]
    with pytest.raises(asyncio.CancelledError):
        await given_up


def test_what_a_loop_left_behind_holds_up_no_other() -> None:
    async def leave() -> None:
        asyncio.get_running_loop().create_task(together(working("a", 1, [])))
        await asyncio.sleep(0)

    asyncio.run(leave())
    assert asyncio.run(together(working("b", 1, []))) == "b"
