"""Settling: each open job of an ended run gets its end and its delivery in one commit, then the delivery its task."""

import asyncio
import hashlib
import json
from datetime import datetime
from typing import Any

from shared import companies, jobs, runs
from shared.due import after, due
from shared.models import Delivery, Event, EventType, Failure, Job, Run, Status, fields
from shared.ports import Document, Transaction
from shared.settings import Settings
from shared.wiring import Platform

SETTLE_AT_ONCE = 100
QUEUE = "webhooks"
EVENTS: dict[Status, EventType] = {
    Status.COMPLETED: "scrape.completed",
    Status.PARTIAL: "scrape.partial",
    Status.FAILED: "scrape.failed",
    Status.CANCELLED: "scrape.cancelled",
}


def path(delivery_id: str) -> str:
    return f"deliveries/{delivery_id}"


def endpoint_path(account: str, endpoint: str) -> str:
    """Where it stands that this account's endpoint answered 410."""
    return f"endpoints/{hashlib.sha256(f'{account} {endpoint}'.encode()).hexdigest()}"


def of(document: Document) -> Delivery:
    return Delivery.model_validate(document.fields)


def delivery_id(job: str, event: EventType, endpoint: str) -> str:
    """The webhook id: the same at every attempt, and however often the job is settled."""
    return f"msg_{hashlib.sha256(f'{job} {event} {endpoint}'.encode()).hexdigest()[:32]}"


async def deliveries_of(platform: Platform, job: Job) -> list[Delivery]:
    found = await platform.documents.query("deliveries_of_job", job.account, job.id)
    return [of(document) for document in found]


def end_job(tx: Transaction, job: Job, settings: Settings, now: datetime, summary: dict[str, Any]) -> Delivery | None:
    """Writes the ended job and, where it has a webhook, its delivery, which is returned for its task to be made."""
    job.open, job.ended_at = False, now
    job.expires_at = after(now, settings.job_retention_seconds)
    tx.put(jobs.path(job.id), jobs.to_fields(job))
    if job.webhook_url is None:
        return None
    event = EVENTS[job.status]
    body = Event(type=event, timestamp=now, data=event_data(job, settings, summary)).model_dump_json()
    delivery = Delivery(
        id=delivery_id(job.id, event, job.webhook_url),
        account=job.account,
        job=job.id,
        endpoint=job.webhook_url,
        event=event,
        body=body,
        next_at=now,
        created_at=now,
        expires_at=after(now, settings.delivery_retention_seconds),
    )
    delivery.due = due(settings, delivery.id, after(now, settings.republish_seconds[0]))
    tx.put(path(delivery.id), fields(delivery))
    return delivery


def event_data(job: Job, settings: Settings, summary: dict[str, Any]) -> dict[str, Any]:
    base = settings.public_url.rstrip("/")
    return {
        "scrape_id": job.id,
        "status": job.status.value,
        "company": job.company,
        "url": job.url,
        "metadata": job.metadata,
        "error": job.error.model_dump() if job.error else None,
        "warnings": len(job.warnings),
        "summary": summary,
        "links": {
            "status": f"{base}/api/v1/scrape/status/{job.id}",
            "company": f"{base}/api/v1/companies/{job.company}",
        },
    }


def summary_of(profile: dict[str, Any] | None) -> dict[str, Any]:
    """What a receiver wants to see before it asks for the profile; empty where there is none."""
    if profile is None:
        return {}
    identity, coverage = profile["identity"], profile["coverage"]
    return {
        "name": identity["name"],
        "legal_name": identity["legal_name"],
        "profile_version": profile["version"],
        "pages_read": coverage["read"],
        "people": len(profile["people"]),
        "openings": len(profile["hiring"]["openings"]),
        "technologies": len(profile["technologies"]),
        "changes": len(profile["changes"]),
    }


async def send(platform: Platform, delivery: Delivery) -> None:
    """Makes the task of the delivery's next attempt."""
    payload = {"delivery": delivery.id, "attempt": len(delivery.attempts) + 1}
    await platform.tasks.create(QUEUE, payload, at=delivery.next_at)


async def settle(platform: Platform, run: Run) -> None:
    """Settles every open job of the ended run, then clears the run's `due`; safe to repeat, and beside itself."""
    summary: dict[str, Any] | None = None
    while open_jobs := await platform.documents.query("open_jobs_of_run", run.id, True, limit=SETTLE_AT_ONCE):
        if summary is None:
            version = run.profile_version
            profile = await companies.profile(platform, run.company, version) if version else None
            summary = summary_of(profile)
        done = await asyncio.gather(
            *(settle_job(platform, run, document.id, summary) for document in open_jobs), return_exceptions=True
        )
        if errors := [result for result in done if isinstance(result, BaseException)]:
            raise errors[0]
    if run.due is not None:
        await runs.change(platform, run.id, lambda ended: setattr(ended, "due", None))


async def settle_job(platform: Platform, run: Run, job_id: str, summary: dict[str, Any]) -> None:
    """The job's end and delivery in one commit, then the task. A job that joined while its run was being cancelled
    by others goes on with a new run."""

    async def once(tx: Transaction) -> tuple[Delivery | None, Run | None]:
        document = await tx.get(jobs.path(job_id))
        if document is None or not document.fields["open"]:
            return None, None
        job, now = jobs.of(document), platform.settings.now()
        if run.status is Status.CANCELLED:
            return None, await jobs.hang(tx, job, platform.settings, now)
        job.status, job.error, job.warnings = run.status, run.error, run.warnings
        job.profile_version = run.profile_version
        return end_job(tx, job, platform.settings, now, summary), None

    delivery, started = await platform.documents.transaction(once)
    if delivery is not None:
        await send(platform, delivery)
    if started is not None:
        await runs.publish(platform, started)


def cancelled(job: Job) -> Job:
    job.status = Status.CANCELLED
    job.error = Failure(code="cancelled", reason="The caller cancelled the job.")
    return job


