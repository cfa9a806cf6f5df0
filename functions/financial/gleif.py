"""GLEIF: the legal entity whose LEI the company's pages state, and who consolidates it.

https://www.gleif.org/en/lei-data/gleif-api: no key, JSON:API, sixty requests a minute.

    {"data": {"attributes": {"lei": …, "entity": {"legalName": {"name": …}, "status": "ACTIVE", …},
                             "registration": {"status": "ISSUED", …}},
              "relationships": {"direct-parent": {"links": {"lei-record": …}}}}}
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from functions.financial.asking import Register, Told, fact, get, inner, many, page_of, parsed, said, text
from functions.financial.clues import Clues, lei_of
from shared.models import JSON, Page
from shared.work import Work

GLEIF = Register(
    name="GLEIF",
    path="/lei-records/",
    how="registry",
    interval=lambda settings: settings.gleif_interval_seconds,
    bytes=lambda settings: settings.page_bytes,
    accept="application/vnd.api+json, application/json",
)
NAMES = 20
OTHERS = ("FUND", "BRANCH")  # categories of what is not the company, though it bears its name
PERSON = "SOLE_PROPRIETOR"
CURRENT = ("ISSUED", "PENDING_TRANSFER", "PENDING_ARCHIVAL")
POSTAL_REGIONS = ("AU", "CA", "US")  # whose addresses have the codes of ISO 3166-2 in them


async def ask(work: Work, clues: Clues) -> AsyncIterator[Page]:
    """The record of the first LEI that is the company's, and what it says of a parent."""
    for lei in clues.leis:
        url = f"{work.settings.gleif_url}/api/v1/lei-records/{lei}"
        answer = await get(work, GLEIF, url)
        if answer is None:
            work.warn("source_mismatch", f"GLEIF knows no LEI {lei}, which the site states.", url)
            continue
        record = Record(parsed(GLEIF, answer.body))
        if why := record.foreign(lei, clues):
            work.warn("source_mismatch", f"GLEIF has {lei} as {why}.", url)
            continue
        if not record.is_current:
            work.warn("source_outdated", f"GLEIF has {lei} as {record.entity_status}, its LEI {record.status}.", url)
        page = page_of(work, url, answer)
        page.facts = [fact(GLEIF, page, told) for told in facts(record, clues)]
        yield page
        if record.has_parent and (above := await parent(work, lei)) is not None:
            yield above
        return


class Record:
    """One legal entity's."""

    def __init__(self, body: dict[str, JSON]) -> None:
        self.attributes = inner(body, "data", "attributes")
        self.entity = inner(self.attributes, "entity")
        self.lei = text(self.attributes, "lei")
        self.name = text(inner(self.entity, "legalName"), "name")
        self.entity_status = (text(self.entity, "status") or "unknown").lower()
        self.status = (text(inner(self.attributes, "registration"), "status") or "unknown").lower()
        links = inner(body, "data", "relationships", "direct-parent", "links")
        self.has_parent = self.is_current and text(links, "lei-record") is not None

    @property
    def is_current(self) -> bool:
        return self.entity_status == "active" and self.status.upper() in CURRENT

    @property
    def names(self) -> list[str]:
        rows = many(self.entity, "otherNames", NAMES) + many(self.entity, "transliteratedOtherNames", NAMES)
        return [name for name in (self.name, *(text(row, "name") for row in rows)) if name]

    def foreign(self, lei: str, clues: Clues) -> str | None:
        """What tells that the record is not the company's."""
        if self.lei != lei or self.name is None:
            return f"the record of {self.lei}"
        if (category := text(self.entity, "category")) in OTHERS:
            return f"a {category.lower()}, {self.name}"
        is_theirs = clues.name if len(clues.leis) == 1 else clues.exactly  # groups list those of their funds and banks
        if is_theirs(self.names):
            return None
        if category == PERSON:  # whose name has no place in a warning
            return "a person whose name is not found on the site"
        return f"{self.name}, which is not a name found on the site"


def facts(record: Record, clues: Clues) -> Iterator[Told]:
    """Of an entity or LEI that is not current only that it is not: its name and places may be those of years ago."""
    entity, name = record.entity, record.name
    law: dict[str, JSON] = {
        "jurisdiction": text(entity, "jurisdiction"),
        "legal_form": legal_form(inner(entity, "legalForm")),
        "status": record.entity_status,
        "lei_status": record.status,
    }
    yield "financial.registration", law, ", ".join(f"{key}: {value}" for key, value in law.items() if value), 0.98
    if not record.is_current or name is None:
        return
    yield "financial.identifier", {"type": "lei", "value": record.lei}, f"lei: {record.lei}, legalName: {name}", 0.99
    spelled = next((ours for ours in clues.names if ours.casefold() == name.casefold()), name)
    yield "identity.legal_name", spelled, f"legalName: {name}", 0.97
    if number := text(entity, "registeredAs"):
        at = inner(entity, "registeredAt")
        quote = ", ".join(filter(None, (f"registeredAs: {number}", text(at, "id"), text(at, "other"))))
        value = {"type": "registration_number", "value": number, "register_name": text(at, "other")}
        yield "financial.identifier", value, quote, 0.95
    for key, confidence in (("headquartersAddress", 0.95), ("legalAddress", 0.9)):
        place = inner(entity, key)
        if address := address_of(place):
            lines = [said(line) for line in many(place, "addressLines", 5)]
            shown = (*lines, text(place, "city"), text(place, "postalCode"), text(place, "country"))
            yield "contact.address", address, f"{key}: " + ", ".join(filter(None, shown)), confidence


def legal_form(form: dict[str, Any]) -> str | None:
    """The code of ISO 20275; in words where the list has none, for which 8888 and 9999 stand."""
    code = text(form, "id")
    return code if code and code not in ("8888", "9999") else text(form, "other")


def address_of(place: dict[str, Any]) -> dict[str, str | None] | None:
    """None where somebody else receives the company's letters."""
    lines = [line for line in map(said, many(place, "addressLines", 5)) if line]
    city, country = text(place, "city"), text(place, "country")
    if not city or not country or len(country) != 2 or any("c/o" in line.lower() for line in lines):
        return None
    region = (text(place, "region") or "").removeprefix(f"{country}-")
    return {
        "street": ", ".join(lines) or None,
        "locality": city.title() if city.isupper() else city,
        "region": region if country in POSTAL_REGIONS and region else None,
        "postal_code": text(place, "postalCode"),
        "country": country,
    }


async def parent(work: Work, lei: str) -> Page | None:
    """The page of the entity that consolidates the company, where it has a current LEI of its own."""
    url = f"{work.settings.gleif_url}/api/v1/lei-records/{lei}/direct-parent"
    answer = await get(work, GLEIF, url)
    if answer is None:
        return None
    record = Record(parsed(GLEIF, answer.body))
    theirs = lei_of({"type": "lei", "value": record.lei})
    if theirs in (None, lei) or not record.is_current or record.name is None:
        return None
    page = page_of(work, url, answer)
    value = {"parent": record.name, "parent_lei": theirs}
    page.facts = [
        fact(GLEIF, page, ("financial.registration", value, f"legalName: {record.name}, lei: {theirs}", 0.97))
    ]
    return page
