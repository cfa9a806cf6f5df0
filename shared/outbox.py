"""Deliveries: an event on its way to one endpoint (`deliveries/{id}`), written with the end that it tells of."""

import hashlib
from datetime import datetime
from typing import Any

from shared.due import after, due
from shared.models import Delivery, Event, EventType, Job, Status, fields
from shared.ports import Document, Transaction
from shared.settings import Settings
from shared.wiring import Platform

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


def deliver(tx: Transaction, job: Job, settings: Settings, now: datetime, summary: dict[str, Any]) -> Delivery | None:
    """Writes the ended job's delivery, where it has a webhook, and returns it for its task to be made."""
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
