from datetime import UTC, datetime
from typing import Any

import pytest

from functions.financial.item_facts import facts, listings
from functions.financial.statements import Item
from functions.financial.wikidata import is_front_page
from shared.models import StageState
from tests.desk import COMPANY, Desk, fact
from tests.financial.bodies import (
    CIK,
    ITEM,
    ITEM_ID,
    LABELS,
    LEI,
    SEARCH,
    item,
    money,
    snak,
    statement,
    target,
    time,
)

NOW = datetime(2026, 11, 28, tzinfo=UTC)
NAME = fact("identity.name", "Hollin Gauges")
NAMED = fact("financial.identifier", {"type": "wikidata", "value": ITEM_ID})
STATED = fact("financial.identifier", {"type": "lei", "value": LEI})
FILED = fact("financial.identifier", {"type": "cik", "value": str(CIK)})
ELSEWHERE = [statement("https://weir.example/")]
PAST, TO_COME = time("2020-06-30"), time("2031-01-01")


def hits(*titles: str) -> dict[str, Any]:
    return {"query": {"searchinfo": {"totalhits": len(titles)}, "search": [{"ns": 0, "title": t} for t in titles]}}


def said(**claims: Any) -> dict[str, Any]:
    """What the statements tell, by field; of identifiers the item's own is left out."""
    entity = item(**claims)["entities"][ITEM_ID]
    told = [(field, value) for field, value, _, _ in facts(Item(ITEM_ID, entity), NOW)]
    return {field: value for field, value in told if value != {"type": "wikidata", "value": ITEM_ID}}


def listed(*rows: dict[str, Any]) -> list[tuple[str, str]]:
    return list(listings(Item(ITEM_ID, {"claims": {"P414": list(rows)}}), NOW))


async def test_an_item_that_the_pages_name_tells_what_it_says_of_the_company(at_registers: Desk) -> None:
    at_registers.sources.answers[ITEM] = item(
        P571=[statement(time("1911-04-01"))],
        P1128=[statement({"amount": "+250", "unit": "1"}, P585=time("2024-12-31"))],
        P414=[statement(target("Q990013"), P249="hgi")],
    )
    at_registers.sources.answers[LABELS] = {
        "entities": {
            "Q990013": {"id": "Q990013", "labels": {"en": {"language": "en", "value": "New York Stock Exchange"}}}
        }
    }
    await at_registers.told(NAME, NAMED)
    run = await at_registers.works()
    assert (run.stages["financial"].state, run.warnings) == (StageState.DONE, [])
    assert at_registers.sources.asked == [ITEM, LABELS]
    query = {"action": "wbgetentities", "ids": "Q990013", "props": "labels", "languages": "en|mul", "format": "json"}
    assert at_registers.sources.queries[1] == query
    (page,) = await at_registers.found("registry")
    assert [(f.field, f.value) for f in page.facts] == [
        ("financial.identifier", {"type": "wikidata", "value": ITEM_ID}),
        ("identity.founded_year", 1911),
        (
            "financial.employees",
            {"amount": 250.0, "currency": None, "fiscal_period": None, "period_end": "2024-12-31"},
        ),
        ("financial.ticker", {"exchange": "NYSE", "symbol": "HGI"}),
    ]
    assert {f.source.how for f in page.facts} == {"wikidata"}
    assert page.facts[1].source.quote == "inception (P571): 1911"


@pytest.mark.parametrize("clue", [STATED, FILED])
async def test_a_stated_number_finds_the_item_that_has_it(at_registers: Desk, clue: Any) -> None:
    numbers = {"P1278": [statement(LEI)], "P5531": [statement(f"{CIK:010}")]}
    at_registers.sources.answers |= {
        SEARCH: hits(ITEM_ID),
        ITEM: item(P856=[], P571=[statement(time("1911-01-01", 9))], **numbers),
    }
    await at_registers.told(NAME, clue)
    run = await at_registers.works()
    searched = next(query for query in at_registers.sources.queries if query.get("action") == "query")
    assert searched["srsearch"] == f"haswbstatement:{'P1278=' + LEI if clue is STATED else f'P5531={CIK:010}'}"
    assert await at_registers.values("registry", "identity.founded_year") == [1911]
    assert [w.code for w in run.warnings] == ["source_mismatch"]  # of the register that does not know the number


