"""Jobs: a caller's requests (`jobs/{id}`). A job gets the fresh profile, else joins the live run, else starts one."""

import asyncio
import ipaddress
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared import companies, log, outbox, runs
from shared.due import after
from shared.errors import LeaseLost, Problem
from shared.models import Account, Company, Delivery, Job, Run, Section, Status, fields
from shared.ports import Document, Fields, PlatformError, Transaction
from shared.secrets import idempotent_job_id
from shared.settings import Settings
from shared.web.address import allowed
from shared.wiring import Platform

PUBLISH_SECONDS = 0.7  # a caller waits no longer: sweep publishes what was not published


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


def path(job_id: str) -> str:
    return f"jobs/{job_id}"


def of(document: Document) -> Job:
    return Job.model_validate({**document.fields, "metadata": json.loads(document.fields["metadata"])})


def to_fields(job: Job) -> Fields:
    """A caller's metadata may hold lists of lists, which no document can: it is stored as text."""
    return {**fields(job), "metadata": json.dumps(job.metadata)}


async def submit(platform: Platform, account: Account, order: Order) -> Job:
    """Accepts the order in one transaction, which can't race the run's end, and publishes a run that it starts.

    Raises Problem: opted_out, address_not_allowed, webhook_disabled, idempotency_key_reused, too_many_open_jobs.
    """
    settings = platform.settings
    refuse(order, settings)
    if order.webhook_url is not None:
        await refuse_disabled(platform, account, order.webhook_url)
    key = order.idempotency_key
    job_id = idempotent_job_id(settings, account.id, key) if key else secrets.token_hex(16)
    capped = await at_cap(platform, account)

    async def once(tx: Transaction) -> tuple[Job, Run | None, Delivery | None]:
        if key and (document := await tx.get(path(job_id))) is not None:
            return same(of(document), order, settings.now()), None, None
        now = settings.now()
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
        if answer(job, company, settings, now, order.max_age):
            return job, None, outbox.end_job(tx, job, settings, now, {})
        if capped:
            limit = settings.tiers[account.tier].open_jobs
            detail = f"The account has {limit} open jobs, as many as its tier allows; wait until one has ended."
            raise Problem(429, "too_many_open_jobs", detail, retry_after=10)
        started = await hang(tx, job, settings, now)
        return job, started, None

    job, started, delivery = await platform.documents.transaction(once)
    try:
        async with asyncio.timeout(PUBLISH_SECONDS):
            if started is not None:
                await runs.publish(platform, started)
            if delivery is not None:
                await outbox.send(platform, delivery)
    except (PlatformError, TimeoutError) as error:  # accepted all the same: sweep finds what is due
        log.warning("accepted, but not published", job=job.id, error=str(error))
    return job


def refuse(order: Order, settings: Settings) -> None:
    if order.company in settings.opt_out:
        raise Problem(403, "opted_out", f"The owner of {order.company} asked that it not be read.")
    host = order.company
    literal = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    try:
        address = ipaddress.ip_address(literal)
    except ValueError:
        return
    if not allowed(address, settings.allow_networks):
        raise Problem(422, "address_not_allowed", "The address is not on the public internet; give a public web address.")


async def refuse_disabled(platform: Platform, account: Account, endpoint: str) -> None:
    document = await platform.documents.get(outbox.endpoint_path(account.id, endpoint))
    if document is not None and document.fields["expires_at"] > platform.settings.now():
        until = document.fields["expires_at"].isoformat(timespec="seconds")
        detail = f"The endpoint answered 410 Gone, so it gets no webhooks until {until}; use another address."
        raise Problem(422, "webhook_disabled", detail)


async def at_cap(platform: Platform, account: Account) -> bool:
    open_jobs = await platform.documents.count("open_jobs_of_account", account.id, True)
    return open_jobs >= platform.settings.tiers[account.tier].open_jobs


def same(job: Job, order: Order, now: datetime) -> Job:
    if job.expires_at < now or job.fingerprint != order.fingerprint:
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


async def hang(tx: Transaction, job: Job, settings: Settings, now: datetime) -> Run | None:
    """Writes the open job on the company's live run, or on a new one, which is returned to be published.

    The transaction has read company and run: it fails where either changes, so no job hangs on a run that has ended.
    """
    company = companies.of(job.company, await tx.get(companies.path(job.company)))
    live = await tx.get(runs.path(company.live_run)) if company.live_run else None
    started = None
    if live is not None and not (run := runs.of(live)).ended:
        job.run = run.id
    else:
        started = runs.new(job.company, settings, now)
        company.live_run = job.run = started.id
        tx.create(runs.path(started.id), fields(started))
        tx.put(companies.path(job.company), fields(company))
    if tx.seen.get(path(job.id)) is None:
        tx.create(path(job.id), to_fields(job))
    else:
        tx.put(path(job.id), to_fields(job))
    return started


async def get(platform: Platform, account_id: str, job_id: str) -> Job:
    """The account's job, settled if its run has ended. Problem 404 for another's or none, 410 for an expired one."""
    document = await platform.documents.get(path(job_id)) if job_id.isalnum() and len(job_id) <= 64 else None
    if document is None or document.fields["account"] != account_id:
        raise Problem(404, "not_found", "There is no such job in this account.")
    job = of(document)
    if job.expires_at < platform.settings.now():
        raise Problem(410, "expired", "The job has expired; its company can be asked for again.")
    if job.open and job.run is not None:
        run = await runs.get(platform, job.run)
        if run is not None and run.ended:
            await outbox.settle(platform, run)
            document = await platform.documents.get(path(job_id))
            return of(document) if document else job
    return job


async def cancel(platform: Platform, account_id: str, job_id: str) -> Job:
    """Settles this job alone; with its last open job the run ends too. An ended job is returned as it is."""
    job = await get(platform, account_id, job_id)
    if not job.open:
        return job
    settings = platform.settings

    async def once(tx: Transaction) -> tuple[Job, Delivery | None]:
        document = await tx.get(path(job_id))
        if document is None or not document.fields["open"]:
            return of(document) if document else job, None
        current, now = of(document), settings.now()
        others = [d for d in await tx.query("open_jobs_of_run", current.run, True, limit=2) if d.id != job_id]
        if not others and current.run is not None:
            run = await runs.read(tx, current.run)
            if not run.ended:
                await runs.end(tx, run, Status.CANCELLED, settings, now)
        return current, outbox.end_job(tx, outbox.cancelled(current), settings, now, {})

    try:
        job, delivery = await platform.documents.transaction(once)
    except LeaseLost as gone:
        raise Problem(410, "expired", "The job's work has expired.") from gone
    if delivery is not None:
        try:
            await outbox.send(platform, delivery)
        except PlatformError as error:
            log.warning("cancelled, but no task made", job=job.id, error=str(error))
    return job
