"""What callers send and get."""

import json
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from shared.models import JSON, DeliveryState, EventType, Failure, Notice, Section, StageName, StageState, Status
from shared.profile import Profile

METADATA_BYTES = 16_000
METADATA_DEPTH = 10


def once_each(sections: list[Section]) -> list[Section]:
    return list(dict.fromkeys(sections))


def split(values: Any) -> list[str]:
    return [name.strip() for value in values for name in value.split(",") if name.strip()]


SectionNames = Annotated[list[Section], BeforeValidator(split)]  # of a query


def bounded(metadata: dict[str, JSON]) -> dict[str, JSON]:
    if len(json.dumps(metadata, ensure_ascii=False).encode()) > METADATA_BYTES:
        raise ValueError(f"as JSON it may have {METADATA_BYTES} bytes")
    if not is_flat(metadata, METADATA_DEPTH):
        raise ValueError(f"it may be {METADATA_DEPTH} levels deep")
    return metadata


def is_flat(value: JSON, levels: int) -> bool:
    """Whether objects and lists are nested at most so deep."""
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(is_flat(one, levels - 1) for one in inner)


EXAMPLE: dict[str, Any] = {
    "url": "https://example.com",
    "webhook_url": "https://hooks.example.org/firmograph",
    "max_age": 86400,
    "sections": ["identity", "contact"],
    "metadata": {"crm_id": "A-1001"},
}


class ScrapeOrder(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"example": EXAMPLE})

    url: str = Field(
        min_length=1,
        max_length=2048,
        description="The company's web address; the scheme may be left out. The host says which company it is, so "
        "path and query are not used.",
    )
    webhook_url: str | None = Field(
        None,
        min_length=1,
        max_length=2048,
        description="Gets one signed event when the job has ended (Standard Webhooks).",
    )
    max_age: float | None = Field(
        None,
        ge=0,
        allow_inf_nan=False,
        description="Seconds: an older stored profile is not taken. 0 always reads anew. It can shorten, not "
        "lengthen, the time for which profiles are fresh.",
    )
    sections: Annotated[list[Section], AfterValidator(once_each)] = Field(
        [], max_length=100, description="Only these sections of the profile; none means all."
    )
    metadata: Annotated[dict[str, JSON], AfterValidator(bounded)] = Field(
        {},
        description=f"Yours: returned as it is, in answers and webhooks. At most {METADATA_BYTES} bytes of JSON, "
        f"{METADATA_DEPTH} levels deep.",
    )


class Accepted(BaseModel):
    """An accepted job. Ask for it at `status_url`, or wait for the webhook."""

    scrape_id: str = Field(examples=["9f3c0a5be1d24c7f8a6b5c4d3e2f1a0b"])
    status: Status = Field(examples=["queued"])
    status_url: str = Field(examples=["https://api.example.com/api/v1/scrape/status/9f3c0a5be1d24c7f8a6b5c4d3e2f1a0b"])
    company: str = Field(description="The company's key: its canonical host", examples=["example.com"])
    url: str = Field(description="As it was given", examples=["https://example.com"])
    metadata: dict[str, JSON] = {}
    created_at: datetime


class StageView(BaseModel):
    name: StageName
    state: StageState
    attempts: int = Field(description="How often it was begun or gone on with")
    failures: int = Field(description="How many of them failed")
    started_at: datetime | None = None
    ended_at: datetime | None = None
    seconds: float | None = Field(None, description="From start to end")
    error: Failure | None = Field(None, description="The last failure, or why it was skipped")


class AttemptView(BaseModel):
    number: int
    at: datetime
    status: int | None = Field(None, description="Of the endpoint's HTTP answer")
    error: str | None = Field(None, description="Why there was no answer")
    milliseconds: int


class DeliveryView(BaseModel):
    id: str = Field(description="The header `webhook-id`, the same at every attempt")
    event: EventType
    endpoint: str
    state: DeliveryState
    next_at: datetime | None = Field(None, description="When the next attempt is made")
    attempts: list[AttemptView] = []


class Scrape(Accepted):
    """A job, and the profile once it is there."""

    cached: bool = Field(False, description="Answered from what was stored")
    progress_percent: int = Field(0, ge=0, le=100, description="Never falls")
    current_stage: StageName | None = Field(None, description="Null once the job has ended")
    ended_at: datetime | None = None
    expires_at: datetime | None = Field(None, description="After this it answers 410")
    stages: list[StageView] = []
    warnings: list[Notice] = []
    error: Failure | None = Field(None, description="Why it has failed or was cancelled")
    sections: list[Section] = []
    webhook_url: str | None = None
    webhooks: list[DeliveryView] = Field([], description="The log of each event on its way to the endpoint")
    profile_version: str | None = None
    profile: Profile | None = Field(None, description="With `sections`, the others are left out.")
