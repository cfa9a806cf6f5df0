"""SEC EDGAR: the filer that the company's pages name, and its yearly figures.

https://www.sec.gov/search-filings/edgar-application-programming-interfaces: no key, a User-Agent with a contact, ten
requests a second.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Any, NoReturn

from functions.financial.clues import Clues
from functions.financial.figures import NET_INCOME, REVENUE, employees, entries, yearly
from functions.financial.places import place
from shared import runs
from shared.errors import GiveUp, TryAgain
from shared.models import JSON, Fact, How, Outcome, Page, Source
from shared.web.address import FetchError
from shared.web.client import Answer
from shared.web.retry import retry_after
from shared.work import Work

HOW: How = "registry"
PASSING = ("timeout", "unreachable", "dns_failed")  # failures to fetch that may pass
ATTEMPTS = 4
LONGEST_WAIT_SECONDS = 120.0
RESERVE_SECONDS = 180.0  # of the run's time, left for the stages after this one
TICKERS_FRESH = timedelta(days=1)
SYMBOLS_MAX = 10  # a bank lists each of its preferred shares

_tickers: dict[str, tuple[datetime, dict[str, tuple[int, str]]]] = {}  # by URL, kept for the instance's life
_turn_at = 0.0  # on the monotonic clock, when the next request may go


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
        answer = await get(work, url)
        known = work.now(), dict(listing(parsed(answer.body))) if answer else {}
        _tickers[url] = known
    return known[1]


def listing(rows: JSON) -> Iterator[tuple[str, tuple[int, str]]]:
    """{"0": {"cik_str": 320193, "ticker": "AAPL", "title": "Apple Inc."}, …}"""
    for row in rows.values() if isinstance(rows, dict) else ():
        cik, symbol, title = (
            (row.get(k) for k in ("cik_str", "ticker", "title")) if isinstance(row, dict) else [None] * 3
        )
        if isinstance(cik, int) and 0 < cik < 10**10 and isinstance(symbol, str) and isinstance(title, str):
            yield symbol.upper(), (cik, title[:300])


async def submissions(work: Work, clues: Clues, cik: int) -> Page | None:
    """The filer's page; None where there is no such filer, or it has another name."""
    url = f"{work.settings.edgar_data_url}/submissions/CIK{cik:010}.json"
    answer = await get(work, url)
    if answer is None:
        work.warn("source_mismatch", f"EDGAR knows no filer with the CIK {cik} that the site names.", url)
        return None
    filer = parsed(answer.body)
    former = filer.get("formerNames")
    names = [text(filer, "name"), *(text(row, "name") for row in (former if isinstance(former, list) else [])[:20])]
    if not clues.name(filter(None, names)):
        work.warn("source_mismatch", f"EDGAR has CIK {cik} as {names[0]}, which is not a name found on the site.", url)
        return None
    page = page_of(work, url, answer)
    page.facts = [fact(page, *told) for told in filer_facts(filer, cik)]
    return page


def filer_facts(filer: dict[str, JSON], cik: int) -> Iterator[tuple[str, JSON, str, float]]:
    """(field, value, quote, confidence) of a filer's submissions."""
    name, industry = text(filer, "name"), text(filer, "sicDescription")
    yield "financial.identifier", {"type": "cik", "value": str(cik)}, f"cik: {cik}, name: {name}", 0.99
    if name and not name.isupper():  # EDGAR's capitals are its own spelling, not the company's
        yield "identity.legal_name", name, f"name: {name}", 0.75
    if industry:
        yield "identity.industry", industry, f"sicDescription: {industry}", 0.9
    lei = text(filer, "lei")
    if lei and len(lei) == 20:
        yield "financial.identifier", {"type": "lei", "value": lei}, f"lei: {lei}", 0.95
    symbols, exchanges = filer.get("tickers"), filer.get("exchanges")
    if isinstance(symbols, list) and isinstance(exchanges, list):
        for symbol, exchange in list(zip(symbols, exchanges, strict=False))[:SYMBOLS_MAX]:
            if isinstance(symbol, str) and symbol:
                where = exchange.upper() if isinstance(exchange, str) and exchange else None
                printed = f"tickers: {symbol}" + (f", exchanges: {exchange}" if where else "")
                yield "financial.ticker", {"exchange": where, "symbol": symbol}, printed, 0.99
    addresses = filer.get("addresses")
    business = addresses.get("business") if isinstance(addresses, dict) else None
    if isinstance(business, dict) and (address := address_of(business)):
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
    answer = await get(work, url)
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
    page.facts = [fact(page, name, figure.value, figure.quote, 0.97) for name, figure in figures]
    if not page.facts:
        page.outcome = Outcome.EMPTY
    return page


async def get(work: Work, url: str) -> Answer | None:
    """The answer; None where EDGAR has nothing there. TryAgain or GiveUp where it does not answer as it should."""
    await turn(work.settings.edgar_interval_seconds)
    try:
        answer = await work.web.get(url, accept="application/json", max_bytes=work.settings.source_bytes)
    except FetchError as error:
        if error.code in PASSING:
            come_back(work, f"EDGAR: {error.reason}", None)
        raise GiveUp("source_failed", f"EDGAR: {error.reason}") from error
    if answer.status == 404:
        return None
    if answer.status in (403, 429) or answer.status >= 500:  # 403 is how EDGAR says "too many requests"
        come_back(work, f"EDGAR answered HTTP {answer.status}", retry_after(answer.headers, work.now()))
    if answer.status != 200:
        raise GiveUp("source_failed", f"EDGAR answered HTTP {answer.status}")
    if answer.truncated:
        come_back(work, "EDGAR's answer broke off", None)
    return answer


async def turn(interval: float) -> None:
    """Waits for this request's turn among the instance's."""
    global _turn_at
    now = time.monotonic()
    _turn_at = max(now, _turn_at + interval)
    await asyncio.sleep(_turn_at - now)


def come_back(work: Work, reason: str, seconds: float | None) -> NoReturn:
    """TryAgain while attempts and the run's time allow it, else GiveUp."""
    wait = work.settings.source_retry_seconds if seconds is None else seconds
    attempt = runs.stage_of(work.run, work.name).attempt
    if attempt >= ATTEMPTS or wait > LONGEST_WAIT_SECONDS or wait + RESERVE_SECONDS > work.seconds_left():
        raise GiveUp("source_failed", reason)
    raise TryAgain(reason, after=wait)


def parsed(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise GiveUp("source_failed", "EDGAR's answer is not a JSON object")
    return value


def text(row: JSON, key: str) -> str | None:
    """A field that says something: EDGAR also writes "" and "None"."""
    value = row.get(key) if isinstance(row, dict) else None
    value = " ".join(value[:300].split()) if isinstance(value, str) else ""
    return None if value in ("", "None") else value


def page_of(work: Work, url: str, answer: Answer) -> Page:
    return Page(
        url=url,
        outcome=Outcome.READ,
        kind="registry",
        status=answer.status,
        final_url=answer.url,
        fetched_at=work.now().isoformat(timespec="seconds"),
        milliseconds=answer.milliseconds,
        bytes=len(answer.body),
    )


def fact(page: Page, field: str, value: JSON, quote: str, confidence: float) -> Fact:
    return Fact(field, value, Source(page.url, HOW, quote[:300], page.fetched_at), confidence)
