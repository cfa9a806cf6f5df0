"""Everything that can be set, read from the environment once. `FIRMOGRAPH_LEASE_SECONDS=5` sets `lease_seconds`."""

import ipaddress
import json
import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

PREFIX = "FIRMOGRAPH_"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class SettingsError(ValueError):
    """The environment does not make sense; the message names the variable."""


class Tier(BaseModel):
    open_jobs: int = Field(description="Jobs of an account that may be open at once.")


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    # where it runs
    platform: Literal["embedded", "google"] = Field("google", description="Which adapters are used.")
    data: Path = Field(Path(".firmograph"), description="Folder of the embedded platform's state.")
    project: str = Field("", description="Google Cloud project id.")
    location: str = Field("us-central1", description="Location of the task queues.")
    database: str = Field("(default)", description="Firestore database.")
    tasks_host: str = Field("", description="host:port of a plain-text Cloud Tasks server; empty: Google's.")
    pubsub_api: str = Field(
        "https://pubsub.googleapis.com", description="Base URL of Pub/Sub's REST API, for delayed publishing."
    )
    tasks_account: str = Field("", description="Service account whose tokens delayed publishing carries.")
    delay_queue: str = Field("delayed", description="Cloud Tasks queue of delayed publishing.")
    public_url: str = Field("", description="Base URL of the API as callers see it; empty: taken from the request.")
    own_hosts: tuple[str, ...] = Field(
        (), description="This service's hosts, or host:port: never read or called. A * stands for a part of a label."
    )

    # secrets
    webhook_master_key: str = Field("", description="Hex key of at least 32 bytes from which webhook secrets derive.")

    # jobs
    tiers: dict[str, Tier] = Field(
        {
            "free": Tier(open_jobs=10),
            "pro": Tier(open_jobs=200),
            "enterprise": Tier(open_jobs=5000),
            "local": Tier(open_jobs=10000),
        },
        description="Limits of each tier.",
    )
    fresh_seconds: float = Field(7 * 86400, description="How long a complete profile is fresh.")
    fresh_partial_seconds: float = Field(3600, description="How long a partial or blocked result is fresh.")
    job_retention_seconds: float = Field(30 * 86400, description="How long a job can be asked for after its end.")
    run_retention_seconds: float = Field(
        14 * 86400,
        description="How long a run and its pages are kept; the next run asks whether they have changed since.",
    )
    delivery_retention_seconds: float = Field(30 * 86400, description="How long the delivery log is kept.")
    profile_retention_seconds: float = Field(400 * 86400, description="How long a profile version is kept.")

    # the frame
    lease_seconds: float = Field(60, description="How long a stage or delivery is owned without being renewed.")
    renew_seconds: float = Field(20, description="How often a lease is renewed.")
    run_seconds: float = Field(15 * 60, description="A run's deadline, counted from its first claim.")
    queue_seconds: float = Field(24 * 3600, description="How long a run may wait for its first claim.")
    overdue_seconds: float = Field(60, description="What assemble gets after the deadline.")
    republish_seconds: tuple[float, ...] = Field(
        (60, 120, 240, 480), description="Waits before an unclaimed stage is published again."
    )
    failures: int = Field(5, description="Failures of a stage at which it is skipped or fails its run.")
    handover_seconds: float = Field(480, description="After this long a crawl hands over to itself.")
    progress_seconds: float = Field(1, description="Least time between two progress writes of a run.")
    due_shards: int = Field(4, ge=1, le=10, description="Shards of the index on `due`.")

    # webhooks
    webhook_schedule: tuple[float, ...] = Field(
        (0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400),
        description="Seconds before each attempt, counted from the one before (Standard Webhooks).",
    )
    webhook_jitter: float = Field(0.1, description="Share by which a wait is lengthened at random.")
    webhook_timeout_seconds: float = Field(15, description="How long an endpoint may take to answer.")
    webhook_disabled_seconds: float = Field(
        7 * 86400, description="How long an endpoint that answered 410 is left alone."
    )
    webhook_https_only: bool = Field(True, description="Refuse plain http for webhooks.")

    # reading
    user_agent: str = Field(
        "Firmograph/1.0 (+https://firmograph.dev/bot; bot@firmograph.dev)", description="What sites are told."
    )
    robots_token: str = Field("Firmograph", description="The name that robots.txt rules are matched with.")
    opt_out: tuple[str, ...] = Field((), description="Company keys that asked not to be read.")
    allow_networks: tuple[Network, ...] = Field(
        (), description="Networks that may be dialled though they are not public; never in the cloud."
    )
    hosts: dict[str, str] = Field(
        {},
        description="Embedded: addresses of names, asked before DNS; `*` for every name, 127.0.0.1:80 to dial a port.",
    )
    ports: tuple[int, ...] = Field((80, 443), description="Ports that may be dialled; empty: any.")
    max_pages: int = Field(12, ge=1, description="Pages of a company, its home page included.")
    page_bytes: int = Field(5_000_000, description="Bytes of one answer after decompression.")
    run_bytes: int = Field(60_000_000, description="Bytes of one stage's answers after decompression.")
    connect_seconds: float = Field(10, description="Time to connect.")
    idle_seconds: float = Field(20, description="Time without a byte.")
    page_seconds: float = Field(45, description="Time for one page, redirects included.")
    redirects: int = Field(8, description="Redirects of one page.")
    site_connections: int = Field(8, description="Requests at once to one site.")
    crawl_delay_max_seconds: float = Field(
        30, description="Crawl delay beyond which no sitemap is read, so that the time goes to pages."
    )

    # outside sources
    edgar_data_url: str = Field("https://data.sec.gov", description="SEC EDGAR, company facts and submissions.")
    edgar_www_url: str = Field("https://www.sec.gov", description="SEC EDGAR, list of tickers.")
    gleif_url: str = Field("https://api.gleif.org", description="GLEIF, the register of LEIs.")
    wikidata_url: str = Field("https://www.wikidata.org", description="Wikidata.")
    job_boards: dict[str, str] = Field(
        {
            "greenhouse": "https://boards-api.greenhouse.io",
            "lever": "https://api.lever.co",
            "lever.eu": "https://api.eu.lever.co",
            "ashby": "https://api.ashbyhq.com",
            "smartrecruiters": "https://api.smartrecruiters.com",
            "workable": "https://apply.workable.com",
            "recruitee": "https://{token}.recruitee.com",
            "personio": "https://{token}.jobs.personio.de",
            "pinpoint": "https://{token}.pinpointhq.com",
        },
        description="Where vendors of job boards are asked; `{token}` is the board's name. One left out is not asked.",
    )
    source_bytes: int = Field(40_000_000, description="Bytes of one answer of an outside source, decompressed.")
    source_retry_seconds: float = Field(30, description="Wait where an outside source fails and names no time.")
    edgar_interval_seconds: float = Field(
        0.1, description="Least time between an instance's requests to EDGAR, which allows 10 a second in all."
    )
    gleif_interval_seconds: float = Field(
        1, description="Least time between an instance's requests to GLEIF, which allows 60 a minute in all."
    )
    wikidata_interval_seconds: float = Field(
        0.5, description="Least time between an instance's requests to Wikidata, which wants them one after the other."
    )

    # the embedded host
    functions: Path = Field(
        Path(__file__).parent.parent / "functions", description="Embedded: folder of the functions and functions.json."
    )
    stop_seconds: float = Field(10, description="Embedded: how long an orderly stop waits for the work in hand.")
    crash_after_commits: int = Field(0, description="Embedded: die once, by SIGKILL, after so many commits; 0: never.")
    duplicate_deliveries: bool = Field(False, description="Embedded: deliver every message twice, side by side.")
    reorder_deliveries: bool = Field(False, description="Embedded: deliver messages in random order.")
    lose_topics: tuple[str, ...] = Field(
        (), description="Embedded: lose the first publish of each message to these topics."
    )
    lose_triggers: bool = Field(False, description="Embedded: fire no document trigger.")
    instance_concurrency: int = Field(
        0, description="Embedded: requests at once a function takes; 0: its row in functions.json."
    )
    sweep_seconds: float = Field(60, description="Embedded: how often the sweep runs.")
    push_backoff_seconds: tuple[float, float] = Field(
        (10, 600), description="Embedded: least and greatest wait before a message is delivered again."
    )
    push_attempts: int = Field(20, description="Embedded: deliveries of a message before it is dead-lettered.")

    @model_validator(mode="after")
    def _sane(self) -> Self:
        if self.platform == "google" and (self.allow_networks or self.hosts or not self.ports):
            raise ValueError(
                "FIRMOGRAPH_ALLOW_NETWORKS, FIRMOGRAPH_HOSTS and an empty FIRMOGRAPH_PORTS are for the embedded "
                "platform only"
            )
        if self.renew_seconds >= self.lease_seconds:
            raise ValueError("FIRMOGRAPH_RENEW_SECONDS must be below FIRMOGRAPH_LEASE_SECONDS")
        return self

    @staticmethod
    def now() -> datetime:
        """The clock: aware, UTC."""
        return datetime.now(UTC)


def read(environment: dict[str, str]) -> Settings:
    """Settings from variables: tuples and dicts as JSON, or words with commas between. Raises SettingsError."""
    values: dict[str, Any] = {}
    for name, field in Settings.model_fields.items():
        text = environment.get(PREFIX + name.upper())
        if text is None:
            continue
        if str(field.annotation).startswith(("tuple", "dict")):
            values[name] = (
                json.loads(text) if text[:1] in "[{" and text else [w.strip() for w in text.split(",") if w.strip()]
            )
        else:
            values[name] = text
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper() if first["loc"] else "the environment"
        raise SettingsError(f"{name}: {first['msg']}") from None


@cache
def settings() -> Settings:
    """The process's settings. Tests and the command line set the environment before the first call."""
    return read(dict(os.environ))
