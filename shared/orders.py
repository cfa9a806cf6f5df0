"""Orders: what a caller asks for becomes a job. It gets the fresh profile, else joins the live run, else starts one."""

import asyncio
import ipaddress
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from shared import companies, jobs, log, outbox, runs
from shared.due import after
from shared.errors import Problem
from shared.models import Account, Company, Delivery, Job, Run, Section, Status
from shared.ports import PlatformError, Transaction
from shared.secrets import idempotent_job_id
from shared.settings import Settings
from shared.web.address import allowed, is_opted_out
from shared.wiring import Platform

INSTANCES = 20  # of the API by functions.json, which count at the same time; where it is scaled beyond, more pass a cap
PUBLISH_SECONDS = 0.7  # a caller waits no longer; an instance's first publish may take longer, and goes on
_publishing: set[asyncio.Task[None]] = set()


@dataclass
class Order:
    """What a caller asks for; `company` is the key of `url`, `max_age` in seconds."""

    url: str
    company: str
    webhook_url: str | None = None
    max_age: float | None = None
    sections: list[Section] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    idempotency_key: str | None = None
    fingerprint: str | None = None  # of the body, beside an idempotency key


async def submit(platform: Platform, account: Account, order: Order) -> Job:
    """Accepts the order in one transaction, which can't race the run's end, and publishes a run that it starts.

    Raises Problem: opted_out, address_not_allowed, webhook_disabled, idempotency_key_reused, too_many_open_jobs.
    """
    settings = platform.settings
    key = order.idempotency_key
    job_id = idempotent_job_id(settings, account.id, key) if key else secrets.token_hex(16)
    earlier = await platform.documents.get(jobs.path(job_id)) if key else None
    if earlier is not None and earlier.fields["expires_at"] > settings.now():
        return same(jobs.of(earlier), order)
    refuse(order, settings)
    if order.webhook_url is not None:
        await refuse_disabled(platform, account, order.webhook_url)

    async def once(tx: Transaction) -> tuple[Job, bool, Run | None, Delivery | None]:
        now = settings.now()
        document = await tx.get(jobs.path(job_id)) if key else None
        if document is not None and document.fields["expires_at"] > now:
            return same(jobs.of(document), order), False, None, None
        job = Job(
            id=job_id,
            account=account.id,
            run=None,
            company=order.company,
            url=order.url,
            webhook_url=order.webhook_url,
            sections=order.sections,
            metadata=order.metadata,
            fingerprint=order.fingerprint,
            created_at=now,
            expires_at=after(now, settings.queue_seconds + settings.job_retention_seconds),
        )
        company = companies.of(order.company, await tx.get(companies.path(order.company)))
        if company.erased_at is not None:
            raise opted_out(order.company)
        if answer(job, company, settings, now, order.max_age):
            return job, True, None, jobs.end(tx, job, settings, now, {})
        if capped:
            limit = settings.tiers[account.tier].open_jobs
            detail = f"The account has {limit} open jobs, as many as its tier allows; wait until one has ended."
            raise Problem(429, "too_many_open_jobs", detail, retry_after=10)
        started = await jobs.hang(tx, job, settings, now)
        return job, False, started, None

    async with platform.admission(account.id).turn(partial(room, platform, account)) as capped:
        job, answered, started, delivery = await platform.documents.transaction(once)
    if answered:
        jobs.tell_end(job)
    publishing = asyncio.create_task(publish(platform, job, started, delivery))
    _publishing.add(publishing)
    publishing.add_done_callback(_publishing.discard)
    await asyncio.wait({publishing}, timeout=PUBLISH_SECONDS)
    return job


async def publish(platform: Platform, job: Job, started: Run | None, delivery: Delivery | None) -> None:
    try:
        if started is not None:
            await runs.publish(platform, started)
        if delivery is not None:
            await outbox.send(platform, delivery)
    except (PlatformError, TimeoutError) as error:  # accepted all the same: sweep finds what is due
        log.warning("accepted, but not published", job=job.id, error=str(error))


def refuse(order: Order, settings: Settings) -> None:
    if is_opted_out(order.company, settings):
        raise opted_out(order.company)
    host = order.company
    literal = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    try:
        address = ipaddress.ip_address(literal)
    except ValueError:
        return
    if not allowed(address, settings.allow_networks):
        raise Problem(
            422, "address_not_allowed", "The address is not on the public internet; give a public web address."
        )


def opted_out(company: str) -> Problem:
    return Problem(403, "opted_out", f"The owner of {company} asked that it not be read.")


async def refuse_disabled(platform: Platform, account: Account, endpoint: str) -> None:
    document = await platform.documents.get(outbox.endpoint_path(account.id, endpoint))
    if document is not None and document.fields["expires_at"] > platform.settings.now():
        until = document.fields["expires_at"].isoformat(timespec="seconds")
        detail = f"The endpoint answered 410 Gone, so it gets no webhooks until {until}; use another address."
        raise Problem(422, "webhook_disabled", detail)


async def room(platform: Platform, account: Account) -> int:
    """Jobs that this instance may open before it counts again: its part of those that may be opened yet, and the last
    ones singly, so that no other instance lets more than one too many through."""
    open_jobs = await platform.documents.count("open_jobs_of_account", account.id, True)
    left = platform.settings.tiers[account.tier].open_jobs - open_jobs
    return max(left // INSTANCES, 1) if left > 0 else 0


def same(job: Job, order: Order) -> Job:
    if job.fingerprint != order.fingerprint:
        detail = "The Idempotency-Key was used for another request; send a new key, or the same body."
        raise Problem(422, "idempotency_key_reused", detail)
    return job


def answer(job: Job, company: Company, settings: Settings, now: datetime, max_age: float | None) -> bool:
    """Ends the job with what is stored of the company, where that is fresh."""
    if companies.profile_is_fresh(company, settings, now, max_age):
        job.status = Status.PARTIAL if company.partial else Status.COMPLETED
        job.profile_version = company.profile_version
    elif companies.failure_is_fresh(company, settings, now, max_age):
        job.status, job.error = Status.FAILED, company.failure
    else:
        return False
    job.cached = True
    return True