@pytest.mark.parametrize("found", [hits(), hits(ITEM_ID, "Q99001234568"), hits("Property:P1"), {}, {"query": []}])
async def test_numbers_that_lead_to_no_one_item_lead_nowhere(at_registers: Desk, found: dict[str, Any]) -> None:
    at_registers.sources.answers |= {SEARCH: found, ITEM: item()}
    await at_registers.told(NAME, STATED)
    run = await at_registers.works()
    assert ITEM not in at_registers.sources.asked
    assert (run.stages["financial"].state, await at_registers.found("registry")) == (StageState.DONE, [])


@pytest.mark.parametrize(
    "body",
    [
        item(P856=ELSEWHERE),
        item(P856=[statement("https://www.hollin.example/gauges/q7")]),
        item(P856=[statement("https://www.hollin.example/", P582=PAST)]),
        item(P856=[statement("https://www.hollin.example/", P582="somevalue")]),
        item(P856=[statement("https://www.hollin.example/", "deprecated")]),
        item(P856=[statement("https://www.hollin.example/"), statement("https://weir.example", "preferred")]),
        item(P856=[statement("somevalue"), statement("novalue")]),
        item(P856=[statement("https://[::")]),
        item("Weir Corp", P856=ELSEWHERE, P1278=[statement(LEI)]),
        item(P856=ELSEWHERE, P1278=[statement(LEI, "deprecated")]),
        {"entities": {ITEM_ID: {"id": ITEM_ID, "missing": ""}}},
        {"entities": {"Q1": item()["entities"][ITEM_ID], "Q2": item()["entities"][ITEM_ID]}},
        {"entities": []},
        {},
    ],
)
async def test_what_is_not_the_companys_item_is_a_mismatch(at_registers: Desk, body: dict[str, Any]) -> None:
    at_registers.sources.answers[ITEM] = body
    await at_registers.told(NAME, NAMED, STATED)
    run = await at_registers.works()
    assert ("source_mismatch", f"{at_registers.sources.url}{ITEM}") in [(w.code, w.url) for w in run.warnings]
    assert (run.stages["financial"].state, await at_registers.found("registry")) == (StageState.DONE, [])


async def test_no_person_is_the_company_nor_named_in_a_warning(at_registers: Desk) -> None:
    at_registers.sources.answers[ITEM] = item("Imogen Talbreck", P31=[statement(target("Q5"))])
    await at_registers.told(NAME, NAMED)
    (warning,) = (await at_registers.works()).warnings
    assert (warning.code, "Talbreck" in warning.detail) == ("source_mismatch", False)
    assert await at_registers.found("registry") == []


async def test_an_item_that_was_merged_is_the_one_it_was_merged_into(at_registers: Desk) -> None:
    at_registers.sources.answers[ITEM] = item(name="Q99000000001")
    await at_registers.told(NAME, NAMED)
    await at_registers.works()
    assert await at_registers.values("registry", "financial.identifier") == [
        {"type": "wikidata", "value": "Q99000000001"}
    ]


@pytest.mark.parametrize("printed", ["Q0", "P31", "Q", "q42", "Q12345678901234", "../Q1", None, 5, {}])
async def test_what_is_no_item_is_not_asked_for(at_registers: Desk, printed: Any) -> None:
    await at_registers.told(NAME, fact("financial.identifier", {"type": "wikidata", "value": printed}))
    run = await at_registers.works()
    assert (at_registers.sources.asked, run.warnings) == ([], [])


@pytest.mark.parametrize("labels", [{}, {"error": {"code": "maxlag"}}, b"broken", {"entities": {"Q990013": 5}}])
async def test_a_symbol_is_told_without_its_exchanges_name(at_registers: Desk, labels: Any) -> None:
    at_registers.sources.answers |= {ITEM: item(P414=[statement(target("Q990013"), P249="HGI")]), LABELS: labels}
    await at_registers.told(NAME, NAMED)
    run = await at_registers.works()
    assert run.warnings == []
    assert await at_registers.values("registry", "financial.ticker") == [{"exchange": None, "symbol": "HGI"}]


