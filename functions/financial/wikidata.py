"""Wikidata: the company's item. Anybody may edit it: what it says counts less than a page's or a register's word.

https://www.wikidata.org/wiki/Wikidata:Data_access: no key, a User-Agent with a contact, one request after the other.
"""

import re
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from urllib.parse import quote_plus

from functions.financial.asking import Register, come_back, fact, get, inner, many, page_of, parsed, text
from functions.financial.clues import Clues
from functions.financial.item_facts import CIK, LEI, facts, listings, ticker
from functions.financial.statements import Item, item_id, value
from shared.errors import GiveUp, TryAgain
from shared.models import JSON, Page
from shared.web.urls import parse
from shared.work import Work

WIKIDATA = Register(
    name="Wikidata",
    path="/Special:EntityData/",
    how="wikidata",
    interval=lambda settings: settings.wikidata_interval_seconds,
    bytes=lambda settings: settings.page_bytes,
)
PASSING = ("maxlag", "ratelimited", "readonly")  # errors that MediaWiki tells with HTTP 200
HUMAN = "Q5"
WEBSITE, KIND = "P856", "P31"
FRONT_PAGE = re.compile(r"/?(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:(?:index|home)(?:\.\w{2,5})?/?)?", re.IGNORECASE)


async def ask(work: Work, clues: Clues) -> AsyncIterator[Page]:
    """The page of the company's item: one that its pages name, else the only one with a number that they state."""
    for name in clues.items or await found(work, clues):
        url = f"{work.settings.wikidata_url}/wiki/Special:EntityData/{name}.json"
        answer = await get(work, WIKIDATA, url)
        item = item_of(parsed(WIKIDATA, answer.body)) if answer else None
        if answer is None or item is None:
            work.warn("source_mismatch", f"Wikidata has no item {name}.", url)
        elif is_person(item):
            work.warn("source_mismatch", f"Wikidata has {name} as a person.", url)
        elif not is_theirs(item, clues, work.now()):
            work.warn("source_mismatch", f"Wikidata has {name} as {item.label}, whose site this is not.", url)
        else:
            page = page_of(work, url, answer)
            page.facts = [fact(WIKIDATA, page, told) for told in facts(item, work.now())]
            listed = list(listings(item, work.now()))
            names = await labels(work, {exchange for exchange, _ in listed})
            page.facts += [fact(WIKIDATA, page, ticker(names.get(exchange), symbol)) for exchange, symbol in listed]
            yield page
            return


async def found(work: Work, clues: Clues) -> list[str]:
    """The only item with one of the numbers; where there are several, nobody knows which."""
    wanted = [f"{LEI}={number}" for number in clues.leis] + [f"{CIK}={number:010}" for number in clues.ciks]
    if not wanted:
        return []
    query = quote_plus("haswbstatement:" + "|".join(wanted))
    body = await api(work, f"action=query&list=search&srsearch={query}&srlimit=2&srnamespace=0")
    hits = [item_id({"id": text(row, "title")}) for row in many(inner(body, "query"), "search", 2)]
    return [hit for hit in hits if hit] if len(hits) == 1 else []


async def labels(work: Work, items: Iterable[str]) -> dict[str, str]:
    """English names; none where Wikidata does not answer as it should, since a symbol tells enough without them."""
    ids = quote_plus("|".join(sorted(items)[:20]))
    try:
        body = await api(work, f"action=wbgetentities&ids={ids}&props=labels&languages=en%7Cmul") if ids else {}
    except (GiveUp, TryAgain):
        return {}
    entities = inner(body, "entities")
    named = {name: text(inner(entities, name, "labels", "en"), "value") for name in entities}
    return {name: label or text(inner(entities, name, "labels", "mul"), "value") or "" for name, label in named.items()}


async def api(work: Work, query: str) -> dict[str, JSON]:
    answer = await get(work, WIKIDATA, f"{work.settings.wikidata_url}/w/api.php?{query}&format=json")
    body = parsed(WIKIDATA, answer.body if answer else b"")
    if code := text(inner(body, "error"), "code"):
        if code in PASSING:
            come_back(work, f"Wikidata answered {code}", None)
        raise GiveUp("source_failed", f"Wikidata answered {code}")
    return body


def item_of(body: dict[str, JSON]) -> Item | None:
    """The one entity that was asked for, which stands under another name where it was merged into that."""
    entities = [entity for entity in inner(body, "entities").values() if isinstance(entity, dict)]
    name = item_id(entities[0]) if len(entities) == 1 else None
    return Item(name, entities[0]) if name and isinstance(entities[0].get("claims"), dict) else None


def is_person(item: Item) -> bool:
    return any(item_id(value(inner(row, "mainsnak"))) == HUMAN for row in item.best(KIND))


def is_theirs(item: Item, clues: Clues, now: datetime) -> bool:
    """Whether its official website is the company's, or a number is that bears the company's name."""
    if any(is_front_page(url, clues.company) for url in item.texts(WEBSITE, now)):
        return True
    numbers = set(item.texts(LEI, now)) & set(clues.leis)
    filers = {number.lstrip("0") for number in item.texts(CIK, now)} & {str(number) for number in clues.ciks}
    return bool(numbers or filers) and clues.name(item.names)


def is_front_page(url: str, company: str) -> bool:
    """Below it live the company's products and brands, which have items of their own."""
    try:
        address = parse(url)
    except ValueError:
        return False
    own = address.authority.removeprefix("www.") == company
    return own and not address.query and FRONT_PAGE.fullmatch(address.path) is not None
