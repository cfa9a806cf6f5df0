"""What holds of all registers: they are asked side by side, and the failure of one is not the others'."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from functions.financial.main import financial
from shared.errors import GiveUp, TryAgain
from shared.models import StageState
from tests import patience
from tests.desk import Desk, fact
from tests.financial.bodies import (
    CIK,
    FIGURES,
    FILER,
    ITEM,
    ITEM_ID,
    LEI,
    RECORD,
    SEARCH,
    TICKERS,
    filer,
    item,
    record,
    tickers,
)

NAME = fact("identity.name", "Hollin Gauges")
NUMBERS = [
    fact("financial.identifier", {"type": kind, "value": value})
    for kind, value in (("cik", str(CIK)), ("lei", LEI), ("wikidata", ITEM_ID))
]
ANSWERS: dict[str, Any] = {FILER: filer(), RECORD: record(), ITEM: item()}


def status(number: int, **headers: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=number, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return answer


async def attempt(at: Desk) -> None:
    work = await at.work()
    await inspect.unwrap(financial)(work.run, work)


async def paths(at: Desk) -> list[str]:
    return sorted(page.url.removeprefix(at.sources.url) for page in await at.found("registry"))


async def test_all_registers_are_asked_at_once(at_registers: Desk) -> None:
    arrived: set[str] = set()
    together = asyncio.Event()

    def waiting(body: Any) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            arrived.add(request.path)
            if len(arrived) == len(ANSWERS):
                together.set()
            await together.wait()
            return web.json_response(body)

        return answer

    at_registers.sources.answers |= {path: waiting(body) for path, body in ANSWERS.items()}
    await at_registers.told(NAME, *NUMBERS)
    run = await at_registers.works()
    assert (run.warnings, await paths(at_registers)) == ([], sorted(ANSWERS))


@pytest.mark.parametrize("failing", list(ANSWERS))
@pytest.mark.parametrize(
    "answer",
    [
        status(400),
        status(302, Location="/elsewhere"),
        b"<html>",
        b"[]",
        b"[" * 100_000,
        b"\xff\xfe",
        b"{" + b" " * 41_000_000 + b"}",
    ],
)
async def test_the_failure_of_one_is_a_warning(at_registers: Desk, failing: str, answer: Any) -> None:
    at_registers.sources.answers |= ANSWERS | {failing: answer, "/elsewhere": ANSWERS[failing]}
    await at_registers.told(NAME, *NUMBERS)
    run = await at_registers.works()
    assert (run.stage, run.stages["financial"].state) == ("signals", StageState.DONE)
    assert [(w.code, w.stage) for w in run.warnings] == [("source_failed", "financial")]
    assert await paths(at_registers) == sorted(set(ANSWERS) - {failing})
    assert "/elsewhere" not in at_registers.sources.asked


@pytest.mark.parametrize(
    "answer",
    [
        {TICKERS: tickers((CIK + 1, "HGI", "Other \ud800 Inc."))},
        {FILER: filer("Other \ud800 Inc.")},
        {RECORD: record("Other \ud800 Inc.")},
        {RECORD: record(status="\udfff")},
        {ITEM: item("Other \ud800", P856=[])},
        {SEARCH: {"error": {"code": "\ud800"}}},
    ],
)
async def test_a_warning_can_be_stored_whatever_a_register_calls_things(
    at_registers: Desk, answer: dict[str, Any]
) -> None:
    at_registers.sources.answers |= ANSWERS | answer
    numbers = NUMBERS[:2] if SEARCH in answer else NUMBERS
    await at_registers.told(NAME, *numbers, fact("financial.ticker", {"symbol": "HGI", "exchange": "NYSE"}))
    if TICKERS in answer:
        at_registers.sources.answers[FILER] = status(404)
    run = await at_registers.works()
    assert run.stages["financial"].state is StageState.DONE
    assert any("?" in warning.detail for warning in run.warnings)


async def test_where_all_fail_the_stage_is_given_up(at_registers: Desk) -> None:
    at_registers.sources.answers |= dict.fromkeys(ANSWERS, status(400))
    await at_registers.told(NAME, *NUMBERS)
    with pytest.raises(GiveUp):
        await attempt(at_registers)


@pytest.mark.parametrize("busy", list(ANSWERS))
async def test_those_that_have_answered_are_not_asked_again_with_one_that_was_busy(
    at_registers: Desk, busy: str
) -> None:
    at_registers.sources.answers |= ANSWERS | {busy: status(429, Retry_After="7")}
    await at_registers.told(NAME, *NUMBERS)
    with pytest.raises(TryAgain) as raised:
        await attempt(at_registers)
    assert raised.value.after == 7
    assert await paths(at_registers) == sorted(set(ANSWERS) - {busy})
    at_registers.sources.asked.clear()
    at_registers.sources.answers[busy] = ANSWERS[busy]
    await at_registers.change(lambda run: setattr(run.stages["financial"], "lease", None))
    run = await at_registers.works()
    assert set(at_registers.sources.asked) & set(ANSWERS) == {busy}
    assert (run.warnings, await paths(at_registers)) == ([], sorted(ANSWERS))


async def test_what_the_others_have_told_outlives_a_stage_that_dies_while_one_is_slow(at_registers: Desk) -> None:
    go_on = asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        await go_on.wait()
        return web.Response()

    at_registers.sources.answers |= ANSWERS | {ITEM: slow}
    await at_registers.told(NAME, *NUMBERS)
    dies = asyncio.create_task(attempt(at_registers))
    async with asyncio.timeout(patience.SECONDS):
        while await paths(at_registers) != [FILER, RECORD]:
            await asyncio.sleep(0)
    dies.cancel()
    await asyncio.wait([dies])
    go_on.set()
    at_registers.sources.asked.clear()
    at_registers.sources.answers[ITEM] = item()
    await at_registers.change(lambda run: setattr(run.stages["financial"], "lease", None))
    await at_registers.works()
    assert (at_registers.sources.asked, await paths(at_registers)) == ([ITEM], sorted(ANSWERS))


async def test_what_failed_beside_a_busy_one_is_asked_again_as_well(at_registers: Desk) -> None:
    at_registers.sources.answers |= ANSWERS | {RECORD: status(503), FIGURES: b"broken"}
    await at_registers.told(NAME, *NUMBERS)
    with pytest.raises(TryAgain):
        await attempt(at_registers)
    assert await paths(at_registers) == [ITEM]
    at_registers.sources.answers[RECORD] = record()
    await at_registers.change(lambda run: setattr(run.stages["financial"], "lease", None))
    run = await at_registers.works()
    assert [w.code for w in run.warnings] == ["source_failed"]
    assert await paths(at_registers) == sorted(ANSWERS)


async def test_every_register_is_told_who_asks(at_registers: Desk) -> None:
    at_registers.sources.answers |= ANSWERS
    await at_registers.told(NAME, *NUMBERS)
    await at_registers.works()
    assert all("@" in headers["User-Agent"] for headers in at_registers.sources.headers)
