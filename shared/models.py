"""The vocabulary of API, storage and events. Times are aware UTC; URLs absolute; countries ISO 3166-1 alpha-2;
currencies ISO 4217; languages ISO 639-1; phones E.164."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

JSON = Any  # what JSON can say


class Status(StrEnum):
    """Of a run and of a job."""

    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = (Status.COMPLETED, Status.PARTIAL, Status.FAILED, Status.CANCELLED)
StageName = Literal["discover", "crawl", "financial", "signals", "assemble"]
STAGES: tuple[StageName, ...] = ("discover", "crawl", "financial", "signals", "assemble")
OPTIONAL: frozenset[StageName] = frozenset({"crawl", "financial", "signals"})
PROGRESS: dict[StageName, int] = {
    "discover": 10,
    "crawl": 60,
    "financial": 75,
    "signals": 90,
    "assemble": 100,
}  # % at its end


# ------------------------------------------------------------------ facts and pages


class Outcome(StrEnum):
    """What came of reading one URL. They are different answers: none of them is "the page says nothing" but EMPTY."""

    READ = "read"
    EMPTY = "empty"
    BLOCKED = "blocked"
    FORBIDDEN = "forbidden"  # by robots.txt
    SCRIPT_ONLY = "script_only"
    FAILED = "failed"


How = Literal[
    "json-ld",
    "microdata",
    "rdfa",
    "microformats",
    "opengraph",
    "meta",
    "html",
    "text",
    "link",
    "header",
    "script",
    "feed",
    "board",
    "registry",
]


@dataclass(frozen=True, slots=True)
class Source:
    url: str
    how: How
    quote: str  # the words that a person could check, at most 300 characters
    fetched_at: str  # ISO 8601


@dataclass(frozen=True, slots=True)
class Fact:
    """What one page says about one field; `field` is a key of FIELDS, `value` has the shape that stands there."""

    field: str
    value: JSON
    source: Source
    confidence: float  # prior of this extractor and method, 0..1


@dataclass(slots=True)
class Page:
    """What was read from one URL, or asked of one register."""

    url: str
    outcome: Outcome
    kind: str = "other"  # "home", a key-page kind, "registry", "board", "feed", or "other"
    code: str | None = None  # of errors.CODES where the outcome is not READ
    reason: str | None = None
    status: int | None = None  # of HTTP
    final_url: str | None = None
    fetched_at: str = ""
    milliseconds: int = 0
    bytes: int = 0
    truncated: bool = False  # the body ended early: what came of it was read
    etag: str | None = None  # of a page that was read, by which the next run asks whether it has changed
    last_modified: str | None = None
    reader: str | None = None  # the version of the extractors that read it
    digest: str | None = None  # of what a page that was read says, numbers aside: copies have the same
    canonical: str | None = None  # another address, of the same site, by which the page itself goes
    copy_of: str | None = None  # the page that says the same, where the facts of both are counted
    facts: list[Fact] = field(default_factory=list)


# ------------------------------------------------------------------ the profile


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
    type: str = Field(description="lei, cik, vat, registration_number, duns, … as in the register's own language")
    value: str
    register_name: str | None = Field(None, description="Court or register, where the number is only unique there.")


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


class Notice(Part):
    """A warning: what is missing from the answer, and why."""

    code: str
    detail: str
    stage: str | None = None
    url: str | None = None


class Evidence(Part):
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


SECTIONS = (
    "identity",
    "contact",
    "socials",
    "people",
    "financial",
    "technologies",
    "offering",
    "hiring",
    "news",
    "key_pages",
)
Section = Literal[
    "identity", "contact", "socials", "people", "financial", "technologies", "offering", "hiring", "news", "key_pages"
]


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


# ------------------------------------------------------------------ runs and jobs


def fields(model: BaseModel) -> dict[str, Any]:
    """The model as a document holds it: enums as their strings, times as they are."""

    def plain(value: Any) -> Any:
        if isinstance(value, StrEnum):
            return value.value
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items()}
        return [plain(v) for v in value] if isinstance(value, list) else value

    return {k: plain(v) for k, v in model.model_dump().items()}


class Failure(BaseModel):
    code: str
    reason: str


class Lease(BaseModel):
    owner: str | None = None  # None: nobody's; the stage waits until then
    token: str
    until: datetime


class StageState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Stage(BaseModel):
    state: StageState = StageState.WAITING
    attempt: int = 0  # claims
    failures: int = 0
    kept: int = 0  # pages of the run when an expired lease was last looked at
    lease: Lease | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    error: Failure | None = None  # the last failure, or why it was skipped


class PlannedPage(BaseModel):
    url: str
    kind: str
    guess: bool = False  # nobody links to it: what is not there, or says nothing of its kind, is no page


class ReadingPlan(BaseModel):
    """What discover decided: the pages worth reading besides the home page, best first, and its feeds."""

    base: str  # the home page's final URL
    language: str | None = None  # of the home page
    pages: list[PlannedPage] = []
    crawl_delay: float | None = None  # seconds


class Run(BaseModel):
    id: str
    company: str
    before: str | None = None  # the run that the company's last profile came from
    status: Status = Status.QUEUED
    stage: StageName = "discover"
    stages: dict[str, Stage] = {}
    progress: int = 0
    plan: ReadingPlan | None = None
    warnings: list[Notice] = []
    error: Failure | None = None
    created_at: datetime
    published_at: datetime  # of the current stage
    republished: int = 0
    claimed_at: datetime | None = None
    ended_at: datetime | None = None
    deadline: datetime
    overdue: bool = False  # the deadline has moved it to assemble
    due: str | None = None
    profile_version: str | None = None
    expires_at: datetime

    @property
    def ended(self) -> bool:
        return self.status in ENDED


class Job(BaseModel):
    id: str
    account: str
    run: str | None  # None: answered by a stored profile
    company: str
    url: str  # as the caller gave it
    status: Status = Status.QUEUED
    open: bool = True
    webhook_url: str | None = None
    sections: list[Section] = []
    metadata: dict[str, JSON] = {}
    fingerprint: str | None = None  # of the body, where an Idempotency-Key was given
    cached: bool = False
    progress: int = 0  # at its end, or when it went over to another run: what its caller is told never falls
    profile_version: str | None = None
    warnings: list[Notice] = []
    error: Failure | None = None
    created_at: datetime
    ended_at: datetime | None = None
    expires_at: datetime


class Company(BaseModel):
    key: str
    live_run: str | None = None
    profile_version: str | None = None
    profile_run: str | None = None  # whose pages the profile is made of
    fetched_at: datetime | None = None
    partial: bool = False
    failure: Failure | None = None  # of the last run, where that is worth remembering (blocked)
    failed_at: datetime | None = None
    erased_at: datetime | None = None  # since then nothing is read or kept of it
    erased_people: list[str] = []  # erasures.person of each


EventType = Literal["scrape.completed", "scrape.partial", "scrape.failed", "scrape.cancelled"]


class Attempt(BaseModel):
    number: int
    at: datetime
    status: int | None = None  # of HTTP
    error: str | None = None
    milliseconds: int = 0


class DeliveryState(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"  # the schedule is used up
    DISABLED = "disabled"  # the endpoint answered 410


class Event(BaseModel):
    """The webhook's body."""

    type: EventType
    timestamp: datetime
    data: dict[str, JSON]


class Delivery(BaseModel):
    id: str  # the webhook id, constant over attempts
    account: str
    job: str
    endpoint: str
    event: EventType
    body: str  # the Event as the endpoint gets it, the same bytes at every attempt
    state: DeliveryState = DeliveryState.PENDING
    attempts: list[Attempt] = []
    lease: Lease | None = None
    next_at: datetime | None = None
    due: str | None = None
    created_at: datetime
    expires_at: datetime


class Account(BaseModel):
    id: str
    name: str
    tier: str
    secret_version: int = 1
    created_at: datetime


class Key(BaseModel):
    account: str
    prefix: str  # the first characters, to tell keys apart
    created_at: datetime
    expires_at: datetime | None = None
