import asyncio
import inspect
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from functions.financial.main import financial
from shared import runs
from shared.errors import GiveUp, TryAgain
from shared.models import Outcome, StageState
from tests.desk import Desk, fact, page
from tests.financial.bodies import CIK, FIGURES, FILER, TICKERS, figures, filer, tickers, year

NAME = fact("identity.name", "Hollin Gauges")
TICKER = fact("financial.ticker", {"exchange": "NASDAQ", "symbol": "HGI"})
NUMBER = fact("financial.identifier", {"type": "cik", "value": str(CIK)})
LISTED = tickers((77, "WEIR", "Weir Corp"), (CIK, "HGI", "HOLLIN GAUGES, INC."))


def of_edgar(at: Desk) -> list[str]:
    return [path for path in at.sources.asked if path.startswith(("/data/", "/www/"))]


async def attempt(at: Desk) -> None:
    """The stage's own work, whose exceptions reach the test."""
    work = await at.work()
    await inspect.unwrap(financial)(work.run, work)


async def test_a_ticker_on_a_page_leads_to_revenue_and_net_income_with_period_and_currency(at_registers: Desk) -> None:
    at_registers.sources.answers |= {TICKERS: LISTED, FILER: filer()}
    at_registers.sources.answers[FIGURES] = figures(
        Revenues=[year(2023, 20), year(2024, 30)], NetIncomeLoss=[year(2024, -4)]
    )
    await at_registers.told(NAME, TICKER)
    run = await at_registers.works()
    assert (run.stage, run.stages["financial"].state, run.warnings) == ("signals", StageState.DONE, [])
    assert await at_registers.values("registry", "financial.revenue") == [
        {"amount": 30, "currency": "USD", "fiscal_period": "FY2024", "period_end": "2024-12-31"},
        {"amount": 20, "currency": "USD", "fiscal_period": "FY2023", "period_end": "2023-12-31"},
    ]
    assert await at_registers.values("registry", "financial.net_income") == [
        {"amount": -4, "currency": "USD", "fiscal_period": "FY2024", "period_end": "2024-12-31"}
    ]
    told = next(p for p in await at_registers.found("registry") if "companyfacts" in p.url)
    source = told.facts[0].source
    assert (source.url, source.how) == (f"{at_registers.sources.url}{FIGURES}", "registry")
    assert source.quote == "Revenues FY2024: 30 USD (10-K filed 2025-02-20)"
    assert (told.status, told.outcome) == (200, Outcome.READ)


async def test_a_printed_number_needs_no_list_of_symbols(at_registers: Desk) -> None:
    at_registers.sources.answers |= {FILER: filer(), FIGURES: figures(Revenues=[year(2024, 30)])}
    await at_registers.told(NAME, TICKER, NUMBER)
    await at_registers.works()
    assert of_edgar(at_registers) == [FILER, FIGURES]


async def test_the_filers_page_tells_who_it_is(at_registers: Desk) -> None:
    at_registers.sources.answers[FILER] = filer()
    await at_registers.told(NAME, NUMBER)
    await at_registers.works()
    (told,) = await at_registers.found("registry")
    assert [(f.field, f.value) for f in told.facts] == [
        ("financial.identifier", {"type": "cik", "value": str(CIK)}),
        ("identity.legal_name", "Hollin Gauges, Inc."),
        ("identity.industry", "Measuring & Controlling Devices"),
        ("financial.ticker", {"exchange": "NASDAQ", "symbol": "HGI"}),
        ("financial.ticker", {"exchange": None, "symbol": "HGI-PA"}),
        (
            "contact.address",
            {
                "street": "12 WEIR LANE",
                "locality": "Port Alder",
                "region": "OR",
                "postal_code": "97999",
                "country": "US",
            },
        ),
    ]
    assert all(f.source.quote and f.source.how == "registry" for f in told.facts)


