import json
from typing import Any

import pytest

from functions.financial.figures import NET_INCOME, REVENUE, YearFigure, employees, entries, yearly
from tests.financial.bodies import figures, year


def of(body: Any, concepts: tuple[str, ...] = REVENUE) -> list[YearFigure]:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return yearly(list(entries(text)), concepts)


def told(body: Any, concepts: tuple[str, ...] = REVENUE) -> list[tuple[str | None, float]]:
    return [(figure.fiscal_period, figure.amount) for figure in of(body, concepts)]


def test_a_year_has_its_amount_currency_period_and_a_quote_that_can_be_checked() -> None:
    assert of(figures(Revenues=[year(2024, 1234)])) == [
        YearFigure(1234, "USD", "FY2024", "2024-12-31", "Revenues FY2024: 1234 USD (10-K filed 2025-02-20)")
    ]


def test_the_last_three_years_come_newest_first() -> None:
    assert told(figures(Revenues=[year(y, y) for y in range(2018, 2025)])) == [
        ("FY2024", 2024),
        ("FY2023", 2023),
        ("FY2022", 2022),
    ]


def test_years_that_a_filing_repeats_are_not_taken_for_its_own() -> None:
    rows = [year(2024, 30), year(2023, 20, fy=2024), year(2022, 10, fy=2024)]
    assert told(figures(Revenues=rows)) == [("FY2024", 30), ("FY2023", 20), ("FY2022", 10)]


def test_the_last_filing_that_states_a_year_wins() -> None:
    amended = year(2023, 19, filed=2024, accn="amended", form="10-K/A") | {"filed": "2024-06-01"}
    assert told(figures(Revenues=[amended, year(2023, 20)])) == [("FY2023", 19)]
    restated = year(2023, 18, fy=2024)
    assert told(figures(Revenues=[restated, year(2024, 30), amended, year(2023, 20)]))[1] == ("FY2023", 18)


@pytest.mark.parametrize(
    "row",
    [
        year(2024, 5, start="2024-10-01"),
        year(2024, 5, start="2024-04-01"),
        year(2024, 5, start="2022-01-01"),
        year(2024, 5, form="10-Q"),
        year(2024, 5, form="8-K"),
        year(2024, 5, start=None),
        {k: v for k, v in year(2024, 5).items() if k != "start"},
    ],
)
def test_quarters_other_reports_and_moments_are_no_year(row: dict[str, Any]) -> None:
    assert told(figures(Revenues=[row])) == []


@pytest.mark.parametrize("start", ["2023-12-31", "2024-01-07"])
def test_years_of_52_and_53_weeks_are_years(start: str) -> None:
    assert told(figures(Revenues=[year(2024, 5, start=start)])) == [("FY2024", 5)]


@pytest.mark.parametrize("fy", [2024, 2025])
def test_a_year_that_ends_in_january_has_the_filers_own_number(fy: int) -> None:
    rows = [
        year(2025, 7, fy=fy, start="2024-02-04", end="2025-02-01"),
        year(2024, 6, fy=fy, start="2023-01-29", end="2024-02-03"),
    ]
    assert told(figures(Revenues=rows)) == [(f"FY{fy}", 7), (f"FY{fy - 1}", 6)]


@pytest.mark.parametrize("fy", [1999, 3, None, "2024", True])
def test_a_fiscal_year_that_cannot_be_is_replaced_by_the_calendar(fy: Any) -> None:
    assert told(figures(Revenues=[year(2024, 7) | {"fy": fy}])) == [("FY2024", 7)]


def test_a_year_stated_to_two_ends_comes_once() -> None:
    rows = [year(2024, 7), year(2023, 6, fy=2024, end="2023-12-30"), year(2023, 5)]
    assert [period for period, _ in told(figures(Revenues=rows))] == ["FY2024", "FY2023"]


def test_a_concept_that_changes_over_the_years_is_followed() -> None:
    body = figures(
        SalesRevenueNet=[year(2022, 10)],
        RevenueFromContractWithCustomerExcludingAssessedTax=[year(2023, 20), year(2024, 30)],
    )
    assert told(body) == [("FY2024", 30), ("FY2023", 20), ("FY2022", 10)]


