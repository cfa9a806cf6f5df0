import asyncio

import pytest

from shared.admission import Admission
from shared.orders import INSTANCES
from tests.layout import ROW


class Cap:
    """Room for so many; who is let in takes a place once it is told to."""

    def __init__(self, room: int) -> None:
        self.room, self.admission = room, Admission()
        self.inside: list[str] = []
        self.go = asyncio.Event()

    async def left(self) -> int:
        await asyncio.sleep(0)
        return self.room

    async def enter(self, name: str, *, takes: bool = True) -> bool:
        async with self.admission.turn(self.left) as full:
            self.inside.append(name)
            await self.go.wait()
            if takes and not full:
                self.room -= 1
            return full


async def until(cap: Cap, inside: list[str]) -> None:
    async with asyncio.timeout(10):
        while cap.inside != inside:
            await asyncio.sleep(0)


async def test_those_for_whom_there_is_room_do_not_wait_for_each_other() -> None:
    cap = Cap(3)
    entering = [asyncio.create_task(cap.enter(name)) for name in "abcde"]
    await until(cap, ["a", "b", "c"])
    cap.go.set()
    assert await asyncio.gather(*entering) == [False, False, False, True, True]


async def test_who_takes_no_place_leaves_it_to_the_next() -> None:
    cap = Cap(2)
    cap.go.set()
    asked = [cap.enter("a"), cap.enter("b", takes=False), cap.enter("c"), cap.enter("d")]
    assert await asyncio.gather(*asked) == [False, False, False, True]


async def test_who_gives_up_holds_up_nobody() -> None:
    cap = Cap(1)
    first, second, third = (asyncio.create_task(cap.enter(name)) for name in "abc")
    await until(cap, ["a"])
    second.cancel()
    cap.go.set()
    assert (await first, await third) == (False, True)
    with pytest.raises(asyncio.CancelledError):
        await second


async def test_an_error_in_counting_is_told_to_those_who_wait_and_the_next_count_anew() -> None:
    admission, failing = Admission(), True

    async def room() -> int:
        if failing:
            raise OSError("no answer")
        return 1

    for _ in range(2):
        with pytest.raises(OSError, match="no answer"):
            async with admission.turn(room):
                pass
    failing = False
    async with admission.turn(room) as full:
        assert not full


def test_an_instance_takes_no_more_than_its_part_of_the_room() -> None:
    assert ROW["api"]["max_instances"] <= INSTANCES