@pytest.mark.parametrize("code", ["maxlag", "ratelimited"])
async def test_a_busy_search_is_tried_again(at_registers: Desk, code: str) -> None:
    at_registers.sources.answers[SEARCH] = {"error": {"code": code, "info": "…"}}
    await at_registers.told(NAME, STATED)
    run = await at_registers.works()
    assert (run.stage, run.stages["financial"].state) == ("financial", StageState.WAITING)


async def test_a_refused_search_gives_up(at_registers: Desk) -> None:
    at_registers.sources.answers[SEARCH] = {"error": {"code": "badvalue"}}
    await at_registers.told(NAME, STATED)
    run = await at_registers.works()
    assert run.stages["financial"].state is StageState.SKIPPED


@pytest.mark.parametrize(
    "url",
    ["https://hollin.example", "http://www.hollin.example/", "https://HOLLIN.example/en/", "https://hollin.example/de-de",
     "https://hollin.example/index.html", "https://www.hollin.example/en/home"],
)  # fmt: skip
def test_a_sites_front_page_is_the_companys(url: str) -> None:
    assert is_front_page(url, COMPANY)


@pytest.mark.parametrize(
    "url",
    ["https://shop.hollin.example/", "https://hollin.example:81/", "https://hollin.example/gauges", "mailto:a@b.example",
     "https://hollin.example/?brand=7", "https://hollin.example.evil.example/", "https://weir.example/hollin.example", ""],
)  # fmt: skip
def test_other_hosts_and_pages_below_are_not(url: str) -> None:
    assert not is_front_page(url, COMPANY)


@pytest.mark.parametrize(
    ("rows", "year"),
    [
        ([statement(time("1911-04-01"))], 1911),
        ([statement(time("1911-00-00", 9))], 1911),
        ([statement(time("1911-00-00", 9)), statement(time("1911-04-01"))], 1911),
        ([statement(time("1850-00-00", 9)), statement(time("1911-00-00", 9), "preferred")], 1911),
        ([statement(time("1850-00-00", 9), "deprecated"), statement(time("1911-00-00", 9))], 1911),
        ([statement(time("1850-00-00", 9)), statement(time("1911-00-00", 9))], None),
        ([statement(time("1900-00-00", 8))], None),
        ([statement(time("1911-02-30"))], None),
        ([statement(time("2090-00-00", 9))], None),
        ([statement({"time": "-0300-00-00T00:00:00Z", "precision": 9})], None),
        ([statement("somevalue")], None),
        ([statement("novalue")], None),
        ([statement({"time": 1911, "precision": "9"})], None),
    ],
)
def test_the_year_of_foundation_is_the_only_one_that_is_stated(rows: list[dict[str, Any]], year: int | None) -> None:
    assert said(P571=rows).get("identity.founded_year") == year


def test_of_figures_the_last_dated_one_of_the_best_rank_is_told() -> None:
    rows = [
        statement(money("+10"), P585=time("2022-12-31")),
        statement(money("+30.5"), P585=time("2024-00-00", 9)),
        statement(money("+20"), P585=time("2023-12-31")),
        statement(money("+99")),
        statement(money("+98"), "deprecated", P585=time("2025-12-31")),
    ]
    figure = {"amount": 30.5, "currency": "USD", "fiscal_period": "FY2024", "period_end": None}
    assert said(P2139=rows)["financial.revenue"] == figure
    preferred = statement(money("-7", "Q4916"), "preferred", P582=time("2023-03-31"))
    loss = {"amount": -7.0, "currency": "EUR", "fiscal_period": None, "period_end": "2023-03-31"}
    assert said(P2295=[*rows, preferred])["financial.net_income"] == loss


@pytest.mark.parametrize(
    "quantity",
    [
        money("+10", "Q999"),
        money("+10", "1"),
        money("ten"),
        money("+1e9"),
        money("+" + "9" * 400),
        {"amount": 10},
        10,
        "x",
    ],
)
def test_what_is_no_sum_of_money_is_left_out(quantity: Any) -> None:
    assert said(P2139=[statement(quantity, P585=time("2024-12-31"))]) == {}


@pytest.mark.parametrize("unit", ["Q4917", "Q999"])
def test_a_count_of_people_has_no_unit(unit: str) -> None:
    assert said(P1128=[statement(money("+250", unit), P585=time("2024-12-31"))]) == {}