async def test_edgars_own_capitals_are_no_legal_name(at_registers: Desk) -> None:
    at_registers.sources.answers[FILER] = filer("HOLLIN GAUGES INC /DE/")
    await at_registers.told(NAME, NUMBER)
    await at_registers.works()
    assert await at_registers.values("registry", "identity.legal_name") == []
    assert len(await at_registers.values("registry", "financial.identifier")) == 1


async def test_edgar_is_told_who_asks(at_registers: Desk) -> None:
    await at_registers.told(NAME, NUMBER)
    await at_registers.works()
    assert "@" in at_registers.sources.headers[0]["User-Agent"]


@pytest.mark.parametrize(
    "facts",
    [
        [],
        [NAME],
        [NAME, fact("financial.ticker", {"exchange": "LSE", "symbol": "HGI"})],
        [NAME, fact("financial.identifier", {"type": "vat", "value": "9900123"})],
    ],
)
async def test_nothing_is_asked_where_the_pages_name_no_filer(at_registers: Desk, facts: list[Any]) -> None:
    await at_registers.told(*facts)
    run = await at_registers.works()
    assert (at_registers.sources.asked, run.stage, run.warnings) == ([], "signals", [])


async def test_a_symbol_of_somebody_else_is_a_mismatch(at_registers: Desk) -> None:
    at_registers.sources.answers |= {TICKERS: LISTED}
    await at_registers.told(NAME, fact("financial.ticker", {"exchange": "NYSE", "symbol": "WEIR"}))
    run = await at_registers.works()
    assert at_registers.sources.asked == [TICKERS]
    assert [w.code for w in run.warnings] == ["source_mismatch"]
    assert (run.stages["financial"].state, await at_registers.found("registry")) == (StageState.DONE, [])


async def test_a_number_of_somebody_else_is_a_mismatch_and_the_symbol_is_tried(at_registers: Desk) -> None:
    other = "/data/submissions/CIK0000000077.json"
    at_registers.sources.answers |= {other: filer("Weir Corp"), TICKERS: LISTED, FILER: filer()}
    await at_registers.told(NAME, TICKER, fact("financial.identifier", {"type": "cik", "value": "77"}))
    run = await at_registers.works()
    assert [(w.code, w.url) for w in run.warnings] == [("source_mismatch", f"{at_registers.sources.url}{other}")]
    assert [p.url for p in await at_registers.found("registry")] == [f"{at_registers.sources.url}{FILER}"]


async def test_without_a_name_on_the_pages_nobody_is_taken_for_the_company(at_registers: Desk) -> None:
    at_registers.sources.answers |= {TICKERS: LISTED, FILER: filer()}
    await at_registers.told(TICKER, NUMBER)
    run = await at_registers.works()
    assert await at_registers.found("registry") == []
    assert {w.code for w in run.warnings} == {"source_mismatch"}


async def test_a_former_name_is_the_companys_as_well(at_registers: Desk) -> None:
    former = [{"name": "OLD WEIR INSTRUMENTS INC", "from": "2001-01-01"}, {"name": 5}, None]
    at_registers.sources.answers[FILER] = filer(formerNames=former)
    await at_registers.told(fact("identity.legal_name", "Old Weir Instruments, Inc."), NUMBER)
    run = await at_registers.works()
    assert (len(await at_registers.found("registry")), run.warnings) == (1, [])


async def test_a_number_that_registers_does_not_know_is_told(at_registers: Desk) -> None:
    await at_registers.told(NAME, NUMBER)
    run = await at_registers.works()
    assert (run.stage, [w.code for w in run.warnings]) == ("signals", ["source_mismatch"])


async def test_a_filer_without_figures_is_no_warning(at_registers: Desk) -> None:
    at_registers.sources.answers |= {FILER: filer()}
    await at_registers.told(NAME, NUMBER)
    run = await at_registers.works()
    assert (of_edgar(at_registers), run.warnings) == ([FILER, FIGURES], [])