def test_the_total_goes_before_its_part_in_one_filing() -> None:
    body = figures(
        RevenueFromContractWithCustomerExcludingAssessedTax=[year(2024, 28)],
        Revenues=[year(2024, 30)],
    )
    assert told(body) == [("FY2024", 30)]


def test_net_income_is_not_revenue_and_may_be_a_loss() -> None:
    body = figures(Revenues=[year(2024, 30)], NetIncomeLoss=[year(2024, -4)], ProfitLoss=[year(2024, -3)])
    assert told(body, NET_INCOME) == [("FY2024", -4)]


def test_a_foreign_filer_reports_by_ifrs_in_its_own_currency() -> None:
    body = figures("EUR", "ifrs-full", Revenue=[year(2024, 9, form="20-F")], ProfitLoss=[year(2024, 2, form="20-F")])
    assert [(f.amount, f.currency) for f in of(body)] == [(9, "EUR")]
    assert told(body, NET_INCOME) == [("FY2024", 2)]


def test_a_translation_of_the_last_year_does_not_replace_the_filers_currency() -> None:
    body = figures("CNY", Revenues=[year(y, 700, form="20-F") for y in (2022, 2023, 2024)])
    body["facts"]["us-gaap"]["Revenues"]["units"]["USD"] = [year(2024, 100, form="20-F")]
    assert {(f.amount, f.currency) for f in of(body)} == {(700, "CNY")}


def test_amounts_a_share_are_no_revenue() -> None:
    assert told(figures("USD/shares", Revenues=[year(2024, 5)])) == []


def test_a_name_in_a_description_is_not_a_concept() -> None:
    body = figures(Revenues=[year(2024, 5)], Other=[])
    body["facts"]["us-gaap"]["Other"]["description"] = 'see "Revenues": {"units": {"USD": [1]}}'
    assert told(body) == [("FY2024", 5)]


def test_space_between_the_tokens_does_not_matter() -> None:
    assert told(json.dumps(figures(Revenues=[year(2024, 5)]), indent=4).encode()) == [("FY2024", 5)]


@pytest.mark.parametrize("value", [True, None, "5", [5], {"a": 5}, float("nan"), float("inf"), 10**30, -(10**30)])
def test_what_is_no_amount_is_left_out(value: Any) -> None:
    assert told(figures(Revenues=[year(2024, value), year(2023, 4)])) == [("FY2023", 4)]


@pytest.mark.parametrize("key", ["start", "end", "filed", "form"])
@pytest.mark.parametrize("value", [None, 7, "soon", "2024-02-31", [], {}])
def test_rows_of_the_wrong_shape_are_left_out(key: str, value: Any) -> None:
    assert told(figures(Revenues=[year(2024, 5) | {key: value}, year(2023, 4)])) == [("FY2023", 4)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"Revenues": {}}',
        b'{"Revenues": {"units": []}}',
        b'{"Revenues": {"units": {"USD": {}}}}',
        b'{"Revenues": {"units": {"USD": [1, null, "x", []]}}}',
        b'{"Revenues": {"units": {"USD": [' + b"[" * 200_000,
        b'{"Revenues": {"units": {"USD": [{"val": ' + b"9" * 10_000 + b"}]}}}",
        b'"Revenues": {' * 100_000,
        b'{"Revenues": {"units": {"USD": [\xff\xfe]}}}',
    ],
)
def test_hostile_bodies_tell_nothing(body: bytes) -> None:
    assert told(body) == []


def test_employees_are_the_last_count_on_an_annual_cover() -> None:
    def count(at: str, value: Any, **more: Any) -> dict[str, Any]:
        return {"end": at, "val": value, "accn": "x", "fy": 2024, "form": "10-K", "filed": "2025-02-20", **more}

    rows = [count("2024-12-31", 250), count("2023-12-31", 200), count("2025-03-31", 260, form="10-Q")]
    body = figures("Employees", "dei", EntityNumberOfEmployees=rows)
    quote = "EntityNumberOfEmployees FY2024: 250 Employees (10-K filed 2025-02-20)"
    assert employees(list(entries(json.dumps(body).encode()))) == YearFigure(250, None, "FY2024", "2024-12-31", quote)
    odd = figures("pure", "dei", EntityNumberOfEmployees=[count("2024-12-31", -1), count("2024-12-31", 2.5)])
    assert employees(list(entries(json.dumps(odd).encode()))) is None
