"""Bodies as the registers answer with, of companies that there are not."""

from typing import Any

CIK = 9900123
TICKERS = "/www/files/company_tickers.json"
FILER = f"/data/submissions/CIK{CIK:010}.json"
FIGURES = f"/data/api/xbrl/companyfacts/CIK{CIK:010}.json"

LEI, PARENT_LEI = "9900HOLLINGAUGES0090", "9900WEIRCORP00000036"
RECORD = f"/gleif/api/v1/lei-records/{LEI}"
PARENT = f"{RECORD}/direct-parent"
ITEM_ID = "Q99001234567"
ITEM = f"/wikidata/wiki/Special:EntityData/{ITEM_ID}.json"
SEARCH = LABELS = "/wikidata/w/api.php"
NOTHING_FOUND: dict[str, Any] = {"batchcomplete": "", "query": {"searchinfo": {"totalhits": 0}, "search": []}}


def tickers(*rows: tuple[int, str, str]) -> dict[str, Any]:
    return {str(n): {"cik_str": cik, "ticker": symbol, "title": title} for n, (cik, symbol, title) in enumerate(rows)}


def filer(name: str = "Hollin Gauges, Inc.", **more: Any) -> dict[str, Any]:
    address = {
        "street1": "12 WEIR LANE",
        "street2": None,
        "city": "PORT ALDER",
        "stateOrCountry": "OR",
        "zipCode": "97999",
        "stateOrCountryDescription": "OR",
    }
    return {
        "cik": str(CIK),
        "sicDescription": "Measuring & Controlling Devices",
        "name": name,
        "tickers": ["HGI", "HGI-PA"],
        "exchanges": ["Nasdaq", None],
        "formerNames": [],
        "addresses": {"mailing": address, "business": address},
        **more,
    }


def year(ends: int, value: Any, *, fy: int | None = None, filed: int | None = None, **more: Any) -> dict[str, Any]:
    """The calendar year `ends`, told in the 10-K of `fy` (its own by default)."""
    fy = fy or ends
    return {
        "start": f"{ends}-01-01",
        "end": f"{ends}-12-31",
        "val": value,
        "accn": f"000990012-{fy}",
        "fy": fy,
        "fp": "FY",
        "form": "10-K",
        "filed": f"{filed or fy + 1}-02-20",
        **more,
    }


def figures(units: str = "USD", taxonomy: str = "us-gaap", **concepts: list[dict[str, Any]]) -> dict[str, Any]:
    facts = {name: {"label": name, "description": "…", "units": {units: rows}} for name, rows in concepts.items()}
    return {"cik": CIK, "entityName": "Hollin Gauges, Inc.", "facts": {"dei": {}, taxonomy: facts}}