async def test_figures_that_say_nothing_are_an_empty_page(at_registers: Desk) -> None:
    at_registers.sources.answers |= {FILER: filer(), FIGURES: figures()}
    await at_registers.told(NAME, NUMBER)
    await at_registers.works()
    assert {p.outcome for p in await at_registers.found("registry") if "companyfacts" in p.url} == {Outcome.EMPTY}


async def test_the_list_of_symbols_is_asked_for_once_an_instance(at_registers: Desk) -> None:
    at_registers.sources.answers |= {TICKERS: LISTED}
    await at_registers.told(NAME, TICKER)
    for _ in range(2):
        await attempt(at_registers)
        await at_registers.change(lambda run: setattr(run.stages["financial"], "lease", None))
    assert at_registers.sources.asked.count(TICKERS) == 1
    assert at_registers.sources.asked.count(FILER) == 2


@pytest.mark.parametrize("status", [403, 429, 500, 503])
async def test_a_busy_register_is_asked_again_when_it_says(at_registers: Desk, status: int) -> None:
    at_registers.sources.answers[FILER] = lambda _: answer(status, {"Retry-After": "7"})
    await at_registers.told(NAME, NUMBER)
    with pytest.raises(TryAgain) as raised:
        await attempt(at_registers)
    assert raised.value.after == 7


async def answer(status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> web.Response:
    return web.Response(status=status, headers=headers, body=body)


async def test_a_register_that_names_no_time_is_asked_again_after_the_setting(at_registers: Desk) -> None:
    at_registers.sources.answers[FILER] = lambda _: answer(502)
    await at_registers.told(NAME, NUMBER)
    with pytest.raises(TryAgain) as raised:
        await attempt(at_registers)
    assert raised.value.after == at_registers.platform.settings.source_retry_seconds


async def test_a_connection_that_breaks_off_is_tried_again(at_registers: Desk) -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    at_registers.sources.answers[FILER] = cut
    await at_registers.told(NAME, NUMBER)
    with pytest.raises(TryAgain):
        await attempt(at_registers)


async def test_an_answer_that_breaks_off_is_tried_again(at_registers: Desk) -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "5000"})
        await response.prepare(request)
        await response.write(b'{"name": "Hollin')
        assert request.transport is not None
        request.transport.close()
        return response

    at_registers.sources.answers[FILER] = half
    await at_registers.told(NAME, NUMBER)
    with pytest.raises(TryAgain):
        await attempt(at_registers)


async def test_trying_again_keeps_the_run_waiting_at_no_cost(at_registers: Desk) -> None:
    at_registers.sources.answers[FILER] = lambda _: answer(429, {"Retry-After": "60"})
    await at_registers.told(NAME, NUMBER)
    run = await at_registers.works()
    now = run.stages["financial"]
    assert (run.stage, now.state, now.failures) == ("financial", StageState.WAITING, 0)


async def test_the_fourth_failure_gives_up(at_registers: Desk) -> None:
    at_registers.sources.answers[FILER] = lambda _: answer(500)
    await at_registers.told(NAME, NUMBER)
    await at_registers.change(lambda run: setattr(runs.stage_of(run, "financial"), "attempt", 3))
    run = await at_registers.works()
    skipped = run.stages["financial"]
    assert (run.stage, skipped.state) == ("signals", StageState.SKIPPED)
    assert [w.code for w in run.warnings] == ["source_failed"]


@pytest.mark.parametrize("wait", ["300", "3600", "999999999999"])
async def test_a_wait_too_long_for_the_run_gives_up(at_registers: Desk, wait: str) -> None:
    at_registers.sources.answers[FILER] = lambda _: answer(429, {"Retry-After": wait})
    await at_registers.told(NAME, NUMBER)
    with pytest.raises(GiveUp, match="429"):
        await attempt(at_registers)