@pytest.mark.parametrize(
    ("name", "handle", "url"),
    [
        ("P4264", "hollin-gauges", "https://www.linkedin.com/company/hollin-gauges"),
        ("P2002", "hollin", "https://x.com/hollin"),
        ("P2013", "hollin.gauges", "https://www.facebook.com/hollin.gauges"),
        ("P2003", "hollin.gauges", "https://www.instagram.com/hollin.gauges"),
        ("P2397", "UC" + "x" * 22, "https://www.youtube.com/channel/UC" + "x" * 22),
        ("P11245", "hollin", "https://www.youtube.com/@hollin"),
        ("P2037", "hollin", "https://github.com/hollin"),
        ("P7085", "hollin", "https://www.tiktok.com/@hollin"),
    ],
)
def test_handles_become_profiles(name: str, handle: str, url: str) -> None:
    assert said(**{name: [statement(handle, P580=PAST)]})["social"]["url"] == url
    assert said(**{name: [statement(handle, P582=PAST)]}) == {}
    assert said(**{name: [statement(handle, P582=TO_COME)]})["social"]["url"] == url
    assert said(**{name: [statement(handle), statement("other")]}) == {}
    assert said(**{name: [statement(handle, "preferred"), statement("other")]})["social"]["url"] == url
    assert said(**{name: [statement("../" + handle)]}) == {}


def test_numbers_are_told_where_their_check_digits_are_right() -> None:
    assert said(P1278=[statement(LEI)])["financial.identifier"] == {"type": "lei", "value": LEI}
    assert said(P1278=[statement(LEI[:-1] + "1")]) == {}
    isin = {"type": "isin", "value": "US99HOLLIN00"}
    assert said(P946=[statement("US99HOLLIN00")])["financial.identifier"] == isin
    assert said(P946=[statement("US99HOLLIN01")]) == {}
    assert said(P946=[statement("US99HOLLIN00"), statement("DE99HOLLIN07")]) == {}


def test_listings_are_those_that_have_not_ended_and_have_a_symbol() -> None:
    assert listed(statement(target("Q1"), P249="HGI"), statement(target("Q2"), P249="HG.A")) == [
        ("Q1", "HGI"),
        ("Q2", "HG.A"),
    ]
    two = statement(target("Q1"))
    two["qualifiers"]["P249"] = [snak("P249", "A"), snak("P249", "B")]
    assert listed(
        statement(target("Q1"), P249="HGI", P582=PAST),
        statement(target("Q1")),
        two,
        statement("somevalue", P249="HGI"),
        statement(target("Q1"), P249="<b>"),
        statement({"id": "Property:P1"}, P249="HGI"),
    ) == []  # fmt: skip


@pytest.mark.parametrize("wrong", [None, 5, "x", [[1], {}, None], {"x": 1}, [{"mainsnak": []}]])
@pytest.mark.parametrize("name", ["P571", "P2139", "P1128", "P414", "P1278", "P2002", "P856", "P31"])
async def test_statements_of_the_wrong_type_cost_only_themselves(at_registers: Desk, name: str, wrong: Any) -> None:
    body = item(P5531=[statement(f"{CIK:010}")], P31=[])
    body["entities"][ITEM_ID]["claims"][name] = wrong
    at_registers.sources.answers[ITEM] = body
    await at_registers.told(NAME, NAMED, FILED)
    run = await at_registers.works()
    assert (run.stage, run.stages["financial"].state) == ("signals", StageState.DONE)
    assert {"type": "cik", "value": f"{CIK:010}"} in await at_registers.values("registry", "financial.identifier")


@pytest.mark.parametrize("wrong", [None, 5, [], {"en": 5}, {"en": {"value": 5}}, {"en": [[], None, {"value": None}]}])
@pytest.mark.parametrize("key", ["labels", "aliases"])
async def test_names_of_the_wrong_type_are_no_names(at_registers: Desk, key: str, wrong: Any) -> None:
    body = item(P856=ELSEWHERE)
    body["entities"][ITEM_ID][key] = wrong
    at_registers.sources.answers[ITEM] = body
    await at_registers.told(NAME, NAMED)
    run = await at_registers.works()
    assert [w.code for w in run.warnings] == ["source_mismatch"]
