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


def record(name: str = "Hollin Gauges, Inc.", lei: str = LEI, **entity: Any) -> dict[str, Any]:
    """A LEI record; of its registration only the status can be asked for, as `lei_status`."""
    status = entity.pop("lei_status", "ISSUED")
    links = {"reporting-exception": f"https://api.example{PARENT}-reporting-exception"}
    return {
        "meta": {"goldenCopy": {"publishDate": "2026-11-01T08:00:00Z"}},
        "data": {
            "type": "lei-records",
            "id": lei,
            "attributes": {
                "lei": lei,
                "entity": {
                    "legalName": {"name": name, "language": "en"},
                    "otherNames": [{"name": "Hollin Old Gauges, Inc.", "type": "PREVIOUS_LEGAL_NAME"}],
                    "transliteratedOtherNames": [],
                    "legalAddress": {
                        "addressLines": ["C/O Agents of Delaware", "9 Agency Road"],
                        "city": "Dover",
                        "region": "US-DE",
                        "country": "US",
                        "postalCode": "19999",
                    },
                    "headquartersAddress": {
                        "addressLines": ["12 Weir Lane", "Floor 3"],
                        "city": "PORT ALDER",
                        "region": "US-OR",
                        "country": "US",
                        "postalCode": "97999",
                    },
                    "registeredAt": {"id": "RA000602", "other": None},
                    "registeredAs": "7654321",
                    "jurisdiction": "US-DE",
                    "category": "GENERAL",
                    "legalForm": {"id": "XTIQ", "other": None},
                    "status": "ACTIVE",
                    **entity,
                },
                "registration": {"status": status, "nextRenewalDate": "2027-03-08T00:00:00Z"},
            },
            "relationships": {"direct-parent": {"links": links}},
        },
    }


def with_parent(body: dict[str, Any]) -> dict[str, Any]:
    links = {
        "relationship-record": f"https://api.example{PARENT}-relationship",
        "lei-record": "https://api.example/somewhere",
    }
    body["data"]["relationships"]["direct-parent"]["links"] = links
    return body


def statement(value: Any, rank: str = "normal", **qualifiers: Any) -> dict[str, Any]:
    """A statement of Wikidata; `value` is a datavalue's, or "somevalue" or "novalue" for what has none."""
    qualified = {name: [snak(name, one)] for name, one in qualifiers.items()}
    return {"mainsnak": snak("P1", value), "type": "statement", "rank": rank, "qualifiers": qualified}


def snak(name: str, value: Any) -> dict[str, Any]:
    if value in ("somevalue", "novalue"):
        return {"snaktype": value, "property": name}
    return {"snaktype": "value", "property": name, "datavalue": {"value": value, "type": "…"}}


def time(text: str, precision: int = 11) -> dict[str, Any]:
    return {"time": f"+{text}T00:00:00Z", "precision": precision, "calendarmodel": "http://www.wikidata.org/entity/Q1"}


def money(amount: str, unit: str = "Q4917") -> dict[str, Any]:
    return {"amount": amount, "unit": f"http://www.wikidata.org/entity/{unit}" if unit != "1" else unit}


def target(item: str) -> dict[str, Any]:
    return {"entity-type": "item", "numeric-id": int(item[1:]), "id": item}


def item(label: str = "Hollin Gauges", name: str = ITEM_ID, **claims: Any) -> dict[str, Any]:
    """What Special:EntityData answers with; the company's website stands in it unless another one is given."""
    website = {"P856": [statement("https://www.hollin.example/")]}
    entity = {
        "type": "item",
        "id": name,
        "labels": {"en": {"language": "en", "value": label}},
        "aliases": {"en": [{"language": "en", "value": "HGI"}]},
        "claims": website | claims,
    }
    return {"entities": {name: entity}}
