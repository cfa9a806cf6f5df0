"""SEC EDGAR: the filer that the company's pages name, and its yearly figures.

https://www.sec.gov/search-filings/edgar-application-programming-interfaces: no key, a User-Agent with a contact, ten
requests a second.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta

from functions.financial.asking import Register, Told, fact, get, inner, many, page_of, parsed, said, text
from functions.financial.clues import Clues
from functions.financial.figures import NET_INCOME, REVENUE, employees, entries, yearly
from functions.financial.places import place
from shared.errors import GiveUp
from shared.models import JSON, Outcome, Page
from shared.work import Work

EDGAR = Register(
    name="EDGAR",
    path="/submissions/CIK",
    how="registry",
    interval=lambda settings: settings.edgar_interval_seconds,
    bytes=lambda settings: settings.source_bytes,
    busy=(403, 429),  # 403 is how EDGAR says "too many requests"
)
TICKERS_FRESH = timedelta(days=1)
SYMBOLS_MAX = 10  # a bank lists each of its preferred shares

_tickers: dict[str, tuple[datetime, dict[str, tuple[int, str]]]] = {}  # by URL, kept for the instance's life


async def ask(work: Work, clues: Clues) -> AsyncIterator[Page]:
    """The filer's page and that of its figures, of the first candidate that bears the company's name."""
    async for cik in candidates(work, clues):
        filer = await submissions(work, clues, cik)
        if filer is not None:
            yield filer
            figures = await companyfacts(work, cik)
            if figures is not None:
                yield figures
            return


async def candidates(work: Work, clues: Clues) -> AsyncIterator[int]:
    """Numbers printed on the pages, then those that the register has for printed symbols."""
    for cik in clues.ciks:
        yield cik
    listed = await tickers(work) if clues.symbols else {}
    for symbol in clues.symbols:
        cik, title = listed.get(symbol, (0, ""))
        if title and clues.name([title]):
            yield cik
        elif title:
            work.warn("source_mismatch", f"EDGAR lists {symbol} as {title}, which is not a name found on the site.")


async def tickers(work: Work) -> dict[str, tuple[int, str]]:
    """Symbol to number and name of each listed filer; asked for once a day and instance."""
    url = f"{work.settings.edgar_www_url}/files/company_tickers.json"
    known = _tickers.get(url)
    if known is None or work.now() - known[0] > TICKERS_FRESH:
        answer = await get(work, EDGAR, url)
        known = work.now(), dict(listing(parsed(EDGAR, answer.body))) if answer else {}
        _tickers[url] = known
    return known[1]


def listing(rows: JSON) -> Iterator[tuple[str, tuple[int, str]]]:
    """{"0": {"cik_str": 320193, "ticker": "AAPL", "title": "Apple Inc."}, …}"""
    for row in rows.values() if isinstance(rows, dict) else ():
        cik, symbol, title = (
            (row.get(k) for k in ("cik_str", "ticker", "title")) if isinstance(row, dict) else [None] * 3
        )
        if isinstance(cik, int) and 0 < cik < 10**10 and isinstance(symbol, str) and (name := said(title)):
            yield symbol.upper(), (cik, name)


async def submissions(work: Work, clues: Clues, cik: int) -> Page | None:
    """The filer's page; None where there is no such filer, or it has another name."""
    url = f"{work.settings.edgar_data_url}/submissions/CIK{cik:010}.json"
    answer = await get(work, EDGAR, url)
    if answer is None:
        work.warn("source_mismatch", f"EDGAR knows no filer with the CIK {cik} that the site names.", url)
        return None
    filer = parsed(EDGAR, answer.body)
    names = [text(filer, "name"), *(text(row, "name") for row in many(filer, "formerNames", 20))]
    if not clues.name(filter(None, names)):
        work.warn("source_mismatch", f"EDGAR has CIK {cik} as {names[0]}, which is not a name found on the site.", url)
        return None
    page = page_of(work, url, answer)
    page.facts = [fact(EDGAR, page, told) for told in filer_facts(filer, cik)]
    return page


def filer_facts(filer: dict[str, JSON], cik: int) -> Iterator[Told]:
    """What a filer's submissions say."""
    name, industry = text(filer, "name"), text(filer, "sicDescription")
    yield "financial.identifier", {"type": "cik", "value": str(cik)}, f"cik: {cik}, name: {name}", 0.99
    if name and not name.isupper():  # EDGAR's capitals are its own spelling, not the company's
        yield "identity.legal_name", name, f"name: {name}", 0.75
    if industry:
        yield "identity.industry", industry, f"sicDescription: {industry}", 0.9
    lei = text(filer, "lei")
    if lei and len(lei) == 20:
        yield "financial.identifier", {"type": "lei", "value": lei}, f"lei: {lei}", 0.95
    symbols, exchanges = many(filer, "tickers", SYMBOLS_MAX), many(filer, "exchanges", SYMBOLS_MAX)
    for symbol, exchange in zip(symbols, exchanges, strict=False):
        if isinstance(symbol, str) and symbol:
            where = exchange.upper() if isinstance(exchange, str) and exchange else None
            printed = f"tickers: {symbol}" + (f", exchanges: {exchange}" if where else "")
            yield "financial.ticker", {"exchange": where, "symbol": symbol}, printed, 0.99
    business = inner(filer, "addresses", "business")
    if address := address_of(business):
        keys = ("street1", "street2", "city", "stateOrCountryDescription", "zipCode")
        yield "contact.address", address, "business: " + ", ".join(filter(None, (text(business, k) for k in keys))), 0.9


def address_of(business: dict[str, JSON]) -> dict[str, str | None] | None:
    street = " ".join(filter(None, (text(business, "street1"), text(business, "street2"))))
    city, code = text(business, "city"), text(business, "stateOrCountry")
    region, country = place(code or "", text(business, "stateOrCountryDescription") or "")
    if not city or not (street or country):
        return None
    return {
        "street": street or None,
        "locality": city.title() if city.isupper() else city,
        "region": region,
        "postal_code": text(business, "zipCode"),
        "country": country,
    }


async def companyfacts(work: Work, cik: int) -> Page | None:
    """The page of the filer's figures; None where it has filed none that a machine could read."""
    url = f"{work.settings.edgar_data_url}/api/xbrl/companyfacts/CIK{cik:010}.json"
    answer = await get(work, EDGAR, url)
    if answer is None:
        return None
    if not answer.body.lstrip().startswith(b"{") or not answer.body.rstrip().endswith(b"}"):
        raise GiveUp("source_failed", "EDGAR's company facts are not JSON")
    found = list(entries(answer.body))
    figures = [("financial.revenue", f) for f in yearly(found, REVENUE)]
    figures += [("financial.net_income", f) for f in yearly(found, NET_INCOME)]
    if count := employees(found):
        figures.append(("financial.employees", count))
    page = page_of(work, url, answer)
    page.facts = [fact(EDGAR, page, (name, figure.value, figure.quote, 0.97)) for name, figure in figures]
    if not page.facts:
        page.outcome = Outcome.EMPTY
    return page
