"""Prices in tables: a column or a row each."""

import re
from collections.abc import Callable, Iterator

from selectolax.lexbor import LexborNode

from shared.extract.page import ParsedPage
from shared.extract.plan_names import DEPOSIT, MAX_NAME, PRICED, is_name
from shared.extract.price_rows import Found, Row, read_row
from shared.extract.prices import period
from shared.extract.regions import regions

_HELD = re.compile(rf"\b(?:{DEPOSIT})", re.I)  # and given back
_HOLDS = re.compile(r"(?:[2-9]|\d{2,5}) [^\W\d]{3,}")
_CELLS, _ROWS = 12, 60  # at most
_LONGEST = 70  # characters of a row's name
_Table = list[list[str]]


def tables(page: ParsedPage) -> Iterator[tuple[list[Found], _Table]]:
    """The plans of each table, and its cells."""
    countries = regions(page)
    for table in _cells(page):
        listed = _listed(table, countries)
        sure = listed and table[0][0] and _named_by_rows(table, countries)
        found = [] if sure else _side_by_side(table, countries)
        yield found or _one_a_row(table, countries) or listed, table


def price_lists(page: ParsedPage) -> Iterator[Found]:
    for table in _cells(page):
        yield from _listed(table, regions(page))


def _cells(page: ParsedPage) -> Iterator[_Table]:
    for table, _ in page.select("table:not(:has(table))"):  # one around others lays the page out
        rows = [[_text(cell) for cell in row.css("th,td")[:_CELLS]] for row in table.css("tr")[:_ROWS]]
        if any(rows):
            yield [row for row in rows if row]


def _text(cell: LexborNode) -> str:
    text = " ".join(cell.text(separator=" ").split())
    if len(text) > _LONGEST and (bold := cell.css_first("b,strong,h3,h4,h5")) is not None:
        called = " ".join(bold.text(separator=" ").split())
        return called if text.startswith(called) and is_name(called) else text
    return text


def _listed(table: _Table, countries: list[str]) -> list[Found]:
    """What each row is about, and what that costs: the first price after it, in the same column for all."""
    found: dict[int, list[Found]] = {}
    for cells in table:
        first = next((i for i, cell in enumerate(cells) if any(map(str.isalpha, cell))), len(cells))
        if first < len(cells) - 1 and is_name(cells[first], _LONGEST):
            read = ((i, read_row(cells[i], countries)) for i in range(first + 1, len(cells)))
            if (cost := next(((i, one) for i, one in read if one.priced), None)) is not None:
                found.setdefault(cost[0], []).append((cells[first], cost[1], []))
    column = max(found.values(), key=len, default=[])
    return column if len({name for name, _, _ in column}) > 1 and any(cost.prices for _, cost, _ in column) else []


def _named_by_rows(table: _Table, countries: list[str]) -> bool:
    """Whether every row of prices begins with a name, as none does that says what the columns' plans cost."""
    several = [cells for cells in table if sum(bool(read_row(cell, countries).prices) for cell in cells) > 1]
    return all(is_name(cells[0], _LONGEST) for cells in several)


def _side_by_side(table: _Table, countries: list[str]) -> list[Found]:
    """A row of prices under a row of names, or of how much each holds."""
    for i, row in enumerate(table):
        cells = [read_row(cell, countries) for cell in row]
        if sum(bool(cell.prices) for cell in cells) < 2:
            continue
        above = [["", *one] if len(one) == len(row) - 1 and not cells[0].prices else one for one in table[:i]]
        called: Callable[[str], bool] = is_name
        if len(table[0]) == len(row) and sum(map(_is_amount, table[0])) > 1:
            called = _is_column
        heads = next(
            (one for one in above if len(one) == len(row) and len({name for name in one if called(name)}) > 1), ()
        )
        often = None if any(map(str.isdigit, row[0])) else period(row[0])  # `Monthly price`, but not `1 day`
        pairs = zip(heads, (_paid(cell, often) for cell in cells), strict=False)
        return [(name, cell, []) for name, cell in pairs if cell.priced and called(name)]
    return []


def _paid(cell: Row, often: str | None) -> Row:
    if not often or not cell.prices or cell.prices[0].period:
        return cell
    return cell._replace(prices=[cell.prices[0]._replace(period=often), *cell.prices[1:]])


def _one_a_row(table: _Table, countries: list[str]) -> list[Found]:
    """A name, what it holds, and its price, under a head that says how often it is paid: by the month before others."""
    heads = table[0] if len(table[0]) > 2 else []
    often = {i: told for i, head in enumerate(heads) if i and not _HELD.search(head) and (told := period(head))}
    columns = sorted(often, key=lambda i: (often[i] != "month", i))
    rows = [row for row in table[1:] if len(row) == len(heads) and is_name(row[0])]
    priced = ([read_row(f"{row[i]} {heads[i]}", countries) for i in columns] for row in rows)
    found = [
        (row[0], next((one for one in cells if one.prices), None)) for row, cells in zip(rows, priced, strict=True)
    ]
    sure: list[Found] = [(name, cell, []) for name, cell in found if cell is not None]
    return sure if len(sure) > 1 else []


def _is_amount(text: str) -> bool:
    """`10 visits a month`"""
    return len(text) <= MAX_NAME and bool(_HOLDS.match(text)) and not PRICED.search(text)


def _is_column(text: str) -> bool:
    return _is_amount(text) or is_name(text)
