"""A company's profile: facts resolved, section by section. Times are aware UTC; URLs absolute; countries ISO 3166-1
alpha-2; currencies ISO 4217; languages ISO 639-1; phones E.164."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from shared.models import JSON, SECTIONS, Notice, Outcome


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Address(Part):
    street: str | None = None
    locality: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = Field(None, description="ISO 3166-1 alpha-2")


class Person(Part):
    name: str
    title: str | None = None
    profile_url: str | None = None


class Ticker(Part):
    exchange: str | None = None
    symbol: str


class Identifier(Part):
    type: str = Field(
        description="lei, isin, cik, vat, registration_number, duns, wikidata, … as in the register's own language"
    )
    value: str
    register_name: str | None = Field(None, description="Court or register, where the number is only unique there.")


class Registration(Part):
    """What a company is in law, as the register of legal entities (GLEIF) has it."""

    jurisdiction: str | None = Field(None, description="ISO 3166-1 alpha-2, or ISO 3166-2 where a part has its own law")
    legal_form: str | None = Field(None, description="ISO 20275 code, or words where the form has none")
    status: str | None = Field(None, description="active, inactive")
    lei_status: str | None = Field(None, description="issued, lapsed, retired, merged, …")
    parent: str | None = Field(None, description="Legal name of who consolidates the company.")
    parent_lei: str | None = None


class Figure(Part):
    """One figure of one fiscal period."""

    amount: float
    amount_max: float | None = Field(None, description="upper end where a range is stated, whose lower end amount is")
    currency: str | None = Field(None, description="ISO 4217; null for counts of people")
    fiscal_period: str | None = Field(None, description="FY2024, Q3 2025, …")
    period_end: str | None = Field(None, description="ISO date")


class Funding(Part):
    round: str | None = None
    amount: float | None = None
    currency: str | None = None
    date: str | None = None


class Technology(Part):
    name: str
    category: str | None = None
    evidence: str | None = None


class Product(Part):
    name: str
    description: str | None = None
    url: str | None = None
    price: float | None = None
    currency: str | None = None


class Plan(Part):
    name: str
    price: float | None = None
    currency: str | None = None
    period: str | None = Field(None, description="month, year, once, …")
    unit: str | None = Field(None, description="What the price is for one of: user, seat, …")
    starting: bool = Field(False, description="The price is the least: from, starting at.")
    on_request: bool = Field(False, description="There is no price: contact us.")


class Opening(Part):
    title: str
    location: str | None = None
    url: str | None = None


class Board(Part):
    vendor: str = Field(description="greenhouse, lever, …")
    token: str | None = None
    url: str


class NewsItem(Part):
    title: str
    url: str | None = None
    date: str | None = Field(None, description="ISO, as exact as printed")


class SocialLink(Part):
    network: str = Field(description="linkedin, x, facebook, instagram, youtube, github, …")
    url: str


class KeyPage(Part):
    kind: str = Field(
        description="about, contact, team, careers, pricing, products, investors, news, press, legal, privacy, …"
    )
    url: str


# Every field that a fact may name, with the shape of its value.
FIELDS: dict[str, type] = {
    "identity.name": str,
    "identity.legal_name": str,
    "identity.description": str,
    "identity.tagline": str,
    "identity.logo_url": str,
    "identity.canonical_url": str,
    "identity.language": str,
    "identity.industry": str,
    "identity.founded_year": int,
    "contact.email": str,
    "contact.phone": str,
    "contact.fax": str,
    "contact.address": Address,
    "social": SocialLink,
    "person": Person,
    "financial.ticker": Ticker,
    "financial.identifier": Identifier,
    "financial.registration": Registration,
    "financial.revenue": Figure,
    "financial.net_income": Figure,
    "financial.employees": Figure,
    "financial.funding": Funding,
    "technology": Technology,
    "offering.product": Product,
    "offering.plan": Plan,
    "hiring.opening": Opening,
    "hiring.board": Board,
    "news.item": NewsItem,
    "news.feed": str,
    "key_page": KeyPage,
}


class Identity(Part):
    name: str | None = None
    legal_name: str | None = None
    description: str | None = None
    tagline: str | None = None
    logo_url: str | None = None
    canonical_url: str | None = None
    domain: str | None = None
    languages: list[str] = []
    industries: list[str] = []
    founded_year: int | None = None


class Contact(Part):
    emails: list[str] = []
    phones: list[str] = []
    faxes: list[str] = []
    addresses: list[Address] = []
    contact_page: str | None = None


class Financial(Part):
    tickers: list[Ticker] = []
    identifiers: list[Identifier] = []
    registration: Registration | None = None
    revenue: list[Figure] = []
    net_income: list[Figure] = []
    employees: list[Figure] = []
    funding: list[Funding] = []


class Offering(Part):
    products: list[Product] = []
    plans: list[Plan] = []


class Hiring(Part):
    openings: list[Opening] = []
    boards: list[Board] = []


@dataclass(slots=True)
class Evidence:  # no model, of which each costs more: a profile has hundreds
    """A fact behind a value of the profile."""

    value: JSON
    url: str
    how: str
    quote: str
    fetched_at: str
    confidence: float


class Change(Part):
    pointer: str = Field(description="JSON pointer into the profile, or of the list that the entry was in")
    before: JSON = None
    after: JSON = None


class PageReport(Part):
    url: str
    kind: str
    outcome: Outcome
    code: str | None = None
    status: int | None = None
    fetched_at: str | None = None
    truncated: bool = Field(False, description="The page broke off; what came of it was read.")
    copy_of: str | None = Field(None, description="The page that says the same; it counts there.")


class Coverage(Part):
    """What was read, by outcome, and each page's own answer."""

    read: int = 0
    empty: int = 0
    blocked: int = 0
    forbidden: int = 0
    script_only: int = 0
    failed: int = 0
    pages: list[PageReport] = []


class Profile(Part):
    """Facts resolved: plain values, and beside them `sources`, from JSON pointer to the facts behind the value."""

    domain: str
    version: str
    fetched_at: datetime
    partial: bool = False
    identity: Identity = Identity()
    contact: Contact = Contact()
    socials: dict[str, str] = {}
    people: list[Person] = []
    financial: Financial = Financial()
    technologies: list[Technology] = []
    offering: Offering = Offering()
    hiring: Hiring = Hiring()
    news: list[NewsItem] = []
    key_pages: dict[str, str] = {}
    sources: dict[str, list[Evidence]] = {}
    confidence: dict[str, float] = Field({}, description="JSON pointer to the confidence of the value, 0..1")
    coverage: Coverage = Coverage()
    warnings: list[Notice] = []
    changes: list[Change] = Field([], description="Since the version before.")
    previous_version: str | None = None


def sections_of(profile: dict[str, JSON], wanted: Iterable[str]) -> dict[str, JSON]:
    """The profile (as JSON) with only the wanted sections, and the sources and changes that belong to them; no
    wanted section means all."""
    names = set(wanted)
    if not names:
        return profile

    def belongs(pointer: str) -> bool:
        return pointer.split("/")[1] in names

    kept = {k: v for k, v in profile.items() if k not in SECTIONS or k in names}
    kept["sources"] = {p: v for p, v in profile["sources"].items() if belongs(p)}
    kept["confidence"] = {p: v for p, v in profile["confidence"].items() if belongs(p)}
    kept["changes"] = [c for c in profile["changes"] if belongs(c["pointer"])]
    return kept
