"""Yearly figures in EDGAR's company facts: taxonomy, concept, unit, then one entry for each period and filing.

    {"facts": {"us-gaap": {"Revenues": {"units": {"USD": [
        {"start": "2024-01-01", "end": "2024-12-31", "val": 5,
         "accn": "0000000001-25-000001", "fy": 2024, "form": "10-K", "filed": "2025-02-01"}, …

`fy` is the filing's fiscal year, also for the earlier years that a filing repeats beside its own.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

# In order of preference within one filing: the total before its parts. US GAAP, then IFRS.
REVENUE = (
    "Revenues",
    "RevenueFromContractWithCustomerExcludingAssessedTax",
    "RevenueFromContractWithCustomerIncludingAssessedTax",
    "SalesRevenueNet",
    "RevenuesNetOfInterestExpense",
    "Revenue",
    "RevenueFromContractsWithCustomers",
)
NET_INCOME = (
    "NetIncomeLoss",
    "ProfitLoss",
    "NetIncomeLossAvailableToCommonStockholdersBasic",
    "ProfitLossAttributableToOwnersOfParent",
)
EMPLOYEES = ("EntityNumberOfEmployees",)

ANNUAL_FORMS = re.compile(r"(10-K|10-KT|20-F|40-F)(/A)?")
YEAR_DAYS = range(350, 381)  # 52 or 53 weeks, or a calendar year
YEARS = 3
AMOUNT_MAX = 1e17
CONCEPT = re.compile(rb'"(%s)"\s*:\s*(?=\{)' % "|".join(REVENUE + NET_INCOME + EMPLOYEES).encode())
CONCEPTS_MAX = 40
CONCEPT_BYTES = 1_000_000  # a concept of a large filer takes about 50 kB
DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Entry:
    """What one filing says of one concept; `start` is None for a count at a moment."""

    concept: str
    unit: str
    amount: float
    start: date | None
    end: date
    filing: str
    filed: str
    form: str
    year: int | None  # the filing's

    @property
    def is_annual(self) -> bool:
        return self.start is not None and (self.end - self.start).days in YEAR_DAYS


@dataclass(frozen=True, slots=True)
class YearFigure:
    amount: float
    currency: str | None
    fiscal_period: str | None
    period_end: str
    quote: str

    @property
    def value(self) -> dict[str, Any]:
        """Of the facts' type Figure."""
        return {
            "amount": self.amount,
            "currency": self.currency,
            "fiscal_period": self.fiscal_period,
            "period_end": self.period_end,
        }


def entries(body: bytes) -> Iterator[Entry]:
    """Entries of annual reports. Only the wanted concepts are parsed: the whole of 10 MB would take 60 MB of memory."""
    for found in islice(CONCEPT.finditer(body), CONCEPTS_MAX):
        text = body[found.end() : found.end() + CONCEPT_BYTES].decode(errors="replace")
        try:
            concept, _ = DECODER.raw_decode(text)
        except (ValueError, RecursionError):
            continue
        units = concept.get("units")
        for unit, rows in units.items() if isinstance(units, dict) else ():
            for row in rows if isinstance(rows, list) else ():
                entry = entry_of(found[1].decode(), unit, row)
                if entry is not None:
                    yield entry


def entry_of(concept: str, unit: str, row: Any) -> Entry | None:
    if not isinstance(row, dict):
        return None
    amount, form, filed, year = row.get("val"), row.get("form"), row.get("filed"), row.get("fy")
    if not isinstance(amount, int | float) or isinstance(amount, bool) or not abs(amount) < AMOUNT_MAX:
        return None
    if not isinstance(form, str) or not ANNUAL_FORMS.fullmatch(form) or not isinstance(filed, str) or not day(filed):
        return None
    start, end = day(row.get("start")), day(row.get("end"))
    if end is None or (start is None and "start" in row):
        return None
    fiscal = year if isinstance(year, int) and 1900 < year < 2200 else None
    return Entry(concept, unit, amount, start, end, str(row.get("accn")), filed, form, fiscal)


def day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def yearly(found: list[Entry], concepts: tuple[str, ...]) -> list[YearFigure]:
    """The latest fiscal years in the filer's currency, newest first; the last filing that states a year wins."""
    annual = [e for e in found if e.is_annual and re.fullmatch("[A-Z]{3}", e.unit)]
    currency, last = currency_of(annual), last_ends(annual)
    best: dict[date, Entry] = {}
    for entry in sorted(
        (e for e in annual if e.unit == currency and e.concept in concepts),
        key=lambda e: (e.filed, e.filing, -concepts.index(e.concept)),
    ):
        best[entry.end] = entry
    figures: dict[str, YearFigure] = {}
    for end in sorted(best, reverse=True):
        period = f"FY{fiscal_year(best[end], last)}"
        figures.setdefault(period, figure(best[end], currency, period))
    return list(figures.values())[:YEARS]


def currency_of(annual: Iterable[Entry]) -> str | None:
    """The currency that most of the last years are stated in: others are translations of a single year."""
    stated = {(e.unit, e.concept, e.end) for e in annual}
    latest = sorted({end for _, _, end in stated}, reverse=True)[:YEARS]
    counts = Counter(unit for unit, _, end in stated if end in latest)
    return max(counts, key=lambda unit: (counts[unit], unit == "USD"), default=None)


def last_ends(annual: Iterable[Entry]) -> dict[str, date]:
    """The end of the year that each filing is about."""
    ends: dict[str, date] = {}
    for entry in annual:
        ends[entry.filing] = max(entry.end, ends.get(entry.filing, entry.end))
    return ends


def fiscal_year(entry: Entry, last: dict[str, date]) -> int:
    """The filer's own count: a year that ends in January may be called by either calendar year."""
    if entry.year is not None:
        year = entry.year - round((last[entry.filing] - entry.end).days / 365.25)
        if abs(year - entry.end.year) <= 1:
            return year
    return entry.end.year


def employees(found: list[Entry]) -> YearFigure | None:
    """The last count of employees on an annual report's cover."""
    counts = [e for e in found if e.concept in EMPLOYEES and e.start is None and e.amount >= 0 and e.amount % 1 == 0]
    entry = max(counts, key=lambda e: (e.end, e.filed), default=None)
    return figure(entry, None, f"FY{entry.year}" if entry.year else None) if entry else None


def figure(entry: Entry, currency: str | None, period: str | None) -> YearFigure:
    what = " ".join(filter(None, (entry.concept, period)))
    quote = f"{what}: {entry.amount} {entry.unit} ({entry.form} filed {entry.filed})"
    return YearFigure(entry.amount, currency, period, entry.end.isoformat(), quote)
