"""The gate: how many at once, how far apart, and fewer where a site can't bear it."""

import asyncio
from datetime import UTC, datetime

import pytest
from aiohttp import web

from shared.web.address import FetchError
from shared.web.client import Client
from shared.web.politeness import CALM, Gate
from shared.web.retry import retry_after
from shared.web.site import Site
from tests.web.conftest import settings

NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (" 10 ", 10),
        ("0", 0),
        ("31536000", 86_400),
        ("Sun, 29 Nov 2026 00:01:00 GMT", 60),
        ("Sunday, 29-Nov-26 00:01:00 GMT", 60),
        ("Sun Nov 29 00:01:00 2026", 60),
        ("Sun, 29 Nov 2026 01:01:00 +0100", 60),
        ("Sat, 28 Nov 2026 00:01:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("-5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_what_a_server_says_of_when_to_come_back(header: str, seconds: float | None) -> None:
    assert retry_after({"Retry-After": header}, NOW) == seconds


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
async def test_the_delay_lies_between_the_end_of_a_request_and_the_start_of_the_next(asked: bool) -> None:
    loop = asyncio.get_running_loop()
    made = loop.time()
    gate = Gate(5, 0.03)
    if asked:
        gate = Gate(5)
        gate.space(0.03)
    gate.connections = 1
    starts: list[float] = []
    ends: list[float] = []

    async def visit() -> None:
        async with gate:
            starts.append(loop.time())
            while loop.time() < starts[-1] + 0.01:  # the loop is busy
                pass
            ends.append(loop.time())

    await asyncio.gather(*(visit() for _ in range(4)))
    assert all(start - end >= 0.03 - 1e-6 for end, start in zip(ends, starts[1:], strict=False))
    assert not asked or starts[0] - made >= 0.03 - 1e-6


async def test_nothing_starts_during_a_pause_not_even_what_waits_for_the_delay() -> None:
    loop = asyncio.get_running_loop()
    gate = Gate(5, 0.01)
    made = loop.time()
    async with gate:
        pass

    async def visit() -> float:
        async with gate:
            return loop.time()

    waiting = asyncio.create_task(visit())
    await asyncio.sleep(0)
    gate.pause(0.05)
    assert await waiting - made >= 0.05 - 1e-6


async def test_a_turn_may_be_had_before_a_delay_of_a_day_is_over() -> None:
    gate = Gate(1, 86_400)
    async with gate:
        await gate.turn(0.01)
        await gate.turn(0.01)


async def test_one_who_is_cancelled_while_waiting_or_fails_inside_leaves_the_gate_open() -> None:
    gate = Gate(1)

    async def visit() -> None:
        async with gate:
            pass

    async with gate:
        waiting, next_one = asyncio.create_task(visit()), asyncio.create_task(visit())
        await asyncio.sleep(0)
        waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await next_one
    with pytest.raises(LookupError):
        async with gate:
            raise LookupError
    await visit()

    slow = Gate(1)
    slow.pause(3600)
    delayed = asyncio.create_task(slow.__aenter__())
    await asyncio.sleep(0)
    delayed.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delayed
    assert slow._inside == 0


async def test_one_who_is_cancelled_at_its_turn_gives_it_to_the_next() -> None:
    gate = Gate(1)
    entered = []

    async def visit(name: str) -> None:
        async with gate:
            entered.append(name)

    async with gate:
        first, second = asyncio.create_task(visit("first")), asyncio.create_task(visit("second"))
        await asyncio.sleep(0)
    first.cancel()  # it has been woken, and has not run yet
    await asyncio.gather(first, second, return_exceptions=True)
    assert entered == ["second"]


async def test_trouble_halves_once_a_round_and_good_answers_raise_one_by_one() -> None:
    now = asyncio.get_running_loop().time
    gate, round_one = Gate(8), now()
    for _ in range(8):
        gate.troubled(round_one)
    assert gate.connections == 4
    for expected in (2, 1, 1):
        gate.troubled(now())
        assert gate.connections == expected
    reached = []
    for _ in range(200):
        gate.answered(now())
        if not reached or reached[-1] != gate.connections:
            reached.append(gate.connections)
    assert reached == [1, 2, 3, 4, 5, 6, 7, 8]
    gate.troubled(now())
    for _ in range(CALM * 4 - 1):
        gate.answered(now())
    assert gate.connections == 4


@pytest.mark.parametrize(
    ("times", "connections"), [([0.1, 0.2, 3.0], 8), ([0.1, 2.0, 3.0], 4), ([3.0] * 9, 8), ([0.01] * 5 + [0.9] * 20, 8)]
)
async def test_latency_that_keeps_rising_is_trouble_and_a_single_slow_page_is_not(
    times: list[float], connections: int
) -> None:
    gate, now = Gate(8), asyncio.get_running_loop().time
    for seconds in times:
        gate.answered(now() - seconds)
    assert gate.connections == connections


class Counting:
    """Holds requests until as many are there as it expects, then answers them all, and remembers the most at once."""

    def __init__(self, rounds: list[tuple[int, int]]) -> None:
        self.rounds, self.most = rounds, [0] * len(rounds)
        self.at = self.inside = 0
        self.full = asyncio.Event()

    async def answer(self, request: web.Request) -> web.Response:
        if request.path == "/robots.txt":
            return web.Response(status=404)
        at, full = self.at, self.full
        expected, status = self.rounds[at]
        self.inside += 1
        self.most[at] = max(self.most[at], self.inside)
        if self.inside == expected:
            asyncio.get_running_loop().call_later(0.03, self.next_round)  # for whoever should not come
        await full.wait()
        return web.Response(status=status)

    def next_round(self) -> None:
        self.at, self.inside = self.at + 1, 0
        full, self.full = self.full, asyncio.Event()
        full.set()


@pytest.mark.parametrize("status", [429, 503])
async def test_a_server_that_says_it_is_too_much_gets_fewer_at_once_and_slowly_more_again(status: int) -> None:
    rounds = [(8, status), (4, status), (2, status), (1, status), (1, 200), (1, 200), (2, 200), (2, 200), (3, 200)]
    server = Counting(rounds)
    app = web.Application()
    app.router.add_get("/{path:.*}", server.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with Client(settings()) as client:
        site = Site(client, client.settings)
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        pages = [asyncio.create_task(site.get(f"{url}/{number}")) for number in range(sum(n for n, _ in rounds))]
        await asyncio.gather(*pages)
    await runner.cleanup()
    assert server.most == [expected for expected, _ in rounds]


async def test_a_server_that_breaks_off_gets_fewer_at_once() -> None:
    async def broken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        if b"robots" in line:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    listener = await asyncio.start_server(broken, "127.0.0.1", 0)
    async with Client(settings()) as client:
        site = Site(client, client.settings)
        with pytest.raises(FetchError, match="unreachable"):
            await site.get(f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/")
        assert site.gate.connections == 4
    listener.close()
