"""The vocabulary of API, storage and events. Times are aware UTC; URLs absolute; countries ISO 3166-1 alpha-2;
currencies ISO 4217; languages ISO 639-1; phones E.164."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict

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

Section = Literal[
    "identity", "contact", "socials", "people", "financial", "technologies", "offering", "hiring", "news", "key_pages"
]
SECTIONS: tuple[str, ...] = get_args(Section)  # of a profile


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
    "wikidata",  # which anybody may edit
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
    sketch: str | None = None  # of its lines or words, eight characters each: pages that hardly differ share most
    canonical: str | None = None  # another address, of the same site, by which the page itself goes
    copy_of: str | None = None  # the page that says the same, where the facts of both are counted
    facts: list[Fact] = field(default_factory=list)


# ------------------------------------------------------------------ runs and jobs


def fields(model: BaseModel) -> dict[str, Any]:
    """The model as a document holds it: enums are strings, times as they are."""
    return model.model_dump()


class Notice(BaseModel):
    """A warning: what is missing from the answer, and why."""

    model_config = ConfigDict(extra="forbid")

    code: str
    detail: str
    stage: str | None = None
    url: str | None = None


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
