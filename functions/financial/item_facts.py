"""What an item of Wikidata says in the words of a profile."""

import re
from collections.abc import Iterator
from datetime import date, datetime

from functions.financial.asking import Told, inner, said
from functions.financial.statements import Item, amount, item_id, moment, point, qualifiers, value
from shared.extract.check_digits import isin, lei
from shared.extract.exchanges import EXCHANGES
from shared.models import JSON

SURE = 0.65
INCEPTION, LISTED, SYMBOL, EMPLOYEES = "P571", "P414", "P249", "P1128"
LEI, CIK, ISIN = "P1278", "P5531", "P946"
FIGURES = {
    "P2139": ("financial.revenue", "total revenue"),
    "P2295": ("financial.net_income", "net profit"),
    EMPLOYEES: ("financial.employees", "employees"),
}
NETWORKS = {
    "P4264": ("linkedin", "https://www.linkedin.com/company/{}", r"[\w%.-]+"),
    "P2002": ("x", "https://x.com/{}", r"\w{1,15}"),
    "P2013": ("facebook", "https://www.facebook.com/{}", r"[\w.-]+"),
    "P2003": ("instagram", "https://www.instagram.com/{}", r"[\w.]+"),
    "P11245": ("youtube", "https://www.youtube.com/@{}", r"[\w.-]+"),
    "P2397": ("youtube", "https://www.youtube.com/channel/{}", r"UC[\w-]{22}"),
    "P2037": ("github", "https://github.com/{}", r"[\w-]+"),
    "P7085": ("tiktok", "https://www.tiktok.com/@{}", r"[\w.]+"),
}
CURRENCIES = dict(
    pair.split(":")
    for pair in """
    Q4917:USD Q4916:EUR Q25224:GBP Q8146:JPY Q25344:CHF Q39099:CNY Q1104069:CAD Q259502:AUD Q80524:INR Q122922:SEK
    Q132643:NOK Q25417:DKK Q123213:PLN Q131016:CZK Q47190:HUF Q131645:RON Q131473:ISK Q41044:RUB Q202040:KRW
    Q173117:BRL Q4730:MXN Q172872:TRY Q181907:ZAR Q31015:HKD Q190951:SGD Q1472704:NZD Q208526:TWD Q131309:ILS
    Q41588:IDR Q177882:THB Q17193:PHP Q163712:MYR Q192090:VND
    """.split()
)


def facts(item: Item, now: datetime) -> Iterator[Told]:
    """All but the listings; of what a company has one of nothing where several are stated, since none is the one."""
    yield told("financial.identifier", {"type": "wikidata", "value": item.id}, item.id)
    begun = [moment(value(inner(row, "mainsnak"))) for row in item.current(INCEPTION, now)]
    years = {when.start.year for when in begun if when is not None and when.start <= now.date()}
    if len(years) == 1:
        year = years.pop()
        yield told("identity.founded_year", year, f"inception ({INCEPTION}): {year}")
    for name, kind, is_right in ((LEI, "lei", lei), (ISIN, "isin", isin), (CIK, "cik", str.isdecimal)):
        numbers = [number for number in item.texts(name, now) if is_right(number)]
        if len(numbers) == 1:
            yield told("financial.identifier", {"type": kind, "value": numbers[0]}, f"{kind} ({name}): {numbers[0]}")
    for name, (network, form, shape) in NETWORKS.items():
        handles = item.texts(name, now)
        if len(handles) == 1 and re.fullmatch(shape, handles[0]):
            profile = {"network": network, "url": form.format(handles[0])}
            yield told("social", profile, f"{network} ({name}): {handles[0]}")
    for name, (field, called) in FIGURES.items():
        if (figure := latest(item, name, name != EMPLOYEES)) is not None:
            shown = " ".join(str(part) for part in figure.values() if part is not None)
            yield told(field, figure, f"{called} ({name}): {shown}")


def told(field: str, value: JSON, quote: str) -> Told:
    return field, value, quote, SURE


def latest(item: Item, name: str, is_money: bool) -> dict[str, JSON] | None:
    """The last dated figure: money in a currency that is known, or a count, which has no unit."""
    dated: list[tuple[date, dict[str, JSON]]] = []
    for row in item.best(name):
        when, quantity = point(row), amount(value(inner(row, "mainsnak")))
        if when is None or quantity is None:
            continue
        number, unit = quantity
        currency = CURRENCIES.get(unit or "")
        if currency is None if is_money else unit is not None:
            continue
        period = None if when.is_day else f"FY{when.start.year}"
        end = when.start.isoformat() if when.is_day else None
        figure = {"amount": number, "currency": currency, "fiscal_period": period, "period_end": end}
        dated.append((when.start, figure))
    return max(dated, key=lambda one: one[0])[1] if dated else None


def listings(item: Item, now: datetime) -> Iterator[tuple[str, str]]:
    """Exchange's item and symbol of each listing that has not ended."""
    for row in item.current(LISTED, now):
        exchange = item_id(value(inner(row, "mainsnak")))
        symbols = [symbol for snak in qualifiers(row, SYMBOL) if (symbol := said(value(snak)))]
        if exchange and len(symbols) == 1 and re.fullmatch(r"[\w.&-]{1,12}", symbols[0]):
            yield exchange, symbols[0].upper()


def ticker(exchange: str | None, symbol: str) -> Told:
    where = EXCHANGES.get(exchange.lower(), exchange) if exchange else None
    quote = f"stock exchange ({LISTED}): {exchange or 'unnamed'}, ticker symbol ({SYMBOL}): {symbol}"
    return told("financial.ticker", {"exchange": where, "symbol": symbol}, quote)