async def test_the_stages_after_it_keep_their_time(at_registers: Desk) -> None:
    at_registers.sources.answers[FILER] = lambda _: answer(500)
    await at_registers.told(NAME, NUMBER)
    await at_registers.change(
        lambda run: setattr(run, "deadline", at_registers.platform.settings.now() + timedelta(seconds=120))
    )
    with pytest.raises(GiveUp):
        await attempt(at_registers)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Request Rate Threshold Exceeded</html>", b"[]", b"null", b"[" * 100_000, b'{"a": 1', b"\xff\xfe"],
)
@pytest.mark.parametrize("path", [FILER, FIGURES, TICKERS])
async def test_an_answer_that_is_no_json_object_gives_up(at_registers: Desk, path: str, body: bytes) -> None:
    at_registers.sources.answers |= {TICKERS: LISTED, FILER: filer(), FIGURES: figures()} | {path: body}
    await at_registers.told(NAME, TICKER)
    with pytest.raises(GiveUp) as raised:
        await attempt(at_registers)
    assert raised.value.code == "source_failed"


@pytest.mark.parametrize("wrong", [None, 5, "x", [[1], {}, None], {"x": 1}])
@pytest.mark.parametrize(
    "key", ["name", "tickers", "exchanges", "sicDescription", "addresses", "formerNames", "lei", "cik"]
)
async def test_fields_of_the_wrong_type_cost_only_themselves(at_registers: Desk, key: str, wrong: Any) -> None:
    at_registers.sources.answers[FILER] = filer() | {key: wrong}
    await at_registers.told(NAME, NUMBER)
    run = await at_registers.works()
    assert run.stage == "signals"
    assert run.stages["financial"].state is StageState.DONE
    found = await at_registers.found("registry")
    assert len(found) == (0 if key == "name" else 1)
    tickers = [fact.value for page in found for fact in page.facts if fact.field == "financial.ticker"]
    assert all(isinstance(ticker["symbol"], str) for ticker in tickers)


async def test_a_list_of_symbols_of_odd_rows_is_read_where_it_makes_sense(at_registers: Desk) -> None:
    rows = {
        "a": None,
        "b": [],
        "c": {"cik_str": "5", "ticker": "HGI", "title": "x"},
        "d": {"cik_str": -1, "ticker": "HGI"},
    }
    at_registers.sources.answers |= {TICKERS: rows | LISTED, FILER: filer()}
    await at_registers.told(NAME, TICKER)
    await at_registers.works()
    assert at_registers.sources.asked == [TICKERS, FILER, FIGURES]


async def test_an_answer_beyond_the_budget_gives_up(at_registers: Desk) -> None:
    at_registers.sources.answers |= {FILER: filer(), FIGURES: b"{" + b" " * 41_000_000 + b"}"}
    await at_registers.told(NAME, NUMBER)
    run = await at_registers.works()
    assert run.stages["financial"].state is StageState.SKIPPED
    assert len(await at_registers.found("registry")) == 1


async def test_told_twice_the_stage_keeps_the_same_pages(at_registers: Desk) -> None:
    at_registers.sources.answers |= {TICKERS: LISTED, FILER: filer(), FIGURES: figures(Revenues=[year(2024, 30)])}
    await at_registers.told(NAME, TICKER)
    await attempt(at_registers)
    await at_registers.change(lambda run: setattr(run.stages["financial"], "lease", None))
    await asyncio.gather(at_registers.works(), at_registers.works())
    assert len(await at_registers.found("registry")) == 2
    assert len(await at_registers.values("registry", "financial.revenue")) == 1


async def test_facts_kept_by_an_earlier_attempt_do_not_vouch_for_a_filer(at_registers: Desk) -> None:
    at_registers.sources.answers |= {FILER: filer()}
    await at_registers.kept(page(NAME, NUMBER, kind="registry", url="https://register.example/"))
    run = await at_registers.works()
    assert (at_registers.sources.asked, run.stage) == ([], "signals")
